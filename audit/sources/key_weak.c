/* SPDX-License-Identifier: ISC */
/*
 * key_weak.c - RSA moduli that can be broken at once.
 */
#include "audit/sources/key_weak.h"

#include <stdbool.h>

#define MAX_SMALL_FACTOR 2000 /* trial division up to here: some 300 primes */
#define FERMAT_ROUNDS 100     /* primes that differ in their lower half fall in the first rounds */
#define ROCA_LAST_PRIME 167   /* the primes whose product the faulty chips used: 3 to 167 */

static bool
is_small_prime(unsigned n)
{
	if (n < 2)
		return false;
	for (unsigned d = 2; d * d <= n; d++)
		if (n % d == 0)
			return false;
	return true;
}

static bool
has_small_factor(const BIGNUM *n)
{
	for (unsigned p = 3; p < MAX_SMALL_FACTOR; p += 2)
		if (is_small_prime(p) && BN_mod_word(n, p) == 0 && !BN_is_word(n, p))
			return true;
	return false;
}

/* Whether REST is a power of 65537 modulo the prime P. */
static bool
is_power(unsigned rest, unsigned p)
{
	unsigned x = 1;

	for (unsigned i = 0; i < p; i++) {
		if (x == rest)
			return true;
		x = x * (65537u % p) % p;
	}
	return false;
}

/*
 * CVE-2017-15361: the chips took primes k*M + (65537^a mod M), M the product of
 * small primes, so the modulus is a power of 65537 modulo each of them.  A
 * sound modulus passes by chance once in some 2^27 times.
 */
static bool
is_roca(const BIGNUM *n)
{
	for (unsigned p = 3; p <= ROCA_LAST_PRIME; p += 2)
		if (is_small_prime(p) && !is_power((unsigned)BN_mod_word(n, p), p))
			return false;
	return true;
}

/* ROOT = the integer square root of N > 0 (Newton, from above); false when memory is short. */
static bool
square_root(BIGNUM *root, const BIGNUM *n, BN_CTX *ctx)
{
	BIGNUM *x, *y;
	bool ok = false;

	BN_CTX_start(ctx);
	x = BN_CTX_get(ctx);
	y = BN_CTX_get(ctx);
	if (y == NULL || !BN_set_word(x, 1) || !BN_lshift(x, x, (BN_num_bits(n) + 1) / 2))
		goto out;
	for (;;) {
		if (!BN_div(y, NULL, n, x, ctx) || !BN_add(y, y, x) || !BN_rshift1(y, y))
			goto out;
		if (BN_cmp(y, x) >= 0)
			break;
		BN_swap(x, y);
	}
	ok = BN_copy(root, x) != NULL;
out:
	BN_CTX_end(ctx);
	return ok;
}

/* Whether N >= 0 is a square.  Squares end in 0, 1, 4 or 9 modulo 16. */
static bool
is_square(const BIGNUM *n, BIGNUM *tmp, BN_CTX *ctx)
{
	BN_ULONG low = BN_mod_word(n, 16), odd = BN_mod_word(n, 315);
	bool residue = false;

	if (BN_is_zero(n))
		return true;
	if (low != 0 && low != 1 && low != 4 && low != 9)
		return false;
	for (BN_ULONG i = 0; i < 315 && !residue; i++)
		residue = i * i % 315 == odd;
	if (!residue || !square_root(tmp, n, ctx) || !BN_sqr(tmp, tmp, ctx))
		return false;
	return BN_cmp(tmp, n) == 0;
}

/* Fermat: N = a^2 - b^2 with a just above the root of N when its primes are close. */
static bool
is_fermat_close(const BIGNUM *n)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *a = BN_new(), *b2 = BN_new(), *tmp = BN_new();
	bool close = false;

	if (ctx == NULL || a == NULL || b2 == NULL || tmp == NULL || !square_root(a, n, ctx))
		goto out;
	for (int i = 0; i < FERMAT_ROUNDS && !close; i++) {
		if (!BN_sqr(b2, a, ctx) || !BN_sub(b2, b2, n))
			goto out;
		close = !BN_is_negative(b2) && is_square(b2, tmp, ctx);
		if (!BN_add_word(a, 1))
			goto out;
	}
out:
	BN_free(a);
	BN_free(b2);
	BN_free(tmp);
	BN_CTX_free(ctx);
	return close;
}

void
key_weak_judge(const BIGNUM *n, struct key_facts *out)
{
	out->modulus_even = !BN_is_odd(n);
	if (out->modulus_even || BN_num_bits(n) > MAX_WEAK_BITS || BN_num_bits(n) < 16)
		return;
	out->small_factor = has_small_factor(n);
	out->roca = is_roca(n);
	out->fermat_close = is_fermat_close(n);
}
