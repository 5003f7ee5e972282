/* SPDX-License-Identifier: ISC */
/*
 * span.c - walking over a line of a log.
 */
#include "audit/bounce/span.h"

size_t
span_find(struct str s, struct str needle)
{
	size_t at = 0;

	while (s.n >= needle.n && at <= s.n - needle.n) {
		const char *p = memchr(s.p + at, needle.p[0], s.n - needle.n + 1 - at);

		if (p == NULL)
			return s.n;
		at = (size_t)(p - s.p);
		if (memcmp(p, needle.p, needle.n) == 0)
			return at;
		at++;
	}
	return s.n;
}

size_t
span_rfind(struct str s, struct str needle)
{
	for (size_t at = s.n < needle.n ? 0 : s.n - needle.n + 1; at-- > 0;)
		if (s.p[at] == needle.p[0] && memcmp(s.p + at, needle.p, needle.n) == 0)
			return at;
	return s.n;
}

bool
span_has(struct str s, struct str needle)
{
	return span_find(s, needle) < s.n;
}

struct str
span_until(struct str *s, char c)
{
	size_t at = str_find(*s, 0, c);
	struct str got = str_sub(*s, 0, at);

	span_drop(s, at < s->n ? at + 1 : at);
	return got;
}

struct str
span_word(struct str *s)
{
	struct str got;

	span_blanks(s);
	got = span_until(s, ' ');
	span_blanks(s);
	return got;
}

/* The length of a quoted local part in "<\"...\"@example.com>", with the '<'; it may hold '>'. */
static size_t
quoted_length(struct str s)
{
	size_t n = 2;

	if (s.n < 2 || s.p[1] != '"')
		return 1;
	while (n < s.n && s.p[n] != '"')
		n += s.p[n] == '\\' ? 2 : 1;
	return n < s.n ? n + 1 : 1;
}

/* "<a@example.com>" at the start of S, ended by '>' and AFTER. */
static struct str
angle(struct str *s, struct str after)
{
	size_t skip = quoted_length(*s);
	struct str rest = str_sub(*s, skip, s->n), got;

	for (;;) {
		size_t at = str_find(rest, 0, '>');

		if (at >= rest.n) /* cut: all that is left */
			break;
		span_drop(&rest, at + 1);
		if (rest.n == 0 || span_take(&rest, after)) {
			size_t used = (size_t)(rest.p - s->p);
			size_t n = used - (rest.n == 0 && s->p[used - 1] == '>' ? 0 : after.n);

			got = n == 2 ? str_sub(*s, 0, 2) : str_sub(*s, 1, n - 2);
			*s = rest;
			return got;
		}
	}
	got = str_sub(*s, 1, s->n);
	span_drop(s, s->n);
	return got;
}

struct str
span_address(struct str *s, struct str after)
{
	struct str got;
	size_t at;

	if (s->n > 0 && s->p[0] == '<')
		return angle(s, after);
	at = span_find(*s, after);
	got = str_sub(*s, 0, at);
	span_drop(s, at < s->n ? at + after.n : at);
	return got;
}

bool
span_number(struct str *s, uint32_t max, uint32_t *out)
{
	size_t n = 0;

	while (n < s->n && ascii_isdigit(s->p[n]))
		n++;
	if (!parse_u32(str_sub(*s, 0, n), max, out))
		return false;
	span_drop(s, n);
	return true;
}
