/* SPDX-License-Identifier: ISC */
/*
 * pinned.c - a table of answers that only grows.
 *
 * A world's cache counts the bytes of an answer in its own account, so each world
 * is given a copy.
 */
#include "audit/sources/pinned.h"
#include <stdlib.h>
#include "checks/core/arena.h"

#define FIRST_BUCKETS 1024

struct pin {
	uint64_t hash;
	const struct answer *answer;
	struct pin *chain; /* next in the bucket */
};

struct pinned {
	struct world *rest;
	struct pin **buckets;
	size_t n_buckets, n;
};

struct pinned_source {
	struct source source; /* first, as source.h wants */
	struct pinned *p;
};

/* A ticket whose question REST has yet to answer. */
struct held {
	struct waiter waiter; /* first */
	struct pinned *p;
	struct ticket *ticket;
};

struct pinned *
pinned_new(struct world *rest)
{
	struct pinned *p = xcalloc(1, sizeof(*p));

	p->rest = rest;
	p->n_buckets = FIRST_BUCKETS;
	p->buckets = xcalloc(p->n_buckets, sizeof(struct pin *));
	return p;
}

void
pinned_free(struct pinned *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->n_buckets; i++)
		while (p->buckets[i] != NULL) {
			struct pin *e = p->buckets[i];

			p->buckets[i] = e->chain;
			answer_unref(e->answer);
			free(e);
		}
	free(p->buckets);
	free(p);
}

static struct pin **
bucket(const struct pinned *p, uint64_t hash)
{
	return &p->buckets[hash & (p->n_buckets - 1)];
}

static const struct answer *
find(const struct pinned *p, const struct question *q)
{
	uint64_t hash = question_hash(q);

	for (const struct pin *e = *bucket(p, hash); e != NULL; e = e->chain)
		if (e->hash == hash && question_eq(&e->answer->q, q))
			return e->answer;
	return NULL;
}

static void
grow(struct pinned *p)
{
	struct pin **old = p->buckets;
	size_t n_old = p->n_buckets;

	if (p->n < n_old)
		return;
	p->n_buckets = n_old * 2;
	p->buckets = xcalloc(p->n_buckets, sizeof(struct pin *));
	for (size_t i = 0; i < n_old; i++)
		while (old[i] != NULL) {
			struct pin *e = old[i], **to = bucket(p, e->hash);

			old[i] = e->chain;
			e->chain = *to;
			*to = e;
		}
	free(old);
}

/* Keep A, unless its question has an answer: that one stands. */
static const struct answer *
keep(struct pinned *p, const struct answer *a)
{
	const struct answer *first = find(p, &a->q);
	struct pin *e, **to;

	if (first != NULL)
		return first;
	grow(p);
	e = xmalloc(sizeof(*e));
	e->hash = question_hash(&a->q);
	e->answer = answer_ref(a);
	to = bucket(p, e->hash);
	e->chain = *to;
	*to = e;
	p->n++;
	return a;
}

static struct answer *
copy(const struct answer *a)
{
	struct arena scratch;
	struct answer_draft d;
	struct answer *out;

	arena_init(&scratch, 0);
	draft_init(&d, &scratch, &a->q, a->status);
	d.a = *a;
	for (size_t i = 0; i < a->n_chain; i++)
		draft_add_link(&d, &a->chain[i]);
	for (size_t i = 0; i < a->n_rr; i++) {
		struct rr *rr = draft_add_rr(&d, a->rr[i].type, a->rr[i].ttl_s, a->rr[i].data);

		if (rr != NULL)
			*rr = a->rr[i]; /* with its place in a file */
	}
	out = answer_finish(&d);
	arena_free(&scratch);
	return out;
}

static void
held_ready(struct waiter *w, const struct question *q, const struct answer *a)
{
	struct held *h = (struct held *)w;
	struct ticket *t = h->ticket;
	struct answer *mine = copy(keep(h->p, a));

	(void)q;
	t->source_data = NULL;
	free(h);
	t->done(t, mine);
}

static enum source_reply
pinned_ask(struct source *s, struct ticket *t, struct answer **out)
{
	struct pinned *p = ((struct pinned_source *)s)->p;
	const struct answer *a = find(p, &t->q);
	struct held *h;

	if (a != NULL) {
		*out = copy(a);
		return SOURCE_ANSWERED;
	}
	h = xcalloc(1, sizeof(*h));
	h->waiter.ready = held_ready;
	h->p = p;
	h->ticket = t;
	a = world_ask(p->rest, &t->q, &h->waiter);
	if (a == NULL) {
		t->source_data = h;
		return SOURCE_LATER;
	}
	free(h);
	if (t->q.kind == ASK_VERIFY) { /* a message, asked once and kept nowhere */
		*out = (struct answer *)(uintptr_t)a;
		return SOURCE_ANSWERED;
	}
	*out = copy(keep(p, a));
	answer_unref(a);
	return SOURCE_ANSWERED;
}

static void
pinned_cancel(struct source *s, struct ticket *t)
{
	struct held *h = t->source_data;

	(void)s;
	world_cancel(h->p->rest, &h->waiter);
	t->source_data = NULL;
	free(h);
}

static uint64_t
pinned_wait_ms(const struct source *s)
{
	return world_wait_ms(((const struct pinned_source *)s)->p->rest);
}

static void
pinned_source_free(struct source *s)
{
	free(s);
}

struct source *
pinned_source(struct pinned *p)
{
	static const struct source_ops ops = {
		.name = "pinned",
		.ask = pinned_ask,
		.cancel = pinned_cancel,
		.wait_ms = pinned_wait_ms,
		.free = pinned_source_free,
	};
	struct pinned_source *s = xcalloc(1, sizeof(*s));

	s->source.ops = &ops;
	s->p = p;
	return &s->source;
}
