/* SPDX-License-Identifier: ISC */
/*
 * test_servers.c - how fast a server may be asked, on a clock of the test's own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "audit/sources/servers.h"

#define TRY_MS 1000

static struct loop *loop;
static struct server server;
static uint64_t now;

static void
open_server(const char *address, unsigned qps)
{
	struct resolver_options o = { .qps = qps, .try_ms = TRY_MS };
	struct resolver_server to;

	assert_true(resolver_parse_server(str_of(address), &to));
	loop = loop_new();
	assert_non_null(loop);
	server_init(&server, NULL, loop, &to, &o);
	now = loop_now(loop);
}

static void
close_server(void)
{
	udp_pool_close(&server.pool);
	loop_free(loop);
}

/* Ask as fast as is allowed for SECONDS; every query is answered at once. */
static size_t
ask_for(unsigned seconds)
{
	uint64_t end = now + seconds * UINT64_C(1000);
	size_t total = 0;

	while (now < end) {
		uint64_t wait_ms;
		size_t n = server_allows(&server, now, &wait_ms);

		assert_true(n > 0 || wait_ms > 0);
		server_sent(&server, n);
		for (size_t i = 0; i < n; i++) {
			server.in_flight--;
			server_heard(&server, now, 1);
		}
		total += n;
		now += wait_ms;
	}
	return total;
}

