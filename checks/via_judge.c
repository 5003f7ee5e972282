/* SPDX-License-Identifier: ISC */
/*
 * via_judge.c - the check `via`: what a sending service asks for and what is not there.
 *
 * Rows that were put together in part from memory are good for names, not for findings.
 */
#include "checks/via.h"
#include "checks/dkim_keys.h"
#include "checks/senders.h"
#include "checks/spf_fix.h"

#define SPF_RECORD_MOST 450 /* octets (RFC 7208 3.4): no record over it is proposed */

/* One service of one sender. */
struct matter {
	struct audit *au;
	const struct sender *x;
	const struct provider *row;
	struct name author;
	struct via_spf spf;
};

static struct finding *
tell(struct matter *m, enum rule_id id)
{
	struct finding *f = finding_add(m->au->findings, id, &m->author);

	finding_text(m->au->findings, f, "service", str_of(m->row->name));
	return f;
}

/* Whether WHAT of the service is there nobody could say, for A failed. */
static void
tell_unknown(struct matter *m, const char *what, const struct answer *a)
{
	struct finding *f = tell(m, RULE_VIA_UNKNOWN);

	finding_absent(f, &a->q.name, a->q.type);
	finding_text(m->au->findings, f, "what", str_of(what));
	finding_evidence(f, a);
}

/* TEXT, a record, with include:SPEC in front of the first all or redirect=. */
static struct str
with_include(struct matter *m, struct str text, const char *spec)
{
	struct buf *b = &m->au->findings->scratch;
	struct spf_record r;
	size_t at = text.n;

	spf_record_parse(m->au->arena, text, &r);
	while (at > 0 && text.p[at - 1] == ' ')
		at--;
	for (size_t i = r.n_terms; i-- > 0;)
		if (r.terms[i].kind == TERM_ALL || r.terms[i].kind == TERM_REDIRECT)
			at = (size_t)(r.terms[i].text.p - text.p);
	buf_reset(b);
	buf_add(b, str_sub(text, 0, at));
	if (b->n > 0 && text.p[at - 1] != ' ')
		buf_addc(b, ' ');
	buf_adds(b, "include:");
	buf_adds(b, spec);
	if (at < text.n && text.p[at] != ' ')
		buf_addc(b, ' ');
	buf_add(b, str_sub(text, at, text.n));
	return arena_str(m->au->arena, buf_str(b));
}

/* Whether one include is for all customers of the row. */
static bool
has_one_include(const struct provider *row)
{
	return row->verified && !row->made && row->includes[0] != NULL &&
	       (row->needed == NULL || row->includes[1] == NULL);
}

/* The record with the include, if that is all that is wrong and 10 lookups are not passed. */
static void
propose_include(struct matter *m, struct finding *f)
{
	const struct spf_node *root = m->spf.tree->nodes[0];
	struct findings *fs = m->au->findings;
	const struct spf_tree *below;
	struct name target;
	struct str limit = STR(""), text;
	struct change *c;

	finding_text(fs, f, "include", str_of(m->row->includes[0]));
	if (name_parse(str_of(m->row->includes[0]), &target) != NAME_OK)
		return;
	below = spf_tree(m->au, &target);
	if (below->pending || below->nodes[0]->state != NODE_RECORD)
		limit = STR("");
	else if (root->lookups + 1 + below->nodes[0]->lookups > SPF_LOOKUP_LIMIT)
		limit = STR("; with it the record would pass 10 lookups, so that others have to go "
			    "first");
	finding_text(fs, f, "limit", limit);
	if (limit.n > 0 || below->pending || below->nodes[0]->state != NODE_RECORD ||
	    below->nodes[0]->error != SPF_FINE || !has_one_include(m->row) ||
	    root->answer->n_chain > 0)
		return;
	text = with_include(m, root->rr->text, m->row->includes[0]);
	if (text.n > SPF_RECORD_MOST || !is_spf_sound(m->au->arena, text))
		return;
	c = finding_change(fs, f, CHANGE_REPLACE, answer_owner(root->answer), RR_TXT);
	c->old = finding_txt(fs, root->rr->text);
	c->new = finding_txt(fs, text);
}

