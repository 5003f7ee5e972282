/* SPDX-License-Identifier: ISC */
/*
 * test_reply.c - what a response says, and what it does not prove.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "audit/sources/reply.h"
#include "audit/sources/wire.h"
#include "tests/message.h"

#define RES (MSG_RA)  /* a resolver's flags */
#define AUTH (MSG_AA) /* an authoritative server's */
#define NXDOMAIN RCODE_NXDOMAIN

struct row {
	const char *name, *qname;
	uint16_t type, flags;
	unsigned ede;
	struct message_rr rr[6];
	const char *want;
};

/* clang-format off */
static const struct row rows[] = {
	{ "address", "a.example", RR_A, RES, 0,
	  { { IN_ANSWER, "a.example", RR_A, "192.0.2.1", 60 } }, "found A 192.0.2.1 ttl 60" },
	{ "least ttl of all", "a.example", RR_A, RES, 0,
	  { { IN_ANSWER, "a.example", RR_CNAME, "b.example", 20 },
	    { IN_ANSWER, "b.example", RR_A, "192.0.2.1", 60 },
	    { IN_ANSWER, "b.example", RR_A, "192.0.2.2", 50 } },
	  "found [b.example] A 192.0.2.1 A 192.0.2.2 ttl 20" },
	{ "owner in other case", "a.example", RR_A, RES, 0,
	  { { IN_ANSWER, "A.Example", RR_A, "192.0.2.1", 0 } }, "found A 192.0.2.1 ttl 300" },
	{ "chain against its order", "a.example", RR_A, RES, 0,
	  { { IN_ANSWER, "c.example", RR_A, "192.0.2.1", 0 },
	    { IN_ANSWER, "b.example", RR_CNAME, "c.example", 0 },
	    { IN_ANSWER, "a.example", RR_CNAME, "b.example", 0 } },
	  "found [b.example c.example] A 192.0.2.1 ttl 300" },
	{ "the alias itself", "a.example", RR_CNAME, RES, 0,
	  { { IN_ANSWER, "a.example", RR_CNAME, "b.example", 0 } },
	  "found CNAME b.example. ttl 300" },
	{ "chain loop", "a.example", RR_A, RES, 0,
	  { { IN_ANSWER, "a.example", RR_CNAME, "b.example", 0 },
	    { IN_ANSWER, "b.example", RR_CNAME, "a.example", 0 } }, "failed chain" },
	{ "alias to itself", "a.example", RR_A, RES, 0,
	  { { IN_ANSWER, "a.example", RR_CNAME, "a.example", 0 } }, "failed chain" },
	{ "two aliases", "a.example", RR_A, RES, 0,
	  { { IN_ANSWER, "a.example", RR_CNAME, "b.example", 0 },
	    { IN_ANSWER, "a.example", RR_CNAME, "c.example", 0 } }, "failed malformed" },
	{ "one alias twice", "a.example", RR_A, RES, 0,
	  { { IN_ANSWER, "a.example", RR_CNAME, "b.example", 0 },
	    { IN_ANSWER, "a.example", RR_CNAME, "b.example", 0 },
	    { IN_ANSWER, "b.example", RR_A, "192.0.2.1", 0 } },
	  "found [b.example] A 192.0.2.1 ttl 300" },
	{ "dname", "a.x.example", RR_A, RES, 0,
	  { { IN_ANSWER, "x.example", RR_DNAME, "y.example", 0 },
	    { IN_ANSWER, "a.x.example", RR_CNAME, "a.y.example", 0 },
	    { IN_ANSWER, "a.y.example", RR_A, "192.0.2.1", 0 } },
	  "found [a.y.example] A 192.0.2.1 ttl 300" },
	{ "dname without its alias", "a.x.example", RR_A, RES, 0,
	  { { IN_ANSWER, "x.example", RR_DNAME, "y.example", 0 } }, "failed malformed" },
	{ "alias only", "a.example", RR_A, AUTH, 0,
	  { { IN_ANSWER, "a.example", RR_CNAME, "b.test", 40 } }, "found [b.test] ttl 40" },
	{ "alias only, SOA of the first zone", "a.example", RR_A, AUTH, 0,
	  { { IN_ANSWER, "a.example", RR_CNAME, "b.test", 0 },
	    { IN_AUTHORITY, "example", RR_SOA, "60", 0 } }, "found [b.test] ttl 300" },
	{ "alias only, NS of the second zone", "a.example", RR_A, AUTH, 0,
	  { { IN_ANSWER, "a.example", RR_CNAME, "b.test", 0 },
	    { IN_AUTHORITY, "test", RR_NS, "ns.test", 0 } }, "found [b.test] ttl 300" },
	{ "alias to a name without such records", "a.example", RR_A, RES, 0,
	  { { IN_ANSWER, "a.example", RR_CNAME, "b.test", 40 },
	    { IN_AUTHORITY, "test", RR_SOA, "60", 0 } }, "no data [b.test] ttl 40" },
	{ "alias to a name that is not", "a.example", RR_A, RES | NXDOMAIN, 0,
	  { { IN_ANSWER, "a.example", RR_CNAME, "b.test", 0 },
	    { IN_AUTHORITY, "test", RR_SOA, "60", 0 } }, "no such name [b.test] ttl 60" },
	{ "no data", "a.example", RR_A, RES, 0,
	  { { IN_AUTHORITY, "example", RR_SOA, "60", 0 } }, "no data ttl 60" },
	{ "negative ttl has a cap", "a.example", RR_A, RES, 0,
	  { { IN_AUTHORITY, "example", RR_SOA, "86400", 86400 } }, "no data ttl 3600" },
	{ "no data without SOA, resolver", "a.example", RR_A, RES, 0, { { 0 } }, "no data ttl 0" },
	{ "no data without SOA, holder", "a.example", RR_A, AUTH, 0, { { 0 } }, "no data ttl 0" },
	{ "nothing from a server that knows nothing", "a.example", RR_A, 0, 0, { { 0 } },
	  "failed lame" },
	{ "no such name", "a.example", RR_A, RES | NXDOMAIN, 0,
	  { { IN_AUTHORITY, "example", RR_SOA, "60", 0 } }, "no such name ttl 60" },
	{ "no such name from a server that knows nothing", "a.example", RR_A, NXDOMAIN, 0,
	  { { 0 } }, "failed lame" },
	{ "referral", "a.example", RR_A, 0, 0,
	  { { IN_AUTHORITY, "example", RR_NS, "ns.example", 0 },
	    { IN_ADDITIONAL, "ns.example", RR_A, "192.0.2.53", 0 } }, "failed lame" },
	{ "referral of a resolver", "a.example", RR_A, RES, 0,
	  { { IN_AUTHORITY, "example", RR_NS, "ns.example", 0 } }, "failed lame" },
	{ "referral upward", "a.example", RR_A, AUTH, 0,
	  { { IN_AUTHORITY, ".", RR_NS, "a.root.example", 0 } }, "failed lame" },
	{ "records elsewhere prove nothing", "a.example", RR_A, RES, 0,
	  { { IN_ANSWER, "b.example", RR_A, "192.0.2.1", 0 } }, "failed malformed" },
	{ "records of another type prove nothing", "a.example", RR_A, RES, 0,
	  { { IN_ANSWER, "a.example", RR_TXT, "x", 0 } }, "failed malformed" },
	{ "records at a name that is not", "a.example", RR_A, RES | NXDOMAIN, 0,
	  { { IN_ANSWER, "a.example", RR_A, "192.0.2.1", 0 } }, "failed malformed" },
	{ "SERVFAIL", "a.example", RR_A, RES | RCODE_SERVFAIL, 0, { { 0 } }, "failed servfail" },
	{ "SERVFAIL by DNSSEC, first code", "a.example", RR_A, RES | RCODE_SERVFAIL, 6, { { 0 } },
	  "failed bogus" },
	{ "SERVFAIL by DNSSEC, last code", "a.example", RR_A, RES | RCODE_SERVFAIL, 12, { { 0 } },
	  "failed bogus" },
	{ "SERVFAIL, no authority reached", "a.example", RR_A, RES | RCODE_SERVFAIL, 22,
	  { { 0 } }, "failed servfail" },
	{ "REFUSED", "a.example", RR_A, RCODE_REFUSED, 0, { { 0 } }, "failed refused" },
	{ "NOTAUTH", "a.example", RR_A, RCODE_NOTAUTH, 0, { { 0 } }, "failed lame" },
	{ "FORMERR", "a.example", RR_A, RCODE_FORMERR, 0, { { 0 } }, "without EDNS" },
	{ "NOTIMP", "a.example", RR_A, RCODE_NOTIMP, 0, { { 0 } }, "without EDNS" },
	{ "truncated", "a.example", RR_A, RES | MSG_TC, 0,
	  { { IN_ANSWER, "a.example", RR_A, "192.0.2.1", 0 } }, "truncated" },
	{ "blocked is not absent", "a.example", RR_A, RES | NXDOMAIN, 15, { { 0 } },
	  "failed refused" },
	{ "forged is not found", "a.example", RR_A, RES, 4,
	  { { IN_ANSWER, "a.example", RR_A, "192.0.2.1", 0 } }, "failed refused" },
	{ "stale is found", "a.example", RR_A, RES, 3,
	  { { IN_ANSWER, "a.example", RR_A, "192.0.2.1", 0 } }, "found A 192.0.2.1 ttl 300" },
	{ "top bit of a ttl", "a.example", RR_A, RES, 0,
	  { { IN_ANSWER, "a.example", RR_A, "192.0.2.1", 0x80000001 } }, "found A 192.0.2.1 ttl 0" },
};
/* clang-format on */

