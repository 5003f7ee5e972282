/* SPDX-License-Identifier: ISC */
/*
 * dkim_marks.h - what zone files, web forms and files of keys leave behind in the text
 * of a key record: quotes, backslashes, \DDD, blanks that are not ASCII, the heading of a
 * private key.
 *
 * Texts only; whether a record is sound without them its reader says.
 */
#ifndef CHECKS_DKIM_MARKS_H
#define CHECKS_DKIM_MARKS_H
#include "checks/core/arena.h"
#include "checks/core/str.h"

/*
 * TEXT without quotes, backslashes and blanks that are not ASCII, and without the blanks between a
 * closing quote and the next opening one, \DDD as the octet that it stands for to the base BASE (10
 * or 8), owned by A; empty when there was none.
 */
struct str dkim_unmarked(struct arena *a, struct str text, unsigned base);

/* The first such mark in TEXT, as a part of it; empty when there is none. */
struct str dkim_first_mark(struct str text);

/* The heading of a private key in PEM, as a part of TEXT; empty when there is none. */
struct str dkim_pem_private(struct str text);

#endif
