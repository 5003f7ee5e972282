/* SPDX-License-Identifier: ISC */
/*
 * test_dkim_record.c - the text of key records, RFC 6376 section 3.6.1.
 */
#include "checks/dkim_record.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "audit/sources/key.h"
#include "checks/core/buf.h"
#include "tests/sample_keys.h"

#define K1024 "p=" RSA_1024
#define K2048 "p=" RSA_2048
#define MAX_PART 16 /* bytes of a part that are compared */

/* Wants are "slug[:part]", parts cut to MAX_PART bytes. */
static const struct {
	const char *name;
	struct str in;
	const char *want;
} rows[] = {
	/* clang-format off */
	{ "sound", STR("v=DKIM1; k=rsa; " K2048), "" },
	{ "only p=", STR(K2048), "dkim-no-version" },
	{ "blanks around", STR(" v = DKIM1 ; k = rsa ; " K2048 " ; "), "" },
	{ "all known tags", STR("v=DKIM1; h=sha256; k=rsa; n=a note; s=email; t=s; " K2048), "dkim-strict:s" },
	{ "words in capitals", STR("v=DKIM1; k=RSA; h=SHA256; s=EMAIL; " K2048), "" },
	{ "no key behind it", STR("v=DKIM1; p=MAQC AQEA"), "dkim-key-unreadable:MAQC AQEA" },
	{ "1024 bits", STR("v=DKIM1; " K1024), "dkim-key-short:MIGfMA0GCSqGSIb3" },
	{ "512 bits", STR("v=DKIM1; p=" RSA_512), "dkim-key-too-short:MFwwDQYJKoZIhvcN" },
	{ "4224 bits", STR("v=DKIM1; p=" RSA_4224), "dkim-key-long:MIICMjANBgkqhkiG" },
	{ "exponent 3", STR("v=DKIM1; p=" RSA_1024_E3),
	  "dkim-key-short:MIGdMA0GCSqGSIb3 dkim-exponent-three:MIGdMA0GCSqGSIb3" },
	{ "exponent 1", STR("v=DKIM1; p=" RSA_1024_E1),
	  "dkim-key-short:MIGdMA0GCSqGSIb3 dkim-exponent:MIGdMA0GCSqGSIb3" },
	{ "bare RSA key", STR("v=DKIM1; p=" PKCS1_2048), "dkim-pkcs1:MIIBCgKCAQEA8v3L" },
	{ "ed25519", STR("v=DKIM1; k=ed25519; p=" ED25519_RAW), "" },
	{ "ed25519 wrapped", STR("v=DKIM1; k=ed25519; p=" ED25519_SPKI), "dkim-ed25519-size:MCowBQYDK2VwAyEA" },
	{ "ed25519 of 31 bytes", STR("v=DKIM1; k=ed25519; p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="),
	  "dkim-ed25519-size:AAAAAAAAAAAAAAAA" },
	{ "rsa key as ed25519", STR("v=DKIM1; k=ed25519; p=" RSA_1024), "dkim-key-mismatch:MIGfMA0GCSqGSIb3" },
	{ "EC key", STR("v=DKIM1; p=" EC_P256), "dkim-key-mismatch:MFkwEwYHKoZIzj0C" },
	{ "revoked", STR("v=DKIM1; p="), "revoked" },
	{ "revoked, whatever else", STR("v=DKIM1; k=xxx; t=y:s; h=sha1; p="), "revoked" },
	{ "p absent", STR("v=DKIM1; k=rsa"), "dkim-no-key-data" },
	{ "version only", STR("v=DKIM1"), "dkim-no-key-data" },
	{ "version in small letters", STR("v=dkim1; " K2048), "dkim-version:v=dkim1" },
	{ "semicolons lost", STR("v=DKIM1 k=rsa " K2048), "dkim-version:v=DKIM1 k=rsa p=MIIBIjAN" },
	{ "version only, and words", STR("v=DKIM1 k=rsa"), "dkim-version:v=DKIM1 k=rsa dkim-no-key-data" },
	{ "version 2", STR("v=DKIM2; " K2048), "dkim-version:v=DKIM2" },
	{ "version not first", STR("k=rsa; v=DKIM1; " K2048), "dkim-version:v=DKIM1" },
	{ "p twice", STR("v=DKIM1; " K2048 "; p=AAAA"), "dkim-duplicate-tag:p=AAAA" },
	{ "no equals sign", STR("v=DKIM1; rsa; " K2048), "dkim-syntax:rsa" },
	{ "bad base64", STR("v=DKIM1; p=MIGf*AAA"), "dkim-not-base64:*" },
	{ "cut within a group of four", STR("v=DKIM1; p=MIGfMA0"), "dkim-key-truncated:MIGfMA0" },
	{ "cut between groups", STR("v=DKIM1; p=MIGf MA0G"), "dkim-key-truncated:MIGf MA0G" },
	{ "cut, k= behind it", STR("v=DKIM1; p=MIGfMA0; k=rsa"), "dkim-key-truncated:MIGfMA0" },
	{ "cut, of another kind", STR("v=DKIM1; p=MIGfMA0; k=ed25519"), "dkim-not-base64:fMA0" },
	{ "cut before it says its length", STR("v=DKIM1; p=MIG"), "dkim-not-base64:MIG" },
	{ "says that it has 64 KiB", STR("v=DKIM1; p=MIL//zANBg"), "dkim-not-base64:ANBg" },
	{ "one character too many", STR("v=DKIM1; " K1024 "A"), "dkim-not-base64:QABA" },
	{ "unknown k=", STR("v=DKIM1; k=ed25519-sha256; " K2048), "dkim-key-type:k=ed25519-sha256" },
	{ "h= without sha256", STR("v=DKIM1; h=sha1; " K2048), "dkim-hash:h=sha1" },
	{ "h= with sha1", STR("v=DKIM1; h=sha1:sha256; " K2048), "dkim-hash-sha1:h=sha1:sha256" },
	{ "s= of another service", STR("v=DKIM1; s=tlsrpt; " K2048), "dkim-service:s=tlsrpt" },
	{ "s=*", STR("v=DKIM1; s=*; " K2048), "" },
	{ "t=y", STR("v=DKIM1; t=y; " K2048), "dkim-testing:t=y" },
	{ "t=y:s", STR("v=DKIM1; t=y : s; " K2048), "dkim-testing:t=y : s dkim-strict:s" },
	{ "t=s", STR("v=DKIM1; t=s; " K2048), "dkim-strict:s" },
	{ "unknown flag", STR("v=DKIM1; t=x; " K2048), "dkim-tag-unknown:x" },
	{ "obsolete g=", STR("v=DKIM1; g=*; " K2048), "dkim-tag-unknown:g=*" },
	{ "slip of the pen", STR("v=DKIM1; nk=rsa; " K2048), "dkim-tag-unknown:nk=rsa" },
	{ "quotes of the zone file", STR("\"v=DKIM1; k=rsa; " K2048 "\""), "dkim-quoted:\"" },
	{ "quotes between strings", STR("v=DKIM1; p=MIGfMA0GCSq\" \"GSIb3DQQ="), "dkim-quoted:\"" },
	{ "escaped semicolons", STR("v=DKIM1\\; k=rsa\\; " K2048), "dkim-quoted:\\\\" },
	{ "blanks escaped as octets", STR("v=DKIM1;\\032k=rsa;\\032" K2048), "dkim-quoted:\\\\" },
	{ "octets of tinydns, to the base 8", STR("v=DKIM1;\\040k=rsa;\\040" K2048), "dkim-quoted:\\\\" },
	{ "line ends of a program's text", STR("v=DKIM1; p=MII\\nBIj\\r\\nANBgkq"), "dkim-quoted:\\\\" },
	{ "no-break spaces", STR("v=DKIM1;\xc2\xa0k=rsa;\xc2\xa0" K2048), "dkim-quoted:\\194\\160" },
	{ "no-break space in a note", STR("v=DKIM1; n=a\xc2\xa0" "b; " K2048), "dkim-quoted:\\194\\160" },
	{ "quotes in a note are legal", STR("v=DKIM1; n=\"x\"; " K2048), "" },
	{ "typographic quotes", STR("\xe2\x80\x9cv=DKIM1; " K2048 "\xe2\x80\x9d"), "dkim-quoted:\\226\\128\\156" },
	{ "not a key: SPF", STR("v=spf1 -all"), "no key" },
	{ "not a key: ADSP", STR("dkim=all"), "no key" },
	{ "not a key: nothing", STR(""), "no key" },
	{ "not a key: a word", STR("example"), "no key" },
	{ "a private key in PEM", STR("v=DKIM1; p=-----BEGIN RSA PRIVATE KEY-----MIICXAIB"),
	  "dkim-private-key:-----BEGIN RSA P" },
	{ "a private key in PEM alone", STR("-----BEGIN PRIVATE KEY-----\nMC4CAQAw"),
	  "dkim-private-key:-----BEGIN PRIVA" },
	{ "a public key in PEM", STR("v=DKIM1; p=-----BEGIN PUBLIC KEY-----\n" RSA_2048 "\n-----END PUBLIC KEY-----"),
	  "dkim-quoted:-----BEGIN PUBLI" },
	{ "the foot of a key file", STR("v=DKIM1; " K2048 "-----END PUBLIC KEY-----"), "dkim-quoted:-----END PUBLIC KEY-----" },
	{ "a heading of no key", STR("v=DKIM1; p=-----BEGIN CERTIFICATE-----MIGf"), "dkim-not-base64:-" },
	{ "the foot of a private key", STR("v=DKIM1; p=" PRIVATE_512 "-----END PRIVATE KEY-----"),
	  "dkim-private-key:MIIBOgIBAAJBALp0" },
	{ "a private key in quotes", STR("\"v=DKIM1; p=" PRIVATE_512 "\""), "dkim-private-key:MIIBOgIBAAJBALp0" },
	{ "single quotes", STR("'v=DKIM1; " K2048 "'"), "dkim-quoted:'" },
	{ "single quotes in a note are legal", STR("v=DKIM1; n=Ann's; " K2048), "" },
	{ "quotes of HTML", STR("&quot;v=DKIM1; " K2048 "&quot;"), "dkim-quoted:&quot;" },
	{ "quotes of German", STR("\xe2\x80\x9ev=DKIM1; " K2048 "\xe2\x80\x9c"), "dkim-quoted:\\226\\128\\158" },
	{ "a mark before the text", STR("\xef\xbb\xbfv=DKIM1; " K2048), "dkim-quoted:\\239\\187\\191" },
	{ "a line of a zone file", STR("s1 IN TXT ( \"v=DKIM1; \" \"" K2048 "\" ) ; key"), "dkim-quoted:\"" },
	{ "a line with a quote that does not end", STR("s1 IN TXT \"v=DKIM1; \" \"" K2048), "no key" },
	{ "a line end in p=", STR("v=DKIM1; p=" "MAQC\nAQEA"), "dkim-line-end:\\010 dkim-key-unreadable:MAQC\\010AQEA" },
	{ "a line end at the end", STR("v=DKIM1; " K2048 "\r\n"), "dkim-line-end:\\013" },
	{ "a line end between tags", STR("v=DKIM1;\nk=rsa;\n" K2048), "dkim-line-end:\\010" },
	{ "a line end that folds", STR("v=DKIM1;\r\n k=rsa;\r\n\t" K2048), "" },
	{ "a line end, and more", STR("v=DKIM2;\n" K2048), "dkim-version:v=DKIM2 dkim-line-end:\\010" },
	{ "withdrawn, and a line end", STR("v=DKIM1; p=\n"), "revoked" },
	{ "dots where it was cut", STR("v=DKIM1; p=MIIBIjANBgkq..."), "dkim-key-truncated:MIIBIjANBgkq..." },
	{ "the character of dots", STR("v=DKIM1; p=MIIBIjANBgkq\xe2\x80\xa6"), "dkim-key-truncated:MIIBIjANBgkq\\226\\128\\166" },
	{ "dots in nothing", STR("v=DKIM1; p=..."), "dkim-not-base64:." },
	{ "a byte over 127 in p=", STR("v=DKIM1; p=MII\xc3\xa9"), "dkim-syntax:p=MII\\195\\169" },
	{ "not a key: DMARC", STR("v=DMARC1; p=quarantine; rua=mailto:a@example.com"), "no key" },
	{ "a key with the version of DMARC", STR("v=DMARC1; " K2048), "dkim-version:v=DMARC1" },
	{ "a semicolon first", STR("; v=DKIM1; " K2048), "dkim-syntax:;" },
	{ "an empty tag", STR("v=DKIM1; ; " K2048), "dkim-syntax:; ;" },
	{ "two semicolons at the end", STR("v=DKIM1; " K2048 ";;"), "dkim-syntax:;;" },
	{ "k= runs on", STR("v=DKIM1; k=rsa " K2048), "dkim-key-type:k=rsa p=MIIBIjANBgkqhkiG" },
	{ "k= and words", STR("v=DKIM1; k=rsa 2048"), "dkim-key-type:k=rsa 2048 dkim-no-key-data" },
	{ "dashes before a private key", STR("-------BEGIN ENCRYPTED PRIVATE KEY-----"),
	  "dkim-private-key:-----BEGIN ENCRY" },
	{ "talk of private keys", STR("v=DKIM1; n=no PRIVATE KEY-----; " K2048), "" },
	{ "a private key in DER", STR("v=DKIM1; p=" PRIVATE_512), "dkim-private-key:MIIBOgIBAAJBALp0" },
	{ "even exponent", STR("v=DKIM1; p=" RSA_1024_E_EVEN),
	  "dkim-key-short:MIGfMA0GCSqGSIb3 dkim-exponent:MIGfMA0GCSqGSIb3" },
	{ "exponent of 33 bits", STR("v=DKIM1; p=" RSA_1024_E_BIG),
	  "dkim-key-short:MIGhMA0GCSqGSIb3 dkim-exponent:MIGhMA0GCSqGSIb3" },
	{ "stray byte behind blanks", STR("v=DKIM1; p=MIGf  MA0*GCSq"), "dkim-not-base64:*" },
	{ "NUL inside", STR("v=DKIM1; p=MI\0GfMA=="), "dkim-syntax:p=MI\\000GfMA==" },
	/* clang-format on */
};

