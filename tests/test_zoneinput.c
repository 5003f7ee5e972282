/* SPDX-License-Identifier: ISC */
/*
 * test_zoneinput.c - DNSControl's JSON, its cache, Terraform plans; the same zone through
 * every input; and which of the published inputs are read.
 */
#include "audit/sources/zoneinput.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audit/error.h"
#include "audit/sources/rewrite.h"
#include "audit/sources/zonefile.h"
#include "audit/sources/zonesource.h"

static void
describe(struct buf *b, struct source *s, const char *name, const char *type)
{
	struct ticket t = { .q = { .kind = ASK_DNS, .type = type_parse(str_of(type)) } };
	struct answer *a;

	assert_int_equal(name_parse(str_of(name), &t.q.name), NAME_OK);
	if (s->ops->ask(s, &t, &a) != SOURCE_ANSWERED) {
		buf_adds(b, "not mine");
		return;
	}
	if (a->n_chain > 0) {
		buf_adds(b, "to ");
		name_print(b, &a->chain[0]);
	} else if (a->n_rr == 0) {
		buf_adds(
		    b, a->status == ANSWER_FAILED ? cause_name(a->cause) : status_name(a->status));
	}
	for (size_t i = 0; i < a->n_rr; i++) {
		const struct rr *rr = &a->rr[i];
		char place[64];

		(void)snprintf(place, sizeof(place), "%s%.*s:%u:%u ", i > 0 ? " | " : "",
		    (int)rr->file.n, rr->file.p, rr->line, rr->column);
		buf_adds(b, place);
		rr_print(b, rr);
	}
	answer_unref(a);
}

#define IR(records)                                                                                \
	"{\"registrars\": [], \"domains\": [{\"name\": \"example.com!in\", \"records\": [" records \
	"]}]}"
#define REC(type, rest) "{\"type\": \"" type "\", \"name\": \"@\", " rest "}"
#define PLAN(before, after, unknown)                                                               \
	"{\"format_version\": \"1.2\", \"resource_changes\": [{\"address\": \"t.n\", \"mode\": "   \
	"\"managed\", \"type\": \"" before "\", \"name\": \"n\", \"change\": {\"before\": null, "  \
	"\"after\": {" after "}, \"after_unknown\": {" unknown "}}}]}"
#define AWS(name, type, records)                                                                   \
	PLAN("aws_route53_record",                                                                 \
	    "\"name\": \"" name "\", \"type\": \"" type "\", \"records\": [" records "]", "")

#define CHANGE(kind, after)                                                                        \
	"{\"address\": \"a.b\", \"mode\": \"managed\", \"type\": \"" kind                          \
	"\", \"name\": \"b\", \"change\": {\"after\": {" after "}}}"

