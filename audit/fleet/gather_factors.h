/* SPDX-License-Identifier: ISC */
/*
 * gather_factors.h - the part of gather.h that compares RSA moduli with each
 * other.
 */
#ifndef AUDIT_FLEET_GATHER_FACTORS_H
#define AUDIT_FLEET_GATHER_FACTORS_H
#include "audit/fleet/gather.h"

/*
 * ROW is a new key of G whose modulus is HEX, empty = it has none.  Even moduli
 * and those of odd sizes are passed over: they are told one by one.
 */
void gather_modulus(struct gather *g, struct gather_key *row, struct str hex);

/* The keys that share a prime, into *OUT, owned by G. */
void gather_factors(struct gather *g, struct fleet *out);

/* Total orders of struct fleet_selector and struct fleet_key; in gather.c. */
int gather_selector_cmp(const void *a, const void *b);
int gather_key_cmp(const void *a, const void *b);

#endif
