/* SPDX-License-Identifier: ISC */
/*
 * spf_cover.c - leaves out one term after the other and looks whether the map
 * stays the same.
 *
 * From the last to the first, for it is the later of two that has no effect;
 * and terms that cost lookups before those that cost none.  What costs a lookup
 * never makes a network without effect that costs none: that one is first in time
 * for those it matches, and stays when a limit is passed.
 */
#include "checks/spf_cover.h"

#include "checks/spf_reach.h"

#define MAX_SHORT_LABEL 3 /* of "co.uk", "com.au": no domain of somebody */

struct covering {
	struct spf_cover *c;
	const struct spf_tree *tree;
	const struct spf_node *root;
	const struct spf_record *record;
	struct arena *arena;
	struct spf_reach reach;
	struct spf_map base; /* without what is broken or doubled */
	bool *gone;          /* by term: left out so far */
	bool *soft;          /* by term: room to leave out others for a while */
};

bool
is_spf_own_host(const struct spf_item *it, const struct name *domain)
{
	if (it->macro || it->name == NULL || !name_is_below(it->name, domain) ||
	    (it->first != NULL && it->first->n_chain > 0))
		return false;
	for (size_t i = 0; i < it->n_hosts; i++)
		if (it->hosts[i]->n_chain > 0 || !name_is_below(&it->hosts[i]->q.name, domain))
			return false;
	return true;
}

/* Whether the a or mx IT has no address at all, for sure. */
static bool
has_no_address(const struct spf_item *it)
{
	if (it->macro || it->unknown || it->mx_over)
		return false;
	for (size_t i = 0; i < it->n_hosts; i++)
		if (it->hosts[i]->status == ANSWER_FOUND && it->hosts[i]->n_rr > 0)
			return false;
	return true;
}

static bool
is_literal(const struct spf_term *t)
{
	return t->kind == TERM_IP4 || t->kind == TERM_IP6;
}

/* What can be said of term T without a map. */
static enum spf_effect
plain_effect(const struct covering *k, const struct spf_term *t)
{
	const struct spf_item *it = spf_item_of(k->root, t);
	if (it == NULL)
		return EFFECT_SOME;
	if (t->kind == TERM_A || t->kind == TERM_MX)
		return has_no_address(it) ? EFFECT_VOID : EFFECT_SOME;
	/* One of ours that is missing is to be put there, not to be given up. */
	if (t->kind == TERM_INCLUDE && it->below != NULL && it->below->state == NODE_NONE &&
	    it->below->name.n > 0 && !name_is_below(&it->below->name, &k->root->name))
		return EFFECT_BROKEN;
	return EFFECT_SOME;
}

static void
set_plain_effects(struct covering *k, const bool *doubled, bool contrary)
{
	struct spf_cover *c = k->c;
	for (size_t i = 0; i < k->record->n_terms; i++) {
		c->of[i] = is_spf_dead(k->record, i) ? EFFECT_DEAD
			   : doubled[i]              ? EFFECT_DOUBLED
						     : EFFECT_SOME;
		if (c->of[i] == EFFECT_SOME && c->mapper != NULL)
			c->of[i] = plain_effect(k, &k->record->terms[i]);
		k->gone[i] = c->of[i] != EFFECT_SOME;
		c->drop[i] = k->gone[i] && c->of[i] != EFFECT_DEAD &&
			     !(c->of[i] == EFFECT_DOUBLED && contrary);
	}
}

/* Whether an address may get permerror, whatever the reason. */
static bool
has_error(const struct spf_map *m)
{
	for (int f = 0; f < 2; f++)
		for (size_t i = 0; i < m->n[f]; i++)
			if (m->spans[f][i].value->error)
				return true;
	return false;
}

bool
is_spf_same_hand(const struct name *a, const struct name *b)
{
	struct name parent = *a;
	/* _spf.example.net to example.net, but not example.net to net, nor example.co.uk to co.uk.
	 */
	if (name_labels(a) > 2) {
		parent = name_parent(a, 1);
		if (name_label(&parent, 0).n <= MAX_SHORT_LABEL)
			parent = *a;
	}
	return name_is_below(b, &parent);
}

/* Whether IT, an a or mx, names only hosts of the hand that keeps the record, without CNAME. */
static bool
is_near_host(const struct covering *k, const struct spf_item *it)
{
	if (it->macro || it->name == NULL || !is_spf_same_hand(&k->root->name, it->name) ||
	    (it->first != NULL && it->first->n_chain > 0))
		return false;
	for (size_t i = 0; i < it->n_hosts; i++)
		if (it->hosts[i]->n_chain > 0 ||
		    !is_spf_same_hand(&k->root->name, &it->hosts[i]->q.name))
			return false;
	return true;
}

