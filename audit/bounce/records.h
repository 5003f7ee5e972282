/* SPDX-License-Identifier: ISC */
/*
 * records.h - an input cut into the records of its reader: lines, messages of an
 * mbox or one, a document.
 *
 * Lines are views into a block of bytes and not copied.  What is longer than
 * its bound is cut, and the rest of it passed over.
 */
#ifndef AUDIT_BOUNCE_RECORDS_H
#define AUDIT_BOUNCE_RECORDS_H
#include "audit/bounce/reader.h"
#include "audit/bounce/unpack.h"
#include "checks/core/buf.h"

#define RECORDS_BLOCK ((size_t)256 << 10)

struct records {
	struct unpack *source;
	char *block;
	size_t room, start, end; /* what is in it and not handed out */
	bool at_end;             /* the source has no more */
	bool mbox;
	bool skipping; /* the rest of a line that was cut */
	uint64_t line; /* of the line handed out last; from 1 */
	uint64_t bytes;
	uint64_t cut;         /* records longer than their bound */
	struct buf assembled; /* a message or document */
};

/* Read the first block of SOURCE, which R reads from and does not own. */
void records_init(struct records *r, struct unpack *source);

/* The beginning of the input, at most RECORDS_BLOCK bytes; until the first record is asked for. */
struct str records_head(const struct records *r);

/*
 * The next record of kind UNIT (of struct reader); false at the end.  *LINE is where it
 * began.  It lives until the next call.  Lines come without their end (LF, CRLF),
 * messages of an mbox without their "From " line.
 */
bool records_next(struct records *r, int unit, struct str *out, uint64_t *line);

/* Give back what R holds. */
void records_free(struct records *r);

#endif
