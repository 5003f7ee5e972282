/* SPDX-License-Identifier: ISC */
/*
 * sender.h - what a receiver concludes about one sender, for `mailvet evaluate`:
 * as text and as JSON.
 */
#ifndef REPORT_SENDER_H
#define REPORT_SENDER_H
#include "checks/spf_receiver.h"
#include "checks/streams.h"
#include "report/report.h"

/* One evaluation. */
struct sender_result {
	const struct spf_verdict *spf;           /* NULL = a bound of the run was passed */
	const struct answer *libspf2;            /* NULL = was not asked */
	const struct spf_difference *difference; /* of libspf2 from spf; NULL = none */
	struct addr ip;
	bool explain;                /* print the walk */
	bool wants_dmarc;            /* --from was given */
	const struct stream *stream; /* then: DKIM and DMARC; NULL = a bound was passed */
	struct report_style style;   /* of text */
};

/* Append R as text: the result first, the path to the term that decided it, the walk. */
void sender_text(struct buf *b, const struct sender_result *r);

/* Append R as one JSON object and LF; PRETTY = one item a line. */
void sender_json(
    struct buf *b, const struct sender_result *r, const struct run_result *run, bool pretty);

/* What receivers are asked to do with the mail of ST: "none", "quarantine", "reject". */
const char *disposition_name(const struct stream *st);

/* sender_dmarc.c: append the lines about DKIM and DMARC. */
void sender_dmarc_text(struct buf *b, const struct sender_result *r);

/* "no match", "match", "enter", "error". */
const char *outcome_name(enum spf_outcome o);

#endif
