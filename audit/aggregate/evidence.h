/* SPDX-License-Identifier: ISC */
/*
 * evidence.h - what many aggregate reports say together: who sends as which domain.
 *
 * Rows of one From domain and one address are one source.  A report that comes twice
 * counts once.  It judges nothing; what was seen proves no more than that a receiver
 * was handed mail.
 */
#ifndef AUDIT_AGGREGATE_EVIDENCE_H
#define AUDIT_AGGREGATE_EVIDENCE_H
#include "audit/aggregate/aggregate.h"
#include "checks/seen.h"

#define MAX_EVIDENCE_SOURCES 200000  /* a year of a much forged domain; each takes a kilobyte */
#define MAX_EVIDENCE_ROWS 4000000    /* of all sources, 80 bytes each */
#define MAX_EVIDENCE_REPORTS 2000000 /* that are told apart */
#define MAX_EVIDENCE_WORDS                                                                         \
	20 /* MAIL FROM domains, reporters, selectors of a source that are kept */

/* One row, for whoever asks about a day. */
struct evidence_row {
	time_t begin, end; /* of its report; 0 = not said */
	uint32_t count;
	const char *disposition; /* as in struct aggregate_row */
	bool dkim, spf;          /* passed with alignment */
	struct str org;
	struct evidence_row *next; /* of the same source */
};

struct evidence_source {
	struct seen_source seen;
	struct evidence_row *rows, **end;
};

struct evidence {
	struct arena arena;               /* owns all the rest */
	struct evidence_source **sources; /* in the order of seen_cmp() after evidence_sort() */
	size_t n, cap;
	uint32_t *slots; /* open addressing: index into sources plus 1 */
	size_t n_slots;
	uint64_t *reports; /* open addressing: hashes of what tells reports apart; 0 = free */
	size_t n_reports, n_report_slots;
	size_t twice;     /* reports that came again */
	size_t rows, bad; /* taken, and left out because they could not be read */
	size_t over;      /* left out because of a bound of this file */
	uint64_t messages;
	time_t first, last;
	time_t now; /* of the audit that it is for; 0 = when the last report ended */
};

/* Make E empty; give back what it holds. */
void evidence_init(struct evidence *e);
void evidence_free(struct evidence *e);

/* Add R.  False = it was there before, and nothing was added. */
bool evidence_add(struct evidence *e, const struct aggregate_report *r);

/* The sources by From domain, then address, from now on; nothing is added any more. */
void evidence_sort(struct evidence *e);

/*
 * The first row about mail From FROM that IP sent on the day (UTC) of the time DAY, behind
 * AFTER (NULL = from the start); NULL when there is none.  A row whose report says no time
 * is of no day.
 */
const struct evidence_row *evidence_row_at(const struct evidence *e, const struct name *from,
    const struct addr *ip, time_t day, const struct evidence_row *after);

#endif
