/* SPDX-License-Identifier: ISC */
/*
 * test_mx.c - the check `mx`: which slugs a domain gets.
 */
#include "checks/mx.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "tests/tinyzone.h"

#define OUT "mx.example.net A 192.0.2.1\n"

/* SENDER: an address is given, so that the domain sends mail. */
static const struct {
	const char *name;
	bool sender;
	const char *zone, *want;
} cases[] = {
	{ "good", true, "example.com MX 10 mx.example.net\n" OUT, "" },
	{ "no mail domain", false, "example.com TXT x\n", "" },
	{ "does not exist", false, "", "domain-nonexistent" },
	{ "does not exist, or so one type says", false, "example.com FAIL TXT\n",
	    "domain-unknown" },
	{ "sender from nowhere", true, "example.com TXT x\n", "mx-nowhere" },
	{ "sender does not exist", true, "", "domain-nonexistent" },
	{ "only names below it", false, "www.example.com A 192.0.2.1\n", "" },
	{ "implicit", false, "example.com A 192.0.2.1\n", "mx-implicit" },
	{ "implicit by IPv6", false, "example.com AAAA 2001:db8::1\n", "mx-implicit" },
	{ "implicit sender", true, "example.com A 192.0.2.1\n", "mx-implicit-sender" },
	{ "failed", false, "example.com FAIL MX\n", "mx-lookup-failed" },
	{ "failed address of a sender", true, "example.com TXT x\nexample.com FAIL A\n",
	    "mx-lookup-failed" },
	{ "failed address of another", false, "example.com TXT x\nexample.com FAIL A\n",
	    "mx-implicit-unknown" },
	{ "null", false, "example.com MX 0 .\nexample.com TXT v=spf1 -all\n", "" },
	{ "null with preference", false, "example.com MX 10 .\n", "mx-null-preference" },
	{ "null twice", false, "example.com MX 0 .\nexample.com MX 10 .\n", "mx-null-beside" },
	{ "null twice beside a host", true,
	    "example.com MX 0 .\nexample.com MX 10 .\nexample.com MX 10 mx.example.net\n" OUT,
	    "mx-null-beside" },
	{ "null and SPF", false, "example.com MX 0 .\nexample.com TXT v=spf1 a -all\n",
	    "mx-null-spf" },
	{ "null of a sender", true, "example.com MX 0 .\nexample.com TXT v=spf1 a -all\n",
	    "mx-null-sender" },
	{ "null beside another", false,
	    "example.com MX 0 .\nexample.com MX 10 mx.example.net\n" OUT, "mx-null-beside" },
	{ "alias", false,
	    "example.com MX 10 m.example.net\nm.example.net CNAME mx.example.net\n" OUT,
	    "mx-alias" },
	{ "no address", false, "example.com MX 10 m.example.net\nexample.net TXT x\n",
	    "mx-no-address" },
	{ "alias to nothing", false,
	    "example.com MX 10 m.example.net\nm.example.net CNAME x.example.net\n",
	    "mx-no-address" },
	{ "address failed", false, "example.com MX 10 m.example.net\nm.example.net FAIL\n",
	    "mx-address-unknown" },
	{ "one family failed", false,
	    "example.com MX 10 mx.example.net\nmx.example.net FAIL AAAA\n" OUT, "" },
	{ "literal", false, "example.com MX 10 192.0.2.1\n", "mx-literal" },
	{ "literal below the zone", false, "example.com MX 10 192.0.2.1.example.com\n",
	    "mx-literal" },
	{ "underscore", false, "example.com MX 10 m_x.example.net\nm_x.example.net A 192.0.2.1\n",
	    "mx-underscore" },
	{ "private", false, "example.com MX 10 m.example.net\nm.example.net A 10.0.0.1\n",
	    "mx-private" },
	{ "loopback beside public", false,
	    "example.com MX 10 mx.example.net\nmx.example.net AAAA ::1\n" OUT, "mx-private" },
	{ "IPv6 only", false, "example.com MX 10 m.example.net\nm.example.net AAAA 2001:db8::1\n",
	    "mx-ipv6-only" },
	{ "a single host of its own", false,
	    "example.com MX 10 mx.example.com\nmx.example.com A 192.0.2.1\n", "mx-one" },
	{ "two of its own in one network", false,
	    "example.com MX 10 a.example.com\nexample.com MX 20 b.example.com\n"
	    "a.example.com A 192.0.2.1\nb.example.com A 192.0.2.2\n",
	    "mx-one-network" },
	{ "two of its own apart", false,
	    "example.com MX 10 a.example.com\nexample.com MX 20 b.example.com\n"
	    "a.example.com A 192.0.2.1\nb.example.com A 198.51.100.2\n",
	    "" },
};

static void
test_slugs(void **state)
{
	struct addr ip;
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 16);
	assert_int_equal(addr_parse(STR("192.0.2.25"), &ip), ADDR_OK);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct subject s = { .domain = tiny_name("example.com") };

		s.ips = &ip;
		s.n_ips = cases[i].sender ? 1 : 0;
		tiny_check(cases[i].zone, &s, check_mx, &out);
		if (!str_eq(buf_str(&out), str_of(cases[i].want)))
			fail_msg("%s: got '%.*s', want '%s'", cases[i].name, (int)out.n, out.p,
			    cases[i].want);
	}
	buf_free(&out);
}