static void
judge_missing(struct matter *m)
{
	const struct spf_node *root = m->spf.tree->nodes[0];
	struct finding *f = tell(m, RULE_VIA_INCLUDE_MISSING);

	finding_at(m->au->findings, f, root->answer, root->rr, str_sub(root->rr->text, 0, 0));
	propose_include(m, f);
}

/* An include of ROW in the record of the author itself, of which nobody asks for this mail. */
static void
judge_needless(struct matter *m)
{
	const struct spf_tree *t = spf_tree(m->au, &m->author);
	const struct spf_node *root;

	if (t->pending || t->nodes[0]->state != NODE_RECORD)
		return;
	root = t->nodes[0];
	for (size_t i = 0; i < root->n_items; i++) {
		const struct spf_item *it = &root->items[i];
		struct finding *f;

		if (it->term->kind != TERM_INCLUDE ||
		    provider_of_include(it->term->domain) != m->row)
			continue;
		f = tell(m, RULE_VIA_INCLUDE_NEEDLESS);
		finding_at(m->au->findings, f, root->answer, root->rr, it->term->text);
		finding_number(f, "cost", 1 + (it->below != NULL ? it->below->lookups : 0));
		return;
	}
}

static void
judge_spf(struct matter *m)
{
	via_predict(m->au, m->x, m->row, &m->author, &m->spf);
	if (m->spf.pending)
		return;
	if (m->spf.known && m->spf.result == RESULT_TEMPERROR && m->spf.failed != NULL &&
	    !m->spf.has_include)
		tell_unknown(m, "the include", m->spf.failed);
	/* that there is no record, or a void one, is told of the record */
	if (m->spf.known && m->spf.needs_include && !m->spf.has_include &&
	    m->spf.result != RESULT_NONE && m->spf.result != RESULT_PERMERROR &&
	    m->spf.result != RESULT_TEMPERROR && m->spf.tree->nodes[0]->state == NODE_RECORD &&
	    m->row->includes[0] != NULL)
		judge_missing(m);
	if (m->row->need == NEED_NO && m->row->verified &&
	    (m->spf.path.n == 0 || !name_eq(&m->spf.path, &m->author)))
		judge_needless(m);
}

/* "s1, s2": the selectors that are the same for all customers. */
static struct str
selectors_text(struct matter *m)
{
	struct buf *b = &m->au->findings->scratch;

	buf_reset(b);
	for (size_t i = 0; i < MAX_PROVIDER_SELECTORS; i++)
		if (via_is_fixed(m->row->selectors[i])) {
			buf_adds(b, b->n > 0 ? ", " : "");
			buf_adds(b, m->row->selectors[i]);
		}
	return arena_str(m->au->arena, buf_str(b));
}

/* Whether somebody said which keys sign: then it is those that count. */
static bool
are_keys_said(const struct matter *m)
{
	return m->x->n_dkim > 0 || m->au->subject->n_selectors > 0;
}

/* The key at a selector of the row: told when it is a copy. */
static void
judge_copy(struct matter *m, const struct selector_key *k)
{
	struct finding *f;

	if (m->row->keys != KEYS_CNAME || k->state != KEY_FOUND || k->answer->n_chain > 0)
		return;
	f = tell(m, RULE_VIA_KEY_COPIED);
	finding_at(m->au->findings, f, k->answer, k->rr, str_sub(k->rr->text, 0, 0));
	finding_text(m->au->findings, f, "selector", k->selector);
}

/* Whether a signature by K could verify; what is wrong with a key is the check dkim's to say. */
static bool
may_verify(const struct selector_key *k)
{
	return k->state == KEY_SEVERAL || (k->state == KEY_FOUND && !k->key.revoked);
}

