/* SPDX-License-Identifier: ISC */
/*
 * spf_facts.c - the SPF tree and the addresses it lists, as facts for reports.
 */
#include <stdlib.h>

#include "checks/spf.h"

#define MAX_SPF_ADDRESSES 16384 /* far more than any sender lists; the rest is left out */
#define MAX_SPF_FACT_TERMS 2000 /* what a report can show; the rest is left out */

struct gather {
	struct arena *arena;
	struct prefix *list;
	size_t n, cap;
};

/* The bits of octet OCTET that a prefix of BITS keeps. */
static uint8_t
mask_of(unsigned bits, size_t octet)
{
	unsigned from = (unsigned)octet * 8;
	if (bits >= from + 8)
		return 0xff;
	return (uint8_t)(bits <= from ? 0 : 0xff00u >> (bits - from));
}

/* Adds ADDR/BITS with the host bits cleared. */
static void
gather_add(struct gather *g, const struct addr *addr, uint8_t bits)
{
	struct prefix p = { .addr = *addr, .bits = bits };
	if (g->n >= MAX_SPF_ADDRESSES)
		return;
	for (size_t i = 0; i < sizeof(p.addr.b); i++)
		p.addr.b[i] &= mask_of(bits, i);
	arena_grow(g->arena, &g->list, g->n, &g->cap, sizeof(*g->list));
	g->list[g->n++] = p;
}

/* By address, wider first. */
static int
prefix_cmp(const void *va, const void *vb)
{
	const struct prefix *a = va, *b = vb;
	int c = addr_cmp(&a->addr, &b->addr);
	return c != 0 ? c : (int)a->bits - (int)b->bits;
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

/* Sorts, drops what is covered, joins halves: the least list of the same addresses. */
static void
gather_minimize(struct gather *g)
{
	size_t n = 0;
	if (g->n > 1)
		qsort(g->list, g->n, sizeof(*g->list), prefix_cmp);
	for (size_t i = 0; i < g->n; i++) {
		if (n > 0 && prefix_has(&g->list[n - 1], &g->list[i].addr))
			continue;
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
gather_hosts(struct gather *g, const struct spf_item *it)
{
	for (size_t i = 0; i < it->n_hosts; i++) {
		const struct answer *a = it->hosts[i];
		struct addr addr;
		for (size_t k = 0; a->status == ANSWER_FOUND && k < a->n_rr; k++)
			if (rr_addr(&a->rr[k], &addr))
				gather_add(g, &addr, addr.v6 ? it->term->cidr6 : it->term->cidr4);
	}
}

/* Whether a match in the record of NODE makes the sender pass at the root. */
static bool
is_passing(const struct spf_node *node)
{
	for (; node->via != NULL; node = node->parent)
		if (node->via->term->kind == TERM_INCLUDE && node->via->term->qualifier != '+')
			return false;
	return true;
}

static void
gather_node(struct gather *g, const struct spf_node *node)
{
	const struct spf_record *r = node->record;
	if (r == NULL || !is_passing(node))
		return;
	for (size_t i = 0; i < r->n_terms; i++) {
		const struct spf_term *t = &r->terms[i];
		if ((t->kind == TERM_IP4 || t->kind == TERM_IP6) && t->qualifier == '+' &&
		    !is_spf_dead(r, i))
			gather_add(g, &t->net.addr, t->net.bits);
	}
	for (size_t i = 0; i < node->n_items; i++)
		if (node->items[i].term->qualifier == '+')
			gather_hosts(g, &node->items[i]);
}

/* What the lookup term IT costs, into F. */
static void
fill_item(struct spf_fact_term *f, const struct spf_item *it)
{
	const struct spf_node *below = it->below;
	f->cost = 1;
	f->voids = it->void4 > it->void6 ? it->void4 : it->void6;
	f->unknown = it->unknown || it->macro;
	if (below == NULL)
		return;
	f->cost_below = below->lookups;
	f->unknown = f->unknown || below->state == NODE_FAILED || below->state == NODE_CUT;
	f->record = below->record != NULL ? below->record->text : (struct str){ NULL, 0 };
	if (below->state == NODE_NONE && below->answer != NULL && answer_is_absent(below->answer))
		f->voids = 1;
}

/* The terms of NODE as a list; *LEFT is how many more a report takes. */
static struct spf_fact_term *
terms_of(struct arena *a, const struct spf_node *node, size_t *left, struct spf_fact_term **of_item)
{
	const struct spf_record *r = node->record;
	struct spf_fact_term *first = NULL, **last = &first;
	size_t k = 0;
	for (size_t i = 0; i<r->n_terms && * left> 0; i++, --*left) {
		struct spf_fact_term *f = arena_alloc(a, sizeof(*f));
		f->text = r->terms[i].text;
		f->dead = is_spf_dead(r, i);
		*last = f;
		last = &f->next;
		if (k < node->n_items && node->items[k].term == &r->terms[i]) {
			of_item[k] = f;
			fill_item(f, &node->items[k++]);
		}
	}
	return first;
}

/* Builds the lists of all records and hangs each below its term. */
static struct spf_fact_term *
tree_of(struct arena *a, const struct spf_tree *t)
{
	struct spf_fact_term ***of_node = arena_array(a, t->n_nodes, sizeof(*of_node));
	struct spf_fact_term *root = NULL;
	size_t left = MAX_SPF_FACT_TERMS;
	for (size_t i = 0; i < t->n_nodes; i++) {
		struct spf_node *node = t->nodes[i];
		if (node->record == NULL)
			continue;
		of_node[i] = arena_array(a, node->n_items, sizeof(**of_node));
		struct spf_fact_term *list = terms_of(a, node, &left, of_node[i]);
		if (node->parent == NULL) {
			root = list;
			continue;
		}
		struct spf_fact_term *above =
		    of_node[node->parent->index][node->via - node->parent->items];
		if (above != NULL)
			above->below = list;
	}
	return root;
}

void
spf_fill_facts(struct audit *au, const struct spf_tree *t)
{
	struct spf_facts *f = arena_alloc(au->arena, sizeof(*f));
	struct gather g = { .arena = au->arena };
	const struct spf_node *root = t->nodes[0];

	au->facts->spf = f;
	if (root->record == NULL)
		return;
	f->record = root->record->text;
	f->lookups = root->lookups;
	f->void_lookups = root->void4 > root->void6 ? root->void4 : root->void6;
	f->at_least = root->at_least || t->over;
	f->tree = tree_of(au->arena, t);
	for (size_t i = 0; i < t->n_nodes; i++)
		gather_node(&g, t->nodes[i]);
	gather_minimize(&g);
	f->addresses = g.list;
	f->n_addresses = g.n;
}
