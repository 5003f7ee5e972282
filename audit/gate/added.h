/* SPDX-License-Identifier: ISC */
/*
 * added.h - which term of an SPF record a change adds, when what it leads to is unknown.
 *
 * It may stand in a record that others include: then it is told there, and not of the
 * include, which was there before.
 */
#ifndef AUDIT_GATE_ADDED_H
#define AUDIT_GATE_ADDED_H
#include "audit/gate/side.h"
#include "checks/core/inquiry.h"
#include "report/report.h"

struct added_term {
	const struct answer *txt; /* of the inquiry */
	const struct rr *rr;
	struct str term; /* a view into the text of RR */
};

/*
 * The term that leads to the question of LACKS, which the unknown finding U of the inquiry Q
 * is about, and that no SPF record of its owner in BASE holds.  False when there is none:
 * the change added nothing that is unknown.
 */
bool added_term(const struct inquiry *q, const struct side *base, const struct judged *u,
    const struct answer *lacks, struct added_term *out);

#endif
