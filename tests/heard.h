/* SPDX-License-Identifier: ISC */
/*
 * heard.h - what a reader of bounces gives for some bytes, kept and as text.
 */
#ifndef TESTS_HEARD_H
#define TESTS_HEARD_H
#include "audit/bounce/reader.h"
#include "checks/core/buf.h"

#define MAX_HEARD 4096 /* events kept; a test that gives more fails */

struct heard {
	struct arena arena; /* of the reader, reset before each record */
	struct arena kept;
	struct bounce_event *events;
	size_t n, cap;
	enum record_fate fate; /* of the last record */
	size_t fates[3];       /* how many records had each */
	void *state;
	struct reader_clock clock;
};

/* Make H empty. */
void heard_init(struct heard *h);

/* Let R read RECORD, from memory of just its size; what it gives is added to H. */
void heard_record(struct heard *h, const struct reader *r, struct str record);

/* The same for each line of TEXT. */
void heard_lines(struct heard *h, const struct reader *r, struct str text);

/* Give back what H holds; it is empty then. */
void heard_free(struct heard *h);

/* "bounced deferred ..." */
const char *heard_kind(enum event_kind k);

/*
 * H as lines into B: "KIND RECIPIENT STATUS REPLY", STATUS "-" when there is
 * none; "irrelevant" or "not understood" when there are no events.
 */
void heard_print(const struct heard *h, struct buf *b);

/* The file PATH into *OUT, malloc()ed; false when it cannot be read. */
bool heard_file(const char *path, struct str *out);

#endif
