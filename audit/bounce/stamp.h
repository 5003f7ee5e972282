/* SPDX-License-Identifier: ISC */
/*
 * stamp.h - the time at the start of a log line.
 *
 * "Jan 13 16:09:43", which knows neither year nor zone (RFC 3164 4.1.2);
 * "2025-11-27T16:26:20.562039+03:00" (RFC 3339) and its looser kin, Exim's
 * "2026-03-29 09:44:28.123 +0100" among them; "2013 Jun 10 07:59:58.123".  What
 * a stamp does not say comes from the clock, where it is noted.
 */
#ifndef AUDIT_BOUNCE_STAMP_H
#define AUDIT_BOUNCE_STAMP_H
#include <stddef.h>
#include <time.h>
#include "audit/bounce/reader.h"
#include "checks/core/str.h"

/* The stamp before, since most lines have the one of their neighbour.  Zeroed at first. */
struct stamp_cache {
	char key[32];
	size_t n;
	time_t local; /* what the key says, the zone left aside */
};

/*
 * The length of the stamp at the start of LINE, with its fraction and zone,
 * and its time in UTC; 0, and *OUT untouched, when there is none.
 */
size_t stamp_read(struct stamp_cache *k, struct str line, struct reader_clock *clock, time_t *out);

#endif
