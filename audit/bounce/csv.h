/* SPDX-License-Identifier: ISC */
/*
 * csv.h - one line of comma-separated values (RFC 4180) against a header line.
 *
 * Quotes are honoured at the start of a field only; a line with more fields
 * than names is the caller's matter.  No field spans lines.
 */
#ifndef AUDIT_BOUNCE_CSV_H
#define AUDIT_BOUNCE_CSV_H
#include <stdbool.h>
#include "checks/core/arena.h"
#include "checks/core/str.h"

#define MAX_CSV_FIELDS 128 /* of one line; Exchange writes 30, PowerMTA at most some 40 */

struct csv {
	struct str line; /* all of it */
	struct str field[MAX_CSV_FIELDS];
	size_t n;
	bool cut; /* there were more */
};

/* Whether the field F is a view into C's line, and no copy. */
bool csv_is_view(const struct csv *c, struct str f);

/* Split LINE into *OUT: views, or owned by A where doubled quotes had to go. */
void csv_split(struct arena *a, struct str line, struct csv *out);

#endif
