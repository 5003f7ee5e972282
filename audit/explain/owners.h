/* SPDX-License-Identifier: ISC */
/*
 * owners.h - whose a domain or an address is: ours by the configuration, else by the
 * envelope senders that our own log shows.
 *
 * The null sender is nobody's, and what only a bounce message names proves nothing:
 * anybody can write one.
 */
#ifndef AUDIT_EXPLAIN_OWNERS_H
#define AUDIT_EXPLAIN_OWNERS_H
#include "audit/config/config.h"
#include "report/model.h"

#define MAX_OWN_ADDRESSES 1000 /* of servers that wrote logs; no more are looked for */

struct owners {
	struct name *v; /* registrable domains that are ours, sorted */
	size_t n, cap;
	struct name only; /* of --domain; n = 0 = not given: then nothing else is ours */
	const struct config *config;
	bool has_addresses; /* the configuration names addresses */
	struct addr *ips;   /* of the servers that wrote the logs, as these show them */
	size_t n_ips;
};

/*
 * Ours, by C (NULL = none), by --domain ONLY (empty = not given), else by the senders of
 * R; owned by A.
 */
void owners_init(struct owners *w, const struct config *c, struct str only,
    const struct bounce_report *r, struct arena *a);

/*
 * Whether anything tells which domains are ours.  Of a log cut down to the lines of its
 * refusals nothing does, and what they name is not somebody else's by that.
 */
bool owners_know(const struct owners *w);

/* Whether NAME is ours, or of an organization that is. */
bool owners_have(const struct owners *w, const struct name *name);

/* The sender of the configuration that has the address IP; NULL = none. */
const struct config_sender *owners_sender_at(const struct owners *w, const struct addr *ip);

/* Whether IP is that of a server that wrote one of the logs. */
bool owners_wrote(const struct owners *w, const struct addr *ip);

/*
 * The one sender of the configuration that sends under DOMAIN, by MAIL FROM or From;
 * NULL = there is none, or more than one.
 */
const struct config_sender *owners_sender_of(const struct owners *w, const struct name *domain);

#endif
