/* SPDX-License-Identifier: ISC */
/*
 * test_verdict.c - evidence weighed: what DNS says now and then, what was accepted, what
 * reports saw; never more certain than that.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "audit/explain/verdict.h"
#include "report/explain.h"

#define NOBODY 99 /* the recording was not asked, or there is none */

/* What is known of a group, and what comes of it. */
struct row {
	const char *name;
	enum refusal_finds now;
	int then; /* an enum refusal_finds, or NOBODY */
	const char *reading;
	uint64_t count, between, since, accepted;
	size_t elsewhere;
	struct seen_then seen;
	bool doubted;
	const char *want; /* "VERDICT CONFIDENCE" */
};

/* clang-format off */
static const struct row rows[] = {
	{ "bad now", REFUSAL_EXPLAINED, NOBODY, "high", 5, .want = "confirmed high" },
	{ "bad now, read from words", REFUSAL_EXPLAINED, NOBODY, "low", 5, .want = "confirmed low" },
	{ "bad in part", REFUSAL_PARTLY, NOBODY, "high", 5, .want = "confirmed medium" },
	{ "bad in part, and reports agree", REFUSAL_PARTLY, NOBODY, "high", 5, .seen = { .mails = 9, .rows = 1 }, .want = "confirmed medium" },
	{ "bad now, reports agree", REFUSAL_EXPLAINED, NOBODY, "medium", 5, .seen = { .mails = 9, .rows = 1 }, .want = "confirmed high" },
	{ "bad now, reports saw it pass", REFUSAL_EXPLAINED, NOBODY, "medium", 5, .seen = { .mails = 9, .spf = 9, .rows = 1 }, .want = "confirmed medium" },
	{ "bad now, good then", REFUSAL_EXPLAINED, REFUSAL_NOT, "high", 5, .want = "contradicted medium" },
	{ "bad now, bad then", REFUSAL_EXPLAINED, REFUSAL_EXPLAINED, "high", 5, .want = "confirmed high" },
	{ "bad now, then not recorded", REFUSAL_EXPLAINED, REFUSAL_LACKS, "high", 5, .want = "confirmed high" },
	{ "bad now, 3 of 10,000", REFUSAL_EXPLAINED, NOBODY, "high", 3, .between = 9000, .accepted = 9997, .want = "confirmed low" },
	{ "bad now, accepted before alone", REFUSAL_EXPLAINED, NOBODY, "high", 3, .accepted = 9997, .want = "confirmed high" },
	{ "bad now, accepted since", REFUSAL_EXPLAINED, NOBODY, "high", 3, .since = 50, .accepted = 50, .want = "confirmed medium" },
	{ "bad now, a stranger", REFUSAL_EXPLAINED, NOBODY, "high", 5, .doubted = true, .want = "confirmed low" },
	{ "good now", REFUSAL_NOT, NOBODY, "high", 5, .want = "contradicted medium" },
	{ "good now, bad then", REFUSAL_NOT, REFUSAL_EXPLAINED, "high", 5, .want = "fixed high" },
	{ "good now, bad in part then", REFUSAL_NOT, REFUSAL_PARTLY, "medium", 5, .want = "fixed medium" },
	{ "good now, good then", REFUSAL_NOT, REFUSAL_NOT, "high", 5, .want = "contradicted medium" },
	{ "good now, then not recorded", REFUSAL_NOT, REFUSAL_LACKS, "high", 5, .want = "contradicted medium" },
	{ "good now, accepted since", REFUSAL_NOT, NOBODY, "high", 5, .since = 1, .accepted = 1, .want = "fixed medium" },
	{ "good now, accepted before alone", REFUSAL_NOT, NOBODY, "high", 5, .accepted = 50, .want = "contradicted medium" },
	{ "good now, accepted all along", REFUSAL_NOT, NOBODY, "high", 3, .between = 9000, .since = 900, .accepted = 9997, .want = "contradicted medium" },
	{ "good now, one among many", REFUSAL_NOT, NOBODY, "high", 1, .since = 5000, .accepted = 9999, .want = "contradicted medium" },
	{ "good now, reports saw it fail", REFUSAL_NOT, NOBODY, "high", 5, .seen = { .mails = 9, .rows = 1 }, .want = "fixed medium" },
	{ "good now, reports saw it pass", REFUSAL_NOT, NOBODY, "high", 5, .seen = { .mails = 9, .dkim = 9, .rows = 1 }, .want = "contradicted medium" },
	{ "good now, four accept it", REFUSAL_NOT, NOBODY, "high", 5, .elsewhere = 4, .want = "contradicted medium" },
	{ "good now, five accept it", REFUSAL_NOT, NOBODY, "high", 5, .elsewhere = 5, .want = "not-dns low" },
	{ "bad now, five accept it", REFUSAL_EXPLAINED, NOBODY, "high", 5, .elsewhere = 5, .want = "confirmed high" },
	{ "not known", REFUSAL_LACKS, NOBODY, "high", 5, .want = "unknown " },
	{ "not known, accepted since", REFUSAL_LACKS, NOBODY, "high", 5, .since = 9, .accepted = 9, .want = "unknown " },
};
/* clang-format on */

