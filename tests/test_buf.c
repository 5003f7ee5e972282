/* SPDX-License-Identifier: ISC */
/*
 * test_buf.c - a growing run of bytes and its maximum.
 */
#include "checks/core/buf.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* What the tests append, one step each. */
static void
append_all(struct buf *b)
{
	buf_add(b, STR("abc"));
	buf_addc(b, 'd');
	buf_adds(b, "ef");
	buf_add(b, (struct str){ NULL, 0 });
	buf_addu(b, 123);
	buf_add(b, (struct str){ "\0\xff", 2 });
}

static void
test_a_cut_buffer_holds_the_beginning(void **state)
{
	const char want[] = "abcdef123\0\xff";
	const size_t whole = sizeof(want) - 1;

	(void)state;
	for (size_t max = 0; max <= whole + 2; max++) {
		struct buf b;

		buf_init(&b, max);
		append_all(&b);
		assert_int_equal(b.over, max < whole);
		assert_int_equal(b.n, max < whole ? max : whole);
		assert_memory_equal(buf_str(&b).p, want, b.n);
		assert_true(b.room <= max);
		buf_reset(&b);
		assert_false(b.over);
		assert_int_equal(buf_str(&b).n, 0);
		buf_free(&b);
		assert_null(b.p);
		assert_int_equal(b.max, max);
	}
}

static void
test_nothing_follows_a_cut(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 5);
	buf_add_escaped(&b, STR("ab\xff"));
	assert_true(b.over);
	buf_addc(&b, 'c');
	buf_adds(&b, "d");
	buf_addu(&b, 1);
	buf_add_escaped(&b, STR("e"));
	assert_true(str_eq(buf_str(&b), STR("ab")));
	buf_free(&b);
}

static void
test_growth_keeps_what_was_there(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, SIZE_MAX);
	for (size_t i = 0; i < 100000; i++)
		buf_addc(&b, (char)('a' + i % 26));
	for (size_t i = 0; i < 100000; i++)
		assert_int_equal(b.p[i], 'a' + i % 26);
	assert_false(b.over);
	buf_free(&b);
}

static void
test_numbers(void **state)
{
	static const struct {
		uint64_t n;
		const char *want;
	} rows[] = {
		{ 0, "0" },
		{ 7, "7" },
		{ 10, "10" },
		{ UINT32_MAX, "4294967295" },
		{ UINT64_MAX, "18446744073709551615" },
	};
	struct buf b;

	(void)state;
	buf_init(&b, 32);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		buf_reset(&b);
		buf_addu(&b, rows[i].n);
		if (!str_eq(buf_str(&b), str_of(rows[i].want)))
			fail_msg("want %s", rows[i].want);
	}
	buf_free(&b);
}

static void
test_escapes(void **state)
{
	static const struct {
		struct str in;
		const char *want;
	} rows[] = {
		{ { "", 0 }, "" },
		{ { "a b~", 4 }, "a b~" },
		{ { "\\", 1 }, "\\\\" },
		{ { "\0\n\x1b\x7f\x80\xff", 6 }, "\\000\\010\\027\\127\\128\\255" },
		{ { "\"';", 3 }, "\"';" },
	};
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		buf_reset(&b);
		buf_add_escaped(&b, rows[i].in);
		if (!str_eq(buf_str(&b), str_of(rows[i].want)))
			fail_msg("want '%s', got '%.*s'", rows[i].want, (int)b.n, b.p);
	}
	buf_free(&b);
}

static void
test_escapes_are_whole_or_absent(void **state)
{
	(void)state;
	for (size_t max = 0; max < 9; max++) {
		/* clang-format off */
		static const char *const want[] = { "", "a", "a", "a", "a", "a\\001", "a\\001",
			"a\\001\\\\", "a\\001\\\\z" };
		/* clang-format on */
		struct buf b;

		buf_init(&b, max);
		buf_add_escaped(&b, STR("a\001\\z"));
		assert_true(str_eq(buf_str(&b), str_of(want[max])));
		assert_int_equal(b.over, max < 8);
		buf_free(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_cut_buffer_holds_the_beginning),
		cmocka_unit_test(test_nothing_follows_a_cut),
		cmocka_unit_test(test_growth_keeps_what_was_there),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_escapes_are_whole_or_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
