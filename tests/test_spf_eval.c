/* SPDX-License-Identifier: ISC */
/*
 * test_spf_eval.c - check_host() in small worlds: the result, the path to the
 * term that decided, lookups and voids, the explanation.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include "checks/spf.h"
#include "checks/spf_receiver.h"
#include "report/report.h"
#include "tests/rows.h"

#define D "example.com "
#define X "\nx.example.com "
#define ORDERS 6

/* clang-format off */
/* WANT: result, path, "LOOKUPS/VOIDS", and in parentheses why; as a row of test_results shows. */
static const struct {
	const char *name, *zone, *ip, *want;
} rows[] = {
	/* 4.3 to 4.7 */
	{ "none", D "A 8.8.8.8", "8.8.8.8", "none . 0/0" },
	{ "none, no name", "example.org A 8.8.8.8", "8.8.8.8", "none . 0/0" },
	{ "own record fails", D "FAIL -", "8.8.8.8", "temperror . 0/0 (a lookup failed)" },
	{ "several", D "TXT v=spf1 -all\n" D "TXT v=spf1 ~all", "8.8.8.8",
	    "permerror . 0/0 (there is more than one SPF record)" },
	{ "other texts", D "TXT x=1\n" D "TXT v=spf1 -all\n" D "TXT v=spf10", "8.8.8.8", "fail -all 0/0" },
	{ "error behind a match", D "TXT v=spf1 ip4:8.8.8.8 moo -all", "8.8.8.8",
	    "permerror moo 0/0 (the record has a syntax error)" },
	{ "default", D "TXT v=spf1 ip4:8.8.4.4", "8.8.8.8", "neutral . 0/0" },
	{ "empty record", D "TXT v=spf1", "8.8.8.8", "neutral . 0/0" },
	{ "first match", D "TXT v=spf1 ?ip4:8.8.8.0/24 ip4:8.8.8.8 -all", "8.8.8.8", "neutral ?ip4:8.8.8.0/24 0/0" },
	{ "softfail", D "TXT v=spf1 ~all", "8.8.8.8", "softfail ~all 0/0" },
	{ "case", D "TXT V=SPF1 IP4:8.8.8.8 -ALL", "8.8.8.8", "pass IP4:8.8.8.8 0/0" },
	{ "alias", D "CNAME m.example.net\nm.example.net TXT v=spf1 a -all\nm.example.net A 8.8.8.8",
	    "8.8.8.8", "pass a 1/0" },
	/* 5.1 to 5.7 */
	{ "behind all", D "TXT v=spf1 -all ip4:8.8.8.8", "8.8.8.8", "fail -all 0/0" },
	{ "ip4 is no ip6", D "TXT v=spf1 ip4:0.0.0.0/0 -all", "2001:db8::1", "fail -all 0/0" },
	{ "ip6", D "TXT v=spf1 ip6:2001:db8::/32 -all", "2001:db8:1::1", "pass ip6:2001:db8::/32 0/0" },
	{ "mapped", D "TXT v=spf1 ip4:8.8.8.8 -all", "::ffff:8.8.8.8", "pass ip4:8.8.8.8 0/0" },
	{ "a", D "A 8.8.8.8\n" D "TXT v=spf1 a -all", "8.8.8.8", "pass a 1/0" },
	{ "a/24", D "A 8.8.8.1\n" D "TXT v=spf1 a/24 -all", "8.8.8.8", "pass a/24 1/0" },
	{ "a/24 is no a//24", D "A 8.8.8.1\n" D "AAAA 2001:db8::1\n" D "TXT v=spf1 a/24 -all",
	    "2001:db8::2", "fail -all 1/0" },
	{ "a//64", D "AAAA 2001:db8::1\n" D "TXT v=spf1 a//64 -all", "2001:db8::2", "pass a//64 1/0" },
	{ "a asks one family", D "A 8.8.8.1\n" D "TXT v=spf1 a -all", "2001:db8::2", "fail -all 1/1" },
	{ "a fails", D "FAILA -\n" D "TXT v=spf1 a -all", "8.8.8.8", "temperror a 1/0 (a lookup failed)" },
	{ "a fails in the other family", D "FAILA -\n" D "AAAA 2001:db8::1\n" D "TXT v=spf1 a -all",
	    "2001:db8::1", "pass a 1/0" },
	{ "match before the failure", D "FAILA -\n" D "TXT v=spf1 ip4:8.8.8.8 a -all", "8.8.8.8", "pass ip4:8.8.8.8 0/0" },
	{ "a without name", D "TXT v=spf1 a:x..example.com -all", "8.8.8.8", "fail -all 1/0" },
	{ "mx", D "MX m.example.com\nm.example.com A 8.8.8.8\n" D "TXT v=spf1 mx -all", "8.8.8.8", "pass mx 1/0" },
	{ "mx/24", D "MX m.example.com\nm.example.com A 8.8.8.1\n" D "TXT v=spf1 mx/24 -all", "8.8.8.8", "pass mx/24 1/0" },
	{ "no implicit mx", D "A 8.8.8.8\n" D "TXT v=spf1 mx -all", "8.8.8.8", "fail -all 1/1" },
	{ "null mx", D "MX .\n" D "TXT v=spf1 mx -all", "8.8.8.8", "fail -all 1/0" },
	{ "exists", "8.8.8.8.x.example.com A 127.0.0.2\n" D "TXT v=spf1 exists:%{i}.x.example.com -all",
	    "8.8.8.8", "pass exists:%{i}.x.example.com 1/0" },
	{ "exists asks A for IPv6", D "TXT v=spf1 exists:x.example.com -all" X "A 127.0.0.2",
	    "2001:db8::1", "pass exists:x.example.com 1/0" },
	{ "exists, AAAA only", D "TXT v=spf1 exists:x.example.com -all" X "AAAA 2001:db8::1",
	    "2001:db8::1", "fail -all 1/1" },
	{ "ptr", D "TXT v=spf1 ptr -all\nm.example.com A 8.8.8.8\n8.8.8.8.in-addr.arpa PTR m.example.com",
	    "8.8.8.8", "pass ptr 1/0" },
	{ "ptr elsewhere", D "TXT v=spf1 ptr -all\nm.example.org A 8.8.8.8\n8.8.8.8.in-addr.arpa PTR m.example.org",
	    "8.8.8.8", "fail -all 1/0" },
	{ "ptr unconfirmed", D "TXT v=spf1 ptr -all\nm.example.com A 8.8.8.9\n8.8.8.8.in-addr.arpa PTR m.example.com",
	    "8.8.8.8", "fail -all 1/0" },
	{ "ptr fails", D "TXT v=spf1 ptr -all\n8.8.8.8.in-addr.arpa FAIL -", "8.8.8.8", "fail -all 1/0" },
	{ "ptr name fails", D "TXT v=spf1 ptr -all\nm.example.com FAIL -\nn.example.com A 8.8.8.8\n"
	    "8.8.8.8.in-addr.arpa PTR m.example.com\n8.8.8.8.in-addr.arpa PTR n.example.com", "8.8.8.8", "pass ptr 1/0" },
	/* 5.2 and 6.1 */
	{ "include passes", D "TXT v=spf1 include:x.example.com -all" X "TXT v=spf1 ip4:8.8.8.8 -all",
	    "8.8.8.8", "pass include:x.example.com>ip4:8.8.8.8 1/0" },
	{ "include fails", D "TXT v=spf1 include:x.example.com ~all" X "TXT v=spf1 -all", "8.8.8.8", "softfail ~all 1/0" },
	{ "include turned", D "TXT v=spf1 -include:x.example.com ~all" X "TXT v=spf1 ip4:8.8.8.8", "8.8.8.8",
	    "fail -include:x.example.com>ip4:8.8.8.8 1/0" },
	{ "include of nothing", D "TXT v=spf1 include:x.example.com ~all", "8.8.8.8",
	    "permerror include:x.example.com 1/1 (the target has no SPF record)" },
	{ "include of no record", D "TXT v=spf1 include:x.example.com ~all" X "TXT moo", "8.8.8.8",
	    "permerror include:x.example.com 1/0 (the target has no SPF record)" },
	{ "include fails to answer", D "TXT v=spf1 include:x.example.com ~all" X "FAIL -", "8.8.8.8",
	    "temperror include:x.example.com>. 1/0 (a lookup failed)" },
	{ "include faulty", D "TXT v=spf1 include:x.example.com ~all" X "TXT v=spf1 ip4:1", "8.8.8.8",
	    "permerror include:x.example.com>ip4:1 1/0 (the record has a syntax error)" },
	{ "all of an include", D "TXT v=spf1 include:x.example.com -all" X "TXT v=spf1 redirect=y.example.com\n"
	    "y.example.com TXT v=spf1 ip4:8.8.8.8 ~all", "8.8.8.8",
	    "pass include:x.example.com>redirect=y.example.com>ip4:8.8.8.8 2/0" },
	{ "redirect", D "TXT v=spf1 redirect=x.example.com" X "TXT v=spf1 a ~all", "8.8.8.8",
	    "softfail redirect=x.example.com>~all 2/1" },
	{ "redirect in front", D "TXT v=spf1 redirect=x.example.com ip4:8.8.8.8" X "TXT v=spf1 -all", "8.8.8.8",
	    "pass ip4:8.8.8.8 0/0" },
	{ "redirect beside all", D "TXT v=spf1 redirect=x.example.com ?all", "8.8.8.8", "neutral ?all 0/0" },
	{ "redirect to nothing", D "TXT v=spf1 redirect=x.example.com" X "TXT moo", "8.8.8.8",
	    "permerror redirect=x.example.com 1/0 (the target has no SPF record)" },
	{ "loop", D "TXT v=spf1 redirect=example.com", "8.8.8.8",
	    "permerror redirect=example.com>redirect=example.com>redirect=example.com>redirect=example.com>"
	    "redirect=example.com>redirect=example.com>redirect=example.com>redirect=example.com>"
	    "redirect=example.com>redirect=example.com>redirect=example.com 10/0 (more than 10 terms cause lookups)" },
	/* 4.6.4 */
	{ "10 lookups", D "A 8.8.4.4\n" D "TXT v=spf1 a a a a a a a a a a -all", "8.8.8.8", "fail -all 10/0" },
	{ "11 lookups", D "A 8.8.4.4\n" D "TXT v=spf1 a a a a a a a a a a exists:x.example.com -all", "8.8.8.8",
	    "permerror exists:x.example.com 10/0 (more than 10 terms cause lookups)" },
	{ "11 lookups, matched before", D "A 8.8.4.4\n" D "TXT v=spf1 a a a a a a a a a ip4:8.8.8.8 a a -all", "8.8.8.8",
	    "pass ip4:8.8.8.8 9/0" },
	{ "2 voids", D "TXT v=spf1 a exists:y.example.com -all", "8.8.8.8", "fail -all 2/2" },
	{ "3 voids", D "TXT v=spf1 a exists:y.example.com mx -all", "8.8.8.8",
	    "permerror mx 3/3 (more than 2 lookups found nothing)" },
	{ "3 voids, matched before", D "TXT v=spf1 a exists:y.example.com ip4:8.8.8.8 mx -all", "8.8.8.8",
	    "pass ip4:8.8.8.8 2/2" },
	/* 7.3 */
	{ "target cut to 253", D "TXT v=spf1 exists:%{o}.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.com "
	    "-all\ncom.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.com A 127.0.0.2",
	    "8.8.8.8", "*pass" },
};

