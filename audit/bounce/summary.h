/* SPDX-License-Identifier: ISC */
/*
 * summary.h - what was counted, as a report has it: groups, rates with levels,
 * what rose, whom to suppress and whom to hold.
 */
#ifndef AUDIT_BOUNCE_SUMMARY_H
#define AUDIT_BOUNCE_SUMMARY_H
#include "audit/bounce/count.h"
#include "report/model.h"

/*
 * What C counted into *OUT, whose lists are owned by A; groups of less than MIN_COUNT
 * are left out.
 */
void summary_make(struct count *c, struct arena *a, uint64_t min_count, struct bounce_report *out);

#endif
