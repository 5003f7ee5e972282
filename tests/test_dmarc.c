/* SPDX-License-Identifier: ISC */
/*
 * test_dmarc.c - the check `dmarc`: which slugs a domain gets.
 */
#include "checks/dmarc.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "tests/tinyzone.h"

#define MAIL "example.com MX 10 mx.example.com\nexample.com A 192.0.2.1\n"
#define RECORD(text) "_dmarc.example.com TXT " text "\n"
#define RUA "rua=mailto:d@example.com"
#define OUTSIDE "example.net MX 10 mx.example.net\n"

static const struct {
	const char *name, *domain, *zone, *want;
} cases[] = {
	/* nothing there */
	{ "no record", "example.com", MAIL, "dmarc-none" },
	{ "no record, no mail", "example.com", "example.com TXT hello\n", "dmarc-none-no-mail" },
	{ "no record, null MX", "example.com", "example.com MX 0 .\n", "dmarc-none-no-mail" },
	{ "no record below no record", "a.example.com", MAIL "a.example.com MX 10 mx.example.com\n",
	    "dmarc-none" },
	{ "no record, an address but no MX", "a.example.com", MAIL "a.example.com A 192.0.2.1\n",
	    "dmarc-none-no-mail" },
	{ "an unrelated TXT is harmless", "example.com",
	    MAIL RECORD("v=spf1 -all") RECORD("v=DMARC1; p=reject; " RUA), "" },
	{ "an unrelated TXT alone is no record", "example.com", MAIL RECORD("v=spf1 -all"),
	    "dmarc-none" },
	/* what cannot be seen */
	{ "failed", "example.com", MAIL "_dmarc.example.com FAIL\n", "dmarc-lookup-failed" },
	{ "failed above a record", "a.example.com",
	    MAIL "a.example.com MX 10 mx.example.com\n_dmarc.example.com FAIL\n"
		 "_dmarc.a.example.com TXT v=DMARC1; p=reject; " RUA "\n",
	    "dmarc-org-unknown" },
	{ "failed between", "a.b.example.com",
	    MAIL "a.b.example.com A 192.0.2.1\n_dmarc.b.example.com FAIL\n" RECORD(
		"v=DMARC1; p=reject; " RUA),
	    "dmarc-lookup-failed" },
	{ "failed at the public suffix changes nothing", "example.com",
	    MAIL "_dmarc.com FAIL\n" RECORD("v=DMARC1; p=reject; " RUA), "" },
	{ "failed at the public suffix, no record", "example.com", MAIL "_dmarc.com FAIL\n",
	    "dmarc-none" },
	{ "failed existence", "ghost.example.com",
	    MAIL "ghost.example.com FAIL MX\n" RECORD("v=DMARC1; p=none; np=reject; " RUA),
	    "dmarc-lookup-failed" },
	/* good ones */
	{ "reject", "example.com", MAIL RECORD("v=DMARC1; p=reject; " RUA), "" },
	{ "quarantine", "example.com", MAIL RECORD("v=DMARC1;p=quarantine;" RUA ";"), "" },
	{ "inherited", "a.example.com",
	    MAIL "a.example.com MX 10 mx.example.com\n" RECORD("v=DMARC1; p=reject; " RUA), "" },
	{ "by alias", "example.com",
	    MAIL
	    "_dmarc.example.com CNAME d.example.com\nd.example.com TXT v=DMARC1; p=reject; " RUA
	    "\n",
	    "" },
	{ "parked", "example.com",
	    "example.com MX 0 .\nexample.com TXT v=spf1 -all\n" RECORD("v=DMARC1; p=reject"),
	    "dmarc-no-reports-no-mail" },
	/* void */
	{ "two records", "example.com",
	    MAIL RECORD("v=DMARC1; p=none") RECORD("v=DMARC1; p=reject"), "dmarc-multiple" },
	{ "two records below one", "a.example.com",
	    MAIL "a.example.com MX 10 mx.example.com\n_dmarc.a.example.com TXT v=DMARC1; p=none\n"
		 "_dmarc.a.example.com TXT v=DMARC1; p=reject\n" RECORD("v=DMARC1; p=reject; " RUA),
	    "dmarc-multiple" },
	{ "lower case", "example.com", MAIL RECORD("v=dmarc1; p=reject"), "dmarc-bad-version" },
	{ "no semicolon", "example.com", MAIL RECORD("v=DMARC1 p=reject"), "dmarc-bad-version" },
	{ "nv=DMARC1", "example.com", MAIL RECORD("nv=DMARC1; p=reject"), "dmarc-bad-version" },
	{ "backslash", "example.com", MAIL RECORD("v=DMARC1\\; p=reject"), "dmarc-bad-version" },
	{ "p first", "example.com", MAIL RECORD("p=reject; v=DMARC1"), "dmarc-bad-version" },
	{ "of the organization", "a.example.com",
	    MAIL "a.example.com MX 10 mx.example.com\n" RECORD("v=DMARC; p=reject"),
	    "dmarc-bad-version" },
	{ "beside a good one", "example.com",
	    MAIL RECORD("v=dmarc1; p=none") RECORD("v=DMARC1; p=reject; " RUA), "dmarc-near-miss" },
	{ "nothing but v", "example.com", MAIL RECORD("v=DMARC1"), "dmarc-void" },
	{ "no policy", "example.com", MAIL RECORD("v=DMARC1; " RUA), "dmarc-no-policy" },
	{ "bad policy", "example.com", MAIL RECORD("v=DMARC1; p=rejct; " RUA), "dmarc-bad-policy" },
	{ "bad policy, void", "example.com", MAIL RECORD("v=DMARC1; p=rejct"),
	    "dmarc-bad-policy-void" },
	{ "dangling", "example.com", MAIL "_dmarc.example.com CNAME gone.example.net\n",
	    "dmarc-dangling" },
	{ "alias without TXT", "example.com",
	    MAIL "_dmarc.example.com CNAME www.example.com\nwww.example.com A 192.0.2.1\n",
	    "dmarc-none" },
	/* in the wrong place */
	{ "at the apex", "example.com", MAIL "example.com TXT v=DMARC1; p=reject\n",
	    "dmarc-misplaced" },
	{ "at the apex too", "example.com",
	    MAIL "example.com TXT v=DMARC1; p=reject\n" RECORD("v=DMARC1; p=reject; " RUA),
	    "dmarc-misplaced-beside" },
	{ "at the apex, and the right name failed", "example.com",
	    MAIL "example.com TXT v=DMARC1; p=reject\n_dmarc.example.com FAIL\n",
	    "dmarc-lookup-failed" },
	{ "doubled", "example.com", MAIL "_dmarc.example.com.example.com TXT v=DMARC1; p=reject\n",
	    "dmarc-name-doubled" },
	/* strength */
	{ "inherited by a name without mail", "www.example.com",
	    MAIL "x.www.example.com A 192.0.2.1\n" RECORD("v=DMARC1; p=none"), "" },
	{ "sp=none, inherited", "a.example.com",
	    MAIL "a.example.com MX 10 mx.example.com\n" RECORD("v=DMARC1; p=none; sp=none; " RUA),
	    "dmarc-policy-none" },
	{ "none with reports", "example.com", MAIL RECORD("v=DMARC1; p=none; " RUA),
	    "dmarc-policy-none" },
	{ "none without reports", "example.com", MAIL RECORD("v=DMARC1; p=none"),
	    "dmarc-policy-none-blind" },
	{ "no reports", "example.com", MAIL RECORD("v=DMARC1; p=reject"), "dmarc-no-reports" },
	{ "on test", "example.com", MAIL RECORD("v=DMARC1; p=reject; t=y; " RUA), "dmarc-testing" },
	{ "sp weaker", "example.com", MAIL RECORD("v=DMARC1; p=reject; sp=none; " RUA),
	    "dmarc-subdomain-weaker" },
	{ "np weaker", "example.com", MAIL RECORD("v=DMARC1; p=reject; np=none; " RUA),
	    "dmarc-subdomain-weaker" },
	{ "sp stronger", "example.com", MAIL RECORD("v=DMARC1; p=quarantine; sp=reject; " RUA),
	    "" },
	{ "sp below the organization", "a.example.com",
	    MAIL "a.example.com MX 10 mx.example.com\n" RECORD(
		"v=DMARC1; p=reject; " RUA) "_dmarc.a.example.com TXT v=DMARC1; p=reject; "
					    "sp=none; " RUA "\n",
	    "dmarc-subdomain-ignored" },
	{ "null MX and none", "example.com",
	    "example.com MX 0 .\n" RECORD("v=DMARC1; p=none; rua=mailto:d@example.net") OUTSIDE
	    "example.com._report._dmarc.example.net TXT v=DMARC1\n",
	    "dmarc-not-sending" },
	/* the tree */
	{ "psd=y on a domain", "example.com", MAIL RECORD("v=DMARC1; p=reject; psd=y; " RUA),
	    "dmarc-psd-wrong" },
	{ "a suffix without psd", "co.example",
	    "co.example SUFFIX\nco.example MX 10 mx.co.example\n"
	    "_dmarc.co.example TXT v=DMARC1; p=reject; rua=mailto:d@co.example\n",
	    "dmarc-psd-missing" },
	{ "a private suffix without psd", "co.example",
	    "co.example PRIVATE\nco.example MX 10 mx.co.example\n"
	    "_dmarc.co.example TXT v=DMARC1; p=reject; rua=mailto:d@co.example\n",
	    "dmarc-psd-missing-private" },
	{ "only the suffix has one", "bank.example",
	    "bank.example MX 10 mx.bank.example\n_dmarc.example TXT v=DMARC1; p=reject; psd=y\n",
	    "dmarc-only-suffix" },
	{ "psd=n cuts", "a.example.com",
	    MAIL "a.example.com MX 10 mx.example.com\n_dmarc.a.example.com TXT v=DMARC1; p=reject; "
		 "psd=n; " RUA "\n",
	    "dmarc-psd-cut" },
	{ "passed over", "a.b.example.com",
	    MAIL "a.b.example.com A 192.0.2.1\n" RECORD(
		"v=DMARC1; p=reject; " RUA) "_dmarc.b.example.com TXT v=DMARC1; p=none\n",
	    "dmarc-passed-over" },
	{ "the suffix is taken for the organization", "a.example.co.uk",
	    "co.uk SUFFIX\na.example.co.uk A 192.0.2.1\nexample.co.uk MX 10 mx.example.co.uk\n"
	    "_dmarc.example.co.uk TXT v=DMARC1; p=reject; rua=mailto:d@example.co.uk\n"
	    "_dmarc.co.uk TXT v=DMARC1; p=reject; rua=mailto:d@co.uk\nco.uk MX 10 mx.co.uk\n",
	    "dmarc-passed-over dmarc-org-differs" },
	{ "8 labels", "a.b.c.d.e.f.example.com",
	    MAIL "a.b.c.d.e.f.example.com A 192.0.2.1\n"
		 "_dmarc.a.b.c.d.e.f.example.com TXT v=DMARC1; p=reject; " RUA "\n",
	    "dmarc-deep dmarc-org-differs" },
	/* reports */
	{ "outside, authorised", "example.com",
	    MAIL RECORD("v=DMARC1; p=reject; rua=mailto:d@example.net") OUTSIDE
	    "example.com._report._dmarc.example.net TXT v=DMARC1\n",
	    "" },
	{ "outside, not authorised", "example.com",
	    MAIL RECORD("v=DMARC1; p=reject; rua=mailto:d@example.net") OUTSIDE,
	    "dmarc-report-unauthorised" },
	{ "outside, p=none, not authorised", "example.com",
	    MAIL RECORD("v=DMARC1; p=none; rua=mailto:d@example.net") OUTSIDE,
	    "dmarc-report-unauthorised dmarc-policy-none-blind" },
	{ "outside, one of two works", "example.com",
	    MAIL RECORD("v=DMARC1; p=none; rua=mailto:d@example.net , mailto:d@example.com")
		OUTSIDE,
	    "dmarc-report-unauthorised dmarc-policy-none" },
	{ "outside, failed", "example.com",
	    MAIL RECORD("v=DMARC1; p=none; rua=mailto:d@example.net") OUTSIDE
	    "example.com._report._dmarc.example.net FAIL\n",
	    "dmarc-report-unknown dmarc-policy-none" },
	{ "perhaps outside: no suffix is known", "example.com",
	    MAIL RECORD("v=DMARC1; p=reject; rua=mailto:d@example.net") OUTSIDE
	    "example.net NOSUFFIX\n",
	    "dmarc-report-unknown" },
	{ "outside, override", "example.com",
	    MAIL RECORD("v=DMARC1; p=reject; rua=mailto:d@example.net") OUTSIDE
	    "example.com._report._dmarc.example.net TXT v=DMARC1; rua=mailto:x@example.org\n",
	    "dmarc-report-override" },
	{ "outside, same override", "example.com",
	    MAIL RECORD("v=DMARC1; p=reject; rua=mailto:d@example.net") OUTSIDE
	    "example.com._report._dmarc.example.net TXT v=DMARC1; rua=mailto:x@example.net\n",
	    "" },
	{ "same organization", "example.com",
	    MAIL RECORD("v=DMARC1; p=reject; rua=mailto:d@r.example.com") "r.example.com MX 10 "
									  "mx.example.com\n",
	    "" },
	{ "host gone", "example.com", MAIL RECORD("v=DMARC1; p=reject; rua=mailto:d@example.net"),
	    "dmarc-report-no-mail" },
	{ "host with null MX", "example.com",
	    MAIL RECORD("v=DMARC1; p=reject; rua=mailto:d@example.net") "example.net MX 0 .\n",
	    "dmarc-report-no-mail" },
	{ "ruf outside", "example.com",
	    MAIL RECORD("v=DMARC1; p=reject; " RUA "; ruf=mailto:d@example.net") OUTSIDE,
	    "dmarc-report-unauthorised dmarc-ruf" },
	{ "encoded and blanks", "example.com",
	    MAIL RECORD(
		"v=DMARC1; p=reject; rua = mailto:a%21b%2Cc@example.com , mailto:d@example.com"),
	    "" },
};

