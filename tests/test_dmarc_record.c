/* SPDX-License-Identifier: ISC */
/*
 * test_dmarc_record.c - one DMARC record and its report addresses: what is
 * read, which faults are told and where.
 */
#include "checks/dmarc_record.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "checks/dmarc.h"
#include "checks/uri.h"
#include "tests/tinyzone.h"

#define RUA "; rua=mailto:d@example.com"

/* WHAT of each fault between slug and blank, so that a wrong place is seen. */
static void
lint_text(struct str text, struct buf *out)
{
	struct arena a;
	struct dmarc_record r;
	struct dmarc_faults fs = { .n = 0 };

	arena_init(&a, 0);
	buf_reset(out);
	dmarc_parse(text, &r);
	dmarc_lint(&a, &r, &fs);
	for (size_t i = 0; i < fs.n; i++) {
		struct str what = fs.list[i].what;

		if (out->n > 0)
			buf_addc(out, '|');
		buf_adds(out, rule_of(fs.list[i].rule)->slug);
		if (what.n == 0)
			continue;
		assert_true(what.p >= text.p && what.p + what.n <= text.p + text.n);
		buf_addc(out, ' ');
		buf_add(out, what);
	}
	arena_free(&a);
}

static const struct {
	const char *text, *want;
} faults[] = {
	{ "v=DMARC1; p=reject" RUA, "" },
	{ "v=DMARC1;p=Reject;" RUA ";", "dmarc-empty-tag" },
	{ "v = DMARC1 ; p = reject ; adkim=S; aspf=r; t=n; psd=U; np=none; sp=Quarantine" RUA, "" },
	{ "v=DMARC1; rua=mailto:d@example.com; p=reject", "dmarc-policy-late p=reject" },
	{ " v=DMARC1; p=reject", "dmarc-leading-blank  " },
	{ "v=DMARC1; p=rejct" RUA, "dmarc-bad-policy p=rejct" },
	{ "v=DMARC1; p=rejct", "dmarc-bad-policy-void p=rejct" },
	{ "v=DMARC1; p=", "dmarc-bad-policy-void p=" },
	{ "v=DMARC1; p=reject; sp=x" RUA, "dmarc-bad-subpolicy sp=x" },
	{ "v=DMARC1; p=reject; np=x", "dmarc-bad-policy-void np=x" },
	{ "v=DMARC1", "dmarc-void" },
	{ "v=DMARC1" RUA, "dmarc-no-policy" },
	{ "v=DMARC1; rua=d@example.com", "dmarc-uri-no-scheme d@example.com|dmarc-void" },
	{ "v=DMARC1; p=reject; adkim=x; aspf=; t=1; psd=maybe",
	    "dmarc-bad-value adkim=x|dmarc-bad-value aspf=|dmarc-bad-value t=1|"
	    "dmarc-bad-value psd=maybe" },
	{ "v=DMARC1; p=reject; pct=50; rf=afrf; ri=86400", "dmarc-historic-tag pct=50" },
	{ "v=DMARC1; p=reject; fo=1", "dmarc-fo-ignored fo=1" },
	{ "v=DMARC1; p=reject; fo=1:d:s; ruf=mailto:d@example.com",
	    "dmarc-ruf ruf=mailto:d@example.com" },
	{ "v=DMARC1; p=reject; fo=0:1; ruf=mailto:d@example.com",
	    "dmarc-fo-both fo=0:1|dmarc-ruf ruf=mailto:d@example.com" },
	{ "v=DMARC1; p=reject; fo=2; ruf=mailto:d@example.com",
	    "dmarc-fo-value fo=2|dmarc-ruf ruf=mailto:d@example.com" },
	{ "v=DMARC1; p=none; p=reject", "dmarc-duplicate-tag p=reject" },
	{ "v=DMARC1; p=none; v=DMARC1", "dmarc-duplicate-tag v=DMARC1" },
	{ "v=DMARC1; p=none; foo=bar", "dmarc-unknown-tag foo=bar" },
	{ "v=DMARC1; p=none; rau=mailto:d@example.com", "dmarc-typo-tag rau=mailto:d@example.com" },
	{ "v=DMARC1; p=none; RUA=mailto:d@example.com", "dmarc-typo-tag RUA=mailto:d@example.com" },
	{ "v=DMARC1; p=none; adkm=s", "dmarc-typo-tag adkm=s" },
	{ "v=DMARC1; p=none; ps=none", "dmarc-typo-tag ps=none" },
	{ "v=DMARC1; p:reject" RUA, "dmarc-colon p:reject" },
	{ "v=DMARC1; p=none; rf:afrf", "dmarc-report-tag rf:afrf" },
	{ "v=DMARC1; p=none sp=reject", "dmarc-no-semicolon sp=reject" },
	{ "v=DMARC1; p=none, rua=mailto:d@example.com",
	    "dmarc-no-semicolon rua=mailto:d@example.com" },
	{ "v=DMARC1; p=none; rua=mailto:d@example.com ruf=mailto:d@example.com",
	    "dmarc-report-semicolon ruf=mailto:d@example.com" },
	{ "v=DMARC1; p=none\\; rua=mailto:d@example.com", "dmarc-backslash \\" },
	{ "v=DMARC1; p=\"none\"", "dmarc-quotes \"none\"" },
	{ "v=DMARC1; p=\xe2\x80\x9cnone\xe2\x80\x9d", "dmarc-quotes \xe2\x80\x9cnone\xe2\x80\x9d" },
	{ "v=DMARC1; p=none\xc2\xa0", "dmarc-bad-byte p=none\xc2\xa0" },
	{ "v=DMARC1; p=none; test", "dmarc-no-equals test" },
	{ "v=DMARC1; p=none;\"", "dmarc-stray \"" },
	{ "v=DMARC1; p=none; *sp=none", "dmarc-bad-name *sp=none" },
	{ "v=DMARC1;; ; p=none", "dmarc-empty-tag" },
	{ "v=DMARC1; sp=x", "dmarc-bad-policy-void sp=x" },
	{ "v=DMARC1; p=none; rua=", "dmarc-uri-empty rua=" },
	{ "v=DMARC1; p=none; rua=mailto:d@example.com,",
	    "dmarc-uri-empty rua=mailto:d@example.com," },
	{ "v=DMARC1; p=none; rua=https://example.com/d", "dmarc-uri-scheme https://example.com/d" },
	{ "v=DMARC1; p=none; rua=mailto:d@example.com!10m", "dmarc-uri-size 10m" },
	{ "v=DMARC1; p=none; rua=mailto:d!x@example.com", "dmarc-uri-byte !" },
	{ "v=DMARC1; p=none; rua=mailto: d@example.com", "dmarc-uri-blank  " },
	{ "v=DMARC1; p=none; rua=mailto:<d@example.com>", "dmarc-uri-byte <" },
	{ "v=DMARC1; p=none; rua=mailto:d%2@example.com", "dmarc-uri-percent %2@" },
	{ "v=DMARC1; p=none; rua=mailto:example.com", "dmarc-uri-no-address mailto:example.com" },
	{ "v=DMARC1; p=none; rua=mailto:d@-example.com", "dmarc-uri-domain -example.com" },
	{ "v=DMARC1; p=none; rua=mailto:a@example.com,mailto:b@example.com,mailto:c@example.com",
	    "dmarc-many-addresses "
	    "rua=mailto:a@example.com,mailto:b@example.com,mailto:c@example.com" },
};

