/* SPDX-License-Identifier: ISC */
/*
 * markdown.c - the format markdown: a comment on a pull request.
 *
 * The verdict first, then what changes for mail, what is new or worse, what to put in
 * its place; what base has too, what was cured and what is accepted stands folded.  All
 * is held until the end, each part up to its own limit: GitHub takes comments of
 * 65,536 characters.  What does not fit is counted.
 */
#include "report/markdown.h"
#include "report/ci.h"
#include "report/located.h"

enum part {
	PART_TOLD,
	PART_ROWS,
	PART_FIXES,
	PART_LACKING,
	PART_KEPT,
	PART_FIXED,
	PART_WAIVED,
	N_PARTS
};

/* Bytes of each part: 60,000 in all, the rest is for headings. */
static const size_t max_part[N_PARTS] = {
	[PART_TOLD] = 8000,
	[PART_ROWS] = 16000,
	[PART_FIXES] = 20000,
	[PART_LACKING] = 2000,
	[PART_KEPT] = 7000,
	[PART_FIXED] = 4000,
	[PART_WAIVED] = 3000,
};

/* What r->held begins with. */
struct state {
	size_t used[N_PARTS], n[N_PARTS], left_out[N_PARTS], notes[N_PARTS]; /* notes: not listed */
	size_t by_weight[WEIGHT_ERROR + 1]; /* of what counts: new, worse, or not compared */
	size_t failing, unknown;
};

/* What stands in r->held before the bytes of an item. */
struct entry {
	enum part part;
	size_t n; /* bytes that follow */
};

/* TEXT is one more item of PART, or one more that is left out. */
static void
hold(struct report *r, struct state *st, enum part part, struct str text)
{
	struct entry e = { part, text.n };
	char bytes[sizeof(e)];

	if (st->left_out[part] > 0 || text.n > max_part[part] - st->used[part]) {
		st->left_out[part]++;
		return;
	}
	st->used[part] += text.n;
	st->n[part]++;
	report_save(r, st, sizeof(*st));
	memcpy(bytes, &e, sizeof(e));
	buf_add(&r->held, (struct str){ bytes, sizeof(bytes) });
	buf_add(&r->held, text);
}

/* `zones/example.com:12:34`, or `example.com TXT` of what came from no file. */
static void
where_add(struct buf *b, const struct domain_result *d, const struct judged *g)
{
	struct located at;
	struct buf tmp;

	locate(d, g, &at);
	buf_init(&tmp, MAX_TOLD);
	if (!at.is_file && g->f->place.name.n > 0) {
		name_print(&tmp, &g->f->place.name);
		buf_addc(&tmp, ' ');
		if (g->f->place.type != 0)
			type_print(&tmp, g->f->place.type);
	} else {
		path_add(&tmp, at.file);
	}
	if (at.is_file) {
		buf_addc(&tmp, ':');
		buf_addu(&tmp, at.line);
	}
	if (at.column > 0) {
		buf_addc(&tmp, ':');
		buf_addu(&tmp, at.column);
	}
	markdown_code_add(b, str_trim(buf_str(&tmp)));
	buf_free(&tmp);
}

/* "| error, new | `spf-lookup-limit` | 14 of 10 lookups | `zones/example.com:12:34` |" */
static void
row_add(struct buf *b, const struct domain_result *d, const struct judged *g,
    const struct report_style *style)
{
	const char *change = change_word(g);
	struct buf tmp;

	buf_init(&tmp, MAX_TOLD);
	buf_adds(b, "| ");
	buf_adds(b, g->level == LEVEL_UNKNOWN ? "not determined" : level_name(g->level));
	if (change[0] != '\0' && g->waiver == NULL) {
		buf_adds(b, ", ");
		buf_adds(b, change);
	}
	buf_adds(b, " | `");
	buf_adds(b, rule_of(g->f->id)->slug);
	buf_adds(b, "` | ");
	told_add(&tmp, g, style);
	markdown_words_add(b, buf_str(&tmp));
	if (g->waiver != NULL) {
		buf_reset(&tmp);
		buf_adds(&tmp, "; ");
		waived_add(&tmp, g->waiver);
		markdown_words_add(b, buf_str(&tmp));
	}
	buf_adds(b, " | ");
	where_add(b, d, g);
	buf_adds(b, " |\n");
	buf_free(&tmp);
}

