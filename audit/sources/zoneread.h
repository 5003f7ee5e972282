/* SPDX-License-Identifier: ISC */
/*
 * zoneread.h - zone files (RFC 1035 5, RFC 2308 4, BIND's $GENERATE) into
 * records and faults.
 *
 * Whatever cannot be read is told and passed over; the rest of the file is
 * read.  $INCLUDE is followed only inside the directory the user gave, links
 * included, to a bounded depth and a bounded number of bytes in all.
 */
#ifndef AUDIT_SOURCES_ZONEREAD_H
#define AUDIT_SOURCES_ZONEREAD_H
#include <stdbool.h>
#include <stddef.h>
#include "audit/sources/zonebytes.h"

#define MAX_GENERATED 65536 /* records that all $GENERATE of a load make */
#define DEFAULT_TTL 3600    /* of a record where nothing gives one */

/*
 * Read TEXT, told as PATH, relative names below GUESS (n = 0 = none).  TEXT must
 * outlive what the arena of L holds.
 */
struct zone_text *zoneread_text(
    struct zone_load *l, struct str path, const struct name *guess, struct str text);

/*
 * zonegen.c: one line of a $GENERATE template for VALUE (BIND 9 ARM): $ is the
 * value, ${OFFSET,WIDTH,BASE} the value in another form, \$ a dollar.  False
 * when the template is not well-formed.
 */
bool zonegen_expand(struct buf *b, struct str template, int64_t value);

/* zonegen.c: "0-255" or "0-255/2".  False when it is no range or a step of 0. */
bool zonegen_range(struct str text, uint32_t *from, uint32_t *to, uint32_t *step);

#endif
