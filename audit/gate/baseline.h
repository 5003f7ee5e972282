/* SPDX-License-Identifier: ISC */
/*
 * baseline.h - findings that are known and accepted, in a file of their own.
 *
 * One a line, sorted, so that a change to it can be read and merged:
 *
 *	FINGERPRINT RULE DOMAIN UNTIL [figure=N] REASON
 *
 * UNTIL is the last day it holds, or '-'.  With a figure, 12 lookups say, it accepts the
 * finding up to that and no more.  A line that begins with '#' is a comment.
 */
#ifndef AUDIT_GATE_BASELINE_H
#define AUDIT_GATE_BASELINE_H
#include "report/report.h"

#define MAX_BASELINE_BYTES ((size_t)16 << 20)
#define MAX_BASELINE_LINES 200000 /* of the least bytes, 16 MiB hold about as many */

struct baseline_line {
	struct waiver waiver;
	uint32_t line;
	uint32_t figure; /* the highest that is accepted */
	bool has_figure;
	bool used; /* it bore a finding */
};

struct baseline {
	const char *path; /* NULL = there is none */
	struct arena arena;
	struct baseline_line *lines; /* by domain and fingerprint */
	size_t n, cap;
};

/* Make B empty / give back what it holds. */
void baseline_init(struct baseline *b);
void baseline_free(struct baseline *b);

/* Where and why a line was refused. */
struct baseline_error {
	uint32_t line;
	const char *why; /* static */
};

/* Read TEXT into B.  AUDIT_OK, or AUDIT_EFORMAT with *ERROR set. */
int baseline_parse(struct baseline *b, struct str text, struct baseline_error *error)
    __attribute__((warn_unused_result));

/* The same of the file at PATH; what is wrong has been told.  Also AUDIT_EREAD. */
int baseline_read(struct baseline *b, const char *path) __attribute__((warn_unused_result));

/* The line of B about the finding G at DOMAIN, over or not; NULL when there is none. */
struct baseline_line *baseline_find(
    const struct baseline *b, const struct name *domain, const struct judged *g);

/* Whether G has a higher figure than L accepts. */
bool baseline_is_over(const struct baseline_line *l, const struct judged *g);

/*
 * Append the line of G at DOMAIN to OUT: under the terms of OLD, or, where that is NULL,
 * without end and with REASON.
 */
void baseline_add(struct buf *out, const struct name *domain, const struct judged *g,
    const struct waiver *old, struct str reason);

/* The lines in TEXT, sorted, to the file at PATH.  AUDIT_OK, or AUDIT_EWRITE which has been told.
 */
int baseline_write(const char *path, struct str text) __attribute__((warn_unused_result));

#endif
