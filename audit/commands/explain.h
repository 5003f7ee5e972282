/* SPDX-License-Identifier: ISC */
/*
 * explain.h - between the files of `mailvet explain`.
 */
#ifndef AUDIT_COMMANDS_EXPLAIN_H
#define AUDIT_COMMANDS_EXPLAIN_H
#include <stdio.h>
#include "audit/bounce/count.h"
#include "audit/bounce/input.h"
#include "audit/config/config.h"
#include "audit/options.h"
#include "report/explain.h"

#define MAX_EXPLAIN_OUTPUTS 8 /* there are eight formats */

enum explain_format {
	EXPLAIN_TEXT,
	EXPLAIN_JSON,
	EXPLAIN_JSONL,
	EXPLAIN_CSV,
	EXPLAIN_MARKDOWN,
	EXPLAIN_PLAN_ZONE, /* from here on: what the plan proposes, alone */
	EXPLAIN_PLAN_NSUPDATE,
	EXPLAIN_PLAN_OCTODNS
};

struct explain_output {
	enum explain_format format;
	const char *file; /* NULL = standard output */
};

/* Files to read are c.names. */
struct explain_options {
	struct check_options c; /* first: rows of the shared tables write there */
	struct explain_output outputs[MAX_EXPLAIN_OUTPUTS];
	size_t n_outputs;
	bool no_audit, inbound;
	const char *reply;   /* NULL = not given */
	time_t since, until; /* 0 = not given */
	const char *domain, *provider;
	unsigned min_count;
};

/* Read ARGV[0..ARGC) into *O.  AUDIT_OK, or AUDIT_EUSAGE after having said why. */
int explain_parse(struct explain_options *o, int argc, char **argv)
    __attribute__((warn_unused_result));

/* Print what `mailvet explain --help` says. */
void explain_usage(void);

/* An output while it is written. */
struct explain_to {
	struct explain_output want;
	FILE *to;
	struct buf b;
	bool lost; /* could not be written to; told */
};

struct explain_outputs {
	struct explain_to v[MAX_EXPLAIN_OUTPUTS];
	size_t n;
	bool redact;
};

/* Open what O asks for; text to standard output when it asks for nothing.  Failures are told. */
int explain_open(struct explain_outputs *out, const struct explain_options *o)
    __attribute__((warn_unused_result));

/* One more event to the outputs that want each. */
void explain_line(struct explain_outputs *out, const struct bounce_line *l);

/* The whole to those that want it. */
void explain_whole(
    struct explain_outputs *out, const struct explain_options *o, const struct bounce_report *r);

/* The one reply to each. */
void explain_reading(
    struct explain_outputs *out, const struct explain_options *o, const struct bounce_reading *r);

/* Write what is left and close.  AUDIT_EWRITE when one of them was lost. */
int explain_close(struct explain_outputs *out) __attribute__((warn_unused_result));

#endif
