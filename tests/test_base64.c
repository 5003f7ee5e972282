/* SPDX-License-Identifier: ISC */
/*
 * test_base64.c - RFC 4648 section 4 and its faults.
 */
#include "checks/core/base64.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static const struct {
	struct str in;
	bool ok;
	struct str want;
	size_t bad;
} rows[] = {
	/* clang-format off */
	/* RFC 4648 10 */
	{ STR(""), true, STR(""), 0 },
	{ STR("Zg=="), true, STR("f"), 0 },
	{ STR("Zm8="), true, STR("fo"), 0 },
	{ STR("Zm9v"), true, STR("foo"), 0 },
	{ STR("Zm9vYg=="), true, STR("foob"), 0 },
	{ STR("Zm9vYmE="), true, STR("fooba"), 0 },
	{ STR("Zm9vYmFy"), true, STR("foobar"), 0 },
	{ STR("AP/+"), true, STR("\0\xff\xfe"), 0 },
	{ STR(" \t\r\n"), true, STR(""), 0 },
	{ STR(" Z m\r\n 9 v\t"), true, STR("foo"), 0 },
	{ STR("Zg = = "), true, STR("f"), 0 },
	{ STR("Zh=="), true, STR("f"), 0 },		/* bits that no byte uses */
	{ STR("Zm8"), false, STR(""), 3 },
	{ STR("Zg="), false, STR(""), 3 },
	{ STR("Zg"), false, STR(""), 2 },
	{ STR("Z"), false, STR(""), 1 },
	{ STR("Z "), false, STR(""), 2 },
	{ STR("="), false, STR(""), 0 },
	{ STR("Z==="), false, STR(""), 1 },
	{ STR("===="), false, STR(""), 0 },
	{ STR("Zg==="), false, STR(""), 4 },
	{ STR("Zm9v="), false, STR(""), 4 },
	{ STR("Zg=a"), false, STR(""), 3 },
	{ STR("Zg==Zg=="), false, STR(""), 4 },
	{ STR("Zm9v-_=="), false, STR(""), 4 },		/* the alphabet of section 5 */
	{ STR("Zm9v;"), false, STR(""), 4 },
	{ STR("Zm\0v"), false, STR(""), 2 },
	{ STR("Zm9\xff"), false, STR(""), 3 },
	{ STR("Zm\x0bv"), false, STR(""), 2 },
	/* clang-format on */
};

static void
test_rows(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str out = { "", 0 };
		size_t bad = 0;
		bool ok = base64_decode(&a, rows[i].in, &out, &bad);

		if (ok != rows[i].ok || !str_eq(out, rows[i].want) || bad != rows[i].bad)
			fail_msg("row %zu: %d, %zu bytes, bad %zu", i, ok, out.n, bad);
	}
	arena_free(&a);
}

static void
test_the_alphabet_is_exact(void **state)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct arena a;
	size_t n = 0;

	(void)state;
	arena_init(&a, 0);
	for (unsigned c = 0; c < 256; c++) {
		const char text[4] = { 'A', 'A', 'A', (char)(unsigned char)c };
		const char *at = memchr(alphabet, (int)c, 64);
		struct str out;
		size_t bad;

		if (c == '=')
			continue;
		assert_int_equal(
		    base64_decode(&a, (struct str){ text, 4 }, &out, &bad), at != NULL);
		if (at == NULL)
			continue;
		assert_int_equal(out.p[2], at - alphabet);
		n++;
	}
	assert_int_equal(n, 64);
	arena_free(&a);
}

/* Cut at every byte: whole groups are text, the rest misses its end. */
static void
test_cut_at_every_byte(void **state)
{
	struct str text = STR("Zm9vYmFyZm9vYg==");
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t n = 0; n <= text.n; n++) {
		struct str out = { "", 0 };
		size_t bad = 99;
		bool ok = base64_decode(&a, str_sub(text, 0, n), &out, &bad);

		assert_int_equal(ok, n % 4 == 0);
		if (!ok)
			assert_int_equal(bad, n);
	}
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_the_alphabet_is_exact),
		cmocka_unit_test(test_cut_at_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
