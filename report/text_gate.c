/* SPDX-License-Identifier: ISC */
/*
 * text_gate.c - one domain of a change, for people: what the change does to mail, then
 * what it brought, in full; what nobody was given to answer, what was there before and
 * what it cured in a line each.
 */
#include "report/text.h"
#include "report/words.h"

/* "2 errors, 1 note" of what COUNT has, pass and unknown apart; nothing for none. */
static void
levels_add(struct buf *b, const size_t *count, const char *before)
{
	static const enum rule_level levels[] = { LEVEL_ERROR, LEVEL_WARNING, LEVEL_NOTE };
	bool any = false;

	for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
		if (count[levels[i]] == 0)
			continue;
		buf_adds(b, any ? ", " : before);
		count_add(b, count[levels[i]], level_name(levels[i]));
		any = true;
	}
}

static void
count_state(const struct domain_result *d, enum change_state c, size_t *count)
{
	for (size_t i = 0; i < d->n_findings; i++)
		if (d->findings[i].change == c)
			count[d->findings[i].level]++;
}

static bool
is_brought(const struct judged *g)
{
	return g->change == CHANGE_IS_NEW || g->change == CHANGE_IS_WORSE;
}

/* "example.com: new: 1 error; worse: 1 warning" */
static void
head_text(struct ink *k, const struct domain_result *d)
{
	static const enum change_state states[] = { CHANGE_IS_NEW, CHANGE_IS_WORSE };
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		size_t count[N_LEVELS] = { 0 };
		size_t from = b.n;

		count_state(d, states[i], count);
		levels_add(&b, count, states[i] == CHANGE_IS_NEW ? "new: " : "worse: ");
		if (from > 0 && b.n > from) { /* put the mark between the two */
			buf_adds(&b, "  ");
			memmove(b.p + from + 2, b.p + from, b.n - from - 2);
			memcpy(b.p + from, "; ", 2);
		}
	}
	if (b.n == 0)
		buf_adds(&b, "nothing new");
	ink_label(k, d->label);
	ink_words(k, buf_str(&b));
	ink_end(k);
	buf_free(&b);
}

/* What the change does to mail: the words come from elsewhere. */
static void
told_text(struct ink *k, const struct domain_result *d)
{
	struct buf b;

	if (d->n_told == 0)
		return;
	buf_init(&b, MAX_SENTENCE);
	ink_end(k);
	for (size_t i = 0; i < d->n_told; i++) {
		buf_reset(&b);
		buf_add_escaped(&b, d->told[i]);
		ink_begin(k, INDENT, 2 * INDENT);
		ink_adds(k, "*");
		ink_words(k, buf_str(&b));
		ink_end(k);
	}
	buf_free(&b);
}

/* Whether a warning says of the unknown G already that it could not be judged. */
static bool
is_warned_of(const struct domain_result *d, const struct judged *g)
{
	const struct place *p = &g->f->place;

	for (size_t i = 0; i < d->n_findings && g->level == LEVEL_UNKNOWN; i++) {
		const struct place *w = &d->findings[i].f->place;

		if (d->findings[i].f->id == RULE_GATE_NOT_JUDGED && w->type == p->type &&
		    w->offset == p->offset && w->rr == p->rr && name_eq(&w->name, &p->name))
			return true;
	}
	return false;
}

/* Whether G is unknown for no other reason than that nobody was given to ask. */
static bool
is_unasked(const struct judged *g)
{
	size_t failed = 0;

	for (size_t i = 0; i < g->f->n_evidence; i++) {
		const struct answer *a = g->f->evidence[i];

		if (a->status != ANSWER_FAILED)
			continue;
		if (a->cause != CAUSE_NOT_PROVIDED && a->cause != CAUSE_NOT_RECORDED)
			return false;
		failed++;
	}
	return g->level == LEVEL_UNKNOWN && failed > 0 && !g->lost;
}

/* The unknown ones of one rule that are new: how many from I on. */
static size_t
same_unknown(const struct domain_result *d, size_t i)
{
	size_t end = i + 1;

	while (end < d->n_findings && d->findings[end].f->id == d->findings[i].f->id &&
	       d->findings[end].level == LEVEL_UNKNOWN && is_brought(&d->findings[end]) &&
	       !is_warned_of(d, &d->findings[end]) && !is_unasked(&d->findings[end]))
		end++;
	return end - i;
}

static void
brought_text(struct ink *k, const struct domain_result *d)
{
	size_t notes = 0;

	for (size_t i = 0, step; i < d->n_findings; i += step) {
		const struct judged *g = &d->findings[i];

		step = 1;
		if (g->level == LEVEL_PASS || !is_brought(g) || is_warned_of(d, g) ||
		    (is_unasked(g) && !k->style->verbose))
			continue; /* what was not asked for stands in a line of its own */
		if (g->level == LEVEL_NOTE && !k->style->notes) {
			if (notes++ == 0)
				ink_end(k);
			note_line_text(k, g, 1);
			continue;
		}
		ink_end(k);
		if (g->level == LEVEL_UNKNOWN) {
			step = same_unknown(d, i);
			unknown_text(k, g, step);
		} else {
			finding_text_block(k, g, d->findings);
		}
	}
}

