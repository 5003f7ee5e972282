/* SPDX-License-Identifier: ISC */
/*
 * test_alignment.c - which domains belong to an author's, by both RFCs.
 */
#include "checks/alignment.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "tests/tinyzone.h"

#define ORG "_dmarc.example.com TXT v=DMARC1; p=reject\n"

static const struct {
	const char *name, *zone, *author, *domain;
	const char *want; /* s(trict), r(elaxed), l(ist), f(ailed) */
} rows[] = {
	{ "itself", "", "example.com", "example.com", "srl" },
	{ "itself, though lookups fail", "_dmarc.example.com FAIL", "example.com", "example.com",
	    "srl" },
	{ "a name below", ORG, "example.com", "news.example.com", "rl" },
	{ "a name above", ORG, "news.example.com", "example.com", "rl" },
	{ "a name beside", ORG, "a.example.com", "b.example.com", "rl" },
	{ "another organization", ORG, "example.com", "example.org", "" },
	{ "a name that only ends alike", ORG, "example.com", "badexample.com", "" },
	{ "no record: the walk knows no organization", "", "a.example.com", "example.com", "l" },
	{ "psd=n cuts", ORG "_dmarc.a.example.com TXT v=DMARC1; p=reject; psd=n", "a.example.com",
	    "example.com", "l" },
	{ "psd=n cuts from above", ORG "_dmarc.a.example.com TXT v=DMARC1; p=reject; psd=n",
	    "example.com", "a.example.com", "l" },
	{ "below what psd=n cut", ORG "_dmarc.a.example.com TXT v=DMARC1; p=reject; psd=n",
	    "a.example.com", "b.a.example.com", "rl" },
	{ "a suffix of its own",
	    "_dmarc.host.example TXT v=DMARC1; p=reject; psd=y\n"
	    "host.example PRIVATE",
	    "a.host.example", "b.host.example", "" },
	{ "the same without psd=y",
	    "_dmarc.host.example TXT v=DMARC1; p=reject\n"
	    "host.example PRIVATE",
	    "a.host.example", "b.host.example", "r" },
	{ "a failure at the author", "_dmarc.a.example.com FAIL\n" ORG, "a.example.com",
	    "example.com", "lf" },
	{ "a failure at the author cannot align another top", "_dmarc.a.example.com FAIL\n" ORG,
	    "a.example.com", "example.org", "" },
	{ "a failure at the domain", "_dmarc.b.example.com FAIL\n" ORG, "a.example.com",
	    "b.example.com", "lf" },
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct name author = tiny_name(rows[i].author), domain = tiny_name(rows[i].domain);
		struct subject s = { .domain = author };
		struct alignment got;
		struct tiny t;
		char flags[8];

		tiny_init(&t, rows[i].zone, &s);
		got = alignment_of(&t.au, &author, &domain);
		assert_false(got.pending);
		(void)snprintf(flags, sizeof(flags), "%s%s%s%s", got.strict ? "s" : "",
		    got.relaxed ? "r" : "", got.relaxed_list ? "l" : "",
		    got.failed != NULL ? "f" : "");
		if (strcmp(flags, rows[i].want) != 0)
			fail_msg("%s: got '%s', want '%s'", rows[i].name, flags, rows[i].want);
		tiny_free(&t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
