/* SPDX-License-Identifier: ISC */
/*
 * test_mbox.c - where messages of an mbox begin, escapes, line ends, and the
 * reading of files.
 */
#include "audit/mail/mbox.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>
#include "audit/mail/mailfile.h"
#include "checks/header.h"

#define F "From a@example.com Sat Nov 21 10:00:01 2026\n"
#define G "From - Sat Nov 21 10:00:02 2026\r\n"

/* clang-format off */
static const struct {
	const char *name, *text;
	const char *want; /* the messages, '|' behind each */
} rows[] = {
	{ "one message", "A: b\n\ntext\n", "A: b\n\ntext\n|" },
	{ "an mbox of one", F "A: b\n\ntext\n\n", "A: b\n\ntext\n|" },
	{ "an mbox of two", F "A: 1\n\none\n\n" F "A: 2\n\ntwo\n", "A: 1\n\none\n|A: 2\n\ntwo\n|" },
	{ "CRLF", G "A: 1\r\n\r\none\r\n\r\n" G "A: 2\r\n\r\ntwo\r\n", "A: 1\r\n\r\none\r\n|A: 2\r\n\r\ntwo\r\n|" },
	{ "no empty line before it", F "A: 1\n\none\n" F "two\n", "A: 1\n\none\n" F "two\n|" },
	{ "no time in it", F "A: 1\n\none\n\nFrom here on\n", "A: 1\n\none\n\nFrom here on\n|" },
	{ "a time in a sentence", F "A: 1\n\none\n\nFrom 10:00 on\nB: 2\n", "A: 1\n\none\n\nFrom 10:00 on\nB: 2\n|" },
	{ "a day, no year", F "A: 1\n\none\n\nFrom Mon, 10:00 on\n", "A: 1\n\none\n\nFrom Mon, 10:00 on\n|" },
	{ "a year in the sender", F "A: 1\n\none\n\nFrom 2026 Mon 10:00\n", "A: 1\n\none\n\nFrom 2026 Mon 10:00\n|" },
	{ "with a zone", F "A: 1\n\none\n\nFrom 1@xxx Sat Nov 21 10:00:01 +0000 2026\nB: 2\n", "A: 1\n\none\n|B: 2\n|" },
	{ "as in a Date", F "A: 1\n\none\n\nFrom a@b Sat, 21 Nov 2026 10:00:01 +0000\nB: 2\n", "A: 1\n\none\n|B: 2\n|" },
	{ "text before: not an mbox", "A: 1\n\none\n\n" F "A: 2\n", "A: 1\n\none\n\n" F "A: 2\n|" },
	{ "only the line", F, "|" },
	{ "one without a field between", F "\n" F "A: 2\n", "\n|A: 2\n|" },
	{ "two lines in a row", F F "A: 2\n", F "A: 2\n|" },
	{ "empty", "", "|" },
	{ "no line end", F "A: b", "A: b|" },
};

static const struct {
	const char *text, *rd, *o; /* as mboxrd and as mboxo escape */
	bool escaped;
} escapes[] = {
	{ ">From a\n", "From a\n", "From a\n", true },
	{ ">>From a\n", ">From a\n", ">>From a\n", true },
	{ "x\r\n>From a\r\n>>From b", "x\r\nFrom a\r\n>From b", "x\r\nFrom a\r\n>>From b", true },
	{ "> From a\nx>From b\n>Fromm\n", "> From a\nx>From b\n>Fromm\n", "> From a\nx>From b\n>Fromm\n", false },
	{ "", "", "", false },
	{ ">", ">", ">", false },
};

static const struct {
	const char *text, *want;
	bool crlf, bare;
} ends[] = {
	{ "a\nb\n", "a\r\nb\r\n", false, true },
	{ "a\r\nb\n", "a\r\nb\r\n", true, true },
	{ "a\r\n\r\n", "a\r\n\r\n", true, false },
	{ "\n", "\r\n", false, true },
	{ "a\rb", "a\rb", false, false },
	{ "", "", false, false },
};
/* clang-format on */

static void
write_file(const char *path, struct str text)
{
	FILE *to = fopen(path, "w");

	assert_non_null(to);
	assert_int_equal(fwrite(text.p, 1, text.n, to), text.n);
	assert_int_equal(fclose(to), 0);
}

static const char *
temp_path(const char *name)
{
	static char path[256];
	const char *dir = getenv("TMPDIR");

	(void)snprintf(
	    path, sizeof(path), "%s/%s.%ld", dir != NULL ? dir : "/tmp", name, (long)getpid());
	return path;
}

