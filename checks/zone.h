/* SPDX-License-Identifier: ISC */
/*
 * zone.h - the check `zone`: faults of the zone file that holds the domain.
 *
 * The source finds them while it reads (audit/sources/zoneread.h); here they
 * become findings of the domain they touch.  Without a zone file it says
 * nothing.
 */
#ifndef CHECKS_ZONE_H
#define CHECKS_ZONE_H
#include "checks/check.h"

#define MAX_ZONE_FINDINGS 100 /* of one domain; the others are counted */

/* Tell the faults at or below the domain; those of no known owner to the apex. */
void check_zone(struct audit *au);

/*
 * Whether the check, which runs before the others, has told the slip of the pen
 * at hand: the zone's name twice in OWNER, which has a record of TYPE; or, with
 * RR, the final dot that its target lacks.  One cause is told once.
 */
bool zone_tells(
    const struct audit *au, const struct name *owner, uint16_t type, const struct rr *rr);

#endif
