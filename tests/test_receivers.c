/* SPDX-License-Identifier: ISC */
/*
 * test_receivers.c - the process in which libspf2 runs: what it survives, and that
 * its death, its silence and its nonsense are failed answers and nothing more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "audit/sources/receiver_child.h"
#include "checks/core/receiver.h"
#include "tests/receiver.h"

/* Records as NAME, TEXT. */
static const struct {
	const char *name, *text;
} records[] = {
	{ "good.example", "v=spf1 ip4:192.0.2.0/24 -all" },
	{ "exp.example", "v=spf1 -all exp=e.exp.example" },
	{ "e.exp.example", "%{i} is not welcome" },
};

/* One inquiry with the records above, and the process under test. */
struct desk {
	struct source *s;
	struct inquiry q;
	struct arena a;
	bool asked_explanation;
};

static void
add_txt(struct answer_draft *d, const char *text)
{
	struct str s = str_of(text);
	char *p = arena_alloc(d->scratch, s.n + 8);
	size_t n = 0;

	for (size_t at = 0; at < s.n; at += 255) {
		struct str part = str_sub(s, at, 255);

		p[n++] = (char)part.n;
		memcpy(p + n, part.p, part.n);
		n += part.n;
	}
	assert_non_null(draft_add_rr(d, RR_TXT, 300, (struct str){ p, n }));
}

static const struct answer *
on_ask(void *ctx, const struct question *q)
{
	struct desk *k = ctx;
	struct ticket t = { .q = *q };
	struct answer_draft d;
	struct answer *out;
	struct name name;

	if (q->kind == ASK_RECEIVER) {
		assert_int_equal(k->s->ops->ask(k->s, &t, &out), SOURCE_ANSWERED);
		return out;
	}
	draft_init(&d, &k->a, q, ANSWER_NXDOMAIN);
	for (size_t i = 0; i < ARRAY_LEN(records); i++) {
		assert_int_equal(name_parse(str_of(records[i].name), &name), NAME_OK);
		if (!name_eq(&name, &q->name) || q->type != RR_TXT)
			continue;
		d.a.status = ANSWER_FOUND;
		add_txt(&d, records[i].text);
		k->asked_explanation = k->asked_explanation || i == 2;
	}
	return answer_finish(&d);
}

/* "pass", "fail" ..., or the cause of the failure, of 192.0.2.1 sending as DOMAIN. */
static const char *
verdict(struct desk *k, const char *domain)
{
	static const char *const names[] = { "none", "neutral", "pass", "fail", "softfail",
		"temperror", "permerror" };
	struct receiver_sender s = { .domain = str_of(domain) };
	const struct answer *a;

	assert_int_equal(addr_parse(STR("192.0.2.1"), &s.ip), ADDR_OK);
	inquiry_free(&k->q);
	arena_reset(&k->a);
	inquiry_init(&k->q, on_ask, k, &k->a);
	inquiry_begin(&k->q);
	a = ask_receiver(&k->q, LIBSPF2, &s);
	return a->status == ANSWER_FAILED ? cause_name(a->cause) : names[a->receiver->result];
}

static void
desk_open(struct desk *k, const char *argument, unsigned reply_ms)
{
	*k = (struct desk){ .s = receiver_source(argument, reply_ms) };
	arena_init(&k->a, 0);
	inquiry_init(&k->q, on_ask, k, &k->a);
}

static void
desk_close(struct desk *k)
{
	inquiry_free(&k->q);
	arena_free(&k->a);
	k->s->ops->free(k->s);
}

/*
 * The question whose explanation is that of CVE-2023-42118, 127 macros and 10 bytes,
 * and travels whole: ask_receiver() would cut it.  The answer as verdict() has it.
 */