/* Where names cannot be listed, those of senders are known to exist. */
static void
test_names_of_senders_are_known_below(void **state)
{
	static const struct {
		const char *mail_from, *zone, *want;
	} rows[] = {
		{ "bounce.example.com", "bounce.example.com MX 10 mx.example.com\n",
		    "dmarc-policy-none dmarc-below-weak" },
		{ "bounce.example.com", "", "dmarc-policy-none" },
		{ "bounce.example.com",
		    "bounce.example.com MX 10 mx.example.com\n"
		    "_dmarc.bounce.example.com TXT v=DMARC1; p=reject; " RUA "\n",
		    "dmarc-policy-none" },
		{ "bounce.example.net", "bounce.example.net MX 10 mx.example.com\n",
		    "dmarc-policy-none" },
		{ "example.com", "", "dmarc-policy-none" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sender x = { .mail_from = tiny_name(rows[i].mail_from),
			.mail_from_given = true };
		struct subject s = {
			.domain = tiny_name("example.com"), .senders = &x, .n_senders = 1
		};
		struct buf zone, out;

		buf_init(&zone, 1 << 16);
		buf_init(&out, 1 << 16);
		buf_adds(&zone, MAIL RECORD("v=DMARC1; p=none; sp=none; " RUA));
		buf_adds(&zone, rows[i].zone);
		buf_addc(&zone, '\0');
		tiny_check(zone.p, &s, check_dmarc, &out);
		if (!str_eq(buf_str(&out), str_of(rows[i].want)))
			fail_msg("%zu: got '%.*s', want '%s'", i, (int)out.n, out.p, rows[i].want);
		buf_free(&zone);
		buf_free(&out);
	}
}

static void
test_slugs(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 16);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct subject s = { .domain = tiny_name(cases[i].domain) };

		tiny_check(cases[i].zone, &s, check_dmarc, &out);
		if (!str_eq(buf_str(&out), str_of(cases[i].want)))
			fail_msg("%s: got '%.*s', want '%s'", cases[i].name, (int)out.n, out.p,
			    cases[i].want);
	}
	buf_free(&out);
}

