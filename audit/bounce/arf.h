/* SPDX-License-Identifier: ISC */
/*
 * arf.h - feedback reports in a message (RFC 5965, RFC 6591).
 */
#ifndef AUDIT_BOUNCE_ARF_H
#define AUDIT_BOUNCE_ARF_H
#include "audit/bounce/mime.h"
#include "audit/bounce/reader.h"

/* Whether M is a feedback report, or one of the two older forms that carry the same. */
bool is_feedback(const struct mime_message *m);

/*
 * The events of the report M: a complaint or an authentication failure for
 * each recipient it names, one without recipient when it names none.  A
 * "not-spam" report is irrelevant.
 */
enum record_fate feedback_events(
    struct arena *a, const struct mime_message *m, const struct sink *out);

#endif
