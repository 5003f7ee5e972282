/* SPDX-License-Identifier: ISC */
/*
 * test_read_dsn.c - bounce messages and feedback reports of each form to
 * events; what is none stays none; what is made to be a burden is bounded.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "audit/bounce/readers.h"
#include "tests/effort.h"
#include "tests/heard.h"

#define HEAD                                                                                       \
	"From: Mail Delivery <MAILER-DAEMON@mx.example.net>\n"                                     \
	"To: news@example.com\n"                                                                   \
	"Subject: failure notice\n"                                                                \
	"Date: Sat, 21 Nov 2026 10:00:00 +0100\n"
#define REPORT HEAD "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
#define TEXT(body) HEAD "\n" body
#define PLAIN "--b\nContent-Type: text/plain\n\n"
#define STATUS                                                                                     \
	"\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n"
#define BACK                                                                                       \
	"\n--b\nContent-Type: message/rfc822\n\n"                                                  \
	"Return-Path: <bounce@example.com>\n"                                                      \
	"DKIM-Signature: v=1; a=rsa-sha256; d=example.com;\n\ts=s1; b=AAAA\n"                      \
	"From: News <news@example.com>\nTo: ann@example.org\n"                                     \
	"Message-ID: <1@example.com>\n\nText\n--b--\n"
#define COPY                                                                                       \
	"\nReturn-Path: <bounce@example.com>\nReceived: by mx.example.net\n"                       \
	"From: news@example.com\nTo: other@example.org\n\nAsk boss@example.org: 550 no\n"

/* clang-format off */
static const struct {
	const char *name, *mail, *want;
} cases[] = {
	/* RFC 3464 */
	{ "one recipient",
	  REPORT PLAIN "Sorry.\n" STATUS "Final-Recipient: rfc822; ann@example.org\nAction: failed\nStatus: 5.1.1\n"
	  "Diagnostic-Code: smtp; 550 5.1.1 no such user\n" BACK,
	  "bounced ann@example.org 5.1.1 smtp; 550 5.1.1 no such user" },
	{ "two recipients, a comment in the status, brackets, a fold",
	  REPORT STATUS "Final-Recipient: RFC822;<ann@example.org>\nAction: Failed (x)\nStatus: 5.1.1 (bad)\n"
	  "Diagnostic-Code: smtp;550\n 5.1.1 no\n\nFinal-Recipient: rfc822;bob@example.org\nAction: delayed\n"
	  "Status: 4.4.1\nDiagnostic-Code: smtp; 450 4.4.1 busy now\n" BACK,
	  "bounced ann@example.org 5.1.1 smtp;550 5.1.1 no\n"
	  "deferred bob@example.org 4.4.1 smtp; 450 4.4.1 busy now" },
	{ "no empty line between recipients",
	  REPORT STATUS "Final-Recipient: rfc822; ann@example.org\nAction: failed\nStatus: 5.2.2\n"
	  "Diagnostic-Code: smtp; 552 full up\nFinal-Recipient: rfc822; bob@example.org\nAction: failed\n"
	  "Status: 5.1.1\nDiagnostic-Code: smtp; 550 nobody\n" BACK,
	  "bounced ann@example.org 5.2.2 smtp; 552 full up\nbounced bob@example.org 5.1.1 smtp; 550 nobody" },
	{ "fields in another order, blanks before the colon",
	  REPORT STATUS "Action : failed\nStatus : 5.0.0\nDiagnostic-Code : smtp;550 5.7.54 no relay\n"
	  "Final-Recipient : rfc/822;ann@example.org\n" BACK,
	  "bounced ann@example.org 5.0.0 smtp;550 5.7.54 no relay" },
	{ "only the original recipient",
	  REPORT STATUS "Original-Recipient: <ann@example.org>\nAction: failed\n"
	  "Diagnostic-Code: smtp; 550 5.1.1 who\n" BACK,
	  "bounced ann@example.org - smtp; 550 5.1.1 who" },
	{ "delivered, relayed, expanded",
	  REPORT STATUS "Final-Recipient: rfc822; a@example.org\nAction: delivered\nStatus: 2.0.0\n"
	  "Diagnostic-Code: smtp; 250 2.0.0 ok\n\nFinal-Recipient: rfc822; b@example.org\nAction: relayed\n"
	  "Status: 2.0.0\nDiagnostic-Code: smtp; 250 2.0.0 ok\n" BACK,
	  "delivered a@example.org 2.0.0 smtp; 250 2.0.0 ok\ndelivered b@example.org 2.0.0 smtp; 250 2.0.0 ok" },
	{ "given up for its age",
	  REPORT STATUS "Final-Recipient: rfc822; a@example.org\nAction: failed\nStatus: 4.4.7\n"
	  "Diagnostic-Code: smtp; 421 4.7.0 later\n" BACK,
	  "expired a@example.org 4.4.7 smtp; 421 4.7.0 later" },
	{ "the cause only in the text",
	  REPORT PLAIN "<ann@example.org>: 550 user unknown\n    (in reply to RCPT TO command)\n"
	  STATUS "Final-Recipient: rfc822; ann@example.org\nAction: failed\nStatus: 5.0.0\n" BACK,
	  "bounced ann@example.org 5.0.0 550 user unknown (in reply to RCPT TO command)" },
	{ "the first line of a reply, whole in the transcript",
	  REPORT PLAIN "   ----- Transcript of session follows -----\n>>> DATA\n"
	  "<<< 550-5.7.1 Unauthenticated email from example.com is not\n<<< 550 5.7.1 accepted: DMARC policy.\n"
	  STATUS "Final-Recipient: rfc822; ann@example.org\nAction: failed\nStatus: 5.7.1\n"
	  "Diagnostic-Code: SMTP; 550-5.7.1 Unauthenticated email from example.com is not\n" BACK,
	  "bounced ann@example.org 5.7.1 550-5.7.1 Unauthenticated email from example.com is not "
	  "550 5.7.1 accepted: DMARC policy." },
	{ "Domino folds inside words",
	  REPORT STATUS "Final-Recipient: rfc822;ann@example.org\nAction: failed\nStatus: 5.0.0\n"
	  "Diagnostic-Code: X-Notes; Ma\n ximum hop\n  count\n" BACK,
	  "bounced ann@example.org 5.0.0 X-Notes; Maximum hop count" },
	{ "the fields inside the text",
	  TEXT("Technical report:\n\nReporting-MTA: dsn; mx.example.net\n\nAction: failed\n"
	  "Final-Recipient: rfc822; ann@example.org\nDiagnostic-Code: smtp; 550 5.3.5 oops\nStatus: 5.3.5\n"),
	  "bounced ann@example.org 5.3.5 smtp; 550 5.3.5 oops" },
	{ "a multipart whose boundary is not there",
	  REPORT "Your message failed.\n\nFinal-Recipient: rfc822; ann@example.org\nAction: failed\n"
	  "Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 gone\n",
	  "bounced ann@example.org 5.1.1 smtp; 550 5.1.1 gone" },
	{ "base64",
	  HEAD "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
	  "PGFubkBleGFtcGxlLm9yZz46IDU1MCA1LjEuMSBubwo=\n",
	  "bounced ann@example.org - 550 5.1.1 no" },

	/* before and beside it */
	{ "qmail",
	  TEXT("Hi. This is the qmail-send program at mx.example.net.\n\n<ann@example.org>:\n192.0.2.1 does not like "
	  "recipient.\nRemote host said: 550 5.1.1 no\nGiving up on 192.0.2.1.\n\n<bob@example.org>:\n"
	  "Sorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n" COPY),
	  "bounced ann@example.org - 192.0.2.1 does not like recipient. Remote host said: 550 5.1.1 no Giving up on "
	  "192.0.2.1.\nbounced bob@example.org - Sorry, no mailbox here by that name. (#5.1.1)" },
	{ "Exim",
	  TEXT("The following address(es) failed:\n\n  ann@example.org\n    host mx.example.org [192.0.2.9]\n"
	  "    SMTP error from remote mail server after RCPT TO:<ann@example.org>:\n    550 5.1.1 no\n\n"
	  "------ This is a copy of the message, including all the headers. ------\n" COPY),
	  "bounced ann@example.org - host mx.example.org [192.0.2.9] SMTP error from remote mail server after RCPT "
	  "TO:<ann@example.org>: 550 5.1.1 no" },
	{ "Exim names a file; the header names the recipient",
	  "X-Failed-Recipients: ann@example.org\n"
	  TEXT("failed:\n\n  save to mail/inbox\n    mailbox is full: retry timeout exceeded\n"),
	  "expired ann@example.org - failed: save to mail/inbox mailbox is full: retry timeout exceeded" },
	{ "Postfix text",
	  TEXT("<ann@example.org>: host mx.example.org[192.0.2.9] said: 550-5.7.26 no\n    550 5.7.26 more (in reply to "
	  "end of DATA command)\n"),
	  "bounced ann@example.org - host mx.example.org[192.0.2.9] said: 550-5.7.26 no 550 5.7.26 more (in reply to end "
	  "of DATA command)" },
	{ "Sendmail, version 5",
	  TEXT("   ----- Transcript of session follows -----\nWhile talking to mx.example.org:\n"
	  ">>> RCPT To:<ann@example.org>\n<<< 550 unknown user\n550 <ann@example.org>... User unknown\n\n"
	  "   ----- Unsent message follows -----\n" COPY),
	  "bounced ann@example.org - 550 unknown user" },
	{ "Exchange, text",
	  TEXT("Delivery has failed to these recipients:\n\nann@example.org<mailto:ann@example.org>\nSee DSN code 5.1.1 in "
	  "the manual.\n\nDiagnostic information for administrators:\n\nGenerating server: ex.example.net\n\n"
	  "ann@example.org\nRemote Server returned '550 5.1.1 not found'\n\nOriginal message headers:\n" COPY),
	  "bounced ann@example.org - Remote Server returned '550 5.1.1 not found'" },
	{ "Exchange, HTML alone",
	  HEAD "Content-Type: text/html\n\n<html><style>a{b:c}</style><p>Delivery has failed to these recipients:</p>"
	  "<a href=\"mailto:ann@example.org\">ann@example.org</a><br>\nRemote Server returned &#39;550 5.4.1 no&#39;<br>"
	  "<p>Original message headers:</p><pre>Received: by x\nFrom: news@example.com\nTo: bob@example.org\n</pre>",
	  "bounced ann@example.org - Remote Server returned '550 5.4.1 no'" },
	{ "Exchange 2003",
	  TEXT("Your message\n\n  To:      bob@example.org\n  Subject: x\n\ndid not reach the following recipient(s):\n\n"
	  "ann@example.org on Sat, 21 Nov 2026 10:00:00 +0100\n    The recipient name is not recognized\n"),
	  "bounced ann@example.org - on Sat, 21 Nov 2026 10:00:00 +0100 The recipient name is not recognized" },
	{ "Google",
	  TEXT("Delivery to the following recipient failed permanently:\n\n     ann@example.org\n\nTechnical details of "
	  "permanent failure:\nThe error that the other server returned was:\n550 5.1.1 no such user\n\n"
	  "----- Original message -----\n" COPY),
	  "bounced ann@example.org - 550 5.1.1 no such user" },
	{ "a delay told in words",
	  TEXT("THIS IS A WARNING MESSAGE ONLY.\n\nDelivery to the following recipient has been delayed:\n\n"
	  "     ann@example.org\n\nMessage will be retried for 2 more day(s)\n"),
	  "deferred ann@example.org - Message will be retried for 2 more day(s)" },
	{ "a delay, OpenSMTPD",
	  TEXT("A message is delayed for more than 4 hours for the following\nlist of recipients:\n\n"
	  "ann@example.org: 421 4.3.0 later\n"),
	  "deferred ann@example.org - 421 4.3.0 later" },
	{ "a sentence",
	  TEXT("There was an error delivering your mail to <ann@example.org>.\n\nmx.example.org [192.0.2.9] did not like "
	  "our RCPT TO:\n552 5.2.2 <ann@example.org>: Mailbox full\n\nMessage headers follow.\n" COPY),
	  "bounced ann@example.org - 552 5.2.2 <ann@example.org>: Mailbox full" },
	{ "quotes",
	  TEXT("The following address failed:\n\n\"ann@example.org\":\nSMTP error, RCPT TO\n5.1.1 User Unknown\n"),
	  "bounced ann@example.org - SMTP error, RCPT TO 5.1.1 User Unknown" },
	{ "a label",
	  TEXT("Recipient address: ann@example.org\nReason: rejected\nDiagnostic code: smtp;550 5.1.1 no\n"),
	  "bounced ann@example.org - Reason: rejected Diagnostic code: smtp;550 5.1.1 no" },
	{ "the cause above",
	  TEXT("Could not be delivered because of\n\n550 5.1.1 User unknown\n\nThe following recipients were affected:\n"
	  "    ann@example.org\n"),
	  "bounced ann@example.org - 550 5.1.1 User unknown" },
	{ "ISO-2022-JP",
	  HEAD "Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B<!$N\x1b(B\n<ann@example.org>: 550 user unknown\n",
	  "bounced ann@example.org - 550 user unknown" },
	{ "a charset nobody knows",
	  HEAD "Content-Type: text/plain; charset=x-nobody\n\n<ann@example.org>: 550 5.1.1 no\n",
	  "bounced ann@example.org - 550 5.1.1 no" },
	{ "only the returned message names whom",
	  TEXT("Your mail could not be delivered.\n\n--- Returned message ---\nReceived: by x\nFrom: news@example.com\n"
	  "To: ann@example.org\n\nHi\n"),
	  "bounced ann@example.org - Your mail could not be delivered." },
	{ "an address in the returned body is not a recipient",
	  TEXT("<ann@example.org>: 550 no\n\n--- Below this line is a copy of the message.\n" COPY),
	  "bounced ann@example.org - 550 no" },
	{ "the sender and the helper are no recipients",
	  TEXT("Mail from news@example.com failed; contact help@example.net.\n550 5.1.1 <ann@example.org> no\n"),
	  "bounced ann@example.org - 550 5.1.1 <ann@example.org> no" },
	{ "a report passed on as text",
	  TEXT("For help ask <help@example.net>.\n----------\n") REPORT STATUS
	  "Final-Recipient: rfc822; ann@example.org\nAction: failed\nStatus: 5.1.1\n"
	  "Diagnostic-Code: smtp; 550 5.1.1 gone\n" BACK,
	  "bounced ann@example.org 5.1.1 smtp; 550 5.1.1 gone" },
	{ "an SNS notification by mail, its line split by a relay",
	  "From: x@example.net\nSubject: notice\n\n{\"notificationType\":\"Bounce\",\"mail\":{\"source\":\"n@example.com\"},"
	  "\"bounce\":{\"bounceType\":\"Perm!\n anent\",\"bouncedRecipients\":[{\"emailAddress\":\"ann@example.org\","
	  "\"status\":\"5.1.1\",\"diagnosticCode\":\"smtp; 550 5.1.1 no\"}]}}\n--\nunsubscribe here\n",
	  "bounced ann@example.org 5.1.1 smtp; 550 5.1.1 no" },

	/* feedback */
	{ "a complaint",
	  HEAD "Content-Type: multipart/report; boundary=b\n\n" PLAIN "Spam.\n\n--b\nContent-Type: message/feedback-report\n\n"
	  "Feedback-Type: abuse\nVersion: 1\nOriginal-Rcpt-To: <ann@example.org>\nSource-IP: 192.0.2.1\n" BACK,
	  "complaint ann@example.org - " },
	{ "failed authentication",
	  HEAD "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n\n"
	  "Feedback-Type: auth-failure\nAuth-Failure: dmarc\nAuthentication-Results: mx.example.org;\n dmarc=fail\n"
	  "Original-Rcpt-To: ann@example.org\n" BACK,
	  "auth-report ann@example.org - mx.example.org; dmarc=fail" },
	{ "no recipient is told, several are in the message",
	  HEAD "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n\n"
	  "Feedback-Type: fraud\n\n--b\nContent-Type: message/rfc822\n\nFrom: n@example.com\nTo: a@example.org, b@example.org\n"
	  "\nx\n--b--\n",
	  "complaint  - " },
	{ "not spam after all",
	  HEAD "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n\n"
	  "Feedback-Type: not-spam\nOriginal-Rcpt-To: ann@example.org\n" BACK, "irrelevant" },
	{ "opt out",
	  HEAD "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n\n"
	  "Feedback-Type: opt-out\nOriginal-Rcpt-To: ann@example.org\n" BACK, "opt-out ann@example.org - " },

	/* none */
	{ "absence",
	  "From: Ann <ann@example.org>\nTo: news@example.com\nSubject: Re: News\nAuto-Submitted: auto-replied\n\n"
	  "I am away. Ask bob@example.org\n", "irrelevant" },
	{ "absence by subject",
	  "From: Ann <ann@example.org>\nTo: news@example.com\nSubject: Out of Office: News\nReturn-Path: <>\n\nAway.\n",
	  "irrelevant" },
	{ "a read receipt",
	  HEAD "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/disposition-notification\n\n"
	  "Final-Recipient: rfc822; ann@example.org\n\n--b--\n", "irrelevant" },
	{ "ordinary mail",
	  "From: Ann <ann@example.org>\nTo: news@example.com\nSubject: hello\n\nSee bob@example.org at 5.30.\n",
	  "irrelevant" },
	{ "a bounce of nobody", TEXT("Something went wrong.\n"), "not understood" },
	{ "no message", "not a field\n", "not understood" },
	{ "nothing", "", "not understood" },
};
/* clang-format on */

