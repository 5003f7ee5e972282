/* SPDX-License-Identifier: ISC */
/*
 * trace.h - --trace: what a domain asked, from whom, and what came.
 */
#ifndef AUDIT_TRACE_H
#define AUDIT_TRACE_H
#include "audit/engine.h"
#include "report/report.h"

/*
 * Print the questions of R's last run to standard error in the order in which
 * they were asked.  The head line says how many answers had to be waited for one
 * after the other (chain): with the round trip that makes the least time.
 */
void trace_print(const struct engine_result *r, const struct domain_result *d);

#endif
