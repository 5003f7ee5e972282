/* SPDX-License-Identifier: ISC */
/*
 * nearest.c - optimal string alignment distance, ASCII case not counting.
 */
#include "audit/config/nearest.h"
#include "checks/core/buf.h"

#define MAX_WORDS 200 /* two short texts of ours and a word of MAX_NEAREST */

void
nearest_init(struct nearest *s, struct str typed)
{
	*s = (struct nearest){ .typed = typed, .slips = typed.n / 3 + 1 };
	if (s->slips > 3)
		s->slips = 3;
}

static size_t
least(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* Slips between A and B, both of at most MAX_NEAREST bytes. */
static size_t
distance(struct str a, struct str b)
{
	size_t rows[3][MAX_NEAREST + 1];
	size_t *before = rows[0], *last = rows[1], *now = rows[2], *spare;

	for (size_t j = 0; j <= b.n; j++)
		last[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		now[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			char x = ascii_lower(a.p[i - 1]), y = ascii_lower(b.p[j - 1]);

			now[j] = least(last[j] + 1, now[j - 1] + 1, last[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == ascii_lower(b.p[j - 2]) &&
			    y == ascii_lower(a.p[i - 2]) && before[j - 2] + 1 < now[j])
				now[j] = before[j - 2] + 1;
		}
		spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[b.n];
}

void
nearest_try(struct nearest *s, struct str candidate)
{
	size_t d;

	if (s->typed.n == 0 || s->typed.n > MAX_NEAREST || candidate.n > MAX_NEAREST)
		return;
	d = distance(s->typed, candidate);
	if (d < s->slips) {
		s->slips = d;
		s->best = candidate;
	}
}

const char *
nearest_meant(const struct nearest *s, struct arena *a, const char *why, const char *otherwise)
{
	const char *out;
	struct buf b;

	if (s->best.n == 0)
		return otherwise;
	buf_init(&b, MAX_WORDS);
	buf_adds(&b, why);
	buf_adds(&b, "; is ");
	buf_add(&b, s->best);
	buf_adds(&b, " meant?");
	out = arena_str(a, buf_str(&b)).p;
	buf_free(&b);
	return out;
}