/* clang-format off */
static const struct {
	const char *label, *path, *text, *name, *type, *want;
} rows[] = {
	{ "ir, text", "ir.json", IR(REC("TXT", "\"target\": \"v=spf1 -all\", \"filepos\": \"[line:5:7]\"")), "example.com", "TXT",
	  "dnsconfig.js:5:7 \"v=spf1 -all\"" },
	{ "ir, the place is not told", "ir.json", IR(REC("TXT", "\"target\": \"x\", \"filepos\": \"  at node:1:2)\"")), "example.com", "TXT",
	  "ir.json:1:110 \"x\"" },
	{ "ir, another file", "ir.json", IR(REC("A", "\"target\": \"192.0.2.1\", \"filepos\": \"[a/b.js:5:0]\"")), "example.com", "A",
	  "a/b.js:5:1 192.0.2.1" },
	{ "ir, MX of preference 0, target below the zone", "ir.json", IR(REC("MX", "\"target\": \"mx\", \"filepos\": \"[line:1:1]\"")),
	  "example.com", "MX", "dnsconfig.js:1:1 0 mx.example.com." },
	{ "ir, MX", "ir.json", IR(REC("MX", "\"mxpreference\": 10, \"target\": \"mx.example.net.\", \"filepos\": \"[line:1:1]\"")),
	  "example.com", "MX", "dnsconfig.js:1:1 10 mx.example.net." },
	{ "ir, ALIAS", "ir.json", IR(REC("ALIAS", "\"target\": \"mx.example.net.\"")), "example.com", "A", "not mine" },
	{ "ir, proxied", "ir.json", IR(REC("CNAME", "\"target\": \"a.\", \"meta\": {\"cloudflare_proxy\": \"on\"}")), "example.com", "TXT", "no data" },
	{ "ir, absent", "ir.json", IR(REC("TXT", "\"target\": \"x\"")), "a.example.com", "TXT", "no such name" },
	{ "ir, of a type nobody looks into", "ir.json", IR(REC("LOC", "\"target\": \"x\"")), "example.com", "TYPE29", "not in the zone files given" },
	{ "ir, a surrogate pair", "ir.json", IR(REC("TXT", "\"target\": \"\\ud83d\\ude00\", \"filepos\": \"[line:1:1]\"")), "example.com", "TXT",
	  "dnsconfig.js:1:1 \"\\240\\159\\152\\128\"" },
	{ "ir, a text in parts", "ir.json", IR(REC("TXT", "\"target\": \"v=spf1\", \"txtstrings\": [\"v=spf1\", \" -all\"], \"filepos\": \"[line:5:7]\"")), "example.com", "TXT",
	  "dnsconfig.js:5:7 \"v=spf1 -all\"" },
	{ "ir, parts of another text", "ir.json", IR(REC("TXT", "\"target\": \"x\", \"txtstrings\": [\"v=spf1\", \" -all\"], \"filepos\": \"[line:5:7]\"")), "example.com", "TXT", "dnsconfig.js:5:7 \"x\"" },
	{ "ir, no parts", "ir.json", IR(REC("TXT", "\"target\": \"x\", \"txtstrings\": [], \"filepos\": \"[line:5:7]\"")), "example.com", "TXT", "dnsconfig.js:5:7 \"x\"" },
	{ "ir, parts in place of a target", "ir.json", IR(REC("TXT", "\"target\": [\"v=spf1\", \" -all\"], \"filepos\": \"[line:5:7]\"")), "example.com", "TXT",
	  "dnsconfig.js:5:7 \"v=spf1 -all\"" },
	{ "ir, no text", "ir.json", IR(REC("TXT", "\"target\": [[]]")), "example.com", "TXT", "malformed answer" },
	{ "ir, raw record", "ir.json", "{\"registrars\": [], \"domains\": [{\"name\": \"example.com\", \"records\": [], \"rawrecords\": "
	  "[{\"type\": \"MX\", \"args\": [\"@\", 5, \"mx.example.net.\"], \"filepos\": \"[line:3:1]\"}, {\"type\": \"CF_REDIRECT\", \"args\": [\"a\", \"b\"]}]}]}",
	  "example.com", "MX", "dnsconfig.js:3:1 5 mx.example.net." },
	{ "ir, cut short", "ir.json", "{\"registrars\": [], \"domains\": [{\"name\": \"example.com\", \"records\": [" REC("TXT", "\"target\": \"x\"") ", {",
	  "a.example.com", "TXT", "not in the zone files given" },
	{ "cache", "spfcache.json", "{\"_spf.example.net\": {\"SPF\": \"v=spf1 -all\"}, \"a.example.net\": {\"SPF\": \"\"}}", "_spf.example.net", "TXT",
	  "spfcache.json:1:30 \"v=spf1 -all\"" },
	{ "cache, a name that it lacks", "spfcache.json", "{\"_spf.example.net\": {\"SPF\": \"v=spf1 -all\"}}", "b.example.net", "TXT", "not mine" },
	{ "cache, a name without one", "spfcache.json", "{\"_spf.example.net\": {\"SPF\": \"v=spf1 -all\"}, \"a.example.net\": {\"SPF\": \"\"}}", "a.example.net", "TXT", "not mine" },
	{ "aws", "plan.json", AWS("example.com", "TXT", "\"v=spf1 -all\""), "example.com", "TXT", "t.n:1:1 \"v=spf1 -all\"" },
	{ "aws, chunks", "plan.json", AWS("example.com", "TXT", "\"v=spf1 \\\"\\\"-all\""), "example.com", "TXT", "t.n:1:1 \"v=spf1 -all\"" },
	{ "aws, wildcard", "plan.json", AWS("\\\\052.example.com", "A", "\"192.0.2.1\""), "a.example.com", "A", "t.n:1:1 192.0.2.1" },
	{ "aws, MX without final dot", "plan.json", AWS("example.com", "MX", "\"10 mx.example.net\", \"20 mx2.example.net.\""), "example.com", "MX",
	  "t.n:1:1 10 mx.example.net. | t.n:1:1 20 mx2.example.net." },
	{ "aws, a zone that is guessed", "plan.json", AWS("a.example.com", "A", "\"192.0.2.1\""), "b.example.com", "A", "not in the zone files given" },
	{ "aws, one with a record at its top", "plan.json", AWS("example.com", "A", "\"192.0.2.1\""), "b.example.com", "A", "no such name" },
	{ "aws, alias", "plan.json", PLAN("aws_route53_record", "\"name\": \"example.com\", \"type\": \"A\", \"alias\": [{\"name\": \"x\"}]", ""), "example.com", "A", "not mine" },
	{ "aws, values known after apply", "plan.json", PLAN("aws_route53_record", "\"name\": \"example.com\", \"type\": \"TXT\"", "\"records\": true"),
	  "example.com", "TXT", "not in the zone files given" },
	{ "aws, one of them", "plan.json", PLAN("aws_route53_record", "\"name\": \"example.com\", \"type\": \"TXT\", \"records\": [\"x\"]", "\"records\": [false, true]"),
	  "example.com", "TXT", "not in the zone files given" },
	{ "cloudflare, in quotes", "plan.json", PLAN("cloudflare_dns_record", "\"name\": \"example.com\", \"type\": \"TXT\", \"content\": \"\\\"v=spf1 -all\\\"\"", ""),
	  "example.com", "TXT", "t.n:1:1 \"v=spf1 -all\"" },
	{ "cloudflare, as it was called", "plan.json", PLAN("cloudflare_record", "\"name\": \"example.com\", \"type\": \"TXT\", \"value\": \"v=spf1 -all\"", ""),
	  "example.com", "TXT", "t.n:1:1 \"v=spf1 -all\"" },
	{ "cloudflare, MX", "plan.json", PLAN("cloudflare_dns_record", "\"name\": \"example.com\", \"type\": \"MX\", \"priority\": 5, \"content\": \"mx.example.net\"", ""),
	  "example.com", "MX", "t.n:1:1 5 mx.example.net." },
	{ "digitalocean", "plan.json", PLAN("digitalocean_record", "\"domain\": \"example.com\", \"name\": \"@\", \"type\": \"TXT\", \"value\": \"v=spf1 -all\"", ""),
	  "example.com", "TXT", "t.n:1:1 \"v=spf1 -all\"" },
	{ "digitalocean, SRV", "plan.json", PLAN("digitalocean_record", "\"domain\": \"example.com\", \"name\": \"_a._tcp\", \"type\": \"SRV\", \"priority\": 1, \"weight\": 2, "
	  "\"port\": 3, \"value\": \"a.example.net.\"", ""), "_a._tcp.example.com", "SRV", "t.n:1:1 1 2 3 a.example.net." },
	{ "digitalocean, CAA", "plan.json", PLAN("digitalocean_record", "\"domain\": \"example.com\", \"name\": \"a\", \"type\": \"CAA\", \"flags\": 0, \"tag\": \"issue\", "
	  "\"value\": \"ca.example.net.\"", ""), "b.example.com", "A", "no such name" },
	{ "a word that names a zone nowhere else", "plan.json", PLAN("aws_cognito_user_pool_domain", "\"domain\": \"login.example.com\"", ""), "login.example.com", "A", "not mine" },
	{ "dnsimple", "plan.json", PLAN("dnsimple_zone_record", "\"zone_name\": \"example.com\", \"name\": \"\", \"type\": \"MX\", \"value\": \"mx.example.net\", \"priority\": 5", ""),
	  "example.com", "MX", "t.n:1:1 5 mx.example.net." },
	{ "gandi", "plan.json", PLAN("gandi_livedns_record", "\"zone\": \"example.com\", \"name\": \"@\", \"type\": \"TXT\", \"values\": [\"\\\"v=spf1 -all\\\"\"]", ""),
	  "example.com", "TXT", "t.n:1:1 \"v=spf1 -all\"" },
	{ "ovh, what it calls DMARC", "plan.json", PLAN("ovh_domain_zone_record", "\"zone\": \"example.com\", \"subdomain\": \"_dmarc\", \"fieldtype\": \"DMARC\", \"target\": \"v=DMARC1; p=none\"", ""),
	  "_dmarc.example.com", "TXT", "t.n:1:1 \"v=DMARC1; p=none\"" },
	{ "ovh, at the top", "plan.json", PLAN("ovh_domain_zone_record", "\"zone\": \"example.com\", \"subdomain\": null, \"fieldtype\": \"MX\", \"target\": \"1 mx.example.net.\"", ""),
	  "example.com", "MX", "t.n:1:1 1 mx.example.net." },
	{ "linode", "plan.json", "{\"format_version\": \"1.2\", \"resource_changes\": [" CHANGE("linode_domain", "\"domain\": \"example.com\", \"id\": \"7\"") ","
	  CHANGE("linode_domain_record", "\"domain_id\": 7, \"name\": \"a\", \"record_type\": \"TXT\", \"target\": \"x\", \"ttl_sec\": 60") "]}",
	  "a.example.com", "TXT", "a.b:1:1 \"x\"" },
	{ "powerdns", "plan.json", PLAN("powerdns_record", "\"zone\": \"example.com.\", \"name\": \"example.com.\", \"type\": \"TXT\", \"records\": [\"\\\"v=spf1 \\\" \\\"-all\\\"\"]", ""),
	  "example.com", "TXT", "t.n:1:1 \"v=spf1 -all\"" },
	{ "scaleway", "plan.json", PLAN("scaleway_domain_record", "\"dns_zone\": \"example.com\", \"name\": \"\", \"type\": \"MX\", \"data\": \"mx.example.net.\", \"priority\": 7", ""),
	  "example.com", "MX", "t.n:1:1 7 mx.example.net." },
	{ "desec", "plan.json", PLAN("desec_rrset", "\"domain\": \"example.com\", \"subname\": \"a\", \"type\": \"TXT\", \"records\": [\"\\\"x\\\"\"]", ""), "a.example.com", "TXT", "t.n:1:1 \"x\"" },
	{ "vultr", "plan.json", PLAN("vultr_dns_record", "\"domain\": \"example.com\", \"name\": \"a\", \"type\": \"A\", \"data\": \"192.0.2.1\"", ""), "a.example.com", "A", "t.n:1:1 192.0.2.1" },
	{ "google", "plan.json", PLAN("google_dns_record_set", "\"name\": \"example.com.\", \"type\": \"TXT\", \"rrdatas\": [\"\\\"v=spf1 \\\" \\\"-all\\\"\"]", ""),
	  "example.com", "TXT", "t.n:1:1 \"v=spf1 -all\"" },
	{ "google, without quotes each word is a string", "plan.json", PLAN("google_dns_record_set", "\"name\": \"example.com.\", \"type\": \"TXT\", \"rrdatas\": [\"v=spf1 -all\"]", ""),
	  "example.com", "TXT", "t.n:1:1 \"v=spf1\" \"-all\"" },
	{ "azure", "plan.json", PLAN("azurerm_dns_txt_record", "\"name\": \"@\", \"zone_name\": \"example.com\", \"record\": [{\"value\": \"v=spf1 -all\"}]", ""),
	  "example.com", "TXT", "t.n:1:1 \"v=spf1 -all\"" },
	{ "azure, MX", "plan.json", PLAN("azurerm_dns_mx_record", "\"name\": \"a\", \"zone_name\": \"example.com\", \"record\": [{\"preference\": \"10\", \"exchange\": \"mx.example.net\"}]", ""),
	  "a.example.com", "MX", "t.n:1:1 10 mx.example.net." },
	{ "hcloud", "plan.json", PLAN("hcloud_zone_rrset", "\"zone\": \"example.com\", \"name\": \"@\", \"type\": \"TXT\", \"records\": [{\"value\": \"\\\"v=spf1 -all\\\"\"}]", ""),
	  "example.com", "TXT", "t.n:1:1 \"v=spf1 -all\"" },
};
/* clang-format on */

