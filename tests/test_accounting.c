/* SPDX-License-Identifier: ISC */
/*
 * test_accounting.c - accounting files of PowerMTA and message tracking logs
 * of Exchange to events.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "audit/bounce/csv.h"
#include "audit/bounce/readers.h"
#include "tests/heard.h"

#define PMTA                                                                                       \
	"type,timeLogged,timeQueued,orig,rcpt,orcpt,dsnAction,dsnStatus,dsnDiag,dsnMta,bounceCat," \
	"srcType,srcMta,dlvType,dlvSourceIp,dlvDestinationIp,dlvEsmtpAvailable,dlvSize,vmta,"      \
	"jobId,"                                                                                   \
	"envId,queue,vmtaPool\n"
#define PMTA_ROW(type, status, diag)                                                               \
	type ",2026-11-21 14:30:00+0530,2026-11-21 "                                               \
	     "14:29:00+0530,n@example.com,a@example.org,,x," status "," diag                       \
	     ",mx.example.org (192.0.2.9),spam-related,smtp,host,smtp,192.0.2.1,192.0.2.9,"        \
	     "SIZE,900,out1,job7,env7,example.org/out1,pool\n"
#define FIELDS                                                                                     \
	"\xef\xbb\xbf#Software: Microsoft Exchange Server\r\n#Log-type: Message Tracking Log\r\n"  \
	"#Fields: date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,"   \
	"connector-id,source,event-id,internal-message-id,message-id,network-message-id,"          \
	"recipient-address,recipient-status,total-bytes,recipient-count,sender-address,return-"    \
	"path,"                                                                                    \
	"directionality\r\n"
#define EXCHANGE(source, event, to, status)                                                        \
	"2026-11-21T09:00:00.000Z,,ex1,192.0.2.9,mx.example.org,ctx,conn," source "," event        \
	",77,<1@example.com>,n1," to "," status                                                    \
	",900,1,n@example.com,bounce@example.com,Originating\r\n"

/* clang-format off */
static const struct {
	const char *name;
	const struct reader *reader;
	const char *text, *want;
} cases[] = {
	{ "a bounce with commas in its text", &reader_pmta,
	  PMTA PMTA_ROW("b", "5.3.2 (system not accepting)", "smtp;550 5.7.1 spam, no, never"),
	  "bounced a@example.org 5.3.2 smtp;550 5.7.1 spam, no, never" },
	{ "quoted", &reader_pmta, PMTA PMTA_ROW("b", "5.1.1 (bad)", "\"smtp;550 \"\"x\"\", y\""),
	  "bounced a@example.org 5.1.1 smtp;550 \"x\", y" },
	{ "a delivery", &reader_pmta, PMTA PMTA_ROW("d", "2.0.0 (success)", "smtp;250 2.0.0 OK"),
	  "delivered a@example.org 2.0.0 smtp;250 2.0.0 OK" },
	{ "a transient failure", &reader_pmta, PMTA PMTA_ROW("t", "4.2.2", "smtp;452 full"),
	  "deferred a@example.org 4.2.2 smtp;452 full" },
	{ "too old", &reader_pmta, PMTA PMTA_ROW("b", "4.4.7 (delivery time expired)", "smtp;421 later"),
	  "expired a@example.org 4.4.7 smtp;421 later" },
	{ "a remote bounce", &reader_pmta, PMTA PMTA_ROW("rb", "5.1.1", "smtp;550 no"), "bounced a@example.org 5.1.1 smtp;550 no" },
	{ "without its header", &reader_pmta, PMTA_ROW("b", "5.1.1", "smtp;550 no"), "bounced a@example.org 5.1.1 smtp;550 no" },
	{ "another order", &reader_pmta, "type,dsnDiag,dsnStatus,rcpt\nb,smtp;550 a, b,5.1.1,a@example.org\n",
	  "bounced a@example.org 5.1.1 smtp;550 a, b" },
	{ "the time first", &reader_pmta,
	  "timeLogged,type,rcpt,dsnStatus,dsnDiag\n2026-11-20 10:00:01+0000,b,a@example.org,5.1.1,smtp;550 no\n",
	  "bounced a@example.org 5.1.1 smtp;550 no" },
	{ "too few fields to be one", &reader_pmta, "type,dsnDiag,dsnStatus\nb,smtp;550 a,5.1.1\n", "not understood" },
	{ "the text last but one", &reader_pmta,
	  "type,dsnStatus,rcpt,dsnDiag,vmta\nb,5.1.1,a@example.org,smtp;550 a, b,v\n",
	  "bounced a@example.org 5.1.1 smtp;550 a, b" },
	{ "a queue's row", &reader_pmta, PMTA PMTA_ROW("tq", "4.2.2", "smtp;452 full"), "irrelevant" },
	{ "no row", &reader_pmta, PMTA "what,is,this\n", "not understood" },
	{ "the header alone", &reader_pmta, PMTA, "irrelevant" },
	{ "a failure", &reader_exchange, FIELDS EXCHANGE("SMTP", "FAIL", "a@example.org", "550 5.1.1 no"),
	  "bounced a@example.org - 550 5.1.1 no" },
	{ "two recipients, statuses in braces", &reader_exchange,
	  FIELDS EXCHANGE("SMTP", "DEFER", "a@example.org;b@example.org",
	  "\"[{LRT=11/21/2026};{LED=450 4.2.1 busy, later};{FQDN=mx2.example.org};{IP=192.0.2.8}];[{LED=451 x}]\""),
	  "deferred a@example.org - 450 4.2.1 busy, later\ndeferred b@example.org - 451 x" },
	{ "sent", &reader_exchange, FIELDS EXCHANGE("SMTP", "SEND", "a@example.org", "250 2.1.5 OK"),
	  "delivered a@example.org - 250 2.1.5 OK" },
	{ "handed to a mailbox here", &reader_exchange, FIELDS EXCHANGE("STOREDRIVER", "SEND", "a@example.org", ""), "irrelevant" },
	{ "received", &reader_exchange, FIELDS EXCHANGE("SMTP", "RECEIVE", "a@example.org", ""), "irrelevant" },
	{ "no fields told", &reader_exchange, EXCHANGE("SMTP", "FAIL", "a@example.org", "550 no"), "not understood" },
	{ "a cut line", &reader_exchange, FIELDS "2026-11-21T09:00:00.000Z,,ex1,192.0\n", "not understood" },
};
/* clang-format on */

