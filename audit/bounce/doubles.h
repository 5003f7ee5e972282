/* SPDX-License-Identifier: ISC */
/*
 * doubles.h - one failure told twice: a webhook sent again, a report in two
 * mailboxes, a line of the log and the report that came back for it.
 *
 * One mail has one fate.  What was told is remembered by hash, in bounded memory: the
 * last million or two of events; what is told again later than that is counted again.
 * No clock, no file.
 */
#ifndef AUDIT_BOUNCE_DOUBLES_H
#define AUDIT_BOUNCE_DOUBLES_H
#include "audit/bounce/event.h"

#define MAX_REMEMBERED ((uint32_t)1 << 20) /* hashes of a generation; there are two */

struct doubles;

/* One that remembers nothing.  Never NULL. */
struct doubles *doubles_new(void);

/* Give it back; NULL is taken. */
void doubles_free(struct doubles *d);

/* Logs and reports are read together (MIXED): failures of logs are to be remembered too. */
void doubles_mixed(struct doubles *d, bool mixed);

/*
 * Whether E, joined, tells what was told before; if not, it is remembered.  Lines of
 * a log are never doubles of each other: each is what a server did.
 */
bool doubles_has(struct doubles *d, const struct bounce_event *e);

/* E, which names no recipient, is the fate of RECIPIENT too. */
void doubles_note(struct doubles *d, const struct bounce_event *e, struct str recipient);

/* How many were told before. */
uint64_t doubles_merged(const struct doubles *d);

#endif
