/* SPDX-License-Identifier: ISC */
/*
 * zoneread.c - the entries of zone files into records: owners, TTLs, classes,
 * directives.
 */
#include "audit/sources/zoneread.h"
#include "audit/sources/rdata.h"
#include "audit/sources/zoneignore.h"
#include "audit/sources/zonequirk.h"
#include "audit/sources/zonetell.h"

/* The head of a record: what stands before its rdata. */
struct head {
	uint32_t ttl;
	bool has_ttl;
	uint16_t type;
	size_t n; /* tokens of it */
};

static void read_entries(struct zone_reader *r, struct str text);

/* The name that T writes, into *OUT.  NULL, or static words why it is none. */
static const char *
read_name(const struct zone_reader *r, const struct ztoken *t, struct name *out)
{
	enum name_error e;

	if (str_eq(t->raw, STR("@")) && r->origin.n > 0) {
		*out = r->origin;
		return NULL;
	}
	if (r->origin.n == 0 && (t->raw.n == 0 || t->raw.p[t->raw.n - 1] != '.'))
		return "is a relative name, and no $ORIGIN stands before it";
	e = r->origin.n == 0 ? name_parse(t->raw, out) : name_parse_at(t->raw, &r->origin, out);
	if (e == NAME_LONG || e == NAME_LABEL_LONG)
		return "is longer than a name or a label may be";
	return e == NAME_OK ? NULL : "is not a domain name";
}

/* The owner of entry E, which stays for the lines after it. */
static bool
read_owner(struct zone_reader *r, const struct zone_entry *e)
{
	const struct ztoken *t = &e->token[0];
	struct name name;
	const char *reason;

	if (e->blank) {
		if (r->owner.n > 0)
			return true;
		zone_tell_token(r, "zone-unparsed-line", t, "no owner stands before it");
		return false;
	}
	if (r->owner_raw.n > 0 && str_eq(r->owner_raw, t->raw))
		return true;
	reason = read_name(r, t, &name);
	if (r->origin.n == 0 && reason != NULL && zonequirk_is_undotted_soa(e) &&
	    name_parse(t->raw, &name) == NAME_OK)
		reason = NULL;
	if (reason != NULL) {
		zone_tell_token(r, "zone-unparsed-line", t, reason);
		r->owner = r->owner_raw = (struct str){ "", 0 };
		return false;
	}
	r->owner = arena_str(r->l->a, wire_of(&name));
	r->owner_raw = t->raw;
	return true;
}

/* A class: *OTHER when it is not IN. */
static bool
is_class(struct str w, bool *other)
{
	if (str_ieq(w, STR("IN")) || str_ieq(w, STR("CLASS1")))
		return true;
	*other = str_ieq(w, STR("CH")) || str_ieq(w, STR("HS")) || str_ieq(w, STR("CS")) ||
		 (str_has_iprefix(w, STR("CLASS")) && w.n > 5 && ascii_isdigit(w.p[5]));
	return *other;
}

/* The type that stands in E behind the token at I, which cannot be read; 0 = none. */
static uint16_t
type_behind(const struct zone_entry *e, size_t i)
{
	for (i++; i < e->n; i++)
		if (!e->token[i].quoted && rdata_type(e->token[i].raw) != 0)
			return rdata_type(e->token[i].raw);
	return 0;
}

/* TTL, class and type in any order but the type last (RFC 1035 5.1). */
static bool
read_head(struct zone_reader *r, const struct zone_entry *e, struct head *h)
{
	bool has_class = false, other = false;
	size_t i = e->blank ? 0 : 1;

	*h = (struct head){ .type = 0 };
	for (; i < e->n; i++) {
		const struct ztoken *t = &e->token[i];

		if (!has_class && is_class(t->raw, &other)) {
			has_class = true;
			if (other)
				return zone_refuse(r, t, type_behind(e, i), "is not the class IN");
		} else if (!h->has_ttl && t->raw.n > 0 && ascii_isdigit(t->raw.p[0])) {
			if (!rdata_time(t->raw, &h->ttl))
				return zone_refuse(r, t, type_behind(e, i), "is not a TTL");
			h->has_ttl = true;
		} else {
			h->type = t->quoted ? 0 : rdata_type(t->raw);
			h->n = i + 1;
			if (h->type == 0 && zonequirk_is_flat(e, i)) {
				zonequirk_flat(r->l, r->t, r->owner);
				return zone_refuse(r, t, 0,
				    "is a type of few name servers; where one of these serves the "
				    "zone, it is right");
			}
			if (h->type == 0)
				return zone_refuse(r, t, has_class ? type_behind(e, i) : 0,
				    "is not a record type");
			return true;
		}
	}
	return zone_refuse(r, &e->token[e->n - 1], 0, "the record type is missing");
}

