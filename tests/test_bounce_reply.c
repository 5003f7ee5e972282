/* SPDX-License-Identifier: ISC */
/*
 * test_bounce_reply.c - replies taken out of their wrapping, and the masks.
 */
#include "audit/bounce/reply.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "checks/core/arena.h"

/* clang-format off */
static const struct {
	const char *name, *raw;
	unsigned code;
	const char *enhanced;
	enum phase phase;
	const char *host, *ip, *text;
} rows[] = {
	{ "plain", "550 5.1.1 User unknown", 550, "5.1.1", PHASE_UNKNOWN, "", "", "User unknown" },
	{ "no enhanced code", "550 User unknown", 550, "", PHASE_UNKNOWN, "", "", "User unknown" },
	{ "code alone", "421", 421, "", PHASE_UNKNOWN, "", "", "" },
	{ "lines joined by Postfix", "host mx.example.com[192.0.2.9] said: 550-5.7.26 This mail is not authorized to 550-5.7.26 send email. "
	  "550 5.7.26  https://example.com/x - gsmtp (in reply to end of DATA command)", 550, "5.7.26", PHASE_END_OF_DATA,
	  "mx.example.com", "192.0.2.9", "This mail is not authorized to send email. https://example.com/x - gsmtp" },
	{ "another code in the last line is text's end", "550-5.7.26 learn about the 450 4.7.26 DMARC initiative", 550, "5.7.26", PHASE_UNKNOWN,
	  "", "", "learn about the DMARC initiative" },
	{ "Exim's two characters", "SMTP error from remote mail server after RCPT TO:<a@example.com>: 451-192.0.2.7 is not yet authorized from\\n451 <b@example.org>. Later.",
	  451, "", PHASE_RCPT, "", "", "192.0.2.7 is not yet authorized from <b@example.org>. Later." },
	{ "Exim, old form", "SMTP error from remote mail server after end of data: host mx.example.com [192.0.2.9]: 421-4.7.0 [192.0.2.7] slow\n421 4.7.0 down",
	  421, "4.7.0", PHASE_END_OF_DATA, "mx.example.com", "192.0.2.9", "[192.0.2.7] slow down" },
	{ "Exim, pipelined", "SMTP error from remote mail server after pipelined MAIL FROM:<b@example.org> SIZE=1022: 553 5.1.0 no", 553, "5.1.0", PHASE_MAIL, "", "", "no" },
	{ "Exim, at connect", "SMTP error from remote mail server after initial connection: 554 go away", 554, "", PHASE_CONNECT, "", "", "go away" },
	{ "greeting", "host mx.example.com[192.0.2.9] refused to talk to me: 554-mx.example.com 554 IP listed", 554, "", PHASE_CONNECT, "mx.example.com", "192.0.2.9",
	  "mx.example.com IP listed" },
	{ "suspended", "delivery temporarily suspended: host mx.example.com[192.0.2.9] refused to talk to me: 421 4.7.0 [GL01] later", 421, "4.7.0", PHASE_CONNECT,
	  "mx.example.com", "192.0.2.9", "[GL01] later" },
	{ "greeting that went on", "220-mx 421 4.2.1 Service refused", 421, "4.2.1", PHASE_UNKNOWN, "", "", "Service refused" },
	{ "Diagnostic-Code", "smtp; 550 5.1.1 <a@example.com>... User unknown", 550, "5.1.1", PHASE_UNKNOWN, "", "", "<a@example.com>... User unknown" },
	{ "Diagnostic-Code without blank", "smtp;550 5.2.2 full", 550, "5.2.2", PHASE_UNKNOWN, "", "", "full" },
	{ "X-Postfix", "X-Postfix; host mx.example.com[192.0.2.9] said: 554 5.7.1 no (in reply to RCPT TO command)", 554, "5.7.1", PHASE_RCPT, "mx.example.com", "192.0.2.9", "no" },
	{ "behind other fields", "failed,5.1.1 (bad destination mailbox address),smtp;553 Relaying disallowed", 553, "", PHASE_UNKNOWN, "", "", "Relaying disallowed" },
	{ "number sign", "550 #5.1.0 Address rejected.", 550, "5.1.0", PHASE_UNKNOWN, "", "", "Address rejected." },
	{ "in parentheses at the end", "553 sorry, that domain isn't in my list (#5.7.1)", 553, "5.7.1", PHASE_UNKNOWN, "", "", "sorry, that domain isn't in my list (#5.7.1)" },
	{ "of another class it is text", "454 sorry (#5.7.1)", 454, "", PHASE_UNKNOWN, "", "", "sorry (#5.7.1)" },
	{ "in the middle", "553 Mail from 192.0.2.7 not allowed - 5.7.1 [BL23]", 553, "5.7.1", PHASE_UNKNOWN, "", "", "Mail from 192.0.2.7 not allowed - 5.7.1 [BL23]" },
	{ "no code, an address is none", "connect to mx.example.com[192.0.2.9]:25: Connection refused", 0, "", PHASE_LOCAL, "mx.example.com", "192.0.2.9",
	  "connect to mx.example.com[192.0.2.9]:25: Connection refused" },
	{ "our own words", "Host or domain name not found. Name service error for name=example.com type=MX: Host not found", 0, "", PHASE_LOCAL, "", "",
	  "Host or domain name not found. Name service error for name=example.com type=MX: Host not found" },
	{ "code twice", "554 554 5.7.1 no", 554, "5.7.1", PHASE_UNKNOWN, "", "", "no" },
	{ "a word between", "450 cuda_nsu 4.7.1 <a@example.com>: no", 450, "4.7.1", PHASE_UNKNOWN, "", "", "<a@example.com>: no" },
	{ "control bytes as '?'", "550-5.7.1 one?550 5.7.1 two", 550, "5.7.1", PHASE_UNKNOWN, "", "", "one two" },
	{ "a real question", "550 5.7.1 why? 550", 550, "5.7.1", PHASE_UNKNOWN, "", "", "why? 550" },
	{ "CR LF", "550-one\r\n550 two\r\n", 550, "", PHASE_UNKNOWN, "", "", "one two" },
	{ "only an enhanced code", "5.7.1 rejected by DMARC policy for example.com", 0, "5.7.1", PHASE_UNKNOWN, "", "", "rejected by DMARC policy for example.com" },
	{ "qmail", "Connected to 192.0.2.9 but sender was rejected.\nRemote host said: 421 4.7.0 [TSS04] no", 421, "4.7.0", PHASE_MAIL, "", "", "[TSS04] no" },
	{ "1&1", "SMTP error from remote server for TEXT command, host: smtp-in.example.net (192.0.2.9) reason: 550 5.2.0 Mail rejected.", 550, "5.2.0",
	  PHASE_END_OF_DATA, "smtp-in.example.net", "192.0.2.9", "Mail rejected." },
	{ "DragonFly", "mx.example.com [192.0.2.9] did not like our RCPT TO:\n550 5.1.1 no", 550, "5.1.1", PHASE_RCPT, "", "", "no" },
	{ "quoted by a gateway", "5.1.0 - Unknown address error 550-'5.7.1 <b@example.com>... Access denied' (delivery attempts: 0)", 550, "5.7.1", PHASE_UNKNOWN,
	  "", "", "<b@example.com>... Access denied" },
	{ "Exchange quotes", "Remote Server returned '550 5.7.26 no'", 550, "5.7.26", PHASE_UNKNOWN, "", "", "no'" },
	{ "enhanced codes alone in the other lines", "550 5.1.1 does not exist. Please try\n5.1.1 double-checking", 550, "5.1.1", PHASE_UNKNOWN, "", "",
	  "does not exist. Please try double-checking" },
	{ "in parentheses", "bounced (550 5.1.1 no such user - gsmtp)", 550, "5.1.1", PHASE_UNKNOWN, "", "", "no such user - gsmtp)" },
	{ "a size is no code", "550 5.3.4 limit is 550 KB", 550, "5.3.4", PHASE_UNKNOWN, "", "", "limit is 550 KB" },
	{ "empty", "", 0, "", PHASE_UNKNOWN, "", "", "" },
	{ "blanks", " \t\r\n ", 0, "", PHASE_UNKNOWN, "", "", "" },
};

