/* SPDX-License-Identifier: ISC */
/*
 * test_spf.c - what check_spf() says about small worlds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include "checks/spf.h"
#include "report/report.h"
#include "tests/rows.h"

#define D "example.com "
#define HOST D "A 192.0.2.1\nexample.com AAAA 2001:db8::1\n"
#define MX D "MX mx.example.com\nmx.example.com A 192.0.2.2\nmx.example.com AAAA 2001:db8::2\n"

/* clang-format off */
static const struct {
	const char *name, *zone, *want; /* slugs in order, without "spf-" */
} rows[] = {
	{ "healthy", HOST MX D "TXT v=spf1 a mx ip4:203.0.113.0/24 -all", "documentation-address" },
	{ "public", HOST MX D "TXT v=spf1 a mx ip4:8.8.8.0/24 -all", "" },
	{ "case does not count", D "TXT V=SPF1 IP4:8.8.8.8 -ALL", "" },
	{ "trailing blank", D "TXT v=spf1 ip4:8.8.8.8 -all ", "" },
	{ "other texts are harmless", D "TXT v=spf1 -all\n" D "TXT spf is nice\n" D "TXT x=1", "" },
	{ "behind a CNAME", D "CNAME m.example.net\nm.example.net TXT v=spf1 -all", "" },
	{ "none, no mail", HOST, "no-mail-record" },
	{ "none, null MX", D "MX .", "no-mail-record" },
	{ "none, with MX", MX, "none" },
	{ "none, MX unknown", D "A 8.8.8.8\n" D "FAILMX -", "none-unsure" },
	{ "own record fails", D "FAIL -", "lookup-failed" },
	{ "multiple", D "TXT v=spf1 -all\n" D "TXT v=spf1 ~all", "multiple" },
	{ "near miss: blank", MX D "TXT  v=spf1 -all", "near-miss+" },
	{ "near miss: quote", MX D "TXT \"v=spf1 -all\"", "near-miss+" },
	{ "near miss: v=spf10", MX D "TXT v=spf10 -all", "near-miss" },
	{ "near miss: semicolon", MX D "TXT v=spf1; -all", "near-miss+" },
	{ "near miss: spfv1", MX D "TXT v=spfv1 mx ~all", "near-miss+" },
	{ "near miss: glued", MX D "TXT v=spf1|mx -all", "near-miss+" },
	{ "near miss, of itself", MX D "TXT v=spf1; include:example.com -all", "near-miss" },
	{ "two near misses", MX D "TXT v=spf1; mx -all\n" D "TXT v=spf1: mx ~all", "near-miss near-miss" },
	{ "near miss beside", D "TXT v=spf1 -all\n" D "TXT v=spf1; -all", "near-miss-beside" },
	{ "sender id alone", HOST D "TXT spf2.0/pra -all", "sender-id no-mail-record" },
	{ "sender id beside", D "TXT v=spf1 -all\n" D "TXT spf2.0/pra -all", "sender-id" },
	{ "type 99 only", MX D "SPF v=spf1 mx -all", "type99-only+" },
	{ "type 99 only, everybody", MX D "SPF v=spf1 +all", "type99-only" },
	{ "type 99 only, faulty", MX D "SPF v=spf1 ipv4:8.8.8.8 -all", "type99-only" },
	{ "type 99 too", D "TXT v=spf1 -all\n" D "SPF v=spf1 -all", "type99" },
	{ "version alone", D "TXT v=spf1", "no-all" },
	{ "neutral", D "TXT v=spf1 ip4:8.8.8.8 ?all", "neutral-all" },
	{ "softfail is silent", D "TXT v=spf1 ip4:8.8.8.8 ~all", "" },
	{ "tab", D "TXT v=spf1 ip4:8.8.8.8\\x09-all", "nonascii+" },
	{ "no-break space", D "TXT v=spf1 ip4:8.8.8.8\\xc2\\xa0-all", "nonascii+" },
	{ "umlaut", D "TXT v=spf1 a:m\\xc3\\xbcller.example -all", "nonascii" },
	{ "NUL", D "TXT v=spf1 \\x00 -all", "nonascii" },
	{ "glue, refused", D "TXT v=spf1 ip4:8.8.8.8|-all", "joined-terms+" },
	{ "glue, all", D "TXT v=spf1 ip4:8.8.8.8 a:example.com|-all\n" HOST, "joined-terms+" },
	{ "chunks inside a term", HOST D "TXT v=spf1 a:exam|ple.com -a|ll", "" },
	{ "chunk at a blank", HOST D "TXT v=spf1 a:example.com| -all", "" },
	{ "junk", D "TXT v=spf1 &foo -all", "syntax" },
	{ "include without target", D "TXT v=spf1 include -all", "syntax" },
	{ "blank behind colon", D "TXT v=spf1 ip4: 8.8.8.8 -all", "syntax+" },
	{ "all with argument", D "TXT v=spf1 ip4:8.8.8.8 -all/8", "syntax" },
	{ "comma", D "TXT v=spf1 ip4:8.8.8.8, -all", "bad-address+" },
	{ "semicolon at all", D "TXT v=spf1 ip4:8.8.8.8 -all;", "syntax+" },
	{ "ipv4", D "TXT v=spf1 ipv4:8.8.8.8 -all", "unknown-mechanism+" },
	{ "ip with v6", D "TXT v=spf1 ip:2a00::1 -all", "unknown-mechanism+" },
	{ "incl", D "TXT v=spf1 incl:x.example.com -all\nx.example.com TXT v=spf1 -all",
	    "unknown-mechanism+" },
	{ "unknown", D "TXT v=spf1 moo -all", "unknown-mechanism" },
	{ "moo with fix elsewhere", D "TXT v=spf1 moo ipv4:8.8.8.8 -all",
	    "unknown-mechanism unknown-mechanism" },
	{ "pass is never proposed", D "TXT v=spf1 ipv4:8.8.8.8 +all", "unknown-mechanism pass-all" },
	{ "redirect and a cured all", D "TXT v=spf1 redirect=x.example.com -all.\n"
	    "x.example.com TXT v=spf1 -all", "unknown-mechanism" },
	{ "a cured all in the middle", D "TXT v=spf1 ip4:8.8.8.8 -all. ip4:8.8.4.4 ~all",
	    "unknown-mechanism" },
	{ "an all parted in the middle", D "TXT v=spf1 ip4:8.8.8.8-all ip4:8.8.4.4 ~all",
	    "bad-address" },
	{ "a glued all in the middle", HOST D "TXT v=spf1 a:example.com|-all ip4:8.8.4.4 ~all",
	    "joined-terms" },
	{ "a cure behind which all ends", D "TXT v=spf1 ipv4:8.8.8.8 -all ip4:8.8.4.4",
	    "unknown-mechanism dead-terms" },
	{ "a with literal", D "TXT v=spf1 a:8.8.8.8 -all", "bad-domain+" },
	{ "unknown modifier", D "TXT v=spf1 ip4:8.8.8.8 report=x -all", "" },
	{ "redirct=", D "TXT v=spf1 ip4:8.8.8.8 redirct=x.example.com -all", "unknown-modifier" },
	{ "ip4=", D "TXT v=spf1 ip4=8.8.8.8 -all", "unknown-modifier" },
	{ "modifier syntax", D "TXT v=spf1 -all foo=%abc", "bad-macro" },
	{ "redirect twice", "x.example.com TXT v=spf1 -all\n"
	    D "TXT v=spf1 redirect=x.example.com redirect=x.example.com", "duplicate-modifier" },
	{ "qualified", D "TXT v=spf1 ?redirect=x.example.com\nx.example.com TXT v=spf1 -all",
	    "qualified-modifier+" },
	{ "dead", D "TXT v=spf1 -all ip4:8.8.8.8", "dead-terms" },
	{ "dead all", D "TXT v=spf1 ip4:8.8.8.8 -all -all", "dead-terms+" },
	{ "dead other all", D "TXT v=spf1 ip4:8.8.8.8 ~all -all", "dead-terms" },
	{ "modifier after all", HOST D "TXT v=spf1 a -all exp=e.example.com\n"
	    "e.example.com TXT no entry for %{i}", "" },
	{ "bad exp", D "TXT v=spf1 -all exp=e.example.com", "exp-problem" },
	{ "redirect ignored", D "TXT v=spf1 redirect=x.example.com ~all", "redirect-ignored" },
	{ "+all", D "TXT v=spf1 +all", "pass-all" },
	{ "all", D "TXT v=spf1 all", "pass-all" },
	{ "/0", D "TXT v=spf1 ip4:1.2.3.4/0 -all", "pass-all" },
	{ "::/0", D "TXT v=spf1 ip6:::/0 -all", "pass-all" },
	{ "-/0 is not pass", D "TXT v=spf1 ip4:8.8.8.8 -ip4:0.0.0.0/0 -all", "" },
	{ "ptr", D "TXT v=spf1 ptr -all", "ptr" },
	{ "p macro", D "TXT v=spf1 exists:%{p}.x.example.com -all", "ptr" },
	{ "bad octet", D "TXT v=spf1 ip4:8.8.8.256 -all", "bad-address" },
	{ "bad length", D "TXT v=spf1 ip4:8.8.8.0/33 -all", "bad-address" },
	{ "leading zero", D "TXT v=spf1 ip4:8.8.8.0/024 -all", "bad-address" },
	{ "a cidr", HOST MX D "TXT v=spf1 a/24 mx/24 a:example.com//64 -all", "covered-term+" },
	{ "a bad cidr", HOST D "TXT v=spf1 a:example.com/33 -all", "bad-address" },
	{ "host bits", D "TXT v=spf1 ip4:8.8.8.8/24 -all", "host-bits" },
	{ "/16 is narrow", D "TXT v=spf1 ip4:8.8.0.0/16 ip6:2a00::/32 -all", "" },
	{ "/15 is wide", D "TXT v=spf1 ip4:8.8.0.0/15 -all", "wide-network" },
	{ "/7 is very wide", D "TXT v=spf1 ip4:8.0.0.0/7 -all", "very-wide-network" },
	{ "v6 wide", D "TXT v=spf1 ip6:2a00::/31 ip6:2c00::/15 -all", "wide-network very-wide-network" },
	{ "private", D "TXT v=spf1 ip4:10.0.0.0/8 -all", "private-address" },
	{ "double, contrary", D "TXT v=spf1 ~ip4:8.8.8.8 ip4:8.8.8.8 -all", "duplicate-term" },
	{ "double", D "TXT v=spf1 ip4:8.8.8.8 ip4:8.8.8.8/32 -all", "duplicate-term+" },
	{ "other qualifier", D "TXT v=spf1 ?ip4:8.8.8.8 ip4:8.8.4.4 -all", "" },
	{ "numeric top label", D "TXT v=spf1 a:8.8.8 -all", "bad-domain" },
	{ "empty label", D "TXT v=spf1 a:x..example.com -all", "odd-domain" },
	{ "a colon too many", D "TXT v=spf1 include:://x.example.com -all", "odd-domain" },
	{ "bad macro", D "TXT v=spf1 exists:%{x}.example.com -all", "bad-macro" },
	{ "c outside exp", D "TXT v=spf1 exists:%{c}.example.com -all", "bad-macro" },
	{ "macro include", D "TXT v=spf1 include:%{i}.x.example.com -all", "macro-target" },
	{ "macro of the domain", D "TXT v=spf1 include:x.%{d2} -all\nx.example.com TXT v=spf1 -all", "" },
	{ "include none", D "TXT v=spf1 include:x.example.com -all", "include-none" },
	{ "include without spf", D "TXT v=spf1 include:x.example.com -all\nx.example.com TXT moo",
	    "include-none" },
	{ "include several", D "TXT v=spf1 include:x.example.com -all\nx.example.com TXT v=spf1 -all\n"
	    "x.example.com TXT v=spf1 ~all", "include-several" },
	{ "include faulty", D "TXT v=spf1 include:x.example.com -all\nx.example.com TXT v=spf1 ip4:1 -all",
	    "include-permerror" },
	{ "include of include none", D "TXT v=spf1 include:x.example.com -all\n"
	    "x.example.com TXT v=spf1 include:y.example.com -all", "include-none" },
	{ "include dead", D "TXT v=spf1 -all include:x.example.com", "dead-terms" },
	{ "A of ours fails", D "TXT v=spf1 a -all\n" D "FAILA -\n" D "AAAA 2001:db8::1", "address-unknown" },
	{ "MX of ours fails", D "TXT v=spf1 mx -all\n" D "FAILMX -", "address-unknown" },
	{ "address of an include fails", D "TXT v=spf1 include:x.example.com -all\n"
	    "x.example.com TXT v=spf1 a:h.example.com a:i.example.com -all\nh.example.com FAIL -\n"
	    "i.example.com FAIL -", "address-unknown" },
	{ "include lost", D "TXT v=spf1 include:_spf.example.net -all\nexample.net LOST -",
	    "lookup-failed" },
	{ "include lost twice", D "TXT v=spf1 include:a.example.net include:b.example.net -all\n"
	    "example.net LOST -", "lookup-failed lookup-failed" },
	{ "include pass all", D "TXT v=spf1 include:x.example.com -all\nx.example.com TXT v=spf1 +all",
	    "include-pass-all" },
	{ "neutral include pass all", D "TXT v=spf1 ?include:x.example.com -all\n"
	    "x.example.com TXT v=spf1 +all", "" },
	{ "wide networks of others are silent", D "TXT v=spf1 include:x.example.com -all\n"
	    "x.example.com TXT v=spf1 ip4:40.92.0.0/14 ip4:10.0.0.1 ptr ?all", "" },
	{ "redirect none", D "TXT v=spf1 redirect=x.example.com", "redirect-none" },
	{ "loop", D "TXT v=spf1 include:x.example.com -all\n"
	    "x.example.com TXT v=spf1 include:example.com -all", "loop" },
	{ "self", D "TXT v=spf1 include:example.com -all", "loop" },
	{ "voids", D "TXT v=spf1 a:x.example.com -all\n", "voids" },
	{ "IPv4 only is silent", D "A 8.8.8.8\n" D "TXT v=spf1 a -all\n", "" },
	{ "voids both", D "TXT v=spf1 a:x.example.com a:y.example.com a:z.example.com -all\n",
	    "void-limit+" },
	{ "voids IPv6", D "A 8.8.8.8\nx.example.com A 8.8.8.8\ny.example.com A 8.8.8.8\n"
	    D "TXT v=spf1 a a:x.example.com a:y.example.com -all\n", "covered-term+ void-limit-family+" },
	{ "exists and macros are no voids", D "TXT v=spf1 exists:x.example.com exists:y.example.com "
	    "exists:z.example.com a:%{i}.example.com -all\n", "" },
};
/* clang-format on */

