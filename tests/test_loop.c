/* SPDX-License-Identifier: ISC */
/*
 * test_loop.c - timers in order, sockets once, nothing after it was removed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cmocka.h>

#include "audit/loop.h"
#include "checks/core/str.h"

#define N_TIMERS 500

struct alarm {
	struct loop_timer t; /* first */
	unsigned fired;
};

static struct loop *loop;
static uint64_t last_at;
static unsigned n_fired, n_ready;

static int
open_loop(void **state)
{
	(void)state;
	n_fired = n_ready = 0;
	last_at = 0;
	loop = loop_new();
	return loop == NULL;
}

static int
close_loop(void **state)
{
	(void)state;
	loop_free(loop);
	return 0;
}

static void
turn(int max_ms)
{
	assert_int_equal(loop_once(loop, max_ms), 0);
}

static void
fire(struct loop_timer *t)
{
	struct alarm *a = (struct alarm *)t;

	assert_true(t->at_ms >= last_at);
	assert_true(t->at_ms <= loop_now(loop));
	assert_int_equal(t->slot, 0);
	last_at = t->at_ms;
	a->fired++;
	n_fired++;
}

/* Set, moved and unset at random: those that are left fire once, in order. */
static void
test_timers_fire_in_order(void **state)
{
	static struct alarm alarms[N_TIMERS];
	uint32_t dice = 1;
	unsigned want = 0;

	(void)state;
	for (unsigned i = 0; i < 4 * N_TIMERS; i++) {
		struct alarm *a;

		dice = dice * 1103515245 + 12345;
		a = &alarms[(dice >> 8) % N_TIMERS];
		a->t.due = fire;
		if ((dice >> 20) % 5 == 0)
			loop_unset(loop, &a->t);
		else
			loop_set(loop, &a->t, loop_now(loop) + (dice >> 16) % 30);
	}
	for (size_t i = 0; i < N_TIMERS; i++)
		want += alarms[i].t.slot != 0;
	assert_true(want > N_TIMERS / 2);
	for (unsigned i = 0; n_fired < want && i < 1000; i++)
		turn(50);
	assert_int_equal(n_fired, want);
	for (size_t i = 0; i < N_TIMERS; i++) {
		assert_true(alarms[i].fired <= 1);
		assert_int_equal(alarms[i].t.slot, 0);
	}
}

static void
again(struct loop_timer *t)
{
	n_fired++;
	loop_set(loop, t, loop_now(loop));
}

static void
test_a_timer_set_for_now_does_not_hold_the_loop(void **state)
{
	struct loop_timer t = { .due = again };

	(void)state;
	loop_set(loop, &t, 0);
	for (unsigned i = 1; i <= 10; i++) {
		turn(1000);
		assert_int_equal(n_fired, i);
	}
	loop_unset(loop, &t);
	turn(0);
	assert_int_equal(n_fired, 10);
}

static struct alarm other;

static void
unset_other(struct loop_timer *t)
{
	(void)t;
	n_fired++;
	loop_unset(loop, &other.t);
}

static void
test_a_timer_unset_by_another_does_not_fire(void **state)
{
	struct loop_timer t = { .due = unset_other };

	(void)state;
	other = (struct alarm){ .t = { .due = fire } };
	loop_set(loop, &t, 0);
	loop_set(loop, &other.t, 1);
	turn(10);
	turn(10);
	assert_int_equal(n_fired, 1);
	assert_int_equal(other.fired, 0);
	loop_unset(loop, &other.t); /* twice is nothing */
}

static void
test_no_event_ends_in_time(void **state)
{
	(void)state;
	turn(0);
	turn(1);
}

struct line {
	struct loop_fd f; /* first */
	struct line *other;
	int in;
};

static void
got(struct loop_fd *f, uint32_t events)
{
	struct line *l = (struct line *)f;

	assert_true((events & EPOLLIN) != 0);
	n_ready++;
	if (l->other != NULL)
		loop_remove(loop, &l->other->f);
}

static void
line_open(struct line *l)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	*l = (struct line){ .f = { .fd = ends[0], .ready = got }, .in = ends[1] };
	assert_int_equal(loop_add(loop, &l->f, EPOLLIN), 0);
	assert_int_equal(write(l->in, "x", 1), 1);
}

static void
line_close(struct line *l)
{
	loop_remove(loop, &l->f);
	(void)close(l->f.fd);
	(void)close(l->in);
}

static void
test_a_socket_removed_by_another_is_not_called(void **state)
{
	struct line a, b;

	(void)state;
	line_open(&a);
	line_open(&b);
	turn(1000);
	assert_int_equal(n_ready, 2);
	a.other = &b;
	b.other = &a;
	turn(1000);
	assert_int_equal(n_ready, 3); /* the first removed the second */
	line_close(&a);
	line_close(&b);
}

static void
test_events_can_be_changed(void **state)
{
	struct line a;

	(void)state;
	line_open(&a);
	assert_int_equal(loop_change(loop, &a.f, 0), 0);
	turn(0);
	assert_int_equal(n_ready, 0);
	assert_int_equal(loop_change(loop, &a.f, EPOLLIN), 0);
	turn(1000);
	assert_int_equal(n_ready, 1);
	line_close(&a);
	assert_int_not_equal(loop_add(loop, &a.f, EPOLLIN), 0); /* closed */
}

static void
test_sockets_and_timers_in_one_turn(void **state)
{
	struct line a;
	struct loop_timer t = { .due = again };

	(void)state;
	line_open(&a);
	loop_set(loop, &t, 0);
	turn(1000);
	assert_int_equal(n_ready, 1);
	assert_int_equal(n_fired, 1);
	line_close(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_timers_fire_in_order, open_loop, close_loop),
		cmocka_unit_test_setup_teardown(
		    test_a_timer_set_for_now_does_not_hold_the_loop, open_loop, close_loop),
		cmocka_unit_test_setup_teardown(
		    test_a_timer_unset_by_another_does_not_fire, open_loop, close_loop),
		cmocka_unit_test_setup_teardown(test_no_event_ends_in_time, open_loop, close_loop),
		cmocka_unit_test_setup_teardown(
		    test_a_socket_removed_by_another_is_not_called, open_loop, close_loop),
		cmocka_unit_test_setup_teardown(test_events_can_be_changed, open_loop, close_loop),
		cmocka_unit_test_setup_teardown(
		    test_sockets_and_timers_in_one_turn, open_loop, close_loop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