/* The text at e.example.com, and what becomes of it. */
static const struct {
	const char *name, *text, *ip, *want;
} texts[] = {
	{ "plain", "go away", "8.8.8.8", "go away" },
	{ "who", "%{s}|: %{l} %{o} %{d}", "8.8.8.8", "strong-bad@mail.example.com: strong-bad mail.example.com mail.example.com" },
	{ "address", "%{i} %{c} %{v} %{ir}", "192.0.2.3", "192.0.2.3 192.0.2.3 in-addr 3.2.0.192" },
	{ "address, IPv6", "%{c} %{v} %{i}", "2001:db8::cb01", "2001:db8::cb01 ip6 "
	    "2.0.0.1.0.d.b.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.c.b.0.1" },
	{ "RFC 7208 7.4", "%{d4} %{d3} %{d2} %{d1} %{dr} %{d2r} %{l-} %{lr} %{lr-} %{l1r-}", "8.8.8.8",
	    "mail.example.com mail.example.com example.com com com.example.mail example.mail "
	    "strong.bad strong-bad bad.strong strong" },
	{ "receiver and time", "%{r} %{t} %{h}", "8.8.8.8", "unknown 1795000000 helo.example.org" },
	{ "escapes", "%% %_ %-", "8.8.8.8", "%   %20" },
	{ "URL", "http://x/?s=%{S}&i=%{I}", "8.8.8.8", "http://x/?s=strong-bad%40mail.example.com&i=8.8.8.8" },
	{ "no validated name", "%{p}", "8.8.8.8", "unknown" },
	{ "validated", "%{p} %{p1}", "192.0.2.9", "mx.mail.example.com com" },
	{ "bad macro", "go %{x} away", "8.8.8.8", "" },
	{ "half a macro", "go away %", "8.8.8.8", "" },
	{ "not ASCII", "pas m\\xc3\\xb6glich", "8.8.8.8", "" },
	{ "empty", "", "8.8.8.8", "" },
	{ "two", "one\ne.example.com TXT two", "8.8.8.8", "" },
};
/* clang-format on */

