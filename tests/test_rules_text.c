/* SPDX-License-Identifier: ISC */
/*
 * test_rules_text.c - the catalogue is complete, its templates are well-formed
 * and its page names every rule.
 */
#include "report/rules_text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static bool
holds(const struct buf *b, const char *what)
{
	struct str s = buf_str(b), w = str_of(what);

	for (size_t i = 0; i + w.n <= s.n; i++)
		if (memcmp(s.p + i, w.p, w.n) == 0)
			return true;
	return false;
}

/* Every { has its } and a name of small letters, digits and _ between. */
static bool
is_template(const char *text)
{
	struct str s = str_of(text);

	for (size_t at = 0; (at = str_find(s, at, '{')) < s.n;) {
		size_t end = str_find(s, at, '}');

		if (end == s.n || end == at + 1)
			return false;
		for (size_t i = at + 1; i < end && (at == 0 || s.p[at - 1] != '%'); i++)
			if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && s.p[i] != '_' &&
			    !ascii_isdigit(s.p[i]))
				return false;
		at = end;
	}
	return true;
}

/* Whether TEXT names an argument; %{...} is an SPF macro. */
static bool
has_argument(const char *text)
{
	struct str s = str_of(text);

	for (size_t at = 0; (at = str_find(s, at, '{')) < s.n; at++)
		if (at == 0 || s.p[at - 1] != '%')
			return true;
	return false;
}

static void
test_rows_are_complete(void **state)
{
	(void)state;
	for (size_t i = 0; i < RULE_COUNT; i++) {
		const struct rule *r = rule_of((enum rule_id)i);

		if (str_of(r->slug).n == 0)
			fail_msg("row %zu has no slug", i);
		if (str_of(r->check).n == 0 || str_of(r->title).n == 0 ||
		    str_of(r->sentence).n == 0)
			fail_msg("%s: check, title and sentence are needed", r->slug);
		if (!is_template(r->sentence) || !is_template(r->remedy))
			fail_msg("%s: a template has a brace too many", r->slug);
		if (has_argument(r->explanation) || has_argument(r->title))
			fail_msg("%s: title and explanation are no templates", r->slug);
		for (const char *p = r->slug; *p != '\0'; p++)
			if (!(*p >= 'a' && *p <= 'z') && *p != '-' && !ascii_isdigit(*p))
				fail_msg("%s: not a slug", r->slug);
		for (size_t k = 0; k < i; k++)
			if (strcmp(rule_of((enum rule_id)k)->slug, r->slug) == 0)
				fail_msg("%s: there twice", r->slug);
	}
}

static void
test_every_rule_is_told_in_each_form(void **state)
{
	enum rule_id ids[RULE_COUNT];
	struct report_style style = { .ascii = true };
	struct buf list, page, json, one;

	(void)state;
	buf_init(&list, MAX_REPORT_BYTES);
	buf_init(&page, MAX_REPORT_BYTES);
	buf_init(&json, MAX_REPORT_BYTES);
	buf_init(&one, MAX_REPORT_BYTES);
	for (size_t i = 0; i < RULE_COUNT; i++)
		ids[i] = (enum rule_id)i;
	rules_list(&list, &style);
	rules_mdoc(&page);
	rules_json(&json, ids, RULE_COUNT);
	for (size_t i = 0; i < RULE_COUNT; i++) {
		const char *slug = rule_of(ids[i])->slug;

		buf_reset(&one);
		rules_one(&one, ids[i], &style);
		if (!holds(&list, slug) || !holds(&page, slug) || !holds(&json, slug) ||
		    !holds(&one, slug))
			fail_msg("%s: is not told", slug);
	}
	buf_free(&list);
	buf_free(&page);
	buf_free(&json);
	buf_free(&one);
}

/* troff would take what begins with a dot or an apostrophe as a request. */
static void
test_page_has_no_stray_requests(void **state)
{
	static const char *const known[] = { ".Dd ", ".Dt ", ".Os\n", ".Sh ", ".Nm ", ".Nd ",
		".Xr ", ".Fl ", ".Pp\n", ".Bl ", ".It ", ".Pq ", ".El\n" };
	struct buf b;

	(void)state;
	buf_init(&b, MAX_REPORT_BYTES);
	rules_mdoc(&b);
	for (size_t at = 0; at < b.n; at = str_find(buf_str(&b), at, '\n') + 1) {
		bool ok = b.p[at] != '.' && b.p[at] != '\'';

		for (size_t i = 0; i < ARRAY_LEN(known); i++)
			ok = ok || str_has_prefix(str_sub(buf_str(&b), at, 10), str_of(known[i]));
		if (!ok)
			fail_msg("line '%.60s'", b.p + at);
	}
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_are_complete),
		cmocka_unit_test(test_every_rule_is_told_in_each_form),
		cmocka_unit_test(test_page_has_no_stray_requests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
