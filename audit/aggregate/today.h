/* SPDX-License-Identifier: ISC */
/*
 * today.h - the sources of aggregate reports against the records of today and the
 * configuration.
 */
#ifndef AUDIT_AGGREGATE_TODAY_H
#define AUDIT_AGGREGATE_TODAY_H
#include "audit/aggregate/evidence.h"
#include "audit/config/config.h"
#include "audit/engine.h"
#include "audit/options.h"
#include "audit/sources/recording.h"

/*
 * Look up what SPF and DKIM say today of each source of E, which is sorted, in W; what
 * was asked goes to RECORDER (NULL = none).  0 or a negative AUDIT_E*.
 */
int today_look_up(struct evidence *e, const struct check_options *o, struct world *w,
    struct loop *loop, struct recorder *recorder) __attribute__((warn_unused_result));

/*
 * What is to be said of each source of E, looked up or not; C (NULL = none) says which are
 * known.
 */
void today_judge(struct evidence *e, const struct config *c);

#endif
