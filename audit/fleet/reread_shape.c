/* SPDX-License-Identifier: ISC */
/*
 * reread_shape.c - what a domain, a run and a report must look like: the
 * tables below say what report/schema.json says.
 *
 * Fields that the tables do not name pass, for a later version may write them;
 * but they too are made of nothing but objects, lists, text, whole numbers and
 * flags, under names of letters, digits and '_'.
 */
#include "audit/fleet/reread_shape.h"
#include "audit/fleet/reread.h"
#include <stdint.h>
#include "checks/core/addr.h"
#include "checks/core/civil.h"
#include "checks/core/name.h"
#include "checks/core/rr.h"
#include "report/json_report.h"

#define MAX_SLUG 64 /* ours have at most 40 */

/* Where we are, for messages. */
struct at {
	const struct at *up;
	const char *key; /* NULL: an index */
	size_t index;
};

#define LEVELS "error unknown warning note pass"
/* clang-format off */
static const struct field fields_counts[] = {
	{ .name = "error", .want = WANT_COUNT, .needed = true },
	{ .name = "unknown", .want = WANT_COUNT, .needed = true },
	{ .name = "warning", .want = WANT_COUNT, .needed = true },
	{ .name = "note", .want = WANT_COUNT, .needed = true },
	{ .name = "pass", .want = WANT_COUNT, .needed = true },
};
SHAPE(counts);
static const struct field fields_changed[] = {
	{ .name = "new", .want = WANT_COUNT, .needed = true },
	{ .name = "worse", .want = WANT_COUNT, .needed = true },
	{ .name = "kept", .want = WANT_COUNT, .needed = true },
	{ .name = "suppressed", .want = WANT_COUNT, .needed = true },
	{ .name = "fixed", .want = WANT_COUNT, .needed = true },
	{ .name = "unchanged", .want = WANT_COUNT, .needed = true },
};
SHAPE(changed);
static const struct field fields_summary[] = {
	{ .name = "error", .want = WANT_COUNT, .needed = true },
	{ .name = "unknown", .want = WANT_COUNT, .needed = true },
	{ .name = "warning", .want = WANT_COUNT, .needed = true },
	{ .name = "note", .want = WANT_COUNT, .needed = true },
	{ .name = "pass", .want = WANT_COUNT, .needed = true },
	{ .name = "domains", .want = WANT_COUNT, .needed = true },
	{ .name = "verdicts", .want = WANT_OBJECT, .needed = true, .shape = &shape_counts },
	{ .name = "change", .want = WANT_OBJECT, .shape = &shape_changed },
};
SHAPE(summary);
static const struct field fields_place[] = {
	{ .name = "name", .want = WANT_DOMAIN, .needed = true },
	{ .name = "type", .want = WANT_TYPE },
	{ .name = "text", .want = WANT_TEXT },
	{ .name = "offset", .want = WANT_COUNT },
	{ .name = "length", .want = WANT_COUNT },
	{ .name = "file", .want = WANT_TEXT },
	{ .name = "line", .want = WANT_PLACE },
	{ .name = "column", .want = WANT_PLACE },
	{ .name = "end_line", .want = WANT_PLACE },
	{ .name = "end_column", .want = WANT_PLACE },
};
SHAPE(place);
static const struct field fields_change[] = {
	{ .name = "action", .want = WANT_WORD, .needed = true, .words = "add remove replace" },
	{ .name = "name", .want = WANT_DOMAIN, .needed = true },
	{ .name = "type", .want = WANT_TYPE, .needed = true },
	{ .name = "ttl", .want = WANT_PLACE },
	{ .name = "old", .want = WANT_TEXT },
	{ .name = "new", .want = WANT_TEXT },
};
SHAPE(change);
static const struct field fields_remedy[] = {
	{ .name = "text", .want = WANT_TEXT },
	{ .name = "who", .want = WANT_WORD, .words = "you provider recipient nobody" },
	{ .name = "url", .want = WANT_TEXT },
	{ .name = "changes", .want = WANT_OBJECT, .list = true, .shape = &shape_change },
};
SHAPE(remedy);
static const struct field fields_reference[] = {
	{ .name = "title", .want = WANT_TEXT },
	{ .name = "url", .want = WANT_TEXT },
};
SHAPE(reference);
static const struct field fields_evidence[] = {
	{ .name = "question", .want = WANT_TEXT, .needed = true },
	{ .name = "status", .want = WANT_TEXT, .needed = true },
	{ .name = "cause", .want = WANT_TEXT },
	{ .name = "chain", .want = WANT_TEXT, .list = true },
	{ .name = "answer", .want = WANT_TEXT, .list = true },
	{ .name = "more", .want = WANT_COUNT },
	{ .name = "from", .want = WANT_TEXT },
	{ .name = "time", .want = WANT_TIME },
};
SHAPE(evidence);
static const struct field fields_waiver[] = {
	{ .name = "by", .want = WANT_WORD, .words = "baseline comment" },
	{ .name = "until", .want = WANT_TEXT },
	{ .name = "reason", .want = WANT_TEXT, .needed = true },
};
SHAPE(waiver);
static const struct field fields_finding[] = {
	{ .name = "id", .want = WANT_SLUG, .needed = true },
	{ .name = "level", .want = WANT_WORD, .needed = true, .words = LEVELS },
	{ .name = "change", .want = WANT_WORD, .words = "new worse kept suppressed" },
	{ .name = "subject", .want = WANT_TEXT, .needed = true },
	{ .name = "sender", .want = WANT_TEXT },
	{ .name = "place", .want = WANT_OBJECT, .shape = &shape_place },
	{ .name = "reason", .want = WANT_TEXT, .needed = true },
	{ .name = "arguments", .want = WANT_ARGUMENTS },
	{ .name = "affects", .want = WANT_WORD, .needed = true, .words = "delivery inbound reports display hygiene" },
	{ .name = "remedy", .want = WANT_OBJECT, .shape = &shape_remedy },
	{ .name = "reference", .want = WANT_OBJECT, .shape = &shape_reference },
	{ .name = "evidence", .want = WANT_OBJECT, .list = true, .shape = &shape_evidence },
	{ .name = "fingerprint", .want = WANT_HEX, .needed = true },
	{ .name = "waiver", .want = WANT_OBJECT, .shape = &shape_waiver },
};
SHAPE(finding);
static const struct shape shape_term;
static const struct field fields_term[] = {
	{ .name = "term", .want = WANT_TEXT, .needed = true },
	{ .name = "cost", .want = WANT_COUNT, .needed = true },
	{ .name = "cost_below", .want = WANT_COUNT, .needed = true },
	{ .name = "voids", .want = WANT_COUNT },
	{ .name = "dead", .want = WANT_TRUE },
	{ .name = "doubled", .want = WANT_TRUE },
	{ .name = "covered", .want = WANT_TRUE },
	{ .name = "unknown", .want = WANT_TRUE },
	{ .name = "record", .want = WANT_TEXT },
	{ .name = "terms", .want = WANT_OBJECT, .list = true, .shape = &shape_term },
	{ .name = "cut", .want = WANT_TRUE },
};
SHAPE(term);
static const struct field fields_spf[] = {
	{ .name = "record", .want = WANT_TEXT },
	{ .name = "lookups", .want = WANT_COUNT },
	{ .name = "void_lookups", .want = WANT_COUNT },
	{ .name = "at_least", .want = WANT_TRUE },
	{ .name = "tree", .want = WANT_OBJECT, .list = true, .shape = &shape_term },
	{ .name = "addresses", .want = WANT_TEXT, .list = true },
};
SHAPE(spf);
static const struct field fields_dkim[] = {
	{ .name = "domain", .want = WANT_DOMAIN, .needed = true },
	{ .name = "selector", .want = WANT_TEXT, .needed = true },
	{ .name = "provenance", .want = WANT_TEXT, .needed = true },
	{ .name = "state", .want = WANT_TEXT, .needed = true },
	{ .name = "key_type", .want = WANT_TEXT },
	{ .name = "bits", .want = WANT_COUNT },
	{ .name = "modulus", .want = WANT_HEX },
	{ .name = "target", .want = WANT_DOMAIN },
	{ .name = "chain", .want = WANT_TEXT, .list = true },
	{ .name = "provider", .want = WANT_TEXT },
	{ .name = "signer", .want = WANT_TEXT },
	{ .name = "record", .want = WANT_TEXT },
};
SHAPE(dkim);
static const struct field fields_dmarc[] = {
	{ .name = "state", .want = WANT_TEXT },
	{ .name = "record", .want = WANT_TEXT },
	{ .name = "domain", .want = WANT_TEXT },
	{ .name = "org_domain", .want = WANT_TEXT },
	{ .name = "org_psl", .want = WANT_TEXT },
	{ .name = "policy", .want = WANT_TEXT },
	{ .name = "tag", .want = WANT_TEXT },
	{ .name = "adkim", .want = WANT_TEXT },
	{ .name = "aspf", .want = WANT_TEXT },
	{ .name = "testing", .want = WANT_TRUE },
	{ .name = "rua", .want = WANT_TEXT, .list = true },
};
SHAPE(dmarc);
static const struct field fields_mx[] = {
	{ .name = "preference", .want = WANT_COUNT, .needed = true },
	{ .name = "host", .want = WANT_TEXT },
	{ .name = "addresses", .want = WANT_ADDRESS, .list = true, .needed = true },
	{ .name = "unknown", .want = WANT_TRUE },
};
SHAPE(mx);
static const struct field fields_ptr[] = {
	{ .name = "ip", .want = WANT_ADDRESS, .needed = true },
	{ .name = "names", .want = WANT_TEXT, .list = true, .needed = true },
	{ .name = "confirmed", .want = WANT_BOOL },
	{ .name = "unknown", .want = WANT_TRUE },
};
SHAPE(ptr);
static const struct field fields_mail_change_part[] = {
	{ .name = "part", .want = WANT_WORD, .needed = true, .words = "record-added record-removed record-void record-cured record-changed network-lost network-gained networks-lost networks-gained term-removed term-added tag-removed tag-added tag-changed figure key-added key-removed key-revoked key-replaced key-moved host-removed host-added host-moved" },
	{ .name = "what", .want = WANT_TEXT },
	{ .name = "was", .want = WANT_TEXT },
	{ .name = "is", .want = WANT_TEXT },
	{ .name = "way", .want = WANT_WORD, .words = "weaker stronger" },
	{ .name = "sender", .want = WANT_TEXT },
	{ .name = "ip", .want = WANT_TEXT },
	{ .name = "selector", .want = WANT_TEXT },
	{ .name = "unsure", .want = WANT_TRUE },
	{ .name = "count", .want = WANT_COUNT },
};
SHAPE(mail_change_part);
static const struct field fields_mail_change[] = {
	{ .name = "area", .want = WANT_WORD, .needed = true, .words = "spf dmarc dkim mx mta-sts tls-rpt" },
	{ .name = "owner", .want = WANT_TEXT, .needed = true },
	{ .name = "text", .want = WANT_TEXT, .needed = true },
	{ .name = "parts", .want = WANT_OBJECT, .list = true, .needed = true, .shape = &shape_mail_change_part },
};
SHAPE(mail_change);
static const struct field fields_facts[] = {
	{ .name = "spf", .want = WANT_OBJECT, .shape = &shape_spf },
	{ .name = "dkim", .want = WANT_OBJECT, .list = true, .shape = &shape_dkim },
	{ .name = "dmarc", .want = WANT_OBJECT, .shape = &shape_dmarc },
	{ .name = "mx", .want = WANT_OBJECT, .list = true, .shape = &shape_mx },
	{ .name = "null_mx", .want = WANT_TRUE },
	{ .name = "implicit_mx", .want = WANT_TRUE },
	{ .name = "ptr", .want = WANT_OBJECT, .list = true, .shape = &shape_ptr },
	{ .name = "changes", .want = WANT_OBJECT, .list = true, .shape = &shape_mail_change },
};
SHAPE(facts);
static const struct field fields_domain[] = {
	{ .name = "domain", .want = WANT_DOMAIN },
	{ .name = "addresses", .want = WANT_ADDRESS, .list = true },
	{ .name = "verdict", .want = WANT_WORD, .needed = true, .words = LEVELS },
	{ .name = "findings", .want = WANT_OBJECT, .list = true, .needed = true, .shape = &shape_finding },
	{ .name = "suppressed", .want = WANT_OBJECT, .list = true, .shape = &shape_finding },
	{ .name = "fixed", .want = WANT_OBJECT, .list = true, .shape = &shape_finding },
	{ .name = "data", .want = WANT_TEXT, .list = true },
	{ .name = "not_provided", .want = WANT_TEXT, .list = true },
	{ .name = "facts", .want = WANT_OBJECT, .shape = &shape_facts },
	{ .name = "readiness", .want = WANT_OBJECT, .list = true, .shape = &shape_readiness },
	{ .name = "streams", .want = WANT_OBJECT, .list = true, .shape = &shape_stream },
	{ .name = "assumptions", .want = WANT_TEXT, .list = true },
};
SHAPE(domain);
static const struct field fields_run[] = {	/* in a json report */
	{ .name = "answers", .want = WANT_TEXT },
	{ .name = "offline", .want = WANT_TRUE },
	{ .name = "interrupted", .want = WANT_TRUE },
	{ .name = "findings", .want = WANT_OBJECT, .list = true, .needed = true, .shape = &shape_finding },
};
SHAPE(run);
static const struct field fields_run_line[] = {	/* in jsonl */
	{ .name = "schema", .want = WANT_SCHEMA, .needed = true },
	{ .name = "version", .want = WANT_TEXT, .needed = true },
	{ .name = "generated", .want = WANT_TIME, .needed = true },
	{ .name = "now", .want = WANT_TIME, .needed = true },
	{ .name = "answers", .want = WANT_TEXT },
	{ .name = "offline", .want = WANT_TRUE },
	{ .name = "interrupted", .want = WANT_TRUE },
	{ .name = "findings", .want = WANT_OBJECT, .list = true, .needed = true, .shape = &shape_finding },
	{ .name = "summary", .want = WANT_OBJECT, .needed = true, .shape = &shape_summary },
};
SHAPE(run_line);
static const struct field fields_end[] = {
	{ .name = "run", .want = WANT_OBJECT, .needed = true, .shape = &shape_run_line },
};
SHAPE(end);
static const struct field fields_report[] = {
	{ .name = "schema", .want = WANT_SCHEMA, .needed = true },
	{ .name = "version", .want = WANT_TEXT, .needed = true },
	{ .name = "generated", .want = WANT_TIME, .needed = true },
	{ .name = "now", .want = WANT_TIME, .needed = true },
	{ .name = "run", .want = WANT_OBJECT, .needed = true, .shape = &shape_run },
	{ .name = "summary", .want = WANT_OBJECT, .needed = true, .shape = &shape_summary },
};
SHAPE(report);
/* clang-format on */

