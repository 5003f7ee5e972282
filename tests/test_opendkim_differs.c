/* SPDX-License-Identifier: ISC */
/*
 * test_opendkim_differs.c - what we say of receivers that use libopendkim,
 * against the library: a message is signed with a key of vectors/ and verified with
 * each form of its record.
 */
#define _DEFAULT_SOURCE /* u_char, which <dkim.h> wants */
#include "checks/opendkim_differs.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <cmocka.h>
#include <dkim.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include "audit/sources/key.h"

#define MAX_RECORD 8192
#define MAX_FIELD 4096
#define OF_LAST "; a receiver that uses OpenDKIM takes the last of them"
#define OF_BYTE "; a receiver that uses OpenDKIM passes over this byte"
#define ACCEPTS "; a receiver that uses OpenDKIM accepts it all the same"
#define REFUSES "; a receiver that uses OpenDKIM refuses it"

enum signing { R2048, R4608, R6144, ED25519, SIGNINGS };

/*
 * {S} is the key as SubjectPublicKeyInfo, {1} as PKCS#1, {R} its bare 32 bytes, each
 * in base64; {s} is S without its first four characters, {n} 800 letters.
 */
static const struct {
	const char *name;
	enum signing key;
	const char *record;
	bool passes;       /* by the library */
	const char *slug;  /* of the fault that is looked at; NULL = none may be an error */
	const char *words; /* behind its sentence */
} rows[] = {
	/* clang-format off */
	{ "sound", R2048, "v=DKIM1; k=rsa; p={S}", true, NULL, "" },
	{ "k= in capitals", R2048, "v=DKIM1; k=RSA; p={S}", true, NULL, "" },
	{ "blanks before", R2048, "  v=DKIM1; p={S}", true, NULL, "" },
	{ "g= of old", R2048, "v=DKIM1; g=x; p={S}", true, NULL, "" },
	{ "blanks within", R2048, "v=DKIM1; p=MIIB {s}", true, NULL, "" },
	{ "v= late", R2048, "k=rsa; v=DKIM1; p={S}", true, "dkim-version", ACCEPTS },
	{ "v= in small letters", R2048, "v=dkim1; p={S}", false, "dkim-version", "" },
	{ "p= twice, the second is right", R2048, "v=DKIM1; p=AAAA; p={S}", true, "dkim-duplicate-tag", OF_LAST },
	{ "p= twice, the first is right", R2048, "v=DKIM1; p={S}; p=AAAA", false, "dkim-duplicate-tag", OF_LAST },
	{ "k= twice", R2048, "v=DKIM1; k=rsa; k=rsa; p={S}", true, "dkim-duplicate-tag", OF_LAST },
	{ "empty tag", R2048, "v=DKIM1;; p={S}", false, "dkim-syntax", "" },
	{ "no equals sign", R2048, "v=DKIM1; rsa; p={S}", false, "dkim-syntax", "" },
	{ "name that begins with a digit", R2048, "v=DKIM1; 1x=y; p={S}", true, "dkim-syntax", ACCEPTS },
	{ "name is empty", R2048, "v=DKIM1; =y; p={S}", false, "dkim-syntax", "" },
	{ "a byte that is not ASCII", R2048, "v=DKIM1; n=\xc3\xa9; p={S}", false, "dkim-syntax", "" },
	{ "stray byte in p=", R2048, "v=DKIM1; p=MIIB*{s}", true, "dkim-not-base64", OF_BYTE },
	{ "quotes in p=", R2048, "v=DKIM1; k=rsa; p=MIIB\" \"{s}", true, "dkim-quoted", ACCEPTS },
	{ "quotes around p=", R2048, "v=DKIM1; k=rsa; p=\"{S}\"", true, "dkim-quoted", ACCEPTS },
	{ "backslash behind p=", R2048, "v=DKIM1; k=rsa; p={S}\\", true, "dkim-quoted", ACCEPTS },
	{ "quotes around all", R2048, "\"v=DKIM1; k=rsa; p={S}\"", false, "dkim-quoted", "" },
	{ "backslashes at semicolons", R2048, "v=DKIM1\\; k=rsa\\; p={S}", false, "dkim-quoted", "" },
	{ "typographic quotes", R2048, "v=DKIM1; p=\xe2\x80\x9c{S}\xe2\x80\x9d", false, "dkim-quoted", "" },
	{ "no-break space", R2048, "v=DKIM1;\xc2\xa0p={S}", false, "dkim-quoted", "" },
	{ "octets of tinydns", R2048, "v=DKIM1;\\040p={S}", false, "dkim-quoted", "" },
	{ "stray byte behind p=", R2048, "v=DKIM1; p={S}]", true, "dkim-not-base64", OF_BYTE },
	{ "single quotes around p=", R2048, "v=DKIM1; k=rsa; p='{S}'", true, "dkim-quoted", ACCEPTS },
	{ "quotes of HTML around p=", R2048, "v=DKIM1; k=rsa; p=&quot;{S}&quot;", false, "dkim-quoted", "" },
	{ "a zone file's line", R2048, "s1 IN TXT \"v=DKIM1; p={S}\"", false, "dkim-quoted", "" },
	{ "a line end in p=", R2048, "v=DKIM1; p=MIIB\n{s}", true, "dkim-line-end", ACCEPTS },
	{ "a line end behind p=", R2048, "v=DKIM1; p={S}\n", true, "dkim-line-end", ACCEPTS },
	{ "half a key", R2048, "v=DKIM1; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A", false, "dkim-key-truncated", "" },
	{ "one character lost", R2048, "v=DKIM1; p=M{s}", false, "dkim-not-base64", "" },
	{ "k=ed25519 of an RSA key", R2048, "v=DKIM1; k=ed25519; p={S}", true, "dkim-key-mismatch", ACCEPTS },
	{ "unknown k=", R2048, "v=DKIM1; k=dsa; p={S}", false, "dkim-key-type", "" },
	{ "PKCS#1", R2048, "v=DKIM1; k=rsa; p={1}", false, "dkim-pkcs1", REFUSES },
	{ "h=sha1", R2048, "v=DKIM1; h=sha1; p={S}", false, "dkim-hash", "" },
	{ "s= of another service", R2048, "v=DKIM1; s=tlsrpt; p={S}", false, "dkim-service", "" },
	{ "a long note before p=", R2048, "v=DKIM1; n={n}; p={S}", false, "dkim-record-long", "" },
	{ "a long note behind p=", R2048, "v=DKIM1; p={S}; n={n}", true, NULL, "" },
	{ "4608 bits", R4608, "v=DKIM1; p={S}", true, "dkim-key-long", ACCEPTS },
	{ "6144 bits", R6144, "v=DKIM1; p={S}", false, "dkim-key-long", REFUSES },
	{ "Ed25519", ED25519, "v=DKIM1; k=ed25519; p={R}", true, NULL, "" },
	{ "Ed25519 in capitals", ED25519, "v=DKIM1; k=ED25519; p={R}", true, NULL, "" },
	{ "Ed25519 wrapped", ED25519, "v=DKIM1; k=ed25519; p={S}", false, "dkim-ed25519-size", "" },
	{ "Ed25519 without k=", ED25519, "v=DKIM1; p={R}", true, "dkim-key-mismatch", ACCEPTS },
	{ "Ed25519 wrapped, k=rsa", ED25519, "v=DKIM1; k=rsa; p={S}", false, "dkim-key-mismatch", "" },
	/* clang-format on */
};

