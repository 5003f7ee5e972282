/* SPDX-License-Identifier: ISC */
/*
 * words.h - what every format says in the same words: places in files,
 * questions, why an answer failed.
 *
 * Only wording: nothing is judged here, and no layout is known.
 */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H
#include <stdbool.h>
#include "checks/core/buf.h"
#include "checks/core/finding.h"

/* Where the marked part of a record stands in its file; end exclusive. */
struct span {
	struct str file;
	uint32_t line, column;         /* from 1, column in bytes */
	uint32_t end_line, end_column; /* 0 = not known */
};

/*
 * The part of P that is meant, in its file: through the runs of a TXT, else
 * the record's own line and column.  False when P came from no file.
 */
bool span_of(const struct place *p, struct span *out);

/* Whether P means a part of its text rather than all of it. */
bool place_is_part(const struct place *p);

/* How many bytes of P's text are meant: all of it when no part is. */
size_t place_length(const struct place *p);

/* Append S, which is in presentation form already; what is not printable as \DDD. */
void printed_add(struct buf *b, struct str s);

/* Append NAME with its final dot, as a zone file takes it. */
void absolute_add(struct buf *b, const struct name *name);

/*
 * Append the record of C as a zone file takes it: RDATA, the old or the new one, in
 * presentation form; TTL_S 0 = as others there.
 */
void record_add(struct buf *b, const struct change *c, struct str rdata, uint32_t ttl_s);

/* Append Q as a person would ask it: "example.com TXT". */
void question_add(struct buf *b, const struct question *q);

/* Append who gave A: "zone vectors/x.zone", "resolver 192.0.2.53"; nothing when not known. */
void from_add(struct buf *b, const struct answer *a);

/* Append why A failed: "timeout at 192.0.2.53". */
void why_add(struct buf *b, const struct answer *a);

/* Who can act on F: what the finding says, else what its rule says. */
enum rule_who finding_who(const struct finding *f);

/*
 * What to do about F, a template: as its rule says; where that is to look again and what
 * is missing was only left out of the data given (--offline, --replay), to give it;
 * where CNAMEs lead in a circle, to correct them.
 */
const char *finding_remedy(const struct finding *f);

/*
 * Cover the local parts of mail addresses in B from byte FROM on with as many
 * 'x': places in records stay where they are, and JSON stays JSON.
 */
void redact(struct buf *b, size_t from);

/* Append the NAME of a check as people write it: "mta_sts" is MTA-STS. */
void check_name_add(struct buf *b, const char *name);

/* "add", "remove", "replace". */
const char *action_name(enum change_action a);

#endif
