/* SPDX-License-Identifier: ISC */
/*
 * fleet_text.c - several runs as one report, for people.
 */
#include "report/fleet.h"
#include "report/text.h"
#include "report/words.h"

#define MAX_TEXT_KEYS 20 /* keys told one by one */
#define MAX_TEXT_NAMES 3 /* selectors or domains in one line; the rest is counted */

/* S, which a file held, as words: what is not printable is escaped. */
static void
words(struct ink *k, struct str s)
{
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	printed_add(&b, s);
	ink_words(k, buf_str(&b));
	buf_free(&b);
}

/* "2 errors, 1 warning, 3 unknown, 1 note" of what is not zero. */
static void
counts_add(struct buf *b, const size_t *count)
{
	static const enum rule_level order[] = { LEVEL_ERROR, LEVEL_WARNING, LEVEL_UNKNOWN,
		LEVEL_NOTE };
	size_t from = b->n;

	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		size_t n = count[order[i]];

		if (n == 0)
			continue;
		buf_adds(b, b->n > from ? ", " : "");
		buf_addu(b, n);
		buf_addc(b, ' ');
		buf_adds(b, level_name(order[i]));
		if (n > 1 && order[i] != LEVEL_UNKNOWN)
			buf_addc(b, 's');
	}
}

static void
verdict_line(struct ink *k, const struct told_domain *d)
{
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	printed_add(&b, d->label);
	buf_addc(&b, ':');
	ink_begin(k, 0, INDENT);
	ink_paint(k, PAINT_STRONG);
	ink_add(k, buf_str(&b));
	ink_plain(k);
	ink_paint(k, level_paint(d->verdict));
	ink_words(k, str_of(level_name(d->verdict)));
	ink_plain(k);
	buf_reset(&b);
	counts_add(&b, d->count);
	if (b.n > 0) {
		ink_adds(k, " (");
		ink_add(k, buf_str(&b));
		ink_adds(k, ")");
	}
	ink_end(k);
	buf_free(&b);
}

static void
head(struct ink *k, enum rule_level level, struct str id)
{
	ink_begin(k, 0, INDENT);
	ink_paint(k, level_paint(level));
	ink_adds(k, level_name(level));
	ink_adds(k, "[");
	ink_add(k, id);
	ink_adds(k, "]:");
	ink_plain(k);
}

static void
aside(struct ink *k, const char *label, struct str text)
{
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	printed_add(&b, text);
	aside_text(k, str_of(label), buf_str(&b));
	buf_free(&b);
}

static void
remedy_lines(struct ink *k, const struct told_finding *f)
{
	struct buf b;

	if (f->remedy.n > 0)
		aside(k, remedy_label(f->who), f->remedy);
	else if (f->n_changes > 0)
		aside(k, remedy_label(f->who), STR("change these records"));
	for (size_t i = 0; i < f->n_changes; i++)
		change_text(k, &f->place, &f->changes[i]);
	if (f->reference.n + f->url.n == 0)
		return;
	buf_init(&b, MAX_SENTENCE);
	buf_add(&b, f->reference);
	buf_adds(&b, f->reference.n > 0 && f->url.n > 0 ? ", " : "");
	buf_add(&b, f->url);
	aside(k, "see", buf_str(&b));
	buf_free(&b);
}

static void
finding_lines(struct ink *k, const struct told_finding *f)
{
	ink_end(k);
	head(k, f->level, f->id);
	ink_paint(k, PAINT_STRONG);
	words(k, f->reason);
	ink_plain(k);
	ink_end(k);
	if (f->where.n > 0) {
		ink_begin(k, INDENT, INDENT + 4);
		ink_paint(k, PAINT_DIM);
		ink_adds(k, "-->");
		ink_plain(k);
		words(k, f->where);
		ink_end(k);
		record_text(k, &f->place, f->level);
	}
	remedy_lines(k, f);
}

static void
findings_lines(struct ink *k, const struct told_finding *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (f[i].level > LEVEL_NOTE || (f[i].level == LEVEL_NOTE && k->style->notes))
			finding_lines(k, &f[i]);
}

