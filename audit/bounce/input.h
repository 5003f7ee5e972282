/* SPDX-License-Identifier: ISC */
/*
 * input.h - logs and reports as the user names them: files, directories, '-',
 * compressed or not, to events.
 *
 * Each file's reader is chosen by its content.  The files of a rotation are
 * read in the order of their first stamps.  Nothing stops the others: what is
 * wrong with one is told and counted.
 */
#ifndef AUDIT_BOUNCE_INPUT_H
#define AUDIT_BOUNCE_INPUT_H
#include "audit/bounce/event.h"
#include "audit/bounce/reader.h"

#define MAX_INPUT_FILES 1000000 /* a Maildir of bounces has hundreds of thousands */
#define MAX_INPUT_DEPTH 8       /* of directories; a Maildir in a tree of users has 4 */
#define MAX_INPUT_HEAD 8192     /* handed out of a text that no reader claims */

enum input_trouble {
	INPUT_UNREADABLE,
	INPUT_EMPTY,
	INPUT_UNKNOWN,  /* no reader claims it: HEAD is how it begins */
	INPUT_CUT,      /* N records were longer than their bound */
	INPUT_DAMAGED,  /* compressed, and cut or broken: what came before counts */
	INPUT_BOMB,     /* unpacks to too much: what came before counts */
	INPUT_GREW,     /* while it was read: what was written later is left */
	INPUT_SHRANK,   /* while it was read */
	INPUT_TOO_MANY, /* files, or directories in directories: the rest is left */
	INPUT_LEFT,     /* N records have more recipients or parts than are read, or broken ones */
	INPUT_TWICE,    /* the same file, or one of the same bytes, was read before */
	INPUT_IRREGULAR /* neither file nor directory, in a directory: left */
};

struct input_notice {
	enum input_trouble trouble;
	const char *path;
	bool named; /* by the user, and not found in a directory */
	const char *why;
	uint64_t n;
	struct str head;
};

/* Words for T; static. */
const char *input_trouble_words(enum input_trouble t);

/* Who is told; views live until the function returns. */
struct input_hooks {
	void *ctx;
	void (*event)(void *ctx, struct bounce_event *e); /* its file and line are set */
	/* NULL = nobody */
	void (*not_understood)(void *ctx, struct str file, uint64_t line, struct str record);
	void (*told)(void *ctx, const struct input_notice *n); /* NULL = nobody */
	void (*begins)(void *ctx, bool mixed); /* logs and reports together; NULL = nobody */
};

struct input_options {
	time_t now;  /* no stamp lies behind it */
	long zone_s; /* east of UTC, of stamps without zone */
};

/* With every record accounted for: records = with_events + irrelevant + not_understood. */
struct input_counts {
	uint64_t files;      /* read, in part at least */
	uint64_t unreadable; /* not at all, or of no known kind */
	uint64_t bytes;      /* unpacked */
	uint64_t records, with_events, irrelevant, not_understood, events;
	bool year_guessed, zone_guessed; /* of some stamp */
	bool from_documentation;         /* a reader was used that is written from documentation */
};

/*
 * Read the N PATHS.  AUDIT_OK, or AUDIT_EREAD when one that the user named could not be
 * read or was of no known kind.
 */
int input_read(const char *const *paths, size_t n, const struct input_options *options,
    const struct input_hooks *hooks, struct input_counts *out) __attribute__((warn_unused_result));

#endif
