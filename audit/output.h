/* SPDX-License-Identifier: ISC */
/*
 * output.h - reports on their way to files and to standard output.
 */
#ifndef AUDIT_OUTPUT_H
#define AUDIT_OUTPUT_H
#include <stdio.h>
#include "audit/options.h"
#include "audit/resume.h"
#include "report/report.h"

struct output {
	struct report report;
	struct buf bytes;
	const char *file; /* NULL = standard output */
	FILE *to;
	bool goes_on; /* behind what --resume read */
	bool lost;    /* could not be written to; told */
};

struct outputs {
	struct output *v;
	size_t n;
	bool goes_on; /* one is written behind what --resume read */
};

/*
 * Open what O asks for (text to standard output when it asks for nothing) and
 * begin each report.  A failure has been told.
 *
 * What R read (NULL = no --resume) is not written over: an output to that very
 * file, or to standard output that is that file, goes on behind its last whole
 * result; only jsonl can (AUDIT_EUSAGE).
 */
int outputs_open(struct outputs *out, const struct check_options *o, const struct run_result *run,
    const struct resume *r) __attribute__((warn_unused_result));

/* One more result, to each: it leaves the program before this returns. */
int outputs_domain(struct outputs *out, const struct domain_result *d)
    __attribute__((warn_unused_result));

/* The end of each, and close. */
int outputs_end(struct outputs *out, const struct run_result *run)
    __attribute__((warn_unused_result));

/* BASE with what TO and its terminal, and the locale, can show; COLOR as the user said. */
struct report_style output_style(const struct report_style *base, enum option_when color, FILE *to);

/*
 * The output to FILE (NULL = standard output) is lost, being larger than a
 * report may be (OVER) or not to be written: told unless *LOST already, which
 * becomes true.  Nothing more is to be written to it.  Returns AUDIT_EWRITE.
 */
int output_lose(const char *file, bool over, bool *lost);

/*
 * The exit status: that of the only report's format when it has one of its own (RUN
 * NULL: nothing could be told, and standard output says so), else STATUS.
 */
int outputs_status(const struct check_options *o, const struct run_result *run, int status);

/* Whether every format takes results in any order. */
bool outputs_any_order(const struct check_options *o);

/*
 * The end of what was written to TO: the file called FILE is closed, standard
 * output (FILE is NULL) flushed.  0, or EOF and errno.
 */
int output_close(const char *file, FILE *to);

/*
 * The whole of B to FILE; NULL = standard output.  AUDIT_EWRITE when it could not be
 * written, or B ran over: that was told.
 */
int output_write(const struct buf *b, const char *file) __attribute__((warn_unused_result));

#endif
