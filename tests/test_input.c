/* SPDX-License-Identifier: ISC */
/*
 * test_input.c - files, directories and pipes to events: compressed, cut, long,
 * growing, in the order of a rotation; and each record accounted for.
 */
#include "audit/bounce/input.h"
#include <archive.h>
#include <archive_entry.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "audit/bounce/records.h"
#include "audit/error.h"
#include "checks/core/arena.h"

#define NOW 1767225600 /* 2026-01-01 */
#define L1 "Dec 31 16:09:43 mx1 postfix/qmgr[1]: E7FB517812EF: removed\n"
#define L2 "Dec 31 16:09:44 mx1 postfix/qmgr[1]: E7FB517812E0: removed\n"
#define NOISE "Dec 31 16:09:43 mx1 postfix/smtpd[1]: connect from x[192.0.2.1]\n"

struct told {
	struct input_counts counts;
	unsigned troubles[16];
	char ids[4096]; /* the last byte of each queue id, in order */
	size_t n_ids;
	uint64_t last_line;
	time_t last_time;
	struct str head;
	char head_text[64];
};

static char dir[] = "/tmp/mailvet-input.XXXXXX";

static void
on_event(void *ctx, struct bounce_event *e)
{
	struct told *t = ctx;

	assert_true(e->file.n > 0 && e->line > 0);
	if (t->n_ids + 1 < sizeof(t->ids) && e->queue_id.n > 0)
		t->ids[t->n_ids++] = e->queue_id.p[e->queue_id.n - 1];
	t->last_line = e->line;
	t->last_time = e->time;
}

static void
on_notice(void *ctx, const struct input_notice *n)
{
	struct told *t = ctx;

	assert_true(input_trouble_words(n->trouble)[0] != '\0');
	t->troubles[n->trouble]++;
	if (n->head.n > 0) {
		t->head.n = n->head.n < sizeof(t->head_text) ? n->head.n : sizeof(t->head_text);
		memcpy(t->head_text, n->head.p, t->head.n);
		t->head.p = t->head_text;
	}
}

/* Read PATHS; what came into T. */
static int
run(struct told *t, const char *const *paths, size_t n)
{
	struct input_options options = { .now = NOW };
	struct input_hooks hooks = { .ctx = t, .event = on_event, .told = on_notice };
	int rc;

	memset(t, 0, sizeof(*t));
	rc = input_read(paths, n, &options, &hooks, &t->counts);
	assert_int_equal(t->counts.records,
	    t->counts.with_events + t->counts.irrelevant + t->counts.not_understood);
	return rc;
}

static const char *
path_of(const char *name)
{
	static char paths[64][256];
	static unsigned next;
	char *p = paths[next++ % 64];

	snprintf(p, sizeof(paths[0]), "%s/%s", dir, name);
	return p;
}

