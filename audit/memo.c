/* SPDX-License-Identifier: ISC */
/*
 * memo.c - a hash table with two queues.
 */
#include "audit/memo.h"
#include <stdlib.h>
#include "checks/core/arena.h"

#define FIRST_BUCKETS 1024
#define ENTRY_BYTES (sizeof(struct world_entry) + 64) /* with what malloc adds */

void
memo_init(struct memo *m, size_t max_bytes)
{
	*m = (struct memo){ .max_bytes = max_bytes };
}

static size_t
entry_bytes(const struct world_entry *e)
{
	return ENTRY_BYTES + e->answer->bytes;
}

static void
queue_add(struct memo_queue *k, struct world_entry *e)
{
	e->counted = entry_bytes(e);
	k->bytes += e->counted;
	if (e->answer->account == NULL) /* else another memo counts how it grows */
		answer_account(e->answer, &k->bytes);
	e->older = k->newest;
	e->newer = NULL;
	*(k->newest != NULL ? &k->newest->newer : &k->oldest) = e;
	k->newest = e;
}

static void
queue_remove(struct memo_queue *k, struct world_entry *e)
{
	if (e->answer->account == &k->bytes) {
		e->counted = entry_bytes(e);
		answer_account(e->answer, NULL);
	}
	k->bytes -= e->counted;
	*(e->older != NULL ? &e->older->newer : &k->oldest) = e->newer;
	*(e->newer != NULL ? &e->newer->older : &k->newest) = e->older;
}

static struct memo_queue *
queue_of(struct memo *m, const struct world_entry *e)
{
	return e->shared ? &m->shared : &m->once;
}

size_t
memo_bytes(const struct memo *m)
{
	return m->once.bytes + m->shared.bytes;
}

/* Q, out of M, for the next question that is under way: its data leads to the next spare one. */
static void
spare_question(struct memo *m, struct question *q)
{
	q->data = (struct str){ (const char *)m->spare, 0 };
	m->spare = q;
}

static struct question *
new_question(struct memo *m)
{
	struct question *q = m->spare;

	if (q == NULL)
		return xmalloc(sizeof(*q));
	m->spare = (struct question *)(uintptr_t)q->data.p;
	return q;
}

/* E needs the copy of its question no more. */
static void
free_question(struct memo *m, struct world_entry *e)
{
	if (e->answer == NULL) {
		free((void *)(uintptr_t)e->q->data.p);
		spare_question(m, (struct question *)(uintptr_t)e->q);
	}
	e->q = NULL;
}

void
memo_drop(struct memo *m, struct world_entry *e)
{
	struct world_entry **at = &m->buckets[e->hash & (m->n_buckets - 1)];

	while (*at != e)
		at = &(*at)->chain;
	*at = e->chain;
	m->n--;
	free_question(m, e);
	if (e->answer != NULL) {
		queue_remove(queue_of(m, e), e);
		answer_unref(e->answer);
	}
	e->chain = m->unused;
	m->unused = e;
}

void
memo_free(struct memo *m)
{
	for (size_t i = 0; i < m->n_buckets; i++)
		for (struct world_entry *e = m->buckets[i], *next; e != NULL; e = next) {
			next = e->chain;
			free_question(m, e);
			if (e->answer != NULL)
				queue_remove(queue_of(m, e), e);
			answer_unref(e->answer);
		}
	free(m->buckets);
	while (m->spare != NULL)
		free(new_question(m));
	arena_free(&m->room);
	memo_init(m, m->max_bytes);
}

static void
grow(struct memo *m)
{
	struct world_entry **old = m->buckets;
	size_t n_old = m->n_buckets;

	if (m->n < n_old)
		return;
	m->n_buckets = n_old == 0 ? FIRST_BUCKETS : n_old * 2;
	m->buckets = xcalloc(m->n_buckets, sizeof(*m->buckets));
	for (size_t i = 0; i < n_old; i++)
		while (old[i] != NULL) {
			struct world_entry *e = old[i];

			old[i] = e->chain;
			e->chain = m->buckets[e->hash & (m->n_buckets - 1)];
			m->buckets[e->hash & (m->n_buckets - 1)] = e;
		}
	free(old);
}

struct world_entry *
memo_find(struct memo *m, const struct question *q, uint64_t now_ms)
{
	uint64_t hash = m->hash = question_hash(q);
	struct world_entry *e;

	if (m->n_buckets == 0)
		return NULL;
	e = m->buckets[hash & (m->n_buckets - 1)];
	while (e != NULL && (e->hash != hash || !question_eq(e->q, q)))
		e = e->chain;
	if (e == NULL)
		return NULL;
	if (e->answer == NULL) { /* under way, and somebody else wants it too */
		e->shared = true;
		return e;
	}
	queue_remove(queue_of(m, e), e);
	e->shared = true;
	queue_add(&m->shared, e);
	if (e->expires_ms > now_ms)
		return e;
	memo_drop(m, e);
	return NULL;
}

static struct world_entry *
new_entry(struct memo *m)
{
	struct world_entry *e = m->unused;

	if (e == NULL)
		return arena_alloc(&m->room, sizeof(*e));
	m->unused = e->chain;
	*e = (struct world_entry){ .hash = 0 };
	return e;
}

struct world_entry *
memo_add(struct memo *m, const struct question *q)
{
	struct world_entry *e = new_entry(m);
	struct question *copy = new_question(m);

	grow(m);
	question_copy(copy, q);
	copy->data = (struct str){ NULL, 0 };
	if (q->data.n > 0) {
		char *data = xmalloc(q->data.n);

		memcpy(data, q->data.p, q->data.n);
		copy->data = (struct str){ data, q->data.n };
	}
	e->q = copy;
	e->hash = m->hash;
	e->chain = m->buckets[e->hash & (m->n_buckets - 1)];
	m->buckets[e->hash & (m->n_buckets - 1)] = e;
	m->n++;
	return e;
}

/* The oldest of K, but not E. */
static struct world_entry *
oldest_but(const struct memo_queue *k, const struct world_entry *e)
{
	return k->oldest == e && e != NULL ? e->newer : k->oldest;
}

/*
 * The entry that is to go next, NULL when M is within its cap or nothing can go.
 * Not E: whoever asked is about to take it.
 */
static struct world_entry *
next_to_go(const struct memo *m, const struct world_entry *e)
{
	struct world_entry *old = oldest_but(&m->once, e);

	if (old != NULL && m->once.bytes > m->max_bytes / MEMO_ONCE_SHARE)
		return old;
	if (memo_bytes(m) <= m->max_bytes)
		return NULL;
	return old != NULL ? old : oldest_but(&m->shared, e);
}

void
memo_keep(struct memo *m, struct world_entry *e, const struct answer *a, uint64_t expires_ms)
{
	struct world_entry *old;

	free_question(m, e);
	e->q = &a->q;
	e->answer = a;
	e->expires_ms = expires_ms;
	queue_add(queue_of(m, e), e);
	while ((old = next_to_go(m, e)) != NULL)
		/* a dropped entry has left its queue */
		memo_drop(m, old); /* NOLINT(clang-analyzer-unix.Malloc) */
}
