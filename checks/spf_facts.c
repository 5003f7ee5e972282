/* SPDX-License-Identifier: ISC */
/*
 * spf_facts.c - the SPF tree and the addresses it lists, as facts for reports.
 */
#include "checks/spf.h"
#include "checks/spf_judge.h"
#include "checks/spf_sender.h"

#define MAX_SPF_FACT_TERMS 2000 /* what a report can show; the rest is left out */

/* The terms of R as a list, MAX at most. */
static struct spf_fact_term *
terms_of(struct arena *a, const struct spf_record *r, size_t max)
{
	struct spf_fact_term *f = arena_array(a, r->n_terms < max ? r->n_terms : max, sizeof(*f));
	for (size_t i = 0; i < r->n_terms && i < max; i++) {
		f[i].text = r->terms[i].text;
		f[i].dead = is_spf_dead(r, i);
		f[i].next = i + 1 < r->n_terms && i + 1 < max ? &f[i + 1] : NULL;
	}
	return f;
}

/* All of them, as when none costs a lookup: what does not hang on who includes a record. */
static void *
make_terms(struct arena *keep, const struct answer *a, const struct rr *rr)
{
	const struct spf_record *r = spf_record_of(a, rr);
	return terms_of(keep, r, r->n_terms);
}

const struct spf_fact_term *
spf_fact_terms(const struct answer *a, const struct rr *rr)
{
	return answer_derive(a, rr, make_terms);
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

/* The terms of one record as a list, the first N of them. */
struct listed {
	struct spf_fact_term *list;
	size_t n;
	bool shared; /* made with the record: whoever includes it has the same */
};

/* The terms of NODE; *LEFT is how many more a report takes. */
static struct listed
list_of(struct arena *a, const struct spf_node *node, size_t *left)
{
	const struct spf_record *r = node->record;
	struct listed out = { .n = r->n_terms < *left ? r->n_terms : *left };
	*left -= out.n;
	if (out.n == 0)
		return out;
	if (out.n == r->n_terms && node->n_items == 0 && node->parent != NULL) {
		out.list = answer_derive(node->answer, node->rr, make_terms);
		out.shared = true;
		return out;
	}
	out.list = terms_of(a, r, out.n);
	for (size_t k = 0; k < node->n_items; k++) {
		size_t i = (size_t)(node->items[k].term - r->terms);
		if (i < out.n)
			fill_item(&out.list[i], &node->items[k]);
	}
	return out;
}

/* Builds the lists of all records and hangs each below its term. */
static struct spf_fact_term *
tree_of(struct arena *a, const struct spf_tree *t)
{
	struct listed *of_node = arena_array(a, t->n_nodes, sizeof(*of_node));
	size_t left = MAX_SPF_FACT_TERMS;
	for (size_t i = 0; i < t->n_nodes; i++) {
		const struct spf_node *node = t->nodes[i];
		if (node->record == NULL)
			continue;
		of_node[i] = list_of(a, node, &left);
		if (node->parent == NULL)
			continue;
		const struct listed *up = &of_node[node->parent->index];
		size_t at = (size_t)(node->via->term - node->parent->record->terms);
		if (at >= up->n)
			continue;
		up->list[at].below = of_node[i].list;
		if (of_node[i].shared) {
			up->list[at].below_answer = node->answer;
			up->list[at].below_rr = node->rr;
		}
	}
	return of_node[0].list;
}

/* What evaluation for each of the addresses W came to. */
static void
fill_senders(struct audit *au, struct spf_facts *f, const struct spf_senders *w)
{
	struct spf_fact_sender *list = arena_array(au->arena, w->n, sizeof(*list));
	for (size_t i = 0; i < w->n; i++) {
		list[i].ip = addr_unmap(&w->ips[i]);
		list[i].result = spf_result_name(w->v[i].result);
		list[i].lookups = w->v[i].lookups;
		list[i].void_lookups = w->v[i].voids;
		list[i].over = w->v[i].why == WHY_LOOKUPS;
	}
	f->senders = list;
	f->n_senders = w->n;
}

void
spf_fill_facts(struct audit *au, const struct spf_tree *t, const struct spf_listing *listed,
    const struct spf_senders *w)
{
	struct spf_facts *f = arena_alloc(au->arena, sizeof(*f));
	const struct spf_networks *g = &listed->all;
	const struct spf_node *root = t->nodes[0];

	au->facts->spf = f;
	if (root->record == NULL)
		return;
	f->record = root->record->text;
	f->lookups = root->lookups;
	f->left = root->lookups < SPF_LOOKUP_LIMIT ? SPF_LOOKUP_LIMIT - root->lookups : 0;
	f->void_lookups = root->void4 > root->void6 ? root->void4 : root->void6;
	f->at_least = root->at_least || t->over;
	f->tree = tree_of(au->arena, t);
	f->addresses = g->list;
	f->n_addresses = g->n;
	f->ip4 = spf_networks_ip4(g);
	f->ip6 = spf_networks_ip6(g);
	f->addresses_at_least = t->over || g->at_least || g->elsewhere;
	f->sources = listed->sources;
	f->n_sources = listed->n_sources;
	fill_senders(au, f, w);
}

void
spf_mark_effects(struct spf_facts *f, const struct spf_cover *cover)
{
	struct spf_fact_term *t = f->tree;
	for (size_t i = 0; t != NULL; t = t->next, i++) {
		t->doubled = cover->of[i] == EFFECT_DOUBLED;
		t->covered = cover->of[i] == EFFECT_COVERED;
	}
}
