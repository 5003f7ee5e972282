/* SPDX-License-Identifier: ISC */
/*
 * changes_json.c - what a change does to mail, as JSON.
 */
#include "report/changes.h"

#include "report/report.h"

/* KEY: S, unless it is empty. */
static void
member(struct json *j, const char *key, struct str s)
{
	if (s.n == 0)
		return;
	json_key(j, key);
	json_escaped(j, s);
}

static void
part_json(struct json *j, const struct mail_change_part *p)
{
	json_open(j, '{');
	json_member(j, "part", mail_part_name(p->part));
	member(j, "what", p->what);
	member(j, "was", p->was);
	member(j, "is", p->is);
	if (p->way != WAY_NONE)
		json_member(j, "way", mail_way_name(p->way));
	member(j,
	    p->part == PART_NETWORK_LOST || p->part == PART_NETWORK_GAINED ? "sender" : "selector",
	    p->who);
	member(j, "ip", p->ip);
	if (p->unsure)
		json_member_flag(j, "unsure", true);
	if (p->count > 0)
		json_member_uint(j, "count", p->count);
	json_close(j, '}');
}

void
changes_json(struct json *j, const struct mail_changes *all)
{
	struct buf b;

	buf_init(&b, MAX_REPORT_BYTES);
	json_key(j, "changes");
	json_open(j, '[');
	for (size_t i = 0; i < all->n; i++) {
		const struct mail_change *c = &all->list[i];

		json_open(j, '{');
		json_member(j, "area", mail_area_name(c->area));
		buf_reset(&b);
		name_print(&b, &c->owner);
		json_key(j, "owner");
		json_str(j, buf_str(&b));
		buf_reset(&b);
		change_line(&b, c);
		json_key(j, "text");
		json_escaped(j, buf_str(&b));
		json_key(j, "parts");
		json_open(j, '[');
		for (size_t k = 0; k < c->n_parts; k++)
			part_json(j, &c->parts[k]);
		json_close(j, ']');
		json_close(j, '}');
	}
	json_close(j, ']');
	buf_free(&b);
}
