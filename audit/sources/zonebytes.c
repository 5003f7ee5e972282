/* SPDX-License-Identifier: ISC */
/*
 * zonebytes.c - the files of one load of zones: those that others include, those kept.
 */
#include "audit/sources/zonebytes.h"
#include "audit/sources/rdata.h"

void
zone_load_init(struct zone_load *l, struct arena *a, struct str root)
{
	*l = (struct zone_load){ .a = a, .root = root };
	buf_init(&l->rdata, MAX_RDATA);
}

void
zone_load_free(struct zone_load *l)
{
	buf_free(&l->rdata);
}

const char *
zonebytes_include(struct zone_load *l, struct str from, struct str name, struct zone_bytes *out)
{
	const char *reason = "too long a path";
	struct buf b;

	while (from.n > 0 && from.p[from.n - 1] != '/')
		from.n--;
	buf_init(&b, 4096); /* PATH_MAX */
	if (name.n > 0 && name.p[0] != '/')
		buf_add(&b, from);
	buf_add(&b, name);
	*out = (struct zone_bytes){ .path = arena_str(l->a, buf_str(&b)) };
	if (!b.over)
		reason = zonepath_read(l, out->path, true, &out->text, &out->id);
	buf_free(&b);
	return reason;
}

void
zonebytes_keep(struct zone_load *l, struct str path, struct str text, enum zone_input input)
{
	struct zone_file *f = arena_alloc(l->a, sizeof(*f));

	f->path = path;
	f->bytes = text;
	f->input = input;
	f->next = l->files;
	l->files = f;
}
