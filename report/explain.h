/* SPDX-License-Identifier: ISC */
/*
 * explain.h - what `mailvet explain` found, in each format.
 *
 * Nothing is judged here.  All text of logs is the other side's: it is escaped
 * on its way out.
 */
#ifndef REPORT_EXPLAIN_H
#define REPORT_EXPLAIN_H
#include "report/model.h"
#include "report/report.h"

/* Where a report goes: a list may be too long to be held as a whole. */
struct explain_out {
	struct buf *b;
	bool redact;                             /* cover local parts */
	void (*flush)(void *ctx, struct buf *b); /* write what B holds and empty it */
	void *ctx;
};

/* The whole for people. */
void explain_text(
    struct explain_out *o, const struct report_style *style, const struct bounce_report *r);

/* The whole as one JSON object. */
void explain_json(struct explain_out *o, const struct bounce_report *r);

/* One event as a line of JSON. */
void explain_jsonl(struct explain_out *o, const struct bounce_line *l);

/* The whole as Markdown: groups, reasoning, what to change. */
void explain_markdown(struct explain_out *o, const struct bounce_report *r);

/* "confirmed", "fixed", "contradicted", "not-dns", "not-ours", "unknown"; "" for none. */
const char *bounce_verdict_name(enum bounce_verdict v);

/*
 * The order of verdicts for readers: what they can act on comes first.  The I-th of
 * N_VERDICTS - 1.
 */
enum bounce_verdict bounce_verdict_at(size_t i);

struct ink;

/* G with its verdict and reasoning, as a block of the text report. */
void explain_group_text(struct ink *k, const struct bounce_group *g);

/* Append how many mails, by whom, why, and the verdict; whose mail, when, how sure. */
void explain_group_head(struct buf *b, const struct bounce_group *g);
void explain_group_who(struct buf *b, const struct bounce_group *g);

/* The suppression list as CSV (RFC 4180), a head line first. */
void explain_csv(struct explain_out *o, const struct bounce_report *r);

/* Append R as one JSON object, one item a line if PRETTY. */
void explain_reading_json(struct buf *b, const struct bounce_reading *r, bool pretty);

/* Append R for people. */
void explain_reading_text(
    struct buf *b, const struct report_style *style, const struct bounce_reading *r);

#endif
