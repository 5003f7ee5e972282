/* SPDX-License-Identifier: ISC */
/*
 * rounds.c - lanes of questions to servers.
 *
 * A lane is one server of one domain, with a few questions under way.  Servers with one
 * address share one resolver, so that its limit of queries holds for them together.
 */
#include "audit/serving/rounds.h"
#include <assert.h>
#include "audit/error.h"
#include "audit/sources/resolver.h"

#define SLOTS 16           /* questions under way in a lane: enough for 300 a second at 50 ms */
#define SERVER_TRIES 2     /* 1 + 2 s; the next round asks again */
#define LAST_ROUND_MS 4000 /* for a round that begins when the time is over */
#define MAX_KEPT_BYTES ((size_t)16 << 20) /* of what a server serves that is not in the zone */
#define NO_CELL SIZE_MAX

struct lane;

struct slot {
	struct ticket ticket; /* first */
	struct lane *lane;
	size_t cell; /* NO_CELL: the SOA */
	bool waits;
};

struct lane {
	struct rounds *run;
	const struct serving_domain *domain;
	struct serving_server *server;
	struct source *source;
	bool soa_asked;
	size_t next; /* cell to look at */
	size_t kept; /* bytes of answers in cells */
	struct slot slots[SLOTS];
};

struct rounds {
	struct serving_result *r;
	struct loop *loop;
	const struct rounds_options *o;
	struct lane *lanes;
	size_t n;
	size_t pending;
	uint64_t begun_ms, end_ms;
};

/* The next question of L into S; false when there is none left in this round. */
static bool
next_question(struct lane *l, struct slot *s)
{
	const struct serving_domain *d = l->domain;

	if (!l->soa_asked) {
		l->soa_asked = true;
		s->cell = NO_CELL;
		s->ticket.q = question_dns(&d->apex, RR_SOA);
		return true;
	}
	while (l->next < d->n_rrsets) {
		size_t i = l->next++;

		if (l->server->cells[i].state == SERVING_AGREES ||
		    d->rrsets[i].zone->status == ANSWER_FAILED)
			continue;
		s->cell = i;
		s->ticket.q = question_dns(&d->rrsets[i].name, d->rrsets[i].type);
		return true;
	}
	return false;
}

/* A, one reference, is the answer to S. */
static void
take(struct slot *s, struct answer *a)
{
	struct lane *l = s->lane;
	struct serving_server *server = l->server;
	struct serving_cell *c;

	if (s->cell == NO_CELL) {
		server->has_serial = serving_serial(a, &server->serial);
		answer_unref(a);
		return;
	}
	c = &server->cells[s->cell];
	if (c->served != NULL)
		l->kept -= c->served->bytes;
	answer_unref(c->served);
	*c = (struct serving_cell){ .cause = a->cause };
	c->state = serving_compare(l->domain->rrsets[s->cell].zone, a);
	if (c->state != SERVING_DIFFERS || l->kept + a->bytes > MAX_KEPT_BYTES) {
		answer_unref(a);
		return;
	}
	c->served = a;
	l->kept += a->bytes;
}

static void
go_on(struct slot *s)
{
	struct source *source = s->lane->source;
	struct answer *a = NULL;
	enum source_reply reply;

	while (next_question(s->lane, s)) {
		reply = source->ops->ask(source, &s->ticket, &a);
		assert(reply != SOURCE_NOT_MINE); /* a resolver takes every question to DNS */
		if (reply == SOURCE_LATER) {
			s->waits = true;
			s->lane->run->pending++;
			return;
		}
		take(s, a);
	}
}

static void
done(struct ticket *t, struct answer *a)
{
	struct slot *s = (struct slot *)t;

	s->waits = false;
	s->lane->run->pending--;
	take(s, a);
	go_on(s);
}

/* The resolver of an earlier lane with the same server; NULL when there is none. */
static struct source *
source_of(const struct rounds *run, const struct serving_server *s)
{
	for (size_t i = 0; i < run->n; i++)
		if (run->lanes[i].server->port == s->port &&
		    addr_eq(&run->lanes[i].server->addr, &s->addr))
			return run->lanes[i].source;
	return NULL;
}

