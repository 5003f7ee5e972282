/* SPDX-License-Identifier: ISC */
/*
 * spf_sources.c - whose the addresses are that a record lets pass: the domain's
 * own, and a service behind each include or redirect that leads out of it.
 *
 * An include of a name below the domain is the domain's own handwriting; what
 * stands in it counts as if it stood in the record itself.
 */
#include "checks/spf_sources.h"

#include "checks/providers.h"

/* A tree under way into sources. */
struct sorting {
	struct audit *au;
	const struct spf_tree *t;
	const struct spf_node **entrances; /* by node */
	struct spf_fact_source *sources;
	struct spf_networks *lists; /* by source */
	size_t n;
	bool again; /* a service is included more than once */
};

/* Finds the first record on the way down to each node that is not the domain's; NULL = none. */
static void
find_entrances(struct sorting *s)
{
	const struct name *root = &s->t->nodes[0]->name;
	for (size_t i = 1; i < s->t->n_nodes; i++) { /* the parent of each stands in front of it */
		const struct spf_node *node = s->t->nodes[i];
		s->entrances[i] = s->entrances[node->parent->index];
		if (s->entrances[i] == NULL && !name_is_below(&node->name, root))
			s->entrances[i] = node;
	}
}

/* Makes source number S->n what the records reached by FROM (NULL = the domain's own) list. */
static void
count(struct sorting *s, const struct spf_node *from)
{
	struct spf_networks *g = &s->lists[s->n];
	struct spf_fact_source *out = &s->sources[s->n];
	g->arena = s->au->arena;
	for (size_t i = 0; i < s->t->n_nodes; i++)
		if (s->entrances[i] == from)
			spf_networks_of_node(g, s->t->nodes[i]);
	spf_networks_minimize(g);
	out->ip4 = spf_networks_ip4(g);
	out->ip6 = spf_networks_ip6(g);
	out->at_least = out->at_least || g->at_least || (from != NULL && g->elsewhere);
}

/* Whether what IT, an item of one of the domain's own records, leads to is a source of its own. */
static bool
leads_out(const struct sorting *s, const struct spf_item *it)
{
	if (it->term->kind != TERM_REDIRECT && it->term->kind != TERM_INCLUDE)
		return false;
	if (it->term->kind == TERM_INCLUDE && it->term->qualifier != '+')
		return false;
	return it->below == NULL || s->entrances[it->below->index] == it->below;
}

/* The row of the service whose record this is, in a struct that is never NULL. */
struct known {
	const struct provider *provider;
};

static void *
make_known(struct arena *keep, const struct answer *a, const struct rr *rr)
{
	struct known *k = arena_alloc(keep, sizeof(*k));
	(void)rr;
	k->provider = provider_of_include(name_text(keep, &a->q.name));
	return k;
}

/* The service that IT leads to: its name is looked for once for all who include it. */
static const struct provider *
service_of(const struct spf_item *it)
{
	const struct spf_node *below = it->below;
	if (below == NULL || below->rr == NULL)
		return provider_of_include(it->term->domain);
	return ((const struct known *)answer_derive(below->answer, below->rr, make_known))
	    ->provider;
}

/* Lookups of IT with all below. */
static uint32_t
cost_of(const struct spf_item *it)
{
	return 1 + (it->below != NULL ? it->below->lookups : 0);
}

/* Whether the term of IT is a source already: it costs once more, and adds nobody. */
static bool
adds_to_known(struct sorting *s, const struct spf_item *it)
{
	for (size_t i = 1; i < s->n; i++) {
		if (!str_eq(s->sources[i].term, it->term->text))
			continue;
		s->sources[i].lookups += cost_of(it);
		s->sources[0].lookups -= cost_of(it);
		s->again = true;
		return true;
	}
	return false;
}

static void
add_source(struct sorting *s, const struct spf_item *it)
{
	struct spf_fact_source *out = &s->sources[s->n];
	const struct spf_node *below = it->below;
	const struct provider *p = service_of(it);
	out->term = it->term->text;
	out->name = it->term->domain;
	out->lookups = cost_of(it);
	if (p != NULL) {
		out->provider = p->id;
		out->name = str_of(p->name);
	}
	out->at_least = below == NULL;
	if (below != NULL)
		count(s, below);
	s->sources[0].lookups -= out->lookups;
	s->n++;
}

/* All lists in one; one by one, as the bound on their sum wants, when they are too many. */
static void
add_up(const struct sorting *s, struct spf_networks *all)
{
	bool fit = true;
	size_t n = 0;
	for (size_t i = 0; i < s->n; i++)
		n += s->lists[i].n;
	spf_networks_reserve(all, n);
	for (size_t i = 0; i < s->n && fit; i++)
		fit = spf_networks_join(all, &s->lists[i]);
	if (!fit) {
		*all = (struct spf_networks){ .arena = s->au->arena };
		for (size_t i = 0; i < s->t->n_nodes; i++)
			spf_networks_of_node(all, s->t->nodes[i]);
	}
	spf_networks_minimize(all);
}

void
spf_list(struct audit *au, const struct spf_tree *t, struct spf_listing *out)
{
	struct sorting s = { .au = au, .t = t };
	s.entrances = arena_array(au->arena, t->n_nodes, sizeof(*s.entrances));
	s.sources = arena_array(au->arena, t->counted + 1, sizeof(*s.sources));
	s.lists = arena_array(au->arena, t->counted + 1, sizeof(*s.lists));
	find_entrances(&s);
	s.sources[0].lookups = t->nodes[0]->lookups;
	s.sources[0].name = STR("own terms");
	count(&s, NULL);
	s.n = 1;
	for (size_t i = 0; i < t->n_nodes; i++) {
		const struct spf_node *node = t->nodes[i];
		for (size_t k = 0; s.entrances[i] == NULL && k < node->n_items; k++)
			if (leads_out(&s, &node->items[k]) && !adds_to_known(&s, &node->items[k]))
				add_source(&s, &node->items[k]);
	}
	*out = (struct spf_listing){
		.all = { .arena = au->arena }, .sources = s.sources, .n_sources = s.n
	};
	add_up(&s, &out->all);
	out->apart = !s.again && !s.lists[0].twice && !out->all.twice;
}
