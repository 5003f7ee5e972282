/* SPDX-License-Identifier: ISC */
/*
 * rrsets.h - which questions show whether a server serves a zone, and what the zone says
 * to each.
 */
#ifndef AUDIT_SERVING_RRSETS_H
#define AUDIT_SERVING_RRSETS_H
#include "audit/source.h"
#include "checks/core/arena.h"
#include "report/serving.h"

#define MAX_SERVING_RRSETS 50000 /* of a domain: at 300 a second nearly three minutes */

/* The zones that are to be served, and those of before. */
struct serving_zones {
	struct source *now;  /* zonefile.h */
	struct source *base; /* the same; NULL = not given */
	bool all;            /* every RRset, not only those of mail */
};

/*
 * Fill the zone, the serial and the RRsets of D, whose domain is set, with what Z has of
 * it and below it; owned by A, but for the answers of Z, which serving_rrsets_free() gives
 * back.  False when no zone of Z holds the domain.
 */
bool serving_rrsets(struct arena *a, const struct serving_zones *z, struct serving_domain *d);

/* Give back the answers that serving_rrsets() put into D. */
void serving_rrsets_free(struct serving_domain *d);

#endif
