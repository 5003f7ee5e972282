/* SPDX-License-Identifier: ISC */
/*
 * test_world_cancel.c - merging, cancelling and asking again, with a source of this
 * file's own that answers when it is told to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "audit/world.h"

/* Takes every question and keeps the last ticket. */
struct slow {
	struct source source; /* first */
	struct ticket *ticket;
	unsigned asked, cancelled;
};

static enum source_reply
slow_ask(struct source *s, struct ticket *t, struct answer **out)
{
	struct slow *w = (struct slow *)s;

	(void)out;
	w->ticket = t;
	w->asked++;
	return SOURCE_LATER;
}

static void
slow_cancel(struct source *s, struct ticket *t)
{
	struct slow *w = (struct slow *)s;

	assert_ptr_equal(t, w->ticket);
	w->ticket = NULL;
	w->cancelled++;
}

static void
slow_free(struct source *s)
{
	(void)s; /* on the stack */
}

static const struct source_ops slow_ops = {
	.name = "slow", .ask = slow_ask, .cancel = slow_cancel, .free = slow_free
};

/* A waiter that counts. */
struct listener {
	struct waiter waiter; /* first */
	unsigned told;
};

static void
on_ready(struct waiter *w, const struct question *q, const struct answer *a)
{
	(void)q;
	assert_int_equal(a->status, ANSWER_NODATA);
	((struct listener *)w)->told++;
}

static struct question
question_of(const char *text)
{
	struct name n;

	assert_int_equal(name_parse(str_of(text), &n), NAME_OK);
	return question_dns(&n, RR_TXT);
}

static void
answer_now(struct slow *s)
{
	struct ticket *t = s->ticket;
	struct answer_draft d;

	draft_init(&d, NULL, &t->q, ANSWER_NODATA);
	d.a.ttl_s = 60;
	t->done(t, answer_finish(&d));
}

static void
test_one_question_for_two(void **state)
{
	struct slow s = { .source.ops = &slow_ops };
	struct listener a = { .waiter.ready = on_ready }, b = { .waiter.ready = on_ready };
	struct question q = question_of("a.example");
	struct world *w = world_new(NULL);
	const struct answer *kept;

	(void)state;
	world_add(w, &s.source);
	assert_null(world_ask(w, &q, &a.waiter));
	assert_null(world_ask(w, &q, &b.waiter));
	assert_int_equal(s.asked, 1);
	answer_now(&s);
	assert_int_equal(a.told + b.told, 2);
	kept = world_ask(w, &q, &a.waiter);
	assert_non_null(kept);
	answer_unref(kept);
	world_free(w);
}

static void
test_the_last_who_waits_cancels(void **state)
{
	struct slow s = { .source.ops = &slow_ops };
	struct listener a = { .waiter.ready = on_ready }, b = { .waiter.ready = on_ready };
	struct question q = question_of("a.example"), other = question_of("b.example");
	struct world *w = world_new(NULL);

	(void)state;
	world_add(w, &s.source);
	assert_null(world_ask(w, &other, &a.waiter));
	world_cancel(w, &a.waiter);
	assert_int_equal(s.cancelled, 1);
	assert_null(world_ask(w, &q, &a.waiter));
	assert_null(world_ask(w, &q, &b.waiter));
	world_cancel(w, &a.waiter);
	world_cancel(w, &a.waiter); /* waits for nothing now */
	assert_int_equal(s.cancelled, 1);
	world_cancel(w, &b.waiter);
	assert_int_equal(s.cancelled, 2);
	/* It was forgotten: who asks again asks the source. */
	assert_null(world_ask(w, &q, &b.waiter));
	assert_int_equal(s.asked, 3);
	answer_now(&s);
	assert_int_equal(a.told, 0);
	assert_int_equal(b.told, 1);
	world_cancel(w, &b.waiter);
	assert_int_equal(s.cancelled, 2);
	world_free(w);
}

/* Who waits for the state before a change waits in that world. */
static void
test_a_question_of_the_base_is_cancelled_there(void **state)
{
	struct slow s = { .source.ops = &slow_ops }, t = { .source.ops = &slow_ops };
	struct listener a = { .waiter.ready = on_ready };
	struct question q = question_of("a.example");
	struct world *w = world_new(NULL), *base = world_new(NULL);

	(void)state;
	world_add(w, &s.source);
	world_add(base, &t.source);
	world_set_base(w, base);
	q.base = true;
	assert_null(world_ask(w, &q, &a.waiter));
	world_cancel(w, &a.waiter);
	assert_int_equal(t.cancelled, 1);
	assert_int_equal(s.asked + s.cancelled, 0);
	assert_null(world_ask(w, &q, &a.waiter));
	answer_now(&t);
	assert_int_equal(a.told, 1);
	world_free(w);
	world_free(base);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_question_for_two),
		cmocka_unit_test(test_the_last_who_waits_cancels),
		cmocka_unit_test(test_a_question_of_the_base_is_cancelled_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