static const char *
ask_the_killer(struct desk *k)
{
	static char data[2000];
	const char *src = getenv("srcdir");
	struct ticket t = { .q = { .kind = ASK_RECEIVER, .type = LIBSPF2 } };
	struct answer *a;
	char path[4096];
	const char *out;
	FILE *f;

	(void)snprintf(
	    path, sizeof(path), "%s/vectors/receiver/cve-2023-42118", src != NULL ? src : ".");
	f = fopen(path, "r");
	assert_non_null(f);
	t.q.data = (struct str){ data, fread(data, 1, sizeof(data), f) };
	fclose(f);
	assert_int_equal(k->s->ops->ask(k->s, &t, &a), SOURCE_ANSWERED);
	out = a->status == ANSWER_FAILED           ? cause_name(a->cause)
	      : a->receiver->missing.n > 0         ? "missing"
	      : a->receiver->result == RESULT_FAIL ? "fail"
						   : "another";
	answer_unref(a);
	return out;
}

static void
test_the_record_that_kills_the_library(void **state)
{
	struct desk k;
	pid_t before;

	(void)state;
	desk_open(&k, NULL, 0);
	assert_string_equal(verdict(&k, "exp.example"), "fail");
	assert_false(k.asked_explanation);
	before = receivers_pid(k.s);
	assert_string_equal(ask_the_killer(&k), "fail");
	assert_string_equal(verdict(&k, "good.example"), "pass");
	assert_int_equal(receivers_pid(k.s), before); /* it survived */
	desk_close(&k);
}

static void
test_without_the_guard_it_costs_an_answer(void **state)
{
	struct desk k;

	(void)state;
	desk_open(&k, RECEIVER_UNGUARDED, 0);
	assert_string_equal(verdict(&k, "exp.example"), "fail");
	assert_true(k.asked_explanation);
	assert_string_equal(ask_the_killer(&k), cause_name(CAUSE_DIED));
	assert_int_equal(receivers_pid(k.s), 0);
	assert_string_equal(verdict(&k, "good.example"), "pass");
	desk_close(&k);
}

static void
test_killed_and_stopped(void **state)
{
	struct desk k;
	pid_t first;

	(void)state;
	desk_open(&k, NULL, 200);
	assert_string_equal(verdict(&k, "good.example"), "pass");
	first = receivers_pid(k.s);
	assert_true(first > 1);
	assert_int_equal(kill(first, SIGKILL), 0);
	assert_string_equal(verdict(&k, "good.example"), cause_name(CAUSE_DIED));
	assert_string_equal(verdict(&k, "good.example"), "pass");
	assert_int_not_equal(receivers_pid(k.s), first);
	assert_int_equal(kill(receivers_pid(k.s), SIGSTOP), 0);
	assert_string_equal(verdict(&k, "good.example"), cause_name(CAUSE_TIMEOUT));
	assert_string_equal(verdict(&k, "good.example"), "pass");
	desk_close(&k);
}

/* Records that hang it again and again cost the run a bounded time. */
static void
test_waiting_in_vain_has_an_end(void **state)
{
	struct receivers_options o = {
		.program = receiver_program(), .reply_ms = 200, .max_lost_ms = 500
	};
	struct desk k = { .s = receivers_new(&o) };

	(void)state;
	arena_init(&k.a, 0);
	inquiry_init(&k.q, on_ask, &k, &k.a);
	for (unsigned lost = 0; lost < o.max_lost_ms; lost += o.reply_ms) {
		assert_string_equal(verdict(&k, "good.example"), "pass");
		assert_int_equal(kill(receivers_pid(k.s), SIGSTOP), 0);
		assert_string_equal(verdict(&k, "good.example"), cause_name(CAUSE_TIMEOUT));
	}
	for (size_t i = 0; i < 3; i++) {
		assert_string_equal(verdict(&k, "good.example"), cause_name(CAUSE_NOT_STARTED));
		(void)poll(NULL, 0, 100); /* no pause that ends */
	}
	assert_int_equal(receivers_pid(k.s), 0);
	desk_close(&k);
}

