/* SPDX-License-Identifier: ISC */
/*
 * docrecord.c - values of a YAML or JSON file into records and faults of a zone.
 */
#include "audit/sources/docrecord.h"
#include "audit/sources/rdata.h"
#include "audit/sources/zonelex.h"

#define MAX_STRING 255 /* RFC 1035 3.3 */

struct zone_text *
docrecord_zone(struct zone_load *l, struct str file, const struct name *apex, enum zone_input input)
{
	struct zone_text *t = arena_alloc(l->a, sizeof(*t));

	t->path = file;
	t->last = &t->first;
	t->apex = *apex;
	t->input = input;
	return t;
}

struct doc_bytes
docrecord_bytes(struct arena *a, const struct doc *d, const struct doc_node *n)
{
	struct doc_bytes b = { .n = n->text.n };

	b.p = arena_alloc(a, b.n + 1);
	b.at = arena_array(a, b.n + 1, sizeof(*b.at));
	if (b.n > 0)
		memcpy(b.p, n->text.p, b.n);
	(void)doc_place(d, n, b.at);
	return b;
}

/* B as presentation form has it: escapes undone (RFC 1035 5.1); a \ that begins none stays. */
static void
unescape(struct doc_bytes *b)
{
	struct str s = { b->p, b->n };
	size_t pos = 0, n = 0;

	while (pos < s.n) {
		size_t from = pos;
		uint8_t c;

		if (!zonelex_byte(s, &pos, &c))
			c = (uint8_t)s.p[pos++];
		b->p[n] = (char)c; /* never before POS */
		b->at[n++] = b->at[from];
	}
	b->n = n;
}

/* B without its bytes FROM to TO. */
static void
drop(struct doc_bytes *b, size_t from, size_t to)
{
	memmove(b->p + from, b->p + to, b->n - to);
	memmove(b->at + from, b->at + to, (b->n - to) * sizeof(*b->at));
	b->n -= to - from;
}

/* Where a chunk ends and the next begins, at FROM: `" "`, or `""` when TIGHT; its bytes, 0 = not
 * here. */
static size_t
joint(const struct doc_bytes *b, size_t from, bool tight)
{
	size_t i = from + 1;

	if (b->p[from] != '"')
		return 0;
	while (i < b->n && (ascii_isblank(b->p[i]) || b->p[i] == '\n'))
		i++;
	return (tight || i > from + 1) && i < b->n && b->p[i] == '"' ? i + 1 - from : 0;
}

void
docrecord_unquote(struct doc_bytes *b, bool tight)
{
	size_t n = 0;

	if (b->n >= 2 && b->p[0] == '"' && b->p[b->n - 1] == '"') {
		drop(b, b->n - 1, b->n);
		drop(b, 0, 1);
	}
	for (size_t i = 0; i < b->n;) {
		size_t skip = joint(b, i, tight);

		if (skip > 0) {
			i += skip;
			continue;
		}
		for (size_t k = b->p[i] == '\\' && i + 1 < b->n ? 2 : 1; k > 0; k--) {
			b->p[n] = b->p[i];
			b->at[n++] = b->at[i++];
		}
	}
	b->n = n;
	unescape(b);
}

/* What R calls REC, made and hung up; the rdata is still to come. */
static struct zone_record *
new_record(struct docread *r, const struct docrecord *rec, struct str data)
{
	struct zone_record *out = arena_alloc(r->l->a, sizeof(*out));
	struct rr *rr = &out->rr;

	out->owner = arena_str(r->l->a, wire_of(&rec->owner));
	out->lenient = rec->lenient;
	*rr = (struct rr){ .type = rec->type, .ttl_s = rec->ttl_s, .data = data, .file = r->file };
	if (rec->type == RR_TXT || rec->type == RR_SPF)
		rr->text = rdata_text(r->l->a, data);
	if (rec->spot.line > 0) {
		rr->file = rec->spot.file;
		rr->line = rec->spot.line;
		rr->column = rec->spot.column;
		rr->end_line = rec->spot.end_line;
		rr->end_column = rec->spot.end_column;
	} else if (rec->from != NULL) {
		doc_where(r->doc, rec->from->from, &rr->line, &rr->column);
		doc_where(r->doc, doc_end(r->doc, rec->to), &rr->end_line, &rr->end_column);
	}
	*r->t->last = out;
	r->t->last = &out->next;
	r->t->n++;
	r->l->records++;
	return out;
}

