/* SPDX-License-Identifier: ISC */
/*
 * alignment.h - whether a domain that was authenticated belongs to the author's
 * (RFC 9989 section 4.4; RFC 7489 section 3.1 by the public suffix list).
 *
 * A function of facts: it appends no finding.
 */
#ifndef CHECKS_ALIGNMENT_H
#define CHECKS_ALIGNMENT_H
#include <stdbool.h>
#include "checks/check.h"

struct alignment {
	bool pending; /* an answer is missing: nothing else may be read */
	bool strict;  /* the same domain */
	bool relaxed; /* the same organizational domain by the tree walk (RFC 9989 4.10.2) */
	bool
	    relaxed_list; /* the same registrable domain by the public suffix list (RFC 7489 3.2) */
	const struct answer *failed;      /* hides whether RELAXED holds; NULL = it is known */
	const struct answer *failed_list; /* the same for RELAXED_LIST */
};

/*
 * How DOMAIN, that of a signature or of MAIL FROM, stands to the author domain
 * AUTHOR.  Asks nothing more about a domain that cannot be aligned.
 */
struct alignment alignment_of(
    struct audit *au, const struct name *author, const struct name *domain);

/* Whether A says for certain that the two belong to different organizations. */
bool alignment_is_none(const struct alignment *a);

#endif
