/* SPDX-License-Identifier: ISC */
/*
 * spf_networks.c - networks listed, made the fewest, and counted.
 */
#include "checks/spf_networks.h"

#include <stdlib.h>

#define FIRST_NETWORKS 8

/* The first (I = 0) or last eight octets of A as a number: lists are sorted and joined by those. */
static uint64_t
half_of(const struct addr *a, size_t i)
{
	const uint8_t *b = a->b + 8 * i;
	return (uint64_t)b[0] << 56 | (uint64_t)b[1] << 48 | (uint64_t)b[2] << 40 |
	       (uint64_t)b[3] << 32 | (uint64_t)b[4] << 24 | (uint64_t)b[5] << 16 |
	       (uint64_t)b[6] << 8 | b[7];
}

/* By address, wider first. */
static inline int
compare(const struct prefix *a, const struct prefix *b)
{
	uint64_t x = half_of(&a->addr, 0), y = half_of(&b->addr, 0);
	if (a->addr.v6 != b->addr.v6)
		return a->addr.v6 ? 1 : -1;
	if (x == y) {
		x = half_of(&a->addr, 1);
		y = half_of(&b->addr, 1);
	}
	if (x != y)
		return x < y ? -1 : 1;
	return (int)a->bits - (int)b->bits;
}

static int
prefix_cmp(const void *va, const void *vb)
{
	return compare(va, vb);
}

/* Whether the first BITS bits of X and Y, 64 at most, are the same. */
static bool
is_same(uint64_t x, uint64_t y, unsigned bits)
{
	return bits == 0 || (x ^ y) >> (64 - bits) == 0;
}

/* Whether A holds all of B, which is not in front of it. */
static bool
covers(const struct prefix *a, const struct prefix *b)
{
	unsigned first = a->bits < 64 ? a->bits : 64;
	return a->addr.v6 == b->addr.v6 &&
	       is_same(half_of(&a->addr, 0), half_of(&b->addr, 0), first) &&
	       (a->bits <= 64 ||
		   is_same(half_of(&a->addr, 1), half_of(&b->addr, 1), a->bits - 64U));
}

/* Whether A and B, which stands behind it, are the two halves of one network. */
static bool
are_halves(const struct prefix *a, const struct prefix *b)
{
	size_t i = a->bits > 64 ? 1 : 0;
	if (a->addr.v6 != b->addr.v6 || a->bits != b->bits || a->bits == 0)
		return false;
	uint64_t bit = (uint64_t)1 << (64 * (i + 1) - a->bits);
	if ((half_of(&a->addr, i) ^ half_of(&b->addr, i)) != bit)
		return false;
	return half_of(&a->addr, 1 - i) == half_of(&b->addr, 1 - i);
}

void
spf_networks_reserve(struct spf_networks *g, size_t n)
{
	size_t cap = g->cap * 2 > FIRST_NETWORKS ? g->cap * 2 : FIRST_NETWORKS;
	struct prefix *list;
	if (g->cap >= g->n + n)
		return;
	g->cap = cap > g->n + n ? cap : g->n + n;
	list = arena_array(g->arena, g->cap, sizeof(*list));
	if (g->n > 0)
		memcpy(list, g->list, g->n * sizeof(*list));
	g->list = list;
}

void
spf_networks_add(struct spf_networks *g, const struct addr *addr, uint8_t bits)
{
	struct prefix p = { .addr = *addr, .bits = bits };
	size_t whole = bits / 8U;
	if (g->met >= MAX_SPF_NETWORKS) {
		g->at_least = true;
		return;
	}
	g->met++;
	if (bits % 8U != 0)
		p.addr.b[whole++] &= (uint8_t)(0xff00u >> (bits % 8U));
	memset(p.addr.b + whole, 0, sizeof(p.addr.b) - whole);
	spf_networks_reserve(g, 1);
	g->list[g->n++] = p;
	g->mixed = true;
	g->least = false;
}

static void
sort(struct spf_networks *g)
{
	if (g->mixed && g->n > 1)
		qsort(g->list, g->n, sizeof(*g->list), prefix_cmp);
	g->mixed = false;
}

/* Merges the N networks at FROM, sorted, into G. */
static void
merge(struct spf_networks *g, const struct prefix *from, size_t n)
{
	size_t i, to;
	spf_networks_reserve(g, n);
	sort(g);
	g->least = false;
	i = g->n;
	to = g->n += n;
	/* from the end, where there is room */
	while (n > 0 && i > 0 && compare(&g->list[i - 1], from) > 0)
		g->list[--to] =
		    compare(&g->list[i - 1], &from[n - 1]) > 0 ? g->list[--i] : from[--n];
	if (n > 0)
		memcpy(g->list + i, from, n * sizeof(*from));
}

bool
spf_networks_join(struct spf_networks *g, const struct spf_networks *from)
{
	if (from->met > MAX_SPF_NETWORKS - g->met)
		return false;
	g->met += from->met;
	g->at_least = g->at_least || from->at_least;
	g->elsewhere = g->elsewhere || from->elsewhere;
	if (from->n == 0)
		return true;
	if (g->n > 0 || g->cap > 0) {
		merge(g, from->list, from->n);
		return true;
	}
	g->list = from->list;
	g->n = from->n;
	g->least = from->least;
	return true;
}

