/* SPDX-License-Identifier: ISC */
/*
 * test_answer.c - answers are drafted, packed, and the same whoever drafted them.
 */
#include "checks/core/answer.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "checks/core/arena.h"

static struct question
question(const char *name, uint16_t type)
{
	struct name n;

	assert_int_equal(name_parse(str_of(name), &n), NAME_OK);
	return question_dns(&n, type);
}

static void
test_records_are_sorted_once(void **state)
{
	static const char *const orders[] = { "cab", "abc", "bcaab", "ccbbaa" };
	struct question q = question("a.example", RR_TXT);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(orders); i++) {
		struct answer_draft d;
		struct arena scratch;
		struct answer *a;

		arena_init(&scratch, 0);
		draft_init(&d, &scratch, &q, ANSWER_FOUND);
		for (const char *p = orders[i]; *p != '\0'; p++) {
			char *data = arena_alloc(&scratch, 2);

			data[0] = 1;
			data[1] = *p;
			assert_non_null(draft_add_rr(
			    &d, RR_TXT, 300 + (uint32_t)(p - orders[i]), (struct str){ data, 2 }));
		}
		a = answer_finish(&d);
		arena_free(&scratch); /* nothing of the draft is left */
		assert_int_equal(a->n_rr, 3);
		for (size_t k = 0; k < 3; k++) {
			assert_int_equal(a->rr[k].text.n, 1);
			assert_int_equal(a->rr[k].text.p[0], 'a' + (int)k);
		}
		assert_int_equal(a->ttl_s, 300);
		answer_unref(a);
	}
}

static void
test_text_is_joined(void **state)
{
	struct question q = question("a.example", RR_TXT);
	struct answer_draft d;
	struct arena scratch;
	struct answer *a;

	(void)state;
	arena_init(&scratch, 0);
	draft_init(&d, &scratch, &q, ANSWER_FOUND);
	assert_non_null(draft_add_rr(&d, RR_TXT, 1, (struct str){ "\2ab\0\1c", 6 }));
	assert_null(draft_add_rr(&d, RR_TXT, 1, (struct str){ "\2a", 2 })); /* not well-formed */
	a = answer_finish(&d);
	assert_int_equal(a->n_rr, 1);
	assert_true(str_eq(a->rr[0].text, STR("abc")));
	answer_unref(a);
	arena_free(&scratch);
}

static void
test_bounds(void **state)
{
	struct question q = question("a.example", RR_A);
	struct name to;

	(void)state;
	assert_int_equal(name_parse(STR("b.example"), &to), NAME_OK);
	for (size_t n = MAX_ANSWER_RR; n <= MAX_ANSWER_RR + 1; n++) {
		struct answer_draft d;
		struct arena scratch;
		struct answer *a;

		arena_init(&scratch, 0);
		draft_init(&d, &scratch, &q, ANSWER_FOUND);
		for (size_t i = 0; i < n; i++) {
			char *data = arena_alloc(&scratch, 4);

			data[2] = (char)(i >> 8);
			data[3] = (char)i;
			(void)draft_add_rr(&d, RR_A, 1, (struct str){ data, 4 });
		}
		a = answer_finish(&d);
		assert_int_equal(a->status, n > MAX_ANSWER_RR ? ANSWER_FAILED : ANSWER_FOUND);
		assert_int_equal(a->cause, n > MAX_ANSWER_RR ? CAUSE_TOO_LARGE : CAUSE_NONE);
		answer_unref(a);
		draft_init(&d, &scratch, &q, ANSWER_NODATA);
		for (size_t i = 0; i < n - MAX_ANSWER_RR + MAX_CHAIN; i++)
			draft_add_link(&d, &to);
		a = answer_finish(&d);
		assert_int_equal(a->cause, n > MAX_ANSWER_RR ? CAUSE_CHAIN : CAUSE_NONE);
		assert_true(question_eq(&a->q, &q));
		answer_unref(a);
		arena_free(&scratch);
	}
}

