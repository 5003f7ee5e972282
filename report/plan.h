/* SPDX-License-Identifier: ISC */
/*
 * plan.h - what is to be done about refusals, and how it is told: for people, as
 * JSON, as Markdown, and in the forms that records are published with.
 *
 * Plain structs that audit/ fills; nothing is judged here.  Records stand in
 * presentation form, as a zone file takes them.  A plan is a proposal: nothing here
 * changes a record.
 */
#ifndef REPORT_PLAN_H
#define REPORT_PLAN_H
#include "checks/core/finding.h"
#include "report/report.h"

enum plan_state {
	PLAN_PROPOSED,  /* rehearsed, and it held */
	PLAN_ASKED,     /* hangs on something that only the reader knows */
	PLAN_ELSEWHERE, /* no record of DNS is to be changed, or none is known */
	PLAN_FAILED     /* a change was tried that did not hold: not proposed */
};

/* One stream of refused mail, in the worlds before and after. */
struct plan_stream {
	struct str sender;                   /* "192.0.2.25 as example.com" */
	const char *spf[2];                  /* in the words of RFC 8601; "" = not known */
	const char *dkim[2];                 /* the same */
	const char *dmarc[2];                /* the same */
	uint32_t lookups[2], has_lookups[2]; /* of SPF; the second says whether that is known */
};

/* A finding that is there in one world only. */
struct plan_finding {
	const char *slug;
	enum rule_level level;
	struct str about; /* its subject */
};

/* What a rehearsal showed. */
struct plan_proof {
	bool done; /* false: there was none */
	const struct plan_stream *streams;
	size_t n_streams;
	const struct plan_finding *cured, *brought;
	size_t n_cured, n_brought;
};

/* One thing to do. */
struct plan_fix {
	enum plan_state state;
	enum rule_who who;
	uint64_t mails;             /* refused, that it would have saved */
	const char *slug;           /* of the finding that it cures; "" = none */
	struct str domain;          /* whose mail it is; or the address */
	struct str what;            /* what is to be done, a sentence */
	struct str why_not;         /* PLAN_FAILED: what came of it, a sentence */
	const struct str *settings; /* lines for the configuration of the mail server */
	size_t n_settings;
	struct str url;       /* where to act, or to read on; empty = nowhere */
	const size_t *groups; /* of the report that holds it, from 0 */
	size_t n_groups;
	const struct change *changes; /* in the order to make them */
	size_t n_changes;
	struct plan_proof proof;
};

/* One RRset that proposed fixes change, as a whole. */
struct plan_rrset {
	struct name zone; /* that holds it */
	bool zone_known;  /* false: the registrable domain is taken for it */
	struct name owner;
	uint16_t type;
	uint32_t ttl_s;   /* to publish with */
	bool known;       /* BEFORE is what stands there; false = nobody could say */
	bool name_absent; /* no record of any type stood at the name */
	const struct str *before, *after; /* rdata */
	size_t n_before, n_after;
};

struct plan {
	const struct plan_fix *fixes; /* what saves most first, then what is not proposed */
	size_t n;
	struct plan_proof together;      /* of all that are proposed */
	const struct plan_rrset *rrsets; /* by zone, owner, type */
	size_t n_rrsets;
};

/* The fixes of P for people, the number before each; nothing where there are none. */
void plan_text(struct buf *b, const struct report_style *style, const struct plan *p);

/* The same as Markdown (GitHub's), for an issue or a chat. */
void plan_markdown(struct buf *b, const struct plan *p);

/* The member plan of the object that is open; the empty list for NULL. */
struct json;
void plan_json(struct json *j, const struct plan *p);

/*
 * What is proposed as lines of a zone file, the old ones as comments, absolute names
 * and no $ORIGIN, so that the lines fit any file.
 */
void plan_zone(struct buf *b, const struct plan *p);

/*
 * The same as a script for nsupdate (RFC 2136): an update for each zone that is made
 * as a whole, or not at all where a record is no longer what it was.
 */
void plan_nsupdate(struct buf *b, const struct plan *p);

/*
 * The same as octoDNS YAML, a document for each zone, with the whole of each RRset,
 * for a name has one entry for a type.
 */
void plan_octodns(struct buf *b, const struct plan *p);

/* "before: fail, 12 lookups; after: pass, 7 lookups; nothing new", of P that is done. */
void proof_words(struct buf *b, const struct plan_proof *p);

/* "1,204". */
void grouped_add(struct buf *b, uint64_t n);

/* "proposed", "asked", "elsewhere", "failed". */
const char *plan_state_name(enum plan_state s);

#endif
