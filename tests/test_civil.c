/* SPDX-License-Identifier: ISC */
/*
 * test_civil.c - RFC 3339 and the calendar.
 */
#include "checks/core/civil.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

/* Wants are from date(1). */
/* clang-format off */
static const struct {
	const char *in;
	long long want;
} good[] = {
	{ "1970-01-01T00:00:00Z", 0 },
	{ "1970-01-01", 0 },
	{ "1969-12-31T23:59:59Z", -1 },
	{ "2026-11-21T10:00:00Z", 1795255200 },
	{ "2026-11-21t10:00:00z", 1795255200 },
	{ "2026-11-21 10:00:00Z", 1795255200 },
	{ "2026-11-21T10:00:00.999999999999999999999Z", 1795255200 },
	{ "2026-11-21T11:30:00+01:30", 1795255200 },
	{ "2026-11-21T00:00:00-10:00", 1795255200 },
	{ "2026-11-21T10:00:00-00:00", 1795255200 },
	{ "2026-11-21T23:59:00+23:59", 1795219200 },
	{ "2026-11-21", 1795219200 },
	{ "2000-02-29", 951782400 },
	{ "2024-02-29T23:59:59Z", 1709251199 },
	{ "2016-12-31T23:59:60Z", 1483228800 },	/* RFC 3339 5.8 has both leap seconds */
	{ "1990-12-31T15:59:60-08:00", 662688000 },
	{ "2038-01-19T03:14:08Z", 2147483648 },
	{ "0000-01-01", -62167219200 },
	{ "9999-12-31T23:59:59Z", 253402300799 },
};
static const char *const bad[] = {
	"", "2026", "2026-11", "2026-11-", "2026-11-2", "2026-11-21T", "2026-11-21T10:00:00",
	"2026-11-21T10:00Z", "2026-11-21T10:00:00ZZ", "2026-11-21T10:00:00Z ", " 2026-11-21",
	"2026-11-21  10:00:00Z", "2026-00-01", "2026-13-01", "2026-01-00", "2026-01-32",
	"2026-04-31", "2026-02-29", "1900-02-29", "2100-02-29", "2026-11-21T24:00:00Z",
	"2026-11-21T10:60:00Z", "2026-11-21T10:00:61Z", "2026-11-21T10:00:60Z",
	"2026-11-21T23:59:60+01:00", "2026-11-21T10:00:00.Z", "2026-11-21T10:00:00,5Z",
	"2026-11-21T10:00:00+24:00", "2026-11-21T10:00:00+01:60", "2026-11-21T10:00:00+0100",
	"2026-11-21T10:00:00+01", "2026-11-21T10:00:00 Z", "2026/11/21", "20261121",
	"+026-11-21", "-026-11-21", "2026-+1-21", "0000-01-01T00:00:00+00:01",
	"9999-12-31T23:59:59-00:01", "9999-12-31T23:59:60Z", "2026-11-21\n", "10000-01-01",
};
/* clang-format on */

static void
test_times(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		time_t got = 7;

		if (!time_parse(str_of(good[i].in), &got) || got != (time_t)good[i].want)
			fail_msg("%s: %lld", good[i].in, (long long)got);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		time_t got = 7;

		if (time_parse(str_of(bad[i]), &got) || got != 7)
			fail_msg("'%s' was taken", bad[i]);
	}
	assert_false(time_parse((struct str){ "2026-11-21\0", 11 }, &(time_t){ 0 }));
	assert_false(time_parse((struct str){ "2026-11-21T10:00:00\0", 20 }, &(time_t){ 0 }));
}

static void
test_a_cut_time_is_no_time(void **state)
{
	struct str s = STR("2026-11-21T10:00:00.5+01:00");

	(void)state;
	for (size_t n = 0; n < s.n; n++)
		assert_int_equal(time_parse(str_sub(s, 0, n), &(time_t){ 0 }), n == 10);
}

static void
test_every_day_and_back(void **state)
{
	struct civil last = { -1, 12, 31, 0, 0, 0 };

	(void)state;
	for (long long d = -719528; d < 2932897; d++) {
		struct civil c = civil_of_time((time_t)(d * 86400 + 86399));
		bool next_day =
		    c.year == last.year && c.month == last.month && c.day == last.day + 1;
		bool next_month = c.year == last.year && c.month == last.month + 1 && c.day == 1;
		bool next_year = c.year == last.year + 1 && c.month == 1 && c.day == 1;

		if (!next_day && !next_month && !next_year)
			fail_msg("%d-%d-%d", c.year, c.month, c.day);
		if (civil_to_time(&c) != (time_t)(d * 86400 + 86399) || c.hour != 23 ||
		    c.minute != 59 || c.second != 59)
			fail_msg("%d-%d-%d does not come back", c.year, c.month, c.day);
		last = c;
	}
	assert_int_equal(last.year, 9999);
	assert_int_equal(last.day, 31);
}

static void
test_times_out_of_range_are_clamped(void **state)
{
	struct civil c = civil_of_time((time_t)INT64_MAX);

	(void)state;
	assert_int_equal(c.year, 9999);
	c = civil_of_time((time_t)INT64_MIN);
	assert_int_equal(c.year, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_a_cut_time_is_no_time),
		cmocka_unit_test(test_every_day_and_back),
		cmocka_unit_test(test_times_out_of_range_are_clamped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