/* A key at the terminal, or a stop of the whole group, is mailvet's affair alone. */
static void
test_signals_of_the_group_do_not_end_it(void **state)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct desk k;
	pid_t pid;

	(void)state;
	desk_open(&k, NULL, 0);
	assert_string_equal(verdict(&k, "good.example"), "pass");
	pid = receivers_pid(k.s);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		assert_int_equal(kill(pid, signals[i]), 0);
	assert_string_equal(verdict(&k, "good.example"), "pass");
	assert_int_equal(receivers_pid(k.s), pid);
	desk_close(&k);
}

/* It has its socket and two ends to nowhere, whatever this process has open. */
static void
test_it_inherits_nothing(void **state)
{
	char path[80], to[80];
	struct dirent *e;
	struct desk k;
	size_t n = 0;
	int fds[2];
	DIR *dir;

	(void)state;
	assert_int_equal(pipe(fds), 0); /* not closed on exec */
	desk_open(&k, NULL, 0);
	assert_string_equal(verdict(&k, "good.example"), "pass");
	(void)snprintf(path, sizeof(path), "/proc/%d/fd", (int)receivers_pid(k.s));
	if ((dir = opendir(path)) == NULL) { /* another user's, since it cannot be dumped */
		desk_close(&k);
		skip();
		return;
	}
	while ((e = readdir(dir)) != NULL) {
		char link[400];
		ssize_t len;

		if (e->d_name[0] == '.')
			continue;
		(void)snprintf(link, sizeof(link), "%s/%s", path, e->d_name);
		len = readlink(link, to, sizeof(to) - 1);
		assert_true(len > 0);
		to[len] = '\0';
		assert_true(strncmp(to, "socket:", 7) == 0 || strcmp(to, "/dev/null") == 0);
		n++;
	}
	closedir(dir);
	assert_int_equal(n, 3);
	(void)close(fds[0]);
	(void)close(fds[1]);
	desk_close(&k);
}

/* What cannot be started fails at once each time, and in the end is not tried again. */
static void
test_what_cannot_be_started(void **state)
{
	static const struct receivers_options programs[] = {
		{ .program = "/nonexistent/mailvet" },
		{ .program = "/bin/true" }, /* ends without a word */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(programs); i++) {
		struct desk k = { .s = receivers_new(&programs[i]) };

		arena_init(&k.a, 0);
		inquiry_init(&k.q, on_ask, &k, &k.a);
		for (size_t n = 0; n < MAX_RECEIVER_DEATHS + 5; n++)
			assert_string_equal(
			    verdict(&k, "good.example"), cause_name(CAUSE_NOT_STARTED));
		assert_int_equal(receivers_pid(k.s), 0);
		desk_close(&k);
	}
}

/* One process answers many, and is replaced in time. */
static void
test_it_is_replaced_in_time(void **state)
{
	struct desk k;
	pid_t first;

	(void)state;
	desk_open(&k, NULL, 0);
	assert_string_equal(verdict(&k, "good.example"), "pass");
	first = receivers_pid(k.s);
	for (size_t i = 0; i < 100; i++)
		assert_string_equal(verdict(&k, "good.example"), "pass");
	assert_int_equal(receivers_pid(k.s), first);
	for (size_t i = 0; i < MAX_RECEIVER_ASKED; i++)
		assert_string_equal(verdict(&k, "good.example"), "pass");
	assert_int_not_equal(receivers_pid(k.s), first);
	desk_close(&k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_record_that_kills_the_library),
		cmocka_unit_test(test_without_the_guard_it_costs_an_answer),
		cmocka_unit_test(test_killed_and_stopped),
		cmocka_unit_test(test_waiting_in_vain_has_an_end),
		cmocka_unit_test(test_signals_of_the_group_do_not_end_it),
		cmocka_unit_test(test_it_inherits_nothing),
		cmocka_unit_test(test_what_cannot_be_started),
		cmocka_unit_test(test_it_is_replaced_in_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
