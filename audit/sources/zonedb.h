/* SPDX-License-Identifier: ISC */
/*
 * zonedb.h - zones in memory: names to RRsets, and what of them could not be read.
 *
 * It answers nothing: that is zonefind.h.
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
#define MAX_ZONE_FAULT_TEXT 200 /* bytes of what stands there (answer.h) */
/* Records of one file that cannot be read: beyond, all may be there. */
#define MAX_ZONE_UNREAD 100000
#define MAX_ZONE_IGNORES 20000 /* of one file; more would be no exceptions */
#define MAX_ZONE_NAMES 4000    /* in a list of names: as many as an answer holds */

/* A record as read, the text of a TXT with it.  OWNER is its name in wire form. */
struct zone_record {
	struct zone_record *next;
	struct str owner;
	bool lenient; /* its writer asks that it be taken as it is (octoDNS) */
	struct rr rr;
};

/* A record of which owner and type are known, and the rest could not be read. */
struct zone_unread {
	struct zone_unread *next;
	struct str owner;
	uint16_t type;
	bool later; /* nothing is wrong with it: it is known once it is published */
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

/*
 * `mailvet-ignore ID REASON` in a comment: findings of rule ID are not told of what
 * stands on the comment's own line or, when it has that to itself, in the record that
 * begins on the next line.  Whether that is honoured is not decided here.
 */
struct zone_ignore {
	struct zone_ignore *next;
	struct str file;         /* as in struct rr */
	uint32_t line, end_line; /* the lines that are meant; from 1, the last one included */
	uint32_t comment_line;
	struct str id, reason; /* as written, blanks at the ends apart; REASON may be empty */
};

/* How the records were written down. */
enum zone_input {
	INPUT_BIND,       /* RFC 1035 5.1 */
	INPUT_OCTODNS,    /* octoDNS YAML */
	INPUT_DNSCONTROL, /* dnscontrol print-ir */
	INPUT_TERRAFORM,  /* terraform show -json */
	INPUT_SNAPSHOT    /* answers kept from elsewhere: spfcache.json */
};

/* What one file, with its includes, yielded. */
struct zone_text {
	struct zone_text *next;
	struct str path;    /* as the user would type it */
	struct name guess;  /* the zone its file name speaks of; n = 0 = none */
	struct name origin; /* the first $ORIGIN that is not the root; n = 0 = none */
	struct name apex;   /* the zone, where the input says it; n = 0 = to be found out */
	enum zone_input input;
	struct zone_mark *flat; /* names whose addresses the provider makes: ALIAS, proxied */
	struct zone_ignore *ignores;
	size_t n_ignores;
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
	bool flat; /* A and AAAA are made by the provider: not known here */
};

struct zone {
	struct zone_named named;         /* the apex */
	struct str where;                /* the file */
	enum zone_input input;           /* of the file that opened it */
	const struct zone_text *filling; /* the text whose records are being put in */
	struct zone_table names;
	struct zone_record *soa;
	bool soa_unread; /* an SOA stands there, but could not be read */
	bool loose; /* records of many domains, no SOA: knows what it holds, not what is absent */
	struct zone_mark *missing;
	struct zone_faults faults;
	struct zone_faults found; /* by zone_judge() */
	bool judged;
	struct zone_node **sorted; /* those with records or flat; NULL = not yet */
	size_t n_sorted;
};

/* A file that was read, for whoever writes a record anew in its place. */
struct zone_file {
	struct zone_file *next;
	struct str path, bytes;
	enum zone_input input;
};

struct zonedb {
	struct arena arena; /* what was read lives as long as the database */
	struct zone_table zones;
	struct zone_ignore *ignores; /* of all files, in no order */
	struct zone_file *files;
	size_t n_nodes; /* of all zones */
};

/* Make DB empty / give back all it holds. */
void zonedb_init(struct zonedb *db);
void zonedb_free(struct zonedb *db);

/* Put what T holds into its zones.  T lives in the arena of DB. */
void zonedb_add(struct zonedb *db, struct zone_text *t);

/* The zone with the longest apex at or above NAME; NULL when there is none. */
struct zone *zonedb_zone(const struct zonedb *db, const struct name *name);

/* The zone whose apex is APEX; NULL when there is none. */
struct zone *zonedb_apex(const struct zonedb *db, const struct name *apex);

/* The node called NAME (wire form) of Z; NULL when it does not exist. */
struct zone_node *zone_node(const struct zone *z, struct str name);

/* The nodes of Z that hold records or are flat, in canonical order, Z->n_sorted of them. */
struct zone_node **zone_sorted(struct zone *z);

/* The first record of TYPE at N; NULL when there is none. */
const struct zone_record *zone_rrset(const struct zone_node *n, uint16_t type);

/* The unread record of TYPE at N; NULL when there is none. */
const struct zone_unread *zone_unread_at(const struct zone_node *n, uint16_t type);

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
