/* SPDX-License-Identifier: ISC */
/*
 * test_mailbox.c - addresses of From fields, as people and programs write them.
 */
#include "checks/mailbox.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "checks/core/buf.h"
#include "tests/effort.h"

/* clang-format off */
static const struct {
	struct str in;
	const char *want; /* "local|domain" each, then "+bad", "+group", "+utf8" */
} rows[] = {
	{ STR(""), "" },
	{ STR("a@example.com"), "a|example.com " },
	{ STR(" a@example.com\t"), "a|example.com " },
	{ STR("<a@example.com>"), "a|example.com " },
	{ STR("A B <a@example.com>"), "a|example.com " },
	{ STR("A. B. <a.b@example.com>"), "a.b|example.com " },		/* RFC 5322 4.1 */
	{ STR("\"A, B\" <a@example.com>"), "a|example.com " },
	{ STR("\"A \\\" <x@example.net>\" <a@example.com>"), "a|example.com " },
	{ STR("=?utf-8?q?A,_B?= <a@example.com>"), "a|example.com " },	/* RFC 2047 5 forbids, many write */
	{ STR("=?x =?utf-8?q?A,_B?= <a@example.com>"), "a|example.com " },
	{ STR("=?x?=?utf-8?q?A,_B?= <a@example.com>"), "a|example.com " },
	{ STR("=?utf-8?q?A, B <a@example.com>"), "a|example.com +bad" },
	{ STR("=?utf-8?B?QSwgQg==?= <a@example.com>"), "a|example.com " },
	{ STR("x@example.net <a@example.com>"), "a|example.com " },
	{ STR("a@example.com (A, B)"), "a|example.com " },
	{ STR("(A (B) \\) C) a (x) @ example.com"), "a|example.com " },
	{ STR("<@relay.example,@two.example:a@example.com>"), "a|example.com " },
	{ STR("\"a b\"@example.com"), "\"a b\"|example.com " },
	{ STR("\"a@b\"@example.com"), "\"a@b\"|example.com " },
	{ STR("a@[192.0.2.1]"), "a|[192.0.2.1] " },
	{ STR("a@[IPv6:2001:db8::1], b@example.com"), "a|[IPv6:2001:db8::1] b|example.com " },
	{ STR("a@[1,2]"), "+bad" },
	{ STR("a@example.com, B <b@example.org>"), "a|example.com b|example.org " },
	{ STR("a@example.com,,"), "a|example.com " },
	{ STR("Us: a@example.com, b@example.com;"), "a|example.com b|example.com +group" },
	{ STR("undisclosed:;"), "+group" },
	{ STR("a@m\xc3\xbcller.example"), "a|m\xc3\xbcller.example +utf8" },
	{ STR("m\xc3\xbcller@example.com"), "m\xc3\xbcller|example.com " },
	{ STR("\xc3\x9cml <a@example.com>"), "a|example.com " },
	{ STR("a"), "+bad" },
	{ STR("A B"), "+bad" },
	{ STR("a@"), "+bad" },
	{ STR("@example.com"), "+bad" },
	{ STR("a@@example.com"), "+bad" },
	{ STR("a b@example.com"), "+bad" },
	{ STR("a@exam ple.com"), "+bad" },
	{ STR("a@example..com"), "+bad" },
	{ STR("a..b@example.com"), "+bad" },
	{ STR(".a@example.com"), "+bad" },
	{ STR("a@-.example.com"), "+bad" },
	{ STR("a@[192.0.2.1"), "+bad" },
	{ STR("<a@example.com"), "+bad" },
	{ STR("A <a@example.com> B"), "+bad" },
	{ STR("<>"), "+bad" },
	{ STR("\"A <a@example.com>"), "+bad" },
	{ STR("(A <a@example.com>"), "+bad" },
	{ STR("a\0@example.com"), "+bad" },
	{ STR("A: B: a@example.com;"), "a|example.com +bad+group" },
	{ STR("x y, a@example.com"), "a|example.com +bad" },
};
/* clang-format on */

static void
describe(const struct mailboxes *list, struct buf *b)
{
	bool utf8 = false;

	buf_reset(b);
	for (size_t i = 0; i < list->n; i++) {
		buf_add(b, list->list[i].local);
		buf_addc(b, '|');
		buf_add(b, list->list[i].domain);
		buf_addc(b, ' ');
		utf8 = utf8 || list->list[i].u_label;
	}
	buf_adds(b, list->bad ? "+bad" : "");
	buf_adds(b, list->group ? "+group" : "");
	buf_adds(b, utf8 ? "+utf8" : "");
}

static void
test_rows(void **state)
{
	struct mailboxes list;
	struct arena a;
	struct buf b;

	(void)state;
	arena_init(&a, 0);
	buf_init(&b, 4096);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		mailboxes_parse(&a, rows[i].in, &list);
		describe(&list, &b);
		if (!str_eq(buf_str(&b), str_of(rows[i].want)))
			fail_msg("%.*s: got '%.*s', want '%s'", (int)rows[i].in.n, rows[i].in.p,
			    (int)b.n, b.p, rows[i].want);
	}
	buf_free(&b);
	arena_free(&a);
}

