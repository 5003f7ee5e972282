/* SPDX-License-Identifier: ISC */
/*
 * receiver.c - libspf2 for tests.
 */
#include "tests/receiver.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "audit/sources/receiver_child.h"
#include "audit/sources/receiver_libspf2.h"
#include "checks/core/arena.h"

static void __attribute__((constructor)) become_child(int argc, char **argv)
{
	if (argc != 2)
		return;
	if (strcmp(argv[1], RECEIVER_CHILD_ARGUMENT) == 0)
		_exit(receiver_child(true));
	if (strcmp(argv[1], RECEIVER_UNGUARDED) == 0)
		_exit(receiver_child(false));
}

const char *
receiver_program(void)
{
	static char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	assert_true(n > 0); /* under valgrind the link itself leads to valgrind */
	path[n] = '\0';
	return path;
}

struct source *
receiver_source(const char *argument, unsigned reply_ms)
{
	struct receivers_options o = {
		.program = receiver_program(), .argument = argument, .reply_ms = reply_ms
	};

	return receivers_new(&o);
}

static struct source *the_one;

static enum source_reply
shared_ask(struct source *s, struct ticket *t, struct answer **out)
{
	(void)s;
	return the_one->ops->ask(the_one, t, out);
}

static void
shared_free(struct source *s)
{
	free(s);
}

static void
free_the_one(void)
{
	the_one->ops->free(the_one);
}

struct source *
receiver_shared(void)
{
	static const struct source_ops ops = {
		.name = "receivers", .ask = shared_ask, .free = shared_free
	};
	struct source *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	s->ops = &ops;
	if (the_one == NULL) {
		the_one = receiver_source(NULL, 0);
		assert_int_equal(atexit(free_the_one), 0);
	}
	return s;
}

static struct libspf2 *library;

static void
close_library(void)
{
	libspf2_close(library);
}

const struct answer *
receiver_here(const struct question *q)
{
	struct receiver_reply reply;
	struct receiver_case c;
	struct answer_draft d;
	struct arena a;

	if (q->data.n == 0)
		return answer_failed(q, CAUSE_LIMIT);
	if (library == NULL) {
		library = libspf2_open(true);
		assert_non_null(library);
		assert_int_equal(atexit(close_library), 0);
	}
	arena_init(&a, 0);
	assert_true(receiver_case_parse(&a, q->data.p, q->data.n, &c));
	libspf2_ask(library, &a, &c, &reply);
	arena_free(&a);
	if (reply.word != REPLY_VERDICT && reply.word != REPLY_MISSING)
		return answer_failed(q, reply.word == REPLY_LIMIT ? CAUSE_LIMIT : CAUSE_TOO_LARGE);
	draft_init(&d, NULL, q, ANSWER_FOUND);
	d.a.receiver = &reply.facts;
	return answer_finish(&d);
}
