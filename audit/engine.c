/* SPDX-License-Identifier: ISC */
/*
 * engine.c - many subjects in flight on one thread.
 *
 * A subject is run, waits for the answers it asked for, and is run again from
 * the start.  Nothing a run derived survives it but the answers.
 */
#include "audit/engine.h"
#include <setjmp.h>
#include <stdlib.h>
#include "audit/error.h"

#define MAX_KEPT_ROOM ((size_t)1 << 20)  /* a run that needed more gives it back to the system */
#define ARENA_RESERVE ((size_t)64 << 10) /* to say audit-limit when the arena is full */

struct engine;

/* One question a subject waits for. */
struct pending {
	struct waiter waiter; /* first: the world hands it back */
	struct run *run;
	size_t entry; /* of the inquiry */
	struct pending *prev, *next;
};

/* One subject in flight. */
struct run {
	struct engine *engine;
	size_t index;
	struct subject subject;
	struct arena own;   /* the subject's data */
	struct arena arena; /* of one run; between runs the engine has its room */
	struct inquiry q;
	struct findings findings;
	struct facts facts;
	struct pending *pending;
	struct loop_timer deadline;
	uint64_t started_ms;
	const char *limit; /* the bound that was passed; NULL = none */
	uint64_t ran;
	unsigned runs, rounds;
	bool expired; /* the deadline is over: nothing more is asked */
	bool ready;   /* stands in the queue */
	struct run *next_ready;
	struct run *prev, *next; /* of all in flight */
};

struct engine {
	struct world *world;
	struct loop *loop;
	const struct engine_options *o;
	const struct engine_feed *feed;
	struct run *all;
	struct run *ready, **last_ready;
	struct arena room; /* for the next run: one at a time needs any */
	size_t n_active, n_started;
	struct run **ring; /* finished, waiting for earlier ones: by index modulo in flight */
	size_t in_flight, n_finished;
};

static void
make_ready(struct run *r)
{
	struct engine *e = r->engine;

	if (r->ready)
		return;
	r->ready = true;
	r->next_ready = NULL;
	*e->last_ready = r;
	e->last_ready = &r->next_ready;
}

static struct run *
take_ready(struct engine *e)
{
	struct run *r = e->ready;

	if (r == NULL)
		return NULL;
	e->ready = r->next_ready;
	if (e->ready == NULL)
		e->last_ready = &e->ready;
	r->ready = false;
	return r;
}

/* Milliseconds since R started. */
static uint32_t
age_ms(const struct run *r)
{
	return r->engine->loop != NULL ? (uint32_t)(loop_now(r->engine->loop) - r->started_ms) : 0;
}

static void
drop_pending(struct pending *p)
{
	*(p->prev != NULL ? &p->prev->next : &p->run->pending) = p->next;
	if (p->next != NULL)
		p->next->prev = p->prev;
	free(p);
}

