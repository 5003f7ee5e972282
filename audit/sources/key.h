/* SPDX-License-Identifier: ISC */
/*
 * key.h - the source that answers ASK_KEY: what public key bytes are, by
 * OpenSSL.
 *
 * It states facts (form, type, size, exponent, known weaknesses) and judges
 * nothing.  The bytes come from DNS: they are bounded before OpenSSL sees them,
 * and no private operation is ever done with them.
 */
#ifndef AUDIT_SOURCES_KEY_H
#define AUDIT_SOURCES_KEY_H
#include "audit/source.h"

#define MAX_KEY_BYTES (16 << 10) /* RSA keys of 4096 bits have 550; 16 KiB is over 100000 bits */

/* A source for ASK_KEY; freed by its own ops->free. */
struct source *key_new(void);

/*
 * The answer to the ASK_KEY question Q, one reference: never pending.  Bytes
 * that are no key are found as KEY_UNREADABLE; more than MAX_KEY_BYTES is a
 * failure.
 */
struct answer *key_answer(const struct question *q);

#endif
