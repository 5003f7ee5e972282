/* SPDX-License-Identifier: ISC */
/*
 * taglist.h - tag=value lists (RFC 6376 3.2), as DKIM, DMARC, TLS-RPT, BIMI and
 * MTA-STS records are made of.
 *
 * A walk over views: it goes on after a fault and says where it was.
 */
#ifndef CHECKS_CORE_TAGLIST_H
#define CHECKS_CORE_TAGLIST_H
#include <stdbool.h>
#include <stddef.h>
#include "checks/core/str.h"

#define MAX_TAGS 100 /* a walk ends there; records in use have under 15 */

enum tag_fault {
	TAG_OK,
	TAG_NO_EQUALS, /* text between semicolons without '=' */
	TAG_BAD_NAME,  /* name is empty or not ALPHA *ALNUMPUNC */
	TAG_BAD_VALUE, /* a byte a tag-value may not hold */
	TAG_EMPTY      /* nothing between two semicolons; a final one is no fault */
};

struct tag {
	struct str all;   /* name, '=' and value without blanks around */
	struct str name;  /* as written; case counts (RFC 6376 3.2) */
	struct str value; /* without blanks around; inner blanks kept */
	enum tag_fault fault;
};

/*
 * The next tag of TEXT from *POS on into *OUT, moving *POS behind its ';'.
 * False at the end.  Start with *POS = 0.  Views lead into TEXT.  *POS is
 * TEXT.n at the end, and less when MAX_TAGS cut the walk short.
 */
bool tag_next(struct str text, size_t *pos, struct tag *out);

/* The first well-formed tag called NAME; false when there is none. */
bool tag_find(struct str text, struct str name, struct tag *out);

/*
 * The next element of LIST, separated by SEP, blanks trimmed, into *OUT; *POS
 * moves on.  False at the end; an empty element is returned as such, but an
 * empty LIST has none.
 */
bool list_next(struct str list, char sep, size_t *pos, struct str *out);

#endif
