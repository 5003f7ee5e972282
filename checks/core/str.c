/* SPDX-License-Identifier: ISC */
/*
 * str.c - string views and ASCII helpers.
 */
#include "checks/core/str.h"

bool
str_ieq(struct str a, struct str b)
{
	return a.n == b.n && str_has_iprefix(a, b);
}

bool
str_has_iprefix(struct str s, struct str prefix)
{
	if (s.n < prefix.n)
		return false;
	for (size_t i = 0; i < prefix.n; i++)
		if (ascii_lower(s.p[i]) != ascii_lower(prefix.p[i]))
			return false;
	return true;
}

bool
str_has_isuffix(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_ieq(str_sub(s, s.n - suffix.n, suffix.n), suffix);
}

int
str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int d = n == 0 ? 0 : memcmp(a.p, b.p, n);

	if (d != 0)
		return d;
	return (a.n > b.n) - (a.n < b.n);
}

size_t
str_find(struct str s, size_t from, char c)
{
	const char *hit;

	if (from >= s.n)
		return s.n;
	hit = memchr(s.p + from, c, s.n - from);
	return hit == NULL ? s.n : (size_t)(hit - s.p);
}

bool
parse_u32(struct str s, uint32_t max, uint32_t *out)
{
	uint64_t n = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_isdigit(s.p[i]))
			return false;
		n = n * 10 + (uint64_t)(s.p[i] - '0');
		if (n > max)
			return false;
	}
	*out = (uint32_t)n;
	return true;
}
