/* SPDX-License-Identifier: ISC */
/*
 * spf_takeover.c - names in the record, or in what it includes, whose domain
 * nobody holds: whoever registers it decides who passes (RFC 7208 11.5).
 *
 * The records of others count too, for what passes there passes here.
 */
#include "checks/registered.h"
#include "checks/spf_judge.h"

/* The term of our own record that leads to item IT of NODE. */
static const struct spf_item *
top_item(const struct spf_node *node, const struct spf_item *it)
{
	while (node->parent != NULL) {
		it = node->via;
		node = node->parent;
	}
	return it;
}

bool
is_spf_told_gone(const struct spf_judge *j, const struct name *name)
{
	for (size_t i = 0; i < j->n_gone; i++)
		if (name_eq(j->gone[i], name))
			return true;
	return false;
}

/* Tells that A, which the term IT of NODE leads to, is about a domain that nobody holds. */
static void
judge_missing(struct spf_judge *j, const struct spf_node *node, const struct spf_item *it,
    const struct answer *a)
{
	const struct answer *evidence = NULL;
	const struct spf_item *top = top_item(node, it);
	struct name gone;
	if (j->n_gone >= MAX_SPF_TOLD || is_spf_told_gone(j, &a->q.name))
		return;
	if (!registered_missing(j->au, answer_owner(a), &gone, &evidence) || gone.n == 0)
		return;
	if (j->gone == NULL)
		j->gone = arena_array(j->au->arena, MAX_SPF_TOLD, sizeof(*j->gone));
	j->gone[j->n_gone++] = &a->q.name;
	struct finding *f = spf_tell(j, RULE_SPF_TARGET_UNREGISTERED, top->term->text);
	finding_name(j->au->findings, f, "target", &a->q.name);
	finding_name(j->au->findings, f, "registrable", &gone);
	if (node->parent != NULL && !name_is_below(&node->name, j->domain))
		f->remedy.who = WHO_PROVIDER;
	finding_evidence(f, a);
	finding_evidence(f, evidence);
}

/* The same of any answer; nearly all of them found something. */
static void
judge_answer(struct spf_judge *j, const struct spf_node *node, const struct spf_item *it,
    const struct answer *a)
{
	if (a != NULL && a->status == ANSWER_NXDOMAIN)
		judge_missing(j, node, it, a);
}

void
spf_judge_takeover(struct spf_judge *j)
{
	for (size_t i = 0; i < j->tree->n_nodes; i++) {
		const struct spf_node *node = j->tree->nodes[i];
		for (size_t k = 0; !node->no_pass && k < node->n_items; k++) {
			const struct spf_item *it = &node->items[k];
			if (it->term->qualifier != '+')
				continue;
			judge_answer(j, node, it, it->first);
			for (size_t h = 0; h < it->n_hosts; h++)
				judge_answer(j, node, it, it->hosts[h]);
			if (it->below != NULL)
				judge_answer(j, node, it, it->below->answer);
		}
	}
}
