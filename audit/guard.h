/* SPDX-License-Identifier: ISC */
/*
 * guard.h - no output goes where an input came from.
 */
#ifndef AUDIT_GUARD_H
#define AUDIT_GUARD_H
#include "audit/options.h"

/*
 * Look at the files that O would write: AUDIT_EUSAGE, which has been told, when
 * one is a file that O reads (or stands in a directory of zones, or is the
 * recording and a report).  Nothing is opened.  A jsonl report to the file of
 * --resume is as it should be.
 */
int guard_outputs(const struct check_options *o) __attribute__((warn_unused_result));

/*
 * As guard_outputs(), for a command whose names are files and directories that it
 * reads.
 */
int guard_files(const struct check_options *o) __attribute__((warn_unused_result));

#endif