static void
test_forms(void **state)
{
	struct buf got;

	(void)state;
	buf_init(&got, 1 << 16);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct heard h;

		heard_init(&h);
		heard_record(&h, &reader_dsn, str_of(cases[i].mail));
		buf_reset(&got);
		heard_print(&h, &got);
		buf_addc(&got, '\0');
		if (strcmp(got.p, cases[i].want) != 0)
			fail_msg("%s: got\n%s\nwant\n%s", cases[i].name, got.p, cases[i].want);
		heard_free(&h);
	}
	buf_free(&got);
}

/* What the returned message and the report tell besides. */
static void
test_what_else(void **state)
{
	const struct bounce_event *e;
	struct heard h;

	(void)state;
	heard_init(&h);
	heard_record(&h, &reader_dsn,
	    STR(REPORT STATUS
		"Final-Recipient: rfc822; ann@example.org\n"
		"Original-Recipient: rfc822; old@example.org\nAction: failed\nStatus: 5.1.1\n"
		"Remote-MTA: dns; mx.example.org (192.0.2.9)\n"
		"Last-Attempt-Date: Sat, 21 Nov 2026 09:00:00 GMT\n"
		"Diagnostic-Code: smtp; 550 5.1.1 no\n" BACK));
	assert_int_equal(h.n, 1);
	e = &h.events[0];
	assert_true(str_eq(e->original, STR("old@example.org")));
	assert_true(str_eq(e->sender, STR("bounce@example.com")));
	assert_true(str_eq(e->from, STR("news@example.com")));
	assert_true(str_eq(e->message_id, STR("<1@example.com>")));
	assert_true(str_eq(e->dkim_domain, STR("example.com")));
	assert_true(str_eq(e->dkim_selector, STR("s1")));
	assert_true(str_eq(e->relay_host, STR("mx.example.org")));
	assert_true(str_eq(e->relay_ip, STR("192.0.2.9")));
	assert_true(str_eq(e->host, STR("mx.example.net")));
	assert_true(e->has_time && e->time == 1795251600);
	assert_int_equal(e->count, 1);
	heard_free(&h);
}

