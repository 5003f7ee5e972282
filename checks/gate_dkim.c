/* SPDX-License-Identifier: ISC */
/*
 * gate_dkim.c - keys that are gone, withdrawn or replaced in place (RFC 6376 3.6.1).
 *
 * What no receiver could use before is no loss.  A key withdrawn by an empty p= at a
 * selector that is not known to be in use is how an old one ends.  A key that somebody
 * else keeps, by a CNAME, is theirs to change.
 */
#include "checks/gate_judge.h"

#include "checks/gate_keys.h"

/* The labels of NAME in front of ROOT; empty when that is no selector. */
static struct str
selector_of(struct arena *a, const struct name *name, const struct name *root)
{
	size_t labels = name_labels(name), below = name_labels(root);
	struct str text;

	if (labels <= below || !name_is_below(name, root) || name_label(name, 0).p[0] == '_' ||
	    str_eq(name_label(name, 0), STR("*")))
		return (struct str){ NULL, 0 };
	text = name_text(a, name);
	return str_sub(text, 0, text.n - name_text(a, root).n - 1);
}

static void
add_pair(struct gate *g, struct key_pairs *out, struct str selector, const struct name *domain,
    bool in_use)
{
	struct key_pair *p;

	for (size_t i = 0; i < out->n; i++)
		if (str_ieq(out->list[i].was.selector, selector) &&
		    name_eq(&out->list[i].was.domain, domain))
			return;
	if (out->n >= MAX_GATE_KEYS)
		return;
	arena_grow(g->au->arena, &out->list, out->n, &out->cap, sizeof(*out->list));
	p = &out->list[out->n++];
	*p = (struct key_pair){ .in_use = in_use };
	selector_key_find(&g->was.au, selector, domain, &p->was);
	selector_key_find(&g->is.au, selector, domain, &p->is);
	out->pending = out->pending || p->was.state == KEY_PENDING || p->is.state == KEY_PENDING;
}

/* What a source that can list names tells of below ROOT. */
static void
add_listed(struct gate *g, struct gate_side *s, const struct name *root, struct key_pairs *out)
{
	const struct answer *names = ask_names(s->au.q, root);

	out->pending = out->pending || is_pending(names);
	for (size_t i = 0; i < names->n_names; i++) {
		struct str selector = selector_of(g->au->arena, &names->names[i], root);

		if (selector.n > 0)
			add_pair(g, out, selector, &g->au->subject->domain, false);
	}
}

void
gate_key_pairs(struct gate *g, struct key_pairs *out)
{
	const struct subject *s = g->au->subject;
	struct name root;

	*out = (struct key_pairs){ .n = 0 };
	for (size_t i = 0; i < s->n_selectors; i++)
		if (s->selectors[i].provenance != FROM_GUESS)
			add_pair(g, out, s->selectors[i].name,
			    s->selectors[i].domain.n > 0 ? &s->selectors[i].domain : &s->domain,
			    true);
	if (!name_above(STR("_domainkey"), &s->domain, &root))
		return;
	add_listed(g, &g->was, &root, out);
	add_listed(g, &g->is, &root, out);
}

/* Whether receivers could verify signatures by K. */
static bool
is_good(const struct selector_key *k)
{
	return k->state == KEY_FOUND && !k->key.revoked && !dkimkey_is_broken(&k->key);
}

/* Whether a key is there, as far as can be known: one behind a CNAME that was not provided, too. */
static bool
is_there(const struct selector_key *k)
{
	return is_good(k) || (k->state == KEY_FAILED && k->target.n > 0);
}

enum key_change
gate_key_change(const struct key_pair *p)
{
	bool alias = p->is.target.n > 0 && !name_eq(&p->was.target, &p->is.target);

	if (!is_there(&p->was)) {
		bool absent = p->was.state == KEY_ABSENT || p->was.state == KEY_DANGLING;

		return absent && is_there(&p->is) ? KEY_ADDED : KEY_SAME;
	}
	if (p->is.state == KEY_ABSENT)
		return KEY_REMOVED;
	if (p->is.state == KEY_FAILED || p->was.state == KEY_FAILED)
		return alias ? KEY_MOVED : KEY_SAME;
	if (p->is.state != KEY_FOUND)
		return KEY_SAME; /* a fault that is told as such */
	if (p->is.key.revoked)
		return KEY_REVOKED;
	if (p->is.key.data.n == 0 || str_eq(p->was.key.data, p->is.key.data))
		return KEY_SAME;
	return KEY_REPLACED;
}

