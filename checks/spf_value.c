/* SPDX-License-Identifier: ISC */
/*
 * spf_value.c - results and decisions, each kept once, so that equal ones are
 * the same object.
 */
#include "checks/spf_value.h"

const struct spf_value *
spf_plain(struct spf_values *s, enum spf_result r)
{
	return &s->plain[r];
}

bool
spf_spend(struct spf_values *s)
{
	if (++s->work > MAX_SPF_MAP_WORK)
		s->bad = true;
	return !s->bad;
}

/* The one object for V. */
static const struct spf_value *
intern(struct spf_values *s, const struct spf_value *v)
{
	size_t hash = v->opaque * 31 + v->tail;
	if (v->yes != NULL)
		hash += v->yes->index * 17 + v->no->index * 257;
	hash %= SPF_VALUE_SLOTS;
	for (const struct spf_value *o = s->slots[hash]; o != NULL && spf_spend(s); o = o->next)
		if (o->opaque == v->opaque && o->tail == v->tail && o->yes == v->yes &&
		    o->no == v->no)
			return o;
	if (s->n >= MAX_SPF_VALUES)
		s->bad = true;
	if (s->bad)
		return spf_plain(s, RESULT_NONE);
	struct spf_value *new = arena_alloc(s->arena, sizeof(*new));
	*new = *v;
	new->index = RESULT_PERMERROR + ++s->n;
	new->next = s->slots[hash];
	s->slots[hash] = new;
	return new;
}

/*
 * V where it is known whether opaque term I matched.  It nests no deeper than
 * there are opaque terms: a decision never stands below another of its term.
 */
static const struct spf_value *
restrict_to(struct spf_values *s, const struct spf_value *v, size_t i, bool matched)
{
	if ((v->mask & (uint64_t)1 << i) == 0 || v->tail || !spf_spend(s))
		return v;
	if (v->opaque == i)
		return matched ? v->yes : v->no;
	return spf_decide(
	    s, v->opaque, restrict_to(s, v->yes, i, matched), restrict_to(s, v->no, i, matched));
}

const struct spf_value *
spf_decide(
    struct spf_values *s, size_t opaque, const struct spf_value *yes, const struct spf_value *no)
{
	struct spf_value v = { .opaque = opaque };
	v.yes = restrict_to(s, yes, opaque, true);
	v.no = restrict_to(s, no, opaque, false);
	v.mask = (uint64_t)1 << opaque | v.yes->mask | v.no->mask;
	v.error = v.yes->error || v.no->error;
	return s->bad ? spf_plain(s, RESULT_NONE) : intern(s, &v);
}

const struct spf_value *
spf_included(struct spf_values *s, const struct spf_value *v, const struct spf_value *hit,
    const struct spf_value *miss)
{
	if (!spf_spend(s))
		return v;
	if (v->tail)
		return spf_decide(s, v->opaque, hit, miss);
	if (v->yes != NULL)
		return spf_decide(s, v->opaque, spf_included(s, v->yes, hit, miss),
		    spf_included(s, v->no, hit, miss));
	if (v->result == RESULT_PASS)
		return hit;
	return v->result == RESULT_NONE || v->result == RESULT_PERMERROR
		   ? spf_plain(s, RESULT_PERMERROR)
		   : miss;
}

const struct spf_value *
spf_tail(struct spf_values *s, size_t opaque)
{
	struct spf_value v = { .tail = true, .opaque = opaque };
	v.mask = (uint64_t)1 << opaque;
	return intern(s, &v);
}

void
spf_values_init(struct spf_values *s, struct arena *a)
{
	*s = (struct spf_values){ .arena = a };
	for (size_t i = 0; i < ARRAY_LEN(s->plain); i++)
		s->plain[i] = (struct spf_value){ .result = (enum spf_result)i, .index = i };
	s->plain[RESULT_PERMERROR].error = true;
}
