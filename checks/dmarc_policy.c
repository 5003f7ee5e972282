/* SPDX-License-Identifier: ISC */
/*
 * dmarc_policy.c - the tree walk; see dmarc_policy.h.
 */
#include "checks/dmarc_policy.h"

const struct rr *
dmarc_record_in(const struct answer *a, size_t *n)
{
	const struct rr *one = NULL;

	*n = 0;
	if (a == NULL || a->status != ANSWER_FOUND)
		return NULL;
	for (size_t i = 0; i < a->n_rr; i++) {
		if (!dmarc_is_record(a->rr[i].text))
			continue;
		one = &a->rr[i];
		(*n)++;
	}
	/* 4.10 step 2: several are all discarded */
	return *n == 1 ? one : NULL;
}

const struct name *
registrable_in(const struct answer *a, const struct name *name)
{
	if (a->status == ANSWER_FOUND && a->suffix != NULL && a->suffix->registrable.n > 0)
		return &a->suffix->registrable;
	return name;
}

const struct answer *
registrable_of(struct audit *au, const struct name *name, struct name *out)
{
	const struct answer *a = ask_suffix(au->q, name);

	name_copy(out, registrable_in(a, name));
	return a;
}

/* The names of a walk that nothing stops (4.10 steps 1, 4 and 7); their number. */
static size_t
plan_steps(struct arena *a, const struct name *author, struct dmarc_step **out)
{
	size_t labels = name_labels(author), n = 0;
	size_t most = labels < MAX_DMARC_STEPS ? labels : MAX_DMARC_STEPS;
	struct dmarc_step *steps = *out = arena_array(a, most, sizeof(*steps));

	for (size_t left = labels; left > 0; left--) {
		/* with 8 labels or more, the step after the first has 7 */
		if (left != labels && left >= MAX_DMARC_STEPS)
			continue;
		struct dmarc_step *s = &steps[n++];
		s->domain = name_parent(author, labels - left);
		(void)name_above(STR("_dmarc"), &s->domain, &s->owner);
	}
	return n;
}

/* The walk may stop early, so that what lies above is only a guess; all travel together. */
static void
ask_above(struct audit *au, const struct dmarc_policy *p, size_t from, size_t planned)
{
	for (size_t i = from; i < planned; i++)
		if (p->steps[i].owner.n > 0)
			ask_ahead(au->q, &p->steps[i].owner, RR_TXT);
}

/* Ask step by step up to where a psd tag stops the walk.  False = pending. */
static bool
take_steps(struct audit *au, struct dmarc_policy *p, size_t planned)
{
	for (size_t i = 0; i < planned; i++) {
		struct dmarc_step *s = &p->steps[i];
		struct dmarc_record *record;

		p->n_steps = i + 1;
		if (s->owner.n == 0)
			continue;
		s->answer = ask_dns(au->q, &s->owner, RR_TXT);
		if (is_pending(s->answer)) {
			ask_above(au, p, i + 1, planned);
			return false;
		}
		s->rr = dmarc_record_in(s->answer, &s->n_records);
		if (s->rr == NULL)
			continue;
		record = arena_alloc(au->arena, sizeof(*record));
		dmarc_parse(s->rr->text, record);
		s->record = record;
		if (record->psd != 'u')
			break; /* 4.10 steps 3 and 6 */
	}
	return true;
}

static bool
has_failed(const struct dmarc_step *s)
{
	return s->answer != NULL && s->answer->status == ANSWER_FAILED;
}

/* Whether S is at or above the public suffix of the author domain. */
static bool
is_suffix_step(const struct dmarc_policy *p, const struct dmarc_step *s)
{
	size_t labels = p->suffix != NULL ? name_labels(&p->suffix->suffix) : 1;

	return s != &p->steps[0] && name_labels(&s->domain) <= labels;
}

/* The first failed query below the public suffix. */
static const struct answer *
first_failure(const struct dmarc_policy *p)
{
	for (size_t i = 0; i < p->n_steps; i++)
		if (has_failed(&p->steps[i]) && !is_suffix_step(p, &p->steps[i]))
			return p->steps[i].answer;
	return NULL;
}

/* The failed query at or above the public suffix, whose record (psd=y) might apply. */
static const struct answer *
suffix_failure(const struct dmarc_policy *p)
{
	for (size_t i = 0; i < p->n_steps; i++)
		if (has_failed(&p->steps[i]) && is_suffix_step(p, &p->steps[i]))
			return p->steps[i].answer;
	return NULL;
}

bool
dmarc_suffix_is_open(const struct dmarc_policy *p)
{
	return p->above != NULL && p->above->cause != CAUSE_NOT_PROVIDED &&
	       p->above->cause != CAUSE_NOT_RECORDED;
}

/*
 * 4.10.2: psd=n marks the organizational domain; else it lies one label below
 * psd=y; else it has the record nearest the root; else it is the start.
 */
