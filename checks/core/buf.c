/* SPDX-License-Identifier: ISC */
/*
 * buf.c - a growing run of bytes with a maximum.
 *
 * After the first append that did not fit nothing is taken any more, so that
 * what a buffer holds is always the beginning of what it was given.
 */
#include "checks/core/buf.h"
#include <stdlib.h>
#include "checks/core/arena.h"

#define FIRST_ROOM 64

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void
buf_reset(struct buf *b)
{
	b->n = 0;
	b->over = false;
}

void
buf_free(struct buf *b)
{
	free(b->p);
	buf_init(b, b->max);
}

bool
buf_room(struct buf *b, size_t n)
{
	size_t room = b->room == 0 ? FIRST_ROOM : b->room;

	if (b->over || n > b->max - b->n) {
		b->over = true;
		return false;
	}
	if (n <= b->room - b->n)
		return true;
	while (room < b->n + n)
		room = room > b->max / 2 ? b->max : room * 2;
	if (room > b->max)
		room = b->max;
	b->p = xrealloc(b->p, room);
	b->room = room;
	return true;
}

void
buf_add(struct buf *b, struct str s)
{
	bool fits = s.n <= b->max - b->n;

	if (s.n == 0 || b->over)
		return;
	if (s.n <= b->room - b->n) { /* nearly always */
		memcpy(b->p + b->n, s.p, s.n);
		b->n += s.n;
		return;
	}
	if (!fits)
		s.n = b->max - b->n;
	if (s.n > 0 && buf_room(b, s.n)) {
		memcpy(b->p + b->n, s.p, s.n);
		b->n += s.n;
	}
	b->over = !fits;
}

void
buf_adds(struct buf *b, const char *t)
{
	buf_add(b, str_of(t));
}

void
buf_addu(struct buf *b, uint64_t n)
{
	char digits[20]; /* of UINT64_MAX */
	size_t at = sizeof(digits);

	if (n >= 10 && n < 100) {
		buf_addc(b, (char)('0' + n / 10));
		n %= 10;
	}
	if (n < 10) {
		buf_addc(b, (char)('0' + n));
		return;
	}
	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n != 0);
	buf_add(b, (struct str){ digits + at, sizeof(digits) - at });
}

/* The escape for C in OUT; its length.  An escape that does not fit is not begun. */
static size_t
escape(char c, char out[4])
{
	unsigned char u = (unsigned char)c;

	out[0] = '\\';
	if (c == '\\') {
		out[1] = '\\';
		return 2;
	}
	out[1] = (char)('0' + u / 100);
	out[2] = (char)('0' + u / 10 % 10);
	out[3] = (char)('0' + u % 10);
	return 4;
}

void
buf_add_escaped(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n && !b->over; i++) {
		size_t from = i, n;
		char seq[4];

		while (i < s.n && s.p[i] != '\\' && ascii_isprint(s.p[i]))
			i++;
		buf_add(b, str_sub(s, from, i - from));
		if (i == s.n)
			break;
		n = escape(s.p[i], seq);
		if (buf_room(b, n)) {
			memcpy(b->p + b->n, seq, n);
			b->n += n;
		}
	}
}
