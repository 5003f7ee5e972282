/* SPDX-License-Identifier: ISC */
/*
 * test_world.c - several sources as one: chains over them, merged questions,
 * what is taken back, and that a failed answer is never an absent one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "audit/sources/edit.h"
#include "audit/world.h"
#include "checks/core/arena.h"
#include "tests/shuffle.h"
#include "tests/silent.h"

/*
 * A source out of lines "NAME TYPE DATA [TTL]" for names at or below its apex.
 * CHASES: it walks CNAMEs to the end by itself, as a resolver does.
 */
struct book {
	struct source source; /* first */
	struct name apex;
	const char *lines;
	bool chases, ad;
	unsigned asked;
};

static struct name
name_of(struct str text)
{
	struct name n;

	if (name_parse(text, &n) != NAME_OK)
		fail_msg("%.*s: no name", (int)text.n, text.p);
	return n;
}

static struct str
word(struct str *rest)
{
	size_t end = str_find(*rest, 0, ' ');
	struct str w = str_sub(*rest, 0, end);

	*rest = str_sub(*rest, end + 1, rest->n);
	return w;
}

/* Whether one line is about NAME: *D gets its record or link, *TTL the least. */
static bool
take(struct answer_draft *d, struct str line, struct name *at, bool *exists)
{
	struct name owner = name_of(word(&line)), target;
	uint16_t type = type_parse(word(&line));
	struct str data = word(&line);
	uint32_t ttl_s = 300;
	struct addr a;

	if (line.n > 0)
		assert_true(parse_u32(line, UINT32_MAX, &ttl_s));
	*exists = *exists || name_is_below(&owner, at);
	if (!name_eq(&owner, at))
		return false;
	if (type == RR_CNAME && d->a.q.type != RR_CNAME) {
		*at = name_of(data);
		draft_add_link(d, at);
		d->a.ttl_s = ttl_s < d->a.ttl_s ? ttl_s : d->a.ttl_s;
		return true;
	}
	if (type != d->a.q.type)
		return false;
	if (type == RR_CNAME) {
		target = name_of(data);
		data = arena_str(d->scratch, (struct str){ (const char *)target.w, target.n });
	} else {
		assert_int_equal(addr_parse(data, &a), ADDR_OK);
		data = arena_str(d->scratch, (struct str){ (const char *)a.b, 4 });
	}
	assert_non_null(draft_add_rr(d, type, ttl_s, data));
	return false;
}

static enum source_reply
book_ask(struct source *src, struct ticket *t, struct answer **out)
{
	struct book *b = (struct book *)src;
	struct name at = t->q.name;
	struct answer_draft d;
	struct arena scratch;
	bool exists, again = true;

	if (t->q.kind != ASK_DNS || !name_is_below(&t->q.name, &b->apex))
		return SOURCE_NOT_MINE;
	b->asked++;
	arena_init(&scratch, 0);
	draft_init(&d, &scratch, &t->q, ANSWER_FOUND);
	d.a.ad = b->ad;
	for (unsigned links = 0; again && links < 40; links++) {
		struct str all = str_of(b->lines);

		exists = again = false;
		for (size_t pos = 0, end; pos < all.n && !again; pos = end + 1) {
			end = str_find(all, pos, '\n');
			if (end > pos)
				again = take(&d, str_sub(all, pos, end - pos), &at, &exists);
		}
		if (again && !b->chases)
			break;
		if (!again && d.n_rr == 0)
			d.a.status = exists ? ANSWER_NODATA : ANSWER_NXDOMAIN;
	}
	*out = answer_finish(&d);
	arena_free(&scratch);
	return SOURCE_ANSWERED;
}

static bool
book_owns(struct source *src, const struct name *name)
{
	return name_is_below(name, &((const struct book *)src)->apex);
}

static void
book_free(struct source *src)
{
	free(src);
}

static struct book *
book_new(const char *apex, const char *lines)
{
	static const struct source_ops ops = {
		.name = "book", .ask = book_ask, .owns = book_owns, .free = book_free
	};
	struct book *b = xcalloc(1, sizeof(*b));

	b->source.ops = &ops;
	b->apex = name_of(str_of(apex));
	b->lines = lines;
	return b;
}

