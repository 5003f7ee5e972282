/* SPDX-License-Identifier: ISC */
/*
 * test_resolver.c - the resolver against servers that misbehave.
 *
 * No time is asserted: what counts is that each question ends once, and how.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "audit/loop.h"
#include "audit/sources/resolver.h"
#include "checks/core/arena.h"
#include "tests/message.h"
#include "tests/responder.h"

#define TRY_MS 60         /* where a try is to be lost */
#define CALM_MS 2000      /* where none is, however busy the machine */
#define MAX_TURNS 1000000 /* of the loop: a test that needs more hangs */
#define NOBODY 1000       /* in place of a behaviour: nobody listens */
#define GOOD "found A 192.0.2.1 ttl 300"

struct asked {
	struct ticket t; /* first */
	unsigned done;
	struct answer *a;
};

/* A resolver and the servers it asks. */
struct bench {
	struct loop *loop;
	struct source *s;
	struct responder *r[MAX_RESOLVER_SERVERS];
	size_t n;
	struct resolver_options o;
	bool loses;    /* a server of it is silent at times */
	unsigned left; /* questions that are not done */
};

static struct bench *the_bench;

static void
done(struct ticket *t, struct answer *a)
{
	struct asked *q = (struct asked *)t;

	q->done++;
	answer_unref(q->a);
	q->a = a;
	the_bench->left--;
}

static void
bench_add(struct bench *b, const struct responder_options *o)
{
	struct resolver_server s;

	if ((unsigned)o->behaviour == NOBODY) {
		s = nobody_address();
	} else {
		b->r[b->n] = responder_start(o);
		s = responder_address(b->r[b->n]);
	}
	b->n++;
	if ((o->behaviour >= SERVE_SILENT && b->r[b->n - 1] != NULL) || o->dies_at > 0)
		b->loses = true;
	assert_true(resolver_add_server(&b->o, &s));
}

static void
bench_open(struct bench *b)
{
	the_bench = b;
	if (b->o.try_ms == 0)
		b->o.try_ms = b->loses ? TRY_MS : CALM_MS;
	b->loop = loop_new();
	assert_non_null(b->loop);
	b->s = resolver_new(b->loop, &b->o);
	assert_non_null(b->s);
}

static void
bench_close(struct bench *b)
{
	b->s->ops->free(b->s);
	loop_free(b->loop);
	for (size_t i = 0; i < b->n; i++)
		if (b->r[i] != NULL)
			responder_stop(b->r[i]);
}

static void
ask(struct bench *b, struct asked *q, const char *name, uint16_t type)
{
	struct name n = name_of(name);
	struct answer *a = NULL;

	*q = (struct asked){ .t = { .q = question_dns(&n, type), .done = done } };
	b->left++;
	if (b->s->ops->ask(b->s, &q->t, &a) == SOURCE_ANSWERED)
		done(&q->t, a);
}

static void
run(struct bench *b)
{
	for (unsigned i = 0; b->left > 0; i++) {
		assert_true(i < MAX_TURNS);
		assert_int_equal(loop_once(b->loop, 1000), 0);
	}
}

static void
expect(const char *name, const struct asked *q, const char *want)
{
	struct buf b;

	buf_init(&b, 4096);
	assert_int_equal(q->done, 1);
	answer_describe(&b, q->a);
	if (!str_eq(buf_str(&b), str_of(want)))
		fail_msg("%s: got '%.*s', want '%s'", name, (int)b.n, b.p, want);
	buf_free(&b);
}

static struct resolver_stats
stats(const struct bench *b, size_t i)
{
	struct resolver_stats st;

	assert_true(resolver_stats(b->s, i, &st));
	return st;
}

struct row {
	const char *name;
	struct responder_options servers[3];
	size_t n;
	const char *want;
	bool tcp;
};

