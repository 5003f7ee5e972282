/* SPDX-License-Identifier: ISC */
/*
 * dmarc_none.c - names that have no record which counts; see dmarc_none.h.
 */
#include "checks/dmarc_none.h"

#include <assert.h>

#include "checks/dmarc.h"

/* 4.10 step 2: several records at one name are all discarded. */
static void
judge_number(struct dmarc_scene *s, const struct dmarc_step *step)
{
	const struct rr *first = NULL;
	struct finding *f;

	if (step->n_records < 2)
		return;
	for (size_t i = 0; first == NULL && i < step->answer->n_rr; i++)
		if (dmarc_is_record(step->answer->rr[i].text))
			first = &step->answer->rr[i];
	assert(first != NULL); /* they were counted in this answer */
	f = finding_add(s->au->findings, RULE_DMARC_MULTIPLE, &step->domain);
	finding_at(s->au->findings, f, step->answer, first, str_sub(first->text, 0, 0));
	finding_number(f, "count", (int64_t)step->n_records);
}

/* Texts at _dmarc that were meant as records and are none (4.7 v).  True = there is one. */
static bool
judge_near_misses(struct dmarc_scene *s, const struct dmarc_step *step)
{
	bool any = false;

	if (step->answer == NULL || step->answer->status != ANSWER_FOUND)
		return false;
	for (size_t i = 0; i < step->answer->n_rr; i++) {
		const struct rr *rr = &step->answer->rr[i];

		if (!dmarc_is_near_miss(rr->text))
			continue;
		struct finding *f = finding_add(s->au->findings,
		    step->n_records > 0 ? RULE_DMARC_NEAR_MISS : RULE_DMARC_BAD_VERSION,
		    &step->domain);
		finding_at(s->au->findings, f, step->answer, rr, str_sub(rr->text, 0, 0));
		any = true;
	}
	return any;
}

/* A CNAME at _dmarc, as hosted DMARC has it, whose target is gone. */
static bool
judge_dangling(struct dmarc_scene *s, const struct dmarc_step *step)
{
	const struct answer *a = step->answer;
	struct finding *f;

	if (a == NULL || a->n_chain == 0 || a->status != ANSWER_NXDOMAIN)
		return false;
	f = finding_add(s->au->findings, RULE_DMARC_DANGLING, &step->domain);
	finding_absent(f, &step->owner, RR_CNAME);
	f->place.text = name_text(s->au->arena, &a->chain[a->n_chain - 1]);
	finding_name(s->au->findings, f, "target", &a->chain[a->n_chain - 1]);
	finding_evidence(f, a);
	return true;
}

/* A record at WHERE instead of _dmarc: tell it, and offer to move it when that harms nothing. */
static bool
judge_misplaced(struct dmarc_scene *s, const struct name *where, const struct dmarc_step *own)
{
	const struct answer *a = ask_dns(s->au->q, where, RR_TXT);
	const struct rr *rr;
	size_t n;

	if (is_pending(a)) {
		s->pending = true;
		return false;
	}
	rr = dmarc_record_in(a, &n);
	if (rr == NULL || a->n_chain > 0)
		return false;
	struct finding *f = finding_add(s->au->findings,
	    own->n_records > 0           ? RULE_DMARC_MISPLACED_BESIDE
	    : name_eq(where, &s->author) ? RULE_DMARC_MISPLACED
					 : RULE_DMARC_NAME_DOUBLED,
	    &s->author);
	finding_at(s->au->findings, f, a, rr, str_sub(rr->text, 0, 0));
	finding_name(s->au->findings, f, "where", where);
	finding_name(s->au->findings, f, "right", &own->owner);
	finding_evidence(f, own->answer);
	/* beside a CNAME nothing else may stand (RFC 1034 3.6.2) */
	if (own->n_records == 0 &&
	    (own->answer->n_chain > 0 || !dmarc_is_sound(s->au->arena, rr->text)))
		return true;
	struct str txt = finding_txt(s->au->findings, rr->text);
	finding_change(s->au->findings, f, CHANGE_REMOVE, where, RR_TXT)->old = txt;
	if (own->n_records == 0)
		finding_change(s->au->findings, f, CHANGE_ADD, &own->owner, RR_TXT)->new = txt;
	return own->n_records == 0;
}

