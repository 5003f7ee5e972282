/* SPDX-License-Identifier: ISC */
/*
 * fuzz_count.c - fates in any order: each mail is counted once, in a stream and,
 * unless it was delivered, in one group.  Three bytes are an event: what, of which
 * mail and to whom, and when.
 */
#include <assert.h>
#include "audit/bounce/summary.h"
#include "audit/config/configkeys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
told(void *ctx, const struct group *g, struct str recipient)
{
	assert(ctx != NULL && g->count >= g->expired && recipient.n == 1);
}

static void
feed(struct join *j, struct count *c, const uint8_t *b)
{
	static const enum mechanism why[] = { MECH_RECIPIENT, MECH_MAILBOX_FULL, MECH_SPF,
		MECH_SYSTEM };
	struct str id = str_sub(STR("ABCDEFGH"), b[1] & 7u, 1);
	struct bounce_event e = { .kind = (enum event_kind)(b[0] % (EVENT_GONE + 1)),
		.repeats = b[0] > 200,
		.has_time = b[2] != 255,
		.time = (time_t)b[2] * 7200,
		.queue_id = id,
		.recipient = str_sub(STR("abcdefgh"), b[1] >> 3 & 7u, 1),
		.reader = "postfix",
		.count = 1 };
	struct classified w = {
		.provider = "", .signature = "", .mechanism = why[b[1] >> 6], .permanent = b[0] & 64
	};
	struct reply r = { .code = 550 };
	struct bounce_event full;
	struct fate f = { .e = &full, .reply = &r, .what = &w };

	if (e.kind == EVENT_EXPIRED && b[0] > 127)
		e.recipient.n = 0;
	if (!join_event(j, &e, &full, &f.mail) || !count_wants(c, &full))
		return;
	if (e.kind == EVENT_EXPIRED && e.recipient.n == 0)
		count_expired(c, f.mail, &full, told, c);
	else
		(void)count_fate(c, &f);
}

static void
check(const struct bounce_report *r)
{
	uint64_t failed = 0, grouped = 0;

	for (size_t i = 0; i < r->n_rates; i++) {
		const struct bounce_rate *x = &r->rates[i];

		assert(x->sent == x->delivered + x->hard + x->soft + x->policy);
		failed += x->hard + x->soft + x->policy + x->complaints;
	}
	for (size_t i = 0; i < r->n_groups; i++)
		grouped += r->groups[i].count;
	assert(grouped == failed);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct count_options o = { .config = NULL };
	struct bounce_report report = { .version = "" };
	struct count c;
	struct join j;
	struct arena a;

	arena_init(&a, 0);
	thresholds_default(&o.limits);
	count_init(&c, &o);
	join_init(&j);
	for (size_t i = 0; i + 3 <= size; i += 3)
		feed(&j, &c, data + i);
	summary_make(&c, &a, 1, &report);
	check(&report);
	join_free(&j);
	count_free(&c);
	arena_free(&a);
	return 0;
}
