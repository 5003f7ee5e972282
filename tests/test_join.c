/* SPDX-License-Identifier: ISC */
/*
 * test_join.c - lines of one mail are one mail: sender, Message-ID, signature;
 * queue ids are used again, and filters give mail back under another.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "audit/bounce/join.h"
#include "audit/bounce/readers.h"
#include "audit/bounce/span.h"

#define S "Nov 21 10:00:0"

/* clang-format off */
static const struct {
	const char *name, *log, *want; /* want: "RECIPIENT SENDER MESSAGE-ID d/s;" of each fate */
} rows[] = {
	{ "all there is to know", S "0 h postfix/cleanup[1]: 4C4FL74S9B: message-id=<m@example.com>\n"
	  S "1 h opendkim[2]: 4C4FL74S9B: DKIM-Signature field added (s=s1, d=example.com)\n"
	  S "2 h postfix/qmgr[1]: 4C4FL74S9B: from=<s@example.com>, size=1, nrcpt=1 (queue active)\n"
	  S "3 h postfix/smtp[1]: 4C4FL74S9B: to=<u@example.net>, relay=mx.example.net[192.0.2.1]:25, delay=1, dsn=5.1.1, status=bounced (host mx.example.net[192.0.2.1] said: 550 5.1.1 no)\n",
	  "u@example.net s@example.com <m@example.com> example.com/s1;" },
	{ "nothing is known", S "3 h postfix/smtp[1]: 4C4FL74S9B: to=<u@example.net>, relay=mx.example.net[192.0.2.1]:25, delay=1, dsn=2.0.0, status=sent (250 ok)\n",
	  "u@example.net   /;" },
	{ "used again after removed", S "0 h postfix/qmgr[1]: AAAAAAAAA1: from=<one@example.com>, size=1, nrcpt=1 (queue active)\n"
	  S "1 h postfix/qmgr[1]: AAAAAAAAA1: removed\n"
	  S "3 h postfix/smtp[1]: AAAAAAAAA1: to=<u@example.net>, relay=mx.example.net[192.0.2.1]:25, delay=1, dsn=2.0.0, status=sent (250 ok)\n",
	  "u@example.net   /;" },
	{ "one id on two hosts", S "0 h1 postfix/qmgr[1]: AAAAAAAAA1: from=<one@example.com>, size=1, nrcpt=1 (queue active)\n"
	  S "0 h2 postfix/qmgr[1]: AAAAAAAAA1: from=<two@example.com>, size=1, nrcpt=1 (queue active)\n"
	  S "3 h1 postfix/smtp[1]: AAAAAAAAA1: to=<u@example.net>, relay=mx.example.net[192.0.2.1]:25, delay=1, dsn=2.0.0, status=sent (250 ok)\n",
	  "u@example.net one@example.com  /;" },
	{ "a filter gave it back", S "0 h postfix/cleanup[1]: AAAAAAAAA1: message-id=<m@example.com>\n"
	  S "0 h postfix/qmgr[1]: AAAAAAAAA1: from=<s@example.com>, size=1, nrcpt=1 (queue active)\n"
	  S "0 h opendkim[2]: AAAAAAAAA1: DKIM-Signature field added (s=s1, d=example.com)\n"
	  S "1 h postfix/qmgr[1]: BBBBBBBBB2: from=<s@example.com>, size=2, nrcpt=1 (queue active)\n"
	  S "2 h postfix/smtp[1]: AAAAAAAAA1: to=<u@example.net>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, dsn=2.0.0, status=sent (250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as BBBBBBBBB2)\n"
	  S "3 h postfix/smtp[1]: BBBBBBBBB2: to=<u@example.net>, relay=mx.example.net[192.0.2.1]:25, delay=1, dsn=5.1.1, status=bounced (host mx.example.net[192.0.2.1] said: 550 5.1.1 no)\n",
	  "u@example.net s@example.com <m@example.com> example.com/s1;u@example.net s@example.com <m@example.com> example.com/s1;" },
	{ "one server of two", S "2 h postfix/smtp[1]: AAAAAAAAA1: host mx1.example.net[192.0.2.1] said: 450 4.7.1 later (in reply to RCPT TO command)\n"
	  S "3 h postfix/smtp[1]: AAAAAAAAA1: to=<u@example.net>, relay=mx2.example.net[192.0.2.2]:25, delay=1, dsn=4.7.1, status=deferred (host mx2.example.net[192.0.2.2] said: 450 4.7.1 later (in reply to RCPT TO command))\n",
	  "u@example.net   /;" },
};
/* clang-format on */

