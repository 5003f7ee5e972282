/* SPDX-License-Identifier: ISC */
/*
 * test_signer.c - private key files: what is taken, what is refused, and that
 * nothing but the public half comes out.
 */
#include "audit/sources/signer.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include "audit/error.h"
#include "checks/core/str.h"

static char path[256];

static void
put(const char *bytes, size_t n)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

enum form { PKCS8, PKCS1, DER, ENCRYPTED };

static int
write_pkcs1(FILE *f, EVP_PKEY *key)
{
	BIO *bio = BIO_new_fp(f, BIO_NOCLOSE);
	int ok = PEM_write_bio_PrivateKey_traditional(bio, key, NULL, NULL, 0, NULL, NULL);

	BIO_free(bio);
	return ok;
}

static void
put_key(EVP_PKEY *key, enum form form)
{
	FILE *f = fopen(path, "wb");
	int ok;

	assert_non_null(f);
	if (form == PKCS1)
		ok = write_pkcs1(f, key);
	else if (form == DER)
		ok = i2d_PrivateKey_fp(f, key);
	else
		ok = PEM_write_PKCS8PrivateKey(f, key, form == ENCRYPTED ? EVP_aes_128_cbc() : NULL,
		    form == ENCRYPTED ? "xyzzy" : NULL, form == ENCRYPTED ? 5 : 0, NULL, NULL);
	assert_int_equal(ok, 1);
	assert_int_equal(fclose(f), 0);
}

/* The half that is read of KEY, written as FORM, is its public half. */
static void
expect_half(EVP_PKEY *key, enum form form)
{
	unsigned char *der = NULL, raw[32];
	size_t n = sizeof(raw);
	struct signer_half half;
	const char *why = "";

	put_key(key, form);
	if (signer_read(path, &half, &why) != AUDIT_OK)
		fail_msg("%s", why);
	assert_int_equal(half.ed25519, EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519);
	if (half.ed25519) {
		assert_int_equal(EVP_PKEY_get_raw_public_key(key, raw, &n), 1);
		assert_int_equal(half.n, n);
		assert_memory_equal(half.bytes, raw, n);
		return;
	}
	assert_int_equal(half.n, i2d_PUBKEY(key, &der));
	assert_memory_equal(half.bytes, der, half.n);
	OPENSSL_free(der);
}

static void
test_forms(void **state)
{
	EVP_PKEY *rsa = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024);
	EVP_PKEY *ed = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");

	(void)state;
	expect_half(rsa, PKCS8);
	expect_half(rsa, PKCS1);
	expect_half(ed, PKCS8);
	expect_half(rsa, DER);
	expect_half(ed, DER);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ed);
}

/* RFC 8032 7.1, the first seed and its public key. */
static void
test_seed(void **state)
{
	static const char *const texts[] = { "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=",
		"nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=\n",
		"  nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=\r\n" };
	static const unsigned char want[] = { 0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7 };
	struct signer_half half;
	const char *why;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		put(texts[i], strlen(texts[i]));
		assert_int_equal(signer_read(path, &half, &why), AUDIT_OK);
		assert_true(half.ed25519);
		assert_int_equal(half.n, 32);
		assert_memory_equal(half.bytes, want, sizeof(want));
	}
}

static void
refused(const char *what)
{
	struct signer_half half;
	const char *why = "";

	if (signer_read(path, &half, &why) != AUDIT_EREAD)
		fail_msg("%s: taken", what);
	assert_true(strlen(why) > 0);
	assert_int_equal(half.n, 0);
}

/* An encrypted key is refused without a question on the terminal: the test would hang. */
static void
test_refused(void **state)
{
	static char big[MAX_SIGNER_FILE + 2];
	EVP_PKEY *ec = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	EVP_PKEY *rsa = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024);
	struct signer_half half;
	const char *why = "";

	(void)state;
	put_key(rsa, ENCRYPTED);
	refused("encrypted");
	put_key(ec, PKCS8);
	assert_int_equal(signer_read(path, &half, &why), AUDIT_EREAD);
	put("", 0);
	refused("empty");
	put("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", 58);
	refused("PEM of nothing");
	put("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2", 43);
	refused("a seed cut short");
	put("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyufw==", 44);
	refused("31 bytes");
	put("\0\0\0", 3);
	refused("NUL");
	memset(big, 'A', sizeof(big));
	put(big, sizeof(big));
	refused("too large");
	EVP_PKEY_free(ec);
	EVP_PKEY_free(rsa);
}

