/* SPDX-License-Identifier: ISC */
/*
 * spf_mapdiff.c - looks into maps and compares them.
 */
#include "checks/spf_map.h"

bool
spf_same_spans(const struct spf_span *a, size_t n_a, const struct spf_span *b, size_t n_b)
{
	if (n_a != n_b)
		return false;
	for (size_t i = 0; i < n_a; i++)
		if (a[i].value != b[i].value || addr_cmp(&a[i].from, &b[i].from) != 0)
			return false;
	return true;
}

/* What M says of A, as it stands there. */
static const struct spf_value *
value_at(const struct spf_map *m, const struct addr *a)
{
	const struct spf_span *spans = m->spans[a->v6];
	size_t low = 0, high = m->n[a->v6];
	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;
		if (addr_cmp(&spans[mid].from, a) <= 0)
			low = mid;
		else
			high = mid;
	}
	return spans[low].value;
}

const struct spf_value *
spf_map_at(const struct spf_map *m, const struct addr *addr)
{
	struct addr a = addr_unmap(addr);
	return value_at(m, &a);
}

bool
spf_map_eq(const struct spf_map *a, const struct spf_map *b)
{
	return spf_same_spans(a->spans[0], a->n[0], b->spans[0], b->n[0]) &&
	       spf_same_spans(a->spans[1], a->n[1], b->spans[1], b->n[1]);
}

/*
 * Whether NEW is OLD, or OLD with something in place of permerror.  It nests as
 * deep as opaque terms do; with *LEFT used up the answer is no.
 */
static bool
heals(const struct spf_value *old, const struct spf_value *new, size_t *left)
{
	if (old == new || (old->yes == NULL && !old->tail && old->result == RESULT_PERMERROR))
		return true;
	if (old->yes == NULL || new->yes == NULL || old->opaque != new->opaque || *left == 0)
		return false;
	--*left;
	return heals(old->yes, new->yes, left) && heals(old->no, new->no, left);
}

bool
spf_map_heals(const struct spf_map *old, const struct spf_map *new)
{
	size_t left = MAX_SPF_MAP_WORK;
	bool good = true;
	for (int f = 0; f < 2; f++) {
		for (size_t i = 0; i < old->n[f] && good; i++)
			good = heals(
			    old->spans[f][i].value, value_at(new, &old->spans[f][i].from), &left);
		for (size_t i = 0; i < new->n[f] && good; i++)
			good = heals(
			    value_at(old, &new->spans[f][i].from), new->spans[f][i].value, &left);
	}
	return good;
}

/* An IPv4 address as a number. */
static uint64_t
number_of(const struct addr *a)
{
	return (uint64_t)a->b[0] << 24 | (uint64_t)a->b[1] << 16 | (uint64_t)a->b[2] << 8 | a->b[3];
}

uint64_t
spf_map_differ4(const struct spf_map *a, const struct spf_map *b)
{
	uint64_t n = 0, at = 0;
	for (size_t i = 0, k = 0; i < a->n[0] && k < b->n[0];) {
		uint64_t end = (uint64_t)1 << 32, end_a = end, end_b = end;
		if (i + 1 < a->n[0])
			end_a = number_of(&a->spans[0][i + 1].from);
		if (k + 1 < b->n[0])
			end_b = number_of(&b->spans[0][k + 1].from);
		end = end_a < end_b ? end_a : end_b;
		n += a->spans[0][i].value != b->spans[0][k].value ? end - at : 0;
		i += end_a == end;
		k += end_b == end;
		at = end;
	}
	return n;
}
