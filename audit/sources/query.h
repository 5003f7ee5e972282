/* SPDX-License-Identifier: ISC */
/*
 * query.h - one question under way in the resolver, and lists of them.
 *
 * Private to the resolver's files.  A query is in at most one list at a time:
 * waiting for its server, sent from a socket, or waiting for TCP.
 */
#ifndef AUDIT_SOURCES_QUERY_H
#define AUDIT_SOURCES_QUERY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "audit/loop.h"
#include "audit/source.h"
#include "audit/sources/wire.h"

struct resolver;
struct server;
struct tcp_call;
struct udp_socket;

enum query_state {
	QUERY_IDLE,
	QUERY_QUEUED,   /* until its server may be asked */
	QUERY_SENT,     /* by UDP */
	QUERY_UNSENT,   /* the system refused to send it; its timer is due */
	QUERY_TCP_WAIT, /* until there are fewer connections */
	QUERY_TCP
};

struct query {
	struct loop_timer timer; /* first: of the try under way */
	struct query *next, *prev;
	struct query_list *in;
	struct resolver *resolver;
	struct ticket *ticket;
	struct server *server;     /* of the try under way */
	struct udp_socket *socket; /* that it went from last; NULL = by UDP it went nowhere */
	struct tcp_call *tcp;
	uint64_t deadline_ms; /* of all tries together; 0 = nothing sent yet, and no probe */
	uint64_t sent_ms;     /* when the try under way went, or the first that AGAIN repeats */
	uint64_t case_bits;
	enum query_state state;
	enum answer_cause cause;    /* why there is no answer: the most telling so far */
	const struct server *blame; /* who said so */
	unsigned turn;              /* tries begun: server and round follow from it */
	unsigned first;             /* the server of turn 0 */
	uint32_t spoken;            /* bit I: server I has said that it has no answer */
	uint32_t failed;            /* bit I: it has said SERVFAIL once */
	uint16_t id;
	bool edns;
	bool case_fault; /* TCP because of 0x20 */
	bool lost_udp;   /* TCP because UDP brought nothing */
	bool tried_tcp;  /* so, once */
	bool again;      /* the message that went before, from the same socket */
};

struct query_list {
	struct query *first, *last;
	size_t n;
};

/* Put Q, which is in no list, at the end or the front of L. */
void query_append(struct query_list *l, struct query *q);
void query_prepend(struct query_list *l, struct query *q);

/* Take Q out of its list; nothing happens when it is in none. */
void query_unlink(struct query *q);

/* The message of Q, as it is sent. */
struct wire_query query_wire(const struct query *q);

#endif
