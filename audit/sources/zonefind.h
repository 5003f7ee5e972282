/* SPDX-License-Identifier: ISC */
/*
 * zonefind.h - what a name server that holds the zones in memory would answer
 * (RFC 1034 4.3.2, RFC 4592, RFC 6672).
 *
 * The longest apex at or above a name answers, whatever the order of loading.
 * Below a delegation a zone knows nothing.  A zone part of which could not be
 * read does not say "absent" of what may stand in that part, nor of a record
 * whose line could not be read.
 */
#ifndef AUDIT_SOURCES_ZONEFIND_H
#define AUDIT_SOURCES_ZONEFIND_H
#include "audit/sources/zonedb.h"

enum zone_hit_kind {
	ZONE_ELSEWHERE, /* not in a zone here, or below a delegation */
	ZONE_FOUND,     /* node holds records of the type */
	ZONE_CNAME,     /* node holds a CNAME and none of the type */
	ZONE_DNAME,     /* node, above the name, holds a DNAME */
	ZONE_NODATA,
	ZONE_NXDOMAIN,
	ZONE_UNREAD, /* it stands there, on a line that could not be read */
	ZONE_LATER,  /* it stands there, and what it says is not known before it is published */
	ZONE_UNKNOWN /* it may stand in a file that could not be read */
};

struct zone_hit {
	enum zone_hit_kind kind;
	const struct zone *zone;
	const struct zone_node *node;
};

/* What the zones say to NAME TYPE. */
struct zone_hit zone_find(const struct zonedb *db, const struct name *name, uint16_t type);

#endif
