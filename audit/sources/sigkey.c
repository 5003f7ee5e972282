/* SPDX-License-Identifier: ISC */
/*
 * sigkey.c - open an RSA signature, by OpenSSL.
 */
#include "audit/sources/sigkey.h"
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "checks/core/base64.h"
#include "checks/core/taglist.h"
#include "checks/dkim_record.h"

#define MAX_OPENED (MAX_KEY_DATA) /* a signature is as long as the modulus */
#define MIN_SIGNATURE 64          /* octets, of a key of 512 bits */
#define STEP_SIGNATURE 16         /* sizes of keys are multiples of 128 bits */

/* DigestInfo before the hash (RFC 8017 9.2, note 1): of SHA-1 and of SHA-256. */
static const struct {
	struct str head;
	size_t hash;
} digests[] = {
	{ { "\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14", 15 }, 20 },
	{ { "\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20", 19 },
	    32 },
};

/* The RSA key that RECORD holds; NULL when it holds none. */
static EVP_PKEY *
key_in(struct arena *a, struct str record)
{
	const unsigned char *at;
	EVP_PKEY *key = NULL;
	struct str der;
	struct tag p;
	size_t bad;

	if (!tag_find(record, STR("p"), &p) || !base64_decode(a, p.value, &der, &bad) ||
	    der.n == 0 || der.n > MAX_KEY_DATA)
		return NULL;
	at = (const unsigned char *)der.p;
	key = d2i_PUBKEY(NULL, &at, (long)der.n);
	if (key != NULL && EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	return key;
}

/* Whether SIGNATURE opens with KEY to a hash. */
static bool
opens(struct arena *a, EVP_PKEY *key, struct str signature)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	struct str out = { arena_alloc(a, MAX_OPENED), MAX_OPENED };
	union {
		const char *c;
		unsigned char *u;
	} to = { .c = out.p };
	bool ok = false;

	if (ctx != NULL && EVP_PKEY_get_size(key) <= MAX_OPENED &&
	    EVP_PKEY_verify_recover_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
	    EVP_PKEY_verify_recover(
		ctx, to.u, &out.n, (const unsigned char *)signature.p, signature.n) == 1)
		for (size_t i = 0; i < ARRAY_LEN(digests); i++)
			ok = ok || (out.n == digests[i].head.n + digests[i].hash &&
				       str_has_prefix(out, digests[i].head));
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

/*
 * Whether SIGNATURE has the length of one by KEY or by another key that people make; of
 * any other length it is no signature (RFC 8017 8.2.2 step 1), but was cut or damaged.
 */
static bool
is_whole(const EVP_PKEY *key, struct str signature)
{
	if (signature.n == (size_t)EVP_PKEY_get_size(key))
		return true;
	return signature.n >= MIN_SIGNATURE && signature.n <= MAX_OPENED &&
	       signature.n % STEP_SIGNATURE == 0;
}

enum verified_by
sigkey_of(struct arena *a, struct str record, struct str b)
{
	enum verified_by by = VERIFIED_BY_UNKNOWN;
	EVP_PKEY *key = key_in(a, record);
	struct str signature;
	size_t bad;

	if (key != NULL && base64_decode(a, b, &signature, &bad) && is_whole(key, signature))
		by = opens(a, key, signature) ? VERIFIED_BY_KEY : VERIFIED_BY_OTHER;
	EVP_PKEY_free(key);
	ERR_clear_error();
	return by;
}
