/* SPDX-License-Identifier: ISC */
/*
 * gate_spf.c - senders that pass no more, includes that are gone, a weaker all, and
 * more lookups (RFC 7208).
 *
 * An include whose networks are all listed some other way now is no loss: it was
 * flattened, or moved.  A record that is gone or void is told by the check of SPF.
 */
#include "checks/gate_judge.h"

#include "checks/mx.h"
#include "checks/senders.h"
#include "checks/spf_map.h"
#include "checks/spf_sender.h"
#include "checks/via.h"

#define MAX_GATE_SENDERS 200 /* addresses of a domain that are compared */

/* What is shared by the helpers here. */
struct spf_gate {
	struct gate *g;
	const struct spf_node *was, *is; /* the roots */
	const struct spf_item *gone[MAX_GATE_TOLD];
	size_t n_gone;
};

static bool
leads(const struct spf_term *t)
{
	return t->kind == TERM_INCLUDE || t->kind == TERM_REDIRECT;
}

/* Whether what IT leads to is included after the change as well, wherever in the tree. */
static bool
is_kept(const struct spf_gate *s, const struct spf_item *it)
{
	const struct spf_tree *t = s->g->is.tree;
	const struct spf_record *r = s->is->record;

	for (size_t i = 0; i < r->n_terms; i++)
		if (leads(&r->terms[i]) && str_ieq(r->terms[i].domain, it->term->domain))
			return true;
	for (size_t i = 1; i < t->n_nodes; i++)
		if (it->below != NULL && it->below->name.n > 0 &&
		    name_eq(&t->nodes[i]->name, &it->below->name))
			return true;
	return false;
}

static bool
is_within(const struct spf_node *node, const struct spf_node *top)
{
	for (; node != NULL; node = node->parent)
		if (node == top)
			return true;
	return false;
}

/* Whether all that IT listed is known, and listed after the change too. */
static bool
is_covered(const struct spf_gate *s, const struct spf_item *it)
{
	const struct spf_tree *t = s->g->was.tree;
	struct spf_networks old = { .arena = s->g->au->arena };
	struct prefix lost;

	if (it->below == NULL)
		return false;
	for (size_t i = 0; i < t->n_nodes; i++)
		if (is_within(t->nodes[i], it->below))
			spf_networks_of_node(&old, t->nodes[i]);
	spf_networks_minimize(&old);
	if (old.at_least || old.elsewhere)
		return false;
	return spf_networks_less(&old, &s->g->is.listed.all, &lost, 1) == 0;
}

/* The includes of the record that are gone, and with them some address. */
static void
find_gone(struct spf_gate *s)
{
	for (size_t i = 0; i < s->was->n_items && s->n_gone < MAX_GATE_TOLD; i++) {
		const struct spf_item *it = &s->was->items[i];

		if (leads(it->term) && it->term->qualifier == '+' && !is_kept(s, it) &&
		    !is_covered(s, it))
			s->gone[s->n_gone++] = it;
	}
}

/* The one of s->gone that let V pass; NULL = it passed by something else. */
static const struct spf_item *
gone_by(const struct spf_gate *s, const struct spf_verdict *v)
{
	for (size_t i = 0; i < s->n_gone && v->n_path > 0; i++)
		if (str_eq(s->gone[i]->term->text, v->path[0].term))
			return s->gone[i];
	return NULL;
}

/* Whether the sender of WAS and IS passed, and does not any more. */
static bool
is_lost(const struct spf_verdict *was, const struct spf_verdict *is)
{
	return was->result == RESULT_PASS && is->result != RESULT_PASS &&
	       is->result != RESULT_TEMPERROR;
}

/* F is about the SPF record after the change of NAME, or that there is none. */
static void
place(struct gate *g, struct finding *f, const struct name *name)
{
	const struct answer *txt = ask_dns(g->is.au.q, name, RR_TXT);
	const struct rr *rr;
	size_t n = 0;

	if (is_pending(txt))
		return;
	rr = spf_select(txt, &n);
	if (rr != NULL)
		finding_at(g->au->findings, f, txt, rr, str_sub(rr->text, 0, 0));
	else
		finding_absent(f, name, RR_TXT);
	finding_evidence(f, txt);
}

/* " of the sender crm" for X; nothing when it has no name. */
static struct str
sender_words(struct gate *g, const struct sender *x)
{
	if (x->name.n == 0)
		return STR("");
	buf_reset(g->b);
	buf_adds(g->b, " of the sender ");
	buf_add(g->b, x->name);
	return arena_str(g->au->arena, buf_str(g->b));
}