static struct message msg;
static struct arena scratch;

/* Read MSG as the reply to QNAME TYPE and write what it says into B. */
static void
read_as(struct buf *b, const char *qname, uint16_t type, bool tcp)
{
	struct name n = name_of(qname);
	struct question q = question_dns(&n, type);
	struct reply_context c = { .q = &q,
		.edns = true,
		.tcp = tcp,
		.from = { .source = STR("resolver"), .where = STR("192.0.2.53@53") },
		.when = 1,
		.scratch = &scratch };
	struct reply r;

	buf_reset(b);
	reply_read(&c, msg.b, msg.n, &r);
	if (r.kind == REPLY_FAILED)
		r.answer = reply_failed(&c, r.cause);
	if (r.kind == REPLY_TRUNCATED)
		buf_adds(b, "truncated");
	else if (r.kind == REPLY_NO_EDNS)
		buf_adds(b, "without EDNS");
	else
		answer_describe(b, r.answer);
	answer_unref(r.answer);
}

static void
expect(const char *name, struct buf *b, const char *want)
{
	struct str got = buf_str(b);

	if (!str_eq(got, str_of(want)))
		fail_msg("%s: got '%.*s', want '%s'", name, (int)got.n, got.p, want);
}

static void
make(const struct row *row)
{
	message_begin(&msg, 1, row->flags);
	message_ask(&msg, row->qname, row->type);
	for (size_t i = 0; i < ARRAY_LEN(row->rr) && row->rr[i].owner != NULL; i++)
		message_add(&msg, &row->rr[i]);
	if (row->ede != 0)
		message_opt(&msg, row->ede, 0);
}

