/* SPDX-License-Identifier: ISC */
/*
 * changes_parts.h - between the files of changes: the parts of a change while they are
 * found.
 */
#ifndef CHECKS_CHANGES_PARTS_H
#define CHECKS_CHANGES_PARTS_H
#include "checks/changes.h"
#include "checks/gate_judge.h"

/* One more part of C, in memory of A; never NULL, and counted only beyond MAX_CHANGE_PARTS. */
struct mail_change_part *change_add_part(
    struct arena *a, struct mail_change *c, enum mail_part part, struct str what);

/* changes_spf.c, changes_dmarc.c: what changed in the record, into *OUT. */
void change_spf(struct gate *g, struct mail_change *out);
void change_dmarc(struct gate *g, struct mail_change *out);

#endif
