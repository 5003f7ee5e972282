/* SPDX-License-Identifier: ISC */
/*
 * test_serving.c - when two answers are the same to a zone's owner, what is asked for a
 * zone, and the advice by serials.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "audit/error.h"
#include "audit/serving/nameservers.h"
#include "audit/serving/rrsets.h"
#include "audit/sources/zonefile.h"

#define HEAD                                                                                       \
	"$ORIGIN example.com.\n$TTL 3600\n"                                                        \
	"@ SOA ns1.example.net. hostmaster.example.net. 7 7200 3600 1209600 3600\n"                \
	"@ NS ns1.example.net.\n"

static struct name
name_of(const char *text)
{
	struct name n;

	assert_int_equal(name_parse(str_of(text), &n), NAME_OK);
	return n;
}

/* A source of the zone example.com with LINES. */
static struct source *
zone_with(const char *lines)
{
	struct source *s = zonefile_new();
	struct buf b;

	buf_init(&b, 1 << 16);
	buf_adds(&b, HEAD);
	buf_adds(&b, lines);
	assert_int_equal(zonefile_load_text(s, "example.com.zone", buf_str(&b)), AUDIT_OK);
	buf_free(&b);
	return s;
}

static struct answer *
answer_of(struct source *s, const char *name, uint16_t type)
{
	struct name n = name_of(name);
	struct ticket t = { .q = question_dns(&n, type) };
	struct answer *a = NULL;

	assert_int_equal(s->ops->ask(s, &t, &a), SOURCE_ANSWERED);
	return a;
}

/* clang-format off */
static const struct {
	const char *name;
	uint16_t type;
	const char *zone, *served, *want;
} rows[] = {
	{ "the same", RR_MX, "a MX 10 mx", "a MX 10 mx", "agrees" },
	{ "another order", RR_MX, "a MX 10 b\na MX 20 c", "a MX 20 c\na MX 10 b", "agrees" },
	{ "another TTL", RR_MX, "a 300 MX 10 mx", "a 60 MX 10 mx", "agrees" },
	{ "another case of the target", RR_MX, "a MX 10 mx", "a MX 10 MX", "agrees" },
	{ "another preference", RR_MX, "a MX 10 mx", "a MX 20 mx", "differs" },
	{ "one more", RR_MX, "a MX 10 mx", "a MX 10 mx\na MX 20 c", "differs" },
	{ "one less", RR_MX, "a MX 10 mx\na MX 20 c", "a MX 10 mx", "differs" },
	{ "another cut of a TXT", RR_TXT, "a TXT \"v=spf1 mx -all\"", "a TXT \"v=spf1 \" \"mx -all\"", "agrees" },
	{ "cuts and order of two TXT", RR_TXT, "a TXT \"b\" \"c\"\na TXT \"ab\"", "a TXT \"a\" \"b\"\na TXT \"bc\"", "agrees" },
	{ "another case of a TXT", RR_TXT, "a TXT \"v=spf1 -all\"", "a TXT \"V=SPF1 -all\"", "differs" },
	{ "a blank more", RR_TXT, "a TXT \"v=spf1 -all\"", "a TXT \"v=spf1 -all \"", "differs" },
	{ "not there yet", RR_TXT, "a TXT \"x\"", "b TXT \"x\"", "differs" },
	{ "there still", RR_TXT, "b TXT \"x\"", "a TXT \"x\"", "differs" },
	{ "absent on both sides, by name and by type", RR_TXT, "b TXT \"x\"", "a MX 10 mx", "agrees" },
	{ "a CNAME in place of it", RR_TXT, "a TXT \"x\"", "a CNAME b", "differs" },
	{ "the same CNAME", RR_TXT, "a CNAME b\nb TXT \"x\"", "a CNAME b\nb TXT \"y\"", "agrees" },
	{ "another CNAME", RR_CNAME, "a CNAME b", "a CNAME c", "differs" },
	{ "case of an SRV target", RR_SRV, "a SRV 0 1 25 MX", "a SRV 0 1 25 mx", "agrees" },
	{ "port of an SRV", RR_SRV, "a SRV 0 1 25 mx", "a SRV 0 1 26 mx", "differs" },
	{ "a wildcard on both sides", RR_TXT, "* TXT \"x\"", "* TXT \"x\"", "agrees" },
	{ "the same by a wildcard", RR_TXT, "* TXT \"x\"", "a TXT \"x\"", "agrees" },
};
/* clang-format on */

static void
test_what_is_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct source *zone = zone_with(rows[i].zone), *served = zone_with(rows[i].served);
		struct answer *a = answer_of(zone, "a.example.com", rows[i].type);
		struct answer *b = answer_of(served, "a.example.com", rows[i].type);
		const char *got = serving_name(serving_compare(a, b));
		const char *back = serving_name(serving_compare(b, a));

		if (strcmp(got, rows[i].want) != 0 || strcmp(back, rows[i].want) != 0)
			fail_msg(
			    "%s: got %s and %s, want %s", rows[i].name, got, back, rows[i].want);
		answer_unref(a);
		answer_unref(b);
		zone->ops->free(zone);
		served->ops->free(served);
	}
}

