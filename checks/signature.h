/* SPDX-License-Identifier: ISC */
/*
 * signature.h - one DKIM-Signature field, read and judged as text (RFC 6376
 * section 3.5).
 *
 * Pure: it asks nothing and verifies nothing.  What is wrong comes out as
 * faults: a rule of the catalogue and the part of the field that is meant.
 */
#ifndef CHECKS_SIGNATURE_H
#define CHECKS_SIGNATURE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "checks/core/arena.h"
#include "checks/core/name.h"
#include "checks/core/str.h"
#include "checks/header.h"
#include "checks/rules.h"

#define MAX_SIGNATURES 20       /* of one message that are verified; the rest is counted and told */
#define MAX_SIGNATURE_FAULTS 20 /* of one field */
#define MAX_SIGNATURE_BYTES ((size_t)64 << 10) /* of one field; in use they have under 2000 */

enum signature_algorithm { SIGN_UNKNOWN, SIGN_RSA_SHA1, SIGN_RSA_SHA256, SIGN_ED25519_SHA256 };

struct signature_fault {
	enum rule_id id;
	struct str part; /* of the text; the name of a tag that is not there; ";;"; empty = all */
};

struct signature {
	const struct header_field *field;
	struct str text; /* its value unfolded; empty when it is too long */
	enum signature_algorithm algorithm;
	struct str a, c, h, i, q, s, v; /* tags as written; empty = absent */
	struct str b, bh;               /* the same, without the blanks in them */
	struct str domain_text;         /* d= as written */
	struct name domain;             /* d=; n = 0 = no domain name */
	struct name key_name;           /* s._domainkey.d; n = 0 = cannot be asked */
	struct name identity;           /* the domain of i=; d= when absent; n = 0 = unreadable */
	bool has_l, has_t, has_x;
	uint64_t l, t, x; /* octets; seconds since 1970 */
	bool body_relaxed, header_relaxed;
	bool unusable; /* receivers must ignore it (6.1.1): a fault says why */
	struct signature_fault *faults;
	size_t n_faults;
};

/* Read FIELD, a DKIM-Signature, into *OUT; what it points to is owned by A or leads into FIELD. */
void signature_parse(struct arena *a, const struct header_field *field, struct signature *out);

/* The signatures of one message. */
struct signatures {
	const struct signature *list; /* the topmost, at most MAX_SIGNATURES */
	size_t n;
	size_t n_more; /* below those, not read */
};

/* Read the DKIM-Signature fields of H into *OUT; as signature_parse(), and into H. */
void signatures_read(struct arena *a, const struct header *h, struct signatures *out);

/* How many instances of header field NAME the signature S covers (h=, RFC 6376 5.4.2). */
size_t signature_covers(const struct signature *s, struct str name);

#endif