/* No domain, a name that is too long for _dmarc, the root: nothing to ask, nothing to fail. */
static void
test_odd_subjects(void **state)
{
	static const char *const labels =
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example.com";
	struct subject s = { .domain = { .n = 0 } };
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 16);
	tiny_check("", &s, check_dmarc, &out);
	assert_int_equal(out.n, 0);
	s.domain = tiny_name(".");
	tiny_check("", &s, check_dmarc, &out);
	assert_int_equal(out.n, 0);
	s.domain = tiny_name("localhost");
	tiny_check("", &s, check_dmarc, &out);
	assert_true(str_eq(buf_str(&out), STR("domain-nonexistent")));
	s.domain = tiny_name(labels);
	tiny_check("", &s, check_dmarc, &out);
	assert_true(str_eq(buf_str(&out), STR("domain-nonexistent")));
	buf_free(&out);
}

static const struct finding *
first_finding(struct tiny *t, const char *zone, const struct subject *s)
{
	tiny_init(t, zone, s);
	check_dmarc(&t->au);
	assert_false(t->q.met_pending);
	return t->findings.first;
}

/* What is proposed is a safe first step, at the right name, in zone file form. */
static void
test_first_steps(void **state)
{
	struct subject s = { .domain = tiny_name("example.com") };
	struct name owner = tiny_name("_dmarc.example.com");
	const struct finding *f;
	struct tiny t;

	(void)state;
	f = first_finding(&t, MAIL, &s);
	assert_int_equal(f->remedy.n_changes, 1);
	assert_int_equal(f->remedy.changes[0].action, CHANGE_ADD);
	assert_true(name_eq(&f->remedy.changes[0].name, &owner));
	assert_true(str_eq(f->remedy.changes[0].new,
	    STR("\"v=DMARC1; p=none; rua=mailto:dmarc-reports@example.com\"")));
	tiny_free(&t);
	/* an alias has to go first, but for one that a wildcard makes */
	f = first_finding(
	    &t, MAIL "_dmarc.example.com CNAME www.example.com\nwww.example.com A 192.0.2.1\n", &s);
	assert_int_equal(f->remedy.n_changes, 2);
	assert_int_equal(f->remedy.changes[0].action, CHANGE_REMOVE);
	assert_true(str_eq(f->remedy.changes[0].old, STR("www.example.com.")));
	tiny_free(&t);
	f = first_finding(&t,
	    MAIL "_dmarc.example.com CNAME www.example.com\nwww.example.com A 192.0.2.1\n"
		 "*.example.com CNAME www.example.com\n",
	    &s);
	assert_int_equal(f->remedy.n_changes, 1);
	tiny_free(&t);
	/* below a suffix with a policy the first step keeps that policy */
	s.domain = tiny_name("bank.example");
	f = first_finding(&t,
	    "bank.example MX 10 mx.bank.example\n"
	    "_dmarc.example TXT v=DMARC1; p=reject; sp=quarantine; np=reject; psd=y\n",
	    &s);
	assert_int_equal(f->id, RULE_DMARC_ONLY_SUFFIX);
	assert_true(str_eq(f->remedy.changes[0].new,
	    STR("\"v=DMARC1; p=quarantine; np=reject; rua=mailto:dmarc-reports@bank.example\"")));
	tiny_free(&t);
	/* where nobody would get them no reports are asked for */
	s.domain = tiny_name("example.com");
	s.mail_from_given = true;
	f = first_finding(&t, "example.com MX 0 .\n", &s);
	assert_int_equal(f->id, RULE_DMARC_NONE);
	assert_int_equal(f->remedy.n_changes, 0);
	tiny_free(&t);
}