/* False when there is no room for one more. */
static bool
has_room(struct docread *r, const struct docrecord *rec)
{
	if (r->l->records < MAX_ZONE_RECORDS)
		return true;
	docrecord_refuse(r, rec, rec->from, "is one record more than is read");
	docrecord_missing(r, &r->t->apex);
	return false;
}

/* Where the bytes of B stand, as runs. */
static void
put_places(struct docread *r, struct rr *rr, const struct doc_bytes *b)
{
	struct rr_pos *pos = NULL;
	size_t n = 0, cap = 0;

	for (size_t i = 0; i < b->n; i++) {
		struct rr_pos here = { .offset = (uint32_t)i };

		if (i > 0 && b->at[i] == b->at[i - 1] + 1 && r->doc->bytes.p[b->at[i - 1]] != '\n')
			continue;
		doc_where(r->doc, b->at[i], &here.line, &here.column);
		(void)arena_grow(r->l->a, &pos, n, &cap, sizeof(*pos));
		pos[n++] = here;
	}
	rr->pos = pos;
	rr->n_pos = n;
}

void
docrecord_text(struct docread *r, const struct docrecord *rec, const struct doc_bytes *b)
{
	struct buf *to = &r->l->rdata;
	struct zone_record *out;
	size_t pos = 0;

	if (!has_room(r, rec))
		return;
	buf_reset(to);
	do {
		size_t n = b->n - pos < MAX_STRING ? b->n - pos : MAX_STRING;

		buf_addc(to, (char)n);
		buf_add(to, (struct str){ b->p + pos, n });
		pos += n;
	} while (pos < b->n);
	if (to->over) {
		docrecord_refuse(r, rec, rec->from, "is longer than a record may be");
		return;
	}
	out = new_record(r, rec, arena_str(r->l->a, buf_str(to)));
	if (rec->spot.line == 0)
		put_places(r, &out->rr, b);
}

/* REC of the N tokens, WORD[i] being what token i was made of. */
static bool
put_tokens(struct docread *r, const struct docrecord *rec, const struct ztoken *token, size_t n,
    const struct doc_node *const *word)
{
	struct rdata_in in = { .type = rec->type, .token = token, .n = n, .origin = r->origin };
	struct rdata rd;

	if (!has_room(r, rec))
		return false;
	if (!rdata_parse(r->l->a, &r->l->rdata, &in, &rd)) {
		docrecord_refuse(r, rec, word[rd.bad < n ? rd.bad : n - 1], rd.reason);
		return false;
	}
	(void)new_record(r, rec, rd.data);
	return true;
}

bool
docrecord_fields(
    struct docread *r, const struct docrecord *rec, const struct doc_node *const *field, size_t n)
{
	struct ztoken token[MAX_DOC_FIELDS];

	for (size_t i = 0; i < n; i++)
		token[i] = (struct ztoken){ .raw = field[i]->text };
	return put_tokens(r, rec, token, n, field);
}

bool
docrecord_line(struct docread *r, const struct docrecord *rec, const struct doc_node *word)
{
	const struct doc_node *words[MAX_DOC_FIELDS];
	struct zonelex lx;
	struct zone_entry e;
	bool ok = false;

	zonelex_init(&lx, word->text);
	if (!zonelex_next(&lx, &e) || e.fault != ZONELEX_OK || e.n == 0 || e.n > MAX_DOC_FIELDS) {
		docrecord_refuse(r, rec, word, "is not rdata of this type");
	} else {
		for (size_t i = 0; i < e.n; i++)
			words[i] = word;
		ok = put_tokens(r, rec, e.token, e.n, words);
	}
	zonelex_free(&lx);
	return ok;
}