/* The messages of the file PATH, '|' behind each, into B; returns what was bad. */
static size_t
messages_of(const char *path, struct buf *b)
{
	char *inputs[] = { (char *)(uintptr_t)path };
	struct mailfile m;
	struct mail mail;
	size_t n = 0, bad;

	mailfile_init(&m, inputs, 1);
	while (mailfile_next(&m, &mail)) {
		assert_true(mail.number > n); /* one too large has a number all the same */
		n = mail.number;
		buf_add(b, mail.text);
		buf_addc(b, '|');
	}
	bad = m.bad;
	mailfile_free(&m);
	return bad;
}

static void
test_messages_of_a_file(void **state)
{
	const char *path = temp_path("mbox");
	struct buf got;

	(void)state;
	buf_init(&got, 1 << 16);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		buf_reset(&got);
		write_file(path, str_of(rows[i].text));
		assert_int_equal(messages_of(path, &got), 0);
		if (!str_eq(buf_str(&got), str_of(rows[i].want)))
			fail_msg("%s: got '%.*s'", rows[i].name, (int)got.n, got.p);
	}
	buf_free(&got);
	(void)unlink(path);
}

/* What a message is does not hang on where the reads happen to end. */
static void
test_found_in_pieces(void **state)
{
	struct str s = STR(F "A: 1\n\none\n\n" G "A: 2\r\n\r\ntwo\r\n\r\n" F "A: 3\n\nFrom me\n");
	size_t whole = 0, end = mbox_find(s, 1, true, &whole);

	(void)state;
	for (size_t cut = 1; cut < s.n; cut++) {
		size_t sure = 1, got = mbox_find(str_sub(s, 0, cut), 1, false, &sure);

		if (got == cut)
			got = mbox_find(s, sure > 0 ? sure : 1, true, &sure);
		if (got != end)
			fail_msg("cut at %zu: %zu, want %zu", cut, got, end);
	}
}

static void
test_escapes(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(escapes); i++) {
		struct str s = str_of(escapes[i].text);

		assert_int_equal(mbox_is_escaped(s), escapes[i].escaped);
		assert_true(str_eq(mbox_unescape(&a, s, false), str_of(escapes[i].rd)));
		assert_true(str_eq(mbox_unescape(&a, s, true), str_of(escapes[i].o)));
	}
	arena_free(&a);
}

static void
test_line_ends(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		struct str s = str_of(ends[i].text);

		assert_int_equal(lines_have_crlf(s), ends[i].crlf);
		assert_int_equal(lines_have_bare_lf(s), ends[i].bare);
		assert_true(str_eq(lines_to_crlf(&a, s), str_of(ends[i].want)));
	}
	arena_free(&a);
}

/* One message with SIZE bytes of text between two others, in an mbox. */
static size_t
around_large(const char *path, size_t size, size_t *bad)
{
	struct str tail = STR("\n\n" F "A: 3\n\nthree\n");
	struct buf b;
	size_t n = 0;

	buf_init(&b, size + 4096);
	buf_adds(&b, F "A: 1\n\none\n\n" F "A: 2\n\n");
	assert_true(buf_room(&b, size));
	memset(b.p + b.n, 'x', size);
	b.n += size;
	buf_add(&b, tail);
	write_file(path, buf_str(&b));
	buf_reset(&b);
	*bad = messages_of(path, &b);
	for (size_t i = 0; i < b.n; i++)
		n += b.p[i] == '|';
	buf_free(&b);
	return n;
}

static void
test_largest_message(void **state)
{
	const char *path = temp_path("large");
	size_t bad, overhead = sizeof("A: 2\n\n\n") - 1;

	(void)state;
	assert_int_equal(around_large(path, MAX_MESSAGE_BYTES - overhead, &bad), 3);
	assert_int_equal(bad, 0);
	assert_int_equal(around_large(path, MAX_MESSAGE_BYTES - overhead + 1, &bad), 2);
	assert_int_equal(bad, 1);
	assert_int_equal(around_large(path, MAX_MESSAGE_BYTES + (1 << 20), &bad), 2);
	assert_int_equal(bad, 1);
	(void)unlink(path);
}

static void
test_what_cannot_be_read(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	assert_int_equal(messages_of("/nonexistent/file", &b), 1);
	assert_int_equal(b.n, 0);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages_of_a_file),
		cmocka_unit_test(test_found_in_pieces),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_line_ends),
		cmocka_unit_test(test_largest_message),
		cmocka_unit_test(test_what_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
