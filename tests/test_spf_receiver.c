/* SPDX-License-Identifier: ISC */
/*
 * test_spf_receiver.c - each quirk of libspf2, shown on the library itself: what it
 * says, what RFC 7208 says, which term is blamed; and the nearly-same record that
 * both read alike.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include "checks/spf.h"
#include "checks/spf_receiver.h"
#include "tests/tinyzone.h"

#define D "example.com "
#define TXT D "TXT v=spf1 "
#define MX10                                                                                       \
	D "MX 1 a.example.com\n" D "MX 1 b.example.com\n" D "MX 1 c.example.com\n" D               \
	  "MX 1 d.example.com\n" D "MX 1 e.example.com\n" D "MX 1 f.example.com\n" D               \
	  "MX 1 g.example.com\n" D "MX 1 h.example.com\n" D "MX 1 i.example.com\n" D               \
	  "MX 1 j.example.com\n"
#define PTR10                                                                                      \
	"7.2.0.192.in-addr.arpa PTR a.example.org\n7.2.0.192.in-addr.arpa PTR b.example.org\n"     \
	"7.2.0.192.in-addr.arpa PTR c.example.org\n7.2.0.192.in-addr.arpa PTR d.example.org\n"     \
	"7.2.0.192.in-addr.arpa PTR e.example.org\n7.2.0.192.in-addr.arpa PTR f.example.org\n"     \
	"7.2.0.192.in-addr.arpa PTR g.example.org\n7.2.0.192.in-addr.arpa PTR h.example.org\n"     \
	"7.2.0.192.in-addr.arpa PTR i.example.org\n7.2.0.192.in-addr.arpa PTR j.example.org\n"
#define EIGHT(x) " a:a." x " a:a." x " a:a." x " a:a." x " a:a." x " a:a." x " a:a." x " a:a." x
#define SEVEN8                                                                                     \
	"ip4:8.0.0.1 ip4:8.0.0.2 ip4:8.0.0.3 ip4:8.0.0.4 ip4:8.0.0.5 ip4:8.0.0.6 ip4:8.0.0.7 "
#define NINE SEVEN8 "ip4:8.0.0.8 ip4:8.0.0.9 "
#define SIXTYTHREE SEVEN8 SEVEN8 SEVEN8 SEVEN8 SEVEN8 SEVEN8 SEVEN8 SEVEN8 SEVEN8

/* clang-format off */
static const struct {
	const char *name, *zone, *ip, *ours, *theirs;
	enum spf_quirk quirk;
	const char *term;
} cases[] = {
	{ "64 networks", TXT SIXTYTHREE "ip4:192.0.2.7 -all", "192.0.2.7", "pass", "pass", QUIRK_NONE, "" },
	{ "65 networks", TXT SIXTYTHREE "ip4:8.8.8.8 ip4:192.0.2.7 -all", "192.0.2.7", "pass", "neutral",
	  QUIRK_TRUNCATED, "ip4:192.0.2.7" },
	{ "64 and -all", TXT SIXTYTHREE "ip4:8.8.8.8 -all", "192.0.2.7", "fail", "neutral", QUIRK_TRUNCATED, "-all" },
	{ "25 ip6 and all", TXT "ip6:2001:db8::1 ip6:2001:db8::1 ip6:2001:db8::1 ip6:2001:db8::1 ip6:2001:db8::1 "
	  "ip6:2001:db8::1 ip6:2001:db8::1 ip6:2001:db8::1 ip6:2001:db8::1 ip6:2001:db8::1 ip6:2001:db8::1 "
	  "ip6:2001:db8::1 ip6:2001:db8::1 ip6:2001:db8::1 ip6:2001:db8::1 ip6:2001:db8::1 ip6:2001:db8::1 "
	  "ip6:2001:db8::1 ip6:2001:db8::1 ip6:2001:db8::1 ip6:2001:db8::1 ip6:2001:db8::1 ip6:2001:db8::1 "
	  "ip6:2001:db8::1 ip6:2001:db8::1 -all", "192.0.2.7", "fail", "fail", QUIRK_NONE, "" },
	{ "dropped in an include", TXT "include:i.example.com -all\ni.example.com TXT v=spf1 " SIXTYTHREE
	  "a:x.example.com/28 a:y.example.com ip4:192.0.2.7 -all\nx.example.com A 9.9.9.9\ny.example.com A 9.9.9.9",
	  "192.0.2.7", "pass", "fail", QUIRK_TRUNCATED, "a:y.example.com" },
	{ "ip4 /0", TXT "ip4:0.0.0.0/0 -all", "192.0.2.7", "pass", "permerror", QUIRK_CIDR_ZERO, "ip4:0.0.0.0/0" },
	{ "a //0", D "A 192.0.2.7\n" TXT "a//0 -all", "192.0.2.7", "pass", "permerror", QUIRK_CIDR_ZERO, "a//0" },
	{ "a //1", D "A 192.0.2.7\n" TXT "a//1 -all", "192.0.2.7", "pass", "pass", QUIRK_NONE, "" },
	{ "/0 in an include", TXT "include:i.example.com -all\ni.example.com TXT v=spf1 ip6:::/0 ip4:192.0.2.7 -all",
	  "192.0.2.7", "pass", "permerror", QUIRK_CIDR_ZERO, "ip6:::/0" },
	{ "redirect first", TXT "redirect=i.example.com ip4:192.0.2.7\ni.example.com TXT v=spf1 -all", "192.0.2.7",
	  "pass", "fail", QUIRK_REDIRECT, "redirect=i.example.com" },
	{ "redirect last", TXT "ip4:192.0.2.7 redirect=i.example.com\ni.example.com TXT v=spf1 -all", "192.0.2.7",
	  "pass", "pass", QUIRK_NONE, "" },
	{ "redirect before all", TXT "redirect=i.example.com ~all\ni.example.com TXT v=spf1 ip4:192.0.2.7 -all", "192.0.2.7",
	  "softfail", "pass", QUIRK_REDIRECT, "redirect=i.example.com" },
	{ "dot in a modifier", TXT "a.b=c ip4:192.0.2.7 -all", "192.0.2.7", "pass", "permerror", QUIRK_MODIFIER_DOT, "a.b=c" },
	{ "dash in a modifier", TXT "a-b=c ip4:192.0.2.7 -all", "192.0.2.7", "pass", "pass", QUIRK_NONE, "" },
	{ "%{d2} of two labels", TXT "exists:%{d2}.x.example.com -all\nexample.com.x.example.com A 127.0.0.2", "192.0.2.7",
	  "pass", "fail", QUIRK_MACRO_NUMBER, "exists:%{d2}.x.example.com" },
	{ "%{d1} of two labels", TXT "exists:%{d1}.x.example.com -all\ncom.x.example.com A 127.0.0.2", "192.0.2.7",
	  "pass", "pass", QUIRK_NONE, "" },
	{ "16 lookups in two includes", TXT "include:i.example.com include:j.example.com ip4:192.0.2.7 -all\n"
	  "a.example.com A 9.9.9.9\ni.example.com TXT v=spf1" EIGHT("example.com") " -all\n"
	  "j.example.com TXT v=spf1" EIGHT("example.com") " -all", "192.0.2.7", "permerror", "pass", QUIRK_LOOKUPS,
	  "a:a.example.com" },
	{ "three voids", TXT "a:x.example.com a:y.example.com a:z.example.com ip4:192.0.2.7 -all", "192.0.2.7",
	  "permerror", "pass", QUIRK_VOIDS, "a:z.example.com" },
	{ "two voids", TXT "a:x.example.com a:y.example.com ip4:192.0.2.7 -all", "192.0.2.7", "pass", "pass", QUIRK_NONE, "" },
	{ "11 PTR records", TXT "ptr ip4:192.0.2.7 -all\n" PTR10 "7.2.0.192.in-addr.arpa PTR k.example.org", "192.0.2.7",
	  "pass", "permerror", QUIRK_PTR_NAMES, "ptr" },
	{ "10 PTR records", TXT "ptr ip4:192.0.2.7 -all\n" PTR10, "192.0.2.7", "pass", "pass", QUIRK_NONE, "" },
	{ "11 exchangers, one ours", TXT "mx -all\n" MX10 D "MX 1 k.example.com\na.example.com A 192.0.2.7", "192.0.2.7",
	  "permerror", "pass", QUIRK_MX_NAMES, "mx" },
	{ "PTR fails", TXT "ptr ip4:192.0.2.7 -all\n7.2.0.192.in-addr.arpa FAIL", "192.0.2.7", "pass", "temperror",
	  QUIRK_ERRORS, "ptr" },
	{ "redirect twice", TXT "ip4:192.0.2.7 redirect=i.example.com redirect=i.example.com\ni.example.com TXT v=spf1 -all",
	  "192.0.2.7", "permerror", "pass", QUIRK_TWICE, "redirect=i.example.com" },
	{ "bad macro", TXT "ip4:192.0.2.7 exists:%x.example.com -all", "192.0.2.7", "permerror", "pass", QUIRK_MACRO,
	  "exists:%x.example.com" },
	{ "leading zero", TXT "ip4:192.0.2.0/024 -all", "192.0.2.7", "permerror", "pass", QUIRK_CIDR_FORM, "ip4:192.0.2.0/024" },
	{ "no top level", TXT "ip4:192.0.2.7 a:x.1 -all", "192.0.2.7", "permerror", "pass", QUIRK_DOMAIN, "a:x.1" },
	{ "no name", TXT "ip4:192.0.2.7 a: -all", "192.0.2.7", "permerror", "pass", QUIRK_DOMAIN, "a:" },
	{ "redirect with a colon", TXT "ip4:192.0.2.7 redirect:i.example.com", "192.0.2.7", "permerror", "pass", QUIRK_COLON,
	  "redirect:i.example.com" },
	{ "not ASCII", TXT "ip4:192.0.2.7 a:b\303\244r.example.com -all", "192.0.2.7", "permerror", "pass", QUIRK_BYTE,
	  "a:b\303\244r.example.com" },
	{ "v4-mapped", TXT "ip4:192.0.2.7 -all", "::ffff:192.0.2.7", "pass", "pass", QUIRK_NONE, "" },
	{ "a record by type 99 alone", D "SPF v=spf1 -all", "192.0.2.7", "none", "none", QUIRK_NONE, "" },
	{ "a lookup fails", D "FAIL TXT", "192.0.2.7", "temperror", "temperror", QUIRK_NONE, "" },
	{ "it includes itself", TXT "include:example.com -all", "192.0.2.7", "permerror", "permerror", QUIRK_NONE, "" },
	{ "loop of two", TXT "include:i.example.com -all\ni.example.com TXT v=spf1 include:example.com -all", "192.0.2.7",
	  "permerror", "permerror", QUIRK_NONE, "" },
	{ "name beyond 253", TXT "exists:%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}."
	  "%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d} -all", "192.0.2.7", "fail", "fail", QUIRK_NONE, "" },
};
/* WANT: type of the answer that the library's verdict would hang on; 0 = none. */
static const struct {
	const char *name, *zone;
	uint16_t want;
} lacks[] = {
	{ "it reads on past the limit", TXT "include:i.example.com include:j.example.com include:k.example.com -all\n"
	  "a.example.com A 9.9.9.9\ni.example.com TXT v=spf1" EIGHT("example.com") " -all\n"
	  "j.example.com TXT v=spf1" EIGHT("example.com") " -all\nk.example.com FAIL TXT", RR_TXT },
	{ "all that it reads is there", TXT "include:i.example.com include:j.example.com ip4:192.0.2.7 -all\n"
	  "a.example.com A 9.9.9.9\ni.example.com TXT v=spf1" EIGHT("example.com") " -all\n"
	  "j.example.com TXT v=spf1" EIGHT("example.com") " -all", 0 },
	{ "both meet the failure", TXT "include:k.example.com -all\nk.example.com FAIL TXT", 0 },
	{ "a name with macros", TXT "include:i.example.com include:j.example.com exists:%{l}.k.example.com -all\n"
	  "a.example.com A 9.9.9.9\ni.example.com TXT v=spf1" EIGHT("example.com") " -all\n"
	  "j.example.com TXT v=spf1" EIGHT("example.com") " -all\npostmaster.k.example.com FAIL A", RR_A },
	{ "a PTR that a server fails on", TXT "ptr ip4:192.0.2.7 -all\n7.2.0.192.in-addr.arpa FAIL", 0 },
};
/* clang-format on */