static const char *const fields[] = { "From: a@example.com", "Subject: keys" };
static char body[] = "hello\r\n";

/* A key, the field that it signed, and its public half in the forms of records. */
static struct {
	char field[MAX_FIELD], spki[MAX_FIELD], pkcs1[MAX_FIELD], raw[64];
} made[SIGNINGS];

static const char *record; /* what the library is given as the key record */

static DKIM_STAT
give_record(DKIM *d, DKIM_SIGINFO *sig, u_char *room, size_t size)
{
	(void)d;
	(void)sig;
	(void)snprintf((char *)room, size, "%s", record);
	return DKIM_STAT_OK;
}

static void
feed(DKIM *d)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		assert_int_equal(
		    dkim_header(d, (u_char *)(uintptr_t)fields[i], strlen(fields[i])), 0);
}

static void
encode(char *out, const unsigned char *bytes, size_t n)
{
	assert_in_range(n, 1, MAX_FIELD / 2);
	assert_true(EVP_EncodeBlock((unsigned char *)out, bytes, (int)n) > 0);
}

/*
 * The DKIM-Signature field of the message by KEY, into FIELD.  By hand and by
 * OpenSSL alone: what the library signs it might also verify wrongly.  The
 * header fields above are in their relaxed form but for case (RFC 6376 3.4.2).
 */
