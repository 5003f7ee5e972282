/* SPDX-License-Identifier: ISC */
/*
 * merge.c - results by label and time.
 */
#include "audit/fleet/merge.h"
#include <stdlib.h>

void
merge_init(struct merge *m)
{
	*m = (struct merge){ .n = 0 };
	arena_init(&m->arena, 0);
}

void
merge_free(struct merge *m)
{
	arena_free(&m->arena);
	free(m->v);
	merge_init(m);
}

void
merge_add(struct merge *m, const struct merge_result *r)
{
	if (m->n == MAX_MERGE) {
		m->full = true;
		return;
	}
	if (m->n == m->cap) {
		m->cap = m->cap == 0 ? 256 : m->cap * 2;
		m->v = xrealloc(m->v, m->cap * sizeof(*m->v));
	}
	m->v[m->n] = *r;
	m->v[m->n].label = arena_str(&m->arena, r->label);
	m->v[m->n].stands = (uint32_t)m->n;
	m->n++;
}

void
merge_drop(struct merge *m, size_t n)
{
	m->n = n;
	if (m->open > n)
		m->open = n;
}

void
merge_run(struct merge *m, time_t now)
{
	for (; m->open < m->n; m->open++)
		m->v[m->open].now = now;
}

/* By label, time and number, so that the last of a label is the one that stands. */
static int
later(const void *pa, const void *pb)
{
	const struct merge_result *a = *(const struct merge_result *const *)pa;
	const struct merge_result *b = *(const struct merge_result *const *)pb;
	int c = str_cmp(a->label, b->label);

	if (c == 0)
		c = a->now < b->now ? -1 : a->now > b->now;
	return c != 0 ? c : a < b ? -1 : a > b;
}

void
merge_decide(struct merge *m)
{
	struct merge_result **by = xcalloc(m->n + 1, sizeof(struct merge_result *));
	uint32_t stands = 0;

	for (size_t i = 0; i < m->n; i++)
		by[i] = &m->v[i];
	qsort(by, m->n, sizeof(struct merge_result *), later);
	for (size_t i = m->n; i-- > 0;) {
		if (i + 1 == m->n || !str_eq(by[i]->label, by[i + 1]->label))
			stands = (uint32_t)(by[i] - m->v);
		by[i]->stands = stands;
	}
	free(by);
}