static void
test_what_nobody_knows_is_no_difference(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lacks); i++) {
		struct subject subject = { .n_ips = 0 };
		struct spf_sender s = { .domain = STR("example.com") };
		struct spf_verdict v;
		struct tiny t;

		tiny_init(&t, lacks[i].zone, &subject);
		assert_int_equal(addr_parse(STR("192.0.2.7"), &s.ip), ADDR_OK);
		spf_eval(&t.au, &s, &v);
		const struct answer *a = spf_receiver(&t.au, &s);
		const struct answer *lacking = spf_receiver_lacks(&t.au, &v, &s.ip, a);
		uint16_t got = lacking != NULL ? lacking->q.type : 0;
		if (got != lacks[i].want)
			fail_msg("%s: %s and %s, lacks type %u", lacks[i].name,
			    spf_result_name(v.result), spf_result_name(a->receiver->result), got);
		tiny_free(&t);
	}
}

static void
try_case(size_t i, struct buf *why)
{
	struct subject subject = { .n_ips = 0 };
	struct spf_sender s = { .helo = STR("mail.example.net"),
		.local = STR("someone"),
		.domain = STR("example.com") };
	struct spf_difference d = { .quirk = QUIRK_NONE };
	struct spf_verdict v;
	struct tiny t;

	tiny_init(&t, cases[i].zone, &subject);
	assert_int_equal(addr_parse(str_of(cases[i].ip), &s.ip), ADDR_OK);
	spf_eval(&t.au, &s, &v);
	const struct answer *a = spf_receiver(&t.au, &s);
	assert_non_null(a);
	if (a->status != ANSWER_FOUND)
		fail_msg("%s: %s", cases[i].name, cause_name(a->cause));
	if (a->receiver->result != v.result)
		d = spf_differ(&t.au, &v, a->receiver);
	if (strcmp(spf_result_name(v.result), cases[i].ours) != 0 ||
	    strcmp(spf_result_name(a->receiver->result), cases[i].theirs) != 0 ||
	    d.quirk != cases[i].quirk || !str_eq(d.term, str_of(cases[i].term))) {
		buf_adds(why, cases[i].name);
		buf_adds(why, ": ");
		buf_adds(why, spf_result_name(v.result));
		buf_adds(why, ", libspf2 ");
		buf_adds(why, spf_result_name(a->receiver->result));
		buf_adds(why, ", it ");
		buf_adds(why, spf_quirk_text(d.quirk));
		buf_adds(why, " at '");
		buf_add_escaped(why, d.term);
		buf_adds(why, "'\n");
	}
	tiny_free(&t);
}