/* A failure is not "there is nothing", on either side. */
static void
test_a_failure_is_no_difference(void **state)
{
	struct source *zone = zone_with("a TXT \"x\"");

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct answer *a =
		    answer_of(zone, i == 0 ? "a.example.com" : "b.example.com", RR_TXT);
		struct answer *failed = answer_failed(&a->q, CAUSE_SERVFAIL);

		assert_int_equal(serving_compare(a, failed), SERVING_UNKNOWN);
		assert_int_equal(serving_compare(failed, a), SERVING_UNKNOWN);
		answer_unref(failed);
		answer_unref(a);
	}
	zone->ops->free(zone);
}

/* Which questions a zone makes, as "NAME TYPE" in canonical order, without the domain. */
static void
test_what_is_asked(void **state)
{
	/* clang-format off */
	static const struct {
		const char *name, *domain, *zone, *base, *want;
		bool all;
	} cases[] = {
		{ "what nobody put there", "example.com", "www A 192.0.2.1", NULL,
		  "MX TXT _dmarc.TXT", false },
		{ "mail, and not the rest", "example.com",
		  "@ MX 10 mx\nmx A 192.0.2.1\nwww A 192.0.2.2\nx TXT \"token\"\ny TXT \"v=spf1 -all\"\ns._domainkey CNAME s.example.net.",
		  NULL, "MX TXT _dmarc.TXT s._domainkey.CNAME mx.A mx.AAAA y.TXT", false },
		{ "all", "example.com", "www A 192.0.2.2\nx TXT \"token\"", NULL,
		  "NS MX TXT _dmarc.TXT www.A x.TXT", true },
		{ "an MX elsewhere", "example.com", "@ MX 10 mx.example.net.", NULL, "MX TXT _dmarc.TXT", false },
		{ "what is gone", "example.com", "www A 192.0.2.2", "s._domainkey TXT \"p=\"\nwww TXT \"x\"",
		  "MX TXT _dmarc.TXT s._domainkey.TXT", false },
		{ "a domain inside the zone", "b.example.com", "@ MX 10 mx\nb MX 10 mx\nmx A 192.0.2.1", NULL,
		  "b.MX b.TXT _dmarc.b.TXT mx.A mx.AAAA", false },
		{ "nothing below a delegation", "example.com", "b NS ns1.example.net.\nb MX 10 mx.example.net.", NULL,
		  "NS MX TXT _dmarc.TXT", true },
		{ "a text on a line that cannot be read", "example.com", "a MX ten mx\nwww A 192.0.2.1", NULL,
		  "MX TXT _dmarc.TXT a.MX", false },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct serving_zones z = { .all = cases[i].all };
		struct serving_domain d = { .domain = name_of(cases[i].domain) };
		struct arena a;
		struct buf b;

		z.now = zone_with(cases[i].zone);
		if (cases[i].base != NULL)
			z.base = zone_with(cases[i].base);
		arena_init(&a, 0);
		buf_init(&b, 4096);
		assert_true(serving_rrsets(&a, &z, &d));
		assert_true(d.has_serial && d.serial == 7);
		for (size_t k = 0; k < d.n_rrsets; k++) {
			buf_adds(&b, k > 0 ? " " : "");
			name_print(&b, &d.rrsets[k].name);
			b.n -= strlen("example.com");
			type_print(&b, d.rrsets[k].type);
		}
		if (!str_eq(buf_str(&b), str_of(cases[i].want)))
			fail_msg("%s: got '%.*s', want '%s'", cases[i].name, (int)b.n, b.p,
			    cases[i].want);
		serving_rrsets_free(&d);
		buf_free(&b);
		arena_free(&a);
		z.now->ops->free(z.now);
		if (z.base != NULL)
			z.base->ops->free(z.base);
	}
}

