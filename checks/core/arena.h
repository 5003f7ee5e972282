/* SPDX-License-Identifier: ISC */
/*
 * arena.h - memory that is freed together.
 *
 * One arena holds what the checks derive of a subject; what a run of a check
 * derived that is to be run again is taken back by arena_rewind().  There is no
 * failure to test for: over its maximum arena_alloc() longjmps to the place the
 * owner set, and malloc returning NULL ends the program.
 */
#ifndef CHECKS_CORE_ARENA_H
#define CHECKS_CORE_ARENA_H
#include <setjmp.h>
#include <stddef.h>
#include "checks/core/str.h"

struct arena_block;

struct arena {
	struct arena_block *first, *now;
	size_t used;    /* bytes handed out since the last reset */
	size_t max;     /* most bytes at once; 0 = no bound */
	jmp_buf *limit; /* where to go over the maximum; NULL = abort() */
};

/* Make A empty, with a maximum of MAX bytes (0 = none).  Allocates nothing. */
void arena_init(struct arena *a, size_t max);

/* Forget what was handed out, keep the room. */
void arena_reset(struct arena *a);

/* A place in an arena, to go back to. */
struct arena_mark {
	struct arena_block *now;
	size_t block_used, used;
};

/* Where A stands / forget what was handed out since then, keep the room. */
struct arena_mark arena_mark(const struct arena *a);
void arena_rewind(struct arena *a, const struct arena_mark *m);

/* Bytes that A holds, handed out or not. */
size_t arena_room(const struct arena *a);

/* Give everything back.  A may be used again after arena_init(). */
void arena_free(struct arena *a);

/* N zeroed bytes owned by A, aligned for any object.  Never NULL. */
void *arena_alloc(struct arena *a, size_t n);

/* COUNT objects of SIZE bytes, zeroed; an overflow counts as over the maximum. */
void *arena_array(struct arena *a, size_t count, size_t size);

/* A copy of S owned by A, with a NUL behind it that S.n does not count. */
struct str arena_str(struct arena *a, struct str s);

/*
 * Room for one more in a growing array: ITEMS is the address of the pointer
 * to its first item (&list->items), which holds N of SIZE bytes with room for
 * *CAP.  Afterwards that pointer (perhaps changed) leads to room for N + 1.
 * Returns the zeroed place of item N.
 */
void *arena_grow(struct arena *a, void *items, size_t n, size_t *cap, size_t size);

/* The compiler refuses an ITEMS that is not the address of a pointer. */
#define arena_grow(a, items, n, cap, size)                                                         \
	((void)sizeof(**(items)), (arena_grow)((a), (items), (n), (cap), (size)))

/* malloc, calloc, realloc that end the program instead of returning NULL. */
void *xmalloc(size_t n);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *p, size_t n);

#endif
