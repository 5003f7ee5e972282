/* SPDX-License-Identifier: ISC */
/*
 * test_streams.c - what becomes of the mail of six senders at four domains: each outcome
 * written by hand from the RFCs, and the same when answers come one at a time.
 */
#include "checks/streams.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include "tests/tinyzone.h"

#define KEY " TXT v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
#define SENDING(d)                                                                                 \
	d " TXT v=spf1 ip4:192.0.2.25 -all\n"                                                      \
	  "bounce." d " TXT v=spf1 ip4:203.0.113.9 -all\n"                                         \
	  "s1._domainkey." d KEY "k2._domainkey.mail." d KEY

static const char zone[] =
    /* relaxed, enforced */
    SENDING("example.com") "_dmarc.example.com TXT v=DMARC1; p=reject\n"
    /* strict, enforced */
    SENDING("example.net") "_dmarc.example.net TXT v=DMARC1; p=quarantine; adkim=s; aspf=s\n"
    /* a first step */
    SENDING("example.org") "_dmarc.example.org TXT v=DMARC1; p=none\n"
    /* no DMARC record */
    SENDING("bare.example")
    /* a service */
    "bounce.esp.example TXT v=spf1 ip4:203.0.113.7 -all\n"
    "k1._domainkey.esp.example" KEY;

static const char *const domains[] = { "example.com", "example.net", "example.org",
	"bare.example" };

/* A "@" in a name stands for the domain. */
static const struct {
	const char *name, *ip, *mail_from, *signer, *selector;
	const char *want[ARRAY_LEN(domains)]; /* spf dkim aligned dmarc code change */
} senders[] = {
	{ "own", "192.0.2.25", "@", "@", "s1",
	    { "pass pass yes pass - -", "pass pass yes pass - -", "pass pass yes pass - -",
		"pass pass yes none - -" } },
	{ "unlisted", "198.51.100.9", "@", NULL, NULL,
	    { "fail none no fail 5.7.26 add-address", "fail none no fail 5.7.26 add-address",
		"fail none no fail 5.7.26 add-address", "fail none no none 5.7.26 add-address" } },
	{ "service", "203.0.113.7", "bounce.esp.example", "esp.example", "k1",
	    { "pass pass no fail 5.7.26 sign-as-author", "pass pass no fail - sign-as-author",
		"pass pass no fail - sign-as-author", "pass pass no none - sign-as-author" } },
	{ "service that signs as us", "203.0.113.7", "bounce.esp.example", "@", "s1",
	    { "pass pass yes pass - -", "pass pass yes pass - -", "pass pass yes pass - -",
		"pass pass yes none - -" } },
	{ "own return path, key of a name below", "203.0.113.9", "bounce.@", "mail.@", "k2",
	    { "pass pass yes pass - -", "pass pass no fail - sign-as-author",
		"pass pass yes pass - -", "pass pass no none - sign-as-author" } },
	{ "key that is gone", "203.0.113.7", "bounce.esp.example", "@", "gone",
	    { "pass permerror no fail 5.7.26 publish-key", "pass permerror no fail - publish-key",
		"pass permerror no fail - publish-key", "pass permerror no none - publish-key" } },
};

/* PATTERN with DOMAIN in place of "@". */
static struct name
put_domain(const char *pattern, const char *domain)
{
	const char *at = strchr(pattern, '@');
	char text[256];

	if (at == NULL)
		return tiny_name(pattern);
	(void)snprintf(text, sizeof(text), "%.*s%s", (int)(at - pattern), pattern, domain);
	return tiny_name(text);
}

/* Everything of one sender at one domain; points into itself. */
struct scene {
	struct addr ip;
	struct str selector;
	struct signer signer;
	struct sender list[2];
	struct subject subject;
};

static void
set_scene(struct scene *s, size_t i, const char *domain)
{
	*s = (struct scene){ .selector = str_of(senders[i].selector) };
	s->subject.domain = tiny_name(domain);
	assert_int_equal(addr_parse(str_of(senders[i].ip), &s->ip), ADDR_OK);
	s->list[0] = (struct sender){ .name = str_of(senders[i].name),
		.ips = &s->ip,
		.n_ips = 1,
		.mail_from_given = true,
		.mail_from = put_domain(senders[i].mail_from, domain) };
	/* another sender, of another From domain, says who signs its mail: so the list is whole */
	s->list[1] = (struct sender){ .name = STR("beside"),
		.from = tiny_name("beside.example"),
		.dkim = &s->signer,
		.n_dkim = 1 };
	if (senders[i].signer != NULL) {
		s->signer = (struct signer){ .domain = put_domain(senders[i].signer, domain),
			.selectors = &s->selector,
			.n_selectors = 1 };
		s->list[0].dkim = &s->signer;
		s->list[0].n_dkim = 1;
	}
	s->subject.senders = s->list;
	s->subject.n_senders = 2;
}

static void
describe(const struct stream *st, char *out, size_t n)
{
	const char *code = st->code[0] != '\0' ? st->code : "-";
	const char *turn = st->turn != TURN_NONE ? stream_turn_name(st->turn) : "-";

	(void)snprintf(out, n, "%s %s %s %s %s %s", st->spf_known ? spf_result_name(st->spf) : "?",
	    st->dkim[0] != '\0' ? st->dkim : "?", stream_has_aligned_pass(st) ? "yes" : "no",
	    st->dmarc, code, turn);
}

