/* SPDX-License-Identifier: ISC */
/*
 * authres.h - write an Authentication-Results field (RFC 8601 section 2.2).
 *
 * Only writes: whatever stands in a message is quoted or left out, so that no
 * byte of it can end the field or begin another.
 */
#ifndef CHECKS_AUTHRES_H
#define CHECKS_AUTHRES_H
#include <stdbool.h>
#include <stddef.h>
#include "checks/core/buf.h"
#include "checks/core/str.h"

#define MAX_AUTHRES ((size_t)16 << 10) /* 20 signatures of 250 octets each */

struct authres {
	struct buf *b;
	size_t n; /* results written */
};

/* Begin a field of the receiver ID, a literal or a host's name, in B, whose maximum should be
 * MAX_AUTHRES. */
void authres_begin(struct authres *r, struct buf *b, const char *id);

/*
 * A result of METHOD ("dkim"): RESULT ("pass"), both literals; COMMENT behind it in
 * parentheses, empty = none.  Each result begins a line (RFC 5322 2.2.3).
 */
void authres_result(struct authres *r, const char *method, const char *result, struct str comment);

/* A property of the last result: NAME ("header.d"), a literal, and its value.  Empty = left out. */
void authres_property(struct authres *r, const char *name, struct str value);

/* End the field: "none" where there was no result. */
void authres_end(struct authres *r);

#endif