static const char *
put(const char *name, struct str text)
{
	const char *path = path_of(name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
	assert_int_equal(fclose(f), 0);
	return path;
}

/* TEXT through the filter CODE of libarchive, the last CUT bytes left out. */
static const char *
put_packed(const char *name, struct str text, int code, size_t cut)
{
	size_t room = text.n + 65536, used = 0;
	char *out = xmalloc(room);
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();
	const char *path;

	assert_int_equal(archive_write_set_format_raw(a), ARCHIVE_OK);
	assert_int_equal(archive_write_add_filter(a, code), ARCHIVE_OK);
	assert_int_equal(archive_write_set_bytes_in_last_block(a, 1), ARCHIVE_OK);
	assert_int_equal(archive_write_open_memory(a, out, room, &used), ARCHIVE_OK);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_pathname(e, "x");
	assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
	assert_int_equal(archive_write_data(a, text.p, text.n), (la_ssize_t)text.n);
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	path = put(name, (struct str){ out, used - cut });
	archive_entry_free(e);
	archive_write_free(a);
	free(out);
	return path;
}

/* clang-format off */
static const struct {
	const char *name;
	struct str text;
	int rc;
	uint64_t files, records, events, irrelevant, not_understood;
	int trouble; /* one of it is told; -1 = none is */
} rows[] = {
	{ "plain", STR(L1 NOISE L2), AUDIT_OK, 1, 3, 2, 1, 0, -1 },
	{ "no final newline", STR(L1 "Dec 31 16:09:44 mx1 postfix/qmgr[1]: E7FB517812E0: removed"), AUDIT_OK, 1, 2, 2, 0, 0, -1 },
	{ "CRLF", STR("Dec 31 16:09:43 mx1 postfix/qmgr[1]: E7FB517812EF: removed\r\n"), AUDIT_OK, 1, 1, 1, 0, 0, -1 },
	{ "NUL and invalid UTF-8", STR(L1 "\0\0\0\n\xff\xfe\xc3\n" L2), AUDIT_OK, 1, 4, 2, 0, 2, -1 },
	{ "a log that starts with others' lines", STR("Dec 31 16:09:43 mx1 cron[1]: x\n" L1), AUDIT_OK, 1, 2, 1, 1, 0, -1 },
	{ "empty lines", STR("\n\n" L1), AUDIT_OK, 1, 3, 1, 2, 0, -1 },
	{ "empty", STR(""), AUDIT_OK, 0, 0, 0, 0, 0, INPUT_EMPTY },
	{ "binary", STR("\x7f" "ELF\2\1\1\0\0\0\n\0\0"), AUDIT_EREAD, 0, 2, 0, 0, 2, INPUT_UNKNOWN },
	{ "a pasted reply", STR("550-5.7.26 no\n"), AUDIT_EREAD, 0, 1, 0, 0, 1, INPUT_UNKNOWN },
	{ "gzip, broken at once", STR("\x1f\x8b\x08\0\0\0\0\0\0\3\xff\xff\xff\xff\xff"), AUDIT_EREAD, 0, 0, 0, 0, 0, INPUT_DAMAGED },
};
/* clang-format on */

static void
test_rows(void **state)
{
	struct told t;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *path = put("row", rows[i].text);
		int rc = run(&t, &path, 1);
		unsigned told = 0;

		for (size_t k = 0; k < ARRAY_LEN(t.troubles); k++)
			told += t.troubles[k];
		if (rc != rows[i].rc || t.counts.files != rows[i].files ||
		    t.counts.records != rows[i].records || t.counts.events != rows[i].events ||
		    t.counts.irrelevant != rows[i].irrelevant ||
		    t.counts.not_understood != rows[i].not_understood ||
		    told != (rows[i].trouble >= 0) ||
		    (rows[i].trouble >= 0 && t.troubles[rows[i].trouble] != 1))
			fail_msg("%s: %d, files %d, records %d, events %d, told %u", rows[i].name,
			    rc, (int)t.counts.files, (int)t.counts.records, (int)t.counts.events,
			    told);
	}
	assert_true(t.counts.bytes == 0);
}

static void
test_unknown_text_is_handed_out(void **state)
{
	const char *path = put("row", STR("550-5.7.26 no\n"));
	struct told t;

	(void)state;
	assert_int_equal(run(&t, &path, 1), AUDIT_EREAD);
	assert_true(str_eq(t.head, STR("550-5.7.26 no\n")));
}

static void
test_compressed(void **state)
{
	static const int codes[] = { ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_ZSTD,
		ARCHIVE_FILTER_BZIP2 };
	struct told t;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		const char *path = put_packed("packed", STR(L1 NOISE L2), codes[i], 0);

		assert_int_equal(run(&t, &path, 1), AUDIT_OK);
		assert_int_equal(t.counts.records, 3);
		assert_int_equal(t.counts.events, 2);
		path = put_packed("packed", STR(""), codes[i], 0);
		assert_int_equal(run(&t, &path, 1), AUDIT_OK);
		assert_int_equal(t.troubles[INPUT_EMPTY] + t.troubles[INPUT_DAMAGED], 1);
	}
}

/* N lines that differ, so that they take room when they are compressed. */
static struct str
many_lines(size_t n)
{
	char *p = xmalloc(n * 80);
	size_t at = 0;
	uint64_t x = 1;

	for (size_t i = 0; i < n; i++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		at += (size_t)snprintf(p + at, 80,
		    "Dec 31 16:09:43 mx1 postfix/qmgr[1]: %012llX: removed\n",
		    (unsigned long long)(x >> 16));
	}
	return (struct str){ p, at };
}

