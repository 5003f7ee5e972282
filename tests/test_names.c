/* SPDX-License-Identifier: ISC */
/*
 * test_names.c - lines become names: all forms a list is kept in, through a
 * file and through a pipe that brings them byte by byte.
 */
#include "audit/names.h"
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>
#include "audit/error.h"

#define LABEL "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
	const char *name;
	struct str in;
	const char *want; /* each name and a blank */
	size_t bad, count;
} rows[] = {
	/* clang-format off */
	{ "nothing", STR(""), "", 0, 0 },
	{ "one, no line end", STR("a.example"), "a.example ", 0, 1 },
	{ "two", STR("a.example\nb.example\n"), "a.example b.example ", 0, 2 },
	{ "CRLF", STR("a.example\r\n\r\nb.example\r\n"), "a.example b.example ", 0, 2 },
	{ "blank lines and blanks", STR("\n \t\n  a.example\t\n\n"), "a.example ", 0, 1 },
	{ "comments", STR("# x\n  # y\na.example\n#"), "a.example ", 0, 1 },
	{ "a comment is a line of its own", STR("a.example # x\n"), "", 1, 1 },
	{ "mark of UTF-8", STR("\xef\xbb\xbf" "a.example\n"), "a.example ", 0, 1 },
	{ "doubles stay", STR("a.example\nA.EXAMPLE.\n"), "a.example a.example ", 0, 2 },
	{ "no names among names", STR("a..b\nb.example\nx@c.example\n"), "b.example ", 2, 3 },
	{ "NUL", STR("a\0b.example\nb.example\n"), "b.example ", 1, 2 },
	{ "a label too long", STR(LABEL "a.example\n" LABEL ".example\n"), LABEL ".example ", 1, 2 },
	/* clang-format on */
};

/* All that S gives, into OUT; TURN lets more come where it says "later". */
static void
take_all(struct names *s, struct buf *out, bool (*turn)(void *ctx), void *ctx)
{
	struct name n;

	for (;;) {
		enum feed_reply reply = names_next(s, &n);

		if (reply == FEED_END)
			return;
		if (reply == FEED_LATER) {
			assert_true(turn(ctx));
			continue;
		}
		name_print(out, &n);
		buf_addc(out, ' ');
	}
}

static bool
never(void *ctx)
{
	(void)ctx;
	return false;
}

static FILE *
file_of(struct str s)
{
	FILE *f = tmpfile();

	assert_non_null(f);
	assert_int_equal(fwrite(s.p, 1, s.n, f), s.n);
	assert_int_equal(fflush(f), 0);
	assert_int_equal(lseek(fileno(f), 0, SEEK_SET), 0);
	return f;
}

static void
compare(
    const char *name, const struct names *s, const struct buf *got, const char *want, size_t bad)
{
	if (!str_eq(buf_str(got), str_of(want)) || s->bad != bad)
		fail_msg("%s: got '%.*s' and %zu bad, want '%s' and %zu", name, (int)got->n,
		    got->n > 0 ? got->p : "", s->bad, want, bad);
	assert_int_equal(s->rc, AUDIT_OK);
}

static void
test_a_file_is_read_at_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct loop *loop = loop_new();
		FILE *f = file_of(rows[i].in);
		struct names s;
		struct buf got;

		buf_init(&got, 4096);
		names_init_lines(&s, fileno(f), loop);
		if (names_count(fileno(f)) != rows[i].count)
			fail_msg("%s: counted %zu", rows[i].name, names_count(fileno(f)));
		take_all(&s, &got, never, NULL);
		compare(rows[i].name, &s, &got, rows[i].want, rows[i].bad);
		names_free(&s);
		buf_free(&got);
		(void)fclose(f);
		loop_free(loop);
	}
}

/* Somebody who writes a byte whenever we have nothing to do. */
struct writer {
	struct loop *loop;
	int fd;
	struct str left;
};

static bool
write_one(void *ctx)
{
	struct writer *w = ctx;

	if (w->fd < 0)
		return false;
	if (w->left.n == 0) {
		(void)close(w->fd);
		w->fd = -1;
	} else {
		assert_int_equal(write(w->fd, w->left.p, 1), 1);
		w->left = str_sub(w->left, 1, w->left.n);
	}
	return loop_once(w->loop, 5000) == AUDIT_OK;
}

