/* SPDX-License-Identifier: ISC */
/*
 * input.c - logs and reports as the user names them, to events.
 *
 * A file is opened twice when there are several: once for its first stamp,
 * which says where in a rotation it belongs, once to be read.
 */
#include "audit/bounce/input.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "audit/bounce/input_files.h"
#include "audit/bounce/readers.h"
#include "audit/bounce/records.h"
#include "audit/bounce/stamp.h"
#include "audit/bounce/syslog.h"
#include "audit/error.h"
#include "checks/core/civil.h"

#define MAX_HEAD_LINES 4096 /* of the first block, asked of every reader */
#define ZONE_SLACK_S 50400  /* 14 hours: a stamp of an unknown zone may seem later than now */

struct run {
	struct input_files files;
	const struct input_options *options;
	const struct input_hooks *hooks;
	struct input_counts *counts;
	struct arena arena;
	struct str file; /* being read */
	const char *reader;
	uint64_t line;
	uint64_t left;      /* records of the file that have more than is read */
	bool logs, reports; /* among the files */
};

const char *
input_trouble_words(enum input_trouble t)
{
	static const char *const words[] = {
		[INPUT_UNREADABLE] = "cannot be read",
		[INPUT_EMPTY] = "is empty",
		[INPUT_UNKNOWN] = "is no log or report of a known kind",
		[INPUT_CUT] = "has records that are too long; they were cut",
		[INPUT_DAMAGED] = "is damaged or cut; what could be unpacked counts",
		[INPUT_BOMB] = "unpacks to too much; the rest was left",
		[INPUT_GREW] = "grew while it was read; what came later was left",
		[INPUT_SHRANK] = "was truncated while it was read",
		[INPUT_TOO_MANY] = "is left out",
		[INPUT_LEFT] = "is read in part only: too much in a record, or broken",
		[INPUT_TWICE] = "was read before under another name; left out",
		[INPUT_IRREGULAR] = "is no regular file; left out",
	};

	return words[t];
}

static void
on_event(void *ctx, struct bounce_event *e)
{
	struct run *r = ctx;

	e->file = r->file;
	e->reader = r->reader;
	e->line = r->line;
	r->counts->events++;
	r->hooks->event(r->hooks->ctx, e);
}

static void
on_left(void *ctx)
{
	struct run *r = ctx;

	r->left++;
}

/* Where the clock of a file stands before its first stamp. */
static struct reader_clock
clock_of(const struct unpack *u, const struct input_options *o)
{
	struct civil c;
	time_t last = o->now;

	if (unpack_mtime(u, &last) && last > o->now)
		last = o->now;
	c = civil_of_time(last + ZONE_SLACK_S);
	return (struct reader_clock){ .year = c.year, .month_last = c.month, .zone_s = o->zone_s };
}

/* The lines of HEAD, at most N, into OUT; the last is left out when it may be cut. */
static size_t
head_lines(struct str head, bool whole, struct str *out, size_t n)
{
	size_t i = 0;

	while (i < n && head.n > 0) {
		size_t at = str_find(head, 0, '\n');

		if (at >= head.n && !whole && i > 0)
			break;
		out[i++] = str_sub(head, 0, at);
		head = str_sub(head, at + 1, head.n);
	}
	return i;
}

struct first_time {
	bool known;
	time_t time;
};

static void
on_first(void *ctx, struct bounce_event *e)
{
	struct first_time *f = ctx;

	if (!f->known && e->has_time) {
		f->known = true;
		f->time = e->time;
	}
}