/* A record is moved or corrected only where that can stand, and by whom it belongs to. */
static void
test_remedies(void **state)
{
	struct subject s = { .domain = tiny_name("example.com") };
	struct name grant = tiny_name("example.com._report._dmarc.example.net");
	const struct finding *f;
	struct tiny t;

	(void)state;
	f = first_finding(&t, MAIL "example.com TXT v=DMARC1; p=reject; " RUA "\n", &s);
	assert_int_equal(f->id, RULE_DMARC_MISPLACED);
	assert_int_equal(f->remedy.n_changes, 2);
	tiny_free(&t);
	f = first_finding(&t,
	    MAIL "example.com TXT v=DMARC1; p=reject; " RUA "\n"
		 "_dmarc.example.com CNAME www.example.com\nwww.example.com A 192.0.2.1\n",
	    &s);
	assert_int_equal(f->id, RULE_DMARC_MISPLACED);
	assert_int_equal(f->remedy.n_changes, 0);
	tiny_free(&t);
	f = first_finding(&t, MAIL "example.com TXT v=DMARC1; p=rejct; p=none\n", &s);
	assert_int_equal(f->id, RULE_DMARC_MISPLACED);
	assert_int_equal(f->remedy.n_changes, 0);
	tiny_free(&t);
	/* a hosted record is corrected by its host */
	f = first_finding(&t,
	    MAIL "_dmarc.example.com CNAME d.example.net\n"
		 "d.example.net TXT v=DMARC1; p=none; rua=d@example.com\n",
	    &s);
	assert_int_equal(f->remedy.who, WHO_PROVIDER);
	assert_int_equal(f->remedy.n_changes, 1);
	assert_true(str_eq(
	    f->remedy.changes[0].new, STR("\"v=DMARC1; p=none; rua=mailto:d@example.com\"")));
	tiny_free(&t);
	f = first_finding(
	    &t, MAIL RECORD("v=DMARC1; p=reject; rua=mailto:d@example.net") OUTSIDE, &s);
	assert_int_equal(f->remedy.n_changes, 1);
	assert_true(name_eq(&f->remedy.changes[0].name, &grant));
	assert_true(str_eq(f->remedy.changes[0].new, STR("\"v=DMARC1\"")));
	assert_int_equal(rule_of(f->id)->who, WHO_PROVIDER);
	assert_true(str_eq(
	    str_sub(f->place.text, f->place.offset, f->place.length), STR("mailto:d@example.net")));
	tiny_free(&t);
}

