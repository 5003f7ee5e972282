/* SPDX-License-Identifier: ISC */
/*
 * signing.c - signed messages for tests.
 */
#define _DEFAULT_SOURCE /* u_char, in the library's header */
#include "tests/signing.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

#include <dkim.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "checks/core/buf.h"

#define MAX_TEXT 65536

static void
need(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "signing: %s failed\n", what);
	abort();
}

/* "v=DKIM1; k=rsa; p=..." of KEY. */
static struct str
record_of(struct arena *a, EVP_PKEY *key)
{
	unsigned char *der = NULL, text[4096];
	int n = i2d_PUBKEY(key, &der);
	struct buf b;
	struct str out;

	need(n > 0 && n < (int)sizeof(text) / 2, "key size");
	EVP_EncodeBlock(text, der, n);
	buf_init(&b, MAX_TEXT);
	buf_adds(&b, "v=DKIM1; k=rsa; p=");
	buf_adds(&b, (const char *)text);
	out = arena_str(a, buf_str(&b));
	buf_free(&b);
	OPENSSL_free(der);
	return out;
}

struct signing_key
signing_new(struct arena *a, unsigned bits)
{
	EVP_PKEY *key = EVP_RSA_gen(bits);
	BIO *bio = BIO_new(BIO_s_mem());
	struct signing_key s;
	char *pem;
	long n;

	need(key != NULL && bio != NULL, "key generation");
	need(PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1, "PEM");
	n = BIO_get_mem_data(bio, &pem);
	s.pem = arena_str(a, (struct str){ pem, (size_t)n });
	s.record = record_of(a, key);
	BIO_free(bio);
	EVP_PKEY_free(key);
	return s;
}

struct signing_key
signing_read(struct arena *a, struct str pem)
{
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	struct signing_key s = { .pem = arena_str(a, pem) };

	need(key != NULL, "reading the key");
	s.record = record_of(a, key);
	BIO_free(bio);
	EVP_PKEY_free(key);
	return s;
}

static unsigned char *
bytes(struct arena *a, const char *text, const char *usual)
{
	struct str s = arena_str(a, str_of(text != NULL ? text : usual));

	return (unsigned char *)(uintptr_t)s.p;
}

static dkim_alg_t
algorithm_of(const struct sign_options *o)
{
	bool sha1 = o->algorithm != NULL && strcmp(o->algorithm, "rsa-sha1") == 0;

	return sha1 ? DKIM_SIGN_RSASHA1 : DKIM_SIGN_RSASHA256;
}

static DKIM_LIB *
library_for(const struct sign_options *o)
{
	DKIM_LIB *lib = dkim_init(NULL, NULL);
	uint64_t t = o->time, ttl = o->ttl;
	unsigned bits = 1;

	need(lib != NULL, "dkim_init");
	(void)dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_MINKEYBITS, &bits, sizeof(bits));
	if (t > 0)
		(void)dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_FIXEDTIME, &t, sizeof(t));
	if (ttl > 0)
		(void)dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_SIGNATURETTL, &ttl, sizeof(ttl));
	return lib;
}

struct str
signing_sign(
    struct arena *a, const struct signing_key *s, const struct sign_options *o, struct str message)
{
	static const unsigned char id[] = "test";
	DKIM_LIB *lib = library_for(o);
	dkim_canon_t canon = o->simple ? DKIM_CANON_SIMPLE : DKIM_CANON_RELAXED;
	DKIM_STAT st = DKIM_STAT_OK;
	struct str copy = arena_str(a, message), out;
	unsigned char *field = NULL;
	size_t n = 0;
	struct buf b;
	DKIM *d = dkim_sign(lib, id, NULL, bytes(a, s->pem.p, ""), bytes(a, o->selector, "s1"),
	    bytes(a, o->domain, "example.com"), canon, canon, algorithm_of(o), -1, &st);

	need(d != NULL, "dkim_sign");
	need(dkim_setpartial(d, o->partial) == DKIM_STAT_OK, "dkim_setpartial");
	need(dkim_chunk(d, (u_char *)(uintptr_t)copy.p, copy.n) == DKIM_STAT_OK, "dkim_chunk");
	need(dkim_chunk(d, NULL, 0) == DKIM_STAT_OK, "dkim_chunk");
	need(dkim_eom(d, NULL) == DKIM_STAT_OK, "dkim_eom");
	need(dkim_getsighdr_d(d, 16, &field, &n) == DKIM_STAT_OK, "dkim_getsighdr_d");
	buf_init(&b, message.n + MAX_TEXT);
	buf_adds(&b, "DKIM-Signature: ");
	for (size_t i = 0; i < n; i++) {
		if (field[i] == '\n' && (i == 0 || field[i - 1] != '\r'))
			buf_addc(&b, '\r');
		buf_addc(&b, (char)field[i]);
	}
	buf_adds(&b, "\r\n");
	buf_add(&b, message);
	out = arena_str(a, buf_str(&b));
	buf_free(&b);
	(void)dkim_free(d);
	dkim_close(lib);
	return out;
}
