/* SPDX-License-Identifier: ISC */
/*
 * dmarc_facts.c - what the tree walk found, as facts for the reports.  It judges
 * nothing.
 */
#include "checks/dmarc.h"

/* The first name that judge_owners() looks at and that has several records; NULL = none. */
static const struct dmarc_step *
step_with_several(const struct dmarc_policy *p)
{
	for (size_t i = 0; i < p->n_steps; i++)
		if (p->steps[i].n_records > 1 &&
		    (i == 0 || name_eq(&p->steps[i].domain, &p->org_psl)))
			return &p->steps[i];
	return NULL;
}

/* Whether the text at the author's own _dmarc was meant as a record. */
static bool
has_near_miss(const struct dmarc_step *step)
{
	if (step->answer == NULL || step->answer->status != ANSWER_FOUND)
		return false;
	for (size_t i = 0; i < step->answer->n_rr; i++)
		if (dmarc_is_near_miss(step->answer->rr[i].text))
			return true;
	return false;
}

/* What is there, in a word: failed is not absent, and absent is not void. */
static void
fill_state(const struct dmarc_policy *p, struct dmarc_facts *facts)
{
	const struct dmarc_step *several = step_with_several(p);

	facts->state = "none";
	switch (p->state) {
	case DMARC_PENDING:
	case DMARC_UNKNOWN:
		facts->state = "unknown";
		break;
	case DMARC_APPLIES:
		facts->state = "found";
		break;
	case DMARC_IS_VOID:
		facts->state = "invalid";
		break;
	case DMARC_NO_RECORD:
		if (several != NULL) {
			facts->state = "multiple";
			facts->n_records = several->n_records;
		} else if (p->n_steps > 0 && has_near_miss(&p->steps[0])) {
			facts->state = "invalid";
		}
		break;
	}
}

struct dmarc_facts *
dmarc_facts_of(struct arena *a, const struct dmarc_policy *p)
{
	struct dmarc_facts *facts = arena_alloc(a, sizeof(*facts));

	fill_state(p, facts);
	facts->policy = facts->tag = "";
	facts->adkim = facts->aspf = "r";
	facts->org_domain = p->org;
	facts->org_psl = p->org_psl;
	if (p->state != DMARC_APPLIES)
		return facts;
	const struct dmarc_record *r = p->applied->record;
	facts->record = r->text;
	facts->domain = p->applied->domain;
	facts->policy = dmarc_word_name(p->word);
	facts->tag = p->tag;
	facts->adkim = r->adkim_strict ? "s" : "r";
	facts->aspf = r->aspf_strict ? "s" : "r";
	facts->testing = r->testing;
	struct str *rua = arena_array(a, MAX_DMARC_URIS, sizeof(*rua));
	size_t pos = 0;
	while (r->tags[DMARC_TAG_RUA].all.n > 0 && facts->n_rua < MAX_DMARC_URIS &&
	       list_next(r->tags[DMARC_TAG_RUA].value, ',', &pos, &rua[facts->n_rua]))
		facts->n_rua++;
	facts->rua = rua;
	return facts;
}
