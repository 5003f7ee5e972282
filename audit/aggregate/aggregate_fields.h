/* SPDX-License-Identifier: ISC */
/*
 * aggregate_fields.h - which element of an aggregate report is which field, and rows out
 * of them.
 *
 * It knows paths and texts, and nothing of XML: aggregate.c reads that, and says where an
 * element begins, what text it has, and where it ends.
 */
#ifndef AUDIT_AGGREGATE_AGGREGATE_FIELDS_H
#define AUDIT_AGGREGATE_AGGREGATE_FIELDS_H
#include "audit/aggregate/aggregate.h"
#include "checks/core/buf.h"

#define MAX_AGGREGATE_PATH 128 /* bytes; the longest path of a field has 50 */

/* A row that is being read: numbers are still text. */
struct aggregate_raw {
	struct aggregate_row row;
	struct str ip, count;
	const char *dkim_word, *spf_word; /* of policy_evaluated */
	struct aggregate_auth dkim[MAX_AGGREGATE_AUTH], spf[MAX_AGGREGATE_AUTH];
	struct aggregate_reason reasons[MAX_AGGREGATE_REASONS];
	const char *fault; /* what loses the row; NULL = nothing yet */
};

/* A report while it is read. */
struct aggregate_fields {
	struct arena *a;
	struct aggregate_report *out;
	struct aggregate_row *rows;
	size_t cap_rows;
	struct aggregate_raw raw;
	char path[MAX_AGGREGATE_PATH];
	size_t n_path, lost; /* LOST: open elements whose names did not fit */
	struct buf text;     /* of the innermost element */
	bool is_mixed;       /* it has elements in it: the text is none of ours */
};

/* Begin *P and *OUT, memory of A; the text in P is given back by the caller. */
void aggregate_fields_init(
    struct aggregate_fields *p, struct arena *a, struct aggregate_report *out);

/* Goes into the element NAME below the root. */
void aggregate_enter(struct aggregate_fields *p, struct str name);

/* Leaves the innermost element: its text is a field, or a row has ended. */
void aggregate_leave(struct aggregate_fields *p);

#endif
