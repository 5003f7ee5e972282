/* SPDX-License-Identifier: ISC */
/*
 * sendertext.h - what a person writes about a sender, on a command line or in a
 * configuration.  Each function says in words why something is not taken.
 */
#ifndef AUDIT_SENDERTEXT_H
#define AUDIT_SENDERTEXT_H
#include <stdbool.h>
#include "checks/core/addr.h"
#include "checks/core/name.h"

#define BULK_VOLUME 5000 /* messages a day: where Gmail, Yahoo and Microsoft begin */

/* A MAIL FROM: null, or a domain and perhaps the part before the @. */
struct reverse_path {
	bool null;
	struct str local; /* empty = not given; a view into the text */
	struct name domain;
};

/* TEXT is an address, perhaps in <>, a domain, or empty or "<>" for null.  NULL, or why not,
 * static. */
const char *reverse_path_parse(struct str text, struct reverse_path *out);

/* Whether S can be the selector of a DKIM key.  NULL, or why not, static. */
const char *selector_check(struct str s);

/*
 * TEXT is an address or a network in the form ADDRESS/BITS without host bits; a single
 * address has all bits.  NULL, or why not, static; with host bits *OUT is the network.
 */
const char *network_parse(struct str text, struct prefix *out);

/* Whether P is a single address. */
bool is_single(const struct prefix *p);

#endif
