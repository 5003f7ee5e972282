/* SPDX-License-Identifier: ISC */
/*
 * sigkey.h - whether a signature that is wrong was made with the key that is
 * published.
 *
 * An RSA signature opens with its public key to the hash that was signed (RFC 8017
 * 9.2); with any other key it opens to noise.  So a header that was changed and a key
 * that is another can be told apart, which libopendkim does not do.  Ed25519 has
 * nothing to open.  Nothing is verified here.
 */
#ifndef AUDIT_SOURCES_SIGKEY_H
#define AUDIT_SOURCES_SIGKEY_H
#include "checks/core/arena.h"
#include "checks/verify.h"

/*
 * Who made the signature B (b= of its field, in base64), by RECORD, the text of the key
 * record; VERIFIED_BY_UNKNOWN where the key is not RSA, either cannot be read, or B is of a
 * length that no key makes.
 */
enum verified_by sigkey_of(struct arena *a, struct str record, struct str b);

#endif
