/* SPDX-License-Identifier: ISC */
/*
 * header.c - read a message apart, line by line, each byte looked at a fixed
 * number of times.
 */
#include "checks/header.h"

#define MAX_LINE 998 /* RFC 5322 2.1.1, the line end apart */

/* The line of TEXT at *POS without its end; *POS moves behind that.  False at the end of TEXT. */
static bool
next_line(struct header *h, size_t *pos, struct str *line)
{
	size_t end = str_find(h->text, *pos, '\n');

	if (*pos >= h->text.n)
		return false;
	*line = str_sub(h->text, *pos, end - *pos);
	*pos = end < h->text.n ? end + 1 : end;
	if (line->n > 0 && line->p[line->n - 1] == '\r')
		line->n--;
	else if (end < h->text.n)
		h->bare_lf = true;
	if (line->n > MAX_LINE)
		h->long_line = true;
	return true;
}

/* The length of the field name that LINE begins with; 0 = it begins with none (RFC 5322 2.2). */
static size_t
name_length(struct str line)
{
	size_t n = 0, colon;

	while (n < line.n && line.p[n] > 32 && line.p[n] < 127 && line.p[n] != ':')
		n++;
	for (colon = n; colon < line.n && ascii_isblank(line.p[colon]);)
		colon++; /* RFC 5322 4.5.8: obsolete, but taken */
	return colon < line.n && line.p[colon] == ':' ? n : 0;
}

/* LINE, at OFFSET, as the first of a field into *F; false when it is none. */
static bool
take_field(struct str line, size_t offset, struct header_field *f)
{
	size_t n = name_length(line), colon = str_find(line, n, ':');

	if (n == 0)
		return false;
	f->name = str_sub(line, 0, n);
	f->value = str_sub(line, colon + 1, line.n);
	f->offset = offset;
	return true;
}

static void
read_header(struct arena *a, struct header *h, size_t *pos)
{
	struct header_field *last = NULL, passed_over;
	size_t cap = 0, at = *pos;
	struct str line;

	h->no_end = true;
	for (; next_line(h, pos, &line); at = *pos) {
		struct header_field f;

		if (line.n == 0) {
			h->no_end = false;
			return;
		}
		if (ascii_isblank(line.p[0]) && last != NULL) {
			last->value.n = (size_t)(line.p + line.n - last->value.p);
			continue;
		}
		if (!take_field(line, at, &f)) {
			h->bad_line = true;
			passed_over.value = line; /* what continues it is passed over with it */
			last = &passed_over;
		} else if (h->n == MAX_HEADER_FIELDS) {
			h->cut = true;
			passed_over = f;
			last = &passed_over;
		} else {
			last = arena_grow(a, &h->fields, h->n, &cap, sizeof(*last));
			*last = f;
			h->n++;
		}
	}
}

void
header_parse(struct arena *a, struct str text, struct header *out)
{
	struct str line;
	size_t pos = 0, body;

	*out = (struct header){ .text = text };
	read_header(a, out, &pos);
	body = pos;
	out->body = str_sub(text, body, text.n);
	while (next_line(out, &pos, &line))
		continue;
	out->nul_field = str_find(str_sub(text, 0, body), 0, '\0') < body;
	out->nul = str_find(text, 0, '\0') < text.n;
}

const struct header_field *
header_find(const struct header *h, struct str name, size_t i)
{
	for (size_t k = 0; k < h->n; k++)
		if (str_ieq(h->fields[k].name, name) && i-- == 0)
			return &h->fields[k];
	return NULL;
}

size_t
header_count(const struct header *h, struct str name)
{
	size_t n = 0;

	for (size_t k = 0; k < h->n; k++)
		n += str_ieq(h->fields[k].name, name);
	return n;
}

struct str
header_unfold(struct arena *a, struct str value)
{
	struct str whole = str_trim(value);
	char *p = arena_alloc(a, whole.n + 1);
	size_t n = 0;

	for (size_t at = 0, lf; at < whole.n; at = lf + 1) {
		size_t end = lf = str_find(whole, at, '\n');

		if (lf < whole.n && lf > at && whole.p[lf - 1] == '\r')
			end--;
		memcpy(p + n, whole.p + at, end - at);
		n += end - at;
	}
	return (struct str){ p, n };
}
