/* SPDX-License-Identifier: ISC */
/*
 * test_dkim.c - the check of DKIM keys: what is in use, what was only found,
 * what failed.
 */
#include "checks/dkim.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "audit/sources/key.h"
#include "checks/dkim_hosts.h"
#include "checks/selectors.h"
#include "tests/sample_keys.h"
#include "tests/tinyzone.h"

#define AT(selector, text) selector "._domainkey.example.com TXT " text "\n"
#define GOOD "v=DKIM1; k=rsa; p=" RSA_2048
#define OTHER "v=DKIM1; k=ed25519; p=" ED25519_RAW
#define WEAK "v=DKIM1; p=" RSA_1024
#define MAIL "example.com MX 10 mx.example.com\n"
#define SUFFIX "com SUFFIX\nnet SUFFIX\n"

static const struct {
	const char *name, *zone;
	const char *given[3]; /* selectors */
	bool guess, parked;
	const char *want;
} rows[] = {
	/* clang-format off */
	{ "sound key in use", AT("s1", GOOD), { "s1" }, false, false, "" },
	{ "selector in capitals, with dots", AT("a.b", GOOD), { "A.B" }, false, false, "" },
	{ "given twice", AT("s1", WEAK), { "s1", "S1" }, false, false, "dkim-key-short" },
	{ "no key in use", "example.com TXT x\n", { "s1" }, false, false, "dkim-no-key" },
	{ "lookup of a key in use fails", "s1._domainkey.example.com FAIL TXT\n", { "s1" }, false, false,
	  "dkim-lookup-failed" },
	{ "domain twice in the name", "s1._domainkey.example.com.example.com TXT " GOOD "\n", { "s1" }, false,
	  false, "dkim-name-doubled" },
	{ "selector that is no name", "example.com TXT x\n", { "a..b" }, false, false, "dkim-selector-name" },
	{ "withdrawn in use", AT("s1", "v=DKIM1; p="), { "s1" }, false, false, "dkim-revoked" },
	{ "short in use", AT("s1", WEAK), { "s1" }, false, false, "dkim-key-short" },
	{ "short, delegated", SUFFIX "s1._domainkey.example.com CNAME k.example.net\nk.example.net TXT " WEAK "\n",
	  { "s1" }, false, false, "dkim-key-short-delegated" },
	{ "short, at a name of the same owner", SUFFIX
	  "s1._domainkey.example.com CNAME k.example.com\nk.example.com TXT " WEAK "\n",
	  { "s1" }, false, false, "dkim-key-short" },
	{ "two records in use", AT("s1", GOOD) AT("s1", OTHER), { "s1" }, false, false, "dkim-multiple" },
	{ "SPF in use", AT("s1", "v=spf1 -all"), { "s1" }, false, false, "dkim-not-a-key" },
	{ "a host name in use", SUFFIX AT("s1", "s1.dkim.example.net"), { "s1" }, false, false,
	  "dkim-target-as-text-used" },
	{ "a word in use", SUFFIX AT("s1", "example.net"), { "s1" }, false, false, "dkim-not-a-key" },
	{ "a host name with an escape in use", SUFFIX AT("s1", "s1.d\\107im.example.net"), { "s1" }, false, false,
	  "dkim-not-a-key" },
	{ "a host name behind a CNAME in use", SUFFIX "s1._domainkey.example.com CNAME k.example.net\n"
	  "k.example.net TXT s1.dkim.example.net\n", { "s1" }, false, false, "dkim-not-a-key" },
	{ "a host name probed", SUFFIX AT("selector1", "k.dkim.example.net."), { NULL }, true, false,
	  "dkim-target-as-text dkim-none-found" },
	{ "a key at the domain itself", "example.com TXT " OTHER "\n", { NULL }, false, false, "dkim-misplaced" },
	{ "a key with its name at the domain itself", "example.com TXT s1._domainkey " OTHER "\n", { NULL }, false,
	  false, "dkim-misplaced" },
	{ "talk of a key at the domain itself", "example.com TXT see v=DKIM1; p=x\n", { NULL }, false, false, "" },
	{ "no key data at the domain itself", "example.com TXT v=DKIM1\n", { NULL }, false, false, "" },
	{ "dangling in use", SUFFIX "s1._domainkey.example.com CNAME k.example.net\nwww.example.net TXT x\n",
	  { "s1" }, false, false, "dkim-cname-dangling" },
	{ "dangling into an unregistered domain", SUFFIX "s1._domainkey.example.com CNAME k.example.net\n",
	  { "s1" }, false, false, "dkim-cname-unregistered" },
	{ "target fails", SUFFIX "s1._domainkey.example.com CNAME k.example.net\nk.example.net FAIL TXT\n",
	  { "s1" }, false, false, "dkim-lookup-failed" },
	{ "second Microsoft selector is dormant", SUFFIX
	  "selector1._domainkey.example.com CNAME selector1.x.onmicrosoft.com\n"
	  "selector2._domainkey.example.com CNAME selector2.x.onmicrosoft.com\n"
	  "selector1.x.onmicrosoft.com TXT " GOOD "\n", { "selector1", "selector2" }, false, false,
	  "dkim-cname-dormant" },
	{ "both Microsoft selectors dangle", SUFFIX
	  "selector1._domainkey.example.com CNAME selector1.x.onmicrosoft.com\n"
	  "selector2._domainkey.example.com CNAME selector2.x.onmicrosoft.com\n"
	  "x.onmicrosoft.com TXT x\n", { "selector1", "selector2" }, false, false,
	  "dkim-cname-dangling dkim-cname-dangling" },
	{ "one key twice", AT("s1", GOOD) AT("s2", GOOD), { "s1", "s2" }, false, false, "dkim-same-key" },
	{ "escaped, in use", AT("s1", "v=DKIM1\\; p=" RSA_2048), { "s1" }, false, false, "dkim-quoted" },

	{ "only Ed25519 in use, others may be", AT("s1", OTHER), { "s1" }, true, false, "dkim-ed25519-alone" },
	{ "only Ed25519 in use, no guessing", AT("s1", OTHER), { "s1" }, false, false, "dkim-ed25519-alone" },
	{ "Ed25519 and RSA in use", AT("s1", OTHER) AT("s2", GOOD), { "s1", "s2" }, false, false, "" },
	{ "Ed25519 in use, RSA found", AT("s1", OTHER) AT("google", GOOD), { "s1" }, true, false, "" },
	{ "Ed25519 in use, the other one fails", AT("s1", OTHER) "s2._domainkey.example.com FAIL TXT\n",
	  { "s1", "s2" }, false, false, "dkim-lookup-failed" },
	{ "Ed25519 in use, the other one withdrawn", AT("s1", OTHER) AT("s2", "v=DKIM1; p="), { "s1", "s2" }, false,
	  false, "dkim-revoked dkim-ed25519-alone" },
	{ "Ed25519 found only", AT("google", OTHER), { NULL }, true, false, "" },
	{ "for the domain alone, in use", AT("s1", "v=DKIM1; t=s; p=" RSA_2048), { "s1" }, false, false,
	  "dkim-strict" },
	{ "for the domain alone, found", AT("google", "v=DKIM1; t=s; p=" RSA_2048), { NULL }, true, false, "" },
	{ "no version in use", AT("s1", "p=" RSA_2048), { "s1" }, false, false, "dkim-no-version" },
	{ "policy records", AT("google", GOOD) "_domainkey.example.com TXT o=~\n"
	  "_adsp._domainkey.example.com TXT dkim=discardable\n", { NULL }, true, false,
	  "dkim-historic dkim-historic" },
	{ "no policy records", AT("google", GOOD) "_domainkey.example.com TXT o=hello\n"
	  "_adsp._domainkey.example.com TXT dkim=please\n", { NULL }, true, false, "" },
	{ "ADSP fails", AT("google", GOOD) "_adsp._domainkey.example.com FAIL TXT\n", { NULL }, true, false, "" },
	{ "second Microsoft selector is dormant, the first was not named", SUFFIX
	  "selector1._domainkey.example.com CNAME selector1.x.onmicrosoft.com\n"
	  "selector2._domainkey.example.com CNAME selector2.x.onmicrosoft.com\n"
	  "selector1.x.onmicrosoft.com TXT " GOOD "\n", { "selector2" }, false, false, "dkim-cname-dormant" },
	{ "a Microsoft selector of another name dangles", SUFFIX
	  "s3._domainkey.example.com CNAME selector1.x.onmicrosoft.com\nx.onmicrosoft.com TXT x\n", { "s3" },
	  false, false, "dkim-cname-dangling" },

	{ "guessing off, nothing given", "example.com TXT x\n", { NULL }, false, false, "" },
	{ "nothing exists", "example.com TXT x\n", { NULL }, true, false, "dkim-none-exists" },
	{ "nothing exists, parked", "example.com TXT x\n", { NULL }, true, true, "" },
	{ "unguessable", AT("20260101", GOOD), { NULL }, true, false, "dkim-none-found" },
	{ "found", AT("google", GOOD), { NULL }, true, false, "" },
	{ "found, short", AT("google", WEAK), { NULL }, true, false, "dkim-key-short-guessed" },
	{ "found, withdrawn", AT("google", "v=DKIM1; p="), { NULL }, true, false, "dkim-revoked-guessed" },
	{ "found, in test", AT("google", "v=DKIM1; t=y; p=" RSA_2048), { NULL }, true, false, "" },
	{ "found, broken twice over", AT("google", "v=dkim1; k=foo; p=" RSA_2048), { NULL }, true, false,
	  "dkim-guessed-broken" },
	{ "found, two records", AT("google", GOOD) AT("google", OTHER), { NULL }, true, false,
	  "dkim-guessed-broken" },
	{ "found, private", AT("google", "v=DKIM1; p=" PRIVATE_512), { NULL }, true, false, "dkim-private-key" },
	{ "found, dangling", SUFFIX "google._domainkey.example.com CNAME k.example.net\nexample.net TXT x\n",
	  { NULL }, true, false, "dkim-cname-dangling-guessed dkim-none-found" },
	{ "a text that is no key", AT("google", "hello"), { NULL }, true, false, "dkim-none-found" },
	{ "a guess fails", AT("s1", GOOD) "google._domainkey.example.com FAIL TXT\n", { NULL }, true, false, "" },
	{ "given beside guesses", AT("x9", GOOD) AT("google", "v=DKIM1; p="), { "x9" }, true, false,
	  "dkim-revoked-guessed" },
	{ "_domainkey fails", "_domainkey.example.com FAIL TXT\n", { NULL }, true, false, "dkim-probe-failed" },
	{ "_domainkey fails, key given", "_domainkey.example.com FAIL TXT\n" AT("s1", GOOD), { "s1" }, true, false,
	  "" },
	{ "a guess fails and none is found", AT("x1", GOOD) "google._domainkey.example.com FAIL TXT\n", { NULL },
	  true, false, "dkim-probe-failed" },
	{ "a guess leads where nobody answers", "selector1._domainkey.example.com CNAME k.example.net\n"
	  "k.example.net FAIL TXT\n", { NULL }, true, false, "dkim-probe-failed" },
	{ "a guess leads where nobody answers, another is found", AT("google", GOOD)
	  "selector1._domainkey.example.com CNAME k.example.net\nk.example.net FAIL TXT\n", { NULL }, true, false,
	  "" },
	{ "the wildcard test fails", AT("google", "v=DKIM1; p=") SELECTOR_NOBODY "._domainkey.example.com FAIL TXT\n",
	  { NULL }, true, false, "dkim-probe-failed" },
	/* clang-format on */
};

