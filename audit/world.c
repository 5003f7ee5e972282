/* SPDX-License-Identifier: ISC */
/*
 * world.c - asks the sources in order, link by link.
 */
#include "audit/world.h"
#include <assert.h>
#include <stdlib.h>
#include "audit/memo.h"
#include "checks/core/arena.h"

#define MAX_SOURCES 16
#define FAILED_TTL_MS 30000u                /* a dead server is asked again after this */
#define COMPUTED_TTL_MS ((uint64_t)1 << 40) /* what was computed does not change */

struct world {
	struct loop *loop;
	struct source *sources[MAX_SOURCES];
	size_t n_sources;
	struct world *base; /* the state before a change; NULL = there is none */
	struct memo memo;
	bool now_set;
	time_t now;
	struct world_job *free_jobs;
	size_t n_jobs; /* under way */
};

/* One question on its way through the sources. */
struct world_job {
	struct ticket ticket; /* first: the link asked now */
	struct world *world;
	struct world_entry *entry;
	size_t source; /* that has the ticket */
	bool later;    /* the source will call back */
	struct name
	    *chain; /* room for MAX_CHAIN; NULL until a link is met: few questions have any */
	size_t n_chain;
	uint32_t ttl_s;         /* the least of the links walked */
	bool authoritative, ad; /* all of them */
	struct world_job *next_free;
};

static void link_done(struct ticket *t, struct answer *a);

struct world *
world_new(struct loop *loop)
{
	struct world *w = xcalloc(1, sizeof(*w));

	w->loop = loop;
	memo_init(&w->memo, MAX_CACHE_BYTES);
	return w;
}

void
world_free(struct world *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->memo.n_buckets; i++)
		for (struct world_entry *e = w->memo.buckets[i]; e != NULL; e = e->chain)
			if (e->job != NULL) {
				struct source *s = w->sources[e->job->source];

				if (s->ops->cancel != NULL)
					s->ops->cancel(s, &e->job->ticket);
				free(e->job->chain);
				free(e->job);
				e->job = NULL;
			}
	memo_free(&w->memo);
	while (w->free_jobs != NULL) {
		struct world_job *j = w->free_jobs;

		w->free_jobs = j->next_free;
		free(j->chain);
		free(j);
	}
	for (size_t i = 0; i < w->n_sources; i++)
		w->sources[i]->ops->free(w->sources[i]);
	free(w);
}

void
world_end(struct world *w)
{
	static struct world *ended; /* what is left stays in reach */

	if (w == NULL)
		return;
	if (w->n_jobs > 0 || ended != NULL) {
		world_free(w);
		return;
	}
	ended = w;
	for (size_t i = 0; i < w->n_sources; i++)
		w->sources[i]->ops->free(w->sources[i]);
	w->n_sources = 0;
}

void
world_add(struct world *w, struct source *s)
{
	assert(w->n_sources < MAX_SOURCES);
	w->sources[w->n_sources++] = s;
}

void
world_set_base(struct world *w, struct world *base)
{
	w->base = base;
}

void
world_set_now(struct world *w, time_t now)
{
	w->now_set = true;
	w->now = now;
}

static uint64_t
clock_ms(const struct world *w)
{
	return w->loop != NULL ? loop_now(w->loop) : 0;
}

static struct world_job *
job_new(struct world *w, struct world_entry *e)
{
	struct world_job *j = w->free_jobs;

	if (j != NULL) {
		w->free_jobs = j->next_free;
	} else {
		j = xmalloc(sizeof(*j));
		j->chain = NULL;
	}
	w->n_jobs++;
	question_copy(&j->ticket.q, e->q);
	j->ticket.done = link_done;
	j->ticket.source_data = NULL;
	j->world = w;
	j->entry = e;
	j->source = 0;
	j->later = false;
	j->n_chain = 0;
	j->ttl_s = UINT32_MAX;
	j->authoritative = j->ad = true;
	j->next_free = NULL;
	return j;
}