/* The apex, and `_dmarc.D.D`, which a missing final dot makes.  True = told instead of "none". */
static bool
judge_places(struct dmarc_scene *s, const struct dmarc_step *own)
{
	struct name doubled;
	bool told;

	/* what stands at the right name has to be known first */
	if (own->answer == NULL || own->answer->status == ANSWER_FAILED)
		return false;
	told = judge_misplaced(s, &s->author, own);
	/* what answers at the right name may be a wildcard's text, and no record */
	if (own->n_records > 0 || !name_join(&own->owner, &s->author, &doubled))
		return told;
	return judge_misplaced(s, &doubled, own) || told;
}

bool
dmarc_judge_owners(struct dmarc_scene *s)
{
	const struct dmarc_policy *p = s->p;
	bool told = judge_places(s, &p->steps[0]);

	if (s->au->q->met_pending)
		return told;
	for (size_t i = 0; i < p->n_steps; i++) {
		const struct dmarc_step *step = &p->steps[i];

		if (i > 0 && (p->applied != NULL || !name_eq(&step->domain, &p->org_psl)))
			continue;
		judge_number(s, step);
		told = step->n_records > 1 || told;
		told = judge_near_misses(s, step) || told;
		told = judge_dangling(s, step) || told;
	}
	return told;
}

/* Whether the alias at _dmarc is made by a wildcard, so that it gives way to any record. */
static bool
is_wildcard_alias(struct dmarc_scene *s, const struct dmarc_step *own)
{
	const struct answer *a;
	struct name star, target;

	if (!name_above(STR("*"), &own->domain, &star))
		return false;
	a = ask_dns(s->au->q, &star, RR_CNAME);
	if (is_pending(a)) {
		s->pending = true;
		return false;
	}
	return a->status == ANSWER_FOUND && a->n_rr == 1 && rr_target(&a->rr[0], &target) &&
	       name_eq(&target, &own->answer->chain[0]);
}

/*
 * The first safe step: it asks for reports and changes nothing for the mail.
 * Not where the domain takes no mail, for then nobody would get them.
 */
static void
propose_record(struct dmarc_scene *s, struct finding *f)
{
	const struct dmarc_step *own = &s->p->steps[0];
	struct findings *fs = s->au->findings;
	struct buf *b = &fs->scratch;

	if (own->answer == NULL || s->reach == MAIL_NOWHERE || s->reach == MAIL_REFUSED ||
	    dmarc_may_weaken(s->p))
		return;
	if (own->answer->n_chain > 0 && !is_wildcard_alias(s, own)) {
		buf_reset(b);
		name_print(b, &own->answer->chain[0]);
		buf_addc(b, '.');
		finding_change(fs, f, CHANGE_REMOVE, &own->owner, RR_CNAME)->old =
		    arena_str(s->au->arena, buf_str(b));
	}
	buf_reset(b);
	dmarc_add_policy(b, s->p);
	buf_adds(b, "; rua=mailto:dmarc-reports@");
	name_print(b, &s->author);
	struct str text = arena_str(s->au->arena, buf_str(b));
	finding_change(fs, f, CHANGE_ADD, &own->owner, RR_TXT)->new = finding_txt(fs, text);
}

void
dmarc_judge_none(struct dmarc_scene *s)
{
	enum rule_id rule = s->has_mail ? RULE_DMARC_NONE : RULE_DMARC_NONE_NO_MAIL;
	struct finding *f = finding_add(s->au->findings, rule, &s->author);

	finding_absent(f, &s->p->steps[0].owner, RR_TXT);
	for (size_t i = 0; i < s->p->n_steps; i++)
		finding_evidence(f, s->p->steps[i].answer);
	if (s->has_mail)
		propose_record(s, f);
	else if (s->au->subject->parked && s->p->steps[0].answer->n_chain == 0)
		finding_change(s->au->findings, f, CHANGE_ADD, &s->p->steps[0].owner, RR_TXT)->new =
		    finding_txt(s->au->findings, STR("v=DMARC1; p=reject"));
}

void
dmarc_judge_suffix_only(struct dmarc_scene *s)
{
	struct finding *f;

	if (!s->has_mail)
		return;
	f = finding_add(s->au->findings, RULE_DMARC_ONLY_SUFFIX, &s->author);
	finding_absent(f, &s->p->steps[0].owner, RR_TXT);
	finding_name(s->au->findings, f, "suffix", &s->p->applied->domain);
	finding_text(s->au->findings, f, "policy", str_of(dmarc_word_name(s->p->word)));
	for (size_t i = 0; i < s->p->n_steps; i++)
		finding_evidence(f, s->p->steps[i].answer);
	propose_record(s, f);
}
