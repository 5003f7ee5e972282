/* SPDX-License-Identifier: ISC */
/*
 * configlists.c - which block lists are asked, and what bounces are measured by.
 */
#include "audit/config/configkeys.h"
#include "audit/config/configvalue.h"
#include "audit/config/nearest.h"

#define MAX_KEY 63 /* bytes: one label or a few; those in use have 26 and 32 */
#define MAX_DAYS 3650
#define MAX_COUNT 1000000000

/* The list of the built-in catalogue whose zone is ZONE; NULL when there is none. */
static const struct dnsbl_list *
find_list(struct str zone)
{
	for (size_t i = 0; i < n_dnsbl_lists; i++)
		if (str_ieq(zone, str_of(dnsbl_lists[i].zone)))
			return &dnsbl_lists[i];
	return NULL;
}

static const char *
no_such_list(const struct value *v, struct str typed)
{
	struct nearest near;
	const char *out = "a list that mailvet does not know (--dnsbl-zones takes others)";

	if (v->fs->n == MAX_FAULTS)
		return out; /* it is only counted */
	nearest_init(&near, typed);
	for (size_t i = 0; i < n_dnsbl_lists; i++)
		nearest_try(&near, str_of(dnsbl_lists[i].zone));
	return nearest_meant(&near, v->a, "there is no such list", out);
}

static const char *
list_ask(struct value *v, void *into)
{
	struct config *c = into;
	const struct dnsbl_list *l = find_list(v->text);

	if (l == NULL)
		return no_such_list(v, v->text);
	if (l->state == LIST_DEAD)
		return "this list has closed: nobody must ask it";
	if (l->state == LIST_UNKNOWN)
		return "nobody knows whether this list works: it is not asked";
	for (size_t i = 0; i < c->n_ask; i++)
		if (c->ask[i] == l)
			return "stands here twice";
	arena_grow(v->a, &c->ask, c->n_ask, &c->cap_ask, sizeof(*c->ask));
	c->ask[c->n_ask++] = l;
	return NULL;
}

/* No fault says what stands in the value: it is a secret. */
static const char *
list_key(struct value *v, void *into)
{
	struct config *c = into;
	const struct dnsbl_list *l = find_list(v->key);
	struct list_key k = { .key = v->text };
	struct name probe;

	if (l == NULL || l->state != LIST_KEYED) {
		v->at = v->key_at;
		return l == NULL ? no_such_list(v, v->key) : "the name of this list holds no key";
	}
	if (v->text.n > MAX_KEY || name_parse_raw(v->text, &probe) != NAME_OK ||
	    !name_is_hostname(&probe, true))
		return "the key is letters, digits and '-', at most 63";
	arena_grow(v->a, &c->keys, c->n_keys, &c->cap_keys, sizeof(*c->keys));
	(void)name_parse(str_of(l->zone), &k.zone);
	c->keys[c->n_keys++] = k;
	return NULL;
}

/* clang-format off */
static const struct schema_key lists_keys[] = {
	{ .name = "ask", .shape = KEY_WORDS, .want = "the zone of a list", .about = "in place of the default ones",
	  .set = list_ask },
	{ .name = "keys", .shape = KEY_TABLE, .secret = true, .want = "a key", .about = "by zone, of lists whose name holds one",
	  .set = list_key },
};
const struct schema lists_schema = { .what = "lists", .keys = lists_keys, .n = ARRAY_LEN(lists_keys) };
/* clang-format on */

void
thresholds_default(struct bounce_limits *b)
{
	*b = (struct bounce_limits){ .hard_warn = 200,
		.hard_act = 500,
		.hard_stop = 1000,
		.soft_warn = 500,
		.attempts = 100,
		.soft_days = 5,
		.soft_attempts = 3,
		.soft_hours = 72,
		.soft_in_a_row = 7 };
}

