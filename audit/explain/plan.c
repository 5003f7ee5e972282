/* SPDX-License-Identifier: ISC */
/*
 * plan.c - drafts tried, joined where they meet, and put in order; see plan.h.
 */
#include "audit/explain/plan.h"
#include "audit/error.h"
#include "audit/explain/plan_draft.h"

#define MAX_ROUNDS 3      /* of changes that bring others to light */
#define MAX_JOIN_SAMPLE 8 /* subjects of a fix that are asked again when another joins it */
#define MAX_TOGETHER 8    /* tries of all together, one fix less each time */

/* What saves most first, those that were there first before their equals. */
static void
sort_by_mails(struct planning *p)
{
	for (size_t i = 1; i < p->n; i++) {
		struct draft *d = p->v[i];
		size_t k = i;

		for (; k > 0 && p->v[k - 1]->f.mails < d->f.mails; k--)
			p->v[k] = p->v[k - 1];
		p->v[k] = d;
	}
}

static void
fail(struct draft *d, struct str why)
{
	d->f.state = PLAN_FAILED;
	d->f.why_not = why;
}

/* Whether a change of the N at LIST does harm to the subjects of D; then D fails. */
static bool
is_harmful(struct planning *p, struct draft *d, const struct change *list, size_t n)
{
	const size_t *at = d->n_subjects > 0 ? &d->subjects[0] : NULL;

	for (size_t i = 0; i < n; i++) {
		bool own = at != NULL && name_eq(&list[i].name, &p->r->subjects[*at].domain);
		const struct kept *k = own ? &p->r->before[*at].kept : NULL;
		enum harm h =
		    change_harm(p->a, &list[i], p->ours, own ? k->spf : NULL, own ? k->n_spf : 0);

		if (h == HARM_NONE)
			continue;
		fail(d, draft_words_of(p, "A change was found but is not proposed: ",
			    str_of(harm_words(h)), "."));
		return true;
	}
	return false;
}

/* Why T, a trial of D's changes, is no proof that they help; empty = it is one. */
static struct str
refusal_of(struct planning *p, const struct draft *d, const struct trial *t)
{
	enum rule_level level = d->n_cures > 0 ? d->cures[0]->level : LEVEL_ERROR;

	if (t->unread)
		return STR("A change was found but is not proposed: it is no record.");
	for (size_t i = 0; i < d->n_cures; i++)
		for (size_t k = 0; k < d->n_subjects; k++)
			if (rehearsed_find(t->after[d->subjects[k]], d->cures[i]->fingerprint) !=
			    NULL)
				return draft_words_of(p, "It was tried, and ",
				    str_of(rule_of(d->cures[i]->id)->slug), " is still there.");
	for (size_t i = 0; i < t->n_brought; i++)
		if (t->brought[i]->level >= level)
			return draft_words_of(p, "It was tried, and would bring ",
			    str_of(rule_of(t->brought[i]->id)->slug), ".");
	if (t->worse != NULL)
		return draft_words_of(
		    p, "It was tried, and ", t->worse->sender, " would fare worse.");
	if (t->lost != NULL)
		return draft_words_of(p, "It was tried, and ", str_of(t->lost), ".");
	return STR("");
}

static int
try_changes(struct planning *p, const struct change *list, size_t n, const struct some *only,
    struct trial *t)
{
	int rc = rehearsal_try(p->r, list, n, only, t);

	p->audits += t->n_touched;
	return rc;
}

/* Try D's changes on its subjects; *WHY = why they do not hold, empty when they do. */
static int
holds(struct planning *p, const struct draft *d, struct str *why)
{
	const struct some own = { d->subjects, d->n_subjects };
	struct trial t;
	int rc;

	if (p->audits > MAX_PLAN_AUDITS) {
		*why = STR("It was not tried: there are too many to try them all.");
		return AUDIT_OK;
	}
	if ((rc = try_changes(p, d->changes, d->n_changes, &own, &t)) == AUDIT_OK)
		*why = refusal_of(p, d, &t);
	return rc;
}

/* Whether X and Y change what stands at one place. */
static bool
meet(const struct change *x, const struct change *y)
{
	if (!name_eq(&x->name, &y->name))
		return false;
	if (x->type == RR_CNAME || y->type == RR_CNAME)
		return true;
	return x->type == y->type &&
	       (x->action == CHANGE_ADD || y->action == CHANGE_ADD || str_eq(x->old, y->old));
}