static void
test_a_pipe_byte_by_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct writer w = { .loop = loop_new(), .left = rows[i].in };
		struct names s;
		struct buf got;
		int ends[2];

		assert_int_equal(pipe(ends), 0);
		w.fd = ends[1];
		buf_init(&got, 4096);
		names_init_lines(&s, ends[0], w.loop);
		assert_int_equal(names_count(ends[0]), 0);
		take_all(&s, &got, write_one, &w);
		compare(rows[i].name, &s, &got, rows[i].want, rows[i].bad);
		names_free(&s);
		buf_free(&got);
		(void)close(ends[0]);
		loop_free(w.loop);
	}
}

/* MAX_NAME_LINE is taken, one more is not, and what follows a long line is. */
static void
test_long_lines(void **state)
{
	static const size_t sizes[] = { MAX_NAME_LINE, MAX_NAME_LINE + 1, NAMES_PIECE - 1,
		NAMES_PIECE, NAMES_PIECE + 1, 1 << 20 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		char *text = malloc(sizes[i] + 11);
		bool fits = sizes[i] <= MAX_NAME_LINE;
		struct names s;
		struct buf got;
		FILE *f;

		assert_non_null(text);
		memset(text, ' ', sizes[i]);
		memcpy(text, "a.example", 9);
		memcpy(text + sizes[i], "\nb.example\n", 11);
		f = file_of((struct str){ text, sizes[i] + 11 });
		buf_init(&got, 4096);
		names_init_lines(&s, fileno(f), NULL);
		take_all(&s, &got, never, NULL);
		compare("long", &s, &got, fits ? "a.example b.example " : "b.example ", !fits);
		assert_int_equal(s.line, 2);
		names_free(&s);
		buf_free(&got);
		(void)fclose(f);
		free(text);
	}
}

/* Without room nobody asks: then what can be read must not turn the loop for ever. */
static void
test_nothing_is_watched_that_nobody_wants(void **state)
{
	struct loop *loop = loop_new();
	struct names s;
	struct name n;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	names_init_lines(&s, ends[0], loop);
	assert_int_equal(names_next(&s, &n), FEED_LATER);
	assert_int_equal(names_next(&s, &n), FEED_LATER);
	assert_true(s.watched);
	assert_int_equal(write(ends[1], "a.example\n", 10), 10);
	assert_int_equal(loop_once(loop, 5000), AUDIT_OK);
	assert_false(s.watched);
	assert_int_equal(names_next(&s, &n), FEED_ONE);
	assert_int_equal(names_next(&s, &n), FEED_LATER);
	(void)close(ends[1]);
	assert_int_equal(loop_once(loop, 5000), AUDIT_OK);
	assert_int_equal(names_next(&s, &n), FEED_END);
	assert_int_equal(names_next(&s, &n), FEED_END);
	names_free(&s);
	(void)close(ends[0]);
	loop_free(loop);
}

static void
test_what_cannot_be_read(void **state)
{
	struct loop *loop = loop_new();
	struct names s;
	struct name n;
	int fd = open(".", O_RDONLY | O_CLOEXEC), null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)state;
	names_init_lines(&s, fd, loop);
	assert_int_equal(names_next(&s, &n), FEED_END);
	assert_int_equal(s.rc, AUDIT_EREAD);
	names_free(&s);
	names_init_lines(&s, null, loop);
	assert_int_equal(names_next(&s, &n), FEED_END);
	assert_int_equal(s.rc, AUDIT_OK);
	names_free(&s);
	(void)close(fd);
	(void)close(null);
	loop_free(loop);
}

static void
test_arguments(void **state)
{
	char one[] = "a.example", two[] = "b..c", three[] = "#";
	char *args[] = { one, two, three };
	struct names s;
	struct buf got;

	(void)state;
	buf_init(&got, 4096);
	names_init_args(&s, args, ARRAY_LEN(args));
	take_all(&s, &got, never, NULL);
	compare("arguments", &s, &got, "a.example # ", 1);
	names_free(&s);
	buf_free(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_file_is_read_at_once),
		cmocka_unit_test(test_a_pipe_byte_by_byte),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_nothing_is_watched_that_nobody_wants),
		cmocka_unit_test(test_what_cannot_be_read),
		cmocka_unit_test(test_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
