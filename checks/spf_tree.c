/* SPDX-License-Identifier: ISC */
/*
 * spf_tree.c - expands include: and redirect=, a level at a time, and adds up.
 *
 * Breadth first: the questions of one level travel together, and what is cut
 * by a bound does not depend on the order in which answers come.
 */
#include "checks/spf_tree.h"

#include "checks/spf_networks.h"
#include "checks/spf_target.h"

#define AHEAD_NODES 20 /* in a larger tree the limit of lookups is passed anyway */

/* What the expansion needs at hand. */
struct growth {
	struct audit *au;
	struct spf_tree *t;
	size_t cap;
	size_t terms; /* in all records met, those met again too */
};

const struct rr *
spf_select(const struct answer *a, size_t *n)
{
	const struct rr *found = NULL;
	*n = 0;
	for (size_t i = 0; i < a->n_rr; i++) {
		if (a->rr[i].type != RR_TXT || !is_spf_record(a->rr[i].text))
			continue;
		found = &a->rr[i];
		++*n;
	}
	return *n == 1 ? found : NULL;
}

static struct spf_node *
add_node(struct growth *g, struct spf_node *parent, struct spf_item *via)
{
	struct spf_tree *t = g->t;
	struct spf_node *node = arena_alloc(g->au->arena, sizeof(*node));
	if (t->n_nodes == g->cap)
		arena_grow(g->au->arena, &t->nodes, t->n_nodes, &g->cap, sizeof(*t->nodes));
	node->index = t->n_nodes;
	t->nodes[t->n_nodes++] = node;
	node->parent = parent;
	node->via = via;
	if (parent == NULL)
		return node;
	node->depth = parent->depth + 1;
	node->no_pass =
	    parent->no_pass || (via->term->kind == TERM_INCLUDE && via->term->qualifier != '+');
	return node;
}

static void *
make_record(struct arena *keep, const struct answer *a, const struct rr *rr)
{
	struct spf_record *r = arena_alloc(keep, sizeof(*r));
	(void)a;
	spf_record_parse(keep, rr->text, r);
	return r;
}

const struct spf_record *
spf_record_of(const struct answer *a, const struct rr *rr)
{
	return answer_derive(a, rr, make_record);
}

static void *
make_shared(struct arena *keep, const struct answer *a, const struct rr *rr)
{
	struct spf_shared *s = arena_alloc(keep, sizeof(*s));
	(void)rr;
	s->rr = spf_select(a, &s->n);
	if (s->rr == NULL)
		return s;
	s->record = spf_record_of(a, s->rr);
	s->listed = spf_networks_of_record(keep, s->record);
	return s;
}

/* How many terms the records of T have, one that is met more than once counted once. */
static size_t
terms_of(const struct spf_tree *t)
{
	size_t n = 0;
	for (size_t i = 0; i < t->n_nodes; i++) {
		size_t k = 0;
		while (k < i && t->nodes[k]->record != t->nodes[i]->record)
			k++;
		if (k == i && t->nodes[i]->record != NULL)
			n += t->nodes[i]->record->n_terms;
	}
	return n;
}

/* The record RR of NODE, read once; NULL when the tree has too many terms to keep them all. */
static const struct spf_record *
record_of(struct growth *g, const struct spf_node *node, const struct rr *rr)
{
	const struct spf_record *r;
	if (g->terms > MAX_SPF_TREE_TERMS && terms_of(g->t) > MAX_SPF_TREE_TERMS)
		return NULL;
	r = node->shared != NULL ? node->shared->record
				 : make_record(g->au->arena, node->answer, rr);
	g->terms += r->n_terms;
	return r;
}

/*
 * The one record in the answer of NODE, *N of them: others include what stands below,
 * but nobody else has our own.
 */
static const struct rr *
select_of(struct spf_node *node, size_t *n)
{
	const struct answer *a = node->answer;
	if (node->parent == NULL || a->n_rr == 0)
		return spf_select(a, n);
	node->shared = answer_derive(a, a->rr, make_shared);
	*n = node->shared->n;
	return node->shared->rr;
}

