/* SPDX-License-Identifier: ISC */
/*
 * dkim_marks.h - what zone files, web forms and files of keys leave behind in the text
 * of a key record: quotes, backslashes, \DDD, blanks that are not ASCII, the lines around a
 * key in PEM.
 *
 * Texts only; whether a record is sound without them its reader says.
 */
#ifndef CHECKS_DKIM_MARKS_H
#define CHECKS_DKIM_MARKS_H
#include "checks/core/arena.h"
#include "checks/core/str.h"

/*
 * TEXT without the marks of dkim_mark() and without line ends, and without the blanks between a
 * closing quote and the next opening one, \DDD as the octet that it stands for to the base BASE (10
 * or 8; with 0 none is one, but \n, \r and \t go), owned by A; empty when there was no mark.
 */
struct str dkim_unmarked(struct arena *a, struct str text, unsigned base);

/*
 * Whether a tag of a key record is named in TEXT at the beginning of a word, as "t=" in
 * "junk t=y".  Text that holds one is not left out: it may be t=y, h= or s=, which bound
 * what the key is good for, or the empty p= of a key withdrawn (RFC 6376 3.6.1).
 */
bool dkim_holds_tag(struct str text);

/*
 * What stands between the quotes of TEXT, joined, owned by A: the record of a line that was
 * pasted whole, name, type and comment too; empty when the quotes are not in pairs, or a tag
 * stands outside them.
 */
struct str dkim_in_quotes(struct arena *a, struct str text);

/*
 * The length of the mark that S begins with: a quote of any kind or its name in HTML, a
 * backslash, a blank that is not ASCII or has no width, a line "-----BEGIN PUBLIC KEY-----" or
 * its like; 0 = none.
 */
size_t dkim_mark(struct str s);

/* The first such mark in TEXT, as a part of it; empty when there is none. */
struct str dkim_first_mark(struct str text);

/* The heading of a private key in PEM, as a part of TEXT; empty when there is none. */
struct str dkim_pem_private(struct str text);

#endif
