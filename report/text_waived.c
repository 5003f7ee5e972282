/* SPDX-License-Identifier: ISC */
/*
 * text_waived.c - what was found and is accepted by a waiver: in no count, but never
 * out of sight.
 */
#include "report/text.h"

static void
one(struct ink *k, const struct judged *g)
{
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	sentence_add(&b, rule_of(g->f->id)->sentence, g->f);
	finding_head_text(k, g, buf_str(&b));
	buf_reset(&b);
	if (g->waiver->until != 0) {
		date_add(&b, g->waiver->until);
		buf_adds(&b, ": ");
	}
	buf_add_escaped(&b, g->waiver->reason);
	aside_text(k, g->waiver->until != 0 ? STR("waived until") : STR("waived"), buf_str(&b));
	buf_free(&b);
}

void
waived_text(struct ink *k, const struct domain_result *d)
{
	struct buf b;

	if (d->n_suppressed == 0)
		return;
	buf_init(&b, MAX_SENTENCE);
	count_add(&b, d->n_suppressed, "finding");
	buf_adds(&b, " waived");
	if (!k->style->verbose)
		buf_adds(&b, " (--verbose lists them)");
	ink_dim_line(k, buf_str(&b));
	buf_free(&b);
	for (size_t i = 0; i < d->n_suppressed && k->style->verbose; i++)
		one(k, &d->suppressed[i]);
	if (k->style->verbose)
		ink_end(k);
}