/* Asks for the record of NODE. */
static void
ask_node(struct growth *g, struct spf_node *node)
{
	size_t n;
	if (node->state != NODE_PENDING)
		return;
	node->answer = ask_dns(g->au->q, &node->name, RR_TXT);
	if (is_pending(node->answer)) {
		g->t->pending = true;
		return;
	}
	if (node->answer->status == ANSWER_FAILED) {
		node->state = NODE_FAILED;
		return;
	}
	const struct rr *rr = select_of(node, &n);
	node->state = n == 0 ? NODE_NONE : n == 1 ? NODE_RECORD : NODE_SEVERAL;
	if (rr != NULL) {
		node->record = record_of(g, node, rr);
		node->rr = rr;
		node->state = node->record != NULL ? NODE_RECORD : NODE_CUT;
	}
}

static bool
is_ancestor(const struct spf_node *node, const struct name *name)
{
	for (; node != NULL; node = node->parent)
		if (name_eq(&node->name, name))
			return true;
	return false;
}

/* Puts the record that the include or redirect IT of NODE leads to into the next level. */
static void
add_below(struct growth *g, struct spf_node *node, struct spf_item *it)
{
	const struct name *root = &g->t->nodes[0]->name;
	const struct name *name = spf_target(g->au->arena, it->term, &node->name, root, &it->macro);
	if (it->macro)
		return;
	struct spf_node *below = add_node(g, node, it);
	it->below = below;
	if (name == NULL) { /* RFC 7208 4.3: no name, so no record */
		below->state = NODE_NONE;
		return;
	}
	name_copy(&below->name, name);
	if (is_ancestor(node, name)) {
		below->state = NODE_LOOP;
		g->t->loop = true;
	} else if (below->depth > MAX_SPF_DEPTH) {
		below->state = NODE_CUT;
	}
}

/* Counts the live term IT of NODE and asks or queues what it names. */
static void
expand_item(struct growth *g, struct spf_node *node, struct spf_item *it)
{
	g->t->counted++;
	if (it->term->kind == TERM_INCLUDE || it->term->kind == TERM_REDIRECT)
		add_below(g, node, it);
	else if (it->term->kind == TERM_A || it->term->kind == TERM_MX)
		spf_ask_hosts(g->au, g->t, node, it);
	else
		spf_target(g->au->arena, it->term, &node->name, &node->name, &it->macro);
}

static void
expand_node(struct growth *g, struct spf_node *node)
{
	const struct spf_record *r = node->record;
	if (r == NULL || r->n_lookups == 0)
		return;
	node->items = arena_array(g->au->arena, r->n_lookups, sizeof(*node->items));
	for (size_t i = 0; i < r->n_lookups; i++) {
		if (g->t->counted >= MAX_SPF_LOOKUPS_COUNTED) {
			g->t->over = true;
			return;
		}
		struct spf_item *it = &node->items[node->n_items++];
		it->term = r->lookups[i];
		expand_item(g, node, it);
	}
}

/*
 * While others of its level are under way: NODE is here, and what it includes
 * will be asked unless a bound is passed.
 */
static void
ask_below(struct growth *g, const struct spf_node *node)
{
	const struct spf_record *r = node->record;
	const struct name *root = &g->t->nodes[0]->name;
	size_t n = 0;
	for (size_t i = 0; r != NULL && i < r->n_lookups && n <= SPF_LOOKUP_LIMIT; i++) {
		const struct spf_term *t = r->lookups[i];
		bool macro;
		if (t->kind != TERM_INCLUDE && t->kind != TERM_REDIRECT)
			continue;
		const struct name *name = spf_target(g->au->arena, t, &node->name, root, &macro);
		if (name != NULL)
			ask_ahead(g->au->q, name, RR_TXT);
		n++;
	}
}

/* Whether every client passes the record that IT leads to. */
static bool
leads_to_all(const struct spf_item *it)
{
	return it->below != NULL && it->below->pass_all;
}

