/* SPDX-License-Identifier: ISC */
/*
 * gate_domain.c - one domain of `mailvet gate`: before, after, and what that means.
 */
#include "audit/commands/gate.h"
#include <stdlib.h>
#include "audit/config/apply.h"
#include "audit/engine.h"
#include "audit/error.h"
#include "audit/gate/added.h"
#include "audit/gate/compare.h"
#include "audit/gate/data.h"
#include "audit/gate/fold.h"
#include "audit/gate/same.h"
#include "audit/gate/selectors.h"
#include "audit/gate/suggest.h"
#include "report/words.h"

#define MAX_WHAT 400 /* bytes of a question, or of a reason */

void
gate_subject(const struct gate_run *g, const struct side *side, const struct name *domain,
    struct subject *out, struct arena *a)
{
	*out = (struct subject){ .domain = *domain };
	options_subject(g->o, out);
	out->zone_files = true;
	out->compared = side == &g->head && g->base.path != NULL;
	out->guess = true; /* zones can list their names: nothing is asked in vain */
	if (g->config != NULL)
		config_subject(g->config, out, a);
	gate_selectors(side->live ? &g->head : side, a, out);
}

static bool
is_at_or_above(enum rule_level level, enum rule_level fail_on)
{
	return fail_on != LEVEL_PASS && level != LEVEL_UNKNOWN && level != LEVEL_PASS &&
	       level >= fail_on;
}

/* What the change brought that decides the exit status. */
static void
weigh(struct gate_run *g, const struct domain_result *d)
{
	const struct check_options *o = g->o;

	struct judged *list = (struct judged *)(uintptr_t)d->findings;

	for (size_t i = 0; i < d->n_findings; i++) {
		struct judged *f = &list[i];

		if (f->level != LEVEL_PASS && f->level != LEVEL_UNKNOWN)
			g->run.change[f->change]++;
		if (f->change == CHANGE_IS_KEPT && !o->gate.require_known)
			continue;
		if (f->change != CHANGE_IS_KEPT && is_at_or_above(f->level, o->fail_on))
			g->fails = true;
		if (f->level != LEVEL_UNKNOWN || !rule_of(f->f->id)->needed)
			continue;
		f->lost = g->base.path != NULL && f->change != CHANGE_IS_KEPT &&
			  compare_was_known(&g->base, &g->head, f);
		if (o->gate.require_known || f->lost)
			g->unknown = true;
	}
	g->run.change[CHANGE_IS_SUPPRESSED] += d->n_suppressed;
	g->run.n_fixed += d->n_fixed;
}

/* Whether the N in LIST hold the fingerprint of G. */
static bool
is_among(const struct judged *list, size_t n, const struct judged *g)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].fingerprint, g->fingerprint) == 0)
			return true;
	return false;
}

/* That the term WHAT of RR, in TXT, is new, and A was not there to judge it by. */
static struct finding *
not_judged(struct findings *fs, const struct judged *u, const struct added_term *at,
    const struct answer *a)
{
	struct finding *f = finding_add_text(fs, RULE_GATE_NOT_JUDGED, u->f->subject);
	struct buf b;

	buf_init(&b, MAX_WHAT);
	question_add(&b, &a->q);
	finding_at(fs, f, at->txt, at->rr, at->term);
	finding_text(fs, f, "what", at->term);
	finding_words(fs, f, "question", buf_str(&b));
	for (size_t i = 0; i < u->f->n_evidence; i++)
		finding_evidence(f, u->f->evidence[i]);
	buf_free(&b);
	return f;
}

/* Whether G is about a term of an SPF record in a file: a whole record that leads away is common.
 */
static bool
is_about_term(const struct judged *g)
{
	const struct place *p = &g->f->place;

	return p->type == RR_TXT && place_is_part(p) && p->rr != NULL && p->rr->file.n > 0 &&
	       strcmp(rule_of(g->f->id)->check, "spf") == 0;
}

