/* SPDX-License-Identifier: ISC */
/*
 * gate_dmarc.c - a weaker policy, a stricter one under which a sender fails, and
 * reports that go to somebody else (RFC 9989).
 *
 * The strength of a policy is what it asks of receivers: t=y counted, and what is not
 * said taken from what stands for it (4.7).  A record with a fault in its policy is
 * told by the check of DMARC; a domain that begins to send begins with p=none.
 */
#include "checks/gate_judge.h"

#include "checks/gate_policy.h"
#include "checks/streams.h"
#include "checks/uri.h"

#define MAX_GATE_HOSTS 20 /* report hosts of one record that are compared */

enum dmarc_word
gate_word(const struct dmarc_record *r, enum dmarc_tag tag)
{
	enum dmarc_word w = r->p;

	if (tag != DMARC_TAG_P && r->sp != DMARC_ABSENT)
		w = r->sp;
	if (tag == DMARC_TAG_NP && r->np != DMARC_ABSENT)
		w = r->np;
	if (r->fallback || w < DMARC_NONE)
		w = DMARC_NONE;
	return r->testing ? dmarc_word_testing(w) : w;
}

/* The domain's own record; NULL = it has not exactly one. */
static const struct dmarc_step *
own(const struct gate_side *s)
{
	const struct dmarc_policy *p = s->policy;

	return p->n_steps > 0 && p->steps[0].rr != NULL ? &p->steps[0] : NULL;
}

/* Whether it is certain that nothing like a record stands at the domain's own name. */
static bool
has_none(const struct gate_side *s)
{
	const struct answer *a = s->policy->n_steps > 0 ? s->policy->steps[0].answer : NULL;

	if (a == NULL || answer_is_absent(a))
		return a != NULL && a->n_chain == 0;
	for (size_t i = 0; i < a->n_rr; i++)
		if (dmarc_is_record(a->rr[i].text) || dmarc_is_near_miss(a->rr[i].text))
			return false;
	return a->status == ANSWER_FOUND;
}

/* What applies to the domain's own mail; DMARC_ABSENT = nothing, DMARC_BAD = not known. */
static enum dmarc_word
applied(const struct gate_side *s)
{
	const struct dmarc_policy *p = s->policy;

	if (p->state == DMARC_NO_RECORD)
		return DMARC_ABSENT;
	if (p->state != DMARC_APPLIES)
		return DMARC_BAD;
	return p->applied->record->testing ? dmarc_word_testing(p->word) : p->word;
}

static const char *
word_text(enum dmarc_word w)
{
	return w >= DMARC_NONE ? dmarc_word_name(w) : "no policy";
}

/* What is compared, and what came out. */
struct policies {
	struct gate *g;
	const struct dmarc_step *was, *is; /* the domain's own; NULL = none */
	bool dropped;                      /* from reject to none */
	size_t n;                          /* what is weaker; said in g->b */
};

/* NAME was asked for as WAS and is as IS. */
static void
compare(struct policies *p, const char *name, enum dmarc_word was, enum dmarc_word is)
{
	struct buf *b = p->g->b;

	if (was <= DMARC_NONE || is == DMARC_BAD || is >= was)
		return;
	buf_adds(b, p->n++ > 0 ? ", " : "");
	buf_adds(b, name);
	buf_adds(b, " from ");
	buf_adds(b, word_text(was));
	buf_adds(b, " to ");
	buf_adds(b, word_text(is));
	p->dropped = p->dropped || (was == DMARC_REJECT && is <= DMARC_NONE);
}

/* Both records: sp and np where they do not only follow. */
static void
compare_records(struct policies *p)
{
	const struct dmarc_record *was = p->was->record, *is = p->is->record;
	bool sp = was->sp != DMARC_ABSENT || is->sp != DMARC_ABSENT;
	bool np = was->np != DMARC_ABSENT || is->np != DMARC_ABSENT;

	compare(p, "p", gate_word(was, DMARC_TAG_P), gate_word(is, DMARC_TAG_P));
	if (sp)
		compare(p, "sp", gate_word(was, DMARC_TAG_SP), gate_word(is, DMARC_TAG_SP));
	if (np)
		compare(p, "np", gate_word(was, DMARC_TAG_NP), gate_word(is, DMARC_TAG_NP));
}

