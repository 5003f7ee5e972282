/* SPDX-License-Identifier: ISC */
/*
 * told.c - from JSON that was checked to plain structs.
 */
#include "audit/fleet/told.h"
#include "checks/core/name.h"

#define MAX_WHERE ((size_t)64 << 10)

enum rule_level
told_level(struct str text)
{
	for (int l = LEVEL_PASS; l < LEVEL_ERROR; l++)
		if (str_eq(text, str_of(level_name((enum rule_level)l))))
			return (enum rule_level)l;
	return LEVEL_ERROR;
}

struct str
told_label(struct arena *a, json_t *o)
{
	struct str text = reread_text(o, "domain");
	struct name name;
	json_t *list = json_object_get(o, "addresses");
	struct buf b;

	if (text.n > 0 && name_parse(text, &name) == NAME_OK)
		return name_text(a, &name);
	buf_init(&b, MAX_WHERE);
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (i > 0)
			buf_addc(&b, ' ');
		buf_adds(&b, json_string_value(json_array_get(list, i)));
	}
	text = arena_str(a, buf_str(&b));
	buf_free(&b);
	return text;
}

/* "example.com TXT (zones/example.com:12:34)" */
static struct str
where(struct arena *a, json_t *place)
{
	struct str out, file = reread_text(place, "file");
	struct buf b;

	if (place == NULL)
		return (struct str){ "", 0 };
	buf_init(&b, MAX_WHERE);
	buf_add(&b, reread_text(place, "name"));
	if (reread_text(place, "type").n > 0)
		buf_addc(&b, ' ');
	buf_add(&b, reread_text(place, "type"));
	if (file.n > 0) {
		buf_adds(&b, " (");
		buf_add(&b, file);
		buf_addc(&b, ':');
		buf_addu(&b, (uint64_t)json_integer_value(json_object_get(place, "line")));
		buf_addc(&b, ':');
		buf_addu(&b, (uint64_t)json_integer_value(json_object_get(place, "column")));
		buf_addc(&b, ')');
	}
	out = arena_str(a, buf_str(&b));
	buf_free(&b);
	return out;
}

/* What \DDD and \\ in TEXT stand for, in memory of A. */
static struct str
unescaped(struct arena *a, struct str text)
{
	char *out = arena_alloc(a, text.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		uint32_t byte;

		out[n] = text.p[i];
		if (text.p[i] == '\\' && i + 3 < text.n &&
		    parse_u32(str_sub(text, i + 1, 3), 255, &byte)) {
			out[n] = (char)(uint8_t)byte;
			i += 3;
		} else if (text.p[i] == '\\' && i + 1 < text.n) {
			out[n] = text.p[++i];
		}
		n++;
	}
	return (struct str){ out, n };
}

static void
place_read(struct arena *a, json_t *o, struct place *out)
{
	*out = (struct place){ .type = type_parse(reread_text(o, "type")),
		.text = unescaped(a, reread_text(o, "text")),
		.offset = (size_t)json_integer_value(json_object_get(o, "offset")),
		.length = (size_t)json_integer_value(json_object_get(o, "length")) };
	if (o == NULL || name_parse(reread_text(o, "name"), &out->name) != NAME_OK)
		out->name.n = 0;
	if (out->offset > out->text.n || out->length > out->text.n - out->offset)
		out->offset = out->length = 0; /* it was redacted, or is not ours */
	else if (out->length == out->text.n)
		out->length = 0; /* all of it: no part is meant */
}

static size_t
changes_read(struct arena *a, json_t *list, const struct change **out)
{
	struct change *c = arena_array(a, json_array_size(list) + 1, sizeof(*c));

	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *o = json_array_get(list, i);
		struct str action = reread_text(o, "action");

		c[i] = (struct change){ .action = str_eq(action, STR("add"))      ? CHANGE_ADD
						  : str_eq(action, STR("remove")) ? CHANGE_REMOVE
										  : CHANGE_REPLACE,
			.type = type_parse(reread_text(o, "type")),
			.ttl_s = (uint32_t)json_integer_value(json_object_get(o, "ttl")),
			.old = reread_text(o, "old"),
			.new = reread_text(o, "new") };
		if (name_parse(reread_text(o, "name"), &c[i].name) != NAME_OK)
			c[i].name = (struct name){ .n = 1 };
	}
	*out = c;
	return json_array_size(list);
}

static enum rule_who
who_read(struct str word)
{
	for (int w = WHO_YOU; w <= WHO_NOBODY; w++)
		if (str_eq(word, str_of(who_name((enum rule_who)w))))
			return (enum rule_who)w;
	return WHO_UNSET;
}

static void
finding_read(struct arena *a, json_t *o, struct told_finding *out)
{
	json_t *remedy = json_object_get(o, "remedy"), *place = json_object_get(o, "place");

	*out = (struct told_finding){ .id = reread_text(o, "id"),
		.level = told_level(reread_text(o, "level")),
		.reason = reread_text(o, "reason"),
		.where = where(a, place),
		.remedy = reread_text(remedy, "text"),
		.url = reread_text(remedy, "url"),
		.reference = reread_text(json_object_get(o, "reference"), "title"),
		.who = who_read(reread_text(remedy, "who")) };
	place_read(a, place, &out->place);
	out->n_changes = changes_read(a, json_object_get(remedy, "changes"), &out->changes);
}

size_t
told_findings(struct arena *a, json_t *list, const struct told_finding **out)
{
	struct told_finding *f = arena_array(a, json_array_size(list) + 1, sizeof(*f));

	for (size_t i = 0; i < json_array_size(list); i++)
		finding_read(a, json_array_get(list, i), &f[i]);
	*out = f;
	return json_array_size(list);
}

void
told_domain(struct arena *a, json_t *o, struct told_domain *out)
{
	*out = (struct told_domain){ .label = told_label(a, o),
		.verdict = told_level(reread_text(o, "verdict")) };
	out->n_findings = told_findings(a, json_object_get(o, "findings"), &out->findings);
	for (size_t i = 0; i < out->n_findings; i++)
		out->count[out->findings[i].level]++;
}