/* What to do, with the records in a block; nothing when there is nothing. */
static void
fix_add(struct buf *b, const struct domain_result *d, const struct judged *g,
    const struct report_style *style)
{
	struct buf tmp;

	buf_init(&tmp, MAX_TOLD);
	advice_add(&tmp, g, style);
	if (tmp.n > 0 || g->f->remedy.n_changes > 0) {
		buf_adds(b, "`");
		buf_adds(b, rule_of(g->f->id)->slug);
		buf_adds(b, "` at ");
		where_add(b, d, g);
		buf_adds(b, ": ");
		markdown_words_add(b, tmp.n > 0 ? buf_str(&tmp) : STR("change these records"));
		buf_adds(b, "\n");
		buf_reset(&tmp);
		records_add(&tmp, g, style, "- ", is_suggested(g) ? "" : "+ ");
		if (tmp.n > 0) {
			buf_addc(b, '\n');
			markdown_block_add(b, is_suggested(g) ? "" : "diff", buf_str(&tmp));
		}
		buf_addc(b, '\n');
	}
	buf_free(&tmp);
}

static void
fresh(struct report *r, struct state *st, const struct domain_result *d, const struct judged *g)
{
	struct buf b;

	st->by_weight[weight_of(g)]++;
	st->unknown += g->level == LEVEL_UNKNOWN && weight_of(g) == WEIGHT_WARNING;
	st->failing += is_failing(g, r->style.fail_on);
	if (weight_of(g) == WEIGHT_NOTE && !r->style.notes) {
		st->notes[PART_ROWS]++;
		return;
	}
	buf_init(&b, 8 * MAX_TOLD);
	row_add(&b, d, g, &r->style);
	hold(r, st, PART_ROWS, buf_str(&b));
	buf_reset(&b);
	fix_add(&b, d, g, &r->style);
	if (b.n > 0)
		hold(r, st, PART_FIXES, buf_str(&b));
	buf_free(&b);
}

static void
fold(struct report *r, struct state *st, enum part part, const struct domain_result *d,
    const struct judged *g)
{
	struct buf b;

	if (g->level == LEVEL_PASS)
		return;
	if (g->level == LEVEL_NOTE && !r->style.notes) {
		st->notes[part]++;
		return;
	}
	buf_init(&b, 8 * MAX_TOLD);
	row_add(&b, d, g, &r->style);
	hold(r, st, part, buf_str(&b));
	buf_free(&b);
}

/* The N lines at LINES, an item each. */
static void
items(struct report *r, struct state *st, enum part part, const struct str *lines, size_t n)
{
	struct buf plain, b;

	buf_init(&plain, MAX_TOLD);
	buf_init(&b, 8 * MAX_TOLD);
	for (size_t i = 0; i < n; i++) {
		printed_line_add(&plain, lines[i], &r->style);
		buf_adds(&b, "- ");
		markdown_words_add(&b, buf_str(&plain));
		buf_addc(&b, '\n');
		hold(r, st, part, buf_str(&b));
		buf_reset(&plain);
		buf_reset(&b);
	}
	buf_free(&plain);
	buf_free(&b);
}

void
markdown_report_domain(struct report *r, const struct domain_result *d)
{
	struct state st;

	report_load(r, &st, sizeof(st));
	items(r, &st, PART_TOLD, d->told, d->n_told);
	items(r, &st, PART_LACKING, d->lacking, d->n_lacking);
	for (size_t i = 0; i < d->n_findings; i++)
		if (weight_of(&d->findings[i]) > WEIGHT_KEPT)
			fresh(r, &st, d, &d->findings[i]);
		else if (d->findings[i].level != LEVEL_UNKNOWN) /* the names are listed */
			fold(r, &st, PART_KEPT, d, &d->findings[i]);
	for (size_t i = 0; i < d->n_fixed; i++)
		fold(r, &st, PART_FIXED, d, &d->fixed[i]);
	for (size_t i = 0; i < d->n_suppressed; i++)
		fold(r, &st, PART_WAIVED, d, &d->suppressed[i]);
	report_save(r, &st, sizeof(st));
}

static void
said_add(struct buf *b, bool *any, size_t n, const char *one, const char *several)
{
	if (n == 0)
		return;
	buf_adds(b, *any ? ", " : ": ");
	buf_addu(b, n);
	buf_addc(b, ' ');
	buf_adds(b, n == 1 ? one : several);
	*any = true;
}

