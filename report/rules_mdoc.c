/* SPDX-License-Identifier: ISC */
/*
 * rules_mdoc.c - the catalogue as a manual page, mailvet-rules(7).
 */
#include "report/rules_text.h"
#include "report/words.h"

#define PAGE_DATE "November 21, 2026" /* of the frame below, not of the rules */
#define LINE_WIDTH 78

/* The state of a paragraph being filled. */
struct fill {
	struct buf *b;
	size_t col;
};

static bool
ends_sentence(struct str word)
{
	while (word.n > 0 && (word.p[word.n - 1] == ')' || word.p[word.n - 1] == '"'))
		word.n--;
	return word.n > 0 && strchr(".!?", word.p[word.n - 1]) != NULL;
}

/* One word; backslashes and what would be a request at the start of a line are disarmed. */
static void
add_word(struct fill *f, struct str word)
{
	if (f->col > 0 && f->col + 1 + word.n > LINE_WIDTH) {
		buf_addc(f->b, '\n');
		f->col = 0;
	}
	if (f->col > 0)
		buf_addc(f->b, ' ');
	else if (word.p[0] == '.' || word.p[0] == '\'')
		buf_adds(f->b, "\\&");
	f->col += word.n + (f->col > 0);
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] == '\\')
			buf_adds(f->b, "\\e");
		else
			buf_addc(f->b, word.p[i]);
	if (ends_sentence(word)) {
		buf_addc(f->b, '\n');
		f->col = 0;
	}
}

/* Words of TEXT, new sentences on new lines; ends the line. */
static void
paragraph(struct buf *b, const char *text)
{
	struct str s = str_of(text);
	struct fill f = { .b = b };
	size_t at = 0;

	while (at < s.n) {
		size_t end = str_find(s, at, ' ');

		if (end > at)
			add_word(&f, str_sub(s, at, end - at));
		at = end + 1;
	}
	if (f.col > 0)
		buf_addc(b, '\n');
}

static void
item(struct buf *b, const struct rule *rule)
{
	buf_adds(b, ".It Sy ");
	buf_adds(b, rule->slug);
	buf_adds(b, "\n.Pq ");
	buf_adds(b, level_name(rule->level));
	if (str_of(rule->alias).n > 0) {
		buf_adds(b, " , ");
		buf_adds(b, rule->alias);
	}
	buf_addc(b, '\n');
	paragraph(b, rule->sentence);
	if (str_of(rule->explanation).n > 0) {
		buf_adds(b, ".Pp\n");
		paragraph(b, rule->explanation);
	}
	if (str_of(rule->remedy).n > 0) {
		buf_adds(b, ".Pp\nRemedy");
		if (rule->who == WHO_PROVIDER)
			buf_adds(b, " (for your provider)");
		else if (rule->who == WHO_RECIPIENT)
			buf_adds(b, " (for the recipient)");
		buf_adds(b, ":\n");
		paragraph(b, rule->remedy);
	}
	if (str_of(rule->reference).n > 0) {
		buf_adds(b, ".Pp\nSee\n");
		paragraph(b, rule->reference);
	}
}

static void
frame(struct buf *b)
{
	buf_adds(b, ".Dd " PAGE_DATE "\n"
		    ".Dt MAILVET-RULES 7\n"
		    ".Os\n"
		    ".Sh NAME\n"
		    ".Nm mailvet-rules\n"
		    ".Nd what mailvet can find\n"
		    ".Sh DESCRIPTION\n"
		    "Every finding of\n"
		    ".Xr mailvet 1 ,\n"
		    "by check, with its level, the sentence that reports show, why it\n"
		    "matters, what to do, and where it is written.\n"
		    "A word in braces stands for a figure or a name of the case at hand.\n"
		    "The level can be changed with\n"
		    ".Fl \\-level ,\n"
		    "but that of what could not be checked.\n"
		    ".Pp\n"
		    "This page is made from the catalogue in the program.\n");
}

void
rules_mdoc(struct buf *b)
{
	const char *check = "";

	frame(b);
	for (size_t i = 0; i < RULE_COUNT; i++) {
		const struct rule *rule = rule_of((enum rule_id)i);

		if (strcmp(check, rule->check) != 0) {
			if (i > 0)
				buf_adds(b, ".El\n");
			check = rule->check;
			buf_adds(b, ".Sh ");
			check_name_add(b, check);
			buf_adds(b, "\n.Bl -tag -width Ds\n");
		}
		item(b, rule);
	}
	if (RULE_COUNT > 0)
		buf_adds(b, ".El\n");
	buf_adds(b, ".Sh SEE ALSO\n.Xr mailvet 1\n");
}
