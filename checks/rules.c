/* SPDX-License-Identifier: ISC */
/*
 * rules.c - the catalogue, put together from checks/rules/.
 */
#include "checks/rules.h"

#define RULE(id, ...) [RULE_##id] = { __VA_ARGS__ },
static const struct rule rules[] = {
#include "checks/rules/all.def"
};
#undef RULE

_Static_assert(ARRAY_LEN(rules) == RULE_COUNT, "one row for every rule_id");

const struct rule *
rule_of(enum rule_id id)
{
	return &rules[id];
}

bool
rule_is_called(const struct rule *rule, struct str text)
{
	struct str codes = str_of(rule->alias);

	if (str_ieq(text, str_of(rule->slug)))
		return true;
	for (size_t at = 0, end; at < codes.n && text.n <= codes.n; at = end + 1) {
		end = str_find(codes, at, ' ');
		if (str_ieq(text, str_sub(codes, at, end - at)))
			return true;
	}
	return false;
}

/* The first rule from index FROM on that TEXT names. */
static bool
find_from(struct str text, size_t from, enum rule_id *out)
{
	for (size_t i = from; i < ARRAY_LEN(rules); i++) {
		if (rule_is_called(&rules[i], text)) {
			*out = (enum rule_id)i;
			return true;
		}
	}
	return false;
}

bool
rule_find(struct str text, enum rule_id *out)
{
	return find_from(text, 0, out);
}

bool
rule_next(struct str text, enum rule_id *id)
{
	return find_from(text, (size_t)*id + 1, id);
}

const char *
level_name(enum rule_level l)
{
	static const char *const names[] = { "pass", "note", "warning", "unknown", "error" };

	return names[l];
}

const char *
affects_name(enum rule_affects a)
{
	static const char *const names[] = { "delivery", "inbound", "reports", "display",
		"hygiene" };

	return names[a];
}

const char *
who_name(enum rule_who w)
{
	static const char *const names[] = { "", "you", "provider", "recipient", "nobody" };

	return names[w];
}
