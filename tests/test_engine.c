/* SPDX-License-Identifier: ISC */
/*
 * test_engine.c - bounds, deadlines, order, and many subjects at once, with
 * checks of this file's own: the table of checks is defined here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>
#include "audit/engine.h"
#include "audit/error.h"
#include "tests/shuffle.h"
#include "tests/silent.h"

#define MAX_SUBJECTS 600
#define FOUND RULE_SPF_PASS /* what the checks here tell: any rule will do */
#define FAILED RULE_SPF_NONE

static struct name
name_of(const char *text)
{
	struct name n;

	if (name_parse(str_of(text), &n) != NAME_OK)
		fail_msg("%s: no name", text);
	return n;
}

/* The name "PREFIX NUMBER .DOMAIN". */
static struct name
numbered(const char *prefix, size_t n, const char *domain)
{
	struct buf b;
	struct name out;

	buf_init(&b, MAX_NAME_TEXT);
	buf_adds(&b, prefix);
	buf_addu(&b, n);
	buf_adds(&b, domain);
	buf_addc(&b, '\0');
	out = name_of(b.p);
	buf_free(&b);
	return out;
}

static bool
is_called(const struct audit *au, const char *label)
{
	return str_eq(name_label(&au->subject->domain, 0), str_of(label));
}

static void
ask_one(struct audit *au, const struct name *n)
{
	const struct answer *a = ask_dns(au->q, n, RR_A);

	if (is_pending(a))
		return;
	finding_evidence(
	    finding_add(au->findings, a->status == ANSWER_FAILED ? FAILED : FOUND, n), a);
}

static size_t plain_runs;

/* Every subject: one question, one finding. */
static void
check_plain(struct audit *au)
{
	plain_runs++;
	ask_one(au, &au->subject->domain);
}

/* Each question depends on the answer before it. */
static void
run_deep(struct audit *au)
{
	for (size_t i = 0; i < 2000; i++) {
		struct name n = numbered("d", i, ".example");

		if (is_pending(ask_dns(au->q, &n, RR_A)))
			return;
	}
}

static void
run_wide(struct audit *au)
{
	for (size_t i = 0; i <= MAX_QUESTIONS; i++) {
		struct name n = numbered("w", i, ".example");

		(void)ask_dns(au->q, &n, RR_A);
	}
}

/* N questions at once, PREFIX before their numbers. */
static void
ask_many(struct audit *au, const char *prefix, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct name name = numbered(prefix, i, ".example");

		(void)ask_dns(au->q, &name, RR_A);
	}
}

/* N answers, one after the other; false = there are more to come. */
static bool
have_come(struct audit *au, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct name name = numbered("step", i, ".example");

		if (is_pending(ask_dns(au->q, &name, RR_A)))
			return false;
	}
	return true;
}

/* Only a later run, when other checks have run, passes a bound. */
static void
run_late(struct audit *au)
{
	if (!have_come(au, 5))
		return;
	if (is_called(au, "late-many"))
		ask_many(au, "w", MAX_QUESTIONS);
	else if (is_called(au, "late-fat"))
		(void)arena_alloc(au->arena, 31 << 20);
	else if (is_called(au, "late-half"))
		ask_many(au, "h", MAX_QUESTIONS / 2);
	ask_one(au, &au->subject->domain);
}

static void
run_many(struct audit *au)
{
	for (size_t i = 0; i < MAX_FINDINGS + 500; i++)
		(void)finding_add(au->findings, FOUND, &au->subject->domain);
}

/* A wait that nobody ends, and what is asked after the deadline. */
static void
run_silent(struct audit *au)
{
	struct name first = name_of("a.silent"), second = name_of("b.silent");
	const struct answer *names;

	ask_one(au, &first);
	if (is_pending(ask_dns(au->q, &first, RR_A)))
		return;
	ask_one(au, &second);
	names = ask_names(au->q, &first);
	if (!is_pending(names))
		finding_evidence(finding_add(au->findings,
				     names->status == ANSWER_FAILED ? FAILED : FOUND, &first),
		    names);
}

/* What only some subjects do, by their first label. */
static void
check_special(struct audit *au)
{
	struct name ahead = numbered("ahead", au->subject->n_ips, ".example");

	ask_ahead(au->q, &ahead, RR_A);
	if (is_called(au, "deep"))
		run_deep(au);
	else if (is_called(au, "wide"))
		run_wide(au);
	else if (is_called(au, "fat"))
		for (;;)
			memset(arena_alloc(au->arena, 1 << 20), 1, 1 << 20);
	else if (is_called(au, "many"))
		run_many(au);
	else if (is_called(au, "silent"))
		run_silent(au);
	else if (str_has_prefix(name_label(&au->subject->domain, 0), STR("late")))
		run_late(au);
}

