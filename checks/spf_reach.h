/* SPDX-License-Identifier: ISC */
/*
 * spf_reach.h - how far receivers get in a record before a limit of RFC 7208
 * 4.6.4 stops them.
 *
 * The worst case: a sender that no term matches, and every include read to its
 * end.  Whether a name with macros, an exists or a ptr finds anything hangs on who
 * sends; it counts as a lookup that finds nothing.  It looks nothing up.
 */
#ifndef CHECKS_SPF_REACH_H
#define CHECKS_SPF_REACH_H
#include "checks/spf_tree.h"

/* The limits of RFC 7208 4.6.4; LIMIT_VOIDS4, LIMIT_VOIDS6: of a client of that family. */
enum spf_limit { LIMIT_LOOKUPS, LIMIT_VOIDS4, LIMIT_VOIDS6, SPF_LIMITS };

/* What the lookup terms of one record count towards each limit. */
struct spf_reach {
	const struct spf_node *root;
	uint32_t (*weight)[SPF_LIMITS]; /* by item of the root, with all below it */
};

/* Whether it hangs on who sends what the lookups of IT find. */
bool spf_is_open(const struct spf_item *it);

/* Ready for the root of T, in which nothing is pending; owned by A. */
void spf_reach_init(struct spf_reach *r, struct arena *a, const struct spf_tree *t);

/*
 * The lookup term in which LIMIT is passed when term SKIP (NULL = none) is left
 * out; redirect= comes last (RFC 7208 6.1).  NULL = the limit is kept.
 */
const struct spf_item *spf_reach_over(
    const struct spf_reach *r, enum spf_limit limit, const struct spf_term *skip);

/*
 * The first term that some receivers do not get through, by any limit, when term
 * SKIP is left out; the number of terms when it is redirect=; SPF_NO_TERM = none.
 */
size_t spf_reach_end(const struct spf_reach *r, const struct spf_term *skip);

#endif