static void
test_what_a_reply_says(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		make(&rows[i]);
		read_as(&b, rows[i].qname, rows[i].type, false);
		expect(rows[i].name, &b, rows[i].want);
	}
	buf_free(&b);
}

/* What a server has in a cache is not what it holds. */
static void
test_direct_takes_authority_alone(void **state)
{
	/* clang-format off */
	static const struct {
		const char *name;
		struct row row;
		enum reply_kind want;
	} cases[] = {
		{ "held", { "", "a.example", RR_A, AUTH, 0,
		  { { IN_ANSWER, "a.example", RR_A, "192.0.2.1", 0 } }, "" }, REPLY_ANSWER },
		{ "cached", { "", "a.example", RR_A, RES, 0,
		  { { IN_ANSWER, "a.example", RR_A, "192.0.2.1", 0 } }, "" }, REPLY_FAILED },
		{ "held as absent", { "", "a.example", RR_A, AUTH | NXDOMAIN, 0, { { 0 } }, "" }, REPLY_ANSWER },
		{ "cached as absent", { "", "a.example", RR_A, RES | NXDOMAIN, 0, { { 0 } }, "" }, REPLY_FAILED },
	};
	/* clang-format on */
	struct name n = name_of("a.example");
	struct question q = question_dns(&n, RR_A);
	struct reply_context c = { .q = &q, .edns = true, .direct = true, .scratch = &scratch };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct reply r;

		make(&cases[i].row);
		reply_read(&c, msg.b, msg.n, &r);
		if (r.kind != cases[i].want)
			fail_msg("%s: got kind %d", cases[i].name, (int)r.kind);
		if (r.kind == REPLY_FAILED)
			assert_int_equal(r.cause, CAUSE_LAME);
		answer_unref(r.answer);
	}
}

