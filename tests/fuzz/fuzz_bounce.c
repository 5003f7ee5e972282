/* SPDX-License-Identifier: ISC */
/*
 * fuzz_bounce.c - the lines of the input to every reader of lines: what an event
 * holds is readable, and a line that gave events says so.
 */
#include <assert.h>
#include <stdlib.h>
#include "audit/bounce/readers.h"
#include "checks/core/hash.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
on_event(void *ctx, struct bounce_event *e)
{
	const struct str s[] = { e->host, e->instance, e->queue_id, e->message_id, e->sender,
		e->recipient, e->original, e->relay_host, e->relay_ip, e->dkim_domain,
		e->dkim_selector, e->reply, e->why };

	for (size_t i = 0; i < ARRAY_LEN(s); i++)
		*(uint64_t *)ctx += 1 + hash_add(0, s[i]) % 7;
	assert(e->count >= 1);
}

static void
feed(const struct reader *r, void *state, struct arena *a, struct str all)
{
	struct reader_clock clock = { .year = 2026, .month_last = 2 };
	uint64_t sum = 0;
	struct sink out = { .event = on_event, .ctx = &sum };

	while (all.n > 0) {
		size_t n = r->unit == READS_LINES ? str_find(all, 0, '\n') : all.n;
		uint64_t before = sum;
		enum record_fate fate = r->read(state, a, str_sub(all, 0, n), &clock, &out);

		(void)r->claims(str_sub(all, 0, n));
		assert(r->unit != READS_LINES || (fate == RECORD_EVENTS) == (sum > before));
		all = str_sub(all, n + 1, all.n);
		arena_reset(a);
	}
	if (r->end != NULL)
		r->end(state, &out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < n_readers; i++) {
		void *state = calloc(1, readers[i]->state_size + 1);
		struct arena a;

		arena_init(&a, 0);
		feed(readers[i], state, &a, (struct str){ (const char *)data, size });
		arena_free(&a);
		free(state);
	}
	return 0;
}
