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
#include <openssl/bn.h>
#include "checks/core/arena.h"
#include "tests/effort.h"

#define MANY 2000
#define BITS_OF_SMALL_PRIMES 2775 /* of the product of the primes below MANY */
/*
 * Of MANY keys, in multiplications of two of them: it takes some 330,000.  All pairs
 * are two million greatest common divisors, each as long as eight of them.
 */
#define MAX_EFFORT 3000000.0

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

/* The bytes of N, in memory of A. */
static struct str
bytes_of(struct arena *a, const BIGNUM *n)
{
	size_t size = (size_t)BN_num_bytes(n);
	unsigned char *bytes = arena_alloc(a, size + 1);

	assert_int_equal(BN_bn2bin(n, bytes), (int)size);
	return (struct str){ (const char *)bytes, size };
}

/* The product of what LETTERS stand for: PRIMES, and digits. */
static struct str
of_letters(struct arena *a, BIGNUM *const *primes, const char *letters)
{
	BIGNUM *n = BN_new(), *more;
	struct str out;

	assert_non_null(n);
	assert_int_equal(BN_one(n), 1);
	for (const char *c = letters; *c != '\0'; c++) {
		if (ascii_isdigit(*c)) {
			assert_int_equal(BN_mul_word(n, (BN_ULONG)(*c - '0')), 1);
			continue;
		}
		more = product(n, primes[*c - 'a']);
		BN_free(n);
		n = more;
	}
	out = bytes_of(a, n);
	BN_free(n);
	return out;
}

/* Moduli by the letters of their primes and by digits, and who is to be in one group, by letters
 * too. */
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
	{ "the same modulus breaks nobody", { "ab", "ab", "cd" }, "..." },
	{ "even ones share the 2", { "2ab", "cd", "2ef" }, "a.a" },
	{ "tiny ones", { "23", "2", "3ab", "7" }, "a.a." },
	{ "one times itself", { "aa", "ab", "cd" }, "aa." },
	{ "1 shares nothing", { "1", "1", "ab" }, "..." },
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
	BIGNUM *primes[6];
	struct str v[6];
	size_t group[6];
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(primes); i++)
		primes[i] = prime(i % 2 == 0 ? 512 : 520);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t n = 0;

		for (; n < ARRAY_LEN(v) && rows[i].moduli[n] != NULL; n++)
			v[n] = of_letters(&a, primes, rows[i].moduli[n]);
		assert_true(factors_shared(v, n, group));
		if (!as_wanted(rows[i].want, group, n))
			fail_msg("%s: %zu %zu %zu, want %s", rows[i].name, group[0], group[1],
			    group[2], rows[i].want);
	}
	arena_free(&a);
	for (size_t i = 0; i < ARRAY_LEN(primes); i++)
		BN_free(primes[i]);
}

/*
 * V[i] = (i + 1) X + 1, where X holds every prime below MANY: what two of them
 * have in common divides the difference of their numbers, so it is 1.  Products
 * of two primes would take an hour to make.
 */
static void
fill(struct arena *a, struct str *v, int bits)
{
	BIGNUM *x = BN_new(), *n = BN_new();

	assert_non_null(x);
	assert_non_null(n);
	assert_int_equal(BN_rand(x, bits - BITS_OF_SMALL_PRIMES - 11, 1, 0), 1);
	for (BN_ULONG p = 2, d; p < MANY; p++) {
		for (d = 2; d * d <= p && p % d != 0; d++)
			;
		if (d * d > p)
			assert_int_equal(BN_mul_word(x, p), 1);
	}
	for (size_t i = 0; i < MANY; i++) {
		assert_non_null(BN_copy(n, x));
		assert_int_equal(BN_mul_word(n, i + 1), 1);
		assert_int_equal(BN_add_word(n, 1), 1);
		v[i] = bytes_of(a, n);
	}
	BN_free(x);
	BN_free(n);
}

struct search {
	struct str *v;
	size_t n, *group;
	const BIGNUM *a, *b; /* two of about the size of V */
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

	BN_free(product(s->a, s->b));
}

static void
test_many(void **state)
{
	static struct str v[MANY];
	static size_t group[MANY];
	BIGNUM *p = prime(1024), *q = prime(2048), *r = prime(2048), *pq = product(p, q),
	       *pr = product(p, r);
	/* under valgrind everything takes thirty times as long */
	size_t many = getenv("TEST_WRAPPER") != NULL ? MANY / 10 : MANY, found = 0;
	struct search all = { v, many, group, pq, pr };
	struct arena a;
	double effort;

	(void)state;
	arena_init(&a, 0);
	fill(&a, v, 3072);
	v[7] = bytes_of(&a, pq);
	v[many - 1] = bytes_of(&a, pr);
	effort = effort_of(&(struct work){ search, &all }, &(struct work){ multiply, &all });
	print_message(
	    "%zu moduli of up to %zu bits: effort %.0f\n", many, 8 * v[many - 2].n, effort);
	assert_true(effort < MAX_EFFORT);
	assert_true(group[7] != 0 && group[7] == group[many - 1]);
	for (size_t i = 0; i < many; i++)
		found += group[i] != 0;
	assert_int_equal(found, 2);
	arena_free(&a);
	BN_free(p);
	BN_free(q);
	BN_free(r);
	BN_free(pq);
	BN_free(pr);
}

/* A bound that is passed is told, not half done; so is what nothing can be divided by. */
static void
test_bound(void **state)
{
	static char bytes[MAX_FACTORS_BITS / 8 / 2 + 1];
	static const char zeros[3];
	const struct {
		const char *name;
		struct str v[2];
		bool want;
	} cases[] = {
		{ "too many bits", { { bytes, sizeof(bytes) }, { bytes, sizeof(bytes) } }, false },
		{ "few bits", { { bytes, 64 }, { bytes, 64 } }, true },
		{ "nothing", { { bytes, 1 }, { "", 0 } }, false },
		{ "zeros", { { zeros, sizeof(zeros) }, { bytes, 1 } }, false },
		{ "one behind zeros", { { "\0\0\1", 3 }, { bytes, 1 } }, true },
	};

	(void)state;
	bytes[0] = bytes[sizeof(bytes) - 1] = 1;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t group[2] = { 9, 9 };

		if (factors_shared(cases[i].v, 2, group) != cases[i].want)
			fail_msg("%s: want %d", cases[i].name, cases[i].want);
		assert_true(group[0] == 0 && group[1] == 0);
	}
}

/* Who has many keys compared does not get a key told that he publishes a multiple of. */
static void
test_pairs(void **state)
{
	enum { RING = 220, N = RING + 2 };
	BIGNUM *primes[RING], *p = prime(512), *q = prime(512), *n = product(p, q), *m;
	static struct str v[N];
	static size_t group[N];
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < RING; i++)
		primes[i] = prime(48);
	for (size_t i = 0; i < RING; i++) {
		m = product(primes[i], primes[(i + 1) % RING]);
		v[i] = bytes_of(&a, m);
		BN_free(m);
	}
	v[RING] = bytes_of(&a, n);
	m = product(n, primes[0]);
	v[RING + 1] = bytes_of(&a, m);
	assert_false(factors_shared(v, N, group));
	assert_int_equal(group[RING], 0);
	assert_true(group[0] != 0 && group[0] == group[1]);
	BN_free(m);
	BN_free(n);
	BN_free(p);
	BN_free(q);
	for (size_t i = 0; i < RING; i++)
		BN_free(primes[i]);
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_pairs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
