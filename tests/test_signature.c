/* SPDX-License-Identifier: ISC */
/*
 * test_signature.c - DKIM-Signature fields, sound ones and others.
 */
#include "checks/signature.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "checks/core/buf.h"

#define HEAD "v=1; a=rsa-sha256; d=example.com; s=s1; h=from; "
#define TAIL "bh=QUJD; b=QUJD"

/* clang-format off */
static const struct {
	struct str in;
	const char *want; /* slugs without "message-", "!" in front of those that void it */
} rows[] = {
	{ STR(HEAD TAIL), "" },
	{ STR(" " HEAD TAIL ";\r\n"), "" },
	{ STR(HEAD "c=relaxed/relaxed; q=dns/txt; i=a@mail.example.com; t=1; x=2; z=a|b; n=none; " TAIL), "" },
	{ STR("v=1;\r\n a=RSA-SHA256; d=example.com;\r\n\ts=s1; h=From :\r\n To; bh=QU\r\n JD; b=Q U\tJD"), "" },
	{ STR("v=1; a=ed25519-sha256; d=Example.COM; s=a.b; h=to:FROM; " TAIL), "" },
	{ STR(""), "!signature-incomplete x7" },
	{ STR("\0"), "!signature-syntax !signature-incomplete x7" },
	{ STR(HEAD "bh=QUJD; b="), "!signature-base64" },
	{ STR(HEAD "bh=; b=QUJD"), "!signature-base64" },
	{ STR(HEAD "bh=QUJ; b=QUJD"), "!signature-base64" },
	{ STR(HEAD "bh=QUJD"), "!signature-incomplete" },
	{ STR(HEAD TAIL "; b=QUJD"), "!signature-duplicate" },
	{ STR(HEAD TAIL "; zz=1; zz=2"), "" },			/* nobody knows the tag */
	{ STR(HEAD TAIL ";; c=simple"), "!signature-syntax" },
	{ STR(HEAD TAIL "; oops"), "!signature-syntax" },
	{ STR(HEAD TAIL "; c=relaxed/tight"), "!signature-syntax" },
	{ STR(HEAD TAIL "; c="), "!signature-syntax" },
	{ STR(HEAD TAIL "; q=dns"), "!signature-query" },
	{ STR(HEAD TAIL "; q="), "!signature-query" },
	{ STR(HEAD TAIL "; q=x:dns/txt"), "" },
	{ STR("v=1; a=rsa-md5; d=example.com; s=s1; h=from; " TAIL), "!signature-algorithm" },
	{ STR("v=1; a=; d=example.com; s=s1; h=from; " TAIL), "!signature-algorithm" },
	{ STR("v=1.0; a=rsa-sha1; d=example.com; s=s1; h=from; " TAIL), "!signature-version" },
	{ STR("v=1; a=rsa-sha1; d=exa mple.com; s=s1; h=from; " TAIL), "!signature-domain" },
	{ STR("v=1; a=rsa-sha1; d=; s=s1; h=from; " TAIL), "!signature-domain" },
	{ STR("v=1; a=rsa-sha1; d=example.com; s=; h=from; " TAIL), "!signature-domain" },
	{ STR("v=1; a=rsa-sha1; d=example.com; s=a..b; h=from; " TAIL), "!signature-domain" },
	{ STR("v=1; a=rsa-sha1; d=example.com; s=a\\.b; h=from; " TAIL), "!signature-domain" },
	{ STR("v=1; a=rsa-sha1; d=example.com; s=s1; h=to:fromx; " TAIL), "!from-unsigned" },
	{ STR("v=1; a=rsa-sha1; d=example.com; s=s1; h=; " TAIL), "!from-unsigned" },
	{ STR("v=1; a=rsa-sha1; d=example.com; s=s1; h=from::to; " TAIL), "!signature-syntax" },
	{ STR(HEAD TAIL "; i=@example.com"), "" },
	{ STR(HEAD TAIL "; i=\"a@b\"@example.com"), "" },
	{ STR(HEAD TAIL "; i=a@xexample.com"), "!identity" },
	{ STR(HEAD TAIL "; i=example.com"), "!identity" },
	{ STR(HEAD TAIL "; i=a@com"), "!identity" },
	{ STR(HEAD TAIL "; i="), "!identity" },
	{ STR(HEAD TAIL "; l=0"), "body-length" },
	{ STR(HEAD TAIL "; l=99999999999999999999999999999999"), "body-length" },
	{ STR(HEAD TAIL "; l=-1"), "!signature-syntax" },
	{ STR(HEAD TAIL "; t=1234567890123"), "!signature-syntax" },
	{ STR(HEAD TAIL "; t=999999999999"), "" },
	{ STR(HEAD TAIL "; t="), "!signature-syntax" },
	{ STR(HEAD TAIL "; t=2; x=2"), "!expires-early" },
	{ STR(HEAD TAIL "; x=0"), "" },
};
/* clang-format on */

