/* SPDX-License-Identifier: ISC */
/*
 * spf_reach.c - adds up, term by term, what counts towards the limits.
 */
#include "checks/spf_reach.h"

/* The item of the root below which NODE, another one, stands. */
static const struct spf_item *
top_of(const struct spf_node *node)
{
	while (node->depth > 1)
		node = node->parent;
	return node->via;
}

bool
spf_is_open(const struct spf_item *it)
{
	return it->macro || it->term->kind == TERM_EXISTS || it->term->kind == TERM_PTR;
}

static void
add_voids(uint32_t *weight, const struct spf_item *it)
{
	weight[LIMIT_VOIDS4] += spf_is_open(it) ? 1 : it->void4;
	weight[LIMIT_VOIDS6] += spf_is_open(it) ? 1 : it->void6;
}

void
spf_reach_init(struct spf_reach *r, struct arena *a, const struct spf_tree *t)
{
	r->root = t->nodes[0];
	r->weight = arena_array(a, r->root->n_items + 1, sizeof(*r->weight));
	for (size_t i = 0; i < r->root->n_items; i++) {
		const struct spf_item *it = &r->root->items[i];
		r->weight[i][LIMIT_LOOKUPS] = 1 + (it->below != NULL ? it->below->lookups : 0);
		add_voids(r->weight[i], it);
	}
	/* A target without a record ends the evaluation by itself and is told as such. */
	for (size_t i = 1; i < t->n_nodes; i++) {
		const struct spf_node *node = t->nodes[i];
		for (size_t k = 0; k < node->n_items; k++)
			add_voids(r->weight[top_of(node) - r->root->items], &node->items[k]);
	}
}

const struct spf_item *
spf_reach_over(const struct spf_reach *r, enum spf_limit limit, const struct spf_term *skip)
{
	uint32_t n = 0, max = limit == LIMIT_LOOKUPS ? SPF_LOOKUP_LIMIT : SPF_VOID_LIMIT;
	for (int last = 0; last < 2; last++) {
		for (size_t i = 0; i < r->root->n_items; i++) {
			const struct spf_item *it = &r->root->items[i];
			if (it->term == skip || (it->term->kind == TERM_REDIRECT) != (last == 1))
				continue;
			n += r->weight[i][limit];
			if (n > max)
				return it;
		}
	}
	return NULL;
}

size_t
spf_reach_end(const struct spf_reach *r, const struct spf_term *skip)
{
	const struct spf_record *rec = r->root->record;
	size_t end = SPF_NO_TERM;
	for (int limit = 0; limit < SPF_LIMITS; limit++) {
		const struct spf_item *it = spf_reach_over(r, (enum spf_limit)limit, skip);
		size_t at = it == NULL                        ? SPF_NO_TERM
			    : it->term->kind == TERM_REDIRECT ? rec->n_terms
							      : (size_t)(it->term - rec->terms);
		end = at < end ? at : end;
	}
	return end;
}
