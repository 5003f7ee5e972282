/* SPDX-License-Identifier: ISC */
/*
 * replywrap.h - what stands around a reply: the words by which mail servers and
 * reports introduce it, and those behind it.
 */
#ifndef AUDIT_BOUNCE_REPLYWRAP_H
#define AUDIT_BOUNCE_REPLYWRAP_H
#include "audit/bounce/reply.h"

/*
 * Cut *REST, whose line breaks are '\n', to the reply and what its server
 * wrote; host, address, phase and whether a remote server spoke go to OUT.
 */
void reply_unwrap(struct str *rest, struct reply *out);

/* Whether a reply code (200 to 599) stands at AT of S as a word of its own; into *CODE. */
bool reply_code_at(struct str s, size_t at, uint16_t *code);

/* Offset of the lower-case NEEDLE in S, letters of either case; S.n when it is not there. */
size_t reply_ifind(struct str s, size_t from, struct str needle);

#endif
