/* SPDX-License-Identifier: ISC */
/*
 * trace.c - one line a question: its depth in the chain of dependent questions,
 * the check that asked it first, when, how long the answer took, and from where.
 */
#include "audit/trace.h"
#include <stdio.h>

static void
print_question(struct buf *b, const struct question *q)
{
	static const char *const kinds[ASK_KINDS] = {
		[ASK_DNS] = "",
		[ASK_NAMES] = "names below ",
		[ASK_SUFFIX] = "suffix of ",
		[ASK_KEY] = "key",
		[ASK_ZONE] = "zone of ",
		[ASK_NOW] = "now",
		[ASK_RECEIVER] = "verdict of libspf2 on ",
		[ASK_VERIFY] = "signatures of the message",
	};

	if (q->base)
		buf_adds(b, "before: ");
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

/* "  1  spf  at 0 ms, 21 ms  " ...: depth, who, when, how long. */
static void
print_entry(struct buf *b, const struct inquiry_entry *e)
{
	buf_adds(b, "  ");
	buf_addu(b, e->depth);
	buf_addc(b, ' ');
	if (e->who != NULL)
		buf_adds(b, e->who);
	buf_adds(b, " at ");
	buf_addu(b, e->asked_ms);
	buf_adds(b, " ms, ");
	buf_addu(b, e->took_ms);
	buf_adds(b, " ms: ");
	print_question(b, &e->q);
	print_answer(b, e->answer);
	buf_addc(b, '\n');
}

static bool
is_told(const struct inquiry_entry *e)
{
	return e->asked_by != 0 && e->answer != NULL;
}

void
trace_print(const struct engine_result *r, const struct domain_result *d)
{
	const struct inquiry *q = r->q;
	unsigned chain = 0;
	struct buf b;
	size_t n = 0;

	for (size_t i = 0; i < q->n; i++)
		if (is_told(&q->entries[i])) {
			n++;
			if (q->entries[i].depth > chain)
				chain = q->entries[i].depth;
		}
	buf_init(&b, MAX_REPORT_BYTES);
	buf_add_escaped(&b, d->label);
	buf_adds(&b, ": questions ");
	buf_addu(&b, n);
	buf_adds(&b, ", runs ");
	buf_addu(&b, r->runs);
	buf_adds(&b, ", chain ");
	buf_addu(&b, chain);
	buf_addc(&b, '\n');
	for (size_t i = 0; i < q->n; i++)
		if (is_told(&q->entries[i]))
			print_entry(&b, &q->entries[i]);
	(void)fwrite(b.p, 1, b.n, stderr);
	buf_free(&b);
}
