/* SPDX-License-Identifier: ISC */
/*
 * test_harm.c - what no change may do, whoever made it up.
 */
#include "audit/explain/harm.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

/* Ours are 192.0.2.7, 2001:db8::7, 198.51.100.0/28 and _spf.mail.example; 203.0.113.9 passes. */
static const struct {
	const char *name, *old, *new; /* texts of a TXT; NULL = there is none */
	enum harm want;
} rows[] = {
	{ "our address", "v=spf1 -all", "v=spf1 ip4:192.0.2.7 -all", HARM_NONE },
	{ "our address of six", "v=spf1 -all", "v=spf1 ip6:2001:db8::7 -all", HARM_NONE },
	{ "a stranger", "v=spf1 -all", "v=spf1 ip4:203.0.113.66 -all", HARM_ADDRESS },
	{ "a stranger of six", "v=spf1 -all", "v=spf1 ip6:2001:db8::66 -all", HARM_ADDRESS },
	{ "a stranger beside ours", "v=spf1 -all", "v=spf1 ip4:192.0.2.7 ip4:203.0.113.66 -all",
	    HARM_ADDRESS },
	{ "a network around ours", "v=spf1 -all", "v=spf1 ip4:192.0.2.0/24 -all", HARM_ADDRESS },
	{ "the network that is ours", "v=spf1 -all", "v=spf1 ip4:198.51.100.0/28 -all", HARM_NONE },
	{ "a part of it", "v=spf1 -all", "v=spf1 ip4:198.51.100.3 -all", HARM_NONE },
	{ "more than it", "v=spf1 -all", "v=spf1 ip4:198.51.100.0/27 -all", HARM_ADDRESS },
	{ "an address that passes already", "v=spf1 a -all", "v=spf1 ip4:203.0.113.9 -all",
	    HARM_NONE },
	{ "kept as it stands", "v=spf1 ip4:203.0.113.66 ~all",
	    "v=spf1 ip4:203.0.113.66 ip4:192.0.2.7 ~all", HARM_NONE },
	{ "narrower", "v=spf1 ip4:203.0.113.0/24 -all", "v=spf1 ip4:203.0.113.66 -all", HARM_NONE },
	{ "wider", "v=spf1 ip4:203.0.113.66 -all", "v=spf1 ip4:203.0.113.0/24 -all", HARM_ADDRESS },
	{ "a slip cured", "v=spf1 ipv4:203.0.113.66 -all", "v=spf1 ip4:203.0.113.66 -all",
	    HARM_NONE },
	{ "a longer address is another", "v=spf1 ipv4:203.0.113.66 -all",
	    "v=spf1 ip4:203.0.113.6 -all", HARM_ADDRESS },
	{ "an address of a network", "v=spf1 ipv4:203.0.113.6/31 -all",
	    "v=spf1 ip4:203.0.113.6 -all", HARM_ADDRESS },
	{ "our service", "v=spf1 -all", "v=spf1 include:_spf.mail.example -all", HARM_NONE },
	{ "another service", "v=spf1 -all", "v=spf1 include:_spf.evil.example -all", HARM_SENDER },
	{ "a host", "v=spf1 -all", "v=spf1 a:evil.example -all", HARM_SENDER },
	{ "a itself", "v=spf1 -all", "v=spf1 a -all", HARM_SENDER },
	{ "a network of a host", "v=spf1 a -all", "v=spf1 a/24 -all", HARM_SENDER },
	{ "exists", "v=spf1 -all", "v=spf1 exists:%{i}.evil.example -all", HARM_SENDER },
	{ "redirect to another", "v=spf1 redirect=a.example", "v=spf1 redirect=b.example",
	    HARM_SENDER },
	{ "include cured", "v=spf1 incl:_spf.a.example -all", "v=spf1 include:_spf.a.example -all",
	    HARM_NONE },
	{ "the end weaker", "v=spf1 -all", "v=spf1 ~all", HARM_SPF_END },
	{ "the end gone", "v=spf1 ~all", "v=spf1", HARM_SPF_END },
	{ "the end stronger", "v=spf1 ?all", "v=spf1 ~all", HARM_NONE },
	{ "everybody", "v=spf1 +all", "v=spf1 +all", HARM_SENDER },
	{ "a new record of ours", NULL, "v=spf1 ip4:192.0.2.7 ~all", HARM_NONE },
	{ "a new record without an end", NULL, "v=spf1 ip4:192.0.2.7", HARM_SPF_END },
	{ "a new record of a stranger", NULL, "v=spf1 ip4:203.0.113.66 -all", HARM_ADDRESS },
	{ "a fault", "v=spf1 -all", "v=spf1 ip4:192.0.2.700 -all", HARM_UNREAD },
	{ "p weaker", "v=DMARC1; p=reject", "v=DMARC1; p=quarantine", HARM_POLICY },
	{ "p kept", "v=DMARC1; p=reject; rua=a", "v=DMARC1; p=reject; rua=mailto:a@example.com",
	    HARM_NONE },
	{ "sp weaker", "v=DMARC1; p=reject; sp=reject", "v=DMARC1; p=reject; sp=none",
	    HARM_POLICY },
	{ "np weaker", "v=DMARC1; p=reject", "v=DMARC1; p=reject; np=none", HARM_POLICY },
	{ "t=y", "v=DMARC1; p=reject", "v=DMARC1; p=reject; t=y", HARM_POLICY },
	{ "adkim weaker", "v=DMARC1; p=reject; adkim=s", "v=DMARC1; p=reject", HARM_ALIGNMENT },
	{ "aspf weaker", "v=DMARC1; p=reject; aspf=s", "v=DMARC1; p=reject; aspf=r",
	    HARM_ALIGNMENT },
	{ "stricter", "v=DMARC1; p=none", "v=DMARC1; p=reject; adkim=s", HARM_NONE },
	{ "another text", "site=1", "site=2", HARM_NONE },
};

static struct str
rdata(struct arena *a, const char *text)
{
	struct str out;
	struct buf b;

	if (text == NULL)
		return STR("");
	buf_init(&b, 4096);
	txt_print(&b, str_of(text));
	out = arena_str(a, buf_str(&b));
	buf_free(&b);
	return out;
}

static struct addr
addr_of(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(str_of(text), &a), ADDR_OK);
	return a;
}

static void
test_harm_is_seen(void **state)
{
	const struct addr ips[] = { addr_of("192.0.2.7"), addr_of("2001:db8::7") };
	const struct prefix nets[] = { { addr_of("198.51.100.0"), 28 } };
	const struct prefix listed[] = { { addr_of("203.0.113.9"), 32 } };
	const struct str includes[] = { STR("_spf.mail.example") };
	const struct ours ours = { ips, ARRAY_LEN(ips), nets, 1, includes, 1 };
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct change c = { .type = RR_TXT, .action = CHANGE_REPLACE };
		enum harm got;

		c.old = rdata(&a, rows[i].old);
		c.new = rdata(&a, rows[i].new);
		if (rows[i].old == NULL)
			c.action = CHANGE_ADD;
		got = change_harm(&a, &c, &ours, listed, 1);
		if (got != rows[i].want)
			fail_msg("%s: '%s', not '%s'", rows[i].name, harm_words(got),
			    harm_words(rows[i].want));
	}
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_harm_is_seen) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
