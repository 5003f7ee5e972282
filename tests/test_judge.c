/* SPDX-License-Identifier: ISC */
/*
 * test_judge.c - fingerprints that may never change, levels, order, verdicts
 * and the exit status.
 */
#include "audit/judge.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* A subject with findings, and what a judge makes of them. */
struct bench {
	struct arena arena, judged;
	struct findings fs;
	struct inquiry q;
	struct facts facts;
	struct subject subject;
	struct name domain;
	struct judge j;
	uint64_t ran;
};

static void
begin(struct bench *b)
{
	*b = (struct bench){ .ran = 0 };
	arena_init(&b->arena, 0);
	arena_init(&b->judged, 0);
	findings_init(&b->fs, &b->arena);
	judge_init(&b->j);
	assert_int_equal(name_parse(STR("Example.COM"), &b->domain), NAME_OK);
	b->subject.domain = b->domain;
}

static struct domain_result
judge(struct bench *b)
{
	struct engine_result r = { .subject = &b->subject,
		.findings = b->fs.first,
		.facts = &b->facts,
		.q = &b->q,
		.ran = b->ran };
	struct domain_result out;

	judge_domain(&b->j, &r, &b->judged, &out);
	return out;
}

static void
end(struct bench *b)
{
	judge_free(&b->j);
	findings_free(&b->fs);
	arena_free(&b->arena);
	arena_free(&b->judged);
}

static enum rule_id
rule_named(const char *slug)
{
	enum rule_id id;

	if (!rule_find(str_of(slug), &id))
		fail_msg("%s: no such rule", slug);
	return id;
}

/* Printed by `printf 'SLUG\nOWNER\nTYPE\nKEY' | sha256sum | cut -c1-16`. */
static const struct {
	const char *slug;
	bool placed;     /* at the TXT of the domain; else it has no place */
	const char *key; /* the argument that enters the fingerprint; NULL = none */
	const char *keyname;
	const char *want;
} prints[] = {
	{ "spf-multiple", true, NULL, NULL, "2bf3621c262b8774" },
	{ "audit-limit", false, "memory", "limit", "744eace9d6e0ed89" },
	{ "audit-limit", false, "questions", "limit", "d8a9a2fc1da16e00" },
};

static void
test_fingerprints_never_change(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(prints); i++) {
		struct domain_result out;
		struct finding *f;
		struct bench b;

		begin(&b);
		f = finding_add(&b.fs, rule_named(prints[i].slug), &b.domain);
		if (prints[i].placed)
			finding_absent(f, &b.domain, RR_TXT);
		finding_number(f, "figure", 12 + (int64_t)i); /* no key: not in it */
		f->place.text = STR("whatever stands there");
		f->place.offset = i;
		if (prints[i].key != NULL)
			finding_text(&b.fs, f, prints[i].keyname, str_of(prints[i].key));
		out = judge(&b);
		assert_int_equal(out.n_findings, 1);
		if (strcmp(out.findings[0].fingerprint, prints[i].want) != 0)
			fail_msg("%s %zu: %s, not %s", prints[i].slug, i,
			    out.findings[0].fingerprint, prints[i].want);
		end(&b);
	}
}

/* Findings of these levels: the verdict, and the status by --fail-on. */
static const struct {
	const char *name, *slugs[3];
	enum rule_level verdict;
	int on_error, on_warning, on_note, never;
} verdicts[] = {
	{ "nothing", { NULL }, LEVEL_PASS, 0, 0, 0, 0 },
	{ "a note", { "spf-type99" }, LEVEL_NOTE, 0, 0, 1, 0 },
	{ "a warning", { "spf-none" }, LEVEL_WARNING, 0, 1, 1, 0 },
	{ "an error", { "spf-multiple" }, LEVEL_ERROR, 1, 1, 1, 0 },
	{ "a needed unknown", { "audit-limit" }, LEVEL_UNKNOWN, 3, 3, 3, 3 },
	{ "an unknown not needed", { "dnsbl-lookup-failed" }, LEVEL_PASS, 0, 0, 0, 0 },
	{ "error beats unknown", { "audit-limit", "spf-multiple" }, LEVEL_ERROR, 1, 1, 1, 3 },
	{ "unknown beats a warning below --fail-on", { "spf-none", "audit-limit" }, LEVEL_UNKNOWN,
	    3, 1, 1, 3 },
	{ "note and warning", { "spf-type99", "spf-none" }, LEVEL_WARNING, 0, 1, 1, 0 },
};

static void
test_verdicts_and_status(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(verdicts); i++) {
		struct domain_result out;
		struct run_result run = { .domains = 99 };
		struct bench b;

		begin(&b);
		for (size_t k = 0; k < 3 && verdicts[i].slugs[k] != NULL; k++)
			(void)finding_add(&b.fs, rule_named(verdicts[i].slugs[k]), &b.domain);
		out = judge(&b);
		if (out.verdict != verdicts[i].verdict ||
		    judge_status(&b.j, LEVEL_ERROR) != verdicts[i].on_error ||
		    judge_status(&b.j, LEVEL_WARNING) != verdicts[i].on_warning ||
		    judge_status(&b.j, LEVEL_NOTE) != verdicts[i].on_note ||
		    judge_status(&b.j, LEVEL_PASS) != verdicts[i].never)
			fail_msg("%s: verdict %s, status %d %d %d %d", verdicts[i].name,
			    level_name(out.verdict), judge_status(&b.j, LEVEL_ERROR),
			    judge_status(&b.j, LEVEL_WARNING), judge_status(&b.j, LEVEL_NOTE),
			    judge_status(&b.j, LEVEL_PASS));
		judge_run(&b.j, &run);
		assert_int_equal(run.domains, 1);
		assert_int_equal(run.domain_verdict[out.verdict], 1);
		end(&b);
	}
}

