/* SPDX-License-Identifier: ISC */
/*
 * refusal_steps.c - the reasoning about a refusal while it is written: steps, and what
 * they show.
 */
#include "checks/refusal_steps.h"

struct buf *
step_begin(struct reasoning *x)
{
	buf_reset(&x->au->findings->scratch);
	return &x->au->findings->scratch;
}

struct refusal_step *
step_end(struct reasoning *x, const struct name *name, uint16_t type)
{
	struct refusal_step *s;
	struct str words = buf_str(&x->au->findings->scratch);

	for (size_t i = 0; i < x->f->n_steps; i++)
		if (str_eq(x->f->steps[i].words, words))
			return &x->f->steps[i]; /* asked twice, told once */
	if (x->f->n_steps < MAX_REFUSAL_STEPS)
		s = &x->f->steps[x->f->n_steps++];
	else /* beyond the bound: not told */
		s = arena_alloc(x->au->arena, sizeof(*s));
	*s = (struct refusal_step){ .words = arena_str(x->au->arena, words) };
	if (name != NULL)
		s->q = question_dns(name, type);
	return s;
}

void
step_shows(struct reasoning *x, struct refusal_step *s, struct str text)
{
	struct buf *b = step_begin(x);

	buf_add_escaped(b, str_sub(text, 0, MAX_REFUSAL_TEXT));
	if (text.n > MAX_REFUSAL_TEXT)
		buf_adds(b, "...");
	s->shows = arena_str(x->au->arena, buf_str(b));
}

bool
step_readable(struct reasoning *x, const struct answer *a)
{
	if (is_pending(a)) {
		x->pending = true;
		return false;
	}
	if (a->status == ANSWER_FAILED) {
		if (x->f->failed == NULL)
			x->f->failed = a;
		return false;
	}
	x->f->ttl_s = a->ttl_s;
	return true;
}

void
step_causes(struct reasoning *x, const enum rule_id *list, size_t n)
{
	for (size_t i = 0; i < n && x->f->n_causes < MAX_REFUSAL_CAUSES; i++)
		x->f->causes[x->f->n_causes++] = list[i];
}

void
step_finds(struct reasoning *x, enum refusal_finds v)
{
	x->f->finds = v;
}