/* GATE001: an address. */
static void
tell_lost(struct gate *g, const struct name *name, const struct spf_senders *was,
    const struct spf_senders *is, size_t i)
{
	const struct spf_verdict *v = &is->v[i];
	struct findings *fs = g->au->findings;
	struct finding *f = finding_add(fs, RULE_GATE_SENDER_LOST, name);

	place(g, f, name);
	finding_evidence(f, v->last);
	finding_text(fs, f, "ip", finding_address(fs, &is->ips[i]));
	finding_words(fs, f, "who", STR("")); /* reports name the sender of an address */
	finding_text(fs, f, "mail_from", v->domain);
	finding_text(fs, f, "result", str_of(spf_result_name(v->result)));
	finding_text(fs, f, "term", was->v[i].n_path > 0 ? was->v[i].path[0].term : STR(""));
}

/* The addresses of senders that are checked by NAME and passed before. */
static void
judge_addresses(struct spf_gate *s, const struct name *name)
{
	struct gate *g = s->g;
	struct spf_senders was = spf_senders(&g->was.au, name), is = spf_senders(&g->is.au, name);
	bool own = name_eq(name, &g->au->subject->domain);
	size_t told = 0;

	if (was.pending || is.pending)
		return;
	for (size_t i = 0; i < was.n && i < is.n && told < MAX_GATE_TOLD; i++) {
		if (!is_lost(&was.v[i], &is.v[i]) || (own && gone_by(s, &was.v[i]) != NULL))
			continue;
		tell_lost(g, name, &was, &is, i);
		told++;
	}
}

/* Whether all addresses of P get a plain pass in M. */
static bool
passes_whole(const struct spf_map *m, const struct prefix *p)
{
	const struct spf_span *spans = m->spans[p->addr.v6];
	bool some = false;

	for (size_t i = 0; i < m->n[p->addr.v6]; i++) {
		bool last = i + 1 == m->n[p->addr.v6];

		if (!last && addr_cmp(&spans[i + 1].from, &p->addr) <= 0)
			continue; /* ends in front of it */
		if (addr_cmp(&spans[i].from, &p->addr) > 0 && !prefix_has(p, &spans[i].from))
			break; /* begins behind it */
		if (spans[i].value->yes != NULL || spans[i].value->tail ||
		    spans[i].value->result != RESULT_PASS)
			return false;
		some = true;
	}
	return some;
}

/* GATE001: a network. */
static void
tell_network(struct spf_gate *s, const struct sender *x, const struct prefix *p)
{
	struct gate *g = s->g;
	struct findings *fs = g->au->findings;
	struct str who = sender_words(g, x), text;
	struct finding *f;

	buf_reset(g->b);
	prefix_print(g->b, p);
	text = arena_str(g->au->arena, buf_str(g->b));
	f = gate_tell(g, RULE_GATE_SENDER_LOST);
	place(g, f, &g->au->subject->domain);
	finding_text(fs, f, "ip", text);
	finding_words(fs, f, "who", who);
	finding_name(fs, f, "mail_from", &g->au->subject->domain);
	finding_text(fs, f, "result", STR("no pass as a whole"));
	finding_text(fs, f, "term", STR(""));
}

/* The networks of senders that are checked by the domain and were allowed as a whole. */
static void
judge_networks(struct spf_gate *s)
{
	const struct subject *t = s->g->au->subject;
	struct spf_mapper *was = spf_mapper(s->g->au->arena, s->g->was.tree);
	struct spf_mapper *is = spf_mapper(s->g->au->arena, s->g->is.tree);
	const struct sender *x;
	size_t n = senders_of(s->g->au->arena, t, &x), told = 0;
	struct spf_map old, new;

	if (was == NULL || is == NULL || !spf_map(was, s->was, NULL, &old) ||
	    !spf_map(is, s->is, NULL, &new))
		return;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < x[i].n_prefixes && told < MAX_GATE_TOLD; k++) {
			const struct prefix *p = &x[i].prefixes[k];

			if (!name_eq(sender_spf_name(t, &x[i]), &t->domain) ||
			    !passes_whole(&old, p) || passes_whole(&new, p))
				continue;
			tell_network(s, &x[i], p);
			told++;
		}
}

/* Whether X leaves through a service whose include IT is, under the domain itself. */
static bool
leaves_through(const struct spf_gate *s, const struct sender *x, const struct spf_item *it)
{
	const struct subject *t = s->g->au->subject;
	const struct provider *row = via_row(x), *p;
	size_t from = 0;

	if (row == NULL || row->need == NEED_NO || row->need == NEED_SUB ||
	    !name_eq(sender_spf_name(t, x), &t->domain))
		return false;
	while ((p = provider_next(it->term->domain, &from)) != NULL)
		if (p == row)
			return true;
	return false;
}

