/* SPDX-License-Identifier: ISC */
/*
 * mbox.h - where messages begin in an mbox file (RFC 4155), what its writers did
 * to their lines, and line ends.
 *
 * Bytes only; no file is opened here.
 */
#ifndef AUDIT_MAIL_MBOX_H
#define AUDIT_MAIL_MBOX_H
#include <stdbool.h>
#include "checks/core/arena.h"
#include "checks/core/str.h"

/* Longest line that can part two messages; those in use have under 150 octets. */
#define MAX_FROM_LINE 1000

/* Whether S begins as an mbox file does: with "From ". */
bool mbox_is_one(struct str s);

/* Where the text behind the "From " line that S begins with begins; 0 = there is none. */
size_t mbox_skip_from(struct str s);

/*
 * The offset of the next "From " line of S, which begins at the start of a line,
 * at AT or behind it: one behind an empty line, with weekday, time and year in it,
 * for "From " may begin a line of text in files whose writer escaped nothing.  S.n
 * when there is none.  ALL: S ends the file.  Without it, what may become one with
 * more bytes is left: *SURE is where to look on from.
 */
size_t mbox_find(struct str s, size_t at, bool all, size_t *sure);

/* TEXT without the empty line that parts it from the next message. */
struct str mbox_trim(struct str text);

/* Whether a line of TEXT begins with ">From " (some '>'): a writer of mbox may have put one there.
 */
bool mbox_is_escaped(struct str text);

/*
 * TEXT without one '>' of each such line (as mboxrd has it), or only of those that
 * have a single one (ONCE: as mboxo has it), in memory of A.
 */
struct str mbox_unescape(struct arena *a, struct str text, bool once);

/* Whether a line of S ends in CRLF / in LF without CR (RFC 5322 2.1: CRLF on the wire). */
bool lines_have_crlf(struct str s);
bool lines_have_bare_lf(struct str s);

/* S with each bare LF as CRLF, in memory of A; a CR without LF stays. */
struct str lines_to_crlf(struct arena *a, struct str s);

#endif
