/* SPDX-License-Identifier: ISC */
/*
 * plan_draft.c - causes to drafts of fixes: the same change once.
 */
#include "audit/explain/plan_draft.h"

struct str
draft_words_of(struct planning *p, const char *one, struct str two, const char *three)
{
	struct str out;
	struct buf b;

	buf_init(&b, (size_t)64 << 10);
	buf_adds(&b, one);
	buf_add(&b, two);
	buf_adds(&b, three);
	out = arena_str(p->a, buf_str(&b));
	buf_free(&b);
	return out;
}

/* D is for the cause C, too. */
static void
add_cause(struct planning *p, struct draft *d, const struct plan_cause *c)
{
	*(size_t *)arena_grow(p->a, &d->groups, d->f.n_groups, &d->cap_groups, sizeof(size_t)) =
	    c->group;
	d->f.n_groups++;
	d->f.mails += c->mails;
	for (size_t i = 0; i < d->n_subjects; i++)
		if (d->subjects[i] == c->subject)
			return;
	if (c->subject == NO_SUBJECT)
		return;
	*(size_t *)arena_grow(p->a, &d->subjects, d->n_subjects, &d->cap_subjects, sizeof(size_t)) =
	    c->subject;
	d->n_subjects++;
}

void
draft_add_cure(struct planning *p, struct draft *d, const struct rehearsed_finding *f)
{
	for (size_t i = 0; i < d->n_cures; i++)
		if (strcmp(d->cures[i]->fingerprint, f->fingerprint) == 0)
			return;
	*(const struct rehearsed_finding **)arena_grow(
	    p->a, &d->cures, d->n_cures, &d->cap_cures, sizeof(f)) = f;
	d->n_cures++;
}

static struct draft *
new_draft(struct planning *p, const struct plan_cause *c, enum plan_state state)
{
	struct draft *d = arena_alloc(p->a, sizeof(*d));

	*(struct draft **)arena_grow(p->a, &p->v, p->n, &p->cap, sizeof(d)) = d;
	p->n++;
	d->f = (struct plan_fix){ .state = state, .who = c->who, .slug = "", .domain = c->domain };
	d->cause = c;
	return d;
}

static bool
same_change(const struct change *x, const struct change *y)
{
	return x->action == y->action && x->type == y->type && name_eq(&x->name, &y->name) &&
	       str_eq(x->old, y->old) && str_eq(x->new, y->new);
}

static bool
same_changes(const struct draft *d, const struct change *list, size_t n)
{
	bool same = d->n_changes == n && n > 0;

	for (size_t i = 0; i < n && same; i++)
		same = same_change(&d->changes[i], &list[i]);
	return same;
}

/* Whether F can be about the address of C, if it is about one. */
static bool
is_about(const struct plan_cause *c, const struct rehearsed_finding *f)
{
	const char *check = rule_of(f->id)->check;
	struct addr ip;

	if (strcmp(check, "ptr") != 0 && strcmp(check, "dnsbl") != 0)
		return true;
	if (addr_parse(f->about, &ip) != ADDR_OK)
		return true;
	return c->has_ip && addr_eq(&ip, &c->ip);
}

/* The finding that tells C best, with a change if any has one; NULL = there is none. */
static const struct rehearsed_finding *
telling(const struct planning *p, const struct plan_cause *c)
{
	const struct rehearsed_finding *best = NULL;
	const struct rehearsed *x;

	if (c->subject == NO_SUBJECT)
		return NULL;
	x = &p->r->before[c->subject];
	for (size_t i = 0; i < c->n_rules; i++)
		for (size_t k = 0; k < x->n_findings; k++) {
			const struct rehearsed_finding *f = &x->findings[k];

			if (f->id != c->rules[i] || !is_about(c, f))
				continue;
			if (f->n_changes > 0)
				return f;
			if (best == NULL)
				best = f;
		}
	return best;
}

/* The draft that changes the same; else a new one. */
static void
draft_change(struct planning *p, const struct plan_cause *c, const struct rehearsed_finding *f)
{
	struct draft *d = NULL;

	for (size_t i = 0; i < p->n && d == NULL; i++)
		if (p->v[i]->f.state == PLAN_PROPOSED &&
		    same_changes(p->v[i], f->changes, f->n_changes))
			d = p->v[i];
	if (d == NULL) {
		d = new_draft(p, c, PLAN_PROPOSED);
		d->f.who = f->who;
		d->f.slug = rule_of(f->id)->slug;
		d->f.what = f->what;
		d->f.url = f->url;
		d->changes = arena_array(p->a, MAX_JOINED, sizeof(*d->changes));
		d->n_changes = f->n_changes < MAX_CHANGES ? f->n_changes : MAX_CHANGES;
		memcpy(d->changes, f->changes, d->n_changes * sizeof(*d->changes));
	}
	add_cause(p, d, c);
	draft_add_cure(p, d, f);
}

