/* SPDX-License-Identifier: ISC */
/*
 * names.h - the domains to audit: arguments, or lines that come from somebody
 * who may be slower than we are.
 *
 * Reading never holds up the loop: where nothing lies ready, the loop watches.
 * It keeps one piece of the input at a time, however many names there are, and
 * forgets a name once it was given: a name that comes twice is given twice.
 */
#ifndef AUDIT_NAMES_H
#define AUDIT_NAMES_H
#include <stdbool.h>
#include <stddef.h>
#include "audit/engine.h"
#include "audit/loop.h"
#include "checks/core/name.h"

#define MAX_NAME_LINE 4096 /* the longest name typed is MAX_NAME_TEXT, with blanks around it */
#define NAMES_PIECE ((size_t)64 << 10) /* read at a time: as much as a pipe holds */

struct names {
	/* Arguments. */
	char **args;
	size_t n_args, next;

	/* Lines; fd < 0 = there are arguments only. */
	int fd;
	struct loop *loop;
	struct loop_fd watch;
	bool watched;
	char *piece; /* of NAMES_PIECE bytes */
	size_t from, n;
	bool at_end, in_long; /* nothing more comes; inside a line that is too long */
	size_t line;          /* number of the last line taken */

	size_t given, bad;                 /* names / lines and arguments that are no names */
	int rc;                            /* AUDIT_EREAD: reading failed, which was told */
	void (*before_telling)(void *ctx); /* NULL = nothing to take away */
	void *ctx;
};

/* Begin with the N arguments at ARGS, which stay the caller's. */
void names_init_args(struct names *s, char **args, size_t n);

/*
 * Begin with the lines of FD, which stays the caller's and keeps its flags: it
 * may be shared.  LOOP must turn whenever names_next() says FEED_LATER.
 */
void names_init_lines(struct names *s, int fd, struct loop *loop);

/* Stop watching and give back what S holds. */
void names_free(struct names *s);

/*
 * The next name into *OUT.  What is no name is told, counted in S->bad and
 * passed over; blank lines and lines that begin with '#' are passed over.
 */
enum feed_reply names_next(struct names *s, struct name *out);

/*
 * How many names the rest of FD holds, without moving in it: lines that are
 * neither blank nor a comment.  0 when that cannot be known (no regular file).
 */
size_t names_count(int fd);

#endif
