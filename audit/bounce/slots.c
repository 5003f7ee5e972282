/* SPDX-License-Identifier: ISC */
/*
 * slots.c - which item of a list has this hash: open addressing, each slot as
 * near to its home as can be.
 */
#include "audit/bounce/slots.h"
#include <assert.h>
#include <stdlib.h>
#include "checks/core/arena.h"

#define MIN_ROOM 64

struct slots_walk
slots_walk(uint32_t tag)
{
	return (struct slots_walk){ .tag = tag };
}

bool
slots_next(const struct slots *s, struct slots_walk *w, uint32_t *item)
{
	if (s->room == 0)
		return false;
	w->at = w->begun ? (w->at + 1) & (s->room - 1) : w->tag & (s->room - 1);
	w->begun = true;
	for (; s->v[w->at].item != 0; w->at = (w->at + 1) & (s->room - 1))
		if (s->v[w->at].tag == w->tag) {
			*item = s->v[w->at].item - 1;
			return true;
		}
	return false;
}

static void
put(struct slots *s, struct slot slot)
{
	size_t at = slot.tag & (s->room - 1);

	while (s->v[at].item != 0)
		at = (at + 1) & (s->room - 1);
	s->v[at] = slot;
}

static void
grow(struct slots *s)
{
	struct slots old = *s;

	s->room = old.room == 0 ? MIN_ROOM : 2 * old.room;
	s->v = xcalloc(s->room, sizeof(*s->v));
	for (size_t i = 0; i < old.room; i++)
		if (old.v[i].item != 0)
			put(s, old.v[i]);
	free(old.v);
}

void
slots_add(struct slots *s, uint32_t tag, uint32_t item)
{
	assert(item < UINT32_MAX);
	if (s->n + 1 > s->room / 4 * 3)
		grow(s);
	put(s, (struct slot){ tag, item + 1 });
	s->n++;
}

/* Close the gap at AT: what came behind it for want of room moves up. */
static void
close_gap(struct slots *s, size_t at)
{
	size_t mask = s->room - 1, next = at;

	for (;;) {
		next = (next + 1) & mask;
		if (s->v[next].item == 0)
			break;
		/* It may move when its home does not lie behind the gap. */
		if (((next - s->v[next].tag) & mask) < ((next - at) & mask))
			continue;
		s->v[at] = s->v[next];
		at = next;
	}
	s->v[at] = (struct slot){ 0, 0 };
}

void
slots_remove(struct slots *s, uint32_t tag, uint32_t item)
{
	struct slots_walk w = slots_walk(tag);
	uint32_t found;

	while (slots_next(s, &w, &found))
		if (found == item) {
			close_gap(s, w.at);
			s->n--;
			return;
		}
}

void
slots_free(struct slots *s)
{
	free(s->v);
	*s = (struct slots){ .n = 0 };
}