/* A warning for each term that the change adds and that nobody could judge. */
static void
add_not_judged(struct gate_run *g, struct arena *a, struct domain_result *out)
{
	struct judged *list = arena_array(a, 2 * out->n_findings + 1, sizeof(*list)), one;
	struct judged *borne =
	    arena_array(a, out->n_suppressed + out->n_findings + 1, sizeof(*borne));
	size_t n = out->n_findings;
	struct added_term at;
	struct findings fs;

	findings_init(&fs, a);
	memcpy(list, out->findings, n * sizeof(*list));
	memcpy(borne, out->suppressed, out->n_suppressed * sizeof(*borne));
	for (size_t i = 0; i < out->n_findings; i++) {
		const struct judged *u = &out->findings[i];
		const struct answer *lacks = compare_lacking(u);

		if (u->level != LEVEL_UNKNOWN || u->change != CHANGE_IS_NEW || lacks == NULL ||
		    !is_about_term(u) || compare_was_known(&g->base, &g->head, u) ||
		    !added_term(g->after->q, &g->base, u, lacks, &at))
			continue;
		judge_finding(&g->judge, out->subject, not_judged(&fs, u, &at, lacks), &one);
		one.change = CHANGE_IS_NEW;
		if (is_among(list, n, &one))
			continue;
		if ((one.waiver = judge_waiver(&g->judge, out->subject, &one)) == NULL) {
			list[n++] = one;
			continue;
		}
		one.change = CHANGE_IS_SUPPRESSED;
		borne[out->n_suppressed++] = one;
	}
	findings_free(&fs);
	judge_sort(list, n);
	out->findings = list;
	out->n_findings = n;
	out->suppressed = borne;
}

/* What is accepted from now on, with --write-baseline. */
static void
accept_all(struct gate_run *g, const struct domain_result *d)
{
	enum rule_level least = g->o->fail_on == LEVEL_NOTE ? LEVEL_NOTE : LEVEL_WARNING;
	struct buf reason;

	if (g->o->gate.write_baseline == NULL)
		return;
	buf_init(&reason, MAX_WHAT);
	buf_adds(&reason, "known on ");
	date_add(&reason, g->run.now);
	for (size_t i = 0; i < d->n_findings; i++) {
		const struct judged *f = &d->findings[i];

		if (is_at_or_above(f->level, least))
			baseline_add(&g->accepted, &d->subject->domain, f, NULL, buf_str(&reason));
	}
	for (size_t i = 0; i < d->n_suppressed; i++)
		if (d->suppressed[i].waiver->origin == WAIVED_BY_BASELINE)
			baseline_add(&g->accepted, &d->subject->domain, &d->suppressed[i],
			    d->suppressed[i].waiver, STR(""));
	buf_free(&reason);
}

/*
 * The domain of OUT is none any more: it holds no record for mail after the change.  What
 * a mail domain ought to have is not missed then; what the change took is for the gate's
 * own rules to say.
 */
static void
drop_demands(struct domain_result *out)
{
	struct judged *list = (struct judged *)(uintptr_t)out->findings;
	size_t n = 0;

	for (size_t i = 0; i < out->n_findings; i++) {
		const char *check = rule_of(list[i].f->id)->check;

		if (list[i].change == CHANGE_IS_NEW && list[i].level != LEVEL_UNKNOWN &&
		    strcmp(check, "gate") != 0 && strcmp(check, "zone") != 0)
			continue;
		list[n++] = list[i];
	}
	out->n_findings = n;
}

/* What --baseline accepts with a lower figure is worse, and not new. */
static void
mark_worse(const struct gate_run *g, struct domain_result *out)
{
	struct judged *list = (struct judged *)(uintptr_t)out->findings;

	for (size_t i = 0; i < out->n_findings; i++) {
		const struct baseline_line *l =
		    baseline_find(&g->baseline, &out->subject->domain, &list[i]);

		if (l != NULL && list[i].change == CHANGE_IS_NEW && baseline_is_over(l, &list[i]))
			list[i].change = CHANGE_IS_WORSE;
	}
}

