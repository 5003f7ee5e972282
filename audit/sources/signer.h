/* SPDX-License-Identifier: ISC */
/*
 * signer.h - the public half of a private key file, by OpenSSL.
 *
 * The private half never leaves signer.c: what held it is wiped before the
 * function returns, and nothing of it is printed, recorded or told.  No
 * passphrase is asked for: an encrypted file is refused.
 */
#ifndef AUDIT_SOURCES_SIGNER_H
#define AUDIT_SOURCES_SIGNER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_SIGNER_FILE ((size_t)64 << 10) /* PEM of an RSA key of 4096 bits has 3300 bytes */
#define MAX_SIGNER_BYTES ((size_t)4 << 10) /* of the public half; RSA of 16384 bits has 2100 */

struct signer_half {
	bool ed25519;                    /* else RSA */
	bool open_to_all;                /* every user of this machine may read the file */
	uint8_t bytes[MAX_SIGNER_BYTES]; /* SubjectPublicKeyInfo, or 32 bytes of Ed25519 */
	size_t n;
};

/*
 * Read the private key in PATH into *OUT: PEM or DER, PKCS#1 or PKCS#8, of RSA
 * or Ed25519, or the 32 bytes of an Ed25519 seed in base64, as some signers keep
 * it.  AUDIT_OK; else AUDIT_EREAD with *WHY, static words.
 */
int signer_read(const char *path, struct signer_half *out, const char **why)
    __attribute__((warn_unused_result));

#endif
