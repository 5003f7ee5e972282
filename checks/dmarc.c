/* SPDX-License-Identifier: ISC */
/*
 * dmarc.c - the check `dmarc`; see dmarc.h.
 *
 * First what stands at _dmarc, whether or not it counts (dmarc_none.c); then the record that
 * applies: how it is written (dmarc_lint.c), what it asks for where it stands,
 * where its reports go (dmarc_reports.c), and whether it fits the mail
 * (dmarc_mail.c).
 */
#include "checks/dmarc.h"

#include "checks/dmarc_none.h"
#include "checks/senders.h"
#include "checks/streams.h"

#define MAX_DMARC_TOLD 20 /* faults of one record; a page full is enough to see what it is */
#define MAX_DMARC_SAME 5  /* of them of one rule: more have the same cause */

/*
 * Whether an answer was pending: all is done again then, so that only what asks further
 * has to go on.
 */
static bool
met_pending(const struct dmarc_scene *s)
{
	return s->au->q->met_pending;
}

static struct finding *
add_at(struct dmarc_scene *s, enum rule_id rule, const struct dmarc_step *step, struct str part)
{
	struct finding *f = finding_add(s->au->findings, rule, &step->domain);

	finding_at(s->au->findings, f, step->answer, step->rr, part);
	/* hosted DMARC: the text stands with the service */
	if (!name_is_below(answer_owner(step->answer), &step->domain))
		f->remedy.who = WHO_PROVIDER;
	return f;
}

static struct finding *
add_tag(struct dmarc_scene *s, enum rule_id rule, const struct dmarc_step *step, enum dmarc_tag tag)
{
	struct finding *f = add_at(s, rule, step, step->record->tags[tag].all);

	finding_text(s->au->findings, f, "tag", str_of(dmarc_tag_name(tag)));
	return f;
}

static bool
is_listed_suffix(const struct suffix_facts *s)
{
	return s != NULL && s->is_suffix && s->is_listed;
}

/* Tells the fault F of the record of STEP. */
static void
tell_fault(struct dmarc_scene *s, const struct dmarc_step *step, const struct dmarc_fault *fault)
{
	struct findings *fs = s->au->findings;
	struct finding *f = add_at(s, fault->rule, step, fault->what);
	struct str fixed;

	if (fault->tag.n > 0)
		finding_text(fs, f, "tag", fault->tag);
	if (fault->meant.n > 0)
		finding_text(fs, f, "meant", fault->meant);
	if (fault->part.n > 0)
		finding_text(fs, f, "part", fault->part);
	if (!dmarc_fix(s->au->arena, step->record, fault, &fixed))
		return;
	struct change *c =
	    finding_change(fs, f, CHANGE_REPLACE, answer_owner(step->answer), RR_TXT);
	c->old = finding_txt(fs, step->record->text);
	c->new = finding_txt(fs, fixed);
}

/* Whether MAX_DMARC_SAME faults like that at I stand before it. */
static bool
is_told_enough(const struct dmarc_faults *fs, size_t i)
{
	size_t n = 0;

	for (size_t k = 0; k < i; k++)
		n += fs->list[k].rule == fs->list[i].rule;
	return n >= MAX_DMARC_SAME;
}

/*
 * How the record that applies is written.  Every finding shows the whole
 * record, so MAX_DMARC_TOLD are told of one; no error goes untold for the rest.
 */
static void
judge_writing(struct dmarc_scene *s, const struct dmarc_step *step)
{
	struct dmarc_faults fs = { .n = 0 };
	size_t errors = 0, told = 0, others = 0;

	dmarc_lint(s->au->arena, step->record, &fs);
	for (size_t i = 0; i < fs.n; i++)
		errors += !is_told_enough(&fs, i) && rule_of(fs.list[i].rule)->level == LEVEL_ERROR;
	for (size_t i = 0; i < fs.n && told < MAX_DMARC_TOLD; i++) {
		if (is_told_enough(&fs, i))
			continue;
		if (rule_of(fs.list[i].rule)->level != LEVEL_ERROR &&
		    ++others + errors > MAX_DMARC_TOLD)
			continue;
		tell_fault(s, step, &fs.list[i]);
		told++;
	}
}

static void
add_weaker(
    struct dmarc_scene *s, const struct dmarc_step *step, enum dmarc_tag tag, enum dmarc_word than)
{
	struct finding *f = add_tag(s, RULE_DMARC_WEAKER, step, tag);
	const struct dmarc_record *r = step->record;

