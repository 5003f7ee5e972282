/* SPDX-License-Identifier: ISC */
/*
 * report.h - findings to bytes: one file per format, one row in formats.c.
 *
 * A format is given the results one by one, in the order they are to appear,
 * and may keep bytes but no structure: a result is freed after domain().  What
 * it appends to OUT is written by the caller as it grows.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H
#include <stdbool.h>
#include <time.h>
#include "checks/core/buf.h"
#include "checks/core/facts.h"
#include "checks/core/finding.h"
#include "checks/core/subject.h"
#include "checks/requirements.h"
#include "report/suggestion.h"

#define MAX_REPORT_BYTES ((size_t)2 << 30)

/* Who bears a finding: mailvet.yaml, a baseline file, or a word beside the record itself. */
enum waiver_origin { WAIVED_BY_CONFIG, WAIVED_BY_BASELINE, WAIVED_IN_PLACE };

/* A finding that is known and accepted until a day, by its owner's word. */
struct waiver {
	enum waiver_origin origin;
	struct str rule; /* a slug or an alias */
	struct name domain;
	bool below;           /* all names below it, not itself */
	char fingerprint[17]; /* "" = every finding of the rule */
	time_t until;         /* the last second it holds; 0 = no end (not by mailvet.yaml) */
	struct str reason;    /* in the user's own words: UTF-8 */
};

/* What became of a finding by the change that is judged. */
enum change_state {
	CHANGE_NONE, /* nothing was compared */
	CHANGE_IS_NEW,
	CHANGE_IS_WORSE, /* a higher figure under the same fingerprint */
	CHANGE_IS_KEPT,
	CHANGE_IS_SUPPRESSED, /* by a waiver: of domain_result.suppressed alone */
	N_CHANGE_STATES
};

/* A finding with what the run decided about it. */
struct judged {
	const struct finding *f;
	enum rule_level level;       /* after overrides */
	char fingerprint[17];        /* 16 hex digits and NUL */
	const struct waiver *waiver; /* that bears it; NULL = none */
	struct str sender; /* whose address it is about, as its owner calls it; or empty */
	enum change_state change;
	bool lost; /* unknown, and the state before the change let it be known */
	const struct suggestion *suggestions; /* its changes, where the input is a file */
	size_t n_suggestions;
};

/* What a provider demands, and whether it is met. */
struct readiness_row {
	const struct requirement *r; /* checks/requirements.h */
	bool binds;                  /* these senders */
	enum requirement_state state;
	const char *reason; /* static */
};

enum readiness_verdict { READY, NOT_READY, CANNOT_TELL };

/* Whether a provider would take the mail of a domain's senders, as far as DNS shows. */
struct readiness {
	const char *provider;
	enum readiness_verdict verdict;
	const struct readiness_row *rows;
	size_t n_rows;
	const struct judged *const *missing; /* what stands between, in the order to do it */
	size_t n_missing;
	const char *as_of; /* the oldest page that a demand was read on: 2026-03-11 */
};

#define N_LEVELS 5 /* enum rule_level */

/* One domain (or address without domain), done. */
struct domain_result {
	struct str label; /* "example.com", "192.0.2.1" */
	const struct subject *subject;
	const struct judged *findings; /* worst first, then by what suffers, rule, subject, place */
	size_t n_findings;
	const struct judged *suppressed; /* accepted by a waiver: in no count and no verdict */
	size_t n_suppressed;
	enum rule_level verdict; /* the worst that counts */
	const struct facts *facts;
	size_t count[N_LEVELS];            /* findings by level */
	const struct readiness *readiness; /* of each provider; NULL = not asked for */
	size_t n_readiness;

	/* Of a change (gate); empty where nothing was compared. */
	const struct judged *fixed; /* of the base, with its places: in no count and no verdict */
	size_t n_fixed;
	const struct str *told; /* what the change does to mail, in words: a line each */
	size_t n_told;
	const struct str
	    *used; /* which data was used: "head zones/a.zone", "recording inc.jsonl" */
	size_t n_used;
	const struct str
	    *lacking; /* questions nobody was given to answer: "_spf.example.net TXT" */
	size_t n_lacking;
	bool compared; /* with a base, or a baseline */
};

/* The run as a whole, known at the end (but for the first five). */
struct run_result {
	const char *version;
	time_t generated, now;
	struct str answers; /* where answers came from: "zone files only", "192.0.2.53" */
	bool offline;
	bool undetermined; /* known at the end: an answer is needed for a verdict, and lacks */
	bool interrupted;  /* known at the end: names were left that nobody looked at */
	bool messages;     /* results are of sample messages, not of domains */
	const struct judged *findings; /* about the run itself */
	size_t n_findings;
	size_t count[N_LEVELS]; /* of all domains and the run */
	size_t domains, domain_verdict[N_LEVELS];
	bool compared;                  /* with a base (gate) */
	size_t change[N_CHANGE_STATES]; /* then: of all domains and the run */
	size_t n_fixed, n_unchanged;    /* findings; domains left out: their answers are the same */
};

/* How a report is to look. */
struct report_style {
	bool color, ascii, notes, verbose, redact;
	unsigned width;          /* columns; 0 = 80 */
	enum rule_level fail_on; /* what the exit status counts; LEVEL_PASS = nothing */
};

struct report {
	const struct report_format *format;
	struct report_style style;
	struct buf *out;
	struct buf held; /* a format's own bytes until the end */
	size_t n;        /* domains so far */
};

struct report_format {
	const char *name;                                              /* as in --report */
	const char *about;                                             /* one line for people */
	void (*begin)(struct report *r, const struct run_result *run); /* NULL = nothing */
	void (*domain)(struct report *r, const struct domain_result *d);
	void (*end)(struct report *r, const struct run_result *run); /* NULL = nothing */
	bool lines; /* plain text, which disarm() goes over */
	bool ci;    /* made for results of checks, not for what evaluate, senders and report tell */
	/* the exit status that goes with it when it is the only report; NULL = mailvet's own */
	int (*status)(const struct run_result *run);
};

extern const struct report_format report_formats[];
extern const size_t n_report_formats;

/* The format called NAME; NULL when there is none. */
const struct report_format *report_format_find(struct str name);

/*
 * Begin R: what FORMAT, which must live as long, appends goes to OUT.  No
 * failure; report_free() gives back what R kept.
 */
void report_init(struct report *r, const struct report_format *format,
    const struct report_style *style, struct buf *out);
void report_free(struct report *r);

/* What R holds at its front, N bytes, into *STATE; zeros when it holds nothing. */
void report_load(const struct report *r, void *state, size_t n);

/* *STATE, N bytes, to the front of what R holds. */
void report_save(struct report *r, const void *state, size_t n);

/*
 * Append TEMPLATE with the arguments of F put in for {name} (rules.h).  Text of
 * the other side is escaped, and cut after 120 bytes.  %{...} stays as it is: it is
 * an SPF macro.  A name that F lacks is a bug (assert).
 */
void sentence_add(struct buf *b, const char *template, const struct finding *f);

/* "new", "worse", "kept", "suppressed"; "" for CHANGE_NONE. */
const char *change_state_name(enum change_state c);

/* "ready", "not-ready", "cannot-tell". */
const char *readiness_name(enum readiness_verdict v);

/* Append a time in RFC 3339, UTC, whole seconds; its day alone. */
void time_add(struct buf *b, time_t t);
void date_add(struct buf *b, time_t t);

#endif