/* As plain; but with others passes bounds that no check passes alone. */
static void
check_last(struct audit *au)
{
	if (is_called(au, "late-half"))
		ask_many(au, "l", MAX_QUESTIONS / 2);
	if (is_called(au, "late-fat"))
		(void)arena_alloc(au->arena, 1 << 20);
	ask_one(au, &au->subject->domain);
}

const struct check checks[] = {
	{ .name = "plain", .run = check_plain },
	{ .name = "special", .run = check_special },
	{ .name = "last", .run = check_last },
};
const size_t n_checks = ARRAY_LEN(checks);

/* Subjects to give, results taken. */
struct desk {
	const char *const *names; /* NULL = "N.example" */
	size_t n, given, done;
	size_t order[MAX_SUBJECTS];
	char limit[MAX_SUBJECTS][40]; /* of audit-limit, by index */
	size_t found[MAX_SUBJECTS], failed[MAX_SUBJECTS];
	uint64_t ran[MAX_SUBJECTS];
	size_t asked[MAX_SUBJECTS]; /* questions of the last runs */
	void (*on_done)(void);
	bool slow;         /* subjects come one by one, each only when the loop has turned */
	struct loop *loop; /* NULL: they are all there */
	struct loop_timer comes;
	bool came;
	size_t n_later;
};

static void
on_come(struct loop_timer *t)
{
	struct desk *d = (struct desk *)((char *)t - offsetof(struct desk, comes));

	d->came = true;
}

/* Whether D's next subject is not there yet. */
static bool
is_late(struct desk *d)
{
	if (d->loop == NULL)
		return false;
	if (d->came) {
		d->came = false;
		return false;
	}
	d->n_later++;
	if (d->comes.slot == 0) {
		d->comes.due = on_come;
		loop_set(d->loop, &d->comes, loop_now(d->loop) + 1);
	}
	return true;
}

static enum feed_reply
next_subject(void *ctx, struct subject *out, struct arena *a)
{
	struct desk *d = ctx;

	(void)a;
	if (d->given == d->n)
		return FEED_END;
	if (is_late(d))
		return FEED_LATER;
	*out = (struct subject){ .n_ips = d->given };
	out->domain =
	    d->names != NULL ? name_of(d->names[d->given]) : numbered("s", d->given, ".example");
	d->given++;
	return FEED_ONE;
}

static void
on_done(void *ctx, const struct engine_result *r)
{
	struct desk *d = ctx;
	const struct inquiry_entry **asked;
	struct arena a;

	arena_init(&a, 0);
	d->asked[r->index] = inquiry_asked(r->q, &a, &asked);
	arena_free(&a);
	d->order[d->done++] = r->index;
	d->ran[r->index] = r->ran;
	for (const struct finding *f = r->findings; f != NULL; f = f->next) {
		d->found[r->index] += f->id == FOUND;
		d->failed[r->index] += f->id == FAILED;
		if (f->id == RULE_AUDIT_LIMIT) {
			assert_int_equal(f->n_args, 1);
			assert_true(f->args[0].text.n < sizeof(d->limit[0]));
			memcpy(d->limit[r->index], f->args[0].text.p, f->args[0].text.n);
		}
	}
	if (d->on_done != NULL)
		d->on_done();
}

/* Run D's subjects; SEED 0 = without a loop, answers at once. */
static int
run_desk(struct desk *d, struct engine_options o, uint64_t seed)
{
	struct loop *loop = seed != 0 ? loop_new() : NULL;
	struct world *w = world_new(loop);
	struct engine_feed feed = { .next = next_subject, .done = on_done, .ctx = d };
	int rc;

	if (seed != 0) {
		world_add(w, silent_new("silent", true));
		world_add(w, shuffle_new(loop, empty_new(), seed));
	} else {
		world_add(w, empty_new());
	}
	if (d->slow)
		d->loop = loop;
	rc = engine_run(w, loop, &o, &feed);
	world_free(w);
	loop_free(loop);
	return rc;
}

