/* SPDX-License-Identifier: ISC */
/*
 * spf_propose.c - the plan, and its proof.
 */
#include "checks/spf_propose.h"

struct planning {
	struct spf_judge *j;
	const struct spf_goal *goal;
	const struct spf_record *record;
	const struct spf_node *root;
	struct spf_fix fix;
	bool *pinned;
	uint32_t lookups, void4, void6; /* of the record as planned so far */
	size_t octets;
	bool tight; /* a term was left out whose effect only other limits than now allow */
};

static bool
is_met(const struct planning *p)
{
	return p->lookups <= p->goal->lookups && p->void4 <= p->goal->voids &&
	       p->void6 <= p->goal->voids;
}

/* What IT costs is saved. */
static void
save(struct planning *p, const struct spf_item *it)
{
	const struct spf_node *below = it->below;
	p->lookups -= 1 + (below != NULL ? below->lookups : 0);
	p->void4 -= it->void4 + (below != NULL ? below->void4 : 0);
	p->void6 -= it->void6 + (below != NULL ? below->void6 : 0);
}

/* Begins with the record as it is. */
static void
plan_nothing(struct planning *p)
{
	p->root = p->j->tree->nodes[0];
	p->lookups = p->root->lookups;
	p->void4 = p->root->void4;
	p->void6 = p->root->void6;
	p->octets = spf_txt_octets(p->j);
	p->tight = false;
	spf_fix_init(&p->fix, p->j->au->arena, p->record);
}

/*
 * Leaves out what has no effect, and with ALL what has none once no limit is
 * passed.  False when not all covered terms go that are to.
 */
static bool
plan_drops(struct planning *p, bool all)
{
	const struct spf_cover *c = p->j->cover;
	for (size_t i = 0; i < p->record->n_terms; i++) {
		const struct spf_item *it = spf_item_of(p->root, &p->record->terms[i]);
		if (c->of[i] == EFFECT_COVERED && !c->drop[i] && p->goal->covered)
			return false;
		bool idle = c->of[i] == EFFECT_DEAD && p->j->fix.words[i].n == 0;
		bool hidden = c->of[i] == EFFECT_SOME;
		if ((!c->drop[i] && !idle) || (hidden && !all))
			continue;
		p->tight = p->tight || hidden;
		spf_fix_drop(&p->fix, i);
		p->octets -= p->record->terms[i].text.n + 1;
		if (it != NULL)
			save(p, it);
	}
	return true;
}

static void
add_address(struct buf *b, char qualifier, const struct addr *a)
{
	buf_adds(b, b->n > 0 ? " " : "");
	if (qualifier != '+')
		buf_addc(b, qualifier);
	buf_adds(b, a->v6 ? "ip6:" : "ip4:");
	addr_print(b, a);
}

/* Whether a network of ours, with the qualifier of the term T, holds A. */
static bool
is_listed(const struct planning *p, const struct spf_term *t, const struct addr *a)
{
	for (size_t i = 0; i < p->record->n_terms; i++) {
		const struct spf_term *o = &p->record->terms[i];
		if ((o->kind == TERM_IP4 || o->kind == TERM_IP6) && !p->fix.touched[i] &&
		    o->qualifier == t->qualifier && prefix_has(&o->net, a))
			return true;
	}
	return false;
}

/* The addresses of IT as terms; empty when there are none, too many, or one is no sender's. */
static struct str
literals_of(struct planning *p, const struct spf_item *it)
{
	struct buf *b = &p->j->au->findings->scratch;
	struct arena *arena = p->j->au->arena;
	struct addr seen[MAX_SPF_PINNED];
	size_t n = 0;
	buf_reset(b);
	for (size_t h = 0; h < it->n_hosts; h++) {
		const struct answer *a = it->hosts[h];
		for (size_t i = 0; a->status == ANSWER_FOUND && i < a->n_rr; i++) {
			struct addr addr;
			size_t k = 0;
			if (!rr_addr(&a->rr[i], &addr))
				continue;
			while (k < n && !addr_eq(&seen[k], &addr))
				k++;
			if (k < n || is_listed(p, it->term, &addr))
				continue;
			if (n == MAX_SPF_PINNED || addr_space(&addr) != ADDR_PUBLIC)
				return STR("");
			seen[n++] = addr;
			add_address(b, it->term->qualifier, &addr);
		}
	}
	return arena_str(arena, buf_str(b));
}

/* Whether the addresses of the term of IT can stand in its place. */
static bool
can_pin(const struct planning *p, const struct spf_item *it)
{
	const struct spf_term *t = it->term;
	size_t at = (size_t)(t - p->record->terms);
	bool host = (t->kind == TERM_A || t->kind == TERM_MX) && t->cidr4 == 32 && t->cidr6 == 128;
	if (!host || it->unknown || it->mx_over || p->fix.touched[at] ||
	    p->j->cover->of[at] != EFFECT_SOME || !is_spf_own_host(it, p->j->domain))
		return false;
	/* Where only voids are too many, a host without any saves nothing. */
	return p->lookups > p->goal->lookups || it->void4 > 0 || it->void6 > 0;
}

/* The host of ours whose addresses take the least room; NULL = none is left. */
static const struct spf_item *
next_pin(struct planning *p, struct str *literals)
{
	const struct spf_item *best = NULL;
	for (size_t i = 0; i < p->root->n_items; i++) {
		const struct spf_item *it = &p->root->items[i];
		if (!can_pin(p, it))
			continue;
		struct str text = literals_of(p, it);
		if (text.n == 0 || (best != NULL && text.n >= literals->n))
			continue;
		best = it;
		*literals = text;
	}
	return best;
}