/* The slugs of what R found, without "spf-"; '+' where a cure is offered. */
static struct str
slugs_of(struct rows *r, struct buf *b)
{
	buf_reset(b);
	for (const struct finding *f = r->findings.first; f != NULL; f = f->next) {
		struct buf sentence;
		if (b->n > 0)
			buf_addc(b, ' ');
		buf_adds(b, rule_of(f->id)->slug + strlen("spf-"));
		if (f->remedy.n_changes > 0)
			buf_addc(b, '+');
		/* Every argument that a template names is there. */
		buf_init(&sentence, 100000);
		sentence_add(&sentence, rule_of(f->id)->sentence, f);
		sentence_add(&sentence, rule_of(f->id)->remedy, f);
		assert_true(sentence.n > 0 && !sentence.over);
		buf_free(&sentence);
	}
	return buf_str(b);
}

static struct subject
subject_of(const char *domain)
{
	struct subject s = { .n_ips = 0 };
	assert_int_equal(name_parse(str_of(domain), &s.domain), NAME_OK);
	return s;
}

static void
test_rows(void **state)
{
	(void)state;
	struct subject s = subject_of("example.com");
	struct buf b;
	buf_init(&b, 10000);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		for (uint64_t seed = 0; seed < 4; seed++) {
			struct rows r;
			rows_run(&r, rows[i].zone, &s, check_spf, seed);
			struct str got = slugs_of(&r, &b);
			if (!str_eq(got, str_of(rows[i].want)))
				fail_msg("%s (%d): got '%.*s', want '%s'", rows[i].name, (int)seed,
				    (int)got.n, got.p, rows[i].want);
			rows_free(&r);
		}
	}
	buf_free(&b);
}

