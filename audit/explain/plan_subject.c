/* SPDX-License-Identifier: ISC */
/*
 * plan_subject.c - a subject as far as it is known to be our own; see plan.h.
 *
 * A finding's remedy names the addresses that a subject is said to send from.  So a
 * stranger's address must not be among them before the audit, or the remedies of all
 * findings about that record would name it.
 */
#include "audit/explain/plan.h"

/* Those of the *N addresses at *LIST that are OURS, as one network or another, too. */
static void
keep_own(struct arena *a, const struct ours *ours, const struct addr **list, size_t *n)
{
	struct addr *v = arena_array(a, *n + 1, sizeof(*v));
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++)
		if (is_ours(ours, &(*list)[i]))
			v[kept++] = (*list)[i];
	*list = v;
	*n = kept;
}

void
plan_subject(struct arena *a, const struct ours *ours, struct subject *s)
{
	struct sender *v = arena_array(a, s->n_senders + 1, sizeof(*v));

	keep_own(a, ours, &s->ips, &s->n_ips);
	for (size_t i = 0; i < s->n_senders; i++) {
		v[i] = s->senders[i];
		keep_own(a, ours, &v[i].ips, &v[i].n_ips);
	}
	s->senders = v;
}
