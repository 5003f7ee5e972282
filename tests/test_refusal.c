/* SPDX-License-Identifier: ISC */
/*
 * test_refusal.c - what explains a refusal and what does not: each demand with the
 * records that meet it and those that do not, in every order of answers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "checks/refusal.h"
#include "tests/sample_keys.h"
#include "tests/tinyzone.h"

#define GOOD                                                                                       \
	"example.com TXT v=spf1 ip4:192.0.2.10 -all\n"                                             \
	"_dmarc.example.com TXT v=DMARC1; p=reject\n"                                              \
	"s1._domainkey.example.com TXT v=DKIM1; p=" RSA_2048 "\n"                                  \
	"example.com MX 10 mail.example.com\nmail.example.com A 192.0.2.10\n"                      \
	"10.2.0.192.in-addr.arpa PTR mail.example.com\n"
#define NO_KEY                                                                                     \
	"example.com TXT v=spf1 ip4:192.0.2.10 -all\n_dmarc.example.com TXT v=DMARC1; p=reject\n"
#define INCLUDES                                                                                   \
	"include:a.example.com include:b.example.com include:c.example.com "                       \
	"include:d.example.com include:e.example.com include:f.example.com "                       \
	"include:g.example.com include:h.example.com include:i.example.com "                       \
	"include:j.example.com include:k.example.com"
/* clang-format off */
#define INCLUDED(x) #x ".example.com TXT v=spf1 ip4:203.0.113.1 ?all\n"
#define ALL_INCLUDED INCLUDED(a) INCLUDED(b) INCLUDED(c) INCLUDED(d) INCLUDED(e) INCLUDED(f) \
	INCLUDED(g) INCLUDED(h) INCLUDED(i) INCLUDED(j) INCLUDED(k)
/* clang-format on */

/* What is known of the sender. */
struct row {
	const char *name, *zone;
	enum refusal_demand demand;
	const char *ip, *path, *author, *helo, *selector, *signer;
	const char *spf, *dkim, *dmarc; /* stated */
	const char *list, *listed;
	const char *want; /* "not", "lacks", "failed", or the cause; "?cause" = partly */
};

