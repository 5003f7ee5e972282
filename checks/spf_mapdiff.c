/* SPDX-License-Identifier: ISC */
/*
 * spf_mapdiff.c - looks into maps and compares them.
 */
#include "checks/spf_map.h"
#include "checks/spf_networks.h"

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

static bool
bit_at(const struct addr *a, unsigned bit)
{
	return (a->b[bit / 8] >> (7 - bit % 8) & 1) != 0;
}

/* The last address of A/BITS. */
static struct addr
last_of(const struct addr *a, unsigned bits)
{
	struct addr out = *a;
	unsigned size = a->v6 ? 128 : 32;

	for (unsigned i = bits; i < size; i++)
		out.b[i / 8] |= (uint8_t)(0x80 >> i % 8);
	return out;
}

/* The address behind A; false when A is the last there is. */
static bool
next_of(const struct addr *a, struct addr *out)
{
	*out = *a;
	for (unsigned i = a->v6 ? 16 : 4; i-- > 0;)
		if (++out->b[i] != 0)
			return true;
	return false;
}

static struct addr
before(const struct addr *a)
{
	struct addr out = *a;

	for (unsigned i = a->v6 ? 16 : 4; i-- > 0;)
		if (out.b[i]-- != 0)
			break;
	return out;
}

/* The addresses FROM to TO, both among them, as networks into G. */
static void
add_range(struct spf_networks *g, struct addr from, const struct addr *to)
{
	unsigned size = from.v6 ? 128 : 32, bits;
	struct addr last;

	do {
		for (bits = size; bits > 0 && !bit_at(&from, bits - 1); bits--) {
			last = last_of(&from, bits - 1);
			if (addr_cmp(&last, to) > 0)
				break;
		}
		spf_networks_add(g, &from, (uint8_t)bits);
		last = last_of(&from, bits);
	} while (addr_cmp(&last, to) < 0 && next_of(&last, &from));
}

/* What differs between A and B in family F, into G. */
static void
add_differences(
    struct spf_networks *g, const struct spf_map *a, const struct spf_map *b, unsigned f)
{
	struct addr from = { .v6 = f == 1 };

	for (size_t i = 0, k = 0; i < a->n[f] && k < b->n[f];) {
		const struct spf_span *next_a = i + 1 < a->n[f] ? &a->spans[f][i + 1] : NULL;
		const struct spf_span *next_b = k + 1 < b->n[f] ? &b->spans[f][k + 1] : NULL;
		bool differ = a->spans[f][i].value != b->spans[f][k].value;
		int order = next_a == NULL   ? (next_b == NULL ? 0 : 1)
			    : next_b == NULL ? -1
					     : addr_cmp(&next_a->from, &next_b->from);
		const struct spf_span *next = order <= 0 ? next_a : next_b;
		struct addr zero = { .v6 = f == 1 };
		struct addr to = next != NULL ? before(&next->from) : last_of(&zero, 0);

		if (differ)
			add_range(g, from, &to);
		if (next == NULL)
			return;
		i += order <= 0;
		k += order >= 0;
		from = next->from;
	}
}

void
spf_map_difference(const struct spf_map *a, const struct spf_map *b, struct spf_networks *out)
{
	add_differences(out, a, b, 0);
	add_differences(out, a, b, 1);
	spf_networks_minimize(out);
}
