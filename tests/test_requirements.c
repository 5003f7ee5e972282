/* SPDX-License-Identifier: ISC */
/*
 * test_requirements.c - what providers demand: the table proves itself, and whether each
 * would take the mail of a vector, with what stands between.
 */
#include "checks/requirements.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include "tests/vector.h"

static bool
is_day(const char *s)
{
	static const char form[] = "dddd-dd-dd";

	if (strlen(s) != sizeof(form) - 1)
		return false;
	for (size_t i = 0; s[i] != '\0'; i++)
		if (form[i] == 'd' ? !ascii_isdigit(s[i]) : s[i] != form[i])
			return false;
	return true;
}

/* A provider's rows stand together, each with its source, a day and codes of this form. */
static void
test_rows_prove_themselves(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_requirements; i++) {
		const struct requirement *r = &requirements[i];

		assert_true(is_day(r->read));
		assert_true(strlen(r->source) > 0 && strlen(r->text) > 0);
		assert_true(r->since[0] == '\0' || ascii_isdigit(r->since[0]));
		for (const char *p = r->codes; *p != '\0'; p++)
			assert_true(ascii_isdigit(*p) || *p == '.' || *p == ' ');
		for (size_t k = i + 1; k < n_requirements; k++) {
			assert_false(strcmp(r->provider, requirements[k].provider) == 0 &&
				     strcmp(r->text, requirements[k].text) == 0);
			if (strcmp(r->provider, requirements[k].provider) == 0)
				assert_string_equal(r->provider, requirements[k - 1].provider);
		}
	}
}

/* What a vector is to give: "VERDICT SLUG,SLUG" of each provider, in the table's order. */
static const struct {
	const char *name, *check, *zone;
	const char *gmail, *microsoft;
} cases[] = {
#define HEAD                                                                                       \
	"$ORIGIN example.com.\n$TTL 3600\n@ IN SOA ns1 h 1 7200 3600 1209600 3600\n@ IN NS ns1\n"  \
	"ns1 IN A 192.0.2.53\n@ IN MX 10 mx\nmx IN A 192.0.2.25\n"
#define SPF "@ IN TXT \"v=spf1 ip4:192.0.2.25 -all\"\n"
#define DMARC "_dmarc IN TXT \"v=DMARC1; p=reject; rua=mailto:d@example.com\"\n"
#define KEY                                                                                        \
	"s1._domainkey IN TXT \"v=DKIM1; k=ed25519; "                                              \
	"p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n"
#define P_NONE "_dmarc IN TXT \"v=DMARC1; p=none; rua=mailto:d@example.com\"\n"
#define OTHER                                                                                      \
	";; zone example.net\n$ORIGIN example.net.\n$TTL 3600\n"                                   \
	"@ IN SOA ns.example.com. h.example.com. 1 7200 3600 1209600 3600\n"                       \
	"@ IN NS ns1.example.com.\nbounce IN TXT \"v=spf1 ip4:192.0.2.25 -all\"\n"                 \
	"bounce IN MX 10 mx.example.com.\n" KEY
#define PTR                                                                                        \
	";; zone 2.0.192.in-addr.arpa\n$ORIGIN 2.0.192.in-addr.arpa.\n$TTL 3600\n"                 \
	"@ IN SOA ns.example.com. h.example.com. 1 7200 3600 1209600 3600\n"                       \
	"@ IN NS ns1.example.com.\n25 IN PTR mx.example.com.\n"
	{ "all is there", "--bulk --ip 192.0.2.25 --selector s1", HEAD SPF DMARC KEY PTR, "ready ",
	    "ready " },
	{ "no PTR", "--ip 192.0.2.26",
	    HEAD "@ IN TXT \"v=spf1 ip4:192.0.2.26 -all\"\n" DMARC KEY PTR, "not-ready ptr-none",
	    "not-ready ptr-none" },
	{ "SPF fails, and nobody said who signs", "--ip 192.0.2.25",
	    HEAD "@ IN TXT \"v=spf1 -all\"\n" DMARC KEY PTR, "not-ready spf-not-pass",
	    "not-ready spf-not-pass" },
	{ "SPF fails, DKIM carries the mail", "--ip 192.0.2.25 --selector s1",
	    HEAD "@ IN TXT \"v=spf1 -all\"\n" DMARC KEY PTR, "ready ", "ready " },
	{ "... which is not enough for bulk mail", "--bulk --ip 192.0.2.25 --selector s1",
	    HEAD "@ IN TXT \"v=spf1 -all\"\n" DMARC KEY PTR, "not-ready spf-not-pass",
	    "not-ready spf-not-pass" },
	{ "its own policy has the mail refused", "--ip 192.0.2.25 --mail-from bounce.example.net",
	    HEAD SPF DMARC PTR OTHER, "not-ready stream-unaligned", "not-ready stream-unaligned" },
	{ "... and p=none does not", "--ip 192.0.2.25 --mail-from bounce.example.net",
	    HEAD SPF P_NONE PTR OTHER, "ready ", "ready " },
	{ "... but a bulk sender has to be aligned",
	    "--bulk --ip 192.0.2.25 --mail-from bounce.example.net --dkim d=example.net,s=s1",
	    HEAD SPF P_NONE PTR OTHER, "not-ready stream-unaligned-none",
	    "not-ready stream-unaligned-none" },
	{ "a small sender needs no DMARC record", "--ip 192.0.2.25 --selector s1", HEAD SPF KEY PTR,
	    "ready ", "ready " },
	{ "a bulk sender does", "--bulk --ip 192.0.2.25 --selector s1", HEAD SPF KEY PTR,
	    "not-ready dmarc-none", "not-ready dmarc-none" },
	{ "no key at all, in the order to see to it", "--bulk --ip 192.0.2.26", HEAD SPF PTR,
	    "not-ready ptr-none,spf-not-pass,dkim-none-exists,dmarc-none",
	    "not-ready ptr-none,spf-not-pass,dkim-none-exists,dmarc-none" },
	{ "no selector said: unseen, and no word against it", "--bulk --ip 192.0.2.25",
	    HEAD SPF DMARC KEY PTR, "ready ", "ready " },
	{ "the PTR zone does not answer", "--ip 192.0.2.25 --selector s1", HEAD SPF DMARC KEY,
	    "cannot-tell ptr-lookup-failed", "cannot-tell ptr-lookup-failed" },
	{ "... and something else is missing", "--bulk --ip 192.0.2.25 --selector s1", HEAD SPF KEY,
	    "not-ready ptr-lookup-failed,dmarc-none", "not-ready ptr-lookup-failed,dmarc-none" },
	{ "a key that could not be looked up", "--bulk --ip 192.0.2.25 --selector s1",
	    ";; fail TXT s1._domainkey.example.com\n" HEAD SPF DMARC PTR,
	    "cannot-tell dkim-lookup-failed", "cannot-tell dkim-lookup-failed" },
};

