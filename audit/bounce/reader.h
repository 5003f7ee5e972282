/* SPDX-License-Identifier: ISC */
/*
 * reader.h - one format of logs or reports to events.
 *
 * A reader is pure: bytes in, events out; no file, no clock.  Which one reads
 * an input is chosen by content.  Every record is accounted for: it gave
 * events, it is irrelevant, or it was not understood.
 */
#ifndef AUDIT_BOUNCE_READER_H
#define AUDIT_BOUNCE_READER_H
#include <stdbool.h>
#include <stddef.h>
#include "audit/bounce/event.h"
#include "checks/core/arena.h"

#define MAX_RECORD_BYTES ((size_t)64 << 20) /* of one message or JSON document */
#define MAX_LINE_BYTES ((size_t)1 << 20)    /* of a log line; what is longer is cut and told */

enum record_fate { RECORD_EVENTS, RECORD_IRRELEVANT, RECORD_NOT_UNDERSTOOD };

/*
 * What a reader needs to know that its lines do not say.  Before the first stamp
 * (BEGUN false) YEAR and MONTH_LAST are those of a moment that no stamp lies
 * behind: the time of the file, or now.
 */
struct reader_clock {
	bool begun;
	int year;       /* of stamps without one; the reader rolls it back and forth */
	int month_last; /* 1 to 12: of the newest stamp, so that December before January is told */
	long zone_s;    /* east of UTC, of stamps without zone */
	bool year_guessed, zone_guessed; /* one was used: it is said in the report */
};

struct sink {
	/* E lives until it returns, which may set its reader, file and line. */
	void (*event)(void *ctx, struct bounce_event *e);
	void *ctx;
	void (*left)(void *ctx); /* more of the record than is read was left; NULL = nobody asks */
};

/* Tell OUT that a record has more than is read of it. */
void sink_left(const struct sink *out);

struct reader {
	const char *name;  /* "postfix", "exim" ... */
	const char *about; /* one line for people */
	enum { READS_LINES, READS_MESSAGES, READS_DOCUMENTS } unit;
	bool from_documentation; /* written without real data at hand; the manual says so */
	/*
	 * How sure it is that RECORD is of its kind: 0 = not, 100 = no other can be.  RECORD
	 * is a line for a reader of lines, else the beginning of the input, perhaps cut.
	 */
	unsigned (*claims)(struct str record);
	/* Read one RECORD; what it derives is owned by A, reset after each. */
	enum record_fate (*read)(void *state, struct arena *a, struct str record,
	    struct reader_clock *clock, const struct sink *out);
	size_t state_size;                                /* zeroed at first; 0 = none */
	void (*end)(void *state, const struct sink *out); /* NULL = nothing to flush */
};

#endif
