/* SPDX-License-Identifier: ISC */
/*
 * tally.c - open addressing; the table is at most half full.
 */
#include "audit/fleet/tally.h"
#include <stdlib.h>
#include "checks/core/hash.h"

#define FIRST_SLOTS 256

void
tally_init(struct tally *t)
{
	*t = (struct tally){ .n = 0 };
	arena_init(&t->arena, 0);
}

void
tally_free(struct tally *t)
{
	arena_free(&t->arena);
	free(t->key);
	free(t->slot);
	tally_init(t);
}

/* The slot of KEY, or the free one where it belongs. */
static uint32_t *
find(const struct tally *t, struct str key)
{
	size_t i = (size_t)hash_end(hash_add(HASH_START, key)) & (t->n_slots - 1);

	while (t->slot[i] != 0 && !str_eq(t->key[t->slot[i] - 1], key))
		i = (i + 1) & (t->n_slots - 1);
	return &t->slot[i];
}

static void
grow(struct tally *t)
{
	if (t->n == t->cap) {
		t->cap = t->cap == 0 ? FIRST_SLOTS / 2 : t->cap * 2;
		t->key = xrealloc(t->key, t->cap * sizeof(*t->key));
	}
	if (2 * (t->n + 1) <= t->n_slots)
		return;
	free(t->slot);
	t->n_slots = t->n_slots == 0 ? FIRST_SLOTS : t->n_slots * 2;
	t->slot = xcalloc(t->n_slots, sizeof(*t->slot));
	for (size_t i = 0; i < t->n; i++)
		*find(t, t->key[i]) = (uint32_t)(i + 1);
}

size_t
tally_number(struct tally *t, struct str key)
{
	uint32_t *slot;

	grow(t);
	slot = find(t, key);
	if (*slot == 0) {
		if (t->n == MAX_TALLY)
			return TALLY_FULL;
		t->key[t->n] = arena_str(&t->arena, key);
		*slot = (uint32_t)++t->n;
	}
	return *slot - 1;
}
