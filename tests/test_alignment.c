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
	const char *want; /* s(trict), r(elaxed), l(ist), f(ailed), F(ailed list) */
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
	{ "no suffix of the author", ORG "a.example.com NOSUFFIX", "a.example.com", "b.example.com",
	    "rF" },
	{ "it cannot align another top", ORG "a.example.com NOSUFFIX", "a.example.com",
	    "example.org", "" },
	{ "no suffix of the domain", ORG "b.example.com NOSUFFIX", "a.example.com", "b.example.com",
	    "rF" },
	{ "it cannot align another registrable domain", ORG "b.example.org NOSUFFIX",
	    "a.example.com", "b.example.org", "" },
	{ "itself, though no suffix is known", "example.com NOSUFFIX", "example.com", "example.com",
	    "srl" },
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
		(void)snprintf(flags, sizeof(flags), "%s%s%s%s%s", got.strict ? "s" : "",
		    got.relaxed ? "r" : "", got.relaxed_list ? "l" : "",
		    got.failed != NULL ? "f" : "", got.failed_list != NULL ? "F" : "");
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
