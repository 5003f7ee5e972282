/* SPDX-License-Identifier: ISC */
/*
 * key_weak.h - RSA moduli that can be broken at once: even, with a small
 * factor, of two close primes, or made by chips with the ROCA fault.
 *
 * Quick tests only (under a millisecond for 4096 bits); passing them proves
 * nothing.  Works on the public modulus; knows no domain.
 */
#ifndef AUDIT_SOURCES_KEY_WEAK_H
#define AUDIT_SOURCES_KEY_WEAK_H
#include "checks/core/answer.h"

#define MAX_WEAK_BITS 8192 /* larger moduli are refused by receivers anyway, and slow to test */

/* Set modulus_even, small_factor, fermat_close and roca of F by its modulus and bits. */
void key_weak_judge(struct key_facts *f);

#endif
