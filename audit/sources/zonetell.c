/* SPDX-License-Identifier: ISC */
/*
 * zonetell.c - the faults of a zone file, and its gaps; see zonetell.h.
 */
#include "audit/sources/zonetell.h"

static struct str
cut(struct str s)
{
	return str_sub(s, 0, MAX_ZONE_FAULT_TEXT);
}

struct zone_fault *
zone_tell(struct zone_reader *r, const char *code, struct str text, uint32_t line, uint32_t column)
{
	struct zone_fault *f = zone_fault_add(r->l->a, &r->t->faults, code);

	if (f == NULL) {
		f = &r->l->beyond;
		*f = (struct zone_fault){ .line = 0 };
		return f;
	}
	f->file = r->path;
	f->text = cut(text);
	f->line = r->forced != NULL ? r->forced->line : line;
	f->column = r->forced != NULL ? r->forced->column : column;
	return f;
}

struct zone_fault *
zone_tell_token(struct zone_reader *r, const char *code, const struct ztoken *t, const char *reason)
{
	struct zone_fault *f = zone_tell(r, code, t->raw, t->line, t->column);

	f->reason = reason;
	return f;
}

bool
zone_mark_add(struct zone_reader *r, struct zone_mark **list, const struct name *name)
{
	struct zone_mark *m;
	size_t n = 0;

	for (m = *list; m != NULL; m = m->next) {
		if (name_eq(&m->name, name))
			return true;
		if (++n >= MAX_ZONE_MARKS)
			return false;
	}
	m = arena_alloc(r->l->a, sizeof(*m));
	m->name = *name;
	m->next = *list;
	*list = m;
	return true;
}

void
zone_mark_missing(struct zone_reader *r, const struct name *origin)
{
	static const struct name root = { .n = 1 };

	if (origin->n > 0 && zone_mark_add(r, &r->t->missing, origin))
		return;
	if (r->t->missing != NULL)
		r->t->missing->name = root;
	else
		(void)zone_mark_add(r, &r->t->missing, &root);
}

/* A record of TYPE stands at R's owner, and cannot be read: it is not absent. */
static void
note_unread(struct zone_reader *r, uint16_t type)
{
	const struct name anywhere = { .n = 0 };
	struct zone_unread *u;

	if (r->t->n_unread >= MAX_ZONE_UNREAD) {
		zone_mark_missing(r, &anywhere);
		return;
	}
	r->t->n_unread++;
	u = arena_alloc(r->l->a, sizeof(*u));
	*u = (struct zone_unread){ .next = r->t->unread, .owner = r->owner, .type = type };
	r->t->unread = u;
}

bool
zone_refuse(struct zone_reader *r, const struct ztoken *t, uint16_t type, const char *reason)
{
	struct zone_fault *f = zone_tell_token(r,
	    zone_is_mail(r->owner, type) ? "zone-unparsed-mail-line" : "zone-unparsed-line", t,
	    reason);

	if (type != 0)
		note_unread(r, type);
	if (type == RR_NS || type == RR_DNAME) { /* what is below may be elsewhere */
		struct name owner = name_of_wire(r->owner);

		zone_mark_missing(r, &owner);
	}
	f->owner = name_of_wire(r->owner);
	f->type = type;
	return false;
}
