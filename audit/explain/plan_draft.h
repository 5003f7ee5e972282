/* SPDX-License-Identifier: ISC */
/*
 * plan_draft.h - fixes while they are made: between the files of the plan.
 */
#ifndef AUDIT_EXPLAIN_PLAN_DRAFT_H
#define AUDIT_EXPLAIN_PLAN_DRAFT_H
#include "audit/explain/plan.h"

#define MAX_JOINED (2 * MAX_CHANGES) /* changes of a fix that took in another */

/* A fix while it is made. */
struct draft {
	struct plan_fix f;
	const struct plan_cause *cause; /* the first */
	struct change *changes;         /* room for MAX_JOINED; NULL while none is proposed */
	size_t n_changes;
	const struct rehearsed_finding **cures; /* of the world before */
	size_t n_cures, cap_cures;
	size_t *subjects, n_subjects, cap_subjects;
	size_t *groups, cap_groups;
	bool taken; /* another draft stands for it */
};

struct planning {
	struct rehearsal *r;
	const struct ours *ours;
	struct arena *a;
	struct draft **v;
	size_t n, cap;
	size_t audits; /* made by trials so far */
};

/* ONE, TWO and THREE in a row, owned by the arena of P. */
struct str draft_words_of(struct planning *p, const char *one, struct str two, const char *three);

/* D cures F, too. */
void draft_add_cure(struct planning *p, struct draft *d, const struct rehearsed_finding *f);

/* What is to be done about C, as one more draft, or as a part of an equal one. */
void draft_cause(struct planning *p, const struct plan_cause *c);

/* D, another draft's match, is part of O now. */
void draft_take_in(struct planning *p, struct draft *o, struct draft *d);

/*
 * C behind the *N changes at LIST, which has room for MAX_JOINED; C was made on top of
 * them.  False when there is no room.
 */
bool draft_compose(struct change *list, size_t *n, const struct change *c);

#endif