/* Each finding shows the whole record: a page of them is enough, errors before the rest. */
static void
test_a_page_of_faults_is_told(void **state)
{
	struct subject s = { .domain = tiny_name("example.com") };
	size_t n = 0, errors = 0;
	struct buf zone;
	struct tiny t;

	(void)state;
	buf_init(&zone, 1 << 16);
	buf_adds(&zone, MAIL "_dmarc.example.com TXT v=DMARC1; p=reject; " RUA);
	for (unsigned i = 0; i < 20; i++)
		buf_adds(&zone, "; x=1; fo; P=1; aspf:s");
	buf_adds(&zone, "; p=none\n");
	buf_addc(&zone, '\0');
	for (const struct finding *f = first_finding(&t, zone.p, &s); f != NULL; f = f->next) {
		n++;
		errors += rule_of(f->id)->level == LEVEL_ERROR;
	}
	assert_int_equal(n, 20);
	assert_int_equal(errors, 6);
	tiny_free(&t);
	buf_free(&zone);
}

static void
test_facts(void **state)
{
	struct subject s = { .domain = tiny_name("ghost.example.com") };
	struct name org = tiny_name("example.com");
	struct tiny t;

	(void)state;
	(void)first_finding(&t, MAIL RECORD("v=DMARC1; p=none; np=reject; adkim=s; t=y; " RUA), &s);
	const struct dmarc_facts *d = t.facts.dmarc;
	assert_non_null(d);
	assert_string_equal(d->policy, "reject");
	assert_string_equal(d->tag, "np");
	assert_string_equal(d->adkim, "s");
	assert_string_equal(d->aspf, "r");
	assert_true(d->testing);
	assert_true(name_eq(&d->domain, &org));
	assert_true(name_eq(&d->org_domain, &org));
	assert_true(name_eq(&d->org_psl, &org));
	assert_int_equal(d->n_rua, 1);
	assert_true(str_eq(d->rua[0], STR("mailto:d@example.com")));
	tiny_free(&t);
}

