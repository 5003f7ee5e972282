/* SPDX-License-Identifier: ISC */
/*
 * test_baseline.c - the file of accepted findings: what is read, what is refused and
 * where, and that what is written is read again.
 */
#include "audit/gate/baseline.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "audit/error.h"

#define FP "0123456789abcdef"
#define LINE FP " spf-none example.com 2026-12-31 until the new year\n"

static const struct {
	const char *name, *text, *why; /* WHY NULL = it is read */
	size_t want;                   /* lines read, or the line that is refused */
} cases[] = {
	{ "nothing", "", NULL, 0 },
	{ "comments and blanks", "# a\n\n  # b\n \t\n", NULL, 0 },
	{ "a line", LINE, NULL, 1 },
	{ "without an end", FP " spf-none example.com - why", NULL, 1 },
	{ "blanks between", "\t" FP "  spf-none\texample.com.  -  why not \r\n", NULL, 1 },
	{ "by a code", FP " SPF001 example.com - why\n", NULL, 1 },
	{ "twice", LINE LINE, NULL, 2 },
	{ "upper case", "0123456789ABCDEF spf-none example.com - why\n",
	    "begins with no fingerprint: 16 digits of 0-9a-f", 1 },
	{ "too short", "# a\n0123456789abcde spf-none example.com - why\n",
	    "begins with no fingerprint: 16 digits of 0-9a-f", 2 },
	{ "no rule", FP " spf-nothing example.com - why\n",
	    "names a rule there is not (see mailvet rules)", 1 },
	{ "no domain", LINE FP " spf-none a..b - why\n", "names no domain", 2 },
	{ "the root", FP " spf-none . - why\n", "names no domain", 1 },
	{ "no day", FP " spf-none example.com 2026-02-30 why\n",
	    "a day like 2026-11-21 is wanted, or -", 1 },
	{ "a time", FP " spf-none example.com 2026-11-21T00:00:00Z why\n",
	    "a day like 2026-11-21 is wanted, or -", 1 },
	{ "a figure", FP " spf-lookup-limit example.com - figure=12 why\n", NULL, 1 },
	{ "a figure that is the reason", FP " spf-none example.com - figure=12\n",
	    "gives no reason", 1 },
	{ "a figure that is none", FP " spf-none example.com - figure=-1 why\n",
	    "a number is wanted behind figure=", 1 },
	{ "a figure too large", FP " spf-none example.com - figure=4294967296 why\n",
	    "a number is wanted behind figure=", 1 },
	{ "no reason", FP " spf-none example.com -\n", "gives no reason", 1 },
};

static void
test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct baseline_error error = { .line = 0 };
		struct baseline b;
		int rc;

		baseline_init(&b);
		rc = baseline_parse(&b, str_of(cases[i].text), &error);
		if ((rc == AUDIT_OK) != (cases[i].why == NULL))
			fail_msg("%s: status %d", cases[i].name, rc);
		if (rc != AUDIT_OK &&
		    (strcmp(error.why, cases[i].why) != 0 || error.line != cases[i].want))
			fail_msg("%s: line %u: %s", cases[i].name, error.line, error.why);
		if (rc == AUDIT_OK && b.n != cases[i].want)
			fail_msg("%s: %zu lines", cases[i].name, b.n);
		baseline_free(&b);
	}
}

/* The end of the day that is named, UTC. */
static void
test_last_day(void **state)
{
	struct baseline_error error;
	struct baseline b;

	(void)state;
	baseline_init(&b);
	assert_int_equal(baseline_parse(&b, STR(LINE), &error), AUDIT_OK);
	assert_int_equal(b.lines[0].waiver.until, 1798761599);
	assert_int_equal(b.lines[0].waiver.origin, WAIVED_BY_BASELINE);
	assert_true(str_eq(b.lines[0].waiver.reason, STR("until the new year")));
	baseline_free(&b);
}

/* A line is found by domain, fingerprint and rule, all three. */
static void
test_find(void **state)
{
	static const struct {
		const char *domain, *fingerprint;
		enum rule_id rule;
		bool want;
	} rows[] = {
		{ "example.com", FP, RULE_SPF_NONE, true },
		{ "EXAMPLE.com", FP, RULE_SPF_NONE, true },
		{ "example.com", "0123456789abcdee", RULE_SPF_NONE, false },
		{ "example.com", FP, RULE_DMARC_NONE, false },
		{ "a.example.com", FP, RULE_SPF_NONE, false },
	};
	struct baseline_error error;
	struct baseline b;

	(void)state;
	baseline_init(&b);
	assert_int_equal(baseline_parse(&b,
			     STR("fedcba9876543210 spf-none example.com - a\n" LINE LINE), &error),
	    AUDIT_OK);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct finding f = { .id = rows[i].rule };
		struct judged g = { .f = &f };
		struct name d;

		memcpy(g.fingerprint, rows[i].fingerprint, sizeof(g.fingerprint));
		assert_int_equal(name_parse(str_of(rows[i].domain), &d), NAME_OK);
		assert_int_equal(baseline_find(&b, &d, &g) != NULL, rows[i].want);
	}
	baseline_free(&b);
}

/* Cut anywhere, each byte another: it is read or refused, and never beyond its end. */
static void
test_any_bytes(void **state)
{
	static const char text[] = "# a\n" LINE FP " dmarc-none a.example.net - b\r\n";

	(void)state;
	for (size_t n = 0; n < sizeof(text); n++)
		for (unsigned flip = 0; flip < 256; flip++) {
			struct baseline_error error = { .line = 0 };
			char *copy = malloc(n + 1);
			struct baseline b;

			assert_non_null(copy);
			memcpy(copy, text, n);
			if (n > 0)
				copy[n - 1] = (char)((unsigned char)copy[n - 1] ^ flip);
			baseline_init(&b);
			if (baseline_parse(&b, (struct str){ copy, n }, &error) == AUDIT_OK)
				assert_true(b.n <= 2);
			else
				assert_true(error.line >= 1 && error.line <= 3);
			baseline_free(&b);
			free(copy);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_last_day),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
