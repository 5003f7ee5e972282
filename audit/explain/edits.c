/* SPDX-License-Identifier: ISC */
/*
 * edits.c - presentation form to wire form; see edits.h.
 */
#include "audit/explain/edits.h"
#include "audit/sources/rdata.h"

bool
rdata_of_text(struct arena *a, uint16_t type, struct str text, struct str *out)
{
	static const struct name no_origin = { .n = 0 };
	struct zonelex lx;
	struct zone_entry e;
	struct rdata rd = { .reason = NULL };
	bool good = false;
	struct buf b;

	buf_init(&b, MAX_RDATA);
	zonelex_init(&lx, text);
	if (zonelex_next(&lx, &e) && e.fault == ZONELEX_OK) {
		struct rdata_in in = {
			.type = type, .token = e.token, .n = e.n, .origin = &no_origin
		};

		good = rdata_parse(a, &b, &in, &rd);
	}
	if (good)
		*out = arena_str(a, rd.data);
	zonelex_free(&lx);
	buf_free(&b);
	return good;
}

bool
edits_of(struct arena *a, const struct change *list, size_t n, struct edit *out)
{
	for (size_t i = 0; i < n; i++) {
		const struct change *c = &list[i];

		out[i] = (struct edit){
			.action = c->action, .owner = c->name, .type = c->type, .ttl_s = c->ttl_s
		};
		if (c->action != CHANGE_ADD && !rdata_of_text(a, c->type, c->old, &out[i].old_data))
			return false;
		if (c->action != CHANGE_REMOVE &&
		    !rdata_of_text(a, c->type, c->new, &out[i].new_data))
			return false;
	}
	return true;
}
