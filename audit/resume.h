/* SPDX-License-Identifier: ISC */
/*
 * resume.h - what an earlier output in the format jsonl holds, so that a run
 * can go on where that one ended (--resume).
 *
 * The file is read byte by byte, with a bound on what is kept of a line; what
 * is kept in all is the names.  A line that is not whole counts for nothing.
 */
#ifndef AUDIT_RESUME_H
#define AUDIT_RESUME_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include "checks/core/arena.h"
#include "checks/core/name.h"
#include "report/report.h"

#define MAX_JSON_DEPTH 64 /* ours is about 10 deep; deeper is not ours */
#define MAX_JSON_KEPT MAX_NAME_TEXT

enum resume_kind {
	RESUME_BAD,    /* not one whole object */
	RESUME_DOMAIN, /* a result: verdict, and a domain or addresses */
	RESUME_RUN,    /* the last line of a run */
	RESUME_OTHER   /* an object, but not of ours */
};

/* Counts of findings, as in struct judge. */
struct resume_counts {
	size_t domains, verdicts[N_LEVELS], findings[N_LEVELS];
	bool needed_unknown;
};

/* A reader of one line at a time; see resume_line_*(). */
struct resume_line {
	unsigned depth;
	char open[MAX_JSON_DEPTH]; /* the brackets that are open */
	bool bad, in_string, escaped, ended, want_key, in_findings;
	unsigned hex; /* digits of \u still to come */
	uint32_t code;
	bool kept_over;
	size_t n_kept;
	char kept[MAX_JSON_KEPT]; /* the string under way, or the last one */
	char key[16];             /* the last key */
	char domain[MAX_JSON_KEPT];
	size_t n_domain;
	char id[64];
	bool has_domain, has_addresses, has_run;
	int verdict, level;          /* enum rule_level; -1 = not seen */
	struct resume_counts counts; /* of the line's findings */
};

/* Begin with the next line. */
void resume_line_begin(struct resume_line *l);

/* Take the bytes of S, which hold no LF. */
void resume_line_add(struct resume_line *l, struct str s);

/* The line is over: what was it?  RESUME_DOMAIN: l->domain, l->verdict and l->counts say. */
enum resume_kind resume_line_end(struct resume_line *l);

struct resume {
	const char *file;
	dev_t device;
	ino_t inode;
	bool there;       /* the file exists */
	uint64_t keep;    /* bytes up to the end of the last line that is no run and whole */
	size_t bad, runs; /* whole lines that are not ours / that end a run */
	size_t tail_n;    /* bytes behind the last line end */
	struct resume_counts counts;
	struct arena arena; /* the names */
	struct str *slots;  /* open addressing; p NULL = empty */
	size_t n, n_slots;
};

/*
 * Read FILE into *R.  A file that is not there holds nothing.  AUDIT_EREAD, or
 * AUDIT_EFORMAT when it is something else than a report; both have been told.
 */
int resume_read(struct resume *r, const char *file) __attribute__((warn_unused_result));

/* Give back what R holds; a zeroed R too. */
void resume_free(struct resume *r);

/* Whether N was done; it is from now on. */
bool resume_take(struct resume *r, const struct name *n);

/* Whether ST is the file that was read. */
bool resume_is_file(const struct resume *r, const struct stat *st);

#endif