/* "findings[3].place.line: " */
static void
add_path(struct buf *b, const struct at *at)
{
	if (at == NULL)
		return;
	add_path(b, at->up);
	if (at->key != NULL) {
		buf_adds(b, at->up != NULL && b->n > 0 ? "." : "");
		buf_adds(b, at->key);
	} else {
		buf_addc(b, '[');
		buf_addu(b, at->index);
		buf_addc(b, ']');
	}
}

static bool
fault(char *why, const struct at *at, const char *what)
{
	struct buf b;

	buf_init(&b, MAX_REREAD_WHY - 1);
	add_path(&b, at);
	if (b.n > 0)
		buf_adds(&b, ": ");
	buf_adds(&b, what);
	memcpy(why, b.p, b.n);
	why[b.n] = '\0';
	buf_free(&b);
	return false;
}

static struct str
text_of(json_t *v)
{
	return (struct str){ json_string_value(v), json_string_length(v) };
}

static bool
all_of(struct str s, const char *extra, bool letters)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_isdigit(s.p[i]) && !(letters && ascii_isalpha(s.p[i])) &&
		    (s.p[i] == '\0' || strchr(extra, s.p[i]) == NULL))
			return false;
	return s.n > 0;
}

static bool
is_word(struct str s, const char *words)
{
	struct str w = str_of(words);
	size_t pos = 0;

	while (pos < w.n) {
		size_t end = str_find(w, pos, ' ');

		if (str_eq(s, str_sub(w, pos, end - pos)))
			return true;
		pos = end + 1;
	}
	return false;
}

