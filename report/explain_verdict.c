/* SPDX-License-Identifier: ISC */
/*
 * explain_verdict.c - one group of refusals with its verdict, for people: what was said,
 * the reasoning line by line with the commands that show it, what to change.
 */
#include "report/explain.h"
#include "report/text.h"
#include "report/words.h"

#define COLUMN_STEP 11 /* where the words of a step begin */

const char *
bounce_verdict_name(enum bounce_verdict v)
{
	static const char *const names[N_VERDICTS] = { "", "confirmed", "fixed", "contradicted",
		"not-dns", "not-ours", "unknown" };

	return names[v];
}

enum bounce_verdict
bounce_verdict_at(size_t i)
{
	static const enum bounce_verdict order[N_VERDICTS - 1] = { VERDICT_CONFIRMED,
		VERDICT_CONTRADICTED, VERDICT_UNKNOWN, VERDICT_NOT_DNS, VERDICT_FIXED,
		VERDICT_NOT_OURS };

	return order[i];
}

static enum paint
paint_of(const struct bounce_group *g)
{
	if (g->verdict == VERDICT_UNKNOWN)
		return PAINT_UNKNOWN;
	if (g->verdict == VERDICT_FIXED)
		return PAINT_PASS;
	return g->verdict == VERDICT_NOT_OURS ? PAINT_DIM : level_paint(g->level);
}

void
explain_group_head(struct buf *b, const struct bounce_group *g)
{
	count_add(b, g->count, "mail");
	buf_adds(b, g->inbound     ? " refused by us"
		    : g->permanent ? " refused by "
				   : " deferred by ");
	if (!g->inbound)
		buf_add_escaped(b, g->provider.n > 0   ? g->provider
				   : g->receiver.n > 0 ? g->receiver
						       : STR("a receiver not told"));
	if (g->reply_code != 0) {
		buf_adds(b, ", ");
		buf_addu(b, g->reply_code);
	}
	if (g->enhanced_code.n > 0) {
		buf_adds(b, g->reply_code != 0 ? " " : ", ");
		buf_add_escaped(b, g->enhanced_code);
	}
	buf_adds(b, " (");
	buf_add_escaped(b, g->mechanism);
	buf_adds(b, "): ");
	buf_adds(b, bounce_verdict_name(g->verdict));
	if (g->cause[0] != '\0') {
		buf_adds(b, ", ");
		buf_adds(b, g->cause);
	}
}

void
explain_group_who(struct buf *b, const struct bounce_group *g)
{
	buf_adds(b, "from ");
	buf_add_escaped(b, g->sender_domain.n > 0 ? g->sender_domain : STR("a sender not told"));
	if (g->sender_ip.n > 0) {
		buf_adds(b, " at ");
		buf_add_escaped(b, g->sender_ip);
	}
	if (g->ip_from[0] != '\0' && strcmp(g->ip_from, "log") != 0) {
		buf_adds(b, strcmp(g->ip_from, "text") == 0     ? " (named in the reply)"
			    : strcmp(g->ip_from, "config") == 0 ? " (configured)"
								: " (by --ip)");
	}
	if (g->verdict_confidence[0] != '\0') {
		buf_adds(b, "; confidence: ");
		buf_adds(b, g->verdict_confidence);
	}
	if (g->first == 0)
		return;
	buf_adds(b, "; ");
	time_add(b, g->first);
	if (g->last != g->first) {
		buf_adds(b, " to ");
		time_add(b, g->last);
	}
}

static void
line(struct ink *k, unsigned indent, unsigned hang, const char *label, struct str words)
{
	ink_begin(k, indent, hang);
	if (label[0] != '\0') {
		ink_paint(k, PAINT_DIM);
		ink_adds(k, label);
		ink_plain(k);
		for (size_t n = indent + strlen(label); n + 1 < hang; n++)
			ink_adds(k, " ");
	}
	ink_words(k, words);
	ink_end(k);
}

static void
sample(struct ink *k, const struct bounce_group *g)
{
	struct buf b;

	if (g->sample.n == 0)
		return;
	buf_init(&b, MAX_SENTENCE);
	buf_add_escaped(&b, g->sample);
	line(k, INDENT, INDENT + 2, "|", buf_str(&b));
	buf_free(&b);
}

static void
steps(struct ink *k, const struct bounce_group *g)
{
	struct buf b;

	for (size_t i = 0; i < g->n_steps; i++) {
		const struct bounce_step *s = &g->steps[i];

		line(k, INDENT, COLUMN_STEP, s->kind, s->text);
		if (s->dig.n > 0) {
			buf_init(&b, MAX_SENTENCE);
			buf_adds(&b, "$ ");
			buf_add(&b, s->dig);
			line(k, COLUMN_STEP, COLUMN_STEP + 2, "", buf_str(&b));
			buf_free(&b);
		}
		if (s->answer.n > 0)
			line(k, COLUMN_STEP, COLUMN_STEP + 2, "", s->answer);
	}
	for (size_t i = 0; i < g->n_maybe; i++)
		line(k, INDENT, COLUMN_STEP, "perhaps", str_of(g->maybe[i]));
}

/* The finding F, which tells the cause, with its remedy. */
static void
finding(struct ink *k, const struct bounce_finding *f)
{
	const struct told_finding *t = &f->told;
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	buf_adds(&b, level_name(t->level));
	buf_addc(&b, '[');
	buf_add(&b, t->id);
	buf_adds(&b, "]: ");
	printed_add(&b, t->reason);
	line(k, INDENT, INDENT + 2, "", buf_str(&b));
	buf_reset(&b);
	printed_add(&b, t->remedy);
	if (b.n > 0)
		aside_text(k, str_of(remedy_label(t->who)), buf_str(&b));
	for (size_t i = 0; i < t->n_changes; i++)
		change_text(k, &t->place, &t->changes[i]);
	buf_reset(&b);
	printed_add(&b, t->url);
	if (b.n > 0)
		aside_text(k, STR("see"), buf_str(&b));
	buf_free(&b);
}

void
explain_group_text(struct ink *k, const struct bounce_group *g)
{
	bool brief = g->verdict == VERDICT_NOT_OURS && !k->style->verbose;
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	explain_group_head(&b, g);
	ink_begin(k, 0, INDENT);
	ink_paint(k, paint_of(g));
	ink_words(k, buf_str(&b));
	ink_plain(k);
	ink_end(k);
	buf_reset(&b);
	explain_group_who(&b, g);
	line(k, INDENT, INDENT, "", buf_str(&b));
	buf_free(&b);
	sample(k, g);
	if (brief && g->n_steps > 0)
		line(k, INDENT, COLUMN_STEP, "so", g->steps[g->n_steps - 1].text);
	else
		steps(k, g);
	for (size_t i = 0; i < g->n_findings && !brief; i++)
		if (i == 0 || k->style->verbose)
			finding(k, &g->findings[i]);
	if (g->advice.n > 0)
		line(k, INDENT, COLUMN_STEP, "do", g->advice);
	if (g->page[0] != '\0')
		line(k, INDENT, COLUMN_STEP, "see", str_of(g->page));
	ink_end(k);
}
