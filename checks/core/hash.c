/* SPDX-License-Identifier: ISC */
/*
 * hash.c - FNV-1a over words of eight bytes, and the finisher of MurmurHash3
 * (fmix64).  Names are hashed several times a question, so bytes are too slow.
 */
#include "checks/core/hash.h"

static uint64_t
add_eight(uint64_t h, const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return hash_add_word(h, word);
}

uint64_t
hash_add(uint64_t h, struct str s)
{
	size_t i = 0;

	for (; s.n - i >= 8; i += 8)
		h = add_eight(h, s.p + i);
	if (i < s.n && s.n >= 8) /* the last eight, some of them again */
		return add_eight(h, s.p + s.n - 8);
	for (; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(0x100000001b3);
	return h;
}

uint64_t
hash_end(uint64_t h)
{
	h ^= h >> 33;
	h *= UINT64_C(0xff51afd7ed558ccd);
	h ^= h >> 33;
	h *= UINT64_C(0xc4ceb9fe1a85ec53);
	return h ^ h >> 33;
}
