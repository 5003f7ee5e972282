/* SPDX-License-Identifier: ISC */
/*
 * zonesource.h - what zonefile.c, zoneload.c and zonefolder.c share, and nobody else.
 */
#ifndef AUDIT_SOURCES_ZONESOURCE_H
#define AUDIT_SOURCES_ZONESOURCE_H
#include "audit/source.h"
#include "audit/sources/zonedb.h"
#include "audit/sources/zonebytes.h"

#define RR_NONE 0 /* a type no record has: asks only whether a name is ours */

struct zone_source {
	struct source source; /* first, as source.h wants */
	struct zonedb db;
	struct arena scratch; /* of the answer being made */
};

/* Files that may be zones. */
struct zone_folder {
	struct str *path; /* a NUL behind each */
	size_t n, cap;
};

/*
 * zonefolder.c: the files of the folder DIR, sorted, and of the folders in it that are a
 * zone of octoDNS each.  0, or AUDIT_EREAD, told.
 */
int zonefolder_list(struct zone_load *l, struct str dir, struct zone_folder *out);

#endif
