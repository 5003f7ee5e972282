/* SPDX-License-Identifier: ISC */
/*
 * located.h - a finding as tools show it beside a file: a path, a line, a few words.
 *
 * What the formats for CI share.  It lays nothing out and escapes for no format:
 * what is appended here is printable ASCII and, where it says so, line ends; paths
 * may hold any byte until path_add() made them printable.
 */
#ifndef REPORT_LOCATED_H
#define REPORT_LOCATED_H
#include "report/report.h"

#define MAX_TOLD ((size_t)64 << 10) /* of one finding: what, what to do, records to paste */

/* Where a finding is shown. */
struct located {
	struct str file;                       /* never empty; without "./" before it */
	uint32_t line;                         /* from 1 */
	uint32_t column, end_line, end_column; /* in bytes, end exclusive; 0 = not known */
	bool is_file;       /* false: no file was read, FILE is what was audited */
	bool is_text_ascii; /* no byte of the record is outside ASCII: columns are characters */
};

/*
 * Where G of D is to be shown: at its record; without one at a record of the same
 * owner that D's findings know of, else at another record that led to it, else in
 * the first line of the file that answered; of what came from no file in the first
 * line of something called as D is.  D NULL: of the run.
 */
void locate(const struct domain_result *d, const struct judged *g, struct located *out);

/* What stands for G in a list of what is to be looked at. */
enum weight {
	WEIGHT_NONE,    /* passed */
	WEIGHT_KEPT,    /* base has it too, or somebody accepted it */
	WEIGHT_NOTE,    /* a note, or not determined where no answer is needed */
	WEIGHT_WARNING, /* a warning, or not determined where an answer is needed */
	WEIGHT_ERROR
};
enum weight weight_of(const struct judged *g);

/* Whether G counts against FAIL_ON (LEVEL_PASS = nothing does): new or worse, or not compared. */
bool is_failing(const struct judged *g, enum rule_level fail_on);

/* "new", "worse", "kept", "suppressed"; "" when nothing was compared. */
const char *change_word(const struct judged *g);

/* Append FILE, valid UTF-8 as it is; other bytes and controls as \DDD. */
void path_add(struct buf *b, struct str file);

/* Append S, which is in presentation form; who bears a finding, until when and why. */
void printed_line_add(struct buf *b, struct str s, const struct report_style *style);
void waived_add(struct buf *b, const struct waiver *w);

/* Append "example.com: " of what is shown without a file, for then nothing else says it. */
void subject_add(struct buf *b, const struct domain_result *d, const struct located *at);

/* Append the sentence of G; what to do about it, if there is something. */
void told_add(struct buf *b, const struct judged *g, const struct report_style *style);
void advice_add(struct buf *b, const struct judged *g, const struct report_style *style);

/*
 * Whether it is known how the input writes all that cures G: with a part of it nothing
 * would be cured, or worse.
 */
bool is_suggested(const struct judged *g);

/*
 * Append the records that cure G, a line each behind REMOVE or ADD: as the input
 * writes them where it is known how, else as a zone file takes them.
 */
void records_add(struct buf *b, const struct judged *g, const struct report_style *style,
    const char *remove, const char *add);

/* Append these three, a line end between them. */
void all_told_add(struct buf *b, const struct judged *g, const struct report_style *style);

/*
 * The I-th text for a range of the file at AT that cures G; NULL where there is no
 * more, or none that may be offered there.
 */
const struct suggestion *suggestion_at(
    const struct judged *g, const struct located *at, const struct report_style *style, size_t i);

/* How many findings before the I-th of D have its fingerprint. */
size_t same_before(const struct domain_result *d, size_t i);

#endif
