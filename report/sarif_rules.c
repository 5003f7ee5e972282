/* SPDX-License-Identifier: ISC */
/*
 * sarif_rules.c - the rules of a SARIF log: what GitHub shows beside an alert.
 */
#include "report/sarif.h"

/* The text of the catalogue is ours; a rule without an explanation has its title. */
static void
help_json(struct json *j, const struct rule *rule, struct str words)
{
	struct buf b;

	buf_init(&b, MAX_TOLD);
	buf_add(&b, words);
	if (str_of(rule->reference).n > 0) {
		buf_adds(&b, "\n\nSee ");
		buf_adds(&b, rule->reference);
		buf_addc(&b, '.');
	}
	json_key(j, "help");
	json_open(j, '{');
	json_key(j, "text");
	json_str(j, buf_str(&b));
	if (str_of(rule->url).n > 0 && str_of(rule->reference).n > 0) {
		buf_reset(&b);
		buf_add(&b, words);
		buf_adds(&b, "\n\nSee [");
		buf_adds(&b, rule->reference);
		buf_adds(&b, "](");
		buf_adds(&b, rule->url);
		buf_adds(&b, ").");
		json_key(j, "markdown");
		json_str(j, buf_str(&b));
	}
	json_close(j, '}');
	buf_free(&b);
}

static const char *
rule_level_word(const struct rule *rule)
{
	return rule->level == LEVEL_ERROR ? "error"
	       : rule->level == LEVEL_WARNING || (rule->level == LEVEL_UNKNOWN && rule->needed)
		   ? "warning"
		   : "note";
}

static void
properties_json(struct json *j, const struct rule *rule)
{
	json_key(j, "properties");
	json_open(j, '{');
	json_key(j, "tags");
	json_open(j, '[');
	json_str(j, STR("mail"));
	json_str(j, str_of(rule->check));
	json_str(j, str_of(affects_name(rule->affects)));
	json_close(j, ']');
	json_member(j, "precision", rule->level == LEVEL_UNKNOWN ? "medium" : "very-high");
	json_member(j, "problem.severity",
	    rule->level == LEVEL_ERROR     ? "error"
	    : rule->level == LEVEL_WARNING ? "warning"
					   : "recommendation");
	json_close(j, '}');
}

static void
rule_json(struct json *j, const struct rule *rule)
{
	struct str words = str_of(rule->explanation);

	if (words.n == 0)
		words = str_of(rule->title);
	json_open(j, '{');
	json_member(j, "id", rule->slug);
	json_member(j, "name", rule->slug);
	sarif_text_json(j, "shortDescription", str_of(rule->title));
	sarif_text_json(j, "fullDescription", words);
	help_json(j, rule, words);
	json_member(j, "helpUri", rule->url);
	json_key(j, "defaultConfiguration");
	json_open(j, '{');
	json_member(j, "level", rule_level_word(rule));
	json_close(j, '}');
	properties_json(j, rule);
	json_close(j, '}');
}

void
sarif_tool_json(struct json *j, const struct sarif_state *st, const char *version)
{
	uint16_t by_index[RULE_COUNT];

	for (size_t id = 0; id < RULE_COUNT; id++)
		if (st->index[id] > 0)
			by_index[st->index[id] - 1] = (uint16_t)id;
	json_key(j, "tool");
	json_open(j, '{');
	json_key(j, "driver");
	json_open(j, '{');
	json_member(j, "name", "mailvet");
	json_member(j, "version", version);
	json_key(j, "rules");
	json_open(j, '[');
	for (size_t i = 0; i < st->n_rules; i++)
		rule_json(j, rule_of((enum rule_id)by_index[i]));
	json_close(j, ']');
	json_close(j, '}');
	json_close(j, '}');
}
