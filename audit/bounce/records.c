/* SPDX-License-Identifier: ISC */
/*
 * records.c - an input cut into the records of its reader.
 */
#include "audit/bounce/records.h"
#include <stdlib.h>
#include <string.h>
#include "audit/bounce/span.h"
#include "checks/core/arena.h"

/* More bytes behind what is in the block, whose free part is moved together first. */
static void
fill(struct records *r)
{
	size_t got;

	if (r->start > 0) {
		memmove(r->block, r->block + r->start, r->end - r->start);
		r->end -= r->start;
		r->start = 0;
	}
	while (!r->at_end && r->end < r->room) {
		got = unpack_read(r->source, r->block + r->end, r->room - r->end);
		r->at_end = got == 0;
		r->end += got;
		r->bytes += got;
	}
}

void
records_init(struct records *r, struct unpack *source)
{
	*r = (struct records){ .source = source, .room = RECORDS_BLOCK };
	r->block = xmalloc(r->room);
	buf_init(&r->assembled, MAX_RECORD_BYTES);
	fill(r);
	r->mbox = str_has_prefix(records_head(r), STR("From "));
}

struct str
records_head(const struct records *r)
{
	size_t n = r->end - r->start;

	return (struct str){ r->block + r->start, n < RECORDS_BLOCK ? n : RECORDS_BLOCK };
}

/* Pass over the rest of a line that was cut. */
static void
skip_line(struct records *r)
{
	for (;;) {
		char *lf = memchr(r->block + r->start, '\n', r->end - r->start);

		r->start = lf != NULL ? (size_t)(lf + 1 - r->block) : r->end;
		if (lf != NULL || r->at_end)
			return;
		fill(r);
	}
}

/* One more than the longest line: its end. */
#define MAX_ROOM (MAX_LINE_BYTES + 1)

/* A line that is not whole in the block, which grows for it up to the bound. */
static bool
long_line(struct records *r, struct str *out)
{
	while (r->end - r->start < MAX_ROOM && !r->at_end) {
		size_t before = r->end - r->start;
		char *lf;

		if (r->start == 0 && r->end == r->room) {
			r->room = 2 * r->room < MAX_ROOM ? 2 * r->room : MAX_ROOM;
			r->block = xrealloc(r->block, r->room);
		}
		fill(r);
		lf = memchr(r->block + before, '\n', r->end - before);
		if (lf != NULL) {
			*out = (struct str){ r->block, (size_t)(lf - r->block) };
			r->start = out->n + 1;
			return true;
		}
	}
	*out = str_sub((struct str){ r->block + r->start, r->end - r->start }, 0, MAX_LINE_BYTES);
	if (r->end - r->start > MAX_LINE_BYTES) { /* the rest goes at the next call */
		r->cut++;
		r->skipping = true;
	}
	r->start += out->n;
	return out->n > 0;
}

/* The next line with all its bytes but LF. */
static bool
raw_line(struct records *r, struct str *out)
{
	char *lf;

	if (r->skipping) {
		r->skipping = false;
		skip_line(r);
	}
	lf = r->start < r->end ? memchr(r->block + r->start, '\n', r->end - r->start) : NULL;
	if (lf != NULL) {
		*out = (struct str){ r->block + r->start, (size_t)(lf - (r->block + r->start)) };
		r->start += out->n + 1;
	} else if (!long_line(r, out)) {
		return false;
	}
	r->line++;
	return true;
}

/* "From s@example.com Mon Jan 13 16:09:43 2025" (RFC 4155, appendix A). */
static bool
is_from_line(struct str s)
{
	if (!span_take(&s, STR("From ")))
		return false;
	for (size_t i = 2; i + 2 < s.n; i++)
		if (s.p[i] == ':' && ascii_isdigit(s.p[i - 1]) && ascii_isdigit(s.p[i + 1]))
			return true;
	return false;
}

/* Lines up to the "From " of the next message, which an empty one stands before; or to the end. */
static bool
next_message(struct records *r, struct str *out, uint64_t *line)
{
	bool empty_before = true, any = false;
	struct str s;

	buf_reset(&r->assembled);
	*line = r->line + 1;
	while (raw_line(r, &s)) {
		if (empty_before && is_from_line(s)) {
			if (any)
				break;
			*line = r->line + 1;
			continue;
		}
		any = true;
		empty_before = s.n == 0 || (s.n == 1 && s.p[0] == '\r');
		buf_add(&r->assembled, s);
		buf_addc(&r->assembled, '\n');
	}
	r->cut += r->assembled.over;
	*out = buf_str(&r->assembled);
	return any;
}

/* All there is, up to the bound; nothing the second time. */
static bool
whole(struct records *r, struct str *out, uint64_t *line)
{
	bool any = r->end > r->start;

	*line = 1;
	while (r->end > r->start && !r->assembled.over) {
		buf_add(&r->assembled, (struct str){ r->block + r->start, r->end - r->start });
		r->start = r->end;
		fill(r);
	}
	r->cut += r->assembled.over;
	r->start = r->end = 0;
	r->at_end = true;
	*out = buf_str(&r->assembled);
	return any;
}

bool
records_next(struct records *r, int unit, struct str *out, uint64_t *line)
{
	if (unit == READS_MESSAGES && r->mbox)
		return next_message(r, out, line);
	if (unit != READS_LINES)
		return whole(r, out, line);
	if (!raw_line(r, out))
		return false;
	*line = r->line;
	if (out->n > 0 && out->p[out->n - 1] == '\r')
		out->n--;
	return true;
}

void
records_free(struct records *r)
{
	free(r->block);
	buf_free(&r->assembled);
	r->block = NULL;
}