/* The first change that is offered, as text. */
static struct str
cure_of(const struct rows *r)
{
	for (const struct finding *f = r->findings.first; f != NULL; f = f->next)
		if (f->remedy.n_changes > 0)
			return f->remedy.changes[0].new;
	return STR("");
}

static void
test_cures(void **state)
{
	static const struct {
		const char *record, *want;
	} cures[] = {
		{ "v=spf1 ipv4:8.8.8.8 -all", "\"v=spf1 ip4:8.8.8.8 -all\"" },
		{ "V=SPF1 ip:2a00::1 ~all", "\"V=SPF1 ip6:2a00::1 ~all\"" },
		{ "v=spf1 ip4:2a00::1 -all", "\"v=spf1 ip6:2a00::1 -all\"" },
		{ "v=spf1 ip4:8.8.8.8; -all;", "\"v=spf1 ip4:8.8.8.8 -all\"" },
		{ "v=spf1 8.8.8.8 -all", "\"v=spf1 ip4:8.8.8.8 -all\"" },
		{ "v=spf1 ip4:8.8.8.8~all", "\"v=spf1 ip4:8.8.8.8 ~all\"" },
		{ "v=spf1 ip4:8.8.8.8|ip4:9.9.9.9 -all",
		    "\"v=spf1 ip4:8.8.8.8 ip4:9.9.9.9 -all\"" },
		{ "v=spf1 ip4: 8.8.8.8 -all", "\"v=spf1 ip4:8.8.8.8 -all\"" },
		{ "v=spf1 ip4:8.8.8.8 ip4:8.8.8.8 -all", "\"v=spf1 ip4:8.8.8.8 -all\"" },
		{ "v=spf1 ip4:8.8.8.8 -all ip4:8.8.8.8 -all", "\"v=spf1 ip4:8.8.8.8 -all\"" },
		{ " v=spf1 ip4:8.8.8.8 -all", "\"v=spf1 ip4:8.8.8.8 -all\"" },
		{ "v=spf1 ipv4:8.8.8.8 ip4:8.8.8.8 -all", "\"v=spf1 ip4:8.8.8.8 -all\"" },
		{ "v=spf1 ip4:8.8.8.8 ~al", "" },
		{ "v=spf1 ip4:8.8.8.8 -all ip4:9.9.9.9", "" },
		{ "v=spf1 ipv4:0.0.0.0/0 -all", "" },
	};
	(void)state;
	struct subject s = subject_of("example.com");
	for (size_t i = 0; i < ARRAY_LEN(cures); i++) {
		struct rows r;
		struct buf zone;
		buf_init(&zone, 1000);
		buf_adds(&zone, "example.com TXT ");
		buf_adds(&zone, cures[i].record);
		buf_addc(&zone, '\0');
		rows_run(&r, zone.p, &s, check_spf, 0);
		struct str got = cure_of(&r);
		if (!str_eq(got, str_of(cures[i].want)))
			fail_msg("'%s': got '%.*s'", cures[i].record, (int)got.n, got.p);
		rows_free(&r);
		buf_free(&zone);
	}
}

