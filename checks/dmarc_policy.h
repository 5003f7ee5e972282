/* SPDX-License-Identifier: ISC */
/*
 * dmarc_policy.h - which DMARC record applies to mail from a domain, and which
 * domain is its organizational domain (RFC 9989 section 4.10).
 *
 * A function of facts, for every check that needs them; it judges nothing and
 * appends no finding.
 */
#ifndef CHECKS_DMARC_POLICY_H
#define CHECKS_DMARC_POLICY_H
#include "checks/check.h"
#include "checks/dmarc_record.h"

#define MAX_DMARC_STEPS 8 /* RFC 9989 4.10: queries of one tree walk */

/* One query of the walk. */
struct dmarc_step {
	struct name domain;                /* without _dmarc */
	struct name owner;                 /* _dmarc.domain; n = 0 = longer than a name can be */
	const struct answer *answer;       /* NULL when OWNER has n = 0: nothing can be there */
	size_t n_records;                  /* TXT that are DMARC records */
	const struct rr *rr;               /* the one record; NULL when there are none or several */
	const struct dmarc_record *record; /* of RR; NULL when that is */
};

enum dmarc_state {
	DMARC_PENDING,   /* call again when answers are in; nothing else is set */
	DMARC_APPLIES,   /* `applied` is the record, `word` its policy */
	DMARC_IS_VOID,   /* `applied` is a record that receivers must not process (4.10.1) */
	DMARC_NO_RECORD, /* none at author, organizational domain or public suffix */
	DMARC_UNKNOWN    /* `failed` hides whether one applies */
};

struct dmarc_policy {
	enum dmarc_state state;
	struct dmarc_step *steps; /* from the author domain to the walk's end */
	size_t n_steps;
	const struct dmarc_step *applied; /* NULL = none */
	const struct answer *failed;      /* the first answer whose failure matters; NULL = none */
	const struct answer *above; /* of DMARC_NO_RECORD: failed at the public suffix; or NULL */
	enum dmarc_word word;       /* as published, before t=y */
	const char *tag; /* "p", "sp", "np"; "default": p=none for want of a valid one; "" */
	bool exists;     /* the author domain, for np (3.2.13) */
	bool by_suffix; /* the record is that of a public suffix (psd=y), not of the organization */
	struct name org;     /* organizational domain by the walk; n = 0 = hidden by a failure */
	struct name org_psl; /* by the public suffix list; n = 0 = unknown or a suffix */
	const struct suffix_facts *suffix; /* of the author domain; NULL = not to be had */
};

/*
 * Find the record that applies to the author domain AUTHOR.  Never NULL; in
 * the arena of the run.
 *
 * A failed query makes the outcome unknown only where it could change it: not
 * when a nearer record decides.  At a public suffix, whose record is not the domain's
 * own, it is told apart (`above`): what the domain publishes is known all the same.
 */
const struct dmarc_policy *dmarc_policy(struct audit *au, const struct name *author);

/* The DMARC record of A, an answer for TXT: the one there is, or NULL; their number in *N. */
const struct rr *dmarc_record_in(const struct answer *a, size_t *n);

/*
 * The registrable domain that A, the answer about NAME's suffix, tells, else NAME: a view
 * into either.
 */
const struct name *registrable_in(const struct answer *a, const struct name *name);

/*
 * The registrable domain of NAME into *OUT; NAME where the suffix list has no word on it.
 * The answer that says so: pending, or failed, where it is not known.
 */
const struct answer *registrable_of(struct audit *au, const struct name *name, struct name *out);

/*
 * Whether a lookup that failed hides if the public suffix has a record, which would
 * apply to P's author.  Data that just were not given hide nothing: hardly a suffix
 * has such a record, and a zone file never holds its suffix.
 */
bool dmarc_suffix_is_open(const struct dmarc_policy *p);

/*
 * Whether nobody said what the public suffix above P's author asks for, and the
 * suffix is one that is known to ask for more than p=none: a record of one's own
 * with p=none might then ask for less.
 */
bool dmarc_may_weaken(const struct dmarc_policy *p);

/*
 * Append to B the version and policy of a record that changes nothing for the
 * mail: p=none where no policy applies (P), else what the public suffix asks for.
 */
void dmarc_add_policy(struct buf *b, const struct dmarc_policy *p);

#endif
