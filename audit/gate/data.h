/* SPDX-License-Identifier: ISC */
/*
 * data.h - which data a verdict rests on: who answered, and what nobody was given to
 * answer.
 */
#ifndef AUDIT_GATE_DATA_H
#define AUDIT_GATE_DATA_H
#include "checks/core/inquiry.h"
#include "report/report.h"

#define MAX_DATA_TOLD 50 /* of each; more is counted in one line at the end */

/* Put into OUT who answered Q, and what failed because it was not provided; owned by A. */
void data_of(const struct inquiry *q, struct arena *a, struct domain_result *out);

#endif