/* Writes N includes into a record, each to a record of its own. */
static void
add_includes(struct buf *zone, const char *owner, unsigned n, const char *below)
{
	buf_adds(zone, owner);
	buf_adds(zone, " TXT v=spf1");
	for (unsigned i = 0; i < n; i++) {
		buf_adds(zone, " include:");
		buf_addu(zone, i);
		buf_addc(zone, '.');
		buf_adds(zone, below);
	}
	buf_adds(zone, " -all\n");
	for (unsigned i = 0; i < n; i++) {
		buf_addu(zone, i);
		buf_addc(zone, '.');
		buf_adds(zone, below);
		buf_adds(zone, " TXT v=spf1 exists:x.example.com -all\n");
	}
}

static void
test_lookups(void **state)
{
	static const struct {
		const char *zone, *want;
		unsigned includes; /* each costs 2 */
		uint32_t lookups;
		bool at_least;
	} cases[] = {
		{ "", "", 3, 6, false },
		{ "", "lookup-near", 4, 8, false },
		{ "", "lookup-full", 5, 10, false },
		{ "", "lookup-limit", 6, 12, false },
		{ "0.below.example FAIL -\n", "lookup-failed lookup-limit", 6, 11, true },
		{ "0.below.example FAIL -\n1.below.example FAIL -\n",
		    "lookup-failed lookup-failed lookup-full", 6, 10, true },
	};
	(void)state;
	struct subject s = subject_of("example.com");
	struct buf b, zone;
	buf_init(&b, 10000);
	buf_init(&zone, 100000);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct rows r;
		buf_reset(&zone);
		buf_adds(&zone, cases[i].zone);
		add_includes(&zone, "example.com", cases[i].includes, "below.example");
		buf_addc(&zone, '\0');
		rows_run(&r, zone.p, &s, check_spf, i);
		struct str got = slugs_of(&r, &b);
		const struct spf_facts *f = r.facts.spf;
		if (!str_eq(got, str_of(cases[i].want)) || f->lookups != cases[i].lookups ||
		    f->at_least != cases[i].at_least)
			fail_msg("%zu: got '%.*s' %u", i, (int)got.n, got.p, f->lookups);
		rows_free(&r);
	}
	buf_free(&b);
	buf_free(&zone);
}

