/* SPDX-License-Identifier: ISC */
/*
 * test_fields.c - fields, addresses, dates and HTML of reports; where the
 * text of a report ends.
 */
#include "audit/bounce/fields.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "audit/bounce/address.h"
#include "audit/bounce/dsn.h"
#include "audit/bounce/mime.h"
#include "audit/bounce/prose.h"
#include "checks/core/buf.h"

static void
wants(const char *what, struct str got, const char *want)
{
	if (!str_eq(got, str_of(want)))
		fail_msg("%s: got '%.*s', want '%s'", what, (int)got.n, got.p, want);
}

static void
test_dates(void **state)
{
	static const struct {
		const char *text;
		long want; /* -1 = none */
	} rows[] = {
		{ "Sat, 21 Nov 2026 10:00:00 +0100", 1795251600 },
		{ "21 Nov 2026 09:00:00 GMT", 1795251600 },
		{ "Sat, 21 Nov 2026 09:00 -0000", 1795251600 },
		{ "Sat, 21 Nov 26 04:00:00 EST (Eastern)", 1795251600 },
		{ "Sat, 21 November 2026 14:30:00 +0530", 1795251600 },
		{ "Sat,21 Nov 2026 09:00:00", 1795251600 },
		{ "Thu, 1 Jan 98 00:00:00 +0000", 883612800 },
		{ "Sat, 21 Nov 2026 09:00:60 +0000", 1795251659 },
		{ "", -1 },
		{ "Sat", -1 },
		{ "Sat, 32 Nov 2026 09:00:00", -1 },
		{ "Sat, 21 Foo 2026 09:00:00", -1 },
		{ "Sat, 21 Nov 2026", -1 },
		{ "Sat, 21 Nov 2026 24:00:00", -1 },
		{ "Sat, 21 Nov 2026 09:00:00:00", -1 },
		{ "2026-11-21T09:00:00Z", -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		time_t t = -1;

		assert_int_equal(date_parse(str_of(rows[i].text), &t), rows[i].want != -1);
		if (t != rows[i].want)
			fail_msg("'%s': %ld", rows[i].text, (long)t);
	}
}

static void
test_addresses(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "ann@example.org", "ann@example.org" },
		{ "<ann@example.org>", "ann@example.org" },
		{ "rfc822; ann@example.org", "ann@example.org" },
		{ "\"Ann, B.\" <ann@example.org>", "ann@example.org" },
		{ "\"ann@example.net\" <ann@example.org>", "ann@example.org" },
		{ "ann@example.org (Ann)", "ann@example.org" },
		{ "'ann@example.org'", "ann@example.org" },
		{ "\"a b\"@example.org", "\"a b\"@example.org" },
		{ "a+b=c%d@example.org.", "a+b=c%d@example.org" },
		{ "see ann@example.org, please", "ann@example.org" },
		{ "ann@[192.0.2.1]", "ann@[192.0.2.1]" },
		{ "<m\xc3\xbcller@example.org>", "m\xc3\xbcller@example.org" },
		{ "an\xc3\xb6"
		  "ann@example.org",
		    "ann@example.org" },
		{ "ann@", "" },
		{ "@example.org", "" },
		{ "<>", "" },
		{ "ann", "" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		wants(rows[i].text, address_in(str_of(rows[i].text)), rows[i].want);
}

static void
test_fields(void **state)
{
	static const char block[] =
	    "A: 1\r\nno field here, and none\nB : two\n  lines\nC:\n \nD: 4\n\nE: 5\n";
	struct arena a;
	struct field f;
	size_t pos = 0;

	(void)state;
	arena_init(&a, 0);
	assert_true(field_next(str_of(block), &pos, &f));
	wants("name", f.name, "A");
	wants("value", f.value, "1");
	assert_true(field_next(str_of(block), &pos, &f));
	wants("blank before the colon", f.name, "B");
	wants("a fold", field_unfold(&a, f.value), "two lines");
	wants("a fold inside a word", field_rejoin(&a, f.value), "two lines");
	assert_true(field_next(str_of(block), &pos, &f));
	wants("empty", f.value, "");
	/* a line of blanks alone folds nothing */
	while (field_next(str_of(block), &pos, &f))
		assert_false(str_eq(f.name, STR("E")));
	wants("found", field_find(str_of(block), STR("a")), "1");
	wants("behind the empty line", field_find(str_of(block), STR("e")), "");
	arena_free(&a);
}

static void
test_html(void **state)
{
	static const struct {
		const char *html, *want;
	} rows[] = {
		{ "a<br>b", "a\nb" },
		{ "<b>a</b>", "a" },
		{ "&lt;a@example.org&gt; &amp; &#39;x&#39;&nbsp;", "<a@example.org> & 'x' " },
		{ "<style>x{}</style>a", "a" },
		{ "<!-- a@example.org -->b", "b" },
		{ "<a@example.org>", "<a@example.org>" },
		{ "a < b", "a < b" },
		{ "<b", "<b" },
		{ "<style>never closed", "" },
		{ "&bogus; &", "&bogus; &" },
		{ "", "" },
	};
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		wants(rows[i].html, html_text(&a, str_of(rows[i].html)), rows[i].want);
	arena_free(&a);
}

static void
test_mta(void **state)
{
	static const struct {
		const char *value, *host, *ip;
	} rows[] = {
		{ "dns; mx.example.org", "mx.example.org", "" },
		{ "dns;mx.example.org (192.0.2.9, the server)", "mx.example.org", "192.0.2.9" },
		{ "dns; mx.example.org [192.0.2.9]", "mx.example.org", "192.0.2.9" },
		{ "dns; [192.0.2.9]", "", "192.0.2.9" },
		{ "192.0.2.9", "", "192.0.2.9" },
		{ "dns; mx.example.org. (2001:db8::1, x)", "mx.example.org", "2001:db8::1" },
		{ "", "", "" },
	};
	struct str host, ip, local;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		dsn_mta(str_of(rows[i].value), &host, &ip);
		wants(rows[i].value, host, rows[i].host);
		wants(rows[i].value, ip, rows[i].ip);
	}
	assert_true(dsn_tcp(STR("dns;x (TCP|192.0.2.1|34|192.0.2.9|25) (y)"), &local, &ip));
	wants("ours", local, "192.0.2.1");
	wants("theirs", ip, "192.0.2.9");
	assert_false(dsn_tcp(STR("dns;x (TCP|192.0.2.1"), &local, &ip));
}

