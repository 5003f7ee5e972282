/* SPDX-License-Identifier: ISC */
/*
 * hash.h - one hash function for tables in memory (64 bits, low bits good).
 * It depends on the machine's byte order: never to be stored, not for fingerprints.
 */
#ifndef CHECKS_CORE_HASH_H
#define CHECKS_CORE_HASH_H
#include <stdint.h>
#include "checks/core/str.h"

#define HASH_START UINT64_C(0xcbf29ce484222325)

/* Go on from H over eight bytes at once. */
static inline uint64_t
hash_add_word(uint64_t h, uint64_t word)
{
	h = (h ^ word) * UINT64_C(0x100000001b3);
	return h ^ h >> 32; /* a multiplication moves nothing downward */
}

/* Go on from H over the bytes of S. */
uint64_t hash_add(uint64_t h, struct str s);

/* The finished value of H. */
uint64_t hash_end(uint64_t h);

#endif
