/* SPDX-License-Identifier: ISC */
/*
 * key.c - what public key bytes are, by OpenSSL.
 */
#include "audit/sources/key.h"

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "audit/sources/key_weak.h"
#include "checks/core/arena.h"

#define ED25519_BYTES 32 /* RFC 8032 5.1.5 */

/* Read BYTES with OpenSSL's READ; all of them must belong to the key. */
static EVP_PKEY *
read_whole(EVP_PKEY *(*read)(const uint8_t **at, long n), struct str bytes)
{
	const uint8_t *at = (const uint8_t *)bytes.p;
	EVP_PKEY *key = read(&at, (long)bytes.n);

	if (key != NULL && at != (const uint8_t *)bytes.p + bytes.n) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	return key;
}

static EVP_PKEY *
read_spki(const uint8_t **at, long n)
{
	return d2i_PUBKEY(NULL, at, n);
}

static EVP_PKEY *
read_pkcs1(const uint8_t **at, long n)
{
	return d2i_PublicKey(EVP_PKEY_RSA, NULL, at, n);
}

static EVP_PKEY *
read_private(const uint8_t **at, long n)
{
	return d2i_AutoPrivateKey(NULL, at, n);
}

/* Open BYTES in the first form they fit; NULL = none.  32 bytes are a bare ed25519 key. */
static EVP_PKEY *
open_key(struct str bytes, struct key_facts *out)
{
	EVP_PKEY *key;

	if (bytes.n == ED25519_BYTES) {
		out->form = KEY_RAW;
		return EVP_PKEY_new_raw_public_key(
		    EVP_PKEY_ED25519, NULL, (const uint8_t *)bytes.p, bytes.n);
	}
	out->form = KEY_SPKI;
	if ((key = read_whole(read_spki, bytes)) != NULL)
		return key;
	out->form = KEY_PKCS1;
	if ((key = read_whole(read_pkcs1, bytes)) != NULL)
		return key;
	if ((key = read_whole(read_private, bytes)) != NULL)
		out->is_private = true;
	return key;
}

/* RSA: the modulus N, big-endian without a leading zero, and the exponent E likewise. */
static void
take_rsa(struct str n, struct str e, struct key_facts *out)
{
	out->type = KEY_TYPE_RSA;
	out->modulus = n;
	out->bits = (uint32_t)(8 * n.n);
	for (uint8_t first = (uint8_t)n.p[0]; first < 0x80; first = (uint8_t)(first << 1))
		out->bits--;
	out->exponent = e.n > sizeof(out->exponent) ? UINT64_MAX : 0;
	for (size_t i = 0; i < e.n && e.n <= sizeof(out->exponent); i++)
		out->exponent = out->exponent << 8 | (uint8_t)e.p[i];
	key_weak_judge(out);
}

/* The bytes of N in memory of A. */
static struct str
bytes_of(struct arena *a, const BIGNUM *n)
{
	struct str out = { .n = (size_t)BN_num_bytes(n) };
	uint8_t *bytes = arena_alloc(a, out.n);

	BN_bn2bin(n, bytes);
	out.p = (const char *)bytes;
	return out;
}

static bool
read_rsa(struct arena *a, const EVP_PKEY *key, struct key_facts *out)
{
	BIGNUM *n = NULL, *e = NULL;
	bool ok = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
		  EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) == 1 && !BN_is_zero(n) &&
		  !BN_is_negative(n) && !BN_is_negative(e);

	if (ok)
		take_rsa(bytes_of(a, n), bytes_of(a, e), out);
	BN_free(n);
	BN_free(e);
	return ok;
}

/* The N bytes DER as a SEQUENCE of one element of each type, and no byte more; NULL = it is none.
 */
static STACK_OF(ASN1_TYPE) * read_pair(const uint8_t *der, size_t n, int first, int second)
{
	const uint8_t *at = der;
	STACK_OF(ASN1_TYPE) *pair = d2i_ASN1_SEQUENCE_ANY(NULL, &at, (long)n);

	if (pair != NULL && at == der + n && sk_ASN1_TYPE_num(pair) == 2 &&
	    sk_ASN1_TYPE_value(pair, 0)->type == first &&
	    sk_ASN1_TYPE_value(pair, 1)->type == second)
		return pair;
	sk_ASN1_TYPE_pop_free(pair, ASN1_TYPE_free);
	return NULL;
}