static struct name
name_of(const char *text)
{
	struct name n;
	assert_int_equal(name_parse(str_of(text), &n), NAME_OK);
	return n;
}

static void
describe(struct buf *b, const struct spf_verdict *v)
{
	buf_reset(b);
	buf_adds(b, spf_result_name(v->result));
	buf_addc(b, ' ');
	for (size_t i = 0; i < v->n_path; i++) {
		if (i > 0)
			buf_addc(b, '>');
		buf_add(b, v->path[i].term.n > 0 ? v->path[i].term : STR("."));
	}
	buf_addc(b, ' ');
	buf_addu(b, v->lookups);
	buf_addc(b, '/');
	buf_addu(b, v->voids);
	if (v->why != WHY_NONE) {
		buf_adds(b, " (");
		buf_adds(b, spf_why_text(v->why));
		buf_addc(b, ')');
	}
}

/* Appends the questions of the last run. */
static void
add_asked(struct buf *b, struct rows *r)
{
	const struct inquiry_entry **list;
	size_t n = inquiry_asked(&r->q, &r->run, &list);
	for (size_t i = 0; i < n; i++) {
		buf_addc(b, ' ');
		name_print(b, &list[i]->q.name);
		buf_addc(b, '/');
		buf_addu(b, list[i]->q.type);
	}
}