static void
check_row(size_t i)
{
	struct selector s[3] = { { .provenance = FROM_GIVEN } };
	struct subject subject = { .domain = tiny_name("example.com"),
		.guess = rows[i].guess,
		.parked = rows[i].parked,
		.selectors = s };
	static char zone[1 << 16];
	struct buf got;

	while (subject.n_selectors < 3 && rows[i].given[subject.n_selectors] != NULL) {
		s[subject.n_selectors] =
		    (struct selector){ .name = str_of(rows[i].given[subject.n_selectors]),
			    .provenance = FROM_GIVEN };
		subject.n_selectors++;
	}
	(void)snprintf(zone, sizeof(zone), "%s%s", MAIL, rows[i].zone);
	buf_init(&got, 4096);
	tiny_check(zone, &subject, check_dkim, &got);
	buf_addc(&got, '\0');
	if (strcmp(got.p, rows[i].want) != 0)
		print_error("%s: got '%s', want '%s'\n", rows[i].name, got.p, rows[i].want);
	assert_string_equal(got.p, rows[i].want);
	buf_free(&got);
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(i);
}

/* A name without MX signs nothing that we know of: no key is nothing to tell. */
static void
test_no_mail_no_keys(void **state)
{
	struct subject subject = { .domain = tiny_name("example.com"), .guess = true };
	struct buf got;

	(void)state;
	buf_init(&got, 4096);
	tiny_check("example.com A 192.0.2.1\n", &subject, check_dkim, &got);
	assert_int_equal(got.n, 0);
	buf_free(&got);
}

