/* SPDX-License-Identifier: ISC */
/*
 * spf_networks.c - networks listed, made the fewest, and counted.
 */
#include "checks/spf_networks.h"

#include <stdlib.h>

/* The bits of octet OCTET that a prefix of BITS keeps. */
static uint8_t
mask_of(unsigned bits, size_t octet)
{
	unsigned from = (unsigned)octet * 8;
	if (bits >= from + 8)
		return 0xff;
	return (uint8_t)(bits <= from ? 0 : 0xff00u >> (bits - from));
}

void
spf_networks_add(struct spf_networks *g, const struct addr *addr, uint8_t bits)
{
	struct prefix p = { .addr = *addr, .bits = bits };
	if (g->met >= MAX_SPF_NETWORKS) {
		g->at_least = true;
		return;
	}
	g->met++;
	for (size_t i = 0; i < sizeof(p.addr.b); i++)
		p.addr.b[i] &= mask_of(bits, i);
	arena_grow(g->arena, &g->list, g->n, &g->cap, sizeof(*g->list));
	g->list[g->n++] = p;
	g->mixed = true;
}

/* By address, wider first. */
static int
prefix_cmp(const void *va, const void *vb)
{
	const struct prefix *a = va, *b = vb;
	int c = addr_cmp(&a->addr, &b->addr);
	return c != 0 ? c : (int)a->bits - (int)b->bits;
}

static void
sort(struct spf_networks *g)
{
	if (g->mixed && g->n > 1)
		qsort(g->list, g->n, sizeof(*g->list), prefix_cmp);
	g->mixed = false;
}

bool
spf_networks_join(struct spf_networks *g, const struct spf_networks *from)
{
	size_t i = g->n, n = from->n;
	if (from->met > MAX_SPF_NETWORKS - g->met)
		return false;
	g->met += from->met;
	g->at_least = g->at_least || from->at_least;
	g->elsewhere = g->elsewhere || from->elsewhere;
	while (g->cap < g->n + n)
		arena_grow(g->arena, &g->list, g->cap, &g->cap, sizeof(*g->list));
	sort(g);
	g->n += n;
	for (size_t to = g->n; n > 0;) /* from the end, where there is room */
		g->list[--to] = i > 0 && prefix_cmp(&g->list[i - 1], &from->list[n - 1]) > 0
				    ? g->list[--i]
				    : from->list[--n];
	return true;
}

/* Whether A and B are the two halves of one network. */
static bool
are_halves(const struct prefix *a, const struct prefix *b)
{
	if (a->addr.v6 != b->addr.v6 || a->bits != b->bits || a->bits == 0)
		return false;
	struct prefix wider = { .addr = a->addr, .bits = (uint8_t)(a->bits - 1) };
	return !prefix_has_host_bits(&wider) && prefix_has(&wider, &b->addr);
}

void
spf_networks_minimize(struct spf_networks *g)
{
	size_t n = 0;
	sort(g);
	for (size_t i = 0; i < g->n; i++) {
		if (n > 0 && prefix_has(&g->list[n - 1], &g->list[i].addr)) {
			g->twice = true;
			continue;
		}
		g->list[n++] = g->list[i];
		while (n > 1 && are_halves(&g->list[n - 2], &g->list[n - 1])) {
			n--;
			g->list[n - 1].bits--;
		}
	}
	g->n = n;
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

bool
is_spf_passing(const struct spf_node *node)
{
	for (; node->via != NULL; node = node->parent)
		if (node->via->term->kind == TERM_INCLUDE && node->via->term->qualifier != '+')
			return false;
	return true;
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

/* The networks of a record that others include: they hang on nobody else. */
static void *
make_literals(struct arena *keep, const struct answer *a, const struct rr *rr)
{
	struct spf_networks *g = arena_alloc(keep, sizeof(*g));
	g->arena = keep;
	add_literals(g, spf_record_of(a, rr));
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
	if (!is_spf_passing(node))
		return;
	g->at_least = g->at_least || node->state == NODE_FAILED || node->state == NODE_CUT;
	if (r == NULL)
		return;
	const struct spf_networks *shared =
	    node->parent != NULL ? answer_derive(node->answer, node->rr, make_literals) : NULL;
	if (shared == NULL || !spf_networks_join(g, shared))
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
	for (size_t i = 0; i < g->n; i++)
		if (prefix_has(&g->list[i], ip))
			return true;
	return false;
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
