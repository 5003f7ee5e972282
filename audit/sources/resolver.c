/* SPDX-License-Identifier: ISC */
/*
 * resolver.c - the live resolver as a source: questions in, tickets done.
 *
 * It refuses what cannot be sent and hands the rest to tries.c.
 */
#include "audit/sources/resolver.h"

#include <stdlib.h>
#include <time.h>

#include "audit/sources/reply.h"
#include "audit/sources/servers.h"
#include "audit/sources/sockets.h"
#include "audit/sources/tries.h"
#include "audit/sources/wire.h"
#include "checks/core/arena.h"

#define DEFAULT_TRY_MS 1000
#define DEFAULT_ROUNDS 4 /* 1 + 2 + 4 + 8 s to a dead server: within a domain's 20 s */

/*
 * The server to ask first, into *OUT; false when all are dead and none is to be probed.
 * *PROBE: those before it are dead, and so is it as far as is known.
 */
static bool
first_server(struct resolver *r, unsigned *out, bool *probe)
{
	uint64_t now_ms = loop_now(r->loop);
	bool dead = true;

	*out = 0;
	*probe = false;
	for (unsigned i = 0; i < r->o.n_servers; i++) {
		dead = dead && server_is_dead(&r->servers[i], now_ms, r->o.try_ms);
		if (server_is_up(&r->servers[i], now_ms, r->o.try_ms)) {
			*out = i;
			*probe = dead;
			return true;
		}
	}
	return !dead;
}

/*
 * Nobody has answered anything for a while, and those who asked before Q wait:
 * what would come after their time is told at once.
 */
static struct answer *
fail_at_once(struct resolver *r, const struct question *q)
{
	const struct server *s = &r->servers[0];
	struct reply_context c = { .q = q,
		.from = { .source = STR("resolver"), .where = { s->where, s->where_n } },
		.when = time(NULL),
		.scratch = &r->scratch };

	return reply_failed(&c, CAUSE_TIMEOUT);
}

/* Whether TYPE is one that records have: 128 to 255 ask for other things (RFC 6895 3.1). */
static bool
is_data_type(uint16_t type)
{
	return type != 0 && type != WIRE_TYPE_OPT && (type < 128 || type > 255);
}

static enum source_reply
ask(struct source *s, struct ticket *t, struct answer **out)
{
	struct resolver *r = (struct resolver *)s;
	struct query *q;
	unsigned first;
	bool probe;

	if (t->q.kind == ASK_NAMES) {
		*out = answer_failed(&t->q, CAUSE_NOT_LISTABLE);
		return SOURCE_ANSWERED;
	}
	if (t->q.kind != ASK_DNS)
		return SOURCE_NOT_MINE;
	if (!wire_name_ok(&t->q.name) || !is_data_type(t->q.type)) {
		*out = answer_failed(&t->q, CAUSE_BAD_NAME);
		return SOURCE_ANSWERED;
	}
	if (!first_server(r, &first, &probe)) {
		*out = fail_at_once(r, &t->q);
		return SOURCE_ANSWERED;
	}
	q = tries_new(r, t);
	q->first = first;
	if (probe) /* whoever asked it waits for all the others, who wait for nothing */
		q->deadline_ms = loop_now(r->loop) + PROBE_TRIES * (uint64_t)r->o.try_ms;
	tries_begin(q);
	return SOURCE_LATER;
}

static void
cancel(struct source *s, struct ticket *t)
{
	(void)s;
	if (t->source_data != NULL)
		tries_drop(t->source_data);
}

/* Of the server that new questions go to. */
static uint64_t
wait_ms(const struct source *source)
{
	const struct resolver *r = (const struct resolver *)source;
	uint64_t ms;

	for (size_t i = 0; i < r->o.n_servers; i++)
		if (server_wait_ms(&r->servers[i], &ms))
			return ms;
	return 0;
}

static void
drop_all(struct query_list *l)
{
	while (l->first != NULL)
		tries_drop(l->first);
}

static void
resolver_free(struct source *source)
{
	struct resolver *r = (struct resolver *)source;

	drop_all(&r->tcp);
	drop_all(&r->tcp_wait);
	drop_all(&r->unsent);
	for (size_t i = 0; i < r->o.n_servers; i++) {
		struct server *s = &r->servers[i];

		drop_all(&s->queue);
		for (size_t k = 0; k < SOCKETS_A_SERVER * ID_BUCKETS; k++)
			drop_all(&s->pool.sockets[k / ID_BUCKETS].sent[k % ID_BUCKETS]);
		udp_pool_close(&s->pool);
		loop_unset(r->loop, &s->flush);
	}
	loop_unset(r->loop, &r->tcp_free);
	for (struct query *q = r->spare, *next; q != NULL; q = next) {
		next = q->next;
		free(q);
	}
	arena_free(&r->scratch);
	free(r->servers);
	free(r);
}

static const struct source_ops ops = {
	.name = "resolver", .ask = ask, .cancel = cancel, .wait_ms = wait_ms, .free = resolver_free
};

struct source *
resolver_new(struct loop *loop, const struct resolver_options *o)
{
	struct resolver *r;

	if (o->n_servers == 0 || o->n_servers > MAX_RESOLVER_SERVERS)
		return NULL;
	r = xcalloc(1, sizeof(*r));
	r->source.ops = &ops;
	r->loop = loop;
	r->o = *o;
	if (r->o.rounds == 0)
		r->o.rounds = DEFAULT_ROUNDS;
	if (r->o.rounds > MAX_ROUNDS)
		r->o.rounds = MAX_ROUNDS;
	if (r->o.try_ms == 0)
		r->o.try_ms = DEFAULT_TRY_MS;
	r->tcp_free.due = tries_tcp_free;
	arena_init(&r->scratch, 0); /* one message is at most 64 KiB, and so bounds it */
	r->servers = xcalloc(o->n_servers, sizeof(*r->servers));
	for (size_t i = 0; i < o->n_servers; i++) {
		struct server *s = &r->servers[i];

		server_init(s, r, loop, &o->servers[i], &r->o);
		s->flush.due = tries_flush;
		s->pool.message = tries_message;
		s->pool.refused = tries_refused;
	}
	return &r->source;
}

bool
resolver_stats(const struct source *source, size_t i, struct resolver_stats *out)
{
	const struct resolver *r = (const struct resolver *)source;

	if (i >= r->o.n_servers)
		return false;
	*out = r->servers[i].stats;
	out->dropped += r->servers[i].pool.strays;
	out->qps = r->servers[i].qps;
	return true;
}
