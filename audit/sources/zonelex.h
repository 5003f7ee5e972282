/* SPDX-License-Identifier: ISC */
/*
 * zonelex.h - zone file text (RFC 1035 5.1) into entries of tokens.
 *
 * Knows blanks, quotes, escapes, parentheses and comments, and where each
 * token stands; knows nothing of names, types or directives.  It goes on after
 * a fault: a quote never closed ends with its line, a parenthesis never closed
 * where the next entry seems to begin.  It refuses nothing but says what is
 * wrong; any byte may stand in the text, NUL included.
 */
#ifndef AUDIT_SOURCES_ZONELEX_H
#define AUDIT_SOURCES_ZONELEX_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "checks/core/str.h"

/* Of one entry: rdata ends at 65,535 octets, and each string takes one. */
#define MAX_ZONE_TOKENS 66000

/* One token; it never leaves its line. */
struct ztoken {
	struct str raw;        /* as written, escapes kept, without the quotes around; a view */
	uint32_t line, column; /* of its first byte, the quote included; from 1 */
	uint32_t end_column;   /* behind its last byte, the quote included */
	bool quoted;
	bool escaped;        /* raw holds a backslash */
	bool before_comment; /* a ';' follows without a blank */
};

enum zonelex_fault { ZONELEX_OK, ZONELEX_QUOTE, ZONELEX_OPEN, ZONELEX_CLOSE, ZONELEX_MANY };

/* One entry: a line, or several held together by parentheses. */
struct zone_entry {
	bool blank;                 /* begins with a blank: the owner of the record before */
	const struct ztoken *token; /* until the next call */
	size_t n;
	struct str text; /* its bytes, comments included, without the last newline; a view */
	uint32_t line;   /* where it begins */
	enum zonelex_fault fault; /* the first of the entry */
	uint32_t fault_line, fault_column;
};

struct zonelex {
	struct str text;
	size_t pos, line_start; /* offsets: of the next byte, of the line it is on */
	uint32_t line;
	bool recover; /* a parenthesis was never closed: look for where entries begin */
	struct ztoken *token;
	size_t cap;

	/*
	 * Called for each comment, its ; taken away; ALONE: nothing but blanks stands
	 * before it on its line.  Some are met twice when a parenthesis is never closed.
	 * NULL = not wanted.
	 */
	void (*comment)(void *arg, struct str comment, uint32_t line, bool alone);
	void *comment_arg;
};

/* Begin at the start of TEXT, which must outlive LX; a byte order mark is passed over. */
void zonelex_init(struct zonelex *lx, struct str text);

/* Give back what LX holds; the text is not its own. */
void zonelex_free(struct zonelex *lx);

/* The next entry with a token or a fault into *OUT; false at the end of the text. */
bool zonelex_next(struct zonelex *lx, struct zone_entry *out);

/*
 * The next byte of a token's RAW from *POS on, escapes undone (RFC 1035 5.1:
 * \DDD is an octet in decimal, \X is X).  False, *POS unmoved, at the end of
 * RAW and for a \ with nothing, fewer than three digits or over 255 behind it.
 */
bool zonelex_byte(struct str raw, size_t *pos, uint8_t *out);

/* Words for FAULT, static. */
const char *zonelex_reason(enum zonelex_fault fault);

#endif