static const struct {
	const char *a, *b; /* the same but for what differs between two mails */
} masks[] = {
	{ "550 <a@example.com> unknown", "550 <bob@mail.example.net> unknown" },
	{ "blocked [192.0.2.7]", "blocked [2001:db8::1]" },
	{ "mx1.example.com: try in 300 seconds", "mx2.example.net: try in 12 seconds" },
	{ "spam a1b2c3d4e5f6a7b8 - gsmtp", "spam 0f9e8d7c6b5a4f3e2d1c - gsmtp" },
};
/* clang-format on */

static void
print_enhanced(char out[16], struct enhanced e)
{
	if (e.class == 0)
		out[0] = '\0';
	else
		(void)snprintf(out, 16, "%u.%u.%u", e.class, e.subject, e.detail);
}

static void
test_rows(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct reply r;
		char enhanced[16];

		reply_parse(&a, str_of(rows[i].raw), &r);
		print_enhanced(enhanced, r.enhanced);
		if (r.code != rows[i].code || strcmp(enhanced, rows[i].enhanced) != 0 ||
		    r.phase != rows[i].phase || !str_eq(r.host, str_of(rows[i].host)) ||
		    !str_eq(r.ip, str_of(rows[i].ip)) || !str_eq(r.text, str_of(rows[i].text)))
			fail_msg("%s: got %u '%s' phase %d host '%.*s' [%.*s] '%.*s'", rows[i].name,
			    r.code, enhanced, r.phase, (int)r.host.n, r.host.p, (int)r.ip.n, r.ip.p,
			    (int)r.text.n, r.text.p);
	}
	arena_free(&a);
}

