/* SPDX-License-Identifier: ISC */
/*
 * test_sentence.c - templates, times and the wording that formats share.
 */
#include "report/report.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "report/words.h"
#include "tests/report_sample.h"

static const char long_text[] =
    "0123456789012345678901234567890123456789012345678901234567890123456789"
    "01234567890123456789012345678901234567890123456789tail";

static void
test_arguments_are_put_in_and_escaped(void **state)
{
	/* clang-format off */
	static const struct { const char *template, *want; } cases[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "{count}", "14" },
		{ "{low} and {count}.", "-9223372036854775808 and 14." },
		{ "{subject}: {owner} {type}", "example.com: _spf.example.com TXT" },
		{ "{what}", "ip4:192.0.2.0/24" },
		{ "{name}", "a\\.b.example.org" },
		{ "{raw}", "a\\027[31m\\\\\\000\\255" },
		{ "%{i} of {count} %{d2}", "%{i} of 14 %{d2}" },
		{ "{long}", "0123456789012345678901234567890123456789012345678901234567890123456789"
		  "01234567890123456789012345678901234567890123456789..." },
	};
	/* clang-format on */
	struct sample s;
	struct finding *f;
	struct name n = sample_name("a\\.b.example.org");
	const struct answer *a;

	(void)state;
	sample_init(&s, "example.com");
	f = finding_add(&s.findings, (enum rule_id)SAMPLE_TEXT, &s.subject.domain);
	a = sample_txt(&s, "_spf.example.com", STR("v=spf1 ip4:192.0.2.0/24 -all"), NULL, 0);
	sample_at(&s, f, a, "ip4:192.0.2.0/24");
	finding_number(f, "count", 14);
	finding_number(f, "low", INT64_MIN);
	finding_name(&s.findings, f, "name", &n);
	finding_text(&s.findings, f, "raw", (struct str){ "a\033[31m\\\0\xff", 9 });
	finding_text(&s.findings, f, "long", str_of(long_text));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b;

		buf_init(&b, 1000);
		sentence_add(&b, cases[i].template, f);
		buf_addc(&b, '\0');
		assert_string_equal(b.p, cases[i].want);
		buf_free(&b);
	}
	sample_free(&s);
}

static void
test_times_are_rfc_3339(void **state)
{
	/* clang-format off */
	static const struct { time_t t; const char *want; } cases[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ 951782400, "2000-02-29T00:00:00Z" },
		{ SAMPLE_NOW, "2026-11-21T12:00:00Z" },
		{ 2147483648, "2038-01-19T03:14:08Z" },
		{ -30610224001, "0999-12-31T23:59:59Z" },
		{ -93692592000, "0000-01-01T00:00:00Z" }, /* where a civil date begins and ends */
		{ 253402300800, "9999-12-31T23:59:59Z" },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b;

		buf_init(&b, 100);
		time_add(&b, cases[i].t);
		buf_addc(&b, '\0');
		assert_string_equal(b.p, cases[i].want);
		buf_free(&b);
	}
}

/* A TXT of 300 bytes: the second string begins at offset 255, line 8. */
static void
test_places_lead_into_the_file(void **state)
{
	/* clang-format off */
	static const struct { size_t offset, length; uint32_t line, column, end_line, end_column; } cases[] = {
		{ 0, 0, 7, 11, 8, 58 },		/* all: the rdata, quotes included */
		{ 0, 6, 7, 12, 7, 18 },
		{ 254, 1, 7, 266, 7, 267 },	/* the last byte of the first string */
		{ 255, 1, 8, 12, 8, 13 },
		{ 250, 10, 7, 262, 8, 17 },	/* over the boundary */
		{ 300, 0, 8, 57, 8, 57 },	/* behind the end: what is missing there */
	};
	/* clang-format on */
	char text[300];
	struct sample s;
	const struct answer *a;
	struct span got;

	(void)state;
	memset(text, 'x', sizeof(text));
	sample_init(&s, "example.com");
	a = sample_txt(&s, "example.com", (struct str){ text, sizeof(text) }, "z.zone", 7);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct place p = { .rr = &a->rr[0],
			.text = a->rr[0].text,
			.type = RR_TXT,
			.offset = cases[i].offset,
			.length = cases[i].length };

		assert_true(span_of(&p, &got));
		assert_int_equal(got.line, cases[i].line);
		assert_int_equal(got.column, cases[i].column);
		assert_int_equal(got.end_line, cases[i].end_line);
		assert_int_equal(got.end_column, cases[i].end_column);
	}
	assert_false(span_of(&(struct place){ .rr = NULL }, &got));
	sample_free(&s);
}

static void
test_every_cause_is_worded(void **state)
{
	struct sample s;

	(void)state;
	sample_init(&s, "example.com");
	for (int c = CAUSE_TIMEOUT; c < CAUSE_COUNT; c++) {
		const struct answer *a = sample_failed(&s, "example.com", (enum answer_cause)c, "");
		struct buf b;

		buf_init(&b, 200);
		why_add(&b, a);
		assert_true(b.n > 3);
		buf_free(&b);
	}
	sample_free(&s);
}

static void
test_local_parts_are_covered(void **state)
{
	/* clang-format off */
	static const struct { const char *in, *want; } cases[] = {
		{ "rua=mailto:dmarc.reports@example.com;", "rua=mailto:xxxxxxxxxxxxx@example.com;" },
		{ "a@example.com,b+c@1.example", "x@example.com,xxx@1.example" },
		{ "asked 192.0.2.53@5353", "asked 192.0.2.53@5353" },
		{ "%{l}@example.com", "%{l}@example.com" },
		{ "@example.com", "@example.com" },
		{ "\"text\": \"\\\\195x@a\"", "\"text\": \"xxxxxx@a\"" },
		{ "trailing@", "trailing@" },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b;

		buf_init(&b, 1000);
		buf_adds(&b, "kept@example.com ");
		buf_adds(&b, cases[i].in);
		redact(&b, 17);
		buf_addc(&b, '\0');
		assert_string_equal(b.p + 17, cases[i].want);
		assert_memory_equal(b.p, "kept@example.com ", 17);
		buf_free(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arguments_are_put_in_and_escaped),
		cmocka_unit_test(test_times_are_rfc_3339),
		cmocka_unit_test(test_places_lead_into_the_file),
		cmocka_unit_test(test_every_cause_is_worded),
		cmocka_unit_test(test_local_parts_are_covered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