/* No part of an answer is an answer, and no part of it says "there is nothing". */
static void
test_a_cut_reply_is_malformed(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t whole;

		if ((rows[i].flags & 0xf) != 0 || (rows[i].flags & MSG_TC) != 0 ||
		    rows[i].rr[0].owner == NULL)
			continue;
		make(&rows[i]);
		whole = msg.n;
		for (msg.n = 12; msg.n < whole; msg.n++) {
			read_as(&b, rows[i].qname, rows[i].type, false);
			expect(rows[i].name, &b, "failed malformed");
		}
	}
	buf_free(&b);
}

/* Whatever a byte becomes, the reader stays inside and gives one outcome. */
static void
test_a_flipped_reply_stays_in_bounds(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 65536);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		make(&rows[i]);
		for (size_t k = 0; k < msg.n; k++)
			for (unsigned bit = 0; bit < 8; bit++) {
				msg.b[k] ^= (uint8_t)(1u << bit);
				read_as(&b, rows[i].qname, rows[i].type, bit % 2 == 0);
				assert_true(buf_str(&b).n > 0);
				msg.b[k] ^= (uint8_t)(1u << bit);
			}
	}
	buf_free(&b);
}

static void
make_chain(size_t links)
{
	char from[64], to[64];

	message_begin(&msg, 1, RES);
	message_ask(&msg, "n0.example", RR_A);
	for (size_t i = 0; i < links; i++) {
		struct message_rr rr = { IN_ANSWER, from, RR_CNAME, to, 0 };

		(void)snprintf(from, sizeof(from), "n%zu.example", i);
		(void)snprintf(to, sizeof(to), "n%zu.example", i + 1);
		message_add(&msg, &rr);
	}
	(void)snprintf(from, sizeof(from), "n%zu.example", links);
	message_add(&msg, &(struct message_rr){ IN_ANSWER, from, RR_A, "192.0.2.1", 0 });
}

static void
make_addresses(size_t n)
{
	struct name owner = name_of("a.example");

	message_begin(&msg, 1, RES);
	message_ask(&msg, "a.example", RR_A);
	for (size_t i = 0; i < n; i++) {
		const char a[4] = { 10, 0, (char)(i >> 8), (char)i };

		message_raw(&msg, IN_ANSWER, &owner, RR_A, (struct str){ a, sizeof(a) });
	}
}

static void
test_bounds(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 65536);
	make_chain(MAX_CHAIN);
	read_as(&b, "n0.example", RR_A, false);
	assert_true(str_has_prefix(buf_str(&b), STR("found [n1.example n2.example")));
	make_chain(MAX_CHAIN + 1);
	read_as(&b, "n0.example", RR_A, false);
	expect("chain over its maximum", &b, "failed chain");
	make_addresses(MAX_ANSWER_RR);
	read_as(&b, "a.example", RR_A, true);
	assert_true(str_has_prefix(buf_str(&b), STR("found A 10.0.0.0 A 10.0.0.1")));
	make_addresses(MAX_ANSWER_RR + 1);
	read_as(&b, "a.example", RR_A, true);
	expect("records over their maximum", &b, "failed too-large");
	message_begin(&msg, 1, RES | MSG_TC);
	message_ask(&msg, "a.example", RR_A);
	read_as(&b, "a.example", RR_A, true);
	expect("truncated by TCP", &b, "failed too-large");
	buf_free(&b);
}

