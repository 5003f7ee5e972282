/* SPDX-License-Identifier: ISC */
/*
 * bench_dsn.c - messages per second that the reader of bounces takes: one of
 * RFC 3464 and one of text.  Prints "name ops ns/op"; judges nothing.
 */
#include <stdio.h>
#include <time.h>
#include "audit/bounce/readers.h"

#define ROUNDS 2000 /* of each message; a second or two */

#define HEAD                                                                                       \
	"From: Mail Delivery <MAILER-DAEMON@mx.example.net>\nTo: news@example.com\nSubject: "      \
	"failure notice\n"

static const struct {
	const char *name, *mail;
} mails[] = {
	{ "dsn-rfc3464", HEAD
	    "Content-Type: multipart/report; report-type=delivery-status; "
	    "boundary=b\n\n--b\n\nSorry.\n"
	    "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n"
	    "Final-Recipient: rfc822; ann@example.org\nAction: failed\nStatus: 5.1.1\n"
	    "Diagnostic-Code: smtp; 550 5.1.1 no such user\n\n--b\nContent-Type: message/rfc822\n\n"
	    "Return-Path: <bounce@example.com>\nFrom: news@example.com\nTo: "
	    "ann@example.org\n\nHi\n--b--\n" },
	{ "dsn-text", HEAD
	    "\nHi. This is the qmail-send program at mx.example.net.\n\n<ann@example.org>:\n"
	    "Remote host said: 550 5.1.1 no\nGiving up on 192.0.2.1.\n\n"
	    "--- Below this line is a copy of the message.\n\nReturn-Path: <bounce@example.com>\n"
	    "Received: by mx.example.net\nFrom: news@example.com\n\nHi\n" },
};

static void
count(void *ctx, struct bounce_event *e)
{
	(void)e;
	++*(unsigned *)ctx;
}

int
main(void)
{
	struct reader_clock clock = { 0 };
	struct arena a;

	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(mails); i++) {
		struct timespec from = { 0 }, to = { 0 };
		unsigned events = 0;
		const struct sink out = { .event = count, .ctx = &events };
		double ns;

		(void)clock_gettime(CLOCK_MONOTONIC, &from);
		for (int k = 0; k < ROUNDS; k++) {
			arena_reset(&a);
			(void)reader_dsn.read(NULL, &a, str_of(mails[i].mail), &clock, &out);
		}
		(void)clock_gettime(CLOCK_MONOTONIC, &to);
		ns = (double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec);
		printf("%s %u %.0f\n", mails[i].name, events, ns / ROUNDS);
	}
	arena_free(&a);
	return 0;
}
