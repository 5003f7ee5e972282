/* SPDX-License-Identifier: ISC */
/*
 * subject.c - sources of a domain and the selectors they verified with; see subject.h.
 */
#include "audit/aggregate/subject.h"
#include "audit/aggregate/input.h"
#include "audit/error.h"

#define MAX_REPORTED_SELECTORS 50 /* of one domain: large senders have a few dozen */

static void
on_report(void *ctx, const char *name, const struct aggregate_report *r)
{
	if (evidence_add(ctx, r) && r->n_bad > 0)
		audit_warn("%s: %zu of %zu rows left out%s: %s", name, r->n_bad,
		    r->n_rows + r->n_bad, r->n_bad > 1 ? ", the first" : "", r->bad_why);
}

int
evidence_read(struct evidence *e, const char *const *paths, size_t n, size_t *refused)
{
	struct aggregate_visit v = { .report = on_report, .ctx = e };
	struct aggregate_sum sum = { .files = 0 };

	*refused = 0;
	for (size_t i = 0; i < n; i++) {
		size_t before = sum.reports;

		if (aggregate_read(paths[i], &v, &sum) != AUDIT_OK)
			++*refused;
		else if (sum.reports == before && sum.refused == 0)
			audit_warn("%s: no report in it", paths[i]);
	}
	evidence_sort(e);
	*refused += sum.refused;
	if (e->rows > 0)
		return AUDIT_OK;
	audit_warn("--aggregate: not one row of a report could be read");
	return AUDIT_EREAD;
}

/* The selectors of *S, which has room for more, with the one that K saw. */
static void
add_selector(struct subject *s, struct selector *list, const struct seen_selector *k)
{
	bool own = name_eq(&k->domain, &s->domain);

	for (size_t i = 0; i < s->n_selectors; i++) {
		const struct name *d = name_is_set(&list[i].domain) ? &list[i].domain : &s->domain;

		if (str_ieq(list[i].name, k->name) && name_eq(d, &k->domain))
			return;
	}
	list[s->n_selectors] = (struct selector){ .name = k->name, .provenance = FROM_REPORT };
	if (!own)
		list[s->n_selectors].domain = k->domain;
	s->n_selectors++;
}

/*
 * Whether a key that verified last in a report that ended at LAST is still in use.  Mail is
 * retried for five days (RFC 5321 4.5.4.1), so that a key may go a week after its last use.
 */
static bool
is_fresh(const struct evidence *e, time_t last)
{
	return last == 0 || (e->now > 0 ? e->now : e->last) - last <= MAX_KEY_IDLE;
}

/* The keys of all sources of S with which its mail verified, and whose name is near its own. */
static void
add_selectors(const struct evidence *e, struct subject *s, struct arena *a)
{
	struct selector *list =
	    arena_array(a, s->n_selectors + MAX_REPORTED_SELECTORS, sizeof(*list));
	size_t max = s->n_selectors + MAX_REPORTED_SELECTORS;

	if (s->n_selectors > 0)
		memcpy(list, s->selectors, s->n_selectors * sizeof(*list));
	for (size_t i = 0; i < s->n_seen; i++)
		for (const struct seen_selector *k = s->seen[i]->selectors; k != NULL; k = k->next)
			if (k->pass > 0 && is_fresh(e, k->last) && s->n_selectors < max &&
			    (name_is_below(&k->domain, &s->domain) ||
				(name_labels(&k->domain) > 1 &&
				    name_is_below(&s->domain, &k->domain))))
				add_selector(s, list, k);
	s->selectors = list;
}

void
evidence_subject(const struct evidence *e, struct subject *s, struct arena *a)
{
	const struct seen_source **list;
	size_t first = 0;

	if (!name_is_set(&s->domain))
		return;
	while (first < e->n && !name_eq(&e->sources[first]->seen.from, &s->domain))
		first++;
	list = arena_array(a, e->n - first + 1, sizeof(const struct seen_source *));
	for (size_t i = first; i < e->n && name_eq(&e->sources[i]->seen.from, &s->domain); i++)
		list[s->n_seen++] = &e->sources[i]->seen;
	s->seen = list;
	add_selectors(e, s, a);
}
