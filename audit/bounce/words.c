/* SPDX-License-Identifier: ISC */
/*
 * words.c - words of logs, each kept once under a number.
 */
#include "audit/bounce/words.h"
#include <stdlib.h>
#include "checks/core/hash.h"

static uint32_t
keep(struct word_list *w, struct str word)
{
	if (w->n == w->room) {
		w->room = w->room == 0 ? 256 : 2 * w->room;
		w->v = xrealloc(w->v, w->room * sizeof(*w->v));
	}
	w->v[w->n] = arena_str(&w->arena, word);
	return (uint32_t)w->n++;
}

void
word_list_init(struct word_list *w)
{
	*w = (struct word_list){ .n = 0 };
	arena_init(&w->arena, 0);
	(void)keep(w, STR(""));
	(void)keep(w, STR("(others)"));
}

void
word_list_free(struct word_list *w)
{
	arena_free(&w->arena);
	slots_free(&w->slots);
	free(w->v);
	*w = (struct word_list){ .n = 0 };
}

uint32_t
word_id(struct word_list *w, struct str word)
{
	char lower[MAX_KEPT_WORD];
	struct slots_walk walk;
	uint32_t id, tag;

	word = str_sub(word, 0, MAX_KEPT_WORD);
	if (word.n == 0)
		return WORD_NONE;
	for (size_t i = 0; i < word.n; i++)
		lower[i] = ascii_lower(word.p[i]);
	word.p = lower;
	tag = (uint32_t)hash_end(hash_add(HASH_START, word));
	walk = slots_walk(tag);
	while (slots_next(&w->slots, &walk, &id))
		if (str_eq(w->v[id], word))
			return id;
	if (w->n >= MAX_KEPT_WORDS)
		return WORD_OTHERS;
	id = keep(w, word);
	slots_add(&w->slots, tag, id);
	return id;
}

struct str
word_of(const struct word_list *w, uint32_t id)
{
	return id < w->n ? w->v[id] : w->v[WORD_NONE];
}