static const char *
text_fault(struct str s, const struct field *f)
{
	struct name name;
	struct addr addr;
	time_t t;

	switch (f->want) {
	case WANT_WORD:
		return is_word(s, f->words) ? NULL : "none of the words there are for it";
	case WANT_SLUG:
		return s.n <= MAX_SLUG && all_of(s, "abcdefghijklmnopqrstuvwxyz-", false)
			   ? NULL
			   : "no id of a finding";
	case WANT_HEX:
		return all_of(s, "abcdef", false) ? NULL : "hexadecimal digits are wanted";
	case WANT_DOMAIN:
		return name_parse(s, &name) == NAME_OK ? NULL : "a domain name is wanted";
	case WANT_TYPE:
		return type_parse(s) != 0 ? NULL : "a record type is wanted";
	case WANT_ADDRESS:
		return addr_parse(s, &addr) == ADDR_OK ? NULL : "an IP address is wanted";
	case WANT_SCHEMA:
		return str_eq(s, STR(REPORT_SCHEMA)) ? NULL
						     : "only " REPORT_SCHEMA " can be read here";
	case WANT_TIME:
		return time_parse(s, &t) ? NULL : "a time like 2026-11-21T10:00:00Z is wanted";
	default:
		return NULL;
	}
}

static const char *
number_fault(json_t *v, enum want want)
{
	json_int_t least = want == WANT_PLACE ? 1 : 0;

	if (!json_is_integer(v) || json_integer_value(v) < least ||
	    json_integer_value(v) > UINT32_MAX)
		return want == WANT_PLACE ? "a whole number from 1 on is wanted"
					  : "a whole number from 0 on is wanted";
	return NULL;
}