/* Somebody who asks. */
struct asker {
	struct waiter w; /* first */
	const struct answer *a;
	unsigned told;
};

static void
on_ready(struct waiter *w, const struct question *q, const struct answer *a)
{
	struct asker *k = (struct asker *)w;

	assert_true(question_eq(q, &a->q));
	k->a = answer_ref(a);
	k->told++;
}

static void
ask_a(struct world *w, const char *name, struct asker *k)
{
	struct name n = name_of(str_of(name));
	struct question q = question_dns(&n, RR_A);

	*k = (struct asker){ .w = { .ready = on_ready } };
	k->a = world_ask(w, &q, &k->w);
}

/* The answer in words: "STATUS[:CAUSE] [chain...] = addresses". */
static void
describe(const struct answer *a, struct buf *b)
{
	buf_reset(b);
	buf_adds(b, status_name(a->status));
	if (a->cause != CAUSE_NONE) {
		buf_addc(b, ':');
		buf_adds(b, cause_name(a->cause));
	}
	for (size_t i = 0; i < a->n_chain; i++) {
		buf_addc(b, ' ');
		name_print(b, &a->chain[i]);
	}
	for (size_t i = 0; i < a->n_rr; i++) {
		buf_adds(b, i == 0 ? " = " : ",");
		rr_print(b, &a->rr[i]);
	}
	buf_addc(b, '\0');
}

#define ZONE "zone.example"

/* First the zone, link by link; then a resolver that walks to the end. */
static const struct {
	const char *name, *zone, *live, *ask, *want;
} chains[] = {
	{ "found in the first", "www.zone.example A 192.0.2.1\n", "", "www.zone.example",
	    "found = 192.0.2.1" },
	{ "the second is not asked for what the first owns", "", "www.zone.example A 192.0.2.9\n",
	    "www.zone.example", "no such name" },
	{ "over both", "www.zone.example CNAME www.live.example\n",
	    "www.live.example A 198.51.100.1\n", "www.zone.example",
	    "found www.live.example = 198.51.100.1" },
	{ "over both, nothing at the end", "www.zone.example CNAME www.live.example\n",
	    "x.www.live.example A 198.51.100.1\n", "www.zone.example", "no data www.live.example" },
	{ "over both, no name at the end", "www.zone.example CNAME www.live.example\n", "",
	    "www.zone.example", "no such name www.live.example" },
	{ "the second leads back into the first: cut there", "a.zone.example A 192.0.2.1\n",
	    "www.live.example CNAME a.zone.example\na.zone.example A 203.0.113.9\n",
	    "www.live.example", "found a.zone.example = 192.0.2.1" },
	{ "cut in the middle", "a.zone.example CNAME end.live.example\n",
	    "www.live.example CNAME a.zone.example\n"
	    "a.zone.example CNAME old.live.example\n"
	    "old.live.example A 203.0.113.9\nend.live.example A 198.51.100.2\n",
	    "www.live.example", "found a.zone.example end.live.example = 198.51.100.2" },
	{ "cut where the first says no", "x.zone.example A 192.0.2.1\n",
	    "www.live.example CNAME gone.zone.example\ngone.zone.example A 203.0.113.9\n",
	    "www.live.example", "no such name gone.zone.example" },
	{ "a loop in one",
	    "a.zone.example CNAME b.zone.example\nb.zone.example CNAME "
	    "a.zone.example\n",
	    "", "a.zone.example", "failed:CNAME loop" },
	{ "a loop to itself", "a.zone.example CNAME a.zone.example\n", "", "a.zone.example",
	    "failed:CNAME loop" },
	{ "a loop over both", "a.zone.example CNAME b.live.example\n",
	    "b.live.example CNAME a.zone.example\n", "a.zone.example", "failed:CNAME loop" },
	{ "a loop behind the name", "",
	    "a.live.example CNAME b.live.example\n"
	    "b.live.example CNAME c.live.example\nc.live.example CNAME b.live.example\n",
	    "a.live.example", "failed:CNAME loop" },
	{ "a chain into what nobody answers", "a.zone.example CNAME b.elsewhere.example\n", "",
	    "a.zone.example", "failed:not in the zone files given b.elsewhere.example" },
};

