/* SPDX-License-Identifier: ISC */
/*
 * test_vectors.c - vectors/check, each run with all answers at once, and 20
 * times with answers that come one at a time in random orders: the same bytes of
 * every report, the same questions.  Between them the vectors
 * make every rule of the catalogue speak, but for those in a short table here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include "tests/vector.h"

#define ORDERS 20

/* Rules that no zone file can make speak, and why. */
static const struct {
	enum rule_id id;
	const char *why;
} exceptions[] = {
	{ RULE_AUDIT_LIMIT, "tests/test_hostile.c, with zones too large to keep" },
	{ RULE_SPF_LIBSPF2_NOT_STARTED, "tests/test_spf_receiver.c, where it is not" },
	{ RULE_DKIM_SIGNER_UNKNOWN, "tests/test_dkim.c, with a key too large" },
	{ RULE_BASELINE_EXPIRED, "tests/it_gate.sh, with a baseline" },
	{ RULE_BASELINE_STALE, "the same" },
	{ RULE_GATE_NOT_JUDGED, "tests/it_gate.sh, with two zones" },
	{ RULE_IGNORE_NOT_TRUSTED, "the same" },
	{ RULE_IGNORE_UNUSED, "the same" },
	{ RULE_RESOLVER_REWRITES, "tests/it_fleet_faults.sh, with a server that does" },
};

static void
find_vectors(glob_t *gl)
{
	const char *src = getenv("srcdir");
	char pattern[4096];

	(void)snprintf(
	    pattern, sizeof(pattern), "%s/vectors/check/*.zone", src != NULL ? src : ".");
	if (glob(pattern, 0, NULL, gl) != 0)
		fail_msg("%s: no vectors", pattern);
}

static bool
is_exception(size_t id)
{
	for (size_t i = 0; i < ARRAY_LEN(exceptions); i++)
		if (exceptions[i].id == (enum rule_id)id)
			return true;
	return false;
}

static size_t
count_silent(const bool *fired)
{
	size_t silent = 0;

	for (size_t id = 0; id < RULE_COUNT; id++) {
		const char *slug = rule_of((enum rule_id)id)->slug;

		if (fired[id] == !is_exception(id))
			continue;
		print_error("%s: %s\n", slug, fired[id] ? "is no exception" : "in no vector");
		silent++;
	}
	return silent;
}

static void
test_findings_are_those_wanted(void **state)
{
	static bool fired[RULE_COUNT];
	size_t bad = 0;
	glob_t gl;

	(void)state;
	find_vectors(&gl);
	for (size_t i = 0; i < gl.gl_pathc; i++) {
		struct vector v;
		struct vector_got g;

		vector_read(&v, gl.gl_pathv[i]);
		vector_run(&v, 0, &g);
		bad += vector_is_as_wanted(&v, &g) ? 0 : 1;
		for (size_t id = 0; id < RULE_COUNT; id++)
			fired[id] = fired[id] || g.fired[id];
		for (size_t f = 0; f < VECTOR_FORMATS; f++)
			if (!vector_is_plain(buf_str(&g.out[f])))
				fail_msg("%s: raw bytes in a report", v.path);
		vector_got_free(&g);
		vector_free(&v);
	}
	print_message("%zu vectors\n", gl.gl_pathc);
	globfree(&gl);
	bad += count_silent(fired);
	assert_int_equal(bad, 0);
}

static void
test_order_of_answers_changes_nothing(void **state)
{
	glob_t gl;
	/* under valgrind everything takes thirty times as long */
	unsigned orders = getenv("TEST_WRAPPER") != NULL ? 2 : ORDERS;

	(void)state;
	find_vectors(&gl);
	for (size_t i = 0; i < gl.gl_pathc; i++) {
		struct vector v;

		vector_read(&v, gl.gl_pathv[i]);
		vector_try_orders(&v, orders);
		vector_free(&v);
	}
	globfree(&gl);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_findings_are_those_wanted),
		cmocka_unit_test(test_order_of_answers_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
