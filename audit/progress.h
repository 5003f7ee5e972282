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
	size_t total; /* 0 = not known */
	size_t started, done, by_verdict[N_LEVELS];
	double begun_s, last_s;
};

/* Show nothing unless WHEN says so, or it is a terminal and TOTAL is not 1. */
void progress_init(struct progress *p, enum option_when when, size_t total);

/* A domain was begun / is done with VERDICT. */
void progress_started(struct progress *p);
void progress_done(struct progress *p, enum rule_level verdict);

/* Take the line away, so that a report can be written. */
void progress_clear(struct progress *p);

#endif