static void
test_what_each_input_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct source *s = zonefile_new();
		struct buf b;

		buf_init(&b, 65536);
		if (zonefile_load_text(s, rows[i].path, str_of(rows[i].text)) != 0)
			print_message("%s: nothing loaded\n", rows[i].label);
		describe(&b, s, rows[i].name, rows[i].type);
		if (!str_eq(buf_str(&b), str_of(rows[i].want)))
			fail_msg("%s: got '%.*s', want '%s'", rows[i].label, (int)b.n, b.p,
			    rows[i].want);
		buf_free(&b);
		s->ops->free(s);
	}
}

/* clang-format off */
/* One zone, five times. */
static const struct {
	const char *path, *text;
} same[] = {
	{ "example.com.zone", "$ORIGIN example.com.\n$TTL 300\n@ MX 10 mx\n@ MX 20 mx.example.net.\n@ TXT \"v=spf1 mx -all\"\n"
	  "_dmarc TXT ( \"v=DMARC1; \" \"p=none\" )\nmx A 192.0.2.1\n*.w TXT \"a\\\"b\"\ns._domainkey CNAME s.example.net.\n" },
	{ "example.com.yaml", "s._domainkey: {type: CNAME, value: s.example.net}\n'*.w': {type: TXT, value: a\"b}\nmx: {type: A, values: [192.0.2.1]}\n"
	  "_dmarc:\n- type: TXT\n  value: >-\n    v=DMARC1\\;\n    p=none\n'':\n- type: TXT\n  value: v=spf1 mx -all\n- type: MX\n  values:\n"
	  "  - {exchange: mx.example.com., preference: 10}\n  - {exchange: mx.example.net, preference: 20}\n" },
	{ "ir.json", IR(REC("MX", "\"mxpreference\": 10, \"target\": \"mx\"") "," REC("MX", "\"mxpreference\": 20, \"target\": \"mx.example.net.\"") ","
	  REC("TXT", "\"target\": \"v=spf1 mx -all\"") ",{\"type\": \"TXT\", \"name\": \"_dmarc\", \"target\": \"v=DMARC1; p=none\"},"
	  "{\"type\": \"A\", \"name\": \"mx\", \"target\": \"192.0.2.1\"},{\"type\": \"TXT\", \"name\": \"*.w\", \"target\": \"a\\\"b\"},"
	  "{\"type\": \"CNAME\", \"name\": \"s._domainkey\", \"target\": \"s.example.net.\"}") },
#define R53(name, type, records) CHANGE("aws_route53_record", "\"name\": \"" name "\", \"type\": \"" type "\", \"zone_id\": \"Z1\", \"records\": [" records "]")
	{ "plan.json", "{\"format_version\": \"1.2\", \"resource_changes\": [" CHANGE("aws_route53_zone", "\"name\": \"example.com\", \"zone_id\": \"Z1\"") ","
	  R53("", "MX", "\"10 mx.example.com\", \"20 mx.example.net\"") "," R53("example.com", "TXT", "\"v=spf1 mx -all\"") ","
	  R53("_dmarc", "TXT", "\"v=DMARC1; \\\"\\\"p=none\"") "," R53("mx.example.com.", "A", "\"192.0.2.1\"") "," R53("\\\\052.w", "TXT", "\"a\\\\\\\"b\"") ","
	  R53("s._domainkey", "CNAME", "\"s.example.net\"") "]}" },
	{ "plan.json", "{\"format_version\": \"1.2\", \"resource_changes\": [" CHANGE("google_dns_managed_zone", "\"dns_name\": \"example.com.\", \"name\": \"main\"") ","
#define GOOGLE(name, type, records) CHANGE("google_dns_record_set", "\"name\": \"" name "\", \"type\": \"" type "\", \"managed_zone\": \"main\", \"rrdatas\": [" records "]")
	  GOOGLE("example.com.", "MX", "\"10 mx.example.com.\", \"20 mx.example.net.\"") "," GOOGLE("example.com.", "TXT", "\"\\\"v=spf1 mx -all\\\"\"") ","
	  GOOGLE("_dmarc.example.com.", "TXT", "\"\\\"v=DMARC1; \\\" \\\"p=none\\\"\"") "," GOOGLE("mx.example.com.", "A", "\"192.0.2.1\"") ","
	  GOOGLE("*.w.example.com.", "TXT", "\"\\\"a\\\\\\\"b\\\"\"") "," GOOGLE("s._domainkey.example.com.", "CNAME", "\"s.example.net.\"") "]}" },
};
/* clang-format on */