/* The draft before D, proposed, that changes a record that D changes. */
static struct draft *
rival(const struct planning *p, const struct draft *d)
{
	for (size_t i = 0; i < p->n && p->v[i] != d; i++) {
		struct draft *o = p->v[i];

		if (o->f.state != PLAN_PROPOSED || o->taken)
			continue;
		for (size_t k = 0; k < o->n_changes; k++)
			for (size_t m = 0; m < d->n_changes; m++)
				if (meet(&o->changes[k], &d->changes[m]))
					return o;
	}
	return NULL;
}

/* The remedy that D's findings have left in T, behind O's changes; NULL = none is needed. */
static const struct rehearsed_finding *
left_of(const struct draft *d, const struct trial *t)
{
	for (size_t i = 0; i < d->n_cures; i++)
		for (size_t k = 0; k < d->n_subjects; k++) {
			const struct rehearsed_finding *f =
			    rehearsed_find(t->after[d->subjects[k]], d->cures[i]->fingerprint);

			if (f != NULL)
				return f;
		}
	return NULL;
}

/* Some subjects of O and those of D, a draft of what both cure there. */
static struct draft
both_of(struct planning *p, const struct draft *o, const struct draft *d)
{
	struct draft out = { .f = o->f };
	size_t n = o->n_subjects < MAX_JOIN_SAMPLE ? o->n_subjects : MAX_JOIN_SAMPLE;

	out.subjects = arena_array(p->a, n + d->n_subjects + 1, sizeof(size_t));
	memcpy(out.subjects, o->subjects, n * sizeof(size_t));
	memcpy(out.subjects + n, d->subjects, d->n_subjects * sizeof(size_t));
	out.n_subjects = n + d->n_subjects;
	for (size_t i = 0; i < o->n_cures; i++)
		draft_add_cure(p, &out, o->cures[i]);
	for (size_t i = 0; i < d->n_cures; i++)
		draft_add_cure(p, &out, d->cures[i]);
	return out;
}

/*
 * O changes a record that D changes too: after O, D's finding is gone, or its remedy is
 * one for the record as O leaves it.  Then both become one, which is tried on all later.
 */
static int
join(struct planning *p, struct draft *o, struct draft *d)
{
	const struct some own = { d->subjects, d->n_subjects };
	const struct rehearsed_finding *f;
	struct change list[MAX_JOINED];
	size_t n = o->n_changes;
	struct str why = STR("");
	struct trial t;
	int rc = try_changes(p, o->changes, n, &own, &t);

	if (rc != AUDIT_OK)
		return rc;
	if ((f = left_of(d, &t)) == NULL) {
		draft_take_in(p, o, d);
		return AUDIT_OK;
	}
	memcpy(list, o->changes, n * sizeof(*list));
	for (size_t i = 0; i < f->n_changes; i++)
		if (!draft_compose(list, &n, &f->changes[i]))
			why = STR("It meets another fix, and both are too long for one.");
	if (f->n_changes == 0)
		why = STR("It meets another fix, behind which nothing certain is left to propose.");
	if (why.n == 0 && is_harmful(p, d, list, n))
		return AUDIT_OK;
	if (why.n == 0) {
		struct draft both = both_of(p, o, d);

		both.changes = list;
		both.n_changes = n;
		if ((rc = holds(p, &both, &why)) != AUDIT_OK)
			return rc;
	}
	if (why.n > 0) {
		fail(d, why);
		return AUDIT_OK;
	}
	memcpy(o->changes, list, n * sizeof(*list));
	o->n_changes = n;
	draft_take_in(p, o, d);
	return AUDIT_OK;
}

/*
 * The remedies of what T, a trial of the *N changes at LIST for D, brought behind them:
 * a record that was void is judged once it is none.  False when there are none.
 */
static bool
go_on(const struct draft *d, const struct trial *t, struct change *list, size_t *n)
{
	bool more = false;

	for (size_t i = 0; i < t->n_brought; i++) {
		const struct rehearsed_finding *f = t->brought[i];
		bool again = false; /* two findings may have one remedy */

		for (size_t k = 0; k < i && !again; k++)
			again = t->brought[k]->n_changes > 0 && f->n_changes > 0 &&
				str_eq(t->brought[k]->changes[0].new, f->changes[0].new);
		if (f->level < d->cures[0]->level || again)
			continue;
		for (size_t k = 0; k < f->n_changes; k++) {
			if (!draft_compose(list, n, &f->changes[k]))
				return false;
			more = true;
		}
	}
	return more;
}

