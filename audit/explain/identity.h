/* SPDX-License-Identifier: ISC */
/*
 * identity.h - who sent the mail of a group: From, MAIL FROM, HELO, address, selectors
 * and list, each from where it is known best.
 *
 * The receiver's own words come before the log, the log before the configuration, and
 * that before what was typed: they are what the receiver judged.
 */
#ifndef AUDIT_EXPLAIN_IDENTITY_H
#define AUDIT_EXPLAIN_IDENTITY_H
#include "audit/explain/cases.h"

/*
 * What is known of the mail of G into *R, whose demand is set, and into *OUT; memory of
 * C's arena.  The sample is read again by C's classifier.
 */
void identity_find(
    struct cases *c, const struct bounce_group *g, struct refusal *r, struct case_of *out);

#endif
