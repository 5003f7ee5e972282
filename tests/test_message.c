/* SPDX-License-Identifier: ISC */
/*
 * test_message.c - what is told of a message beside the findings: the words of
 * RFC 8601 for each signature, SPF and DMARC; and messages made to be a burden.
 */
#include "checks/message.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "checks/signature.h"
#include "tests/tinyzone.h"
#include "tests/vector.h"

#define MAX_ORDERS 10
#define BIG ((size_t)10 << 20)

/* clang-format off */
static const struct {
	const char *vector, *want; /* dkim spf dmarc policy; then "result why" of each signature */
} rows[] = {
	{ "pass", "pass - pass reject|pass" },
	{ "pass-received", "pass pass pass reject|pass" },
	{ "from-missing", "pass - permerror -|pass" },
	{ "from-several", "pass - permerror -|pass" },
	{ "unsigned", "none - - reject" },
	{ "signature-syntax", "neutral - - reject|neutral a signature that cannot be read" },
	{ "signature-incomplete", "neutral - - reject|neutral a signature lacks a tag" },
	{ "from-unsigned", "neutral - - reject|neutral a signature that does not cover From" },
	{ "body-changed", "fail - - reject|fail the body was changed" },
	{ "header-changed", "fail - - reject|fail a signed field was changed, or the key is another" },
	{ "changed", "fail - - reject|fail header and body were changed" },
	{ "sha1", "policy - - reject|policy rsa-sha1" },
	{ "expired", "policy - - reject|policy expired" },
	{ "expired-since", "pass - pass reject|pass" },
	{ "signed-later", "policy - - reject|policy signed in the future" },
	{ "key-absent", "permerror - - reject|permerror no key" },
	{ "key-revoked", "permerror - - reject|permerror the key is revoked" },
	{ "key-short", "policy - - reject|policy the key is shorter than 1024 bits" },
	{ "key-unknown", "temperror - temperror reject|temperror the key could not be looked up" },
	{ "key-mismatch", "permerror - - reject|permerror the key is of another kind" },
	{ "identity-subdomain", "permerror - - reject|permerror i= is below d=, and the key says t=s" },
	{ "verify-failed", "neutral - temperror reject|neutral not verified" },
	{ "header-unsound", "neutral - temperror reject|neutral the header has what programs read differently" },
	{ "bad-line", "neutral - temperror reject|neutral the header has what programs read differently" },
	{ "nul", "pass - pass reject|pass" },
	{ "from-domains", "pass - permerror -|pass" },
	{ "from-half-read", "pass - permerror -|pass" },
	{ "from-group", "pass - pass reject|pass" },
	{ "sender-unknown", "none - temperror reject" },
	{ "sender-unknown-not", "none pass pass reject" },
	{ "sender-unknown-path-not", "none pass pass reject" },
	{ "sender-unknown-signed-not", "pass - pass reject|pass" },
	{ "sender-unknown-helo", "none - temperror reject" },
	{ "sender-unknown-null", "none - temperror reject" },
	{ "unverified", "neutral - temperror reject|neutral not verified" },
	{ "key-pkcs1", "neutral - temperror reject|neutral libopendkim does not read such a key" },
	{ "failed-beside", "pass - pass reject|fail the body was changed|pass" },
	{ "unaligned", "pass - - reject|pass" },
	{ "alignment-unknown", "pass - temperror -|pass" },
	{ "dmarc-fails", "pass fail fail reject|pass" },
	{ "dmarc-fails-not", "pass pass pass reject|pass" },
	{ "dmarc-fails-strict", "pass pass fail reject|pass" },
	{ "dmarc-null-path", "none pass pass reject" },
	{ "received-fails", "none fail fail reject" },
	{ "received-unreadable", "pass - pass reject|pass" },
};
/* clang-format on */

static void
add_word(struct buf *b, const char *word)
{
	buf_adds(b, word[0] != '\0' ? word : "-");
}

static void
describe(void *ctx, const struct engine_result *r, const struct domain_result *d)
{
	const struct message_facts *f = r->facts->message;
	struct buf *b = ctx;

	(void)d;
	assert_non_null(f);
	assert_true(str_eq(f->file, STR("sample.eml")) && f->number == 1);
	buf_reset(b);
	add_word(b, f->dkim);
	buf_addc(b, ' ');
	add_word(b, f->spf);
	buf_addc(b, ' ');
	add_word(b, f->dmarc);
	buf_addc(b, ' ');
	add_word(b, f->policy);
	for (size_t i = 0; i < f->n_signatures; i++) {
		buf_addc(b, '|');
		buf_adds(b, f->signatures[i].result);
		buf_adds(b, f->signatures[i].why.n > 0 ? " " : "");
		buf_add(b, f->signatures[i].why);
	}
}

static void
read_vector(struct vector *v, const char *name)
{
	static char path[4096];
	const char *src = getenv("srcdir");

	(void)snprintf(
	    path, sizeof(path), "%s/vectors/check/message-%s.zone", src != NULL ? src : ".", name);
	vector_read(v, path);
}

static void
test_results_are_in_the_words_of_the_rfc(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 16);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct vector v;
		struct vector_got g;

		read_vector(&v, rows[i].vector);
		v.look = describe;
		v.look_ctx = &b;
		vector_run(&v, 0, &g);
		if (!str_eq(buf_str(&b), str_of(rows[i].want)))
			fail_msg("%s: got '%.*s', want '%s'", rows[i].vector, (int)b.n, b.p,
			    rows[i].want);
		vector_got_free(&g);
		vector_free(&v);
	}
	buf_free(&b);
}