/* A zone whose wildcard gives TEXT to every selector that is probed. */
static void
wildcard(const char *text, const char *want)
{
	static char zone[1 << 16];
	struct subject subject = { .domain = tiny_name("example.com"), .guess = true };
	size_t n = (size_t)snprintf(zone, sizeof(zone), MAIL);
	struct buf got;

	for (size_t i = 0; i <= n_selector_probes; i++)
		n += (size_t)snprintf(zone + n, sizeof(zone) - n,
		    "%s._domainkey.example.com TXT %s\n",
		    i < n_selector_probes ? selector_probes[i].name : SELECTOR_NOBODY, text);
	buf_init(&got, 4096);
	tiny_check(zone, &subject, check_dkim, &got);
	buf_addc(&got, '\0');
	assert_string_equal(got.p, want);
	buf_free(&got);
}

/* What a selector that nobody uses gets is not found at the others. */
static void
test_wildcards(void **state)
{
	(void)state;
	wildcard("v=DKIM1; p=", ""); /* what parked domains are told to publish */
	wildcard("v=spf1 -all", "dkim-none-found");
	wildcard(WEAK, "dkim-wildcard");
}

/* Each provenance but a guess is in use, whoever fills it in. */
static void
test_provenances(void **state)
{
	static const struct {
		enum provenance from;
		const char *word, *want;
	} cases[] = { { FROM_GIVEN, "given", "dkim-no-key" },
		{ FROM_CONFIG, "config", "dkim-no-key" }, { FROM_LOG, "log", "dkim-no-key" },
		{ FROM_MESSAGE, "message", "dkim-no-key" },
		{ FROM_REPORT, "report", "dkim-no-key" }, { FROM_GUESS, NULL, "" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct selector s = { .name = STR("s1"), .provenance = cases[i].from };
		struct subject subject = {
			.domain = tiny_name("example.com"), .selectors = &s, .n_selectors = 1
		};
		struct buf got;
		struct tiny t;

		buf_init(&got, 4096);
		tiny_check("example.com TXT x\n", &subject, check_dkim, &got);
		buf_addc(&got, '\0');
		assert_string_equal(got.p, cases[i].want);
		buf_free(&got);
		tiny_init(&t, "example.com TXT x\n", &subject);
		check_dkim(&t.au);
		assert_int_equal(t.facts.dkim->n, cases[i].word != NULL);
		if (cases[i].word != NULL)
			assert_string_equal(t.facts.dkim->keys[0].provenance, cases[i].word);
		tiny_free(&t);
	}
}

/* The CNAMEs on the way and whose their end is. */
static void
test_chain_is_a_fact(void **state)
{
	struct selector s = { .name = STR("s1"), .provenance = FROM_GIVEN };
	struct subject subject = {
		.domain = tiny_name("example.com"), .selectors = &s, .n_selectors = 1
	};
	struct name last = tiny_name("s1.domainkey.u1.wl1.sendgrid.net");
	const struct dkim_fact *k;
	struct tiny t;

	(void)state;
	tiny_init(&t,
	    SUFFIX "s1._domainkey.example.com CNAME k.example.net\n"
		   "k.example.net CNAME s1.domainkey.u1.wl1.sendgrid.net\n"
		   "s1.domainkey.u1.wl1.sendgrid.net TXT " GOOD "\n",
	    &subject);
	check_dkim(&t.au);
	k = &t.facts.dkim->keys[0];
	assert_int_equal(k->n_chain, 2);
	assert_true(name_eq(&k->chain[1], &last) && name_eq(&k->target, &last));
	assert_string_equal(k->provider, "SendGrid");
	tiny_free(&t);
}

/* Rows of the table: unique, in lower case, dated; none stands in for another. */
static void
test_hosts(void **state)
{
	struct name evil = tiny_name("xsendgrid.net"), apex = tiny_name("sendgrid.net");

	(void)state;
	assert_null(dkim_provider(&evil));
	assert_string_equal(dkim_provider(&apex), "SendGrid");
	for (size_t i = 0; i < n_dkim_hosts; i++) {
		struct name zone = tiny_name(dkim_hosts[i].zone);

		assert_string_equal(dkim_provider(&zone), dkim_hosts[i].provider);
		assert_int_equal(strlen(dkim_hosts[i].checked), 7);
		if (i > 0)
			assert_true(strcmp(dkim_hosts[i - 1].zone, dkim_hosts[i].zone) < 0);
	}
}

/* The remedy of a spoilt record is the record as it should be, with all of its tags. */
static void
test_cleaned_record_is_proposed(void **state)
{
	static const struct {
		const char *zone;
		struct str want;
	} cases[] = {
		{ AT("s1", "v=DKIM1\\; p=" ED25519_RAW "\\; k=ed25519"),
		    STR("\"v=DKIM1; p=" ED25519_RAW "; k=ed25519\"") },
		{ AT("s1", "v=DKIM1 n=x; k=ed25519; p=" ED25519_RAW),
		    STR("\"v=DKIM1; n=x; k=ed25519; p=" ED25519_RAW "\"") },
	};
	struct selector s = { .name = STR("s1"), .provenance = FROM_GIVEN };
	struct subject subject = {
		.domain = tiny_name("example.com"), .selectors = &s, .n_selectors = 1
	};
	struct tiny t;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		tiny_init(&t, cases[i].zone, &subject);
		check_dkim(&t.au);
		assert_int_equal(t.findings.n, 1);
		assert_int_equal(t.findings.first->remedy.n_changes, 1);
		assert_true(str_eq(t.findings.first->remedy.changes[0].new, cases[i].want));
		assert_string_equal(t.facts.dkim->keys[0].state, "invalid");
		assert_string_equal(t.facts.dkim->keys[0].provenance, "given");
		tiny_free(&t);
	}
}

