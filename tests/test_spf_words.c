/* SPDX-License-Identifier: ISC */
/*
 * test_spf_words.c - what a finding about SPF says and proposes: of each a row with
 * words that must stand there, and beside it the nearly same one with other words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "checks/spf.h"
#include "report/report.h"
#include "tests/tinyzone.h"

#define D "example.com TXT v=spf1 "
#define MX "example.com MX 10 mx.example.com\nmx.example.com A 8.8.4.25\n"
#define E(n) "include:e" n ".example.net "
#define R(n) "e" n ".example.net TXT v=spf1 ip4:9.9." n ".0/24 -all\n"
#define TEN E("1") E("2") E("3") E("4") E("5") E("6") E("7") E("8") E("9") E("10")
#define RTEN R("1") R("2") R("3") R("4") R("5") R("6") R("7") R("8") R("9") R("10")
#define SG "sendgrid.net TXT v=spf1 ip4:9.8.0.0/20 -all\n"
#define MC "servers.mcsv.net TXT v=spf1 ip4:9.7.0.0/23 -all\n"

/* clang-format off */
/* HAS: in the sentence, the remedy or the new records of the finding called SLUG; NOT: in none of them. */
static const struct {
	const char *name, *zone, *slug, *has, *not;
} rows[] = {
	{ "/0 is to go", D "ip4:0.0.0.0/0 -all", "spf-pass-all", "Remove ip4:0.0.0.0/0", "End the record" },
	{ "+all is to end otherwise", D "mx +all\n" MX, "spf-pass-all", "End the record in -all", "Remove" },
	{ "an a with /0", D "a/0 -all\nexample.com A 8.8.4.1", "spf-pass-all", "Leave the prefix length off a/0", "Remove" },
	{ "named, and void by the limit", D TEN E("11") "ip4:8.8.4.7 -all\n" RTEN R("11"), "spf-not-pass",
	  "names it already, by ip4:8.8.4.7, and evaluation stops before that", "let the SPF record" },
	{ "named, and void by its grammar", D "ip4:8.8.4.7 ip5:1.2.3.4 -all", "spf-not-pass",
	  "names it already, by ip4:8.8.4.7: cure the fault", "let the SPF record" },
	{ "not named", D "ip4:8.8.4.8 -all", "spf-not-pass", "let the SPF record of example.com name it", "already" },
	{ "named behind the all", D "-all ip4:8.8.4.7", "spf-not-pass", "let the SPF record", "already" },
	{ "the others are named", D "ip4:8.8.5.0/24 ip4:8.8.5.8 ip4:8.8.5.9 ip4:8.8.5.10 -all", "spf-covered-term",
	  "nor have ip4:8.8.5.9, ip4:8.8.5.10", "better kept" },
	{ "one alone", D "ip4:8.8.5.0/24 ip4:8.8.5.8 -all", "spf-covered-term", "Leave out ip4:8.8.5.8", "; nor" },
	{ "one in the record of somebody else", D "include:e1.example.net include:e2.example.org -all\n" R("1")
	  "e2.example.org TXT v=spf1 ip4:9.9.1.1 -all", "spf-covered-term", "Keep include:e2.example.org", "Leave out" },
	{ "all that a record leaves out", D "ip4:8.8.5.0/24 ip4:8.8.5.1 ip4:8.8.5.2 ip4:8.8.5.3 ip4:8.8.5.4 ip4:8.8.5.5 "
	  "ip4:8.8.5.6 ip4:8.8.5.7 ip4:8.8.5.8 ip4:8.8.5.9 -all", "spf-covered-term",
	  "it leaves out ip4:8.8.5.1, ip4:8.8.5.2, ip4:8.8.5.3, ip4:8.8.5.4, ip4:8.8.5.5, ip4:8.8.5.6, ip4:8.8.5.7, "
	  "ip4:8.8.5.8 and 1 more", "0 lookup and" },
	{ "one lookup", D "include:e1.example.net include:e1.example.net ip4:8.8.5.0/24 ip4:8.8.5.1 -all\n" R("1"),
	  "spf-covered-term", "needs 1 lookup and", "1 lookups" },
	{ "void lookups that hang on the sender", D "exists:%{i}.e.example.com a:x.example.com a:y.example.com a:z.example.com -all",
	  "spf-void-limit", "at least 3 lookups of the record find nothing (not counted is exists:%{i}.e.example.com", "up to a:" },
	{ "void lookups, all counted", D "a:x.example.com a:y.example.com a:z.example.com -all", "spf-void-limit",
	  "3 lookups of the record find nothing, ", "at least" },
	{ "what a redirect= costs", D "redirect=_spf.example.com\n_spf.example.com TXT v=spf1 " TEN "-all\n" RTEN,
	  "spf-lookup-limit", "include:e1.example.net 1, include:e2", "redirect=_spf.example.com 11" },
	{ "what the record of another costs", D "redirect=_spf.example.net\n_spf.example.net TXT v=spf1 " TEN "-all\n" RTEN,
	  "spf-lookup-limit", "redirect=_spf.example.net 11", "include:e1.example.net 1, " },
	{ "some pass within", D "redirect=_spf.example.com\n_spf.example.com TXT v=spf1 " TEN "-all\n" RTEN,
	  "spf-lookup-limit", "only senders pass that are matched early in redirect=_spf.example.com", "nobody passes" },
	{ "all services that can be spared", D TEN "include:sendgrid.net include:servers.mcsv.net -all\n" RTEN SG MC,
	  "spf-lookup-limit", "Mail by SendGrid, Mailchimp does not need include:sendgrid.net, include:servers.mcsv.net, "
	  "unless its return path is the domain itself: 2 lookups fewer. The record is then \"v=spf1 " TEN "-all\"; the "
	  "result changes for 9.7.0.0/23, 9.8.0.0/20.", "more network" },
	{ "one service", D TEN "include:sendgrid.net -all\n" RTEN SG, "spf-lookup-limit",
	  "1 lookup fewer. The record is then \"v=spf1 " TEN "-all\"; the result changes for 9.8.0.0/20.", "Mailchimp" },
	{ "services, where one include is not known", D TEN "include:sendgrid.net include:u.example.net -all\n" RTEN SG
	  "u.example.net FAIL TXT", "spf-lookup-limit", "include:sendgrid.net, unless its return path is the domain itself: "
	  "1 lookup fewer.", "IPv4" },
	{ "a service that needs its include", D TEN "include:mailgun.org -all\n" RTEN
	  "mailgun.org TXT v=spf1 ip4:9.8.0.0/20 -all", "spf-lookup-limit", "Mailgun can send with a return path at a name below the domain, as bounce.example.com: the TXT record "
	  "there is \"v=spf1 include:mailgun.org -all\", and include:mailgun.org goes from here. The record is then \"v=spf1 "
	  TEN "-all\"; the result changes for 9.8.0.0/20.", "does not need" },
	{ "two records", D "ip4:8.8.4.1 ~all\n" D "ip4:8.8.4.2 ip4:8.8.4.1 ~all", "spf-multiple",
	  "\"v=spf1 ip4:8.8.4.1 ip4:8.8.4.2 ~all\"", "softer" },
	{ "two that end differently", D "ip4:8.8.4.1 ~all\n" D "ip4:8.8.4.2 -all", "spf-multiple", "the softer", "\"v=spf1" },
	{ "two, one at fault", D "ip4:8.8.4.1 ~all\n" D "ip5:8.8.4.2 ~all", "spf-multiple", "beside the one below", "\"v=spf1" },
	{ "two, one of which refuses", D "-ip4:8.8.4.1 ~all\n" D "ip4:8.8.4.2 ~all", "spf-multiple", "beside", "\"v=spf1" },
};
/* clang-format on */

