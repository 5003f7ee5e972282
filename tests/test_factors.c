/* SPDX-License-Identifier: ISC */
/*
 * test_factors.c - moduli that share a prime are found among many, and how long
 * that takes.
 */
#include "audit/fleet/factors.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "checks/core/str.h"
#include "tests/effort.h"

#define MANY 2000
#define BITS_OF_SMALL_PRIMES 2775 /* of the product of the primes below MANY */
/*
 * Of MANY keys, in multiplications of two of them: it takes some three million.  All pairs
 * are two million greatest common divisors, each a hundred times as long.
 */
#define MAX_EFFORT 20000000.0

static BIGNUM *
prime(int bits)
{
	BIGNUM *p = BN_new();

	assert_non_null(p);
	assert_int_equal(BN_generate_prime_ex(p, bits, 0, NULL, NULL, NULL), 1);
	return p;
}

static BIGNUM *
product(const BIGNUM *a, const BIGNUM *b)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *n = BN_new();

	assert_non_null(n);
	assert_int_equal(BN_mul(n, a, b, ctx), 1);
	BN_CTX_free(ctx);
	return n;
}

static BIGNUM *
of_letters(BIGNUM *const *primes, const char *letters)
{
	BIGNUM *n = product(primes[letters[0] - 'a'], primes[letters[1] - 'a']), *more;

	for (const char *c = letters + 2; *c != '\0'; c++) {
		more = product(n, primes[*c - 'a']);
		BN_free(n);
		n = more;
	}
	return n;
}

/* Moduli by the letters of their primes, and who is to be in one group, by letters too. */
static const struct {
	const char *name, *moduli[6], *want;
} rows[] = {
	{ "none shared", { "ab", "cd", "ef" }, "..." },
	{ "two share", { "ab", "cd", "ae" }, "a.a" },
	{ "three share one", { "ab", "ac", "ad", "ef" }, "aaa." },
	{ "two pairs", { "ab", "ac", "de", "df" }, "aabb" },
	{ "a chain", { "ab", "bc", "cd" }, "aaa" },
	{ "a multiple of a modulus breaks nobody", { "ab", "abc", "de" }, "..." },
	{ "a cube shares more than a prime", { "abc", "abd", "ef" }, "aa." },
	{ "a ring: each shares both", { "ab", "bc", "ca" }, "aaa" },
	{ "only two", { "ab", "bc" }, "aa" },
	{ "one alone", { "ab" }, "." },
};

/* Who stands together, whatever the number of the group. */
static bool
as_wanted(const char *want, const size_t *group, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if ((want[i] == '.') != (group[i] == 0))
			return false;
		for (size_t k = 0; k < i; k++)
			if (want[i] != '.' && want[i] == want[k] && group[i] != group[k])
				return false;
	}
	return true;
}

static void
test_rows(void **state)
{
	BIGNUM *primes[6], *v[6];
	size_t group[6];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(primes); i++)
		primes[i] = prime(i % 2 == 0 ? 512 : 520);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t n = 0;

		for (; n < ARRAY_LEN(v) && rows[i].moduli[n] != NULL; n++)
			v[n] = of_letters(primes, rows[i].moduli[n]);
		assert_true(factors_shared(v, n, group));
		if (!as_wanted(rows[i].want, group, n))
			fail_msg("%s: %zu %zu %zu, want %s", rows[i].name, group[0], group[1],
			    group[2], rows[i].want);
		while (n > 0)
			BN_free(v[--n]);
	}
	for (size_t i = 0; i < ARRAY_LEN(primes); i++)
		BN_free(primes[i]);
}

/*
 * V[i] = (i + 1) X + 1, where X holds every prime below MANY: what two of them
 * have in common divides the difference of their numbers, so it is 1.  Products
 * of two primes would take an hour to make.
 */
static void
fill(BIGNUM **v, int bits)
{
	BIGNUM *x = BN_new();

	assert_non_null(x);
	assert_int_equal(BN_rand(x, bits - BITS_OF_SMALL_PRIMES - 11, 1, 0), 1);
	for (BN_ULONG p = 2, d; p < MANY; p++) {
		for (d = 2; d * d <= p && p % d != 0; d++)
			;
		if (d * d > p)
			assert_int_equal(BN_mul_word(x, p), 1);
	}
	for (size_t i = 0; i < MANY; i++) {
		v[i] = BN_dup(x);
		assert_non_null(v[i]);
		assert_int_equal(BN_mul_word(v[i], i + 1), 1);
		assert_int_equal(BN_add_word(v[i], 1), 1);
	}
	BN_free(x);
}

struct search {
	BIGNUM **v;
	size_t n, *group;
};

static void
search(void *ctx)
{
	struct search *s = ctx;

	assert_true(factors_shared(s->v, s->n, s->group));
}

static void
multiply(void *ctx)
{
	struct search *s = ctx;

	BN_free(product(s->v[0], s->v[1]));
}

static void
test_many(void **state)
{
	static BIGNUM *v[MANY];
	static size_t group[MANY];
	BIGNUM *p = prime(1024), *q = prime(1022), *r = prime(1022);
	/* under valgrind everything takes thirty times as long */
	size_t many = getenv("TEST_WRAPPER") != NULL ? MANY / 10 : MANY, found = 0;
	struct search all = { v, many, group };
	double effort;

	(void)state;
	fill(v, 3072);
	BN_free(v[7]);
	BN_free(v[many - 1]);
	v[7] = product(p, q);
	v[many - 1] = product(p, r);
	effort = effort_of(&(struct work){ search, &all }, &(struct work){ multiply, &all });
	print_message(
	    "%zu moduli of up to %d bits: effort %.0f\n", many, BN_num_bits(v[many - 2]), effort);
	assert_true(effort < MAX_EFFORT);
	assert_true(group[7] != 0 && group[7] == group[many - 1]);
	for (size_t i = 0; i < many; i++)
		found += group[i] != 0;
	assert_int_equal(found, 2);
	for (size_t i = 0; i < MANY; i++)
		BN_free(v[i]);
	BN_free(p);
	BN_free(q);
	BN_free(r);
}

/* A bound that is passed is told, not half done. */
static void
test_bound(void **state)
{
	BIGNUM *v[2] = { BN_new(), BN_new() };
	size_t group[2] = { 9, 9 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_non_null(v[i]);
		assert_int_equal(BN_set_bit(v[i], (int)(MAX_FACTORS_BITS / 2)), 1);
		assert_int_equal(BN_set_bit(v[i], 0), 1);
	}
	assert_false(factors_shared(v, 2, group));
	assert_true(group[0] == 0 && group[1] == 0);
	BN_free(v[0]);
	BN_free(v[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