/* Whether D stands by itself, with what its changes bring to light. */
static int
settle_alone(struct planning *p, struct draft *d)
{
	struct change list[MAX_JOINED];
	size_t n = d->n_changes;
	struct str why, first = STR("It was not tried: there are too many to try them all.");
	struct trial t;
	int rc;

	memcpy(list, d->changes, n * sizeof(*list));
	for (unsigned i = 0; i < MAX_ROUNDS && p->audits <= MAX_PLAN_AUDITS; i++) {
		if ((rc = try_changes(p, list, n, NULL, &t)) != AUDIT_OK)
			return rc;
		if ((why = refusal_of(p, d, &t)).n == 0) {
			memcpy(d->changes, list, n * sizeof(*list));
			d->n_changes = n;
			return AUDIT_OK;
		}
		if (i == 0)
			first = why;
		if (t.unread || !go_on(d, &t, list, &n))
			break;
		if (is_harmful(p, d, list, n))
			return AUDIT_OK;
	}
	fail(d, first);
	return AUDIT_OK;
}

/* Whether D stands: alone, or as a part of one before it. */
static int
settle(struct planning *p, struct draft *d)
{
	struct draft *o = rival(p, d);

	if (is_harmful(p, d, d->changes, d->n_changes))
		return AUDIT_OK;
	return o != NULL ? join(p, o, d) : settle_alone(p, d);
}

/* The changes of all that is proposed, or of those that are OURS to make; their number. */
static size_t
all_changes(struct planning *p, bool ours, struct change **out)
{
	size_t n = 0, room = 1;

	for (size_t i = 0; i < p->n; i++)
		room += p->v[i]->n_changes;
	*out = arena_array(p->a, room, sizeof(**out));
	for (size_t i = 0; i < p->n; i++) {
		const struct draft *d = p->v[i];

		if (d->f.state != PLAN_PROPOSED || d->taken || (ours && d->f.who > WHO_YOU))
			continue;
		memcpy(*out + n, d->changes, d->n_changes * sizeof(**out));
		n += d->n_changes;
	}
	return n;
}

static struct plan_finding
told(struct planning *p, const struct rehearsed_finding *f)
{
	return (struct plan_finding){ rule_of(f->id)->slug, f->level, arena_str(p->a, f->about) };
}

/* Whether finding I of LIST is no mere note, and not told before, of another subject. */
static bool
is_worth_telling(const struct rehearsed_finding *const *list, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(list[k]->fingerprint, list[i]->fingerprint) == 0)
			return false;
	return list[i]->level >= LEVEL_WARNING;
}

/* What T showed of the N_SUBJECTS at SUBJECTS. */
static void
prove(struct planning *p, const struct trial *t, const size_t *subjects, size_t n_subjects,
    struct plan_proof *out)
{
	struct plan_stream *s = arena_array(p->a, MAX_PLAN_STREAMS, sizeof(*s));
	struct plan_finding *cured = arena_array(p->a, t->n_cured + 1, sizeof(*cured));
	struct plan_finding *brought = arena_array(p->a, t->n_brought + 1, sizeof(*brought));

	*out =
	    (struct plan_proof){ .done = true, .streams = s, .cured = cured, .brought = brought };
	for (size_t i = 0; i < t->n_cured; i++)
		if (is_worth_telling(t->cured, i))
			cured[out->n_cured++] = told(p, t->cured[i]);
	for (size_t i = 0; i < t->n_brought; i++)
		if (is_worth_telling(t->brought, i))
			brought[out->n_brought++] = told(p, t->brought[i]);
	for (size_t i = 0; i < n_subjects; i++) {
		const struct rehearsed *b = &p->r->before[subjects[i]], *a = t->after[subjects[i]];

		for (size_t k = 0; k < b->n_streams && k < a->n_streams; k++) {
			const struct rehearsed_stream *x = &b->streams[k], *y = &a->streams[k];

			if (out->n_streams == MAX_PLAN_STREAMS)
				return;
			s[out->n_streams++] = (struct plan_stream){ .sender = x->sender,
				.spf = { x->spf, y->spf },
				.dkim = { x->dkim, y->dkim },
				.dmarc = { x->dmarc, y->dmarc },
				.lookups = { x->lookups, y->lookups },
				.has_lookups = { x->has_lookups, y->has_lookups } };
		}
	}
}

static int
prove_each(struct planning *p)
{
	for (size_t i = 0; i < p->n; i++) {
		struct draft *d = p->v[i];
		struct trial t;
		struct str why;
		int rc;

		if (d->f.state != PLAN_PROPOSED || d->taken)
			continue;
		if ((rc = try_changes(p, d->changes, d->n_changes, NULL, &t)) != AUDIT_OK)
			return rc;
		if ((why = refusal_of(p, d, &t)).n > 0)
			fail(d, why);
		else
			prove(p, &t, d->subjects, d->n_subjects, &d->f.proof);
	}
	return AUDIT_OK;
}