/* RFC 2308 4: the record's own, $TTL, the last one told (RFC 1035 5.1). */
static uint32_t
ttl_of(struct zone_reader *r, const struct head *h)
{
	if (h->has_ttl) {
		r->last_ttl = h->ttl;
		r->has_last = true;
		return h->ttl;
	}
	if (r->has_ttl)
		return r->ttl;
	return r->has_last ? r->last_ttl : DEFAULT_TTL;
}

/* An SOA tells the apex, even one that cannot be read. */
static void
mark_soa(struct zone_reader *r)
{
	struct name name = name_of_wire(r->owner), up, twice;

	/* SOA at example.com.example.com.: the final dot is missing; zonejudge tells it */
	up = r->t->origin.n > 1 ? r->t->origin : r->t->guess;
	if (up.n > 1 && name_is_below(&name, &up) && name.n == 2 * up.n - 1) {
		twice = name_parent(&name, name_labels(&up));
		if (name_eq(&twice, &up) && memcmp(name.w, up.w, up.n - 1u) == 0)
			name = up;
	}
	(void)zone_mark_add(r, &r->t->soa, &name);
}

static void
add_record(
    struct zone_reader *r, const struct zone_entry *e, const struct head *h, const struct rdata *rd)
{
	const struct ztoken *from = &e->token[h->n < e->n ? h->n : e->n - 1];
	const struct ztoken *to = &e->token[e->n - 1];
	struct zone_record *rec = arena_alloc(r->l->a, sizeof(*rec));

	rec->owner = r->owner;
	rec->rr = (struct rr){ .type = h->type,
		.ttl_s = ttl_of(r, h),
		.data = rd->data,
		.file = r->path,
		.line = from->line,
		.column = from->column,
		.end_line = to->line,
		.end_column = to->end_column,
		.pos = rd->pos,
		.n_pos = rd->n_pos };
	if (h->type == RR_TXT || h->type == RR_SPF)
		rec->rr.text = rdata_text(r->l->a, rd->data);
	if (r->forced != NULL) {
		rec->rr.line = rec->rr.end_line = r->forced->line;
		rec->rr.column = r->forced->column;
		rec->rr.end_column = r->forced->end_column;
		rec->rr.pos = NULL;
		rec->rr.n_pos = 0;
	}
	*r->t->last = rec;
	r->t->last = &rec->next;
	r->t->n++;
	r->l->records++;
}

/* What is well-formed, but not what its writer meant or every server takes. */
static void
tell_text_faults(
    struct zone_reader *r, const struct zone_entry *e, const struct head *h, const struct rdata *rd)
{
	const struct ztoken *last = &e->token[e->n - 1];
	struct zone_fault *f = NULL;

	if (rd->long_string)
		f = zone_tell_token(r, "zone-txt-too-long", &e->token[h->n], NULL);
	else if (!last->quoted && last->before_comment && h->n < e->n &&
		 (h->type == RR_TXT || h->type == RR_SPF))
		f = zone_tell_token(r, "zone-txt-comment", last, NULL);
	if (f != NULL) {
		f->owner = name_of_wire(r->owner);
		f->type = h->type;
	}
}

static void
read_record(struct zone_reader *r, const struct zone_entry *e)
{
	struct head h;
	struct rdata rd;
	struct rdata_in in;

	if (!read_owner(r, e) || !read_head(r, e, &h))
		return;
	if (r->l->records >= MAX_ZONE_RECORDS) {
		zone_mark_missing(r, &r->origin);
		(void)zone_refuse(r, &e->token[0], h.type, "is one record more than is read");
		return;
	}
	if (h.type == RR_SOA)
		mark_soa(r);
	in = (struct rdata_in){
		.type = h.type, .token = e->token + h.n, .n = e->n - h.n, .origin = &r->origin
	};
	if (!rdata_parse(r->l->a, &r->l->rdata, &in, &rd)) {
		(void)zone_refuse(
		    r, &e->token[h.n + rd.bad < e->n ? h.n + rd.bad : e->n - 1], h.type, rd.reason);
		return;
	}
	if (h.type == RR_SOA && !r->has_ttl && !r->has_last && rd.data.n >= 4) {
		const uint8_t *min = (const uint8_t *)rd.data.p + rd.data.n - 4;

		/* RFC 1035 3.3.13: MINIMUM was the TTL of what tells none */
		r->last_ttl = (uint32_t)min[0] << 24 | (uint32_t)min[1] << 16 |
			      (uint32_t)min[2] << 8 | min[3];
		r->has_last = true;
	}
	tell_text_faults(r, e, &h, &rd);
	add_record(r, e, &h, &rd);
}