static const struct {
	const char *name;
	const char *at_once, *later; /* the bound that is passed */
} bounds[] = {
	{ "deep.example", "questions", "rounds of dependent questions" },
	{ "wide.example", "questions", "questions" },
	{ "fat.example", "memory", "memory" },
	{ "many.example", "findings", "findings" },
	{ "plain.example", "", "" },
};

static void
test_each_bound_ends_its_subject_alone(void **state)
{
	static struct desk d;
	const char *names[ARRAY_LEN(bounds)];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bounds); i++)
		names[i] = bounds[i].name;
	for (uint64_t seed = 0; seed <= 3; seed++) {
		struct engine_options o = { .in_flight = ARRAY_LEN(bounds) };

		d = (struct desk){ .names = names, .n = ARRAY_LEN(bounds) };
		assert_int_equal(run_desk(&d, o, seed), AUDIT_OK);
		assert_int_equal(d.done, ARRAY_LEN(bounds));
		for (size_t i = 0; i < ARRAY_LEN(bounds); i++) {
			const char *want = seed == 0 ? bounds[i].at_once : bounds[i].later;

			if (strcmp(d.limit[i], want) != 0)
				fail_msg("%s, order %d: limit '%s', not '%s'", names[i], (int)seed,
				    d.limit[i], want);
			if (d.found[i] == 0)
				fail_msg("%s: what was found before is lost", names[i]);
			/* a check that met the bound did not end */
			if (strcmp(want, "findings") != 0 &&
			    ((d.ran[i] >> 1 & 1) == 0) != (want[0] != '\0'))
				fail_msg(
				    "%s, order %d: ran %d", names[i], (int)seed, (int)d.ran[i]);
		}
	}
}

/*
 * By the time that a check passes a bound others have run, which of them hangs
 * on the order of answers: what comes out does not.
 */
static void
test_a_bound_passed_in_a_later_run(void **state)
{
	static const struct {
		const char *name, *limit;
		unsigned ran; /* bits of the checks */
		size_t found, asked;
	} rows[] = {
		{ "late.example", "", 7, 3, 6 },
		{ "late-many.example", "questions", 5, 2, MAX_QUESTIONS },
		{ "late-half.example", "questions", 3, 2, MAX_QUESTIONS },
		{ "late-fat.example", "memory", 3, 2, 6 },
	};
	static struct desk d;
	const char *names[ARRAY_LEN(rows)];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		names[i] = rows[i].name;
	for (uint64_t seed = 0; seed <= 20; seed++) {
		struct engine_options o = { .in_flight = 1 + (size_t)seed % 4 };

		d = (struct desk){ .names = names, .n = ARRAY_LEN(rows) };
		assert_int_equal(run_desk(&d, o, seed), AUDIT_OK);
		for (size_t i = 0; i < ARRAY_LEN(rows); i++)
			if (strcmp(d.limit[i], rows[i].limit) != 0 || d.ran[i] != rows[i].ran ||
			    d.found[i] != rows[i].found || d.asked[i] != rows[i].asked)
				fail_msg("%s, order %d: '%s', ran %d, found %zu, asked %zu",
				    names[i], (int)seed, d.limit[i], (int)d.ran[i], d.found[i],
				    d.asked[i]);
	}
}

/* While one check takes many turns, those that have run rest; nothing of theirs is lost. */
static void
test_a_check_that_has_run_is_not_run_again(void **state)
{
	static const char *const names[] = { "late.example" };
	static struct desk d;
	struct engine_options o = { .in_flight = 1 };

	(void)state;
	for (uint64_t seed = 0; seed <= 20; seed++) {
		plain_runs = 0;
		d = (struct desk){ .names = names, .n = 1 };
		assert_int_equal(run_desk(&d, o, seed), AUDIT_OK);
		assert_int_equal(plain_runs, seed == 0 ? 1 : 2);
		assert_int_equal(d.ran[0], 7);
		assert_int_equal(d.found[0], 3);
		assert_int_equal(d.asked[0], 6); /* five steps and its own, which all three ask */
	}
}

static void
test_a_deadline_is_a_timeout(void **state)
{
	static const char *const names[] = { "silent.example", "plain.example" };
	static struct desk d;
	struct engine_options o = { .in_flight = 2, .timeout_ms = 30 };

	(void)state;
	d = (struct desk){ .names = names, .n = 2 };
	assert_int_equal(run_desk(&d, o, 1), AUDIT_OK);
	assert_int_equal(d.done, 2);
	/* the answer that never came, the one asked after, and the list of names */
	assert_int_equal(d.failed[0], 3);
	assert_int_equal(d.found[0], 2);
	assert_string_equal(d.limit[0], "");
	assert_int_equal(d.failed[1], 0);
	assert_int_equal(d.found[1], 2);
}

