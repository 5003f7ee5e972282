/* SPDX-License-Identifier: ISC */
/*
 * text_finding.c - one finding: the fact, the record, what to change.
 */
#include "report/text.h"
#include "report/words.h"

#define INDENT_RECORD 7 /* of a record to paste: below the words of its remedy */
#define ARROW "-->"

/* How the answer to the very question the place stands for was negative. */
static const char *
why_absent(const struct finding *f)
{
	for (size_t i = 0; i < f->n_evidence; i++) {
		const struct answer *a = f->evidence[i];

		if (a->q.kind != ASK_DNS || a->q.type != f->place.type ||
		    !name_eq(&a->q.name, &f->place.name))
			continue;
		if (a->status == ANSWER_NXDOMAIN)
			return "there is no such name";
		if (a->status == ANSWER_NODATA)
			return "there is no such record";
	}
	return NULL;
}

void
place_text(struct ink *k, const struct finding *f)
{
	const struct place *p = &f->place;
	const char *absent = why_absent(f);
	struct span s;
	struct buf b;

	if (p->name.n == 0 && !span_of(p, &s))
		return;
	buf_init(&b, MAX_SENTENCE);
	if (p->name.n > 0)
		name_print(&b, &p->name);
	if (p->name.n > 0 && p->type != 0) {
		buf_addc(&b, ' ');
		type_print(&b, p->type);
	}
	if (span_of(p, &s)) {
		buf_adds(&b, p->name.n > 0 ? " (" : "");
		buf_add_escaped(&b, s.file);
		buf_addc(&b, ':');
		buf_addu(&b, s.line);
		buf_addc(&b, ':');
		buf_addu(&b, s.column);
		buf_adds(&b, p->name.n > 0 ? ")" : "");
	} else if (p->text.n == 0 && absent != NULL) {
		buf_adds(&b, ": ");
		buf_adds(&b, absent);
	}
	ink_begin(k, INDENT, INDENT + 4);
	ink_paint(k, PAINT_DIM);
	ink_adds(k, ARROW);
	ink_plain(k);
	ink_words(k, buf_str(&b));
	ink_end(k);
	buf_free(&b);
}

void
aside_text(struct ink *k, struct str label, struct str words)
{
	ink_begin(k, INDENT + 1, INDENT_RECORD);
	ink_paint(k, PAINT_DIM);
	ink_adds(k, "=");
	ink_plain(k);
	ink_words(k, label);
	ink_adds(k, ":");
	ink_words(k, words);
	ink_end(k);
}

/* A record as a zone file takes it; one line, so that it can be copied. */
static void
zone_line(struct ink *k, const struct change *c, struct str rdata, uint32_t ttl_s)
{
	ink_begin(k, INDENT_RECORD, 0);
	record_add(k->out, c, rdata, ttl_s);
	ink_end(k);
}

static void
step(struct ink *k, const char *words)
{
	ink_begin(k, INDENT + 3, INDENT + 3);
	ink_adds(k, words);
	ink_end(k);
}

/* Whether C changes the very record that is shown. */
static bool
is_shown(const struct place *p, const struct change *c)
{
	return p->text.n > 0 && p->type == c->type && name_eq(&p->name, &c->name);
}

void
change_text(struct ink *k, const struct place *p, const struct change *c)
{
	uint32_t ttl_s = c->ttl_s;

	if (ttl_s == 0 && c->action == CHANGE_REPLACE && is_shown(p, c) && p->rr != NULL)
		ttl_s = p->rr->ttl_s;
	if (c->action == CHANGE_ADD) {
		step(k, "add");
	} else if (c->action == CHANGE_REPLACE && is_shown(p, c)) {
		step(k, "put in its place");
	} else {
		step(k, c->action == CHANGE_REPLACE ? "replace" : "remove");
		zone_line(k, c, c->old, 0);
		if (c->action == CHANGE_REPLACE)
			step(k, "by");
	}
	if (c->action != CHANGE_REMOVE)
		zone_line(k, c, c->new, ttl_s);
}

const char *
remedy_label(enum rule_who who)
{
	static const char *const labels[] = { "fix", "fix", "your provider must act",
		"the recipient must act", "nobody can act" };

	return labels[who];
}

/* Whether A and B are the same edits, at least one. */
static bool
same_changes(const struct remedy *a, const struct remedy *b)
{
	bool same = a->n_changes > 0 && a->n_changes == b->n_changes;

	for (size_t i = 0; i < a->n_changes && same; i++) {
		const struct change *x = &a->changes[i], *y = &b->changes[i];

		same = x->action == y->action && x->type == y->type &&
		       name_eq(&x->name, &y->name) && str_eq(x->old, y->old) &&
		       str_eq(x->new, y->new);
	}
	return same;
}

/* Whether the edits of G stand in the report already, below one from FIRST on. */
static bool
is_above(const struct judged *g, const struct judged *first)
{
	for (const struct judged *e = first; e < g; e++)
		if (e->level != LEVEL_UNKNOWN && same_changes(&e->f->remedy, &g->f->remedy))
			return true;
	return false;
}

