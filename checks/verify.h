/* SPDX-License-Identifier: ISC */
/*
 * verify.h - the question whether the signatures of a message are right, and
 * its answer.
 *
 * The question carries all that is needed, the message and the key records as
 * DNS gave them, so that whoever answers asks nobody: same answers in, same
 * verdict out.  The answer states facts; what they mean is the check's to say.
 */
#ifndef CHECKS_VERIFY_H
#define CHECKS_VERIFY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "checks/core/inquiry.h"

/* The key record for one DKIM-Signature of the message, counted from its top. */
struct verify_key {
	size_t signature;            /* 0 = the topmost DKIM-Signature field */
	const struct answer *answer; /* TXT at s._domainkey.d; never pending */
};

/* Whose key made a signature that is wrong: told of RSA only. */
enum verified_by {
	VERIFIED_BY_UNKNOWN,
	VERIFIED_BY_KEY,  /* the published one: what it signed is not what arrived */
	VERIFIED_BY_OTHER /* another one, or the signature itself was damaged */
};

/* Of one DKIM-Signature field, in the order of the message. */
struct verified {
	bool judged;         /* the library came to a verdict about it */
	bool pass;           /* signature and body hash are right */
	bool header_ok;      /* the signature over the header is right */
	bool body_ok;        /* the body hash is right */
	bool testing;        /* t=y of the key as the library read it */
	uint32_t bits;       /* of the key as the library says; 0 for ed25519 */
	struct str error;    /* the library's words when it refused; empty else */
	bool refused;        /* ... for how its field is written; nothing was compared */
	enum verified_by by; /* ... where it compared, and the signature over the header is wrong */
	int code;            /* the library's number of that; 0 = none */
};

struct verify_facts {
	const struct verified *v;
	size_t n;
};

/*
 * Ask whether the signatures of the message TEXT are right, given the N KEYS.
 * No key may be pending.  A message that the library cannot take is a failed
 * answer (CAUSE_MALFORMED, CAUSE_TOO_LARGE).  The question's data is owned by
 * the arena of Q.
 */
const struct answer *ask_verify(
    struct inquiry *q, struct str text, const struct verify_key *keys, size_t n);

/*
 * The parts of the data of an ASK_VERIFY question, for the one who answers: the
 * message into *TEXT; from *POS on, which starts with 0, the next key text, with
 * the field it is for and the status its answer had.  False when the data is not what ask_verify()
 * made / at the end.
 */
struct verify_part {
	size_t signature;
	enum answer_status status;
	size_t n_rr;       /* TXT records there were */
	struct str record; /* the first, joined; empty unless found */
};
bool verify_text(const struct question *q, struct str *text);
bool verify_next(const struct question *q, size_t *pos, struct verify_part *out);

#endif