static void
test_each_quirk_is_the_library_s(void **state)
{
	bool shown[QUIRK_COUNT] = { false };
	struct buf why;

	(void)state;
	buf_init(&why, 1 << 16);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		try_case(i, &why);
		shown[cases[i].quirk] = true;
	}
	if (why.n > 0)
		fail_msg("\n%.*s", (int)why.n, why.p);
	buf_free(&why);
	for (size_t q = 0; q < QUIRK_COUNT; q++)
		if (!shown[q])
			fail_msg("no row shows: %s", spf_quirk_text((enum spf_quirk)q));
}

/* On loopback addresses the library says pass whatever is published. */
static void
test_loopback_is_not_asked(void **state)
{
	static const char *const local[] = { "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1" };
	struct subject subject = { .n_ips = 0 };
	struct tiny t;

	(void)state;
	tiny_init(&t, TXT "-all", &subject);
	for (size_t i = 0; i < ARRAY_LEN(local); i++) {
		struct spf_sender s = { .domain = STR("example.com") };

		assert_int_equal(addr_parse(str_of(local[i]), &s.ip), ADDR_OK);
		assert_null(spf_receiver(&t.au, &s));
	}
	tiny_free(&t);
}

/* That is said of the run, once, and by nothing that touches the domain's verdict. */
static void
test_not_started_is_told_of_the_run(void **state)
{
	static const struct addr ips[] = { { false, { 8, 8, 8, 8 } }, { false, { 8, 8, 7, 7 } } };
	struct subject s = { .domain = tiny_name("example.com"), .ips = ips, .n_ips = 2 };
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	tiny_check(D "MX 1 mx.example.com\nmx.example.com A 8.8.8.8\n" TXT
		     "ip4:8.8.0.0/16 -all\n- NOLIBSPF2",
	    &s, check_spf, &b);
	buf_addc(&b, '\0');
	assert_string_equal(b.p, "spf-host-none spf-libspf2-not-started");
	assert_true(rule_of(RULE_SPF_LIBSPF2_NOT_STARTED)->run);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_quirk_is_the_library_s),
		cmocka_unit_test(test_what_nobody_knows_is_no_difference),
		cmocka_unit_test(test_loopback_is_not_asked),
		cmocka_unit_test(test_not_started_is_told_of_the_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