static void
test_cut_archives_count_what_there_is(void **state)
{
	static const int codes[] = { ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_ZSTD,
		ARCHIVE_FILTER_BZIP2 };
	struct str text = many_lines(200000);
	struct told t;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		const char *path = put_packed("cut", text, codes[i], 60000);

		assert_int_equal(run(&t, &path, 1), AUDIT_OK);
		assert_int_equal(t.troubles[INPUT_DAMAGED], 1);
		if (t.counts.events < 50000 || t.counts.events >= 200000)
			fail_msg("filter %d: %d events", codes[i], (int)t.counts.events);
	}
	free(text.p == NULL ? NULL : (void *)(uintptr_t)text.p);
}

static void
test_bomb(void **state)
{
	struct str zeros = { xcalloc(1, (size_t)200 << 20), (size_t)200 << 20 };
	const char *path;
	struct told t;

	(void)state;
	memcpy((void *)(uintptr_t)zeros.p, L1, sizeof(L1) - 1);
	path = put_packed("bomb", zeros, ARCHIVE_FILTER_GZIP, 0);
	assert_int_equal(run(&t, &path, 1), AUDIT_OK);
	assert_int_equal(t.troubles[INPUT_BOMB], 1);
	assert_int_equal(t.troubles[INPUT_CUT], 1);
	assert_int_equal(t.counts.events, 1);
	assert_true(t.counts.bytes < (uint64_t)70 << 20);
	free((void *)(uintptr_t)zeros.p);
}

/* Lines at the bound and one over it, at every place in the block. */
static void
test_long_lines(void **state)
{
	static const size_t lengths[] = { RECORDS_BLOCK - 1, RECORDS_BLOCK, RECORDS_BLOCK + 1,
		MAX_LINE_BYTES - 1, MAX_LINE_BYTES, MAX_LINE_BYTES + 1, 3 * MAX_LINE_BYTES };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		size_t n = sizeof(L1) - 1, m = sizeof(L2) - 1;
		char *p = xmalloc(n + lengths[i] + 1 + m);
		const char *path;
		struct told t;

		memcpy(p, L1, n);
		memset(p + n, 'x', lengths[i]);
		p[n + lengths[i]] = '\n';
		memcpy(p + n + lengths[i] + 1, L2, m);
		path = put("long", (struct str){ p, n + lengths[i] + 1 + m });
		assert_int_equal(run(&t, &path, 1), AUDIT_OK);
		assert_int_equal(t.counts.records, 3);
		assert_int_equal(t.counts.events, 2);
		assert_int_equal(t.last_line, 3);
		assert_int_equal(t.troubles[INPUT_CUT], lengths[i] > MAX_LINE_BYTES);
		free(p);
	}
}

/* mail.log, mail.log.1 and mail.log.2.gz in whatever order; a year rolls over between them. */
static void
test_rotation(void **state)
{
	const char *paths[] = {
		put("mail.log",
		    STR("Jan  1 00:00:01 mx1 postfix/qmgr[1]: E7FB517812E3: removed\n")),
		put_packed("mail.log.2.gz",
		    STR("Dec 29 00:00:01 mx1 postfix/qmgr[1]: E7FB517812E1: removed\n"),
		    ARCHIVE_FILTER_GZIP, 0),
		put("mail.log.1",
		    STR("Dec 30 00:00:01 mx1 postfix/qmgr[1]: E7FB517812E2: removed\n")),
		"/nowhere/mail.log",
	};
	struct told t;

	(void)state;
	assert_int_equal(run(&t, paths, 3), AUDIT_OK);
	assert_string_equal(t.ids, "123");
	assert_int_equal(t.last_time, NOW + 1);
	assert_true(t.counts.year_guessed && t.counts.zone_guessed);
	assert_int_equal(run(&t, paths, 4), AUDIT_EREAD);
	assert_string_equal(t.ids, "123");
	assert_int_equal(t.troubles[INPUT_UNREADABLE], 1);
}