static bool
is_faulty(const struct dmarc_record *r)
{
	return r->is_void || r->p == DMARC_BAD || r->sp == DMARC_BAD || r->np == DMARC_BAD;
}

/* The text of R with what WAS says of tag T in its place; false when one has it not. */
static bool
with_old(
    struct gate *g, const struct dmarc_record *is, const struct dmarc_record *was, struct str *out)
{
	const struct tag *old = &was->tags[DMARC_TAG_P], *new = &is->tags[DMARC_TAG_P];
	size_t at;

	if (old->all.n == 0 || new->all.n == 0 || is->testing != was->testing || is->fallback)
		return false;
	at = (size_t)(new->value.p - is->text.p);
	buf_reset(g->b);
	buf_add(g->b, str_sub(is->text, 0, at));
	buf_add(g->b, old->value);
	buf_add(g->b, str_sub(is->text, at + new->value.n, is->text.n));
	*out = arena_str(g->au->arena, buf_str(g->b));
	return true;
}

/* The policy as it was, where that is one word or the whole record. */
static void
restore(struct policies *p, struct finding *f)
{
	struct gate *g = p->g;
	struct findings *fs = g->au->findings;
	struct change *c;
	struct str text;

	if (p->is == NULL) {
		const struct answer *a = g->is.policy->steps[0].answer;

		/* a domain that is given up has nobody to read what the record asks for */
		if (answer_is_absent(a) && p->was->answer->n_chain == 0 && !g->is.parked)
			gate_put_back(g, f, &p->was->owner, p->was->answer);
		return;
	}
	if (p->was == NULL || p->n != 1 || p->is->answer->n_chain > 0 ||
	    gate_word(p->is->record, DMARC_TAG_P) >= gate_word(p->was->record, DMARC_TAG_P) ||
	    !with_old(g, p->is->record, p->was->record, &text))
		return;
	c = finding_change(fs, f, CHANGE_REPLACE, &p->is->owner, RR_TXT);
	c->old = finding_txt(fs, p->is->rr->text);
	c->new = finding_txt(fs, text);
}

/* GATE004. */
static void
judge_policy(struct gate *g)
{
	struct policies p = { .g = g, .was = own(&g->was), .is = own(&g->is) };
	struct findings *fs = g->au->findings;
	struct finding *f;
	struct str what;

	buf_reset(g->b);
	if (p.is != NULL && is_faulty(p.is->record))
		return;
	if (p.was != NULL && p.is != NULL)
		compare_records(&p);
	else if ((p.was != NULL && has_none(&g->is)) || (p.is != NULL && has_none(&g->was)))
		compare(&p, "p", applied(&g->was), applied(&g->is));
	if (p.n == 0 || (g->was.parked && !g->is.parked))
		return;
	what = arena_str(g->au->arena, buf_str(g->b));
	f = gate_tell(g, p.dropped ? RULE_GATE_POLICY_DROPPED : RULE_GATE_POLICY_WEAKENED);
	if (p.is != NULL)
		finding_at(fs, f, p.is->answer, p.is->rr, str_sub(p.is->rr->text, 0, 0));
	else
		gate_place_gone(g, f, &p.was->owner, p.was->rr);
	finding_words(fs, f, "what", what);
	restore(&p, f);
}