static const char *
arguments_fault(json_t *v)
{
	if (!json_is_object(v))
		return "an object is wanted";
	for (void *it = json_object_iter(v); it != NULL; it = json_object_iter_next(v, it)) {
		json_t *one = json_object_iter_value(it);

		if (!json_is_string(one) && !json_is_integer(one))
			return "text and whole numbers are wanted";
	}
	return NULL;
}

static bool is_shaped(json_t *o, const struct shape *shape, const struct at *at, char *why);

/* One value that F describes. */
static bool
is_good(json_t *v, const struct field *f, const struct at *at, char *why)
{
	const char *what = NULL;

	switch (f->want) {
	case WANT_OBJECT:
		return is_shaped(v, f->shape, at, why);
	case WANT_COUNT:
	case WANT_PLACE:
		what = number_fault(v, f->want);
		break;
	case WANT_TRUE:
		what = json_is_true(v) ? NULL : "true is wanted, or nothing";
		break;
	case WANT_BOOL:
		what = json_is_boolean(v) ? NULL : "true or false is wanted";
		break;
	case WANT_ARGUMENTS:
		what = arguments_fault(v);
		break;
	default:
		what = json_is_string(v) ? text_fault(text_of(v), f) : "text is wanted";
	}
	return what == NULL || fault(why, at, what);
}