/* What is offered in place of a broken record leaves out no tag, and so nothing that bounds the
 * key. */
static const struct {
	const char *name, *text, *want; /* "" = nothing */
} meant_rows[] = {
	/* clang-format off */
	{ "a name before it", "s1 IN TXT v=DKIM1; p=" RSA_1024, "v=DKIM1; p=" RSA_1024 },
	{ "a tag before it", "t=y; junk; v=DKIM1; p=" RSA_1024, "" },
	{ "a tag in the name before it", "junk t=y v=DKIM1; p=" RSA_1024, "" },
	{ "another key before it", "v=DKIM1; p=" RSA_1024_E3 "; junk; v=DKIM1; p=" RSA_1024, "" },
	{ "v= of another kind", "v=1; t=y; p=" RSA_1024, "v=DKIM1; t=y; p=" RSA_1024 },
	{ "a tag in v=", "v=DKIM1 t=y; p=" RSA_1024, "v=DKIM1; t=y; p=" RSA_1024 },
	{ "a tag in v= at the end", "t=s; p=" RSA_1024 "; v=DKIM1 s=x", "" },
	{ "a key withdrawn in v=", "v=DKIM1 p=; k=rsa; p=" RSA_1024, "" },
	{ "a line of a zone file", "s1 TXT ( \"v=DKIM1; t=s; \" \"p=" RSA_1024 "\" ) ; s1",
	  "v=DKIM1; t=s; p=" RSA_1024 },
	{ "a tag outside the quotes", "t = y; s1 TXT \"v=DKIM1; p=" RSA_1024 "\"", "" },
	{ "a tag behind the quotes", "s1 TXT \"v=DKIM1; p=" RSA_1024 "\"; t=y", "" },
	/* clang-format on */
};

