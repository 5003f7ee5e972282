/* SPDX-License-Identifier: ISC */
/*
 * changes_parts.c - the parts of a change while they are found.
 */
#include "checks/changes_parts.h"

struct mail_change_part *
change_add_part(struct arena *a, struct mail_change *c, enum mail_part part, struct str what)
{
	struct mail_change_part *p;

	if (c->n_parts >= MAX_CHANGE_PARTS) {
		c->n_more++;
		p = arena_alloc(a, sizeof(*p)); /* the caller may fill it in all the same */
	} else {
		arena_grow(a, &c->parts, c->n_parts, &c->cap, sizeof(*c->parts));
		p = &c->parts[c->n_parts++];
	}
	*p = (struct mail_change_part){ .part = part, .what = what };
	return p;
}