static bool
is_good_list(json_t *v, const struct field *f, const struct at *at, char *why)
{
	struct at here = { .up = at };

	if (!json_is_array(v))
		return fault(why, at, "a list is wanted");
	for (; here.index < json_array_size(v); here.index++)
		if (!is_good(json_array_get(v, here.index), f, &here, why))
			return false;
	return true;
}

/* Recursion ends with O's containers, which is_plain() has counted. */
static bool
is_shaped(json_t *o, const struct shape *shape, const struct at *at, char *why)
{
	if (!json_is_object(o))
		return fault(why, at, "an object is wanted");
	for (size_t i = 0; i < shape->n; i++) {
		const struct field *f = &shape->fields[i];
		struct at here = { .up = at, .key = f->name };
		json_t *v = json_object_get(o, f->name);

		if (v == NULL && f->needed)
			return fault(why, &here, "is missing");
		if (v != NULL &&
		    !(f->list ? is_good_list(v, f, &here, why) : is_good(v, f, &here, why)))
			return false;
	}
	return true;
}

/* Whether reread_write() can write V: names, numbers, depth. */
static bool
is_plain(json_t *v, unsigned depth, char *why)
{
	if (depth > MAX_REREAD_DEPTH)
		return fault(why, NULL, "nested too deep");
	if (json_is_null(v) || json_is_real(v))
		return fault(why, NULL, "null and broken numbers are never written");
	for (void *it = json_object_iter(v); it != NULL; it = json_object_iter_next(v, it)) {
		const char *key = json_object_iter_key(it);

		if (strlen(key) > MAX_JSON_KEY || !all_of(str_of(key), "_-", true))
			return fault(why, NULL, "a member has a name that is never written");
		if (!is_plain(json_object_iter_value(it), depth + 1, why))
			return false;
	}
	for (size_t i = 0; i < json_array_size(v); i++)
		if (!is_plain(json_array_get(v, i), depth + 1, why))
			return false;
	return true;
}