struct zone_fault *
docrecord_fault(struct docread *r, const char *code, const struct doc_node *n, struct str text,
    const char *reason)
{
	struct zone_fault *f = zone_fault_add(r->l->a, &r->t->faults, code);

	if (f == NULL) {
		f = &r->l->beyond;
		*f = (struct zone_fault){ .line = 0 };
		return f;
	}
	f->file = r->file;
	f->text = str_sub(text, 0, MAX_ZONE_FAULT_TEXT);
	f->reason = reason;
	f->line = f->column = 1;
	if (n != NULL)
		doc_where(r->doc, n->from, &f->line, &f->column);
	return f;
}

void
docrecord_unread(struct docread *r, const struct docrecord *rec, bool later)
{
	struct zone_unread *u;

	if (rec->type == 0)
		return;
	if (rec->type == RR_NS || rec->type == RR_DNAME) /* what is below may be elsewhere */
		docrecord_missing(r, &rec->owner);
	if (r->t->n_unread >= MAX_ZONE_UNREAD) {
		docrecord_missing(r, &r->t->apex);
		return;
	}
	r->t->n_unread++;
	u = arena_alloc(r->l->a, sizeof(*u));
	*u = (struct zone_unread){ .next = r->t->unread,
		.owner = arena_str(r->l->a, wire_of(&rec->owner)),
		.type = rec->type,
		.later = later };
	r->t->unread = u;
}

void
docrecord_refuse(
    struct docread *r, const struct docrecord *rec, const struct doc_node *n, const char *reason)
{
	bool mail = rec->owner.n > 0 && zone_is_mail(wire_of(&rec->owner), rec->type);
	struct zone_fault *f = docrecord_fault(
	    r, mail ? "zone-unparsed-mail-line" : "zone-unparsed-line", n, doc_text(n), reason);

	f->owner = rec->owner;
	f->type = rec->type;
	if (rec->spot.line > 0) {
		f->file = rec->spot.file;
		f->line = rec->spot.line;
		f->column = rec->spot.column;
	}
	if (rec->owner.n > 0)
		docrecord_unread(r, rec, false);
}

void
docrecord_flat(struct docread *r, const struct name *owner)
{
	struct zone_mark *m;

	if (r->l->records++ >= MAX_ZONE_RECORDS) {
		docrecord_missing(r, &r->t->apex);
		return;
	}
	m = arena_alloc(r->l->a, sizeof(*m));
	m->name = *owner;
	m->next = r->t->flat;
	r->t->flat = m;
}

void
docrecord_missing(struct docread *r, const struct name *name)
{
	struct zone_mark *m;
	size_t n = 0;

	for (m = r->t->missing; m != NULL; m = m->next, n++)
		if (name_is_below(name, &m->name))
			return;
	m = arena_alloc(r->l->a, sizeof(*m));
	m->name = n < MAX_ZONE_MARKS ? *name : r->t->apex;
	m->next = r->t->missing;
	r->t->missing = m;
}

void
docrecord_broken(struct docread *r)
{
	const struct doc *d = r->doc;
	struct zone_fault *f;
	size_t line_end, from;

	if (d->reason == NULL)
		return;
	docrecord_missing(r, &r->t->apex);
	f = docrecord_fault(r, "zone-unparsed-file", NULL, STR(""), d->reason);
	doc_where(d, d->bad, &f->line, &f->column);
	from = d->line_at[f->line - 1];
	line_end = str_find(d->bytes, from, '\n');
	f->text =
	    str_sub(str_trim(str_sub(d->bytes, from, line_end - from)), 0, MAX_ZONE_FAULT_TEXT);
}