/* Every cut of every form, and every byte of it changed, ends and stays inside its bytes. */
static void
test_cut_and_changed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str mail = str_of(cases[i].mail);
		char *copy = xmalloc(mail.n + 1);
		struct heard h;

		memcpy(copy, mail.p, mail.n + 1);
		heard_init(&h);
		for (size_t n = 0; n < mail.n; n++) {
			h.n = 0;
			heard_record(&h, &reader_dsn, str_sub(mail, 0, n));
			copy[n] = (char)(n % 2 == 0 ? 0 : copy[n] ^ 0x81);
			heard_record(&h, &reader_dsn, (struct str){ copy, mail.n });
			copy[n] = mail.p[n];
		}
		heard_free(&h);
		free(copy);
	}
}

/* A mail to be read, and what came of it. */
struct reading {
	struct str mail;
	size_t events;
	enum record_fate fate;
};

static void
read_mail(void *ctx)
{
	struct reading *r = ctx;
	struct heard h;

	heard_init(&h);
	heard_record(&h, &reader_dsn, r->mail);
	r->events = h.n;
	r->fate = h.fate;
	heard_free(&h);
}

/* HEAD, N times PART (its first %u a number), TAIL. */
static struct str
repeated(const char *head, const char *part, unsigned n, const char *tail)
{
	struct buf b;

	buf_init(&b, MAX_RECORD_BYTES);
	buf_adds(&b, head);
	for (unsigned i = 0; i < n; i++) {
		size_t at = strcspn(part, "%");

		buf_add(&b, str_sub(str_of(part), 0, at));
		if (part[at] == '%') {
			buf_addu(&b, i);
			buf_adds(&b, part + at + 1);
		}
	}
	buf_adds(&b, tail);
	return buf_str(&b);
}

