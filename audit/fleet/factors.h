/* SPDX-License-Identifier: ISC */
/*
 * factors.h - RSA moduli that share a prime with another one, found all at once.
 *
 * Two keys made with too little randomness may share one of their two primes;
 * whoever has both moduli computes both private keys by one greatest common
 * divisor.  For all pairs of thousands of keys that is a product tree and a
 * remainder tree (Bernstein, "How to find smooth parts of integers"; Heninger
 * and others, "Mining your Ps and Qs").  Numbers only; knows no domain.
 */
#ifndef AUDIT_FLEET_FACTORS_H
#define AUDIT_FLEET_FACTORS_H
#include <stdbool.h>
#include <stddef.h>
#include "checks/core/str.h"

/* Bits of all moduli together: 32,000 keys of 2048 bits; some eight seconds, 230 MB. */
#define MAX_FACTORS_BITS ((size_t)64 << 20)
#define MAX_FACTORS_PAIRS 20000 /* of keys, compared one by one: less than a second */

/*
 * For each of the N odd moduli V, big-endian and all different, the number of its
 * group, from 1 on, into GROUP; 0 = it shares no prime with any other.  The keys
 * of a group share a prime, each with some other one of it.  False when not all could
 * be compared: there are more than MAX_FACTORS_BITS, or one is 0, and GROUP is 0
 * throughout; or there are more than MAX_FACTORS_PAIRS, and a key has a group only
 * where what it shares is less than all of it, or with whom is known: anybody can
 * publish the multiple of a modulus.  Without memory the program ends.
 */
bool factors_shared(const struct str *v, size_t n, size_t *group)
    __attribute__((warn_unused_result));

#endif
