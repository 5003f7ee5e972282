/* SPDX-License-Identifier: ISC */
/*
 * gate.h - what a change to DNS takes away from mail, judged by comparing the state
 * before it with the state after it.
 *
 * Both sides may be valid records: what is judged is the way from one to the other.
 * What was wrong before is nobody's finding here, and what cannot be seen on either
 * side is not judged.  A domain that is given up for mail (no exchanger, and an SPF
 * record that lists nobody) loses its records on purpose.
 */
#ifndef CHECKS_GATE_H
#define CHECKS_GATE_H
#include "checks/check.h"

/* The check: see checks/check.h.  It does nothing where there is nothing to compare. */
void check_gate(struct audit *au);

/*
 * Whether G, a new finding about the state after the change, says no more than F of
 * this check does: one cause is told once.
 */
bool gate_explains(const struct finding *f, const struct finding *g);

#endif
