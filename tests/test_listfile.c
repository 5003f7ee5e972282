/* SPDX-License-Identifier: ISC */
/*
 * test_listfile.c - files of block lists: what is read, and where a fault is.
 */
#include "audit/listfile.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "audit/error.h"

#define HEAD "zone\tkind\tmatch\treturn_codes\n"

static const struct {
	const char *name;
	struct str in;
	int want;
	uint32_t line, column;
} rows[] = {
	/* clang-format off */
	{ "one list", STR("zone\tkind\nbl.example\tip4\n"), AUDIT_OK, 0, 0 },
	{ "no final line end, CRLF, remarks", STR("# ours\r\n\r\nzone\tkind\r\nbl.example\tip4"), AUDIT_OK, 0, 0 },
	{ "columns in another order", STR("kind\tnote\tzone\nip4\tx\tbl.example\n"), AUDIT_OK, 0, 0 },
	{ "short row", STR(HEAD "bl.example\tip4\n"), AUDIT_OK, 0, 0 },
	{ "codes of all forms", STR(HEAD "bl.example\tip4\texact\t2=a;3,5..7=b;127.0.1.2=c;see page\n"), AUDIT_OK, 0, 0 },
	{ "empty", STR(""), AUDIT_EEMPTY, 0, 0 },
	{ "only the first line", STR(HEAD), AUDIT_EEMPTY, 0, 0 },
	{ "no first line", STR("bl.example\tip4\n"), AUDIT_EFORMAT, 1, 1 },
	{ "unknown column", STR("zone\tkind\tcolour\n"), AUDIT_EFORMAT, 1, 11 },
	{ "column twice", STR("zone\tkind\tzone\n"), AUDIT_EFORMAT, 1, 11 },
	{ "kind is needed", STR("zone\tmatch\n"), AUDIT_EFORMAT, 1, 1 },
	{ "row without kind", STR(HEAD "bl.example\t-\n"), AUDIT_EFORMAT, 2, 1 },
	{ "too many cells", STR("zone\tkind\nbl.example\tip4\tx\n"), AUDIT_EFORMAT, 2, 16 },
	{ "unknown kind", STR(HEAD "bl.example\tip4,ip5\n"), AUDIT_EFORMAT, 2, 16 },
	{ "no zone name", STR(HEAD "bl..example\tip4\n"), AUDIT_EFORMAT, 2, 1 },
	{ "a key in the zone", STR(HEAD "<key>.bl.example\tip4\n"), AUDIT_EFORMAT, 2, 1 },
	{ "zone twice", STR(HEAD "bl.example\tip4\nBL.example.\tip4\n"), AUDIT_EFORMAT, 3, 1 },
	{ "unknown match", STR(HEAD "bl.example\tip4\tmaybe\n"), AUDIT_EFORMAT, 2, 16 },
	{ "exact without codes", STR(HEAD "bl.example\tip4\texact\tsee page\n"), AUDIT_EFORMAT, 2, 1 },
	{ "code out of range", STR(HEAD "bl.example\tip4\texact\t2=a;256=b\n"), AUDIT_EFORMAT, 2, 26 },
	{ "code outside 127/8", STR(HEAD "bl.example\tip4\texact\t128.0.0.2=a\n"), AUDIT_EFORMAT, 2, 22 },
	{ "code range backwards", STR(HEAD "bl.example\tip4\texact\t7..5=a\n"), AUDIT_EFORMAT, 2, 22 },
	{ "code without meaning", STR(HEAD "bl.example\tip4\texact\t2\n"), AUDIT_EFORMAT, 2, 22 },
	{ "NUL", STR(HEAD "bl.ex\0mple\tip4\n"), AUDIT_EFORMAT, 2, 6 },
	{ "escape byte", STR(HEAD "bl.example\tip4\tany\t2=\033[1m\n"), AUDIT_EFORMAT, 2, 22 },
	{ "unknown state", STR("zone\tkind\tstate\nbl.example\tip4\tfine\n"), AUDIT_EFORMAT, 2, 16 },
	{ "unknown weight", STR("zone\tkind\tweight_hint\nbl.example\tip4\thuge\n"), AUDIT_EFORMAT, 2, 16 },
	{ "no URL", STR("zone\tkind\tlookup_delist_url\nbl.example\tip4\tjavascript:x\n"), AUDIT_EFORMAT, 2, 16 },
	{ "bad test point", STR("zone\tkind\ttest_points\nbl.example\tip4\t127.0.0.2; a..b\n"), AUDIT_EFORMAT, 2, 27 },
	/* clang-format on */
};

