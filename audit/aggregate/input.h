/* SPDX-License-Identifier: ISC */
/*
 * input.h - files, directories and standard input to aggregate reports.
 *
 * A report comes as XML, packed by gzip or zip, or as the mail that carries one of
 * these; what it is is told from its bytes, never from its name.
 */
#ifndef AUDIT_AGGREGATE_INPUT_H
#define AUDIT_AGGREGATE_INPUT_H
#include "audit/aggregate/aggregate.h"

#define MAX_INPUT_BYTES ((size_t)96 << 20) /* of one file: it is held whole */
#define MAX_INPUT_FILES 1000000            /* below one directory: a year of a large maildir */
#define MAX_INPUT_DEPTH 8                  /* directories in one another; a maildir has 2 */
#define MAX_INPUT_PACKED 3                 /* mail, in it a zip, in it a gzip */

/* What is read goes here; REPORT and NAME are gone afterwards. */
struct aggregate_visit {
	void (*report)(void *ctx, const char *name, const struct aggregate_report *r);
	void *ctx;
};

/* How it went. */
struct aggregate_sum {
	size_t files, reports;
	size_t refused; /* files, or members of them, that are no whole report; told */
	size_t others;  /* files of a directory that hold none, as other mail does */
};

/*
 * Read what is in memory, BYTES, which messages call NAME; it may be several reports.
 * What was refused is told and counted in *SUM.
 */
void aggregate_take(
    const char *name, struct str bytes, const struct aggregate_visit *v, struct aggregate_sum *sum);

/*
 * Read the file PATH, "-" for standard input, or all files below the directory PATH in
 * the order of their names.  AUDIT_EREAD, which was told, when it cannot be read.
 */
int aggregate_read(const char *path, const struct aggregate_visit *v, struct aggregate_sum *sum)
    __attribute__((warn_unused_result));

#endif
