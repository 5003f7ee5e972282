/* SPDX-License-Identifier: ISC */
/*
 * tries.c - what happens to a query, one event after the other.
 *
 * Every way out of here ends in finish() or tries_drop(), and both free the
 * query before anybody hears of it.
 */
#include "audit/sources/tries.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include "audit/sources/reply.h"
#include "audit/sources/sockets.h"
#include "audit/sources/tcp.h"

#define MAX_TCP 64      /* connections at a time */
#define TCP_TRIES 3     /* tries' time for one: it takes three round trips */
#define SEND_AGAIN_MS 1 /* after the system's buffers were full */
#define PLAIN_ROUND 2   /* without EDNS, for a server that has answered nothing */
#define TCP_ROUND 2     /* from here on once by TCP, for a server that answers others */

static void try_next(struct query *q, enum answer_cause cause, bool spoken);
static void go_tcp(struct query *q);

static uint64_t
now_of(const struct query *q)
{
	return loop_now(q->resolver->loop);
}

static void
flush_soon(struct server *s)
{
	loop_set(s->resolver->loop, &s->flush, loop_now(s->resolver->loop));
}

/* Take Q out of whatever it waits for. */
static void
leave(struct query *q)
{
	struct resolver *r = q->resolver;

	query_unlink(q);
	loop_unset(r->loop, &q->timer);
	if (q->state == QUERY_SENT) {
		q->server->in_flight--;
		if (q->server->queue.n > 0 && q->server->flush.slot == 0)
			flush_soon(q->server);
	} else if (q->state == QUERY_TCP) {
		tcp_stop(q->tcp);
		q->tcp = NULL;
		if (r->tcp_wait.n > 0)
			loop_set(r->loop, &r->tcp_free, loop_now(r->loop));
	}
	q->state = QUERY_IDLE;
}

struct query *
tries_new(struct resolver *r, struct ticket *t)
{
	struct query *q = r->spare;

	if (q != NULL)
		r->spare = q->next;
	else
		q = xmalloc(sizeof(*q));
	*q = (struct query){ .timer = { .due = tries_due }, .resolver = r, .ticket = t };
	t->source_data = q;
	return q;
}

static void
give_back(struct query *q)
{
	q->ticket->source_data = NULL;
	q->next = q->resolver->spare;
	q->resolver->spare = q;
}

/* Q is over.  It is gone before done() is called, which may ask again. */
static void
finish(struct query *q, struct answer *a)
{
	struct ticket *t = q->ticket;

	leave(q);
	give_back(q);
	t->done(t, a);
}

static struct reply_context
context_of(const struct query *q, const struct server *s)
{
	return (struct reply_context){ .q = &q->ticket->q,
		.edns = q->edns,
		.tcp = q->state == QUERY_TCP,
		.direct = q->resolver->o.direct,
		.from = { .source = STR("resolver"), .where = { s->where, s->where_n } },
		.when = time(NULL),
		.scratch = &q->resolver->scratch };
}

/* What a server said outranks what it did not say; the gravest is told. */
static unsigned
rank(enum answer_cause cause)
{
	static const enum answer_cause order[] = { CAUSE_NONE, CAUSE_TIMEOUT, CAUSE_NETWORK,
		CAUSE_MALFORMED, CAUSE_LAME, CAUSE_REFUSED, CAUSE_SERVFAIL };

	for (unsigned i = 0; i < ARRAY_LEN(order); i++)
		if (order[i] == cause)
			return i;
	return ARRAY_LEN(order);
}

static void
note(struct query *q, enum answer_cause cause)
{
	if (rank(cause) <= rank(q->cause))
		return;
	q->cause = cause;
	q->blame = q->server;
}

static void
fail(struct query *q)
{
	struct reply_context c = context_of(q, q->blame);

	finish(q, reply_failed(&c, q->cause));
}

/* Put Q, which waits for nothing, into the queue of its server. */
static void
enqueue(struct query *q)
{
	q->state = QUERY_QUEUED;
	if (q->deadline_ms == 0)
		query_append(&q->server->queue, q);
	else
		query_prepend(&q->server->queue, q); /* its time runs */
	flush_soon(q->server);
}

static size_t
round_of(const struct query *q)
{
	return q->turn / q->resolver->o.n_servers;
}

/* Where nothing was heard in two rounds the third goes without: some drop what has EDNS. */
static bool
wants_edns(const struct query *q)
{
	const struct resolver_stats *st = &q->server->stats;

	return !st->no_edns && (st->answered > 0 || round_of(q) != PLAIN_ROUND);
}

void
tries_begin(struct query *q)
{
	struct resolver *r = q->resolver;
	struct server *s = &r->servers[(q->first + q->turn) % r->o.n_servers];
	bool same = q->server == s && q->socket != NULL, edns = q->edns;

	q->server = s;
	q->edns = wants_edns(q);
	/* An answer to what went before is as good, and may be nearer. */
	q->again = same && q->edns == edns && (q->case_bits == 0 || !s->stats.no_0x20);
	if (!q->again)
		q->case_bits = !r->o.no_0x20 && !s->stats.no_0x20 ? random_bits() : 0;
	q->case_fault = q->lost_udp = false;
	enqueue(q);
}