void
told_domain_text(
    struct buf *out, const struct report_style *style, const struct told_domain *d, bool whole)
{
	size_t from = out->n, n;
	struct ink k;

	ink_init(&k, out, style);
	verdict_line(&k, d);
	n = out->n;
	if (whole)
		findings_lines(&k, d->findings, d->n_findings);
	if (out->n > n)
		ink_end(&k);
	if (style->redact)
		redact(out, from);
}

/* N, right-aligned to COLUMN. */
static void
number_cell(struct ink *k, unsigned column, size_t n)
{
	struct buf b;

	buf_init(&b, 32);
	buf_addu(&b, n);
	while (k->col + b.n < column)
		ink_adds(k, " ");
	ink_add(k, buf_str(&b));
	buf_free(&b);
}

/* An empty line between two parts. */
static void
part(struct ink *k)
{
	if (k->out->n > 0)
		ink_end(k);
}

#define COLUMN_DOMAINS 10
#define COLUMN_LOOKUPS 19

static void
commonest(struct ink *k, const struct fleet *f)
{
	size_t shown = 0, more = 0;

	for (size_t i = 0; i < f->n_kinds; i++) {
		const struct fleet_finding *x = &f->findings[i];

		if (x->level == LEVEL_NOTE && !k->style->notes)
			continue;
		if (shown == MAX_FLEET_TOP) {
			more++;
			continue;
		}
		if (shown++ == 0)
			ink_title(k, "Commonest findings, with the number of domains:");
		ink_begin(k, 0, INDENT);
		number_cell(k, COLUMN_DOMAINS, x->domains);
		ink_adds(k, "  ");
		ink_paint(k, level_paint(x->level));
		ink_adds(k, level_name(x->level));
		ink_plain(k);
		while (k->col < COLUMN_DOMAINS + 11)
			ink_adds(k, " ");
		ink_add(k, x->id);
		ink_end(k);
	}
	if (more == 0)
		return;
	ink_begin(k, COLUMN_DOMAINS + 2, INDENT);
	ink_adds(k, "and ");
	ink_addu(k, more);
	ink_adds(k, " more kinds");
	ink_end(k);
}

static void
include_lines(struct ink *k, const struct fleet_include *x)
{
	size_t named = x->n_some < MAX_TEXT_NAMES ? x->n_some : MAX_TEXT_NAMES;

	ink_begin(k, 0, COLUMN_LOOKUPS + 4);
	number_cell(k, COLUMN_DOMAINS, x->domains);
	number_cell(k, COLUMN_LOOKUPS, x->lookups);
	ink_adds(k, " ");
	words(k, x->target);
	ink_adds(k, ":");
	for (size_t i = 0; i < named; i++) {
		words(k, x->some[i]);
		ink_adds(k, i + 1 < named || x->domains > named ? "," : "");
	}
	if (x->domains > named) {
		ink_words(k, STR("and"));
		ink_adds(k, " ");
		ink_addu(k, x->domains - named);
		ink_adds(k, " more");
	}
	ink_end(k);
}

static void
includes(struct ink *k, const struct fleet *f)
{
	if (f->n_includes == 0)
		return;
	ink_title(k, "SPF records that domains share, with domains and lookups:");
	for (size_t i = 0; i < f->n_includes; i++)
		include_lines(k, &f->includes[i]);
	if (f->n_shared_includes <= f->n_includes)
		return;
	ink_begin(k, COLUMN_LOOKUPS + 2, INDENT);
	ink_adds(k, "and ");
	ink_addu(k, f->n_shared_includes - f->n_includes);
	ink_adds(k, " more");
	ink_end(k);
}

