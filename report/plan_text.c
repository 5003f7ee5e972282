/* SPDX-License-Identifier: ISC */
/*
 * plan_text.c - a plan for people: what saves most first, each with the record to
 * put in, and what its rehearsal showed.
 */
#include "report/plan.h"
#include "report/text.h"
#include "report/words.h"

#define MAX_TEXT_FIXES 50 /* without --verbose: what somebody reads */
#define INDENT_FIX 3      /* below the number */
#define INDENT_RECORD 10  /* of a record to paste, behind "old" and "new" */

static void
line(struct ink *k, const char *label, struct str words)
{
	ink_begin(k, INDENT_FIX, INDENT_FIX + 2);
	if (label[0] != '\0') {
		ink_paint(k, PAINT_DIM);
		ink_adds(k, label);
		ink_plain(k);
	}
	ink_words(k, words);
	ink_end(k);
}

/* A record on one line, so that it can be copied. */
static void
record(struct ink *k, const char *label, const struct change *c, struct str rdata)
{
	ink_begin(k, INDENT_FIX, 0);
	ink_paint(k, PAINT_DIM);
	ink_adds(k, label);
	ink_plain(k);
	while (k->col < INDENT_RECORD)
		ink_adds(k, " ");
	record_add(k->out, c, rdata, c->ttl_s);
	ink_end(k);
}

static void
change_lines(struct ink *k, const struct change *c)
{
	if (c->action != CHANGE_ADD)
		record(k, c->action == CHANGE_REMOVE ? "remove" : "old", c, c->old);
	if (c->action != CHANGE_REMOVE)
		record(k, c->action == CHANGE_ADD ? "add" : "new", c, c->new);
}

/* "1. saves 1,204 mails: example.com TXT" */
static void
head(struct ink *k, const struct plan_fix *f, size_t number)
{
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	if (number > 0) {
		buf_addu(&b, number);
		buf_adds(&b, ". ");
		buf_adds(&b, "saves ");
	} else {
		buf_adds(&b, "-  ");
	}
	grouped_add(&b, f->mails);
	buf_adds(&b, f->mails == 1 ? " mail: " : " mails: ");
	if (f->n_changes > 0) {
		name_print(&b, &f->changes[0].name);
		buf_addc(&b, ' ');
		type_print(&b, f->changes[0].type);
	} else {
		buf_add_escaped(&b, f->domain);
	}
	ink_begin(k, 0, INDENT_FIX);
	ink_paint(k, PAINT_STRONG);
	ink_words(k, buf_str(&b));
	ink_plain(k);
	if (f->slug[0] != '\0') {
		buf_reset(&b);
		buf_addc(&b, '[');
		buf_adds(&b, f->slug);
		buf_addc(&b, ']');
		ink_words(k, buf_str(&b));
	}
	ink_end(k);
	buf_free(&b);
}

static const char *
who_label(enum rule_who who)
{
	static const char *const labels[] = { "", "",
		"your provider must act:", "the recipient must act:", "nobody can act:" };

	return labels[who];
}

static void
fix_lines(struct ink *k, const struct plan_fix *f, size_t number)
{
	struct buf b;

	head(k, f, number);
	for (size_t i = 0; i < f->n_changes; i++)
		change_lines(k, &f->changes[i]);
	buf_init(&b, MAX_SENTENCE);
	if (f->proof.done) {
		proof_words(&b, &f->proof);
		line(k, "", buf_str(&b));
	}
	if (f->what.n > 0 && (f->n_changes == 0 || f->who > WHO_YOU)) {
		buf_reset(&b);
		printed_add(&b, f->what);
		line(k, who_label(f->who), buf_str(&b));
	}
	if (f->why_not.n > 0) {
		buf_reset(&b);
		printed_add(&b, f->why_not);
		line(k, "", buf_str(&b));
	}
	for (size_t i = 0; i < f->n_settings; i++) {
		buf_reset(&b);
		printed_add(&b, f->settings[i]);
		line(k, "set:", buf_str(&b));
	}
	if (f->url.n > 0) {
		buf_reset(&b);
		printed_add(&b, f->url);
		line(k, "see:", buf_str(&b));
	}
	buf_free(&b);
}

/* How many of P are proposed: these stand first. */
static size_t
proposed(const struct plan *p)
{
	size_t n = 0;

	while (n < p->n && p->fixes[n].state == PLAN_PROPOSED)
		n++;
	return n;
}

void
plan_text(struct buf *b, const struct report_style *style, const struct plan *p)
{
	static const char *const titles[] = { "What to do, what saves most first:",
		"To be answered first:", "Without a record to paste:", "Tried, and not proposed:" };
	size_t n = proposed(p);
	size_t most = style->verbose || p->n < MAX_TEXT_FIXES ? p->n : MAX_TEXT_FIXES;
	struct ink k;
	struct buf words;

	ink_init(&k, b, style);
	for (size_t i = 0; i < most; i++) {
		if (i == 0 || p->fixes[i].state != p->fixes[i - 1].state)
			ink_title(&k, titles[p->fixes[i].state]);
		fix_lines(&k, &p->fixes[i], i < n ? i + 1 : 0);
		if (i + 1 != n || n < 2 || !p->together.done)
			continue;
		buf_init(&words, MAX_SENTENCE);
		buf_adds(&words, "All together: ");
		proof_words(&words, &p->together);
		buf_addc(&words, '.');
		ink_begin(&k, 0, INDENT);
		ink_words(&k, buf_str(&words));
		ink_end(&k);
		buf_free(&words);
	}
	if (most == p->n)
		return;
	ink_begin(&k, 0, INDENT);
	ink_adds(&k, "and ");
	ink_addu(&k, p->n - most);
	ink_words(&k, STR("more; --verbose tells all"));
	ink_end(&k);
}
