/* SPDX-License-Identifier: ISC */
/*
 * test_suffix.c - public suffixes: own rows, and the rows of the Public Suffix
 * List's own test when that file is at hand.
 */
#include "audit/sources/suffix.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "audit/idn.h"

static struct answer *
ask_about(struct source *s, const struct name *n)
{
	struct ticket t = { .q = { .kind = ASK_SUFFIX, .name = *n } };
	struct answer *a = NULL;

	assert_int_equal(s->ops->ask(s, &t, &a), SOURCE_ANSWERED);
	assert_int_equal(a->status, ANSWER_FOUND);
	assert_non_null(a->suffix);
	return a;
}

/* REGISTRABLE NULL = the name is a suffix itself. */
static const struct {
	const char *name, *suffix, *registrable;
	bool listed, is_private;
} cases[] = {
	{ "example.com", "com", "example.com", true, false },
	{ "a.b.example.com", "com", "example.com", true, false },
	{ "com", "com", NULL, true, false },
	{ "co.uk", "co.uk", NULL, true, false },
	{ "a.example.co.uk", "co.uk", "example.co.uk", true, false },
	{ "nosuchtld", "nosuchtld", NULL, false, false },
	{ "example.nosuchtld", "nosuchtld", "example.nosuchtld", false, false },
	{ "github.io", "github.io", NULL, true, true },
	{ "a.example.github.io", "github.io", "example.github.io", true, true },
	{ "c.mm", "c.mm", NULL, true, false },
	{ "_dmarc.example.com", "com", "example.com", true, false },
	/* a label may hold a dot: what is registrable is counted in labels */
	{ "a\\.b.com", "com", "a\\.b.com", true, false },
	{ "x.a\\.b.com", "com", "a\\.b.com", true, false },
};

static bool
is_name(const struct name *n, const char *want)
{
	struct name w;

	if (want == NULL)
		return n->n == 0;
	return name_parse(str_of(want), &w) == NAME_OK && name_eq(n, &w);
}

static void
test_suffixes(void **state)
{
	struct source *s = suffix_new();

	(void)state;
	assert_non_null(s);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct answer *a;
		struct name n;

		assert_int_equal(name_parse(str_of(cases[i].name), &n), NAME_OK);
		a = ask_about(s, &n);
		if (!is_name(&a->suffix->suffix, cases[i].suffix) ||
		    !is_name(&a->suffix->registrable, cases[i].registrable) ||
		    a->suffix->is_suffix != (cases[i].registrable == NULL) ||
		    a->suffix->is_listed != cases[i].listed ||
		    a->suffix->is_private != cases[i].is_private)
			fail_msg("%s: not as wanted", cases[i].name);
		answer_unref(a);
	}
	s->ops->free(s);
}

/* Whatever the name: the suffix is above it, the registrable domain one label longer. */
static void
test_facts_fit_the_name(void **state)
{
	struct source *s = suffix_new();

	(void)state;
	for (unsigned c = 0; c < 256; c++)
		for (size_t labels = 1; labels <= 3; labels++) {
			uint8_t wire[16] = { 0 };
			struct answer *a;
			struct name n;
			size_t at = 0, pos = 0;

			for (size_t k = 0; k < labels; k++) {
				wire[at++] = 2;
				wire[at++] = (uint8_t)c;
				wire[at++] = 'a';
			}
			assert_true(name_from_wire(wire, at + 1, &pos, &n));
			a = ask_about(s, &n);
			assert_true(name_is_below(&n, &a->suffix->suffix));
			if (a->suffix->registrable.n > 0) {
				assert_true(name_is_below(&n, &a->suffix->registrable));
				assert_int_equal(name_labels(&a->suffix->registrable),
				    name_labels(&a->suffix->suffix) + 1);
			}
			answer_unref(a);
		}
	s->ops->free(s);
}

static void
test_only_suffixes_are_answered(void **state)
{
	struct source *s = suffix_new();
	struct ticket t = { .q = { .kind = ASK_DNS, .type = RR_A } };
	struct answer *a = NULL;

	(void)state;
	assert_int_equal(s->ops->ask(s, &t, &a), SOURCE_NOT_MINE);
	s->ops->free(s);
}

/* One row "NAME REGISTRABLE" of the list's test; "null" = none. */
static bool
row_holds(struct source *s, struct str row)
{
	size_t blank = str_find(row, 0, ' ');
	struct str name = str_sub(row, 0, blank), want = str_trim(str_sub(row, blank, row.n));
	struct name n, w = { .n = 0 };
	struct answer *a;
	bool good;

	if (name.n == 0 || name.p[0] == '.' || str_eq(name, STR("null")))
		return true; /* no name, for us */
	if (idn_parse(name, &n) != NULL ||
	    (!str_eq(want, STR("null")) && idn_parse(want, &w) != NULL))
		return false;
	a = ask_about(s, &n);
	good = w.n == 0 ? a->suffix->registrable.n == 0 : name_eq(&w, &a->suffix->registrable);
	answer_unref(a);
	return good;
}

static void
test_rows_of_the_list(void **state)
{
	const char *dir = getenv("MAILVET_SHARED");
	struct source *s;
	char path[4096], line[1024];
	size_t n = 0;
	FILE *f;

	(void)state;
	(void)snprintf(
	    path, sizeof(path), "%s/suites/psl/tests.txt", dir != NULL ? dir : "../shared");
	if ((f = fopen(path, "r")) == NULL) {
		print_message("%s: not at hand\n", path);
		skip();
	}
	s = suffix_new();
	while (fgets(line, sizeof(line), f) != NULL) {
		struct str row = str_trim((struct str){ line, strcspn(line, "\r\n") });

		if (row.n == 0 || row.p[0] == '/')
			continue;
		if (!row_holds(s, row))
			fail_msg("%.*s", (int)row.n, row.p);
		n++;
	}
	(void)fclose(f);
	s->ops->free(s);
	assert_true(n > 50);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_suffixes),
		cmocka_unit_test(test_facts_fit_the_name),
		cmocka_unit_test(test_only_suffixes_are_answered),
		cmocka_unit_test(test_rows_of_the_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