static void
test_matrix(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(senders); i++)
		for (size_t d = 0; d < ARRAY_LEN(domains); d++) {
			const struct streams *all;
			struct scene s;
			struct tiny t;
			char got[256];

			set_scene(&s, i, domains[d]);
			tiny_init(&t, zone, &s.subject);
			all = streams_of(&t.au);
			assert_false(all->pending);
			assert_int_equal(all->n, 1);
			describe(&all->list[0], got, sizeof(got));
			if (strcmp(got, senders[i].want[d]) != 0)
				fail_msg("%s at %s: got '%s', want '%s'", senders[i].name,
				    domains[d], got, senders[i].want[d]);
			tiny_free(&t);
		}
}

/* The findings for each sender at each domain: what fails is told once, what passes is not. */
static void
test_what_fails_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(senders); i++)
		for (size_t d = 0; d < ARRAY_LEN(domains); d++) {
			bool fails = strstr(senders[i].want[d], " fail ") != NULL &&
				     strstr(senders[i].want[d], "no fail") != NULL;
			const char *want = !fails   ? ""
					   : d == 2 ? "stream-unaligned-none"
						    : "stream-unaligned";
			struct scene s;
			struct buf got;
			struct str text;

			set_scene(&s, i, domains[d]);
			buf_init(&got, 4096);
			tiny_check(zone, &s.subject, check_streams, &got);
			text = str_trim(buf_str(&got));
			if (senders[i].signer == NULL && !fails)
				want = "stream-unsigned";
			if (senders[i].signer == NULL && fails)
				want = d == 2 ? "stream-unaligned-none" : "stream-unaligned";
			if (!str_eq(text, str_of(want)))
				fail_msg("%s at %s: got '%.*s', want '%s'", senders[i].name,
				    domains[d], (int)text.n, text.p, want);
			buf_free(&got);
		}
}

static const struct {
	const char *name, *zone, *author, *signer;
	const char *want; /* by RFC 9989, by RFC 7489 */
} both[] = {
	{ "one organization by both",
	    "_dmarc.example.com TXT v=DMARC1; p=reject\ns1._domainkey.example.com" KEY,
	    "news.example.com", "example.com", "pass pass" },
	{ "psd=n cuts the sub-domain off",
	    "_dmarc.example.com TXT v=DMARC1; p=reject\n"
	    "_dmarc.news.example.com TXT v=DMARC1; p=reject; psd=n\ns1._domainkey.example.com" KEY,
	    "news.example.com", "example.com", "fail pass" },
	{ "no record above: the walk stops at the author",
	    "_dmarc.news.example.com TXT v=DMARC1; p=reject\ns1._domainkey.example.com" KEY,
	    "news.example.com", "example.com", "fail pass" },
	{ "a suffix of the list only",
	    "_dmarc.host.example TXT v=DMARC1; p=reject\nhost.example PRIVATE\n"
	    "s1._domainkey.b.host.example" KEY,
	    "a.host.example", "b.host.example", "pass none" },
	{ "the key could not be looked up",
	    "_dmarc.example.com TXT v=DMARC1; p=reject\ns1._domainkey.example.com FAIL",
	    "news.example.com", "example.com", "temperror temperror" },
	{ "the list could not be asked",
	    "_dmarc.news.example.com TXT v=DMARC1; p=reject\n"
	    "example.com NOSUFFIX\ns1._domainkey.example.com" KEY,
	    "news.example.com", "example.com", "fail temperror" },
	{ "it could not be asked, and the walk needs no list",
	    "_dmarc.example.com TXT v=DMARC1; p=reject\nb.example.com NOSUFFIX\n"
	    "s1._domainkey.b.example.com" KEY,
	    "news.example.com", "b.example.com", "pass temperror" },
	{ "the record could not be looked up",
	    "_dmarc.news.example.com FAIL\ns1._domainkey.example.com" KEY, "news.example.com",
	    "example.com", "temperror temperror" },
};

static void
test_both_rfcs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(both); i++) {
		struct str selector = STR("s1");
		struct signer signer = { .domain = tiny_name(both[i].signer),
			.selectors = &selector,
			.n_selectors = 1 };
		struct sender x = { .name = STR("x"), .dkim = &signer, .n_dkim = 1 };
		struct subject s = {
			.domain = tiny_name(both[i].author), .senders = &x, .n_senders = 1
		};
		const struct streams *all;
		struct tiny t;
		char got[64];

		tiny_init(&t, both[i].zone, &s);
		all = streams_of(&t.au);
		assert_int_equal(all->n, 1);
		(void)snprintf(
		    got, sizeof(got), "%s %s", all->list[0].dmarc, all->list[0].dmarc_list);
		if (strcmp(got, both[i].want) != 0)
			fail_msg("%s: got '%s', want '%s'", both[i].name, got, both[i].want);
		if (strstr(got, "temperror") != NULL)
			assert_false(stream_differs(&all->list[0]));
		tiny_free(&t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matrix),
		cmocka_unit_test(test_what_fails_is_told),
		cmocka_unit_test(test_both_rfcs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
