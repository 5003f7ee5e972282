/* SPDX-License-Identifier: ISC */
/*
 * uri.h - the report addresses of rua and ruf (RFC 9989 section 4.8, RFC 3986,
 * RFC 6068).
 *
 * Pure and without memory of its own: views into the text, no lookups.  It
 * reads what a report generator must read and tells the first fault of each
 * entry; whether reports get there is not its affair.
 */
#ifndef CHECKS_URI_H
#define CHECKS_URI_H
#include <stdbool.h>
#include <stddef.h>
#include "checks/core/name.h"
#include "checks/core/str.h"

enum uri_fault {
	URI_OK,
	URI_EMPTY,       /* nothing between two commas, or no entry at all */
	URI_NO_SCHEME,   /* an address without "mailto:" */
	URI_BLANK,       /* a blank inside; around the comma it is right */
	URI_BAD_BYTE,    /* a byte that must be percent-encoded, '!' among them */
	URI_BAD_PERCENT, /* '%' without two hexadecimal digits */
	URI_NO_ADDRESS,  /* mailto: without local part, '@' or domain */
	URI_BAD_DOMAIN   /* the domain of the address is no host name */
};

struct report_uri {
	struct str all;    /* the entry without blanks around it and without size suffix */
	struct str scheme; /* "mailto", as written; empty with URI_NO_SCHEME */
	struct str size;   /* "10m" of a suffix "!10m" (RFC 7489 6.4); empty = none */
	struct str bad;    /* the part at fault; empty with URI_OK */
	bool is_mailto;
	struct name host; /* domain of a mailto: without fault; n = 0 otherwise */
	enum uri_fault fault;
};

/*
 * The next entry of LIST from *POS on into *OUT, moving *POS behind its comma.
 * False at the end.  Start with *POS = 0.  A list that is empty has one entry,
 * which is URI_EMPTY.  Views lead into LIST.
 */
bool uri_next(struct str list, size_t *pos, struct report_uri *out);

/* Read the one entry TEXT (no comma splits it) into *OUT. */
void uri_parse(struct str text, struct report_uri *out);

/*
 * Whether LIST holds an entry that is syntactically valid, of any scheme (RFC
 * 9989 4.10.1: the fallback to p=none asks for one).
 */
bool uri_list_has_valid(struct str list);

#endif
