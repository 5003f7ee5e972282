/* SPDX-License-Identifier: ISC */
/*
 * test_refusals.c - what receivers of all kinds say, written down by hand and not from
 * the tables: vectors/refusals/.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "audit/bounce/classify.h"
#include "audit/bounce/span.h"
#include "tests/heard.h"

/* Whether WANT, "spf|dkim" or "!spf|dkim", takes GOT. */
static bool
is_wanted(struct str want, const char *got)
{
	bool none = span_take(&want, STR("!"));

	while (want.n > 0)
		if (str_eq(span_until(&want, '|'), str_of(got)))
			return !none;
	return none;
}

/* One line; false when it is told to be something else. */
static bool
read_row(struct classifier *c, struct arena *a, struct str line)
{
	struct str want = span_until(&line, '\t'), host = span_until(&line, '\t');
	struct classify_context x = { .relay_host = host, .out = true };
	struct classified k;
	struct reply r;

	reply_parse(a, line, &r);
	x.phase = r.phase;
	classify(c, &r, &x, &k);
	if (is_wanted(want, mechanism_name(k.mechanism)))
		return true;
	print_message("%.*s wanted, %s by %s: %.*s\n", (int)want.n, want.p,
	    mechanism_name(k.mechanism), k.signature, (int)line.n, line.p);
	return false;
}

static void
read_rows(const char *name, size_t at_least)
{
	const char *src = getenv("SRCDIR");
	char path[512];
	size_t bad, n = 0, wrong = 0;
	struct classifier *c = classifier_new(NULL, 0, &bad);
	struct str text, rest;
	struct arena a;

	(void)snprintf(path, sizeof(path), "%s/vectors/refusals/%s", src != NULL ? src : ".", name);
	assert_true(heard_file(path, &text));
	arena_init(&a, 0);
	for (rest = text; rest.n > 0;) {
		struct str line = span_until(&rest, '\n');

		if (line.n == 0 || line.p[0] == '#')
			continue;
		n++;
		wrong += !read_row(c, &a, line);
		arena_reset(&a);
	}
	assert_int_equal(wrong, 0);
	assert_true(n >= at_least);
	free((void *)(uintptr_t)text.p);
	arena_free(&a);
	classifier_free(c);
}

static void
test_what_is_meant(void **state)
{
	(void)state;
	read_rows("meant.tsv", 200);
}

static void
test_words_of_authentication_elsewhere(void **state)
{
	(void)state;
	read_rows("not_authentication.tsv", 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_meant),
		cmocka_unit_test(test_words_of_authentication_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
