/* SPDX-License-Identifier: ISC */
/*
 * test_maildate.c - dates of messages.
 */
#include "checks/maildate.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#define BAD (-1)

/* clang-format off */
static const struct {
	struct str in;
	long long want;
} rows[] = {
	{ STR("Sat, 21 Nov 2026 12:00:00 +0000"), 1795262400 },
	{ STR(" Sat, 21 Nov 2026 13:00:00 +0100"), 1795262400 },
	{ STR("21 Nov 2026 12:00 GMT"), 1795262400 },
	{ STR("sat,21 NOV 2026 07:00:00 EST (winter (east))"), 1795262400 },
	{ STR("Sat, 21 Nov 26 12:00:00 Z"), 1795262400 },
	{ STR("Mon, 21 Nov 2026 12:00:00 -0000"), 1795262400 },	/* the name of the day is not judged */
	{ STR("Sat,\r\n\t21 Nov 2026 12:00:00\r\n +0000"), 1795262400 },
	{ STR("1 Jan 70 00:00 UT"), 0 },
	{ STR("1 Jan 099 00:00 UT"), 915148800 },
	{ STR("29 Feb 2024 23:59:60 +0000"), 1709251200 },
	{ STR(""), BAD },
	{ STR("Sat"), BAD },
	{ STR("29 Feb 2026 00:00 UT"), BAD },
	{ STR("31 Apr 2026 00:00 UT"), BAD },
	{ STR("0 Apr 2026 00:00 UT"), BAD },
	{ STR("32 Apr 2026 00:00 UT"), BAD },
	{ STR("21 Nov 2026 24:00:00 +0000"), BAD },
	{ STR("21 Nov 2026 12:60:00 +0000"), BAD },
	{ STR("21 Nov 2026 12:00:61 +0000"), BAD },
	{ STR("21 Nov 2026 12 +0000"), BAD },
	{ STR("21 Nov 2026 12:00:00"), BAD },
	{ STR("21 Nov 2026 12:00:00 0000"), BAD },
	{ STR("21 Nov 2026 12:00:00 +00"), BAD },
	{ STR("21 Nov 2026 12:00:00 +0060"), BAD },
	{ STR("21 Nov 2026 12:00:00 +0000 x"), BAD },
	{ STR("21 Nov 20266 12:00:00 +0000"), BAD },
	{ STR("21 Nov 6 12:00:00 +0000"), BAD },
	{ STR("21 No 2026 12:00:00 +0000"), BAD },
	{ STR("Nov 21 2026 12:00:00 +0000"), BAD },
	{ STR("2026-11-21 12:00:00"), BAD },
	{ STR("21 Nov 2026 12:00:00 \0"), BAD },
};
/* clang-format on */

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		time_t t = BAD;

		if (maildate_parse(rows[i].in, &t) != (rows[i].want != BAD))
			fail_msg("row %zu: taken or not", i);
		if (t != (time_t)rows[i].want)
			fail_msg("row %zu: %lld", i, (long long)t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
