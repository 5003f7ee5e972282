/* SPDX-License-Identifier: ISC */
/*
 * base64.c - RFC 4648 section 4.
 *
 * Bits of the last group that no byte uses may be set (RFC 4648 3.5 leaves it
 * to the decoder): verifiers in use take them.
 */
#include "checks/core/base64.h"

/* clang-format off */
/* The six bits that a byte from '+' to 'z' stands for, and 1 more; 0 = none. */
static const uint8_t sextets[] = {
	63, 0, 0, 0, 64,				/* + to / */
	53, 54, 55, 56, 57, 58, 59, 60, 61, 62,		/* 0 to 9 */
	0, 0, 0, 0, 0, 0, 0,
	1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,	/* A to Z */
	14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
	0, 0, 0, 0, 0, 0,
	27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39,	/* a to z */
	40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52,
};
/* clang-format on */
_Static_assert(ARRAY_LEN(sextets) == 'z' - '+' + 1, "one for each byte");

/* The six bits that C stands for; -1 for any other byte. */
static int
sextet(char c)
{
	unsigned i = (unsigned)(unsigned char)c - '+';

	return i < ARRAY_LEN(sextets) ? sextets[i] - 1 : -1;
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
		int a = sextet(text.p[at]), b = sextet(text.p[at + 1]);
		int c = sextet(text.p[at + 2]), d = sextet(text.p[at + 3]);
		uint32_t bits;

		if ((a | b | c | d) < 0)
			break;
		bits = (uint32_t)a << 18 | (uint32_t)b << 12 | (uint32_t)c << 6 | (uint32_t)d;
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
