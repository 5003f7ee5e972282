/* SPDX-License-Identifier: ISC */
/*
 * verdict.h - the verdict on a group: what its case says today and then, weighed
 * against what the same receiver took of the same stream, what others took, and what
 * aggregate reports saw.
 *
 * Never more certain than the evidence: whatever could explain it otherwise is listed.
 */
#ifndef AUDIT_EXPLAIN_VERDICT_H
#define AUDIT_EXPLAIN_VERDICT_H
#include "audit/aggregate/evidence.h"
#include "audit/explain/cases.h"

#define MAX_MAYBE 8 /* explanations that are listed */

/* Aggregate reports about the From domain and address of a group, over its days. */
struct seen_then {
	uint64_t mails, dkim, spf, refused; /* passed with alignment; quarantined or rejected */
	size_t rows;
};

/* What a verdict hangs on. */
struct weighing {
	const struct bounce_group *g;
	const struct case_of *of;
	const struct explain_case *x; /* NULL unless it has a case */
	bool has_then;                /* a recording of that time was given */
	time_t then;                  /* its time */
	struct seen_then seen;
};

struct weighed {
	enum bounce_verdict verdict;
	const char *confidence;
	const char *maybe[MAX_MAYBE];
	size_t n_maybe;
	const char *lacks;   /* what could not be determined; static; "" = nothing */
	const char *because; /* why this verdict: a part of a sentence, static */
};

/* Weigh W. */
void verdict_weigh(const struct weighing *w, struct weighed *out);

/*
 * The level that G counts as (for --fail-on): its verdict and share of the stream's mail
 * at the provider.
 */
enum rule_level verdict_level(const struct bounce_group *g);

/* What the reports of E say of X's author and address on the days of G. */
struct seen_then verdict_seen(
    const struct evidence *e, const struct explain_case *x, const struct bounce_group *g);

#endif
