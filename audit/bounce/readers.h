/* SPDX-License-Identifier: ISC */
/*
 * readers.h - the readers there are, one a format; readers.c lists them.
 */
#ifndef AUDIT_BOUNCE_READERS_H
#define AUDIT_BOUNCE_READERS_H
#include "audit/bounce/reader.h"

extern const struct reader reader_arf;
extern const struct reader reader_dsn;
extern const struct reader reader_exchange;
extern const struct reader reader_exim;
extern const struct reader reader_haraka;
extern const struct reader reader_opensmtpd;
extern const struct reader reader_pmta;
extern const struct reader reader_postfix;
extern const struct reader reader_postqueue;
extern const struct reader reader_sendmail;
extern const struct reader reader_webhook;       /* a document */
extern const struct reader reader_webhook_lines; /* an event a line; KumoMTA's log too */

/* Whether R reads what is told afterwards, reports and events, and not a server's own log. */
bool reader_is_report(const struct reader *r);

/* All of them. */
extern const struct reader *const readers[];
extern const size_t n_readers;

/*
 * The reader for an input that begins with the N lines at FIRST, views into one
 * run of bytes: readers of lines are asked about each, the others about the run
 * from the first to the end of the last.  NULL = none claims it.
 */
const struct reader *reader_choose(const struct str *first, size_t n);

#endif
