/* SPDX-License-Identifier: ISC */
/*
 * count_group.h - between the files of counting: the group a failure belongs to.
 *
 * What a group tells is taken from its first failure; mails are counted by count.c.
 */
#ifndef AUDIT_BOUNCE_COUNT_GROUP_H
#define AUDIT_BOUNCE_COUNT_GROUP_H
#include "audit/bounce/count.h"

/*
 * The number of the group of the failure F in STREAM at RELAY (WORD_NONE = not known),
 * made and described when it is the first of it; no mail is counted.
 */
uint32_t count_group_of(struct count *c, const struct fate *f, uint32_t stream, uint32_t relay);

/* E belongs to G: when the first was, and the last. */
void group_time(struct group *g, const struct bounce_event *e);

/* The mail M (NULL = not known), deferred by E, waits in the group G: when its retries end. */
void group_retry(struct group *g, const struct open_mail *m, const struct bounce_event *e);

/*
 * When the retries of the deferral E of the mail M (NULL = not known) end, by the
 * default of its MTA; 0 = not known.
 */
time_t count_retries_end(const struct open_mail *m, const struct bounce_event *e);

#endif
