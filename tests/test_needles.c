/* SPDX-License-Identifier: ISC */
/*
 * test_needles.c - the scan finds what a search for one literal at a time finds.
 */
#include "audit/bounce/needles.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "checks/core/str.h"

#define MAX_FOUND 512

static const struct str literals[] = { STR("a"), STR("ab"), STR("aba"), STR("bab"), STR("b ab"),
	STR(""), STR("ab"), STR("ccc"), STR("cc"), STR("abcabd"), STR("cab") };

struct found {
	size_t id[MAX_FOUND], end[MAX_FOUND], n;
};

static void
on_found(void *ctx, size_t id, size_t end)
{
	struct found *f = ctx;

	assert_true(f->n < MAX_FOUND);
	f->id[f->n] = id;
	f->end[f->n++] = end;
}

static bool
has(const struct found *f, size_t id, size_t end)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->id[i] == id && f->end[i] == end)
			return true;
	return false;
}

/* Literal 6 is that of 1 again, and 5 is empty: neither is told. */
static size_t
want(const struct found *f, struct str text)
{
	size_t n = 0;

	for (size_t id = 0; id < ARRAY_LEN(literals); id++)
		for (size_t at = 0; id != 5 && id != 6 && at + literals[id].n <= text.n; at++)
			if (str_ieq(str_sub(text, at, literals[id].n), literals[id])) {
				assert_true(has(f, id, at + literals[id].n));
				n++;
			}
	return n;
}

static void
test_same_as_one_by_one(void **state)
{
	struct needles *nd = needles_new(literals, ARRAY_LEN(literals));
	uint32_t seed = 1;

	(void)state;
	for (unsigned round = 0; round < 3000; round++) {
		char text[40];
		size_t n = round % sizeof(text);
		struct found f = { .n = 0 };

		for (size_t i = 0; i < n; i++) {
			seed = seed * 1103515245u + 12345u;
			text[i] = "abcdAB Cx\0"[(seed >> 16) % 10];
		}
		needles_scan(nd, (struct str){ text, n }, on_found, &f);
		assert_int_equal(want(&f, (struct str){ text, n }), f.n);
	}
	needles_free(nd);
	needles_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_same_as_one_by_one) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
