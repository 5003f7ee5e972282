/* SPDX-License-Identifier: ISC */
/*
 * zonedb.h - zones in memory: names to RRsets, and what a name server that
 * holds them would answer (RFC 1034 4.3.2, RFC 4592, RFC 6672).
 *
 * The longest apex at or above a name answers, whatever the order of loading.
 * Below a delegation a zone knows nothing.  A zone part of which could not be
 * read does not say "absent" of what may stand in that part, nor of a record
 * whose line could not be read.
 */
#ifndef AUDIT_SOURCES_ZONEDB_H
#define AUDIT_SOURCES_ZONEDB_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "checks/core/answer.h"
#include "checks/core/arena.h"
#include "checks/core/name.h"

#define MAX_ZONE_FAULTS 400 /* of one file or zone: an answer holds a megabyte */
/* Of all zones: names of 127 labels could make a hundred nodes out of one line. */
#define MAX_ZONE_NODES 2000000
#define MAX_FAULT_TEXT 200 /* bytes of what stands there (answer.h) */
/* Records of one file that cannot be read: beyond, all may be there. */
#define MAX_ZONE_UNREAD 100000
#define MAX_ZONE_NAMES 4000 /* in a list of names: as many as an answer holds */

/* A record as read.  OWNER is its name in wire form. */
struct zone_record {
	struct zone_record *next;
	struct str owner;
	struct rr rr;
};

/* A record of which owner and type are known, and the rest could not be read. */
struct zone_unread {
	struct zone_unread *next;
	struct str owner;
	uint16_t type;
};

struct zone_fault_item {
	struct zone_fault_item *next;
	struct zone_fault f;
};

struct zone_faults {
	struct zone_fault_item *first, **last;
	size_t n; /* those beyond MAX_ZONE_FAULTS are counted, not kept */
};

/* An SOA stands, or was to stand, at NAME; or an $INCLUDE below NAME failed. */
struct zone_mark {
	struct zone_mark *next;
	struct name name;
};

/* What one file, with its includes, yielded. */
struct zone_text {
	struct zone_text *next;
	struct str path;    /* as the user would type it */
	struct name guess;  /* the zone its file name speaks of; n = 0 = none */
	struct name origin; /* the first $ORIGIN that is not the root; n = 0 = none */
	struct zone_record *first, **last;
	size_t n;
	struct zone_mark *soa, *missing;
	struct zone_unread *unread;
	size_t n_unread;
	struct zone_faults faults;
};

/* An entry of a table by name; what is in the table begins with it. */
struct zone_named {
	struct zone_named *next;
	struct str name; /* wire form */
	uint64_t hash;
};

struct zone_table {
	struct zone_named **slot;
	size_t n, n_slots;
};

/* A name of a zone.  Without records it is an empty non-terminal (RFC 4592 2.2.2). */
struct zone_node {
	struct zone_named named;
	struct zone_record *first, **last;
	struct zone_unread *unread; /* what stands here too, as far as can be told */
	bool has_ns, has_cname, has_dname;
};

struct zone {
	struct zone_named named;         /* the apex */
	struct str where;                /* the file */
	const struct zone_text *filling; /* the text whose records are being put in */
	struct zone_table names;
	struct zone_record *soa;
	bool soa_unread; /* an SOA stands there, but could not be read */
	bool loose; /* records of many domains, no SOA: knows what it holds, not what is absent */
	struct zone_mark *missing;
	struct zone_faults faults;
	struct zone_faults found; /* by zone_judge() */
	bool judged;
	struct zone_node **sorted; /* those with records; NULL = not yet */
	size_t n_sorted;
};

struct zonedb {
	struct arena arena; /* what was read lives as long as the database */
	struct zone_table zones;
	size_t n_nodes; /* of all zones */
};

enum zone_hit_kind {
	ZONE_ELSEWHERE, /* not in a zone here, or below a delegation */
	ZONE_FOUND,     /* node holds records of the type */
	ZONE_CNAME,     /* node holds a CNAME and none of the type */
	ZONE_DNAME,     /* node, above the name, holds a DNAME */
	ZONE_NODATA,
	ZONE_NXDOMAIN,
	ZONE_UNREAD, /* it stands there, on a line that could not be read */
	ZONE_UNKNOWN /* it may stand in a file that could not be read */
};

struct zone_hit {
	enum zone_hit_kind kind;
	const struct zone *zone;
	const struct zone_node *node;
};

/* Make DB empty / give back all it holds. */
void zonedb_init(struct zonedb *db);
void zonedb_free(struct zonedb *db);

/* Put what T holds into its zones.  T lives in the arena of DB. */
void zonedb_add(struct zonedb *db, struct zone_text *t);

/* What the zones say to NAME TYPE. */
struct zone_hit zonedb_find(const struct zonedb *db, const struct name *name, uint16_t type);

/* The zone with the longest apex at or above NAME; NULL when there is none. */
struct zone *zonedb_zone(const struct zonedb *db, const struct name *name);

/* The zone whose apex is APEX; NULL when there is none. */
struct zone *zonedb_apex(const struct zonedb *db, const struct name *apex);

/* The node called NAME (wire form) of Z; NULL when it does not exist. */
struct zone_node *zone_node(const struct zone *z, struct str name);

/* The nodes of Z that hold records, in canonical order, Z->n_sorted of them. */
struct zone_node **zone_sorted(struct zone *z);

/* The first record of TYPE at N; NULL when there is none. */
const struct zone_record *zone_rrset(const struct zone_node *n, uint16_t type);

/* Whether a record of TYPE at N, or a CNAME for it, stands on a line that could not be read. */
bool zone_is_unread(const struct zone_node *n, uint16_t type);

/* Whether NAME, of which Z is the zone, is at or below a delegation. */
bool zone_is_delegated(const struct zone *z, struct str name);

/* The wire name S without its first label; empty for the root. */
struct str wire_parent(struct str s);

/* Whether wire name S is ZONE or below it. */
bool wire_is_below(struct str s, struct str zone);

/* NAME as a view of its wire form, and back. */
struct str wire_of(const struct name *name);
struct name name_of_wire(struct str s);

/*
 * A fault into FS, copied into A but for the strings, and returned for more;
 * NULL beyond the bound.
 */
struct zone_fault *zone_fault_add(struct arena *a, struct zone_faults *fs, const char *code);

/*
 * zonejudge.c: add to the faults of Z what only shows in the zone as a whole:
 * no SOA, no NS, CNAME and other data, doubled origins, missing dots, records
 * that a delegation or DNAME hides.  Once; later calls do nothing.
 */
void zone_judge(struct zonedb *db, struct zone *z);

/* zonejudge.c: whether mail depends on a record of TYPE at OWNER, of which no more is known. */
bool zone_is_mail(struct str owner, uint16_t type);

#endif
