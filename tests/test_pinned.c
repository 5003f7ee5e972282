/* SPDX-License-Identifier: ISC */
/*
 * test_pinned.c - two worlds over one memory: each question goes out once, and both
 * get the same answer, a failure and one that is long over too.
 */
#include "audit/sources/pinned.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "audit/sources/zonefile.h"
#include "checks/core/arena.h"

#define N_WORLDS 2

/* Gives the number of the question as address; the N-th is answered late, or fails. */
struct counting {
	struct source source; /* first */
	unsigned asked, cancelled;
	bool later, fails;
	struct name link; /* an alias to this; n = 0 = none */
	struct ticket *ticket;
};

static struct answer *
numbered(struct counting *c, const struct question *q)
{
	struct answer_draft d;
	struct arena scratch;
	struct answer *out;
	char ip[4] = { (char)192, 0, 2, (char)c->asked };

	if (c->fails)
		return answer_failed(q, CAUSE_TIMEOUT);
	arena_init(&scratch, 0);
	draft_init(&d, &scratch, q, ANSWER_FOUND);
	if (c->link.n > 0)
		draft_add_link(&d, &c->link);
	d.a.ttl_s = 0; /* over at once */
	(void)draft_add_rr(&d, RR_A, 0, (struct str){ ip, 4 });
	out = answer_finish(&d);
	arena_free(&scratch);
	return out;
}

static enum source_reply
counting_ask(struct source *s, struct ticket *t, struct answer **out)
{
	struct counting *c = (struct counting *)s;

	c->asked++;
	if (c->later) {
		c->ticket = t;
		return SOURCE_LATER;
	}
	*out = numbered(c, &t->q);
	return SOURCE_ANSWERED;
}

static void
counting_cancel(struct source *s, struct ticket *t)
{
	(void)t;
	((struct counting *)s)->cancelled++;
}

static void
counting_free(struct source *s)
{
	(void)s; /* on the stack */
}

static const struct source_ops counting_ops = {
	.name = "counting", .ask = counting_ask, .cancel = counting_cancel, .free = counting_free
};

/* Two worlds over one rest. */
struct bench {
	struct loop *loop;
	struct counting outside;
	struct world *rest, *world[N_WORLDS];
	struct pinned *pinned;
};

/* ZONES: of each world, or NULL. */
static void
bench_init(struct bench *b, const char *const *zones)
{
	b->loop = loop_new();
	b->outside.source.ops = &counting_ops;
	b->rest = world_new(b->loop);
	world_add(b->rest, &b->outside.source);
	b->pinned = pinned_new(b->rest);
	for (size_t i = 0; i < N_WORLDS; i++) {
		b->world[i] = world_new(b->loop);
		if (zones != NULL) {
			struct source *z = zonefile_new();

			assert_int_equal(
			    zonefile_load_text(z, "example.com.zone", str_of(zones[i])), 0);
			world_add(b->world[i], z);
		}
		world_add(b->world[i], pinned_source(b->pinned));
	}
}

static void
bench_free(struct bench *b)
{
	for (size_t i = 0; i < N_WORLDS; i++)
		world_free(b->world[i]);
	pinned_free(b->pinned);
	world_free(b->rest);
	loop_free(b->loop);
}

static struct question
question_of(const char *text)
{
	struct name n;

	assert_int_equal(name_parse(str_of(text), &n), NAME_OK);
	return question_dns(&n, RR_A);
}

/* The last byte of the address in A; 0 = a failure. */
static unsigned
number_of(const struct answer *a)
{
	unsigned n = a->n_rr > 0 ? (unsigned char)a->rr[0].data.p[3] : 0;

	answer_unref(a);
	return n;
}