/* The alias at P's name before the change; NULL = there was none, or it is pending. */
static const struct rr *
alias_of(struct gate *g, const struct key_pair *p, const struct answer **a)
{
	*a = p->was.target.n > 0 ? ask_dns(g->was.au.q, &p->was.name, RR_CNAME) : NULL;
	return *a != NULL && (*a)->n_rr == 1 ? &(*a)->rr[0] : NULL;
}

static void
place_gone(struct gate *g, struct finding *f, const struct key_pair *p)
{
	const struct answer *a;
	const struct rr *rr = alias_of(g, p, &a);

	if (rr == NULL)
		rr = p->was.rr;
	if (rr != NULL)
		gate_place_gone(g, f, &p->was.name, rr);
	else
		finding_absent(f, &p->was.name, RR_TXT);
}

/* What both findings about P say. */
static struct finding *
tell(struct gate *g, const struct key_pair *p, enum rule_id id)
{
	struct findings *fs = g->au->findings;
	struct finding *f = gate_tell(g, id);

	if (p->is.rr != NULL)
		finding_at(fs, f, p->is.answer, p->is.rr, str_sub(p->is.rr->text, 0, 0));
	else
		place_gone(g, f, p);
	finding_evidence(f, p->is.answer);
	finding_text(fs, f, "selector", p->was.selector);
	finding_name(fs, f, "domain", &p->was.domain);
	return f;
}

/* The record that P had, put back: where nothing stands now, and nobody withdrew it. */
static void
put_back(struct gate *g, struct finding *f, const struct key_pair *p)
{
	const struct answer *cname;

	if (p->is.state != KEY_ABSENT)
		return;
	if (alias_of(g, p, &cname) != NULL)
		gate_put_back(g, f, &p->was.name, cname);
	else if (p->was.target.n == 0)
		gate_put_back(g, f, &p->was.name, p->was.answer);
}

/*
 * Whether the domain of P has another key that receivers can verify with: one that was
 * there before the change, too, for what is only now published signs nothing yet, or one
 * that is known to be in use.
 */
static bool
has_another(const struct key_pairs *all, const struct key_pair *p)
{
	for (size_t i = 0; i < all->n; i++)
		if ((is_there(&all->list[i].was) || all->list[i].in_use) &&
		    is_there(&all->list[i].is) && name_eq(&all->list[i].is.domain, &p->is.domain))
			return true;
	return false;
}

/* KEEPS: the domain has another key; withdrawn in good order is what an old one should be. */
static void
judge_gone(struct gate *g, const struct key_pair *p, bool revoked, bool keeps)
{
	struct finding *f;

	if (!p->in_use && (g->is.parked || (revoked && keeps)))
		return;
	f = tell(g, p, p->in_use ? RULE_GATE_SELECTOR_USED_REMOVED : RULE_GATE_SELECTOR_REMOVED);
	finding_text(g->au->findings, f, "how", revoked ? STR("withdrawn") : STR("removed"));
	put_back(g, f, p);
}

/* Whether the signer's own key was given, and is the one that stands there now. */
static bool
is_signers(const struct subject *s, const struct key_pair *p)
{
	size_t given = 0;

	for (size_t i = 0; i < s->n_selectors; i++)
		if (s->selectors[i].provenance == FROM_GIVEN) {
			given++;
			if (!str_ieq(s->selectors[i].name, p->is.selector))
				return false;
		}
	return given == 1 && s->signer != NULL && str_eq(s->signer->data, p->is.key.data);
}

static void
judge_replaced(struct gate *g, const struct key_pair *p)
{
	if (p->is.delegated || is_signers(g->au->subject, p))
		return;
	(void)tell(g, p, RULE_GATE_KEY_REPLACED);
}

void
gate_judge_keys(struct gate *g)
{
	struct key_pairs all;
	size_t told = 0;

	gate_key_pairs(g, &all);
	for (size_t i = 0; i < all.n && !all.pending && told < MAX_GATE_TOLD; i++) {
		const struct key_pair *p = &all.list[i];
		enum key_change c = gate_key_change(p);

		if (c == KEY_REMOVED || c == KEY_REVOKED)
			judge_gone(g, p, c == KEY_REVOKED, has_another(&all, p));
		else if (c == KEY_REPLACED)
			judge_replaced(g, p);
		told += c == KEY_REMOVED || c == KEY_REVOKED || c == KEY_REPLACED;
	}
}