/* "dkim key of s1._domainkey.a.example is also at s2._domainkey.b.example" */
static void
key_line(struct ink *k, const struct fleet_key *x, const char *verb)
{
	size_t named = x->n_at < MAX_TEXT_NAMES + 1 ? x->n_at : MAX_TEXT_NAMES + 1;

	ink_begin(k, INDENT, INDENT + 2);
	ink_adds(k, "dkim key of");
	words(k, x->at[0].name);
	ink_words(k, str_of(verb));
	if (named == 1)
		ink_words(k, STR("another key"));
	for (size_t i = 1; i < named; i++) {
		words(k, x->at[i].name);
		ink_adds(k, i + 1 < named || x->n_names > named ? "," : "");
	}
	if (x->n_names > named) {
		ink_words(k, STR("and"));
		ink_adds(k, " ");
		ink_addu(k, x->n_names - named);
		ink_adds(k, " more");
	}
	ink_end(k);
}

/* The first of the ALL keys V, of which at most MAX_FLEET_KEYS are there, under HEADING. */
static void
keys(struct ink *k, const char *heading, const char *verb, const struct fleet_key *v, size_t all)
{
	size_t shown = all < MAX_TEXT_KEYS ? all : MAX_TEXT_KEYS;

	if (shown == 0)
		return;
	ink_title(k, heading);
	for (size_t i = 0; i < shown; i++)
		key_line(k, &v[i], verb);
	if (all <= shown)
		return;
	ink_begin(k, INDENT, INDENT);
	ink_adds(k, "and ");
	ink_addu(k, all - shown);
	ink_adds(k, " more keys");
	ink_end(k);
}

/* "3 domains: 1 error, 2 pass" */
static void
totals_add(struct buf *b, const struct run_result *run)
{
	const char *before = ": ";

	count_add(b, run->domains, "domain");
	for (size_t l = N_LEVELS; l-- > 0;) {
		if (run->domain_verdict[l] == 0)
			continue;
		buf_adds(b, before);
		buf_addu(b, run->domain_verdict[l]);
		buf_addc(b, ' ');
		buf_adds(b, level_name((enum rule_level)l));
		before = ", ";
	}
}

static void
trailer(struct ink *k, const struct run_result *run, const struct fleet *f)
{
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	totals_add(&b, run);
	buf_adds(&b, "; from ");
	count_add(&b, f->runs, "run");
	buf_adds(&b, " in ");
	count_add(&b, f->files, "file");
	if (f->from != 0) {
		buf_adds(&b, ", ");
		time_add(&b, f->from);
		if (f->to != f->from) {
			buf_adds(&b, " to ");
			time_add(&b, f->to);
		}
	}
	if (f->replaced > 0) {
		buf_adds(&b, "; ");
		count_add(&b, f->replaced, "earlier result");
		buf_adds(&b, " of the same domains left out");
	}
	if (f->left_out > 0) {
		buf_adds(&b, "; ");
		count_add(&b, f->left_out, "line");
		buf_adds(&b, " could not be read");
	}
	if (f->torn > 0) {
		buf_adds(&b, "; ");
		count_add(&b, f->torn, "file");
		buf_adds(&b, " cut off");
	}
	if (run->interrupted)
		buf_adds(&b, "; a run did not end, there may be more domains");
	if (run->count[LEVEL_NOTE] > 0 && !k->style->notes)
		buf_adds(&b, "; --notes shows the notes");
	part(k);
	ink_dim_line(k, buf_str(&b));
	buf_free(&b);
}

void
fleet_text(struct buf *out, const struct report_style *style, const struct run_result *run,
    const struct fleet *f)
{
	size_t from = out->n;
	struct ink k;

	ink_init(&k, out, style);
	if (f->n_run > 0) {
		ink_title(&k, "About these runs, whatever the domain:");
		findings_lines(&k, f->run, f->n_run);
	}
	commonest(&k, f);
	includes(&k, f);
	keys(&k,
	    "Each of these RSA keys can be computed by anybody; they share a prime with another:",
	    "shares a prime with", f->factors, f->n_shared_factors);
	keys(&k,
	    "Whoever holds one of these private keys signs for each of its domains:", "is also at",
	    f->keys, f->n_shared_keys);
	trailer(&k, run, f);
	if (style->redact)
		redact(out, from);
}
