/* SPDX-License-Identifier: ISC */
/*
 * responder.h - a name server on loopback that misbehaves as told.
 *
 * It runs in a thread of its own, on a port of the system's choice, by UDP and
 * (unless told otherwise) by TCP.  Every name has the address 192.0.2.1.
 */
#ifndef TESTS_RESPONDER_H
#define TESTS_RESPONDER_H
#include <stdatomic.h>
#include <stdbool.h>
#include "audit/sources/resolver.h"

#define SHORT_QUESTION 20 /* octets, its type and class with it */

enum behaviour {
	SERVE,
	SERVE_WRONG_ID,   /* a forged answer with another id first */
	SERVE_WRONG_NAME, /* a forged answer to another question first */
	SERVE_WRONG_TYPE, /* the same with the type of the question */
	SERVE_QUERY,      /* gives the query back first, no response */
	SERVE_OTHER_PORT, /* a forged answer from another port first */
	SERVE_GARBAGE,    /* bytes of no message first */
	SERVE_LOWER_CASE, /* gives the question back in lower case */
	SERVE_TRUNCATED,  /* UDP: truncated */
	SERVE_CUT,        /* UDP: half of the answer, not marked */
	SERVE_LONG,       /* UDP: far more than EDNS allows */
	SERVE_SERVFAIL,
	SERVE_SERVFAIL_ONCE, /* the first query of all, and no other */
	SERVE_BOGUS,         /* SERVFAIL with extended error 7 */
	SERVE_REFUSED,
	SERVE_NO_EDNS,      /* FORMERR to EDNS, with the question */
	SERVE_NO_EDNS_BARE, /* FORMERR to EDNS, a header only */
	SERVE_FORMERR,      /* FORMERR to everything */
	SERVE_LAME,         /* an upward referral */
	SERVE_TCP_CUT,      /* UDP: truncated; TCP: closes in the middle */
	/* With those below a try is lost at times. */
	SERVE_SILENT,      /* never answers */
	SERVE_LATE,        /* the first time after the try is over */
	SERVE_ONCE,        /* the first query late, and no other */
	SERVE_SHORT_NAMES, /* UDP: drops questions of more than SHORT_QUESTION octets */
	SERVE_DROPS_EDNS,  /* UDP: answers nothing that has EDNS */
	SERVE_LOSSY        /* drops one of ten */
};

struct responder_options {
	enum behaviour behaviour;
	bool no_tcp;      /* TCP is refused */
	unsigned dies_at; /* after so many queries all sockets are closed; 0 = never */
	unsigned late_ms; /* for SERVE_LATE, SERVE_ONCE */
};

struct responder;

/* Start one; fails the test when that cannot be. */
struct responder *responder_start(const struct responder_options *o);

/* Stop and free R. */
void responder_stop(struct responder *r);

/* Where R listens. */
struct resolver_server responder_address(const struct responder *r);

/* How many queries came by UDP / by TCP. */
unsigned responder_udp(struct responder *r);
unsigned responder_tcp(struct responder *r);

/* A loopback port where nobody listens. */
struct resolver_server nobody_address(void);

#endif
