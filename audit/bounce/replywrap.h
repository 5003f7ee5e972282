/* SPDX-License-Identifier: ISC */
/*
 * replywrap.h - what stands around a reply: the words by which mail servers and
 * reports introduce it, and those behind it.
 */
#ifndef AUDIT_BOUNCE_REPLYWRAP_H
#define AUDIT_BOUNCE_REPLYWRAP_H
#include "audit/bounce/replycode.h"

/* What the words around a reply tell; zeroed at first. */
struct reply_wrap {
	uint16_t code;       /* of the reply that another quotes; 0 = the text has it itself */
	enum phase phase;    /* as far as they tell it */
	struct str host, ip; /* "host H[ip] said:"; empty = not said */
	bool remote;         /* a remote server spoke */
};

/*
 * Cut *REST, whose line breaks are '\n', to the reply and what its server
 * wrote; host, address, phase and whether a remote server spoke go to OUT.
 */
void reply_unwrap(struct str *rest, struct reply_wrap *out);

/* Offset of the lower-case NEEDLE in S, letters of either case; S.n when it is not there. */
size_t reply_ifind(struct str s, size_t from, struct str needle);

#endif