static void
test_rows(void **state)
{
	struct buf got;

	(void)state;
	buf_init(&got, 1 << 16);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct heard h;

		heard_init(&h);
		heard_lines(&h, cases[i].reader, str_of(cases[i].text));
		buf_reset(&got);
		heard_print(&h, &got);
		buf_addc(&got, '\0');
		if (strcmp(got.p, cases[i].want) != 0)
			fail_msg("%s: got\n%s\nwant\n%s", cases[i].name, got.p, cases[i].want);
		heard_free(&h);
	}
	buf_free(&got);
}

static void
test_what_else(void **state)
{
	const struct bounce_event *e;
	struct addr ours;
	struct heard h;

	(void)state;
	assert_int_equal(addr_parse(STR("192.0.2.1"), &ours), ADDR_OK);
	heard_init(&h);
	heard_lines(&h, &reader_pmta, str_of(PMTA PMTA_ROW("b", "5.1.1", "smtp;550 a, b")));
	e = &h.events[0];
	assert_true(e->ip_from == KNOWN_LOG && addr_eq(&e->sender_ip, &ours));
	assert_true(str_eq(e->relay_host, STR("mx.example.org")));
	assert_true(str_eq(e->relay_ip, STR("192.0.2.9")));
	assert_true(str_eq(e->sender, STR("n@example.com")));
	assert_true(str_eq(e->why, STR("spam-related")));
	assert_true(str_eq(e->instance, STR("out1")));
	assert_true(e->has_time && e->time == 1795251600);
	heard_free(&h);
	heard_init(&h);
	heard_lines(&h, &reader_exchange,
	    str_of(
		FIELDS EXCHANGE("SMTP", "FAIL", "a@example.org", "[{LED=550 no};{IP=192.0.2.8}]")));
	e = &h.events[0];
	assert_true(str_eq(e->relay_ip, STR("192.0.2.8")));
	assert_true(str_eq(e->sender, STR("bounce@example.com")));
	assert_true(str_eq(e->message_id, STR("<1@example.com>")));
	assert_true(e->has_time && e->time == 1795251600);
	heard_free(&h);
}

