/* SPDX-License-Identifier: ISC */
/*
 * test_memo.c - answers go by their TTL, and under a cap: what was asked once
 * before what was asked again.
 */
#include "audit/memo.h"
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include "checks/core/arena.h"
#include "checks/core/buf.h"

static struct question
question(size_t i)
{
	struct buf b;
	struct name n;

	buf_init(&b, 100);
	buf_adds(&b, "n");
	buf_addu(&b, i);
	buf_adds(&b, ".example");
	assert_int_equal(name_parse(buf_str(&b), &n), NAME_OK);
	buf_free(&b);
	return question_dns(&n, RR_A);
}

static void
keep(struct memo *m, size_t i, uint64_t expires_ms)
{
	struct question q = question(i);

	assert_null(memo_find(m, &q, 0));
	memo_keep(m, memo_add(m, &q), answer_failed(&q, CAUSE_TIMEOUT), expires_ms);
}

static bool
has(struct memo *m, size_t i, uint64_t now_ms)
{
	struct question q = question(i);

	return memo_find(m, &q, now_ms) != NULL;
}

static void
test_an_answer_ends_with_its_time(void **state)
{
	struct memo m;

	(void)state;
	memo_init(&m, 1 << 20);
	keep(&m, 1, 1000);
	assert_true(has(&m, 1, 0));
	assert_true(has(&m, 1, 999));
	assert_false(has(&m, 1, 1000));
	assert_int_equal(m.n, 0);
	assert_int_equal(memo_bytes(&m), 0);
	keep(&m, 1, 2000); /* may be asked again */
	assert_true(has(&m, 1, 1000));
	memo_free(&m);
}

/* The bytes one kept answer counts. */
static size_t
one_entry(void)
{
	struct memo m;
	size_t n;

	memo_init(&m, 1 << 20);
	keep(&m, 1, 1);
	n = memo_bytes(&m);
	memo_free(&m);
	return n;
}

static void
test_what_was_asked_once_goes_first(void **state)
{
	struct memo m;

	(void)state;
	memo_init(&m, 10 * one_entry());
	for (size_t i = 0; i < 5; i++) {
		keep(&m, i, UINT64_MAX);
		assert_true(has(&m, i, 0)); /* the second question */
	}
	for (size_t i = 5; i < 1000; i++) {
		keep(&m, i, UINT64_MAX);
		assert_true(memo_bytes(&m) <= m.max_bytes);
	}
	for (size_t i = 0; i < 5; i++)
		assert_true(has(&m, i, 0));
	assert_false(has(&m, 500, 0));
	assert_true(has(&m, 999, 0));
	memo_free(&m);
}

/* Of what nobody asked again only a share is kept, though there be room. */
static void
test_what_was_asked_once_has_a_share(void **state)
{
	struct memo m;

	(void)state;
	memo_init(&m, 5 * MEMO_ONCE_SHARE * one_entry());
	for (size_t i = 0; i < 100; i++)
		keep(&m, i, UINT64_MAX);
	assert_int_equal(m.n, 5);
	for (size_t i = 95; i < 100; i++)
		assert_true(has(&m, i, 0)); /* and now they are shared */
	for (size_t i = 100; i < 200; i++)
		keep(&m, i, UINT64_MAX);
	assert_int_equal(m.n, 10);
	for (size_t i = 95; i < 100; i++)
		assert_true(has(&m, i, 0));
	memo_free(&m);
}

static void
test_the_cap_holds_when_all_is_shared(void **state)
{
	struct memo m;

	(void)state;
	memo_init(&m, 10 * one_entry());
	for (size_t i = 0; i < 1000; i++) {
		keep(&m, i, UINT64_MAX);
		assert_true(has(&m, i, 0));
		assert_true(memo_bytes(&m) <= m.max_bytes);
		assert_true(m.n <= 10);
	}
	assert_true(has(&m, 999, 0));
	assert_false(has(&m, 1, 0));
	memo_free(&m);
}

