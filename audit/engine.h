/* SPDX-License-Identifier: ISC */
/*
 * engine.h - runs checks over subjects until nothing they asked is pending.
 *
 * Each check is run again, from the start, when what it waits for is here; one
 * that met nothing pending is done and is left alone (audit/checkup.h).  A check
 * that has some of what it asked for and waits for the rest is run when there is
 * nothing else to do, or a few milliseconds later: so what depends on a quick
 * answer is not held up by a slow one, and a busy engine runs it once for both.
 */
#ifndef AUDIT_ENGINE_H
#define AUDIT_ENGINE_H
#include "audit/loop.h"
#include "audit/world.h"
#include "checks/check.h"

#define MAX_RUNS 128       /* rounds of dependent questions of a subject */
#define MAX_QUEUE_SHARE 16 /* of its time a subject may lose in a queue, a round */

/* What came out of a subject; everything lives until done() returns. */
struct engine_result {
	size_t index; /* of the subject, in the order given */
	const struct subject *subject;
	const struct finding *findings; /* as added, in the order of the checks */
	const struct facts *facts;
	const struct inquiry *q; /* what was asked, for recording and tracing */
	uint64_t ran;            /* bit I: check I of the engine's ran */
	unsigned runs;           /* how often some of the checks were run */
};

enum feed_reply {
	FEED_END,   /* there are no more */
	FEED_LATER, /* none now: ask again when the loop has turned */
	FEED_ONE
};

/* Where subjects come from and results go. */
struct engine_feed {
	/*
	 * The next subject into *OUT, its data owned by A.  Only FEED_ONE fills
	 * it.  Whoever says FEED_LATER watches something in the loop that the
	 * engine was given: without a loop it is a bug.
	 */
	enum feed_reply (*next)(void *ctx, struct subject *out, struct arena *a);
	void (*done)(void *ctx, const struct engine_result *r);
	void *ctx;
};

struct engine_options {
	size_t in_flight;    /* subjects at a time, most; 0 = 1 */
	bool in_order;       /* done() in the order of next(), a finished one waits */
	unsigned timeout_ms; /* for all questions of a subject together; 0 = none */
	bool (*wanted)(const void *ctx, const struct check *c); /* NULL = all */
	const void *wanted_ctx;
	const struct check *checks; /* NULL = the table of all */
	size_t n_checks;
};

/*
 * Run until FEED has no more and all are done.  FEED is asked for as long as
 * there is room, and not before.  0 or a negative AUDIT_E*.
 */
int engine_run(struct world *w, struct loop *loop, const struct engine_options *o,
    const struct engine_feed *feed) __attribute__((warn_unused_result));

#endif
