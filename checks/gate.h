/* SPDX-License-Identifier: ISC */
/*
 * gate.h - what a change to DNS takes away from mail, judged by comparing the state
 * before it with the state after it.
 *
 * Both sides may be valid records: what is judged is the way from one to the other.
 * What was wrong before is nobody's finding here, and what cannot be seen on either
 * side is not judged.  A domain that is given up for mail (no exchanger, and an SPF
 * record that lists nobody) loses its records on purpose.
 */
#ifndef CHECKS_GATE_H
#define CHECKS_GATE_H
#include <stdbool.h>
#include "checks/check.h"
#include "checks/dmarc_policy.h"
#include "checks/spf_sources.h"
#include "checks/spf_tree.h"

#define MAX_GATE_TOLD 20 /* findings of one rule about one domain; more says no more */

/* What is known of one state of the subject's domain. */
struct gate_side {
	struct audit au; /* asks about this state; finds nothing */
	const struct answer *mx, *txt;
	const struct spf_tree *tree;
	struct spf_listing listed;
	const struct dmarc_policy *policy; /* for the domain as author */
	bool parked; /* it neither takes mail nor lets anybody send, or is given up as a whole */
};

struct gate {
	struct audit *au;
	struct gate_side was, is;
	struct buf *b; /* scratch, for one text at a time */
};

/* The check: see checks/check.h.  It does nothing where there is nothing to compare. */
void check_gate(struct audit *au);

/*
 * Whether G, a new finding about the state after the change, says no more than F of
 * this check does: one cause is told once.
 */
bool gate_explains(const struct finding *f, const struct finding *g);

/*
 * The rest is for the files of the check: what they judge, of two states of which
 * nothing in G is pending.
 */
void gate_judge_spf(struct gate *g);
void gate_judge_keys(struct gate *g);
void gate_judge_dmarc(struct gate *g);
void gate_judge_mx(struct gate *g);
void gate_judge_names(struct gate *g);

/* A finding of rule ID about the subject's domain. */
struct finding *gate_tell(struct gate *g, enum rule_id id);

/*
 * F is about the record RR, that OWNER had before the change: its text, where the
 * nearest record of that owner stands now, or else where the zone begins.
 */
void gate_place_gone(
    struct gate *g, struct finding *f, const struct name *owner, const struct rr *rr);

/* The records of A, of the state before, put back at OWNER, as the remedy of F. */
void gate_put_back(
    struct gate *g, struct finding *f, const struct name *owner, const struct answer *a);

/*
 * The qualifier of the all that ends the record of NODE, a redirect= followed; 0 =
 * there is none, '*' = not known.
 */
char gate_final_all(const struct spf_node *node);

/* "-all", "no all". */
struct str gate_all_text(char qualifier);

/* Whether RR is an MX record that leads to a host. */
bool is_gate_exchanger(const struct rr *rr);

/* Whether A holds an MX record that leads to a host. */
bool gate_takes_mail(const struct answer *a);

#endif
