/* SPDX-License-Identifier: ISC */
/*
 * changes.h - what a change to DNS does to mail (checks/changes.h), in words and as JSON.
 */
#ifndef REPORT_CHANGES_H
#define REPORT_CHANGES_H
#include "checks/changes.h"
#include "checks/core/buf.h"
#include "report/json.h"

/*
 * Append C as one line without its end: "example.com SPF: 192.0.2.0/24 no longer
 * authorised (sender 'crm' uses 192.0.2.10); lookups 9 -> 12".  What came from a record
 * stands there as raw bytes, cut to MAX_PART_SHOWN: whoever shows the line escapes it.
 */
void change_line(struct buf *b, const struct mail_change *c);

/* The member "changes": one object for each of them, its line beside its parts. */
void changes_json(struct json *j, const struct mail_changes *all);

#endif
