/* SPDX-License-Identifier: ISC */
/*
 * test_spf_corpus.c - published SPF records against libspf2: every difference has its
 * reason.  The records are no part of this source; without them it is skipped.
 *
 * Includes are answered from published records too, where there are any; what else
 * is asked gets an answer drawn from its name, so that all evaluators see one world.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include "checks/core/hash.h"
#include "tests/differ.h"
#include "tests/published.h"

#define MAX_SENDERS 16
#define MAX_LINE 70000

/* Adds the first address of the network T. */
static void
add_network(const struct spf_term *t, struct addr *out, size_t *n)
{
	if ((t->kind == TERM_IP4 || t->kind == TERM_IP6) && *n < MAX_SENDERS)
		out[(*n)++] = t->net.addr;
}

/* The last network of each family in R. */
static void
add_last(const struct spf_record *r, struct addr *out, size_t *n)
{
	const struct spf_term *v4 = NULL, *v6 = NULL;

	for (size_t i = 0; i < r->n_terms; i++) {
		if (r->terms[i].kind == TERM_IP4)
			v4 = &r->terms[i];
		if (r->terms[i].kind == TERM_IP6)
			v6 = &r->terms[i];
	}
	if (v4 != NULL)
		add_network(v4, out, n);
	if (v6 != NULL)
		add_network(v6, out, n);
}

/* Who is to send as the record TEXT: strangers, listed ones, those of its includes. */
static size_t
senders_of(struct arena *a, struct published *p, struct str text, struct addr *out)
{
	struct spf_record r;
	size_t n = 2;

	assert_int_equal(addr_parse(STR("192.0.2.77"), &out[0]), ADDR_OK);
	assert_int_equal(addr_parse(STR("2001:db8:ffff::1"), &out[1]), ADDR_OK);
	spf_record_parse(a, text, &r);
	for (size_t i = 0; i < r.n_terms && n < 4; i++)
		add_network(&r.terms[i], out, &n);
	add_last(&r, out, &n);
	for (size_t i = 0; i < r.n_terms; i++) {
		struct str below = r.terms[i].kind == TERM_INCLUDE
				       ? published_text(p, r.terms[i].domain)
				       : STR("");
		struct spf_record b;

		if (below.n == 0)
			continue;
		spf_record_parse(a, below, &b);
		add_last(&b, out, &n);
	}
	return n;
}

static void
try_record(struct differ *d, struct published *p, struct str text, size_t line)
{
	struct addr ip[MAX_SENDERS + 4];
	struct arena a;
	char label[80];
	size_t n;

	arena_init(&a, 0);
	p->record = text;
	n = is_spf_record(text) ? senders_of(&a, p, text, ip) : 0;
	for (size_t i = 0; i < n; i++) {
		struct spf_sender s = { .ip = ip[i],
			.helo = STR("mail.corpus.example"),
			.local = STR("someone"),
			.domain = STR("corpus.example") };

		(void)snprintf(label, sizeof(label), "line %zu, sender %zu", line, i);
		(void)differ_one(d, published_ask, p, &s, label);
	}
	arena_free(&a);
}

static void
test_every_difference_has_a_reason(void **state)
{
	static char text[MAX_LINE];
	struct differ d = { .title = "published records" };
	struct published p;
	FILE *f;

	(void)state;
	if (!published_open(&p) || (f = published_corpus()) == NULL) {
		print_message("skipped: no corpus of published records\n");
		skip();
		return;
	}
	for (size_t line = 1; fgets(text, sizeof(text), f) != NULL; line++)
		try_record(&d, &p, str_trim(str_of(text)), line);
	fclose(f);
	published_close(&p);
	assert_true(d.n > 1000);
	differ_end(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_difference_has_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