static void
test_order_and_number_of_results(void **state)
{
	static struct desk d;

	(void)state;
	for (uint64_t seed = 0; seed < 6; seed++)
		for (int in_order = 0; in_order <= 1; in_order++) {
			struct engine_options o = { .in_flight = 1 + (size_t)seed * 37,
				.in_order = in_order != 0 };
			bool seen[MAX_SUBJECTS] = { false };

			d = (struct desk){ .n = MAX_SUBJECTS };
			assert_int_equal(run_desk(&d, o, seed), AUDIT_OK);
			assert_int_equal(d.done, MAX_SUBJECTS);
			for (size_t i = 0; i < d.done; i++) {
				assert_false(seen[d.order[i]]);
				seen[d.order[i]] = true;
				assert_int_equal(d.found[i], 2);
				if (in_order != 0)
					assert_int_equal(d.order[i], i);
			}
		}
}

/* None is lost, and what is in flight goes on, while the feed has none. */
static void
test_a_feed_slower_than_the_answers(void **state)
{
	static struct desk d;

	(void)state;
	for (uint64_t seed = 1; seed <= 4; seed++) {
		struct engine_options o = { .in_flight = 1 + (size_t)seed % 2 * 7,
			.in_order = seed > 2 };

		d = (struct desk){ .n = 40, .slow = true };
		assert_int_equal(run_desk(&d, o, seed), AUDIT_OK);
		assert_int_equal(d.done, 40);
		assert_true(d.n_later >= 40);
		for (size_t i = 0; i < d.done; i++)
			assert_int_equal(d.found[i], 2);
	}
}

/* Subjects that are done wait behind one that is not, while their deadlines pass. */
static void
test_one_that_waits_to_be_told_is_not_woken(void **state)
{
	static const char *const names[] = { "silent.example", "a.example", "b.example",
		"c.example", "d.example" };
	static struct desk d;
	struct engine_options o = { .in_flight = 5, .in_order = true, .timeout_ms = 30 };

	(void)state;
	for (uint64_t seed = 1; seed <= 10; seed++) {
		d = (struct desk){ .names = names, .n = 5 };
		assert_int_equal(run_desk(&d, o, seed), AUDIT_OK);
		assert_int_equal(d.done, 5);
		for (size_t i = 0; i < 5; i++)
			assert_int_equal(d.order[i], i);
	}
}

static bool
wants_last(const void *ctx, const struct check *c)
{
	return strcmp(c->name, ctx) == 0;
}

static void
test_only_wanted_checks_run(void **state)
{
	static struct desk d;
	struct engine_options o = { .wanted = wants_last, .wanted_ctx = "last" };

	(void)state;
	d = (struct desk){ .n = 3 };
	assert_int_equal(run_desk(&d, o, 0), AUDIT_OK);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(d.found[i], 1);
		assert_int_equal(d.ran[i], 1 << 2);
	}
}

static int epoll_fd;

static void
break_loop(void)
{
	close(epoll_fd);
}

/* The loop fails under subjects in flight: told, and nothing is left behind (ASan, valgrind). */
static void
test_a_failing_loop_leaves_nothing(void **state)
{
	static struct desk d;
	struct engine_options o = { .in_flight = 50, .timeout_ms = 1000 };

	(void)state;
	epoll_fd = dup(0); /* the number the loop gets */
	assert_true(epoll_fd >= 0);
	close(epoll_fd);
	d = (struct desk){ .n = 100, .on_done = break_loop };
	assert_int_equal(run_desk(&d, o, 1), AUDIT_ESYS);
	assert_true(d.done > 0 && d.done < 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_bound_ends_its_subject_alone),
		cmocka_unit_test(test_a_bound_passed_in_a_later_run),
		cmocka_unit_test(test_a_check_that_has_run_is_not_run_again),
		cmocka_unit_test(test_a_deadline_is_a_timeout),
		cmocka_unit_test(test_order_and_number_of_results),
		cmocka_unit_test(test_a_feed_slower_than_the_answers),
		cmocka_unit_test(test_one_that_waits_to_be_told_is_not_woken),
		cmocka_unit_test(test_only_wanted_checks_run),
		cmocka_unit_test(test_a_failing_loop_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
