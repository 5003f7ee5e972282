/* SPDX-License-Identifier: ISC */
/*
 * maildate.h - the date and time of a message (RFC 5322 section 3.3, with the
 * years and zones of 4.3).
 */
#ifndef CHECKS_MAILDATE_H
#define CHECKS_MAILDATE_H
#include <stdbool.h>
#include <time.h>
#include "checks/core/str.h"

/*
 * Read "Sat, 21 Nov 2026 12:00:00 +0100", comments behind it passed over, into
 * *OUT; the name of the day may be absent or wrong.  False, *OUT untouched, for
 * anything else.
 */
bool maildate_parse(struct str text, time_t *out);

#endif
