/* SPDX-License-Identifier: ISC */
/*
 * fold.h - one cause, one finding: what the gate's own rules say of a change, and what
 * the check of the record says of the state after it.
 */
#ifndef AUDIT_GATE_FOLD_H
#define AUDIT_GATE_FOLD_H
#include "report/report.h"

/*
 * Of two new findings of OUT that have one cause (gate_explains()) the worse is left,
 * that of the gate where they are equal; it takes over the changes that cure the other
 * when it has none.  Memory of A.
 */
void fold_domain(struct arena *a, struct domain_result *out);

/* What the change does to mail, by the facts of OUT, as out->told: lines without escapes. */
void fold_words(struct arena *a, struct domain_result *out);

#endif