/* What speaks for absence is read as a whole; what nobody wants is not. */
static void
test_a_broken_owner_proves_nothing(void **state)
{
	static const struct {
		const char *name;
		uint16_t flags;
		enum message_section section;
		uint16_t type;
		const char *want;
	} cases[] = {
		{ "SOA, no data", RES, IN_AUTHORITY, RR_SOA, "failed malformed" },
		{ "SOA, no such name", RES | NXDOMAIN, IN_AUTHORITY, RR_SOA, "failed malformed" },
		{ "NS, no data", AUTH, IN_AUTHORITY, RR_NS, "failed malformed" },
		{ "another, no data", AUTH, IN_AUTHORITY, RR_TXT, "no data ttl 0" },
		{ "additional, no data", AUTH, IN_ADDITIONAL, RR_SOA, "no data ttl 0" },
		{ "answer", AUTH, IN_ANSWER, RR_TXT, "failed malformed" },
	};
	const struct name forward = { .n = 2, .w = { 0xff, 0xff } };
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		message_begin(&msg, 1, cases[i].flags);
		message_ask(&msg, "a.example", RR_A);
		message_raw(&msg, cases[i].section, &forward, cases[i].type, STR("\1a"));
		read_as(&b, "a.example", RR_A, false);
		expect(cases[i].name, &b, cases[i].want);
	}
	buf_free(&b);
}

static void
test_bad_txt_is_malformed(void **state)
{
	static const struct {
		const char *name, *data;
		size_t n;
		const char *want;
	} cases[] = {
		{ "one string", "\003abc", 4, "found TXT \"abc\" ttl 300" },
		{ "two strings", "\001a\001b", 4, "found TXT \"a\" \"b\" ttl 300" },
		{ "empty string", "\000", 1, "found TXT \"\" ttl 300" },
		{ "no string", "", 0, "failed malformed" },
		{ "string longer than the rdata", "\004abc", 4, "failed malformed" },
		{ "rdata longer than the string", "\002abc", 4, "failed malformed" },
	};
	struct name owner = name_of("a.example");
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		message_begin(&msg, 1, RES);
		message_ask(&msg, "a.example", RR_TXT);
		message_raw(
		    &msg, IN_ANSWER, &owner, RR_TXT, (struct str){ cases[i].data, cases[i].n });
		read_as(&b, "a.example", RR_TXT, false);
		expect(cases[i].name, &b, cases[i].want);
	}
	buf_free(&b);
}

static void
test_badvers_is_read_from_opt(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	message_begin(&msg, 1, RES);
	message_ask(&msg, "a.example", RR_A);
	message_opt(&msg, 0, 1);
	read_as(&b, "a.example", RR_A, false);
	expect("BADVERS", &b, "without EDNS");
	message_opt(&msg, 0, 0);
	read_as(&b, "a.example", RR_A, false);
	expect("two OPT", &b, "without EDNS");
	message_begin(&msg, 1, RES);
	message_ask(&msg, "a.example", RR_A);
	message_opt(&msg, 0, 0);
	message_opt(&msg, 0, 0);
	read_as(&b, "a.example", RR_A, false);
	expect("two OPT", &b, "failed malformed");
	buf_free(&b);
}

static int
free_scratch(void **state)
{
	(void)state;
	arena_free(&scratch);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_a_reply_says),
		cmocka_unit_test(test_direct_takes_authority_alone),
		cmocka_unit_test(test_a_cut_reply_is_malformed),
		cmocka_unit_test(test_a_flipped_reply_stays_in_bounds),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_a_broken_owner_proves_nothing),
		cmocka_unit_test(test_bad_txt_is_malformed),
		cmocka_unit_test(test_badvers_is_read_from_opt),
	};

	return cmocka_run_group_tests(tests, NULL, free_scratch);
}
