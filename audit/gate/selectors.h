/* SPDX-License-Identifier: ISC */
/*
 * selectors.h - the DKIM selectors that a side's zones hold, as selectors in use.
 *
 * Whoever keeps a key in a zone signs with it, or will: a fault in it is a fault of the
 * change, not of a guess.  One that is withdrawn is in use no more.
 */
#ifndef AUDIT_GATE_SELECTORS_H
#define AUDIT_GATE_SELECTORS_H
#include "audit/gate/side.h"
#include "checks/core/subject.h"

#define MAX_GATE_SELECTORS 64 /* of one domain: the largest seen has 30 */

/* Add to OUT, behind those it has, the selectors that S holds for its domain; owned by A. */
void gate_selectors(const struct side *s, struct arena *a, struct subject *out);

/* The question which names there are below _domainkey of DOMAIN; false when it has no such name. */
bool gate_selector_question(const struct name *domain, struct question *out);

#endif