static void
test_limits(void **state)
{
	static const struct {
		const char *address;
		unsigned qps;
		unsigned want; /* a second; 0 = no limit */
	} cases[] = {
		{ "192.0.2.1", 0, DEFAULT_QPS },
		{ "2001:db8::1", 0, DEFAULT_QPS },
		{ "192.0.2.1", 1000, 1000 },
		{ "192.0.2.1", 7, 7 },
		{ "192.0.2.1", 1, 1 },
		{ "127.0.0.1", 0, 0 },
		{ "127.0.0.1", 50, 50 },
		{ "::1", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t n, want = cases[i].want;

		open_server(cases[i].address, cases[i].qps);
		assert_int_equal(server.qps, want);
		if (want > 0) {
			n = ask_for(20);
			if (n > want * 20 + want / 10 + 1 || n < want * 19)
				fail_msg("%s %u: %zu in 20 s", cases[i].address, cases[i].qps, n);
		}
		close_server();
	}
}

static void
test_a_pause_is_not_saved_up(void **state)
{
	uint64_t wait_ms;

	(void)state;
	open_server("192.0.2.1", 300);
	now += 3600 * 1000;
	assert_true(server_allows(&server, now, &wait_ms) <= 30);
	close_server();
}

static void
test_the_window_holds(void **state)
{
	uint64_t wait_ms;

	(void)state;
	open_server("127.0.0.1", 0);
	for (unsigned sent = 0; sent < FIRST_WINDOW; sent += MIN_PACE, now++) {
		assert_int_equal(server_allows(&server, now, &wait_ms), MIN_PACE);
		server_sent(&server, MIN_PACE);
		assert_int_equal(server_allows(&server, now, &wait_ms), 0);
		assert_int_equal(wait_ms, sent + MIN_PACE < FIRST_WINDOW ? 1 : 0);
	}
	assert_int_equal(server_allows(&server, now, &wait_ms), 0);
	assert_int_equal(wait_ms, 0);
	server.in_flight -= 1;
	server_heard(&server, now, 1);
	assert_int_equal(server_allows(&server, now, &wait_ms), 1);
	close_server();
}

/* Answers a millisecond RATE for two seconds that each take TOOK_MS. */
static size_t
window_after(unsigned rate, unsigned took_ms)
{
	open_server("127.0.0.1", 0);
	for (unsigned ms = 0; ms < 2000; ms++, now++)
		for (unsigned i = 0; i < rate; i++)
			server_heard(&server, now, took_ms);
	close_server();
	return server.window;
}

static void
test_the_window_follows_the_server(void **state)
{
	static const struct {
		const char *what;
		unsigned rate, took_ms;
		size_t least, most;
	} cases[] = {
		{ "near and fast", 200, 0, 256, 512 },
		{ "near and slow", 1, 1, FIRST_WINDOW, FIRST_WINDOW },
		{ "20 ms away", 100, 20, 3000, 4100 },
		{ "far and fast", 300, 300, MAX_WINDOW, MAX_WINDOW },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t got = window_after(cases[i].rate, cases[i].took_ms);

		if (got < cases[i].least || got > cases[i].most)
			fail_msg("%s: %zu", cases[i].what, got);
	}
}

/* N queries of which every EVERY-th is lost. */
static void
lose(unsigned n, unsigned every)
{
	for (unsigned i = 1; i <= n; i++)
		if (i % every == 0)
			server_lost(&server, now, TRY_MS);
		else
			server_heard(&server, now, 1);
}

static void
test_five_percent_halve(void **state)
{
	static const struct {
		const char *what;
		unsigned n, every, want;
	} cases[] = {
		{ "no loss", 1000, 2000, 300 },
		{ "4 %", 1000, 25, 300 },
		{ "5 %", 100, 20, 150 },
		{ "all of a few is chance", 4, 1, 300 },
		{ "all", 5, 1, 150 },
		{ "all of one moment counts once", 50, 1, 150 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		open_server("192.0.2.1", 300);
		lose(cases[i].n, cases[i].every);
		if (server.qps != cases[i].want)
			fail_msg("%s: %u", cases[i].what, server.qps);
		close_server();
	}
}

static void
test_it_shrinks_to_a_floor_and_recovers(void **state)
{
	(void)state;
	open_server("192.0.2.1", 300);
	for (unsigned i = 0; i < 50; i++) {
		now += 2 * TRY_MS;
		lose(20, 2);
	}
	assert_true(server.qps >= MIN_QPS && server.qps < 2 * MIN_QPS);
	assert_int_equal(server.window, MIN_WINDOW);
	lose(10000, 20000);
	assert_true(server.qps < 2 * MIN_QPS); /* whether it was too much is not known yet */
	for (unsigned i = 0; i < 10; i++) {
		now += TRY_MS;
		lose(100, 200);
	}
	assert_int_equal(server.qps, 300);
	close_server();
}

static void
test_one_that_is_down_keeps_its_speed(void **state)
{
	(void)state;
	open_server("192.0.2.1", 300);
	for (unsigned i = 0; i < 20; i++) {
		now += TRY_MS;
		lose(20, 1);
	}
	assert_int_equal(server.qps, 150); /* at the first losses nobody knows yet */
	close_server();
}

/* Losses set a limit where there was none, as high as what was answered; it is given up again. */
static void
test_losses_set_a_limit(void **state)
{
	(void)state;
	open_server("127.0.0.1", 0);
	for (unsigned ms = 0; ms < 1000; ms++, now++)
		server_heard(&server, now, 1);
	lose(60, 1);
	assert_int_equal(server.qps, 1000);
	for (unsigned i = 0; i < 10; i++) {
		now += TRY_MS;
		lose(100, 200);
	}
	assert_int_equal(server.qps, 0);
	lose(5, 1); /* hardly anything was answered of late */
	assert_int_equal(server.qps, LEARNT_QPS);
	close_server();
}

/* What was never heard may be slow, and losses before the first answer set no limit. */
static void
test_a_slow_server_is_waited_for(void **state)
{
	static const struct {
		unsigned took_ms;
		uint64_t want;
	} cases[] = { { 1, 1000 }, { 400, 1000 }, { 1000, 2000 }, { 60000, 4000 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		open_server("127.0.0.1", 0);
		lose(6, 1);
		assert_int_equal(server.qps, 0);
		for (unsigned k = 0; k < 100; k++)
			server_heard(&server, now, cases[i].took_ms);
		assert_int_equal(server_try_ms(&server), cases[i].want);
		close_server();
	}
}

/* For SECONDS: every tenth query is lost, and all over MOST; then the limit. */
static unsigned
limit_after(unsigned most, unsigned seconds)
{
	open_server("192.0.2.1", 300);
	for (; seconds > 0; seconds--, now += TRY_MS) {
		unsigned n = server.qps;

		lose(n < most ? n : most, most < 300 ? most + 1 : 10);
		if (n > most)
			lose(n - most, 1);
	}
	close_server();
	return server.qps;
}

/* Slower is better only where it is: a way that loses a tenth of everything is not our speed. */
static void
test_only_our_speed_is_lowered(void **state)
{
	(void)state;
	for (unsigned seconds = 20; seconds < 25; seconds++) {
		unsigned lossy = limit_after(300, seconds), limited = limit_after(100, seconds);

		if (lossy < 200 || limited < 50 || limited > 250)
			fail_msg("%u s: %u, %u", seconds, lossy, limited);
	}
}

/* Answers of TOOK_MS, a window each round trip, all at once, and then how long a queue of N waits.
 */
static uint64_t
wait_after(unsigned took_ms, size_t window, size_t n)
{
	uint64_t ms;

	open_server("127.0.0.1", 0);
	for (unsigned round = 0; round < 50; round++, now += took_ms)
		for (size_t i = 0; i < window; i++)
			server_heard(&server, now, took_ms);
	server.queue.n = n;
	assert_true(server_wait_ms(&server, &ms));
	server.queue.n = 0;
	close_server();
	return ms;
}

/* What a queue is worth hangs on the window, which bursts do not shrink. */
static void
test_a_queue_waits_for_the_window(void **state)
{
	(void)state;
	assert_int_equal(wait_after(1, 200, 400), 1);
	assert_int_equal(wait_after(100, 500, 1000), 100);
	assert_int_equal(wait_after(100, 500, 10000), 1000);
	assert_int_equal(wait_after(400, 128, 2560), 4000);
}

static void
test_a_silent_server_is_probed(void **state)
{
	(void)state;
	open_server("192.0.2.1", 0);
	assert_true(server_is_up(&server, now, TRY_MS));
	lose(20, 1);
	assert_false(server_is_up(&server, now, TRY_MS));
	assert_false(server_is_dead(&server, now, TRY_MS)); /* it may be restarting */
	now += 60 * TRY_MS;
	assert_true(server_is_up(&server, now, TRY_MS));  /* the probe */
	assert_false(server_is_up(&server, now, TRY_MS)); /* and no more */
	assert_true(server_is_dead(&server, now, TRY_MS));
	server_heard(&server, now, 1);
	assert_true(server_is_up(&server, now, TRY_MS));
	assert_false(server_is_dead(&server, now, TRY_MS));
	close_server();
}

static void
test_where_names_the_server(void **state)
{
	static const char *const cases[][2] = {
		{ "192.0.2.1", "192.0.2.1@53" },
		{ "[2001:db8:1111:2222:3333:4444:5555:6666]@65535",
		    "2001:db8:1111:2222:3333:4444:5555:6666@65535" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		open_server(cases[i][0], 0);
		assert_true(
		    str_eq((struct str){ server.where, server.where_n }, str_of(cases[i][1])));
		close_server();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_a_pause_is_not_saved_up),
		cmocka_unit_test(test_the_window_holds),
		cmocka_unit_test(test_the_window_follows_the_server),
		cmocka_unit_test(test_five_percent_halve),
		cmocka_unit_test(test_it_shrinks_to_a_floor_and_recovers),
		cmocka_unit_test(test_one_that_is_down_keeps_its_speed),
		cmocka_unit_test(test_losses_set_a_limit),
		cmocka_unit_test(test_a_slow_server_is_waited_for),
		cmocka_unit_test(test_only_our_speed_is_lowered),
		cmocka_unit_test(test_a_queue_waits_for_the_window),
		cmocka_unit_test(test_a_silent_server_is_probed),
		cmocka_unit_test(test_where_names_the_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