/*
 * The most that a byte may take, as a multiple of what a byte of an ordinary bounce takes.
 * A list of thousands of addresses takes most, about 15; what is quadratic takes hundreds and more.
 */
#define MAX_EFFORT 100.0

/* clang-format off */
static const struct {
	const char *name, *head, *part;
	unsigned n;
	const char *tail;
	enum record_fate fate;
} burdens[] = {
	{ "nested multiparts", HEAD, "Content-Type: multipart/mixed; boundary=b%\n\n--bX\n", 1000, "", RECORD_NOT_UNDERSTOOD },
	{ "nested messages", HEAD, "Content-Type: message/rfc822\n\n", 20000, "x\n", RECORD_NOT_UNDERSTOOD },
	{ "many parts", REPORT, "--b\n\nx\n", 100000, "--b--\n", RECORD_NOT_UNDERSTOOD },
	{ "parts up to the limit", REPORT, "--b\n\nx\n", 15000, "--b--\n", RECORD_NOT_UNDERSTOOD },
	{ "a long header", HEAD "X-A: ", "aaaaaaaaa\n ", 1000000, "\n\n<ann@example.org>: 550 no\n", RECORD_NOT_UNDERSTOOD },
	{ "a header of nearly the limit", HEAD "X-A: ", "aaaaaaaaa\n ", 90000, "\n\n<ann@example.org>: 550 no\n", RECORD_EVENTS },
	{ "a long line", HEAD "\n", "aaaaaaaaaa", 1000000, "\n", RECORD_NOT_UNDERSTOOD },
	{ "many recipients", REPORT STATUS, "Final-Recipient: rfc822; a%@example.org\nAction: failed\nStatus: 5.1.1\n\n",
	  20000, "--b--\n", RECORD_EVENTS },
	{ "many addresses in prose", HEAD "\n", "<a%@example.org>: 550 no\n", 3000, "", RECORD_EVENTS },
	{ "one address, often", HEAD "\n", "<ann@example.org>: no\n", 4000, "", RECORD_EVENTS },
	{ "at signs", HEAD "\n", "@@@@a@@\"@", 100000, "", RECORD_NOT_UNDERSTOOD },
	{ "tags never closed", HEAD "Content-Type: text/html\n\n", "<a<b&#", 200000, "", RECORD_NOT_UNDERSTOOD },
	{ "headers in the text", HEAD "\n", "X-A%: b\n", 20000, "", RECORD_NOT_UNDERSTOOD },
	{ "markers", HEAD "\n", "--- original message\n", 100000, "", RECORD_NOT_UNDERSTOOD },
};
/* clang-format on */