/* Parse and judge as the check does. */
static void
lint(struct arena *a, struct str text, struct dkimkey *k)
{
	dkimkey_parse(a, text, k);
	if (k->data.n > 0 && k->type != KEY_TYPE_OTHER) {
		struct question q = { .kind = ASK_KEY, .type = (uint16_t)k->type, .data = k->data };
		struct answer *an = key_answer(&q);

		dkimkey_judge(a, k, an->key);
		answer_unref(an);
	}
}

static void
codes_of(const struct dkimkey *k, struct buf *b)
{
	buf_reset(b);
	if (!k->is_key)
		buf_adds(b, "no key");
	else if (k->revoked)
		buf_adds(b, "revoked");
	for (size_t i = 0; i < k->n; i++) {
		struct str part = k->faults[i].part;

		if (b->n > 0)
			buf_addc(b, ' ');
		buf_adds(b, rule_of(k->faults[i].id)->slug);
		if (part.n == 0)
			continue;
		buf_addc(b, ':');
		buf_add_escaped(b, part.n > 24 ? str_sub(part, 0, MAX_PART) : part);
	}
	buf_addc(b, '\0');
}

static void
test_rows(void **state)
{
	struct arena a;
	struct buf b;

	(void)state;
	arena_init(&a, 0);
	buf_init(&b, 1 << 16);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct dkimkey k;

		lint(&a, rows[i].in, &k);
		codes_of(&k, &b);
		if (strcmp(b.p, rows[i].want) != 0)
			print_error("%s: got '%s', want '%s'\n", rows[i].name, b.p, rows[i].want);
		assert_string_equal(b.p, rows[i].want);
	}
	buf_free(&b);
	arena_free(&a);
}

