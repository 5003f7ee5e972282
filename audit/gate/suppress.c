/* SPDX-License-Identifier: ISC */
/*
 * suppress.c - baseline lines and suppression comments, put to findings.
 */
#include "audit/gate/suppress.h"
#include "audit/sources/zonedb.h"
#include "checks/core/finding.h"

#define MAX_SUBJECT 4096 /* "FILE:LINE" */

void
suppress_init(struct suppress *s)
{
	arena_init(&s->arena, 0);
	s->by_ignore = arena_array(&s->arena, s->head->n_ignores + 1, sizeof(*s->by_ignore));
	s->refused = arena_array(&s->arena, s->head->n_ignores + 1, sizeof(*s->refused));
}

void
suppress_free(struct suppress *s)
{
	arena_free(&s->arena);
}

/* Whether the base has the finding G too. */
static bool
was_there(const struct suppress *s, const struct judged *g)
{
	for (size_t i = 0; s->was != NULL && i < s->was->n_findings; i++)
		if (strcmp(s->was->findings[i].fingerprint, g->fingerprint) == 0)
			return true;
	return s->same;
}

/*
 * Whether the base has a comment for RULE at a record of the place's name and type.  A
 * fault of a file has no such record: there the base must have the fault, and the same
 * words, or a comment could be copied from where it was allowed.
 */
static bool
is_in_base(const struct suppress *s, const struct judged *g, const struct zone_ignore *ignore)
{
	const struct rule *rule = rule_of(g->f->id);
	const struct place *p = &g->f->place;
	struct question q = question_dns(&p->name, p->type);
	const struct answer *a;
	bool found = false;
	size_t at;

	if (p->name.n > 0 && p->type != 0 && (a = side_answer(s->base, &q)) != NULL) {
		for (size_t i = 0; i < a->n_rr && !found; i++)
			found = side_ignore(s->base, &a->rr[i], rule, &at);
		answer_unref(a);
	}
	if (found || p->text.n > 0 || !was_there(s, g))
		return found;
	for (size_t i = 0; i < s->base->n_ignores && !found; i++)
		found = str_eq(s->base->ignores[i]->id, ignore->id) &&
			str_eq(s->base->ignores[i]->reason, ignore->reason);
	return found;
}

static const struct waiver *
bear_in_place(struct suppress *s, const struct subject *subject, const struct judged *g)
{
	const struct rr *rr = g->f->place.rr;
	const struct rule *rule = rule_of(g->f->id);
	const struct zone_ignore *ignore;
	struct waiver *w;
	size_t at;

	if (rr == NULL || !side_ignore(s->head, rr, rule, &at))
		return NULL;
	ignore = s->head->ignores[at];
	if (!s->trust_head && !is_in_base(s, g, ignore)) {
		s->refused[at] = true;
		return NULL;
	}
	w = &s->by_ignore[at];
	*w = (struct waiver){ .origin = WAIVED_IN_PLACE,
		.rule = ignore->id,
		.domain = subject->domain,
		.reason = ignore->reason };
	return w;
}

const struct waiver *
suppress_bear(struct suppress *s, const struct subject *subject, const struct judged *g)
{
	struct baseline_line *l;

	if (g->level == LEVEL_PASS || g->level == LEVEL_UNKNOWN)
		return NULL;
	l = baseline_find(s->baseline, &subject->domain, g);
	if (l != NULL) {
		l->used = true;
		if ((l->waiver.until == 0 || l->waiver.until >= s->now) && !baseline_is_over(l, g))
			return &l->waiver;
	}
	return bear_in_place(s, subject, g);
}

/* A finding of the run about line LINE of FILE. */
static struct finding *
tell(struct findings *fs, enum rule_id id, struct str file, uint32_t line)
{
	struct finding *f;
	struct buf b;

	buf_init(&b, MAX_SUBJECT);
	buf_add(&b, file);
	buf_addc(&b, ':');
	buf_addu(&b, line);
	f = finding_add_text(fs, id, arena_str(fs->arena, buf_str(&b)));
	buf_free(&b);
	return f;
}

static void
tell_line(const struct suppress *s, struct judge *j, struct findings *fs,
    const struct baseline_line *l, enum rule_id id)
{
	struct finding *f = tell(fs, id, str_of(s->baseline->path), l->line);
	struct buf b;

	buf_init(&b, MAX_SUBJECT);
	finding_text(fs, f, "rule", l->waiver.rule);
	finding_name(fs, f, "domain", &l->waiver.domain);
	if (id == RULE_BASELINE_EXPIRED) {
		date_add(&b, l->waiver.until);
		finding_text(fs, f, "until", buf_str(&b));
	}
	judge_add_run(j, f);
	buf_free(&b);
}

static void
tell_ignore(struct judge *j, struct findings *fs, const struct zone_ignore *ignore, enum rule_id id)
{
	struct finding *f = tell(fs, id, ignore->file, ignore->comment_line);

	finding_text(fs, f, "rule", ignore->id);
	judge_add_run(j, f);
}

void
suppress_tell(const struct suppress *s, struct judge *j, bool all)
{
	struct findings fs;

	findings_init(&fs, &j->run_arena);
	for (size_t i = 0; i < s->baseline->n; i++) {
		const struct baseline_line *l = &s->baseline->lines[i];

		if (l->waiver.until != 0 && l->waiver.until < s->now)
			tell_line(s, j, &fs, l, RULE_BASELINE_EXPIRED);
		else if (all && !l->used)
			tell_line(s, j, &fs, l, RULE_BASELINE_STALE);
	}
	for (size_t i = 0; i < s->head->n_ignores; i++) {
		if (s->refused[i])
			tell_ignore(j, &fs, s->head->ignores[i], RULE_IGNORE_NOT_TRUSTED);
		else if (all && s->by_ignore[i].rule.n == 0)
			tell_ignore(j, &fs, s->head->ignores[i], RULE_IGNORE_UNUSED);
	}
	findings_free(&fs);
}