/* clang-format off */
static const struct row rows[] = {
	{ "spf: named", GOOD, DEMAND_SPF, .ip = "192.0.2.10", .path = "example.com", .want = "not" },
	{ "spf: not named", GOOD, DEMAND_SPF, .ip = "192.0.2.11", .path = "example.com", .want = "spf-not-pass" },
	{ "spf: mapped", GOOD, DEMAND_SPF, .ip = "::ffff:192.0.2.10", .path = "example.com", .want = "not" },
	{ "spf: no address", GOOD, DEMAND_SPF, .path = "example.com", .want = "lacks" },
	{ "spf: no sender", GOOD, DEMAND_SPF, .ip = "192.0.2.10", .want = "lacks" },
	{ "spf: null sender", "mail.example.com TXT v=spf1 a -all\nmail.example.com A 192.0.2.10\n", DEMAND_SPF,
	  .ip = "192.0.2.10", .path = "<>", .helo = "mail.example.com", .want = "not" },
	{ "spf: null sender, no HELO", GOOD, DEMAND_SPF, .ip = "192.0.2.10", .path = "<>", .want = "lacks" },
	{ "spf: none", "example.com A 192.0.2.1\n", DEMAND_SPF, .ip = "192.0.2.10", .path = "example.com", .want = "spf-none-sender" },
	{ "spf: fails", "example.com FAIL\n", DEMAND_SPF, .ip = "192.0.2.10", .path = "example.com", .want = "failed" },
	{ "spf: 11 lookups met", "example.com TXT v=spf1 " INCLUDES " ip4:192.0.2.10 -all\n" ALL_INCLUDED, DEMAND_SPF,
	  .ip = "192.0.2.10", .path = "example.com", .want = "spf-lookup-limit" },
	{ "spf: 11 lookups not met", "example.com TXT v=spf1 ip4:192.0.2.10 " INCLUDES " -all\n" ALL_INCLUDED, DEMAND_SPF,
	  .ip = "192.0.2.10", .path = "example.com", .want = "not" },
	{ "spf: two records", "example.com TXT v=spf1 a\nexample.com TXT v=spf1 mx\n", DEMAND_SPF,
	  .ip = "192.0.2.10", .path = "example.com", .want = "spf-multiple" },
	{ "spf: bad syntax", "example.com TXT v=spf1 ip4:192.0.2.300 -all\n", DEMAND_SPF,
	  .ip = "192.0.2.10", .path = "example.com", .want = "spf-syntax" },
	{ "dkim: good", GOOD, DEMAND_DKIM, .author = "example.com", .selector = "s1", .want = "not" },
	{ "dkim: missing", GOOD, DEMAND_DKIM, .author = "example.com", .selector = "s2", .want = "dkim-no-key" },
	{ "dkim: revoked", "s1._domainkey.example.com TXT v=DKIM1; p=\n", DEMAND_DKIM, .author = "example.com", .selector = "s1", .want = "dkim-revoked" },
	{ "dkim: fails", "s1._domainkey.example.com FAIL\n", DEMAND_DKIM, .author = "example.com", .selector = "s1", .want = "failed" },
	{ "dkim: unknown", GOOD, DEMAND_DKIM, .author = "example.com", .want = "lacks" },
	{ "either: both fail", NO_KEY, DEMAND_EITHER, .ip = "192.0.2.11", .path = "example.com", .author = "example.com", .selector = "s1", .want = "spf-not-pass" },
	{ "either: the key is good", GOOD, DEMAND_EITHER, .ip = "192.0.2.11", .path = "example.com", .author = "example.com", .selector = "s1", .want = "not" },
	{ "either: SPF is good", NO_KEY, DEMAND_EITHER, .ip = "192.0.2.10", .path = "example.com", .author = "example.com", .selector = "s1", .want = "not" },
	{ "either: key unknown", NO_KEY, DEMAND_EITHER, .ip = "192.0.2.11", .path = "example.com", .author = "example.com", .want = "?spf-not-pass" },
	{ "either: key fails", "example.com TXT v=spf1 -all\ns1._domainkey.example.com FAIL\n", DEMAND_EITHER,
	  .ip = "192.0.2.11", .path = "example.com", .author = "example.com", .selector = "s1", .want = "failed" },
	{ "either: nothing told", GOOD, DEMAND_EITHER, .author = "example.com", .want = "lacks" },
	{ "dmarc: nothing aligned", NO_KEY, DEMAND_DMARC, .ip = "192.0.2.11", .path = "example.com", .author = "example.com", .selector = "s1", .want = "dkim-no-key" },
	{ "dmarc: SPF aligned", NO_KEY, DEMAND_DMARC, .ip = "192.0.2.10", .path = "example.com", .author = "example.com", .selector = "s1", .want = "not" },
	{ "dmarc: p=none", "example.com TXT v=spf1 -all\n_dmarc.example.com TXT v=DMARC1; p=none\n", DEMAND_DMARC,
	  .ip = "192.0.2.11", .path = "example.com", .author = "example.com", .want = "not" },
	{ "dmarc: another organization's SPF", GOOD "other.example TXT v=spf1 ip4:192.0.2.10\n", DEMAND_DMARC,
	  .ip = "192.0.2.10", .path = "other.example", .author = "example.com", .selector = "s1", .signer = "other.example", .want = "stream-unaligned" },
	{ "dmarc: strict", "bounce.example.com TXT v=spf1 ip4:192.0.2.10\n_dmarc.example.com TXT v=DMARC1; p=reject; aspf=s\n", DEMAND_DMARC,
	  .ip = "192.0.2.10", .path = "bounce.example.com", .author = "example.com", .want = "?stream-unaligned" },
	{ "dmarc: relaxed", "bounce.example.com TXT v=spf1 ip4:192.0.2.10\n_dmarc.example.com TXT v=DMARC1; p=reject\n", DEMAND_DMARC,
	  .ip = "192.0.2.10", .path = "bounce.example.com", .author = "example.com", .want = "not" },
	{ "dmarc: fails", "_dmarc.example.com FAIL\n", DEMAND_DMARC, .ip = "192.0.2.10", .path = "example.com", .author = "example.com", .want = "failed" },
	{ "dmarc: no record", "example.com TXT v=spf1 -all\n", DEMAND_DMARC, .ip = "192.0.2.10", .path = "example.com", .author = "example.com", .want = "not" },
	{ "align: no policy is needed", "example.com TXT v=spf1 -all\n_dmarc.example.com TXT v=DMARC1; p=none\n", DEMAND_ALIGNMENT,
	  .ip = "192.0.2.11", .path = "example.com", .author = "example.com", .want = "?stream-unaligned" },
	{ "record: none", "example.com A 192.0.2.1\n", DEMAND_RECORD, .author = "example.com", .want = "dmarc-none" },
	{ "record: p=none", "_dmarc.example.com TXT v=DMARC1; p=none\n", DEMAND_RECORD, .author = "example.com", .want = "not" },
	{ "record: void", "_dmarc.example.com TXT v=DMARC1; rua=x\n", DEMAND_RECORD, .author = "example.com", .want = "dmarc-none" },
	{ "all: stated SPF, good", GOOD, DEMAND_ALL, .ip = "192.0.2.10", .path = "example.com", .author = "example.com", .selector = "s1",
	  .spf = "Fail", .dkim = "Pass", .dmarc = "Pass", .want = "not" },
	{ "all: stated SPF, bad", GOOD, DEMAND_ALL, .ip = "192.0.2.11", .path = "example.com", .author = "example.com", .selector = "s1",
	  .spf = "Fail", .dkim = "Pass", .dmarc = "Pass", .want = "spf-not-pass" },
	{ "all: stated DKIM, SPF bad", GOOD, DEMAND_ALL, .ip = "192.0.2.11", .path = "example.com", .author = "example.com", .selector = "s1",
	  .spf = "Pass", .dkim = "Fail", .dmarc = "Pass", .want = "not" },
	{ "all: nothing stated, any", GOOD, DEMAND_ALL, .ip = "192.0.2.11", .path = "example.com", .author = "example.com", .selector = "s1", .want = "spf-not-pass" },
	{ "ptr: good", GOOD, DEMAND_PTR, .ip = "192.0.2.10", .want = "not" },
	{ "ptr: none", GOOD, DEMAND_PTR, .ip = "192.0.2.11", .want = "ptr-none" },
	{ "ptr: elsewhere", "11.2.0.192.in-addr.arpa PTR mail.example.com\nmail.example.com A 192.0.2.10\n", DEMAND_PTR, .ip = "192.0.2.11", .want = "ptr-unconfirmed" },
	{ "ptr: of a customer", "11.2.0.192.in-addr.arpa PTR dsl-192-0-2-11.example.net\ndsl-192-0-2-11.example.net A 192.0.2.11\n", DEMAND_PTR, .ip = "192.0.2.11", .want = "?ptr-generic" },
	{ "ptr: fails", "11.2.0.192.in-addr.arpa FAIL\n", DEMAND_PTR, .ip = "192.0.2.11", .want = "failed" },
	{ "ptr: name fails", "11.2.0.192.in-addr.arpa PTR mail.example.com\nmail.example.com FAIL\n", DEMAND_PTR, .ip = "192.0.2.11", .want = "failed" },
	{ "ptr: no address", GOOD, DEMAND_PTR, .want = "lacks" },
	{ "helo: good", GOOD, DEMAND_HELO, .ip = "192.0.2.10", .helo = "mail.example.com", .want = "not" },
	{ "helo: one label", GOOD, DEMAND_HELO, .ip = "192.0.2.10", .helo = "mail", .want = "helo-not-qualified" },
	{ "helo: an address", GOOD, DEMAND_HELO, .ip = "192.0.2.10", .helo = "192.0.2.10", .want = "helo-not-qualified" },
	{ "helo: nowhere", GOOD, DEMAND_HELO, .ip = "192.0.2.10", .helo = "gone.example.com", .want = "helo-unresolvable" },
	{ "helo: elsewhere", GOOD, DEMAND_HELO, .ip = "192.0.2.11", .helo = "mail.example.com", .want = "helo-other-address" },
	{ "helo: unknown", GOOD, DEMAND_HELO, .ip = "192.0.2.10", .want = "lacks" },
	{ "helo: fails", "mail.example.com FAIL\n", DEMAND_HELO, .ip = "192.0.2.10", .helo = "mail.example.com", .want = "failed" },
	{ "list: listed", "10.2.0.192.bl.example.net A 127.0.0.2\n", DEMAND_LIST, .ip = "192.0.2.10", .list = "bl.example.net", .want = "dnsbl-listed-high" },
	{ "list: not listed", GOOD, DEMAND_LIST, .ip = "192.0.2.10", .list = "bl.example.net", .want = "not" },
	{ "list: refuses", "10.2.0.192.bl.example.net A 127.255.255.254\n", DEMAND_LIST, .ip = "192.0.2.10", .list = "bl.example.net", .want = "lacks" },
	{ "list: the world", "10.2.0.192.bl.example.net A 198.51.100.1\n", DEMAND_LIST, .ip = "192.0.2.10", .list = "bl.example.net", .want = "lacks" },
	{ "list: a domain", "example.com.bl.example.net A 127.0.0.2\n", DEMAND_LIST, .ip = "192.0.2.10", .list = "bl.example.net", .listed = "example.com", .want = "dnsbl-domain-listed-high" },
	{ "list: the address alone", "10.2.0.192.bl.example.net A 127.0.0.2\n", DEMAND_LIST, .ip = "192.0.2.10", .list = "bl.example.net", .listed = "example.com", .want = "not" },
	{ "list: fails", "10.2.0.192.bl.example.net FAIL\n", DEMAND_LIST, .ip = "192.0.2.10", .list = "bl.example.net", .want = "failed" },
	{ "list: unnamed", GOOD, DEMAND_LIST, .ip = "192.0.2.10", .want = "lacks" },
	{ "domain: takes mail", GOOD, DEMAND_DOMAIN, .path = "example.com", .want = "not" },
	{ "domain: nowhere", GOOD, DEMAND_DOMAIN, .path = "gone.example", .want = "domain-nonexistent" },
	{ "domain: no MX", "example.com TXT x\n", DEMAND_DOMAIN, .path = "example.com", .want = "mx-nowhere" },
	{ "domain: null MX", "example.com MX 0 .\n", DEMAND_DOMAIN, .path = "example.com", .want = "mx-null-sender" },
	{ "mx: null MX", "example.com MX 0 .\n", DEMAND_MX, .path = "example.com", .want = "mx-null-sender" },
	{ "mx: none at all", "example.com TXT x\n", DEMAND_MX, .path = "example.com", .want = "not" },
	{ "mx: takes mail", GOOD, DEMAND_MX, .path = "example.com", .want = "not" },
	{ "mx: fails", "example.com FAIL\n", DEMAND_MX, .path = "example.com", .want = "failed" },
};
/* clang-format on */

