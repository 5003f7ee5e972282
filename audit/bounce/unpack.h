/* SPDX-License-Identifier: ISC */
/*
 * unpack.h - the bytes of a log, compressed or not, within bounds.
 *
 * .gz, .xz, .zst and .bz2 are told by their first bytes, not by their names.
 * A plain file is read as far as it went when it was opened, and to the end of
 * that line: a log that is being written to ends somewhere.
 */
#ifndef AUDIT_BOUNCE_UNPACK_H
#define AUDIT_BOUNCE_UNPACK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/*
 * Logs shrink by 10 to 30, equal lines by some 200; bombs by 1,000 and more.  Asked
 * only past the first bytes, since a short file of one line is no danger.
 */
#define MAX_UNPACK_RATIO 250
#define UNPACK_RATIO_FROM ((uint64_t)64 << 20)
#define MAX_UNPACKED_BYTES ((uint64_t)64 << 30) /* some weeks of a large sender's log */

enum unpack_end {
	UNPACK_WHOLE,
	UNPACK_GREW,    /* what came later was left */
	UNPACK_SHRANK,  /* truncated while it was read */
	UNPACK_DAMAGED, /* compressed, and cut or broken */
	UNPACK_BOMB,    /* beyond the bounds above: the rest was left */
	UNPACK_FAILED   /* to be read */
};

struct unpack;

/* Open PATH, "-" = standard input; NULL when that fails, errno says why. */
struct unpack *unpack_open(const char *path);

/* At most N bytes into BUF; 0 at the end, whatever ended it. */
size_t unpack_read(struct unpack *u, char *buf, size_t n);

/* How it ended; *WHY: words for it, until U is closed, or "". */
enum unpack_end unpack_ended(const struct unpack *u, const char **why);

/* When a regular file was written last, into *OUT; false for anything else. */
bool unpack_mtime(const struct unpack *u, time_t *out);

/* Close U; NULL is taken. */
void unpack_close(struct unpack *u);

#endif