static void
test_directories(void **state)
{
	const char *root = path_of("tree");
	struct told t;

	(void)state;
	assert_int_equal(mkdir(path_of("tree"), 0700), 0);
	assert_int_equal(mkdir(path_of("tree/cur"), 0700), 0);
	assert_int_equal(mkdir(path_of("tree/tmp"), 0700), 0);
	(void)put("tree/cur/a", STR(L1));
	(void)put("tree/cur/.hidden", STR(L1));
	(void)put("tree/tmp/b", STR(L1));
	(void)put("tree/z", STR("none of it\n"));
	assert_int_equal(mkfifo(path_of("tree/pipe"), 0600), 0);
	assert_int_equal(symlink(".", path_of("tree/loop")), 0);
	assert_int_equal(run(&t, &root, 1), AUDIT_OK); /* z was not named */
	assert_int_equal(t.counts.events, 1);
	assert_int_equal(t.troubles[INPUT_UNKNOWN], 1);
	assert_int_equal(t.troubles[INPUT_IRREGULAR], 2);
}

/* A log that is appended to between opening and its end: the rest of a line, and no more. */
static void
test_growing_and_shrinking(void **state)
{
	const char *path = put("grows", STR(L1 "Dec 31 16:09:44 mx1 postfix/qmgr[1]: E7FB51"));
	struct unpack *u = unpack_open(path);
	const char *why;
	FILE *f;
	struct records r;
	struct str line;
	uint64_t at;

	(void)state;
	assert_non_null(u);
	assert_non_null(f = fopen(path, "a"));
	fputs("7812E0: removed\n" L1, f);
	assert_int_equal(fclose(f), 0);
	records_init(&r, u);
	assert_true(records_next(&r, READS_LINES, &line, &at));
	assert_true(records_next(&r, READS_LINES, &line, &at));
	assert_true(str_has_prefix(line, STR("Dec 31 16:09:44")) && line.n == sizeof(L2) - 2);
	assert_false(records_next(&r, READS_LINES, &line, &at));
	assert_int_equal(unpack_ended(u, &why), UNPACK_GREW);
	records_free(&r);
	unpack_close(u);

	u = unpack_open(path);
	assert_int_equal(truncate(path, sizeof(L1) - 1), 0);
	records_init(&r, u);
	assert_true(records_next(&r, READS_LINES, &line, &at));
	assert_false(records_next(&r, READS_LINES, &line, &at));
	assert_int_equal(unpack_ended(u, &why), UNPACK_SHRANK);
	records_free(&r);
	unpack_close(u);
}

static void
test_messages(void **state)
{
	static const struct str want[] = { STR("Subject: a\n\nFrom here on\n\n"),
		STR("Subject: b\n\nx\n") };
	const char *path = put("mbox",
	    STR("From s@example.com Mon Jan 13 16:09:43 2025\nSubject: a\n\nFrom here on\n\n"
		"From t@example.com Mon Jan 13 16:09:44 2025\nSubject: b\n\nx"));
	struct unpack *u = unpack_open(path);
	struct records r;
	struct str got;
	uint64_t line;

	(void)state;
	records_init(&r, u);
	for (size_t i = 0; i < 2; i++) {
		assert_true(records_next(&r, READS_MESSAGES, &got, &line));
		assert_true(str_eq(got, want[i]));
		assert_int_equal(line, i == 0 ? 2 : 7);
	}
	assert_false(records_next(&r, READS_MESSAGES, &got, &line));
	records_free(&r);
	unpack_close(u);
	u = unpack_open(path);
	records_init(&r, u);
	assert_true(records_next(&r, READS_DOCUMENTS, &got, &line) && got.n > 100);
	assert_false(records_next(&r, READS_DOCUMENTS, &got, &line));
	records_free(&r);
	unpack_close(u);
}

static int
make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int
remove_dir(void **state)
{
	char command[300];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_unknown_text_is_handed_out),
		cmocka_unit_test(test_compressed),
		cmocka_unit_test(test_cut_archives_count_what_there_is),
		cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_rotation),
		cmocka_unit_test(test_directories),
		cmocka_unit_test(test_growing_and_shrinking),
		cmocka_unit_test(test_messages),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
