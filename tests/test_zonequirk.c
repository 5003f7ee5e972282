/* SPDX-License-Identifier: ISC */
/*
 * test_zonequirk.c - what single name servers and providers write into zone files: which
 * names have addresses that the file does not tell, which owner is a whole name.
 */
#include "audit/sources/zonequirk.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "audit/sources/zonefile.h"

#define HEAD "$ORIGIN example.com.\n@ 60 SOA ns h 1 2 3 4 5\n@ NS ns\n"

/* clang-format off */
static const struct {
	const char *label, *text, *name;
	uint16_t type;
	enum answer_status want;
	bool elsewhere; /* whoever is asked next knows */
} rows[] = {
	{ "ALIAS", HEAD "a ALIAS b.example.net.\n", "a.example.com", RR_A, ANSWER_FOUND, true },
	{ "ALIAS, and nothing else", HEAD "a ALIAS b.example.net.\n", "a.example.com", RR_TXT, ANSWER_NODATA, false },
	{ "ANAME, IPv6", HEAD "a 60 IN aname b.example.net.\n", "a.example.com", RR_AAAA, ANSWER_FOUND, true },
	{ "gdnsd", HEAD "a DYNA geoip!x\n", "a.example.com", RR_A, ANSWER_FOUND, true },
	{ "PowerDNS", HEAD "a LUA A \"return '192.0.2.1'\"\n", "a.example.com", RR_A, ANSWER_FOUND, true },
	{ "PowerDNS, no address", HEAD "a LUA TXT \"return 'x'\"\nb A 192.0.2.1\n", "b.example.com", RR_AAAA, ANSWER_NODATA, false },
	{ "cli53", HEAD "a 60 AWS ALIAS A b.example.net. Z1 false\n", "a.example.com", RR_A, ANSWER_FOUND, true },
	{ "and what is none", HEAD "a AWS x\n", "a.example.com", RR_A, ANSWER_NXDOMAIN, false },
	{ "a type that nobody has", HEAD "a ALIASES b.example.net.\n", "a.example.com", RR_A, ANSWER_NXDOMAIN, false },
	{ "the SOA of Cloudflare's export", "example.com\t60\tIN\tSOA\tns.example.net. h. 1 2 3 4 5\nexample.com. NS x.\n",
	  "example.com", RR_SOA, ANSWER_FOUND, false },
	{ "what is no SOA is a relative name", "example.com. NS x.\nexample.com 60 TXT a\nexample.com. SOA ns.example.net. h. 1 2 3 4 5\n",
	  "example.com", RR_TXT, ANSWER_NODATA, false },
};
/* clang-format on */

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct source *s = zonefile_new();
		struct ticket t = { .q = { .kind = ASK_DNS, .type = rows[i].type } };
		struct answer *a = NULL;

		assert_int_equal(zonefile_load_text(s, "x", str_of(rows[i].text)), 0);
		assert_int_equal(name_parse(str_of(rows[i].name), &t.q.name), NAME_OK);
		if ((s->ops->ask(s, &t, &a) != SOURCE_ANSWERED) != rows[i].elsewhere)
			fail_msg("%s: not asked elsewhere, or asked", rows[i].label);
		if (a != NULL && a->status != rows[i].want)
			fail_msg("%s: got %s", rows[i].label, status_name(a->status));
		if (a != NULL)
			answer_unref(a);
		s->ops->free(s);
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