/* clang-format off */
static const struct row rows[] = {
	{ "good", { { .behaviour = SERVE } }, 1, GOOD, false },
	{ "forged id", { { .behaviour = SERVE_WRONG_ID } }, 1, GOOD, false },
	{ "forged name", { { .behaviour = SERVE_WRONG_NAME } }, 1, GOOD, false },
	{ "forged type", { { .behaviour = SERVE_WRONG_TYPE } }, 1, GOOD, false },
	{ "the query back", { { .behaviour = SERVE_QUERY } }, 1, GOOD, false },
	{ "forged from another port", { { .behaviour = SERVE_OTHER_PORT } }, 1, GOOD, false },
	{ "garbage", { { .behaviour = SERVE_GARBAGE } }, 1, GOOD, false },
	{ "lower case", { { .behaviour = SERVE_LOWER_CASE } }, 1, GOOD, true },
	{ "lower case, no TCP", { { .behaviour = SERVE_LOWER_CASE, .no_tcp = true } }, 1, GOOD, false },
	{ "truncated", { { .behaviour = SERVE_TRUNCATED } }, 1, GOOD, true },
	{ "truncated, no TCP", { { .behaviour = SERVE_TRUNCATED, .no_tcp = true } }, 1,
	  "failed network", false },
	{ "truncated, no TCP, a better server",
	  { { .behaviour = SERVE_TRUNCATED, .no_tcp = true }, { .behaviour = SERVE } }, 2, GOOD, false },
	{ "TCP ends in the middle", { { .behaviour = SERVE_TCP_CUT } }, 1, "failed network", false },
	{ "cut on the way", { { .behaviour = SERVE_CUT } }, 1, GOOD, true },
	{ "cut on the way, no TCP", { { .behaviour = SERVE_CUT, .no_tcp = true } }, 1,
	  "failed malformed", false },
	{ "too long for UDP", { { .behaviour = SERVE_LONG } }, 1, GOOD, true },
	{ "SERVFAIL", { { .behaviour = SERVE_SERVFAIL } }, 1, "failed servfail", false },
	{ "SERVFAIL once", { { .behaviour = SERVE_SERVFAIL_ONCE } }, 1, GOOD, false },
	{ "SERVFAIL, a better server", { { .behaviour = SERVE_SERVFAIL }, { .behaviour = SERVE } }, 2,
	  GOOD, false },
	{ "bogus", { { .behaviour = SERVE_BOGUS } }, 1, "failed bogus", false },
	{ "bogus stays bogus", { { .behaviour = SERVE_BOGUS }, { .behaviour = SERVE } }, 2,
	  "failed bogus", false },
	{ "REFUSED", { { .behaviour = SERVE_REFUSED } }, 1, "failed refused", false },
	{ "REFUSED, a better server", { { .behaviour = SERVE_REFUSED }, { .behaviour = SERVE } }, 2,
	  GOOD, false },
	{ "lame", { { .behaviour = SERVE_LAME } }, 1, "failed lame", false },
	{ "lame, a better server", { { .behaviour = SERVE_LAME }, { .behaviour = SERVE } }, 2,
	  GOOD, false },
	{ "no EDNS", { { .behaviour = SERVE_NO_EDNS } }, 1, GOOD, false },
	{ "no EDNS, told without question", { { .behaviour = SERVE_NO_EDNS_BARE } }, 1, GOOD, false },
	{ "EDNS dropped", { { .behaviour = SERVE_DROPS_EDNS } }, 1, GOOD, false },
	{ "FORMERR to everything", { { .behaviour = SERVE_FORMERR } }, 1, "failed refused", false },
	{ "silent", { { .behaviour = SERVE_SILENT } }, 1, "failed timeout", false },
	{ "silent, a better server", { { .behaviour = SERVE_SILENT }, { .behaviour = SERVE } }, 2,
	  GOOD, false },
	{ "late", { { .behaviour = SERVE_LATE, .late_ms = TRY_MS + 30 } }, 1, GOOD, false },
	{ "nobody", { { .behaviour = NOBODY } }, 1, "failed network", false },
	{ "nobody, a better server", { { .behaviour = NOBODY }, { .behaviour = SERVE } }, 2,
	  GOOD, false },
	{ "the gravest cause of three",
	  { { .behaviour = NOBODY }, { .behaviour = SERVE_SERVFAIL }, { .behaviour = SERVE_REFUSED } },
	  3, "failed servfail", false },
};
/* clang-format on */

