/* SPDX-License-Identifier: ISC */
/*
 * mailbox.h - the addresses in a From or Return-Path field (RFC 5322 section
 * 3.4, with what 4.4 lets a reader take).
 *
 * Pure: display names, encoded words (RFC 2047) and comments are passed over,
 * not decoded.  Groups are taken apart (RFC 6854).
 */
#ifndef CHECKS_MAILBOX_H
#define CHECKS_MAILBOX_H
#include <stdbool.h>
#include <stddef.h>
#include "checks/core/arena.h"
#include "checks/core/name.h"
#include "checks/core/str.h"

#define MAX_MAILBOXES 100                    /* of one field; the rest is counted */
#define MAX_MAILBOX_FIELD ((size_t)64 << 10) /* a longer field is not read */
#define MAX_COMMENT_DEPTH 50                 /* a field with deeper comments is bad */

struct mailbox {
	struct str address; /* local@domain, without comments and blanks around */
	struct str local;   /* as written, quotes included */
	struct str domain;  /* as written; may be U-labels or an address literal */
	struct name name;   /* of the domain; n = 0 = it is none */
	bool u_label;       /* the domain has bytes over 127 */
	bool route;         /* a source route stood before it (RFC 5322 4.4) */
};

struct mailboxes {
	struct mailbox *list;
	size_t n;
	bool bad;   /* something is no mailbox; LIST holds those that are */
	bool over;  /* there were more than MAX_MAILBOXES */
	bool group; /* group syntax is used, perhaps without a member */
};

/* Read the value TEXT of an address field into *OUT, owned by A.  Cannot fail. */
void mailboxes_parse(struct arena *a, struct str text, struct mailboxes *out);

/*
 * The mailbox whose domain is that of all in LIST, which is the author's (RFC 9989
 * 5.3); NULL when there is none, LIST holds another domain too, or part of the
 * field could not be read: that may be the address which people are shown.
 */
const struct mailbox *mailboxes_author(const struct mailboxes *list);

/* How many domains LIST holds, letters of either case. */
size_t mailboxes_domains(const struct mailboxes *list);

#endif