/* Each record of the zone by its text, however it is cut; the names sorted by the source. */
static void
dump(struct buf *b, struct source *s)
{
	static const char *const asked[][2] = { { "example.com", "MX" }, { "example.com", "TXT" },
		{ "_dmarc.example.com", "TXT" }, { "mx.example.com", "A" },
		{ "*.w.example.com", "TXT" }, { "any.w.example.com", "TXT" },
		{ "s._domainkey.example.com", "TXT" }, { "s._domainkey.example.com", "CNAME" },
		{ "none.example.com", "A" }, { "w.example.com", "A" },
		{ "mx.example.com", "TXT" } };
	struct ticket t = { .q = { .kind = ASK_NAMES } };
	struct answer *a;

	assert_int_equal(name_parse(STR("example.com"), &t.q.name), NAME_OK);
	assert_int_equal(s->ops->ask(s, &t, &a), SOURCE_ANSWERED);
	for (size_t i = 0; i < a->n_names; i++) {
		name_print(b, &a->names[i]);
		buf_addc(b, '\n');
	}
	answer_unref(a);
	for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
		t.q.kind = ASK_DNS;
		t.q.type = type_parse(str_of(asked[i][1]));
		assert_int_equal(name_parse(str_of(asked[i][0]), &t.q.name), NAME_OK);
		assert_int_equal(s->ops->ask(s, &t, &a), SOURCE_ANSWERED);
		buf_adds(b, status_name(a->status));
		for (size_t k = 0; k < a->n_rr; k++) {
			buf_addc(b, ' ');
			if (t.q.type == RR_TXT)
				buf_add(b, a->rr[k].text);
			else
				rr_print(b, &a->rr[k]);
		}
		buf_addc(b, '\n');
		answer_unref(a);
	}
}

