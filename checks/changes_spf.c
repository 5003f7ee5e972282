/* SPDX-License-Identifier: ISC */
/*
 * changes_spf.c - what changed in an SPF record, and in what it lists with all that
 * it includes.
 *
 * Networks are compared as sets of addresses, so that one written as two halves, or by
 * an include, is the same; the terms that cost lookups are compared by their text.
 */
#include "checks/changes.h"
#include "checks/changes_parts.h"

#include "checks/gate_judge.h"
#include "checks/senders.h"

/* Whether a term of R means what T means: by text, case and an explicit '+' apart. */
static bool
has_term(const struct spf_record *r, const struct spf_term *t)
{
	struct str text = str_sub(t->text, t->text.n > 0 && t->text.p[0] == '+', t->text.n);

	for (size_t i = 0; i < r->n_terms; i++) {
		struct str other = r->terms[i].text;

		other = str_sub(other, other.n > 0 && other.p[0] == '+', other.n);
		if (str_ieq(text, other))
			return true;
	}
	return false;
}

/* Whether T is told as a term: what lists networks that pass is told as those. */
static bool
is_told(const struct spf_term *t)
{
	if (t->kind == TERM_IP4 || t->kind == TERM_IP6)
		return t->qualifier != '+';
	return t->kind != TERM_ALL && t->kind != TERM_MODIFIER;
}

/* The terms of FROM that TO has not, as parts of kind PART. */
static void
tell_terms(struct gate *g, struct mail_change *out, const struct spf_record *from,
    const struct spf_record *to, enum mail_part part)
{
	for (size_t i = 0; i < from->n_terms; i++)
		if (is_told(&from->terms[i]) && !has_term(to, &from->terms[i]))
			(void)change_add_part(g->au->arena, out, part, from->terms[i].text);
}

/* How much the qualifier of an all refuses; 0 = there is none, which is neutral (4.7). */
static unsigned
strength(char qualifier)
{
	return qualifier == '-' ? 3 : qualifier == '~' ? 2 : qualifier == '+' ? 0 : 1;
}

/* What becomes of strangers, a redirect= followed. */
static void
tell_all(
    struct gate *g, struct mail_change *out, const struct spf_node *was, const struct spf_node *is)
{
	char old = gate_final_all(was), new = gate_final_all(is);
	struct mail_change_part *p;

	if (old == new || old == '*' || new == '*')
		return;
	p = change_add_part(g->au->arena, out, PART_TAG_CHANGED, STR(""));
	p->was = gate_all_text(old);
	p->is = gate_all_text(new);
	if (strength(old) != strength(new))
		p->way = strength(new) < strength(old) ? WAY_WEAKER : WAY_STRONGER;
}

/* A sender of the domain whose address lies in NET, into P, and how many more there are. */
static void
find_sender(struct gate *g, const struct prefix *net, struct mail_change_part *p)
{
	const struct subject *s = g->au->subject;
	const struct sender *x;
	size_t n = senders_of(g->au->arena, s, &x);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < x[i].n_ips; k++) {
			struct addr ip = addr_unmap(&x[i].ips[k]);

			if (!prefix_has(net, &ip) ||
			    !name_eq(sender_spf_name(s, &x[i]), &s->domain))
				continue;
			if (p->ip.n > 0) {
				p->n_more++;
				continue;
			}
			p->who = x[i].name;
			p->ip = finding_address(g->au->findings, &ip);
		}
}

static struct str
network_text(struct gate *g, const struct prefix *net)
{
	buf_reset(g->b);
	if (net->bits == (net->addr.v6 ? 128 : 32))
		addr_print(g->b, &net->addr);
	else
		prefix_print(g->b, net);
	return arena_str(g->au->arena, buf_str(g->b));
}

/* What A lists and B does not; those that a sender of ours is in come first. */
static void
tell_networks(struct gate *g, struct mail_change *out, const struct spf_networks *a,
    const struct spf_networks *b, bool lost)
{
	struct prefix *nets = arena_array(g->au->arena, MAX_SPF_NETWORKS, sizeof(*nets));
	size_t n = spf_networks_less(a, b, nets, MAX_SPF_NETWORKS), told = 0;

	for (int known = 1; known >= 0; known--)
		for (size_t i = 0; i < n && told < MAX_CHANGE_NETS; i++) {
			struct mail_change_part who = { .n_more = 0 }, *p;

			find_sender(g, &nets[i], &who);
			if ((who.ip.n > 0) != (known == 1))
				continue;
			p = change_add_part(g->au->arena, out,
			    lost ? PART_NETWORK_LOST : PART_NETWORK_GAINED,
			    network_text(g, &nets[i]));
			p->who = who.who;
			p->ip = who.ip;
			p->n_more = who.n_more;
			p->unsure = b->at_least || b->elsewhere;
			told++;
		}
	if (n > told) {
		struct mail_change_part *p = change_add_part(
		    g->au->arena, out, lost ? PART_NETWORKS_LOST : PART_NETWORKS_GAINED, STR(""));

		p->count = n - told;
		p->unsure = b->at_least || b->elsewhere;
	}
}

static struct str
lookups_text(struct gate *g, const struct spf_node *node)
{
	buf_reset(g->b);
	buf_adds(g->b, node->at_least ? "at least " : "");
	buf_addu(g->b, node->lookups);
	return arena_str(g->au->arena, buf_str(g->b));
}

void
change_spf(struct gate *g, struct mail_change *out)
{
	const struct spf_node *was = g->was.tree->nodes[0], *is = g->is.tree->nodes[0];
	struct arena *a = g->au->arena;
	struct mail_change_part *p;

	if (is->state == NODE_SEVERAL || was->state == NODE_SEVERAL) {
		if (is->state != was->state && is->state != NODE_FAILED)
			(void)change_add_part(a, out,
			    is->state == NODE_SEVERAL ? PART_RECORD_VOID : PART_RECORD_CURED,
			    STR(""));
		return;
	}
	if (was->record == NULL || is->record == NULL) {
		if (was->state == NODE_FAILED || is->state == NODE_FAILED ||
		    (was->record == NULL && is->record == NULL))
			return;
		(void)change_add_part(a, out,
		    is->record == NULL ? PART_RECORD_REMOVED : PART_RECORD_ADDED,
		    is->record == NULL ? was->rr->text : is->rr->text);
		return;
	}
	if ((was->error == SPF_FINE) != (is->error == SPF_FINE))
		(void)change_add_part(
		    a, out, is->error != SPF_FINE ? PART_RECORD_VOID : PART_RECORD_CURED, STR(""));
	/* all of the Internet is told by its all, not as the networks it is made of */
	if (gate_final_all(was) != '+')
		tell_networks(g, out, &g->was.listed.all, &g->is.listed.all, true);
	if (gate_final_all(is) != '+')
		tell_networks(g, out, &g->is.listed.all, &g->was.listed.all, false);
	tell_terms(g, out, was->record, is->record, PART_TERM_REMOVED);
	tell_terms(g, out, is->record, was->record, PART_TERM_ADDED);
	tell_all(g, out, was, is);
	if (was->lookups == is->lookups)
		return;
	p = change_add_part(a, out, PART_FIGURE, STR("lookups"));
	p->was = lookups_text(g, was);
	p->is = lookups_text(g, is);
}