/* Two who ask before the answer is in are two. */
static void
test_merged_in_flight_is_shared(void **state)
{
	struct question q = question(0);
	struct world_entry *e;
	struct memo m;

	(void)state;
	memo_init(&m, 10 * one_entry());
	assert_null(memo_find(&m, &q, 0));
	e = memo_add(&m, &q);
	assert_ptr_equal(memo_find(&m, &q, 0), e);
	memo_keep(&m, e, answer_failed(&q, CAUSE_TIMEOUT), UINT64_MAX);
	for (size_t i = 1; i < 100; i++)
		keep(&m, i, UINT64_MAX);
	assert_true(has(&m, 0, 0));
	memo_free(&m);
}

/* One answer over the cap: whoever asked still gets it. */
static void
test_the_newest_stays_whatever_its_size(void **state)
{
	struct memo m;

	(void)state;
	memo_init(&m, 1);
	for (size_t i = 0; i < 20; i++) {
		keep(&m, i, UINT64_MAX);
		assert_int_equal(m.n, 1);
		assert_true(has(&m, i, 0));
	}
	memo_free(&m);
}

static void
test_questions_with_data(void **state)
{
	struct question q = { .kind = ASK_KEY, .data = { "key\0one", 7 } }, other = q;
	struct memo m;

	(void)state;
	memo_init(&m, 1 << 20);
	assert_null(memo_find(&m, &q, 0));
	memo_keep(&m, memo_add(&m, &q), answer_failed(&q, CAUSE_LIMIT), UINT64_MAX);
	other.data = STR("key");
	assert_null(memo_find(&m, &other, 0));
	assert_non_null(memo_find(&m, &q, 0));
	memo_free(&m);
}

static void *
make_much(struct arena *keep, const struct answer *a, const struct rr *rr)
{
	(void)a;
	(void)rr;
	return arena_alloc(keep, 5000);
}

/* What is derived of a kept answer counts under the cap, and goes with it. */
static void
test_what_is_derived_counts(void **state)
{
	struct question q = question(0);
	struct world_entry *e;
	const struct answer *a;
	struct memo m;

	(void)state;
	memo_init(&m, 10 * one_entry());
	keep(&m, 0, UINT64_MAX);
	e = memo_find(&m, &q, 0);
	assert_non_null(e);
	a = answer_ref(e->answer);
	(void)answer_derive(a, NULL, make_much);
	assert_true(memo_bytes(&m) >= 5000 + one_entry());
	while (has(&m, 0, 0))
		memo_drop(&m, memo_find(&m, &q, 0));
	assert_int_equal(memo_bytes(&m), 0);
	(void)answer_derive(a, a->rr, make_much); /* its holder may outlive the memo */
	answer_unref(a);
	memo_free(&m);
}

/* An answer that two memos hold grows: each still gives back what it counted. */
static void
test_an_answer_in_two_memos(void **state)
{
	struct question q = question(0);
	const struct answer *a = answer_failed(&q, CAUSE_TIMEOUT);
	struct memo m[2];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		memo_init(&m[i], 1 << 20);
		assert_null(memo_find(&m[i], &q, 0));
		memo_keep(&m[i], memo_add(&m[i], &q), answer_ref(a), UINT64_MAX);
	}
	(void)answer_derive(a, NULL, make_much);
	assert_true(memo_bytes(&m[0]) >= 5000 + one_entry());
	assert_int_equal(memo_bytes(&m[1]), one_entry());
	for (size_t i = 2; i-- > 0;) {
		memo_drop(&m[i], memo_find(&m[i], &q, 0));
		assert_int_equal(memo_bytes(&m[i]), 0);
		memo_free(&m[i]);
	}
	answer_unref(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_answer_ends_with_its_time),
		cmocka_unit_test(test_what_was_asked_once_goes_first),
		cmocka_unit_test(test_what_was_asked_once_has_a_share),
		cmocka_unit_test(test_the_cap_holds_when_all_is_shared),
		cmocka_unit_test(test_merged_in_flight_is_shared),
		cmocka_unit_test(test_the_newest_stays_whatever_its_size),
		cmocka_unit_test(test_questions_with_data),
		cmocka_unit_test(test_what_is_derived_counts),
		cmocka_unit_test(test_an_answer_in_two_memos),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
