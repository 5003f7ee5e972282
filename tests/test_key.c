/* SPDX-License-Identifier: ISC */
/*
 * test_key.c - what the key source says about key bytes: forms, sizes, and each
 * weakness on a key that was built to have it.
 */
#include "audit/sources/key.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include <openssl/bn.h>
#include "audit/sources/key_weak.h"
#include "checks/core/base64.h"
#include "tests/sample_keys.h"

#define RSA KEY_TYPE_RSA
#define NO_KEY                                                                                     \
	{                                                                                          \
		.form = KEY_UNREADABLE                                                             \
	}

static const struct {
	const char *name, *base64;
	struct key_facts want; /* modulus is not compared */
} rows[] = {
	/* clang-format off */
	{ "512", RSA_512, { .form = KEY_SPKI, .type = RSA, .bits = 512, .exponent = 65537 } },
	{ "1024", RSA_1024, { .form = KEY_SPKI, .type = RSA, .bits = 1024, .exponent = 65537 } },
	{ "2048", RSA_2048, { .form = KEY_SPKI, .type = RSA, .bits = 2048, .exponent = 65537 } },
	{ "4224", RSA_4224, { .form = KEY_SPKI, .type = RSA, .bits = 4224, .exponent = 65537 } },
	{ "PKCS#1", PKCS1_2048, { .form = KEY_PKCS1, .type = RSA, .bits = 2048, .exponent = 65537 } },
	{ "exponent 1", RSA_1024_E1, { .form = KEY_SPKI, .type = RSA, .bits = 1024, .exponent = 1 } },
	{ "exponent 3", RSA_1024_E3, { .form = KEY_SPKI, .type = RSA, .bits = 1024, .exponent = 3 } },
	{ "even exponent", RSA_1024_E_EVEN, { .form = KEY_SPKI, .type = RSA, .bits = 1024, .exponent = 65536 } },
	{ "exponent of 33 bits", RSA_1024_E_BIG,
	  { .form = KEY_SPKI, .type = RSA, .bits = 1024, .exponent = 4294967297 } },
	{ "even modulus", RSA_1024_EVEN,
	  { .form = KEY_SPKI, .type = RSA, .bits = 1024, .exponent = 65537, .modulus_even = true } },
	{ "factor 1009", RSA_1024_SMALL,
	  { .form = KEY_SPKI, .type = RSA, .bits = 1024, .exponent = 65537, .small_factor = true } },
	{ "neighbouring primes", RSA_1024_FERMAT,
	  { .form = KEY_SPKI, .type = RSA, .bits = 1024, .exponent = 65537, .fermat_close = true } },
	{ "ROCA", RSA_1024_ROCA,
	  { .form = KEY_SPKI, .type = RSA, .bits = 1024, .exponent = 65537, .roca = true } },
	{ "ed25519", ED25519_RAW, { .form = KEY_RAW, .type = KEY_TYPE_ED25519, .bits = 256 } },
	{ "ed25519 wrapped", ED25519_SPKI, { .form = KEY_SPKI, .type = KEY_TYPE_ED25519, .bits = 256 } },
	{ "EC", EC_P256, { .form = KEY_SPKI, .type = KEY_TYPE_OTHER, .bits = 256 } },
	{ "private", PRIVATE_512,
	  { .form = KEY_PKCS1, .type = RSA, .bits = 512, .exponent = 65537, .is_private = true } },
	{ "three bytes", "AAAA", NO_KEY },
	{ "a byte behind the key", "MIGfAA==", NO_KEY },
	/* clang-format on */
};

static struct answer *
ask_bytes(struct str bytes)
{
	struct question q = { .kind = ASK_KEY, .type = KEY_TYPE_RSA, .data = bytes };

	return key_answer(&q);
}

static bool
same(const struct key_facts *a, const struct key_facts *b)
{
	return a->form == b->form && a->type == b->type && a->bits == b->bits &&
	       a->exponent == b->exponent && a->modulus_even == b->modulus_even &&
	       a->fermat_close == b->fermat_close && a->roca == b->roca &&
	       a->small_factor == b->small_factor && a->is_private == b->is_private;
}

static void
test_rows(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct answer *an;
		struct str bytes;
		size_t bad;

		assert_true(base64_decode(&a, str_of(rows[i].base64), &bytes, &bad));
		an = ask_bytes(bytes);
		assert_int_equal(an->status, ANSWER_FOUND);
		if (!same(an->key, &rows[i].want))
			fail_msg("%s: form %d type %d bits %u exponent %llu flags %d%d%d%d%d",
			    rows[i].name, an->key->form, an->key->type, an->key->bits,
			    (unsigned long long)an->key->exponent, an->key->modulus_even,
			    an->key->small_factor, an->key->fermat_close, an->key->roca,
			    an->key->is_private);
		assert_int_equal(
		    an->key->modulus.n, an->key->type == RSA ? (an->key->bits + 7) / 8 : 0);
		answer_unref(an);
	}
	arena_free(&a);
}

