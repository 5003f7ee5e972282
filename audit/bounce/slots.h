/* SPDX-License-Identifier: ISC */
/*
 * slots.h - which item of a list has this hash: an index that grows, eight
 * bytes a slot.
 *
 * It holds numbers of items and 32 bits of their hash; the items, and whether
 * one is the one that was meant, are the caller's.
 */
#ifndef AUDIT_BOUNCE_SLOTS_H
#define AUDIT_BOUNCE_SLOTS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slot {
	uint32_t tag, item; /* item + 1; 0 = free */
};

struct slots {
	struct slot *v;
	size_t room, n; /* room is 0 or a power of two */
};

/* Where a search stands. */
struct slots_walk {
	uint32_t tag;
	size_t at;
	bool begun;
};

/* A search for the items under TAG. */
struct slots_walk slots_walk(uint32_t tag);

/* The next item under W's tag into *ITEM; false when there is no more. */
bool slots_next(const struct slots *s, struct slots_walk *w, uint32_t *item);

/* Put ITEM, which is below UINT32_MAX, under TAG. */
void slots_add(struct slots *s, uint32_t tag, uint32_t item);

/* Take ITEM away, which stands under TAG. */
void slots_remove(struct slots *s, uint32_t tag, uint32_t item);

/* Give back what S holds; it is empty then. */
void slots_free(struct slots *s);

#endif