static void
test_one_zone_through_every_input(void **state)
{
	struct buf first, b;

	(void)state;
	buf_init(&first, 65536);
	buf_init(&b, 65536);
	for (size_t i = 0; i < ARRAY_LEN(same); i++) {
		struct source *s = zonefile_new();

		assert_int_equal(zonefile_load_text(s, same[i].path, str_of(same[i].text)), 0);
		buf_reset(&b);
		dump(i == 0 ? &first : &b, s);
		if (i > 0 && !str_eq(buf_str(&first), buf_str(&b)))
			fail_msg("%s:\n%.*sbut %s:\n%.*s", same[i].path, (int)b.n, b.p,
			    same[0].path, (int)first.n, first.p);
		s->ops->free(s);
	}
	buf_free(&first);
	buf_free(&b);
}

static char dir[] = "/tmp/mailvet-plan-XXXXXX";

static void
put(const char *name, const char *text)
{
	char path[200];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	(void)fputs(text, f);
	(void)fclose(f);
}

static const char plan[] =
    "{\"format_version\": \"1.2\", \"resource_changes\": [{\"address\": \"aws_route53_record.spf\","
    "\"mode\": \"managed\", \"type\": \"aws_route53_record\", \"name\": \"spf\", \"change\": {"
    "\"before\": {\"name\": \"example.com\", \"type\": \"TXT\", \"records\": [\"v=spf1 -all\"]},"
    "\"after\": {\"name\": \"example.com\", \"type\": \"TXT\", \"records\": [\"v=spf1 "
    "exists:%{i}.example.net all\"]},"
    "\"after_unknown\": {}}}]}";
