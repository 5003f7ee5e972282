/* SPDX-License-Identifier: ISC */
/*
 * test_dmarc_treewalk.c - policy discovery and organizational domains (RFC
 * 9989 section 4.10): rows of our own, and all cases of the suite
 * dmarc-treewalk where it lies beside the source.
 *
 * Exit 77 = the suite is not there; the rows have passed then.
 */
#include "checks/dmarc_policy.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <jansson.h>
#include "checks/alignment.h"
#include "tests/tinyzone.h"

static bool suite_missing;

/* Policy after t=y, as the suite tells it; "-" = no DMARC. */
static const char *
outcome(const struct dmarc_policy *p)
{
	if (p->state == DMARC_UNKNOWN)
		return "?";
	if (p->state != DMARC_APPLIES)
		return "-";
	return dmarc_word_name(p->applied->record->testing ? dmarc_word_testing(p->word) : p->word);
}

static const struct {
	const char *name, *author, *zone;
	const char *at, *policy, *tag, *org; /* AT and ORG: "" = none */
} rows[] = {
	{ "own", "example.com", "_dmarc.example.com TXT v=DMARC1; p=reject", "example.com",
	    "reject", "p", "example.com" },
	{ "never the nearest parent", "a.b.example.com",
	    "a.b.example.com A 192.0.2.1\n_dmarc.b.example.com TXT v=DMARC1; p=reject\n"
	    "_dmarc.example.com TXT v=DMARC1; p=none",
	    "example.com", "none", "p", "example.com" },
	{ "the public suffix comes last", "bank.example",
	    "_dmarc.example TXT v=DMARC1; p=reject; psd=y", "example", "reject", "p",
	    "bank.example" },
	{ "a failure below hides", "a.example.com",
	    "_dmarc.a.example.com FAIL\n_dmarc.example.com TXT v=DMARC1; p=none", "", "?", "", "" },
	{ "a failure above own hides the organization only", "a.example.com",
	    "_dmarc.example.com FAIL\n_dmarc.a.example.com TXT v=DMARC1; p=reject", "a.example.com",
	    "reject", "p", "" },
	{ "a failure at the suffix hides nothing", "example.com",
	    "_dmarc.com FAIL\n_dmarc.example.com TXT v=DMARC1; p=reject", "example.com", "reject",
	    "p", "example.com" },
	{ "a failure above psd=n was never asked", "a.example.com",
	    "_dmarc.example.com FAIL\n_dmarc.a.example.com TXT v=DMARC1; p=reject; psd=n",
	    "a.example.com", "reject", "p", "a.example.com" },
	{ "existence does not matter when np says the same", "a.example.com",
	    "a.example.com FAIL\n_dmarc.example.com TXT v=DMARC1; p=reject; np=reject",
	    "example.com", "reject", "p", "example.com" },
	{ "existence that matters", "a.example.com",
	    "a.example.com FAIL\n_dmarc.example.com TXT v=DMARC1; p=none; np=reject", "", "?", "",
	    "example.com" },
	{ "8 labels", "1.2.3.4.5.6.example.com",
	    "1.2.3.4.5.6.example.com A 192.0.2.1\n_dmarc.3.4.5.6.example.com TXT v=DMARC1; p=none; "
	    "psd=n",
	    "3.4.5.6.example.com", "none", "p", "3.4.5.6.example.com" },
};

static void
want_name(const char *row, const char *what, const struct name *got, const char *want)
{
	struct buf b;

	buf_init(&b, MAX_NAME_TEXT);
	if (got->n > 0)
		name_print(&b, got);
	if (!str_eq(buf_str(&b), str_of(want)))
		fail_msg("%s: %s is '%.*s', want '%s'", row, what, (int)b.n, b.p, want);
	buf_free(&b);
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct name author = tiny_name(rows[i].author), none = { .n = 0 };
		struct subject s = { .domain = author };
		struct tiny t;

		tiny_init(&t, rows[i].zone, &s);
		const struct dmarc_policy *p = dmarc_policy(&t.au, &author);
		assert_int_not_equal(p->state, DMARC_PENDING);
		if (strcmp(outcome(p), rows[i].policy) != 0)
			fail_msg("%s: policy %s", rows[i].name, outcome(p));
		assert_string_equal(p->tag, rows[i].tag);
		want_name(rows[i].name, "record",
		    p->state == DMARC_APPLIES ? &p->applied->domain : &none, rows[i].at);
		want_name(rows[i].name, "organization", &p->org, rows[i].org);
		tiny_free(&t);
	}
}

