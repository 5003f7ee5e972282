/* SPDX-License-Identifier: ISC */
/*
 * spf_sources.c - whose the addresses are that a record lets pass: the domain's
 * own, and a service behind each include or redirect that leads out of it.
 *
 * An include of a name below the domain is the domain's own handwriting; what
 * stands in it counts as if it stood in the record itself.
 */
#include "checks/providers.h"
#include "checks/spf.h"
#include "checks/spf_networks.h"

/* The first record on the way down to NODE that is not the domain's; NULL = it is its own. */
static const struct spf_node *
entrance(const struct spf_tree *t, const struct spf_node *node)
{
	const struct spf_node *out = NULL;
	for (; node != NULL; node = node->parent)
		if (node->name.n == 0 || !name_is_below(&node->name, &t->nodes[0]->name))
			out = node;
	return out;
}

/* What the records that are reached by ENTRANCE (NULL = the domain's own) list. */
static void
count(struct audit *au, const struct spf_tree *t, const struct spf_node *from,
    struct spf_fact_source *out)
{
	struct spf_networks g = { .arena = au->arena };
	for (size_t i = 0; i < t->n_nodes; i++)
		if (entrance(t, t->nodes[i]) == from)
			spf_networks_of_node(&g, t->nodes[i]);
	spf_networks_minimize(&g);
	out->ip4 = spf_networks_ip4(&g);
	out->ip6 = spf_networks_ip6(&g);
	out->at_least = out->at_least || g.at_least || (from != NULL && g.elsewhere);
}

/* Whether what IT, an item of one of the domain's own records, leads to is a source of its own. */
static bool
leads_out(const struct spf_tree *t, const struct spf_item *it)
{
	if (it->term->kind != TERM_REDIRECT && it->term->kind != TERM_INCLUDE)
		return false;
	if (it->term->kind == TERM_INCLUDE && it->term->qualifier != '+')
		return false;
	return it->below == NULL || entrance(t, it->below) == it->below;
}

static void
fill_source(struct audit *au, const struct spf_tree *t, const struct spf_item *it,
    struct spf_fact_source *out)
{
	const struct spf_node *below = it->below;
	const struct provider *p = provider_of_include(it->term->domain);
	out->term = it->term->text;
	out->name = it->term->domain;
	out->lookups = 1 + (below != NULL ? below->lookups : 0);
	if (p != NULL) {
		out->provider = p->id;
		out->name = str_of(p->name);
	}
	out->at_least = below == NULL;
	if (below != NULL)
		count(au, t, below, out);
}

void
spf_fill_sources(struct audit *au, const struct spf_tree *t, struct spf_facts *f)
{
	struct spf_fact_source *list = arena_array(au->arena, t->counted + 1, sizeof(*list));
	size_t n = 1;
	list[0].lookups = f->lookups;
	list[0].name = STR("own terms");
	count(au, t, NULL, &list[0]);
	for (size_t i = 0; i < t->n_nodes; i++) {
		const struct spf_node *node = t->nodes[i];
		if (entrance(t, node) != NULL)
			continue;
		for (size_t k = 0; k < node->n_items; k++) {
			const struct spf_item *it = &node->items[k];
			if (!leads_out(t, it))
				continue;
			fill_source(au, t, it, &list[n]);
			list[0].lookups -= list[n++].lookups;
		}
	}
	f->sources = list;
	f->n_sources = n;
}