static void
test_faults_and_their_places(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 16);
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		lint_text(str_of(faults[i].text), &out);
		if (!str_eq(buf_str(&out), str_of(faults[i].want)))
			fail_msg("%s: got '%.*s', want '%s'", faults[i].text, (int)out.n, out.p,
			    faults[i].want);
	}
	buf_free(&out);
}

/* As findings of a domain: whatever a sentence names is there, in any order of answers. */
static void
test_every_fault_has_its_sentence(void **state)
{
	struct subject s = { .domain = tiny_name("example.com") };
	struct buf zone, out;

	(void)state;
	buf_init(&zone, 1 << 16);
	buf_init(&out, 1 << 16);
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		buf_reset(&zone);
		buf_adds(&zone, "example.com MX 10 mx.example.com\n_dmarc.example.com TXT ");
		buf_adds(&zone, faults[i].text);
		buf_addc(&zone, '\0');
		tiny_check(zone.p, &s, check_dmarc, &out);
		struct str slug = str_sub(str_of(faults[i].want), 0, strcspn(faults[i].want, " |"));
		/* tinyzone trims the text */
		if (faults[i].text[0] != ' ' && !str_has_prefix(buf_str(&out), slug))
			fail_msg("%s: got '%.*s'", faults[i].text, (int)out.n, out.p);
	}
	buf_free(&zone);
	buf_free(&out);
}