/* Puts addresses in place of names until the goal is met. */
static void
plan_pins(struct planning *p)
{
	while (!is_met(p)) {
		struct str text = STR("");
		const struct spf_item *it = next_pin(p, &text);
		if (it == NULL)
			return;
		size_t at = (size_t)(it->term - p->record->terms);
		p->octets = p->octets - it->term->text.n + text.n;
		if (p->octets > SPF_SIZE_AIM)
			return;
		spf_fix_put(&p->fix, at, text);
		p->pinned[at] = true;
		save(p, it);
	}
}

/* "mx, a:www.example.com and 2 more": the terms that were pinned, or were dropped. */
static struct str
list_terms(struct planning *p, bool pinned)
{
	bool *of = arena_array(p->j->au->arena, p->record->n_terms, sizeof(*of));
	for (size_t i = 0; i < p->record->n_terms; i++)
		of[i] = p->fix.touched[i] && p->pinned[i] == pinned;
	return spf_list_terms(p->j, of);
}

/* Lookups of NODE, made by spf_map_node(), counted anew. */
static uint32_t
lookups_of(const struct spf_node *node)
{
	uint32_t n = 0;
	for (size_t i = 0; i < node->n_items; i++)
		n += 1 + (node->items[i].below != NULL ? node->items[i].below->lookups : 0);
	return n;
}

/* Whether TEXT does what the record does, with the lookups that were planned. */
static bool
is_proven(struct planning *p, struct str text, bool *heals)
{
	const struct spf_cover *c = p->j->cover;
	struct spf_node node;
	struct spf_map map;
	size_t octets = spf_txt_octets(p->j) - p->record->text.n + text.n;
	if (octets > SPF_SIZE_UDP && text.n > p->record->text.n)
		return false;
	if (!spf_map_node(c->mapper, text, &node) || lookups_of(&node) != p->lookups ||
	    !spf_map(c->mapper, &node, NULL, &map))
		return false;
	*heals = !spf_map_eq(&c->map, &map);
	return !*heals || spf_map_heals(&c->map, &map);
}

/* Whether the record of J is one that can be rewritten at all. */
static bool
is_open(const struct spf_judge *j)
{
	return spf_cover_map(j->au->arena, j->tree, j->cover) && j->record->n_faults == 0 &&
	       j->txt->n_chain == 0 && !j->tree->over && !j->tree->loop && !j->contrary;
}

struct spf_proposal
spf_propose(struct spf_judge *j, const struct spf_goal *goal)
{
	struct spf_proposal out = { .text = STR("") };
	struct planning p = { .j = j, .goal = goal, .record = j->record };
	if (!is_open(j))
		return out;
	p.pinned = arena_array(j->au->arena, j->record->n_terms, sizeof(*p.pinned));
	plan_nothing(&p);
	bool good = plan_drops(&p, true);
	if (p.tight && (p.lookups > SPF_LOOKUP_LIMIT || p.void4 > SPF_VOID_LIMIT ||
			   p.void6 > SPF_VOID_LIMIT)) {
		plan_nothing(&p);
		good = plan_drops(&p, false);
	}
	if (!good)
		return out;
	if (goal->pin)
		plan_pins(&p);
	struct str text = is_met(&p) ? spf_fix_text(&p.fix) : STR("");
	if (text.n == 0 || !is_proven(&p, text, &out.heals))
		return out;
	out.text = text;
	out.lookups = p.lookups;
	out.without = list_terms(&p, false);
	out.pinned = list_terms(&p, true);
	return out;
}

void
spf_tell_plan(struct spf_judge *j, struct finding *f, const struct spf_goal *goal)
{
	struct spf_proposal p = spf_propose(j, goal);
	bool plan = p.text.n > 0;
	bool longer = plan && spf_extend(j, p.text).n > p.text.n;
	struct str told[] = { STR(" The record proposed needs "), spf_number_text(j, p.lookups),
		p.lookups == 1 ? STR(" lookup") : STR(" lookups"),
		STR(" and gives every address the result it has today"),
		longer ? STR(", but pass to ") : STR(""), longer ? j->missing : STR(""),
		STR(", the limits aside"), p.heals ? STR(", but for permerror") : STR("") };
	struct str without[] = { STR("; it leaves out "), p.without };
	struct str pinned[] = { STR("; it holds the addresses of "), p.pinned,
		STR(", which you have to keep current.") };
	spf_tell_parts(j, f, "plan", told, plan ? ARRAY_LEN(told) : 0);
	spf_tell_parts(j, f, "without", without, p.without.n > 0 ? ARRAY_LEN(without) : 0);
	if (p.pinned.n > 0)
		spf_tell_parts(j, f, "pinned", pinned, ARRAY_LEN(pinned));
	else
		finding_text(j->au->findings, f, "pinned", plan ? STR(".") : STR(""));
	if (!plan)
		return;
	struct change *c =
	    finding_change(j->au->findings, f, CHANGE_REPLACE, answer_owner(j->txt), j->rr->type);
	c->old = finding_txt(j->au->findings, j->rr->text);
	c->new = finding_txt(j->au->findings, p.text);
	/* Of two plans the one with fewer lookups does what the other does, and more. */
	if (j->plan.n == 0 || p.lookups < j->plan_lookups) {
		j->plan = p.text;
		j->plan_lookups = p.lookups;
	}
}
