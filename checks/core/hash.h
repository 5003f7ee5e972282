/* SPDX-License-Identifier: ISC */
/*
 * hash.h - one hash function for tables in memory (64 bits, low bits good): words
 * of eight bytes, each multiplied by an odd constant and folded.
 *
 * It depends on the machine's byte order: never to be stored, not for fingerprints.
 * Names are hashed several times a question, so bytes and calls are too slow.
 */
#ifndef CHECKS_CORE_HASH_H
#define CHECKS_CORE_HASH_H
#include <stdint.h>
#include <string.h>
#include "checks/core/str.h"

#define HASH_START UINT64_C(0xcbf29ce484222325)
#define HASH_BY UINT64_C(0x9e3779b97f4a7c15) /* 2^64 divided by the golden ratio */

/* Go on from H over eight bytes at once. */
static inline uint64_t
hash_add_word(uint64_t h, uint64_t word)
{
	h = (h ^ word) * HASH_BY;
	return h ^ h >> 32; /* a multiplication moves nothing downward */
}

/* The same over the eight bytes at P. */
static inline uint64_t
hash_add_eight(uint64_t h, const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return hash_add_word(h, word);
}

/* Go on from H over the bytes of S. */
static inline uint64_t
hash_add(uint64_t h, struct str s)
{
	size_t i = 0;

	for (; s.n - i >= 8; i += 8)
		h = hash_add_eight(h, s.p + i);
	if (i < s.n && s.n >= 8) /* the last eight, some of them again */
		return hash_add_eight(h, s.p + s.n - 8);
	for (; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * HASH_BY;
	return h;
}

/* The finished value of H. */
static inline uint64_t
hash_end(uint64_t h)
{
	h = (h ^ h >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
	return h ^ h >> 32;
}

#endif