/* What the servers of example.com are, by the zone that the world knows. */
static void
test_whom_to_ask(void **state)
{
	/* clang-format off */
	static const struct {
		const char *name, *zone, *want; /* HOST ADDRESS, '!' where something depends on it */
	} cases[] = {
		{ "an address of no public network is named, and not asked", "@ NS ns2\nns2 A 127.0.0.1\nns2 AAAA ::1",
		  "ns1.example.net -!;ns2.example.com 127.0.0.1!;ns2.example.com ::1!;" },
		{ "private and documentation networks", "@ NS ns2\nns2 A 10.0.0.1\nns2 AAAA 2001:db8::1",
		  "ns1.example.net -!;ns2.example.com 10.0.0.1!;ns2.example.com 2001:db8::1!;" },
		{ "an address of two names once", "@ NS ns2\n@ NS ns3\nns2 A 10.0.0.1\nns3 A 10.0.0.1",
		  "ns1.example.net -!;ns2.example.com 10.0.0.1!;" },
		{ "a name without address", "@ NS ns2", "ns1.example.net -!;ns2.example.com -!;" },
		{ "more addresses than we ask", "@ NS ns2\nns2 A 10.0.0.1\nns2 A 10.0.0.2\nns2 A 10.0.0.3\n"
		  "ns2 A 10.0.0.4\nns2 A 10.0.0.5",
		  "ns1.example.net -!;ns2.example.com 10.0.0.1!;ns2.example.com 10.0.0.2!;ns2.example.com 10.0.0.3!;"
		  "ns2.example.com 10.0.0.4!;" },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct serving_domain d = { .apex = name_of("example.com") };
		struct world *w = world_new(NULL);
		struct arena a;
		struct buf b;

		world_add(w, zone_with(cases[i].zone));
		arena_init(&a, 0);
		buf_init(&b, 4096);
		assert_int_equal(nameservers_find(&a, &d, w, NULL), AUDIT_OK);
		assert_null(d.trouble);
		for (size_t k = 0; k < d.n_servers; k++) {
			assert_non_null(d.servers[k].skipped);
			name_print(&b, &d.servers[k].host);
			buf_addc(&b, ' ');
			if (d.servers[k].port == 0)
				buf_addc(&b, '-');
			else
				addr_print(&b, &d.servers[k].addr);
			buf_adds(&b, d.servers[k].matters ? "!;" : ";");
		}
		if (!str_eq(buf_str(&b), str_of(cases[i].want)))
			fail_msg("%s: got '%.*s', want '%s'", cases[i].name, (int)b.n, b.p,
			    cases[i].want);
		buf_free(&b);
		arena_free(&a);
		world_free(w);
	}
}

/* Without name servers there is a reason, and it says whether a question failed. */
static void
test_nobody_to_ask(void **state)
{
	static const struct {
		const char *apex;
		bool failed;
	} cases[] = { { "a.example.com", false }, { "example.org", true } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct serving_domain d = { .apex = name_of(cases[i].apex) };
		struct world *w = world_new(NULL);
		struct arena a;

		world_add(w, zone_with(""));
		arena_init(&a, 0);
		assert_int_equal(nameservers_find(&a, &d, w, NULL), AUDIT_OK);
		assert_non_null(d.trouble);
		assert_int_equal(d.cause != CAUSE_NONE, cases[i].failed);
		assert_int_equal(d.n_servers, 0);
		arena_free(&a);
		world_free(w);
	}
}

/* RFC 1982: serials go round. */
static void
test_serials(void **state)
{
	(void)state;
	assert_true(serving_behind(1, 2));
	assert_false(serving_behind(2, 1));
	assert_false(serving_behind(2, 2));
	assert_true(serving_behind(UINT32_MAX, 0));
	assert_false(serving_behind(0, UINT32_MAX));
	assert_true(serving_behind(2026112201, 2026112202));
}

static void
test_advice(void **state)
{
	/* clang-format off */
	static const struct {
		const char *name;
		uint32_t zone, server, other; /* 0 = not known */
		enum serving_advice want;
	} cases[] = {
		{ "another server is ahead", 7, 6, 7, ADVICE_TRANSFER },
		{ "another server is ahead of both", 7, 7, 8, ADVICE_TRANSFER },
		{ "no server has the zone", 7, 6, 6, ADVICE_LOAD },
		{ "the same serial, other records", 7, 7, 7, ADVICE_SERIAL },
		{ "ahead of the zone", 7, 9, 7, ADVICE_SERIAL },
		{ "the zone has no serial", 0, 6, 6, ADVICE_PUBLISH },
		{ "the server told none", 7, 0, 7, ADVICE_PUBLISH },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct serving_server s[2] = { { .has_serial = cases[i].server != 0,
						   .serial = cases[i].server,
						   .state = SERVING_DIFFERS },
			{ .has_serial = true, .serial = cases[i].other, .state = SERVING_AGREES } };
		struct serving_domain d = { .has_serial = cases[i].zone != 0,
			.serial = cases[i].zone,
			.servers = s,
			.n_servers = 2 };
		uint32_t latest;

		if (serving_advice(&d, &s[0], &latest) != cases[i].want)
			fail_msg("%s", cases[i].name);
		assert_int_equal(serving_advice(&d, &s[1], &latest), ADVICE_NONE);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_the_same),
		cmocka_unit_test(test_a_failure_is_no_difference),
		cmocka_unit_test(test_what_is_asked),
		cmocka_unit_test(test_whom_to_ask),
		cmocka_unit_test(test_nobody_to_ask),
		cmocka_unit_test(test_serials),
		cmocka_unit_test(test_advice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