/* J is over: E has the answer A, and those who wait are told. */
static void
finish(struct world_job *j, struct answer *a)
{
	struct world *w = j->world;
	struct world_entry *e = j->entry;
	uint64_t ttl_ms = a->status == ANSWER_FAILED ? FAILED_TTL_MS : (uint64_t)a->ttl_s * 1000;
	struct waiter *wt = e->waiters;

	if (a->q.kind == ASK_SUFFIX || a->q.kind == ASK_KEY ||
	    (a->q.kind == ASK_RECEIVER && a->status == ANSWER_FOUND))
		ttl_ms = COMPUTED_TTL_MS;
	e->job = NULL;
	e->waiters = NULL;
	j->next_free = w->free_jobs;
	w->free_jobs = j;
	w->n_jobs--;
	answer_ref(a); /* the waiters' look at it outlives a drop by the cap */
	memo_keep(&w->memo, e, a, w->loop == NULL ? UINT64_MAX : clock_ms(w) + ttl_ms);
	while (wt != NULL) {
		struct waiter *next = wt->next;

		wt->entry = NULL;
		wt->next = NULL;
		wt->ready(wt, &a->q, a);
		wt = next;
	}
	answer_unref(a);
}

/* A as the answer to the question of J's entry, with the links walked before. */
static struct answer *
rewrite(const struct world_job *j, const struct answer *a)
{
	struct arena scratch;
	struct answer_draft d;
	struct answer *out;

	arena_init(&scratch, 0);
	draft_init(&d, &scratch, j->entry->q, a->status);
	d.a = *a;
	d.a.q = *j->entry->q;
	d.a.ttl_s = a->ttl_s < j->ttl_s ? a->ttl_s : j->ttl_s;
	d.a.authoritative = a->authoritative && j->authoritative;
	d.a.ad = a->ad && j->ad;
	for (size_t i = 0; i < j->n_chain; i++)
		draft_add_link(&d, &j->chain[i]);
	for (size_t i = 0; i < a->n_rr; i++) {
		struct rr *rr = draft_add_rr(&d, a->rr[i].type, a->rr[i].ttl_s, a->rr[i].data);

		if (rr != NULL)
			*rr = a->rr[i];
	}
	out = answer_finish(&d);
	arena_free(&scratch);
	return out;
}

/* The answer that ends J is A (takes the reference). */
static void
finish_link(struct world_job *j, struct answer *a)
{
	if (j->n_chain > a->n_chain || !question_eq(&a->q, j->entry->q)) {
		struct answer *whole = rewrite(j, a);

		answer_unref(a);
		a = whole;
	}
	finish(j, a);
}

static void
finish_failed(struct world_job *j, enum answer_cause cause)
{
	finish(j, answer_failed(j->entry->q, cause));
}

static bool
is_earlier_owned(const struct world *w, size_t before, const struct name *name)
{
	for (size_t i = 0; i < before; i++)
		if (w->sources[i]->ops->owns != NULL &&
		    w->sources[i]->ops->owns(w->sources[i], name))
			return true;
	return false;
}

/* Put TO behind the chain of J; false on a loop or too many links. */
static bool
add_link(struct world_job *j, const struct name *to)
{
	if (j->n_chain == MAX_CHAIN || name_eq(to, &j->entry->q->name))
		return false;
	for (size_t i = 0; i < j->n_chain; i++)
		if (name_eq(to, &j->chain[i]))
			return false;
	if (j->chain == NULL)
		j->chain = xcalloc(MAX_CHAIN, sizeof(*j->chain));
	j->chain[j->n_chain++] = *to;
	return true;
}

/*
 * Take the answer A of source J->source to the link asked.  True when the
 * chain goes on: the ticket then holds the next link.
 */
static bool
take_link(struct world_job *j, struct answer *a)
{
	struct world *w = j->world;
	bool goes_on;

	for (size_t i = j->source; i-- > 0;)
		if (w->sources[i]->ops->amend != NULL)
			a = w->sources[i]->ops->amend(w->sources[i], &j->ticket.q, a);
	if (a->q.kind != ASK_DNS) {
		finish(j, a);
		return false;
	}
	goes_on = a->status == ANSWER_FOUND && a->n_chain > 0 && a->n_rr == 0;
	for (size_t i = 0; i < a->n_chain; i++) {
		if (!add_link(j, &a->chain[i])) {
			answer_unref(a);
			finish_failed(j, CAUSE_CHAIN);
			return false;
		}
		if (is_earlier_owned(w, j->source, &a->chain[i])) {
			goes_on = true;
			break;
		}
	}
	if (!goes_on) {
		finish_link(j, a);
		return false;
	}
	j->ticket.q.name = j->chain[j->n_chain - 1];
	if (a->ttl_s < j->ttl_s)
		j->ttl_s = a->ttl_s;
	j->authoritative = j->authoritative && a->authoritative;
	j->ad = j->ad && a->ad;
	answer_unref(a);
	return true;
}