/* The modulus and exponent that BITS holds (RFC 3279 2.3.1) into *OUT. */
static bool
read_numbers(struct arena *a, const ASN1_BIT_STRING *bits, struct key_facts *out)
{
	STACK_OF(ASN1_TYPE) *pair =
	    (bits->flags & 7) != 0
		? NULL
		: read_pair(bits->data, (size_t)bits->length, V_ASN1_INTEGER, V_ASN1_INTEGER);
	BIGNUM *n, *e;
	bool ok;

	if (pair == NULL)
		return false;
	n = ASN1_INTEGER_to_BN(sk_ASN1_TYPE_value(pair, 0)->value.integer, NULL);
	e = ASN1_INTEGER_to_BN(sk_ASN1_TYPE_value(pair, 1)->value.integer, NULL);
	ok = n != NULL && e != NULL && !BN_is_zero(n) && !BN_is_negative(n) && !BN_is_zero(e) &&
	     !BN_is_negative(e);
	if (ok)
		take_rsa(bytes_of(a, n), bytes_of(a, e), out);
	BN_free(n);
	BN_free(e);
	sk_ASN1_TYPE_pop_free(pair, ASN1_TYPE_free);
	return ok;
}

/*
 * What nearly every key is, an RSA key as RFC 3279 2.3.1 has it.  d2i_PUBKEY()
 * searches all of OpenSSL's decoders for it, which takes 80 us; its parser alone
 * takes 1 us.  False for anything else, be it wrong or only rare.
 */
static bool
read_plain_rsa(struct arena *a, struct str bytes, struct key_facts *out)
{
	static const uint8_t rsa[] = { 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
		0x01, 0x01, 0x01, 0x05, 0x00 };
	STACK_OF(ASN1_TYPE) * pair;
	const ASN1_STRING *algorithm;
	bool ok;

	if (bytes.n == ED25519_BYTES)
		return false;
	pair = read_pair((const uint8_t *)bytes.p, bytes.n, V_ASN1_SEQUENCE, V_ASN1_BIT_STRING);
	if (pair == NULL)
		return false;
	algorithm = sk_ASN1_TYPE_value(pair, 0)->value.sequence;
	ok = algorithm->length == (int)sizeof(rsa) &&
	     memcmp(algorithm->data, rsa, sizeof(rsa)) == 0 &&
	     read_numbers(a, sk_ASN1_TYPE_value(pair, 1)->value.bit_string, out);
	if (ok)
		out->form = KEY_SPKI;
	sk_ASN1_TYPE_pop_free(pair, ASN1_TYPE_free);
	return ok;
}

/* What BYTES are; the modulus in memory of A. */
static void
read_facts(struct arena *a, struct str bytes, struct key_facts *out)
{
	EVP_PKEY *key;
	int type;

	if (read_plain_rsa(a, bytes, out))
		return;
	key = open_key(bytes, out);
	if (key == NULL) {
		*out = (struct key_facts){ .form = KEY_UNREADABLE };
		ERR_clear_error();
		return;
	}
	type = EVP_PKEY_get_base_id(key);
	out->bits = (uint32_t)EVP_PKEY_get_bits(key);
	if (type == EVP_PKEY_ED25519) {
		out->type = KEY_TYPE_ED25519;
		out->bits = 256; /* as a size; OpenSSL counts 253 */
	} else if (type == EVP_PKEY_RSA) {
		if (!read_rsa(a, key, out))
			*out = (struct key_facts){ .form = KEY_UNREADABLE };
	}
	EVP_PKEY_free(key);
	ERR_clear_error();
}

struct answer *
key_answer(const struct question *q)
{
	struct key_facts facts = { .form = KEY_UNREADABLE };
	struct answer_draft d;
	struct arena scratch;
	struct answer *out;

	if (q->data.n == 0 || q->data.n > MAX_KEY_BYTES)
		return answer_failed(q, q->data.n == 0 ? CAUSE_MALFORMED : CAUSE_TOO_LARGE);
	arena_init(&scratch, 0);
	read_facts(&scratch, q->data, &facts);
	draft_init(&d, &scratch, q, ANSWER_FOUND);
	d.a.key = &facts;
	d.a.from.source = STR("computed");
	out = answer_finish(&d);
	arena_free(&scratch);
	return out;
}

static enum source_reply
key_ask(struct source *s, struct ticket *t, struct answer **out)
{
	(void)s;
	if (t->q.kind != ASK_KEY)
		return SOURCE_NOT_MINE;
	*out = key_answer(&t->q);
	return SOURCE_ANSWERED;
}

static void
key_free(struct source *s)
{
	free(s);
}

struct source *
key_new(void)
{
	static const struct source_ops ops = { .name = "key", .ask = key_ask, .free = key_free };
	struct source *s = xcalloc(1, sizeof(*s));

	s->ops = &ops;
	return s;
}
