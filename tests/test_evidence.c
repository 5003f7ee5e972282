/* SPDX-License-Identifier: ISC */
/*
 * test_evidence.c - rows of reports become sources: who is one, what is added up, what
 * counts once, and which rows are of a day.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include "audit/aggregate/subject.h"

#define DAY ((time_t)1763596800) /* 2025-11-20 */

/* One row of one report. */
struct given {
	const char *id, *from, *ip, *path, *selector, *result;
	int day;
	uint32_t count;
	bool dkim, spf;
};

static void
add(struct evidence *e, const struct given *g)
{
	struct aggregate_auth dkim = {
		.domain = STR("example.com"), .result = g->result, .selector = str_of(g->selector)
	};
	struct aggregate_auth spf = {
		.domain = str_of(g->path), .result = "pass", .scope = "mfrom"
	};
	struct aggregate_row row = { .count = g->count,
		.disposition = "none",
		.dkim_pass = g->dkim,
		.spf_pass = g->spf,
		.dkim = &dkim,
		.n_dkim = 1,
		.spf = &spf,
		.n_spf = 1 };
	struct aggregate_report r = { .org = STR("Org"),
		.id = str_of(g->id),
		.rows = &row,
		.n_rows = 1,
		.begin = DAY + g->day * 86400,
		.end = DAY + g->day * 86400 + 86399 };

	assert_int_equal(name_parse(str_of(g->from), &row.from), NAME_OK);
	assert_int_equal(addr_parse(str_of(g->ip), &row.ip), ADDR_OK);
	(void)evidence_add(e, &r);
}

/* E in a line: "FROM IP messages/aligned/dkim/spf mail-from:n... selector:pass/all...;" */
static void
print(const struct evidence *e, struct buf *b)
{
	for (size_t i = 0; i < e->n; i++) {
		const struct seen_source *s = &e->sources[i]->seen;

		name_print(b, &s->from);
		buf_addc(b, ' ');
		addr_print(b, &s->ip);
		buf_addc(b, ' ');
		buf_addu(b, s->messages);
		buf_addc(b, '/');
		buf_addu(b, s->aligned);
		buf_addc(b, '/');
		buf_addu(b, s->dkim);
		buf_addc(b, '/');
		buf_addu(b, s->spf);
		for (const struct seen_word *w = s->paths; w != NULL; w = w->next) {
			buf_addc(b, ' ');
			buf_add(b, w->text);
			buf_addc(b, ':');
			buf_addu(b, w->messages);
		}
		for (const struct seen_selector *k = s->selectors; k != NULL; k = k->next) {
			buf_addc(b, ' ');
			buf_add(b, k->name);
			buf_addc(b, ':');
			buf_addu(b, k->pass);
			buf_addc(b, '/');
			buf_addu(b, k->all);
		}
		buf_addc(b, ';');
	}
}

/* clang-format off */
static const struct {
	const char *name;
	struct given rows[4];
	const char *want;
} cases[] = {
	{ "one", { { "1", "example.com", "192.0.2.1", "example.com", "s1", "pass", 0, 5, true, false } },
	  "example.com 192.0.2.1 5/5/5/0 example.com:5 s1:5/5;" },
	{ "added up", { { "1", "example.com", "192.0.2.1", "example.com", "s1", "pass", 0, 5, true, false },
	    { "2", "Example.COM", "192.0.2.1", "EXAMPLE.com", "S1", "fail", 1, 2, false, true } },
	  "example.com 192.0.2.1 7/7/5/2 example.com:7 s1:5/7;" },
	{ "both passes count once", { { "1", "example.com", "192.0.2.1", "example.com", "s1", "pass", 0, 5, true, true } },
	  "example.com 192.0.2.1 5/5/5/5 example.com:5 s1:5/5;" },
	{ "a report that comes again", { { "1", "example.com", "192.0.2.1", "example.com", "s1", "pass", 0, 5, true, false },
	    { "1", "example.com", "192.0.2.1", "example.com", "s1", "pass", 0, 5, true, false } },
	  "example.com 192.0.2.1 5/5/5/0 example.com:5 s1:5/5;" },
	{ "the same id on another day", { { "1", "example.com", "192.0.2.1", "example.com", "s1", "pass", 0, 5, true, false },
	    { "1", "example.com", "192.0.2.1", "example.com", "s1", "pass", 1, 5, true, false } },
	  "example.com 192.0.2.1 10/10/10/0 example.com:10 s1:10/10;" },
	{ "sorted by domain and address", { { "1", "b.example", "192.0.2.1", "", "", "", 0, 1, false, false },
	    { "2", "a.example", "2001:db8::1", "", "", "", 0, 1, false, false },
	    { "3", "a.example", "192.0.2.1", "", "", "", 0, 1, false, false },
	    { "4", "a.example", "192.0.2.0", "", "", "", 0, 1, false, false } },
	  "a.example 192.0.2.0 1/0/0/0;a.example 192.0.2.1 1/0/0/0;a.example 2001:db8::1 1/0/0/0;b.example 192.0.2.1 1/0/0/0;" },
};
/* clang-format on */

static void
test_rows_become_sources(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct evidence e;
		struct buf b;

		evidence_init(&e);
		buf_init(&b, 4096);
		for (size_t k = 0; k < ARRAY_LEN(cases[i].rows) && cases[i].rows[k].id != NULL; k++)
			add(&e, &cases[i].rows[k]);
		evidence_sort(&e);
		print(&e, &b);
		if (!str_eq(buf_str(&b), str_of(cases[i].want)))
			fail_msg("%s: got '%.*s', want '%s'", cases[i].name, (int)b.n, b.p,
			    cases[i].want);
		buf_free(&b);
		evidence_free(&e);
	}
}

