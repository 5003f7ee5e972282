/* SPDX-License-Identifier: ISC */
/*
 * test_finding.c - findings: bounds, places, and no half of a cure.
 */
#include "checks/core/finding.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct name
name_of(const char *text)
{
	struct name n;

	assert_int_equal(name_parse(str_of(text), &n), NAME_OK);
	return n;
}

static void
test_findings_are_bounded(void **state)
{
	struct name n = name_of("a.example");
	struct findings fs;
	struct arena a;
	size_t count = 0;

	(void)state;
	arena_init(&a, 0);
	findings_init(&fs, &a);
	for (size_t i = 0; i < MAX_FINDINGS; i++)
		assert_non_null(finding_add(&fs, RULE_SPF_NONE, &n));
	assert_false(fs.over);
	finding_text(&fs, finding_add(&fs, RULE_SPF_NONE, &n), "more", STR("x"));
	assert_true(fs.over);
	for (const struct finding *f = fs.first; f != NULL; f = f->next)
		count++;
	assert_int_equal(count, MAX_FINDINGS);
	findings_reset(&fs);
	assert_null(fs.first);
	assert_false(fs.over);
	findings_free(&fs);
	arena_free(&a);
}

/* All changes, or none. */
static void
test_changes_are_bounded(void **state)
{
	struct name n = name_of("a.example");
	struct findings fs;
	struct arena a;

	(void)state;
	for (size_t k = MAX_CHANGES; k <= MAX_CHANGES + 3; k++) {
		struct finding *f;

		arena_init(&a, 0);
		findings_init(&fs, &a);
		f = finding_add(&fs, RULE_SPF_NONE, &n);
		for (size_t i = 0; i < k; i++)
			finding_change(&fs, f, CHANGE_ADD, &n, RR_TXT)->new =
			    finding_txt(&fs, STR("x"));
		assert_int_equal(f->remedy.n_changes, k == MAX_CHANGES ? MAX_CHANGES : 0);
		assert_int_equal(f->remedy.over, k > MAX_CHANGES);
		findings_free(&fs);
		arena_free(&a);
	}
}

static void
test_evidence_is_kept_once(void **state)
{
	struct name n = name_of("a.example");
	struct question q = question_dns(&n, RR_A);
	struct answer *answers[MAX_EVIDENCE + 2];
	struct findings fs;
	struct finding *f;
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	findings_init(&fs, &a);
	f = finding_add(&fs, RULE_SPF_NONE, &n);
	finding_evidence(f, NULL);
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		answers[i] = answer_failed(&q, CAUSE_TIMEOUT);
		finding_evidence(f, answers[i]);
		finding_evidence(f, answers[i]);
	}
	assert_int_equal(f->n_evidence, MAX_EVIDENCE);
	assert_ptr_equal(f->evidence[1], answers[1]);
	for (size_t i = 0; i < ARRAY_LEN(answers); i++)
		answer_unref(answers[i]);
	findings_free(&fs);
	arena_free(&a);
}

static void
test_place_of_a_part(void **state)
{
	struct name n = name_of("a.example");
	struct question q = question_dns(&n, RR_TXT);
	struct answer_draft d;
	struct answer *answer;
	struct findings fs;
	struct finding *f;
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	findings_init(&fs, &a);
	draft_init(&d, &a, &q, ANSWER_FOUND);
	assert_non_null(draft_add_rr(&d, RR_TXT, 1, (struct str){ "\3abc\2de", 7 }));
	answer = answer_finish(&d);
	f = finding_add(&fs, RULE_SPF_NONE, &n);
	finding_at(&fs, f, answer, &answer->rr[0], str_sub(answer->rr[0].text, 2, 3));
	assert_int_equal(f->place.offset, 2);
	assert_int_equal(f->place.length, 3);
	assert_true(str_eq(f->place.text, STR("abcde")));
	assert_true(name_eq(&f->place.name, &n));
	assert_int_equal(f->n_evidence, 1);
	answer_unref(answer);
	findings_free(&fs);
	arena_free(&a);
}

/* Whoever passes the arena's maximum in the middle of a finding loses no heap (ASan, valgrind). */
static void
test_a_jump_leaves_nothing(void **state)
{
	struct name n = name_of("a.example");
	struct findings fs;
	struct arena a;
	jmp_buf limit;
	static char text[60000];

	(void)state;
	memset(text, 'x', sizeof(text));
	arena_init(&a, 1 << 20);
	findings_init(&fs, &a);
	a.limit = &limit;
	if (setjmp(limit) == 0)
		for (;;)
			finding_change(
			    &fs, finding_add(&fs, RULE_SPF_NONE, &n), CHANGE_ADD, &n, RR_TXT)
			    ->new = finding_txt(&fs, (struct str){ text, sizeof(text) });
	a.limit = NULL;
	assert_true(fs.n > 1 && !fs.over);
	findings_free(&fs);
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_findings_are_bounded),
		cmocka_unit_test(test_changes_are_bounded),
		cmocka_unit_test(test_evidence_is_kept_once),
		cmocka_unit_test(test_place_of_a_part),
		cmocka_unit_test(test_a_jump_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