static const char hcl[] =
    "# x\nresource \"aws_route53_record\" \"other\" {\n  records = [\"v=spf1 -all\"]\n}\n"
    "resource \"aws_route53_record\" \"spf\" {\n  name = \"example.com\"\n"
    "  records = [\"v=spf1 exists:%%{i}.example.net all\"]\n}\n";

/* Both sides, the string in the .tf file, and the corrected one. */
/* What NAME TXT is before and after a plan of the resource changes CHANGES. */
static void
describe_plan(struct buf *b, const char *changes, const char *name)
{
	struct source *base = zonefile_new(), *head = zonefile_new();
	struct buf text;
	char path[200];
	int rc;

	buf_init(&text, 4096);
	buf_adds(&text, "{\"format_version\": \"1.2\", \"resource_changes\": [");
	buf_adds(&text, changes);
	buf_adds(&text, "]}");
	buf_addc(&text, '\0');
	put("gone.json", text.p);
	(void)snprintf(path, sizeof(path), "%s/gone.json", dir);
	rc = zonefile_load_plan(base, head, path);
	assert_int_equal(unlink(path), 0);
	buf_free(&text);
	if (rc == AUDIT_OK) {
		describe(b, base, name, "TXT");
		buf_adds(b, " then ");
		describe(b, head, name, "TXT");
	} else {
		buf_adds(b, "refused");
	}
	base->ops->free(base);
	head->ops->free(head);
}