static size_t
all_of(const struct state *st, enum part part)
{
	return st->n[part] + st->left_out[part] + st->notes[part];
}

/* "**mailvet: fails**: 2 errors, 1 warning, 5 kept, 1 fixed" */
static void
verdict_add(struct buf *b, const struct state *st, const struct run_result *run)
{
	size_t warnings = st->by_weight[WEIGHT_WARNING] - st->unknown;
	bool any = false;

	buf_adds(b, st->failing > 0     ? "**mailvet: fails**"
		    : run->undetermined ? "**mailvet: could not tell**"
					: "**mailvet: passes**");
	said_add(b, &any, st->by_weight[WEIGHT_ERROR],
	    run->compared ? "new or worse error" : "error",
	    run->compared ? "new or worse errors" : "errors");
	said_add(b, &any, warnings, run->compared ? "new or worse warning" : "warning",
	    run->compared ? "new or worse warnings" : "warnings");
	said_add(b, &any, st->unknown, "not determined", "not determined");
	said_add(b, &any, st->by_weight[WEIGHT_NOTE], "note", "notes");
	said_add(b, &any, all_of(st, PART_KEPT), "kept", "kept");
	said_add(b, &any, all_of(st, PART_FIXED), "fixed", "fixed");
	said_add(b, &any, all_of(st, PART_WAIVED), "accepted", "accepted");
	buf_adds(b, any ? ", in " : ": ");
	buf_addu(b, run->domains);
	buf_adds(b, run->domains == 1 ? " domain" : " domains");
	buf_adds(b, run->interrupted ? "; the run was interrupted\n" : "\n");
}

static void
more_add(struct buf *b, size_t n, const char *what)
{
	if (n == 0)
		return;
	buf_adds(b, "\nand ");
	buf_addu(b, n);
	buf_adds(b, what);
}

static void
part_items(struct report *r, const struct state *st, enum part part)
{
	struct str held = buf_str(&r->held);
	struct entry e;

	for (size_t i = sizeof(*st); i < held.n; i += sizeof(e) + e.n) {
		memcpy(&e, held.p + i, sizeof(e));
		if (e.part == part)
			buf_add(r->out, str_sub(held, i + sizeof(e), e.n));
	}
	more_add(r->out, st->left_out[part], " more\n");
	more_add(r->out, st->notes[part], " more of the level note: `--notes` lists them\n");
}

static void
section(struct report *r, const struct state *st, enum part part, const char *heading)
{
	if (all_of(st, part) == 0)
		return;
	buf_adds(r->out, "\n### ");
	buf_adds(r->out, heading);
	buf_adds(r->out, "\n\n");
	if (part == PART_ROWS && st->n[part] > 0)
		buf_adds(r->out, "| level | rule | what | where |\n|---|---|---|---|\n");
	part_items(r, st, part);
}

static void
folded(struct report *r, const struct state *st, enum part part, const char *what)
{
	if (all_of(st, part) == 0)
		return;
	buf_adds(r->out, "\n<details><summary>");
	buf_addu(r->out, all_of(st, part));
	buf_addc(r->out, ' ');
	buf_adds(r->out, what);
	buf_adds(r->out, "</summary>\n\n");
	if (part != PART_LACKING && st->n[part] > 0)
		buf_adds(r->out, "| level | rule | what | where |\n|---|---|---|---|\n");
	part_items(r, st, part);
	buf_adds(r->out, "\n</details>\n");
}

void
markdown_report_end(struct report *r, const struct run_result *run)
{
	struct state st;

	report_load(r, &st, sizeof(st));
	for (size_t i = 0; i < run->n_findings; i++)
		if (weight_of(&run->findings[i]) > WEIGHT_KEPT)
			fresh(r, &st, NULL, &run->findings[i]);
	verdict_add(r->out, &st, run);
	section(r, &st, PART_TOLD, "What changes for mail");
	section(r, &st, PART_ROWS, run->compared ? "New or worse" : "Findings");
	section(r, &st, PART_FIXES, "What to do");
	folded(r, &st, PART_LACKING, "names that nothing given could answer");
	folded(r, &st, PART_KEPT, "kept: base has them too");
	folded(r, &st, PART_FIXED, "fixed");
	folded(r, &st, PART_WAIVED, "accepted");
}
