/* SPDX-License-Identifier: ISC */
/*
 * trace.c - one line a question.
 */
#include "audit/trace.h"
#include <stdio.h>

static void
print_question(struct buf *b, const struct question *q)
{
	static const char *const kinds[ASK_KINDS] = { "", "names below ", "suffix of ", "key",
		"zone of ", "now" };

	buf_adds(b, kinds[q->kind]);
	if (q->name.n > 0)
		name_print(b, &q->name);
	if (q->kind == ASK_DNS) {
		buf_addc(b, ' ');
		type_print(b, q->type);
	}
}

static void
print_answer(struct buf *b, const struct answer *a)
{
	buf_adds(b, ": ");
	buf_adds(b, status_name(a->status));
	if (a->cause != CAUSE_NONE) {
		buf_adds(b, " (");
		buf_adds(b, cause_name(a->cause));
		buf_addc(b, ')');
	}
	if (a->n_rr > 0) {
		buf_adds(b, ", records ");
		buf_addu(b, a->n_rr);
	}
	if (a->n_chain > 0) {
		buf_adds(b, ", by way of ");
		name_print(b, &a->chain[a->n_chain - 1]);
	}
	if (a->from.source.n > 0) {
		buf_adds(b, ", ");
		buf_add(b, a->from.source);
		buf_addc(b, ' ');
		buf_add_escaped(b, a->from.where);
	}
}

void
trace_print(const struct engine_result *r, const struct domain_result *d)
{
	const struct inquiry_entry **asked;
	struct arena a;
	struct buf b;
	size_t n;

	arena_init(&a, 0);
	buf_init(&b, MAX_REPORT_BYTES);
	n = inquiry_asked(r->q, &a, &asked);
	buf_add_escaped(&b, d->label);
	buf_adds(&b, ": questions ");
	buf_addu(&b, n);
	buf_adds(&b, ", runs ");
	buf_addu(&b, r->runs);
	buf_addc(&b, '\n');
	for (size_t i = 0; i < n; i++) {
		buf_adds(&b, "  ");
		print_question(&b, &asked[i]->q);
		print_answer(&b, asked[i]->answer);
		buf_addc(&b, '\n');
	}
	(void)fwrite(b.p, 1, b.n, stderr);
	buf_free(&b);
	arena_free(&a);
}