static void
test_an_author_has_one_domain_and_a_field_read_whole(void **state)
{
	/* clang-format off */
	static const struct {
		struct str in;
		const char *want; /* the domain of the author, "" = none */
	} authors[] = {
		{ STR("a@example.com"), "example.com" },
		{ STR("a@example.com, b@EXAMPLE.com"), "example.com" },
		{ STR("a@example.com, b@sub.example.com"), "" },
		{ STR("a@example.com, b@example.org"), "" },
		{ STR("<a@example.org> x, b@example.com"), "" },
		{ STR("[a@example.org], b@example.com"), "" },
		{ STR("a@example.org\0, b@example.com"), "" },
		{ STR("\"[a@example.org]\" <b@example.com>"), "example.com" },
		{ STR("x@example.org: a@example.com;"), "example.com" },
		{ STR("x@example.org: a@example.com, b@example.net;"), "" },
		{ STR("<@example.org:a@example.com>"), "example.com" },
		{ STR("us:;"), "" },
		{ STR(""), "" },
	};
	/* clang-format on */
	struct mailboxes list;
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(authors); i++) {
		const struct mailbox *m;

		mailboxes_parse(&a, authors[i].in, &list);
		m = mailboxes_author(&list);
		if (!str_eq(m == NULL ? STR("") : m->domain, str_of(authors[i].want)))
			fail_msg("row %zu: %s wanted", i, authors[i].want);
	}
	mailboxes_parse(&a, STR("<@example.org:a@example.com>, b@example.com"), &list);
	assert_true(list.n == 2 && list.list[0].route && !list.list[1].route);
	arena_free(&a);
}

static void
parse(void *ctx)
{
	struct mailboxes list;
	struct arena a;
	struct buf *b = ctx;

	arena_init(&a, 0);
	mailboxes_parse(&a, buf_str(b), &list);
	assert_true(list.n == 1 && !list.bad);
	arena_free(&a);
}

/* What begins as an encoded word and never ends is walked over once, not once for each mark. */
static void
test_encoded_words_without_end_take_no_time(void **state)
{
	struct buf words, marks;
	double effort;

	(void)state;
	buf_init(&words, MAX_MAILBOX_FIELD);
	buf_init(&marks, MAX_MAILBOX_FIELD);
	while (marks.n + 20 < MAX_MAILBOX_FIELD) {
		buf_adds(&words, "ann");
		buf_adds(&marks, "=?a");
	}
	buf_adds(&words, " <a@example.com>");
	buf_adds(&marks, " <a@example.com>");
	effort = effort_of(&(struct work){ parse, &marks }, &(struct work){ parse, &words });
	assert_true(effort < 100); /* it was 10,000 */
	buf_free(&words);
	buf_free(&marks);
}

static void
test_cut_and_flipped_rows_are_taken(void **state)
{
	struct mailboxes list;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		for (size_t n = 0; n <= rows[i].in.n; n++)
			for (unsigned flip = 0; flip < 256; flip += 85) {
				char *exact = malloc(n + 1);
				struct arena a;

				assert_non_null(exact);
				memcpy(exact, rows[i].in.p, n);
				if (n > 0)
					exact[n / 2] = (char)(exact[n / 2] ^ (char)flip);
				arena_init(&a, 0);
				mailboxes_parse(&a, (struct str){ exact, n }, &list);
				for (size_t k = 0; k < list.n; k++)
					assert_true(
					    list.list[k].local.n + list.list[k].domain.n < n);
				arena_free(&a);
				free(exact);
			}
}

static void
test_counts_have_a_maximum(void **state)
{
	struct mailboxes list;
	struct arena a;
	struct buf b;

	(void)state;
	arena_init(&a, 0);
	buf_init(&b, 1 << 20);
	for (size_t n = 1; n <= MAX_MAILBOXES + 1; n++) {
		buf_adds(&b, "a@example.com,");
		mailboxes_parse(&a, buf_str(&b), &list);
		assert_int_equal(list.n, n < MAX_MAILBOXES ? n : MAX_MAILBOXES);
		assert_int_equal(list.over, n > MAX_MAILBOXES);
	}
	for (size_t depth = MAX_COMMENT_DEPTH; depth <= MAX_COMMENT_DEPTH + 1; depth++) {
		buf_reset(&b);
		buf_adds(&b, "a@example.com ");
		for (size_t i = 0; i < depth; i++)
			buf_addc(&b, '(');
		for (size_t i = 0; i < depth; i++)
			buf_addc(&b, ')');
		mailboxes_parse(&a, buf_str(&b), &list);
		assert_int_equal(list.bad, depth > MAX_COMMENT_DEPTH);
	}
	while (b.n <= MAX_MAILBOX_FIELD)
		buf_addc(&b, ' ');
	mailboxes_parse(&a, buf_str(&b), &list);
	assert_true(list.bad);
	buf_free(&b);
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_an_author_has_one_domain_and_a_field_read_whole),
		cmocka_unit_test(test_encoded_words_without_end_take_no_time),
		cmocka_unit_test(test_cut_and_flipped_rows_are_taken),
		cmocka_unit_test(test_counts_have_a_maximum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