/* A duplicate include costs again, and is told. */
static void
test_doubles_count(void **state)
{
	(void)state;
	struct subject s = subject_of("example.com");
	struct buf b;
	struct rows r;
	buf_init(&b, 1000);
	rows_run(&r,
	    D "TXT v=spf1 include:x.example include:x.example -all include:x.example\n"
	      "x.example TXT v=spf1 exists:y.example ~all include:z.example",
	    &s, check_spf, 0);
	struct str got = slugs_of(&r, &b);
	assert_true(str_eq(got, STR("duplicate-term+ dead-terms+")));
	assert_int_equal(r.facts.spf->lookups, 4);
	rows_free(&r);
	buf_free(&b);
}

/* Ten includes a level over a wildcard, and a chain without end: bounded, and an error. */
static void
test_hostile_trees_are_bounded(void **state)
{
	(void)state;
	struct subject s = subject_of("example.com");
	struct buf zone, b;
	struct rows r;
	buf_init(&zone, 1000000);
	buf_init(&b, 100000);
	for (unsigned i = 0; i < 100; i++) {
		buf_adds(&zone, i == 0 ? "example.com" : "n");
		if (i > 0)
			buf_addu(&zone, i), buf_adds(&zone, ".example.com");
		buf_adds(&zone, " TXT v=spf1");
		for (unsigned k = 0; k < 10; k++) {
			buf_adds(&zone, " include:n");
			buf_addu(&zone, i + 1);
			buf_adds(&zone, ".example.com");
		}
		buf_adds(&zone, " -all\n");
	}
	buf_addc(&zone, '\0');
	rows_run(&r, zone.p, &s, check_spf, 0);
	struct str got = slugs_of(&r, &b);
	assert_true(str_eq(got, STR("duplicate-term+ lookup-limit")));
	assert_int_equal(r.facts.spf->lookups, MAX_SPF_LOOKUPS_COUNTED);
	assert_true(r.facts.spf->at_least);
	assert_true(r.q.n < 400);
	rows_free(&r);
	buf_free(&zone);
	buf_free(&b);
}