static int
cmp_name(const void *name, const void *domain)
{
	return name_cmp(name, &((const struct gate_domain *)domain)->name);
}

static bool
is_listed(const struct gate_run *g, const struct name *name)
{
	return bsearch(name, g->domains, g->n_domains, sizeof(*g->domains), cmp_name) != NULL;
}

/*
 * Whether the fault of a zone F, told of the domain D, is told of another domain of the
 * list that is nearer to it: the one its record belongs to, or the zone's own.
 */
static bool
is_told_nearer(const struct gate_run *g, const struct name *d, const struct finding *f)
{
	struct name n = f->place.name;

	if (strcmp(rule_of(f->id)->check, "zone") != 0 || n.n == 0 || name_eq(&n, d))
		return false;
	if (!name_is_below(&n, d))
		return name_is_below(d, &n) && is_listed(g, &n);
	for (; name_labels(&n) > name_labels(d); n = name_parent(&n, 1))
		if (is_listed(g, &n))
			return true;
	return false;
}

static size_t
drop_told_nearer(const struct gate_run *g, const struct name *d, const struct judged *findings,
    size_t n_findings)
{
	struct judged *list = (struct judged *)(uintptr_t)findings;
	size_t n = 0;

	for (size_t i = 0; i < n_findings; i++)
		if (!is_told_nearer(g, d, list[i].f))
			list[n++] = list[i];
	return n;
}

/* A fault of a zone is no fault twice, where all domains of the zone are told. */
static void
tell_faults_once(const struct gate_run *g, struct domain_result *out)
{
	const struct name *d = &out->subject->domain;

	if (g->o->n_names > 0 || g->o->gate.changed_only)
		return;
	out->n_findings = drop_told_nearer(g, d, out->findings, out->n_findings);
	out->n_suppressed = drop_told_nearer(g, d, out->suppressed, out->n_suppressed);
	out->n_fixed = drop_told_nearer(g, d, out->fixed, out->n_fixed);
}

/* The name that the records of D were left to by the change, unseen; NULL = none. */
static const struct name *
left_to(const struct gate_run *g, const struct inquiry *q, const struct name *d)
{
	for (size_t i = 0; i < q->n; i++) {
		const struct inquiry_entry *e = &q->entries[i];
		const struct answer *was;
		bool held;

		if (e->answer == NULL || e->q.base || e->q.kind != ASK_DNS ||
		    e->answer->status != ANSWER_FAILED || e->answer->n_chain == 0 ||
		    !name_eq(&e->q.name, d))
			continue;
		was = side_answer(&g->base, &e->q);
		held = was != NULL && was->n_chain == 0 && was->status == ANSWER_FOUND;
		answer_unref(was);
		if (held)
			return answer_owner(e->answer);
	}
	return NULL;
}

/* What took all records of the domain away at once, in front of the other words. */
static void
tell_taken(
    const struct gate_run *g, const struct inquiry *q, struct arena *a, struct domain_result *out)
{
	const struct name *d = &out->subject->domain, *to = left_to(g, q, d);
	bool gone = !g->base.live && g->base.path != NULL &&
		    g->base.zones->ops->owns(g->base.zones, d) &&
		    !g->head.zones->ops->owns(g->head.zones, d);
	struct str *lines;
	struct buf b;

	if (to == NULL && !gone)
		return;
	lines = arena_array(a, out->n_told + 1, sizeof(*lines));
	buf_init(&b, MAX_REPORT_BYTES);
	name_print(&b, d);
	buf_adds(&b, gone ? ": no zone after the change holds it" : ": becomes an alias of ");
	if (!gone) {
		name_print(&b, to);
		buf_adds(&b, ", whose records stand in its place");
	}
	lines[0] = arena_str(a, buf_str(&b));
	for (size_t i = 0; i < out->n_told; i++)
		lines[i + 1] = out->told[i];
	out->told = lines;
	out->n_told++;
	buf_free(&b);
}

