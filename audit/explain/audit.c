/* SPDX-License-Identifier: ISC */
/*
 * audit.c - the cases run by the engine; see audit.h.
 */
#include "audit/explain/audit.h"
#include "audit/setup.h"
#include "report/words.h"

#define MAX_TOLD_TEXT ((size_t)16 << 10) /* one sentence about a finding */

struct auditing {
	struct cases *c;
	const struct case_world
	    *w; /* without judge: no findings are wanted, it is the world of then */
	struct arena scratch;
	size_t next;
};

static enum feed_reply
next_case(void *ctx, struct subject *out, struct arena *a)
{
	struct auditing *u = ctx;

	if (u->next == u->c->n)
		return FEED_END;
	case_subject(&u->c->v[u->next++], u->c->co, a, out);
	return FEED_ONE;
}

/* Whether F, found at the case X, is about what X is about. */
static bool
is_about(const struct explain_case *x, const struct finding *f)
{
	const struct refusal *r = &x->refusal;
	struct str who = f->subject;
	struct addr ip;

	for (size_t i = 0; i < f->n_args; i++)
		if (strcmp(f->args[i].name, "ip") == 0)
			who = f->args[i].text;
	if (addr_parse(who, &ip) == ADDR_OK)
		return r->has_ip && addr_eq(&ip, &r->ip);
	if (strcmp(rule_of(f->id)->check, "dkim") != 0 || f->place.name.n == 0)
		return true;
	for (size_t i = 0; i < r->n_keys; i++) {
		struct name key;

		if (name_above(STR("_domainkey"), &r->keys[i].domain, &key) &&
		    name_prefix(r->keys[i].name, &key, &key) == NAME_OK &&
		    name_eq(&key, &f->place.name))
			return true;
	}
	return false;
}

static struct str
sentence(struct arena *a, const char *template, const struct finding *f)
{
	struct str out;
	struct buf b;

	buf_init(&b, MAX_TOLD_TEXT);
	sentence_add(&b, template, f);
	out = arena_str(a, buf_str(&b));
	buf_free(&b);
	return out;
}

static struct str
where_of(struct arena *a, const struct place *p)
{
	struct span s;
	struct str out;
	struct buf b;

	if (p->name.n == 0)
		return STR("");
	buf_init(&b, MAX_TOLD_TEXT);
	name_print(&b, &p->name);
	if (p->type != 0) {
		buf_addc(&b, ' ');
		type_print(&b, p->type);
	}
	if (span_of(p, &s)) {
		buf_adds(&b, " (");
		buf_add(&b, s.file);
		buf_addc(&b, ':');
		buf_addu(&b, s.line);
		buf_addc(&b, ':');
		buf_addu(&b, s.column);
		buf_addc(&b, ')');
	}
	out = arena_str(a, buf_str(&b));
	buf_free(&b);
	return out;
}

static const struct change *
copy_changes(struct arena *a, const struct remedy *m)
{
	struct change *v = arena_array(a, m->n_changes + 1, sizeof(*v));

	for (size_t i = 0; i < m->n_changes; i++) {
		v[i] = m->changes[i];
		v[i].old = arena_str(a, v[i].old);
		v[i].new = arena_str(a, v[i].new);
	}
	return v;
}

/* G, found at X, as it outlives the subject. */
static void
tell(struct arena *a, const struct explain_case *x, const struct judged *g,
    struct bounce_finding *out)
{
	const struct finding *f = g->f;
	const struct rule *rule = rule_of(f->id);
	struct told_finding *t = &out->told;

	memcpy(out->fingerprint, g->fingerprint, sizeof(out->fingerprint));
	*t = (struct told_finding){ .id = str_of(rule->slug),
		.level = g->level,
		.reason = sentence(a, rule->sentence, f),
		.where = where_of(a, &f->place),
		.place = f->place,
		.remedy = sentence(a, finding_remedy(f), f),
		.url = arena_str(a, f->remedy.url.n > 0 ? f->remedy.url : STR("")),
		.reference = str_of(rule->reference),
		.who = finding_who(f) };
	t->place.rr = NULL;
	t->place.text = arena_str(a, f->place.text);
	if (x->doubted)
		return;
	t->changes = copy_changes(a, &f->remedy);
	t->n_changes = f->remedy.n_changes;
}

