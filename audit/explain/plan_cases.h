/* SPDX-License-Identifier: ISC */
/*
 * plan_cases.h - the plan for the groups of a report whose refusals were correlated.
 *
 * It takes what the correlation says of each group, sorts out which addresses are
 * known to be ours, and leaves the rest to plan.h.
 */
#ifndef AUDIT_EXPLAIN_PLAN_CASES_H
#define AUDIT_EXPLAIN_PLAN_CASES_H
#include "audit/explain/correlate.h"
#include "audit/explain/plan.h"

/*
 * The plan for R, which C has filled and whose world is still there, into *OUT, owned by
 * C's arena.  0 or a negative AUDIT_E*.
 */
int plan_cases(struct correlation *c, const struct bounce_report *r, struct plan *out)
    __attribute__((warn_unused_result));

#endif
