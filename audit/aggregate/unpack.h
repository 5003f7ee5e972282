/* SPDX-License-Identifier: ISC */
/*
 * unpack.h - what a gzip or zip file in memory holds.
 *
 * The adapter of libarchive: no type of it leaves here.  Nothing is written to
 * disk; names of members are not looked at.  What was packed may be a bomb, so
 * the size of what comes out is bounded, and its ratio to what went in.
 */
#ifndef AUDIT_AGGREGATE_UNPACK_H
#define AUDIT_AGGREGATE_UNPACK_H
#include <stdbool.h>
#include "checks/core/str.h"

#define MAX_UNPACK_MEMBERS 200 /* of one zip; a report is alone, a day's are under 100 */
#define MAX_UNPACK_BYTES ((size_t)64 << 20)  /* of one member */
#define MAX_UNPACK_TOTAL ((size_t)256 << 20) /* of all members together */
#define MAX_UNPACK_RATIO 200                 /* XML of reports packs 10 to 60 to one, */
#define MAX_UNPACK_FREE ((size_t)4 << 20)    /* so under this size nobody is asked for the ratio */

/* What BYTES begin with. */
enum packed { PACKED_NOT, PACKED_GZIP, PACKED_ZIP };
enum packed packed_kind(struct str bytes);

/*
 * Call MEMBER(CTX, its bytes, whole) for each member of BYTES; WHOLE is false when the
 * member is damaged and what there is is its beginning.  NULL, or static words for why
 * BYTES, or the rest of them, were not unpacked.
 */
const char *unpack(
    struct str bytes, void (*member)(void *ctx, struct str bytes, bool whole), void *ctx);

#endif
