/* SPDX-License-Identifier: ISC */
/*
 * spf_run.c - the verdict of an evaluation while it is written.
 */
#include "checks/spf_run.h"

void
spf_walk_add(struct spf_run *r, const struct spf_frame *f, struct str term, struct str compared,
    enum spf_outcome outcome)
{
	if (!r->s->walk)
		return;
	if (r->n_walk == MAX_SPF_WALK) {
		r->out->walk_cut = true;
		return;
	}
	struct spf_walk *w = arena_alloc(r->au->arena, sizeof(*w));
	w->depth = f->depth;
	w->domain = f->domain;
	w->term = term;
	w->compared = arena_str(r->au->arena, compared);
	w->outcome = outcome;
	*r->last = w;
	r->last = &w->next;
	r->n_walk++;
}

/* The term that people are told: an include with another qualifier turns the match below it. */
static struct str
deciding_term(const struct spf_frame *f, struct str term)
{
	struct str found = term;
	for (; f != NULL; f = f->up)
		if (f->at != NULL && f->at->kind == TERM_INCLUDE && f->at->qualifier != '+')
			found = f->at->text;
	return found;
}

void
spf_settle(struct spf_run *r, const struct spf_frame *f, struct str term)
{
	struct spf_verdict *v = r->out;
	size_t n = 0;
	for (const struct spf_frame *g = f; g != NULL; g = g->up)
		n++;
	v->path = arena_array(r->au->arena, n, sizeof(*v->path));
	v->n_path = n;
	v->term = deciding_term(f, term);
	for (const struct spf_frame *g = f; g != NULL; g = g->up) {
		v->path[--n].domain = g->domain;
		v->path[n].term = g == f ? term : g->at->text;
	}
}

enum spf_match
spf_stop(struct spf_run *r, const struct spf_frame *f, struct str term, enum spf_why why,
    struct str target)
{
	bool temporary = why == WHY_LOOKUP_FAILED || why == WHY_TOO_MANY_TERMS;
	spf_settle(r, f, term);
	r->out->term = term;
	r->out->result = temporary ? RESULT_TEMPERROR : RESULT_PERMERROR;
	r->out->why = why;
	r->out->target = target;
	spf_walk_add(r, f, term, r->compared, OUTCOME_ERROR);
	return MATCH_STOP;
}
