/* SPDX-License-Identifier: ISC */
/*
 * engine.c - many subjects in flight on one thread.
 *
 * A check is run, waits for the answers it asked for, and is run again from
 * the start.  Nothing survives of a run that met a pending answer but the
 * answers; of the run that met none all does, and it was the last.
 */
#include "audit/engine.h"
#include <stdlib.h>
#include "audit/checkup.h"
#include "audit/error.h"

#define MAX_KEPT_ROOM ((size_t)256 << 10) /* a subject that needed more gives it back */
#define MAX_KEPT_QUESTIONS 256            /* as above */
#define MAX_ROOMS 64                      /* kept for subjects to come */
#define BUSY_SUBJECTS 32 /* so many keep a processor busy where answers take no time */
#define MAX_LATE_MS 10   /* a check that could go on waits for the rest of its answers so long */

struct engine;

/* One question a subject waits for. */
struct pending {
	struct waiter waiter; /* first: the world hands it back */
	struct run *run;
	size_t entry; /* of the inquiry */
	struct pending *prev, *next;
};

enum queue_name { QUEUE_READY, QUEUE_PART, QUEUES, QUEUE_NONE };

/* One subject in flight. */
struct run {
	struct engine *engine;
	size_t index;
	struct subject subject;
	struct arena own; /* the subject's data */
	struct inquiry q;
	struct checkup c; /* between turns the engine has its arena, unless it is in use */
	struct pending *pending;
	struct loop_timer deadline;
	uint64_t started_ms;
	unsigned runs, rounds;
	bool expired;          /* the deadline is over: nothing more is asked */
	enum queue_name queue; /* where it stands */
	uint64_t queued_ms;
	struct run *next_ready;
	struct run *prev, *next; /* of all in flight */
};

struct queue {
	struct run *first, **last;
};

struct engine {
	struct world *world;
	struct loop *loop;
	const struct engine_options *o;
	const struct engine_feed *feed;
	const struct check *checks;
	size_t n_checks;
	struct run *all;
	/* Those with a check that has all it asked for, and those with one that has some of it. */
	struct queue queue[QUEUES];
	struct arena rooms[MAX_ROOMS]; /* for subjects that need one */
	size_t n_rooms;
	struct run *spare; /* with the room of their inquiries, for subjects to come */
	struct pending *spare_pending;
	size_t n_active, n_started;
	struct run **ring; /* finished, waiting for earlier ones: by index modulo in flight */
	size_t in_flight, n_finished;
};

static void
queue_add(struct run *r, enum queue_name where)
{
	struct queue *q = &r->engine->queue[where];

	r->queue = where;
	r->next_ready = NULL;
	*q->last = r;
	q->last = &r->next_ready;
}

static void
queue_remove(struct run *r)
{
	struct queue *q = &r->engine->queue[r->queue];
	struct run **at = &q->first;

	while (*at != r)
		at = &(*at)->next_ready;
	*at = r->next_ready;
	if (*at == NULL)
		q->last = at;
	r->queue = QUEUE_NONE;
}

/* The checks that wait for an answer which is not here yet. */
static uint64_t
waiting(const struct run *r)
{
	uint64_t bits = 0;

	for (const struct pending *p = r->pending; p != NULL; p = p->next)
		bits |= r->q.entries[p->entry].asked_by;
	return bits;
}

/*
 * R has news: queue it if a check can go on.  One that has some of its answers
 * and waits for others could, but most often the others are a moment away.
 */
static void
make_ready(struct run *r)
{
	uint64_t able = r->c.left & r->c.news;

	if (able == 0 || r->queue == QUEUE_READY)
		return;
	if ((able & ~waiting(r)) != 0) {
		if (r->queue == QUEUE_PART)
			queue_remove(r);
		queue_add(r, QUEUE_READY);
	} else if (r->queue == QUEUE_NONE) {
		r->queued_ms = r->engine->loop != NULL ? loop_now(r->engine->loop) : 0;
		queue_add(r, QUEUE_PART);
	}
}

static struct run *
take(struct engine *e, enum queue_name where)
{
	struct run *r = e->queue[where].first;

	if (r != NULL)
		queue_remove(r);
	return r;
}