/*
 * Trailing bytes, every cut, every byte flipped: an answer, never a crash, and a cut key is none.
 */
static void
test_cut_and_flipped(void **state)
{
	static const char *const keys[] = { RSA_512, PKCS1_1024, ED25519_SPKI, PRIVATE_512 };
	struct arena a;
	struct str bytes;
	size_t bad;

	(void)state;
	arena_init(&a, 0);
	for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
		char *copy;

		assert_true(base64_decode(&a, str_of(keys[k]), &bytes, &bad));
		for (size_t i = 1; i < bytes.n; i++) {
			struct answer *an;

			copy = malloc(i);
			assert_non_null(copy);
			memcpy(copy, bytes.p, i);
			an = ask_bytes((struct str){ copy, i });
			assert_true(i == 32 || an->key->form == KEY_UNREADABLE);
			answer_unref(an);
			free(copy);
			copy = malloc(bytes.n);
			assert_non_null(copy);
			memcpy(copy, bytes.p, bytes.n);
			copy[i] = (char)(copy[i] ^ 0xff);
			answer_unref(ask_bytes((struct str){ copy, bytes.n }));
			free(copy);
		}
		copy = malloc(bytes.n + 1);
		assert_non_null(copy);
		memcpy(copy, bytes.p, bytes.n);
		copy[bytes.n] = 0;
		struct answer *an = ask_bytes((struct str){ copy, bytes.n + 1 });

		assert_int_equal(an->key->form, KEY_UNREADABLE);
		answer_unref(an);
		free(copy);
	}
	arena_free(&a);
}

/* What the source says of the RSA key with modulus P * Q. */
static struct key_facts
facts_of(const BIGNUM *p, const BIGNUM *q)
{
	static const uint8_t head[] = { 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
		0x01, 0x01, 0x01, 0x05, 0x00, 0x03, 0x82, 0, 0, 0x00, 0x30, 0x82, 0, 0, 0x02, 0x82,
		0, 0 };
	uint8_t der[4 + sizeof(head) + 600] = { 0x30, 0x82 };
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *n = BN_new();
	struct key_facts out;
	struct answer *an;
	size_t len, at = 4 + sizeof(head);

	assert_int_equal(BN_mul(n, p, q, ctx), 1);
	len = (size_t)BN_num_bytes(n) + 1; /* a zero in front keeps it positive */
	memcpy(der + 4, head, sizeof(head));
	assert_true(BN_num_bits(n) % 8 == 0 && at + len + 5 <= sizeof(der));
	BN_bn2bin(n, der + at + 1);
	memcpy(der + at + len, "\x02\x03\x01\x00\x01", 5);
	for (size_t i = 0; i < 4; i++) { /* lengths: of all, the bits, the pair, the modulus */
		static const size_t where[] = { 2, 21, 26, 30 };
		size_t inside = i == 3 ? len : at + len + 5 - where[i] - 2;

		der[where[i]] = (uint8_t)(inside >> 8);
		der[where[i] + 1] = (uint8_t)inside;
	}
	an = ask_bytes((struct str){ (const char *)der, at + len + 5 });
	out = *an->key;
	out.modulus.n = 0; /* it goes with the answer */
	assert_int_equal(out.form, KEY_SPKI);
	assert_int_equal(out.bits, BN_num_bits(n));
	answer_unref(an);
	BN_free(n);
	BN_CTX_free(ctx);
	return out;
}

/* P = a prime of BITS bits, both upper ones set, that is k M + (65537^a mod M). */
static void
roca_prime(BIGNUM *p, int bits)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *m = BN_new(), *k = BN_new(), *e = BN_new(), *rest = BN_new();

	assert_int_equal(BN_set_word(m, 2), 1);
	for (BN_ULONG q = 3, d; q <= 167; q += 2) {
		for (d = 3; d * d <= q && q % d != 0; d += 2)
			;
		if (d * d > q)
			assert_int_equal(BN_mul_word(m, q), 1);
	}
	do {
		assert_int_equal(BN_rand(e, 60, -1, 0), 1);
		assert_int_equal(BN_set_word(rest, 65537), 1);
		assert_int_equal(BN_mod_exp(rest, rest, e, m, ctx), 1);
		assert_int_equal(BN_rand(p, bits, 1, 0), 1);
		assert_int_equal(BN_div(k, NULL, p, m, ctx), 1);
		assert_int_equal(BN_mul(p, k, m, ctx), 1);
		assert_int_equal(BN_add(p, p, rest), 1);
	} while (BN_num_bits(p) != bits || !BN_is_bit_set(p, bits - 2) ||
		 BN_check_prime(p, ctx, NULL) != 1);
	BN_free(m);
	BN_free(k);
	BN_free(e);
	BN_free(rest);
	BN_CTX_free(ctx);
}

