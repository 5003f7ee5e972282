/* SPDX-License-Identifier: ISC */
/*
 * signer.c - one function opens the file, wipes what it read, and lets only the
 * public half out.
 */
#include "audit/sources/signer.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "audit/error.h"
#include "checks/core/str.h"

#define SEED_BYTES 32  /* RFC 8032 5.1.5 */
#define SEED_BASE64 44 /* characters of 32 bytes */

static int
refuse(const char **why, const char *words)
{
	*why = words;
	return AUDIT_EREAD;
}

/* Open PATH, which may be a FIFO: without waiting for somebody to write to it. */
static int
open_file(const char *path, struct stat *st, const char **why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	*why = NULL;
	if (fd < 0)
		*why = errno == ENOENT ? "there is no such file" : "cannot be opened";
	else if (fstat(fd, st) != 0 || (!S_ISREG(st->st_mode) && !S_ISFIFO(st->st_mode)))
		*why = "not a file";
	if (*why != NULL && fd >= 0)
		(void)close(fd);
	return *why != NULL ? -1 : fd;
}

/*
 * Read FD to its end into ROOM of MAX_SIGNER_FILE + 1 bytes, *N of them; 0 or -1.  A FIFO
 * is at its end at once when nobody writes to it; who is only slow to write, as a shell's
 * <(COMMAND) may be, is waited for.
 */
static int
read_all(int fd, char *room, size_t *n)
{
	for (*n = 0; *n <= MAX_SIGNER_FILE;) {
		ssize_t got = read(fd, room + *n, MAX_SIGNER_FILE + 1 - *n);

		if (got > 0)
			*n += (size_t)got;
		else if (got == 0)
			return 0;
		else if (errno == EAGAIN && fcntl(fd, F_SETFL, O_RDONLY) == 0)
			continue;
		else if (errno != EINTR)
			return -1;
	}
	return 0;
}

/* Read the file PATH into ROOM of MAX_SIGNER_FILE + 1 bytes, *N of them. */
static int
read_file(const char *path, char *room, size_t *n, bool *open_to_all, const char **why)
{
	struct stat st;
	int fd = open_file(path, &st, why), rc;

	if (fd < 0)
		return AUDIT_EREAD;
	*open_to_all = S_ISREG(st.st_mode) && (st.st_mode & S_IROTH) != 0;
	rc = read_all(fd, room, n);
	(void)close(fd);
	if (rc != 0)
		return refuse(why, "cannot be read");
	if (*n == 0)
		return refuse(why,
		    S_ISREG(st.st_mode) ? "the file is empty" : "a FIFO that nobody writes to");
	return *n <= MAX_SIGNER_FILE ? AUDIT_OK : refuse(why, "too large for a private key");
}

/* OpenSSL would ask on the terminal: *CTX says that a passphrase was wanted. */
static int
no_passphrase(char *room, int size, int writing, void *ctx)
{
	bool *wanted = ctx;

	(void)room;
	(void)size;
	(void)writing;
	*wanted = true;
	return -1;
}

/* The Ed25519 key whose seed TEXT is in base64; NULL when it is none. */
static EVP_PKEY *
key_of_seed(struct str text)
{
	unsigned char seed[SEED_BYTES + 1]; /* and the byte that padding stands for */
	EVP_PKEY *key = NULL;

	text = str_trim(text);
	while (text.n > 0 && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r'))
		text.n--;
	if (text.n == SEED_BASE64 && text.p[SEED_BASE64 - 1] == '=' &&
	    text.p[SEED_BASE64 - 2] != '=' &&
	    EVP_DecodeBlock(seed, (const unsigned char *)text.p, SEED_BASE64) == SEED_BYTES + 1)
		key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, SEED_BYTES);
	OPENSSL_cleanse(seed, sizeof(seed));
	return key;
}

/* The key whose DER (PKCS#1, PKCS#8) is all of TEXT; NULL when it is none. */
static EVP_PKEY *
key_of_der(struct str text)
{
	const unsigned char *at = (const unsigned char *)text.p;
	EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &at, (long)text.n);

	if (key != NULL && at != (const unsigned char *)text.p + text.n) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	return key;
}

static bool
holds(struct str text, const char *words)
{
	for (size_t i = 0; i < text.n; i++)
		if (str_has_prefix(str_sub(text, i, text.n), str_of(words)))
			return true;
	return false;
}

/* What TEXT, which holds no private key that can be read, is by its heading. */
static const char *
what_is(struct str text)
{
	static const struct {
		const char *heading, *words;
	} kinds[] = {
		{ "PUBLIC KEY-----",
		    "that is a public key: give the private one, which the signer has" },
		{ "BEGIN CERTIFICATE-----", "that is a certificate: give its private key" },
		{ "BEGIN OPENSSH PRIVATE KEY-----",
		    "that is a key of SSH, which no DKIM signer takes" },
		{ "PRIVATE KEY-----", "the private key in it is damaged: lines are missing, or the "
				      "text was changed" },
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (holds(text, kinds[i].heading))
			return kinds[i].words;
	return "holds no private key in PEM or DER, and no Ed25519 seed in base64";
}

static EVP_PKEY *
open_key(struct str text, const char **why)
{
	BIO *bio = BIO_new_mem_buf(text.p, (int)text.n);
	bool wanted = false;
	EVP_PKEY *key = NULL;

	if (bio != NULL)
		key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, &wanted);
	BIO_free(bio);
	if (key == NULL && !wanted)
		key = key_of_der(text);
	if (key == NULL && !wanted)
		key = key_of_seed(text);
	if (key == NULL)
		*why =
		    wanted ? "the key is encrypted: give a copy without passphrase" : what_is(text);
	return key;
}

/* The public half of KEY into *OUT. */
static int
take_public(EVP_PKEY *key, struct signer_half *out, const char **why)
{
	int type = EVP_PKEY_get_base_id(key), n;
	unsigned char *at = out->bytes;

	out->n = sizeof(out->bytes);
	out->ed25519 = type == EVP_PKEY_ED25519;
	if (out->ed25519)
		return EVP_PKEY_get_raw_public_key(key, out->bytes, &out->n) == 1
			   ? AUDIT_OK
			   : refuse(why, "its public half cannot be computed");
	if (type != EVP_PKEY_RSA)
		return refuse(why, "the key is neither RSA nor Ed25519");
	n = i2d_PUBKEY(key, NULL);
	if (n <= 0 || (size_t)n > sizeof(out->bytes))
		return refuse(why, "its public half is too large");
	out->n = (size_t)i2d_PUBKEY(key, &at);
	return AUDIT_OK;
}

int
signer_read(const char *path, struct signer_half *out, const char **why)
{
	char *room = OPENSSL_zalloc(MAX_SIGNER_FILE + 1);
	EVP_PKEY *key = NULL;
	size_t n = 0;
	int rc;

	*out = (struct signer_half){ .n = 0 };
	if (room == NULL)
		return refuse(why, "out of memory");
	rc = read_file(path, room, &n, &out->open_to_all, why);
	if (rc == AUDIT_OK) {
		key = open_key((struct str){ room, n }, why);
		rc = key != NULL ? take_public(key, out, why) : AUDIT_EREAD;
	}
	EVP_PKEY_free(key); /* wipes the private half */
	OPENSSL_clear_free(room, MAX_SIGNER_FILE + 1);
	ERR_clear_error();
	return rc;
}