static enum answer_cause
cause_of_nobody(enum question_kind kind)
{
	return kind == ASK_NAMES ? CAUSE_NOT_LISTABLE : CAUSE_NOT_PROVIDED;
}

/* Ask the sources until one takes the link; go on along the chain. */
static void
walk(struct world_job *j)
{
	struct world *w = j->world;
	size_t i = 0;

	while (i < w->n_sources) {
		struct answer *a = NULL;

		j->source = i;
		switch (w->sources[i]->ops->ask(w->sources[i], &j->ticket, &a)) {
		case SOURCE_NOT_MINE:
			i++;
			break;
		case SOURCE_LATER:
			j->later = true;
			return;
		case SOURCE_ANSWERED:
			if (!take_link(j, a))
				return;
			i = 0;
			break;
		}
	}
	j->source = w->n_sources;
	/* nobody: an edit may still know */
	if (take_link(j, answer_failed(&j->ticket.q, cause_of_nobody(j->ticket.q.kind))))
		walk(j);
}

static void
link_done(struct ticket *t, struct answer *a)
{
	struct world_job *j = (struct world_job *)t;

	j->later = false;
	if (take_link(j, a))
		walk(j);
}

static struct answer *
answer_now(const struct world *w, const struct question *q)
{
	struct answer_draft d;

	draft_init(&d, NULL, q, ANSWER_FOUND);
	d.a.now = w->now_set ? w->now : time(NULL);
	return answer_finish(&d);
}

/*
 * Q, which holds a message: it is asked once, so keeping it would only cost its
 * size.  Who answers it answers at once.
 */
static const struct answer *
ask_unkept(struct world *w, const struct question *q)
{
	struct ticket t = { .q = *q };
	struct answer *a = NULL;

	for (size_t i = 0; i < w->n_sources; i++)
		if (w->sources[i]->ops->ask(w->sources[i], &t, &a) == SOURCE_ANSWERED)
			return a;
	return answer_failed(q, CAUSE_NOT_PROVIDED);
}

/* Q, about the state before a change: there it is a question like any other. */
static const struct answer *
ask_base(struct world *w, const struct question *q, struct waiter *wt)
{
	struct question plain;

	if (w->base == NULL)
		return answer_failed(q, CAUSE_NOT_PROVIDED);
	question_copy(&plain, q);
	plain.base = false;
	return world_ask(w->base, &plain, wt);
}

const struct answer *
world_ask(struct world *w, const struct question *q, struct waiter *wt)
{
	struct world_entry *e;

	if (q->base)
		return ask_base(w, q, wt);
	if (q->kind == ASK_NOW)
		return answer_now(w, q);
	if (q->kind == ASK_VERIFY)
		return ask_unkept(w, q);
	e = memo_find(&w->memo, q, clock_ms(w));
	if (e == NULL) {
		e = memo_add(&w->memo, q);
		e->job = job_new(w, e);
		walk(e->job);
	}
	if (e->answer != NULL)
		return answer_ref(e->answer);
	wt->entry = e;
	wt->next = e->waiters;
	e->waiters = wt;
	return NULL;
}

/* Nobody waits for E any more: its question need not be answered. */
static void
abandon(struct world_entry *e)
{
	struct world_job *j = e->job;
	struct world *w;
	struct source *s;

	if (j == NULL || !j->later)
		return;
	w = j->world; /* that, or its base */
	s = w->sources[j->source];
	if (s->ops->cancel == NULL)
		return;
	s->ops->cancel(s, &j->ticket);
	j->next_free = w->free_jobs;
	w->free_jobs = j;
	w->n_jobs--;
	memo_drop(&w->memo, e);
}

void
world_cancel(struct world *w, struct waiter *wt)
{
	struct world_entry *e = wt->entry;
	struct waiter **at;

	(void)w; /* E knows which world it is of: that or its base */
	if (e == NULL)
		return;
	at = &e->waiters;
	while (*at != wt)
		at = &(*at)->next;
	*at = wt->next;
	wt->entry = NULL;
	if (e->waiters == NULL)
		abandon(e);
}

uint64_t
world_wait_ms(const struct world *w)
{
	uint64_t most = w->base != NULL ? world_wait_ms(w->base) : 0;

	for (size_t i = 0; i < w->n_sources; i++) {
		const struct source *s = w->sources[i];
		uint64_t ms = s->ops->wait_ms != NULL ? s->ops->wait_ms(s) : 0;

		if (ms > most)
			most = ms;
	}
	return most;
}
