/* SPDX-License-Identifier: ISC */
/*
 * test_zone.c - the check `zone`: what it proposes for a name that holds the
 * zone's name twice; and what a zone says where a line cannot be read.  Which
 * faults it tells, vectors/check tells.
 */
#include "checks/zone.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "audit/sources/zonefile.h"

#define HEAD "$ORIGIN example.com.\n$TTL 300\n@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 192.0.2.53\n"
#define TWICE "_smtp._tls.example.com TXT \"v=TLSRPTv1; rua=mailto:a@example.com\"\n"
#define RENAMED                                                                                    \
	"-_smtp._tls.example.com.example.com TXT \"v=TLSRPTv1; rua=mailto:a@example.com\"|"        \
	"+_smtp._tls.example.com TXT \"v=TLSRPTv1; rua=mailto:a@example.com\"|"

/* clang-format off */
static const struct {
	const char *name, *zone, *want; /* behind HEAD */
} rows[] = {
	{ "nothing at the right name", TWICE, RENAMED },
	{ "a record at the right name", TWICE "_smtp._tls TXT \"v=TLSRPTv1; rua=mailto:b@example.com\"\n", "" },
	{ "a wildcard at the right name", TWICE "* TXT \"v=spf1 -all\"\n", RENAMED },
	{ "a wildcard alias out of the zone", TWICE "* CNAME www.example.net.\n", RENAMED },
	{ "an alias at the right name", TWICE "_smtp._tls CNAME ns\n", "" },
	{ "an alias out of the zone", TWICE "_smtp._tls CNAME d.example.net.\n", "" },
	{ "another type at the right name", TWICE "_smtp._tls A 192.0.2.1\n", RENAMED },
	{ "something that cannot be read at the right name", TWICE "_smtp._tls TXT\n", "" },
	{ "an alias to be beside a record", "s._domainkey.example.com CNAME s.example.net.\ns._domainkey TXT x\n", "" },
	{ "an alias", "s._domainkey.example.com CNAME s.example.net.\n* TXT x\n",
	  "-s._domainkey.example.com.example.com CNAME s.example.net.|"
	  "+s._domainkey.example.com CNAME s.example.net.|" },
	{ "a host that a wildcard serves", "a.example.com MX 10 ns\n* MX 20 ns\n* A 192.0.2.1\n", "" },
};
/* clang-format on */

static const struct answer *
ask_source(void *ctx, const struct question *q)
{
	struct source *s = ctx;
	struct ticket t = { .q = *q };
	struct answer *a = NULL;

	if (s->ops->ask(s, &t, &a) != SOURCE_ANSWERED)
		return answer_failed(q, CAUSE_NOT_PROVIDED);
	return a;
}

/* The changes of F as "-NAME TYPE RDATA|+...". */
static void
print_changes(struct buf *b, const struct finding *f)
{
	for (size_t i = 0; i < f->remedy.n_changes; i++) {
		const struct change *c = &f->remedy.changes[i];

		buf_addc(b, c->action == CHANGE_ADD ? '+' : '-');
		name_print(b, &c->name);
		buf_addc(b, ' ');
		type_print(b, c->type);
		buf_addc(b, ' ');
		buf_add(b, c->action == CHANGE_ADD ? c->new : c->old);
		buf_addc(b, '|');
	}
}

static void
check_row(size_t i)
{
	struct source *source = zonefile_new();
	struct subject subject = { .zone_files = true };
	struct findings findings;
	struct arena arena;
	struct inquiry q;
	struct audit au = { &subject, &q, &arena, &findings, NULL, NULL };
	struct buf zone, got;

	assert_int_equal(name_parse(STR("example.com"), &subject.domain), NAME_OK);
	buf_init(&zone, 4096);
	buf_init(&got, 4096);
	buf_adds(&zone, HEAD);
	buf_adds(&zone, rows[i].zone);
	assert_int_equal(zonefile_load_text(source, "db", buf_str(&zone)), 0);
	arena_init(&arena, 0);
	findings_init(&findings, &arena);
	inquiry_init(&q, ask_source, source, &arena);
	inquiry_begin(&q);
	check_zone(&au);
	assert_true(findings.n > 0);
	for (const struct finding *f = findings.first; f != NULL; f = f->next)
		if (f->id == RULE_ZONE_DOUBLED_ORIGIN)
			print_changes(&got, f);
	if (!str_eq(buf_str(&got), str_of(rows[i].want)))
		fail_msg("%s: got '%.*s'", rows[i].name, (int)got.n, got.p);
	findings_free(&findings);
	inquiry_free(&q);
	arena_free(&arena);
	source->ops->free(source);
	buf_free(&zone);
	buf_free(&got);
}

static void
test_changes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(i);
}

/* A line that cannot be read is not an absent record. */
static void
test_unread(void **state)
{
	static const char zone[] = HEAD "x MX 10\nx TXT t\ny A 192.0.2.256\ny A 192.0.2.12\n"
					"*.w MX 10\nc CNAME a..b\nt 99999999999 TXT x\n"
					"u IN IN MX 10 x\n";
	static const struct {
		const char *name;
		uint16_t type;
		enum answer_status want;
	} asked[] = {
		{ "x.example.com", RR_MX, ANSWER_FAILED },
		{ "x.example.com", RR_TXT, ANSWER_FOUND },
		{ "x.example.com", RR_A, ANSWER_NODATA },
		{ "y.example.com", RR_A, ANSWER_FOUND },
		{ "z.example.com", RR_MX, ANSWER_NXDOMAIN },
		{ "z.w.example.com", RR_MX, ANSWER_FAILED },
		{ "z.w.example.com", RR_A, ANSWER_NODATA },
		{ "c.example.com", RR_A, ANSWER_FAILED },
		{ "t.example.com", RR_TXT, ANSWER_FAILED },
		{ "u.example.com", RR_MX, ANSWER_FAILED },
	};
	struct source *source = zonefile_new();

	(void)state;
	assert_int_equal(zonefile_load_text(source, "db", STR(zone)), 0);
	for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
		struct question q = { .kind = ASK_DNS, .type = asked[i].type };
		const struct answer *a;

		assert_int_equal(name_parse(str_of(asked[i].name), &q.name), NAME_OK);
		a = ask_source(source, &q);
		assert_int_equal(a->status, asked[i].want);
		if (a->status == ANSWER_FAILED)
			assert_int_equal(a->cause, CAUSE_MALFORMED);
		answer_unref(a);
	}
	source->ops->free(source);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_unread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