static void
do_origin(struct zone_reader *r, const struct zone_entry *e)
{
	struct name name, absolute;
	const char *reason = e->n == 2 ? NULL : "one name belongs behind $ORIGIN";
	bool is_absolute;

	if (reason == NULL && name_parse(e->token[1].raw, &absolute) != NAME_OK)
		absolute.n = 0;
	/* without one before it, and none that the file name gives, a name is taken as whole */
	is_absolute = r->origin.n == 0;
	if (reason == NULL && is_absolute && absolute.n > 0)
		name = absolute;
	else if (reason == NULL)
		reason = read_name(r, &e->token[1], &name);
	if (reason != NULL) {
		/* what follows belongs to names that nobody knows */
		zone_mark_missing(r, &r->origin);
		zone_tell_token(r, "zone-unparsed-line", &e->token[e->n == 2 ? 1 : 0], reason);
		return;
	}
	if (absolute.n > 1 && r->origin.n > 1 && name_eq(&absolute, &r->origin) &&
	    name.n > absolute.n) {
		zone_tell_token(r, "zone-unparsed-line", &e->token[1],
		    "has no final dot; it was taken as the whole name");
		name = absolute;
	}
	r->origin = name;
	r->owner_raw = (struct str){ "", 0 };
	if (r->t->origin.n == 0 && name.n > 1)
		r->t->origin = name;
}

static void
do_ttl(struct zone_reader *r, const struct zone_entry *e)
{
	if (e->n != 2 || !rdata_time(e->token[1].raw, &r->ttl))
		zone_tell_token(
		    r, "zone-unparsed-line", &e->token[e->n > 1 ? 1 : 0], "is not a TTL");
	else
		r->has_ttl = true;
}

/* The file that an $INCLUDE names: beside the one that names it, else in the root. */
static const char *
open_include(struct zone_reader *r, struct str raw, struct zone_bytes *file)
{
	const char *reason = zonebytes_include(r->l, r->path, raw, file);
	struct zone_seen *seen;

	if (reason != NULL)
		reason = zonebytes_include(r->l, r->t->path, raw, file);
	if (reason != NULL)
		return reason;
	zonebytes_keep(r->l, file->path, file->text, INPUT_BIND);
	seen = arena_alloc(r->l->a, sizeof(*seen));
	*seen = file->id;
	seen->next = r->l->included;
	r->l->included = seen;
	return NULL;
}

/* RFC 1035 5.1: the origin and owner of the file that includes stay its own. */
static void
do_include(struct zone_reader *r, const struct zone_entry *e)
{
	struct zone_reader sub = *r;
	const char *reason = e->n == 2 || e->n == 3 ? NULL : "a file belongs behind $INCLUDE";
	struct zone_bytes file;

	sub.owner_raw = (struct str){ "", 0 };
	if (reason == NULL && e->n == 3)
		reason = read_name(r, &e->token[2], &sub.origin);
	if (reason == NULL && ++sub.depth > MAX_INCLUDE_DEPTH)
		reason = "included deeper than is read";
	if (reason == NULL && r->l->includes++ >= MAX_INCLUDES)
		reason = "is one file more than is read";
	if (reason == NULL)
		reason = open_include(r, e->token[1].raw, &file);
	if (reason != NULL) {
		struct zone_fault *f =
		    zone_tell_token(r, "zone-include", &e->token[e->n > 1 ? 1 : 0], reason);

		f->owner = sub.origin;
		zone_mark_missing(r, &sub.origin);
		return;
	}
	sub.path = file.path;
	read_entries(&sub, file.text);
	r->ttl = sub.ttl;
	r->has_ttl = sub.has_ttl;
}

