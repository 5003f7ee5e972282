/* SPDX-License-Identifier: ISC */
/*
 * suffix.h - public suffixes, by libpsl and the list it was built with.
 */
#ifndef AUDIT_SOURCES_SUFFIX_H
#define AUDIT_SOURCES_SUFFIX_H
#include "audit/source.h"

/* Answers ASK_SUFFIX at once; NULL when libpsl has no list. */
struct source *suffix_new(void);

/*
 * The registrable domain of NAME (its public suffix and one label more) into
 * *OUT; NAME itself where there is none.
 */
void suffix_registrable(const struct name *name, struct name *out);

#endif
