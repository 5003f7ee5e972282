/* SPDX-License-Identifier: ISC */
/*
 * suppress.h - findings of a change that somebody accepted: in a baseline, or by a word
 * beside the record; and what of that no longer serves.
 *
 * A word that the change itself brings does not count: who breaks a record could excuse
 * himself with it.
 */
#ifndef AUDIT_GATE_SUPPRESS_H
#define AUDIT_GATE_SUPPRESS_H
#include "audit/gate/baseline.h"
#include "audit/gate/side.h"
#include "audit/judge.h"

struct suppress {
	const struct side *base, *head;
	struct baseline *baseline;
	bool trust_head; /* comments of HEAD count though the base lacks them */
	const struct domain_result
	    *was;  /* the domain at hand before the change; NULL = not judged */
	bool same; /* for nothing that it asks for has changed */
	time_t now;
	/* From here on suppress.c's own: */
	struct arena arena;
	struct waiver *by_ignore; /* of each comment of HEAD; one that bore nothing has no rule */
	bool *refused; /* of each: it would have borne something, and is not in the base */
};

/* Make S ready, whose first members are set; what they refer to must outlive it. */
void suppress_init(struct suppress *s);

/* Give back what S holds; one that is all zeros holds nothing. */
void suppress_free(struct suppress *s);

/* Who bears G of SUBJECT: for struct judge_change, CTX being a struct suppress. */
const struct waiver *suppress_bear(
    struct suppress *s, const struct subject *subject, const struct judged *g);

/*
 * Tell J, as findings of the run: lines of the baseline that are over, and comments that
 * are not trusted; with ALL, when nothing was left out of the audit, also those of both
 * that bore nothing.
 */
void suppress_tell(const struct suppress *s, struct judge *j, bool all);

#endif