/* For struct judge_change. */
static void
compare(void *ctx, const struct engine_result *r, struct arena *a, struct domain_result *out)
{
	struct gate_run *g = ctx;
	struct comparison c = {
		.base = &g->base, .head = &g->head, .before = g->was, .same = g->same, .a = a
	};

	compare_domain(&c, out);
	mark_worse(g, out);
	if (!g->domains[r->index].in_head && g->domains[r->index].in_base)
		drop_demands(out);
	tell_faults_once(g, out);
	suggest_domain(&g->head, a, out);
	fold_domain(a, out);
	fold_words(a, out);
	tell_taken(g, r->q, a, out);
	if (g->base.path != NULL && !g->same)
		add_not_judged(g, a, out);
	data_of(r->q, a, out);
	weigh(g, out);
	accept_all(g, out);
}

static const struct waiver *
bear(void *ctx, const struct subject *s, const struct judged *g)
{
	return suppress_bear(&((struct gate_run *)ctx)->suppress, s, g);
}

/* The domain is known on both sides, or WAS not: judge and report it. */
static void
tell(struct gate_run *g, const struct domain_result *was)
{
	struct domain_result d;

	g->change = (struct judge_change){ .bear = bear, .compare = compare, .ctx = g };
	g->judge.change = &g->change;
	g->was = g->suppress.was = was;
	g->suppress.same = g->same;
	judge_domain(&g->judge, g->after, &g->scratch, &d);
	progress_clear(&g->progress);
	if (outputs_domain(&g->outputs, &d) != AUDIT_OK)
		g->rc = AUDIT_EWRITE;
	progress_done(&g->progress, d.verdict);
}

/* The one subject of an audit of the base. */
struct earlier {
	struct gate_run *g;
	bool taken;
};

static enum feed_reply
next_earlier(void *ctx, struct subject *out, struct arena *a)
{
	struct earlier *e = ctx;

	if (e->taken)
		return FEED_END;
	e->taken = true;
	gate_subject(e->g, &e->g->base, &e->g->after->subject->domain, out, a);
	return FEED_ONE;
}

static void
earlier_done(void *ctx, const struct engine_result *r)
{
	struct gate_run *g = ((struct earlier *)ctx)->g;
	struct domain_result d;

	judge_domain(&g->before, r, &g->scratch, &d);
	tell(g, &d);
}

static bool
same_selectors(const struct gate_run *g, const struct name *domain)
{
	struct question q;

	return !gate_selector_question(domain, &q) || same_question(&q, &g->head, &g->base) == SAME;
}

void
gate_domain_done(struct gate_run *g, const struct engine_result *r)
{
	const struct gate_domain *d = &g->domains[r->index];
	struct engine_options eo = { .in_flight = 1,
		.timeout_ms = g->o->timeout_ms,
		.wanted = options_want,
		.wanted_ctx = g->o };
	struct earlier earlier = { .g = g };
	struct engine_feed feed = { .next = next_earlier, .done = earlier_done, .ctx = &earlier };
	enum sameness same = DIFFERENT;

	/* which selectors there are was settled before anything was asked */
	if (g->base.path != NULL && same_selectors(g, &d->name))
		same = same_inquiry(r->q, &g->base);
	if (g->o->gate.changed_only && same != DIFFERENT) {
		g->run.n_unchanged++;
		return;
	}
	arena_reset(&g->scratch);
	g->after = r;
	g->same = same == SAME && d->in_base;
	if (g->base.path == NULL || !d->in_base || g->same)
		tell(g, NULL);
	else if ((g->rc = engine_run(g->base.world, g->loop, &eo, &feed)) != AUDIT_OK)
		audit_warn("%s: %s", g->base.path, audit_strerror(g->rc));
}
