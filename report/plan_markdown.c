/* SPDX-License-Identifier: ISC */
/*
 * plan_markdown.c - a plan as Markdown, for an issue or a chat.
 *
 * What comes from outside stands in fences of our own, or escaped: it starts no
 * markup, no link and no mention.
 */
#include "report/plan.h"
#include "report/words.h"

/* S as text: what Markdown or HTML could take for markup behind a backslash. */
static void
plain_add(struct buf *b, struct str s)
{
	struct str marks = STR("\\`*_{}[]()<>#+-.!|~@&:");
	struct buf e;

	buf_init(&e, 4 * s.n + 1);
	printed_add(&e, s);
	for (size_t i = 0; i < e.n; i++) {
		if (str_find(marks, 0, e.p[i]) < marks.n && e.p[i] != '-' && e.p[i] != '.' &&
		    e.p[i] != ':' && e.p[i] != '(' && e.p[i] != ')')
			buf_addc(b, '\\');
		buf_addc(b, e.p[i]);
		/* no address and no mention becomes a link */
		if (e.p[i] == '@' || (e.p[i] == ':' && i + 1 < e.n && e.p[i + 1] == '/'))
			buf_adds(b, "&#8203;");
	}
	buf_free(&e);
}

/* The longest run of backquotes in S. */
static size_t
ticks_in(struct str s)
{
	size_t most = 0, run = 0;

	for (size_t i = 0; i < s.n; i++) {
		run = s.p[i] == '`' ? run + 1 : 0;
		if (run > most)
			most = run;
	}
	return most;
}

static void
fence(struct buf *b, size_t n)
{
	buf_adds(b, "   ");
	for (size_t i = 0; i < n; i++)
		buf_addc(b, '`');
}

static void
record(struct buf *b, char sign, const struct change *c, struct str rdata)
{
	buf_adds(b, "   ");
	buf_addc(b, sign);
	record_add(b, c, rdata, c->ttl_s);
	buf_addc(b, '\n');
}

static void
changes(struct buf *b, const struct plan_fix *f)
{
	size_t n = 2;

	for (size_t i = 0; i < f->n_changes; i++) {
		size_t old = ticks_in(f->changes[i].old), new = ticks_in(f->changes[i].new);

		n = old > n ? old : n;
		n = new > n ? new : n;
	}
	fence(b, n + 1);
	buf_adds(b, "diff\n");
	for (size_t i = 0; i < f->n_changes; i++) {
		const struct change *c = &f->changes[i];

		if (c->action != CHANGE_ADD)
			record(b, '-', c, c->old);
		if (c->action != CHANGE_REMOVE)
			record(b, '+', c, c->new);
	}
	fence(b, n + 1);
	buf_addc(b, '\n');
}

static void
paragraph(struct buf *b, const char *label, struct str s)
{
	if (s.n == 0)
		return;
	buf_adds(b, "\n   ");
	buf_adds(b, label);
	plain_add(b, s);
	buf_addc(b, '\n');
}

/* URL as a link where it is plainly one, else as text. */
static void
url_link(struct buf *b, struct str url)
{
	struct str marks = STR("-._~:/?#=&%+");
	bool plain = str_has_prefix(url, STR("https://"));

	for (size_t i = 0; i < url.n && plain; i++)
		plain = ascii_isalnum(url.p[i]) || str_find(marks, 0, url.p[i]) < marks.n;
	if (!plain) {
		paragraph(b, "See: ", url);
		return;
	}
	buf_adds(b, "\n   See <");
	buf_add(b, url);
	buf_adds(b, ">\n");
}

static void
fix(struct buf *b, const struct plan_fix *f)
{
	static const char *const who[] = { "", "",
		"Your provider must act: ", "The recipient must act: ", "Nobody can act: " };
	struct buf words;

	buf_adds(b, f->state == PLAN_PROPOSED ? "1. **saves " : "1. **");
	grouped_add(b, f->mails);
	buf_adds(b, f->mails == 1 ? " mail**: " : " mails**: ");
	plain_add(b, f->domain);
	if (f->slug[0] != '\0') {
		buf_adds(b, " (`");
		buf_adds(b, f->slug);
		buf_adds(b, "`)");
	}
	buf_addc(b, '\n');
	if (f->n_changes > 0) {
		buf_addc(b, '\n');
		changes(b, f);
	}
	if (f->proof.done) {
		buf_init(&words, (size_t)64 << 10);
		proof_words(&words, &f->proof);
		paragraph(b, "", buf_str(&words));
		buf_free(&words);
	}
	if (f->n_changes == 0 || f->who > WHO_YOU)
		paragraph(b, who[f->who], f->what);
	paragraph(b, "", f->why_not);
	for (size_t i = 0; i < f->n_settings; i++)
		paragraph(b, "Set: ", f->settings[i]);
	url_link(b, f->url);
	buf_addc(b, '\n');
}

void
plan_markdown(struct buf *b, const struct plan *p)
{
	static const char *const titles[] = { "What to do, what saves most first",
		"To be answered first", "Without a record to paste", "Tried, and not proposed" };

	for (size_t i = 0; i < p->n; i++) {
		if (i == 0 || p->fixes[i].state != p->fixes[i - 1].state) {
			buf_adds(b, "\n## ");
			buf_adds(b, titles[p->fixes[i].state]);
			buf_adds(b, "\n\n");
		}
		fix(b, &p->fixes[i]);
	}
}