static void
test_burdens(void **state)
{
	struct reading ordinary = { .mail = str_of(cases[0].mail) };
	const struct work yardstick = { read_mail, &ordinary };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(burdens); i++) {
		struct reading r = { .mail = repeated(burdens[i].head, burdens[i].part,
					 burdens[i].n, burdens[i].tail) };
		double effort = effort_of(&(struct work){ read_mail, &r }, &yardstick);

		effort *= (double)ordinary.mail.n / (double)r.mail.n;
		if (r.fate != burdens[i].fate || effort > MAX_EFFORT || r.events > 2000)
			fail_msg("%s: fate %d, %zu events, effort %.0f", burdens[i].name,
			    (int)r.fate, r.events, effort);
		free((void *)(uintptr_t)r.mail.p);
	}
}

static void
test_nul(void **state)
{
	struct heard h;

	(void)state;
	heard_init(&h);
	heard_record(&h, &reader_dsn, STR(HEAD "\n<ann@example.org>: 550\0 no\n"));
	assert_int_equal(h.n, 1);
	assert_true(str_eq(h.events[0].recipient, STR("ann@example.org")));
	heard_free(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_what_else),
		cmocka_unit_test(test_cut_and_changed),
		cmocka_unit_test(test_burdens),
		cmocka_unit_test(test_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