static const struct dnsbl_list list = { .zone = "bl.example.net",
	.run_by = "",
	.kind = LIST_IP4 | LIST_IP6 | LIST_DOMAIN,
	.state = LIST_ACTIVE,
	.match = MATCH_ANY,
	.weight = WEIGHT_HIGH,
	.source = "",
	.checked = "" };

static void
name_in(const char *text, struct name *out)
{
	if (text != NULL)
		*out = tiny_name(text);
}

static void
refusal_of(const struct row *r, struct refusal *out)
{
	*out = (struct refusal){ .demand = r->demand,
		.spf = str_of(r->spf),
		.dkim = str_of(r->dkim),
		.dmarc = str_of(r->dmarc),
		.list = r->list != NULL ? &list : NULL };
	out->path_null = r->path != NULL && r->path[0] == '<';
	if (!out->path_null)
		name_in(r->path, &out->path);
	name_in(r->author, &out->author);
	name_in(r->helo, &out->helo);
	name_in(r->listed, &out->listed);
	if (r->ip != NULL) {
		assert_int_equal(addr_parse(str_of(r->ip), &out->ip), ADDR_OK);
		out->ip = addr_unmap(&out->ip);
		out->has_ip = true;
	}
	if (r->selector == NULL)
		return;
	out->keys[out->n_keys++] = (struct selector){ .name = str_of(r->selector) };
	name_in(r->signer != NULL ? r->signer : r->author, &out->keys[0].domain);
}

