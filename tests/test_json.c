/* SPDX-License-Identifier: ISC */
/*
 * test_json.c - the JSON writer gives well-formed text for any bytes.
 */
#include "report/json.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define S(lit)                                                                                     \
	{                                                                                          \
		(lit), sizeof(lit) - 1                                                             \
	}

static void
test_strings(void **state)
{
	/* clang-format off */
	static const struct { struct str in; const char *as_is, *escaped; } cases[] = {
		{ S(""), "\"\"", "\"\"" },
		{ S("a \"b\""), "\"a \\\"b\\\"\"", "\"a \\\"b\\\"\"" },
		{ S("a\\b"), "\"a\\\\b\"", "\"a\\\\\\\\b\"" },
		{ S("\n\t"), "\"\\n\\u0009\"", "\"\\\\010\\\\009\"" },
		{ S("x\0y"), "\"x\\u0000y\"", "\"x\\\\000y\"" },
		{ S("\x7f\x1b"), "\"\\u007f\\u001b\"", "\"\\\\127\\\\027\"" },
		{ S("\xc3\xa4"), "\"\xc3\xa4\"", "\"\\\\195\\\\164\"" },
		{ S("\xf0\x9f\x93\xac"), "\"\xf0\x9f\x93\xac\"", "\"\\\\240\\\\159\\\\147\\\\172\"" },
		{ S("\xc3"), "\"\\ufffd\"", "\"\\\\195\"" },		/* cut */
		{ S("\xc0\xaf"), "\"\\ufffd\\ufffd\"", "\"\\\\192\\\\175\"" }, /* overlong */
		{ S("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\"", "\"\\\\237\\\\160\\\\128\"" }, /* surrogate */
		{ S("\xf4\x90\x80\x80"), "\"\\ufffd\\ufffd\\ufffd\\ufffd\"", "\"\\\\244\\\\144\\\\128\\\\128\"" },
		{ S("\xc2\x9b"), "\"\\ufffd\\ufffd\"", "\"\\\\194\\\\155\"" }, /* a C1 control */
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b;
		struct json j;

		buf_init(&b, 1000);
		json_init(&j, &b, false);
		json_str(&j, cases[i].in);
		buf_addc(&b, '\0');
		assert_string_equal(b.p, cases[i].as_is);
		buf_reset(&b);
		json_init(&j, &b, false);
		json_escaped(&j, cases[i].in);
		buf_addc(&b, '\0');
		assert_string_equal(b.p, cases[i].escaped);
		buf_free(&b);
	}
}

static void
write_nest(struct json *j)
{
	json_open(j, '{');
	json_key(j, "a");
	json_open(j, '[');
	json_close(j, ']');
	json_key(j, "b");
	json_open(j, '[');
	json_int(j, INT64_MIN);
	json_uint(j, UINT64_MAX);
	json_open(j, '{');
	json_close(j, '}');
	json_bool(j, false);
	json_close(j, ']');
	json_member(j, "empty", "");
	json_member(j, "none", NULL);
	json_member_flag(j, "off", false);
	json_member_flag(j, "on", true);
	json_member_uint(j, "n", 0);
	json_key(j, "t");
	json_time(j, 0);
	json_close(j, '}');
}

static void
test_containers(void **state)
{
	struct buf b;
	struct json j;

	(void)state;
	buf_init(&b, 1000);
	json_init(&j, &b, false);
	write_nest(&j);
	buf_addc(&b, '\0');
	assert_string_equal(b.p,
	    "{\"a\":[],\"b\":[-9223372036854775808,18446744073709551615,{},false],"
	    "\"on\":true,\"n\":0,\"t\":\"1970-01-01T00:00:00Z\"}");
	buf_reset(&b);
	json_init(&j, &b, true);
	write_nest(&j);
	buf_addc(&b, '\0');
	assert_string_equal(b.p,
	    "{\n  \"a\": [],\n  \"b\": [\n    -9223372036854775808,\n    18446744073709551615,\n"
	    "    {},\n    false\n  ],\n  \"on\": true,\n  \"n\": 0,\n"
	    "  \"t\": \"1970-01-01T00:00:00Z\"\n}");
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_containers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
