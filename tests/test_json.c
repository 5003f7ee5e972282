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

/* A text of N letters with BYTE at AT (N = nowhere), and AS in its place in WANT. */
static struct str
make_text(char text[], size_t n, size_t at, char byte, const char *as, struct buf *want)
{
	buf_reset(want);
	buf_addc(want, '"');
	for (size_t i = 0; i < n; i++) {
		text[i] = i == at ? byte : (char)('A' + i % 26);
		if (i == at)
			buf_adds(want, as);
		else
			buf_addc(want, text[i]);
	}
	buf_addc(want, '"');
	return (struct str){ text, n };
}

/* Bytes are looked at many at a time: one that is escaped is found wherever it stands. */
static void
test_every_place(void **state)
{
	static const struct {
		char byte;
		const char *as;
	} special[] = { { '"', "\\\"" }, { '\\', "\\\\" }, { '\x7f', "\\u007f" },
		{ '\x1f', "\\u001f" }, { '\x80', "\\ufffd" }, { '\n', "\\n" } };
	struct buf b, want;

	(void)state;
	buf_init(&b, 10000);
	buf_init(&want, 10000);
	for (size_t i = 0; i < 70 * 70 * ARRAY_LEN(special); i++) {
		size_t n = i / 70 % 70, at = i % 70, k = i / 4900;
		char text[70];
		struct str s = make_text(text, n, at, special[k].byte, special[k].as, &want);
		struct json j;

		buf_reset(&b);
		json_init(&j, &b, false);
		json_str(&j, s);
		assert_int_equal(b.n, want.n);
		assert_memory_equal(b.p, want.p, b.n);
		if (n == 0)
			continue;
		buf_reset(&b);
		json_init(&j, &b, false);
		buf_add(json_text_begin(&j), s);
		json_text_end(&j);
		assert_int_equal(b.n, want.n);
		assert_memory_equal(b.p, want.p, b.n);
	}
	buf_free(&b);
	buf_free(&want);
}

/* What stays empty leaves nothing behind, whatever stands before and after it. */
static void
test_left_out(void **state)
{
	static const char *const wants[] = { "{\"a\":[],\"c\":[1],\"e\":\"00ff7f\"}",
		"{\n  \"a\": [],\n  \"c\": [\n    1\n  ],\n  \"e\": \"00ff7f\"\n}" };

	(void)state;
	for (size_t pretty = 0; pretty < 2; pretty++) {
		struct buf b;
		struct json j;

		buf_init(&b, 1000);
		json_init(&j, &b, pretty == 1);
		json_open(&j, '{');
		(void)json_text_member(&j, "none");
		json_text_end(&j);
		json_key(&j, "a");
		json_open(&j, '[');
		(void)json_text_begin(&j);
		json_text_end(&j);
		json_close(&j, ']');
		(void)json_text_member(&j, "b");
		json_text_end(&j);
		json_key(&j, "c");
		json_open(&j, '[');
		json_uint(&j, 1);
		(void)json_text_begin(&j);
		json_text_end(&j);
		json_close(&j, ']');
		json_key(&j, "e");
		json_hex(&j, (struct str)S("\0\xff\x7f"));
		json_close(&j, '}');
		buf_addc(&b, '\0');
		assert_string_equal(b.p, wants[pretty]);
		buf_free(&b);
	}
}

/* A buffer that ends anywhere holds the beginning, is over, and is not written behind. */
static void
test_cut_anywhere(void **state)
{
	static const struct str long_text = S("a text of more than \"sixteen\" bytes");
	static const char want[] =
	    "{\"a\":\"a text of more than \\\"sixteen\\\" bytes\",\"n\":12,"
	    "\"t\":\"a text of more than \\\"sixteen\\\" bytes\",\"h\":\"6162\"}";

	(void)state;
	for (size_t max = 0; max < sizeof(want); max++) {
		struct buf b;
		struct json j;

		buf_init(&b, max);
		json_init(&j, &b, false);
		json_open(&j, '{');
		json_member_str(&j, "a", long_text);
		json_member_uint(&j, "n", 12);
		buf_add(json_text_member(&j, "t"), long_text);
		json_text_end(&j);
		json_key(&j, "h");
		json_hex(&j, STR("ab"));
		json_close(&j, '}');
		assert_true(b.over == (max < sizeof(want) - 1));
		assert_true(b.n <= max && b.room <= max);
		assert_memory_equal(buf_str(&b).p, want, b.n);
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
		cmocka_unit_test(test_every_place),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_containers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