static void
test_evidence(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct row *r = &rows[i];
		struct bounce_group g = { .count = r->count,
			.accepted = r->accepted,
			.accepted_between = r->between,
			.accepted_since = r->since,
			.accepted_elsewhere = r->elsewhere,
			.confidence = r->reading,
			.permanent = true };
		struct case_of of = { .standing = CASE_ASKED, .why = "", .ip_from = "log" };
		struct explain_case x = { .refusal = { .demand = DEMAND_SPF },
			.doubted = r->doubted,
			.now = { .done = true, .fact = { .finds = r->now, .lacks = "" } },
			.then = { .done = r->then != NOBODY, .fact = { .lacks = "" } } };
		struct weighing w = {
			.g = &g, .of = &of, .x = &x, .has_then = r->then != NOBODY, .seen = r->seen
		};
		struct weighed v;
		char got[64];

		if (r->then != NOBODY)
			x.then.fact.finds = (enum refusal_finds)r->then;
		verdict_weigh(&w, &v);
		(void)snprintf(
		    got, sizeof(got), "%s %s", bounce_verdict_name(v.verdict), v.confidence);
		if (strcmp(got, r->want) != 0)
			fail_msg("%s: got '%s', want '%s'", r->name, got, r->want);
		/* a contradiction lists what could explain it; what is not known says so */
		assert_true(v.verdict != VERDICT_CONTRADICTED || v.n_maybe > 0);
		assert_true((v.verdict == VERDICT_UNKNOWN) == (v.lacks[0] != '\0'));
		assert_true(v.because[0] != '\0');
	}
}

/* Without a case the standing decides. */
static void
test_standings(void **state)
{
	static const struct {
		enum case_standing standing;
		enum bounce_verdict want;
	} cases[] = {
		{ CASE_NOT_OURS, VERDICT_NOT_OURS },
		{ CASE_NOT_DNS, VERDICT_NOT_DNS },
		{ CASE_THEIR_LIST, VERDICT_NOT_OURS },
		{ CASE_UNREAD, VERDICT_UNKNOWN },
		{ CASE_INBOUND, VERDICT_NOT_OURS },
		{ CASE_LEFT_OUT, VERDICT_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct bounce_group g = { .count = 1, .confidence = "high" };
		struct case_of of = { .standing = cases[i].standing, .why = "x", .ip_from = "" };
		struct weighing w = { .g = &g, .of = &of };
		struct weighed v;

		verdict_weigh(&w, &v);
		assert_int_equal(v.verdict, cases[i].want);
	}
}

/* By verdict and share; confirmed is an error however few, fixed none however many. */
static void
test_levels(void **state)
{
	static const struct {
		enum bounce_verdict verdict;
		uint64_t count, sent;
		enum rule_level want;
	} cases[] = {
		{ VERDICT_CONFIRMED, 1, 10000, LEVEL_ERROR },
		{ VERDICT_FIXED, 1000, 1000, LEVEL_PASS },
		{ VERDICT_NOT_OURS, 1000, 1000, LEVEL_PASS },
		{ VERDICT_NOT_DNS, 19, 19, LEVEL_WARNING },
		{ VERDICT_NOT_DNS, 20, 400, LEVEL_ERROR },
		{ VERDICT_NOT_DNS, 20, 401, LEVEL_WARNING },
		{ VERDICT_CONTRADICTED, 20, 20, LEVEL_ERROR },
		{ VERDICT_UNKNOWN, 20, 20, LEVEL_ERROR },
		{ VERDICT_UNKNOWN, 1, 20, LEVEL_WARNING },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct bounce_group g = {
			.verdict = cases[i].verdict, .count = cases[i].count, .sent = cases[i].sent
		};

		assert_int_equal(verdict_level(&g), cases[i].want);
		g.inbound = true;
		assert_int_equal(verdict_level(&g), LEVEL_PASS);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_standings),
		cmocka_unit_test(test_levels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
