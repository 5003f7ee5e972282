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

#endif
