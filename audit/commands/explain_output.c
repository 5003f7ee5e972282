/* SPDX-License-Identifier: ISC */
/*
 * explain_output.c - the reports of `mailvet explain` on their way out.
 */
#include <errno.h>
#include <stdio.h>
#include "audit/commands/explain.h"
#include "audit/error.h"
#include "audit/guard.h"
#include "audit/output.h"
#include "report/disarm.h"
#include "report/plan.h"

/* No output may be one of the inputs. */
static int
guard(const struct explain_options *o)
{
	struct check_options as = o->c; /* zones, recordings, reports are read too */

	for (size_t i = 0; i < o->n_outputs; i++)
		as.outputs[as.n_outputs++] =
		    (struct output_option){ .format = report_format_find(STR("text")),
			    .file = o->outputs[i].file };
	return guard_files(&as);
}

static int
open_one(struct explain_outputs *out, const struct explain_output *want)
{
	struct explain_to *t = &out->v[out->n];

	*t = (struct explain_to){ .want = *want, .to = stdout };
	if (want->file != NULL && (t->to = fopen(want->file, "w")) == NULL) {
		audit_warn("%s: %s", want->file, strerror(errno));
		return AUDIT_EWRITE;
	}
	buf_init(&t->b, MAX_REPORT_BYTES);
	out->n++;
	return AUDIT_OK;
}

int
explain_open(struct explain_outputs *out, const struct explain_options *o)
{
	static const struct explain_output text = { EXPLAIN_TEXT, NULL };
	int rc = guard(o);

	*out = (struct explain_outputs){ .redact = o->c.style.redact };
	if (rc == AUDIT_OK && o->n_outputs == 0)
		rc = open_one(out, &text);
	for (size_t i = 0; i < o->n_outputs && rc == AUDIT_OK; i++)
		rc = open_one(out, &o->outputs[i]);
	if (rc != AUDIT_OK && explain_close(out) != AUDIT_OK)
		rc = AUDIT_EWRITE;
	return rc;
}

/* Write what T holds. */
static void
flush(void *ctx, struct buf *b)
{
	struct explain_to *t = ctx;

	if (t->want.format == EXPLAIN_TEXT || t->want.format == EXPLAIN_MARKDOWN)
		disarm(b);
	if (!t->lost && (b->over || (b->n > 0 && fwrite(b->p, 1, b->n, t->to) != b->n)))
		(void)output_lose(t->want.file, b->over, &t->lost);
	buf_reset(b);
}

static struct explain_out
sink_of(struct explain_outputs *out, struct explain_to *t)
{
	return (struct explain_out){ .b = &t->b, .redact = out->redact, .flush = flush, .ctx = t };
}

void
explain_line(struct explain_outputs *out, const struct bounce_line *l)
{
	for (size_t i = 0; i < out->n; i++)
		if (out->v[i].want.format == EXPLAIN_JSONL) {
			struct explain_out o = sink_of(out, &out->v[i]);

			explain_jsonl(&o, l);
		}
}

/* What R proposes, in the form WANT. */
static void
plan_alone(struct buf *b, enum explain_format want, const struct bounce_report *r)
{
	if (r->plan == NULL)
		return;
	if (want == EXPLAIN_PLAN_ZONE)
		plan_zone(b, r->plan);
	else if (want == EXPLAIN_PLAN_NSUPDATE)
		plan_nsupdate(b, r->plan);
	else if (want == EXPLAIN_PLAN_OCTODNS)
		plan_octodns(b, r->plan);
}

void
explain_whole(
    struct explain_outputs *out, const struct explain_options *o, const struct bounce_report *r)
{
	for (size_t i = 0; i < out->n; i++) {
		struct explain_to *t = &out->v[i];
		struct explain_out sink = sink_of(out, t);
		struct report_style style = output_style(&o->c.style, o->c.color, t->to);

		if (t->want.format == EXPLAIN_TEXT)
			explain_text(&sink, &style, r);
		else if (t->want.format == EXPLAIN_JSON)
			explain_json(&sink, r);
		else if (t->want.format == EXPLAIN_CSV)
			explain_csv(&sink, r);
		else if (t->want.format == EXPLAIN_MARKDOWN)
			explain_markdown(&sink, r);
		else
			plan_alone(&t->b, t->want.format, r);
	}
}

void
explain_reading(
    struct explain_outputs *out, const struct explain_options *o, const struct bounce_reading *r)
{
	for (size_t i = 0; i < out->n; i++) {
		struct explain_to *t = &out->v[i];
		struct report_style style = output_style(&o->c.style, o->c.color, t->to);

		if (t->want.format == EXPLAIN_TEXT)
			explain_reading_text(&t->b, &style, r);
		else
			explain_reading_json(&t->b, r, t->want.format == EXPLAIN_JSON);
	}
}

int
explain_close(struct explain_outputs *out)
{
	int rc = AUDIT_OK;

	for (size_t i = 0; i < out->n; i++) {
		struct explain_to *t = &out->v[i];

		flush(t, &t->b);
		if (output_close(t->want.file, t->to) != 0 && !t->lost)
			(void)output_lose(t->want.file, false, &t->lost);
		if (t->lost)
			rc = AUDIT_EWRITE;
		buf_free(&t->b);
	}
	out->n = 0;
	return rc;
}
