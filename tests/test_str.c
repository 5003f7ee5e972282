/* SPDX-License-Identifier: ISC */
/*
 * test_str.c - views, ASCII classes and numbers.
 */
#include "checks/core/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static void
test_sub_stays_inside(void **state)
{
	static const struct {
		size_t from, len;
		const char *want;
	} rows[] = {
		{ 0, 3, "abc" },
		{ 1, 1, "b" },
		{ 0, SIZE_MAX, "abc" },
		{ 2, SIZE_MAX, "c" },
		{ 3, 1, "" },
		{ 4, 1, "" },
		{ SIZE_MAX, SIZE_MAX, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (!str_eq(str_sub(STR("abc"), rows[i].from, rows[i].len), str_of(rows[i].want)))
			fail_msg("row %zu", i);
	assert_int_equal(str_sub((struct str){ NULL, 0 }, 1, 1).n, 0);
	assert_int_equal(str_of(NULL).n, 0);
	assert_non_null(str_of(NULL).p);
}

static void
test_trim(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "", "" }, { " ", "" }, { " \t\r\n", "" }, { "a", "a" }, { " a b\r\n", "a b" },
		{ "\va\f", "\va\f" }, /* no blanks of ours */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (!str_eq(str_trim(str_of(rows[i].in)), str_of(rows[i].want)))
			fail_msg("'%s'", rows[i].in);
}

static void
test_equality_and_order(void **state)
{
	static const struct {
		struct str a, b;
		bool eq, ieq, prefix, iprefix; /* B is a prefix of A */
		int cmp;
	} rows[] = {
		/* clang-format off */
		{ { "", 0 }, { "", 0 },		true, true, true, true, 0 },
		{ { NULL, 0 }, { "", 0 },	true, true, true, true, 0 },
		{ { "a", 1 }, { "", 0 },	false, false, true, true, 1 },
		{ { "a", 1 }, { "A", 1 },	false, true, false, true, 1 },
		{ { "abc", 3 }, { "aB", 2 },	false, false, false, true, 1 },
		{ { "ab", 2 }, { "abc", 3 },	false, false, false, false, -1 },
		{ { "a\0b", 3 }, { "a\0b", 3 },	true, true, true, true, 0 },
		{ { "a\0b", 3 }, { "a\0c", 3 },	false, false, false, false, -1 },
		{ { "\xff", 1 }, { "a", 1 },	false, false, false, false, 1 },
		{ { "[", 1 }, { "{", 1 },	false, false, false, false, -1 },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int c = str_cmp(rows[i].a, rows[i].b), d = str_cmp(rows[i].b, rows[i].a);

		if (str_eq(rows[i].a, rows[i].b) != rows[i].eq ||
		    str_ieq(rows[i].a, rows[i].b) != rows[i].ieq ||
		    str_has_prefix(rows[i].a, rows[i].b) != rows[i].prefix ||
		    str_has_iprefix(rows[i].a, rows[i].b) != rows[i].iprefix ||
		    (c > 0) - (c < 0) != rows[i].cmp || (d > 0) - (d < 0) != -rows[i].cmp)
			fail_msg("row %zu", i);
	}
}

static void
test_find(void **state)
{
	struct str s = { "a.b\0.c", 6 };

	(void)state;
	assert_int_equal(str_find(s, 0, '.'), 1);
	assert_int_equal(str_find(s, 1, '.'), 1);
	assert_int_equal(str_find(s, 2, '.'), 4);
	assert_int_equal(str_find(s, 5, '.'), 6);
	assert_int_equal(str_find(s, 6, '.'), 6);
	assert_int_equal(str_find(s, 99, '.'), 6);
	assert_int_equal(str_find((struct str){ NULL, 0 }, 0, 'x'), 0);
}

static void
test_classes_are_ascii_only(void **state)
{
	size_t digits = 0, alphas = 0, prints = 0, lowered = 0;

	(void)state;
	for (int i = 0; i < 256; i++) {
		char c = (char)(unsigned char)i;

		digits += ascii_isdigit(c);
		alphas += ascii_isalpha(c);
		prints += ascii_isprint(c);
		lowered += ascii_lower(c) != c;
		assert_int_equal(ascii_isalnum(c), ascii_isalpha(c) || ascii_isdigit(c));
		assert_int_equal(ascii_isblank(c), c == ' ' || c == '\t');
		if (i > 0x7f)
			assert_false(ascii_isalnum(c) || ascii_isprint(c));
	}
	assert_int_equal(digits, 10);
	assert_int_equal(alphas, 52);
	assert_int_equal(prints, 95);
	assert_int_equal(lowered, 26);
}

static void
test_numbers_have_a_maximum(void **state)
{
	static const struct {
		const char *in;
		uint32_t max;
		bool ok;
		uint32_t want;
	} rows[] = {
		{ "0", 0, true, 0 },
		{ "1", 0, false, 0 },
		{ "255", 255, true, 255 },
		{ "256", 255, false, 0 },
		{ "4294967295", UINT32_MAX, true, UINT32_MAX },
		{ "4294967296", UINT32_MAX, false, 0 },
		{ "18446744073709551617", UINT32_MAX, false, 0 },
		{ "99999999999999999999999999999999", UINT32_MAX, false, 0 },
		{ "00000000000000000000000000000007", 7, true, 7 },
		{ "", 9, false, 0 },
		{ "-1", 9, false, 0 },
		{ "+1", 9, false, 0 },
		{ " 1", 9, false, 0 },
		{ "1 ", 9, false, 0 },
		{ "1a", 9, false, 0 },
		{ "0x1", 9, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint32_t got = 77;
		bool ok = parse_u32(str_of(rows[i].in), rows[i].max, &got);

		if (ok != rows[i].ok || got != (ok ? rows[i].want : 77))
			fail_msg("'%s': %d, %u", rows[i].in, ok, (unsigned)got);
	}
	assert_false(parse_u32((struct str){ "1\0", 2 }, 9, &(uint32_t){ 0 }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sub_stays_inside),
		cmocka_unit_test(test_trim),
		cmocka_unit_test(test_equality_and_order),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_classes_are_ascii_only),
		cmocka_unit_test(test_numbers_have_a_maximum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
