/* SPDX-License-Identifier: ISC */
/*
 * suggest.c - changes of a remedy put to the records that they replace.
 */
#include "audit/gate/suggest.h"
#include "audit/error.h"
#include "audit/sources/rewrite.h"
#include "audit/sources/zonefile.h"

#define MAX_LINE_BYTES ((size_t)256 << 10) /* an rdata of 64 KiB, each byte as \DDD */

/* The answer to Q out of a zone with the one record OWNER TYPE RDATA; NULL = it is none. */
static const struct answer *
read_record(const struct name *owner, uint16_t type, struct str rdata)
{
	struct source *zone = zonefile_new();
	struct world *w = world_new(NULL);
	struct question q = question_dns(owner, type);
	const struct answer *a = NULL;
	struct buf b;

	buf_init(&b, MAX_LINE_BYTES);
	name_print(&b, owner);
	buf_adds(&b, owner->n > 1 ? ". 3600 IN " : " 3600 IN ");
	type_print(&b, type);
	buf_addc(&b, ' ');
	buf_add(&b, rdata);
	buf_addc(&b, '\n');
	world_add(w, zone);
	/* a line end inside RDATA would begin a record of its own */
	if (!b.over && str_find(rdata, 0, '\n') == rdata.n &&
	    zonefile_load_text(zone, "remedy", buf_str(&b)) == AUDIT_OK)
		a = world_ask(w, &q, NULL);
	if (a != NULL && a->n_rr != 1) {
		answer_unref(a);
		a = NULL;
	}
	world_free(w);
	buf_free(&b);
	return a;
}

/* Of a TXT the text counts, not how it is cut. */
static bool
is_same(const struct rr *x, const struct rr *y)
{
	return x->type == RR_TXT ? str_eq(x->text, y->text) : str_eq(x->data, y->data);
}

/* C, which replaces a record of HEAD, into *OUT; false when it cannot be told. */
static bool
suggest(const struct side *head, struct arena *a, const struct change *c, struct suggestion *out)
{
	struct question q = question_dns(&c->name, c->type);
	const struct answer *there = side_answer(head, &q);
	const struct answer *old = read_record(&c->name, c->type, c->old);
	const struct answer *new = read_record(&c->name, c->type, c->new);
	bool done = false;

	for (size_t i = 0; there != NULL && old != NULL && new != NULL &&i < there->n_rr; i++) {
		struct rewrite w = {
			.owner = &c->name, .old = &there->rr[i], .data = new->rr[0].data
		};

		if (there->n_chain > 0 || !is_same(&there->rr[i], &old->rr[0]))
			continue;
		done = rewrite_record(head->zones, a, &w, out);
		break;
	}
	if (done) { /* what came with the answer goes with it */
		out->file = arena_str(a, out->file);
		out->text = arena_str(a, out->text);
	}
	answer_unref(there);
	answer_unref(old);
	answer_unref(new);
	return done;
}

void
suggest_domain(const struct side *head, struct arena *a, struct domain_result *out)
{
	struct judged *list = (struct judged *)(uintptr_t)out->findings;

	for (size_t i = 0; i < out->n_findings; i++) {
		struct judged *g = &list[i];
		const struct remedy *m = &g->f->remedy;
		struct suggestion *all;

		if ((g->change != CHANGE_IS_NEW && g->change != CHANGE_IS_WORSE) ||
		    m->n_changes == 0)
			continue;
		all = arena_array(a, m->n_changes, sizeof(*all));
		for (size_t k = 0; k < m->n_changes; k++)
			if (m->changes[k].action == CHANGE_REPLACE &&
			    suggest(head, a, &m->changes[k], &all[g->n_suggestions]))
				g->n_suggestions++;
		g->suggestions = all;
	}
}