static bool
is_wanted(const char *want, struct str got)
{
	return want[0] == '*' ? str_has_prefix(got, str_of(want + 1)) : str_eq(got, str_of(want));
}

static void
test_results(void **state)
{
	struct buf got, first;
	(void)state;
	buf_init(&got, 10000);
	buf_init(&first, 10000);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct addr ip;
		struct subject s = { .domain = name_of("example.com"), .ips = &ip, .n_ips = 1 };
		assert_int_equal(addr_parse(str_of(rows[i].ip), &ip), ADDR_OK);
		for (uint64_t seed = 0; seed < ORDERS; seed++) {
			struct rows r;
			rows_run(&r, rows[i].zone, &s, check_sender, seed);
			assert_false(r.facts.sender->pending);
			describe(&got, r.facts.sender);
			if (!is_wanted(rows[i].want, buf_str(&got)))
				fail_msg("%s, order %d: got '%.*s', want '%s'", rows[i].name,
				    (int)seed, (int)got.n, got.p, rows[i].want);
			add_asked(&got, &r);
			if (seed == 0) {
				buf_reset(&first);
				buf_add(&first, buf_str(&got));
			}
			if (!str_eq(buf_str(&got), buf_str(&first)))
				fail_msg("%s: order %d asks otherwise", rows[i].name, (int)seed);
			rows_free(&r);
		}
	}
	buf_free(&got);
	buf_free(&first);
}

static void
test_explanations(void **state)
{
	struct buf zone;
	(void)state;
	buf_init(&zone, 10000);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct addr ip;
		struct rows r;
		struct subject s = { .domain = name_of("mail.example.com"),
			.helo = name_of("helo.example.org"),
			.mail_from_local = STR("strong-bad"),
			.ips = &ip,
			.n_ips = 1 };
		assert_int_equal(addr_parse(str_of(texts[i].ip), &ip), ADDR_OK);
		buf_reset(&zone);
		buf_adds(&zone, "mail.example.com TXT v=spf1 exp=e.example.com -all\n"
				"9.2.0.192.in-addr.arpa PTR a.example.org\n"
				"9.2.0.192.in-addr.arpa PTR mx.mail.example.com\n"
				"a.example.org A 192.0.2.9\nmx.mail.example.com A 192.0.2.9\n"
				"e.example.com TXT ");
		buf_adds(&zone, texts[i].text);
		buf_addc(&zone, '\0');
		rows_run(&r, zone.p, &s, check_sender, i % 2);
		const struct spf_verdict *v = r.facts.sender;
		if (v->result != RESULT_FAIL || !str_eq(v->explanation, str_of(texts[i].want)))
			fail_msg("%s: got %s, '%.*s', want '%s'", texts[i].name,
			    spf_result_name(v->result), (int)v->explanation.n, v->explanation.p,
			    texts[i].want);
		rows_free(&r);
	}
	buf_free(&zone);
}

