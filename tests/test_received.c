/* SPDX-License-Identifier: ISC */
/*
 * test_received.c - Received fields as common servers write them.
 */
#include "checks/received.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "checks/core/buf.h"

/* clang-format off */
static const struct {
	const char *name, *in, *want; /* address, HELO, flags: f(rom) u(tf8) d(ate) */
} rows[] = {
	{ "postfix", "from mail.example.com (mail.example.com [192.0.2.1])\r\n\t(using TLSv1.3 with cipher X (256/256 bits))\r\n"
	    "\tby mx.example.net (Postfix) with ESMTPS id 4Z\r\n\tfor <a@example.net>; Sat, 21 Nov 2026 12:00:00 +0000 (UTC)",
	  "192.0.2.1 mail.example.com fd" },
	{ "postfix, no ptr", "from mail.example.com (unknown [IPv6:2001:db8::1]) by mx.example.net (Postfix) with SMTP id 1; x",
	  "2001:db8::1 mail.example.com f" },
	{ "postfix, HELO a literal", "from [198.51.100.9] (host.example.com [192.0.2.1]) by mx.example.net; x", "192.0.2.1  f" },
	{ "ptr that looks like an address", "from a.example.com (198.51.100.9 [192.0.2.1]) by mx.example.net; x",
	  "192.0.2.1 a.example.com f" },
	{ "exim", "from host.example.com ([192.0.2.1] helo=mail.example.com)\r\n\tby mx.example.net with esmtps (TLS1.3) "
	    "(Exim 4.96)\r\n\tid 1t; Sat, 21 Nov 2026 12:00:00 +0100", "192.0.2.1 mail.example.com fd" },
	{ "exim, no ptr", "from [192.0.2.1] (helo=mail.example.com) by mx.example.net with esmtp", "192.0.2.1 mail.example.com f" },
	{ "exim, port", "from [192.0.2.1] (port=4711 helo=mail.example.com) by mx.example.net", "192.0.2.1 mail.example.com f" },
	{ "exim, literal with port", "from mail.example.com ([192.0.2.1]:4711) by mx.example.net", "192.0.2.1 mail.example.com f" },
	{ "exim, HELO forged", "from host.example.com ([192.0.2.1] helo=[198.51.100.9]) by mx.example.net", "192.0.2.1  f" },
	{ "sendmail", "from mail.example.com (host.example.com [192.0.2.1] (may be forged)) by mx.example.net (8.17/8.17)",
	  "192.0.2.1 mail.example.com f" },
	{ "sendmail, ident", "from mail.example.com (IDENT:joe@host.example.com [192.0.2.1]) by mx.example.net",
	  "192.0.2.1 mail.example.com f" },
	{ "sendmail, user at literal", "from mail.example.com (joe@[192.0.2.1]) by mx.example.net", "192.0.2.1 mail.example.com f" },
	{ "exchange", "from mail.example.com (192.0.2.1) by X.example.net\r\n (10.0.0.1) with Microsoft SMTP Server (version=TLS1_3)"
	    " id 15.20; Sat, 21 Nov 2026 12:00:00 +0000", "192.0.2.1 mail.example.com fd" },
	{ "exchange, IPv6", "from mail.example.com (2001:db8::1) by X.example.net (::1) with SMTP", "2001:db8::1 mail.example.com f" },
	{ "gmail", "from mail.example.com (mail.example.com. [192.0.2.1])\r\n        by mx.google.example with ESMTPS id a;\r\n"
	    "        Sat, 21 Nov 2026 04:00:00 -0800 (PST)", "192.0.2.1 mail.example.com fd" },
	{ "qmail", "from unknown (HELO mail.example.com) (192.0.2.1)\r\n  by 198.51.100.1 with SMTP; 21 Nov 2026 12:00:00 +0900",
	  "192.0.2.1 mail.example.com fd" },
	{ "qmail inside", "(qmail 1 invoked from network); 21 Nov 2026 12:00:00 -0000", "-  d" },
	{ "from behind by", "by mx.example.net from a.example.com ([192.0.2.1])", "-  " },
	{ "HELO alone", "from a (HELO", "-  f" },
	{ "gmail inside", "by 2002:a05:6402:1::1 with SMTP id a; Sat, 21 Nov 2026 04:00:00 -0800 (PST)", "-  d" },
	{ "utf8", "from mail.example.com (mail.example.com [192.0.2.1]) by mx.example.net with UTF8SMTPS id 1",
	  "192.0.2.1 mail.example.com fu" },
	{ "an address behind by", "from mail.example.com by mx.example.net ([192.0.2.1])", "- mail.example.com f" },
	{ "in an inner comment", "from a.example.com (b (192.0.2.1)) by mx.example.net", "- a.example.com f" },
	{ "no comment", "from a.example.com by mx.example.net; 21 Nov 2026 12:00 Z", "- a.example.com fd" },
	{ "nothing", "", "-  " },
	{ "from alone", "from", "-  f" },
	{ "parentheses", "from ((((((((", "- ( f" },
	{ "no address", "from a ([]) by b", "- a f" },
};
/* clang-format on */

static void
describe(const struct received *r, struct buf *b)
{
	buf_reset(b);
	if (r->has_ip)
		addr_print(b, &r->ip);
	else
		buf_addc(b, '-');
	buf_addc(b, ' ');
	buf_add(b, r->helo);
	buf_addc(b, ' ');
	buf_adds(b, r->has_from ? "f" : "");
	buf_adds(b, r->utf8 ? "u" : "");
	buf_adds(b, r->has_date ? "d" : "");
}

static void
test_rows(void **state)
{
	struct received r;
	struct arena a;
	struct buf b;

	(void)state;
	arena_init(&a, 0);
	buf_init(&b, 4096);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		received_parse(&a, str_of(rows[i].in), &r);
		describe(&r, &b);
		if (!str_eq(buf_str(&b), str_of(rows[i].want)))
			fail_msg(
			    "%s: got '%.*s', want '%s'", rows[i].name, (int)b.n, b.p, rows[i].want);
	}
	buf_free(&b);
	arena_free(&a);
}

static void
test_cut_rows_are_taken(void **state)
{
	struct received r;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		for (size_t n = 0; n <= strlen(rows[i].in); n++) {
			char *exact = malloc(n + 1);
			struct arena a;

			assert_non_null(exact);
			memcpy(exact, rows[i].in, n);
			arena_init(&a, 0);
			received_parse(&a, (struct str){ exact, n }, &r);
			assert_true(r.helo.n <= n);
			arena_free(&a);
			free(exact);
		}
}

static void
test_a_long_field_is_not_read(void **state)
{
	static char text[MAX_RECEIVED_FIELD + 1];
	const struct str head = STR("from a (b [192.0.2.1]) by c ");
	struct received r;
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	memset(text, 'x', sizeof(text));
	memcpy(text, head.p, head.n);
	received_parse(&a, (struct str){ text, sizeof(text) - 1 }, &r);
	assert_true(r.has_ip);
	received_parse(&a, (struct str){ text, sizeof(text) }, &r);
	assert_false(r.has_ip || r.has_from);
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_cut_rows_are_taken),
		cmocka_unit_test(test_a_long_field_is_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