static bool
owns_source(const struct rounds *run, size_t lane)
{
	for (size_t i = 0; i < lane; i++)
		if (run->lanes[i].source == run->lanes[lane].source)
			return false;
	return true;
}

static void
add_lane(
    struct arena *a, struct rounds *run, const struct serving_domain *d, struct serving_server *s)
{
	struct resolver_options ro = {
		.n_servers = 1, .qps = run->o->qps, .rounds = SERVER_TRIES, .direct = true
	};
	struct lane *l = &run->lanes[run->n];

	ro.servers[0] = (struct resolver_server){ .addr = s->addr, .port = s->port };
	s->cells = arena_array(a, d->n_rrsets + 1, sizeof(*s->cells));
	*l = (struct lane){ .run = run, .domain = d, .server = s };
	if ((l->source = source_of(run, s)) == NULL)
		l->source = resolver_new(run->loop, &ro);
	for (size_t i = 0; i < SLOTS; i++) {
		l->slots[i].lane = l;
		l->slots[i].ticket.done = done;
	}
	run->n++;
}

static void
add_lanes(struct arena *a, struct rounds *run)
{
	size_t n = 0;

	for (size_t i = 0; i < run->r->n; i++)
		n += run->r->domains[i].n_servers;
	run->lanes = arena_array(a, n + 1, sizeof(*run->lanes));
	for (size_t i = 0; i < run->r->n; i++) {
		struct serving_domain *d = &run->r->domains[i];

		for (size_t k = 0; k < d->n_servers; k++)
			if (d->servers[k].skipped == NULL)
				add_lane(a, run, d, &d->servers[k]);
	}
}

static void
drop_pending(struct rounds *run)
{
	for (size_t i = 0; i < run->n; i++)
		for (size_t k = 0; k < SLOTS; k++) {
			struct slot *s = &run->lanes[i].slots[k];
			struct source *source = run->lanes[i].source;

			if (s->waits)
				source->ops->cancel(source, &s->ticket);
			s->waits = false;
		}
	run->pending = 0;
}

/* The worst of two: what differs is known, what is unknown may. */
static enum serving_state
worse(enum serving_state a, enum serving_state b)
{
	if (a == SERVING_DIFFERS || b == SERVING_DIFFERS)
		return SERVING_DIFFERS;
	return a == SERVING_UNKNOWN || b == SERVING_UNKNOWN ? SERVING_UNKNOWN : SERVING_AGREES;
}

static void
count_server(const struct serving_domain *d, struct serving_server *s)
{
	memset(s->n_state, 0, sizeof(s->n_state));
	s->state = s->skipped != NULL && s->matters ? SERVING_UNKNOWN : SERVING_AGREES;
	for (size_t i = 0; i < d->n_rrsets && s->skipped == NULL; i++) {
		s->n_state[s->cells[i].state]++;
		s->state = worse(s->state, s->cells[i].state);
	}
}

/* How it stands, from the cells up. */
static void
count_all(struct serving_result *r)
{
	memset(r->n_state, 0, sizeof(r->n_state));
	r->state = SERVING_AGREES;
	for (size_t i = 0; i < r->n; i++) {
		struct serving_domain *d = &r->domains[i];
		size_t asked = 0;

		d->state = d->over ? SERVING_UNKNOWN : SERVING_AGREES;
		for (size_t k = 0; k < d->n_servers; k++) {
			struct serving_server *s = &d->servers[k];

			count_server(d, s);
			d->state = worse(d->state, s->state);
			asked += s->skipped == NULL;
			if (s->skipped == NULL || s->matters)
				r->n_state[s->state]++;
		}
		if (asked == 0)
			d->state = SERVING_UNKNOWN;
		r->state = worse(r->state, d->state);
	}
}