/* Verdicts of both sides for the addresses that are checked by the domain. */
struct pair {
	struct spf_senders was, is;
};

/* The addresses that IT let pass, and that pass no more, into g->b; their number. */
static size_t
add_addresses(const struct spf_gate *s, const struct pair *v, const struct spf_item *it, bool names)
{
	struct buf *b = s->g->b;
	size_t n = 0;

	for (size_t i = 0; i < v->was.n && i < v->is.n && n < MAX_GATE_TOLD; i++) {
		struct addr ip = addr_unmap(&v->was.ips[i]);

		if (!is_lost(&v->was.v[i], &v->is.v[i]) || gone_by(s, &v->was.v[i]) != it)
			continue;
		buf_adds(b, n++ == 0 ? "" : names ? ", " : " ");
		if (names && v->was.of[i]->name.n > 0) {
			buf_add(b, v->was.of[i]->name);
			buf_adds(b, " at ");
		}
		addr_print(b, &ip);
	}
	return n;
}

/* The senders that leave through the service of IT, behind N others in g->b; all of them. */
static size_t
add_services(const struct spf_gate *s, const struct spf_item *it, size_t n)
{
	const struct sender *x;
	size_t n_senders = senders_of(s->g->au->arena, s->g->au->subject, &x);

	for (size_t i = 0; i < n_senders; i++) {
		if (!leaves_through(s, &x[i], it))
			continue;
		buf_adds(s->g->b, n++ == 0 ? "" : ", ");
		if (x[i].name.n > 0)
			buf_add(s->g->b, x[i].name);
		else
			buf_adds(s->g->b, "what leaves through the service");
	}
	return n;
}

/* GATE003: IT is gone. */
static void
tell_gone(struct spf_gate *s, const struct pair *v, const struct spf_item *it)
{
	struct gate *g = s->g;
	struct findings *fs = g->au->findings;
	struct str who, ips;
	struct finding *f;
	bool needed;

	buf_reset(g->b);
	needed = add_services(s, it, add_addresses(s, v, it, true)) > 0;
	who = arena_str(g->au->arena, buf_str(g->b));
	buf_reset(g->b);
	(void)add_addresses(s, v, it, false);
	ips = arena_str(g->au->arena, buf_str(g->b));
	if (!needed && (g->is.parked || s->was->lookups > SPF_LOOKUP_LIMIT))
		return; /* it is given up; or the record was void, and an include less its cure */
	f = gate_tell(g, needed ? RULE_GATE_INCLUDE_NEEDED : RULE_GATE_INCLUDE_REMOVED);
	finding_at(fs, f, s->is->answer, s->is->rr, str_sub(s->is->rr->text, 0, 0));
	finding_text(fs, f, "term", it->term->text);
	/* RFC 7208 6.1: redirect= counts only where no all does */
	finding_words(fs, f, "where",
	    it->term->kind == TERM_REDIRECT ? STR("at the end of the record, in place of an all")
					    : STR("in front of the all that ends the record"));
	if (!needed)
		return;
	finding_words(fs, f, "who", who);
	finding_text(fs, f, "ips", ips);
}

char
gate_final_all(const struct spf_node *node)
{
	for (unsigned depth = 0; node != NULL && depth <= MAX_SPF_DEPTH; depth++) {
		const struct spf_record *r = node->record;
		const struct spf_item *it;

		if (r == NULL)
			return '*';
		if (r->all != SPF_NO_TERM)
			return r->terms[r->all].qualifier;
		if (r->redirect == SPF_NO_TERM)
			return 0;
		it = spf_item_of(node, &r->terms[r->redirect]);
		node = it != NULL ? it->below : NULL;
	}
	return '*';
}

struct str
gate_all_text(char qualifier)
{
	return qualifier == '-'   ? STR("-all")
	       : qualifier == '~' ? STR("~all")
	       : qualifier == '?' ? STR("?all")
	       : qualifier == '+' ? STR("+all")
				  : STR("no all");
}

