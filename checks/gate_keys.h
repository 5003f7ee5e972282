/* SPDX-License-Identifier: ISC */
/*
 * gate_keys.h - the DKIM keys of a domain in the two states that the gate compares.
 */
#ifndef CHECKS_GATE_KEYS_H
#define CHECKS_GATE_KEYS_H
#include "checks/dkim_keys.h"
#include "checks/gate_judge.h"

#define MAX_GATE_KEYS 200 /* selectors of a domain, of both states: as MAX_SELECTORS */

enum key_change {
	KEY_SAME, /* nothing that a receiver sees, or a fault that is told elsewhere */
	KEY_ADDED,
	KEY_REMOVED,
	KEY_REVOKED,  /* p= is empty now */
	KEY_REPLACED, /* another key under the same selector */
	KEY_MOVED     /* its CNAME leads elsewhere, or there is one now; the key is not known */
};

/* One selector in both states. */
struct key_pair {
	struct selector_key was, is;
	bool in_use;
};

struct key_pairs {
	struct key_pair *list;
	size_t n, cap;
	bool pending; /* nothing else may be read */
};

/*
 * The selectors in use of G's subject, and those that a source lists on either side,
 * into *OUT, owned by the arena of the check.
 */
void gate_key_pairs(struct gate *g, struct key_pairs *out);

/* What became of P. */
enum key_change gate_key_change(const struct key_pair *p);

#endif
