/* SPDX-License-Identifier: ISC */
/*
 * check.h - the shape of a check, and the table of them.
 *
 * A check is a pure function: it reads the subject, asks through the inquiry,
 * appends findings and fills its part of the facts.  When an answer it needs
 * is pending it returns; it is called again from the start.  It cannot fail.
 */
#ifndef CHECKS_CHECK_H
#define CHECKS_CHECK_H
#include "checks/core/facts.h"
#include "checks/core/finding.h"
#include "checks/core/inquiry.h"
#include "checks/core/subject.h"

struct audit {
	const struct subject *subject;
	struct inquiry *q;
	struct arena *arena; /* keeps what the check derives until the subject is told */
	struct findings *findings;
	struct facts *facts;
	struct inquiry *base; /* asks about the state before a change; NULL = nothing to compare */
};

/*
 * AU as it asks about the state before the change: for functions of facts, which answer
 * for the same subject there.  Not where au->base is NULL.
 */
static inline struct audit
audit_before(const struct audit *au)
{
	struct audit before = *au;

	before.q = au->base;
	before.base = NULL;
	return before;
}

struct check {
	const char *name; /* "spf": as in --only and in rule.check */
	void (*run)(struct audit *au);
	bool (*applies)(const struct subject *s); /* NULL = to every subject with a domain */
	const char *about;                        /* one line for people */
	enum rule_id pass; /* told when it ended without error, warning or unknown */
	bool (*in_order)(const struct facts *f); /* and this says so too; NULL = it does */
};

extern const struct check checks[];
extern const size_t n_checks;

/* The check called NAME; NULL when there is none. */
const struct check *check_find(struct str name);

#endif