/* Failed is not absent, and neither is a record that does not count. */
static void
test_states(void **state)
{
	static const struct {
		const char *zone, *want;
		size_t n;
	} rows[] = {
		{ MAIL, "none", 0 },
		{ MAIL RECORD("v=DMARC1; p=reject; " RUA), "found", 0 },
		{ MAIL "_dmarc.example.com FAIL\n", "unknown", 0 },
		{ MAIL RECORD("v=DMARC1; p=frob"), "invalid", 0 },
		{ MAIL RECORD("v=DMARC; p=reject; " RUA), "invalid", 0 },
		{ MAIL RECORD("v=spf1 -all"), "none", 0 },
		{ MAIL RECORD("v=DMARC1; p=none") RECORD("v=DMARC1; p=reject"), "multiple", 2 },
		{ MAIL "example.com TXT v=DMARC1; p=reject\n", "none", 0 },
	};
	struct subject s = { .domain = tiny_name("example.com") };
	struct tiny t;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		(void)first_finding(&t, rows[i].zone, &s);
		assert_string_equal(t.facts.dmarc->state, rows[i].want);
		assert_int_equal(t.facts.dmarc->n_records, rows[i].n);
		tiny_free(&t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slugs),
		cmocka_unit_test(test_names_of_senders_are_known_below),
		cmocka_unit_test(test_odd_subjects),
		cmocka_unit_test(test_first_steps),
		cmocka_unit_test(test_remedies),
		cmocka_unit_test(test_a_page_of_faults_is_told),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_states),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
