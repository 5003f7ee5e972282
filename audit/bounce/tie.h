/* SPDX-License-Identifier: ISC */
/*
 * tie.h - lines that stand beside an MTA's in its log: which signature went on
 * which queue id.
 */
#ifndef AUDIT_BOUNCE_TIE_H
#define AUDIT_BOUNCE_TIE_H
#include "audit/bounce/event.h"
#include "audit/bounce/reader.h"
#include "audit/bounce/syslog.h"

/* Read a line of opendkim or rspamd; any other is irrelevant. */
enum record_fate tie_read(const struct syslog_line *log, const struct sink *out);

/* "5.7.26" that an MTA of ours wrote, at the start of TEXT; class 0 when it is none. */
struct enhanced tie_status(struct str text);

#endif
