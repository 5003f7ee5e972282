/* SPDX-License-Identifier: ISC */
/*
 * test_ptr.c - the checks `ptr` and `helo`.
 */
#include "checks/ptr.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "checks/helo.h"
#include "tests/tinyzone.h"

#define REVERSE "25.2.0.192.in-addr.arpa PTR "
#define GOOD REVERSE "mail.example.com\nmail.example.com A 192.0.2.25\n"

static const struct {
	const char *name, *ip, *zone, *want;
} reverses[] = {
	{ "good", "192.0.2.25", GOOD, "" },
	{ "mapped address", "::ffff:192.0.2.25", GOOD, "" },
	{ "good, IPv6", "2001:db8::19",
	    "9.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR "
	    "m.example.com\n"
	    "m.example.com AAAA 2001:db8::19\n",
	    "" },
	{ "none", "192.0.2.25", "", "ptr-none" },
	{ "the root for a name", "192.0.2.25", REVERSE ".\n", "ptr-none" },
	{ "failed", "192.0.2.25", "25.2.0.192.in-addr.arpa FAIL\n", "ptr-lookup-failed" },
	{ "not confirmed", "192.0.2.25", REVERSE "mail.example.com\nmail.example.com A 192.0.2.1\n",
	    "ptr-unconfirmed" },
	{ "other family only", "192.0.2.25",
	    REVERSE "mail.example.com\nmail.example.com AAAA 2001:db8::1\n", "ptr-unconfirmed" },
	{ "forward failed", "192.0.2.25", REVERSE "mail.example.com\nmail.example.com FAIL\n",
	    "ptr-lookup-failed" },
	{ "one of two", "192.0.2.25", REVERSE "x.example.com\n" GOOD, "ptr-many" },
	{ "one of two failed, the other confirms", "192.0.2.25",
	    REVERSE "x.example.com\nx.example.com FAIL\n" GOOD, "ptr-many" },
	{ "by alias", "192.0.2.25",
	    "25.2.0.192.in-addr.arpa CNAME 25.r.example.com\n25.r.example.com PTR "
	    "mail.example.com\n"
	    "mail.example.com A 192.0.2.25\n",
	    "" },
	{ "generic", "192.0.2.25",
	    REVERSE "dsl-192-0-2-25.example.com\ndsl-192-0-2-25.example.com A 192.0.2.25\n",
	    "ptr-generic" },
};

static void
test_reverse_names(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 16);
	for (size_t i = 0; i < ARRAY_LEN(reverses); i++) {
		struct addr ip;
		struct subject s = { .ips = &ip, .n_ips = 1 };

		assert_int_equal(addr_parse(str_of(reverses[i].ip), &ip), ADDR_OK);
		tiny_check(reverses[i].zone, &s, check_ptr, &out);
		if (!str_eq(buf_str(&out), str_of(reverses[i].want)))
			fail_msg("%s: got '%.*s', want '%s'", reverses[i].name, (int)out.n, out.p,
			    reverses[i].want);
	}
	buf_free(&out);
}

/* Of address 192.0.2.25, c0000219 in hexadecimal. */
static const struct {
	const char *name;
	bool want;
} names[] = {
	{ "dsl-192-0-2-25.example.com", true },
	{ "192-0-2-25.dyn.example.com", true },
	{ "25.2.0.192.pool.example.com", true },
	{ "static.25.2.0.192.clients.example.com", true },
	{ "ip192.0.2.25.dhcp3.example.com", true },
	{ "c0000219.dynamic.example.com", true },
	{ "mail.example.com", false },
	{ "dyn.example.com", false },
	{ "mail-25.pool.example.com", false },
	{ "mx-192-0-2-25.example.com", false },
	{ "192-0-2-26.dyn.example.com", false },
	{ "25.mail.dsl.example.com", false },
};

static void
test_generic_names(void **state)
{
	struct addr ip;

	(void)state;
	assert_int_equal(addr_parse(STR("192.0.2.25"), &ip), ADDR_OK);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct name n = tiny_name(names[i].name);

		if (ptr_is_generic(&n, &ip) != names[i].want)
			fail_msg("%s: not as wanted", names[i].name);
	}
}

