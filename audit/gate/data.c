/* SPDX-License-Identifier: ISC */
/*
 * data.c - the answers of an inquiry, by who gave them.
 */
#include "audit/gate/data.h"
#include <stdlib.h>
#include "report/words.h"

#define MAX_DATA_TEXT 8192 /* a path, or a question */

struct texts {
	struct arena *a;
	struct str *v;
	size_t n, cap;
};

static int
cmp_texts(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void
add(struct texts *t, const struct buf *b)
{
	for (size_t i = 0; i < t->n; i++)
		if (str_eq(t->v[i], buf_str(b)))
			return;
	(void)arena_grow(t->a, &t->v, t->n, &t->cap, sizeof(*t->v));
	t->v[t->n++] = arena_str(t->a, buf_str(b));
}

/* Sort T; of what is too much only the number is left. */
static void
finish(struct texts *t)
{
	size_t more;
	struct buf b;

	if (t->n > 1)
		qsort(t->v, t->n, sizeof(*t->v), cmp_texts);
	if (t->n <= MAX_DATA_TOLD)
		return;
	more = t->n - MAX_DATA_TOLD;
	buf_init(&b, MAX_DATA_TEXT);
	buf_adds(&b, "and ");
	buf_addu(&b, more);
	buf_adds(&b, " more");
	t->v[MAX_DATA_TOLD] = arena_str(t->a, buf_str(&b));
	t->n = MAX_DATA_TOLD + 1;
	buf_free(&b);
}

/* What the findings of OUT lacked: a question that nothing hung on is not missed. */
static void
add_lacking(const struct domain_result *out, struct texts *t, struct buf *b)
{
	for (size_t i = 0; i < out->n_findings; i++) {
		const struct finding *f = out->findings[i].f;

		for (size_t k = 0; k < f->n_evidence; k++) {
			const struct answer *a = f->evidence[k];

			if (a->q.kind != ASK_DNS || a->status != ANSWER_FAILED ||
			    (a->cause != CAUSE_NOT_PROVIDED && a->cause != CAUSE_NOT_RECORDED))
				continue;
			buf_reset(b);
			question_add(b, &a->q);
			add(t, b);
		}
	}
}

void
data_of(const struct inquiry *q, struct arena *a, struct domain_result *out)
{
	struct texts used = { .a = a }, lacking = { .a = a };
	struct buf b;

	buf_init(&b, MAX_DATA_TEXT);
	for (size_t i = 0; i < q->n; i++) {
		const struct inquiry_entry *e = &q->entries[i];

		if (e->asked_by == 0 || e->answer == NULL || e->q.base || e->q.kind != ASK_DNS ||
		    e->answer->status == ANSWER_FAILED)
			continue;
		buf_reset(&b);
		from_add(&b, e->answer);
		if (b.n > 0)
			add(&used, &b);
	}
	add_lacking(out, &lacking, &b);
	buf_free(&b);
	finish(&used);
	finish(&lacking);
	out->used = used.v;
	out->n_used = used.n;
	out->lacking = lacking.v;
	out->n_lacking = lacking.n;
}
