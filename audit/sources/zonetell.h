/* SPDX-License-Identifier: ISC */
/*
 * zonetell.h - a zone file while it is read: where that is, the faults that are told, and
 * what could not be read and so is not absent.
 *
 * For zoneread.c alone.
 */
#ifndef AUDIT_SOURCES_ZONETELL_H
#define AUDIT_SOURCES_ZONETELL_H
#include <stdbool.h>
#include "audit/sources/zonebytes.h"
#include "audit/sources/zonelex.h"

/* One file being read. */
struct zone_reader {
	struct zone_load *l;
	struct zone_text *t;  /* the file that the user gave, or one includes it */
	struct str path;      /* this file */
	struct name origin;   /* n = 0 = none yet */
	struct str owner;     /* wire form of the last one; empty = none yet */
	struct str owner_raw; /* as it was written, when it was in this origin */
	uint32_t ttl, last_ttl;
	bool has_ttl, has_last;
	unsigned depth;
	const struct ztoken *forced; /* $GENERATE: where its records stand */
};

/*
 * A fault CODE with place LINE, COLUMN; TEXT is what stands there.  Never NULL: one too
 * many is written where nobody looks.
 */
struct zone_fault *zone_tell(
    struct zone_reader *r, const char *code, struct str text, uint32_t line, uint32_t column);

/* The same about the token T, with REASON, static words or NULL. */
struct zone_fault *zone_tell_token(
    struct zone_reader *r, const char *code, const struct ztoken *t, const char *reason);

/* NAME into *LIST, unless it is there.  False when the list is full. */
bool zone_mark_add(struct zone_reader *r, struct zone_mark **list, const struct name *name);

/*
 * Something at or below ORIGIN was not read: what is not found there is not
 * known to be absent.  When nothing says where, or the list is full, that holds
 * for the whole zone (the root stands for its apex, zonedb.c).
 */
void zone_mark_missing(struct zone_reader *r, const struct name *origin);

/* A fault of the record of TYPE (0 = not known) that R is at: it is not absent.  False. */
bool zone_refuse(struct zone_reader *r, const struct ztoken *t, uint16_t type, const char *reason);

#endif
