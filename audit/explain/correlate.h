/* SPDX-License-Identifier: ISC */
/*
 * correlate.h - refused mail and what DNS says, brought together: the groups of a report
 * become cases, the cases are audited, and each group gets its verdict.
 *
 * A recording beside zone files or servers is DNS as it was then; alone it is the world.
 */
#ifndef AUDIT_EXPLAIN_CORRELATE_H
#define AUDIT_EXPLAIN_CORRELATE_H
#include "audit/explain/audit.h"
#include "audit/explain/verdict.h"

struct correlation {
	const struct cases_options *co;
	struct classifier *classifier;
	const struct evidence *seen; /* of aggregate reports, sorted; may be empty */
	struct arena *a;             /* of what the report refers to */
	struct bounce_group *groups; /* of the report, ours to fill in */
	struct cases cases;
	struct judge judge;
	struct world *world; /* of today; until correlate_close() */
	struct loop *loop;
	struct recorder *recorder; /* NULL = nothing is written */
	struct run_result run;
	bool has_then;
	time_t then;  /* the time of the recording */
	bool lacking; /* something needed could not be determined */
};

/*
 * Audit the cases of R's groups by C->co, and give each group its verdict, steps and
 * level.  What is lacking is told on stderr.  The world stays, for a plan.  0 or a
 * negative AUDIT_E*; correlate_close() is due in any case.
 */
int correlate(struct correlation *c, struct bounce_report *r) __attribute__((warn_unused_result));

/* Write the recording, if one is wanted, and give back what C holds but its arena. */
int correlate_close(struct correlation *c) __attribute__((warn_unused_result));

#endif
