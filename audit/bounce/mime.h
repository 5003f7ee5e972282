/* SPDX-License-Identifier: ISC */
/*
 * mime.h - the parts of one message, decoded (RFC 2045, RFC 2046).
 *
 * The adapter of GMime: no type of it leaves here.  Text comes out as UTF-8
 * where its charset is known, HTML as text.  The bodies of attached messages
 * are not opened: their headers are all that a report returns of interest.
 */
#ifndef AUDIT_BOUNCE_MIME_H
#define AUDIT_BOUNCE_MIME_H
#include "checks/core/arena.h"
#include "checks/core/str.h"

#define MAX_MIME_DEPTH 20               /* multiparts and messages in one another; reports have 4 */
#define MAX_MIME_PARTS 200              /* leaves read of one message; reports have under 10 */
#define MAX_MIME_TEXT ((size_t)1 << 20) /* bytes decoded of one part: prose of reports is short */
#define MAX_MIME_BOUNDARIES 100   /* "boundary=" in the bytes: each is compared with each line */
#define MAX_MIME_DELIMITERS 20000 /* lines that begin with "--": each may be a part */
#define MAX_MIME_HEADER ((size_t)1 << 20) /* of the message: real ones have under 100 kB */

struct mime_part {
	struct str type; /* "text/plain", lower case */
	/* Text, decoded; of message/rfc822 its header block alone. */
	struct str body;
	unsigned level; /* messages around it: 0 = a part of the message itself */
	bool html;      /* BODY was HTML */
	bool cut;       /* longer than MAX_MIME_TEXT */
};

struct mime_message {
	struct str header; /* the message's own header block, raw */
	struct str type;   /* of the message: "multipart/report" */
	struct mime_part *parts;
	size_t n;
	bool cut; /* a maximum was met: there was more */
};

/*
 * Take the message BYTES apart into *OUT, owned by A; HEADER is a view.  False
 * when it is none (no header field at its start) or a burden: too many
 * boundaries or delimiters.
 */
bool mime_read(struct arena *a, struct str bytes, struct mime_message *out);

/* HTML as text, owned by A: tags gone, blocks on lines of their own, entities read. */
struct str html_text(struct arena *a, struct str html);

#endif
