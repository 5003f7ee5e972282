/* SPDX-License-Identifier: ISC */
/*
 * spf_without.h - the record as it would be without some of its terms, and for
 * which addresses that makes a difference.
 *
 * Told, never proposed as a change: whether those who pass no more are to pass is
 * for the owner to say.
 */
#ifndef CHECKS_SPF_WITHOUT_H
#define CHECKS_SPF_WITHOUT_H
#include "checks/spf_propose.h"

#define MAX_SPF_WITHOUT_SHOWN 12 /* networks named in a sentence; the rest is counted */

struct spf_without {
	struct str text;             /* the record, owned by the arena of the judge */
	struct spf_networks changed; /* the addresses that get another result; minimized */
};

/*
 * The record of J without the terms that SKIP marks.  False when the addresses that
 * it makes a difference for are not known, or it is not sound (is_spf_sound()).
 */
bool spf_without(struct spf_judge *j, const bool *skip, struct spf_without *out);

/*
 * "The record is then "v=spf1 -all"; the result changes for 192.0.2.0/24, ... and 3 more
 * networks.", owned by the arena of J.
 */
struct str spf_without_text(struct spf_judge *j, const struct spf_without *w);

#endif