/* "" = no cure is offered, for it would change what happens to mail, or nobody knows it. */
static const struct {
	const char *text, *want;
} fixes[] = {
	{ "v=DMARC1; p=none; rua=d@example.com", "v=DMARC1; p=none; rua=mailto:d@example.com" },
	{ "v=DMARC1; p=none; rua=mailto:a@example.com, d@example.com",
	    "v=DMARC1; p=none; rua=mailto:a@example.com, mailto:d@example.com" },
	{ "v=DMARC1; p=none; rua=example.com", "" },
	{ "v=DMARC1; p=none; rf:afrf", "v=DMARC1; p=none; rf=afrf" },
	{ "v=DMARC1; p=none; rau=mailto:d@example.com",
	    "v=DMARC1; p=none; rua=mailto:d@example.com" },
	{ "v=DMARC1; p=none, rua=mailto:d@example.com",
	    "v=DMARC1; p=none; rua=mailto:d@example.com" },
	{ "v=DMARC1; p=none\\; rua=mailto:d@example.com",
	    "v=DMARC1; p=none; rua=mailto:d@example.com" },
	{ "v=DMARC1; p:reject; rua=mailto:d@example.com", "" },
	{ "v=DMARC1; p=reject rua=mailto:d@example.com", "" },
	{ "v=DMARC1; p=none; adkm=s; rua=mailto:d@example.com", "" },
	{ "v=DMARC1; P=reject; rua=mailto:d@example.com", "" },
	{ "v=DMARC1; p=none; fo=1 np=none, rua=mailto:d@example.com", "" },
	{ "v=DMARC1; p=none; adkm=r; adkm=r; rua=mailto:d@example.com", "" },
	/* no tag twice, no other fault in exchange */
	{ "v=DMARC1; p=none; p:none; rua=mailto:d@example.com", "" },
	{ "v=DMARC1; p=none; rua=mailto:a@example.com; rua:mailto:d@example.com", "" },
	{ "v=DMARC1; p=none rua=a@example.com; rua=mailto:d@example.com", "" },
	{ "v=DMARC1; p=none; adkim:x; rua=mailto:d@example.com", "" },
	{ "v=DMARC1; rua=d@example.com; p=quarantin",
	    "v=DMARC1; rua=mailto:d@example.com; p=quarantin" },
};

static void
test_fixes_cure_one_fault_and_raise_no_policy(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(fixes); i++) {
		struct arena a;
		struct dmarc_record r;
		struct dmarc_faults fs = { .n = 0 };
		struct str got, none = { NULL, 0 };

		arena_init(&a, 0);
		dmarc_parse(str_of(fixes[i].text), &r);
		dmarc_lint(&a, &r, &fs);
		assert_true(fs.n > 0);
		if (!dmarc_fix(&a, &r, &fs.list[0], &got))
			got = none;
		if (!str_eq(got, str_of(fixes[i].want)))
			fail_msg("%s: got '%.*s'", fixes[i].text, (int)got.n, got.p);
		arena_free(&a);
	}
}

