/* SPDX-License-Identifier: ISC */
/*
 * test_progress.c - the line a person looks at while a fleet is audited.
 */
#include "audit/progress.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static const struct {
	const char *name;
	size_t total, skipped, done;
	double seconds;
	size_t columns;
	const char *want;
} rows[] = {
	/* clang-format off */
	{ "begin", 100, 0, 0, 0, 80, "0 of 100 domains, 0/s: 0 error, 0 unknown, 0 warning, 0 clean" },
	{ "half", 100, 0, 50, 10, 80, "50 of 100 domains, 5/s, 10 s left: 50 error, 0 unknown, 0 warning, 0 clean" },
	{ "some were done before", 100, 40, 10, 10, 80, "50 of 100 domains, 1/s, 50 s left: 10 error, 0 unknown, 0 warning, 0 clean" },
	{ "minutes", 1000, 0, 100, 10, 80, "100 of 1000 domains, 10/s, 1 min 30 s left: 100 error, 0 unknown, 0 warning, 0 c" },
	{ "hours", 100000, 0, 100, 10, 80, "100 of 100000 domains, 10/s, 2 h 46 min left: 100 error, 0 unknown, 0 warning, 0" },
	{ "the end is not known", 0, 0, 50, 10, 80, "50 domains, 5/s: 50 error, 0 unknown, 0 warning, 0 clean" },
	{ "all done", 50, 0, 50, 10, 80, "50 of 50 domains, 5/s: 50 error, 0 unknown, 0 warning, 0 clean" },
	{ "more than were counted", 40, 0, 50, 10, 80, "50 of 40 domains, 5/s: 50 error, 0 unknown, 0 warning, 0 clean" },
	{ "a narrow terminal", 0, 0, 50, 10, 12, "50 domains, " },
	/* clang-format on */
};

static void
test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct progress p = { .total = rows[i].total,
			.skipped = rows[i].skipped,
			.done = rows[i].done,
			.begun_s = 1000 };
		struct buf b;

		p.by_verdict[LEVEL_ERROR] = rows[i].done;
		buf_init(&b, 400);
		progress_line(&p, 1000 + rows[i].seconds, rows[i].columns, &b);
		if (!str_eq(buf_str(&b), str_of(rows[i].want)))
			fail_msg("%s: '%.*s'", rows[i].name, (int)b.n, b.p);
		buf_free(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
