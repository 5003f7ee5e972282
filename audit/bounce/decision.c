/* SPDX-License-Identifier: ISC */
/*
 * decision.c - decisions kept by kind of refusal.
 *
 * One place for each value of the hash, and the whole key beside it: another
 * kind with the same hash takes the place and never the decision.
 */
#include "audit/bounce/decision.h"
#include <stdlib.h>
#include "checks/core/hash.h"

#define CACHE_SLOTS 4096     /* kinds; a year's log of one sender has some hundreds */
#define MAX_CACHED_TEXT 2048 /* bytes of a masked text; longer ones are worked out each time */

struct slot {
	char *key; /* NULL = empty */
	size_t n;
	struct decision d;
};

struct decision_cache {
	struct slot slots[CACHE_SLOTS];
};

struct decision_cache *
decision_cache_new(void)
{
	return xcalloc(1, sizeof(struct decision_cache));
}

void
decision_cache_free(struct decision_cache *c)
{
	for (size_t i = 0; c != NULL && i < CACHE_SLOTS; i++)
		free(c->slots[i].key);
	free(c);
}

static void
add_bytes(char *key, size_t *n, const void *p, size_t len)
{
	memcpy(key + *n, p, len);
	*n += len;
}

struct str
decision_key(
    struct arena *a, const struct refusal *q, struct str text, const size_t *found, size_t n_found)
{
	struct str mask = reply_mask(a, text);
	size_t room = mask.n + strlen(q->provider) + 32 + n_found * sizeof(uint16_t), n = 0;
	char *key;

	if (mask.n > MAX_CACHED_TEXT)
		return STR("");
	key = arena_alloc(a, room);
	add_bytes(key, &n, &q->code, sizeof(q->code));
	add_bytes(key, &n, &q->enhanced.class, sizeof(q->enhanced.class));
	add_bytes(key, &n, &q->enhanced.subject, sizeof(q->enhanced.subject));
	add_bytes(key, &n, &q->enhanced.detail, sizeof(q->enhanced.detail));
	add_bytes(key, &n, &q->phase, sizeof(q->phase));
	add_bytes(key, &n, q->provider, strlen(q->provider) + 1);
	if (mask.n > 0)
		add_bytes(key, &n, mask.p, mask.n);
	for (size_t i = 0; i < n_found; i++) {
		uint16_t id = (uint16_t)found[i];

		add_bytes(key, &n, &id, sizeof(id));
	}
	return (struct str){ key, n };
}

static size_t
slot_of(struct str key)
{
	return hash_end(hash_add(HASH_START, key)) % CACHE_SLOTS;
}

bool
decision_cache_find(const struct decision_cache *c, struct str key, struct decision *out)
{
	const struct slot *s = &c->slots[slot_of(key)];

	if (s->key == NULL || !str_eq((struct str){ s->key, s->n }, key))
		return false;
	*out = s->d;
	return true;
}

void
decision_cache_keep(struct decision_cache *c, struct str key, const struct decision *d)
{
	struct slot *s = &c->slots[slot_of(key)];

	free(s->key);
	s->key = xmalloc(key.n);
	memcpy(s->key, key.p, key.n);
	s->n = key.n;
	s->d = *d;
}