/* Those of D of the rule ID that are about X, behind those at V; how many there are then. */
static size_t
take_rule(struct auditing *u, const struct explain_case *x, enum rule_id id,
    const struct domain_result *d, struct bounce_finding *v)
{
	size_t n = x->now.n_findings;

	for (size_t i = 0; i < d->n_findings + d->n_suppressed && n < MAX_CASE_FINDINGS; i++) {
		const struct judged *g =
		    i < d->n_findings ? &d->findings[i] : &d->suppressed[i - d->n_findings];

		if (g->f->id == id && is_about(x, g->f))
			tell(u->c->a, x, g, &v[n++]);
	}
	return n;
}

/* The findings of D, borne by a waiver or not, that tell what explains X. */
static void
take_findings(struct auditing *u, struct explain_case *x, const struct domain_result *d)
{
	const struct refusal_fact *f = &x->now.fact;
	struct bounce_finding *v;

	if (f->finds != REFUSAL_EXPLAINED && f->finds != REFUSAL_PARTLY)
		return;
	v = arena_array(u->c->a, MAX_CASE_FINDINGS, sizeof(*v));
	x->now.findings = v;
	for (size_t i = 0; i < f->n_causes; i++)
		x->now.n_findings = take_rule(u, x, f->causes[i], d, v);
}

/* The fact F as it outlives the subject. */
static void
copy_fact(struct arena *a, const struct refusal_fact *f, struct case_seen *out)
{
	struct buf b;

	out->done = true;
	out->fact = *f;
	for (size_t i = 0; i < f->n_steps; i++) {
		out->fact.steps[i].words = arena_str(a, f->steps[i].words);
		out->fact.steps[i].shows = arena_str(a, f->steps[i].shows);
	}
	out->fact.failed = NULL;
	if (f->failed == NULL)
		return;
	buf_init(&b, MAX_TOLD_TEXT);
	question_add(&b, &f->failed->q);
	buf_adds(&b, ": ");
	why_add(&b, f->failed);
	out->failed = arena_str(a, buf_str(&b));
	buf_free(&b);
}

static void
on_done(void *ctx, const struct engine_result *r)
{
	struct auditing *u = ctx;
	struct explain_case *x = &u->c->v[r->index];
	struct case_seen *seen = u->w->judge != NULL ? &x->now : &x->then;
	struct domain_result d;

	if (u->w->recorder != NULL)
		recorder_add(u->w->recorder, r->q);
	if (r->facts->refusal == NULL)
		return; /* a bound of the run was passed */
	copy_fact(u->c->a, r->facts->refusal, seen);
	if (u->w->judge == NULL)
		return;
	arena_reset(&u->scratch);
	judge_domain(u->w->judge, r, &u->scratch, &d);
	take_findings(u, x, &d);
}

static int
run(struct cases *c, const struct check *list, size_t n, const struct case_world *w)
{
	struct auditing u = { .c = c, .w = w };
	struct engine_options eo = { .in_flight = c->co->o->in_flight,
		.timeout_ms = c->co->o->timeout_ms,
		.checks = list,
		.n_checks = n };
	struct engine_feed feed = { .next = next_case, .done = on_done, .ctx = &u };
	int rc;

	arena_init(&u.scratch, 0);
	rc = engine_run(w->world, w->loop, &eo, &feed);
	arena_free(&u.scratch);
	return rc;
}

static const struct check own = { .name = "refusal", .run = check_refusal, .applies = has_refusal };

int
cases_audit(struct cases *c, const struct case_world *w)
{
	struct check *list = arena_array(c->a, n_checks + 1, sizeof(*list));

	/* ours last: the ordinary ones keep their numbers, by which the judge knows them */
	memcpy(list, checks, n_checks * sizeof(*list));
	memcpy(&list[n_checks], &own, sizeof(own));
	return run(c, list, n_checks + 1, w);
}

int
cases_audit_then(struct cases *c, struct world *then)
{
	struct case_world w = { .world = then };

	return run(c, &own, 1, &w);
}
