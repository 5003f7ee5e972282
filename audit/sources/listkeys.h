/* SPDX-License-Identifier: ISC */
/*
 * listkeys.h - the customer's key of a block list goes into the name that is sent, and
 * nowhere else.
 *
 * A question bears the list's public zone, and so do the answer, the recording, the
 * trace and every report.  This source stands in front of the one that asks servers:
 * it puts the key in on the way there, and takes it out on the way back.
 */
#ifndef AUDIT_SOURCES_LISTKEYS_H
#define AUDIT_SOURCES_LISTKEYS_H
#include "audit/source.h"

/* Questions below ZONE are sent with the labels KEY in front of it. */
struct list_key {
	struct name zone;
	struct str key; /* secret */
};

/*
 * A source that asks INNER, which it owns from then on, with the N keys at KEYS; what
 * is not below one of their zones goes through as it is.  KEYS must live as long.
 */
struct source *listkeys_new(struct source *inner, const struct list_key *keys, size_t n);

#endif
