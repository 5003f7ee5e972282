/* SPDX-License-Identifier: ISC */
/*
 * setup.h - the world that the options describe: which sources, in which
 * order (DESIGN.md 3).
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

/* Where answers come from, in a few words for reports; static or in ARGV. */
struct str setup_describe(const struct check_options *o);

#endif
