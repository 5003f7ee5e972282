/* SPDX-License-Identifier: ISC */
/*
 * same.h - whether a change alters what an audit was told.
 *
 * An audit is a function of its answers: where each answer is the same on both sides,
 * so is what is found.  Where records stand in a file is no part of an answer.
 */
#ifndef AUDIT_GATE_SAME_H
#define AUDIT_GATE_SAME_H
#include "audit/gate/side.h"
#include "checks/core/inquiry.h"

enum sameness {
	SAME,
	SAME_BUT_TTL, /* the records are the same, for a longer or a shorter time */
	DIFFERENT
};

/* How far both sides say the same to Q. */
enum sameness same_question(
    const struct question *q, const struct side *head, const struct side *base);

/* The same of all that Q was told, and what BASE would have told it. */
enum sameness same_inquiry(const struct inquiry *q, const struct side *base);

#endif
