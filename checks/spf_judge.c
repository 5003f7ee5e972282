/* SPDX-License-Identifier: ISC */
/*
 * spf_judge.c - what the files of the check "spf" share: how they tell of the record, and
 * its room.
 */
#include "checks/spf_judge.h"

struct finding *
spf_tell(struct spf_judge *j, enum rule_id id, struct str part)
{
	struct findings *fs = j->au->findings;
	struct finding *f = finding_add(fs, id, j->domain);
	finding_at(fs, f, j->txt, j->rr, part);
	finding_text(fs, f, "term", part);
	return f;
}

void
spf_tell_replace(struct findings *fs, struct finding *f, const struct answer *a,
    const struct rr *rr, struct str text)
{
	if (text.n == 0)
		return;
	struct change *c = finding_change(fs, f, CHANGE_REPLACE, answer_owner(a), rr->type);
	c->old = finding_txt(fs, rr->text);
	c->new = finding_txt(fs, text);
}

void
spf_tell_fix(struct spf_judge *j, struct finding *f)
{
	spf_tell_replace(j->au->findings, f, j->txt, j->rr, j->fixed);
}

size_t
spf_txt_octets(const struct spf_judge *j)
{
	size_t n = answer_owner(j->txt)->n;
	for (size_t i = 0; i < j->txt->n_rr; i++)
		n += j->txt->rr[i].data.n;
	return n;
}
