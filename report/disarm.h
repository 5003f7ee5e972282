/* SPDX-License-Identifier: ISC */
/*
 * disarm.h - text that a CI system prints and would obey.
 *
 * GitHub takes a line that begins with "::error::" for a command, and "##[" wherever it
 * stands; Azure Pipelines "##vso[", TeamCity "##teamcity[".  A record or a reply may hold
 * each of them.
 */
#ifndef REPORT_DISARM_H
#define REPORT_DISARM_H
#include "checks/core/buf.h"

/*
 * Write the first byte of each such beginning in B as \DDD, as bytes that cannot be
 * printed are: a zone file takes that for the same.  B begins with a line.
 */
void disarm(struct buf *b);

#endif
