/* SPDX-License-Identifier: ISC */
/*
 * test_listkeys.c - the key stands in what the inner source is asked, and in nothing that
 * comes back; at once, later, and when nobody waits any more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "audit/sources/listkeys.h"
#include "checks/core/arena.h"

/* A source that notes what it is asked, and answers when it is told to. */
struct inner {
	struct source source; /* first */
	struct ticket *asked;
	struct name sent;
	bool later, freed, cancelled;
	enum answer_status status;
	const char *txt; /* an answer with this text beside 127.0.0.2; NULL = without */
	bool chain;
};

static struct name
name(const char *text)
{
	struct name n;

	assert_int_equal(name_parse(str_of(text), &n), NAME_OK);
	return n;
}

static struct answer *
make(const struct inner *in, const struct question *q)
{
	static const char a[] = { 127, 0, 0, 2 };
	struct answer_draft d;
	struct arena scratch;
	struct answer *out;

	arena_init(&scratch, 0);
	draft_init(&d, &scratch, q, in->status);
	d.a.ttl_s = 60;
	if (in->status == ANSWER_FOUND && in->txt == NULL)
		(void)draft_add_rr(&d, RR_A, 60, (struct str){ a, 4 });
	if (in->txt != NULL)
		(void)draft_add_rr(&d, RR_TXT, 60, str_of(in->txt));
	if (in->chain)
		draft_add_link(&d, &q->name);
	out = answer_finish(&d);
	arena_free(&scratch);
	return out;
}

static enum source_reply
inner_ask(struct source *s, struct ticket *t, struct answer **out)
{
	struct inner *in = (struct inner *)s;

	in->asked = t;
	in->sent = t->q.name;
	if (in->later)
		return SOURCE_LATER;
	*out = make(in, &t->q);
	return SOURCE_ANSWERED;
}

static void
inner_cancel(struct source *s, struct ticket *t)
{
	struct inner *in = (struct inner *)s;

	assert_ptr_equal(t, in->asked);
	in->cancelled = true;
}

static void
inner_free(struct source *s)
{
	((struct inner *)s)->freed = true;
}

static const struct source_ops inner_ops = {
	.name = "inner", .ask = inner_ask, .cancel = inner_cancel, .free = inner_free
};

static struct answer *came;

static void
on_done(struct ticket *t, struct answer *a)
{
	(void)t;
	came = a;
}

/* What IN is asked for ASKED; the answer is in `came`. */
static struct name
ask_for(struct inner *in, const char *asked, uint16_t type)
{
	struct list_key k = { .zone = name("zen.example"), .key = STR("s3cr3t") };
	struct source *s = listkeys_new(&in->source, &k, 1);
	struct name owner = name(asked);
	struct ticket t = { .q = question_dns(&owner, type), .done = on_done };
	enum source_reply reply = s->ops->ask(s, &t, &came);

	if (reply == SOURCE_LATER && in->cancelled)
		s->ops->cancel(s, &t);
	else if (reply == SOURCE_LATER)
		in->asked->done(in->asked, make(in, &in->asked->q));
	assert_int_equal(s->ops->wait_ms(s), 0);
	s->ops->free(s);
	assert_true(in->freed);
	return in->sent;
}

/* clang-format off */
static const struct {
	const char *name, *asked, *sent;
	uint16_t type;
	enum answer_status status, want;
	const char *txt;
	bool chain;
} rows[] = {
	{ "a listing", "2.0.0.127.zen.example", "2.0.0.127.s3cr3t.zen.example", RR_A, ANSWER_FOUND, ANSWER_FOUND, NULL, false },
	{ "the zone itself", "zen.example", "s3cr3t.zen.example", RR_A, ANSWER_FOUND, ANSWER_FOUND, NULL, false },
	{ "no listing", "1.0.0.127.zen.example", "1.0.0.127.s3cr3t.zen.example", RR_A, ANSWER_NXDOMAIN, ANSWER_NXDOMAIN, NULL, false },
	{ "another name", "azen.example", "azen.example", RR_A, ANSWER_FOUND, ANSWER_FOUND, NULL, false },
	{ "a harmless text", "2.zen.example", "2.s3cr3t.zen.example", RR_TXT, ANSWER_FOUND, ANSWER_FOUND, "\4free", false },
	{ "the key in a text", "2.zen.example", "2.s3cr3t.zen.example", RR_TXT, ANSWER_FOUND, ANSWER_NODATA, "\10xS3CR3Ty", false },
	{ "the key cut in two", "2.zen.example", "2.s3cr3t.zen.example", RR_TXT, ANSWER_FOUND, ANSWER_NODATA, "\4xs3c\4r3ty", false },
	{ "the key with dots", "2.zen.example", "2.s3cr3t.zen.example", RR_TXT, ANSWER_FOUND, ANSWER_NODATA, "\7s3.cr3t", false },
	{ "part of the key", "2.zen.example", "2.s3cr3t.zen.example", RR_TXT, ANSWER_FOUND, ANSWER_FOUND, "\5s3cr3", false },
	{ "a chain", "2.zen.example", "2.s3cr3t.zen.example", RR_A, ANSWER_FOUND, ANSWER_FAILED, NULL, true },
};
/* clang-format on */

static void
test_the_key_stays_at_the_wire(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_LEN(rows); i++) {
		size_t r = i / 2;
		struct inner in = { .source.ops = &inner_ops,
			.later = i % 2 == 1,
			.status = rows[r].status,
			.txt = rows[r].txt,
			.chain = rows[r].chain };
		struct name sent = ask_for(&in, rows[r].asked, rows[r].type);
		struct name want = name(rows[r].sent), asked = name(rows[r].asked);

		if (!name_eq(&sent, &want) || came->status != rows[r].want ||
		    !name_eq(&came->q.name, &asked) || came->n_chain > 0)
			fail_msg("%s: status %d", rows[r].name, (int)came->status);
		answer_unref(came);
	}
}

static void
test_cancelled(void **state)
{
	struct inner in = { .source.ops = &inner_ops, .later = true, .cancelled = true };

	(void)state;
	(void)ask_for(&in, "2.0.0.127.zen.example", RR_A);
	assert_true(in.cancelled);
}

/* A name that the key makes too long is never sent. */
static void
test_too_long(void **state)
{
#define L60 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
	struct inner in = { .source.ops = &inner_ops };

	(void)state;
	assert_int_equal(ask_for(&in, &(L60 L60 L60 L60 "zen.example")[5], RR_A).n, 0);
	assert_null(in.asked);
	assert_int_equal(came->status, ANSWER_FAILED);
	assert_int_equal(came->cause, CAUSE_BAD_NAME);
	answer_unref(came);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_key_stays_at_the_wire),
		cmocka_unit_test(test_cancelled),
		cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
