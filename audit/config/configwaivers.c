/* SPDX-License-Identifier: ISC */
/*
 * configwaivers.c - levels by rule, and waivers.
 */
#include "audit/config/configkeys.h"
#include "audit/config/configvalue.h"
#include "audit/config/nearest.h"
#include "audit/profile.h"
#include "checks/core/civil.h"

#define DAY_S 86400

/* Words that name a rule there is, near V's key or text; static otherwise. */
static const char *
no_such_rule(const struct value *v, struct str typed)
{
	struct nearest near;
	const char *out = "there is no such rule (see mailvet rules)";

	if (v->fs->n == MAX_FAULTS)
		return out; /* it is only counted */
	nearest_init(&near, typed);
	for (size_t i = 0; i < RULE_COUNT; i++)
		nearest_try(&near, str_of(rule_of((enum rule_id)i)->slug));
	return nearest_meant(&near, v->a, "there is no such rule", out);
}

const char *
level_entry(struct value *v, void *into)
{
	struct config *c = into;
	enum rule_id unused;

	if (!rule_find(v->key, &unused)) {
		v->at = v->key_at;
		return no_such_rule(v, v->key);
	}
	return level_override(c->level, v->key, v->text);
}

void *
waiver_open(void *into, struct arena *a)
{
	struct config *c = into;

	arena_grow(a, &c->waivers, c->n_waivers, &c->cap_waivers, sizeof(*c->waivers));
	arena_grow(a, &c->waivers_at, c->n_waivers, &c->cap_waivers_at, sizeof(*c->waivers_at));
	return &c->waivers[c->n_waivers++];
}

static const char *
waiver_rule(struct value *v, void *into)
{
	enum rule_id id;

	if (!rule_find(v->text, &id))
		return no_such_rule(v, v->text);
	((struct waiver *)into)->rule = v->text;
	return rule_of(id)->run ? "is told of the run, not of a domain, and cannot be waived"
	       : rule_of(id)->level == LEVEL_PASS
		   ? "says that all is well: there is nothing to waive"
		   : NULL;
}

static const char *
waiver_domain(struct value *v, void *into)
{
	struct waiver *w = into;
	struct value rest = *v;
	struct config *c = v->config;

	c->waivers_at[c->n_waivers - 1].domain = v->at;
	w->below = str_has_prefix(v->text, STR("*."));
	if (w->below)
		rest.text = str_sub(v->text, 2, v->text.n);
	return value_name(&rest, &w->domain);
}

static const char *
waiver_fingerprint(struct value *v, void *into)
{
	struct waiver *w = into;

	if (v->text.n != sizeof(w->fingerprint) - 1)
		return "16 hexadecimal digits are wanted, as a JSON report has them";
	for (size_t i = 0; i < v->text.n; i++) {
		char c = v->text.p[i];

		if (!ascii_isdigit(c) && (c < 'a' || c > 'f'))
			return "16 hexadecimal digits are wanted, as a JSON report has them";
		w->fingerprint[i] = c;
	}
	return NULL;
}

/* RFC 3339 full-date; the day itself is still covered. */
static const char *
waiver_until(struct value *v, void *into)
{
	struct config *c = v->config;
	time_t t;

	c->waivers_at[c->n_waivers - 1].until = v->at;
	if (v->text.n != sizeof("2026-11-21") - 1 || !time_parse(v->text, &t))
		return "a day like 2027-03-31 is wanted";
	((struct waiver *)into)->until = t + DAY_S - 1;
	return NULL;
}

static const char *
waiver_reason(struct value *v, void *into)
{
	((struct waiver *)into)->reason = v->text;
	return str_trim(v->text).n > 0 ? NULL : "why it is accepted is wanted";
}

/* clang-format off */
static const struct schema_key waiver_keys[] = {
	{ .name = "rule", .needed = true, .want = "the name of a rule", .about = "as reports show it in brackets",
	  .set = waiver_rule },
	{ .name = "domain", .needed = true, .want = "a domain name or *.DOMAIN",
	  .about = "where it is accepted; *. is all names below", .set = waiver_domain },
	{ .name = "fingerprint", .want = "16 hexadecimal digits", .about = "only this finding of the rule",
	  .set = waiver_fingerprint },
	{ .name = "until", .needed = true, .want = "a day like 2027-03-31", .about = "the last one it is accepted",
	  .set = waiver_until },
	{ .name = "reason", .needed = true, .want = "a sentence", .about = "stands in reports", .set = waiver_reason },
};
const struct schema waiver_schema = {
	.what = "a waiver", .keys = waiver_keys, .n = ARRAY_LEN(waiver_keys)
};
/* clang-format on */
