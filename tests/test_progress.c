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
	{ "begin", 100, 0, 0, 0, 80, "0 of 100 domains, 0/s" },
	{ "the first says nothing of the time", 100, 0, 1, 0.5, 80, "1 of 100 domains, 2/s: 1 error" },
	{ "nor do a few", 100, 0, 9, 3, 80, "9 of 100 domains, 3/s: 9 error" },
	{ "half", 100, 0, 50, 10, 80, "50 of 100 domains, 5/s, 10 s left: 50 error" },
	{ "some were done before", 100, 40, 10, 10, 80, "50 of 100 domains, 1/s, 50 s left: 10 error" },
	{ "minutes", 1000, 0, 100, 10, 80, "100 of 1000 domains, 10/s, 1 min 30 s left: 100 error" },
	{ "hours", 100000, 0, 100, 10, 80, "100 of 100000 domains, 10/s, 2 h 46 min left: 100 error" },
	{ "the end is not known", 0, 0, 50, 10, 80, "50 domains, 5/s: 50 error" },
	{ "all done", 50, 0, 50, 10, 80, "50 of 50 domains, 5/s: 50 error" },
	{ "more than were counted", 40, 0, 50, 10, 80, "50 of 40 domains, 5/s: 50 error" },
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
