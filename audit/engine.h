/* SPDX-License-Identifier: ISC */
/*
 * engine.h - runs checks over subjects until nothing they asked is pending
 * (DESIGN.md 1).
 */
#ifndef AUDIT_ENGINE_H
#define AUDIT_ENGINE_H
#include "audit/loop.h"
#include "audit/world.h"
#include "checks/check.h"

#define MAX_RUNS 128                 /* rounds of dependent questions of a subject */
#define MAX_ARENA ((size_t)32 << 20) /* bytes one run of a subject may derive */

/* What came out of a subject; everything lives until done() returns. */
struct engine_result {
	size_t index; /* of the subject, in the order given */
	const struct subject *subject;
	const struct finding *findings; /* as added, in the order of the checks */
	const struct facts *facts;
	const struct inquiry *q; /* what was asked, for recording and tracing */
	uint64_t ran;            /* bit I: checks[I] ran */
	unsigned runs;
};

/* Where subjects come from and results go. */
struct engine_feed {
	/* The next subject, its data owned by A; false when there is none. */
	bool (*next)(void *ctx, struct subject *out, struct arena *a);
	void (*done)(void *ctx, const struct engine_result *r);
	void *ctx;
};

struct engine_options {
	size_t in_flight;    /* subjects at a time; 0 = 1 */
	bool in_order;       /* done() in the order of next(), a finished one waits */
	unsigned timeout_ms; /* for all questions of a subject together; 0 = none */
	bool (*wanted)(const void *ctx, const struct check *c); /* NULL = all */
	const void *wanted_ctx;
};

/* Run until FEED has no more and all are done.  0 or a negative AUDIT_E*. */
int engine_run(struct world *w, struct loop *loop, const struct engine_options *o,
    const struct engine_feed *feed) __attribute__((warn_unused_result));

#endif
