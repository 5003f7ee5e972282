/* SPDX-License-Identifier: ISC */
/*
 * setup.h - the world that the options describe: which sources, in which
 * order.
 */
#ifndef AUDIT_SETUP_H
#define AUDIT_SETUP_H
#include "audit/loop.h"
#include "audit/options.h"
#include "audit/world.h"

/* Whether the domains come from standard input. */
bool setup_reads_names(const struct check_options *o);

/*
 * Zone files first, then a recording or live servers, then what is computed
 * (suffixes, keys).  *OUT is freed by world_free(); *LOOP by loop_free() behind
 * it; it stays NULL where nothing can make us wait.  A failure has been told.
 */
int setup_world(const struct check_options *o, struct loop **loop, struct world **out)
    __attribute__((warn_unused_result));

/*
 * What a report says of the run before there are results: version, times, where
 * answers in W come from.  *OUT refers to static words.
 */
void setup_run(const struct check_options *o, struct world *w, struct run_result *out);

#endif