static json_t *
load_suite(void)
{
	const char *dir = getenv("MAILVET_SHARED");
	char path[4096];
	json_t *suite;

	(void)snprintf(path, sizeof(path), "%s/suites/dmarc-treewalk/cases.json",
	    dir != NULL ? dir : "../shared");
	suite = json_load_file(path, 0, NULL);
	suite_missing = suite == NULL;
	return suite;
}

/* The zone of a case as lines for tinyzone. */
static void
write_zone(json_t *zone, struct buf *out)
{
	const char *name, *type;
	json_t *types, *list, *data;
	size_t i;

	buf_reset(out);
	json_object_foreach(zone, name, types) json_object_foreach(types, type, list)
	    json_array_foreach(list, i, data)
	{
		buf_adds(out, name);
		buf_addc(out, ' ');
		buf_adds(out, type);
		buf_addc(out, ' ');
		buf_adds(out, json_string_value(data));
		buf_addc(out, '\n');
	}
	buf_addc(out, '\0');
}

static void
check_walk(const char *id, json_t *walk, const struct dmarc_policy *p)
{
	if (p->n_steps != json_array_size(walk))
		fail_msg("%s: %zu queries, want %zu", id, p->n_steps, json_array_size(walk));
	for (size_t i = 0; i < p->n_steps; i++)
		want_name(
		    id, "query", &p->steps[i].owner, json_string_value(json_array_get(walk, i)));
}

/* Relaxed or strict alignment of NAME with AUTHOR (4.4). */
static bool
is_aligned(struct tiny *t, const struct dmarc_policy *p, const struct name *author, json_t *ident)
{
	struct name name = tiny_name(json_string_value(json_array_get(ident, 1)));
	bool dkim = strcmp(json_string_value(json_array_get(ident, 0)), "dkim") == 0;
	struct alignment a = alignment_of(&t->au, author, &name);

	assert_false(a.pending);
	if (dkim ? p->applied->record->adkim_strict : p->applied->record->aspf_strict)
		return a.strict;
	return a.relaxed;
}

static void
run_case(json_t *c, struct buf *zone)
{
	const char *id = json_string_value(json_object_get(c, "id"));
	json_t *expect = json_object_get(c, "expect"), *ident;
	const char *at = json_string_value(json_object_get(expect, "record_at"));
	const char *policy = json_string_value(json_object_get(expect, "policy"));
	struct name author = tiny_name(json_string_value(json_object_get(c, "author")));
	struct subject s = { .domain = author };
	struct tiny t;
	size_t i;

	write_zone(json_object_get(c, "zone"), zone);
	tiny_init(&t, zone->p, &s);
	const struct dmarc_policy *p = dmarc_policy(&t.au, &author);
	if (strcmp(outcome(p), policy != NULL ? policy : "-") != 0)
		fail_msg("%s: policy %s, want %s", id, outcome(p), policy);
	if (at != NULL) {
		want_name(id, "record", &p->applied->owner, at);
		assert_string_equal(p->tag, json_string_value(json_object_get(expect, "tag")));
	}
	want_name(id, "organization", &p->org, json_string_value(json_object_get(expect, "org")));
	check_walk(id, json_object_get(c, "walk"), p);
	json_array_foreach(json_object_get(c, "identifiers"), i, ident)
	{
		bool want = strcmp(json_string_value(json_array_get(ident, 2)), "aligned") == 0;

		if (is_aligned(&t, p, &author, ident) != want)
			fail_msg("%s: identifier %zu is not as wanted", id, i);
	}
	tiny_free(&t);
}

static void
test_suite(void **state)
{
	json_t *suite = load_suite(), *c;
	struct buf zone;
	size_t i;

	(void)state;
	if (suite == NULL) {
		skip();
		return;
	}
	buf_init(&zone, 1 << 20);
	json_array_foreach(json_object_get(suite, "cases"), i, c) run_case(c, &zone);
	print_message("%zu cases\n", i);
	assert_true(i >= 43);
	buf_free(&zone);
	json_decref(suite);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_suite),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return failed == 0 && suite_missing ? 77 : failed;
}
