/* SPDX-License-Identifier: ISC */
/*
 * dmarc.c - the check `dmarc`; see dmarc.h.
 *
 * First what stands at _dmarc, whether or not it counts; then the record that
 * applies: how it is written (dmarc_lint.c), what it asks for where it stands,
 * where its reports go (dmarc_reports.c), and whether it fits the mail
 * (dmarc_mail.c).
 */
#include "checks/dmarc.h"

#include <assert.h>

#include "checks/mx.h"
#include "checks/senders.h"
#include "checks/streams.h"

#define MAX_DMARC_TOLD 20 /* faults of one record; a page full is enough to see what it is */
#define MAX_DMARC_SAME 5  /* of them of one rule: more have the same cause */

/* What the helpers here share. */
struct scene {
	struct audit *au;
	struct name author;
	const struct dmarc_policy *p;
	enum mail_reach reach; /* of the author domain */
	bool has_mail;         /* mail is sent as or to the author domain, as far as DNS tells */
	bool pending;
};

/*
 * Whether an answer was pending: all is done again then, so that only what asks further
 * has to go on.
 */
static bool
met_pending(const struct scene *s)
{
	return s->au->q->met_pending;
}

static struct finding *
add_at(struct scene *s, enum rule_id rule, const struct dmarc_step *step, struct str part)
{
	struct finding *f = finding_add(s->au->findings, rule, &step->domain);

	finding_at(s->au->findings, f, step->answer, step->rr, part);
	/* hosted DMARC: the text stands with the service */
	if (!name_is_below(answer_owner(step->answer), &step->domain))
		f->remedy.who = WHO_PROVIDER;
	return f;
}

static struct finding *
add_tag(struct scene *s, enum rule_id rule, const struct dmarc_step *step, enum dmarc_tag tag)
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

/* 4.10 step 2: several records at one name are all discarded. */
static void
judge_number(struct scene *s, const struct dmarc_step *step)
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
judge_near_misses(struct scene *s, const struct dmarc_step *step)
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
judge_dangling(struct scene *s, const struct dmarc_step *step)
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
judge_misplaced(struct scene *s, const struct name *where, const struct dmarc_step *own)
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
judge_places(struct scene *s, const struct dmarc_step *own)
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

/* Whether the alias at _dmarc is made by a wildcard, so that it gives way to any record. */
static bool
is_wildcard_alias(struct scene *s, const struct dmarc_step *own)
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
propose_record(struct scene *s, struct finding *f)
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

static void
judge_none(struct scene *s)
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

static void
judge_suffix_only(struct scene *s)
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

/* Tells the fault F of the record of STEP. */
static void
tell_fault(struct scene *s, const struct dmarc_step *step, const struct dmarc_fault *fault)
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
judge_writing(struct scene *s, const struct dmarc_step *step)
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
add_weaker(struct scene *s, const struct dmarc_step *step, enum dmarc_tag tag, enum dmarc_word than)
{
	struct finding *f = add_tag(s, RULE_DMARC_WEAKER, step, tag);
	const struct dmarc_record *r = step->record;

	finding_text(s->au->findings, f, "policy",
	    str_of(dmarc_word_name(tag == DMARC_TAG_SP ? r->sp : r->np)));
	finding_text(s->au->findings, f, "than", str_of(dmarc_word_name(than)));
}

/* 4.7 sp, np: read at an organizational domain only, and there seldom meant to be weaker. */
static void
judge_subdomains(struct scene *s, const struct dmarc_step *step)
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
judge_testing(struct scene *s, const struct dmarc_step *step)
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
judge_psd(struct scene *s)
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
judge_walk(struct scene *s)
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
judge_strength(struct scene *s, const struct dmarc_step *step, enum dmarc_reports reports)
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
judge_applied(struct scene *s)
{
	const struct dmarc_step *step = s->p->applied;
	enum dmarc_reports reports;

	if (s->p->by_suffix) {
		judge_suffix_only(s);
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
judge_unknown(struct scene *s)
{
	struct finding *f = finding_add(s->au->findings, RULE_DMARC_LOOKUP_FAILED, &s->author);

	finding_absent(f, &s->p->failed->q.name, s->p->failed->q.type);
	finding_name(s->au->findings, f, "name", &s->p->failed->q.name);
	finding_evidence(f, s->p->failed);
}

/*
 * What stands at _dmarc of the author, and of its registrable domain when
 * nothing applies.  True = that explains why there is no record.
 */
static bool
judge_owners(struct scene *s)
{
	const struct dmarc_policy *p = s->p;
	bool told = judge_places(s, &p->steps[0]);

	if (met_pending(s))
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

/*
 * False = pending.  A failed lookup leaves the domain one that has mail; an
 * address without MX, as every web site has, does not make it one.
 */
static bool
look_for_mail(struct scene *s)
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
	struct scene s = { .au = au };
	bool told;

	if (!name_is_set(&subject->domain))
		return;
	s.author = name_is_set(&subject->from) ? subject->from : subject->domain;
	ask_ahead(au->q, &s.author, RR_TXT);
	s.p = dmarc_policy(au, &s.author);
	if (!look_for_mail(&s) || s.p->state == DMARC_PENDING)
		return;
	told = judge_owners(&s);
	switch (s.p->state) {
	case DMARC_UNKNOWN:
		judge_unknown(&s);
		break;
	case DMARC_NO_RECORD:
		/* no author writes as a return path: it needs no record of its own */
		if (!told && !s.pending && !tell_nonexistent(au, &s.author) &&
		    subject->role != ROLE_RETURN_PATH)
			judge_none(&s);
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
