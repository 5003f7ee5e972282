/* SPDX-License-Identifier: ISC */
/*
 * zonefile.h - zone files, and what else holds zones (zoneinput.h), as a source of
 * answers (--zone FILE|DIR).
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

struct zone_ignore;

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

/*
 * Whether the file PATH is a Terraform plan, which brings what is there before it and what
 * it makes.  zonefile_load() takes the latter.
 */
bool zonefile_is_plan(const char *path);

/*
 * Both sides of the plan PATH: what is there before it into BASE, what it makes into HEAD.
 * As zonefile_load() of HEAD; that BASE holds no record is no failure: then all is new.
 */
int zonefile_load_plan(struct source *base, struct source *head, const char *path)
    __attribute__((warn_unused_result));

/* A record as it stands in a file. */
struct zone_seen_record {
	struct str owner; /* wire form */
	uint16_t type;
	const struct rr *rr; /* NULL = its line could not be read */
};

/* Call EACH for all records of all zones of S, in no order that means anything. */
void zonefile_walk(
    const struct source *s, void (*each)(void *ctx, const struct zone_seen_record *r), void *ctx);

/* The same for the zone whose apex is APEX; nothing when S has none. */
void zonefile_walk_zone(const struct source *s, const struct name *apex,
    void (*each)(void *ctx, const struct zone_seen_record *r), void *ctx);

/* The suppression comments of all files of S (zonedb.h), in no order; they live as long as S. */
const struct zone_ignore *zonefile_ignores(const struct source *s);

/* The apex of the zone of S that holds NAME into *APEX; false when none does. */
bool zonefile_apex(const struct source *s, const struct name *name, struct name *apex);

#endif