static struct name
org_domain(const struct dmarc_policy *p, const struct name *author)
{
	const struct dmarc_step *top = NULL;

	for (size_t i = 0; i < p->n_steps; i++)
		if (p->steps[i].rr != NULL)
			top = &p->steps[i];
	if (top == NULL)
		return *author;
	/* only the last step of the walk can have a psd tag, for that ends it */
	if (top->record->psd == 'y' && top != &p->steps[0])
		return name_parent(author, name_labels(author) - name_labels(&top->domain) - 1);
	return top->domain;
}

static const struct dmarc_step *
step_at(const struct dmarc_policy *p, const struct name *domain)
{
	for (size_t i = 0; i < p->n_steps; i++)
		if (p->steps[i].rr != NULL && name_eq(&p->steps[i].domain, domain))
			return &p->steps[i];
	return NULL;
}

/*
 * 4.10.1: where the author domain has no record, that of the organizational
 * domain, then that of the public suffix; nothing between.
 */
static const struct dmarc_step *
applied_step(struct dmarc_policy *p, const struct name *author)
{
	const struct dmarc_step *last = &p->steps[p->n_steps - 1];
	struct name org = org_domain(p, author);
	const struct dmarc_step *s = step_at(p, &org);

	if (s == NULL && last->rr != NULL && last->record->psd == 'y') {
		s = last;
		p->by_suffix = true;
	}
	return s;
}

/* 4.7, 4.10.1: which tag of the record that applies speaks for the author domain. */
static void
choose_word(struct dmarc_policy *p)
{
	const struct dmarc_record *r = p->applied->record;
	bool inherited = p->applied != &p->steps[0];

	p->word = r->p;
	p->tag = "p";
	if (r->fallback) {
		p->word = DMARC_NONE;
		p->tag = "default";
	} else if (inherited && !p->exists && r->np != DMARC_ABSENT) {
		p->word = r->np;
		p->tag = "np";
	} else if (inherited && r->sp != DMARC_ABSENT) {
		p->word = r->sp;
		p->tag = "sp";
	}
}

/* Whether the policy of the record that applies depends on whether AUTHOR exists. */
static bool
needs_existence(const struct dmarc_policy *p)
{
	const struct dmarc_record *r = p->applied->record;

	if (p->applied == &p->steps[0] || r->fallback || r->np == DMARC_ABSENT)
		return false;
	return r->np != (r->sp != DMARC_ABSENT ? r->sp : r->p);
}

/*
 * Whether AUTHOR exists, where the policy depends on it (3.2.13: it does not
 * when DNS says NXDOMAIN, whatever the type).  False = cannot be told, by P's
 * state.
 */
static bool
settle_existence(struct audit *au, struct dmarc_policy *p, const struct name *author)
{
	const struct answer *mx;

	p->exists = true;
	if (!needs_existence(p))
		return true;
	mx = ask_dns(au->q, author, RR_MX);
	if (is_pending(mx)) {
		p->state = DMARC_PENDING;
		return false;
	}
	if (mx->status == ANSWER_FAILED) {
		p->state = DMARC_UNKNOWN;
		p->failed = mx;
		return false;
	}
	p->exists = mx->status != ANSWER_NXDOMAIN;
	return true;
}

static void
settle(struct audit *au, struct dmarc_policy *p, const struct name *author)
{
	const struct dmarc_step *own = step_at(p, author);

	/* the organizational domain hangs on every answer of the walk */
	p->failed = first_failure(p);
	if (p->failed == NULL)
		p->org = org_domain(p, author);
	if (own == NULL && p->failed != NULL) {
		p->state = DMARC_UNKNOWN;
		return;
	}
	p->applied = own != NULL ? own : applied_step(p, author);
	if (p->applied == NULL) {
		p->above = suffix_failure(p);
		p->state = DMARC_NO_RECORD;
		return;
	}
	if (!settle_existence(au, p, author))
		return;
	choose_word(p);
	p->state = p->applied->record->is_void ? DMARC_IS_VOID : DMARC_APPLIES;
}

const struct dmarc_policy *
dmarc_policy(struct audit *au, const struct name *author)
{
	struct dmarc_policy *p = arena_alloc(au->arena, sizeof(*p));
	const struct answer *suffix = ask_suffix(au->q, author);
	size_t planned = plan_steps(au->arena, author, &p->steps);

	p->state = DMARC_PENDING;
	p->tag = "";
	if (planned == 0) {
		p->state = DMARC_NO_RECORD; /* the root sends no mail */
		return p;
	}
	if (!take_steps(au, p, planned) || is_pending(suffix))
		return p;
	if (suffix->status == ANSWER_FOUND && suffix->suffix != NULL) {
		p->suffix = suffix->suffix;
		p->org_psl = suffix->suffix->registrable;
	}
	settle(au, p, author);
	return p;
}