/* Where the level KEY of O stands in order of weight. */
static size_t
weight(json_t *o, const char *key)
{
	static const char *const order[] = { "pass", "note", "warning", "unknown", "error" };
	struct str word = reread_text(o, key);
	size_t i = 0;

	while (i + 1 < ARRAY_LEN(order) && !str_eq(word, str_of(order[i])))
		i++;
	return i;
}

#define WEIGHT_UNKNOWN 3

/* The verdict is the worst of the findings; unknown only counts where it is needed. */
static bool
is_verdict_true(json_t *o, char *why)
{
	json_t *list = json_object_get(o, "findings");
	size_t verdict = weight(o, "verdict"), worst = 0;
	bool any_unknown = false;

	for (size_t i = 0; i < json_array_size(list); i++) {
		size_t w = weight(json_array_get(list, i), "level");

		if (w == WEIGHT_UNKNOWN)
			any_unknown = true;
		else if (w > worst)
			worst = w;
	}
	if (verdict == worst || (verdict == WEIGHT_UNKNOWN && any_unknown && worst < verdict))
		return true;
	return fault(why, NULL, "the verdict is not that of the findings");
}

bool
reread_is_domain(json_t *o, char *why)
{
	if (!is_plain(o, 1, why) || !is_shaped(o, &shape_domain, NULL, why))
		return false;
	if (json_object_get(o, "message") != NULL)
		return fault(why, NULL, "it is about a message, not about a domain");
	if ((json_object_get(o, "domain") != NULL) == (json_object_get(o, "addresses") != NULL))
		return fault(why, NULL, "either \"domain\" or \"addresses\" is wanted");
	if (json_object_get(o, "domain") == NULL &&
	    json_array_size(json_object_get(o, "addresses")) == 0)
		return fault(why, NULL, "\"addresses\" is empty");
	return is_verdict_true(o, why);
}

bool
reread_is_end(json_t *o, char *why)
{
	return is_plain(o, 1, why) && is_shaped(o, &shape_end, NULL, why);
}

bool
reread_is_report(json_t *o, char *why)
{
	if (!is_shaped(o, &shape_report, NULL, why) || !is_plain(json_object_get(o, "run"), 1, why))
		return false;
	return json_is_array(json_object_get(o, "domains")) ||
	       fault(why, NULL, "domains: a list is wanted");
}

struct str
reread_text(json_t *o, const char *key)
{
	json_t *v = json_object_get(o, key);

	return json_is_string(v) ? text_of(v) : (struct str){ "", 0 };
}

void
reread_write(struct json *j, json_t *v)
{
	if (json_is_object(v)) {
		json_open(j, '{');
		for (void *it = json_object_iter(v); it != NULL;
		     it = json_object_iter_next(v, it)) {
			json_key(j, json_object_iter_key(it));
			reread_write(j, json_object_iter_value(it));
		}
		json_close(j, '}');
	} else if (json_is_array(v)) {
		json_open(j, '[');
		for (size_t i = 0; i < json_array_size(v); i++)
			reread_write(j, json_array_get(v, i));
		json_close(j, ']');
	} else if (json_is_string(v)) {
		json_str(j, text_of(v));
	} else if (json_is_integer(v)) {
		json_int(j, json_integer_value(v));
	} else {
		json_bool(j, json_is_true(v));
	}
}
