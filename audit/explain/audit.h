/* SPDX-License-Identifier: ISC */
/*
 * audit.h - the cases run by the engine: the judgement of each refusal, and beside it
 * the ordinary audit of its domain, whose findings tell the cause.
 */
#ifndef AUDIT_EXPLAIN_AUDIT_H
#define AUDIT_EXPLAIN_AUDIT_H
#include "audit/engine.h"
#include "audit/explain/cases.h"
#include "audit/judge.h"
#include "audit/sources/recording.h"

#define MAX_CASE_FINDINGS 6 /* of one case that are told; the first is the cause */

/* Where the cases are audited. */
struct case_world {
	struct world *world;
	struct loop *loop;         /* NULL = every source answers at once */
	struct judge *judge;       /* levels and waivers; findings about the run stay in it */
	struct recorder *recorder; /* of what was asked; NULL = none */
};

/*
 * Audit the cases of C in W as the world of today: fact and findings into `now`.  0 or a
 * negative AUDIT_E*.
 */
int cases_audit(struct cases *c, const struct case_world *w) __attribute__((warn_unused_result));

/* The same in the world THEN, the refusals alone, into `then`. */
int cases_audit_then(struct cases *c, struct world *then) __attribute__((warn_unused_result));

#endif
