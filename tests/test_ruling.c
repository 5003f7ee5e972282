/* SPDX-License-Identifier: ISC */
/*
 * test_ruling.c - what is remembered of a refusal is what would be found again:
 * for each row's sample, whoever the recipient and whatever the id of the message.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "audit/bounce/ruling.h"
#include "audit/bounce/signature.h"
#include "checks/core/buf.h"

static const struct signature_table *const tables[] = { &signatures_provider, &signatures_software,
	&signatures_code, &signatures_word, &signatures_last };
static const char *const whom[] = { "ann@example.org", "bob.b@example.org", "carl@example.net" };
static const char *const hosts[] = { "mx.example.org", "gmail-smtp-in.l.google.com", "" };

static struct bounce_event
event_of(struct buf *b, const char *sample, size_t who, size_t host)
{
	static const char *const ids[] = { "8b2c4d1e7f90a", "d2e1a72fcca58a9", "4C4FL74S9BzX1WQ" };
	struct bounce_event e = { .kind = EVENT_BOUNCED, .phase = PHASE_RCPT, .count = 1 };

	buf_reset(b);
	if (hosts[host][0] != '\0') {
		buf_adds(b, "host ");
		buf_adds(b, hosts[host]);
		buf_adds(b, who == 0 ? "[192.0.2.1] said: " : "[192.0.2.77] said: ");
	}
	buf_adds(b, sample);
	buf_adds(b, " <");
	buf_adds(b, whom[who]);
	buf_adds(b, ">: ");
	buf_adds(b, ids[who]);
	e.reply = buf_str(b);
	e.recipient = str_of(whom[who]);
	e.relay_host = str_of(hosts[host]);
	return e;
}

static void
same(const char *sample, const struct ruling *got, const struct ruling *want)
{
	const struct classified *g = &got->what, *w = &want->what;

	if (g->mechanism != w->mechanism || g->confidence != w->confidence ||
	    g->permanent != w->permanent || strcmp(g->provider, w->provider) != 0 ||
	    strcmp(g->signature, w->signature) != 0 || g->lifted.has_ip != w->lifted.has_ip ||
	    !str_eq(g->lifted.domain, w->lifted.domain) ||
	    !str_eq(g->lifted.list_zone, w->lifted.list_zone) ||
	    (w->lifted.has_ip && !addr_eq(&g->lifted.ip, &w->lifted.ip)) ||
	    !str_eq(g->lifted.domain, w->lifted.domain) ||
	    !str_eq(g->lifted.list_zone, w->lifted.list_zone) ||
	    got->reply.code != want->reply.code ||
	    got->reply.enhanced.class != want->reply.enhanced.class ||
	    got->reply.enhanced.subject != want->reply.enhanced.subject ||
	    got->reply.enhanced.detail != want->reply.enhanced.detail)
		fail_msg("%s: %s (%s) remembered, %s (%s) found", sample, g->signature, g->provider,
		    w->signature, w->provider);
}

static void
test_samples_are_ruled_alike(void **state)
{
	size_t bad, brief = 0, all = 0;
	struct classifier *c = classifier_new(NULL, 0, &bad);
	struct rulings *j = rulings_new(c);
	struct arena a;
	struct buf b;

	(void)state;
	arena_init(&a, 0);
	buf_init(&b, 1 << 14);
	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		for (size_t i = 0; i < tables[t]->n; i++)
			for (size_t k = 0; k < ARRAY_LEN(hosts) * ARRAY_LEN(whom); k++) {
				const char *sample = tables[t]->rows[i].sample;
				struct bounce_event e =
				    event_of(&b, sample, k % ARRAY_LEN(whom), k / ARRAY_LEN(whom));
				struct ruling got, want;

				ruling_of(j, &a, &e, &want);
				assert_false(want.brief);
				ruling_briefly(j, &a, &e, &got);
				same(sample, &got, &want);
				brief += got.brief;
				all++;
				arena_reset(&a);
			}
	assert_true(brief > all / 3); /* it does remember */
	buf_free(&b);
	arena_free(&a);
	rulings_free(j);
	classifier_free(c);
}

/* An answer for one is no answer for another: phase, status, address of ours, domain. */
static void
test_what_counts_is_not_masked(void **state)
{
	static const char *const replies[] = {
		"550 5.7.1 [192.0.2.1] listed",
		"550 5.7.1 [192.0.2.2] listed",
		"550 5.7.606 banned AS16012609",
		"550 5.7.606 banned AS16012611",
		"550 5.1.1 no such user",
		"550 5.2.2 no such user",
	};
	size_t bad;
	struct classifier *c = classifier_new(NULL, 0, &bad);
	struct rulings *j = rulings_new(c);
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(replies); i++) {
		struct bounce_event e = { .kind = EVENT_BOUNCED, .reply = str_of(replies[i]) };
		struct ruling got;

		ruling_briefly(j, &a, &e, &got);
		assert_false(got.brief);
		e.phase = PHASE_MAIL;
		ruling_briefly(j, &a, &e, &got);
		assert_false(got.brief);
		ruling_briefly(j, &a, &e, &got);
		assert_true(got.brief);
	}
	arena_free(&a);
	rulings_free(j);
	classifier_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples_are_ruled_alike),
		cmocka_unit_test(test_what_counts_is_not_masked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
