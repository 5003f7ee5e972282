/* SPDX-License-Identifier: ISC */
/*
 * resolver.h - the source that asks name servers.
 *
 * One ticket is one question to the servers given: it is sent by UDP from a
 * random port under a random id, repeated to the next server while nobody
 * answers, and by TCP where UDP does not do.  Merging questions and keeping
 * answers is the world's work.  Private and loopback servers are allowed: the
 * user names them.
 */
#ifndef AUDIT_SOURCES_RESOLVER_H
#define AUDIT_SOURCES_RESOLVER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "audit/loop.h"
#include "audit/source.h"
#include "checks/core/addr.h"
#include "checks/core/str.h"

#define MAX_RESOLVER_SERVERS 8 /* asked in turn; resolv.conf(5) takes 3 */

struct resolver_server {
	struct addr addr;
	uint16_t port;
};

/* Zeroed, but for the servers, it is what `mailvet check` does. */
struct resolver_options {
	struct resolver_server servers[MAX_RESOLVER_SERVERS]; /* in order of preference */
	size_t n_servers;
	unsigned qps;    /* a second and server; 0 = 300, and no bound on loopback */
	unsigned try_ms; /* of a first try unless answers are slow, doubled each round; 0 = 1,000 */
	unsigned rounds; /* how often a silent server is tried, at most MAX_ROUNDS; 0 = 4 */
	bool direct;     /* the servers hold the zone: without recursion, and AA is wanted */
	bool no_0x20;    /* the question goes in lower case, not in random case */
};

#define MAX_ROUNDS 8 /* the last waits 128 times as long as the first */

/* Put S behind the servers of O.  False when there are MAX_RESOLVER_SERVERS. */
bool resolver_add_server(struct resolver_options *o, const struct resolver_server *s);

/* Read `ADDR[@PORT]`; an IPv6 address may stand in brackets.  Port 53 when none is given. */
bool resolver_parse_server(struct str text, struct resolver_server *out);

/*
 * Add the name servers that the text of a resolv.conf(5) names to O.  Addresses
 * with a zone (fe80::1%eth0) are passed over, and those that are too many.
 */
void resolver_conf_parse(struct str text, struct resolver_options *o);

/* The same for /etc/resolv.conf; a file that cannot be read names none. */
void resolver_system_servers(struct resolver_options *o);

/*
 * A resolver for O, which is copied; LOOP must outlive it.  NULL when O names
 * no server.  When every server has been silent for some seconds, questions fail
 * at once with CAUSE_TIMEOUT but for one now and then, until one is answered.
 */
struct source *resolver_new(struct loop *loop, const struct resolver_options *o);

/* What was seen of one server. */
struct resolver_stats {
	uint64_t sent, answered, lost; /* UDP queries */
	uint64_t dropped;              /* datagrams that answer nothing asked */
	uint64_t tcp;                  /* queries by TCP */
	unsigned case_faults;          /* answers that changed the case of the question */
	bool no_0x20;                  /* so it is asked in lower case now */
	bool no_edns;                  /* it does not take EDNS */
	unsigned qps;                  /* the limit now; 0 = none */
};

/* Fill *OUT for the I-th server of S, a resolver.  False when there is none. */
bool resolver_stats(const struct source *s, size_t i, struct resolver_stats *out);

#endif
