/* SPDX-License-Identifier: ISC */
/*
 * spf_syntax.c - what the grammar refuses, each told once and at its place
 * (RFC 7208 4.6, 12).
 */
#include "checks/spf_judge.h"

#define PROSE 3 /* so many faulty words in a row are one text that does not belong there */

/* clang-format off */
static const enum rule_id rule_of_fault[] = {
	[FAULT_SYNTAX] = RULE_SPF_SYNTAX,
	[FAULT_BYTE] = RULE_SPF_NONASCII,
	[FAULT_UNKNOWN] = RULE_SPF_UNKNOWN_MECHANISM,
	[FAULT_ARGUMENT] = RULE_SPF_SYNTAX,
	[FAULT_ADDRESS] = RULE_SPF_BAD_ADDRESS,
	[FAULT_CIDR] = RULE_SPF_BAD_ADDRESS,
	[FAULT_DOMAIN] = RULE_SPF_BAD_DOMAIN,
	[FAULT_NAME] = RULE_SPF_ODD_DOMAIN,
	[FAULT_MACRO] = RULE_SPF_BAD_MACRO,
	[FAULT_QUALIFIED] = RULE_SPF_QUALIFIED_MODIFIER,
	[FAULT_TWICE] = RULE_SPF_DUPLICATE_MODIFIER,
	[FAULT_MANY] = RULE_SPF_TERMS_UNREAD,
};
/* clang-format on */

/* The text that may be meant by the unknown mechanism T; all of them when nothing is near. */
static struct str
suggestion(const struct spf_term *t)
{
	struct str near = spf_suggest(t->name, false, 2);
	if (near.n > 0)
		return near;
	return STR("all, include, a, mx, ptr, ip4, ip6, exists");
}

static void
tell_fault(struct spf_judge *j, const struct spf_fault *fault)
{
	struct str part = str_sub(j->record->text, fault->offset, fault->length);
	struct finding *f = spf_tell(j, rule_of_fault[fault->kind], part);
	if (fault->kind == FAULT_UNKNOWN)
		finding_text(
		    j->au->findings, f, "suggestion", suggestion(&j->record->terms[fault->term]));
	if (fault->kind == FAULT_MANY)
		finding_number(f, "limit", MAX_SPF_TERMS);
	if (fault->kind != FAULT_MANY && j->fix.touched[fault->term])
		spf_tell_fix(j, f);
}

void
spf_cure_syntax(struct spf_judge *j)
{
	const struct spf_record *r = j->record;
	for (size_t i = 0; i < r->n_terms; i++) {
		size_t at = spf_glued_at(j->rr, r->terms[i].text);
		if (at == 0)
			continue;
		j->glued[i] = true;
		spf_fix_split(&j->fix, i, at);
	}
	for (size_t i = 0; i < r->n_faults; i++)
		if (r->faults[i].kind != FAULT_TWICE && is_spf_fatal(r->faults[i].kind) &&
		    !is_spf_dead(r, r->faults[i].term))
			spf_fix_term(&j->fix, r->faults[i].term);
}

/* Terms glued where one character-string ends and the next begins (RFC 7208 3.3). */
static void
tell_glued(struct spf_judge *j)
{
	size_t told = 0;
	for (size_t i = 0; i < j->record->n_terms && told < MAX_SPF_TOLD; i++) {
		if (!j->glued[i])
			continue;
		spf_tell_fix(j, spf_tell(j, RULE_SPF_JOINED_TERMS, j->record->terms[i].text));
		told++;
	}
}

/* Whether the cure of term I took in the term behind it. */
static bool
took_next(const struct spf_judge *j, size_t i)
{
	const struct spf_fix *f = &j->fix;
	return i + 1 < j->record->n_terms && f->touched[i] && f->touched[i + 1] &&
	       f->words[i].n > 0 && f->words[i + 1].n == 0;
}

/* Whether fault I of J is a word that has nothing of a term, and has no cure. */
static bool
is_prose(const struct spf_judge *j, size_t i)
{
	const struct spf_fault *f = &j->record->faults[i];
	if (f->term >= j->record->n_terms)
		return false; /* FAULT_MANY is about what was not read */
	struct str text = j->record->terms[f->term].text;
	if (f->kind == FAULT_UNKNOWN && str_find(text, 0, ':') < text.n)
		return false;
	return (f->kind == FAULT_UNKNOWN || f->kind == FAULT_SYNTAX || f->kind == FAULT_BYTE) &&
	       !j->glued[f->term] && !j->fix.touched[f->term];
}

/*
 * How many faults from I on are words in a row that are no terms: other text
 * that got into the record is one cause, however many words it has.
 */
static size_t
prose_run(const struct spf_judge *j, size_t i)
{
	const struct spf_record *r = j->record;
	size_t n = 0;
	while (i + n < r->n_faults && is_prose(j, i + n) &&
	       r->faults[i + n].term == r->faults[i].term + n)
		n++;
	return n;
}

void
spf_judge_syntax(struct spf_judge *j)
{
	const struct spf_record *r = j->record;
	size_t taken = SPF_NO_TERM;
	tell_glued(j);
	for (size_t i = 0; i < r->n_faults; i++) {
		size_t term = r->faults[i].term, run = prose_run(j, i);
		if (term < r->n_terms && (j->glued[term] || term == taken))
			continue;
		if (run >= PROSE) {
			struct str first = r->terms[term].text;
			struct str last = r->terms[term + run - 1].text;
			size_t n = (size_t)(last.p + last.n - first.p);
			spf_tell(j, RULE_SPF_SYNTAX, (struct str){ first.p, n });
			i += run - 1;
			continue;
		}
		tell_fault(j, &r->faults[i]);
		taken = term < r->n_terms && took_next(j, term) ? term + 1 : SPF_NO_TERM;
	}
}