/* How long the try under way may take. */
static uint64_t
try_time_ms(const struct query *q)
{
	return server_try_ms(q->server) << round_of(q);
}

/* What gets no answer where others do may be too long for the way (RFC 8085 3.2). */
static bool
wants_tcp(const struct query *q)
{
	return round_of(q) >= TCP_ROUND && !q->tried_tcp && q->cause == CAUSE_TIMEOUT &&
	       q->server->stats.answered > 0 && q->resolver->tcp.n < MAX_TCP;
}

/*
 * The try under way got no answer, for CAUSE; SPOKEN: the server will say so
 * again.  Begin the next, or fail.
 */
static void
try_next(struct query *q, enum answer_cause cause, bool spoken)
{
	const struct resolver_options *o = &q->resolver->o;
	size_t most = o->n_servers * o->rounds;
	uint32_t bit = UINT32_C(1) << (q->first + q->turn) % o->n_servers;

	leave(q);
	note(q, cause);
	if (cause != CAUSE_TIMEOUT)
		q->socket = NULL; /* what it answered it would answer twice */
	/* Of a server failure the next try may know nothing; it is asked for once more. */
	if (spoken && (cause != CAUSE_SERVFAIL || (q->failed & bit) != 0))
		q->spoken |= bit;
	else if (spoken)
		q->failed |= bit;
	do
		q->turn++;
	while (q->turn < most && (q->spoken >> (q->first + q->turn) % o->n_servers & 1) != 0);
	if (q->turn >= most || (q->deadline_ms != 0 && now_of(q) >= q->deadline_ms)) {
		fail(q);
		return;
	}
	tries_begin(q);
	if (wants_tcp(q)) {
		q->lost_udp = q->tried_tcp = true;
		go_tcp(q);
	}
}

/* There is no TCP for what UDP lost: the try goes on as if nothing had been. */
static void
begin_by_udp(struct query *q)
{
	leave(q);
	tries_begin(q);
}

/* The time of a try is over, or there was no way to begin it. */
void
tries_due(struct loop_timer *t)
{
	struct query *q = (struct query *)t;

	if (q->state == QUERY_UNSENT && q->lost_udp) {
		begin_by_udp(q);
		return;
	}
	if (q->state == QUERY_UNSENT) {
		try_next(q, CAUSE_NETWORK, true);
		return;
	}
	if (q->state == QUERY_SENT)
		server_lost(q->server, now_of(q), q->resolver->o.try_ms);
	try_next(q, CAUSE_TIMEOUT, false);
}

static void
mark_sent(struct query *q)
{
	const struct resolver_options *o = &q->resolver->o;
	uint64_t now = now_of(q), at = now + try_time_ms(q);

	q->state = QUERY_SENT;
	if (!q->again)
		q->sent_ms = now;
	if (q->deadline_ms == 0)
		q->deadline_ms = now + ((uint64_t)o->try_ms << o->rounds);
	if (at > q->deadline_ms)
		at = q->deadline_ms;
	loop_set(q->resolver->loop, &q->timer, at);
}

/* Q could not be sent: its next try begins in the next turn of the loop. */
static void
mark_unsent(struct query *q)
{
	q->state = QUERY_UNSENT;
	query_append(&q->resolver->unsent, q);
	loop_set(q->resolver->loop, &q->timer, now_of(q));
}

/* Send at most N queries of S's queue.  False when the system takes no more now. */
static bool
send_batch(struct server *s, size_t n)
{
	struct query *qs[SEND_BATCH];
	struct udp_socket *u = udp_pool_pick(&s->pool); /* before the batch: it may call back */
	int error = errno;
	size_t have = 0, sent = 0;
	bool full;

	if (s->queue.first != NULL && s->queue.first->again)
		u = s->queue.first->socket;
	while (have < n && have < SEND_BATCH && s->queue.first != NULL) {
		if (s->queue.first->again && s->queue.first->socket != u)
			break;
		qs[have] = s->queue.first;
		query_unlink(qs[have++]);
	}
	if (u != NULL && have > 0)
		sent = udp_send(u, qs, have, &error);
	server_sent(s, sent);
	for (size_t i = 0; i < sent; i++)
		mark_sent(qs[i]);
	if (sent == have)
		return true;
	full = u != NULL &&
	       (error == EAGAIN || error == ENOBUFS || error == EINTR || error == ECONNREFUSED);
	for (size_t i = have; i-- > sent + (full ? 0 : 1);)
		query_prepend(&s->queue, qs[i]);
	if (!full)
		mark_unsent(qs[sent]);
	return !full;
}

void
tries_flush(struct loop_timer *t)
{
	struct server *s = (struct server *)((char *)t - offsetof(struct server, flush));
	struct loop *loop = s->resolver->loop;
	uint64_t wait_ms = 0;
	size_t n;

	while (s->queue.n > 0 && (n = server_allows(s, loop_now(loop), &wait_ms)) > 0)
		if (!send_batch(s, n)) {
			wait_ms = SEND_AGAIN_MS;
			break;
		}
	if (s->queue.n > 0 && wait_ms > 0)
		loop_set(loop, t, loop_now(loop) + wait_ms);
}