/* RFC 7208 6.2: of the record that gave the result, and of no include. */
static void
test_whose_explanation(void **state)
{
	static const struct {
		const char *zone, *want;
	} cases[] = {
		{ D "TXT v=spf1 redirect=x.example.com exp=e.example.com" X
		    "TXT v=spf1 -all exp=f.example.com\ne.example.com TXT e\nf.example.com TXT f",
		    "f" },
		{ D "TXT v=spf1 include:x.example.com -all exp=e.example.com" X
		    "TXT v=spf1 -all exp=f.example.com\ne.example.com TXT e\nf.example.com TXT f",
		    "e" },
		{ D "TXT v=spf1 include:x.example.com -all" X
		    "TXT v=spf1 -all exp=f.example.com\nf.example.com TXT f",
		    "" },
		{ D "TXT v=spf1 exp=e.example.com -all\ne.example.com FAIL -", "" },
		{ D "TXT v=spf1 exp=e.example.com ~all\ne.example.com TXT e", "" },
	};
	struct addr ip;
	struct subject s = { .domain = name_of("example.com"), .ips = &ip, .n_ips = 1 };
	(void)state;
	assert_int_equal(addr_parse(STR("8.8.8.8"), &ip), ADDR_OK);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct rows r;
		rows_run(&r, cases[i].zone, &s, check_sender, i);
		struct str got = r.facts.sender->explanation;
		if (!str_eq(got, str_of(cases[i].want)))
			fail_msg("%zu: got '%.*s'", i, (int)got.n, got.p);
		rows_free(&r);
	}
}

/* RFC 7208 2.4, 4.3: HELO under a null reverse-path, if it can be a domain at all. */
static void
test_helo(void **state)
{
	static const struct {
		const char *helo, *want;
	} cases[] = {
		{ "mail.example.com", "pass" },
		{ "other.example.com", "none" },
		{ "com", "none" },
	};
	struct addr ip;
	(void)state;
	assert_int_equal(addr_parse(STR("8.8.8.8"), &ip), ADDR_OK);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct rows r;
		struct subject s = { .domain = name_of("example.com"),
			.helo = name_of(cases[i].helo),
			.mail_from_given = true,
			.mail_from_null = true,
			.mail_from_local = STR("nobody"),
			.ips = &ip,
			.n_ips = 1 };
		rows_run(&r,
		    "mail.example.com TXT v=spf1 exists:%{l}.x.example.com -all\n"
		    "postmaster.x.example.com A 127.0.0.2\n" D
		    "TXT v=spf1 -all\ncom TXT v=spf1 +all",
		    &s, check_sender, i);
		assert_string_equal(spf_result_name(r.facts.sender->result), cases[i].want);
		assert_true(str_eq(r.facts.sender->identity, STR("helo")));
		rows_free(&r);
	}
}

/* N lines made of BEFORE, a letter and AFTER. */
static void
add_lines(struct buf *b, unsigned n, const char *before, const char *after)
{
	for (unsigned i = 0; i < n; i++) {
		buf_adds(b, before);
		buf_addc(b, (char)('a' + i));
		buf_adds(b, after);
	}
}

/* RFC 7208 4.6.4: 10 names of mx, 10 of ptr; the eleventh is an error there, and ignored here. */
static void
test_limits_of_names(void **state)
{
	static const struct {
		unsigned n;
		const char *term, *want;
	} cases[] = {
		{ 10, "mx", "pass" },
		{ 11, "mx", "permerror" },
		{ 9, "ptr", "pass" },
		{ 10, "ptr", "fail" },
	};
	struct addr ip;
	struct subject s = { .domain = name_of("example.com"), .ips = &ip, .n_ips = 1 };
	struct buf b;
	(void)state;
	buf_init(&b, 10000);
	assert_int_equal(addr_parse(STR("8.8.8.8"), &ip), ADDR_OK);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		bool mx = strcmp(cases[i].term, "mx") == 0;
		struct rows r;
		buf_reset(&b);
		buf_adds(&b, D "TXT v=spf1 ");
		buf_adds(&b, cases[i].term);
		buf_adds(&b, " -all\n");
		if (mx) {
			add_lines(&b, cases[i].n, D "MX ", ".example.com\n");
			add_lines(&b, cases[i].n, "", ".example.com A 8.8.8.8\n");
		} else {
			add_lines(&b, cases[i].n, "8.8.8.8.in-addr.arpa PTR ", ".example.com\n");
			add_lines(&b, cases[i].n, "", ".example.com A 8.8.4.4\n");
			buf_adds(&b,
			    "8.8.8.8.in-addr.arpa PTR z.example.com\nz.example.com A 8.8.8.8\n");
		}
		buf_addc(&b, '\0');
		rows_run(&r, b.p, &s, check_sender, i);
		if (strcmp(spf_result_name(r.facts.sender->result), cases[i].want) != 0)
			fail_msg("%zu: %s", i, spf_result_name(r.facts.sender->result));
		rows_free(&r);
	}
	buf_free(&b);
}