	finding_text(s->au->findings, f, "policy",
	    str_of(dmarc_word_name(tag == DMARC_TAG_SP ? r->sp : r->np)));
	finding_text(s->au->findings, f, "than", str_of(dmarc_word_name(than)));
}

/* 4.7 sp, np: read at an organizational domain only, and there seldom meant to be weaker. */
static void
judge_subdomains(struct dmarc_scene *s, const struct dmarc_step *step)
{
	const struct dmarc_record *r = step->record;
	const struct name *org = s->p->org.n > 0 ? &s->p->org : &s->p->org_psl;

	if (r->fallback || r->psd == 'y')
		return;
	if (org->n > 0 && !name_eq(&step->domain, org)) {
		if (r->sp != DMARC_ABSENT || r->np != DMARC_ABSENT)
			add_tag(s, RULE_DMARC_SUB_IGNORED, step,
			    r->sp != DMARC_ABSENT ? DMARC_TAG_SP : DMARC_TAG_NP);
		return;
	}
	if (r->sp != DMARC_ABSENT && r->sp < r->p)
		add_weaker(s, step, DMARC_TAG_SP, r->p);
	enum dmarc_word over = r->sp != DMARC_ABSENT ? r->sp : r->p;
	if (r->np != DMARC_ABSENT && r->np < over)
		add_weaker(s, step, DMARC_TAG_NP, over);
}

/* 4.7 t: every policy counts one step less. */
static void
judge_testing(struct dmarc_scene *s, const struct dmarc_step *step)
{
	const struct dmarc_record *r = step->record;
	struct finding *f;

	if (!r->testing || r->fallback || s->p->word < DMARC_QUARANTINE)
		return;
	f = add_tag(s, RULE_DMARC_TESTING, step, DMARC_TAG_T);
	finding_text(s->au->findings, f, "policy", str_of(dmarc_word_name(s->p->word)));
	finding_text(
	    s->au->findings, f, "effect", str_of(dmarc_word_name(dmarc_word_testing(s->p->word))));
}

/* 4.7 psd, 4.10.2, 5.2: the tag that moves the organizational domain. */
static void
judge_psd(struct dmarc_scene *s)
{
	const struct dmarc_step *own = &s->p->steps[0];
	const struct suffix_facts *suffix = s->p->suffix;

	if (own->rr == NULL || suffix == NULL)
		return;
	if (own->record->psd == 'y' && !suffix->is_suffix) {
		add_tag(s, RULE_DMARC_PSD, own, DMARC_TAG_PSD);
	} else if (own->record->psd != 'y' && is_listed_suffix(suffix)) {
		add_at(s, suffix->is_private ? RULE_DMARC_NO_PSD_PRIVATE : RULE_DMARC_NO_PSD, own,
		    str_sub(own->rr->text, 0, 0));
	} else if (own->record->psd == 'n' && suffix->registrable.n > 0 &&
		   !name_eq(&suffix->registrable, &s->author)) {
		struct finding *f = add_tag(s, RULE_DMARC_PSD_CUT, own, DMARC_TAG_PSD);
		finding_name(s->au->findings, f, "org", &suffix->registrable);
	}
}

/* Records on the way that nothing looks to. */
static void
judge_walk(struct dmarc_scene *s)
{
	const struct dmarc_policy *p = s->p;

	for (size_t i = 1; i < p->n_steps; i++) {
		const struct dmarc_step *step = &p->steps[i];

		if (step->rr == NULL || step == p->applied || step->record->psd != 'u')
			continue;
		if (p->org.n == 0 || !name_is_below(&step->domain, &p->org) ||
		    name_eq(&step->domain, &p->org))
			continue;
		struct finding *f =
		    add_at(s, RULE_DMARC_PASSED_OVER, step, str_sub(step->rr->text, 0, 0));
		finding_name(s->au->findings, f, "author", &s->author);
	}
	/* 4.10: the walk enters at 7 labels, so nothing below this name gets here */
	if (p->applied == &p->steps[0] && name_labels(&s->author) >= MAX_DMARC_STEPS)
		add_at(s, RULE_DMARC_DEEP, p->applied, str_sub(p->applied->rr->text, 0, 0));
}

