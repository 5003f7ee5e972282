/* SPDX-License-Identifier: ISC */
/*
 * dkim_record.h - judge the text of one DKIM key record (RFC 6376 section 3.6.1).
 *
 * Pure: no questions, no finding.  The text may hold any byte, NUL included.
 * What is wrong comes out as faults: a rule of the catalogue and the part of
 * the text that is meant.  The key bytes themselves are judged by what
 * ASK_KEY says about them, which the caller asks.
 */
#ifndef CHECKS_DKIM_RECORD_H
#define CHECKS_DKIM_RECORD_H
#include <stdbool.h>
#include <stddef.h>
#include "checks/core/answer.h"
#include "checks/core/arena.h"
#include "checks/core/str.h"
#include "checks/rules.h"

#define MAX_KEY_FAULTS 20        /* of one record; a record in use has at most three or four */
#define MAX_KEY_DATA (16 << 10)  /* bytes behind p=; an RSA key of 4096 bits has 550 */
#define MAX_OPENDKIM_RECORD 1024 /* libopendkim 2.11 reads a key record into 1025 bytes */
#define RSA_BITS_LEAST 1024      /* RFC 8301 3.2: less must not verify */
#define RSA_BITS_GOOD 2048       /* RFC 8301 3.2: signers SHOULD use */
#define RSA_BITS_MOST 4096       /* RFC 8301 3.2: verifiers need not take more */

struct dkimkey_fault {
	enum rule_id id;
	struct str part; /* a view into the text; empty = the record as a whole */
};

struct dkimkey {
	struct str text;
	bool is_key;        /* looks like a key record: has v=DKIM..., p= or k= */
	bool has_p;         /* a p= tag is there */
	bool revoked;       /* p= is empty */
	bool testing;       /* t=y */
	struct str p;       /* value of p= as written; a view into the text */
	struct str data;    /* p= decoded; empty when revoked or not base64 */
	bool is_incomplete; /* p= ends within a group of four characters of base64 */
	struct str groups;  /* then: what the whole groups are, if they are base64 */
	size_t have, want;  /* octets of a key that is cut off (RULE_DKIM_KEY_TRUNCATED), else 0 */
	enum key_type type; /* as k= says; KEY_TYPE_OTHER = a k= nobody knows */
	struct str cleaned; /* the text without the marks that spoil it; empty = none do */
	struct dkimkey_fault *faults; /* in the order of the text */
	size_t n, cap;
};

/*
 * Read TEXT into *OUT; what OUT points to is owned by A, or leads into TEXT.
 * Cannot fail: a record that is not a key has is_key false and no fault.
 */
void dkimkey_parse(struct arena *a, struct str text, struct dkimkey *out);

/*
 * Add to K what is wrong with the key itself, by FACTS, the answer to ASK_KEY
 * about k->data; NULL when nobody could read it.  Not for a record without
 * data.
 */
void dkimkey_judge(struct arena *a, struct dkimkey *k, const struct key_facts *facts);

/* Whether a fault of K is an error by the catalogue: no receiver will take the key. */
bool dkimkey_is_broken(const struct dkimkey *k);

#endif