struct told {
	struct join join;
	char text[2048];
	size_t n;
};

static void
on_event(void *ctx, struct bounce_event *e)
{
	struct told *t = ctx;
	struct bounce_event out;
	struct open_mail *mail;
	int n;

	if (!join_event(&t->join, e, &out, &mail))
		return;
	n = snprintf(t->text + t->n, sizeof(t->text) - t->n, "%.*s %.*s %.*s %.*s/%.*s;",
	    (int)out.recipient.n, out.recipient.p, (int)out.sender.n, out.sender.p,
	    (int)out.message_id.n, out.message_id.p, (int)out.dkim_domain.n, out.dkim_domain.p,
	    (int)out.dkim_selector.n, out.dkim_selector.p);
	t->n += n > 0 ? (size_t)n : 0;
}

static void
test_lines_of_one_mail_are_joined(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct told t = { .n = 0 };
		struct sink sink = { .event = on_event, .ctx = &t };
		struct reader_clock clock = { .year = 2026, .month_last = 12 };
		struct str log = str_of(rows[i].log);
		void *reader = xcalloc(1, reader_postfix.state_size);
		struct arena a;

		arena_init(&a, 0);
		join_init(&t.join);
		while (log.n > 0)
			(void)reader_postfix.read(
			    reader, &a, span_until(&log, '\n'), &clock, &sink);
		if (strcmp(t.text, rows[i].want) != 0)
			fail_msg("%s: got '%s'", rows[i].name, t.text);
		join_free(&t.join);
		arena_free(&a);
		free(reader);
	}
}

/* The oldest goes that no line told of since; those that are told of stay. */
static void
test_open_mails_are_bounded(void **state)
{
	struct bounce_event e = { .kind = EVENT_SENDER, .count = 1 }, out;
	struct open_mail *mail;
	struct join j;
	char id[16];

	(void)state;
	join_init(&j);
	j.max = 100;
	for (int i = 0; i < 1000; i++) {
		(void)snprintf(id, sizeof(id), "Q%06d", i);
		e.queue_id = str_of(id);
		e.sender = STR("s@example.com");
		assert_false(join_event(&j, &e, &out, &mail));
		e.queue_id = STR("KEPT00");
		e.sender = STR("kept@example.com");
		assert_false(join_event(&j, &e, &out, &mail));
		assert_true(j.n - j.n_free <= 100);
	}
	assert_int_equal(j.dropped, 1001 - 100);
	e = (struct bounce_event){ .kind = EVENT_DELIVERED, .queue_id = STR("KEPT00"), .count = 1 };
	assert_true(join_event(&j, &e, &out, &mail));
	assert_true(str_eq(out.sender, STR("kept@example.com")));
	join_free(&j);
}

/* What is put in is found until it is taken out, whatever stands beside it. */
static void
test_slots_find_what_is_in_them(void **state)
{
	static bool in[4096];
	struct slots s = { .n = 0 };
	uint32_t x = 1;

	(void)state;
	for (int round = 0; round < 40000; round++) {
		uint32_t item, found, tag;
		struct slots_walk w;
		bool has = false;

		x = x * 1664525 + 1013904223;
		item = (x >> 12) % 4096;
		tag = item % 97; /* many share one */
		w = slots_walk(tag);
		while (slots_next(&s, &w, &found))
			has = has || found == item;
		assert_true(has == in[item]);
		if (has)
			slots_remove(&s, tag, item);
		else
			slots_add(&s, tag, item);
		in[item] = !has;
	}
	slots_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_of_one_mail_are_joined),
		cmocka_unit_test(test_open_mails_are_bounded),
		cmocka_unit_test(test_slots_find_what_is_in_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