/* GATE006: what ST is asked now, and was not before, costs it its mail. */
static void
judge_stream(struct gate *g, const struct stream *st)
{
	const struct dmarc_policy *was = dmarc_policy(&g->was.au, &st->author);
	const struct dmarc_step *step = st->policy->applied;
	struct findings *fs = g->au->findings;
	enum dmarc_word before;
	struct finding *f;

	if (was->state == DMARC_PENDING || was->state == DMARC_UNKNOWN || step == NULL)
		return;
	before = was->state != DMARC_APPLIES     ? DMARC_ABSENT
		 : was->applied->record->testing ? dmarc_word_testing(was->word)
						 : was->word;
	if (strcmp(st->dmarc, "fail") != 0 || st->unsure || st->asks < DMARC_QUARANTINE ||
	    before >= st->asks)
		return;
	f = finding_add(fs, RULE_GATE_POLICY_UNALIGNED, &st->author);
	finding_at(fs, f, step->answer, step->rr, str_sub(step->rr->text, 0, 0));
	finding_text(fs, f, "stream", st->name.n > 0 ? st->name : STR("the given sender"));
	finding_text(fs, f, "from", str_of(word_text(before)));
	finding_text(fs, f, "to", str_of(word_text(st->asks)));
	for (size_t i = 0; i < st->n_addresses && i < 4; i++)
		finding_evidence(f, st->addresses[i].verdict->last);
	for (size_t i = 0; i < st->n_keys && i < 4; i++)
		finding_evidence(f, st->keys[i].key.answer);
}

static void
judge_streams(struct gate *g)
{
	const struct streams *all = streams_of(&g->is.au);

	for (size_t i = 0; i < all->n && !all->pending; i++)
		judge_stream(g, &all->list[i]);
}

/* The hosts of the report addresses of R into OUT. */
static size_t
hosts_of(const struct dmarc_record *r, struct name *out)
{
	static const enum dmarc_tag tags[] = { DMARC_TAG_RUA, DMARC_TAG_RUF };
	size_t n = 0;

	for (size_t t = 0; t < ARRAY_LEN(tags); t++) {
		struct report_uri uri;
		size_t pos = 0;

		if (r->tags[tags[t]].all.n == 0)
			continue;
		while (n < MAX_GATE_HOSTS && uri_next(r->tags[tags[t]].value, &pos, &uri))
			if (uri.host.n > 0)
				out[n++] = uri.host;
	}
	return n;
}

/* Whether ORG is the organization of one of the N HOSTS; *PENDING is set, never cleared. */
static bool
is_org_of(struct gate *g, const struct name *org, const struct name *hosts, size_t n, bool *pending)
{
	bool found = false;

	for (size_t i = 0; i < n; i++) {
		struct name other;
		const struct answer *a = registrable_of(g->au, &hosts[i], &other);

		*pending = *pending || is_pending(a);
		found = found || name_eq(&other, org);
	}
	return found;
}

/* GATE008: somebody reads the reports who did not before. */
static void
judge_reports(struct gate *g)
{
	const struct dmarc_step *was = own(&g->was), *is = own(&g->is);
	struct name old[MAX_GATE_HOSTS + 1], new[MAX_GATE_HOSTS];
	size_t n_old, n_new, told = 0;
	bool pending = false;

	if (was == NULL || is == NULL)
		return;
	n_old = hosts_of(was->record, old);
	n_new = hosts_of(is->record, new);
	if (n_old == 0)
		return; /* nobody got reports: that they go somewhere now is what was wanted */
	old[n_old++] = g->au->subject->domain;
	for (size_t i = 0; i < n_new && told < MAX_GATE_TOLD; i++) {
		struct findings *fs = g->au->findings;
		struct finding *f;
		struct name org;

		pending = pending || is_pending(registrable_of(g->au, &new[i], &org));
		if (is_org_of(g, &org, old, n_old, &pending) || pending ||
		    is_org_of(g, &org, new, i, &pending))
			continue;
		f = gate_tell(g, RULE_GATE_REPORTS_MOVED);
		finding_at(fs, f, is->answer, is->rr, str_sub(is->rr->text, 0, 0));
		finding_name(fs, f, "org", &org);
		told++;
	}
}

void
gate_judge_dmarc(struct gate *g)
{
	judge_policy(g);
	judge_streams(g);
	judge_reports(g);
}