static void
test_what_servers_do(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct bench b = { 0 };
		struct asked q;

		for (size_t k = 0; k < rows[i].n; k++)
			bench_add(&b, &rows[i].servers[k]);
		bench_open(&b);
		ask(&b, &q, "some.long.name.example.com", RR_A);
		run(&b);
		expect(rows[i].name, &q, rows[i].want);
		if (q.a->tcp != rows[i].tcp)
			fail_msg("%s: tcp is %d", rows[i].name, q.a->tcp);
		assert_true(str_eq(q.a->from.source, STR("resolver")));
		assert_true(str_has_prefix(q.a->from.where, STR("127.0.0.1@")));
		answer_unref(q.a);
		bench_close(&b);
	}
}

/* Ask N names at once, want each done once, and return how many were found. */
static size_t
ask_many(struct bench *b, size_t n)
{
	struct asked *qs = calloc(n, sizeof(*qs));
	size_t found = 0;

	assert_non_null(qs);
	for (size_t i = 0; i < n; i++) {
		char name[64];

		(void)snprintf(name, sizeof(name), "name-number-%zu.example.com", i);
		ask(b, &qs[i], name, RR_A);
	}
	run(b);
	assert_int_equal(loop_once(b->loop, 0), 0);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(qs[i].done, 1);
		assert_true(name_eq(&qs[i].a->q.name, &qs[i].t.q.name));
		if (qs[i].a->status == ANSWER_FOUND)
			found++;
		answer_unref(qs[i].a);
	}
	free(qs);
	return found;
}

/* A try is over before its answer comes: it is one all the same. */
static void
test_an_answer_to_an_earlier_try(void **state)
{
	struct bench b = { .o = { .rounds = 2 } };
	struct asked q;

	(void)state;
	bench_add(
	    &b, &(struct responder_options){ .behaviour = SERVE_ONCE, .late_ms = TRY_MS + 40 });
	bench_open(&b);
	ask(&b, &q, "slow.example.com", RR_A);
	run(&b);
	expect("slow", &q, GOOD);
	answer_unref(q.a);
	bench_close(&b);
}

/* What is lost where other answers come is asked by TCP; where there is none, by UDP again. */
static void
test_what_udp_loses(void **state)
{
	(void)state;
	for (unsigned no_tcp = 0; no_tcp < 2; no_tcp++) {
		struct bench b = { 0 };
		struct asked q;

		bench_add(&b, &(struct responder_options){
				  .behaviour = SERVE_SHORT_NAMES, .no_tcp = no_tcp });
		bench_open(&b);
		ask(&b, &q, "example.com", RR_A);
		run(&b);
		expect("short", &q, GOOD);
		answer_unref(q.a);
		ask(&b, &q, "some.long.name.example.com", RR_A);
		run(&b);
		expect("long", &q, no_tcp ? "failed timeout" : GOOD);
		assert_int_equal(responder_udp(b.r[0]), no_tcp ? 5 : 3);
		answer_unref(q.a);
		bench_close(&b);
	}
}

static void
test_loss_loses_no_question(void **state)
{
	struct bench b = { .o = { .rounds = 8 } };

	(void)state;
	bench_add(&b, &(struct responder_options){ .behaviour = SERVE_LOSSY });
	bench_open(&b);
	assert_int_equal(ask_many(&b, 2000), 2000);
	assert_true(stats(&b, 0).lost > 0);
	bench_close(&b);
}

static void
test_many_by_tcp(void **state)
{
	struct bench b = { 0 };

	(void)state;
	bench_add(&b, &(struct responder_options){ .behaviour = SERVE_TRUNCATED });
	bench_open(&b);
	assert_int_equal(ask_many(&b, 300), 300);
	assert_int_equal(responder_tcp(b.r[0]), 300);
	bench_close(&b);
}