/* A fault's part lies in the text, a cleaned record is sound. */
static void
assert_sane(struct arena *a, struct str text)
{
	struct dkimkey k, again;

	lint(a, text, &k);
	assert_true(k.n <= MAX_KEY_FAULTS);
	for (size_t i = 0; i < k.n; i++) {
		struct str p = k.faults[i].part;

		if (p.n > 0)
			assert_true(p.p >= text.p && p.p + p.n <= text.p + text.n);
	}
	if (k.cleaned.n > 0) {
		dkimkey_parse(a, k.cleaned, &again);
		assert_false(dkimkey_is_broken(&again));
	}
}

static void
test_cut_and_flipped_stays_in_bounds(void **state)
{
	static const char record[] = "\"v=DKIM1; h=sha1:sha256; t=y:s; n=a\\; " K1024 "\"";
	struct arena a;
	size_t n = sizeof(record) - 1;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i <= 2 * n; i++) {
		size_t len = i <= n ? i : n;
		char *copy = malloc(len + 1);

		assert_non_null(copy);
		memcpy(copy + 1, record, len);
		if (i > n)
			copy[1 + i - n - 1] = (char)(copy[1 + i - n - 1] ^ 0x55);
		arena_reset(&a);
		assert_sane(&a, (struct str){ copy + 1, len });
		free(copy);
	}
	arena_free(&a);
}