#define GONE(kind, before)                                                                         \
	"{\"address\": \"a.b\", \"mode\": \"managed\", \"type\": \"" kind "\", \"name\": \"b\", "  \
	"\"change\": {\"before\": {" before "}, \"after\": null}}"
#define TXT_AT(name) "\"name\": \"" name "\", \"type\": \"TXT\", \"records\": [\"x\"]"

/* A plan that takes the last record away is a change like others. */
static void
test_a_plan_that_only_takes_away(void **state)
{
	static const struct {
		const char *changes, *want;
	} deletes[] = {
		{ GONE("aws_route53_record", "\"zone_id\": \"Z\", " TXT_AT("a")) "," CHANGE(
		      "aws_route53_zone", "\"name\": \"example.com\", \"zone_id\": \"Z\""),
		    "a.b:1:1 \"x\" then no such name" },
		/* of a zone that was guessed no more is known */
		{ GONE("aws_route53_record", TXT_AT("a.example.com")),
		    "a.b:1:1 \"x\" then not in the zone files given" },
		{ GONE("aws_instance", "\"name\": \"a\""), "refused" },
	};
	struct buf b;

	(void)state;
	assert_non_null(mkdtemp(dir));
	buf_init(&b, 4096);
	for (size_t i = 0; i < ARRAY_LEN(deletes); i++) {
		buf_reset(&b);
		describe_plan(&b, deletes[i].changes, "a.example.com");
		if (!str_eq(buf_str(&b), str_of(deletes[i].want)))
			fail_msg("%zu: got %.*s, want %s", i, (int)b.n, b.p, deletes[i].want);
	}
	buf_free(&b);
	assert_int_equal(rmdir(dir), 0);
	memcpy(dir + sizeof(dir) - 7, "XXXXXX", 6);
}

static void
test_a_plan_is_both_sides(void **state)
{
	static const char text[] = "\x26v=spf1 exists:%{i}.example.net ${x}all";
	struct source *base = zonefile_new(), *head = zonefile_new();
	struct ticket t = { .q = { .kind = ASK_DNS, .type = RR_TXT } };
	struct rewrite w = { .owner = &t.q.name, .data = { text, sizeof(text) - 1 } };
	char path[200], command[200];
	struct suggestion sg;
	struct arena arena;
	struct answer *a;

	(void)state;
	arena_init(&arena, 0);
	assert_non_null(mkdtemp(dir));
	put("plan.json", plan);
	put("main.tf", hcl);
	(void)snprintf(path, sizeof(path), "%s/plan.json", dir);
	assert_true(zonefile_is_plan(path));
	assert_int_equal(zonefile_load_plan(base, head, path), AUDIT_OK);
	assert_int_equal(name_parse(STR("example.com"), &t.q.name), NAME_OK);
	assert_int_equal(base->ops->ask(base, &t, &a), SOURCE_ANSWERED);
	assert_true(str_eq(a->rr[0].text, STR("v=spf1 -all")));
	assert_int_equal(a->rr[0].line, 5); /* what was there is not in the file any more */
	answer_unref(a);
	assert_int_equal(head->ops->ask(head, &t, &a), SOURCE_ANSWERED);
	assert_true(str_eq(a->rr[0].text, STR("v=spf1 exists:%{i}.example.net all")));
	assert_int_equal(a->rr[0].line, 7);
	assert_int_equal(a->rr[0].column, 14);
	w.old = &a->rr[0];
	assert_true(rewrite_record(head, &arena, &w, &sg));
	assert_true(str_eq(sg.text, STR("\"v=spf1 exists:%%{i}.example.net $${x}all\"")));
	assert_true(sg.line == 7 && sg.column == 14 && sg.end_line == 7 && sg.end_column == 51);
	answer_unref(a);
	(void)snprintf(path, sizeof(path), "%s/main.tf", dir);
	assert_false(zonefile_is_plan(path));
	(void)snprintf(command, sizeof(command), "rm -rf %s", dir);
	assert_int_equal(system(command), 0);
	arena_free(&arena);
	base->ops->free(base);
	head->ops->free(head);
}