/* The same name is judged by what it is known to do. */
static void
test_senders(void **state)
{
	static const struct {
		const char *zone, *ip, *want;
		bool given, parked;
	} cases[] = {
		{ HOST, NULL, "no-mail-record", false, false },
		{ HOST, NULL, "none-sender", true, false },
		{ HOST, "8.8.8.8", "none-sender", false, false },
		{ HOST, NULL, "parked-none+", false, true },
		{ D "TXT v=spf1 ip4:192.0.2.0/24 -all", "198.51.100.1",
		    "documentation-address not-pass+", false, false },
		{ D "TXT v=spf1 ip4:192.0.2.0/24 -all", "192.0.2.7", "", false, false },
		{ D "TXT v=spf1 ~all", NULL, "parked-softfail", false, true },
		{ D "A 8.8.8.8\nx.example.com A 8.8.8.8\ny.example.com A 8.8.8.8\n" D
		    "TXT v=spf1 a a:x.example.com a:y.example.com -all\n",
		    "2a00::1", "covered-term+ void-limit-sender+ not-pass libspf2-differs", false,
		    false },
		{ D "A 8.8.8.8\nx.example.com A 8.8.8.8\ny.example.com A 8.8.8.8\n" D
		    "TXT v=spf1 a a:x.example.com a:y.example.com -all\n",
		    "8.8.8.8", "covered-term+ void-limit-family+", false, false },
	};
	(void)state;
	struct buf b;
	buf_init(&b, 1000);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct subject s = subject_of("example.com");
		struct addr ip;
		struct rows r;
		s.mail_from_given = cases[i].given;
		s.parked = cases[i].parked;
		if (cases[i].ip != NULL) {
			assert_int_equal(addr_parse(str_of(cases[i].ip), &ip), ADDR_OK);
			s.ips = &ip;
			s.n_ips = 1;
		}
		rows_run(&r, cases[i].zone, &s, check_spf, i);
		struct str got = slugs_of(&r, &b);
		if (!str_eq(got, str_of(cases[i].want)))
			fail_msg("%zu: got '%.*s'", i, (int)got.n, got.p);
		rows_free(&r);
	}
	buf_free(&b);
}