/* r = a record, n = near miss, - = neither */
static const struct {
	const char *text;
	char want;
} kinds[] = {
	{ "v=DMARC1", 'r' },
	{ "v=DMARC1;", 'r' },
	{ "v = DMARC1 ; p = reject", 'r' },
	{ "v=DMARC1; p=reject", 'r' },
	{ "v=dmarc1; p=reject", 'n' },
	{ "V=DMARC1; p=reject", 'n' },
	{ "v=DMARC1x; p=reject", 'n' },
	{ "v=DMARC2; p=reject", 'n' },
	{ "v=DMARC; p=reject", 'n' },
	{ "v=DMARC1 p=reject", 'n' },
	{ "v=DMARC1, p=reject", 'n' },
	{ "nv=DMARC1; p=reject", 'n' },
	{ "p=reject; v=DMARC1", 'n' },
	{ "\"v=DMARC1; p=reject\"", 'n' },
	{ "DMARC1; p=reject", 'n' },
	{ "p=reject; rua=mailto:d@example.com", 'n' },
	{ "v=spf1 -all", '-' },
	{ "v=DKIM1; p=", '-' },
	{ "dmarc-verification=abc", '-' },
	{ "", '-' },
	{ ";", '-' },
	{ "p=", '-' },
};

static void
test_what_counts_as_a_record(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct str text = str_of(kinds[i].text);
		char got = '-';

		if (dmarc_is_record(text))
			got = 'r';
		else if (dmarc_is_near_miss(text))
			got = 'n';
		if (got != kinds[i].want)
			fail_msg("%s: got %c, want %c", kinds[i].text, got, kinds[i].want);
	}
}

static void
test_values(void **state)
{
	struct str nul = STR("v=DMARC1; p=reject\0; sp=none");
	struct dmarc_record r;

	(void)state;
	dmarc_parse(
	    STR("v=DMARC1; p=quarantine; sp=none; np=reject; adkim=s; aspf=x; t=y; psd=n"), &r);
	assert_int_equal(r.p, DMARC_QUARANTINE);
	assert_int_equal(r.sp, DMARC_NONE);
	assert_int_equal(r.np, DMARC_REJECT);
	assert_true(r.adkim_strict && !r.aspf_strict && r.testing);
	assert_int_equal(r.psd, 'n');
	assert_false(r.fallback || r.is_void);
	dmarc_parse(STR("v=DMARC1; p=x" RUA), &r);
	assert_true(r.fallback && !r.is_void);
	dmarc_parse(STR("v=DMARC1; p=x; rua=d@example.com"), &r);
	assert_true(r.fallback && r.is_void);
	dmarc_parse(nul, &r);
	assert_int_equal(r.p, DMARC_BAD);
}

/* Every cut and every byte changed of a record with everything in it stays in bounds. */
static void
test_cuts_and_flips_stay_in_bounds(void **state)
{
	static const char all[] =
	    "v=DMARC1; p=none; sp=none; np=none; adkim=r; aspf=s; fo=0:1:d:s; psd=u; t=n; pct=1; "
	    "rf=afrf; ri=1; rua=mailto:a%21b@example.com!1m , https://x/; ruf=mailto:a@b; x=y;; z";
	struct buf out;
	char text[sizeof(all)];

	(void)state;
	buf_init(&out, 1 << 20);
	for (size_t n = 0; n < sizeof(all); n++)
		lint_text((struct str){ all, n }, &out);
	for (size_t i = 0; i < sizeof(all) - 1; i++) {
		static const char bytes[] = { '\0', ';', '=', ' ', ',', '!', '%', '"', '\\',
			'\xff' };

		for (size_t k = 0; k < sizeof(bytes); k++) {
			memcpy(text, all, sizeof(all));
			text[i] = bytes[k];
			lint_text((struct str){ text, sizeof(all) - 1 }, &out);
		}
	}
	buf_free(&out);
}

