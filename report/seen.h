/* SPDX-License-Identifier: ISC */
/*
 * seen.h - who sends as a domain, for `mailvet senders`: as text and as JSON.
 */
#ifndef REPORT_SEEN_H
#define REPORT_SEEN_H
#include "checks/seen.h"
#include "report/report.h"

/* What is to be told; it lives elsewhere. */
struct seen_result {
	const struct seen_source *const *sources; /* by From domain, then as seen_order() has it */
	size_t n;
	size_t files, reports, refused, twice, others; /* files and reports, as read */
	size_t rows, bad, over; /* rows taken; left out: unreadable, too many */
	uint64_t messages;
	time_t first, last; /* of the reports; 0 = none said */
	bool configured;    /* a configuration says which senders are known */
	bool looked_up;     /* today's records were asked */
};

/* For qsort() over an array of sources: as the reports have them, the worst first. */
int seen_order(const void *a, const void *b);

/* Append R as text for people. */
void seen_text(struct buf *b, const struct seen_result *r);

/*
 * Append R as one JSON object (definitions/senders of schema.json), PRETTY one item a line;
 * or as lines, a source each and the run last.
 */
void seen_json(
    struct buf *b, const struct seen_result *r, const struct run_result *run, bool pretty);
void seen_jsonl(struct buf *b, const struct seen_result *r, const struct run_result *run);

#endif