static void
sign(EVP_PKEY *key, bool ed25519, const EVP_MD *hash, char *field)
{
	static const char name[] = "DKIM-Signature: ";
	unsigned char md[32], signature[MAX_FIELD];
	char bh[64], input[MAX_FIELD];
	size_t n = sizeof(signature), len;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	assert_int_equal(EVP_Digest(body, sizeof(body) - 1, md, NULL, hash, NULL), 1);
	encode(bh, md, (size_t)EVP_MD_size(hash));
	(void)snprintf(field, MAX_FIELD,
	    "%sv=1; a=%s-sha%s; c=relaxed/relaxed; d=example.com; s=s1; h=from:subject; bh=%s; b=",
	    name, ed25519 ? "ed25519" : "rsa", hash == EVP_sha1() ? "1" : "256", bh);
	len = (size_t)snprintf(input, sizeof(input),
	    "from:a@example.com\r\nsubject:keys\r\ndkim-signature:%s", field + sizeof(name) - 1);
	/* RFC 8463 3: Ed25519 signs the hash, not the text. */
	assert_int_equal(EVP_Digest(input, len, md, NULL, EVP_sha256(), NULL), 1);
	assert_int_equal(EVP_DigestSignInit(ctx, NULL, ed25519 ? NULL : hash, NULL, key), 1);
	assert_int_equal(
	    EVP_DigestSign(ctx, signature, &n, ed25519 ? md : (const unsigned char *)input,
		ed25519 ? sizeof(md) : len),
	    1);
	encode(field + strlen(field), signature, n);
	EVP_MD_CTX_free(ctx);
}

/* Whether libopendkim verifies what key I signed, with the record TEXT. */
static bool
verifies(enum signing i, const char *text)
{
	DKIM_LIB *lib = dkim_init(NULL, NULL);
	DKIM_STAT stat;
	DKIM *d;

	record = text;
	assert_int_equal(dkim_set_key_lookup(lib, give_record), 0);
	d = dkim_verify(lib, (const u_char *)"t", NULL, &stat);
	assert_non_null(d);
	assert_int_equal(dkim_header(d, (u_char *)made[i].field, strlen(made[i].field)), 0);
	feed(d);
	assert_int_equal(dkim_eoh(d), 0);
	assert_int_equal(dkim_body(d, (u_char *)body, sizeof(body) - 1), 0);
	stat = dkim_eom(d, NULL);
	(void)dkim_free(d);
	dkim_close(lib);
	return stat == DKIM_STAT_OK;
}

static EVP_PKEY *
read_key(const char *name)
{
	const char *src = getenv("srcdir");
	char path[1024];
	EVP_PKEY *key;
	FILE *f;

	(void)snprintf(
	    path, sizeof(path), "%s/vectors/opendkim_differs/%s", src != NULL ? src : ".", name);
	f = fopen(path, "r");
	assert_non_null(f);
	key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
	assert_non_null(key);
	(void)fclose(f);
	return key;
}

static int
make_forms(void **state)
{
	static const char *const names[] = { [R2048] = "rsa2048.pem",
		[R4608] = "rsa4608.pem",
		[R6144] = "rsa6144.pem",
		[ED25519] = "ed25519.pem" };

	(void)state;
	for (enum signing i = R2048; i < SIGNINGS; i++) {
		EVP_PKEY *key = read_key(names[i]);
		unsigned char *der = NULL, raw[32];
		size_t n = sizeof(raw);

		int len = i2d_PUBKEY(key, &der);

		encode(made[i].spki, der, (size_t)len);
		OPENSSL_free(der);
		der = NULL;
		if (i == ED25519) {
			assert_int_equal(EVP_PKEY_get_raw_public_key(key, raw, &n), 1);
			encode(made[i].raw, raw, n);
		} else {
			len = i2d_PublicKey(key, &der);
			encode(made[i].pkcs1, der, (size_t)len);
			OPENSSL_free(der);
		}
		sign(key, i == ED25519, EVP_sha256(), made[i].field);
		EVP_PKEY_free(key);
	}
	return 0;
}