/* Many addresses, each found again by its day, and no other by it. */
static void
test_rows_of_a_day(void **state)
{
	struct evidence e;
	struct name from;

	(void)state;
	evidence_init(&e);
	for (unsigned i = 0; i < 5000; i++) {
		char ip[32], id[32];

		(void)snprintf(ip, sizeof(ip), "198.51.%u.%u", i / 256, i % 256);
		(void)snprintf(id, sizeof(id), "%u", i);
		add(&e, &(struct given){
			    id, "example.com", ip, "", "", "", (int)(i % 7), i + 1, false, false });
	}
	evidence_sort(&e);
	assert_int_equal(e.n, 5000);
	assert_int_equal(name_parse(STR("example.com"), &from), NAME_OK);
	for (unsigned i = 0; i < 5000; i++) {
		struct addr ip = { .b = { 198, 51, (uint8_t)(i / 256), (uint8_t)(i % 256) } };
		const struct evidence_row *r =
		    evidence_row_at(&e, &from, &ip, DAY + (time_t)(i % 7) * 86400 + 7, NULL);

		assert_non_null(r);
		assert_int_equal(r->count, i + 1);
		assert_null(evidence_row_at(&e, &from, &ip, DAY + (time_t)(i % 7) * 86400, r));
		assert_null(
		    evidence_row_at(&e, &from, &ip, DAY + (time_t)(i % 7 + 1) * 86400, NULL));
	}
	evidence_free(&e);
}

/* What is kept of a source is bounded; what is added up is not. */
static void
test_words_are_bounded(void **state)
{
	struct evidence e;
	size_t paths = 0, selectors = 0;

	(void)state;
	evidence_init(&e);
	for (unsigned i = 0; i < MAX_EVIDENCE_WORDS + 5; i++) {
		char word[32];

		(void)snprintf(word, sizeof(word), "w%u", i);
		add(&e, &(struct given){ word, "example.com", "192.0.2.1", word, word, "pass", 0, 1,
			    true, false });
	}
	evidence_sort(&e);
	assert_int_equal(e.n, 1);
	assert_int_equal(e.sources[0]->seen.messages, MAX_EVIDENCE_WORDS + 5);
	for (const struct seen_word *w = e.sources[0]->seen.paths; w != NULL; w = w->next)
		paths++;
	for (const struct seen_selector *k = e.sources[0]->seen.selectors; k != NULL; k = k->next)
		selectors++;
	assert_int_equal(paths, MAX_EVIDENCE_WORDS);
	assert_int_equal(selectors, MAX_EVIDENCE_WORDS);
	evidence_free(&e);
}

/* What reaches a subject: sources of its own domain, keys that verified and are near it. */
static void
test_subject_gets_what_is_its_own(void **state)
{
	static const struct given rows[] = {
		{ "1", "example.com", "192.0.2.1", "", "good", "pass", 0, 1, true, false },
		{ "2", "example.com", "192.0.2.2", "", "bad", "fail", 0, 1, false, false },
		{ "3", "example.org", "192.0.2.3", "", "far", "pass", 0, 1, false, false },
		{ "4", "news.example.com", "192.0.2.4", "", "parent", "pass", 0, 1, true, false },
	};
	struct subject own = { .n_ips = 0 }, below = own, other = own, none = own, aged = own;
	struct evidence e;
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	evidence_init(&e);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		add(&e, &rows[i]);
	evidence_sort(&e);
	assert_int_equal(name_parse(STR("example.com"), &own.domain), NAME_OK);
	assert_int_equal(name_parse(STR("news.example.com"), &below.domain), NAME_OK);
	assert_int_equal(name_parse(STR("example.org"), &other.domain), NAME_OK);
	assert_int_equal(name_parse(STR("example.net"), &none.domain), NAME_OK);
	evidence_subject(&e, &own, &a);
	assert_int_equal(own.n_seen, 2);
	assert_int_equal(own.n_selectors, 1);
	assert_true(str_eq(own.selectors[0].name, STR("good")));
	assert_int_equal(own.selectors[0].provenance, FROM_REPORT);
	assert_int_equal(own.selectors[0].domain.n, 0);
	aged.domain = own.domain;
	e.now = e.last + MAX_KEY_IDLE;
	evidence_subject(&e, &aged, &a);
	assert_int_equal(aged.n_selectors, 1);
	aged = (struct subject){ .domain = own.domain };
	e.now++; /* a key that went since then is no fault */
	evidence_subject(&e, &aged, &a);
	assert_int_equal(aged.n_selectors, 0);
	assert_int_equal(aged.n_seen, 2);
	e.now = 0;
	evidence_subject(&e, &below, &a);
	assert_int_equal(below.n_seen, 1);
	assert_int_equal(below.n_selectors, 1);
	assert_true(name_eq(&below.selectors[0].domain, &own.domain));
	evidence_subject(&e, &other, &a);
	assert_int_equal(other.n_seen, 1);
	assert_int_equal(other.n_selectors, 0); /* d= is somebody else's */
	evidence_subject(&e, &none, &a);
	assert_int_equal(none.n_seen, 0);
	evidence_free(&e);
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_become_sources),
		cmocka_unit_test(test_rows_of_a_day),
		cmocka_unit_test(test_words_are_bounded),
		cmocka_unit_test(test_subject_gets_what_is_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