/* An entry that says WHAT and changes nothing; equal ones are one. */
static void
draft_words(struct planning *p, const struct plan_cause *c, enum plan_state state, struct str what,
    const struct rehearsed_finding *f)
{
	const char *slug = f != NULL ? rule_of(f->id)->slug : "";
	struct str url = f != NULL && f->url.n > 0 ? f->url : c->url;
	struct draft *d = NULL;

	for (size_t i = 0; i < p->n && d == NULL; i++)
		if (p->v[i]->f.state == state && strcmp(p->v[i]->f.slug, slug) == 0 &&
		    str_eq(p->v[i]->f.what, what) && str_eq(p->v[i]->f.url, url) &&
		    str_eq(p->v[i]->f.domain, c->domain))
			d = p->v[i];
	if (d == NULL) {
		d = new_draft(p, c, state);
		d->f.slug = slug;
		d->f.what = what;
		d->f.url = url;
		d->f.who = f != NULL ? f->who : c->who;
	}
	add_cause(p, d, c);
}

/* Whether the address of C would have to be named somewhere, and nobody said that it may. */
static bool
hangs_on_address(const struct plan_cause *c)
{
	return c->has_ip && !c->owned;
}

static void
draft_question(struct planning *p, const struct plan_cause *c)
{
	struct str ip, what;
	struct buf b;

	buf_init(&b, 4096);
	addr_print(&b, &c->ip);
	ip = arena_str(p->a, buf_str(&b));
	buf_reset(&b);
	buf_adds(&b, "Is ");
	buf_add(&b, ip);
	buf_adds(&b, " a server of yours? It is known only from what others wrote, in replies, "
		     "bounces or reports, and may be a forwarder's or a spoofer's: no record is "
		     "proposed for it. If it is yours, name it in mailvet.yaml or run again with "
		     "--ip ");
	buf_add(&b, ip);
	buf_addc(&b, '.');
	what = arena_str(p->a, buf_str(&b));
	buf_free(&b);
	draft_words(p, c, PLAN_ASKED, what, NULL);
}

void
draft_cause(struct planning *p, const struct plan_cause *c)
{
	const struct rehearsed_finding *f = c->not_dns ? NULL : telling(p, c);

	if (f != NULL && f->n_changes > 0)
		draft_change(p, c, f);
	else if (!c->not_dns && hangs_on_address(c))
		draft_question(p, c);
	else if (f != NULL && f->what.n > 0)
		draft_words(p, c, PLAN_ELSEWHERE, f->what, f);
	else if (c->advice.n > 0)
		draft_words(p, c, PLAN_ELSEWHERE, c->advice, NULL);
}

bool
draft_compose(struct change *list, size_t *n, const struct change *c)
{
	for (size_t i = 0; i < *n; i++) {
		struct change *x = &list[i];

		if (c->action == CHANGE_ADD || x->action == CHANGE_REMOVE || x->type != c->type ||
		    !name_eq(&x->name, &c->name) || !str_eq(x->new, c->old))
			continue;
		if (c->action == CHANGE_REPLACE) {
			x->new = c->new;
		} else if (x->action == CHANGE_REPLACE) {
			x->action = CHANGE_REMOVE;
			x->new = STR("");
		} else {
			memmove(x, x + 1, (*n - i - 1) * sizeof(*x));
			--*n;
		}
		return true;
	}
	if (*n == MAX_JOINED)
		return false;
	list[(*n)++] = *c;
	return true;
}

void
draft_take_in(struct planning *p, struct draft *o, struct draft *d)
{
	for (size_t i = 0; i < d->f.n_groups; i++) {
		*(size_t *)arena_grow(
		    p->a, &o->groups, o->f.n_groups, &o->cap_groups, sizeof(size_t)) = d->groups[i];
		o->f.n_groups++;
	}
	o->f.mails += d->f.mails;
	for (size_t i = 0; i < d->n_subjects; i++) {
		bool has = false;

		for (size_t k = 0; k < o->n_subjects && !has; k++)
			has = o->subjects[k] == d->subjects[i];
		if (has)
			continue;
		*(size_t *)arena_grow(p->a, &o->subjects, o->n_subjects, &o->cap_subjects,
		    sizeof(size_t)) = d->subjects[i];
		o->n_subjects++;
	}
	for (size_t i = 0; i < d->n_cures; i++)
		draft_add_cure(p, o, d->cures[i]);
	d->taken = true;
}