/* More faults than are kept; the most key bytes and three more; a record of 1025 bytes. */
static void
test_bounds(void **state)
{
	static const char sound[] = "v=DKIM1;p=" RSA_2048 ";n=", late[] = "v=DKIM1;n=";
	static const char key[] = ";p=" RSA_2048;
	static char text[65536];
	struct arena a;
	struct dkimkey k;
	size_t n;

	(void)state;
	arena_init(&a, 0);
	n = (size_t)snprintf(text, sizeof(text), "p=AAAA");
	for (size_t i = 0; i < 90; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, ";x%zu=1", i);
	lint(&a, (struct str){ text, n }, &k);
	assert_int_equal(k.n, MAX_KEY_FAULTS);
	/* that the data is no key comes last, and is kept in place of a note */
	assert_true(dkimkey_is_broken(&k));
	for (size_t over = 0; over < 2; over++) {
		size_t bytes = MAX_KEY_DATA - MAX_KEY_DATA % 3 + 3 * over;

		memcpy(text, "p=", 2);
		memset(text + 2, 'A', bytes / 3 * 4);
		dkimkey_parse(&a, (struct str){ text, 2 + bytes / 3 * 4 }, &k);
		assert_int_equal(k.data.n, over ? 0 : bytes);
	}
	/* Behind the key OpenDKIM may cut off what it likes; not in front of it. */
	memset(text, 'x', sizeof(text));
	memcpy(text, sound, sizeof(sound) - 1);
	lint(&a, (struct str){ text, MAX_OPENDKIM_RECORD + 100 }, &k);
	assert_int_equal(k.n, 0);
	for (size_t over = 0; over < 2; over++) {
		size_t len = MAX_OPENDKIM_RECORD + over;

		memset(text, 'x', sizeof(text));
		memcpy(text, late, sizeof(late) - 1);
		memcpy(text + len - (sizeof(key) - 1), key, sizeof(key) - 1);
		lint(&a, (struct str){ text, len }, &k);
		assert_int_equal(k.n, over);
	}
	assert_int_equal(k.faults[0].id, RULE_DKIM_RECORD_LONG);
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_cut_and_flipped_stays_in_bounds),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