static void take_reply(struct query *q, struct str message);

static void
tcp_ended(struct tcp_call *c, void *ctx, struct str message)
{
	struct query *q = ctx;
	struct wire_query w = query_wire(q);

	(void)c; /* stopped by leave() */
	if (message.p != NULL)
		server_heard_tcp(q->server);
	if (message.p == NULL && q->lost_udp) {
		begin_by_udp(q);
		return;
	}
	if (message.p == NULL) {
		/* After a 0x20 fault UDP is still open: forwarders without TCP exist. */
		try_next(q, CAUSE_NETWORK, !q->case_fault);
		return;
	}
	if (wire_match(&w, (const uint8_t *)message.p, message.n) == WIRE_NOT_OURS) {
		try_next(q, CAUSE_MALFORMED, true);
		return;
	}
	take_reply(q, message);
}

static void
wait_for_tcp(struct query *q)
{
	q->state = QUERY_TCP_WAIT;
	query_append(&q->resolver->tcp_wait, q);
}

/* Ask Q, which waits for nothing, by TCP now. */
static void
begin_tcp(struct query *q)
{
	struct resolver *r = q->resolver;
	uint64_t now = now_of(q), at = now + TCP_TRIES * (uint64_t)r->o.try_ms;
	struct wire_query w;

	q->id = (uint16_t)random_bits();
	q->socket = NULL;
	q->case_bits = 0; /* a connection needs no more proof */
	w = query_wire(q);
	q->tcp = tcp_start(r->loop, &q->server->pool.to, &w, tcp_ended, q);
	if (q->tcp == NULL && r->tcp.n > 0) {
		wait_for_tcp(q); /* no more files: those that are open will be free */
		return;
	}
	if (q->tcp == NULL) {
		mark_unsent(q);
		return;
	}
	q->state = QUERY_TCP;
	query_append(&r->tcp, q);
	server_sent_tcp(q->server);
	if (at > q->deadline_ms && q->deadline_ms > now)
		at = q->deadline_ms;
	loop_set(r->loop, &q->timer, at);
}

/* Ask the same server by TCP, as soon as there is a connection to spare. */
static void
go_tcp(struct query *q)
{
	leave(q);
	if (q->resolver->tcp.n < MAX_TCP)
		begin_tcp(q);
	else
		wait_for_tcp(q);
}

void
tries_tcp_free(struct loop_timer *t)
{
	struct resolver *r = (struct resolver *)((char *)t - offsetof(struct resolver, tcp_free));

	while (r->tcp_wait.first != NULL && r->tcp.n < MAX_TCP) {
		struct query *q = r->tcp_wait.first;

		leave(q);
		begin_tcp(q);
		if (q->state == QUERY_TCP_WAIT)
			break;
	}
}

/* Ask the same server again without EDNS (RFC 6891 6.2.2). */
static void
go_plain(struct query *q)
{
	bool tcp = q->state == QUERY_TCP;

	q->edns = q->again = false;
	leave(q);
	if (tcp)
		go_tcp(q);
	else
		enqueue(q);
}

/* MESSAGE is a response to Q. */
static void
take_reply(struct query *q, struct str message)
{
	struct reply_context c = context_of(q, q->server);
	struct reply reply;

	reply_read(&c, (const uint8_t *)message.p, message.n, &reply);
	switch (reply.kind) {
	case REPLY_ANSWER:
		if (!q->edns && !q->server->stats.no_edns)
			server_plain(q->server);
		finish(q, reply.answer);
		break;
	case REPLY_TRUNCATED:
		go_tcp(q);
		break;
	case REPLY_NO_EDNS:
		go_plain(q);
		break;
	case REPLY_FAILED:
		if (reply_is_final(reply.cause)) {
			finish(q, reply_failed(&c, reply.cause));
		} else if (reply.cause == CAUSE_MALFORMED && !c.tcp) {
			note(q, CAUSE_MALFORMED); /* something on the way may have cut it */
			go_tcp(q);
		} else {
			try_next(q, reply.cause, true);
		}
		break;
	}
}

void
tries_message(struct udp_pool *p, struct query *q, struct str datagram, bool cut)
{
	struct server *s = (struct server *)p;
	struct wire_query w = query_wire(q);
	enum wire_match match = wire_match(&w, (const uint8_t *)datagram.p, datagram.n);

	if (match == WIRE_NOT_OURS) {
		s->stats.dropped++;
		return;
	}
	/* By the clock itself: it may have come long after this turn began, and seem too quick. */
	server_heard(s, now_of(q), p->heard_ms - q->sent_ms);
	if (match == WIRE_CASE) {
		server_case_fault(s);
		q->case_fault = true;
	}
	if (match == WIRE_CASE || cut)
		go_tcp(q);
	else
		take_reply(q, datagram);
}

void
tries_refused(struct udp_pool *p, struct query *q)
{
	(void)p;
	try_next(q, CAUSE_NETWORK, true);
}

void
tries_drop(struct query *q)
{
	leave(q);
	give_back(q);
}
