/* SPDX-License-Identifier: ISC */
/*
 * domains.h - the mail domains of two sides: names that hold a record which only mail
 * has a use for.
 *
 * A host that is nothing but the target of an include is none; it is judged with those
 * that include it.
 */
#ifndef AUDIT_GATE_DOMAINS_H
#define AUDIT_GATE_DOMAINS_H
#include "audit/source.h"
#include "checks/core/arena.h"

#define MAX_GATE_DOMAINS 200000 /* the largest operators keep some thousands of zones */

struct gate_domain {
	struct name name;
	bool in_base, in_head; /* it holds such a record there */
};

/*
 * The domains of the zone files HEAD and BASE, by name, into *OUT, owned by A;
 * their number.  *OVER: there were more than MAX_GATE_DOMAINS.
 */
size_t gate_domains(struct arena *a, struct source *base, struct source *head,
    struct gate_domain **out, bool *over);

#endif