static void
test_a_server_that_dies(void **state)
{
	struct bench alone = { 0 }, two = { 0 };
	const struct responder_options dies = { .behaviour = SERVE, .dies_at = 100 };

	(void)state;
	bench_add(&alone, &dies);
	bench_open(&alone);
	assert_true(ask_many(&alone, 500) <= 100);
	bench_close(&alone);
	bench_add(&two, &dies);
	bench_add(&two, &(struct responder_options){ .behaviour = SERVE });
	bench_open(&two);
	assert_int_equal(ask_many(&two, 500), 500);
	bench_close(&two);
}

static void
test_a_dead_first_server_is_left_alone(void **state)
{
	struct bench b = { 0 };

	(void)state;
	bench_add(&b, &(struct responder_options){ .behaviour = SERVE_SILENT });
	bench_add(&b, &(struct responder_options){ .behaviour = SERVE });
	bench_open(&b);
	for (unsigned i = 0; i < 20; i++)
		assert_int_equal(ask_many(&b, 20), 20);
	assert_true(responder_udp(b.r[0]) < 200);
	bench_close(&b);
}

/* The question that tries a dead server again ends sooner than the first ones did. */
static void
test_a_probe_is_short(void **state)
{
	struct bench b = { 0 };
	unsigned before;

	(void)state;
	bench_add(&b, &(struct responder_options){ .behaviour = SERVE_SILENT });
	bench_open(&b);
	assert_int_equal(ask_many(&b, 20), 0);
	assert_int_equal(before = responder_udp(b.r[0]), 20 * 4);
	assert_int_equal(ask_many(&b, 20), 0); /* one of them, and the others not at all */
	assert_int_equal(responder_udp(b.r[0]), before + 3);
	bench_close(&b);
}

static void
test_case_is_given_up_after_two_faults(void **state)
{
	struct bench b = { 0 };

	(void)state;
	bench_add(&b, &(struct responder_options){ .behaviour = SERVE_LOWER_CASE });
	bench_open(&b);
	assert_int_equal(ask_many(&b, 1), 1);
	assert_int_equal(stats(&b, 0).case_faults, 1);
	assert_false(stats(&b, 0).no_0x20);
	assert_int_equal(ask_many(&b, 1), 1);
	assert_true(stats(&b, 0).no_0x20);
	assert_int_equal(responder_tcp(b.r[0]), 2);
	assert_int_equal(ask_many(&b, 50), 50);
	assert_int_equal(responder_tcp(b.r[0]), 2);
	assert_int_equal(stats(&b, 0).case_faults, 2);
	bench_close(&b);
}

static void
test_edns_is_given_up_for_a_server(void **state)
{
	struct bench b = { 0 };

	(void)state;
	bench_add(&b, &(struct responder_options){ .behaviour = SERVE_NO_EDNS });
	bench_open(&b);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(ask_many(&b, 1), 1);
	assert_true(stats(&b, 0).no_edns);
	assert_int_equal(responder_udp(b.r[0]), 8);
	bench_close(&b);
}

static void
test_forged_answers_are_counted(void **state)
{
	static const enum behaviour forgers[] = { SERVE_WRONG_ID, SERVE_WRONG_NAME,
		SERVE_WRONG_TYPE, SERVE_QUERY, SERVE_GARBAGE };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(forgers); i++) {
		struct bench b = { 0 };

		bench_add(&b, &(struct responder_options){ .behaviour = forgers[i] });
		bench_open(&b);
		assert_int_equal(ask_many(&b, 1), 1);
		assert_int_equal(stats(&b, 0).dropped, 1);
		bench_close(&b);
	}
}

static void
test_a_limit_delays_but_loses_nothing(void **state)
{
	struct bench b = { .o = { .qps = 200 } };

	(void)state;
	bench_add(&b, &(struct responder_options){ .behaviour = SERVE });
	bench_open(&b);
	assert_int_equal(ask_many(&b, 60), 60);
	assert_int_equal(stats(&b, 0).qps, 200);
	bench_close(&b);
}

