/* SPDX-License-Identifier: ISC */
/*
 * changes.h - what a change to DNS does to mail, as facts: what was taken away, what
 * came, what became weaker or stronger.
 *
 * It judges nothing (gate.h does), and says nothing of what no receiver notices: the
 * order of terms and records, TTLs, case, how a text is cut into strings, a tag that
 * says what holds without it.
 */
#ifndef CHECKS_CHANGES_H
#define CHECKS_CHANGES_H
#include <stdbool.h>
#include <stddef.h>
#include "checks/core/arena.h"
#include "checks/core/name.h"
#include "checks/core/str.h"

#define MAX_CHANGE_PARTS 40 /* of one record; the rest is counted */
#define MAX_CHANGE_NETS 6   /* networks told one by one; the rest is counted */

enum mail_area { AREA_SPF, AREA_DMARC, AREA_DKIM, AREA_MX, AREA_MTA_STS, AREA_TLS_RPT, MAIL_AREAS };

enum mail_part {
	PART_RECORD_ADDED,
	PART_RECORD_REMOVED,
	PART_RECORD_VOID,    /* SPF: nobody passes by it any more */
	PART_RECORD_CURED,   /* SPF: it was void */
	PART_RECORD_CHANGED, /* in a way that no part says */
	PART_NETWORK_LOST,   /* what = the network, who = senders that are in it */
	PART_NETWORK_GAINED,
	PART_NETWORKS_LOST, /* count = more of them, not told one by one */
	PART_NETWORKS_GAINED,
	PART_TERM_REMOVED, /* of SPF; what = the term */
	PART_TERM_ADDED,
	PART_TAG_REMOVED, /* of DMARC, DKIM: what = the tag, was */
	PART_TAG_ADDED,   /* what, is */
	PART_TAG_CHANGED, /* what, was, is */
	PART_FIGURE,      /* what = "lookups", was, is */
	PART_KEY_ADDED,   /* what = the selector */
	PART_KEY_REMOVED,
	PART_KEY_REVOKED,
	PART_KEY_REPLACED,
	PART_KEY_MOVED,    /* was, is = where its CNAME leads; empty = there is none */
	PART_HOST_REMOVED, /* of MX: what = the host, was = its preference */
	PART_HOST_ADDED,   /* what, is */
	PART_HOST_MOVED,   /* what, was, is */
	MAIL_PARTS
};

enum mail_way { WAY_NONE, WAY_WEAKER, WAY_STRONGER };

struct mail_change_part {
	enum mail_part part;
	enum mail_way way;
	bool unsure;              /* of networks: something not known may list them too */
	struct str what, was, is; /* as in the records, raw bytes; empty where PART has none */
	struct str who, ip; /* a sender in a network, as its owner calls it, and its address; a
			       selector of PART_TAG_*; empty = none */
	size_t n_more;      /* other senders in that network */
	size_t count;
};

/* What changed in one record, or of MX and DKIM in the set of them. */
struct mail_change {
	enum mail_area area;
	struct name owner; /* the domain */
	struct mail_change_part *parts;
	size_t n_parts, cap;
	size_t n_more; /* parts left out */
};

struct mail_changes {
	const struct mail_change *list;
	size_t n;
};

struct gate;

/*
 * What the change does to the subject's domain, owned by the arena of G; NULL while
 * something is pending.
 */
const struct mail_changes *changes_of(struct gate *g);

/* "spf", "dmarc" ... / "network-lost", "tag-changed" ...; for reports that programs read. */
const char *mail_area_name(enum mail_area a);
const char *mail_part_name(enum mail_part p);

/* "weaker", "stronger", "". */
const char *mail_way_name(enum mail_way w);

#endif
