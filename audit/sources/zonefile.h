/* SPDX-License-Identifier: ISC */
/*
 * zonefile.h - zone files as a source of answers (--zone FILE|DIR).
 *
 * It answers for what stands in the files and for nothing else: names outside
 * the zones or below a delegation go to the next source.  Faults of a file are
 * answers too (ASK_ZONE); only a file of which nothing can be used is a failure.
 */
#ifndef AUDIT_SOURCES_ZONEFILE_H
#define AUDIT_SOURCES_ZONEFILE_H
#include "audit/source.h"
#include "checks/core/str.h"

#define MAX_ZONE_FILES 20000 /* of one directory: the largest operators keep some thousands */

/* A source without zones. */
struct source *zonefile_new(void);

/*
 * Add the zone file PATH, or the zone files of the directory PATH, to S.  0;
 * AUDIT_EREAD when it cannot be read, AUDIT_EEMPTY when not one record can be
 * parsed: then file, line and reason were told by audit_warn().  In a directory
 * hidden files, backups and what is plainly no zone file are passed over, a
 * file without a record is told, and only a directory without any fails.
 */
int zonefile_load(struct source *s, const char *path) __attribute__((warn_unused_result));

/* The same with the bytes TEXT in place of a file, told as PATH; $INCLUDE is refused. */
int zonefile_load_text(struct source *s, const char *path, struct str text)
    __attribute__((warn_unused_result));

#endif
