/* SPDX-License-Identifier: ISC */
/*
 * test_inquiry.c - one subject's memo: the same answer in every run, pending
 * until it is here, and a bound.
 */
#include "checks/core/inquiry.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* Answers at once unless LATE. */
struct oracle {
	bool late;
	unsigned asked;
};

static const struct answer *
on_ask(void *ctx, const struct question *q)
{
	struct oracle *o = ctx;

	o->asked++;
	return o->late ? NULL : answer_failed(q, CAUSE_REFUSED);
}

static struct name
numbered(size_t i)
{
	struct name n;
	struct buf b;

	buf_init(&b, 100);
	buf_adds(&b, "n");
	buf_addu(&b, i);
	assert_int_equal(name_parse(buf_str(&b), &n), NAME_OK);
	buf_free(&b);
	return n;
}

static void
test_pending_until_delivered(void **state)
{
	struct oracle o = { .late = true };
	const struct inquiry_entry **asked;
	const struct answer *a;
	struct name n = numbered(1);
	struct question what = question_dns(&n, RR_A), other = question_dns(&n, RR_TXT);
	struct arena arena;
	struct inquiry q;

	(void)state;
	arena_init(&arena, 0);
	inquiry_init(&q, on_ask, &o, &arena);
	inquiry_begin(&q);
	assert_true(is_pending(ask_dns(&q, &n, RR_A)));
	assert_true(is_pending(ask_dns(&q, &n, RR_A)));
	assert_true(q.met_pending);
	assert_int_equal(o.asked, 1);
	assert_false(inquiry_deliver(&q, &other, answer_failed(&other, CAUSE_TIMEOUT)));
	assert_true(inquiry_deliver(&q, &what, answer_failed(&what, CAUSE_TIMEOUT)));
	assert_false(inquiry_deliver(&q, &what, answer_failed(&what, CAUSE_REFUSED)));
	assert_int_equal(q.n_pending, 0);
	inquiry_begin(&q);
	assert_false(q.met_pending);
	assert_int_equal(inquiry_asked(&q, &arena, &asked), 0); /* not in this run */
	a = ask_dns(&q, &n, RR_A);
	assert_int_equal(a->cause, CAUSE_TIMEOUT); /* the first answer stands */
	assert_ptr_equal(ask_dns(&q, &n, RR_A), a);
	assert_int_equal(inquiry_asked(&q, &arena, &asked), 1);
	assert_int_equal(o.asked, 1);
	inquiry_free(&q);
	arena_free(&arena);
}

static void
test_asked_ahead_is_no_evidence(void **state)
{
	struct oracle o = { .late = false };
	const struct inquiry_entry **asked;
	struct name n = numbered(1);
	struct arena arena;
	struct inquiry q;

	(void)state;
	arena_init(&arena, 0);
	inquiry_init(&q, on_ask, &o, &arena);
	inquiry_begin(&q);
	ask_ahead(&q, &n, RR_A);
	assert_false(q.met_pending);
	assert_int_equal(inquiry_asked(&q, &arena, &asked), 0);
	(void)ask_dns(&q, &n, RR_A);
	assert_int_equal(inquiry_asked(&q, &arena, &asked), 1);
	assert_int_equal(o.asked, 1);
	inquiry_free(&q);
	arena_free(&arena);
}

static void
test_questions_are_bounded(void **state)
{
	struct oracle o = { .late = false };
	struct arena arena;
	struct inquiry q;
	struct name last = numbered(MAX_QUESTIONS), first = numbered(0);
	jmp_buf limit;
	volatile bool jumped = false;

	(void)state;
	arena_init(&arena, 0);
	inquiry_init(&q, on_ask, &o, &arena);
	inquiry_begin(&q);
	for (size_t i = 0; i < MAX_QUESTIONS; i++) {
		struct name n = numbered(i);

		assert_false(is_pending(ask_dns(&q, &n, RR_A)));
	}
	ask_ahead(&q, &last, RR_A); /* no bound is passed for a guess */
	assert_false(q.over);
	assert_false(is_pending(ask_dns(&q, &first, RR_A))); /* known ones are no new ones */
	assert_true(is_pending(ask_dns(&q, &last, RR_A)));
	assert_true(q.over);
	arena.limit = &limit;
	if (setjmp(limit) == 0)
		(void)ask_dns(&q, &last, RR_A);
	else
		jumped = true;
	assert_true(jumped);
	assert_int_equal(o.asked, MAX_QUESTIONS);
	inquiry_begin(&q);
	assert_false(q.over);
	inquiry_free(&q);
	arena_free(&arena);
}