/* Adds all that F says to B. */
static void
add_words(struct buf *b, const struct finding *f)
{
	sentence_add(b, rule_of(f->id)->sentence, f);
	buf_addc(b, '\n');
	sentence_add(b, rule_of(f->id)->remedy, f);
	for (size_t i = 0; i < f->remedy.n_changes; i++) {
		buf_addc(b, '\n');
		buf_add(b, f->remedy.changes[i].new);
	}
	buf_addc(b, '\n');
}

static bool
holds(struct str text, const char *part)
{
	struct str p = str_of(part);
	for (size_t i = 0; i + p.n <= text.n; i++)
		if (str_eq(str_sub(text, i, p.n), p))
			return true;
	return false;
}

static void
test_words(void **state)
{
	static struct addr ip;
	struct subject s = { .ips = &ip, .n_ips = 1 };
	size_t bad = 0;
	(void)state;
	assert_int_equal(addr_parse(STR("8.8.4.7"), &ip), ADDR_OK);
	assert_int_equal(name_parse(STR("example.com"), &s.domain), NAME_OK);
	s.mail_from = s.from = s.domain;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct tiny t;
		struct buf got;
		buf_init(&got, 1 << 16);
		tiny_init(&t, rows[i].zone, &s);
		check_spf(&t.au);
		for (const struct finding *f = t.findings.first; f != NULL; f = f->next)
			if (strcmp(rule_of(f->id)->slug, rows[i].slug) == 0)
				add_words(&got, f);
		if (!holds(buf_str(&got), rows[i].has) || holds(buf_str(&got), rows[i].not )) {
			print_error("%s: %.*s\n", rows[i].name, (int)got.n, got.p);
			bad++;
		}
		tiny_free(&t);
		buf_free(&got);
	}
	assert_int_equal(bad, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
