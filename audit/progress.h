/* SPDX-License-Identifier: ISC */
/*
 * progress.h - one line on standard error while a fleet is audited.
 */
#ifndef AUDIT_PROGRESS_H
#define AUDIT_PROGRESS_H
#include <stdbool.h>
#include <stddef.h>
#include "audit/options.h"

struct progress {
	bool on, shown;
	size_t total;   /* names there are; 0 = not known */
	size_t skipped; /* names that are not audited: done earlier, or no names */
	size_t done, by_verdict[N_LEVELS];
	double begun_s, last_s;
};

/* Show nothing unless WHEN says so, or it is a terminal and TOTAL is more than a few. */
void progress_init(struct progress *p, enum option_when when, size_t total);

/* A domain is done with VERDICT. */
void progress_done(struct progress *p, enum rule_level verdict);

/* The line at NOW_S seconds into B, at most COLUMNS wide. */
void progress_line(const struct progress *p, double now_s, size_t columns, struct buf *b);

/* Take the line away, so that something else can be written. */
void progress_clear(struct progress *p);

#endif
