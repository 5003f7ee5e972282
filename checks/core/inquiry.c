/* SPDX-License-Identifier: ISC */
/*
 * inquiry.c - the memo of one subject.
 */
#include "checks/core/inquiry.h"
#include <assert.h>
#include <stdlib.h>

#define FIRST_SLOTS 64

void
inquiry_init(struct inquiry *q, const struct answer *(*ask_)(void *, const struct question *),
    void *ctx, struct arena *a)
{
	*q = (struct inquiry){ .ask = ask_, .ctx = ctx, .arena = a };
}

void
inquiry_before(struct inquiry *before, struct inquiry *q)
{
	*before = (struct inquiry){ .of = q, .arena = q->arena };
}

/* Whether what KIND asks can change when records do. */
static bool
hangs_on_records(enum question_kind kind)
{
	return kind == ASK_DNS || kind == ASK_NAMES || kind == ASK_ZONE;
}

/* The inquiry that keeps what is asked through Q. */
static const struct inquiry *
keeper(const struct inquiry *q)
{
	return q->of != NULL ? q->of : q;
}

void
inquiry_begin(struct inquiry *q)
{
	for (size_t i = 0; i < q->n; i++)
		q->entries[i].asked_by = 0;
	q->bit = 1;
	q->met_pending = false;
	q->over = false;
	q->n_asked = 0;
}

void
inquiry_check(struct inquiry *q, unsigned i, const char *who)
{
	assert(i < MAX_CHECKS);
	q->bit = UINT64_C(1) << i;
	q->who = who;
	q->depth = 0;
	q->met_pending = false;
	for (size_t k = 0; k < q->n; k++) {
		if (q->entries[k].asked_by == q->bit)
			q->n_asked--;
		q->entries[k].asked_by &= ~q->bit;
	}
}

void
inquiry_reset(struct inquiry *q)
{
	for (size_t i = 0; i < q->n; i++) {
		answer_unref(q->entries[i].answer);
		free((void *)(uintptr_t)q->entries[i].q.data.p);
	}
	if (q->n > 0)
		memset(q->slots, 0, q->n_slots * sizeof(*q->slots));
	*q = (struct inquiry){ .ask = q->ask,
		.ctx = q->ctx,
		.arena = q->arena,
		.entries = q->entries,
		.cap = q->cap,
		.slots = q->slots,
		.n_slots = q->n_slots };
}

void
inquiry_free(struct inquiry *q)
{
	inquiry_reset(q);
	free(q->entries);
	free(q->slots);
	*q = (struct inquiry){ .ask = q->ask, .ctx = q->ctx, .arena = q->arena };
}

static void
put_slot(struct inquiry *q, size_t entry)
{
	size_t at = q->entries[entry].hash & (q->n_slots - 1);

	while (q->slots[at] != 0)
		at = (at + 1) & (q->n_slots - 1);
	q->slots[at] = (uint32_t)(entry + 1);
}

static void
grow(struct inquiry *q)
{
	if (q->n == q->cap) {
		q->cap = q->cap == 0 ? FIRST_SLOTS / 2 : q->cap * 2;
		q->entries = xrealloc(q->entries, q->cap * sizeof(*q->entries));
	}
	if ((q->n + 1) * 2 <= q->n_slots)
		return;
	free(q->slots);
	q->n_slots = q->n_slots == 0 ? FIRST_SLOTS : q->n_slots * 2;
	q->slots = xcalloc(q->n_slots, sizeof(*q->slots));
	for (size_t i = 0; i < q->n; i++)
		put_slot(q, i);
}

static struct inquiry_entry *
find(const struct inquiry *q, const struct question *what, uint64_t hash)
{
	size_t at;

	if (q->n_slots == 0)
		return NULL;
	at = hash & (q->n_slots - 1);
	while (q->slots[at] != 0) {
		struct inquiry_entry *e = &q->entries[q->slots[at] - 1];

		if (e->hash == hash && question_eq(&e->q, what))
			return e;
		at = (at + 1) & (q->n_slots - 1);
	}
	return NULL;
}

/* Remember a new question and ask it. */
static struct inquiry_entry *
add(struct inquiry *q, const struct question *what, uint64_t hash)
{
	struct inquiry_entry *e;
	const struct answer *a;
	size_t at;

	grow(q);
	at = q->n++;
	e = &q->entries[at];
	question_copy(&e->q, what);
	e->hash = hash;
	e->answer = NULL;
	e->asked_by = 0;
	e->who = q->who;
	e->depth = q->depth + 1;
	e->asked_ms = e->took_ms = 0;
	if (what->data.n > 0) {
		char *copy = xmalloc(what->data.n);

		memcpy(copy, what->data.p, what->data.n);
		e->q.data.p = copy;
	} else {
		e->q.data = (struct str){ NULL, 0 };
	}
	put_slot(q, at);
	q->n_pending++;
	a = q->ask(q->ctx, &e->q);
	if (a != NULL) {
		q->entries[at].answer = a;
		q->entries[at].depth = q->depth; /* nobody waited */
		q->n_pending--;
	}
	return &q->entries[at];
}

bool
inquiry_answer(struct inquiry *q, size_t entry, const struct answer *a)
{
	struct inquiry_entry *e = &q->entries[entry];

	if (e->answer != NULL) {
		answer_unref(a);
		return false;
	}
	e->answer = a;
	q->n_pending--;
	return true;
}

bool
inquiry_deliver(struct inquiry *q, const struct question *what, const struct answer *a)
{
	const struct inquiry_entry *e = find(q, what, question_hash(what));

	if (e == NULL) {
		answer_unref(a);
		return false;
	}
	return inquiry_answer(q, (size_t)(e - q->entries), a);
}