static void
on_answer(struct waiter *w, const struct question *q, const struct answer *a)
{
	struct pending *p = (struct pending *)w;
	struct run *r = p->run;
	struct inquiry_entry *e = &r->q.entries[p->entry];

	e->took_ms = age_ms(r) - e->asked_ms;
	drop_pending(p);
	if (inquiry_deliver(&r->q, q, answer_ref(a)))
		make_ready(r);
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
	p = xcalloc(1, sizeof(*p));
	p->waiter.ready = on_answer;
	p->run = r;
	p->entry = r->q.n - 1;
	if ((a = world_ask(r->engine->world, q, &p->waiter)) != NULL) {
		free(p);
		return a;
	}
	if (r->expired) { /* no timer would end this wait */
		world_cancel(r->engine->world, &p->waiter);
		free(p);
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
			(void)inquiry_deliver(&r->q, &r->q.entries[i].q,
			    answer_failed(&r->q.entries[i].q, CAUSE_TIMEOUT));
	make_ready(r);
}

/* Run C over R's subject; false = it passed a bound and did not end. */
static bool
run_check(struct run *r, const struct check *c)
{
	struct audit au = {
		.subject = &r->subject,
		.q = &r->q,
		.arena = &r->arena,
		.findings = &r->findings,
		.facts = &r->facts,
	};
	jmp_buf limit;

	inquiry_check(&r->q, c->name);
	r->arena.limit = &limit;
	if (setjmp(limit) == 0) {
		c->run(&au);
		r->arena.limit = NULL;
		return true;
	}
	r->limit = r->q.over ? "questions" : "memory";
	r->arena.limit = NULL;
	return false;
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
	arena_free(&r->arena);
	r->arena = r->engine->room;
	r->arena.max = MAX_ARENA;
	arena_init(&r->engine->room, 0);
}

static void
return_room(struct run *r)
{
	struct engine *e = r->engine;

	if (e->room.first == NULL && r->arena.used <= MAX_KEPT_ROOM) {
		e->room = r->arena;
		arena_init(&r->arena, 0);
	} else {
		arena_free(&r->arena);
	}
}

/* Each wanted check once; RAN: those that had all they asked for. */
static void
run_all(struct run *r)
{
	const struct engine_options *o = r->engine->o;
	const struct check *list = o->checks != NULL ? o->checks : checks;
	size_t n = o->checks != NULL ? o->n_checks : n_checks;
	bool met_pending = false;

	inquiry_begin(&r->q);
	arena_reset(&r->arena);
	findings_reset(&r->findings);
	r->facts = (struct facts){ .spf = NULL };
	r->limit = NULL;
	r->ran = 0;
	r->runs++;
	if (r->pending == NULL)
		r->rounds++;
	for (size_t i = 0; i < n; i++) {
		bool ended;

		if (!is_wanted(r, &list[i]))
			continue;
		r->q.met_pending = false;
		ended = run_check(r, &list[i]);
		if (ended && !r->q.met_pending)
			r->ran |= UINT64_C(1) << i;
		met_pending = met_pending || r->q.met_pending;
	}
	r->q.met_pending = met_pending;
}

static void
add_assumption(struct run *r, const char *before, const struct name *n)
{
	struct buf b;
	struct str *list;

	list = arena_array(&r->arena, r->facts.n_assumptions + 1, sizeof(*list));
	for (size_t i = 0; i < r->facts.n_assumptions; i++)
		list[i] = r->facts.assumptions[i];
	buf_init(&b, MAX_NAME_TEXT + 100);
	buf_adds(&b, before);
	name_print(&b, n);
	list[r->facts.n_assumptions++] = arena_str(&r->arena, buf_str(&b));
	r->facts.assumptions = list;
	buf_free(&b);
}

/* What was taken for granted, so that the reader can object. */
static void
add_assumptions(struct run *r)
{
	const struct subject *s = &r->subject;

	/* a message says itself who sent it */
	if (!name_is_set(&s->domain) || s->message != NULL)
		return;
	if (s->n_senders > 0 || s->role != ROLE_MAIL)
		return; /* the configuration says who sends, and as whom */
	if (!s->mail_from_given)
		add_assumption(r, "MAIL FROM taken as ", &s->domain);
	if (!name_is_set(&s->from))
		add_assumption(r, "From taken as ", &s->domain);
}

/* A bound was passed: say so beside what was found up to there. */
static void
add_limit(struct run *r)
{
	struct finding *f;

	r->arena.max += ARENA_RESERVE;
	if (r->limit == NULL && r->findings.over)
		r->limit = "findings";
	if (r->limit == NULL)
		return;
	if (r->findings.n >= MAX_FINDINGS)
		r->findings.n = MAX_FINDINGS - 1;
	f = name_is_set(&r->subject.domain)
		? finding_add(&r->findings, RULE_AUDIT_LIMIT, &r->subject.domain)
		: finding_add_text(&r->findings, RULE_AUDIT_LIMIT, STR("the address"));
	finding_text(&r->findings, f, "limit", str_of(r->limit));
}

/* Whatever R waits for comes no more. */
static void
settle(struct run *r)
{
	cancel_all(r);
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
	inquiry_free(&r->q);
	findings_free(&r->findings);
	return_room(r);
	arena_free(&r->own);
	free(r);
	e->n_active--;
}

/* Hand R's result over and free it. */
static void
tell(struct run *r)
{
	struct engine *e = r->engine;
	struct engine_result res;

	add_limit(r);
	add_assumptions(r);
	res = (struct engine_result){ .index = r->index,
		.subject = &r->subject,
		.findings = r->findings.first,
		.facts = &r->facts,
		.q = &r->q,
		.ran = r->ran,
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
	run_all(r);
	if (last && r->q.met_pending)
		r->limit = "rounds of dependent questions";
	if (last || !r->q.met_pending) {
		finish(r);
		return;
	}
	return_room(r);
	if (r->pending == NULL)
		make_ready(r); /* all came while it ran */
}

static enum feed_reply
start_one(struct engine *e)
{
	struct run *r = xcalloc(1, sizeof(*r));
	enum feed_reply reply;

	arena_init(&r->own, 0);
	reply = e->feed->next(e->feed->ctx, &r->subject, &r->own);
	if (reply != FEED_ONE) {
		arena_free(&r->own);
		free(r);
		return reply;
	}
	r->engine = e;
	r->index = e->n_started++;
	arena_init(&r->arena, MAX_ARENA);
	inquiry_init(&r->q, on_ask, r, &r->arena);
	findings_init(&r->findings, &r->arena);
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
	make_ready(r);
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
 * Begin what there is room for, and run what is ready.  Only without room, or
 * without a subject to begin, there is nothing left to do but wait.
 */
static enum feed_reply
work(struct engine *e, enum feed_reply more)
{
	struct run *r;
	size_t begun = 0;

	if (more == FEED_LATER)
		more = FEED_ONE; /* perhaps by now */
	do {
		if (more == FEED_ONE && has_room(e))
			more = start_one(e);
		while ((r = take_ready(e)) != NULL)
			turn(r);
		begun++;
	} while (more == FEED_ONE && begun < e->in_flight && has_room(e));
	return more;
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
	e.last_ready = &e.ready;
	for (;;) {
		size_t before = e.n_finished;
		bool room;

		more = work(&e, more);
		if (more == FEED_END && e.n_active == 0)
			break;
		/* Whoever had none may have changed its mind by what came out. */
		room = has_room(&e) &&
		       (more == FEED_ONE || (more == FEED_LATER && e.n_finished != before));
		if (loop == NULL && !room)
			abort(); /* a source or feed without loop that answers later is a bug */
		/* Those that wait for an answer get it while others need none. */
		if (loop != NULL && (rc = loop_once(loop, room ? 0 : -1)) != AUDIT_OK)
			break;
	}
	for (struct run *r = e.all, *next; r != NULL; r = next) { /* only after a failure */
		next = r->next;
		free_run(r);
	}
	arena_free(&e.room);
	free(e.ring);
	return rc;
}