/* Whether every client passes the record of NODE; what is below it is known already. */
static bool
passes_all(const struct spf_node *node)
{
	const struct spf_record *r = node->record;
	const struct spf_item *redirect = NULL;
	for (size_t i = 0; i < node->n_items; i++) {
		const struct spf_item *it = &node->items[i];
		if (it->term->kind == TERM_REDIRECT)
			redirect = it;
		else if (it->term->kind == TERM_INCLUDE && leads_to_all(it) &&
			 (size_t)(it->term - r->terms) < r->decider)
			return it->term->qualifier == '+';
	}
	if (r->decider != SPF_NO_TERM)
		return r->terms[r->decider].qualifier == '+';
	return redirect != NULL && leads_to_all(redirect);
}

/* The error of the record that NODE itself is, without what is below it. */
static enum spf_error
own_error(const struct spf_node *node)
{
	if (node->state == NODE_NONE)
		return SPF_ERROR_NONE;
	if (node->state == NODE_SEVERAL)
		return SPF_ERROR_SEVERAL;
	if (node->state == NODE_LOOP)
		return SPF_ERROR_LOOP;
	return node->record != NULL && node->record->n_fatal > 0 ? SPF_ERROR_SYNTAX : SPF_FINE;
}

/* Adds what IT costs, with all below it, to NODE. */
static void
add_item(struct spf_node *node, const struct spf_item *it)
{
	const struct spf_node *below = it->below;
	bool leads = it->term->kind == TERM_INCLUDE || it->term->kind == TERM_REDIRECT;
	node->lookups++;
	node->void4 += it->void4;
	node->void6 += it->void6;
	node->unsure4 += it->unsure4;
	node->unsure6 += it->unsure6;
	node->at_least = node->at_least || (it->macro && leads);
	if (below == NULL)
		return;
	node->lookups += below->lookups;
	node->void4 += below->void4;
	node->void6 += below->void6;
	node->unsure4 += below->unsure4;
	node->unsure6 += below->unsure6;
	node->at_least = node->at_least || below->at_least;
	if (node->error == SPF_FINE && below->error != SPF_FINE) {
		node->error = below->error;
		node->culprit = below->culprit;
	}
}

/* Adds up NODE; all below it is done. */
static void
sum_node(struct spf_node *node)
{
	node->error = own_error(node);
	node->culprit = node;
	node->at_least =
	    node->state == NODE_FAILED || node->state == NODE_CUT || node->state == NODE_LOOP;
	/* The TXT question of an include or redirect that finds nothing is void. */
	if (node->parent != NULL && node->answer != NULL && answer_is_absent(node->answer))
		node->void4 = node->void6 = 1;
	if (node->record == NULL)
		return;
	for (size_t i = 0; i < node->n_items; i++)
		add_item(node, &node->items[i]);
	node->pass_all = node->record->n_fatal == 0 && passes_all(node);
}

struct spf_tree *
spf_tree(struct audit *au, const struct name *domain)
{
	struct growth g = { .au = au };
	g.t = arena_alloc(au->arena, sizeof(*g.t));
	struct spf_node *root = add_node(&g, NULL, NULL);
	name_copy(&root->name, domain);

	for (size_t from = 0; from < g.t->n_nodes;) {
		size_t to = g.t->n_nodes;
		bool here = true;
		for (size_t i = from; i < to; i++) {
			ask_node(&g, g.t->nodes[i]);
			here = here && g.t->nodes[i]->state != NODE_PENDING;
		}
		for (size_t i = from; !here && i < to && to < AHEAD_NODES; i++)
			ask_below(&g, g.t->nodes[i]);
		if (!here)
			break;
		for (; from < to; from++)
			expand_node(&g, g.t->nodes[from]);
	}
	if (!g.t->pending)
		for (size_t i = g.t->n_nodes; i-- > 0;)
			sum_node(g.t->nodes[i]);
	return g.t;
}