void
remedy_text(struct ink *k, const struct finding *f, bool above)
{
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	sentence_add(&b, finding_remedy(f), f);
	if (b.n > 0 || f->remedy.n_changes > 0) {
		const char *label = remedy_label(finding_who(f));

		aside_text(k, str_of(label), b.n > 0 ? buf_str(&b) : STR("change these records"));
	}
	if (above)
		step(k, "as proposed above, which cures this too");
	for (size_t i = 0; i < f->remedy.n_changes && !above; i++)
		change_text(k, &f->place, &f->remedy.changes[i]);
	buf_free(&b);
}

void
reference_text(struct ink *k, const struct finding *f)
{
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	buf_add(&b, str_of(rule_of(f->id)->reference));
	if (f->remedy.url.n > 0) {
		buf_adds(&b, b.n > 0 ? ", " : "");
		printed_add(&b, f->remedy.url);
	}
	if (b.n > 0)
		aside_text(k, STR("see"), buf_str(&b));
	buf_free(&b);
}

/* Whether TEXT is the new rdata of one of the changes of F, as it is shown. */
static bool
is_in_changes(const struct finding *f, struct str text)
{
	for (size_t i = 0; i < f->remedy.n_changes; i++)
		if (str_eq(f->remedy.changes[i].new, text))
			return true;
	return false;
}

/*
 * The corrected records as the files they stand in have them, where that is another
 * form than a zone file's line, which stands above.
 */
static void
suggestions_text(struct ink *k, const struct judged *g)
{
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	for (size_t i = 0; i < g->n_suggestions; i++) {
		const struct suggestion *s = &g->suggestions[i];
		struct str rest = s->text;

		if (is_in_changes(g->f, s->text))
			continue;
		buf_reset(&b);
		buf_add_escaped(&b, s->file);
		buf_adds(&b, s->line > 0 ? ":" : "");
		if (s->line > 0)
			buf_addu(&b, s->line);
		aside_text(k, STR("written there"), buf_str(&b));
		while (rest.n > 0) {
			size_t end = str_find(rest, 0, '\n');

			ink_begin(k, INDENT_RECORD, 0);
			printed_add(k->out, str_sub(rest, 0, end));
			ink_end(k);
			rest = str_sub(rest, end + 1, rest.n);
		}
	}
	buf_free(&b);
}

/* With --verbose: why it matters, and the questions to ask again with dig. */
static void
verbose_text(struct ink *k, const struct finding *f)
{
	struct buf b;

	if (!k->style->verbose)
		return;
	if (str_of(rule_of(f->id)->explanation).n > 0)
		aside_text(k, STR("why"), str_of(rule_of(f->id)->explanation));
	buf_init(&b, MAX_SENTENCE);
	for (size_t i = 0; i < f->n_evidence; i++) {
		const struct answer *a = f->evidence[i];

		buf_reset(&b);
		question_add(&b, &a->q);
		buf_adds(&b, ": ");
		if (a->status == ANSWER_FAILED) {
			why_add(&b, a);
		} else {
			buf_adds(&b, status_name(a->status));
			buf_adds(&b, a->from.source.n > 0 ? ", by " : "");
			from_add(&b, a);
		}
		aside_text(k, STR("asked"), buf_str(&b));
	}
	buf_free(&b);
}

void
finding_head_text(struct ink *k, const struct judged *g, struct str words)
{
	ink_begin(k, 0, INDENT);
	ink_paint(k, level_paint(g->level));
	if (g->change == CHANGE_IS_NEW || g->change == CHANGE_IS_WORSE) {
		ink_adds(k, change_state_name(g->change));
		ink_adds(k, " ");
	}
	ink_adds(k, level_name(g->level));
	ink_adds(k, "[");
	ink_adds(k, rule_of(g->f->id)->slug);
	ink_adds(k, "]:");
	ink_plain(k);
	ink_paint(k, PAINT_STRONG);
	ink_words(k, words);
	ink_plain(k);
	ink_end(k);
}

void
finding_text_block(struct ink *k, const struct judged *g, const struct judged *first)
{
	const struct finding *f = g->f;
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	sentence_add(&b, rule_of(f->id)->sentence, f);
	finding_head_text(k, g, buf_str(&b));
	if (g->sender.n > 0) {
		buf_reset(&b);
		buf_add_escaped(&b, g->sender);
		aside_text(k, STR("sender"), buf_str(&b));
	}
	place_text(k, f);
	record_text(k, &f->place, g->level);
	remedy_text(k, f, is_above(g, first));
	suggestions_text(k, g);
	reference_text(k, f);
	verbose_text(k, f);
	buf_free(&b);
}

/* "note[spf-softfail]: the record ends in ~all (3 times)" */
void
note_line_text(struct ink *k, const struct judged *g, size_t n)
{
	const struct rule *rule = rule_of(g->f->id);

	ink_begin(k, 0, INDENT);
	ink_paint(k, PAINT_NOTE);
	ink_adds(k, "note[");
	ink_adds(k, rule->slug);
	ink_adds(k, "]:");
	ink_plain(k);
	ink_words(k, str_of(rule->title));
	if (n > 1) {
		ink_adds(k, ", ");
		ink_addu(k, n);
		ink_adds(k, " times");
	}
	ink_end(k);
}
