/* SPDX-License-Identifier: ISC */
/*
 * opendkim.h - the source that answers ASK_VERIFY: whether the signatures of a
 * message are right, by libopendkim.
 *
 * It asks nobody: the key records stand in the question.  It judges nothing: a
 * small key, rsa-sha1 and a signature that has expired are verified like any
 * other, and the check says what they are worth.
 */
#ifndef AUDIT_SOURCES_OPENDKIM_H
#define AUDIT_SOURCES_OPENDKIM_H
#include "audit/source.h"

/*
 * What the library would cut off, and so take for something else, is told as not
 * judged: its buffers have one byte more each.
 */
#define MAX_OPENDKIM_RECORD 1024 /* a key record */
#define MAX_OPENDKIM_NAMES 4095  /* h= of a signature */

/* A source for ASK_VERIFY; freed by its own ops->free.  NULL when the library cannot start. */
struct source *opendkim_new(void);

/*
 * The answer of S to the ASK_VERIFY question Q, one reference: never pending.
 * A bare LF of the message counts as a line end, as receivers that take it make
 * of it (SMTP smuggling apart).  Signatures beyond MAX_SIGNATURES are not in the
 * answer; the library never sees them, so one that is covered by another's h=
 * makes that one fail.  A header of more than MAX_HEADER_FIELDS is a failure.
 */
struct answer *opendkim_answer(struct source *s, const struct question *q);

/* Whether the body hash of some signature of the message TEXT matches; asks for no key. */
bool opendkim_body_matches(struct source *s, struct str text);

#endif