/* Milliseconds since R started. */
static uint32_t
age_ms(const struct run *r)
{
	return r->engine->loop != NULL ? (uint32_t)(loop_now(r->engine->loop) - r->started_ms) : 0;
}

static void on_answer(struct waiter *w, const struct question *q, const struct answer *a);

static struct pending *
new_pending(struct run *r)
{
	struct pending *p = r->engine->spare_pending;

	if (p != NULL)
		r->engine->spare_pending = p->next;
	else
		p = xmalloc(sizeof(*p));
	*p = (struct pending){ .waiter = { .ready = on_answer }, .run = r, .entry = r->q.n - 1 };
	return p;
}

static void
free_pending(struct pending *p)
{
	struct engine *e = p->run->engine;

	p->next = e->spare_pending;
	e->spare_pending = p;
}

static void
drop_pending(struct pending *p)
{
	*(p->prev != NULL ? &p->prev->next : &p->run->pending) = p->next;
	if (p->next != NULL)
		p->next->prev = p->prev;
	free_pending(p);
}

static void
on_answer(struct waiter *w, const struct question *q, const struct answer *a)
{
	struct pending *p = (struct pending *)w;
	struct run *r = p->run;
	size_t at = p->entry;
	struct inquiry_entry *e = &r->q.entries[at];

	e->took_ms = age_ms(r) - e->asked_ms;
	(void)q;
	drop_pending(p);
	if (inquiry_answer(&r->q, at, answer_ref(a))) {
		r->c.news |= r->q.entries[at].asked_by;
		make_ready(r);
	}
}

static const struct answer *
on_ask(void *ctx, const struct question *q)
{
	struct run *r = ctx;
	struct pending *p;
	const struct answer *a;

	if (r->expired && q->kind == ASK_DNS)
		return answer_failed(q, CAUSE_TIMEOUT);
	r->q.entries[r->q.n - 1].asked_ms = age_ms(r);
	p = new_pending(r);
	if ((a = world_ask(r->engine->world, q, &p->waiter)) != NULL) {
		free_pending(p);
		return a;
	}
	if (r->expired) { /* no timer would end this wait */
		world_cancel(r->engine->world, &p->waiter);
		free_pending(p);
		return answer_failed(q, CAUSE_TIMEOUT);
	}
	p->next = r->pending;
	if (p->next != NULL)
		p->next->prev = p;
	r->pending = p;
	return NULL;
}

/* Whatever R still waits for, it waits no more. */
static void
cancel_all(struct run *r)
{
	struct pending *next;

	for (struct pending *p = r->pending; p != NULL; p = next) {
		next = p->next;
		world_cancel(r->engine->world, &p->waiter);
		drop_pending(p);
	}
}

static void
on_deadline(struct loop_timer *t)
{
	struct run *r = (struct run *)((char *)t - offsetof(struct run, deadline));

	cancel_all(r);
	r->expired = true;
	for (size_t i = 0; i < r->q.n; i++)
		if (r->q.entries[i].answer == NULL)
			(void)inquiry_answer(
			    &r->q, i, answer_failed(&r->q.entries[i].q, CAUSE_TIMEOUT));
	r->c.news = UINT64_MAX;
	make_ready(r);
}

static bool
is_wanted(const struct run *r, const struct check *c)
{
	const struct engine_options *o = r->engine->o;

	if (o->wanted != NULL && !o->wanted(o->wanted_ctx, c))
		return false;
	return c->applies != NULL ? c->applies(&r->subject) : name_is_set(&r->subject.domain);
}

/* Give R room to run in / take it back: what is in it is over. */
static void
lend_room(struct run *r)
{
	struct engine *e = r->engine;

	if (r->c.arena.first != NULL || e->n_rooms == 0)
		return;
	r->c.arena = e->rooms[--e->n_rooms];
	arena_reset(&r->c.arena);
	r->c.arena.max = MAX_ARENA;
}

static void
return_room(struct run *r)
{
	struct engine *e = r->engine;

	if (r->c.arena.first == NULL)
		return;
	if (e->n_rooms < MAX_ROOMS && r->c.arena.used <= MAX_KEPT_ROOM)
		e->rooms[e->n_rooms++] = r->c.arena;
	else
		arena_free(&r->c.arena);
	arena_init(&r->c.arena, MAX_ARENA);
}

