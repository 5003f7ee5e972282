/* SPDX-License-Identifier: ISC */
/*
 * text.c - the report for people.
 *
 * Verdict first; then findings, worst first, each with the record, the place
 * in it and what to put there instead; notes as one counted line a rule; last
 * what was found in order.  A healthy domain takes a few lines.
 */
#include "report/text.h"
#include "report/words.h"

#define MAX_TABLE_NAME 40    /* columns of a name in the table; longer ones push the row */
#define MAX_TABLE_HEALTHY 50 /* domains beyond which the table leaves out those in order */

/* One row of the table, kept as bytes in report.held until the end; its label is printable. */
struct row {
	enum rule_level verdict;
	size_t count[N_LEVELS];
	size_t label; /* bytes that follow */
};

/* "2 errors, 1 warning, 3 not checked, 1 note" of what is not zero. */
static void
counts_add(struct buf *b, const size_t *count)
{
	size_t n = b->n;

	if (count[LEVEL_ERROR] > 0)
		count_add(b, count[LEVEL_ERROR], "error");
	if (count[LEVEL_WARNING] > 0) {
		buf_adds(b, b->n > n ? ", " : "");
		count_add(b, count[LEVEL_WARNING], "warning");
	}
	if (count[LEVEL_UNKNOWN] > 0) {
		buf_adds(b, b->n > n ? ", " : "");
		buf_addu(b, count[LEVEL_UNKNOWN]);
		buf_adds(b, " unknown");
	}
	if (count[LEVEL_NOTE] > 0) {
		buf_adds(b, b->n > n ? ", " : "");
		count_add(b, count[LEVEL_NOTE], "note");
	}
}

static void
verdict_text(struct ink *k, const struct domain_result *d)
{
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	counts_add(&b, d->count);
	ink_label(k, d->label);
	ink_paint(k, level_paint(d->verdict));
	ink_words(k, str_of(level_name(d->verdict)));
	ink_plain(k);
	if (b.n > 0) {
		ink_adds(k, " (");
		ink_add(k, buf_str(&b));
		ink_adds(k, ")");
	}
	ink_end(k);
	buf_free(&b);
}

/* How many findings from I on are of the rule and level of the I-th. */
static size_t
same_rule(const struct judged *g, size_t n, size_t i)
{
	size_t end = i + 1;

	while (end < n && g[end].f->id == g[i].f->id && g[end].level == g[i].level)
		end++;
	return end - i;
}

/* Findings G[0] to G[N-1], worst first; those that passed are told elsewhere. */
static void
findings_text(struct ink *k, const struct judged *g, size_t n)
{
	bool in_notes = false;

	for (size_t i = 0, step; i < n && g[i].level != LEVEL_PASS; i += step) {
		step = same_rule(g, n, i);
		if (g[i].level == LEVEL_NOTE && !k->style->notes) {
			if (!in_notes)
				ink_end(k);
			in_notes = true;
			note_line_text(k, &g[i], step);
		} else if (g[i].level == LEVEL_UNKNOWN) {
			ink_end(k);
			unknown_text(k, &g[i], step);
		} else {
			step = 1;
			ink_end(k);
			finding_text_block(k, &g[i], g);
		}
	}
}

static void
keep_row(struct report *r, const struct domain_result *d)
{
	struct row row = { .verdict = d->verdict };
	char bytes[sizeof(row)];
	struct buf name;

	buf_init(&name, MAX_SENTENCE);
	if (d->subject != NULL && d->subject->message != NULL)
		message_label(&name, d->subject);
	else
		buf_add_escaped(&name, d->label);
	row.label = name.n;
	memcpy(row.count, d->count, sizeof(row.count));
	memcpy(bytes, &row, sizeof(row));
	buf_add(&r->held, (struct str){ bytes, sizeof(bytes) });
	buf_add(&r->held, buf_str(&name));
	buf_free(&name);
}

/* The row at *AT of HELD into *OUT, its label into *LABEL; false behind the last. */
static bool
next_row(struct str held, size_t *at, struct row *out, struct str *label)
{
	if (held.n - *at < sizeof(*out))
		return false;
	memcpy(out, held.p + *at, sizeof(*out));
	*at += sizeof(*out);
	if (held.n - *at < out->label)
		return false;
	*label = str_sub(held, *at, out->label);
	*at += out->label;
	return true;
}

/* A domain of a change: of hundreds that stay as they are nothing is said. */
static void
gate_text(struct report *r, struct ink *k, const struct domain_result *d)
{
	size_t from = r->out->n;

	if (gate_is_silent(d) && !r->style.verbose)
		return;
	if (r->held.n > 0)
		ink_end(k);
	buf_addc(&r->held, '.'); /* something stands above */
	gate_domain_text(k, d);
	if (r->style.redact)
		redact(r->out, from);
}

void
text_report_domain(struct report *r, const struct domain_result *d)
{
	struct ink k;
	size_t from = r->out->n, above, below;
	bool findings = d->n_findings > 0 && d->findings[0].level != LEVEL_PASS;

	ink_init(&k, r->out, &r->style);
	if (d->compared) {
		gate_text(r, &k, d);
		return;
	}
	if (r->n > 0)
		ink_end(&k);
	verdict_text(&k, d);
	if (d->subject != NULL && d->subject->message != NULL)
		message_text(&k, d);
	findings_text(&k, d->findings, d->n_findings);
	above = r->out->n;
	if (findings)
		ink_end(&k);
	below = r->out->n;
	waived_text(&k, d);
	streams_text(&k, d);
	facts_text(&k, d);
	if (r->out->n == below)
		r->out->n = above; /* nothing to stand apart from */
	if (r->style.redact)
		redact(r->out, from);
	keep_row(r, d);
}