static void
test_chains(void **state)
{
	struct buf got;

	(void)state;
	buf_init(&got, 1 << 16);
	for (size_t i = 0; i < ARRAY_LEN(chains); i++)
		for (uint64_t seed = 0; seed < 4; seed++) {
			struct loop *loop = seed == 0 ? NULL : loop_new();
			struct world *w = world_new(loop);
			struct book *live = book_new("live.example", chains[i].live);
			struct asker k;

			live->chases = true;
			world_add(w, &book_new(ZONE, chains[i].zone)->source);
			world_add(
			    w, seed == 0 ? &live->source : shuffle_new(loop, &live->source, seed));
			ask_a(w, chains[i].ask, &k);
			while (k.a == NULL)
				assert_int_equal(loop_once(loop, 1000), 0);
			describe(k.a, &got);
			if (strcmp(got.p, chains[i].want) != 0)
				fail_msg("%s: got '%s', want '%s'", chains[i].name, got.p,
				    chains[i].want);
			answer_unref(k.a);
			world_free(w);
			loop_free(loop);
		}
	buf_free(&got);
}

/* A zone c0 -> c1 -> ... of LINKS, an address behind the last. */
static void
write_chain(struct buf *b, size_t links)
{
	buf_reset(b);
	for (size_t i = 0; i <= links; i++) {
		buf_addc(b, 'c');
		buf_addu(b, i);
		buf_adds(b, ".zone.example ");
		if (i == links) {
			buf_adds(b, "A 192.0.2.1\n");
			break;
		}
		buf_adds(b, "CNAME c");
		buf_addu(b, i + 1);
		buf_adds(b, ".zone.example\n");
	}
	buf_addc(b, '\0');
}

static void
test_length_of_chains(void **state)
{
	struct buf lines;

	(void)state;
	buf_init(&lines, 1 << 16);
	for (size_t links = MAX_CHAIN - 1; links <= MAX_CHAIN + 1; links++) {
		struct world *w = world_new(NULL);
		struct asker k;

		write_chain(&lines, links);
		world_add(w, &book_new(ZONE, lines.p)->source);
		ask_a(w, "c0.zone.example", &k);
		assert_int_equal(k.a->status, links <= MAX_CHAIN ? ANSWER_FOUND : ANSWER_FAILED);
		assert_int_equal(k.a->cause, links <= MAX_CHAIN ? CAUSE_NONE : CAUSE_CHAIN);
		answer_unref(k.a);
		world_free(w);
	}
	buf_free(&lines);
}

/* The least TTL of the links counts, and AD only when all have it. */
static void
test_a_chain_is_as_good_as_its_worst_link(void **state)
{
	struct world *w = world_new(NULL);
	struct book *zone = book_new(ZONE, "a.zone.example CNAME b.live.example 60\n");
	struct book *live = book_new("live.example", "b.live.example A 192.0.2.1 86400\n");
	struct asker k;

	(void)state;
	live->ad = true;
	world_add(w, &zone->source);
	world_add(w, &live->source);
	ask_a(w, "a.zone.example", &k);
	assert_int_equal(k.a->ttl_s, 60);
	assert_false(k.a->ad);
	answer_unref(k.a);
	ask_a(w, "b.live.example", &k);
	assert_int_equal(k.a->ttl_s, 86400);
	assert_true(k.a->ad);
	answer_unref(k.a);
	world_free(w);
}

