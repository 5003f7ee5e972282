/* SPDX-License-Identifier: ISC */
/*
 * base64.c - RFC 4648 section 4.
 *
 * Bits of the last group that no byte uses may be set (RFC 4648 3.5 leaves it
 * to the decoder): verifiers in use take them.
 */
#include "checks/core/base64.h"

/* The six bits that C stands for; -1 for any other byte. */
static int
sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
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

bool
base64_decode(struct arena *a, struct str text, struct str *out, size_t *bad)
{
	struct state s = { .out = arena_alloc(a, text.n / 4 * 3 + 3) };

	for (size_t i = 0; i < text.n; i++) {
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