static void
test_rows(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct dnsbl_list *lists;
		struct listfile_error e;
		size_t n;
		int rc = listfile_parse(&a, rows[i].in, &lists, &n, &e);

		if (rc != rows[i].want ||
		    (rc == AUDIT_EFORMAT && (e.line != rows[i].line || e.column != rows[i].column)))
			fail_msg("%s: %d at %u:%u (%s)", rows[i].name, rc, e.line, e.column, e.why);
	}
	arena_free(&a);
}

/* Every column goes where it belongs. */
static void
test_fields(void **state)
{
	static const char text[] =
	    "zone\tkind\toperator\tstate\treturn_codes\tmatch\terror_codes\ttest_points\tweight_"
	    "hint\t"
	    "lookup_delist_url\tdelist_how\tsource\tsource_date\tverified\tverified_what\tnote\n"
	    "BL.Example.\tip4,ip6\tExample List\tactive (since 2020)\t2=bad;10..11=worse\texact\t"
	    "127.0.1.255=blocked\t127.0.0.2 (answers 2); ::FFFF:7F00:2\tlow\thttps://bl.example/\t"
	    "by form\tits page\t2026-11-21\ty\tcodes\tnothing\n";
	const struct dnsbl_list *l;
	struct listfile_error e;
	struct arena a;
	size_t n;

	(void)state;
	arena_init(&a, 0);
	assert_int_equal(listfile_parse(&a, str_of(text), &l, &n, &e), AUDIT_OK);
	assert_int_equal(n, 1);
	assert_string_equal(l->zone, "bl.example");
	assert_string_equal(l->run_by, "Example List");
	assert_int_equal(l->kind, LIST_IP4 | LIST_IP6);
	assert_int_equal(l->state, LIST_ACTIVE);
	assert_int_equal(l->match, MATCH_EXACT);
	assert_int_equal(l->weight, WEIGHT_LOW);
	assert_true(l->verified);
	assert_int_equal(l->codes[1].first, 10);
	assert_int_equal(l->codes[1].last, 11);
	assert_string_equal(l->codes[1].meaning, "worse");
	assert_null(l->codes[2].meaning);
	assert_int_equal(l->errors[0].first, 0x1ff);
	assert_string_equal(l->tests[1], "::FFFF:7F00:2");
	assert_string_equal(l->url, "https://bl.example/");
	assert_string_equal(l->delist, "by form");
	assert_string_equal(l->checked, "2026-11-21");
	arena_free(&a);
}

/* The most lists and one more; every cut of a good file. */
static void
test_bounds(void **state)
{
	static const char text[] =
	    HEAD "bl.example\tip4\texact\t2=a;3,5..7=b\nb2.example\tdomain\tany\n";
	struct arena a;
	struct buf b;
	const struct dnsbl_list *l;
	struct listfile_error e;
	size_t n;

	(void)state;
	arena_init(&a, 0);
	buf_init(&b, 1 << 20);
	buf_adds(&b, HEAD);
	for (size_t i = 0; i <= MAX_LISTFILE_ROWS; i++) {
		if (i == MAX_LISTFILE_ROWS)
			assert_int_equal(listfile_parse(&a, buf_str(&b), &l, &n, &e), AUDIT_OK);
		buf_adds(&b, "l");
		buf_addu(&b, i);
		buf_adds(&b, ".example\tip4\n");
	}
	assert_int_equal(listfile_parse(&a, buf_str(&b), &l, &n, &e), AUDIT_EFORMAT);
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		char *copy = malloc(i + 1);
		int rc;

		assert_non_null(copy);
		memcpy(copy + 1, text, i);
		rc = listfile_parse(&a, (struct str){ copy + 1, i }, &l, &n, &e);
		assert_true(rc == AUDIT_OK || rc == AUDIT_EFORMAT || rc == AUDIT_EEMPTY);
		free(copy);
	}
	buf_free(&b);
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
