/* SPDX-License-Identifier: ISC */
/*
 * told.h - a domain object that was read again, as the structs of report/model.h.
 */
#ifndef AUDIT_FLEET_TOLD_H
#define AUDIT_FLEET_TOLD_H
#include "audit/fleet/reread.h"
#include "checks/core/arena.h"
#include "report/model.h"

/* The level that TEXT names; it is one of the five. */
enum rule_level told_level(struct str text);

/*
 * What the domain object O, found good by reread.h, is about: its name in
 * canonical form, or its addresses; owned by A.
 */
struct str told_label(struct arena *a, json_t *o);

/* O into *OUT, in memory of A and views into O. */
void told_domain(struct arena *a, json_t *o, struct told_domain *out);

/* The findings of array LIST into *OUT, in memory of A and views into LIST; how many. */
size_t told_findings(struct arena *a, json_t *list, const struct told_finding **out);

#endif
