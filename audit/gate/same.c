/* SPDX-License-Identifier: ISC */
/*
 * same.c - answers compared by what they say.
 */
#include "audit/gate/same.h"

static bool
same_faults(const struct answer *a, const struct answer *b)
{
	size_t i = 0;

	if (a->n_faults != b->n_faults)
		return false;
	for (; i < a->n_faults; i++) {
		const struct zone_fault *x = &a->faults[i], *y = &b->faults[i];

		if (x->type != y->type || x->reason != y->reason || !str_eq(x->code, y->code) ||
		    !str_eq(x->text, y->text) || !name_eq(&x->owner, &y->owner))
			return false;
	}
	return true;
}

static bool
same_names(const struct name *a, size_t n_a, const struct name *b, size_t n_b)
{
	size_t i = 0;

	while (n_a == n_b && i < n_a && name_eq(&a[i], &b[i]))
		i++;
	return n_a == n_b && i == n_a;
}

/* How far A and B, to one question, say the same. */
static enum sameness
same_answer(const struct answer *a, const struct answer *b)
{
	enum sameness same = a->ttl_s == b->ttl_s ? SAME : SAME_BUT_TTL;

	if (a->status != b->status || a->cause != b->cause || a->n_rr != b->n_rr ||
	    !same_names(a->chain, a->n_chain, b->chain, b->n_chain) ||
	    !same_names(a->names, a->n_names, b->names, b->n_names) || !same_faults(a, b))
		return DIFFERENT;
	for (size_t i = 0; i < a->n_rr; i++) {
		if (a->rr[i].type != b->rr[i].type || !str_eq(a->rr[i].data, b->rr[i].data))
			return DIFFERENT;
		if (a->rr[i].ttl_s != b->rr[i].ttl_s)
			same = SAME_BUT_TTL;
	}
	return same;
}

enum sameness
same_question(const struct question *q, const struct side *head, const struct side *base)
{
	const struct answer *a, *b;
	enum sameness same;

	if (base->live && q->kind != ASK_DNS)
		return SAME; /* servers list no names: what there is to be known is the same */
	a = side_answer(head, q);
	b = side_answer(base, q);
	same = a != NULL && b != NULL ? same_answer(a, b) : DIFFERENT;

	answer_unref(a);
	answer_unref(b);
	return same == SAME_BUT_TTL ? SAME : same;
}

/* Whether zones say anything to Q: what is computed from its own words is the same anywhere. */
static bool
hangs_on_zones(const struct question *q)
{
	return q->kind == ASK_DNS || q->kind == ASK_NAMES || q->kind == ASK_ZONE;
}

enum sameness
same_inquiry(const struct inquiry *q, const struct side *base)
{
	enum sameness same = SAME;

	for (size_t i = 0; i < q->n && same != DIFFERENT; i++) {
		const struct inquiry_entry *e = &q->entries[i];
		const struct answer *b;
		enum sameness one;

		if (!hangs_on_zones(&e->q) || e->q.base || (base->live && e->q.kind != ASK_DNS))
			continue;
		b = side_answer(base, &e->q);
		one = b == NULL || e->answer == NULL ? DIFFERENT : same_answer(e->answer, b);
		if (one > same)
			same = one;
		answer_unref(b);
	}
	return same;
}