void
spf_networks_minimize(struct spf_networks *g)
{
	size_t n = 0;
	if (g->least)
		return;
	sort(g);
	for (size_t i = 0; i < g->n; i++) {
		if (n > 0 && covers(&g->list[n - 1], &g->list[i])) {
			g->twice = true;
			continue;
		}
		if (n < i)
			g->list[n] = g->list[i];
		n++;
		while (n > 1 && are_halves(&g->list[n - 2], &g->list[n - 1])) {
			n--;
			g->list[n - 1].bits--;
		}
	}
	g->n = n;
	g->least = true;
}

/* The addresses of the hosts of IT. */
static void
add_hosts(struct spf_networks *g, const struct spf_item *it)
{
	for (size_t i = 0; i < it->n_hosts; i++) {
		const struct answer *a = it->hosts[i];
		struct addr addr;
		for (size_t k = 0; a->status == ANSWER_FOUND && k < a->n_rr; k++)
			if (rr_addr(&a->rr[k], &addr))
				spf_networks_add(
				    g, &addr, addr.v6 ? it->term->cidr6 : it->term->cidr4);
	}
}

/* The networks and the all of NODE's record. */
static void
add_literals(struct spf_networks *g, const struct spf_record *r)
{
	static const struct addr any4 = { .v6 = false }, any6 = { .v6 = true };
	for (size_t i = 0; i < r->n_terms; i++) {
		const struct spf_term *t = &r->terms[i];
		if (t->qualifier != '+' || is_spf_dead(r, i))
			continue;
		if (t->kind == TERM_IP4 || t->kind == TERM_IP6) {
			spf_networks_add(g, &t->net.addr, t->net.bits);
		} else if (t->kind == TERM_ALL) {
			spf_networks_add(g, &any4, 0);
			spf_networks_add(g, &any6, 0);
		}
	}
}

const struct spf_networks *
spf_networks_of_record(struct arena *keep, const struct spf_record *r)
{
	struct spf_networks *g = arena_alloc(keep, sizeof(*g));
	g->arena = keep;
	add_literals(g, r);
	spf_networks_minimize(g);
	return g;
}

/* Notes what the lookup term IT lets pass beyond what is listed. */
static void
note_open(struct spf_networks *g, const struct spf_item *it)
{
	bool leads = it->term->kind == TERM_INCLUDE || it->term->kind == TERM_REDIRECT;
	bool by_name = it->term->kind == TERM_PTR || it->term->kind == TERM_EXISTS;
	g->at_least = g->at_least || by_name || it->unknown || (it->macro && !leads);
	g->elsewhere = g->elsewhere || (it->macro && leads);
}

void
spf_networks_of_node(struct spf_networks *g, const struct spf_node *node)
{
	const struct spf_record *r = node->record;
	if (node->no_pass)
		return;
	g->at_least = g->at_least || node->state == NODE_FAILED || node->state == NODE_CUT;
	if (r == NULL)
		return;
	if (node->shared == NULL || !spf_networks_join(g, node->shared->listed))
		add_literals(g, r);
	for (size_t i = 0; i < node->n_items; i++) {
		const struct spf_item *it = &node->items[i];
		if (it->term->qualifier != '+')
			continue;
		add_hosts(g, it);
		note_open(g, it);
	}
}

bool
spf_networks_has(const struct spf_networks *g, const struct addr *ip)
{
	const struct prefix one = { .addr = *ip, .bits = ip->v6 ? 128 : 32 };
	size_t low = 0, high = g->n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (compare(&g->list[mid], &one) <= 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low > 0 && covers(&g->list[low - 1], &one);
}

uint64_t
spf_networks_ip4(const struct spf_networks *g)
{
	uint64_t n = 0;
	for (size_t i = 0; i < g->n && !g->list[i].addr.v6; i++)
		n += (uint64_t)1 << (32 - g->list[i].bits);
	return n;
}

/* Whether A and B lie in the same /64. */
static bool
is_same_64(const struct prefix *a, const struct prefix *b)
{
	struct prefix net = { .addr = a->addr, .bits = 64 };
	return prefix_has(&net, &b->addr);
}

uint64_t
spf_networks_ip6(const struct spf_networks *g)
{
	uint64_t n = 0;
	for (size_t i = 0; i < g->n; i++) {
		const struct prefix *p = &g->list[i];
		if (!p->addr.v6)
			continue;
		/* Sorted: the hosts of one /64 stand side by side. */
		if (p->bits > 64)
			n += i == 0 || !is_same_64(p, &g->list[i - 1]);
		else
			n += p->bits <= 11 ? SPF_COUNT_MAX : (uint64_t)1 << (64 - p->bits);
		n = n > SPF_COUNT_MAX ? SPF_COUNT_MAX : n;
	}
	return n;
}
