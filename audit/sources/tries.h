/* SPDX-License-Identifier: ISC */
/*
 * tries.h - the life of a query in the resolver: queued, sent, answered or tried
 * again.
 *
 * A try asks one server; servers take turns, and each round of them waits
 * twice as long as the one before.  A server that has said that it has no
 * answer is not asked again, one that was silent is.  Nothing is sent but from
 * the loop.  Private to the resolver.
 */
#ifndef AUDIT_SOURCES_TRIES_H
#define AUDIT_SOURCES_TRIES_H
#include "audit/loop.h"
#include "audit/source.h"
#include "audit/sources/query.h"
#include "audit/sources/resolver.h"
#include "audit/sources/servers.h"
#include "checks/core/arena.h"

struct resolver {
	struct source source; /* first */
	struct loop *loop;
	struct resolver_options o;
	struct server *servers;
	struct query_list tcp, tcp_wait, unsent;
	struct loop_timer tcp_free; /* a connection ended, the next may begin */
	struct arena scratch;       /* of one reply */
	struct query *spare;        /* for questions to come; by next */
};

/* A query of R for T, all else of it zero. */
struct query *tries_new(struct resolver *r, struct ticket *t);

/*
 * Begin the try that Q->first and Q->turn say.  Q waits for nothing; done() of its
 * ticket is called once, after Q was given back.
 */
void tries_begin(struct query *q);

/* Give Q back, wherever it is; nobody is told. */
void tries_drop(struct query *q);

/* The callbacks: of a query's timer, a server's queue, the end of a connection. */
void tries_due(struct loop_timer *t);
void tries_flush(struct loop_timer *t);
void tries_tcp_free(struct loop_timer *t);

/* The callbacks of a server's sockets (sockets.h). */
void tries_message(struct udp_pool *p, struct query *q, struct str datagram, bool cut);
void tries_refused(struct udp_pool *p, struct query *q);

#endif
