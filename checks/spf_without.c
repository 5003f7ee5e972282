/* SPDX-License-Identifier: ISC */
/*
 * spf_without.c - see spf_without.h.
 */
#include "checks/spf_without.h"

bool
spf_without(struct spf_judge *j, const bool *skip, struct spf_without *out)
{
	struct spf_map map, again;
	struct spf_node node;
	struct spf_fix fix;

	*out = (struct spf_without){ .changed = { .arena = j->au->arena } };
	spf_fix_init(&fix, j->au->arena, j->record);
	for (size_t i = 0; i < j->record->n_terms; i++)
		if (skip[i])
			spf_fix_drop(&fix, i);
	out->text = spf_fix_text(&fix);
	if (out->text.n == 0 || !spf_cover_map(j->au->arena, j->tree, j->cover) ||
	    !spf_map(j->cover->mapper, j->tree->nodes[0], skip, &map))
		return false;
	/* the proof: what the text says is what was worked out without it */
	if (!spf_map_node(j->cover->mapper, out->text, &node) ||
	    !spf_map(j->cover->mapper, &node, NULL, &again) || !spf_map_eq(&map, &again))
		return false;
	spf_map_difference(&j->cover->map, &map, &out->changed);
	return true;
}

struct str
spf_without_text(struct spf_judge *j, const struct spf_without *w)
{
	const struct spf_networks *c = &w->changed;
	size_t shown = c->n < MAX_SPF_WITHOUT_SHOWN ? c->n : MAX_SPF_WITHOUT_SHOWN;
	struct buf *b = &j->au->findings->scratch;

	buf_reset(b);
	buf_adds(b, "The record is then \"");
	buf_add_escaped(b, w->text);
	buf_adds(b, "\"; the result changes for ");
	if (c->n == 0)
		buf_adds(b, "nobody");
	for (size_t i = 0; i < shown; i++) {
		buf_adds(b, i > 0 ? ", " : "");
		prefix_print(b, &c->list[i]);
	}
	if (c->n > shown || c->at_least) {
		buf_adds(b, " and ");
		buf_adds(b, c->at_least ? "at least " : "");
		buf_addu(b, c->n - shown);
		buf_adds(b, c->n - shown == 1 ? " more network" : " more networks");
	}
	buf_addc(b, '.');
	return arena_str(j->au->arena, buf_str(b));
}