/* The first time in LINES: the stamp they begin with, or of an event in them. */
static struct first_time
first_time_of(struct run *r, const struct reader *reader, struct reader_clock clock,
    const struct str *lines, size_t n)
{
	struct first_time first = { 0 };
	struct stamp_cache stamp = { .n = 0 };
	struct syslog_line log = { .time = 0 };
	struct sink sink = { on_first, &first, NULL };
	void *state;

	if (reader == NULL || reader->unit != READS_LINES)
		return first;
	if (stamp_read(&stamp, lines[0], &clock, &first.time) > 0 ||
	    syslog_read(&stamp, lines[0], &clock, &log)) {
		first.known = true;
		first.time = first.time != 0 ? first.time : log.time;
		return first;
	}
	state = xcalloc(1, reader->state_size + 1);
	for (size_t i = 0; i < n && !first.known; i++) {
		(void)reader->read(state, &r->arena, lines[i], &clock, &sink);
		arena_reset(&r->arena);
	}
	free(state);
	return first;
}

/* The reader for what R begins with; its first lines stand in LINES. */
static const struct reader *
choose(const struct records *rs, struct str *lines, size_t *n)
{
	struct str head = records_head(rs);

	*n = head_lines(head, rs->at_end, lines, MAX_HEAD_LINES);
	return *n == 0 ? NULL : reader_choose(lines, *n);
}