/* The record proposed for 8.8.8.8 and 2a00::1 in ZONE into B; empty when none is. */
static void
proposed(const char *zone, struct buf *b)
{
	struct addr ips[2];
	struct subject s = { .domain = name_of("example.com"), .ips = ips, .n_ips = 2 };
	struct rows r;
	assert_int_equal(addr_parse(STR("8.8.8.8"), &ips[0]), ADDR_OK);
	assert_int_equal(addr_parse(STR("2a00::1"), &ips[1]), ADDR_OK);
	rows_run(&r, zone, &s, check_spf, 1);
	buf_reset(b);
	for (const struct finding *f = r.findings.first; f != NULL; f = f->next)
		if (f->id == RULE_SPF_NOT_PASS && f->remedy.n_changes == 1) {
			buf_reset(b);
			buf_add(b, f->remedy.changes[0].new);
		}
	rows_free(&r);
}

/* Exactly the addresses given, where a term there decides; nothing where it would not help. */
static void
test_remedies(void **state)
{
	static const struct {
		const char *name, *zone, *want;
	} cases[] = {
		{ "both", D "TXT v=spf1 ip4:8.8.4.4 -all",
		    "v=spf1 ip4:8.8.4.4 ip4:8.8.8.8 ip6:2a00::1 -all" },
		{ "one", D "TXT v=spf1 ip4:8.8.8.8 ~all", "v=spf1 ip4:8.8.8.8 ip6:2a00::1 ~all" },
		{ "all of them pass", D "TXT v=spf1 ip4:8.8.8.8 ip6:2a00::1 ~all", "" },
		{ "no all", D "TXT v=spf1 ip4:8.8.4.4 ",
		    "v=spf1 ip4:8.8.4.4 ip4:8.8.8.8 ip6:2a00::1 " },
		{ "redirect", D "TXT v=spf1 redirect=x.example.com" X "TXT v=spf1 -all",
		    "v=spf1 ip4:8.8.8.8 ip6:2a00::1 redirect=x.example.com" },
		{ "term that refuses", D "TXT v=spf1 -ip4:8.8.8.0/24 ip6:2a00::1 -all", "" },
		{ "error", D "TXT v=spf1 moo -all", "" },
		{ "terms behind all", D "TXT v=spf1 ip4:8.8.4.4 -all include:x.example.com", "" },
		{ "target that is an error", D "TXT v=spf1 ?all include:x.example.com", "" },
		{ "several", D "TXT v=spf1 -all\n" D "TXT v=spf1 ~all", "" },
		{ "lookup fails", D "TXT v=spf1 a ~all\n" D "FAILA -\n" D "FAILAAAA -", "" },
		{ "record of somebody else", D "CNAME x.example.net\nx.example.net TXT v=spf1 -all",
		    "" },
		{ "everybody passes but IPv6", D "TXT v=spf1 ip4:0.0.0.0/0 -all", "" },
	};
	struct buf got, quoted;
	(void)state;
	buf_init(&got, 10000);
	buf_init(&quoted, 10000);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		proposed(cases[i].zone, &got);
		buf_reset(&quoted);
		if (cases[i].want[0] != '\0')
			txt_print(&quoted, str_of(cases[i].want));
		if (!str_eq(buf_str(&got), buf_str(&quoted)))
			fail_msg("%s: got '%.*s'", cases[i].name, (int)got.n, got.p);
	}
	buf_free(&got);
	buf_free(&quoted);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_results),
		cmocka_unit_test(test_explanations),
		cmocka_unit_test(test_whose_explanation),
		cmocka_unit_test(test_helo),
		cmocka_unit_test(test_limits_of_names),
		cmocka_unit_test(test_remedies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
