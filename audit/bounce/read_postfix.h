/* SPDX-License-Identifier: ISC */
/*
 * read_postfix.h - the kinds of lines of Postfix that tell most, a file each.
 */
#ifndef AUDIT_BOUNCE_READ_POSTFIX_H
#define AUDIT_BOUNCE_READ_POSTFIX_H
#include "audit/bounce/postfix_line.h"

/*
 * read_postfix_fate.c.  The rest is "to=<...>, relay=..., ..., status=WORD (TEXT)": a
 * recipient's fate.
 */
enum record_fate postfix_fate(const struct postfix_line *l);

/*
 * read_postfix_fate.c.  The rest is "host H[ip] said: ..." or its like: one server of
 * several failed.
 */
enum record_fate postfix_attempt(const struct postfix_line *l);

/*
 * read_postfix_refusal.c.  The rest is "reject: RCPT from ...", "milter-reject: ..." ...:
 * what we refused.
 */
enum record_fate postfix_refusal(const struct postfix_line *l);

#endif