static void
test_equal_questions_are_one(void **state)
{
	struct loop *loop = loop_new();
	struct world *w = world_new(loop);
	struct book *live = book_new("live.example", "a.live.example A 192.0.2.1\n");
	struct asker k[20];

	(void)state;
	world_add(w, shuffle_new(loop, &live->source, 1));
	for (size_t i = 0; i < ARRAY_LEN(k); i++)
		ask_a(w, "a.live.example", &k[i]);
	assert_int_equal(live->asked, 1);
	for (size_t i = 0; i < ARRAY_LEN(k); i += 3)
		world_cancel(w, &k[i].w);
	world_cancel(w, &k[0].w); /* twice is nothing */
	assert_int_equal(loop_once(loop, 1000), 0);
	for (size_t i = 0; i < ARRAY_LEN(k); i++) {
		assert_int_equal(k[i].told, i % 3 == 0 ? 0 : 1);
		assert_true(k[i].a == (i % 3 == 0 ? NULL : k[1].a));
		answer_unref(k[i].a);
	}
	ask_a(w, "a.live.example", &k[0]); /* from the memo, what was cancelled too */
	assert_non_null(k[0].a);
	assert_int_equal(live->asked, 1);
	answer_unref(k[0].a);
	world_free(w);
	loop_free(loop);
}

static void
test_free_with_questions_under_way(void **state)
{
	(void)state;
	for (int cancels = 0; cancels <= 1; cancels++) {
		struct loop *loop = loop_new();
		struct world *w = world_new(loop);
		struct asker k[3];

		world_add(w, silent_new("live.example", cancels != 0));
		ask_a(w, "a.live.example", &k[0]);
		ask_a(w, "a.live.example", &k[1]);
		ask_a(w, "b.live.example", &k[2]);
		world_cancel(w, &k[1].w);
		world_free(w);
		loop_free(loop);
		for (size_t i = 0; i < 3; i++)
			assert_int_equal(k[i].told, 0);
	}
}

static void
test_failed_is_never_absent(void **state)
{
	struct name n = name_of(STR("a.example"));
	struct edit add = { .action = CHANGE_ADD,
		.owner = n,
		.type = RR_A,
		.ttl_s = 60,
		.new_data = { "\300\0\2\1", 4 } };
	struct world *w = world_new(NULL);
	struct question q = { .kind = ASK_NAMES, .name = n };
	const struct answer *a;
	struct asker k;

	(void)state;
	world_add(w, edit_new(&add, 1));
	ask_a(w, "a.example", &k); /* an edit does not say what else is there */
	assert_int_equal(k.a->status, ANSWER_FAILED);
	assert_int_equal(k.a->cause, CAUSE_NOT_PROVIDED);
	assert_false(answer_is_absent(k.a));
	answer_unref(k.a);
	a = world_ask(w, &q, &k.w);
	assert_int_equal(a->status, ANSWER_FAILED);
	assert_int_equal(a->cause, CAUSE_NOT_LISTABLE);
	answer_unref(a);
	world_free(w);
}

/* A question about the state before a change goes to that world, and to it alone. */
static void
test_the_base_answers_for_itself(void **state)
{
	struct world *after = world_new(NULL), *before = world_new(NULL);
	struct name n = name_of(STR("a.zone.example"));
	struct question q = question_dns(&n, RR_A);
	struct waiter wt = { .ready = on_ready };
	const struct answer *a;
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	world_add(after, &book_new("zone.example", "a.zone.example A 192.0.2.2\n")->source);
	world_add(before, &book_new("zone.example", "a.zone.example A 192.0.2.1\n")->source);
	q.base = true;
	a = world_ask(after, &q, &wt);
	assert_int_equal(a->cause, CAUSE_NOT_PROVIDED); /* there is none: never the other state */
	answer_unref(a);
	world_set_base(after, before);
	for (int i = 0; i < 2; i++) {
		q.base = i == 0;
		a = world_ask(after, &q, &wt);
		describe(a, &b);
		assert_string_equal(b.p, i == 0 ? "found = 192.0.2.1" : "found = 192.0.2.2");
		answer_unref(a);
	}
	buf_free(&b);
	world_free(after);
	world_free(before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chains),
		cmocka_unit_test(test_length_of_chains),
		cmocka_unit_test(test_a_chain_is_as_good_as_its_worst_link),
		cmocka_unit_test(test_equal_questions_are_one),
		cmocka_unit_test(test_free_with_questions_under_way),
		cmocka_unit_test(test_failed_is_never_absent),
		cmocka_unit_test(test_the_base_answers_for_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
