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
#include <stdbool.h>
#include <stdint.h>
#include "checks/core/arena.h"
#include "checks/core/str.h"

#define MAX_REPLY_TEXT 8192 /* bytes read of a reply; servers send a few hundred */

/* An enhanced status code (RFC 3463 2). */
struct enhanced {
	uint8_t class;            /* 2, 4, 5; 0 = none */
	uint16_t subject, detail; /* 0 to 999 */
};

/* Where in the dialogue the reply came; PHASE_UNKNOWN when nothing tells. */
enum phase {
	PHASE_UNKNOWN,
	PHASE_CONNECT, /* greeting */
	PHASE_HELO,
	PHASE_STARTTLS,
	PHASE_AUTH,
	PHASE_MAIL,
	PHASE_RCPT,
	PHASE_DATA,        /* the command */
	PHASE_END_OF_DATA, /* the message */
	PHASE_LOCAL        /* no remote server spoke: our own MTA */
};

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

/* Read "5.7.26" at the start of TEXT; its length, or 0. */
size_t enhanced_parse(struct str text, struct enhanced *out);

/*
 * TEXT with what differs between two refusals of one kind masked (addresses,
 * IP addresses, host names, ids, numbers), owned by A: the key of caches.
 */
struct str reply_mask(struct arena *a, struct str text);

#endif