/* A public key is no private key. */
static void
test_public_is_refused(void **state)
{
	EVP_PKEY *rsa = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024);
	FILE *f = fopen(path, "wb");

	(void)state;
	assert_non_null(f);
	assert_int_equal(PEM_write_PUBKEY(f, rsa), 1);
	assert_int_equal(fclose(f), 0);
	refused("a public key");
	EVP_PKEY_free(rsa);
}

/* Cut at every byte: a key or a refusal, never more. */
static void
test_cut(void **state)
{
	EVP_PKEY *ed = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	char text[512];
	size_t n;
	FILE *f;

	(void)state;
	put_key(ed, PKCS8);
	f = fopen(path, "rb");
	assert_non_null(f);
	n = fread(text, 1, sizeof(text), f);
	assert_int_equal(fclose(f), 0);
	for (size_t i = 0; i + 2 < n; i++) {
		struct signer_half half;
		const char *why;

		put(text, i);
		assert_int_equal(signer_read(path, &half, &why), AUDIT_EREAD);
	}
	EVP_PKEY_free(ed);
}

static void
test_files(void **state)
{
	struct signer_half half;
	const char *why = "";

	(void)state;
	put("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=", 44);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(signer_read(path, &half, &why), AUDIT_OK);
	assert_true(half.open_to_all);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(signer_read(path, &half, &why), AUDIT_OK);
	assert_false(half.open_to_all);
	assert_int_equal(signer_read("/", &half, &why), AUDIT_EREAD);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(signer_read(path, &half, &why), AUDIT_EREAD);
	assert_string_equal(why, "there is no such file");
}

/* What is given instead of a private key is called by its name. */
static void
test_kinds_are_named(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n", "a public key" },
		{ "-----BEGIN RSA PUBLIC KEY-----\nMIIB\n", "a public key" },
		{ "-----BEGIN CERTIFICATE-----\nMIIB\n", "a certificate" },
		{ "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n", "of SSH" },
		{ "-----BEGIN PRIVATE KEY-----\nMIIE\n", "damaged" },
		{ "v=DKIM1; k=rsa; p=MIIB", "holds no private key" },
		{ "", "empty" },
	};
	struct signer_half half;
	const char *why = "";

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		put(rows[i].text, strlen(rows[i].text));
		assert_int_equal(signer_read(path, &half, &why), AUDIT_EREAD);
		if (strstr(why, rows[i].want) == NULL)
			fail_msg("%s: '%s'", rows[i].text, why);
	}
}

/* A FIFO without a writer does not hold the program up; a slow writer is waited for. */
static void
test_fifo(void **state)
{
	static const char seed[] = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
	struct signer_half half;
	const char *why = "";
	const struct timespec nap = { .tv_nsec = 50000000 };
	int ends[2], status;
	char name[64];
	pid_t pid;

	(void)state;
	(void)unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	(void)alarm(20);
	assert_int_equal(signer_read(path, &half, &why), AUDIT_EREAD);
	assert_string_equal(why, "a FIFO that nobody writes to");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(pipe(ends), 0);
	assert_true((pid = fork()) >= 0);
	if (pid == 0) {
		(void)close(ends[0]);
		(void)nanosleep(&nap, NULL);
		_exit(write(ends[1], seed, 20) == 20 && nanosleep(&nap, NULL) == 0 &&
			      write(ends[1], seed + 20, sizeof(seed) - 21) > 0
			  ? 0
			  : 1);
	}
	(void)close(ends[1]);
	(void)snprintf(name, sizeof(name), "/dev/fd/%d", ends[0]);
	assert_int_equal(signer_read(name, &half, &why), AUDIT_OK);
	assert_true(half.ed25519);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	(void)close(ends[0]);
	(void)alarm(0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_seed),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_public_is_refused),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_kinds_are_named),
		cmocka_unit_test(test_fifo),
		cmocka_unit_test(test_files),
	};
	const char *tmp = getenv("TMPDIR");
	int n = snprintf(
	    path, sizeof(path), "%s/signer.%ld", tmp != NULL ? tmp : "/tmp", (long)getpid());

	if (n < 0 || (size_t)n >= sizeof(path))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