/* The MAIL FROM domain is judged as a sender too, once, and the domain then is not. */
static void
test_other_sender_domains(void **state)
{
	struct subject s = { .domain = tiny_name("example.com") };
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 16);
	s.mail_from_given = true;
	s.mail_from = tiny_name("bounce.example.com");
	tiny_check(
	    "example.com MX 10 mx.example.net\nbounce.example.com TXT x\n" OUT, &s, check_mx, &out);
	assert_true(str_eq(buf_str(&out), STR("mx-nowhere")));
	s.from = s.mail_from;
	tiny_check("example.com TXT x\nbounce.example.com TXT x\n", &s, check_mx, &out);
	assert_true(str_eq(buf_str(&out), STR("mx-nowhere")));
	s.from = s.mail_from = s.domain;
	tiny_check("example.com TXT x\n", &s, check_mx, &out);
	assert_true(str_eq(buf_str(&out), STR("mx-nowhere")));
	s = (struct subject){ .n_ips = 0 };
	tiny_check("", &s, check_mx, &out);
	assert_int_equal(out.n, 0);
	buf_free(&out);
}

/* MAX_MX_HOSTS and one more: told, and nothing asked beyond. */
static void
test_many(void **state)
{
	struct subject s = { .domain = tiny_name("example.com") };
	struct tiny_got got;
	struct buf zone;

	(void)state;
	buf_init(&zone, 1 << 16);
	for (unsigned i = 0; i < 31; i++) {
		buf_adds(&zone, "example.com MX 10 m");
		buf_addu(&zone, i);
		buf_adds(&zone, ".example.net\nm");
		buf_addu(&zone, i);
		buf_adds(&zone, ".example.net A 192.0.2.1\n");
	}
	buf_addc(&zone, '\0');
	tiny_run(zone.p, &s, check_mx, 0, &got);
	assert_true(str_eq(buf_str(&got.slugs), STR("mx-many")));
	size_t n = 0;
	for (size_t i = 0; i < got.asked.n; i++)
		n += got.asked.p[i] == ' ';
	assert_int_equal(n, 1 + 2 * 30);
	buf_free(&zone);
	tiny_got_free(&got);
}

static void
test_facts_and_remedy(void **state)
{
	struct subject s = { .domain = tiny_name("example.com") };
	struct name host = tiny_name("m.example.net");
	struct tiny t;

	(void)state;
	tiny_init(
	    &t, "example.com MX 10 m.example.net\nm.example.net CNAME mx.example.net\n" OUT, &s);
	check_mx(&t.au);
	const struct mx_facts *mx = t.facts.mx;
	assert_non_null(mx);
	assert_int_equal(mx->n, 1);
	assert_int_equal(mx->mx[0].preference, 10);
	assert_true(name_eq(&mx->mx[0].host, &host));
	assert_int_equal(mx->mx[0].n_addresses, 1);
	assert_false(mx->null_mx || mx->implicit || mx->mx[0].unknown);
	const struct change *c = &t.findings.first->remedy.changes[0];
	assert_int_equal(c->action, CHANGE_REPLACE);
	assert_true(str_eq(c->old, STR("10 m.example.net.")));
	assert_true(str_eq(c->new, STR("10 mx.example.net.")));
	tiny_free(&t);
	tiny_init(&t, "example.com MX 0 .\n", &s);
	check_mx(&t.au);
	assert_true(t.facts.mx->null_mx);
	assert_int_equal(t.facts.mx->n, 0);
	tiny_free(&t);
	tiny_init(&t, "example.com A 192.0.2.1\n", &s);
	check_mx(&t.au);
	assert_true(t.facts.mx->implicit);
	tiny_free(&t);
}

/* A domain that says twice that it takes no mail says it once afterwards, not never. */
static void
test_one_null_stays(void **state)
{
	struct subject s = { .domain = tiny_name("example.com") };
	struct tiny t;

	(void)state;
	tiny_init(&t, "example.com MX 20 .\nexample.com MX 10 .\n", &s);
	check_mx(&t.au);
	const struct remedy *r = &t.findings.first->remedy;
	assert_int_equal(r->n_changes, 2);
	assert_int_equal(r->changes[0].action, CHANGE_REMOVE);
	assert_true(str_eq(r->changes[0].old, STR("20 .")));
	assert_int_equal(r->changes[1].action, CHANGE_REPLACE);
	assert_true(str_eq(r->changes[1].old, STR("10 .")));
	assert_true(str_eq(r->changes[1].new, STR("0 .")));
	assert_true(t.facts.mx->null_mx);
	assert_int_equal(mail_reach(&t.au, &s.domain), MAIL_REFUSED);
	tiny_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slugs),
		cmocka_unit_test(test_other_sender_domains),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_facts_and_remedy),
		cmocka_unit_test(test_one_null_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
