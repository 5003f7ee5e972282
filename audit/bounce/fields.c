/* SPDX-License-Identifier: ISC */
/*
 * fields.c - blocks of "Name: value" lines in reports.  Reads no dates: that
 * is date.c.
 */
#include "audit/bounce/fields.h"
#include "checks/core/buf.h"

#define MAX_FIELD_NAME 76 /* RFC 5322 2.1.1 asks for lines of 78; longer names are prose */

bool
line_next(struct str text, size_t *pos, struct str *out)
{
	size_t end;

	if (*pos >= text.n)
		return false;
	end = str_find(text, *pos, '\n');
	*out = str_sub(text, *pos, end - *pos);
	*pos = end + 1;
	if (out->n > 0 && out->p[out->n - 1] == '\r')
		out->n--;
	return true;
}

/* Where the colon behind a name of N bytes stands: blanks may be between (RFC 5322 4.5); LINE.n =
 * none. */
static size_t
colon_at(struct str line, size_t n)
{
	while (n < line.n && ascii_isblank(line.p[n]))
		n++;
	return n < line.n && line.p[n] == ':' ? n : line.n;
}

size_t
field_name_length(struct str line)
{
	size_t n = 0;

	while (n < line.n && n <= MAX_FIELD_NAME && line.p[n] > ' ' && line.p[n] < 0x7f &&
	       line.p[n] != ':')
		n++;
	if (n == 0 || n > MAX_FIELD_NAME)
		return 0;
	return colon_at(line, n) < line.n ? n : 0;
}

bool
field_next(struct str block, size_t *pos, struct field *out)
{
	struct str line;

	while (line_next(block, pos, &line)) {
		size_t n = field_name_length(line);
		size_t start = (size_t)(line.p - block.p), from = start + colon_at(line, n) + 1;

		if (line.n == 0)
			return false;
		if (n == 0)
			continue;
		while (*pos < block.n && ascii_isblank(block.p[*pos])) {
			size_t next = *pos;
			struct str fold = { 0 };

			/* A line of blanks alone ends the block for whoever wrote it. */
			if (!line_next(block, &next, &fold) || str_trim(fold).n == 0)
				break;
			*pos = next;
			line = fold;
		}
		out->name = str_sub(block, start, n);
		out->value =
		    str_trim(str_sub(block, from, (size_t)(line.p - block.p) + line.n - from));
		return true;
	}
	return false;
}

struct str
field_find(struct str block, struct str name)
{
	struct field f;

	for (size_t pos = 0; field_next(block, &pos, &f);)
		if (str_ieq(f.name, name))
			return f.value;
	return (struct str){ 0 };
}

/* VALUE without line ends; GAP says whether the blanks after one stay as one, or one of them goes.
 */
static struct str
join(struct arena *a, struct str value, bool gap)
{
	char *p = arena_alloc(a, value.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] != '\r' && value.p[i] != '\n') {
			p[n++] = value.p[i];
			continue;
		}
		while (i + 1 < value.n && (value.p[i + 1] == '\r' || value.p[i + 1] == '\n'))
			i++;
		if (!gap) {
			if (i + 1 < value.n && ascii_isblank(value.p[i + 1]))
				i++;
			continue;
		}
		while (i + 1 < value.n && ascii_isblank(value.p[i + 1]))
			i++;
		p[n++] = ' ';
	}
	return (struct str){ p, n };
}

struct str
field_unfold(struct arena *a, struct str value)
{
	return join(a, value, true);
}

struct str
field_rejoin(struct arena *a, struct str value)
{
	return join(a, value, false);
}

size_t
str_ifind(struct str hay, size_t from, struct str needle)
{
	if (needle.n == 0 || needle.n > hay.n)
		return hay.n;
	for (size_t i = from; i + needle.n <= hay.n; i++)
		if (ascii_lower(hay.p[i]) == ascii_lower(needle.p[0]) &&
		    str_ieq(str_sub(hay, i, needle.n), needle))
			return i;
	return hay.n;
}
