/* SPDX-License-Identifier: ISC */
/*
 * words.h - a verdict as a group of the report bears it: the steps of the reasoning, the
 * commands that show them, the remedy or what else to do.
 */
#ifndef AUDIT_EXPLAIN_WORDS_H
#define AUDIT_EXPLAIN_WORDS_H
#include "audit/explain/verdict.h"

/* said, means, what was looked up now and then, seen twice, so */
#define MAX_GROUP_STEPS (2 * MAX_REFUSAL_STEPS + 5)

/* V, the outcome of W, into G; memory of A. */
void words_fill(
    const struct weighing *w, const struct weighed *v, struct arena *a, struct bounce_group *g);

#endif