/* One record of a $GENERATE: the tokens behind the range, expanded, as a line. */
static bool
generate_one(struct zone_reader *r, const struct zone_entry *e, uint32_t value)
{
	struct buf b;
	bool ok = true;

	buf_init(&b, 4096);
	for (size_t i = 2; i < e->n && ok; i++) {
		if (i > 2)
			buf_addc(&b, ' ');
		if (e->token[i].quoted)
			buf_addc(&b, '"');
		ok = zonegen_expand(&b, e->token[i].raw, value);
		if (e->token[i].quoted)
			buf_addc(&b, '"');
	}
	ok = ok && !b.over && b.n <= MAX_ZONE_BYTES - r->l->bytes;
	if (ok) {
		r->l->bytes += b.n; /* made lines take memory as read ones do */
		read_entries(r, arena_str(r->l->a, buf_str(&b)));
	}
	buf_free(&b);
	return ok;
}

static void
do_generate(struct zone_reader *r, const struct zone_entry *e)
{
	struct zone_reader sub = *r;
	struct ztoken at;
	uint32_t from, to, step;
	const char *reason = NULL;

	if (e->n < 5 || r->forced != NULL || !zonegen_range(e->token[1].raw, &from, &to, &step)) {
		zone_mark_missing(r, &r->origin);
		zone_tell_token(
		    r, "zone-unparsed-line", &e->token[0], "is not a $GENERATE that is read");
		return;
	}
	at = e->token[0];
	at.end_column = e->token[e->n - 1].end_column;
	sub.forced = &at;
	for (uint64_t v = from; v <= to && reason == NULL; v += step) {
		size_t faults = r->t->faults.n;

		if (r->l->generated++ >= MAX_GENERATED)
			reason = "makes more records than are read";
		else if (!generate_one(&sub, e, (uint32_t)v))
			reason = "is not a template that is read";
		else if (r->t->faults.n > faults)
			break; /* told; the others would be the same */
	}
	if (reason != NULL) {
		zone_mark_missing(r, &r->origin);
		zone_tell_token(r, "zone-unparsed-line", &at, reason);
	}
}

static void
refuse_directive(struct zone_reader *r, const struct zone_entry *e)
{
	zone_mark_missing(r, &r->origin);
	zone_tell_token(r, "zone-unparsed-line", &e->token[0], "is not a directive");
}

static void
read_directive(struct zone_reader *r, const struct zone_entry *e)
{
	struct str w = e->token[0].raw;

	if (str_ieq(w, STR("$ORIGIN")))
		do_origin(r, e);
	else if (str_ieq(w, STR("$TTL")))
		do_ttl(r, e);
	else if (str_ieq(w, STR("$INCLUDE")))
		do_include(r, e);
	else if (str_ieq(w, STR("$GENERATE")))
		do_generate(r, e);
	else
		refuse_directive(r, e);
}

static void
read_entries(struct zone_reader *r, struct str text)
{
	struct zone_comments comments = { .a = r->l->a, .t = r->t, .file = r->path };
	struct zonelex lx;
	struct zone_entry e;

	zonelex_init(&lx, text);
	lx.comment = zoneignore_comment;
	lx.comment_arg = &comments;
	while (zonelex_next(&lx, &e)) {
		struct zone_fault *f = NULL;

		if (r->t->ignores != NULL)
			zoneignore_entry(r->t, e.line, e.n > 0 ? e.token[e.n - 1].line : e.line);

		if (e.fault != ZONELEX_OK) {
			f = zone_tell(
			    r, "zone-unbalanced", str_trim(e.text), e.fault_line, e.fault_column);
			f->reason = zonelex_reason(e.fault);
		}
		if (e.n == 0)
			continue;
		if (!e.blank && !e.token[0].quoted && e.token[0].raw.p[0] == '$')
			read_directive(r, &e);
		else
			read_record(r, &e);
		if (f != NULL)
			f->owner = name_of_wire(r->owner);
	}
	zonelex_free(&lx);
}

struct zone_text *
zoneread_text(struct zone_load *l, struct str path, const struct name *guess, struct str text)
{
	struct zone_text *t = arena_alloc(l->a, sizeof(*t));
	struct zone_reader r = { .l = l, .t = t, .path = path, .origin = *guess };

	t->path = path;
	t->guess = *guess;
	t->last = &t->first;
	read_entries(&r, text);
	return t;
}