/* The last of those that are proposed; NULL = none is. */
static struct draft *
last_proposed(const struct planning *p)
{
	struct draft *last = NULL;

	for (size_t i = 0; i < p->n; i++)
		if (p->v[i]->f.state == PLAN_PROPOSED && !p->v[i]->taken)
			last = p->v[i];
	return last;
}

static struct draft *
first_proposed(const struct planning *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i]->f.state == PLAN_PROPOSED && !p->v[i]->taken)
			return p->v[i];
	return NULL;
}

/* All that is proposed, tried together; what does not go with the rest is left out. */
static int
try_together(struct planning *p, struct plan *out)
{
	struct draft *last, every = { .n_cures = 0 };
	struct change *list;
	struct trial t;
	unsigned tries = 0;
	struct str why;
	size_t n;
	int rc;

	every.subjects = arena_array(p->a, p->r->n + 1, sizeof(size_t));
	for (; every.n_subjects < p->r->n; every.n_subjects++)
		every.subjects[every.n_subjects] = every.n_subjects;
	while ((last = last_proposed(p)) != NULL) {
		every.n_cures = every.cap_cures = 0;
		for (size_t i = 0; i < p->n; i++)
			for (size_t k = 0; p->v[i]->f.state == PLAN_PROPOSED && !p->v[i]->taken &&
					   k < p->v[i]->n_cures;
			     k++)
				draft_add_cure(p, &every, p->v[i]->cures[k]);
		n = all_changes(p, false, &list);
		if ((rc = try_changes(p, list, n, NULL, &t)) != AUDIT_OK)
			return rc;
		if ((why = refusal_of(p, &every, &t)).n == 0) {
			prove(p, &t, every.subjects, every.n_subjects, &out->together);
			n = all_changes(p, true, &list);
			return plan_rrsets(p->r, list, n, p->a, out);
		}
		do /* one less, or the first alone */
			fail(last,
			    draft_words_of(p, "Alone it holds; with the fixes above: ", why, ""));
		while (++tries >= MAX_TOGETHER && (last = last_proposed(p)) != first_proposed(p));
	}
	return AUDIT_OK;
}

/* Those that failed for one reason are one. */
static void
merge_failed(struct planning *p)
{
	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < i && p->v[i]->f.state == PLAN_FAILED && !p->v[i]->taken;
		     k++) {
			const struct plan_fix *x = &p->v[k]->f, *y = &p->v[i]->f;

			if (x->state == PLAN_FAILED && !p->v[k]->taken &&
			    strcmp(x->slug, y->slug) == 0 && str_eq(x->why_not, y->why_not) &&
			    str_eq(x->domain, y->domain))
				draft_take_in(p, p->v[k], p->v[i]);
		}
}

/* What the domain of C keeps in DNS now; NULL = it was not audited. */
static const struct kept *
keys_of(const struct planning *p, const struct plan_cause *c)
{
	return c->subject == NO_SUBJECT ? NULL : &p->r->before[c->subject].kept;
}

static void
finish(struct planning *p, struct plan *out)
{
	struct plan_fix *fixes = arena_array(p->a, p->n + 1, sizeof(*fixes));

	for (int s = PLAN_PROPOSED; s <= PLAN_FAILED; s++)
		for (size_t i = 0; i < p->n; i++) {
			struct draft *d = p->v[i];

			if ((int)d->f.state != s || d->taken)
				continue;
			d->f.groups = d->groups;
			if (s == PLAN_PROPOSED) {
				d->f.changes = d->changes;
				d->f.n_changes = d->n_changes;
			}
			if (s == PLAN_ELSEWHERE || (s == PLAN_PROPOSED && d->f.who <= WHO_YOU))
				d->f.n_settings = plan_settings(p->a, d->f.slug, d->cause,
				    keys_of(p, d->cause), &d->f.settings);
			fixes[out->n++] = d->f;
		}
	out->fixes = fixes;
}

int
plan_make(struct arena *a, struct rehearsal *r, const struct plan_causes *causes, struct plan *out)
{
	struct planning p = { .r = r, .ours = causes->ours, .a = a };
	int rc = AUDIT_OK;

	*out = (struct plan){ .n = 0 };
	for (size_t i = 0; i < causes->n; i++)
		draft_cause(&p, &causes->v[i]);
	sort_by_mails(&p);
	for (size_t i = 0; i < p.n && rc == AUDIT_OK; i++)
		if (p.v[i]->f.state == PLAN_PROPOSED)
			rc = settle(&p, p.v[i]);
	sort_by_mails(&p);
	if (rc == AUDIT_OK)
		rc = prove_each(&p);
	if (rc == AUDIT_OK)
		rc = try_together(&p, out);
	merge_failed(&p);
	sort_by_mails(&p);
	finish(&p, out);
	return rc;
}
