/* SPDX-License-Identifier: ISC */
/*
 * senders.h - who sends as the subject: the streams of a configuration, or the one
 * that the command line describes.
 */
#ifndef CHECKS_SENDERS_H
#define CHECKS_SENDERS_H
#include "checks/core/arena.h"
#include "checks/core/buf.h"
#include "checks/core/subject.h"

/*
 * The senders of S into *OUT; returns their number, 0 where nothing was said of
 * any.  What the fields of S itself say is one sender without a name, owned by A.
 */
size_t senders_of(struct arena *a, const struct subject *s, const struct sender **out);

/* Add the names of the senders of S that send from IP to B, ", " between; none is nothing. */
void sender_names_add(struct buf *b, const struct subject *s, const struct addr *ip);

/*
 * The domain that SPF judges mail of X by: that of MAIL FROM, which is the domain of S
 * where nothing was said, whatever From says, for SPF does not look there (RFC 7208
 * 2.4); under a null reverse-path the HELO name, which may be unknown (n = 0).
 */
const struct name *sender_spf_name(const struct subject *s, const struct sender *x);

/*
 * Whether answers or bounces to mail of S's senders come to its own domain, as far as
 * anybody said.  To a domain that only sends, bounces come where a MAIL FROM names it.
 */
bool is_answered_at_own(struct arena *a, const struct subject *s);

/* The other domains that they come to, each once, into *OUT, owned by A; their number. */
size_t answered_elsewhere(struct arena *a, const struct subject *s, const struct name *const **out);

/* Whether senders_of() gives any. */
bool has_sender(const struct subject *s);
/*
 * The sender of S that has the address IP, alone or in one of its networks; NULL = none.
 * What the fields of S itself say is owned by A.
 */
const struct sender *sender_with(struct arena *a, const struct subject *s, const struct addr *ip);

/* Whether mail is known to leave as S, of whatever address. */
bool is_sending(const struct subject *s);

#endif