static void
judge_keys(struct matter *m)
{
	const struct answer *failed = NULL, *absent = NULL;
	struct str list = selectors_text(m);
	struct selector_key k;
	bool there = false;

	for (size_t i = 0; i < MAX_PROVIDER_SELECTORS; i++) {
		if (!via_is_fixed(m->row->selectors[i]))
			continue;
		selector_key_find(m->au, str_of(m->row->selectors[i]), &m->author, &k);
		if (k.state == KEY_PENDING)
			return;
		if (k.state == KEY_FAILED && failed == NULL)
			failed = k.answer;
		if (k.state != KEY_FAILED && !may_verify(&k) && absent == NULL)
			absent = k.answer;
		there = there || may_verify(&k);
		judge_copy(m, &k);
	}
	if (there || (failed == NULL && absent == NULL))
		return;
	struct finding *f = tell(m, failed != NULL ? RULE_VIA_KEY_UNKNOWN : RULE_VIA_KEY_MISSING);
	finding_absent(f, &(failed != NULL ? failed : absent)->q.name, RR_TXT);
	finding_evidence(f, failed != NULL ? failed : absent);
	finding_text(m->au->findings, f, "selectors", list);
}

static void
judge_return(struct matter *m)
{
	const struct answer *a;
	struct name path, want;
	struct finding *f;

	if (name_is_set(&m->x->mail_from) || !via_return_name(m->row, &m->author, &path))
		return;
	a = ask_dns(m->au->q, &path, RR_MX);
	if (is_pending(a))
		return;
	if (a->status == ANSWER_FAILED && a->n_chain == 0) {
		tell_unknown(m, "the return path", a);
		return;
	}
	if (a->n_chain == 0) {
		if (a->status != ANSWER_NXDOMAIN || m->row->returns != RETURN_ALWAYS)
			return;
		f = tell(m, RULE_VIA_RETURN_MISSING);
		finding_absent(f, &path, RR_MX);
	} else {
		if (m->row->return_target == NULL ||
		    name_parse(str_of(m->row->return_target), &want) != NAME_OK ||
		    name_is_below(&a->chain[0], &want))
			return;
		f = tell(m, RULE_VIA_RETURN_ELSEWHERE);
		finding_absent(f, &path, RR_CNAME);
		finding_name(m->au->findings, f, "target", &a->chain[0]);
		finding_text(m->au->findings, f, "want", str_of(m->row->return_target));
	}
	finding_name(m->au->findings, f, "path", &path);
	finding_evidence(f, a);
}

static void
judge_mx(struct matter *m)
{
	const struct answer *a;
	struct finding *f;
	struct name host;

	if (m->row->kind != PROVIDER_MAILBOX || m->row->mx[0] == NULL)
		return;
	a = ask_dns(m->au->q, &m->author, RR_MX);
	if (!is_pending(a) && a->status == ANSWER_FAILED)
		tell_unknown(m, "the MX", a);
	if (is_pending(a) || a->status != ANSWER_FOUND)
		return;
	for (size_t i = 0; i < a->n_rr; i++)
		if (rr_target(&a->rr[i], &host) &&
		    (host.n <= 1 || provider_of_mx(name_text(m->au->arena, &host)) == m->row))
			return;
	f = tell(m, RULE_VIA_MX_ELSEWHERE);
	finding_at(m->au->findings, f, a, &a->rr[0], STR(""));
}

/* What there is to say of one service. */
static void
judge_service(struct matter *m)
{
	if (!m->row->verified) {
		(void)tell(m, RULE_VIA_UNVERIFIED);
		return;
	}
	judge_spf(m);
	if (!are_keys_said(m))
		judge_keys(m);
	judge_return(m);
	judge_mx(m);
}

void
check_via(struct audit *au)
{
	const struct subject *s = au->subject;
	const struct sender *x;
	size_t n = senders_of(au->arena, s, &x);

	for (size_t i = 0; i < n && !s->parked; i++)
		for (size_t k = 0; k < x[i].n_via && !x[i].path_only; k++) {
			struct matter m = { .au = au,
				.x = &x[i],
				.row = provider_find(x[i].via[k]),
				.author = x[i].from.n > 0 ? x[i].from : s->domain };

			if (m.row != NULL)
				judge_service(&m);
		}
}
