/* SPDX-License-Identifier: ISC */
/*
 * test_stamp.c - times at the start of log lines, and what they do not say.
 */
#include "audit/bounce/stamp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "audit/bounce/syslog.h"
#include "checks/core/civil.h"

/* clang-format off */
static const struct {
	const char *in;
	size_t length;
	const char *want;
	bool year_guessed, zone_guessed;
} rows[] = {	/* the clock stands in February 2026, an hour east */
	{ "Jan 13 16:09:43 x", 15, "2026-01-13T15:09:43Z", true, true },
	{ "Jan  3 16:09:43 x", 15, "2026-01-03T15:09:43Z", true, true },
	{ "Jan 3 16:09:43 x", 14, "2026-01-03T15:09:43Z", true, true },
	{ "Jan 13 16:09:43.123456 x", 22, "2026-01-13T15:09:43Z", true, true },
	{ "Dec 31 23:59:59 x", 15, "2025-12-31T22:59:59Z", true, true },
	{ "Feb 29 12:00:00 x", 15, "2024-02-29T11:00:00Z", true, true },
	{ "2025-11-27T16:26:20.562039+03:00 x", 32, "2025-11-27T13:26:20Z", false, false },
	{ "2025-11-27T16:26:20+0300 x", 24, "2025-11-27T13:26:20Z", false, false },
	{ "2025-11-27T16:26:20Z x", 20, "2025-11-27T16:26:20Z", false, false },
	{ "2025-11-27T16:26:20-02:30 x", 25, "2025-11-27T18:56:20Z", false, false },
	{ "2025-11-27T16:26:20 x", 19, "2025-11-27T15:26:20Z", false, true },
	{ "2026-03-29 09:44:28 1gLZgZ-0001a5-ME", 19, "2026-03-29T08:44:28Z", false, true },
	{ "2026-03-29 09:44:28.123 +0100 1gLZgZ", 29, "2026-03-29T08:44:28Z", false, false },
	{ "2026-03-29 09:44:28 +0100 1gLZgZ", 25, "2026-03-29T08:44:28Z", false, false },
	{ "2013 Jun 10 07:59:58.123 x", 24, "2013-06-10T06:59:58Z", false, true },
	{ "2013 Jun 10 07:59:58", 20, "2013-06-10T06:59:58Z", false, true },
	{ "", 0, NULL, false, false },
	{ "Jan", 0, NULL, false, false },
	{ "Jan 13", 0, NULL, false, false },
	{ "Jan 32 16:09:43 x", 0, NULL, false, false },
	{ "Jan 0 16:09:43 x", 0, NULL, false, false },
	{ "Jam 13 16:09:43 x", 0, NULL, false, false },
	{ "jan 13 16:09:43 x", 0, NULL, false, false },
	{ "Jan 13 24:09:43 x", 0, NULL, false, false },
	{ "Jan 13 16:09:4 x", 0, NULL, false, false },
	{ "Jan 13 16:09:433 x", 0, NULL, false, false },
	{ "2025-13-27T16:26:20Z x", 0, NULL, false, false },
	{ "2025-11-27 16:26 x", 0, NULL, false, false },
	{ "12345 Jun 10 07:59:58", 0, NULL, false, false },
	{ "{\"a\": 1}", 0, NULL, false, false },
};

/* Months that follow one another, and the years they are taken for. */
static const struct {
	const char *name, *stamps[6];
	int years[6];
} rolls[] = {
	{ "over new year", { "Dec 31 23:59:59", "Jan  1 00:00:00", "Jan  2 00:00:00" }, { 2025, 2026, 2026 } },
	{ "a straggler", { "Dec 31 23:59:59", "Jan  1 00:00:00", "Dec 31 23:59:58", "Jan  1 00:00:01" }, { 2025, 2026, 2025, 2026 } },
	{ "within the year", { "Jan 31 23:59:59", "Feb  1 00:00:00" }, { 2026, 2026 } },
	{ "out of order by a month", { "Feb  1 00:00:00", "Jan 31 23:59:59" }, { 2026, 2026 } },
	{ "a summer before", { "Jun  1 00:00:00", "Sep  1 00:00:00", "Dec  1 00:00:00", "Feb  1 00:00:00" }, { 2025, 2025, 2025, 2026 } },
};
/* clang-format on */

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct reader_clock clock = { .year = 2026, .month_last = 2, .zone_s = 3600 };
		struct stamp_cache k = { .n = 0 };
		time_t got = 7, want = 7;
		size_t n = stamp_read(&k, str_of(rows[i].in), &clock, &got);

		if (rows[i].want != NULL)
			assert_true(time_parse(str_of(rows[i].want), &want));
		if (n != rows[i].length || got != want ||
		    clock.year_guessed != rows[i].year_guessed ||
		    clock.zone_guessed != rows[i].zone_guessed)
			fail_msg("%s: length %zu, time %lld, want %lld", rows[i].in, n,
			    (long long)got, (long long)want);
		/* The second of its kind comes out of the cache. */
		if (n > 0)
			assert_true(
			    stamp_read(&k, str_of(rows[i].in), &clock, &got) == n && got == want);
	}
}

static void
test_years_roll(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rolls); i++) {
		struct reader_clock clock = { .year = 2026, .month_last = 2 };
		struct stamp_cache k = { .n = 0 };

		for (size_t j = 0; rolls[i].stamps[j] != NULL; j++) {
			time_t t = 0;

			assert_int_equal(
			    stamp_read(&k, str_of(rolls[i].stamps[j]), &clock, &t), 15);
			if (civil_of_time(t).year != rolls[i].years[j])
				fail_msg("%s: %s in %d", rolls[i].name, rolls[i].stamps[j],
				    civil_of_time(t).year);
		}
	}
}

/* A cached stamp is not taken for one that only begins like it. */
static void
test_cache(void **state)
{
	struct reader_clock clock = { .year = 2026, .month_last = 2 };
	struct stamp_cache k = { .n = 0 };
	time_t a = 0, b = 0;

	(void)state;
	assert_int_equal(stamp_read(&k, STR("2025-11-27T16:26:20+01:00 x"), &clock, &a), 25);
	assert_int_equal(stamp_read(&k, STR("2025-11-27T16:26:20Z x"), &clock, &b), 20);
	assert_int_equal(b - a, 3600);
	assert_int_equal(stamp_read(&k, STR("2025-11-27T16:26:200 x"), &clock, &b), 0);
	assert_int_equal(stamp_read(&k, STR("2025-11-27T16:26:2"), &clock, &b), 0);
}

static void
test_bounds(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t n = strlen(rows[i].in);

		for (size_t cut = 0; cut <= n; cut++) {
			struct reader_clock clock = { .year = 2026, .month_last = 2 };
			struct stamp_cache k = { .n = 0 };
			struct syslog_line log;
			char *copy = malloc(cut + 1);
			time_t t;

			memcpy(copy, rows[i].in, cut);
			assert_true(stamp_read(&k, (struct str){ copy, cut }, &clock, &t) <= cut);
			(void)syslog_read(&k, (struct str){ copy, cut }, &clock, &log);
			free(copy);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_years_roll),
		cmocka_unit_test(test_cache),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