/* Whatever R waits for comes no more. */
static void
settle(struct run *r)
{
	cancel_all(r);
	if (r->queue != QUEUE_NONE)
		queue_remove(r);
	if (r->engine->loop != NULL)
		loop_unset(r->engine->loop, &r->deadline);
}

static void
free_run(struct run *r)
{
	struct engine *e = r->engine;

	settle(r);
	*(r->prev != NULL ? &r->prev->next : &e->all) = r->next;
	if (r->next != NULL)
		r->next->prev = r->prev;
	if (r->q.cap > MAX_KEPT_QUESTIONS)
		inquiry_free(&r->q);
	else
		inquiry_reset(&r->q);
	return_room(r);
	checkup_free(&r->c);
	arena_free(&r->own);
	r->next = e->spare; /* at most as many as were in flight */
	e->spare = r;
	e->n_active--;
}

/* A run for a subject to come, all of it zero but the room of its inquiry. */
static struct run *
new_run(struct engine *e)
{
	struct run *r = e->spare;
	struct inquiry q;

	if (r == NULL)
		return xcalloc(1, sizeof(*r));
	e->spare = r->next;
	q = r->q;
	*r = (struct run){ .q = q };
	return r;
}

/* What was kept for subjects to come. */
static void
free_spares(struct engine *e)
{
	while (e->n_rooms > 0)
		arena_free(&e->rooms[--e->n_rooms]);
	for (struct run *r = e->spare, *next; r != NULL; r = next) {
		next = r->next;
		inquiry_free(&r->q);
		free(r);
	}
	for (struct pending *p = e->spare_pending, *next; p != NULL; p = next) {
		next = p->next;
		free(p);
	}
}

/* Hand R's result over and free it. */
static void
tell(struct run *r)
{
	struct engine *e = r->engine;
	struct engine_result res;

	checkup_end(&r->c);
	res = (struct engine_result){ .index = r->index,
		.subject = &r->subject,
		.findings = r->c.findings.first,
		.facts = &r->c.facts,
		.q = &r->q,
		.ran = r->c.ran,
		.runs = r->runs };
	e->feed->done(e->feed->ctx, &res);
	free_run(r);
	e->n_finished++;
}

/*
 * R is judged.  What was asked ahead and not needed, and the deadline, must
 * not wake it while it waits for its turn to be told.
 */
static void
finish(struct run *r)
{
	struct engine *e = r->engine;

	settle(r);
	if (!e->o->in_order) {
		tell(r);
		return;
	}
	e->ring[r->index % e->in_flight] = r;
	while (e->n_active > 0 && (r = e->ring[e->n_finished % e->in_flight]) != NULL) {
		e->ring[e->n_finished % e->in_flight] = NULL;
		tell(r);
	}
}

static void
turn(struct run *r)
{
	bool last = r->rounds >= MAX_RUNS && r->pending == NULL;

	lend_room(r);
	r->runs++;
	if (r->pending == NULL)
		r->rounds++;
	checkup_turn(&r->c, waiting(r), last);
	if (r->c.left == 0) {
		finish(r);
		return;
	}
	if (r->c.arena.used == 0)
		return_room(r);
	make_ready(r); /* what came while it ran */
}

/* The checks that look at R's subject. */
static uint64_t
all_wanted(const struct run *r)
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < r->engine->n_checks; i++)
		if (is_wanted(r, &r->engine->checks[i]))
			bits |= UINT64_C(1) << i;
	return bits;
}

static enum feed_reply
start_one(struct engine *e)
{
	struct run *r = new_run(e);
	enum feed_reply reply;

	arena_init(&r->own, 0);
	reply = e->feed->next(e->feed->ctx, &r->subject, &r->own);
	if (reply != FEED_ONE) {
		arena_free(&r->own);
		r->next = e->spare;
		e->spare = r;
		return reply;
	}
	r->engine = e;
	r->index = e->n_started++;
	r->q.ask = on_ask;
	r->q.ctx = r;
	r->q.arena = &r->c.arena;
	checkup_init(&r->c, &r->subject, &r->q, e->checks, e->n_checks);
	r->c.left = r->c.wanted = all_wanted(r);
	r->queue = QUEUE_NONE;
	r->started_ms = e->loop != NULL ? loop_now(e->loop) : 0;
	if (e->loop != NULL && e->o->timeout_ms > 0) {
		r->deadline.due = on_deadline;
		loop_set(e->loop, &r->deadline, loop_now(e->loop) + e->o->timeout_ms);
	}
	r->next = e->all;
	if (r->next != NULL)
		r->next->prev = r;
	e->all = r;
	e->n_active++;
	queue_add(r, QUEUE_READY);
	return FEED_ONE;
}

