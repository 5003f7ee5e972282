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

/* Read the file PATH into ROOM of MAX_SIGNER_FILE + 1 bytes, *N of them. */
static int
read_file(const char *path, char *room, size_t *n, bool *open_to_all, const char **why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	ssize_t got = 1;

	*n = 0;
	if (fd < 0)
		return refuse(why, errno == ENOENT ? "there is no such file" : "cannot be opened");
	if (fstat(fd, &st) != 0 || (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))) {
		(void)close(fd);
		return refuse(why, "not a file");
	}
	*open_to_all = S_ISREG(st.st_mode) && (st.st_mode & S_IROTH) != 0;
	while (*n <= MAX_SIGNER_FILE && (got > 0 || (got < 0 && errno == EINTR))) {
		got = read(fd, room + *n, MAX_SIGNER_FILE + 1 - *n);
		if (got > 0)
			*n += (size_t)got;
		else if (got == 0)
			break;
	}
	(void)close(fd);
	if (got < 0)
		return refuse(why, "cannot be read");
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
		key = key_of_seed(text);
	if (key == NULL)
		*why = wanted ? "the key is encrypted: give a copy without passphrase"
			      : "holds no private key in PEM, and no Ed25519 seed in base64";
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
