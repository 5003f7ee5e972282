/* SPDX-License-Identifier: ISC */
/*
 * doubles.c - one failure told twice.
 *
 * Two generations of hashes: when the newer one is full the older is forgotten.
 * 64 bits of hash stand for a failure; that two of a million fall together by
 * chance has odds of one in ten million.
 */
#include "audit/bounce/doubles.h"
#include <stdlib.h>
#include "audit/bounce/readers.h"
#include "checks/core/hash.h"

#define MIN_ROOM 1024
#define MAX_KEYED 512 /* bytes of an address or id that are looked at */

struct generation {
	uint64_t *v; /* 0 = free */
	size_t room, n;
};

struct doubles {
	struct generation now, before;
	bool mixed;
	uint64_t merged;
};

enum told { TOLD_EVENT, TOLD_BY_LOG, TOLD_BY_REPORT };

struct doubles *
doubles_new(void)
{
	return xcalloc(1, sizeof(struct doubles));
}

void
doubles_free(struct doubles *d)
{
	if (d == NULL)
		return;
	free(d->now.v);
	free(d->before.v);
	free(d);
}

void
doubles_mixed(struct doubles *d, bool mixed)
{
	d->mixed = mixed;
}

uint64_t
doubles_merged(const struct doubles *d)
{
	return d->merged;
}

/* Where KEY stands, or would. */
static uint64_t *
place(const struct generation *g, uint64_t key)
{
	size_t at = key & (g->room - 1);

	while (g->v[at] != 0 && g->v[at] != key)
		at = (at + 1) & (g->room - 1);
	return &g->v[at];
}

static bool
in_generation(const struct generation *g, uint64_t key)
{
	return g->room > 0 && *place(g, key) == key;
}

static bool
has(const struct doubles *d, uint64_t key)
{
	return key != 0 && (in_generation(&d->now, key) || in_generation(&d->before, key));
}

static void
grow(struct generation *g)
{
	struct generation old = *g;

	g->room = old.room == 0 ? MIN_ROOM : 2 * old.room;
	g->v = xcalloc(g->room, sizeof(*g->v));
	for (size_t i = 0; i < old.room; i++)
		if (old.v[i] != 0)
			*place(g, old.v[i]) = old.v[i];
	free(old.v);
}

static void
add(struct doubles *d, uint64_t key)
{
	if (key == 0 || has(d, key))
		return;
	if (d->now.n >= MAX_REMEMBERED) {
		free(d->before.v);
		d->before = d->now;
		d->now = (struct generation){ .n = 0 };
	}
	if (d->now.n + 1 > d->now.room / 2)
		grow(&d->now);
	*place(&d->now, key) = key;
	d->now.n++;
}

/* Go on from H over S, letters of either case, and its length. */
static uint64_t
hash_word(uint64_t h, struct str s)
{
	char lower[MAX_KEYED];
	uint64_t n = s.n;

	s = str_sub(s, 0, sizeof(lower));
	for (size_t i = 0; i < s.n; i++)
		lower[i] = ascii_lower(s.p[i]);
	h = hash_add(h, (struct str){ (const char *)&n, sizeof(n) });
	return hash_add(h, (struct str){ lower, s.n });
}

static struct str
without_brackets(struct str id)
{
	id = str_trim(id);
	return id.n > 2 && id.p[0] == '<' && id.p[id.n - 1] == '>' ? str_sub(id, 1, id.n - 2) : id;
}

/* The mail with ID to RECIPIENT, as TOLD; 0 when either is not known. */
static uint64_t
mail_key(enum told told, struct str id, struct str recipient)
{
	char kind = (char)told;
	uint64_t h;

	id = without_brackets(id);
	if (id.n == 0 || recipient.n == 0 || str_eq(id, STR("NOQUEUE")))
		return 0;
	h = hash_add(HASH_START, (struct str){ &kind, 1 });
	return hash_end(hash_word(hash_word(h, id), recipient)) | 1;
}

/* A source's event by its own id; 0 when it gives none. */
static uint64_t
event_key(const struct bounce_event *e)
{
	const int64_t numbers[] = { TOLD_EVENT, e->kind, e->has_time ? (int64_t)e->time : 0 };
	uint64_t h;

	if (e->provider_id.n == 0)
		return 0;
	h = hash_add(HASH_START, (struct str){ (const char *)numbers, sizeof(numbers) });
	h = hash_word(hash_word(h, e->provider_id), e->recipient);
	return hash_end(hash_word(h, e->reply)) | 1;
}

static bool
is_report(const struct bounce_event *e)
{
	for (size_t i = 0; i < n_readers; i++)
		if (readers[i]->name == e->reader)
			return reader_is_report(readers[i]);
	return false;
}

/* Whether the failure of E's mail to RECIPIENT was told by TOLD. */
static bool
was_told(
    const struct doubles *d, enum told told, const struct bounce_event *e, struct str recipient)
{
	return has(d, mail_key(told, e->message_id, recipient)) ||
	       has(d, mail_key(told, e->queue_id, recipient));
}

static void
remember(struct doubles *d, enum told told, const struct bounce_event *e, struct str recipient)
{
	add(d, mail_key(told, e->message_id, recipient));
	add(d, mail_key(told, e->queue_id, recipient));
}

/* The last word on a mail, and it failed. */
static bool
is_last_word(const struct bounce_event *e)
{
	return e->kind == EVENT_BOUNCED || (e->kind == EVENT_EXPIRED && e->recipient.n > 0);
}

/* A failure that a report tells. */
static bool
report_again(struct doubles *d, const struct bounce_event *e)
{
	if (was_told(d, TOLD_BY_LOG, e, e->recipient) ||
	    was_told(d, TOLD_BY_REPORT, e, e->recipient) ||
	    was_told(d, TOLD_BY_LOG, e, e->original))
		return true;
	remember(d, TOLD_BY_REPORT, e, e->recipient);
	return false;
}

bool
doubles_has(struct doubles *d, const struct bounce_event *e)
{
	bool report = is_report(e), again = false;
	uint64_t key;

	if (!report && (!d->mixed || !is_last_word(e)))
		return false;
	if (report) {
		key = event_key(e);
		again = has(d, key) || (is_last_word(e) && report_again(d, e));
		add(d, key);
	} else {
		again = was_told(d, TOLD_BY_REPORT, e, e->recipient);
		remember(d, TOLD_BY_LOG, e, e->recipient);
		if (e->original.n > 0)
			remember(d, TOLD_BY_LOG, e, e->original);
	}
	d->merged += again;
	return again;
}

void
doubles_note(struct doubles *d, const struct bounce_event *e, struct str recipient)
{
	if (d->mixed)
		remember(d, TOLD_BY_LOG, e, recipient);
}
