/* SPDX-License-Identifier: ISC */
/*
 * plan_zones.c - which zone holds a record, and what stands beside it: asked of the
 * worlds that the fixes were rehearsed in, one question after the other.
 */
#include <stdlib.h>
#include "audit/error.h"
#include "audit/explain/plan.h"
#include "audit/sources/suffix.h"

#define DEFAULT_TTL 3600 /* where nobody says: an hour, as most zones have */

/* Somebody who waits for one answer. */
struct wait {
	struct waiter waiter; /* first */
	const struct answer *answer;
};

static void
on_ready(struct waiter *w, const struct question *q, const struct answer *a)
{
	(void)q;
	((struct wait *)w)->answer = answer_ref(a);
}

/* The answer of W to NAME TYPE, a reference; NULL when LOOP fails. */
static const struct answer *
ask_world(struct world *w, struct loop *loop, const struct name *name, uint16_t type)
{
	struct wait wait = { .waiter = { .ready = on_ready } };
	struct question q = question_dns(name, type);
	const struct answer *a = world_ask(w, &q, &wait.waiter);

	while (a == NULL && wait.answer == NULL)
		if (loop == NULL || loop_once(loop, -1) < 0) {
			world_cancel(w, &wait.waiter);
			return NULL;
		}
	return a != NULL ? a : wait.answer;
}

/* The records of X at the very name as rdata in presentation form, owned by A, into *OUT. */
static size_t
take_records(struct arena *a, const struct answer *x, const struct str **out)
{
	struct str *v = arena_array(a, x->n_rr + 1, sizeof(*v));
	size_t n = 0;
	struct buf b;

	buf_init(&b, MAX_ANSWER_BYTES);
	for (size_t i = 0; i < x->n_rr && x->n_chain == 0; i++) {
		buf_reset(&b);
		rr_print(&b, &x->rr[i]);
		v[n++] = arena_str(a, buf_str(&b));
	}
	buf_free(&b);
	*out = v;
	return n;
}

/* The apex at or above the owner of S; where nobody says, the registrable domain. */
static void
find_zone(struct rehearsal *r, struct world *w, struct plan_rrset *s)
{
	size_t labels = name_labels(&s->owner);

	for (size_t i = 0; i < labels && !s->zone_known; i++) {
		struct name at = name_parent(&s->owner, i);
		const struct answer *soa = ask_world(w, r->o.loop, &at, RR_SOA);
		struct question q = question_dns(&at, RR_SOA);

		if (soa == NULL)
			break;
		if (soa->status == ANSWER_FOUND && soa->n_chain == 0 && soa->n_rr > 0) {
			s->zone_known = true;
			s->zone = at;
		}
		answer_unref(soa);
		rehearsal_record(r, &q);
	}
	if (!s->zone_known)
		suffix_registrable(&s->owner, &s->zone);
}

static int
fill(struct rehearsal *r, struct arena *a, struct world *before, struct world *after,
    struct plan_rrset *s)
{
	const struct answer *x = ask_world(before, r->o.loop, &s->owner, s->type), *y;

	if (x == NULL)
		return AUDIT_ESYS;
	if ((y = ask_world(after, r->o.loop, &s->owner, s->type)) == NULL) {
		answer_unref(x);
		return AUDIT_ESYS;
	}
	s->known = x->status != ANSWER_FAILED;
	s->name_absent = x->status == ANSWER_NXDOMAIN;
	s->n_before = take_records(a, x, &s->before);
	s->n_after = take_records(a, y, &s->after);
	/* what a resolver hands out is what is left of it */
	if (s->ttl_s == 0 && x->authoritative && x->n_rr > 0)
		s->ttl_s = x->rr[0].ttl_s;
	if (s->ttl_s == 0)
		s->ttl_s = DEFAULT_TTL;
	answer_unref(x);
	answer_unref(y);
	find_zone(r, before, s);
	return AUDIT_OK;
}

static int
by_place(const void *a, const void *b)
{
	const struct plan_rrset *x = a, *y = b;
	int c = name_cmp(&x->zone, &y->zone);

	if (c == 0)
		c = name_cmp(&x->owner, &y->owner);
	return c != 0 ? c : (x->type > y->type) - (x->type < y->type);
}

/* The RRsets that LIST changes, each once, owned by A. */
static size_t
distinct(struct arena *a, const struct change *list, size_t n, struct plan_rrset **out)
{
	struct plan_rrset *v = arena_array(a, n + 1, sizeof(*v));
	size_t n_v = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (
		    k < n_v && (v[k].type != list[i].type || !name_eq(&v[k].owner, &list[i].name)))
			k++;
		if (k == n_v)
			v[n_v++] =
			    (struct plan_rrset){ .owner = list[i].name, .type = list[i].type };
		if (list[i].ttl_s > 0)
			v[k].ttl_s = list[i].ttl_s;
	}
	*out = v;
	return n_v;
}

int
plan_rrsets(
    struct rehearsal *r, const struct change *changes, size_t n, struct arena *a, struct plan *out)
{
	struct world *before = rehearsal_world(r, a, NULL, 0);
	struct world *after = rehearsal_world(r, a, changes, n);
	struct plan_rrset *v;
	size_t n_v = distinct(a, changes, n, &v);
	int rc = before != NULL && after != NULL ? AUDIT_OK : AUDIT_EFORMAT;

	for (size_t i = 0; i < n_v && rc == AUDIT_OK; i++)
		rc = fill(r, a, before, after, &v[i]);
	qsort(v, n_v, sizeof(*v), by_place);
	out->rrsets = v;
	out->n_rrsets = n_v;
	world_free(before);
	world_free(after);
	return rc;
}