static void
test_where_the_text_ends(void **state)
{
	static const struct {
		const char *text, *prose, *returned;
	} rows[] = {
		{ "Sorry.\n", "Sorry.\n", "" },
		{ "Sorry.\n\nReceived: by x\nFrom: a\n", "Sorry.\n\n",
		    "Received: by x\nFrom: a\n" },
		{ "Sorry.\n--- Original message ---\n\nHi\n", "Sorry.\n", "Hi\n" },
		{ "Sorry.\nOriginal message follows.\n\nDate: x\n", "Sorry.\n", "Date: x\n" },
		/* a sentence, and a summary of headers, are still for people */
		{ "See the attached returned message.\n\nBye\n",
		    "See the attached returned message.\n\nBye\n", "" },
		{ "To: a\nSubject: b\n\nfailed\n", "To: a\nSubject: b\n\nfailed\n", "" },
		{ "", "", "" },
	};
	struct prose p;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		prose_split(str_of(rows[i].text), &p);
		wants(rows[i].text, p.text, rows[i].prose);
		wants(rows[i].text, p.returned, rows[i].returned);
	}
}

/* MAX recipients are kept, one more is told. */
static void
test_many_addresses(void **state)
{
	struct address_list l = { 0 };
	struct arena a;
	struct buf b;

	(void)state;
	arena_init(&a, 0);
	buf_init(&b, 1 << 20);
	for (unsigned i = 0; i <= MAX_REPORT_RECIPIENTS; i++) {
		buf_addc(&b, 'a');
		buf_addu(&b, i);
		buf_adds(&b, "@example.org ");
		if (i + 1 == MAX_REPORT_RECIPIENTS) {
			address_list_scan(&a, &l, buf_str(&b));
			assert_false(l.cut);
		}
	}
	address_list_scan(&a, &l, buf_str(&b));
	assert_int_equal(l.n, MAX_REPORT_RECIPIENTS);
	assert_true(l.cut);
	buf_free(&b);
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_html),
		cmocka_unit_test(test_mta),
		cmocka_unit_test(test_where_the_text_ends),
		cmocka_unit_test(test_many_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
