/* SPDX-License-Identifier: ISC */
/*
 * spf_near.h - texts that were meant as SPF records and are none (RFC 7208
 * 4.5).
 */
#ifndef CHECKS_SPF_NEAR_H
#define CHECKS_SPF_NEAR_H
#include "checks/core/arena.h"
#include "checks/core/rr.h"
#include "checks/core/str.h"

enum spf_near { NEAR_NOT, NEAR_MISS, NEAR_SENDER_ID, NEAR_KINDS };

/*
 * What TEXT, a TXT record, is: NEAR_SENDER_ID is "spf2.0/" (RFC 4406).  A
 * record that is_spf_record() is NEAR_NOT.
 */
enum spf_near spf_near(struct str text);

/*
 * The record that the near miss RR was certainly meant to be, owned by A;
 * empty when that is not certain.
 */
struct str spf_near_fix(struct arena *a, const struct rr *rr);

#endif
