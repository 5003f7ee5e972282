/* SPDX-License-Identifier: ISC */
/*
 * memo.h - answers by question, for as long as their TTL says and under a cap
 * of bytes.  What was asked only once goes first, and has but a small share of
 * them: in a fleet that is what one domain alone holds, while shared includes
 * stay.  A second subject that asks within that share makes an answer one that
 * stays; and a memory that is used again and again fits a processor's caches.
 */
#ifndef AUDIT_MEMO_H
#define AUDIT_MEMO_H
#include <stddef.h>
#include <stdint.h>
#include "audit/world.h"
#include "checks/core/answer.h"
#include "checks/core/arena.h"

#define MEMO_ONCE_SHARE 32 /* of the bytes, one part is for what was asked only once */

/* One question: its answer, or who waits for it. */
struct world_entry {
	uint64_t hash;
	const struct answer *answer; /* NULL while under way */
	uint64_t expires_ms;
	struct world_job *job; /* what is under way; the world's */
	struct waiter *waiters;
	struct world_entry *chain;         /* next in the bucket */
	struct world_entry *older, *newer; /* in its queue; only with an answer */
	size_t counted;           /* of its queue's bytes, but for what was derived since */
	bool shared;              /* asked more than once */
	const struct question *q; /* that of the answer, or a copy while there is none */
};

struct memo_queue {
	struct world_entry *oldest, *newest;
	size_t bytes; /* of its entries and their answers */
};

struct memo {
	struct world_entry **buckets;
	size_t n_buckets, n;
	size_t max_bytes;
	struct memo_queue once, shared;
	uint64_t hash;              /* of the question that was looked for last */
	struct question *spare;     /* for those to come that are under way; a list */
	struct arena room;          /* of the entries */
	struct world_entry *unused; /* of them, by chain */
};

/* Make M empty, to hold answers of at most MAX_BYTES. */
void memo_init(struct memo *m, size_t max_bytes);

/* The bytes that M's answers take up, with what was derived from them. */
size_t memo_bytes(const struct memo *m);

/* Forget all; nothing may be under way. */
void memo_free(struct memo *m);

/* The entry of Q; NULL when there is none, or its answer was over at NOW_MS. */
struct world_entry *memo_find(struct memo *m, const struct question *q, uint64_t now_ms);

/* A new entry for Q, for which memo_find() has just found none, without answer. */
struct world_entry *memo_add(struct memo *m, const struct question *q);

/*
 * E has its answer A, to the very question of E (takes the reference), good until
 * EXPIRES_MS.  Older entries go while the cap is passed.
 */
void memo_keep(struct memo *m, struct world_entry *e, const struct answer *a, uint64_t expires_ms);

/* Take E out and free it. */
void memo_drop(struct memo *m, struct world_entry *e);

#endif