/* "2", "2.5" or "2.25", with or without a percent sign, in hundredths of a percent. */
static const char *
value_rate(const struct value *v, uint32_t *out)
{
	struct str s = v->text, part;
	uint32_t whole, tail = 0;
	size_t dot;

	if (s.n > 0 && s.p[s.n - 1] == '%')
		s = str_trim(str_sub(s, 0, s.n - 1));
	dot = str_find(s, 0, '.');
	part = str_sub(s, dot + 1, s.n);
	if (!parse_u32(str_sub(s, 0, dot), 100, &whole) ||
	    (dot < s.n && (part.n > 2 || !parse_u32(part, 99, &tail))))
		return "percent are wanted, like 2 or 2.5 %";
	*out = whole * 100 + (part.n == 1 ? tail * 10 : tail);
	return *out > 0 && *out <= MAX_RATE ? NULL
					    : "more than 0 and at most 100 percent is wanted";
}

#define LIMIT(field) (&((struct config *)into)->bounces.field)

static const char *
hard_warn(struct value *v, void *into)
{
	return value_rate(v, LIMIT(hard_warn));
}

static const char *
hard_act(struct value *v, void *into)
{
	return value_rate(v, LIMIT(hard_act));
}

static const char *
hard_stop(struct value *v, void *into)
{
	return value_rate(v, LIMIT(hard_stop));
}

static void
hard_close(struct value *v, void *into)
{
	const struct bounce_limits *b = &((struct config *)into)->bounces;

	if (b->hard_warn > b->hard_act || b->hard_act > b->hard_stop)
		fault_add(v->fs, v->at, "hard: warn, act and stop are wanted in rising order");
}

static const char *
soft_warn(struct value *v, void *into)
{
	return value_rate(v, LIMIT(soft_warn));
}

static const char *
attempts(struct value *v, void *into)
{
	return value_number(v, MAX_COUNT, LIMIT(attempts));
}

static const char *
soft_days(struct value *v, void *into)
{
	return value_number(v, MAX_DAYS, LIMIT(soft_days));
}

static const char *
soft_attempts(struct value *v, void *into)
{
	return value_number(v, MAX_COUNT, LIMIT(soft_attempts));
}

static const char *
soft_hours(struct value *v, void *into)
{
	return value_number(v, MAX_DAYS * 24, LIMIT(soft_hours));
}

static const char *
soft_in_a_row(struct value *v, void *into)
{
	return value_number(v, MAX_COUNT, LIMIT(soft_in_a_row));
}

/* clang-format off */
static const struct schema_key hard_keys[] = {
	{ .name = "warn", .want = "percent", .about = "(2 %)", .set = hard_warn },
	{ .name = "act", .want = "percent", .about = "(5 %)", .set = hard_act },
	{ .name = "stop", .want = "percent", .about = "(10 %)", .set = hard_stop },
};
static const struct schema hard_schema = {
	.what = "hard", .keys = hard_keys, .n = ARRAY_LEN(hard_keys), .close = hard_close
};
static const struct schema_key permanent_keys[] = {
	{ .name = "days", .want = "a number", .about = "so long deferred (5)", .set = soft_days },
	{ .name = "attempts", .want = "a number", .about = "so many attempts (3)", .set = soft_attempts },
	{ .name = "hours", .want = "a number", .about = "within so many hours (72)", .set = soft_hours },
	{ .name = "in-a-row", .want = "a number", .about = "so many messages to one address (7)", .set = soft_in_a_row },
};
static const struct schema permanent_schema = {
	.what = "permanent", .keys = permanent_keys, .n = ARRAY_LEN(permanent_keys)
};
static const struct schema_key thresholds_keys[] = {
	{ .name = "hard", .shape = KEY_MAP, .want = "a mapping", .about = "refused for good, of all attempts",
	  .below = &hard_schema },
	{ .name = "soft", .want = "percent", .about = "deferred, of all attempts (5 %)", .set = soft_warn },
	{ .name = "attempts", .want = "a number", .about = "under so many no rate is told (100)", .set = attempts },
	{ .name = "permanent", .shape = KEY_MAP, .want = "a mapping", .about = "when a deferral counts as refused for good",
	  .below = &permanent_schema },
};
const struct schema thresholds_schema = {
	.what = "thresholds", .keys = thresholds_keys, .n = ARRAY_LEN(thresholds_keys)
};
/* clang-format on */
