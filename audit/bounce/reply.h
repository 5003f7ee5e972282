/* SPDX-License-Identifier: ISC */
/*
 * reply.h - one SMTP reply out of the wrapping that logs and reports put
 * around it (RFC 5321 4.2, RFC 3463).
 *
 * Pure.  Joined lines keep their inner codes ("550-5.7.26 ... 550 5.7.26"),
 * Exim writes the two characters \n, DSNs put "smtp;" in front: what is left
 * here is one line of text as the receiver meant it, and the codes it gave.
 */
#ifndef AUDIT_BOUNCE_REPLY_H
#define AUDIT_BOUNCE_REPLY_H
#include "audit/bounce/replycode.h"
#include "checks/core/arena.h"

#define MAX_REPLY_TEXT 8192 /* bytes read of a reply; servers send a few hundred */

struct reply {
	uint16_t code;            /* 421, 550; 0 = none was given */
	struct enhanced enhanced; /* of the remote, behind the first code */
	enum phase phase;         /* as far as the text tells it */
	struct str host;          /* "host H[ip] said:": H; empty = not said */
	struct str ip;            /* the address there */
	struct str text; /* unwrapped: inner codes gone, blanks single; without the codes */
	bool remote;     /* a remote server said it */
	bool cut;        /* longer than MAX_REPLY_TEXT */
};

/* Unwrap RAW into *OUT, owned by A.  Cannot fail: a text without code is a reply without code. */
void reply_parse(struct arena *a, struct str raw, struct reply *out);

/*
 * TEXT with what differs between two refusals of one kind masked (addresses,
 * IP addresses, host names, ids, numbers), owned by A: the key of caches.
 */
struct str reply_mask(struct arena *a, struct str text);

#endif