static const struct {
	const char *name, *helo;
	bool with_ip;
	const char *zone, *want;
} helos[] = {
	{ "good", "mail.example.com", true, GOOD, "" },
	{ "good, no address known", "mail.example.com", false, GOOD, "" },
	{ "one label", "mail", true, GOOD, "helo-not-qualified" },
	{ "an address", "192.0.2.25", true, GOOD, "helo-not-qualified" },
	{ "does not exist", "x.example.com", true, GOOD, "helo-unresolvable" },
	{ "failed", "x.example.com", true, "x.example.com FAIL\n" GOOD, "helo-lookup-failed" },
	{ "another address", "x.example.com", true, "x.example.com A 192.0.2.1\n" GOOD,
	    "helo-other-address" },
	{ "another name", "x.example.com", true, "x.example.com A 192.0.2.25\n" GOOD,
	    "helo-other-ptr" },
	{ "no reverse name is told elsewhere", "x.example.com", true,
	    "x.example.com A 192.0.2.25\n", "" },
};

static void
test_helo(void **state)
{
	struct addr ip;
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 16);
	assert_int_equal(addr_parse(STR("192.0.2.25"), &ip), ADDR_OK);
	for (size_t i = 0; i < ARRAY_LEN(helos); i++) {
		struct subject s = { .helo = tiny_name(helos[i].helo) };

		s.ips = &ip;
		s.n_ips = helos[i].with_ip ? 1 : 0;
		tiny_check(helos[i].zone, &s, check_helo, &out);
		if (!str_eq(buf_str(&out), str_of(helos[i].want)))
			fail_msg("%s: got '%.*s', want '%s'", helos[i].name, (int)out.n, out.p,
			    helos[i].want);
	}
	buf_free(&out);
}

static void
test_facts(void **state)
{
	struct addr ip;
	struct subject s = { .ips = &ip, .n_ips = 1 };
	struct name host = tiny_name("mail.example.com");
	struct tiny t;

	(void)state;
	assert_int_equal(addr_parse(STR("192.0.2.25"), &ip), ADDR_OK);
	tiny_init(&t, GOOD, &s);
	check_ptr(&t.au);
	assert_int_equal(t.facts.ptr->n, 1);
	assert_int_equal(t.facts.ptr->ptr[0].n_names, 1);
	assert_true(name_eq(&t.facts.ptr->ptr[0].names[0], &host));
	assert_true(t.facts.ptr->ptr[0].confirmed && !t.facts.ptr->ptr[0].unknown);
	tiny_free(&t);
}

/* OWNER TYPE NEW of the first change of the first finding; "" = none. */
static void
first_change(
    const char *zone, const struct subject *s, void (*check)(struct audit *), struct buf *out)
{
	struct tiny t;

	buf_reset(out);
	tiny_init(&t, zone, s);
	check(&t.au);
	assert_non_null(t.findings.first);
	if (t.findings.first->remedy.n_changes > 0) {
		const struct change *c = &t.findings.first->remedy.changes[0];

		name_print(out, &c->name);
		buf_addc(out, ' ');
		type_print(out, c->type);
		buf_addc(out, ' ');
		buf_add(out, c->new);
	}
	tiny_free(&t);
}

/* A record is proposed only where it is the subject's to write and replaces nothing. */
static void
test_remedies(void **state)
{
	struct addr ip;
	struct subject s = { .ips = &ip, .n_ips = 1 };
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 12);
	assert_int_equal(addr_parse(STR("192.0.2.25"), &ip), ADDR_OK);
	s.domain = tiny_name("example.com");
	first_change("", &s, check_ptr, &out);
	assert_int_equal(out.n, 0);
	s.helo = tiny_name("mail.example.com");
	first_change("mail.example.com A 192.0.2.25\n", &s, check_ptr, &out);
	assert_true(str_eq(buf_str(&out), STR("25.2.0.192.in-addr.arpa PTR mail.example.com.")));
	first_change("mail.example.com A 192.0.2.1\n", &s, check_ptr, &out);
	assert_int_equal(out.n, 0);
	first_change(REVERSE "mx.example.com\n", &s, check_ptr, &out);
	assert_true(str_eq(buf_str(&out), STR("mx.example.com A 192.0.2.25")));
	first_change(REVERSE "mx.example.com\nmx.example.com A 192.0.2.1\n", &s, check_ptr, &out);
	assert_int_equal(out.n, 0);
	first_change(REVERSE "mx.example.net\n", &s, check_ptr, &out);
	assert_int_equal(out.n, 0);
	first_change("", &s, check_helo, &out);
	assert_true(str_eq(buf_str(&out), STR("mail.example.com A 192.0.2.25")));
	s.domain = tiny_name("example.net");
	first_change("", &s, check_helo, &out);
	assert_int_equal(out.n, 0);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reverse_names),
		cmocka_unit_test(test_generic_names),
		cmocka_unit_test(test_helo),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_remedies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