static void
test_asked_once(void **state)
{
	static const struct {
		bool fails;
		unsigned want;
	} rows[] = { { false, 1 }, { true, 0 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct bench b = { .outside.fails = rows[i].fails };
		struct question q = question_of("a.example");

		bench_init(&b, NULL);
		for (unsigned k = 0; k < 6; k++)
			assert_int_equal(
			    number_of(world_ask(b.world[k % 2], &q, NULL)), rows[i].want);
		b.outside.fails = false; /* what failed once has failed for the whole run */
		assert_int_equal(number_of(world_ask(b.world[1], &q, NULL)), rows[i].want);
		assert_int_equal(b.outside.asked, 1);
		bench_free(&b);
	}
}

/* More questions than the table begins with: none is lost when it grows. */
static void
test_many_questions(void **state)
{
	struct bench b = { .outside.asked = 0 };
	char text[32];

	(void)state;
	bench_init(&b, NULL);
	for (unsigned turn = 0; turn < 2; turn++)
		for (unsigned i = 0; i < 3000; i++) {
			struct question q;

			(void)snprintf(text, sizeof(text), "n%u.example", i);
			q = question_of(text);
			assert_int_equal(
			    number_of(world_ask(b.world[turn], &q, NULL)), (unsigned char)(i + 1));
		}
	assert_int_equal(b.outside.asked, 3000);
	bench_free(&b);
}

/* What an own zone holds is not asked outside, and a chain from outside ends in it. */
static void
test_chain_is_cut(void **state)
{
	static const char *const zones[N_WORLDS] = {
		"$ORIGIN example.com.\n$TTL 300\n@ SOA ns hm 1 2 3 4 5\n@ NS ns\nin A "
		"192.0.2.101\n",
		"$ORIGIN example.com.\n$TTL 300\n@ SOA ns hm 1 2 3 4 5\n@ NS ns\nin A "
		"192.0.2.102\n",
	};
	struct bench b = { .outside.asked = 0 };
	struct question out = question_of("away.example.net"), in = question_of("in.example.com");

	(void)state;
	b.outside.link = in.name;
	bench_init(&b, zones);
	for (unsigned i = 0; i < N_WORLDS; i++) {
		assert_int_equal(number_of(world_ask(b.world[i], &out, NULL)), 101 + i);
		assert_int_equal(number_of(world_ask(b.world[i], &in, NULL)), 101 + i);
	}
	assert_int_equal(b.outside.asked, 1);
	bench_free(&b);
}

struct listener {
	struct waiter waiter; /* first */
	unsigned told, got;
};

static void
on_ready(struct waiter *w, const struct question *q, const struct answer *a)
{
	struct listener *l = (struct listener *)w;

	(void)q;
	l->told++;
	l->got = number_of(answer_ref(a));
}

/* Both wait for one question; one gives up; the answer goes to the other, and is kept. */
static void
test_late_answer(void **state)
{
	struct bench b = { .outside.later = true };
	struct listener l[N_WORLDS] = { { .waiter.ready = on_ready },
		{ .waiter.ready = on_ready } };
	struct question q = question_of("a.example"), other = question_of("b.example");
	struct ticket *t;

	(void)state;
	bench_init(&b, NULL);
	for (unsigned i = 0; i < N_WORLDS; i++)
		assert_null(world_ask(b.world[i], &q, &l[i].waiter));
	assert_int_equal(b.outside.asked, 1);
	world_cancel(b.world[0], &l[0].waiter);
	assert_int_equal(b.outside.cancelled, 0);
	t = b.outside.ticket;
	t->done(t, numbered(&b.outside, &t->q));
	assert_int_equal(l[0].told, 0);
	assert_int_equal(l[1].told, 1);
	assert_int_equal(l[1].got, 1);
	assert_int_equal(number_of(world_ask(b.world[0], &q, NULL)), 1);
	assert_int_equal(b.outside.asked, 1);
	assert_null(world_ask(b.world[0], &other, &l[0].waiter));
	world_cancel(b.world[0], &l[0].waiter);
	assert_int_equal(b.outside.cancelled, 1);
	bench_free(&b);
}

/* A world that ends while it waits takes its question back. */
static void
test_end_while_waiting(void **state)
{
	struct bench b = { .outside.later = true };
	struct listener l = { .waiter.ready = on_ready };
	struct question q = question_of("a.example");

	(void)state;
	bench_init(&b, NULL);
	assert_null(world_ask(b.world[0], &q, &l.waiter));
	bench_free(&b);
	assert_int_equal(b.outside.cancelled, 1);
	assert_int_equal(l.told, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_asked_once),
		cmocka_unit_test(test_many_questions),
		cmocka_unit_test(test_chain_is_cut),
		cmocka_unit_test(test_late_answer),
		cmocka_unit_test(test_end_while_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