static void
test_references(void **state)
{
	struct question q = question("a.example", RR_A);
	struct answer *a = answer_failed(&q, CAUSE_REFUSED);

	(void)state;
	assert_ptr_equal(answer_ref(a), a);
	answer_unref(a);
	assert_int_equal(a->cause, CAUSE_REFUSED);
	answer_unref(a);
	answer_unref(NULL);
	answer_unref(answer_pending()); /* the one there is stays */
	answer_unref(answer_pending());
	assert_int_equal(answer_pending()->status, ANSWER_PENDING);
	assert_false(answer_is_absent(answer_pending()));
}

/* Order, equality and hash agree. */
static void
test_questions(void **state)
{
	struct question q[] = { question("a.example", RR_A), question("a.example", RR_TXT),
		question("A.Example", RR_A), question("b.example", RR_A),
		{ .kind = ASK_KEY, .type = 1, .data = { "k\0a", 3 } },
		{ .kind = ASK_KEY, .type = 1, .data = { "k\0b", 3 } },
		{ .kind = ASK_KEY, .type = 2, .data = { "k\0a", 3 } }, { .kind = ASK_NOW } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(q); i++)
		for (size_t k = 0; k < ARRAY_LEN(q); k++) {
			bool same = i == k || (i + k == 2 && i != 1);

			assert_int_equal(question_eq(&q[i], &q[k]), same);
			assert_int_equal(question_cmp(&q[i], &q[k]) == 0, same);
			assert_int_equal(
			    question_cmp(&q[i], &q[k]) < 0, question_cmp(&q[k], &q[i]) > 0);
			if (same)
				assert_true(question_hash(&q[i]) == question_hash(&q[k]));
		}
}

static void
test_words(void **state)
{
	(void)state;
	for (int i = 0; i < CAUSE_COUNT; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(
			    cause_name((enum answer_cause)i), cause_name((enum answer_cause)k));
	for (int i = 0; i <= ANSWER_FAILED; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(
			    status_name((enum answer_status)i), status_name((enum answer_status)k));
}

static unsigned made;

static void *
make_copy(struct arena *keep, const struct answer *a, const struct rr *rr)
{
	struct str *copy = arena_alloc(keep, sizeof(*copy));

	(void)a;
	made++;
	*copy = arena_str(keep, rr->text);
	return copy;
}

/* Derives too, while it is derived itself. */
static void *
make_pair(struct arena *keep, const struct answer *a, const struct rr *rr)
{
	struct str *pair = arena_array(keep, 2, sizeof(*pair));

	made++;
	pair[0] = pair[1] = *(const struct str *)answer_derive(a, rr, make_copy);
	return pair;
}

static void
test_what_is_derived_is_made_once_and_counted(void **state)
{
	struct question q = question("a.example", RR_TXT);
	struct answer_draft d;
	struct arena scratch;
	struct answer *a;
	const struct str *first, *second, *pair;
	size_t account = 1000, before;

	(void)state;
	arena_init(&scratch, 0);
	draft_init(&d, &scratch, &q, ANSWER_FOUND);
	assert_non_null(draft_add_rr(&d, RR_TXT, 1, STR("\1a")));
	assert_non_null(draft_add_rr(&d, RR_TXT, 1, STR("\1b")));
	a = answer_finish(&d);
	arena_free(&scratch);
	before = a->bytes;
	answer_account(a, &account);
	made = 0;
	pair = answer_derive(a, &a->rr[0], make_pair);
	first = answer_derive(a, &a->rr[0], make_copy);
	second = answer_derive(a, &a->rr[1], make_copy);
	assert_int_equal(made, 3);
	assert_true(str_eq(pair[1], STR("a")) && str_eq(*first, STR("a")));
	assert_true(str_eq(*second, STR("b")));
	assert_ptr_equal(answer_derive(a, &a->rr[0], make_pair), pair);
	assert_ptr_equal(answer_derive(a, &a->rr[1], make_copy), second);
	assert_int_equal(made, 3);
	assert_true(a->bytes > before);
	assert_int_equal(account - 1000, a->bytes - before);
	answer_account(a, NULL); /* whoever counted it may be gone */
	(void)answer_derive(a, &a->rr[1], make_pair);
	assert_int_equal(made, 4);
	answer_unref(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records_are_sorted_once),
		cmocka_unit_test(test_text_is_joined),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_references),
		cmocka_unit_test(test_questions),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_what_is_derived_is_made_once_and_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
