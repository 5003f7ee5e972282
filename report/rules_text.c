/* SPDX-License-Identifier: ISC */
/*
 * rules_text.c - the catalogue as text and as JSON.
 */
#include "report/rules_text.h"
#include "report/json.h"
#include "report/text.h"

#define COLUMN_SLUG 11  /* behind the widest level */
#define COLUMN_TITLE 42 /* slugs in use are shorter than 30 */
#define COLUMN_VALUE 13

static void
fill_to(struct ink *k, unsigned column)
{
	do
		ink_adds(k, " ");
	while (k->col < column);
}

static void
list_line(struct ink *k, const struct rule *rule)
{
	ink_begin(k, INDENT, COLUMN_TITLE);
	ink_paint(k, level_paint(rule->level));
	ink_adds(k, level_name(rule->level));
	ink_plain(k);
	fill_to(k, COLUMN_SLUG);
	ink_adds(k, rule->slug);
	fill_to(k, COLUMN_TITLE - 1);
	ink_words(k, str_of(rule->title));
	ink_end(k);
}

void
rules_list(struct buf *b, const struct report_style *style)
{
	const char *check = "";
	struct ink k;

	ink_init(&k, b, style);
	for (size_t i = 0; i < RULE_COUNT; i++) {
		const struct rule *rule = rule_of((enum rule_id)i);

		if (strcmp(check, rule->check) != 0) {
			if (i > 0)
				ink_end(&k);
			check = rule->check;
			ink_paint(&k, PAINT_STRONG);
			ink_adds(&k, check);
			ink_plain(&k);
			ink_end(&k);
		}
		list_line(&k, rule);
	}
}

/* "  Label:    words"; nothing for no words. */
static void
value(struct ink *k, const char *name, const char *words)
{
	if (str_of(words).n == 0)
		return;
	ink_begin(k, INDENT, COLUMN_VALUE);
	ink_paint(k, PAINT_DIM);
	ink_adds(k, name);
	ink_adds(k, ":");
	ink_plain(k);
	fill_to(k, COLUMN_VALUE - 1);
	ink_words(k, str_of(words));
	ink_end(k);
}

void
rules_one(struct buf *b, enum rule_id id, const struct report_style *style)
{
	const struct rule *rule = rule_of(id);
	struct ink k;

	ink_init(&k, b, style);
	ink_paint(&k, level_paint(rule->level));
	ink_adds(&k, level_name(rule->level));
	ink_adds(&k, "[");
	ink_adds(&k, rule->slug);
	ink_adds(&k, "]:");
	ink_plain(&k);
	ink_words(&k, str_of(rule->title));
	ink_end(&k);
	value(&k, "says", rule->sentence);
	value(&k, "why", rule->explanation);
	value(&k, "remedy", rule->remedy);
	value(&k, "acts", who_name(rule->who));
	value(&k, "check", rule->check);
	value(&k, "affects", affects_name(rule->affects));
	value(&k, "code", rule->alias);
	if (rule->level == LEVEL_UNKNOWN)
		value(&k, "exit", rule->needed ? "3 when nothing worse was found" : "no effect");
	value(&k, "see", rule->reference);
	value(&k, "", rule->url);
}

/* The words of LIST, which are separated by single blanks, as an array. */
static void
words_json(struct json *j, const char *key, const char *list)
{
	struct str s = str_of(list);
	size_t at = 0;

	if (s.n == 0)
		return;
	json_key(j, key);
	json_open(j, '[');
	while (at < s.n) {
		size_t end = str_find(s, at, ' ');

		json_str(j, str_sub(s, at, end - at));
		at = end + 1;
	}
	json_close(j, ']');
}

static void
one_json(struct json *j, const struct rule *rule)
{
	json_open(j, '{');
	json_member(j, "id", rule->slug);
	json_member(j, "alias", rule->alias);
	json_member(j, "check", rule->check);
	json_member(j, "level", level_name(rule->level));
	json_member(j, "affects", affects_name(rule->affects));
	json_member_flag(j, "needed", rule->needed);
	json_member_flag(j, "run", rule->run);
	json_member(j, "title", rule->title);
	json_member(j, "sentence", rule->sentence);
	json_member(j, "remedy", rule->remedy);
	json_member(j, "who", who_name(rule->who));
	json_member(j, "explanation", rule->explanation);
	if (str_of(rule->reference).n > 0) {
		json_key(j, "reference");
		json_open(j, '{');
		json_member(j, "title", rule->reference);
		json_member(j, "url", rule->url);
		json_close(j, '}');
	}
	words_json(j, "keys", rule->keys);
	json_member(j, "figure", rule->figure);
	json_close(j, '}');
}

void
rules_json(struct buf *b, const enum rule_id *ids, size_t n)
{
	struct json j;

	json_init(&j, b, true);
	json_open(&j, '[');
	for (size_t i = 0; i < n; i++)
		one_json(&j, rule_of(ids[i]));
	json_close(&j, ']');
	buf_addc(b, '\n');
}