/* p=none is a first step when somebody reads reports, and nothing at all when nobody does. */
static void
judge_strength(struct dmarc_scene *s, const struct dmarc_step *step, enum dmarc_reports reports)
{
	const struct dmarc_record *r = step->record;
	bool told = false;

	if (s->p->word == DMARC_NONE && !r->fallback && s->has_mail) {
		told = reports != REPORTS_WORK;
		enum dmarc_tag tag = dmarc_tag_find(str_of(s->p->tag));
		struct finding *f = add_tag(
		    s, told ? RULE_DMARC_POLICY_NONE : RULE_DMARC_POLICY_NONE_REPORTS, step, tag);
		finding_name(s->au->findings, f, "author", &s->author);
	}
	/* whether the organization has mail is not known here */
	if (!s->has_mail && step != &s->p->steps[0])
		return;
	if (r->tags[DMARC_TAG_RUA].all.n == 0 && !r->is_void && !told)
		add_at(s, s->has_mail ? RULE_DMARC_NO_REPORTS : RULE_DMARC_NO_REPORTS_NO_MAIL, step,
		    str_sub(step->rr->text, 0, 0));
	if (!s->has_mail && !r->fallback && (s->p->word != DMARC_REJECT || r->testing))
		add_at(s, RULE_DMARC_NOT_SENDING, step, str_sub(step->rr->text, 0, 0));
}

static void
judge_applied(struct dmarc_scene *s)
{
	const struct dmarc_step *step = s->p->applied;
	enum dmarc_reports reports;

	if (s->p->by_suffix) {
		dmarc_judge_suffix_only(s);
		return;
	}
	reports = dmarc_judge_reports(s->au, step);
	s->pending = s->pending || reports == REPORTS_PENDING;
	if (met_pending(s))
		return;
	judge_writing(s, step);
	judge_strength(s, step, reports);
	judge_testing(s, step);
	judge_subdomains(s, step);
	if (s->p->org.n == 0 && s->p->failed != NULL) {
		struct finding *f =
		    finding_add(s->au->findings, RULE_DMARC_ORG_UNKNOWN, &s->author);
		finding_absent(f, &s->p->failed->q.name, RR_TXT);
		finding_evidence(f, s->p->failed);
	}
}

static void
judge_unknown(struct dmarc_scene *s)
{
	struct finding *f = finding_add(s->au->findings, RULE_DMARC_LOOKUP_FAILED, &s->author);

	finding_absent(f, &s->p->failed->q.name, s->p->failed->q.type);
	finding_name(s->au->findings, f, "name", &s->p->failed->q.name);
	finding_evidence(f, s->p->failed);
}

/*
 * False = pending.  A failed lookup leaves the domain one that has mail; an
 * address without MX, as every web site has, does not make it one.
 */
static bool
look_for_mail(struct dmarc_scene *s)
{
	const struct subject *subject = s->au->subject;
	bool sends = is_sending(subject), author = subject->role != ROLE_RETURN_PATH;

	s->reach = mail_reach(s->au, &s->author);
	s->has_mail = !subject->parked && author &&
		      (sends || s->reach == MAIL_TAKEN || s->reach == MAIL_UNKNOWN);
	return s->reach != MAIL_PENDING;
}

void
check_dmarc(struct audit *au)
{
	const struct subject *subject = au->subject;
	struct dmarc_scene s = { .au = au };
	bool told;

	if (!name_is_set(&subject->domain))
		return;
	s.author = name_is_set(&subject->from) ? subject->from : subject->domain;
	ask_ahead(au->q, &s.author, RR_TXT);
	s.p = dmarc_policy(au, &s.author);
	if (!look_for_mail(&s) || s.p->state == DMARC_PENDING)
		return;
	told = dmarc_judge_owners(&s);
	switch (s.p->state) {
	case DMARC_UNKNOWN:
		judge_unknown(&s);
		break;
	case DMARC_NO_RECORD:
		/* no author writes as a return path: it needs no record of its own */
		if (!told && !s.pending && !tell_nonexistent(au, &s.author) &&
		    subject->role != ROLE_RETURN_PATH)
			dmarc_judge_none(&s);
		break;
	case DMARC_APPLIES:
	case DMARC_IS_VOID:
		judge_applied(&s);
		if (!met_pending(&s)) {
			judge_psd(&s);
			judge_walk(&s);
		}
		dmarc_judge_mail(au, &s.author, s.p, s.has_mail);
		break;
	case DMARC_PENDING:
		break;
	}
	if (!s.pending)
		au->facts->dmarc = dmarc_facts_of(au->arena, s.p);
}
