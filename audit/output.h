/* SPDX-License-Identifier: ISC */
/*
 * output.h - reports on their way to files and to standard output.
 */
#ifndef AUDIT_OUTPUT_H
#define AUDIT_OUTPUT_H
#include <stdio.h>
#include "audit/options.h"
#include "report/report.h"

struct output {
	struct report report;
	struct buf bytes;
	const char *file; /* NULL = standard output */
	FILE *to;
	bool lost; /* could not be written to; told */
};

struct outputs {
	struct output *v;
	size_t n;
};

/*
 * Open what O asks for (text to standard output when it asks for nothing) and
 * begin each report.  A failure has been told.
 */
int outputs_open(struct outputs *out, const struct check_options *o, const struct run_result *run)
    __attribute__((warn_unused_result));

/* One more result, to each. */
int outputs_domain(struct outputs *out, const struct domain_result *d)
    __attribute__((warn_unused_result));

/* The end of each, and close. */
int outputs_end(struct outputs *out, const struct run_result *run)
    __attribute__((warn_unused_result));

/* Whether every format takes results in any order. */
bool outputs_any_order(const struct check_options *o);

#endif