/* The record of row I into OUT. */
static void
fill_in(size_t i, char *out)
{
	static char letters[801];
	size_t n = 0;

	memset(letters, 'x', sizeof(letters) - 1);
	for (const char *c = rows[i].record; *c != '\0'; c++) {
		const char *part = NULL;

		if (c[0] == '{')
			part = c[1] == 'S'   ? made[rows[i].key].spki
			       : c[1] == 's' ? made[rows[i].key].spki + 4
			       : c[1] == '1' ? made[rows[i].key].pkcs1
			       : c[1] == 'R' ? made[rows[i].key].raw
					     : letters;
		if (part == NULL) {
			out[n++] = *c;
			continue;
		}
		assert_true(n + strlen(part) < MAX_RECORD - 2);
		memcpy(out + n, part, strlen(part));
		n += strlen(part);
		c += 2;
	}
	out[n] = '\0';
}

/* What we say of TEXT, row I. */
static void
look(size_t i, const char *text)
{
	const struct key_facts *facts = NULL;
	struct answer *an = NULL;
	struct dkimkey k;
	struct arena a;
	bool seen = rows[i].slug == NULL;

	arena_init(&a, 0);
	dkimkey_parse(&a, str_of(text), &k);
	if (k.data.n > 0 && k.type != KEY_TYPE_OTHER) {
		struct question q = { .kind = ASK_KEY, .type = (uint16_t)k.type, .data = k.data };

		an = key_answer(&q);
		facts = an->key;
		if (k.cleaned.n == 0)
			dkimkey_judge(&a, &k, facts);
	}
	for (size_t f = 0; f < k.n; f++) {
		if (rows[i].slug == NULL && rule_of(k.faults[f].id)->level == LEVEL_ERROR)
			fail_msg("%s: %s", rows[i].name, rule_of(k.faults[f].id)->slug);
		if (rows[i].slug == NULL ||
		    strcmp(rule_of(k.faults[f].id)->slug, rows[i].slug) != 0)
			continue;
		seen = true;
		if (!str_eq(opendkim_differs(&k, &k.faults[f], facts), str_of(rows[i].words)))
			fail_msg(
			    "%s: '%s'", rows[i].name, opendkim_differs(&k, &k.faults[f], facts).p);
	}
	if (!seen)
		fail_msg("%s: no %s", rows[i].name, rows[i].slug);
	if (an != NULL)
		answer_unref(an);
	arena_free(&a);
}

static void
test_rows(void **state)
{
	static char text[MAX_RECORD];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		fill_in(i, text);
		if (verifies(rows[i].key, text) != rows[i].passes)
			fail_msg("%s: the library %s it", rows[i].name,
			    rows[i].passes ? "refuses" : "accepts");
		look(i, text);
		/* The words say what the library did; and without words it did as the level says.
		 */
		if (strcmp(rows[i].words, ACCEPTS) == 0)
			assert_true(rows[i].passes);
		if (strcmp(rows[i].words, REFUSES) == 0)
			assert_false(rows[i].passes);
		if (rows[i].words[0] == '\0')
			assert_int_equal(rows[i].passes, rows[i].slug == NULL);
	}
}

/* A signature with SHA-1, which receivers must not take (RFC 8301 3.1). */
static void
test_sha1(void **state)
{
	static char text[MAX_RECORD], right[MAX_FIELD];
	EVP_PKEY *key = read_key("rsa2048.pem");

	(void)state;
	memcpy(right, made[R2048].field, sizeof(right));
	sign(key, false, EVP_sha1(), made[R2048].field);
	fill_in(0, text);
	assert_true(verifies(R2048, text));
	assert_true(str_eq(opendkim_differs_signature(RULE_MESSAGE_SHA1), STR(ACCEPTS)));
	/* with the newer hash there is no difference to tell */
	memcpy(made[R2048].field, right, sizeof(right));
	assert_true(verifies(R2048, text));
	assert_int_equal(opendkim_differs_signature(RULE_MESSAGE_SHA1_BESIDE).n, 0);
	EVP_PKEY_free(key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_sha1),
	};

	return cmocka_run_group_tests(tests, make_forms, NULL);
}
