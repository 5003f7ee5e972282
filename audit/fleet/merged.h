/* SPDX-License-Identifier: ISC */
/*
 * merged.h - what `mailvet report` is told and what it writes: the options, the
 * runs it saw, the merged report in each format.
 */
#ifndef AUDIT_FLEET_MERGED_H
#define AUDIT_FLEET_MERGED_H
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <jansson.h>
#include "audit/fleet/reread.h"
#include "audit/fleet/tally.h"
#include "audit/options.h"
#include "report/model.h"

#define MAX_MERGED_OUTPUTS 8           /* there are three formats */
#define MAX_MERGED_FINDINGS 1000       /* about runs; a run has a handful, and they repeat */
#define MAX_MERGED_DETAIL ((size_t)50) /* domains told in full without --verbose */

struct merged_options {
	struct output_option outputs[MAX_MERGED_OUTPUTS];
	size_t n_outputs;
	enum rule_level fail_on; /* LEVEL_PASS = never */
	enum option_when color;
	struct report_style style;
	bool help;
	char **files;
	size_t n_files;
};

/*
 * Read ARGV[0..ARGC) into *O.  AUDIT_OK, or AUDIT_EUSAGE after having said why.
 */
int merged_parse(struct merged_options *o, int argc, char **argv)
    __attribute__((warn_unused_result));

/* Print what `mailvet report --help` says. */
void merged_usage(void);

/* The runs that were merged, as one. */
struct merged_run {
	time_t generated, from, to;
	size_t n;
	struct buf answers;
	bool several_answers; /* they do not agree */
	bool offline;         /* all of them */
	bool interrupted;     /* one of them, or it was cut off */
	struct tally seen;    /* fingerprints of findings */
	json_t *findings;     /* each once */
};

/* Make R empty. */
void merged_run_init(struct merged_run *r);

/* Give back what R holds. */
void merged_run_free(struct merged_run *r);

/* One more run. */
void merged_run_add(struct merged_run *r, const struct reread_run *run);

/* The times and counts of R into *OUT, the span of its times into *FLEET. */
void merged_run_result(const struct merged_run *r, struct run_result *out, struct fleet *fleet);

/* Whether D lacks an answer that a verdict needs. */
bool merged_needs(const struct told_domain *d);

struct merged_output {
	struct report report;
	struct buf bytes;
	const char *file; /* NULL = standard output */
	FILE *to;
	bool lost; /* could not be written to; told */
	bool gap;  /* the text so far ends with an empty line, or there is none */
};

struct merged_outputs {
	struct merged_output v[MAX_MERGED_OUTPUTS];
	size_t n;
	size_t domains, ill; /* that will come, and those of them not in order */
};

/*
 * Open what O asks for and begin each report.  No output may be one of the
 * inputs.  A failure has been told.
 */
int merged_open(struct merged_outputs *out, const struct merged_options *o,
    const struct run_result *run) __attribute__((warn_unused_result));

/* DOMAINS results will come, of which ILL are not in order. */
void merged_expect(struct merged_outputs *out, size_t domains, size_t ill);

/* Whether one of them tells of a single domain of that VERDICT; merged_expect() was called. */
bool merged_tells(const struct merged_outputs *out, enum rule_level verdict);

/* One more result to each: D is what the object O says. */
int merged_domain(struct merged_outputs *out, const struct told_domain *d, json_t *o)
    __attribute__((warn_unused_result));

/* The end of each. */
int merged_end(struct merged_outputs *out, const struct run_result *run, struct fleet *fleet,
    const struct merged_run *r) __attribute__((warn_unused_result));

/* Close what is open still. */
void merged_close(struct merged_outputs *out);

#endif
