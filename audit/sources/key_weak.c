/* SPDX-License-Identifier: ISC */
/*
 * key_weak.c - RSA moduli that can be broken at once.
 */
#include "audit/sources/key_weak.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

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
 * Remainders without a division for each word: N is the sum of its words times
 * powers of 2^32, and the powers modulo M are known.  M under 2^22 keeps the sum
 * of MAX_WORDS products below 2^64.
 */
#define MAX_WORDS (MAX_WEAK_BITS / 32)
#define MAX_MODULUS (1u << 22)
#define MAX_MODULI 160 /* products of small primes, two at least in each but the last */

struct modulus {
	unsigned m; /* the product of these primes */
	unsigned primes[8];
	size_t n;
	uint32_t power[MAX_WORDS];
};

_Static_assert(MAX_SMALL_FACTOR *MAX_SMALL_FACTOR <= MAX_MODULUS, "two primes fit");
_Static_assert(MAX_WORDS <= 1024 && MAX_WORDS % 4 == 0, "2^32 * 2^22 * 2^10 fits");

static struct modulus moduli[MAX_MODULI];
static size_t n_moduli;

static void
fill_powers(struct modulus *m)
{
	uint64_t power = 1;

	for (size_t i = 0; i < MAX_WORDS; i++) {
		m->power[i] = (uint32_t)power;
		power = (power << 32) % m->m;
	}
}

static void
fill_moduli(void)
{
	struct modulus *m = moduli;

	m->m = 1;
	for (unsigned p = 3; p < MAX_SMALL_FACTOR; p += 2) {
		if (!is_small_prime(p))
			continue;
		if (m->m > MAX_MODULUS / p || m->n == ARRAY_LEN(m->primes)) {
			fill_powers(m++);
			assert(m < moduli + MAX_MODULI);
			m->m = 1;
		}
		m->m *= p;
		m->primes[m->n++] = p;
	}
	fill_powers(m++);
	n_moduli = (size_t)(m - moduli);
}

static bool
has_small_factor(const BIGNUM *n)
{
	uint8_t bytes[MAX_WEAK_BITS / 8];
	uint32_t words[MAX_WORDS];
	size_t n_words = ((size_t)BN_num_bits(n) + 127) / 128 * 4; /* taken four at a time */

	if (n_moduli == 0)
		fill_moduli();
	if (BN_bn2lebinpad(n, bytes, (int)n_words * 4) < 0)
		return false;
	for (size_t i = 0; i < n_words; i++)
		words[i] = (uint32_t)bytes[4 * i + 3] << 24 | (uint32_t)bytes[4 * i + 2] << 16 |
			   (uint32_t)bytes[4 * i + 1] << 8 | bytes[4 * i];
	for (const struct modulus *m = moduli; m < moduli + n_moduli; m++) {
		uint64_t sum = 0;

		for (size_t i = 0; i < n_words; i += 4)
			sum += (uint64_t)words[i] * m->power[i] +
			       (uint64_t)words[i + 1] * m->power[i + 1] +
			       (uint64_t)words[i + 2] * m->power[i + 2] +
			       (uint64_t)words[i + 3] * m->power[i + 3];
		for (size_t i = 0; i < m->n; i++)
			if (sum % m->m % m->primes[i] == 0 && !BN_is_word(n, m->primes[i]))
				return true;
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
