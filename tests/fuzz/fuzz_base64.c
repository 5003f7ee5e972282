/* SPDX-License-Identifier: ISC */
/*
 * fuzz_base64.c - what is decoded, encoded again, is the text without its blanks.
 */
#include <assert.h>
#include "checks/core/base64.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The character for bits I to I + 5 of S, which end in zeros. */
static char
encode_at(struct str s, size_t i)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned high = (unsigned char)s.p[i / 8];
	unsigned low = i / 8 + 1 < s.n ? (unsigned char)s.p[i / 8 + 1] : 0;

	return alphabet[(high << 8 | low) >> (10 - i % 8) & 63];
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size }, out;
	size_t bad = SIZE_MAX, n = 0;
	struct arena a;

	arena_init(&a, 0);
	if (!base64_decode(&a, text, &out, &bad)) {
		assert(bad <= size);
	} else {
		for (size_t i = 0; i < size; i++) {
			if (data[i] == '=' || str_trim(str_sub(text, i, 1)).n == 0)
				continue;
			/* Of the last character some bits may stand for nothing. */
			assert(6 * n < 8 * out.n);
			assert(6 * n + 6 > 8 * out.n || text.p[i] == encode_at(out, 6 * n));
			n++;
		}
		assert((6 * n) / 8 == out.n);
	}
	arena_free(&a);
	return 0;
}
