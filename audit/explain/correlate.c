/* SPDX-License-Identifier: ISC */
/*
 * correlate.c - refused mail and what DNS says, brought together; see correlate.h.
 */
#include "audit/explain/correlate.h"
#include <stdlib.h>
#include "audit/config/apply.h"
#include "audit/error.h"
#include "audit/explain/words.h"
#include "audit/setup.h"
#include "audit/sources/key.h"
#include "audit/sources/suffix.h"

/* One sender domain and one provider that took mail of it. */
struct taken {
	struct str domain, provider;
};

static int
by_domain(const void *va, const void *vb)
{
	const struct taken *a = va, *b = vb;
	int d = str_cmp(a->domain, b->domain);

	return d != 0 ? d : str_cmp(a->provider, b->provider);
}

/* How many providers but G's are among the N at V that took mail of its sender. */
static size_t
count_elsewhere(const struct taken *v, size_t n, const struct bounce_group *g)
{
	size_t from = 0, to = n, out = 0;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (str_cmp(v[mid].domain, g->sender_domain) < 0)
			from = mid + 1;
		else
			to = mid;
	}
	for (; from < n && str_eq(v[from].domain, g->sender_domain); from++)
		if (!str_eq(v[from].provider, g->provider) &&
		    (from == 0 || by_domain(&v[from], &v[from - 1]) != 0))
			out++;
	return out;
}

/* The groups of R as our own, each with the number of providers that take the same mail. */
static void
take_groups(struct correlation *c, struct bounce_report *r)
{
	struct taken *v = arena_array(c->a, r->n_rates + 1, sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < r->n_rates; i++)
		if (r->rates[i].delivered > 0 && r->rates[i].provider.n > 0)
			v[n++] = (struct taken){ r->rates[i].sender_domain, r->rates[i].provider };
	qsort(v, n, sizeof(*v), by_domain);
	c->groups = arena_array(c->a, r->n_groups + 1, sizeof(*c->groups));
	for (size_t i = 0; i < r->n_groups; i++) {
		c->groups[i] = r->groups[i];
		c->groups[i].accepted_elsewhere = count_elsewhere(v, n, &r->groups[i]);
	}
	r->groups = c->groups;
}

/* Whether a recording was given beside other sources: then it is no source of today. */
static bool
is_of_then(const struct check_options *o)
{
	return o->replay != NULL && (o->zones.n > 0 || o->resolvers.n > 0);
}

/* The cases as they were in the recording. */
static int
audit_then(struct correlation *c)
{
	struct source *recording = NULL, *suffix;
	struct world *w;
	int rc = recording_open(c->co->o->replay, &recording, &c->then);

	if (rc != AUDIT_OK)
		return rc;
	w = world_new(NULL);
	world_set_now(w, c->then);
	world_add(w, recording);
	if ((suffix = suffix_new()) != NULL)
		world_add(w, suffix);
	world_add(w, key_new());
	c->has_then = true;
	rc = cases_audit_then(&c->cases, w);
	world_free(w);
	return rc;
}

static int
audit_now(struct correlation *c)
{
	struct check_options o = *c->co->o;
	int rc;

	if (is_of_then(&o))
		o.replay = NULL;
	if ((rc = setup_world(&o, &c->loop, &c->world)) != AUDIT_OK)
		return rc;
	setup_run(&o, c->world, &c->run);
	config_judge(c->co->config, &o, c->run.now, &c->judge);
	if (o.record != NULL)
		c->recorder = recorder_new();
	return cases_audit(&c->cases,
	    &(struct case_world){
		.world = c->world, .loop = c->loop, .judge = &c->judge, .recorder = c->recorder });
}

static void
fill(struct correlation *c, size_t i)
{
	struct bounce_group *g = &c->groups[i];
	const struct case_of *of = &c->cases.of[i];
	struct weighing w = { .g = g, .of = of, .has_then = c->has_then, .then = c->then };
	struct weighed v;

	if (of->standing == CASE_ASKED) {
		w.x = &c->cases.v[of->index];
		w.seen = verdict_seen(c->seen, w.x, g);
		g->explain_case = of->index + 1;
	}
	verdict_weigh(&w, &v);
	words_fill(&w, &v, c->a, g);
	g->level = verdict_level(g);
	c->lacking = c->lacking || v.lacks[0] != '\0';
}

/* Whether G speaks against its receiver taking the stream at all. */
static bool
is_block(const struct bounce_group *g)
{
	return !g->inbound && g->permanent && g->accepted == 0 && g->stream > 0 &&
	       g->verdict != VERDICT_FIXED && strcmp(g->cause, "") == 0 &&
	       g->verdict != VERDICT_NONE;
}

/*
 * A receiver that takes nothing of a stream has blocked it, however small the stream and
 * however many reasons it gives: no share of any of them may hide that.
 */
static void
find_blocks(struct correlation *c, const struct bounce_report *r)
{
	size_t most = 0;
	uint64_t *refused;

	for (size_t i = 0; i < r->n_groups; i++)
		most = r->groups[i].stream > most ? r->groups[i].stream : most;
	refused = xcalloc(most + 1, sizeof(*refused));
	for (size_t i = 0; i < r->n_groups; i++)
		if (is_block(&c->groups[i]) && (c->groups[i].verdict != VERDICT_NOT_OURS ||
						   c->cases.of[i].standing == CASE_THEIR_LIST))
			refused[c->groups[i].stream] += c->groups[i].count;
	for (size_t i = 0; i < r->n_groups; i++) {
		struct bounce_group *g = &c->groups[i];

		if (is_block(g) && refused[g->stream] * 2 > g->sent &&
		    (g->verdict != VERDICT_NOT_OURS || c->cases.of[i].standing == CASE_THEIR_LIST))
			g->level = LEVEL_ERROR;
	}
	free(refused);
}

static void
sum_up(struct correlation *c, struct bounce_report *r)
{
	for (size_t i = 0; i < r->n_groups; i++) {
		r->n_verdict[c->groups[i].verdict]++;
		r->n_verdict_mails[c->groups[i].verdict] += c->groups[i].count;
	}
	r->audited = true;
	r->now = c->run.now;
	r->answers = c->run.answers;
	r->cases = c->cases.n;
	r->cases_over = c->cases.over;
	if (c->cases.over > 0)
		audit_warn("explain: %zu groups are left out: no more than %d cases are audited in "
			   "one run; --domain, --provider and --min-count choose",
		    c->cases.over, MAX_CASES);
}

int
correlate(struct correlation *c, struct bounce_report *r)
{
	int rc;

	judge_init(&c->judge);
	take_groups(c, r);
	cases_make(r, c->classifier, c->co, c->a, &c->cases);
	if ((rc = audit_now(c)) != AUDIT_OK)
		return rc;
	if (is_of_then(c->co->o) && (rc = audit_then(c)) != AUDIT_OK)
		return rc;
	for (size_t i = 0; i < r->n_groups; i++)
		fill(c, i);
	find_blocks(c, r);
	sum_up(c, r);
	return AUDIT_OK;
}

int
correlate_close(struct correlation *c)
{
	int rc = AUDIT_OK;

	if (c->recorder != NULL)
		rc = recorder_write(c->recorder, c->co->o->record, c->run.now);
	recorder_free(c->recorder);
	world_free(c->world);
	loop_free(c->loop);
	judge_free(&c->judge);
	c->recorder = NULL;
	c->world = NULL;
	c->loop = NULL;
	return rc;
}
