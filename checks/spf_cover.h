/* SPDX-License-Identifier: ISC */
/*
 * spf_cover.h - which terms of a record could be missing without anybody's
 * result changing, and which of them a remedy may leave out.
 *
 * Proven by maps (spf_map.h), as the records of all stand today.  A term that
 * is opaque is never said to be without effect.
 */
#ifndef CHECKS_SPF_COVER_H
#define CHECKS_SPF_COVER_H
#include "checks/spf_map.h"
#include "checks/spf_sources.h"

enum spf_effect {
	EFFECT_SOME, /* or not known */
	EFFECT_DEAD, /* never reached (RFC 7208 5.1, 6.1) */
	EFFECT_DOUBLED,
	EFFECT_COVERED, /* other terms give all it matches the same result, the limits included */
	EFFECT_VOID,    /* an a or mx without any address */
	EFFECT_BROKEN   /* an include without record: permerror for all that reach it */
};

struct spf_cover {
	/* NULL = no map, COVERED, VOID and BROKEN are not known; or no map yet: spf_cover_map() */
	struct spf_mapper *mapper;
	struct spf_map map;  /* of the record as it is */
	bool deferred;       /* what there is to say of the terms was seen without a map */
	enum spf_effect *of; /* by term of the record */
	/*
	 * By term: it can be left out.  Stricter than without effect, for other
	 * records change: an address of ours in the network of an include stays,
	 * and so does an include that is covered by the record of somebody else.  Where a
	 * limit hides the terms that cover it, it has an effect (EFFECT_SOME) and may go
	 * only together with so many others that no limit is passed.
	 */
	bool *drop;
};

/*
 * The record of T's root, of whose terms DOUBLED marks those that stand there
 * before; owned by A.  CONTRARY: two of those differ in qualifier, so that
 * which of them is meant is not known.  LISTED, what it lists (NULL = do not look):
 * where no two terms list the same, as with most records, no map is made.
 */
struct spf_cover *spf_cover(struct arena *a, const struct spf_tree *t,
    const struct spf_listing *listed, const bool *doubled, bool contrary);

/* Whether there is a map of T in C, made now if it was put off; owned by A. */
bool spf_cover_map(struct arena *a, const struct spf_tree *t, struct spf_cover *c);

/* Whether the names A and B are probably kept by the same hand: both below one domain. */
bool is_spf_same_hand(const struct name *a, const struct name *b);

/* Whether IT, an a or mx, names only hosts at or below DOMAIN, without CNAME. */
bool is_spf_own_host(const struct spf_item *it, const struct name *domain);

#endif
