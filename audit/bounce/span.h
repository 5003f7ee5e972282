/* SPDX-License-Identifier: ISC */
/*
 * span.h - walking over a line of a log: views that are taken off its front.
 *
 * Nothing allocates, nothing knows what the text means.
 */
#ifndef AUDIT_BOUNCE_SPAN_H
#define AUDIT_BOUNCE_SPAN_H
#include <stdbool.h>
#include <stddef.h>
#include "checks/core/str.h"

/* Offset of the first / last NEEDLE in S; S.n when there is none.  NEEDLE is not empty. */
size_t span_find(struct str s, struct str needle);
size_t span_rfind(struct str s, struct str needle);

/* Whether NEEDLE stands in S. */
bool span_has(struct str s, struct str needle);

/* If S begins with PREFIX: drop it, true. */
static inline bool
span_take(struct str *s, struct str prefix)
{
	if (s->n < prefix.n || s->p == NULL || memcmp(s->p, prefix.p, prefix.n) != 0)
		return false;
	s->p += prefix.n;
	s->n -= prefix.n;
	return true;
}

/* Drop the first N bytes of S, which has them. */
static inline void
span_drop(struct str *s, size_t n)
{
	if (n == 0) /* S may be the empty view, which points nowhere */
		return;
	s->p += n;
	s->n -= n;
}

/* Drop blanks at the start of S. */
static inline void
span_blanks(struct str *s)
{
	while (s->n > 0 && ascii_isblank(s->p[0]))
		span_drop(s, 1);
}

/* What stands before the first C in S, which goes with it; all of S when there is no C. */
struct str span_until(struct str *s, char c);

/* The next word of S, up to a blank; blanks before and after it go. */
struct str span_word(struct str *s);

/*
 * The address at the start of S: between '<' and the '>' that AFTER, or the end,
 * follows ("<a>b@example.com>, relay="), or without '<' up to AFTER; that goes too.
 * The null reverse-path comes as "<>".
 */
struct str span_address(struct str *s, struct str after);

/* The number in the digits at the start of S, which go; false when there are none or over MAX. */
bool span_number(struct str *s, uint32_t max, uint32_t *out);

#endif