static void
test_a_call_of_dnscontrol_is_proposed(void **state)
{
	static const char text[] = "\x06v=\"\\\t;";
	struct source *s = zonefile_new();
	struct ticket t = { .q = { .kind = ASK_DNS, .type = RR_TXT } };
	struct rewrite w = { .owner = &t.q.name, .data = { text, sizeof(text) - 1 } };
	struct suggestion sg;
	struct arena arena;
	struct answer *a;

	(void)state;
	arena_init(&arena, 0);
	assert_int_equal(
	    zonefile_load_text(s, "ir.json", STR(IR(REC("TXT", "\"target\": \"x\"")))), 0);
	assert_int_equal(name_parse(STR("example.com"), &t.q.name), NAME_OK);
	assert_int_equal(s->ops->ask(s, &t, &a), SOURCE_ANSWERED);
	w.old = &a->rr[0];
	assert_true(rewrite_record(s, &arena, &w, &sg));
	assert_true(str_eq(sg.text, STR("TXT(\"@\", \"v=\\\"\\\\\\x09;\")")));
	assert_int_equal(sg.line, 0);
	answer_unref(a);
	arena_free(&arena);
	s->ops->free(s);
}

/* All files below PATH, each by itself: how many, and how many are refused. */
static void
read_all(const char *path, size_t *n, size_t *refused)
{
	struct dirent *e;
	DIR *d = opendir(path);

	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		char sub[1000];
		struct stat st;
		struct source *s;

		if (e->d_name[0] == '.' || strstr(e->d_name, ".md") != NULL ||
		    strstr(e->d_name, ".diff") != NULL)
			continue;
		(void)snprintf(sub, sizeof(sub), "%s/%s", path, e->d_name);
		assert_int_equal(stat(sub, &st), 0);
		if (S_ISDIR(st.st_mode)) {
			read_all(sub, n, refused);
			continue;
		}
		s = zonefile_new();
		++*n;
		if (zonefile_load(s, sub) != 0) {
			++*refused;
			print_message("refused: %s\n", sub);
		}
		s->ops->free(s);
	}
	(void)closedir(d);
}

static void
test_published_inputs_are_read(void **state)
{
	static const char *const folders[] = { "dns-as-code/octodns", "dns-as-code/bind",
		"dns-as-code/dnscontrol-ir", "dns-as-code/terraform-plan", "dns-as-code/changes",
		"zones" };
	const char *shared = getenv("MAILVET_SHARED");
	size_t n = 0, refused = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		char path[500];

		(void)snprintf(
		    path, sizeof(path), "%s/%s", shared != NULL ? shared : "../shared", folders[i]);
		if (access(path, R_OK) != 0) {
			print_message("skipped: no %s\n", path);
			continue;
		}
		read_all(path, &n, &refused);
	}
	print_message("%zu files, %zu refused, with the reasons above\n", n, refused);
	assert_int_equal(refused, 0);
}

static void
test_a_damaged_file_stays_in_bounds(void **state)
{
	(void)state;
	for (size_t row = 0; row < ARRAY_LEN(same); row++)
		for (size_t i = 0; i < 2 * strlen(same[row].text); i += row == 0 ? 1 : 3) {
			char copy[4096];
			size_t n = strlen(same[row].text);
			struct source *s = zonefile_new();
			struct buf b;

			memcpy(copy, same[row].text, n);
			if (i >= n)
				copy[i - n] ^= (char)0x15;
			else
				n = i;
			buf_init(&b, 1 << 20);
			if (zonefile_load_text(s, same[row].path, (struct str){ copy, n }) == 0)
				describe(&b, s, "_dmarc.example.com", "TXT");
			buf_free(&b);
			s->ops->free(s);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_each_input_says),
		cmocka_unit_test(test_one_zone_through_every_input),
		cmocka_unit_test(test_a_plan_that_only_takes_away),
		cmocka_unit_test(test_a_plan_is_both_sides),
		cmocka_unit_test(test_a_call_of_dnscontrol_is_proposed),
		cmocka_unit_test(test_published_inputs_are_read),
		cmocka_unit_test(test_a_damaged_file_stays_in_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
