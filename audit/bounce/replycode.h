/* SPDX-License-Identifier: ISC */
/*
 * replycode.h - the codes of an SMTP reply (RFC 5321 4.2, RFC 3463 2), and where in
 * the dialogue it can have come.
 */
#ifndef AUDIT_BOUNCE_REPLYCODE_H
#define AUDIT_BOUNCE_REPLYCODE_H
#include <stdbool.h>
#include <stdint.h>
#include "checks/core/str.h"

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

/* Read "5.7.26" at the start of TEXT; its length, or 0. */
size_t enhanced_parse(struct str text, struct enhanced *out);

/* Whether a reply code (200 to 599) stands at AT of S as a word of its own; into *CODE. */
bool reply_code_at(struct str s, size_t at, uint16_t *code);

#endif
