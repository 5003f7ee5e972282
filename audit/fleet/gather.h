/* SPDX-License-Identifier: ISC */
/*
 * gather.h - what the domains of a fleet have in common: findings, SPF
 * includes, DKIM keys.
 *
 * Domains are given one by one and not kept; what is kept is one row for each
 * kind of finding, each include and each key.
 */
#ifndef AUDIT_FLEET_GATHER_H
#define AUDIT_FLEET_GATHER_H
#include <jansson.h>
#include "audit/fleet/tally.h"
#include "report/model.h"

struct gather_include {
	size_t domains, direct;
	size_t last, last_direct; /* the domain that counted last, from 1 */
	uint32_t lookups;
	struct str some[MAX_FLEET_NAMES]; /* sorted */
	size_t n_some;
};

struct gather_selector {
	struct fleet_selector at;
	struct gather_selector *next;
};

struct gather_key {
	struct str type;
	uint32_t bits;
	struct gather_selector *first; /* the newest first; at most MAX_FLEET_KEYS */
	size_t n;
	struct str org, place; /* of the first */
	bool many_orgs, many_places;
	struct str modulus; /* big-endian; empty = it is not compared with others */
};

struct gather {
	struct arena arena;
	struct tally kinds, targets, moduli, names;
	struct fleet_finding *finding; /* by number in kinds */
	size_t *finding_last;
	struct gather_include *include; /* by number in targets */
	struct gather_key *key;         /* by number in moduli */
	size_t cap_finding, cap_include, cap_key;
	size_t domains;
	size_t n_moduli, modulus_bits;
	bool many_moduli; /* some, or all, were not compared: MAX_FACTORS_* */
	bool full;        /* something was left out: MAX_TALLY */
};

/* Make G empty. */
void gather_init(struct gather *g);

/* Give back what G holds. */
void gather_free(struct gather *g);

/* Count D, whose object is O. */
void gather_domain(struct gather *g, const struct told_domain *d, json_t *o);

/* What came together into *OUT, owned by G. */
void gather_finish(struct gather *g, struct fleet *out);

#endif
