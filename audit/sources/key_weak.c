/* SPDX-License-Identifier: ISC */
/*
 * key_weak.c - RSA moduli that can be broken at once.
 */
#include "audit/sources/key_weak.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

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

/*
 * Division without division: modulo 2^64 an odd M has an inverse, with which the
 * words of N are done away one by one from the lowest, a multiple of M being taken
 * off each time.  What is left over, times a power of 2^64, is -N modulo M: so a
 * prime of the product M divides N if it divides that.
 */
#define MAX_WORDS (MAX_WEAK_BITS / 64)
#define AT_ONCE 4     /* moduli, so that one need not wait for the other */
#define MAX_MODULI 64 /* products of small primes below 2^63, five at least in each */
#define MAX_PRIMES 16 /* of one modulus: 3 to 53 */

struct prime {
	uint32_t p;
	uint64_t inverse, most; /* X is a multiple if X * INVERSE is no more than MOST */
};

struct modulus {
	struct prime primes[MAX_PRIMES];
	size_t n;
};

_Static_assert(MAX_WEAK_BITS % 64 == 0, "whole words");
_Static_assert(MAX_MODULI % AT_ONCE == 0, "whole groups");

static uint64_t products[MAX_MODULI], inverses[MAX_MODULI];
static struct modulus moduli[MAX_MODULI];
static size_t n_moduli;

/* The inverse of the odd M modulo 2^64; each round doubles the bits that are right. */
static uint64_t
inverse_of(uint64_t m)
{
	uint64_t x = m; /* three of them */

	for (int i = 0; i < 5; i++)
		x *= 2 - m * x;
	return x;
}

/* The upper half of A times B. */
static uint64_t
high_of(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
	return (uint64_t)(((unsigned __int128)a * b) >> 64);
#else
	uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
	uint64_t mid = a1 * b0 + (a0 * b0 >> 32), low = a0 * b1 + (uint32_t)mid;

	return a1 * b1 + (mid >> 32) + (low >> 32);
#endif
}

static void
fill_moduli(void)
{
	size_t k = 0;

	for (size_t i = 0; i < MAX_MODULI; i++)
		products[i] = 1; /* those that stay 1 hold no prime */
	for (unsigned p = 3; p < MAX_SMALL_FACTOR; p += 2) {
		struct modulus *m;

		if (!is_small_prime(p))
			continue;
		if (products[k] > (UINT64_MAX >> 1) / p || moduli[k].n == MAX_PRIMES)
			k++;
		assert(k < MAX_MODULI);
		m = &moduli[k];
		products[k] *= p;
		m->primes[m->n++] =
		    (struct prime){ .p = p, .inverse = inverse_of(p), .most = UINT64_MAX / p };
	}
	n_moduli = k + 1;
	for (size_t i = 0; i < MAX_MODULI; i++)
		inverses[i] = inverse_of(products[i]);
}

/* The rest of the N_WORDS words of N, the lowest first, by AT_ONCE moduli from FIRST on. */
static void
rests_of(const uint64_t *words, size_t n_words, size_t first, uint64_t rest[AT_ONCE])
{
	uint64_t r[AT_ONCE] = { 0 };

	for (size_t i = 0; i < n_words; i++)
		for (size_t k = 0; k < AT_ONCE; k++) {
			uint64_t left = words[i] - r[k], borrow = words[i] < r[k];

			r[k] = high_of(left * inverses[first + k], products[first + k]) + borrow;
		}
	memcpy(rest, r, sizeof(r));
}

