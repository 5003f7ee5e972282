/* SPDX-License-Identifier: ISC */
/*
 * demand.h - what a receiver demands that refuses mail so, or why no record of ours is
 * the matter.
 *
 * By mechanism, provider and code together: one code means several things.
 */
#ifndef AUDIT_EXPLAIN_DEMAND_H
#define AUDIT_EXPLAIN_DEMAND_H
#include "audit/explain/cases.h"

/* What the receiver of G demands; DEMAND_NONE where no record could meet it. */
enum refusal_demand demand_of(const struct bounce_group *g);

/*
 * For a group without demand: why it makes no case.  *WHY = static words for people.
 */
enum case_standing demand_standing(const struct bounce_group *g, const char **why);

/*
 * Whether the reply says that the list refused the receiver's own resolver (127.255.255.x,
 * "open resolver"): then nobody is listed.
 */
bool demand_is_list_error(struct str sample);

#endif
