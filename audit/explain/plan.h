/* SPDX-License-Identifier: ISC */
/*
 * plan.h - causes of refusals made into fixes: the same change once, changes of one
 * record joined, each rehearsed, what does not hold not proposed.
 *
 * Where a finding of the audit has a remedy, that is the change; nothing is proposed
 * that harm.h refuses.  What hangs on an address that nobody said is ours is asked.
 */
#ifndef AUDIT_EXPLAIN_PLAN_H
#define AUDIT_EXPLAIN_PLAN_H
#include "audit/explain/harm.h"
#include "audit/explain/rehearse.h"
#include "report/plan.h"

#define MAX_PLAN_RULES 24    /* rules that may tell of one cause */
#define MAX_PLAN_AUDITS 4000 /* of trials: some seconds; those that save most come first */
#define MAX_PLAN_STREAMS 4   /* streams that a proof shows */
#define NO_SUBJECT ((size_t)-1)

/* Why the mails of one group were refused. */
struct plan_cause {
	size_t group; /* of the report */
	uint64_t mails;
	size_t subject;     /* of the rehearsal; NO_SUBJECT = none was audited */
	struct str domain;  /* whose mail it is, as text; or the address */
	bool has_ip, owned; /* owned: the address is known to be ours */
	struct addr ip;
	enum rule_id rules[MAX_PLAN_RULES]; /* that may tell of it, the most telling first */
	size_t n_rules;
	struct str helo, selector, key_domain; /* for lines of configuration; each may be empty */
	const char *reader;                    /* whose log it is: "postfix"; NULL = not known */
	/* Where no record is to be changed: */
	bool not_dns;
	struct str advice, url;
	enum rule_who who;
};

struct plan_causes {
	const struct plan_cause *v;
	size_t n;
	const struct ours *ours; /* the addresses that are known to be ours */
};

/*
 * The plan for the CAUSES into *OUT, owned by A.  R has begun.  0 or a negative
 * AUDIT_E*.
 */
int plan_make(struct arena *a, struct rehearsal *r, const struct plan_causes *causes,
    struct plan *out) __attribute__((warn_unused_result));

/*
 * plan_subject.c: S without the addresses that are not known to be OURS: its audit then
 * proposes none of them.  What changes is owned by A.
 */
void plan_subject(struct arena *a, const struct ours *ours, struct subject *s);

/*
 * plan_settings.c: lines for the configuration of a mail server that go with the rule
 * SLUG and the cause C into *OUT, owned by A; their number.  KEYS: what works in DNS now;
 * NULL = not known.
 */
size_t plan_settings(struct arena *a, const char *slug, const struct plan_cause *c,
    const struct kept *keys, const struct str **out);

/*
 * plan_zones.c: the RRsets that the N CHANGES touch, each as it stands and as it is to
 * stand, into OUT's rrsets, owned by A.
 */
int plan_rrsets(struct rehearsal *r, const struct change *changes, size_t n, struct arena *a,
    struct plan *out) __attribute__((warn_unused_result));

#endif
