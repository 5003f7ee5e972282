/* SPDX-License-Identifier: ISC */
/*
 * world.h - a stack of sources that answers questions.
 *
 * The world walks CNAME chains link by link, each link from the first source
 * on; cuts a chain that a later source walked at the first name an earlier one
 * owns; merges the same question of many subjects; and keeps answers by TTL
 * under a cap of bytes.
 */
#ifndef AUDIT_WORLD_H
#define AUDIT_WORLD_H
#include "audit/loop.h"
#include "audit/source.h"
#include "checks/core/answer.h"

#define MAX_CACHE_BYTES (64u << 20)

struct world;

/* Somebody who asked; embedded by the owner, one for each pending question. */
struct waiter {
	void (*ready)(struct waiter *w, const struct question *q, const struct answer *a);
	struct waiter *next;
	struct world_entry *entry; /* NULL = waits for nothing */
};

/* LOOP may be NULL when every source answers at once. */
struct world *world_new(struct loop *loop);

/* Frees the sources too. */
void world_free(struct world *w);

/*
 * The same at the end of the process, which gives all answers back at once: to free
 * each of a fleet's takes a twentieth of its time.  W is not to be used again.
 */
void world_end(struct world *w);

/* Put S behind the sources there are; W owns it. */
void world_add(struct world *w, struct source *s);

/*
 * Questions about the state before a change (question.base) are put to BASE, which
 * stays the caller's and must outlive all that is asked of W.  Without it they fail:
 * not provided.
 */
void world_set_base(struct world *w, struct world *base);

/* The time answers to ASK_NOW give: --now, or the clock. */
void world_set_now(struct world *w, time_t now);

/*
 * Ask Q.  Returns a reference, or NULL: then WT waits, and its ready() is
 * called once, from loop_once(), with an answer that the callee references if
 * it keeps it.
 */
const struct answer *world_ask(struct world *w, const struct question *q, struct waiter *wt);

/* How long a question asked now would wait for its turn (source.h), at most. */
uint64_t world_wait_ms(const struct world *w);

/*
 * WT waits no more.  A question that nobody waits for is taken back from its
 * source and forgotten, so that a dead server keeps no queries of subjects that
 * are done with.
 */
void world_cancel(struct world *w, struct waiter *wt);

#endif
