/* SPDX-License-Identifier: ISC */
/*
 * seen.h - a source that was seen to send as a domain, and what SPF and DKIM say of
 * it today.
 *
 * Who was seen is told by receivers (aggregate reports).  Such a source may be a
 * spoofer or a forwarder: nothing here proposes it for a record.
 */
#ifndef CHECKS_SEEN_H
#define CHECKS_SEEN_H
#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#include "checks/check.h"

#define MAX_SEEN_BATCH 40 /* sources of one subject: each costs an SPF evaluation a run */

/* A signature that was seen. */
struct seen_selector {
	struct name domain; /* d= */
	struct str name;    /* s= */
	uint64_t all, pass; /* messages with it; those where it verified */
	time_t last;        /* end of the last report that it verified in; 0 = not said */
	const char *today;  /* of its key: as in facts.dkim; "" = was not looked up */
	bool aligned;       /* d= with the From domain, today */
	struct seen_selector *next;
};

/* A MAIL FROM domain, a reporter. */
struct provider;

struct seen_word {
	struct str text;
	uint64_t messages;
	struct seen_word *next;
};

/* What is so today. */
struct seen_today {
	const char *spf;                /* RFC 8601; "" = was not looked up */
	struct str spf_domain;          /* whose record that is */
	struct str term;                /* of it, that decided; empty = none did */
	const struct provider *service; /* whose include that is; NULL = nobody's we know */
	bool looked_up;                 /* false: nothing below or above was asked */
	bool spf_aligned;               /* SPF_DOMAIN with the From domain */
	bool passes;     /* DMARC, by SPF, or by a signature that was seen to verify */
	bool unknown;    /* a lookup failed that could make it pass */
	struct name ptr; /* reverse name, if it leads anywhere; n = 0 = none */
};

/* What is to be said of a source; the order is that of reports. */
enum seen_standing {
	SEEN_FAILS,   /* ours, and its mail does not pass today */
	SEEN_UNSURE,  /* ours, and today could not be looked up */
	SEEN_FAILED,  /* ours; some failed, today it would pass */
	SEEN_UNNAMED, /* passes as us, and no configuration names it */
	SEEN_SIGNED,  /* fails SPF, and bears a signature of ours: a forwarder, or a service */
	SEEN_UNKNOWN, /* fails, and nobody said that it is ours */
	SEEN_PASSES   /* all passed, and nobody would have to name it, or somebody does */
};

/* One address that sends as one From domain. */
struct seen_source {
	struct name from;
	struct addr ip;
	uint64_t messages;
	uint64_t aligned, dkim, spf; /* passed with alignment: by either, by each */
	uint64_t quarantined, rejected;
	uint64_t forwarded; /* the receiver says: by a forwarder or a list */
	time_t first, last; /* of the reports; 0 = not said */
	struct seen_word *paths, *orgs;
	struct seen_selector *selectors;
	struct str sender; /* of the configuration; empty = none has its address */
	struct seen_today today;
	enum seen_standing standing;
};

/* What check_seen() found of one sender: KEYS in the order of its signers. */
struct seen_fact {
	struct seen_today today;
	struct seen_selector *keys; /* only `today` and `aligned` are filled in */
};

/*
 * The check of `mailvet senders`: each sender of the subject, which has one address
 * and signers of one selector each, into facts->seen, in their order.
 * The reverse name of those that do not pass is asked for where `volume` is set.  Appends no
 * finding.
 */
void check_seen(struct audit *au);

/* The level that S counts as. */
enum rule_level seen_level(enum seen_standing s);

/* "fails", "unsure", "failed", "unnamed", "signed", "unknown", "passes". */
const char *seen_standing_name(enum seen_standing s);

#endif