static bool
has_small_factor(const BIGNUM *n)
{
	uint8_t bytes[MAX_WEAK_BITS / 8];
	uint64_t words[MAX_WORDS] = { 0 }, rest[AT_ONCE];
	size_t n_words = ((size_t)BN_num_bits(n) + 63) / 64;

	if (n_moduli == 0)
		fill_moduli();
	if (BN_bn2lebinpad(n, bytes, (int)n_words * 8) < 0)
		return false;
	for (size_t i = 0; i < n_words * 8; i++)
		words[i / 8] |= (uint64_t)bytes[i] << i % 8 * 8;
	for (size_t first = 0; first < n_moduli; first += AT_ONCE) {
		rests_of(words, n_words, first, rest);
		for (size_t k = 0; k < AT_ONCE; k++)
			for (size_t i = 0; i < moduli[first + k].n; i++) {
				const struct prime *p = &moduli[first + k].primes[i];

				if (rest[k] * p->inverse <= p->most && !BN_is_word(n, p->p))
					return true;
			}
	}
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

/* The square root of TOP, or a little more. */
static uint64_t
word_root(uint64_t top)
{
	uint64_t root = UINT64_C(1) << 31, last = root + 1;

	while (root < last) {
		last = root;
		root = (root + top / root) / 2;
	}
	return last + 1;
}

/*
 * X = a little more than the square root of N > 0, right in its upper half: that
 * of the first 60 bits of N or so, then by Newton that of twice as many, until
 * what is left is to be done with all of N.
 */
static bool
begin_root(BIGNUM *x, const BIGNUM *n, BN_CTX *ctx)
{
	int bits = BN_num_bits(n), shift = bits > 60 ? (bits - 60) / 2 * 2 : 0, next;
	BIGNUM *top = BN_CTX_get(ctx), *y = BN_CTX_get(ctx);

	if (y == NULL || !BN_rshift(x, n, shift) ||
	    !BN_set_word(x, word_root((uint64_t)BN_get_word(x))))
		return false;
	for (; shift > 0; shift = next) {
		next = shift > bits / 2 ? (2 * shift - bits) / 2 * 2 : 0;
		if (!BN_lshift(x, x, (shift - next) / 2))
			return false;
		if (next > 0 && (!BN_rshift(top, n, next) || !BN_div(y, NULL, top, x, ctx) ||
				    !BN_add(x, x, y) || !BN_rshift1(x, x) || !BN_add_word(x, 1)))
			return false;
	}
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
	if (y == NULL || !begin_root(x, n, ctx))
		goto out;
	for (;;) {
		if (!BN_div(y, NULL, n, x, ctx) || !BN_add(y, y, x) || !BN_rshift1(y, y))
			goto out;
		if (BN_cmp(y, x) >= 0)
			break;
		BN_swap(x, y);
		/* From above it is never less than the root; nearly always this is the end. */
		if (!BN_sqr(y, x, ctx))
			goto out;
		if (BN_cmp(y, n) <= 0)
			break;
	}
	ok = BN_copy(root, x) != NULL;
out:
	BN_CTX_end(ctx);
	return ok;
}

static bool
is_square(const BIGNUM *n, BIGNUM *tmp, BN_CTX *ctx)
{
	if (BN_is_zero(n))
		return true;
	return square_root(tmp, n, ctx) && BN_sqr(tmp, tmp, ctx) && BN_cmp(tmp, n) == 0;
}

/* Remainders modulo this tell all but one in 300 numbers from squares. */
#define SIEVE (16u * 9 * 5 * 7 * 11 * 13 * 17 * 19)

/* Whether a number that leaves the remainder R modulo SIEVE may be a square. */
static bool
may_be_square(uint64_t r)
{
	/* bit I of the mask: squares leave the remainder I */
	static const struct {
		unsigned m, mask;
	} rows[] = { { 16, 0x213 }, { 9, 0x93 }, { 5, 0x13 }, { 7, 0x17 }, { 11, 0x23b },
		{ 13, 0x161b }, { 17, 0x1a317 }, { 19, 0x30af3 } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if ((rows[i].mask >> r % rows[i].m & 1) == 0)
			return false;
	return true;
}

/* Fermat: N = a^2 - b^2 with a just above the root of N when its primes are close. */
static bool
is_fermat_close(const BIGNUM *n)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *a = BN_new(), *b2 = BN_new(), *tmp = BN_new();
	uint64_t a_rest, n_rest;
	bool close = false;

	if (ctx == NULL || a == NULL || b2 == NULL || tmp == NULL || !square_root(a, n, ctx))
		goto out;
	a_rest = (uint64_t)BN_mod_word(a, SIEVE);
	n_rest = (uint64_t)BN_mod_word(n, SIEVE);
	for (int i = 0; i < FERMAT_ROUNDS && !close; i++, a_rest++) {
		if (may_be_square((a_rest * a_rest + SIEVE - n_rest) % SIEVE)) {
			if (!BN_sqr(b2, a, ctx) || !BN_sub(b2, b2, n))
				goto out;
			close = !BN_is_negative(b2) && is_square(b2, tmp, ctx);
		}
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