/* The slugs of S into B, equal ones in a row as one. */
static void
describe(const struct signature *s, struct buf *b)
{
	size_t n;

	buf_reset(b);
	for (size_t i = 0; i < s->n_faults; i += n) {
		const struct rule *rule = rule_of(s->faults[i].id);

		for (n = 1; i + n < s->n_faults && s->faults[i + n].id == s->faults[i].id;)
			n++;
		buf_adds(b, b->n > 0 ? " " : "");
		buf_adds(b, rule->level == LEVEL_ERROR ? "!" : "");
		buf_adds(b, rule->slug + strlen("message-"));
		if (n > 1) {
			buf_adds(b, " x");
			buf_addu(b, n);
		}
		assert_true(s->unusable || rule->level != LEVEL_ERROR);
	}
}

static void
test_rows(void **state)
{
	struct signature s;
	struct arena a;
	struct buf b;

	(void)state;
	arena_init(&a, 0);
	buf_init(&b, 4096);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct header_field f = { .value = rows[i].in };

		signature_parse(&a, &f, &s);
		describe(&s, &b);
		if (!str_eq(buf_str(&b), str_of(rows[i].want)))
			fail_msg("row %zu: %.*s: got '%.*s', want '%s'", i, (int)rows[i].in.n,
			    rows[i].in.p, (int)b.n, b.p, rows[i].want);
	}
	buf_free(&b);
	arena_free(&a);
}

static void
test_values_are_read(void **state)
{
	struct header_field f = { .value = STR(
				      "v=1; a=rsa-sha1; d=Example.COM; s=S1.x; h=from:To: from;\r\n"
				      " bh=QU JD; b=Q\r\n UJD; l=7; t=8; x=9; c=relaxed; "
				      "i=Joe@Mail.Example.com") };
	struct signature s;
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	signature_parse(&a, &f, &s);
	assert_false(s.unusable);
	assert_int_equal(s.algorithm, SIGN_RSA_SHA1);
	assert_true(str_eq(s.domain_text, STR("Example.COM")));
	assert_true(str_eq(name_text(&a, &s.key_name), STR("s1.x._domainkey.example.com")));
	assert_true(str_eq(name_text(&a, &s.identity), STR("mail.example.com")));
	assert_true(str_eq(s.b, STR("QUJD")) && str_eq(s.bh, STR("QUJD")));
	assert_true(s.has_l && s.l == 7 && s.has_t && s.t == 8 && s.has_x && s.x == 9);
	assert_true(s.header_relaxed && !s.body_relaxed);
	assert_int_equal(signature_covers(&s, STR("From")), 2);
	assert_int_equal(signature_covers(&s, STR("to")), 1);
	assert_int_equal(signature_covers(&s, STR("Subject")), 0);
	arena_free(&a);
}

static void
test_any_cut_and_flip_is_taken(void **state)
{
	const struct str text = STR(HEAD "c=relaxed/simple; i=a@example.com; l=1; x=2; " TAIL);

	(void)state;
	for (size_t n = 0; n <= text.n; n++)
		for (unsigned flip = 0; flip < 256; flip += n == text.n ? 1 : 256)
			for (size_t at = 0; at < (flip > 0 ? n : 1); at += 7) {
				char *exact = malloc(n + 1);
				struct header_field f = { .value = { exact, n } };
				struct signature s;
				struct arena a;

				assert_non_null(exact);
				memcpy(exact, text.p, n);
				if (n > 0)
					exact[at] = (char)(exact[at] ^ (char)flip);
				arena_init(&a, 0);
				signature_parse(&a, &f, &s);
				assert_true(s.unusable || s.key_name.n > 0);
				arena_free(&a);
				free(exact);
			}
}

static void
test_sizes_have_a_maximum(void **state)
{
	char *text = malloc(MAX_SIGNATURE_BYTES + 1);
	struct signature s;
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	assert_non_null(text);
	memset(text, ';', MAX_SIGNATURE_BYTES + 1);
	for (size_t n = MAX_SIGNATURE_BYTES; n <= MAX_SIGNATURE_BYTES + 1; n++) {
		struct header_field f = { .value = { text, n } };

		signature_parse(&a, &f, &s);
		assert_true(s.unusable);
		assert_int_equal(s.n_faults, n > MAX_SIGNATURE_BYTES ? 1 : MAX_SIGNATURE_FAULTS);
	}
	free(text);
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_values_are_read),
		cmocka_unit_test(test_any_cut_and_flip_is_taken),
		cmocka_unit_test(test_sizes_have_a_maximum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
