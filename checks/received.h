/* SPDX-License-Identifier: ISC */
/*
 * received.h - who handed a message over, as the receiver wrote it (RFC 5321
 * section 4.4).
 *
 * Reads the forms that Postfix, Exim, Sendmail, Exchange, Gmail and qmail write.
 * Whether the field may be believed is for the caller to say.
 */
#ifndef CHECKS_RECEIVED_H
#define CHECKS_RECEIVED_H
#include <stdbool.h>
#include <time.h>
#include "checks/core/addr.h"
#include "checks/core/arena.h"
#include "checks/core/str.h"

#define MAX_RECEIVED_FIELD ((size_t)16 << 10) /* a longer field is not read */

struct received {
	bool has_from;   /* a "from" clause: the message came from another host */
	bool has_ip;     /* its address could be read */
	struct addr ip;  /* of the TCP connection, not what the host said of itself */
	struct str helo; /* what it said in HELO; empty = not told */
	bool utf8;       /* "with UTF8SMTP..." (RFC 6531 4.3) */
	bool has_date;
	time_t date;
};

/* Read VALUE, of a Received field, into *OUT; text in it is owned by A.  Cannot fail. */
void received_parse(struct arena *a, struct str value, struct received *out);

#endif
