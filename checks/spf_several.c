/* SPDX-License-Identifier: ISC */
/*
 * spf_several.c - several records at one name, and the one they can be merged into.
 *
 * They are merged only where it is certain what is meant: each is sound, names only
 * who passes, and ends in the same all.  What their includes cost is not looked up:
 * the records void each other today, so that nothing is lost.
 */
#include "checks/spf_judge.h"

#define MAX_MERGED 4 /* records; more of them are no slip */

/* The records of one name. */
struct several {
	struct audit *au;
	const struct answer *txt;
	const struct rr *rr[MAX_MERGED];
	struct spf_record record[MAX_MERGED];
	size_t n;
};

/* Whether R names only who passes, and says with its last term what all others get. */
static bool
is_plain(const struct spf_record *r)
{
	if (r->n_terms == 0 || r->n_faults > 0 || r->all != r->n_terms - 1)
		return false;
	for (size_t i = 0; i < r->all; i++)
		if (r->terms[i].kind >= TERM_REDIRECT || r->terms[i].qualifier != '+')
			return false;
	return r->terms[r->all].qualifier != '+';
}

/* Whether TERM stands in B already. */
static bool
is_there(struct str text, struct str term)
{
	for (size_t i = 0; i < text.n;) {
		size_t end = str_find(text, i, ' ');
		if (str_ieq(str_sub(text, i, end - i), term))
			return true;
		i = end + 1;
	}
	return false;
}

/* The one record with the terms of all; empty when it is not certain, or too much for one. */
static struct str
merged(struct several *s)
{
	struct buf *b = &s->au->findings->scratch;
	size_t lookups = 0, octets = answer_owner(s->txt)->n;
	buf_reset(b);
	buf_adds(b, "v=spf1");
	for (size_t i = 0; i < s->n; i++) {
		const struct spf_record *r = &s->record[i], *first = &s->record[0];
		if (!is_plain(r) ||
		    r->terms[r->all].qualifier != first->terms[first->all].qualifier)
			return STR("");
		for (size_t k = 0; k < r->all; k++) {
			if (is_there(buf_str(b), r->terms[k].text))
				continue;
			buf_addc(b, ' ');
			buf_add(b, r->terms[k].text);
			lookups += is_spf_lookup(r->terms[k].kind);
		}
	}
	buf_addc(b, ' ');
	buf_add(b, s->record[0].terms[s->record[0].all].text);
	for (size_t i = 0; i < s->txt->n_rr; i++)
		octets += is_spf_record(s->txt->rr[i].text) ? 0 : s->txt->rr[i].data.n;
	if (lookups > SPF_LOOKUP_LIMIT || octets + b->n + b->n / 255 + 1 > SPF_SIZE_UDP)
		return STR("");
	struct str text = arena_str(s->au->arena, buf_str(b));
	return is_spf_sound(s->au->arena, text) ? text : STR("");
}

/* F is cured by TEXT in place of the first record, and without the others. */
static void
tell_merged(struct several *s, struct finding *f, struct str text)
{
	struct findings *fs = s->au->findings;
	const struct name *owner = answer_owner(s->txt);
	struct change *c = finding_change(fs, f, CHANGE_REPLACE, owner, RR_TXT);
	c->old = finding_txt(fs, s->rr[0]->text);
	c->new = finding_txt(fs, text);
	for (size_t i = 1; i < s->n; i++)
		finding_change(fs, f, CHANGE_REMOVE, owner, RR_TXT)->old =
		    finding_txt(fs, s->rr[i]->text);
}

void
spf_judge_several(struct audit *au, const struct name *name, const struct answer *txt, size_t n)
{
	struct several *s = arena_alloc(au->arena, sizeof(*s));
	s->au = au;
	s->txt = txt;
	for (size_t i = 0; i < txt->n_rr && s->n < MAX_MERGED; i++) {
		if (txt->rr[i].type != RR_TXT || !is_spf_record(txt->rr[i].text))
			continue;
		spf_record_parse(au->arena, txt->rr[i].text, &s->record[s->n]);
		s->rr[s->n++] = &txt->rr[i];
	}
	struct finding *f = finding_add(au->findings, RULE_SPF_MULTIPLE, name);
	finding_at(au->findings, f, txt, s->rr[1], STR(""));
	finding_number(f, "count", (int64_t)n);
	finding_text(au->findings, f, "other", s->rr[0]->text);
	struct str text = n <= MAX_MERGED && txt->n_chain == 0 ? merged(s) : STR("");
	finding_words(au->findings, f, "merged",
	    text.n > 0 ? STR(" Leave out what no longer sends for you.")
		       : STR(" Where they end differently the softer all loses no mail: ~all."));
	if (text.n > 0)
		tell_merged(s, f, text);
}
