/* SPDX-License-Identifier: ISC */
/*
 * zoneignore.h - `mailvet-ignore ID REASON` in the comments beside records.
 */
#ifndef AUDIT_SOURCES_ZONEIGNORE_H
#define AUDIT_SOURCES_ZONEIGNORE_H
#include "audit/sources/docrecord.h"

/* zoneignore.c: the suppressions in the comments of the document of R, to its zone. */
void zoneignore_doc(struct docread *r);

/* Whose comments are looked at. */
struct zone_comments {
	struct arena *a;
	struct zone_text *t;
	struct str file;
};

/* zoneignore.c: a comment of a zone file, as zonelex tells it; ARG is a struct zone_comments. */
void zoneignore_comment(void *arg, struct str comment, uint32_t line, bool alone);

/* zoneignore.c: the suppressions of T that wait for what follows them mean LINE to LAST. */
void zoneignore_entry(struct zone_text *t, uint32_t line, uint32_t last);

#endif
