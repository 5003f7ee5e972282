/* SPDX-License-Identifier: ISC */
/*
 * text_unknown.c - what could not be checked, and why.
 *
 * Five includes that the same server did not answer are one block with five
 * names, not five findings to read.
 */
#include "report/text.h"
#include "report/words.h"

/*
 * Questions listed in one block.  A domain may have MAX_QUESTIONS of them; who
 * fixes the first of these will run the audit again.
 */
#define MAX_LISTED 40

struct listed {
	const struct answer *failed[MAX_LISTED];
	size_t n, more; /* more: failed answers beyond MAX_LISTED */
};

static bool
has(const struct listed *l, const struct answer *a)
{
	for (size_t i = 0; i < l->n; i++)
		if (question_eq(&l->failed[i]->q, &a->q))
			return true;
	return false;
}

/* The failed answers of N findings from G on, each question once. */
static void
collect(struct listed *l, const struct judged *g, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct finding *f = g[i].f;

		for (size_t e = 0; e < f->n_evidence; e++) {
			const struct answer *a = f->evidence[e];

			if (a->status != ANSWER_FAILED || has(l, a))
				continue;
			if (l->n < MAX_LISTED)
				l->failed[l->n++] = a;
			else
				l->more++;
		}
	}
}

static bool
same_why(const struct answer *a, const struct answer *b)
{
	return a->cause == b->cause && str_eq(a->from.where, b->from.where);
}

/*
 * The name that A's failed after a chain of aliases: it is that one that nobody
 * knows.  Told behind the last of the questions about one name, before NEXT.
 */
static void
alias_add(struct buf *b, const struct answer *a, const struct answer *next)
{
	if (a->n_chain == 0 || (next != NULL && name_eq(&next->q.name, &a->q.name)))
		return;
	buf_adds(b, " (an alias of ");
	name_print(b, answer_owner(a));
	buf_addc(b, ')');
}

/* All questions that failed as the I-th did: "why: name TYPE, name TYPE". */
static void
cause_text(struct ink *k, const struct listed *l, size_t i)
{
	const struct question *last = NULL;
	struct buf b, why;

	for (size_t before = 0; before < i; before++)
		if (same_why(l->failed[before], l->failed[i]))
			return; /* told there */
	buf_init(&b, MAX_SENTENCE);
	for (size_t at = i; at < l->n; at++) {
		const struct question *q = &l->failed[at]->q;

		if (!same_why(l->failed[at], l->failed[i]))
			continue;
		if (last != NULL && q->kind == ASK_DNS && last->kind == ASK_DNS &&
		    name_eq(&q->name, &last->name)) { /* "host A/AAAA" */
			buf_addc(&b, '/');
			type_print(&b, q->type);
		} else {
			buf_adds(&b, last != NULL ? ", " : "");
			question_add(&b, q);
		}
		alias_add(&b, l->failed[at], at + 1 < l->n ? l->failed[at + 1] : NULL);
		last = q;
	}
	buf_init(&why, MAX_SENTENCE);
	why_add(&why, l->failed[i]);
	aside_text(k, buf_str(&why), buf_str(&b));
	buf_free(&why);
	buf_free(&b);
}

static void
headline(struct ink *k, const struct judged *g, size_t n)
{
	const struct rule *rule = rule_of(g->f->id);
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	if (n == 1) {
		sentence_add(&b, rule->sentence, g->f);
	} else {
		buf_add(&b, str_of(rule->title));
		buf_adds(&b, ", ");
		count_add(&b, n, "time");
	}
	finding_head_text(k, g, buf_str(&b));
	buf_free(&b);
}

/* Findings without a failed answer say in their own sentence what was not seen. */
static void
sentences(struct ink *k, const struct judged *g, size_t n)
{
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	for (size_t i = 0; i < n; i++) {
		buf_reset(&b);
		sentence_add(&b, rule_of(g[i].f->id)->sentence, g[i].f);
		aside_text(k, STR("not seen"), buf_str(&b));
	}
	buf_free(&b);
}

static bool
is_template(const char *text)
{
	struct str s = str_of(text);

	return str_find(s, 0, '{') < s.n;
}

/* Whether the N findings from G on are all about one name and type. */
static bool
same_place(const struct judged *g, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (g[i].f->place.type != g->f->place.type ||
		    !name_eq(&g[i].f->place.name, &g->f->place.name))
			return false;
	return true;
}

void
unknown_text(struct ink *k, const struct judged *g, size_t n)
{
	struct listed l = { .n = 0 };

	collect(&l, g, n);
	headline(k, g, n);
	if (n == 1) {
		place_text(k, g->f);
		record_text(k, &g->f->place, g->level);
	} else {
		if (same_place(g, n))
			place_text(k, g->f);
		if (l.n == 0)
			sentences(k, g, n);
	}
	for (size_t i = 0; i < l.n; i++)
		cause_text(k, &l, i);
	if (l.more > 0) {
		struct buf b;

		buf_init(&b, MAX_SENTENCE);
		count_add(&b, l.more, "question");
		aside_text(k, STR("and more"), buf_str(&b));
		buf_free(&b);
	}
	/* what to do about one of several is not told for all */
	if (n == 1 || !is_template(finding_remedy(g->f)))
		remedy_text(k, g->f, false);
	reference_text(k, g->f);
}