/* Nobody is told of a question that was cancelled, wherever it was. */
static void
test_cancel(void **state)
{
	static const enum behaviour where[] = { SERVE_SILENT, SERVE_TRUNCATED, SERVE };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(where); i++)
		for (unsigned turns = 0; turns < 6; turns++) {
			struct bench b = { .o = { .rounds = 2 } };
			struct asked kept, dropped;

			bench_add(&b, &(struct responder_options){ .behaviour = where[i] });
			bench_open(&b);
			ask(&b, &dropped, "dropped.example.com", RR_A);
			ask(&b, &kept, "kept.example.com", RR_A);
			for (unsigned k = 0; k < turns; k++)
				assert_int_equal(loop_once(b.loop, 5), 0);
			if (dropped.done == 0) {
				b.s->ops->cancel(b.s, &dropped.t);
				b.left--;
				run(&b);
				assert_int_equal(dropped.done, 0);
			}
			run(&b);
			assert_int_equal(kept.done, 1);
			answer_unref(kept.a);
			answer_unref(dropped.a);
			bench_close(&b);
		}
}

static void
test_free_while_asking(void **state)
{
	static const enum behaviour where[] = { SERVE_SILENT, SERVE_TRUNCATED };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(where); i++)
		for (unsigned turns = 0; turns < 5; turns++) {
			struct bench b = { 0 };
			struct asked q[200];

			bench_add(&b, &(struct responder_options){ .behaviour = where[i] });
			bench_open(&b);
			for (size_t k = 0; k < ARRAY_LEN(q); k++)
				ask(&b, &q[k], "a.example.com", RR_A);
			for (unsigned k = 0; k < turns; k++)
				assert_int_equal(loop_once(b.loop, 1), 0);
			bench_close(&b);
			for (size_t k = 0; k < ARRAY_LEN(q); k++)
				answer_unref(q[k].a);
		}
}

static void
test_what_is_not_asked(void **state)
{
	struct bench b = { 0 };
	struct ticket t = { .q = { .kind = ASK_DNS, .type = RR_A } };
	struct answer *a = NULL;
	struct asked q;

	(void)state;
	bench_add(&b, &(struct responder_options){ .behaviour = SERVE });
	bench_open(&b);
	assert_int_equal(b.s->ops->ask(b.s, &t, &a), SOURCE_ANSWERED);
	assert_int_equal(a->cause, CAUSE_BAD_NAME);
	answer_unref(a);
	t.q.name = name_of("a.example");
	t.q.name.w[0] = 64;
	assert_int_equal(b.s->ops->ask(b.s, &t, &a), SOURCE_ANSWERED);
	assert_int_equal(a->cause, CAUSE_BAD_NAME);
	answer_unref(a);
	ask(&b, &q, "a.example", 252);
	expect("AXFR", &q, "failed bad-name");
	answer_unref(q.a);
	t.q.kind = ASK_NAMES;
	assert_int_equal(b.s->ops->ask(b.s, &t, &a), SOURCE_ANSWERED);
	assert_int_equal(a->cause, CAUSE_NOT_LISTABLE);
	answer_unref(a);
	t.q.kind = ASK_SUFFIX;
	assert_int_equal(b.s->ops->ask(b.s, &t, &a), SOURCE_NOT_MINE);
	assert_int_equal(responder_udp(b.r[0]), 0);
	bench_close(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_servers_do),
		cmocka_unit_test(test_an_answer_to_an_earlier_try),
		cmocka_unit_test(test_what_udp_loses),
		cmocka_unit_test(test_loss_loses_no_question),
		cmocka_unit_test(test_many_by_tcp),
		cmocka_unit_test(test_a_server_that_dies),
		cmocka_unit_test(test_a_dead_first_server_is_left_alone),
		cmocka_unit_test(test_a_probe_is_short),
		cmocka_unit_test(test_case_is_given_up_after_two_faults),
		cmocka_unit_test(test_edns_is_given_up_for_a_server),
		cmocka_unit_test(test_forged_answers_are_counted),
		cmocka_unit_test(test_a_limit_delays_but_loses_nothing),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_free_while_asking),
		cmocka_unit_test(test_what_is_not_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