static void
test_meant_is_proposed(void **state)
{
	struct selector s = { .name = STR("s1"), .provenance = FROM_GIVEN };
	struct subject subject = {
		.domain = tiny_name("example.com"), .selectors = &s, .n_selectors = 1
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(meant_rows); i++) {
		char zone[2048], got[2048] = "";
		struct tiny t;
		size_t n = 0;

		(void)snprintf(
		    zone, sizeof(zone), "s1._domainkey.example.com TXT %s\n", meant_rows[i].text);
		tiny_init(&t, zone, &subject);
		check_dkim(&t.au);
		for (struct finding *f = t.findings.first; f != NULL; f = f->next)
			for (size_t k = 0; k < f->remedy.n_changes; k++)
				for (size_t c = 0; c < f->remedy.changes[k].new.n; c++)
					if (f->remedy.changes[k].new.p[c] != '"')
						got[n++] = f->remedy.changes[k].new.p[c];
		got[n] = '\0';
		print_message("%s\n", meant_rows[i].name);
		assert_string_equal(got, meant_rows[i].want);
		tiny_free(&t);
	}
}

/* A selector whose CNAME was seen is not absent because its key was not. */
static void
test_unknown_is_a_fact(void **state)
{
	struct subject subject = { .domain = tiny_name("example.com"), .guess = true };
	struct name target = tiny_name("k.example.net");
	struct tiny t;

	(void)state;
	tiny_init(&t,
	    MAIL SUFFIX "selector1._domainkey.example.com CNAME k.example.net\n"
			"k.example.net FAIL TXT\ngoogle._domainkey.example.com FAIL TXT\n",
	    &subject);
	check_dkim(&t.au);
	assert_int_equal(t.facts.dkim->n, 1); /* the other guess is nothing */
	assert_string_equal(t.facts.dkim->keys[0].state, "unknown");
	assert_true(name_eq(&t.facts.dkim->keys[0].target, &target));
	tiny_free(&t);
}

