/* SPDX-License-Identifier: ISC */
/*
 * differ.c - see differ.h.
 */
#include "tests/differ.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/receiver.h"

#define MAX_MEMORY ((size_t)32 << 20)

/* The asker of the test, and the library behind ASK_RECEIVER. */
struct both {
	const struct answer *(*ask)(void *, const struct question *);
	void *ctx;
};

static const struct answer *
on_ask(void *ctx, const struct question *q)
{
	const struct both *b = ctx;

	return q->kind == ASK_RECEIVER ? receiver_here(q) : b->ask(b->ctx, q);
}

static void
compare(struct differ *d, struct audit *au, const struct spf_sender *s, const char *label,
    const struct spf_verdict *v)
{
	const struct answer *a = spf_receiver(au, s);
	struct spf_difference why;

	d->n++;
	if (a == NULL || a->status == ANSWER_FAILED) {
		d->not_asked++;
		return;
	}
	assert_int_equal(a->status, ANSWER_FOUND);
	if (a->receiver->result == v->result) {
		d->same++;
		return;
	}
	why = spf_differ(au, v, a->receiver);
	d->by_quirk[why.quirk]++;
	if (why.quirk != QUIRK_NONE || (d->known != NULL && d->known(d->ctx, v, a->receiver)))
		return;
	d->unexplained++;
	if (d->unexplained <= 40)
		print_error("%s: %s (%s at '%.*s'), libspf2 %s (%s)\n", label,
		    spf_result_name(v->result), spf_why_text(v->why), (int)v->term.n, v->term.p,
		    spf_result_name(a->receiver->result), receiver_error_text(a->receiver->error));
}

enum spf_result
differ_one(struct differ *d, const struct answer *(*asker)(void *, const struct question *),
    void *ctx, const struct spf_sender *s, const char *label)
{
	struct both both = { asker, ctx };
	struct subject subject = { .n_ips = 0 };
	struct facts facts = { .spf = NULL };
	struct spf_verdict v;
	struct findings fs;
	struct inquiry q;
	struct arena a;
	struct audit au = { &subject, &q, &a, &fs, &facts, NULL };

	arena_init(&a, MAX_MEMORY);
	inquiry_init(&q, on_ask, &both, &a);
	findings_init(&fs, &a);
	inquiry_begin(&q);
	spf_eval(&au, s, &v);
	assert_false(v.pending);
	compare(d, &au, s, label, &v);
	findings_free(&fs);
	inquiry_free(&q);
	arena_free(&a);
	return v.result;
}

void
differ_end(const struct differ *d)
{
	print_message("%s: %zu evaluations, %zu the same, %zu not put to libspf2\n", d->title, d->n,
	    d->same, d->not_asked);
	for (size_t i = 0; i < QUIRK_COUNT; i++)
		if (d->by_quirk[i] > 0)
			print_message("  %5zu: libspf2 %s\n", d->by_quirk[i],
			    spf_quirk_text((enum spf_quirk)i));
	if (d->unexplained > 0)
		fail_msg("%s: %zu differences without a reason", d->title, d->unexplained);
}
