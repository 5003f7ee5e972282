/* SPDX-License-Identifier: ISC */
/*
 * sender_text.c - one evaluation as text for people.
 */
#include "report/sender.h"

#define MAX_INDENT 40   /* columns; a path is at most 11 records deep */
#define TERM_COLUMNS 34 /* room for a term before what it was compared with */

const char *
outcome_name(enum spf_outcome o)
{
	static const char *const names[] = { "no match", "match", "enter", "error" };

	return names[o];
}

static void
pad(struct buf *b, size_t n)
{
	while (n-- > 0)
		buf_addc(b, ' ');
}

/* Why the lookup failed that V ended at: a server, or only that no file given holds the name. */
static void
add_failure(struct buf *b, const struct spf_verdict *v)
{
	if (v->why != WHY_LOOKUP_FAILED || v->last == NULL || v->last->status != ANSWER_FAILED)
		return;
	buf_adds(b, ": ");
	buf_adds(b, cause_name(v->last->cause));
}

static void
add_head(struct buf *b, const struct sender_result *r)
{
	const struct spf_verdict *v = r->spf;

	buf_adds(b, spf_result_name(v->result));
	buf_adds(b, ": ");
	addr_print(b, &r->ip);
	buf_adds(b, " sending as ");
	buf_add_escaped(b, v->domain);
	if (str_eq(v->identity, STR("helo")))
		buf_adds(b, " (HELO, for MAIL FROM is empty)");
	if (v->why != WHY_NONE) {
		buf_adds(b, ": ");
		buf_adds(b, spf_why_text(v->why));
		if (v->target.n > 0) {
			buf_adds(b, " (");
			buf_add_escaped(b, v->target);
			add_failure(b, v);
			buf_addc(b, ')');
		}
	}
	buf_addc(b, '\n');
}

/* What is said of a record in which no term decided. */
static const char *
no_term(const struct spf_verdict *v)
{
	if (v->result == RESULT_NONE)
		return "no SPF record";
	return v->why != WHY_NONE ? spf_why_text(v->why) : "no term matches";
}

static void
add_path(struct buf *b, const struct spf_verdict *v)
{
	buf_addc(b, '\n');
	for (size_t i = 0; i < v->n_path; i++) {
		const struct spf_step *s = &v->path[i];

		pad(b, 2 + (i * 2 < MAX_INDENT ? i * 2 : MAX_INDENT));
		buf_add_escaped(b, s->domain);
		buf_adds(b, ": ");
		if (s->term.n > 0)
			buf_add_escaped(b, s->term);
		else
			buf_adds(b, no_term(v));
		if (i + 1 == v->n_path && s->term.n > 0)
			buf_adds(b, v->why == WHY_NONE ? "  <-- decides" : "  <-- ends here");
		buf_addc(b, '\n');
	}
}

static void
add_counts(struct buf *b, const struct spf_verdict *v)
{
	buf_adds(b, "\n  lookups:     ");
	buf_addu(b, v->lookups);
	buf_adds(b, v->why == WHY_LOOKUPS ? " of 10, and one more was wanted" : " of 10");
	buf_adds(b, "\n  void:        ");
	buf_addu(b, v->voids);
	buf_adds(b, v->why == WHY_VOIDS ? ", where 2 are allowed\n" : " of 2\n");
	if (v->explanation.n > 0) {
		buf_adds(b, "  explanation: ");
		buf_add_escaped(b, v->explanation);
		buf_addc(b, '\n');
	}
}

static void
add_receiver(struct buf *b, const struct sender_result *r)
{
	const struct answer *a = r->libspf2;
	const struct spf_difference *d = r->difference;

	if (a == NULL)
		return;
	buf_adds(b, "  libspf2:     ");
	if (a->status == ANSWER_FOUND) {
		buf_adds(b, spf_result_name(a->receiver->result));
	} else {
		buf_adds(b, "not determined (");
		buf_adds(b, cause_name(a->cause));
		buf_addc(b, ')');
	}
	if (d != NULL) {
		buf_adds(b, "; it ");
		buf_adds(b, spf_quirk_text(d->quirk));
		if (d->term.n > 0) {
			buf_adds(b, ", ");
			buf_add_escaped(b, d->term);
			buf_adds(b, " of ");
			buf_add_escaped(b, d->domain);
		}
	}
	buf_addc(b, '\n');
}

static void
add_walk_line(struct buf *b, const struct spf_verdict *v, const struct spf_walk *w)
{
	size_t start, used;

	pad(b, 4 + w->depth * 2u);
	if (w->term.n == 0 && w->outcome != OUTCOME_ERROR) {
		buf_adds(b, "= ");
		buf_adds(b, spf_result_name(w->result));
		buf_adds(b, " by ");
		buf_add_escaped(b, w->domain);
		buf_addc(b, '\n');
		return;
	}
	start = b->n;
	buf_add_escaped(b, w->term.n > 0 ? w->term : w->domain);
	used = b->n - start;
	pad(b, used < TERM_COLUMNS ? TERM_COLUMNS - used : 1);
	if (w->outcome == OUTCOME_ENTER) {
		buf_adds(b, "the record of ");
		buf_add_escaped(b, w->compared);
	} else {
		buf_adds(b, outcome_name(w->outcome));
		if (w->outcome == OUTCOME_ERROR) {
			buf_adds(b, ": ");
			buf_adds(b, spf_why_text(v->why));
		}
		if (w->compared.n > 0) {
			buf_adds(b, ": ");
			buf_add_escaped(b, w->compared);
		}
	}
	buf_addc(b, '\n');
}

void
sender_text(struct buf *b, const struct sender_result *r)
{
	if (r->spf == NULL) {
		buf_adds(b, "not determined: a bound of the run was passed\n");
		return;
	}
	add_head(b, r);
	add_path(b, r->spf);
	add_counts(b, r->spf);
	add_receiver(b, r);
	if (r->wants_dmarc)
		sender_dmarc_text(b, r);
	if (!r->explain)
		return;
	buf_adds(b, "\n  each term, and what it was compared with:\n");
	for (const struct spf_walk *w = r->spf->walk; w != NULL; w = w->next)
		add_walk_line(b, r->spf, w);
	if (r->spf->walk_cut)
		buf_adds(b, "    and more terms\n");
}
