/* SPDX-License-Identifier: ISC */
/*
 * base64.c - RFC 4648 section 4.
 *
 * Bits of the last group that no byte uses may be set (RFC 4648 3.5 leaves it
 * to the decoder): verifiers in use take them.
 */
#include "checks/core/base64.h"

/* clang-format off */
/* The six bits that a byte from '+' to 'z' stands for, and IS_SEXTET; 0 = none. */
#define IS_SEXTET 64
static const uint8_t sextets[UINT8_MAX + 1] = {
	['+'] = 126,
	['/'] = 127,
	['0'] = 116, 117, 118, 119, 120, 121, 122, 123, 124, 125,
	['A'] = 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76,
	['N'] = 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89,
	['a'] = 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101, 102,
	['n'] = 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115,
};
/* clang-format on */

/* The six bits that C stands for; -1 for any other byte. */
static int
sextet(char c)
{
	uint8_t six = sextets[(uint8_t)c];

	return six != 0 ? six - IS_SEXTET : -1;
}

static bool
is_fold(char c)
{
	return ascii_isblank(c) || c == '\r' || c == '\n';
}

/* A decoder between two bytes. */
struct state {
	char *out;
	size_t n;      /* bytes written */
	uint32_t bits; /* of the group begun, above them what is left of the one before */
	unsigned have; /* characters of the group begun, padding included: 0 to 3 */
	unsigned pad;  /* '=' seen */
};

/* Take the byte C; false when it may not stand here. */
static bool
take(struct state *s, char c)
{
	int six = c == '=' ? 0 : sextet(c);

	if (six < 0 || (s->pad > 0 && c != '='))
		return false;
	if (c == '=') {
		if (s->have < 2)
			return false;
		s->pad++;
	}
	s->bits = s->bits << 6 | (uint32_t)six;
	if (++s->have < 4)
		return true;
	for (unsigned i = 0; i < 3 - s->pad; i++)
		s->out[s->n++] = (char)(s->bits >> (16 - 8 * i) & 0xff);
	s->have = 0;
	return true;
}

/* Take whole groups of four plain characters from the front of TEXT; how many bytes. */
static size_t
take_groups(struct state *s, struct str text)
{
	size_t at = 0;

	for (; text.n - at >= 4; at += 4) {
		const uint8_t *p = (const uint8_t *)text.p + at;
		uint32_t a = sextets[p[0]], b = sextets[p[1]], c = sextets[p[2]];
		uint32_t d = sextets[p[3]], bits;

		if ((a & b & c & d) == 0)
			break;
		bits = (a & 63) << 18 | (b & 63) << 12 | (c & 63) << 6 | (d & 63);
		s->out[s->n++] = (char)(bits >> 16);
		s->out[s->n++] = (char)(bits >> 8 & 0xff);
		s->out[s->n++] = (char)(bits & 0xff);
	}
	return at;
}

bool
base64_decode(struct arena *a, struct str text, struct str *out, size_t *bad)
{
	struct state s = { .out = arena_alloc(a, text.n / 4 * 3 + 3) };

	for (size_t i = take_groups(&s, text); i < text.n; i++) {
		if (is_fold(text.p[i]) || take(&s, text.p[i]))
			continue;
		*bad = i;
		return false;
	}
	if (s.have != 0) {
		*bad = text.n;
		return false;
	}
	*out = (struct str){ s.out, s.n };
	return true;
}

void
base64_add(struct buf *b, struct str data)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < data.n; i += 3) {
		size_t have = data.n - i < 3 ? data.n - i : 3;
		uint32_t bits = 0;

		for (size_t k = 0; k < 3; k++)
			bits = bits << 8 | (k < have ? (uint8_t)data.p[i + k] : 0u);
		for (size_t k = 0; k < 4; k++)
			buf_addc(b, k <= have ? digits[bits >> (18 - 6 * k) & 63] : '=');
	}
}