/* Whose records term I hangs on; NULL = nobody's. */
static const struct name *
hand_of(const struct covering *k, size_t i)
{
	const struct spf_item *it = spf_item_of(k->root, &k->record->terms[i]);
	if (it == NULL)
		return NULL;
	if (it->below != NULL)
		return &it->below->name;
	return it->n_hosts > 0 ? &it->hosts[0]->q.name : it->name;
}

/*
 * Whether term I is covered by what others keep, too: our literals and hosts may be
 * the copy of it, and would grow old without it.  With ONE, only by what the same
 * others keep: what a service includes of another it may leave out tomorrow.
 */
static bool
stays_without_own(struct covering *k, size_t i, bool one)
{
	const struct name *hand = hand_of(k, i);
	struct spf_map with;
	for (size_t n = 0; n < k->record->n_terms; n++) {
		const struct spf_term *t = &k->record->terms[n];
		const struct spf_item *it = spf_item_of(k->root, t);
		const struct name *other = hand_of(k, n);
		bool host = it != NULL && (t->kind == TERM_A || t->kind == TERM_MX);
		bool own = is_literal(t) || (host && is_near_host(k, it));
		bool elsewhere = one && hand != NULL && other != NULL && t->kind != TERM_REDIRECT &&
				 !is_spf_same_hand(hand, other);
		k->soft[n] = n != i && (k->gone[n] || own || elsewhere);
	}
	if (!spf_map(k->c->mapper, k->root, k->soft, &with))
		return false;
	k->soft[i] = true;
	return spf_map_without(k->c->mapper, k->root, k->soft, &with);
}

/* Whether a literal of the same qualifier that stays, in front of END, holds all of literal I. */
static bool
is_in_literal(const struct covering *k, size_t i, size_t end)
{
	const struct spf_term *t = &k->record->terms[i];
	for (size_t n = 0; n < k->record->n_terms && n < end; n++) {
		const struct spf_term *o = &k->record->terms[n];
		if (n != i && !k->gone[n] && is_literal(o) && o->qualifier == t->qualifier &&
		    o->net.bits <= t->net.bits && prefix_has(&o->net, &t->net.addr))
			return true;
	}
	return false;
}

/*
 * Whether other terms in front of END, with FREE those only that cost no lookup,
 * give all that term I matches the result it gives.
 */
static bool
is_given(struct covering *k, size_t i, bool free, size_t end)
{
	struct spf_map with;
	for (size_t n = 0; n < k->record->n_terms; n++)
		k->soft[n] =
		    n == i || k->gone[n] || (free && is_spf_lookup(k->record->terms[n].kind));
	return spf_map_until(k->c->mapper, k->root, k->soft, end, &with) &&
	       spf_map_agrees(k->c->mapper, k->root, i, &with);
}

/* What is to be said of term I, without which the map stays the same. */
static void
judge_covered(struct covering *k, size_t i)
{
	const struct spf_term *t = &k->record->terms[i];
	const struct spf_item *it = spf_item_of(k->root, t);
	bool literal = is_literal(t), host = t->kind == TERM_A || t->kind == TERM_MX;
	bool lasts = literal ? is_in_literal(k, i, SPF_NO_TERM) : host && is_near_host(k, it);
	/* Of an include and its copy in literals neither is to go. */
	if (!lasts &&
	    !(literal ? is_given(k, i, true, SPF_NO_TERM) : stays_without_own(k, i, false)))
		return;
	lasts = lasts || (!literal && stays_without_own(k, i, true));
	/* RFC 7208 4.6.4: what stands behind a limit covers nothing, as long as that is passed. */
	size_t end = spf_reach_end(&k->reach, t);
	bool reached = end == SPF_NO_TERM || (literal && is_in_literal(k, i, end)) ||
		       is_given(k, i, literal, end);
	if (!reached && !lasts)
		return;
	k->gone[i] = true;
	k->c->of[i] = reached ? EFFECT_COVERED : EFFECT_SOME;
	k->c->drop[i] = lasts;
}

/* Leaves out term I if nothing changes. */
static void
try_term(struct covering *k, size_t i)
{
	k->gone[i] = true;
	bool covered = spf_map_without(k->c->mapper, k->root, k->gone, &k->base);
	k->gone[i] = false;
	/* What another result hides may have been meant: that is not for us to give up. */
	if (covered && spf_map_agrees(k->c->mapper, k->root, i, &k->base))
		judge_covered(k, i);
}

