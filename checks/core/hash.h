/* SPDX-License-Identifier: ISC */
/*
 * hash.h - one hash function for tables in memory (FNV-1a, 64 bits, finished
 * with a multiply-xor so that low bits are good).  Not for fingerprints.
 */
#ifndef CHECKS_CORE_HASH_H
#define CHECKS_CORE_HASH_H
#include <stdint.h>
#include "checks/core/str.h"

#define HASH_START UINT64_C(0xcbf29ce484222325)

/* Go on from H over the bytes of S. */
uint64_t hash_add(uint64_t h, struct str s);

/* The finished value of H. */
uint64_t hash_end(uint64_t h);

#endif
