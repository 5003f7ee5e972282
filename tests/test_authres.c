/* SPDX-License-Identifier: ISC */
/*
 * test_authres.c - no byte of a message ends the field or begins another.
 */
#include "checks/authres.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* clang-format off */
static const struct {
	struct str value;
	const char *want; /* behind "header.d" */
} values[] = {
	{ STR(""), "" },
	{ STR("example.com"), "=example.com" },
	{ STR("news+a@example.com"), "=news+a@example.com" },
	{ STR("a b"), "=\"a b\"" },
	{ STR("ab/c="), "=\"ab/c=\"" },
	{ STR("a\"b\\c"), "=\"a\\\"b\\\\c\"" },
	{ STR("a;b"), "=\"a;b\"" },
	{ STR("a\r\nX: y"), "=\"a??X: y\"" },
	{ STR("a\0b"), "=\"a?b\"" },
	{ STR("\xc3\xbc"), "=\"??\"" },
	{ STR("2001:db8::1"), "=\"2001:db8::1\"" },
};
static const struct {
	struct str comment;
	const char *want; /* behind "dkim=fail" */
} comments[] = {
	{ STR(""), "" },
	{ STR("body changed"), " (body changed)" },
	{ STR("a) b=(c\\"), " (a\\) b=\\(c\\\\)" },
	{ STR("a\r\nb"), " (a??b)" },
};
/* clang-format on */

static void
check_text(struct buf *b, const char *before, const char *want)
{
	struct str got = buf_str(b);

	assert_true(str_has_prefix(got, str_of(before)));
	got = str_sub(got, strlen(before), got.n);
	if (!str_eq(got, str_of(want)))
		fail_msg("got '%.*s', want '%s'", (int)got.n, got.p, want);
}

static void
test_values_and_comments(void **state)
{
	struct authres r;
	struct buf b;

	(void)state;
	buf_init(&b, MAX_AUTHRES);
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		buf_reset(&b);
		authres_begin(&r, &b, "mx");
		authres_result(&r, "dkim", "pass", STR(""));
		authres_property(&r, "header.d", values[i].value);
		authres_end(&r);
		check_text(&b,
		    values[i].value.n > 0 ? "Authentication-Results: mx;\r\n\tdkim=pass header.d"
					  : "Authentication-Results: mx;\r\n\tdkim=pass",
		    values[i].want);
	}
	for (size_t i = 0; i < ARRAY_LEN(comments); i++) {
		buf_reset(&b);
		authres_begin(&r, &b, "mx");
		authres_result(&r, "dkim", "fail", comments[i].comment);
		authres_end(&r);
		check_text(&b, "Authentication-Results: mx;\r\n\tdkim=fail", comments[i].want);
	}
	buf_free(&b);
}

/* RFC 5322 2.1.1: however long and odd the values are. */
static void
test_no_line_is_too_long(void **state)
{
	char odd[2000];
	struct str value = { odd, sizeof(odd) };
	struct authres r;
	struct buf b;

	(void)state;
	memset(odd, '\\', sizeof(odd));
	buf_init(&b, MAX_AUTHRES);
	authres_begin(&r, &b, "mx");
	for (size_t i = 0; i < 3; i++) {
		authres_result(&r, "dkim", "permerror", value);
		authres_property(&r, "header.d", value);
		authres_property(&r, "header.s", value);
		authres_property(&r, "header.b", STR("abcdefgh"));
	}
	authres_end(&r);
	assert_false(b.over);
	for (size_t at = 0, end; at < b.n; at = end + 1) {
		end = str_find(buf_str(&b), at, '\n');
		assert_in_range(end - at, 1, 999); /* the CR counts with it */
		if (at > 0)
			assert_true(b.p[at] == '\t');
	}
	buf_free(&b);
}

static void
test_no_result_is_said(void **state)
{
	struct authres r;
	struct buf b;

	(void)state;
	buf_init(&b, MAX_AUTHRES);
	authres_begin(&r, &b, "mx.example");
	authres_end(&r);
	check_text(&b, "Authentication-Results: ", "mx.example; none");
	buf_free(&b);
}

static void
test_lines_stay_short(void **state)
{
	static char text[5000];
	struct authres r;
	struct buf b;

	(void)state;
	memset(text, '"', sizeof(text));
	buf_init(&b, MAX_AUTHRES);
	authres_begin(&r, &b, "mx");
	authres_result(&r, "dkim", "pass", STR(""));
	authres_property(&r, "header.b", (struct str){ text, sizeof(text) });
	assert_true(b.n < 998 && b.p[b.n - 1] == '"');
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_and_comments),
		cmocka_unit_test(test_no_line_is_too_long),
		cmocka_unit_test(test_no_result_is_said),
		cmocka_unit_test(test_lines_stay_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
