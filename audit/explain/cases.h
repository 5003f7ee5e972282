/* SPDX-License-Identifier: ISC */
/*
 * cases.h - groups of refusals made into cases: a subject each, with the very
 * address, MAIL FROM, HELO name, selectors and list that the refusals name.
 *
 * Groups that come to the same subject share one case.  Whose mail it was is
 * settled here, and what no record of ours can be the reason for makes no case.
 * Nothing is asked here.
 */
#ifndef AUDIT_EXPLAIN_CASES_H
#define AUDIT_EXPLAIN_CASES_H
#include "audit/bounce/classify.h"
#include "audit/bounce/summary.h"
#include "audit/config/config.h"
#include "audit/explain/owners.h"
#include "audit/options.h"
#include "checks/refusal.h"

/*
 * Subjects of one run.  A log that somebody else can write into names as many domains
 * as he likes, and each costs some ten questions; the groups with the most mails come
 * first, the others are counted and told.
 */
#define MAX_CASES 1000

/* Why a group makes no case. */
enum case_standing {
	CASE_ASKED,      /* it has one */
	CASE_NOT_OURS,   /* not our domain, or not about us at all */
	CASE_NOT_DNS,    /* the receiver's own judgement: no record would change it */
	CASE_THEIR_LIST, /* the list refused the receiver, and not us */
	CASE_UNREAD,     /* nobody knows what the reply means */
	CASE_UNOWNED,    /* nothing tells which domains are ours: this may be one */
	CASE_INBOUND,    /* we refused it */
	CASE_LEFT_OUT    /* over MAX_CASES */
};

/* What the audit of a case said, in one world. */
struct case_seen {
	bool done;                /* false: a bound was passed, or nobody asked */
	struct refusal_fact fact; /* its text owned by the cases' arena; `failed` is not kept */
	struct str failed;        /* the lookup that failed, with its cause; empty = none */
	const struct bounce_finding *findings; /* of the ordinary audit that tell the cause */
	size_t n_findings;
};

/* One subject. */
struct explain_case {
	struct refusal refusal;
	struct name domain; /* of the subject; n = 0 = only the address is audited */
	struct case_seen now, then;
	uint64_t mails; /* refused, of all groups */
	/*
	 * The address stands in the words of others alone: it may be a spoofer's,
	 * and no record is proposed for it.
	 */
	bool doubted;
};

/* What is known of one group besides; parallel to the report's groups. */
struct case_of {
	enum case_standing standing;
	const char *why;     /* static words: why it is not ours, not DNS ...; NULL = see there */
	size_t index;        /* of its case, with CASE_ASKED */
	const char *ip_from; /* "log", "text", "config", "option"; "" = not known */
	struct str
	    not_ours; /* CASE_NOT_OURS, CASE_UNOWNED: the domain; empty = an address, a mailbox */
};

struct cases_options;

struct cases {
	struct arena *a; /* owns all that follows */
	struct classifier *classifier;
	const struct cases_options *co;
	struct owners owners;
	struct explain_case *v;
	size_t n, cap;
	struct case_of *of;              /* of each group */
	size_t over;                     /* groups left out over MAX_CASES */
	const struct dnsbl_list **lists; /* rows of our own, for lists that no catalogue has */
	size_t n_lists, cap_lists;
};

/* What the user said of his own mail. */
struct cases_options {
	const struct config *config;    /* NULL = none */
	const struct check_options *o;  /* --ip, --helo, --selector, --dkim, --dnsbl-zones */
	struct str domain;              /* --domain, lower case; empty = not given */
	const struct dnsbl_list *lists; /* of --dnsbl-zones; NULL = the catalogue */
	size_t n_lists;
};

/*
 * The cases of R's groups into *OUT, owned by A.  C reads the samples again for what
 * they state.
 */
void cases_make(const struct bounce_report *r, struct classifier *c, const struct cases_options *o,
    struct arena *a, struct cases *out);

/*
 * The subject of X into *OUT, owned by A: what the configuration says of the domain, and
 * the sender of the case beside it.  It refers to X.
 */
void case_subject(const struct explain_case *x, const struct cases_options *o, struct arena *a,
    struct subject *out);

#endif
