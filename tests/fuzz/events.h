/* SPDX-License-Identifier: ISC */
/*
 * events.h - what the fuzz targets of readers share: read bytes, touch all
 * that an event holds, hold the fate against what came.
 */
#ifndef TESTS_FUZZ_EVENTS_H
#define TESTS_FUZZ_EVENTS_H
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include "audit/bounce/reader.h"

/* Read every byte of S; a sanitizer sees those that are not there. */
static inline unsigned
fuzz_touch(struct str s)
{
	unsigned sum = 0;

	for (size_t i = 0; i < s.n; i++)
		sum += (unsigned char)s.p[i];
	return sum;
}

/* The sink: CTX counts; an event is of one of the kinds, and stands for a line at least. */
static inline void
fuzz_event(void *ctx, struct bounce_event *e)
{
	const struct str texts[] = { e->host, e->instance, e->queue_id, e->message_id, e->sender,
		e->recipient, e->original, e->from, e->relay_host, e->relay_ip, e->dkim_domain,
		e->dkim_selector, e->reply, e->why, e->provider_id };
	volatile unsigned sum = 0;

	assert(e->kind <= EVENT_OPT_OUT && e->count >= 1);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		sum += fuzz_touch(texts[i]);
	++*(size_t *)ctx;
}

/* Let R read RECORD, or each of its LINES; how many events came. */
static inline size_t
fuzz_read(const struct reader *r, struct str record, bool lines)
{
	void *state = xcalloc(1, r->state_size + 1);
	struct reader_clock clock = { 0 };
	struct arena a;
	size_t n = 0, pos = 0;

	arena_init(&a, 0);
	do {
		size_t end = lines ? str_find(record, pos, '\n') : record.n, before = n;
		const struct sink out = { .event = fuzz_event, .ctx = &n };
		struct str one = str_sub(record, pos, end - pos);
		enum record_fate fate;

		arena_reset(&a);
		(void)r->claims(one);
		fate = r->read(state, &a, one, &clock, &out);
		assert((fate == RECORD_EVENTS) == (n > before));
		pos = end + 1;
	} while (pos < record.n);
	arena_free(&a);
	free(state);
	return n;
}

#endif
