/* SPDX-License-Identifier: ISC */
/*
 * address.h - addresses inside fields and prose, and lists of them.
 */
#ifndef AUDIT_BOUNCE_ADDRESS_H
#define AUDIT_BOUNCE_ADDRESS_H
#include "audit/bounce/fields.h"

#define MAX_ADDRESS_BYTES 512 /* RFC 5321 4.5.3.1 allows 320; VERP makes them longer */
/* Recipients of one report.  A list server's DSN names thousands; looking each up among the
 * others is quadratic, so more are refused and told. */
#define MAX_REPORT_RECIPIENTS 2000

struct address_list {
	struct str *items;
	size_t n, cap;
	bool cut; /* there were more than MAX_REPORT_RECIPIENTS */
};

/* The next address of TEXT from *POS on, a view; false at the end. */
bool address_next(struct str text, size_t *pos, struct str *out);

/* What stands behind the last @ of ADDRESS, a view; empty when there is none. */
struct str address_domain(struct str address);

/* Whether L holds ADDRESS, letters of either case. */
bool address_list_has(const struct address_list *l, struct str address);

/* Add ADDRESS unless L holds it or ADDRESS is empty; past the maximum L->cut is set. */
void address_list_add(struct arena *a, struct address_list *l, struct str address);

/* Add each address that stands in VALUE. */
void address_list_scan(struct arena *a, struct address_list *l, struct str value);

#endif
