/* SPDX-License-Identifier: ISC */
/*
 * inquiry.h - how a check asks.
 *
 * A check asks and gets an answer that may be ANSWER_PENDING.  It may go on
 * asking what does not depend on that answer, and then returns; the engine
 * calls it again from the start when answers are in.  A pending answer is
 * never read as absence: a branch on it asks nothing, except by ask_ahead().
 *
 * The inquiry is the memo of one subject: the same question gets the same
 * answer in every run, whatever its TTL.  Where an answer comes from is the
 * affair of the ASK function, which the engine gives.
 *
 * Checks run one by one, and not all of them equally often: one that met no
 * pending answer has run and is left alone.  So what was asked is kept for each
 * check by itself: its last run counts, and what an earlier run of it asked and
 * the last did not is as if never asked.
 *
 * Where a change is judged there are two states to ask about.  The one before it is
 * asked through an inquiry of its own (inquiry_before()), so that whatever takes an
 * inquiry can be put to either side; its questions bear a mark, and are kept,
 * bounded and waited for with all others of the subject.
 */
#ifndef CHECKS_CORE_INQUIRY_H
#define CHECKS_CORE_INQUIRY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "checks/core/answer.h"
#include "checks/core/arena.h"

#define MAX_CHECKS 32 /* a bit of 64 for each */

/*
 * Questions of one subject: we are no amplifier for a hostile zone.  The first
 * bound is on the last runs of all checks, so that what is left out hangs on the
 * answers and not on their order; the second on all runs together, for a run that
 * was overtaken may have asked what the last one does not.
 */
#define MAX_QUESTIONS 1000
#define MAX_QUESTIONS_ASKED 2000

struct findings;
struct facts;

/* One question of a subject.  ANSWER is NULL while it is pending. */
struct inquiry_entry {
	uint64_t hash; /* what is looked at first stands first: a question is 280 bytes */
	struct question q;
	const struct answer *answer;
	uint64_t asked_by; /* bit I: check I asked it in its last run, other than ahead */

	/* For --trace. */
	const char *who;   /* the check that asked it first; static words, or NULL */
	unsigned depth;    /* answers waited for one after the other, this one included */
	uint32_t asked_ms; /* since the start of the subject; the engine's to fill in */
	uint32_t took_ms;
};

struct inquiry {
	/*
	 * Called once for each new question.  Returns a reference to the answer,
	 * or NULL: the answer comes later, by inquiry_deliver().
	 */
	const struct answer *(*ask)(void *ctx, const struct question *q);
	void *ctx;
	struct arena *arena; /* of the checks: over its maximum they end */

	struct inquiry_entry *entries; /* in the order first asked */
	size_t n, cap;
	uint32_t *slots; /* open addressing: index into entries plus 1 */
	size_t n_slots;
	size_t n_pending; /* entries without answer */
	bool met_pending; /* the check that runs was given a pending answer */
	size_t n_asked;   /* entries that are asked by some check, those asked ahead apart */
	bool over;        /* a question was refused by one of the bounds */
	uint64_t bit;     /* of the check that runs; 0 = inquiry_begin() is yet to come */
	const char *who;  /* its name, and */
	unsigned depth;   /* the deepest answer that it was given in this run */

	/* That keeps what is asked here of the state before a change; NULL = this one does. */
	struct inquiry *of;
};

/* Make Q empty.  ASK(CTX, question) is as described above. */
void inquiry_init(struct inquiry *q, const struct answer *(*ask)(void *, const struct question *),
    void *ctx, struct arena *a);

/*
 * Make BEFORE ask Q about the state before the change that is judged.  It holds
 * nothing of its own: there is nothing to begin, reset or free, and it lives as long
 * as Q.  What does not hang on either state (suffixes, keys, the time) is the same
 * question of both.
 */
void inquiry_before(struct inquiry *before, struct inquiry *q);

/*
 * Begin anew: no check has asked anything.  Answers stay.  Whoever asks without
 * inquiry_check() is check 0.
 */
void inquiry_begin(struct inquiry *q);

/*
 * Check number I, below MAX_CHECKS, called WHO, a static text, is about to run:
 * what it asked in an earlier run is forgotten, and what it asks depends on the
 * answers that it is given from here on, and on no others.
 */
void inquiry_check(struct inquiry *q, unsigned i, const char *who);

/* Give back what Q holds, the references to answers included. */
void inquiry_free(struct inquiry *q);

/* Forget all that was asked, the references to answers included; keep the room. */
void inquiry_reset(struct inquiry *q);

/*
 * The answer to WHAT came: Q takes the reference A.  Returns false, and drops
 * the reference, when WHAT was not asked or has its answer.
 */
bool inquiry_deliver(struct inquiry *q, const struct question *what, const struct answer *a);

/* The same, where the entry is known by its index. */
bool inquiry_answer(struct inquiry *q, size_t entry, const struct answer *a);

/*
 * The questions of the last run of each check, about both states, sorted
 * (question_cmp), into *OUT, an array of entries in arena A; returns their number.
 */
size_t inquiry_asked(const struct inquiry *q, struct arena *a, const struct inquiry_entry ***out);

/*
 * The same, of this run of the check that runs alone, for those of others hang on how
 * far they got; and about the state that Q asks about.
 */
size_t inquiry_here(const struct inquiry *q, struct arena *a, const struct inquiry_entry ***out);

/* How many those are. */
size_t inquiry_count_here(const struct inquiry *q);

/* Any question.  Never NULL; the answer lives as long as the subject. */
const struct answer *ask(struct inquiry *q, const struct question *what);

/* The RRset of TYPE at NAME, CNAMEs followed. */
const struct answer *ask_dns(struct inquiry *q, const struct name *name, uint16_t type);

/*
 * Say that NAME TYPE will probably be asked.  Not recorded and no evidence
 * unless the last run of a check asks it; returns nothing, for nothing may depend on it.
 */
void ask_ahead(struct inquiry *q, const struct name *name, uint16_t type);

/*
 * The answer to NAME TYPE if this check was given it in this run, else NULL: for telling
 * what led to a result, without a question that the result did not need.
 */
const struct answer *answer_at_hand(
    const struct inquiry *q, const struct name *name, uint16_t type);

/* Names that exist below NAME; CAUSE_NOT_LISTABLE where the source cannot list. */
const struct answer *ask_names(struct inquiry *q, const struct name *name);

/* Public suffix and registrable domain of NAME; answer->suffix when found. */
const struct answer *ask_suffix(struct inquiry *q, const struct name *name);

/* What the public key bytes DATA are; ALGORITHM: enum key_type expected. answer->key when found. */
const struct answer *ask_key(struct inquiry *q, struct str data, uint16_t algorithm);

/* Faults of the zone file that holds NAME; CAUSE_NOT_PROVIDED when none does. */
const struct answer *ask_zone(struct inquiry *q, const struct name *name);

/* Whether A is pending; false is "here", whatever it says. */
static inline bool
is_pending(const struct answer *a)
{
	return a->status == ANSWER_PENDING;
}

#endif