/* The bytes of a key are copied: the check's arena is reset between runs. */
static void
test_data_is_copied(void **state)
{
	struct oracle o = { .late = true };
	struct arena arena;
	struct inquiry q;

	(void)state;
	arena_init(&arena, 0);
	inquiry_init(&q, on_ask, &o, &arena);
	for (int run = 0; run < 2; run++) {
		arena_reset(&arena);
		inquiry_begin(&q);
		(void)ask_key(&q, arena_str(&arena, STR("some key")), 1);
	}
	assert_int_equal(o.asked, 1);
	inquiry_free(&q);
	arena_free(&arena);
}

/* Both states of one name: two questions, kept and told apart in one inquiry. */
static void
test_the_state_before_is_another_question(void **state)
{
	struct oracle o = { .late = true };
	const struct inquiry_entry **asked;
	struct name n = numbered(1);
	struct question now = question_dns(&n, RR_A), then = now;
	struct arena arena;
	struct inquiry q, before;

	(void)state;
	then.base = true;
	arena_init(&arena, 0);
	inquiry_init(&q, on_ask, &o, &arena);
	inquiry_before(&before, &q);
	inquiry_begin(&q);
	assert_true(is_pending(ask_dns(&before, &n, RR_A)));
	assert_true(q.met_pending);
	assert_true(is_pending(ask_dns(&q, &n, RR_A)));
	assert_int_equal(o.asked, 2);
	assert_true(inquiry_deliver(&q, &then, answer_failed(&then, CAUSE_TIMEOUT)));
	inquiry_begin(&q);
	assert_int_equal(ask(&before, &now)->cause, CAUSE_TIMEOUT);
	assert_int_equal(answer_at_hand(&before, &n, RR_A)->cause, CAUSE_TIMEOUT);
	assert_null(answer_at_hand(&q, &n, RR_A));
	assert_int_equal(inquiry_count_here(&before), 1);
	assert_int_equal(inquiry_count_here(&q), 0);
	assert_true(is_pending(ask_dns(&q, &n, RR_A)));
	assert_int_equal(inquiry_here(&q, &arena, &asked), 1);
	assert_false(asked[0]->q.base);
	assert_int_equal(inquiry_here(&before, &arena, &asked), 1);
	assert_true(asked[0]->q.base);
	assert_int_equal(inquiry_asked(&q, &arena, &asked), 2);
	assert_true(is_pending(ask_suffix(&before, &n))); /* hangs on neither state */
	assert_true(is_pending(ask_suffix(&q, &n)));
	ask_ahead(&before, &n, RR_A);
	assert_int_equal(o.asked, 3);
	inquiry_free(&q);
	arena_free(&arena);
}

/* The bound is on both together. */
static void
test_the_state_before_is_bounded_with_the_rest(void **state)
{
	struct oracle o = { .late = false };
	struct arena arena;
	struct inquiry q, before;

	(void)state;
	arena_init(&arena, 0);
	inquiry_init(&q, on_ask, &o, &arena);
	inquiry_before(&before, &q);
	inquiry_begin(&q);
	for (size_t i = 0; i < MAX_QUESTIONS; i++) {
		struct name n = numbered(i / 2);

		(void)ask_dns(i % 2 == 0 ? &q : &before, &n, RR_A);
	}
	assert_false(q.over);
	for (int i = 0; i < 2; i++) {
		struct name n = numbered(MAX_QUESTIONS);

		assert_true(is_pending(ask_dns(i == 0 ? &before : &q, &n, RR_A)));
		assert_true(q.over);
	}
	assert_int_equal(o.asked, MAX_QUESTIONS);
	inquiry_free(&q);
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pending_until_delivered),
		cmocka_unit_test(test_asked_ahead_is_no_evidence),
		cmocka_unit_test(test_questions_are_bounded),
		cmocka_unit_test(test_data_is_copied),
		cmocka_unit_test(test_the_state_before_is_another_question),
		cmocka_unit_test(test_the_state_before_is_bounded_with_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