static int
entry_cmp(const void *va, const void *vb)
{
	const struct inquiry_entry *const *a = va, *const *b = vb;

	return question_cmp(&(*a)->q, &(*b)->q);
}

size_t
inquiry_asked(const struct inquiry *q, struct arena *a, const struct inquiry_entry ***out)
{
	const struct inquiry_entry **list = arena_array(a, q->n + 1, sizeof(const void *));
	size_t n = 0;

	for (size_t i = 0; i < q->n; i++)
		if (q->entries[i].asked_by != 0)
			list[n++] = &q->entries[i];
	qsort(list, n, sizeof(*list), entry_cmp);
	*out = list;
	return n;
}

/* Whether the check that runs asked E in this run, through Q. */
static bool
is_asked_here(const struct inquiry *q, const struct inquiry_entry *e)
{
	if ((e->asked_by & keeper(q)->bit) == 0)
		return false;
	return e->q.base == (q->of != NULL && hangs_on_records(e->q.kind));
}

size_t
inquiry_here(const struct inquiry *q, struct arena *a, const struct inquiry_entry ***out)
{
	const struct inquiry *k = keeper(q);
	const struct inquiry_entry **list = arena_array(a, k->n + 1, sizeof(const void *));
	size_t n = 0;

	for (size_t i = 0; i < k->n; i++)
		if (is_asked_here(q, &k->entries[i]))
			list[n++] = &k->entries[i];
	qsort(list, n, sizeof(*list), entry_cmp);
	*out = list;
	return n;
}

size_t
inquiry_count_here(const struct inquiry *q)
{
	const struct inquiry *k = keeper(q);
	size_t n = 0;

	for (size_t i = 0; i < k->n; i++)
		n += is_asked_here(q, &k->entries[i]);
	return n;
}

/* ask() of an inquiry that keeps its answers. */
static const struct answer *
ask_here(struct inquiry *q, const struct question *what)
{
	uint64_t hash = question_hash(what);
	struct inquiry_entry *e = find(q, what, hash);

	assert(q->bit != 0);
	if (e == NULL || e->asked_by == 0) {
		if (q->n_asked >= MAX_QUESTIONS || (e == NULL && q->n >= MAX_QUESTIONS_ASKED)) {
			/* the engine ends the subject with audit-limit */
			q->over = true;
			if (q->arena->limit != NULL)
				longjmp(*q->arena->limit, 1);
			return answer_pending();
		}
		if (e == NULL)
			e = add(q, what, hash);
		q->n_asked++;
	}
	e->asked_by |= q->bit;
	if (e->answer != NULL) {
		if (e->depth > q->depth)
			q->depth = e->depth;
		return e->answer;
	}
	q->met_pending = true;
	return answer_pending();
}

const struct answer *
ask(struct inquiry *q, const struct question *what)
{
	struct question marked;

	if (q->of == NULL)
		return ask_here(q, what);
	question_copy(&marked, what);
	marked.base = hangs_on_records(what->kind);
	return ask_here(q->of, &marked);
}

/*
 * question_dns() as Q asks it, without a copy of the room behind the name: it is asked
 * for 70 times a subject.
 */
static void
dns_question(const struct inquiry *q, struct question *to, const struct name *name, uint16_t type)
{
	to->kind = ASK_DNS;
	to->type = type;
	to->data = (struct str){ NULL, 0 };
	to->base = q->of != NULL;
	name_copy(&to->name, name);
}

const struct answer *
ask_dns(struct inquiry *q, const struct name *name, uint16_t type)
{
	struct question what;

	dns_question(q, &what, name, type);
	return ask_here(q->of != NULL ? q->of : q, &what);
}

void
ask_ahead(struct inquiry *q, const struct name *name, uint16_t type)
{
	struct question what;
	uint64_t hash;

	dns_question(q, &what, name, type);
	if (q->of != NULL)
		q = q->of;
	hash = question_hash(&what);
	if (find(q, &what, hash) == NULL && q->n < MAX_QUESTIONS_ASKED &&
	    q->n_asked < MAX_QUESTIONS)
		(void)add(q, &what, hash);
}

const struct answer *
answer_at_hand(const struct inquiry *q, const struct name *name, uint16_t type)
{
	struct question what;
	const struct inquiry_entry *e;

	dns_question(q, &what, name, type);
	q = keeper(q);
	e = find(q, &what, question_hash(&what));
	return e != NULL && (e->asked_by & q->bit) != 0 ? e->answer : NULL;
}

static const struct answer *
ask_kind(struct inquiry *q, enum question_kind kind, const struct name *name)
{
	struct question what;

	what.kind = kind;
	what.type = 0;
	what.data = (struct str){ NULL, 0 };
	what.base = false;
	what.name.n = 0;
	if (name != NULL)
		name_copy(&what.name, name);
	return ask(q, &what);
}

const struct answer *
ask_names(struct inquiry *q, const struct name *name)
{
	return ask_kind(q, ASK_NAMES, name);
}

const struct answer *
ask_suffix(struct inquiry *q, const struct name *name)
{
	return ask_kind(q, ASK_SUFFIX, name);
}

const struct answer *
ask_key(struct inquiry *q, struct str data, uint16_t algorithm)
{
	struct question what = { .kind = ASK_KEY, .type = algorithm, .data = data };

	return ask(q, &what);
}

const struct answer *
ask_zone(struct inquiry *q, const struct name *name)
{
	return ask_kind(q, ASK_ZONE, name);
}