/* Keys made here to be weak are found weak, and for that reason alone; sound ones are not. */
static void
test_made_keys(void **state)
{
	BIGNUM *p = BN_new(), *q = BN_new();

	(void)state;
	for (int bits = 512; bits <= 1024; bits += 512) {
		struct key_facts f;

		roca_prime(p, bits);
		roca_prime(q, bits);
		f = facts_of(p, q);
		assert_true(f.roca && !f.fermat_close && !f.small_factor && !f.modulus_even);
		assert_int_equal(BN_generate_prime_ex(p, bits, 0, NULL, NULL, NULL), 1);
		f = facts_of(p, q); /* one such prime alone is not the fault */
		assert_true(!f.roca && !f.fermat_close && !f.small_factor);
		assert_non_null(BN_copy(q, p));
		do /* the next prime */
			assert_int_equal(BN_add_word(q, 2), 1);
		while (BN_check_prime(q, NULL, NULL) != 1);
		f = facts_of(p, q);
		assert_true(f.fermat_close && !f.roca && !f.small_factor);
		assert_int_equal(BN_generate_prime_ex(q, bits, 0, NULL, NULL, NULL), 1);
		f = facts_of(p, q);
		assert_true(!f.fermat_close && !f.roca && !f.small_factor && !f.modulus_even);
	}
	BN_free(p);
	BN_free(q);
}

/* 2^BITS - 1 into P: for 521, 607, 1279 and 2203 a prime. */
static void
mersenne(BIGNUM *p, int bits)
{
	BN_zero(p);
	assert_int_equal(BN_set_bit(p, bits), 1);
	assert_int_equal(BN_sub_word(p, 1), 1);
}

static bool
has_small_factor(const BIGNUM *p, const BIGNUM *q)
{
	struct key_facts f = { .form = KEY_SPKI };
	uint8_t bytes[MAX_WEAK_BITS / 8];
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *n = BN_new();

	assert_int_equal(BN_mul(n, p, q, ctx), 1);
	f.bits = (uint32_t)BN_num_bits(n);
	f.modulus = (struct str){ (const char *)bytes, (size_t)BN_num_bytes(n) };
	assert_true(f.modulus.n <= sizeof(bytes));
	BN_bn2bin(n, bytes);
	key_weak_judge(&f);
	BN_free(n);
	BN_CTX_free(ctx);
	return f.small_factor;
}

/* Each odd factor up to the bound is found, whatever the size, and none where there is none. */
static void
test_small_factors(void **state)
{
	static const int sizes[] = { 17, 61, 127, 521, 607, 1279, 2203 };
	BIGNUM *p = BN_new(), *q = BN_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		mersenne(q, sizes[i]);
		for (unsigned d = 3; d < 2000; d += 2) {
			assert_int_equal(BN_set_word(p, d), 1);
			if (!has_small_factor(p, q))
				fail_msg("%u times 2^%d - 1", d, sizes[i]);
		}
		for (size_t k = 0; k <= i; k++) {
			mersenne(p, sizes[k]);
			if (has_small_factor(p, q))
				fail_msg("2^%d - 1 times 2^%d - 1", sizes[k], sizes[i]);
		}
	}
	BN_free(p);
	BN_free(q);
}

static void
test_bounds(void **state)
{
	static char big[MAX_KEY_BYTES + 1];
	struct answer *an = ask_bytes((struct str){ big, MAX_KEY_BYTES });

	(void)state;
	assert_int_equal(an->status, ANSWER_FOUND);
	answer_unref(an);
	an = ask_bytes((struct str){ big, MAX_KEY_BYTES + 1 });
	assert_int_equal(an->status, ANSWER_FAILED);
	assert_int_equal(an->cause, CAUSE_TOO_LARGE);
	answer_unref(an);
	an = ask_bytes((struct str){ big, 0 });
	assert_int_equal(an->status, ANSWER_FAILED);
	answer_unref(an);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_cut_and_flipped),
		cmocka_unit_test(test_made_keys),
		cmocka_unit_test(test_small_factors),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