/* What is offered for TEXT at the domain itself beside ZONE: actions and names. */
static void
moved(const char *text, const char *zone, const char *want)
{
	struct subject subject = { .domain = tiny_name("example.com") };
	static char all[4096];
	struct tiny t;
	struct buf got;

	(void)snprintf(all, sizeof(all), "example.com TXT %s\n%s", text, zone);
	buf_init(&got, 4096);
	tiny_init(&t, all, &subject);
	check_dkim(&t.au);
	assert_int_equal(t.findings.n, 1);
	for (size_t i = 0; i < t.findings.first->remedy.n_changes; i++) {
		const struct change *c = &t.findings.first->remedy.changes[i];

		buf_addc(&got, c->action == CHANGE_ADD ? '+' : '-');
		name_print(&got, &c->name);
		buf_addc(&got, ' ');
		buf_add(&got, c->action == CHANGE_ADD ? c->new : c->old);
		buf_addc(&got, '\n');
	}
	buf_addc(&got, '\0');
	assert_string_equal(got.p, want);
	buf_free(&got);
	tiny_free(&t);
}

/* A key is moved where the text says, if it says it and nothing is there. */
static void
test_misplaced_is_moved(void **state)
{
	const char *both = "-example.com \"s1._domainkey " OTHER "\"\n"
			   "+s1._domainkey.example.com \"" OTHER "\"\n";

	(void)state;
	moved(OTHER, "", "");
	moved("s1._domainkey " OTHER, "", both);
	moved("s1._domainkey.example.com. " OTHER, "",
	    "-example.com \"s1._domainkey.example.com. " OTHER "\"\n"
	    "+s1._domainkey.example.com \"" OTHER "\"\n");
	moved("s1._domainkey " OTHER, AT("s1", WEAK), "");
	moved("s1._domainkey " OTHER, "s1._domainkey.example.com FAIL TXT\n", "");
	moved("s1._domainkey v=DKIM1; p=?", "", "");
}

