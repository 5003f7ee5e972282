/* SPDX-License-Identifier: ISC */
/*
 * edits.h - changes as reports tell them, made into edits of the source that
 * rehearses.
 */
#ifndef AUDIT_EXPLAIN_EDITS_H
#define AUDIT_EXPLAIN_EDITS_H
#include "audit/sources/edit.h"
#include "checks/core/arena.h"

/* The wire form of TEXT, rdata of TYPE in presentation form, owned by A; false when it is none. */
bool rdata_of_text(struct arena *a, uint16_t type, struct str text, struct str *out);

/*
 * The N changes at LIST as edits into OUT, which has room for them; data is owned by
 * A.  False when one of them is no record: nothing is to be rehearsed then.
 */
bool edits_of(struct arena *a, const struct change *list, size_t n, struct edit *out);

#endif
