/* SPDX-License-Identifier: ISC */
/*
 * utf8.c - see utf8.h.
 */
#include "audit/aggregate/utf8.h"

/* Bytes of the sequence at the start of S; 0 = none that RFC 3629 has. */
static size_t
sequence(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	unsigned low = 0x80, high = 0xbf;
	size_t n;

	if (p[0] < 0x80)
		return p[0] >= 0x20 || p[0] == '\t' || p[0] == '\n' || p[0] == '\r' ? 1 : 0;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (n > s.n)
		return 0;
	/* no overlong form, no surrogate, nothing beyond U+10FFFF */
	if (p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xed)
		high = 0x9f;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	return n;
}

bool
utf8_mend(struct str s, char *out)
{
	size_t i = 0;
	bool good = true;

	while (i < s.n) {
		size_t n = sequence(str_sub(s, i, s.n));

		if (n == 0) {
			good = good && (unsigned char)s.p[i] < 0x80;
			out[i++] = '?';
			continue;
		}
		memcpy(out + i, s.p + i, n);
		i += n;
	}
	return good;
}