static void
describe(const struct readiness *r, struct buf *out)
{
	buf_reset(out);
	buf_adds(out, readiness_name(r->verdict));
	buf_addc(out, ' ');
	for (size_t i = 0; i < r->n_missing; i++) {
		buf_adds(out, i > 0 ? "," : "");
		buf_adds(out, rule_of(r->missing[i]->f->id)->slug);
	}
}

static void
compare(void *ctx, const struct engine_result *r, const struct domain_result *d)
{
	size_t i = *(const size_t *)ctx;
	struct buf b;

	(void)r;
	buf_init(&b, 4096);
	for (size_t k = 0; k < d->n_readiness; k++) {
		const char *provider = d->readiness[k].provider;
		const char *want = strcmp(provider, "gmail") == 0       ? cases[i].gmail
				   : strcmp(provider, "microsoft") == 0 ? cases[i].microsoft
									: NULL;

		if (want == NULL)
			continue;
		describe(&d->readiness[k], &b);
		if (!str_eq(buf_str(&b), str_of(want)))
			fail_msg("%s: %s: got '%.*s', want '%s'", cases[i].name, provider, (int)b.n,
			    b.p, want);
	}
	assert_int_equal(d->n_readiness, 4);
	buf_free(&b);
}

static void
test_what_stands_between(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct vector v;
		struct vector_got g;
		struct buf text;

		buf_init(&text, 1 << 16);
		buf_adds(&text, ";; check --profile preflight --skip dnsbl ");
		buf_adds(&text, cases[i].check);
		buf_adds(&text, " example.com\n");
		buf_adds(&text, cases[i].zone);
		vector_parse(&v, "case", buf_str(&text));
		v.look = compare;
		v.look_ctx = &i;
		vector_run(&v, 0, &g);
		vector_got_free(&g);
		vector_free(&v);
		buf_free(&text);
	}
}

/* Domains that a postmaster would leave alone, by what they are. */
static const char *const healthy[] = { "workspace", "office", "esp", "own" };

static void
all_ready(void *ctx, const struct engine_result *r, const struct domain_result *d)
{
	(void)r;
	assert_int_equal(d->n_readiness, 4);
	for (size_t i = 0; i < d->n_readiness; i++)
		if (d->readiness[i].verdict != READY)
			fail_msg("%s: %s is %s", (const char *)ctx, d->readiness[i].provider,
			    readiness_name(d->readiness[i].verdict));
}

static void
test_healthy_domains_are_ready(void **state)
{
	const char *src = getenv("srcdir");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(healthy); i++) {
		struct vector v;
		struct vector_got g;
		char path[4096];

		(void)snprintf(path, sizeof(path), "%s/vectors/check/healthy-preflight-%s.zone",
		    src != NULL ? src : ".", healthy[i]);
		vector_read(&v, path);
		v.look = all_ready;
		v.look_ctx = path;
		vector_run(&v, 0, &g);
		vector_got_free(&g);
		vector_free(&v);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_prove_themselves),
		cmocka_unit_test(test_what_stands_between),
		cmocka_unit_test(test_healthy_domains_are_ready),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
