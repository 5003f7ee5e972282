/* SPDX-License-Identifier: ISC */
/*
 * readiness.h - whether each large provider would take the mail of a domain's senders:
 * what it demands (checks/requirements.h) put to what was found.
 */
#ifndef AUDIT_READINESS_H
#define AUDIT_READINESS_H
#include "audit/engine.h"
#include "report/report.h"

/*
 * Fill the readiness of OUT, whose findings are judged, in memory of A.  A demand that
 * is not met makes a provider not ready; a lookup that failed, cannot tell; what no
 * lookup shows is only listed.
 */
void readiness_judge(const struct engine_result *r, struct arena *a, struct domain_result *out);

#endif