static void
take_field(void *ctx, const struct engine_result *r, const struct domain_result *d)
{
	(void)d;
	buf_reset(ctx);
	buf_add(ctx, r->facts->message->authentication_results);
}

static void
test_the_field_a_receiver_would_write(void **state)
{
	static const struct {
		const char *vector, *want;
	} fields[] = {
		{ "pass-received",
		    "Authentication-Results: receiver.example;\r\n"
		    "\tdkim=pass header.d=example.com header.s=s1 header.b=c2lnbmF0;\r\n"
		    "\tspf=pass smtp.mailfrom=bounce@example.com;\r\n"
		    "\tdmarc=pass (p=reject) header.from=example.com" },
		{ "dmarc-null-path", "Authentication-Results: receiver.example;\r\n\tdkim=none;\r\n"
				     "\tspf=pass smtp.helo=example.com;\r\n"
				     "\tdmarc=pass (p=reject) header.from=example.com" },
		{ "body-changed",
		    "Authentication-Results: receiver.example;\r\n"
		    "\tdkim=fail (the body was changed) header.d=example.com header.s=s1 "
		    "header.b=c2lnbmF0" },
	};
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 16);
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		struct vector v;
		struct vector_got g;

		read_vector(&v, fields[i].vector);
		v.look = take_field;
		v.look_ctx = &b;
		vector_run(&v, 0, &g);
		if (!str_eq(buf_str(&b), str_of(fields[i].want)))
			fail_msg("%s: got '%.*s'", fields[i].vector, (int)b.n, b.p);
		vector_got_free(&g);
		vector_free(&v);
	}
	buf_free(&b);
}

static size_t n_sigs, n_more;

static void
take_counts(void *ctx, const struct engine_result *r, const struct domain_result *d)
{
	(void)ctx;
	(void)d;
	n_sigs = r->facts->message->n_signatures;
	n_more = r->facts->message->n_more;
}

/* 200 signatures of 200 domains, among 800 fields more: 20 are looked at. */
static void
test_many_signatures_are_bounded(void **state)
{
	struct vector v;
	struct vector_got g;
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	buf_adds(&b, ";; check --only message example.com\n;; verified pass\n");
	for (unsigned i = 0; i < 200; i++) {
		buf_adds(&b, ";;| DKIM-Signature: v=1; a=rsa-sha256; s=s; h=from:to; bh=QUJD; "
			     "b=QUJD; d=a.b.c.d.e.f.g.h.i");
		buf_addu(&b, i);
		buf_adds(&b, ".example.com\n");
	}
	buf_adds(&b, ";;|*799 X: y\n;;| From: a@z.y.x.example.com\n;;|\n"
		     "$ORIGIN example.com.\n@ 60 IN SOA a b 1 1 1 1 1\n"
		     "_dmarc 60 IN TXT \"v=DMARC1; p=reject\"\n");
	vector_parse(&v, "many", buf_str(&b));
	v.look = take_counts;
	vector_run(&v, 0, &g);
	assert_int_equal(n_sigs, MAX_SIGNATURES);
	assert_int_equal(n_more, 200 - MAX_SIGNATURES);
	assert_in_range(g.n_asked, MAX_SIGNATURES, 15 * MAX_SIGNATURES);
	vector_got_free(&g);
	vector_try_orders(&v, MAX_ORDERS);
	vector_free(&v);
	buf_free(&b);
}

/* The check over a message of TEXT; its slugs into OUT. */
static void
run_text(struct str text, struct buf *out)
{
	struct subject s = { .domain = tiny_name("example.com") };
	struct tiny_got got;
	struct signatures sigs;
	struct header h;
	struct arena a;

	arena_init(&a, 0);
	header_parse(&a, text, &h);
	signatures_read(&a, &h, &sigs);
	s.message = &h;
	s.signatures = &sigs;
	tiny_run("", &s, check_message, 0, &got);
	buf_reset(out);
	buf_add(out, buf_str(&got.slugs));
	tiny_got_free(&got);
	arena_free(&a);
}

static void
test_a_field_of_10_megabytes_is_taken(void **state)
{
	static const char *const names[] = { "From", "Date", "Message-ID", "DKIM-Signature",
		"Received", "Return-Path", "ARC-Seal", "List-Unsubscribe", "Subject" };
	static const char fills[] = { '(', '<', ',', ';', '"', '=', ':', 'a', ' ', '\0', '\\' };
	char *p = malloc(BIG);
	struct buf b;

	(void)state;
	assert_non_null(p);
	buf_init(&b, 1 << 20);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		for (size_t k = 0; k < sizeof(fills); k++) {
			int n = snprintf(p, BIG, "%s: ", names[i]);

			memset(p + n, fills[k], BIG - (size_t)n);
			run_text((struct str){ p, BIG }, &b);
			assert_true(b.n > 0);
		}
	free(p);
	buf_free(&b);
}

static void
test_any_cut_of_a_message_is_taken(void **state)
{
	struct vector v;
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	read_vector(&v, "pass");
	for (size_t n = 0; n <= v.message.n; n++) {
		char *exact = malloc(n + 1);

		assert_non_null(exact);
		memcpy(exact, v.message.p, n);
		run_text((struct str){ exact, n }, &b);
		free(exact);
	}
	vector_free(&v);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_results_are_in_the_words_of_the_rfc),
		cmocka_unit_test(test_the_field_a_receiver_would_write),
		cmocka_unit_test(test_many_signatures_are_bounded),
		cmocka_unit_test(test_a_field_of_10_megabytes_is_taken),
		cmocka_unit_test(test_any_cut_of_a_message_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