static void
cell(struct ink *k, unsigned column, struct str s)
{
	while (k->col + s.n < column)
		ink_adds(k, " ");
	ink_add(k, s);
}

static void
number_cell(struct ink *k, unsigned column, size_t n)
{
	struct buf b;

	buf_init(&b, 32);
	buf_addu(&b, n);
	cell(k, column, buf_str(&b));
	buf_free(&b);
}

/* Columns of the table behind the name: right ends. */
#define COLUMN_VERDICT 9
#define COLUMN_ERRORS (COLUMN_VERDICT + 8)
#define COLUMN_WARNINGS (COLUMN_ERRORS + 10)
#define COLUMN_UNKNOWN (COLUMN_WARNINGS + 9)
#define COLUMN_NOTES (COLUMN_UNKNOWN + 7)

static void
table_row(struct ink *k, unsigned width, const struct row *row, struct str label)
{
	ink_begin(k, INDENT, INDENT);
	ink_add(k, label);
	do
		ink_adds(k, " ");
	while (k->col < width + 2);
	ink_paint(k, level_paint(row->verdict));
	ink_adds(k, level_name(row->verdict));
	ink_plain(k);
	number_cell(k, width + COLUMN_ERRORS, row->count[LEVEL_ERROR]);
	number_cell(k, width + COLUMN_WARNINGS, row->count[LEVEL_WARNING]);
	number_cell(k, width + COLUMN_UNKNOWN, row->count[LEVEL_UNKNOWN]);
	number_cell(k, width + COLUMN_NOTES, row->count[LEVEL_NOTE]);
	ink_end(k);
}

static void
table_head(struct ink *k, unsigned width, bool messages)
{
	ink_begin(k, INDENT, INDENT);
	ink_paint(k, PAINT_DIM);
	ink_adds(k, messages ? "message" : "domain");
	while (k->col < width + 2)
		ink_adds(k, " ");
	ink_adds(k, "verdict");
	cell(k, width + COLUMN_ERRORS, STR("errors"));
	cell(k, width + COLUMN_WARNINGS, STR("warnings"));
	cell(k, width + COLUMN_UNKNOWN, STR("unknown"));
	cell(k, width + COLUMN_NOTES, STR("notes"));
	ink_plain(k);
	ink_end(k);
}

static bool
is_healthy(const struct row *row)
{
	return row->verdict == LEVEL_PASS || row->verdict == LEVEL_NOTE;
}

static void
table_text(struct ink *k, struct str held, bool all, bool messages)
{
	struct row row;
	struct str label;
	unsigned width = INDENT + (messages ? 7 : 6);
	size_t n = 0, left_out = 0;

	for (size_t at = 0; next_row(held, &at, &row, &label);) {
		size_t cells = label.n < MAX_TABLE_NAME ? label.n : MAX_TABLE_NAME;

		if (!all && is_healthy(&row)) {
			left_out++;
			continue;
		}
		n++;
		if (cells + INDENT > width)
			width = (unsigned)cells + INDENT;
	}
	if (n == 0)
		return;
	ink_end(k);
	table_head(k, width, messages);
	for (size_t at = 0; next_row(held, &at, &row, &label);)
		if (all || !is_healthy(&row))
			table_row(k, width, &row, label);
	if (left_out == 0)
		return;
	ink_begin(k, INDENT, INDENT);
	ink_adds(k, "and ");
	ink_addu(k, left_out);
	ink_adds(k, " more, in order");
	ink_end(k);
}

static void
totals_add(struct buf *b, const struct run_result *run)
{
	size_t n;

	count_add(b, run->domains, run->messages ? "message" : "domain");
	buf_addc(b, ':');
	n = b->n;
	for (size_t l = N_LEVELS; l-- > 0;) {
		if (run->domain_verdict[l] == 0)
			continue;
		buf_adds(b, b->n > n ? ", " : " ");
		buf_addu(b, run->domain_verdict[l]);
		buf_addc(b, ' ');
		buf_adds(b, level_name((enum rule_level)l));
	}
	buf_adds(b, "; ");
}

/* The last line: totals, when and by whom it was answered, what was left out. */
static void
trailer_text(struct ink *k, const struct run_result *run)
{
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	if (run->compared)
		gate_totals_add(&b, run);
	else if (run->domains > 1)
		totals_add(&b, run);
	if (run->interrupted)
		buf_adds(&b, run->messages ? "interrupted, there may be more messages; "
					   : "interrupted, there may be more domains; ");
	buf_adds(&b, "checked ");
	time_add(&b, run->now);
	if (run->answers.n > 0) {
		buf_adds(&b, ", answers from ");
		buf_add_escaped(&b, run->answers);
	}
	if (run->count[LEVEL_NOTE] > 0 && !k->style->notes)
		buf_adds(&b, "; --notes shows the notes in full");
	ink_end(k);
	ink_dim_line(k, buf_str(&b));
	buf_free(&b);
}

void
text_report_end(struct report *r, const struct run_result *run)
{
	struct ink k;

	ink_init(&k, r->out, &r->style);
	if (run->n_findings > 0) {
		ink_end(&k);
		ink_words(&k, STR("About this run, whatever the domain:"));
		ink_end(&k);
		findings_text(&k, run->findings, run->n_findings);
	}
	if (run->domains > 1 && !run->compared)
		table_text(&k, buf_str(&r->held), run->domains <= MAX_TABLE_HEALTHY, run->messages);
	trailer_text(&k, run);
}
