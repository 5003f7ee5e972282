/* SPDX-License-Identifier: ISC */
/*
 * syslog.h - what stands before the message in a line that syslog wrote.
 *
 * RFC 3164 4.1 as files have it, RFC 5424 6, with or without priority, the
 * facility of BSD's syslogd -v ("<mail.info>") and Solaris' "[ID 197553
 * mail.info]".
 */
#ifndef AUDIT_BOUNCE_SYSLOG_H
#define AUDIT_BOUNCE_SYSLOG_H
#include "audit/bounce/stamp.h"

/* Views into the line. */
struct syslog_line {
	time_t time;
	struct str host; /* empty = not written */
	struct str tag;  /* "postfix/smtp": without process id */
	struct str msg;
	uint32_t count; /* "message repeated N times: [ MSG]"; 1 otherwise */
};

/* Split LINE; false when it does not begin with a stamp. */
bool syslog_read(
    struct stamp_cache *k, struct str line, struct reader_clock *clock, struct syslog_line *out);

#endif