/* Whatever is cut or flipped, views stay inside what was given or copied. */
static void
test_cut_and_flipped(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t n = strlen(rows[i].raw);

		for (size_t at = 0; at <= n; at++)
			for (int bit = -1; bit < 8; bit++) {
				char *exact = xmalloc(n + 1);
				struct reply r;

				memcpy(exact, rows[i].raw, n);
				if (bit >= 0 && at < n)
					exact[at] = (char)(exact[at] ^ (1 << bit));
				reply_parse(&a, (struct str){ exact, bit < 0 ? at : n }, &r);
				assert_true(r.text.n <= n && r.code < 600);
				assert_true(r.enhanced.subject <= 999 && r.enhanced.detail <= 999);
				assert_true(reply_mask(&a, r.text).n <= r.text.n * 6);
				free(exact);
			}
		arena_reset(&a);
	}
	arena_free(&a);
}

static void
test_length(void **state)
{
	char *raw = xmalloc(MAX_REPLY_TEXT + 2);
	struct arena a;
	struct reply r;

	(void)state;
	arena_init(&a, 0);
	memset(raw, 'x', MAX_REPLY_TEXT + 2);
	memcpy(raw, "550 ", 4);
	reply_parse(&a, (struct str){ raw, MAX_REPLY_TEXT }, &r);
	assert_false(r.cut);
	assert_int_equal(r.text.n, MAX_REPLY_TEXT - 4);
	reply_parse(&a, (struct str){ raw, MAX_REPLY_TEXT + 1 }, &r);
	assert_true(r.cut);
	assert_int_equal(r.text.n, MAX_REPLY_TEXT - 4);
	raw[20] = '\0';
	reply_parse(&a, (struct str){ raw, 40 }, &r);
	assert_int_equal(r.text.n, 36);
	free(raw);
	arena_free(&a);
}

static void
test_masks(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(masks); i++) {
		struct str x = reply_mask(&a, str_of(masks[i].a));
		struct str y = reply_mask(&a, str_of(masks[i].b));

		if (!str_eq(x, y))
			fail_msg("'%.*s' and '%.*s'", (int)x.n, x.p, (int)y.n, y.p);
	}
	assert_false(str_eq(reply_mask(&a, STR("(S3140)")), reply_mask(&a, STR("(S3150)"))));
	assert_false(str_eq(reply_mask(&a, STR("OFR_506")), reply_mask(&a, STR("OFR_102"))));
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_cut_and_flipped),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_masks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
