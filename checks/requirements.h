/* SPDX-License-Identifier: ISC */
/*
 * requirements.h - what large mailbox providers demand of those who send to them, as
 * dated data, and which of it a domain meets as far as DNS shows.
 *
 * Each row says who demands it, of whom, the code that who fails it draws, and when its
 * source was read.  What no lookup can show is said to be unseen; it is never taken for
 * met, and never makes a domain unready.
 */
#ifndef CHECKS_REQUIREMENTS_H
#define CHECKS_REQUIREMENTS_H
#include <stdbool.h>
#include <stddef.h>
#include "checks/core/facts.h"
#include "checks/core/subject.h"
#include "checks/rules.h"
#include "checks/streams.h"

/* How a demand is looked at; in the order in which one best sees to them. */
enum requirement_kind {
	REQUIRE_DOMAINS,      /* From and MAIL FROM domains exist and take mail */
	REQUIRE_PTR,          /* the address has a name that leads back to it */
	REQUIRE_NOT_LISTED,   /* no block list that matters has it */
	REQUIRE_NOT_SPAMHAUS, /* nor one of Spamhaus */
	REQUIRE_SPF,          /* SPF passes */
	REQUIRE_DKIM,         /* DKIM passes */
	REQUIRE_SPF_OR_DKIM,  /* one of the two */
	REQUIRE_KEY_BITS,     /* RSA keys have 1024 bits */
	REQUIRE_DMARC,        /* a DMARC record applies */
	REQUIRE_POLICY,       /* its own DMARC policy does not have the mail refused */
	REQUIRE_ALIGNED,      /* what passes is aligned with From */
	REQUIRE_UNSEEN,       /* no lookup shows it */
	REQUIREMENT_KINDS
};

/* Whom it binds. */
enum requirement_who { BINDS_ALL, BINDS_BULK, BINDS_MARKETING };

struct requirement {
	const char *provider; /* "gmail", "yahoo", "microsoft", "apple" */
	enum requirement_kind kind;
	enum requirement_who who;
	const char *text;   /* the demand, a few words */
	const char *codes;  /* replies seen where it is not met; "" = none known */
	const char *since;  /* when it came into force; "" = not said */
	const char *source; /* where it was read */
	const char *read;   /* the day of that page */
};

extern const struct requirement requirements[];
extern const size_t n_requirements;

enum requirement_state { STATE_MET, STATE_NOT_MET, STATE_UNKNOWN, STATE_UNSEEN };

/* What there is to look at. */
struct requirement_view {
	const struct subject *subject;
	const struct facts *facts;
	bool told[RULE_COUNT]; /* that a finding of the rule was made, an accepted one too */
	bool lists;            /* block lists were asked */
	bool spamhaus;         /* one of Spamhaus has an address or domain */
	bool mx;               /* the domains of From and MAIL FROM were looked at */
};

/*
 * Whether R is met in V, with a few words why in *REASON, static.  STATE_UNKNOWN is
 * only for lookups that failed.
 */
enum requirement_state requirement_judge(
    const struct requirement *r, const struct requirement_view *v, const char **reason);

/* Whether R binds the senders of V. */
bool requirement_binds(const struct requirement *r, const struct requirement_view *v);

/* Whether a finding of RULE tells what stands between a domain and KIND. */
bool requirement_is_told_by(enum requirement_kind kind, enum rule_id rule);

/* "met", "not-met", "unknown", "unseen". */
const char *requirement_state_name(enum requirement_state s);

/* "all", "bulk", "marketing". */
const char *requirement_who_name(enum requirement_who w);

#endif
