/* SPDX-License-Identifier: ISC */
/*
 * dkim_judge.c - what the files of the check "dkim" share: how they tell and propose.
 */
#include "checks/dkim_judge.h"

struct finding *
dkim_add(struct audit *au, const struct selector_key *k, enum rule_id id, struct str part)
{
	struct finding *f = finding_add(au->findings, id, &k->domain);

	finding_text(au->findings, f, "selector", k->selector);
	finding_name(au->findings, f, "domain", &k->domain);
	if (k->rr != NULL)
		finding_at(au->findings, f, k->answer, k->rr, part);
	else if (k->name.n > 0)
		finding_absent(f, &k->name, RR_TXT);
	if (k->delegated)
		f->remedy.who = WHO_PROVIDER;
	finding_evidence(f, k->answer);
	return f;
}

void
dkim_propose(struct audit *au, struct finding *f, const struct selector_key *k, struct str text)
{
	struct change *c;

	if (k->delegated || text.n == 0)
		return;
	c = finding_change(au->findings, f, CHANGE_REPLACE, answer_owner(k->answer), RR_TXT);
	c->old = finding_txt(au->findings, k->rr->text);
	c->new = finding_txt(au->findings, text);
}
