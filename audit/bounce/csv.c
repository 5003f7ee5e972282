/* SPDX-License-Identifier: ISC */
/*
 * csv.c - one line of comma-separated values (RFC 4180).  Knows no header.
 */
#include "audit/bounce/csv.h"

/* The quoted field whose first byte is at *POS; *POS moves behind its closing quote. */
static struct str
quoted(struct arena *a, struct str line, size_t *pos)
{
	size_t from = ++*pos, n = 0;
	bool doubled = false;
	char *p;

	for (; *pos < line.n; ++*pos) {
		if (line.p[*pos] != '"')
			continue;
		if (*pos + 1 >= line.n || line.p[*pos + 1] != '"')
			break;
		doubled = true;
		++*pos;
	}
	struct str raw = str_sub(line, from, *pos - from);

	if (*pos < line.n)
		++*pos;
	if (!doubled)
		return raw;
	p = arena_alloc(a, raw.n + 1);
	for (size_t i = 0; i < raw.n; i++) {
		if (raw.p[i] == '"')
			i++;
		p[n++] = i < raw.n ? raw.p[i] : '"';
	}
	return (struct str){ p, n };
}

bool
csv_is_view(const struct csv *c, struct str f)
{
	uintptr_t from = (uintptr_t)c->line.p, at = (uintptr_t)f.p;

	return at >= from && at + f.n <= from + c->line.n;
}

void
csv_split(struct arena *a, struct str line, struct csv *out)
{
	out->line = line;
	out->n = 0;
	out->cut = false;
	for (size_t pos = 0; pos <= line.n; pos++) {
		struct str f;
		size_t end;

		if (out->n >= MAX_CSV_FIELDS) {
			out->cut = true;
			return;
		}
		if (pos < line.n && line.p[pos] == '"') {
			f = quoted(a, line, &pos);
			/* What stands between the quote and the comma belongs to nothing. */
			end = str_find(line, pos, ',');
		} else {
			end = str_find(line, pos, ',');
			f = str_trim(str_sub(line, pos, end - pos));
		}
		out->field[out->n++] = f;
		pos = end;
	}
}
