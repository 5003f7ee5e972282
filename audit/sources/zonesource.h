/* SPDX-License-Identifier: ISC */
/*
 * zonesource.h - what zonefile.c and zoneload.c share, and nobody else.
 */
#ifndef AUDIT_SOURCES_ZONESOURCE_H
#define AUDIT_SOURCES_ZONESOURCE_H
#include "audit/source.h"
#include "audit/sources/zonedb.h"
#include "audit/sources/zoneread.h"

#define RR_NONE 0 /* a type no record has: asks only whether a name is ours */

struct zone_source {
	struct source source; /* first, as source.h wants */
	struct zonedb db;
	struct arena scratch; /* of the answer being made */
};

#endif