static void
test_a_level_that_was_changed(void **state)
{
	struct domain_result out;
	struct bench b;

	(void)state;
	begin(&b);
	b.j.level[rule_named("spf-none")] = LEVEL_NOTE;
	b.j.level[rule_named("spf-type99")] = LEVEL_ERROR;
	(void)finding_add(&b.fs, rule_named("spf-none"), &b.domain);
	(void)finding_add(&b.fs, rule_named("spf-type99"), &b.domain);
	out = judge(&b);
	assert_int_equal(out.findings[0].f->id, rule_named("spf-type99")); /* worst first */
	assert_int_equal(out.findings[0].level, LEVEL_ERROR);
	assert_int_equal(out.findings[1].level, LEVEL_NOTE);
	assert_int_equal(judge_status(&b.j, LEVEL_ERROR), 1);
	end(&b);
}

/* The order in which checks found them does not show. */
static void
test_order_is_total(void **state)
{
	static const char *const slugs[] = { "spf-none", "spf-multiple", "spf-multiple",
		"audit-limit", "spf-type99" };
	char first[8][17], other[8][17];
	size_t n = ARRAY_LEN(slugs);

	(void)state;
	for (int backward = 0; backward <= 1; backward++) {
		struct domain_result out;
		struct bench b;

		begin(&b);
		for (size_t i = 0; i < n; i++) {
			size_t at = backward != 0 ? n - 1 - i : i;
			struct finding *f = finding_add(&b.fs, rule_named(slugs[at]), &b.domain);

			finding_number(f, "count", (int64_t)at);
		}
		out = judge(&b);
		assert_int_equal(out.n_findings, n);
		for (size_t i = 0; i < n; i++) {
			memcpy(
			    backward != 0 ? other[i] : first[i], out.findings[i].fingerprint, 17);
			if (i == 1) /* twice the same rule: by its figures */
				assert_int_equal(out.findings[i].f->args[0].number, 2);
		}
		end(&b);
	}
	for (size_t i = 0; i < n; i++)
		assert_string_equal(first[i], other[i]);
}

/* A check passes when it ran and nothing worse than a note of its own stands. */
static void
test_passes(void **state)
{
	static const struct {
		const char *slug;
		bool ran, want;
	} rows[] = { { NULL, true, true }, { NULL, false, false }, { "spf-none", true, false },
		{ "spf-lookup-failed", true, false }, { "spf-type99", true, true },
		{ "dmarc-none", true, true } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct domain_result out;
		bool passed = false;
		struct bench b;

		begin(&b);
		for (size_t k = 0; k < n_checks; k++)
			if (rows[i].ran && strcmp(checks[k].name, "spf") == 0)
				b.ran = UINT64_C(1) << k;
		if (rows[i].slug != NULL)
			(void)finding_add(&b.fs, rule_named(rows[i].slug), &b.domain);
		out = judge(&b);
		for (size_t k = 0; k < out.n_findings; k++)
			passed = passed || out.findings[k].f->id == RULE_SPF_PASS;
		if (passed != rows[i].want)
			fail_msg("%s: passed %d", rows[i].slug != NULL ? rows[i].slug : "nothing",
			    passed);
		end(&b);
	}
}

/* What is about the run stands there once, outlives the subject, and counts. */
static void
test_findings_about_the_run(void **state)
{
	enum rule_id id = RULE_COUNT;
	struct run_result run = { .domains = 0 };
	struct bench b;

	(void)state;
	for (size_t i = 0; i < RULE_COUNT; i++)
		if (rule_of((enum rule_id)i)->run)
			id = (enum rule_id)i;
	assert_true(id != RULE_COUNT);
	begin(&b);
	b.j.level[id] = LEVEL_WARNING;
	for (int i = 0; i < 3; i++) {
		struct domain_result out;

		arena_reset(&b.arena);
		findings_reset(&b.fs);
		(void)finding_add_text(&b.fs, id, STR("list.example"));
		out = judge(&b);
		assert_int_equal(out.n_findings, 0);
		assert_int_equal(out.verdict, LEVEL_PASS);
	}
	arena_reset(&b.arena);
	judge_run(&b.j, &run);
	assert_int_equal(run.n_findings, 1);
	assert_true(str_eq(run.findings[0].f->subject, STR("list.example")));
	assert_int_equal(run.count[LEVEL_WARNING], 1);
	assert_int_equal(judge_status(&b.j, LEVEL_WARNING), 1);
	assert_int_equal(judge_status(&b.j, LEVEL_ERROR), 0);
	end(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fingerprints_never_change),
		cmocka_unit_test(test_verdicts_and_status),
		cmocka_unit_test(test_a_level_that_was_changed),
		cmocka_unit_test(test_order_is_total),
		cmocka_unit_test(test_passes),
		cmocka_unit_test(test_findings_about_the_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
