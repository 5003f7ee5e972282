/* SPDX-License-Identifier: ISC */
/*
 * edit.c - amends the answers of the sources behind it.
 */
#include "audit/sources/edit.h"
#include <stdlib.h>
#include "checks/core/arena.h"

struct edit_source {
	struct source source; /* first */
	struct arena arena;   /* of the edits */
	struct edit *edits;
	size_t n;
};

static enum source_reply
edit_ask(struct source *s, struct ticket *t, struct answer **out)
{
	(void)s;
	(void)t;
	(void)out;
	return SOURCE_NOT_MINE;
}

static bool
edit_owns(struct source *s, const struct name *name)
{
	const struct edit_source *es = (const struct edit_source *)s;

	for (size_t i = 0; i < es->n; i++)
		if (name_eq(&es->edits[i].owner, name))
			return true;
	return false;
}

/* Whether an edit puts a record of TYPE at NAME; 0 = any type, at NAME or below. */
static bool
adds(const struct edit_source *es, const struct name *name, uint16_t type)
{
	for (size_t i = 0; i < es->n; i++) {
		const struct edit *e = &es->edits[i];

		if (e->action == CHANGE_REMOVE)
			continue;
		if (type == 0 ? name_is_below(&e->owner, name)
			      : e->type == type && name_eq(&e->owner, name))
			return true;
	}
	return false;
}

/* The next byte of the joined text of TXT rdata; -1 at the end. */
static int
next_byte(struct str data, size_t *pos, struct str *string)
{
	while (string->n == 0)
		if (!txt_next(data, pos, string))
			return -1;
	string->n--;
	return (uint8_t)*string->p++;
}

/* Whether A and B are the same record: of a TXT the text counts, not how it is cut. */
static bool
is_same(uint16_t type, struct str a, struct str b)
{
	struct str sa = { NULL, 0 }, sb = { NULL, 0 };
	size_t pa = 0, pb = 0;
	int c;

	if (type != RR_TXT && type != RR_SPF)
		return str_eq(a, b);
	do
		if ((c = next_byte(a, &pa, &sa)) != next_byte(b, &pb, &sb))
			return false;
	while (c >= 0);
	return true;
}

static void
remove_data(struct answer_draft *d, uint16_t type, struct str data)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n_rr; i++)
		if (!is_same(type, d->rr[i].data, data))
			d->rr[n++] = d->rr[i];
	d->n_rr = n;
}

/* The records at Q's name in D, after the edits.  An edit without TTL keeps the one there is. */
static void
apply(const struct edit_source *es, const struct question *q, struct answer_draft *d)
{
	uint32_t ttl_s = d->n_rr > 0 ? d->rr[0].ttl_s : d->a.ttl_s;

	for (size_t i = 0; i < es->n; i++) {
		const struct edit *e = &es->edits[i];

		if (e->type != q->type || !name_eq(&e->owner, &q->name))
			continue;
		if (e->action != CHANGE_ADD)
			remove_data(d, q->type, e->old_data);
		if (e->action != CHANGE_REMOVE)
			(void)draft_add_rr(
			    d, q->type, e->ttl_s != 0 ? e->ttl_s : ttl_s, e->new_data);
	}
}

/* A draft for Q that says what A says of the very name: its records, or its CNAME. */
static void
copy_answer(
    struct answer_draft *d, struct arena *scratch, const struct question *q, const struct answer *a)
{
	draft_init(d, scratch, q, a->status);
	d->a = *a;
	d->a.q = *q;
	if (a->n_chain > 0)
		return;
	for (size_t i = 0; i < a->n_rr; i++) {
		struct rr *rr = draft_add_rr(d, a->rr[i].type, a->rr[i].ttl_s, a->rr[i].data);

		if (rr != NULL)
			*rr = a->rr[i];
	}
}

/* The CNAME at Q's name after the edits into *TO: what A walked, or what is added. */
static bool
cname_after(
    const struct edit_source *es, const struct question *q, const struct answer *a, struct name *to)
{
	bool has = a->n_chain > 0;

	if (has)
		*to = a->chain[0];
	for (size_t i = 0; i < es->n; i++) {
		const struct edit *e = &es->edits[i];
		struct rr rr = { .type = RR_CNAME, .data = e->new_data };

		if (e->type != RR_CNAME || !name_eq(&e->owner, &q->name))
			continue;
		has = e->action != CHANGE_REMOVE && rr_target(&rr, to);
	}
	return has;
}

static struct answer *
edit_amend(struct source *s, const struct question *q, struct answer *a)
{
	const struct edit_source *es = (const struct edit_source *)s;
	struct answer_draft d;
	struct arena scratch;
	struct answer *out;
	struct name to;
	bool goes_on;

	if (q->kind != ASK_DNS || a->status == ANSWER_FAILED)
		return a;
	if (!edit_owns(s, &q->name) && !(a->status == ANSWER_NXDOMAIN && adds(es, &q->name, 0)))
		return a;
	arena_init(&scratch, 0);
	copy_answer(&d, &scratch, q, a);
	apply(es, q, &d);
	goes_on = q->type != RR_CNAME && d.n_rr == 0 && cname_after(es, q, a, &to);
	if (goes_on)
		draft_add_link(&d, &to);
	if (goes_on || d.n_rr > 0)
		d.a.status = ANSWER_FOUND;
	else if (a->status == ANSWER_FOUND || adds(es, &q->name, 0))
		d.a.status = ANSWER_NODATA;
	d.a.from = (struct answer_from){ STR("edit"), a->from.where };
	out = answer_finish(&d);
	arena_free(&scratch);
	answer_unref(a);
	return out;
}

static void
edit_free(struct source *s)
{
	struct edit_source *es = (struct edit_source *)s;

	arena_free(&es->arena);
	free(es);
}

struct source *
edit_new(const struct edit *edits, size_t n)
{
	static const struct source_ops ops = {
		.name = "edit",
		.ask = edit_ask,
		.owns = edit_owns,
		.amend = edit_amend,
		.free = edit_free,
	};
	struct edit_source *es = xcalloc(1, sizeof(*es));

	es->source.ops = &ops;
	arena_init(&es->arena, 0);
	es->edits = arena_array(&es->arena, n + 1, sizeof(*es->edits));
	es->n = n;
	for (size_t i = 0; i < n; i++) {
		es->edits[i] = edits[i];
		es->edits[i].old_data = arena_str(&es->arena, edits[i].old_data);
		es->edits[i].new_data = arena_str(&es->arena, edits[i].new_data);
	}
	return &es->source;
}