/* Whether the outcome of T hangs on the address alone and it is no end of the record. */
static bool
is_plain(const struct covering *k, const struct spf_term *t)
{
	const struct spf_item *it = spf_item_of(k->root, t);
	if (is_literal(t))
		return true;
	return (t->kind == TERM_INCLUDE || t->kind == TERM_A || t->kind == TERM_MX) && it != NULL &&
	       !it->macro;
}

/* Whether of IT, an item of NODE, the address alone decides, and all answers are here. */
static bool
is_clear(const struct spf_node *node, const struct spf_item *it)
{
	enum spf_kind kind = it->term->kind;
	if (it->unknown || it->macro || it->mx_over || kind == TERM_PTR || kind == TERM_EXISTS)
		return false;
	if (node->parent != NULL)
		return true;
	if ((kind == TERM_A || kind == TERM_MX) && has_no_address(it))
		return false;
	return kind == TERM_REDIRECT || it->term->qualifier == '+';
}

static bool
is_clear_node(const struct spf_node *node)
{
	const struct spf_record *r = node->record;
	if (node->state != NODE_RECORD || !is_spf_qualified(node) || r->n_fatal > 0 ||
	    r->n_terms >= MAX_SPF_TERMS)
		return false;
	for (size_t i = 0; i < node->n_items; i++)
		if (!is_clear(node, &node->items[i]))
			return false;
	for (size_t i = 0; node->parent == NULL && i < r->n_terms; i++)
		if (is_literal(&r->terms[i]) && r->terms[i].qualifier != '+')
			return false;
	return true;
}

/*
 * Whether it is plain that no term is covered: each passes those that it lists, no two
 * list the same, and whom no term lists does not pass.  So nobody has to be asked what
 * becomes of an address without a term: it passes no more.
 */
static bool
is_plain_case(const struct spf_tree *t, const struct spf_listing *listed)
{
	if (!listed->apart || listed->all.at_least || listed->all.elsewhere || t->pending ||
	    t->over || t->nodes[0]->pass_all || t->nodes[0]->record->n_faults > 0)
		return false;
	for (size_t i = 0; i < t->n_nodes; i++)
		if (!is_clear_node(t->nodes[i]))
			return false;
	return true;
}

bool
spf_cover_map(struct arena *a, const struct spf_tree *t, struct spf_cover *c)
{
	if (!c->deferred)
		return c->mapper != NULL;
	c->deferred = false;
	c->mapper = spf_mapper(a, t);
	if (c->mapper != NULL && !spf_map(c->mapper, t->nodes[0], NULL, &c->map))
		c->mapper = NULL;
	return c->mapper != NULL;
}

struct spf_cover *
spf_cover(struct arena *a, const struct spf_tree *t, const struct spf_listing *listed,
    const bool *doubled, bool contrary)
{
	struct spf_cover *c = arena_alloc(a, sizeof(*c));
	const struct spf_node *root = t->nodes[0];
	size_t n = root->record->n_terms;
	struct covering k = { .c = c, .tree = t, .root = root, .record = root->record, .arena = a };
	c->of = arena_array(a, n, sizeof(*c->of));
	c->drop = arena_array(a, n, sizeof(*c->drop));
	k.gone = arena_array(a, n, sizeof(*k.gone));
	c->deferred = listed != NULL && is_plain_case(t, listed);
	c->mapper = c->deferred || root->record->n_faults > 0 ? NULL : spf_mapper(a, t);
	set_plain_effects(&k, doubled, contrary);
	/* Behind an error, or where all pass, nothing has an effect, and will once that is cured.
	 */
	if (c->mapper != NULL &&
	    (root->pass_all || !spf_map(c->mapper, root, NULL, &c->map) ||
		!spf_map(c->mapper, root, k.gone, &k.base) || has_error(&k.base)))
		c->mapper = NULL;
	if (c->mapper != NULL) {
		k.soft = arena_array(a, n, sizeof(*k.soft));
		spf_reach_init(&k.reach, a, t);
	}
	for (int literals = 0; literals < 2 && c->mapper != NULL; literals++)
		for (size_t i = n; i-- > 0;)
			if (!k.gone[i] && is_plain(&k, &root->record->terms[i]) &&
			    is_literal(&root->record->terms[i]) == (literals > 0))
				try_term(&k, i);
	return c;
}
