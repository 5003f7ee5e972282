/* SPDX-License-Identifier: ISC */
/*
 * kept.h - what a change must not take away from a domain: the strength of its
 * policies, the addresses that its SPF record lists, its keys, its exchangers.
 *
 * Nothing is asked; it reads the facts of an audit.
 */
#ifndef AUDIT_EXPLAIN_KEPT_H
#define AUDIT_EXPLAIN_KEPT_H
#include "checks/core/arena.h"
#include "checks/core/facts.h"

struct kept {
	int dmarc[3];     /* strength of p, sp, np; -1 = no record */
	bool strict[2];   /* adkim, aspf */
	int all;          /* of SPF: 3 for -all down to 0 for +all or none; 4 with redirect= */
	bool has_spf;     /* there is exactly one record */
	uint32_t lookups; /* of it */
	struct prefix *spf;
	size_t n_spf;
	struct str *keys; /* "s1 example.com": those that work */
	size_t n_keys;
	bool takes_mail;
};

/* What F says, owned by A. */
void kept_take(struct arena *a, const struct facts *f, struct kept *out);

/* What AFTER has lost that BEFORE has, a static clause; NULL = nothing. */
const char *kept_lost(const struct kept *before, const struct kept *after);

#endif
