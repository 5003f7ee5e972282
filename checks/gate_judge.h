/* SPDX-License-Identifier: ISC */
/*
 * gate_judge.h - what the files of the check "gate" share: the two states, who judges
 * which side of them, and how that is told.
 *
 * gate.c looks at both states and hands them on; nothing in them is pending then.
 * gate_spf.c, gate_dkim.c, gate_dmarc.c, gate_mx.c and gate_names.c judge.
 */
#ifndef CHECKS_GATE_JUDGE_H
#define CHECKS_GATE_JUDGE_H
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

/* What was lost on the way from one state of G to the other; nothing of them is pending. */
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
