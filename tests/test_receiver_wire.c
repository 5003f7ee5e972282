/* SPDX-License-Identifier: ISC */
/*
 * test_receiver_wire.c - the two messages, whole and damaged: nothing that is not
 * well formed is taken, on either side.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "audit/sources/receiver_wire.h"
#include "checks/core/arena.h"

/* clang-format off */
static const char question[] =
	"\x01\x04\xc0\x00\x02\x01\0\0\0\0\0\0\0\0\0\0\0\0"	/* 192.0.2.1 */
	"\x04helo\x04some\x07x.examp"
	"\x00\x04"
	"\x00\x10\x00\x03\x01x\x00\x00\x02" "\x00\x06v=spf1" "\xff\xff"	/* TXT, one too long */
	"\x00\x01\x00\x03\x01y\x00\x00\x01" "\x00\x04\xc0\x00\x02\x02"	/* A */
	"\x00\x0f\x00\x03\x01z\x00\x00\x01" "\x00\x03\x01m\x00"		/* MX */
	"\x00\x1c\x02\x01\x00\x00\x00";					/* AAAA of the root: no such name */

static const struct {
	const char *name, *p;
	size_t n;
	bool good;
} replies[] = {
	{ "verdict", "\x01\x01\x02\x00\x00\x00\x03\x00\x05\x00\x00\x00\x00", 13, true },
	{ "missing", "\x01\x02\x00\x00\x00\x00\x00\x00\x01\x00\x10\x00\x03\x01x\x00", 16, true },
	{ "empty", "", 0, false },
	{ "another version", "\x02\x01\x02\x00\x00\x00\x03\x00\x05\x00\x00\x00\x00", 13, false },
	{ "no word", "\x01\x00\x02\x00\x00\x00\x03\x00\x05\x00\x00\x00\x00", 13, false },
	{ "no such word", "\x01\x06\x02\x00\x00\x00\x03\x00\x05\x00\x00\x00\x00", 13, false },
	{ "no such result", "\x01\x01\x07\x00\x00\x00\x03\x00\x05\x00\x00\x00\x00", 13, false },
	{ "a byte more", "\x01\x01\x02\x00\x00\x00\x03\x00\x05\x00\x00\x00\x00\x00", 14, false },
	{ "verdict with a name", "\x01\x01\x02\x00\x00\x00\x03\x00\x05\x00\x10\x00\x03\x01x\x00", 16, false },
	{ "missing what", "\x01\x02\x00\x00\x00\x00\x00\x00\x01\x00\x10\x00\x00", 13, false },
	{ "missing the root", "\x01\x02\x00\x00\x00\x00\x00\x00\x01\x00\x10\x00\x01\x00", 14, false },
	{ "missing a NS", "\x01\x02\x00\x00\x00\x00\x00\x00\x01\x00\x02\x00\x03\x01x\x00", 16, false },
	{ "a pointer", "\x01\x02\x00\x00\x00\x00\x00\x00\x01\x00\x10\x00\x02\xc0\x00", 15, false },
	{ "a label too long", "\x01\x02\x00\x00\x00\x00\x00\x00\x01\x00\x10\x00\x03\x40x\x00", 16, false },
	{ "bytes behind the name", "\x01\x02\x00\x00\x00\x00\x00\x00\x01\x00\x10\x00\x04\x01x\x00\x00", 17, false },
	{ "set what must be 0", "\x01\x01\x02\x00\x00\x00\x03\x00\x05\x00\x00\x01\x00", 13, false },
};
/* clang-format on */

static void
test_a_question_is_read(void **state)
{
	struct receiver_case c;
	struct arena a;
	struct str rest, data;
	bool over;

	(void)state;
	arena_init(&a, 0);
	assert_true(receiver_case_parse(&a, question, sizeof(question) - 1, &c));
	assert_int_equal(c.n, 4);
	assert_true(str_eq(c.local, STR("some")));
	rest = c.answers[0].rr;
	assert_true(receiver_next(&rest, &data, &over) && !over && str_eq(data, STR("v=spf1")));
	assert_true(receiver_next(&rest, &data, &over) && over && data.n == 0);
	assert_false(receiver_next(&rest, &data, &over));
	assert_int_equal(c.answers[3].status, RECEIVER_NXDOMAIN);
	arena_free(&a);
}

/* Walks all of C, so that a sanitizer sees a view that leads outside. */
static size_t
sum(const struct receiver_case *c)
{
	size_t n = c->helo.n + c->local.n + c->domain.n;

	for (size_t i = 0; i < c->n; i++) {
		struct str rest = c->answers[i].rr, data;
		bool over;

		while (receiver_next(&rest, &data, &over))
			for (size_t k = 0; k < data.n; k++)
				n += (uint8_t)data.p[k];
	}
	return n;
}

static void
test_damaged_questions(void **state)
{
	size_t taken = 0;

	(void)state;
	for (size_t cut = 0; cut < sizeof(question) - 1; cut++) {
		struct receiver_case c;
		struct arena a;
		char *copy =
		    malloc(cut + 1); /* no byte more: a sanitizer sees what is read beyond */

		assert_non_null(copy);
		memcpy(copy, question, cut);
		arena_init(&a, 0);
		assert_false(receiver_case_parse(&a, copy, cut, &c));
		arena_free(&a);
		free(copy);
	}
	for (size_t at = 0; at < (sizeof(question) - 1) * 8; at++) {
		char copy[sizeof(question)];
		struct receiver_case c;
		struct arena a;

		memcpy(copy, question, sizeof(copy));
		copy[at / 8] = (char)(copy[at / 8] ^ 1 << at % 8);
		arena_init(&a, 0);
		if (receiver_case_parse(&a, copy, sizeof(copy) - 1, &c))
			taken += sum(&c) > 0;
		arena_free(&a);
	}
	assert_in_range(taken, 1, (sizeof(question) - 1) * 8 - 1);
}

static void
test_replies(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(replies); i++) {
		struct receiver_reply r;
		char again[MAX_RECEIVER_REPLY];

		if (receiver_reply_parse(replies[i].p, replies[i].n, &r) != replies[i].good)
			fail_msg("%s: %s", replies[i].name, replies[i].good ? "refused" : "taken");
		if (!replies[i].good)
			continue;
		assert_int_equal(receiver_reply_put(&r, again), replies[i].n);
		assert_memory_equal(again, replies[i].p, replies[i].n);
		for (size_t cut = 0; cut < replies[i].n; cut++)
			assert_false(receiver_reply_parse(replies[i].p, cut, &r));
	}
}

/* The longest name there is fits. */
static void
test_the_longest_reply(void **state)
{
	struct receiver_reply r = { .word = REPLY_MISSING, .facts.missing_type = RR_TXT }, back;
	char out[MAX_RECEIVER_REPLY];
	size_t n;

	(void)state;
	r.facts.missing.n = 255;
	for (size_t i = 0; i < 254; i += 2)
		memcpy(r.facts.missing.w + i, "\x01x", 2);
	r.facts.missing.w[254] = 0;
	_Static_assert(RECEIVER_REPLY_HEAD + MAX_NAME_WIRE <= MAX_RECEIVER_REPLY, "it fits");
	n = receiver_reply_put(&r, out);
	assert_true(receiver_reply_parse(out, n, &back));
	assert_true(name_eq(&back.facts.missing, &r.facts.missing));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_question_is_read),
		cmocka_unit_test(test_damaged_questions),
		cmocka_unit_test(test_replies),
		cmocka_unit_test(test_the_longest_reply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