/* Rows of the table: unique, lower-case, dated, and each makes a name. */
static void
test_probes(void **state)
{
	(void)state;
	assert_true(n_selector_probes <= MAX_SELECTOR_PROBES);
	for (size_t i = 0; i < n_selector_probes; i++) {
		struct name name = tiny_name(selector_probes[i].name);

		assert_true(name_is_hostname(&name, false));
		assert_int_equal(strlen(selector_probes[i].checked), 7);
		assert_true(strlen(selector_probes[i].provider) > 0);
		for (const char *c = selector_probes[i].name; *c != '\0'; c++)
			assert_int_equal(*c, ascii_lower(*c));
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(selector_probes[i].name, selector_probes[j].name);
	}
}

/* A key of the signer that nobody can read says nothing against the one published. */
static void
test_signer_that_cannot_be_compared(void **state)
{
	static char large[MAX_KEY_BYTES + 1];
	const struct {
		struct str data;
		const char *text, *want;
	} cases[] = {
		{ { large, sizeof(large) }, GOOD, "dkim-signer-unknown" },
		{ { "no key", 6 }, GOOD, "dkim-signer-unknown" },
		{ { large, sizeof(large) }, "v=DKIM1; p=?", "dkim-not-base64" },
	};
	struct selector s1 = { .name = STR("s1"), .provenance = FROM_GIVEN };
	struct buf got;

	(void)state;
	buf_init(&got, 1 << 12);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct signer_key key = { .data = cases[i].data };
		struct subject s = { .domain = tiny_name("example.com"),
			.selectors = &s1,
			.n_selectors = 1,
			.signer = &key };
		char zone[2000];

		(void)snprintf(zone, sizeof(zone), MAIL SUFFIX "s1._domainkey.example.com TXT %s\n",
		    cases[i].text);
		tiny_check(zone, &s, check_dkim, &got);
		buf_addc(&got, '\0');
		if (strstr(got.p, cases[i].want) == NULL || strstr(got.p, "dkim-signer-differs"))
			fail_msg("%zu: got '%s', want '%s'", i, got.p, cases[i].want);
		buf_reset(&got);
	}
	buf_free(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_no_mail_no_keys),
		cmocka_unit_test(test_wildcards),
		cmocka_unit_test(test_cleaned_record_is_proposed),
		cmocka_unit_test(test_meant_is_proposed),
		cmocka_unit_test(test_unknown_is_a_fact),
		cmocka_unit_test(test_misplaced_is_moved),
		cmocka_unit_test(test_probes),
		cmocka_unit_test(test_signer_that_cannot_be_compared),
		cmocka_unit_test(test_provenances),
		cmocka_unit_test(test_chain_is_a_fact),
		cmocka_unit_test(test_hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
