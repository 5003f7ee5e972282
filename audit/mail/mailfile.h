/* SPDX-License-Identifier: ISC */
/*
 * mailfile.h - the messages of files, one by one: single messages, mbox files,
 * Maildirs and other directories of messages, standard input.
 *
 * Whether a file is an mbox is seen by its first line.  Memory is that of the
 * largest message, MAX_MESSAGE_BYTES at most; nothing is decoded.
 */
#ifndef AUDIT_MAIL_MAILFILE_H
#define AUDIT_MAIL_MAILFILE_H
#include <stdbool.h>
#include <stddef.h>
#include "checks/core/buf.h"
#include "checks/core/str.h"

#define MAX_MAIL_FILES 1000000 /* of one directory */

struct mailfile {
	char **inputs; /* paths, or "-" */
	size_t n_inputs, at_input;
	char **names; /* files of the directory that is read */
	size_t n_names, at_name, cap_names;
	char *path; /* of the open file */
	int fd;     /* -1 = none is open */
	struct buf bytes;
	size_t start;  /* of the message under way */
	size_t looked; /* up to there no message begins */
	bool end, is_mbox, begun;
	bool over, failed; /* the message under way is too large / could not be read, as was told */
	size_t number;     /* of messages of this file */
	size_t bad;        /* inputs and messages that could not be read; told */
	void (*before_telling)(void *ctx); /* NULL = nothing is in the way */
	void *ctx;
};

/* One message. */
struct mail {
	struct str text;  /* as in the file, without "From " line; until the next */
	const char *file; /* until the next */
	size_t number;    /* in FILE, from 1 */
	bool mbox;
};

/* M reads the N INPUTS, which must live as long. */
void mailfile_init(struct mailfile *m, char **inputs, size_t n);

/*
 * The next message into *OUT; false behind the last.  What cannot be read, holds
 * nothing or is too large is told and counted, and the next is taken.
 */
bool mailfile_next(struct mailfile *m, struct mail *out);

/* Say that the message that was just given is WHY, and count it as bad. */
void mailfile_refuse(struct mailfile *m, const struct mail *mail, const char *why);

/* Give back what M holds. */
void mailfile_free(struct mailfile *m);

#endif
