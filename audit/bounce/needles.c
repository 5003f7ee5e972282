/* SPDX-License-Identifier: ISC */
/*
 * needles.c - many literals looked for in one pass over a text.
 *
 * A complete automaton: one step a byte, no failing moves while scanning.
 */
#include "audit/bounce/needles.h"
#include <assert.h>
#include <stdlib.h>
#include "checks/core/arena.h"

#define NONE UINT16_MAX

struct needles {
	uint8_t class_of[256];
	size_t n_classes;
	uint16_t *next;    /* by state and class */
	uint16_t *literal; /* that ends in a state; NONE */
	uint16_t *shorter; /* the longest proper suffix in which one ends; 0 = none */
	size_t n_states;
	const struct str *literals;
};

/* Bytes that occur in no needle are one class. */
static void
number_classes(struct needles *nd, size_t n)
{
	nd->n_classes = 1;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < nd->literals[i].n; k++) {
			uint8_t c = (uint8_t)nd->literals[i].p[k];

			if (nd->class_of[c] == 0)
				nd->class_of[c] = (uint8_t)nd->n_classes++;
		}
	for (unsigned c = 'A'; c <= 'Z'; c++)
		nd->class_of[c] = nd->class_of[c - 'A' + 'a'];
}

static uint16_t *
move_of(const struct needles *nd, size_t state, char c)
{
	return &nd->next[state * nd->n_classes + nd->class_of[(uint8_t)c]];
}

static void
insert(struct needles *nd, size_t id)
{
	struct str s = nd->literals[id];
	size_t state = 0;

	for (size_t i = 0; i < s.n; i++) {
		uint16_t *to = move_of(nd, state, s.p[i]);

		if (*to == 0)
			*to = (uint16_t)nd->n_states++;
		state = *to;
	}
	if (s.n > 0 && nd->literal[state] == NONE)
		nd->literal[state] = (uint16_t)id;
}

/* Breadth first: a state's suffix is shallower, and complete before it. */
static void
complete(struct needles *nd)
{
	uint16_t *suffix = xcalloc(nd->n_states, sizeof(*suffix));
	uint16_t *queue = xcalloc(nd->n_states, sizeof(*queue));
	size_t head = 0, tail = 0;

	for (size_t c = 0; c < nd->n_classes; c++)
		if (nd->next[c] != 0)
			queue[tail++] = nd->next[c];
	while (head < tail) {
		size_t s = queue[head++];
		uint16_t *row = nd->next + s * nd->n_classes;
		const uint16_t *of = nd->next + (size_t)suffix[s] * nd->n_classes;

		nd->shorter[s] =
		    nd->literal[suffix[s]] != NONE ? suffix[s] : nd->shorter[suffix[s]];
		for (size_t c = 0; c < nd->n_classes; c++) {
			if (row[c] == 0) {
				row[c] = of[c];
			} else {
				suffix[row[c]] = of[c];
				queue[tail++] = row[c];
			}
		}
	}
	free(suffix);
	free(queue);
}

struct needles *
needles_new(const struct str *literals, size_t n)
{
	struct needles *nd = xcalloc(1, sizeof(*nd));
	size_t states = 1;

	for (size_t i = 0; i < n; i++)
		states += literals[i].n;
	assert(states < MAX_NEEDLE_STATES && n < NONE);
	nd->literals = literals;
	number_classes(nd, n);
	nd->next = xcalloc(states * nd->n_classes, sizeof(*nd->next));
	nd->literal = xcalloc(states, sizeof(*nd->literal));
	nd->shorter = xcalloc(states, sizeof(*nd->shorter));
	memset(nd->literal, 0xff, states * sizeof(*nd->literal));
	nd->n_states = 1;
	for (size_t i = 0; i < n; i++)
		insert(nd, i);
	complete(nd);
	return nd;
}

void
needles_free(struct needles *nd)
{
	if (nd == NULL)
		return;
	free(nd->next);
	free(nd->literal);
	free(nd->shorter);
	free(nd);
}

void
needles_scan(const struct needles *nd, struct str text,
    void (*found)(void *ctx, size_t id, size_t end), void *ctx)
{
	size_t state = 0;

	for (size_t i = 0; i < text.n; i++) {
		state = *move_of(nd, state, text.p[i]);
		for (size_t s = nd->literal[state] != NONE ? state : nd->shorter[state]; s != 0;
		     s = nd->shorter[s])
			found(ctx, nd->literal[s], i + 1);
	}
}