/* "as before: ...": LABEL and WORDS, dim, below the head of a domain. */
static void
dim_line(struct ink *k, const char *label, struct str words)
{
	ink_begin(k, INDENT, 2 * INDENT);
	ink_paint(k, PAINT_DIM);
	ink_adds(k, label);
	ink_words(k, words);
	ink_plain(k);
	ink_end(k);
}

/* The rules of the N in LIST, each once, behind a count of their levels. */
static void
fold(struct ink *k, const char *label, const struct judged *const *list, size_t n)
{
	size_t count[N_LEVELS] = { 0 };
	struct buf b;

	for (size_t i = 0; i < n; i++)
		count[list[i]->level]++;
	buf_init(&b, MAX_SENTENCE);
	levels_add(&b, count, "");
	if (count[LEVEL_UNKNOWN] > 0) {
		buf_addu(&b, count[LEVEL_UNKNOWN]);
		buf_adds(&b, " unknown");
	}
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && list[i]->f->id == list[i - 1]->f->id)
			continue;
		buf_adds(&b, i == 0 ? " (" : " ");
		buf_adds(&b, rule_of(list[i]->f->id)->slug);
	}
	if (b.n > 0) {
		buf_addc(&b, ')');
		dim_line(k, label, buf_str(&b));
	}
	buf_free(&b);
}

#define MAX_FOLDED 200 /* of one line: who wants them all has --verbose, or JSON */

static void
folded_text(struct ink *k, const struct domain_result *d)
{
	const struct judged *list[MAX_FOLDED];
	size_t n = 0;

	for (size_t i = 0; i < d->n_findings && n < MAX_FOLDED; i++)
		if (d->findings[i].change == CHANGE_IS_KEPT && d->findings[i].level != LEVEL_PASS &&
		    d->findings[i].level != LEVEL_UNKNOWN)
			list[n++] = &d->findings[i];
	fold(k, "as before:", list, n);
	for (size_t i = n = 0; i < d->n_findings && n < MAX_FOLDED; i++)
		if (is_brought(&d->findings[i]) && is_unasked(&d->findings[i]) &&
		    !k->style->verbose)
			list[n++] = &d->findings[i];
	fold(k, "not judged:", list, n);
	for (n = 0; n < d->n_fixed && n < MAX_FOLDED; n++)
		list[n] = &d->fixed[n];
	fold(k, "fixed:", list, n);
}

#define MAX_TEXTS 8 /* of one line, but with --verbose */

/* "not provided: ..." and the like, of texts that may hold anything. */
static void
texts_text(struct ink *k, const char *label, const struct str *v, size_t n)
{
	struct buf b;

	if (n == 0)
		return;
	buf_init(&b, MAX_SENTENCE);
	for (size_t i = 0; i < n && (i < MAX_TEXTS || k->style->verbose); i++) {
		buf_adds(&b, i > 0 ? ", " : "");
		buf_add_escaped(&b, v[i]);
	}
	if (n > MAX_TEXTS && !k->style->verbose) {
		buf_adds(&b, " and ");
		buf_addu(&b, n - MAX_TEXTS);
		buf_adds(&b, " more");
	}
	dim_line(k, label, buf_str(&b));
	buf_free(&b);
}

bool
gate_is_silent(const struct domain_result *d)
{
	size_t brought = 0;

	for (size_t i = 0; i < d->n_findings; i++)
		brought += d->findings[i].level != LEVEL_PASS && is_brought(&d->findings[i]);
	return brought == 0 && d->n_told == 0 && d->n_fixed == 0;
}

void
gate_domain_text(struct ink *k, const struct domain_result *d)
{
	head_text(k, d);
	told_text(k, d);
	brought_text(k, d);
	if (k->style->verbose)
		for (size_t i = 0; i < d->n_findings; i++)
			if (d->findings[i].change == CHANGE_IS_KEPT &&
			    d->findings[i].level > LEVEL_NOTE &&
			    d->findings[i].level != LEVEL_UNKNOWN) {
				ink_end(k);
				finding_text_block(k, &d->findings[i], d->findings);
			}
	ink_end(k);
	folded_text(k, d);
	waived_text(k, d);
	texts_text(k, "not provided:", d->lacking, d->n_lacking);
	texts_text(k, "judged by:", d->used, d->n_used);
}

void
gate_totals_add(struct buf *b, const struct run_result *run)
{
	count_add(b, run->domains + run->n_unchanged, "domain");
	buf_adds(b, ": ");
	buf_addu(b, run->change[CHANGE_IS_NEW]);
	buf_adds(b, " new, ");
	buf_addu(b, run->change[CHANGE_IS_WORSE]);
	buf_adds(b, " worse, ");
	buf_addu(b, run->change[CHANGE_IS_KEPT]);
	buf_adds(b, " as before, ");
	buf_addu(b, run->n_fixed);
	buf_adds(b, " fixed");
	if (run->change[CHANGE_IS_SUPPRESSED] > 0) {
		buf_adds(b, ", ");
		buf_addu(b, run->change[CHANGE_IS_SUPPRESSED]);
		buf_adds(b, " suppressed");
	}
	buf_adds(b, "; ");
}