/*
 * Whether one more may begin.  Where a rate limit of ours is what everybody
 * waits for, more in flight would only let all of them run out of time.
 */
static bool
has_room(const struct engine *e)
{
	if (e->n_active == 0 || e->n_active >= e->in_flight)
		return e->n_active == 0;
	return e->o->timeout_ms == 0 ||
	       world_wait_ms(e->world) <= e->o->timeout_ms / MAX_QUEUE_SHARE;
}

/*
 * How many may begin in this turn.  Where answers come as fast as they are dealt
 * with, more in flight would only crowd each other out of the processor's caches:
 * beyond what keeps it busy one begins a turn while a good part of the time goes by
 * waiting.
 */
static size_t
most_begun(const struct engine *e)
{
	if (e->n_active < BUSY_SUBJECTS)
		return BUSY_SUBJECTS - e->n_active;
	return e->loop != NULL && loop_is_idle(e->loop) ? 1 : 0;
}

/*
 * Begin what there is room for, and run what is ready.  Only without room, or
 * without a subject to begin, there is nothing left to do but wait.
 */
static enum feed_reply
work(struct engine *e, enum feed_reply more)
{
	size_t most = most_begun(e);
	struct run *r;

	if (more == FEED_LATER)
		more = FEED_ONE; /* perhaps by now */
	for (size_t begun = 0;; begun++) {
		while ((r = take(e, QUEUE_READY)) != NULL)
			turn(r);
		if (more != FEED_ONE || begun == most || !has_room(e))
			return more;
		more = start_one(e);
	}
}

/*
 * Those that have some of their answers go on when nobody else has anything to
 * do, and at the latest after MAX_LATE_MS.
 */
static void
work_late(struct engine *e)
{
	struct run *r = e->queue[QUEUE_PART].first;

	if (r == NULL ||
	    (e->queue[QUEUE_READY].first != NULL && loop_now(e->loop) < r->queued_ms + MAX_LATE_MS))
		return;
	while ((r = take(e, QUEUE_PART)) != NULL)
		turn(r);
}

int
engine_run(struct world *w, struct loop *loop, const struct engine_options *o,
    const struct engine_feed *feed)
{
	struct engine e = { .world = w, .loop = loop, .o = o, .feed = feed };
	enum feed_reply more = FEED_ONE;
	int rc = AUDIT_OK;

	e.in_flight = o->in_flight > 0 ? o->in_flight : 1;
	e.ring = xcalloc(e.in_flight, sizeof(struct run *));
	for (size_t i = 0; i < QUEUES; i++)
		e.queue[i].last = &e.queue[i].first;
	e.checks = o->checks != NULL ? o->checks : checks;
	e.n_checks = o->checks != NULL ? o->n_checks : n_checks;
	for (;;) {
		size_t before = e.n_finished;
		bool room;

		more = work(&e, more);
		if (more == FEED_END && e.n_active == 0)
			break;
		/* Whoever had none may have changed its mind by what came out. */
		room = has_room(&e) && most_begun(&e) > 0 &&
		       (more == FEED_ONE || (more == FEED_LATER && e.n_finished != before));
		if (loop == NULL && !room)
			abort(); /* a source or feed without loop that answers later is a bug */
		/* Those that wait for an answer get it while others need none. */
		if (e.queue[QUEUE_PART].first != NULL)
			room = true;
		if (loop != NULL && (rc = loop_once(loop, room ? 0 : -1)) != AUDIT_OK)
			break;
		work_late(&e);
	}
	for (struct run *r = e.all, *next; r != NULL; r = next) { /* only after a failure */
		next = r->next;
		free_run(r);
	}
	free_spares(&e);
	free(e.ring);
	return rc;
}