/* A hostile record gives a bounded number of faults. */
static void
test_bounds(void **state)
{
	static char text[64000];
	struct str s = { text, sizeof(text) };
	struct arena a;
	struct dmarc_record r;
	struct dmarc_faults fs = { .n = 0 };
	size_t commas = 0;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < 14; i++)
		text[i] = "v=DMARC1; rua="[i];
	memset(text + 14, ',', sizeof(text) - 14);
	dmarc_parse(s, &r);
	dmarc_lint(&a, &r, &fs);
	for (size_t i = 0; i < fs.n; i++)
		commas += fs.list[i].rule == RULE_DMARC_URI_EMPTY;
	assert_int_equal(commas, MAX_DMARC_URIS);
	memset(text + 8, ';', sizeof(text) - 8);
	dmarc_parse(s, &r);
	fs = (struct dmarc_faults){ .n = 0 };
	dmarc_lint(&a, &r, &fs);
	assert_true(fs.n <= MAX_TAGS + 2);
	assert_int_equal(fs.list[fs.n - 2].rule, RULE_DMARC_TOO_MANY_TAGS);
	arena_free(&a);
}

static const struct {
	const char *text;
	enum uri_fault fault;
	const char *host, *size;
} uris[] = {
	{ "mailto:d@example.com", URI_OK, "example.com", "" },
	{ " MAILTO:d@Example.COM ", URI_OK, "example.com", "" },
	{ "mailto:d@example.com.", URI_OK, "example.com", "" },
	{ "mailto:a%21b%2cc@example.com?subject=x@y", URI_OK, "example.com", "" },
	{ "mailto:d@example.com!10M", URI_OK, "example.com", "10M" },
	{ "mailto:d@example.com!5", URI_OK, "example.com", "5" },
	{ "mailto:d@example.com!x", URI_BAD_BYTE, "", "" },
	{ "mailto:d@example.com!", URI_BAD_BYTE, "", "" },
	{ "https://example.com/x", URI_OK, "", "" },
	{ "", URI_EMPTY, "", "" },
	{ "example.com", URI_NO_SCHEME, "", "" },
	{ ":d@example.com", URI_NO_SCHEME, "", "" },
	{ "mailto:", URI_NO_ADDRESS, "", "" },
	{ "mailto:@example.com", URI_NO_ADDRESS, "", "" },
	{ "mailto:d@", URI_NO_ADDRESS, "", "" },
	{ "mailto:d@..", URI_BAD_DOMAIN, "", "" },
	{ "mailto:d@exa$mple.com", URI_BAD_DOMAIN, "", "" },
	{ "mailto:a b@example.com", URI_BLANK, "", "" },
	{ "mailto:\xc3\xa4@example.com", URI_BAD_BYTE, "", "" },
	{ "mailto:%zz@example.com", URI_BAD_PERCENT, "", "" },
	{ "mailto:d@example.com%", URI_BAD_PERCENT, "", "" },
};

static void
test_report_addresses(void **state)
{
	struct buf host;

	(void)state;
	buf_init(&host, MAX_NAME_TEXT);
	for (size_t i = 0; i < ARRAY_LEN(uris); i++) {
		struct report_uri u;

		uri_parse(str_of(uris[i].text), &u);
		buf_reset(&host);
		if (u.host.n > 0)
			name_print(&host, &u.host);
		if (u.fault != uris[i].fault || !str_eq(u.size, str_of(uris[i].size)) ||
		    !str_eq(buf_str(&host), str_of(uris[i].host)))
			fail_msg("%s: fault %d, host '%.*s', size '%.*s'", uris[i].text,
			    (int)u.fault, (int)host.n, host.p, (int)u.size.n, u.size.p);
	}
	buf_free(&host);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faults_and_their_places),
		cmocka_unit_test(test_every_fault_has_its_sentence),
		cmocka_unit_test(test_fixes_cure_one_fault_and_raise_no_policy),
		cmocka_unit_test(test_what_counts_as_a_record),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_cuts_and_flips_stay_in_bounds),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_report_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
