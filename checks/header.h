/* SPDX-License-Identifier: ISC */
/*
 * header.h - read a message apart: header fields with their places, and where
 * the body begins (RFC 5322 section 2).
 *
 * Pure: bytes to views; nothing is decoded, nothing judged, MIME is not read.
 * The bytes may be anything: NUL, bare LF, no end of the header, one line of
 * megabytes.  What is odd about them is told as flags.
 */
#ifndef CHECKS_HEADER_H
#define CHECKS_HEADER_H
#include <stdbool.h>
#include <stddef.h>
#include "checks/core/arena.h"
#include "checks/core/str.h"

#define MAX_HEADER_FIELDS 1000               /* messages in use have under 100; more are not read */
#define MAX_MESSAGE_BYTES ((size_t)64 << 20) /* what receivers take at most is 25 to 50 MB */

struct header_field {
	struct str name; /* as written, without the colon and blanks before it */
	struct str
	    value;     /* behind the colon: folding, and blanks around, kept; no final line end */
	size_t offset; /* of the name in the message */
};

/* A message read apart.  Views lead into the text given. */
struct header {
	struct str text;             /* the whole message */
	struct str body;             /* empty when there is none */
	struct header_field *fields; /* in the order of the message */
	size_t n;
	bool no_end;    /* the message ended within the header: it has no body */
	bool bare_lf;   /* a line ends in LF alone (RFC 5322 2.3) */
	bool nul;       /* a NUL stands somewhere (RFC 5322 4: obsolete, must not be sent) */
	bool nul_field; /* a NUL stands in the header: programs in C see the field end there */
	bool bad_line;  /* a line of the header is no field and continues none */
	bool long_line; /* a line is longer than 998 octets (RFC 5322 2.1.1) */
	bool cut;       /* there are more than MAX_HEADER_FIELDS */
};

/* Read TEXT into *OUT, whose array is owned by A.  Cannot fail. */
void header_parse(struct arena *a, struct str text, struct header *out);

/* The Ith (from 0) field called NAME, letters of either case; NULL when there are fewer. */
const struct header_field *header_find(const struct header *h, struct str name, size_t i);

/* How many fields are called NAME. */
size_t header_count(const struct header *h, struct str name);

/* VALUE unfolded (RFC 5322 2.2.3) and trimmed, owned by A. */
struct str header_unfold(struct arena *a, struct str value);

#endif
