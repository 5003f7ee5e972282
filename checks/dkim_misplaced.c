/* SPDX-License-Identifier: ISC */
/*
 * dkim_misplaced.c - a DKIM key record at the domain itself.
 *
 * Receivers ask SELECTOR._domainkey.DOMAIN only, so the record does nothing
 * there.  It is offered to be moved where its text names the selector, as web
 * forms that were filled in wrongly leave it, and nothing stands at that name.
 */
#include "checks/dkim.h"
#include "checks/dkim_record.h"

/* A key record among the texts of the domain. */
struct misplaced {
	struct name right; /* the name that the text itself gives it; n = 0 = none */
	struct str record; /* from v=DKIM1 on */
};

/* The name SELECTOR._domainkey.DOMAIN that WORD is, whole or without DOMAIN; else n = 0. */
static struct name
name_in(struct str word, const struct name *domain)
{
	struct name root, out, none = { .n = 0 };

	if (!name_above(STR("_domainkey"), domain, &root))
		return none;
	if (name_parse(word, &out) == NAME_OK && name_is_below(&out, &root) &&
	    !name_eq(&out, &root))
		return out;
	if (name_prefix(word, domain, &out) == NAME_OK && name_is_below(&out, &root) &&
	    !name_eq(&out, &root))
		return out;
	return none;
}

/* Read TEXT, which stands at DOMAIN, into *OUT; false when it is no key record. */
static bool
read_text(struct arena *a, struct str text, const struct name *domain, struct misplaced *out)
{
	const struct str mark = STR("v=DKIM1");
	struct dkimkey key;
	size_t blank;

	text = str_trim(text);
	out->record = text;
	out->right.n = 0;
	if (!str_has_iprefix(text, mark)) {
		for (blank = 0; blank < text.n && !ascii_isblank(text.p[blank]);)
			blank++;
		out->record = str_trim(str_sub(text, blank, text.n));
		if (!str_has_iprefix(out->record, mark))
			return false;
		out->right = name_in(str_sub(text, 0, blank), domain);
		if (out->right.n == 0)
			return false;
	}
	dkimkey_parse(a, out->record, &key);
	if (dkimkey_is_broken(&key))
		out->right.n = 0; /* a move would not cure it */
	return key.has_p;
}

/* Offer to move RR to where M says, when nothing stands there.  False = pending. */
static bool
propose_move(struct audit *au, struct finding *f, const struct rr *rr, const struct misplaced *m)
{
	const struct answer *there;
	struct change *c;

	if (m->right.n == 0)
		return true;
	there = ask_dns(au->q, &m->right, RR_TXT);
	if (is_pending(there))
		return false;
	finding_evidence(f, there);
	if (!answer_is_absent(there) || there->n_chain > 0)
		return true;
	c = finding_change(au->findings, f, CHANGE_REMOVE, &au->subject->domain, RR_TXT);
	c->old = finding_txt(au->findings, rr->text);
	c = finding_change(au->findings, f, CHANGE_ADD, &m->right, RR_TXT);
	c->new = finding_txt(au->findings, m->record);
	c->ttl_s = rr->ttl_s;
	return true;
}

bool
dkim_judge_misplaced(struct audit *au)
{
	const struct name *domain = &au->subject->domain;
	const struct answer *a;
	bool done = true;

	if (!name_is_set(domain))
		return true;
	a = ask_dns(au->q, domain, RR_TXT);
	if (is_pending(a))
		return false;
	if (a->status != ANSWER_FOUND || a->n_chain > 0)
		return true;
	for (size_t i = 0; i < a->n_rr; i++) {
		struct misplaced m;
		struct finding *f;

		if (!read_text(au->arena, a->rr[i].text, domain, &m))
			continue;
		f = finding_add(au->findings, RULE_DKIM_MISPLACED, domain);
		finding_at(au->findings, f, a, &a->rr[i], str_sub(a->rr[i].text, 0, 0));
		done = propose_move(au, f, &a->rr[i], &m) && done;
	}
	return done;
}
