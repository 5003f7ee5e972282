/* SPDX-License-Identifier: ISC */
/*
 * suggest.h - the corrected record of a finding as it has to be written in the file that
 * the change brought.
 */
#ifndef AUDIT_GATE_SUGGEST_H
#define AUDIT_GATE_SUGGEST_H
#include "audit/gate/side.h"
#include "report/report.h"

/*
 * Give each finding of OUT that is new or worse the suggestions that its changes come to
 * in the files of HEAD; memory of A.  What only adds or removes has no range, and none.
 */
void suggest_domain(const struct side *head, struct arena *a, struct domain_result *out);

#endif
