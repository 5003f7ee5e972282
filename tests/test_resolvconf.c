/* SPDX-License-Identifier: ISC */
/*
 * test_resolvconf.c - which servers an option and a resolv.conf(5) name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "audit/sources/resolver.h"
#include "checks/core/buf.h"

static void
test_names_of_servers(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "192.0.2.1", "192.0.2.1@53" },
		{ "192.0.2.1@5353", "192.0.2.1@5353" },
		{ "2001:db8::1", "2001:db8::1@53" },
		{ "::1@53", "::1@53" },
		{ "[2001:db8::1]@5353", "2001:db8::1@5353" },
		{ "[2001:db8::1]", "2001:db8::1@53" },
		{ "", "" },
		{ "@53", "" },
		{ "[192.0.2.1]", "" },
		{ "[]", "" },
		{ "[::1", "" },
		{ "192.0.2.1@", "" },
		{ "192.0.2.1@0", "" },
		{ "192.0.2.1@65536", "" },
		{ "192.0.2.1@53@53", "" },
		{ "192.0.2.1:53", "" },
		{ "192.0.2.1 ", "" },
		{ "fe80::1%eth0", "" },
		{ "ns.example.com", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct resolver_server s;
		struct buf b;

		buf_init(&b, 128);
		if (resolver_parse_server(str_of(cases[i].text), &s)) {
			addr_print(&b, &s.addr);
			buf_addc(&b, '@');
			buf_addu(&b, s.port);
		}
		if (!str_eq(buf_str(&b), str_of(cases[i].want)))
			fail_msg("'%s': got '%.*s'", cases[i].text, (int)b.n, b.p);
		buf_free(&b);
	}
}

static void
test_resolv_conf(void **state)
{
	static const struct {
		const char *name, *text;
		size_t want;
	} cases[] = {
		{ "empty", "", 0 },
		{ "one", "nameserver 192.0.2.1\n", 1 },
		{ "no end of line", "nameserver 192.0.2.1", 1 },
		{ "tabs, CR, more words",
		    "  nameserver\t192.0.2.1 # x\r\nnameserver 2001:db8::1\r\n", 2 },
		{ "comments and others", "# nameserver 192.0.2.1\n;x\nsearch example.com\n", 0 },
		{ "not an address",
		    "nameserver ns.example.com\nnameserver\nnameservers 192.0.2.1\n", 0 },
		{ "a zone", "nameserver fe80::1%eth0\n", 0 },
		{ "too many",
		    "nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\n"
		    "nameserver 192.0.2.4\nnameserver 192.0.2.5\nnameserver 192.0.2.6\n"
		    "nameserver 192.0.2.7\nnameserver 192.0.2.8\nnameserver 192.0.2.9\n",
		    MAX_RESOLVER_SERVERS },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct resolver_options o = { 0 };

		resolver_conf_parse(str_of(cases[i].text), &o);
		if (o.n_servers != cases[i].want)
			fail_msg("%s: %zu servers", cases[i].name, o.n_servers);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_of_servers),
		cmocka_unit_test(test_resolv_conf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