/* Whether a server that was asked may say something else later. */
static bool
may_change(const struct rounds *run)
{
	for (size_t i = 0; i < run->n; i++)
		for (size_t k = 0; k < run->lanes[i].domain->n_rrsets; k++)
			if (run->lanes[i].server->cells[k].state != SERVING_AGREES &&
			    run->lanes[i].domain->rrsets[k].zone->status != ANSWER_FAILED)
				return true;
	return false;
}

/*
 * One round.  The first goes to its end; a later one ends with the time, and what it did
 * not come to stays as it was.
 */
static int
run_round(struct rounds *run)
{
	uint64_t end_ms = loop_clock_ms() + LAST_ROUND_MS;

	if (end_ms < run->end_ms)
		end_ms = run->end_ms;
	for (size_t i = 0; i < run->n; i++) {
		run->lanes[i].soa_asked = false;
		run->lanes[i].next = 0;
		for (size_t k = 0; k < SLOTS; k++)
			go_on(&run->lanes[i].slots[k]);
	}
	while (run->pending > 0 && (run->r->rounds == 0 || loop_clock_ms() < end_ms))
		if (loop_once(run->loop, run->r->rounds == 0 ? -1 : 100) != AUDIT_OK)
			return AUDIT_ESYS;
	drop_pending(run);
	run->r->rounds++;
	count_all(run->r);
	return AUDIT_OK;
}

/* Until AT_MS; loop timers may be due meanwhile. */
static int
sleep_until(struct rounds *run, uint64_t at_ms)
{
	uint64_t now;

	while ((now = loop_clock_ms()) < at_ms)
		if (loop_once(run->loop, (int)(at_ms - now)) != AUDIT_OK)
			return AUDIT_ESYS;
	return AUDIT_OK;
}

static int
pause_between(struct rounds *run)
{
	const struct serving_result *r = run->r;
	uint64_t now = loop_clock_ms(), at = now + (uint64_t)run->o->interval_s * 1000;

	if (at > run->end_ms)
		at = run->end_ms;
	if (run->o->told)
		audit_warn(
		    "verify: %zu of %zu servers agree, %zu differ, %zu unknown; asking again "
		    "in %llu s, for %llu s more",
		    r->n_state[SERVING_AGREES],
		    r->n_state[SERVING_AGREES] + r->n_state[SERVING_DIFFERS] +
			r->n_state[SERVING_UNKNOWN],
		    r->n_state[SERVING_DIFFERS], r->n_state[SERVING_UNKNOWN],
		    (unsigned long long)((at - now + 999) / 1000),
		    (unsigned long long)((run->end_ms - now + 999) / 1000));
	return sleep_until(run, at);
}

static int
run_all(struct rounds *run)
{
	int rc = run_round(run);

	/* the last one begins as the time ends */
	while (rc == AUDIT_OK && may_change(run) && loop_clock_ms() < run->end_ms)
		if ((rc = pause_between(run)) == AUDIT_OK)
			rc = run_round(run);
	run->r->waited_s = (loop_clock_ms() - run->begun_ms) / 1000;
	return rc;
}

int
rounds_run(
    struct arena *a, struct serving_result *r, struct loop *loop, const struct rounds_options *o)
{
	struct rounds run = { .r = r, .loop = loop, .o = o };
	int rc;

	run.begun_ms = loop_clock_ms();
	run.end_ms = run.begun_ms + (uint64_t)o->wait_s * 1000;
	add_lanes(a, &run);
	if ((rc = run_all(&run)) != AUDIT_OK)
		audit_warn("verify: %s", audit_strerror(rc));
	for (size_t i = run.n; i-- > 0;)
		if (owns_source(&run, i))
			run.lanes[i].source->ops->free(run.lanes[i].source);
	return rc;
}

void
rounds_free(struct serving_result *r)
{
	for (size_t i = 0; i < r->n; i++)
		for (size_t k = 0; k < r->domains[i].n_servers; k++)
			for (size_t n = 0; n < r->domains[i].n_rrsets; n++)
				if (r->domains[i].servers[k].cells != NULL) {
					answer_unref(r->domains[i].servers[k].cells[n].served);
					r->domains[i].servers[k].cells[n].served = NULL;
				}
}