/* GATE005: what nobody lists was refused or marked, and is not any more. */
static void
judge_all(struct spf_gate *s)
{
	char was = gate_final_all(s->was), is = gate_final_all(s->is);
	struct findings *fs = s->g->au->findings;
	struct finding *f;

	if ((was != '-' && was != '~') || is == '-' || is == '~' || is == '*' ||
	    s->is->error == SPF_ERROR_SYNTAX)
		return; /* a void record says nothing at all, which is told elsewhere */
	f = gate_tell(s->g, RULE_GATE_ALL_WEAKENED);
	finding_at(fs, f, s->is->answer, s->is->rr,
	    s->is->record->all != SPF_NO_TERM ? s->is->record->terms[s->is->record->all].text
					      : str_sub(s->is->rr->text, 0, 0));
	finding_text(fs, f, "from", gate_all_text(was));
	finding_text(fs, f, "to", gate_all_text(is));
}

/* GATE010: over the limit the check of SPF tells it. */
static void
judge_lookups(struct spf_gate *s)
{
	struct findings *fs = s->g->au->findings;
	struct finding *f;

	if (s->was->at_least || s->is->at_least || s->is->lookups <= s->was->lookups ||
	    s->is->lookups > SPF_LOOKUP_LIMIT)
		return;
	f = gate_tell(s->g, RULE_GATE_LOOKUPS_UP);
	finding_at(fs, f, s->is->answer, s->is->rr, str_sub(s->is->rr->text, 0, 0));
	finding_number(f, "from", s->was->lookups);
	finding_number(f, "lookups", s->is->lookups);
	finding_number(f, "limit", SPF_LOOKUP_LIMIT);
}

/* The names but the domain itself that senders are checked by. */
static void
judge_other_names(struct spf_gate *s)
{
	const struct subject *t = s->g->au->subject;
	const struct sender *x;
	size_t n = senders_of(s->g->au->arena, t, &x);

	for (size_t i = 0; i < n && i < MAX_GATE_SENDERS; i++) {
		const struct name *name = sender_spf_name(t, &x[i]);
		bool before = name_eq(name, &t->domain);

		for (size_t k = 0; k < i && !before; k++)
			before = name_eq(sender_spf_name(t, &x[k]), name);
		if (name->n > 0 && !before)
			judge_addresses(s, name);
	}
}

/* Whether no DKIM key can exist for NAME after the change (RFC 8020). */
static bool
has_no_keys(struct gate *g, const struct name *name)
{
	struct name root;

	if (!name_above(STR("_domainkey"), name, &root))
		return false;
	return ask_dns(g->is.au.q, &root, RR_TXT)->status == ANSWER_NXDOMAIN;
}

/* The record that let somebody send is gone as a whole, and nothing else authenticates. */
static void
judge_removed(struct gate *g)
{
	const struct name *d = &g->au->subject->domain;
	const struct dmarc_policy *p = g->is.policy;
	const struct rr *rr = mx_spf_senders(g->was.txt);
	const struct spf_node *is = g->is.tree->nodes[0];
	const struct answer *txt = g->is.txt;
	struct findings *fs = g->au->findings;
	struct change *c;
	struct finding *f;

	if (rr == NULL || g->is.parked || p->state != DMARC_APPLIES || p->word < DMARC_QUARANTINE ||
	    p->applied->record->testing || txt->status == ANSWER_FAILED || p->org.n == 0)
		return;
	if (is->record != NULL || is->error == SPF_ERROR_SEVERAL || !has_no_keys(g, d) ||
	    !has_no_keys(g, &p->org))
		return;
	f = gate_tell(g, RULE_GATE_SPF_REMOVED);
	gate_place_gone(g, f, d, rr);
	finding_evidence(f, txt);
	finding_text(fs, f, "policy", str_of(dmarc_word_name(p->word)));
	c = finding_change(fs, f, CHANGE_ADD, d, RR_TXT);
	c->new = finding_txt(fs, rr->text);
	c->ttl_s = rr->ttl_s;
}

void
gate_judge_spf(struct gate *g)
{
	struct spf_gate s = { .g = g, .was = g->was.tree->nodes[0], .is = g->is.tree->nodes[0] };
	const struct name *d = &g->au->subject->domain;
	bool both = s.was->record != NULL && s.is->record != NULL;

	if (both) {
		struct pair v = { spf_senders(&g->was.au, d), spf_senders(&g->is.au, d) };

		if (v.was.pending || v.is.pending)
			return;
		if (s.was->error == SPF_FINE)
			find_gone(&s);
		for (size_t i = 0; i < s.n_gone; i++)
			tell_gone(&s, &v, s.gone[i]);
		judge_networks(&s);
		judge_all(&s);
		judge_lookups(&s);
	}
	judge_addresses(&s, d);
	judge_other_names(&s);
	judge_removed(g);
}
