/* SPDX-License-Identifier: ISC */
/*
 * rules_text.h - the catalogue for people and programs: `mailvet rules`.
 *
 * Templates are shown as they are: {name} stands for a figure or a name of the
 * case at hand.
 */
#ifndef REPORT_RULES_TEXT_H
#define REPORT_RULES_TEXT_H
#include "checks/core/buf.h"
#include "checks/rules.h"
#include "report/report.h"

/* All rules, a line each, by check. */
void rules_list(struct buf *b, const struct report_style *style);

/* Rule ID in full. */
void rules_one(struct buf *b, enum rule_id id, const struct report_style *style);

/* The N rules at IDS as one JSON array (schema.json, definition rule). */
void rules_json(struct buf *b, const enum rule_id *ids, size_t n);

/* All rules as the manual page mailvet-rules(7), in mdoc. */
void rules_mdoc(struct buf *b);

/* Append the sending services there are, a line each: --via list. */
void services_text(struct buf *b);

#endif
