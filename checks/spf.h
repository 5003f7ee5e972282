/* SPDX-License-Identifier: ISC */
/*
 * spf.h - judges the SPF records of a domain (RFC 7208).
 *
 * Static judgement of what is published: records, syntax, terms, lookups and
 * voids over the whole include tree; and the addresses the subject sends from,
 * evaluated (spf_sender.h).
 */
#ifndef CHECKS_SPF_H
#define CHECKS_SPF_H
#include "checks/check.h"

/* The check: see checks/check.h. */
void check_spf(struct audit *au);

/* The terms of RR of A: spf_fact_term.below of whoever has those as below_answer, below_rr. */
const struct spf_fact_term *spf_fact_terms(const struct answer *a, const struct rr *rr);

#endif
