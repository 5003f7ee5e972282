/* SPDX-License-Identifier: ISC */
/*
 * rewrite.c - where the old record stands, and zone files (RFC 1035 5.1).
 */
#include "audit/sources/rewrite.h"
#include "audit/sources/rdata.h"
#include "audit/sources/zonesource.h"

#define MAX_REWRITTEN 400000 /* rdata of 65,535 octets, each as \DDD, in quotes */

/* The file called PATH; NULL when it is not there, or there twice: then zones share it. */
static const struct zone_file *
file_of(const struct zonedb *db, struct str path)
{
	const struct zone_file *found = NULL;

	for (const struct zone_file *f = db->files; f != NULL; f = f->next)
		if (str_eq(f->path, path)) {
			if (found != NULL)
				return NULL;
			found = f;
		}
	return found;
}

/* Offset of LINE, COLUMN in S; false when there is no such place. */
static bool
offset_of(struct str s, uint32_t line, uint32_t column, size_t *out)
{
	size_t at = 0;

	if (line == 0 || column == 0)
		return false;
	for (; line > 1 && at < s.n; line--)
		at = str_find(s, at, '\n') + 1;
	*out = at + column - 1;
	return line == 1 && *out <= s.n;
}

/*
 * Parentheses that open in S and do not close (positive), or the other way round:
 * the text in place of S has to have them, too.
 */
static int
open_in(struct str s)
{
	int depth = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == ';')
			i = str_find(s, i, '\n');
		else if (s.p[i] == '"')
			for (i++; i < s.n && s.p[i] != '"' && s.p[i] != '\n'; i++)
				i += s.p[i] == '\\';
		else if (s.p[i] == '(' || s.p[i] == ')')
			depth += s.p[i] == '(' ? 1 : -1;
	}
	return depth;
}

static bool
rewrite_bind(const struct rewriting *r, struct buf *b)
{
	struct str old = str_sub(r->file, r->from, r->to - r->from);
	int depth = open_in(old);

	if (str_has_iprefix(old, STR("$")))
		return false; /* a $GENERATE: its records share one line */
	for (int i = depth; i > 0; i--)
		buf_adds(b, "( ");
	rr_print(b, r->new);
	for (int i = depth; i < 0; i++)
		buf_adds(b, " )");
	return true;
}

static bool
write_new(enum zone_input input, const struct rewriting *r, struct buf *b)
{
	switch (input) {
	case INPUT_BIND:
		return r->file.n > 0 && rewrite_bind(r, b);
	case INPUT_OCTODNS:
		return r->file.n > 0 && rewrite_octodns(r, b);
	case INPUT_DNSCONTROL:
		return rewrite_dnscontrol(r, b);
	case INPUT_TERRAFORM:
		return rewrite_terraform(r, b);
	case INPUT_SNAPSHOT:
		break;
	}
	return false;
}

bool
rewrite_record(
    const struct source *s, struct arena *a, const struct rewrite *w, struct suggestion *out)
{
	const struct zonedb *db = &((const struct zone_source *)s)->db;
	const struct zone *z = zonedb_zone(db, w->owner);
	const struct zone_file *f = file_of(db, w->old->file);
	struct rr new = *w->old;
	struct name apex;
	struct rewriting r = { .w = w, .new = &new, .apex = &apex, .a = a };
	enum zone_input input;
	struct buf b;
	bool ok;

	if (z == NULL || !rr_data_ok(new.type, w->data))
		return false;
	input = f != NULL ? f->input : z->input;
	new.data = w->data;
	if (new.type == RR_TXT || new.type == RR_SPF)
		new.text = rdata_text(a, w->data);
	apex = name_of_wire(z->named.name);
	if (f != NULL && input != INPUT_DNSCONTROL && w->old->end_line > 0) {
		r.file = f->bytes;
		if (!offset_of(r.file, w->old->line, w->old->column, &r.from) ||
		    !offset_of(r.file, w->old->end_line, w->old->end_column, &r.to) ||
		    r.to <= r.from)
			return false;
	}
	buf_init(&b, MAX_REWRITTEN);
	ok = write_new(input, &r, &b) && !b.over;
	*out = (struct suggestion){ .file = w->old->file, .text = arena_str(a, buf_str(&b)) };
	buf_free(&b);
	if (r.file.n > 0) {
		out->line = w->old->line;
		out->column = w->old->column;
		out->end_line = w->old->end_line;
		out->end_column = w->old->end_column;
	}
	return ok;
}
