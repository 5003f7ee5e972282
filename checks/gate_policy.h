/* SPDX-License-Identifier: ISC */
/*
 * gate_policy.h - how strong a DMARC record is.
 */
#ifndef CHECKS_GATE_POLICY_H
#define CHECKS_GATE_POLICY_H
#include "checks/dmarc_record.h"

/* What R asks for by TAG (p, sp, np): t=y counted, what is not said as it follows (4.7). */
enum dmarc_word gate_word(const struct dmarc_record *r, enum dmarc_tag tag);

#endif
