/* SPDX-License-Identifier: ISC */
/*
 * compare.h - the findings of a domain after a change beside those before it.
 *
 * A finding is known again by its fingerprint, wherever in its file the record stands.
 * What cannot be seen after the change is never called fixed.
 */
#ifndef AUDIT_GATE_COMPARE_H
#define AUDIT_GATE_COMPARE_H
#include "audit/gate/side.h"
#include "report/report.h"

struct comparison {
	const struct side *base, *head;
	const struct domain_result *before; /* of the base; NULL = nothing is known of it */
	bool same;                          /* all answers are: before is as after */
	struct arena *a;
};

/* Mark what OUT holds as new, worse, kept or suppressed, and add what is fixed. */
void compare_domain(const struct comparison *c, struct domain_result *out);

/*
 * Whether the unknown finding G of HEAD is about something that BASE let be known: an
 * answer that is lost.
 */
bool compare_was_known(const struct side *base, const struct side *head, const struct judged *g);

/* The figure of G whose growth is "worse", into *OUT; false when its rule has none. */
bool compare_figure(const struct judged *g, int64_t *out);

/* An answer of G's evidence that fails because nobody was given to ask; NULL = there is none. */
const struct answer *compare_lacking(const struct judged *g);

#endif