static void
test_addresses_are_minimal(void **state)
{
	(void)state;
	struct subject s = subject_of("example.com");
	struct rows r;
	struct buf b;
	buf_init(&b, 1000);
	rows_run(&r,
	    D "A 8.8.8.8\n" D "AAAA 2a00::1\n" D
	      "TXT v=spf1 a ip4:8.8.8.9 ip4:9.0.0.0/25 ip4:9.0.0.128/25 ip4:9.0.0.7 -ip4:7.7.7.7 "
	      "?include:n.example include:i.example -all ip4:6.6.6.6\n"
	      "n.example TXT v=spf1 ip4:5.5.5.5 -all\ni.example TXT v=spf1 ip4:4.4.4.4/24 "
	      "?ip4:3.3.3.3 "
	      "-all\n",
	    &s, check_spf, 0);
	for (size_t i = 0; i < r.facts.spf->n_addresses; i++) {
		buf_addc(&b, ' ');
		prefix_print(&b, &r.facts.spf->addresses[i]);
	}
	struct str got = buf_str(&b);
	if (!str_eq(got, STR(" 4.4.4.0/24 8.8.8.8/31 9.0.0.0/24 2a00::1/128")))
		fail_msg("got '%.*s'", (int)got.n, got.p);
	rows_free(&r);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_cures),
		cmocka_unit_test(test_lookups),
		cmocka_unit_test(test_doubles_count),
		cmocka_unit_test(test_hostile_trees_are_bounded),
		cmocka_unit_test(test_senders),
		cmocka_unit_test(test_addresses_are_minimal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
