/* SPDX-License-Identifier: ISC */
/*
 * buf.h - a growing run of bytes with a maximum.
 *
 * Appends never fail one by one: what would pass the maximum is dropped and
 * `over` is set, to be asked once at the end.  A buffer that is over holds the
 * beginning of what it was given, and takes nothing more until it is reset.
 */
#ifndef CHECKS_CORE_BUF_H
#define CHECKS_CORE_BUF_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "checks/core/str.h"

struct buf {
	char *p;
	size_t n, room, max;
	bool over;
};

/* Make B empty with at most MAX bytes.  Allocates nothing. */
void buf_init(struct buf *b, size_t max);

/* Empty B, keep its room, clear `over`. */
void buf_reset(struct buf *b);

/* Give its memory back; B is as after buf_init() with the same maximum. */
void buf_free(struct buf *b);

/* Make room for N more bytes; false, and the buffer is over, when the maximum forbids. */
bool buf_room(struct buf *b, size_t n);

/* Append the view S, the NUL-terminated T, the byte C. */
void buf_add(struct buf *b, struct str s);
void buf_adds(struct buf *b, const char *t);
static inline void
buf_addc(struct buf *b, char c)
{
	if ((b->n < b->room && !b->over) || buf_room(b, 1))
		b->p[b->n++] = c;
}

/* Append N in decimal. */
void buf_addu(struct buf *b, uint64_t n);

/*
 * Append S as text for people and for JSON "text" fields: bytes outside
 * 0x20-0x7e as \DDD (decimal), '\' as '\\'.
 */
void buf_add_escaped(struct buf *b, struct str s);

/* What B holds; valid until the next append. */
static inline struct str
buf_str(const struct buf *b)
{
	return b->n == 0 ? STR("") : (struct str){ b->p, b->n };
}

#endif