/* Regular files can be opened twice; a pipe is read at its place. */
static bool
is_regular(const char *path)
{
	struct stat st;

	return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* Find the first stamp of FILE. */
static void
peek(struct run *r, struct input_file *file)
{
	struct unpack *u = is_regular(file->path) ? unpack_open(file->path) : NULL;
	struct records rs;
	struct str *lines;
	const struct reader *reader;
	struct first_time first;
	size_t n = 0;

	if (u == NULL)
		return;
	lines = xcalloc(MAX_HEAD_LINES, sizeof(*lines));
	records_init(&rs, u);
	reader = choose(&rs, lines, &n);
	r->logs |= reader != NULL && !reader_is_report(reader);
	r->reports |= reader != NULL && reader_is_report(reader);
	first = first_time_of(r, reader, clock_of(u, r->options), lines, n);
	file->has_first = first.known;
	file->first = first.time;
	records_free(&rs);
	unpack_close(u);
	free(lines);
}

static void
count(struct run *r, enum record_fate fate, struct str record)
{
	r->counts->records++;
	switch (fate) {
	case RECORD_EVENTS:
		r->counts->with_events++;
		break;
	case RECORD_IRRELEVANT:
		r->counts->irrelevant++;
		break;
	case RECORD_NOT_UNDERSTOOD:
		r->counts->not_understood++;
		if (r->hooks->not_understood != NULL)
			r->hooks->not_understood(r->hooks->ctx, r->file, r->line, record);
		break;
	}
}

/* Read all records of RS with READER. */
static void
read_records(
    struct run *r, struct records *rs, const struct reader *reader, struct reader_clock clock)
{
	void *state = xcalloc(1, reader->state_size + 1);
	struct sink sink = { on_event, r, on_left };
	struct str record;

	r->reader = reader->name;
	while (records_next(rs, (int)reader->unit, &record, &r->line)) {
		count(r, reader->read(state, &r->arena, record, &clock, &sink), record);
		if (r->arena.used > 0)
			arena_reset(&r->arena);
	}
	if (reader->end != NULL)
		reader->end(state, &sink);
	r->counts->year_guessed |= clock.year_guessed;
	r->counts->zone_guessed |= clock.zone_guessed;
	r->counts->from_documentation |= reader->from_documentation;
	free(state);
}

/* Tell of lines of a file that nobody claims, which are accounted for too. */
static void
tell_unknown(struct run *r, const struct input_file *file, struct records *rs)
{
	struct input_notice notice = {
		.trouble = INPUT_UNKNOWN,
		.path = file->path,
		.named = file->named,
		.why = "",
		.head = str_sub(records_head(rs), 0, MAX_INPUT_HEAD),
	};
	struct str record;

	r->counts->unreadable++;
	r->files.failed |= file->named;
	if (r->hooks->told != NULL)
		r->hooks->told(r->hooks->ctx, &notice);
	while (records_next(rs, READS_LINES, &record, &r->line))
		count(r, RECORD_NOT_UNDERSTOOD, record);
}

/* What there is to say of FILE once it was read. */
static void
tell_end(struct run *r, const struct input_file *file, const struct unpack *u, uint64_t cut)
{
	static const enum input_trouble troubles[] = {
		[UNPACK_GREW] = INPUT_GREW,
		[UNPACK_SHRANK] = INPUT_SHRANK,
		[UNPACK_DAMAGED] = INPUT_DAMAGED,
		[UNPACK_BOMB] = INPUT_BOMB,
		[UNPACK_FAILED] = INPUT_UNREADABLE,
	};
	const char *why;
	enum unpack_end end = unpack_ended(u, &why);
	struct input_notice notice = { .trouble = INPUT_CUT, .path = file->path, .n = cut };

	if (end != UNPACK_WHOLE)
		input_files_tell(&r->files, file, troubles[end], why);
	notice.named = file->named;
	notice.why = "";
	if (cut > 0 && r->hooks->told != NULL)
		r->hooks->told(r->hooks->ctx, &notice);
	notice.trouble = INPUT_LEFT;
	notice.n = r->left;
	if (r->left > 0 && r->hooks->told != NULL)
		r->hooks->told(r->hooks->ctx, &notice);
	r->left = 0;
}

static void
read_open(struct run *r, const struct input_file *file, struct unpack *u)
{
	struct str *lines = xcalloc(MAX_HEAD_LINES, sizeof(*lines));
	const struct reader *reader;
	struct records rs;
	const char *why;
	size_t n = 0;

	records_init(&rs, u);
	reader = choose(&rs, lines, &n);
	free(lines);
	if (n == 0 && unpack_ended(u, &why) == UNPACK_WHOLE) {
		input_files_tell(&r->files, file, INPUT_EMPTY, "");
	} else if (n == 0 && unpack_ended(u, &why) != UNPACK_FAILED) { /* that one counts itself */
		r->counts->unreadable++;
		r->files.failed |= file->named;
	}
	if (n > 0 && reader == NULL) {
		tell_unknown(r, file, &rs);
	} else if (n > 0) {
		r->counts->files++;
		read_records(r, &rs, reader, clock_of(u, r->options));
	}
	r->counts->bytes += rs.bytes;
	tell_end(r, file, u, rs.cut);
	records_free(&rs);
}

static void
read_file(struct run *r, const struct input_file *file)
{
	struct unpack *u = unpack_open(file->path);

	if (u == NULL) {
		input_files_tell(&r->files, file, INPUT_UNREADABLE, strerror(errno));
		return;
	}
	r->file = str_of(file->path);
	read_open(r, file, u);
	unpack_close(u);
}

int
input_read(const char *const *paths, size_t n, const struct input_options *options,
    const struct input_hooks *hooks, struct input_counts *out)
{
	struct run r = { .options = options, .hooks = hooks, .counts = out };
	int rc;

	*out = (struct input_counts){ 0 };
	r.files.hooks = hooks;
	r.files.counts = out;
	arena_init(&r.arena, 0);
	for (size_t i = 0; i < n; i++)
		input_files_add(&r.files, paths[i]);
	if (r.files.n > 1) {
		input_files_mark_twice(&r.files);
		for (size_t i = 0; i < r.files.n; i++)
			peek(&r, &r.files.list[i]);
		input_files_sort(&r.files);
	}
	if (hooks->begins != NULL)
		hooks->begins(hooks->ctx, r.logs && r.reports);
	for (size_t i = 0; i < r.files.n; i++)
		if (!r.files.list[i].twice)
			read_file(&r, &r.files.list[i]);
	rc = r.files.failed ? AUDIT_EREAD : AUDIT_OK;
	input_files_free(&r.files);
	arena_free(&r.arena);
	return rc;
}
