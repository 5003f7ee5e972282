/* SPDX-License-Identifier: ISC */
/*
 * test_disarm.c - what a CI system would obey is told as text, and nothing else changes.
 */
#include "report/disarm.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* clang-format off */
static const struct {
	const char *in, *want;
} rows[] = {
	{ "", "" },
	{ "a # b\n", "a # b\n" },
	{ "x ##vso[task.complete]\n", "x \\035#vso[task.complete]\n" },
	{ "##[error]x", "\\035#[error]x" },
	{ "###[x", "#\\035#[x" },
	{ "## A heading\n#####\n##", "## A heading\n#####\n##" },
	{ "::error::x\n", "\\058:error::x\n" },
	{ "a\n  \t::add-mask::x\n", "a\n  \t\\058:add-mask::x\n" },
	{ "a ::error::x\n", "a ::error::x\n" },
	{ "::1 and\n::\n::ffff:192.0.2.1\n", "::1 and\n::\n::ffff:192.0.2.1\n" },
	{ "::error\n::x\n", "::error\n::x\n" },
	{ "::group::a\n::group::b\n", "\\058:group::a\n\\058:group::b\n" },
};
/* clang-format on */

static void
test_commands_are_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf b;

		buf_init(&b, 100);
		buf_adds(&b, rows[i].in);
		disarm(&b);
		buf_addc(&b, '\0');
		assert_string_equal(b.p, rows[i].want);
		buf_free(&b);
	}
}

/* What grows over the maximum is told as over. */
static void
test_bound(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 5);
	buf_adds(&b, "##[b");
	disarm(&b);
	assert_true(b.over);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands_are_text),
		cmocka_unit_test(test_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