static void
test_cut_and_changed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str text = str_of(cases[i].text);
		char *copy = xmalloc(text.n + 1);

		memcpy(copy, text.p, text.n + 1);
		for (size_t n = 0; n < text.n; n++) {
			struct heard h;

			heard_init(&h);
			heard_lines(&h, cases[i].reader, str_sub(text, 0, n));
			copy[n] = (char)(n % 3 == 0 ? 0 : n % 3 == 1 ? ',' : '"');
			heard_lines(&h, cases[i].reader, (struct str){ copy, text.n });
			copy[n] = text.p[n];
			heard_free(&h);
		}
		free(copy);
	}
}

static void
test_csv(void **state)
{
	static const struct {
		const char *line, *want;
	} rows[] = { { "", "|" }, { "a", "a|" }, { "a,b", "a|b|" }, { "a,", "a||" }, { ",", "||" },
		{ "\"a,b\",c", "a,b|c|" }, { "\"a\"\"b\"", "a\"b|" }, { "\"a", "a|" },
		{ " a , b ", "a|b|" }, { "\"a\"x,b", "a|b|" }, { "\"\"", "|" } };
	struct arena a;
	struct buf b;

	(void)state;
	arena_init(&a, 0);
	buf_init(&b, 4096);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct csv c;

		csv_split(&a, str_of(rows[i].line), &c);
		buf_reset(&b);
		for (size_t k = 0; k < c.n; k++) {
			buf_add(&b, c.field[k]);
			buf_addc(&b, '|');
		}
		buf_addc(&b, '\0');
		if (strcmp(b.p, rows[i].want) != 0)
			fail_msg("'%s': got '%s', want '%s'", rows[i].line, b.p, rows[i].want);
	}
	buf_reset(&b);
	for (int i = 0; i < MAX_CSV_FIELDS; i++)
		buf_addc(&b, ',');
	for (int over = 0; over < 2; over++) { /* MAX fields, and one more */
		struct csv c;

		csv_split(&a, str_sub(buf_str(&b), 0, (size_t)(MAX_CSV_FIELDS - 1 + over)), &c);
		assert_int_equal(c.n, MAX_CSV_FIELDS);
		assert_int_equal(c.cut, over);
	}
	buf_free(&b);
	arena_free(&a);
}

/* Each format is claimed by its own reader. */
static void
test_chosen(void **state)
{
	static const struct {
		const char *text;
		const struct reader *want;
	} rows[] = { { PMTA, &reader_pmta }, { PMTA_ROW("b", "5.1.1", "no"), &reader_pmta },
		{ "timeLogged,rcpt,dsnStatus,type\n", &reader_pmta },
		{ "timeLogged,rcpt,dsnStatus\n", NULL }, { FIELDS, &reader_exchange },
		{ "[{\"event\":\"bounce\",\n\"email\":\"a\"}]\n", &reader_webhook },
		{ "{\"event\":\"bounce\",\"email\":\"a\"}\n", &reader_webhook_lines },
		{ "Return-Path: <>\nFrom: x@example.org\n\nx\n", &reader_dsn },
		{ "From a@b Sat Nov 21 00:00:00 2026\nReturn-Path: <>\nFrom: x@example.org\n\n",
		    &reader_dsn },
		{ "From: x@example.org\nTo: y@example.org\nContent-Type: multipart/report;\n "
		  "report-type=feedback-report; boundary=b\n\n",
		    &reader_arf } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str lines[16], text = str_of(rows[i].text);
		const struct reader *r;
		size_t n = 0;

		for (size_t pos = 0; pos < text.n && n < ARRAY_LEN(lines); n++) {
			size_t end = str_find(text, pos, '\n');

			lines[n] = str_sub(text, pos, end - pos);
			pos = end + 1;
		}
		r = reader_choose(lines, n);
		if (r != rows[i].want)
			fail_msg("row %zu: %s", i, r == NULL ? "none" : r->name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_what_else),
		cmocka_unit_test(test_cut_and_changed),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
