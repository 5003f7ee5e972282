/* SPDX-License-Identifier: ISC */
/*
 * test_verify.c - what is packed into a question about signatures comes out of
 * it again, and nothing comes out of other bytes.
 */
#include "checks/verify.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct question asked;

/* Keeps what is asked, and answers nothing. */
static const struct answer *
on_ask(void *ctx, const struct question *q)
{
	(void)ctx;
	asked = *q;
	return NULL;
}

static const struct rr records[] = {
	{ .type = RR_A },
	{ .type = RR_TXT, .text = { "v=DKIM1; p=\0x", 13 } },
	{ .type = RR_TXT, .text = { "second", 6 } },
};
static const struct answer found = { .status = ANSWER_FOUND, .rr = records, .n_rr = 3 };
static const struct answer absent = { .status = ANSWER_NXDOMAIN };
static const struct answer failed = { .status = ANSWER_FAILED, .cause = CAUSE_TIMEOUT };

static const struct verify_key keys[] = {
	{ 0, &found },
	{ 2, &absent },
	{ 19, &failed },
};

static void
test_parts_come_out_as_they_went_in(void **state)
{
	struct inquiry *q = *state;
	struct verify_part part;
	struct str text;
	size_t pos = 0;

	assert_int_equal(ask_verify(q, STR("A: b\r\n\r\n\0"), keys, 3)->status, ANSWER_PENDING);
	assert_true(verify_text(&asked, &text));
	assert_true(str_eq(text, STR("A: b\r\n\r\n\0")));
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		assert_true(verify_next(&asked, &pos, &part));
		assert_int_equal(part.signature, keys[i].signature);
		assert_int_equal(part.status, keys[i].answer->status);
		assert_int_equal(part.n_rr, i == 0 ? 2 : 0);
		assert_true(str_eq(part.record, i == 0 ? records[1].text : STR("")));
	}
	assert_false(verify_next(&asked, &pos, &part));
}

static void
test_nothing_is_a_message_too(void **state)
{
	struct inquiry *q = *state;
	struct verify_part part;
	struct str text;
	size_t pos = 0;

	assert_int_equal(ask_verify(q, STR(""), NULL, 0)->status, ANSWER_PENDING);
	assert_true(verify_text(&asked, &text));
	assert_int_equal(text.n, 0);
	assert_false(verify_next(&asked, &pos, &part));
}

static void
test_cut_and_flipped_data_stays_inside(void **state)
{
	struct inquiry *q = *state;
	struct verify_part part;
	struct str text;

	(void)ask_verify(q, STR("A: b\r\n\r\n"), keys, 3);
	for (size_t cut = 0; cut <= asked.data.n; cut++)
		for (size_t flip = 0; flip < (cut == asked.data.n ? cut : 1); flip++) {
			char *exact = malloc(cut + 1);
			struct question one = { .kind = ASK_VERIFY, .data = { exact, cut } };
			size_t pos = 0, n = 0;

			assert_non_null(exact);
			memcpy(exact, asked.data.p, cut);
			exact[flip] = (char)(exact[flip] ^ (cut == asked.data.n ? 0xff : 0));
			while (verify_next(&one, &pos, &part)) {
				assert_true(part.record.p + part.record.n <= exact + cut);
				assert_true(++n <= 3);
			}
			if (verify_text(&one, &text))
				assert_true(text.p + text.n <= exact + cut);
			free(exact);
		}
}

static void
test_another_kind_has_no_parts(void **state)
{
	struct question one = { .kind = ASK_KEY, .data = STR("\0\0\0\0\0\0\0\0") };
	struct str text;

	(void)state;
	assert_false(verify_text(&one, &text));
	one.kind = ASK_VERIFY;
	assert_true(verify_text(&one, &text));
}

static void
test_too_large_is_a_failure(void **state)
{
	struct inquiry *q = *state;
	const size_t n = (size_t)25 << 20;
	char *p = calloc(1, n);
	const struct answer *a;

	assert_non_null(p);
	a = ask_verify(q, (struct str){ p, n }, NULL, 0);
	assert_int_equal(a->status, ANSWER_FAILED);
	assert_int_equal(a->cause, CAUSE_TOO_LARGE);
	free(p);
}

static int
set_up(void **state)
{
	static struct arena a;
	static struct inquiry q;

	arena_init(&a, 0);
	inquiry_init(&q, on_ask, NULL, &a);
	inquiry_begin(&q);
	*state = &q;
	return 0;
}

static int
tear_down(void **state)
{
	struct inquiry *q = *state;
	struct arena *a = q->arena;

	inquiry_free(q);
	arena_free(a);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    test_parts_come_out_as_they_went_in, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_nothing_is_a_message_too, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    test_cut_and_flipped_data_stays_inside, set_up, tear_down),
		cmocka_unit_test(test_another_kind_has_no_parts),
		cmocka_unit_test_setup_teardown(test_too_large_is_a_failure, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
