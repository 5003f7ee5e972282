/* SPDX-License-Identifier: ISC */
/*
 * harm.h - whether a change would do what no proposal may, whoever made it up and
 * whatever its rehearsal says.
 *
 * An address, a network or a service enters an SPF record only when its owner said
 * that it sends for him: an address known from a bounce, a webhook or a report may be
 * a spoofer's.  No policy, no end of an SPF record and no alignment becomes weaker.
 */
#ifndef AUDIT_EXPLAIN_HARM_H
#define AUDIT_EXPLAIN_HARM_H
#include "audit/config/config.h"
#include "checks/core/arena.h"
#include "checks/core/finding.h"

/* What is known to be the user's own. */
struct ours {
	const struct addr *ips; /* of --ip, of the configuration, of the log's own writer */
	size_t n_ips;
	const struct prefix *nets; /* of the configuration */
	size_t n_nets;
	const struct str *includes; /* of services that the configuration names */
	size_t n_includes;
};

enum harm {
	HARM_NONE,
	HARM_ADDRESS, /* lets an address send that nobody said is ours */
	HARM_SENDER,  /* lets others send: an include, a host, an end that passes */
	HARM_SPF_END, /* weakens the all */
	HARM_POLICY,  /* weakens p, sp or np */
	HARM_ALIGNMENT,
	HARM_UNREAD, /* is no record */
	HARM_COUNT
};

/* Whether IP is ours by O. */
bool is_ours(const struct ours *o, const struct addr *ip);

/*
 * What harm C does; the N networks at LISTED pass SPF already.  Scratch is A's.
 */
enum harm change_harm(struct arena *a, const struct change *c, const struct ours *o,
    const struct prefix *listed, size_t n);

/* A clause that says so: "would let an address send ..."; "" for HARM_NONE. */
const char *harm_words(enum harm h);

#endif