static struct buf got;

/* The check, and what it came to as a word. */
static void
judge(struct audit *au)
{
	const struct refusal_fact *f;

	check_refusal(au);
	buf_reset(&got);
	if ((f = au->facts->refusal) == NULL)
		return;
	assert_true(f->n_steps <= MAX_REFUSAL_STEPS);
	if (f->finds == REFUSAL_NOT)
		buf_adds(&got, "not");
	else if (f->finds == REFUSAL_LACKS)
		buf_adds(&got, f->failed != NULL ? "failed" : f->lacks[0] != '\0' ? "lacks" : "");
	else if (f->n_causes > 0) {
		buf_adds(&got, f->finds == REFUSAL_PARTLY ? "?" : "");
		buf_adds(&got, rule_of(f->causes[0])->slug);
	}
	for (size_t i = 0; i < f->n_steps; i++)
		for (size_t k = 0; k < f->steps[i].words.n; k++)
			assert_true(ascii_isprint(f->steps[i].words.p[k]));
}

/* Answers in five orders, and the same word each time. */
static void
test_demands(void **state)
{
	(void)state;
	buf_init(&got, 1024);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct refusal r;
		struct subject s = { .refusal = &r };

		refusal_of(&rows[i], &r);
		s.domain = r.path;
		assert_true(has_refusal(&s));
		for (uint64_t seed = 0; seed < 6; seed++) {
			struct tiny_got t;

			tiny_run(rows[i].zone, &s, judge, seed, &t);
			tiny_got_free(&t);
			if (!str_eq(buf_str(&got), str_of(rows[i].want)))
				fail_msg("%s: got '%.*s', want '%s'", rows[i].name, (int)got.n,
				    got.p, rows[i].want);
		}
	}
	buf_free(&got);
}

/* Every demand is judged, and says what it is; none is none. */
static void
test_table_is_whole(void **state)
{
	(void)state;
	for (int d = DEMAND_NONE; d < DEMAND_COUNT; d++) {
		struct refusal r = { .demand = (enum refusal_demand)d };
		struct subject s = { .refusal = &r };

		assert_int_equal(has_refusal(&s), d != DEMAND_NONE);
		assert_int_equal(refusal_demand_text(r.demand)[0] != '\0', d != DEMAND_NONE);
	}
	assert_false(has_refusal(&(struct subject){ .n_ips = 0 }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_demands),
		cmocka_unit_test(test_table_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
