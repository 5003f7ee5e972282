/* SPDX-License-Identifier: ISC */
/*
 * test_wire.c - queries as bytes, and records out of bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audit/sources/wire.h"
#include "tests/message.h"

#define EDNS "\0\0\51\4\320\0\0\0\0\0\0"

static struct message msg;

static void
test_query(void **state)
{
	static const struct {
		const char *what, *name;
		uint16_t type, id;
		bool edns;
		uint64_t bits;
		const char *want;
		size_t n;
	} cases[] = {
#define ROW(what, name, type, id, edns, bits, want)                                                \
	{ what, name, type, id, edns, bits, want, sizeof(want) - 1 }
		ROW("plain", "a.bc", RR_A, 0x1234, false, 0,
		    "\x12\x34\1\40\0\1\0\0\0\0\0\0\1a\2bc\0\0\1\0\1"),
		ROW("edns", "a.bc", RR_TXT, 0, true, 0,
		    "\0\0\1\40\0\1\0\0\0\0\0\1\1a\2bc\0\0\20\0\1" EDNS),
		ROW("the root", ".", RR_NS, 0, false, 0, "\0\0\1\40\0\1\0\0\0\0\0\0\0\0\2\0\1"),
		ROW("all capitals", "a1-b.cd", RR_A, 0, false, UINT64_MAX,
		    "\0\0\1\40\0\1\0\0\0\0\0\0\4A1-B\2CD\0\0\1\0\1"),
		ROW("the second letter, the fourth octet", "a1-b.cd", RR_A, 0, false, 1 << 4,
		    "\0\0\1\40\0\1\0\0\0\0\0\0\4a1-B\2cd\0\0\1\0\1"),
		ROW("type of two octets", "a", RR_CAA, 0, false, 0,
		    "\0\0\1\40\0\1\0\0\0\0\0\0\1a\0\1\1\0\1"),
#undef ROW
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct name n = name_of(cases[i].name);
		struct wire_query q = { &n, cases[i].type, cases[i].id, cases[i].edns,
			cases[i].bits, false };
		uint8_t out[MAX_WIRE_QUERY];
		size_t len = wire_query_build(&q, out);

		if (len != cases[i].n || memcmp(out, cases[i].want, len) != 0)
			fail_msg("%s: %zu bytes", cases[i].what, len);
	}
}

/* The longest name there is: labels of 63, 63, 63 and 61. */
static struct name
longest_name(void)
{
	char text[256];

	memset(text, 'a', sizeof(text));
	text[63] = text[127] = text[191] = '.';
	text[253] = '\0';
	return name_of(text);
}

/* RFC 1035 4.1.1: RD is bit 8 of the flags. */
static void
test_a_direct_query_wants_no_recursion(void **state)
{
	struct name n = name_of("a.example");
	struct wire_query q = { .name = &n, .type = RR_A, .direct = true };
	uint8_t out[MAX_WIRE_QUERY];

	(void)state;
	(void)wire_query_build(&q, out);
	assert_int_equal(out[2] & 0x01, 0);
	q.direct = false;
	(void)wire_query_build(&q, out);
	assert_int_equal(out[2] & 0x01, 1);
}

static void
test_the_longest_query_fits(void **state)
{
	struct name n = longest_name();
	struct wire_query q = { &n, RR_A, 1, true, 0x5555555555555555, false };
	uint8_t out[MAX_WIRE_QUERY];

	(void)state;
	assert_int_equal(n.n, MAX_NAME_WIRE);
	assert_true(wire_name_ok(&n));
	assert_int_equal(wire_query_build(&q, out), MAX_WIRE_QUERY);
	out[2] |= 0x80;
	assert_int_equal(wire_match(&q, out, sizeof(out)), WIRE_OURS);
	q.case_bits = 0;
	assert_int_equal(wire_match(&q, out, sizeof(out)), WIRE_CASE);
}

static void
test_names_that_cannot_be_asked(void **state)
{
	static const struct {
		const char *what, *wire;
		size_t n;
		bool want;
	} cases[] = {
		{ "none", "", 0, false },
		{ "root", "", 1, true },
		{ "one label", "\1a", 3, true },
		{ "label over its end", "\4a", 3, false },
		{ "no root", "\1a", 2, false },
		{ "bytes behind the root", "\1a\0a", 4, false },
		{ "a label of 64", "\100", 66, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct name n = { .n = (uint8_t)cases[i].n };

		memcpy(n.w, cases[i].wire, strlen(cases[i].wire));
		if (cases[i].n == 4)
			memcpy(n.w, cases[i].wire, 4);
		if (wire_name_ok(&n) != cases[i].want)
			fail_msg("%s", cases[i].what);
	}
}

/* One change each to a good response to "Ab.example A", id 7. */
static void
test_match(void **state)
{
	static const struct {
		const char *what;
		size_t at; /* of the byte that becomes VALUE; 0 = none */
		uint8_t value;
		enum wire_match want;
	} cases[] = {
		{ "good", 1, 7, WIRE_OURS },
		{ "id", 1, 8, WIRE_NOT_OURS },
		{ "id, first octet", 0, 1, WIRE_NOT_OURS },
		{ "a query", 2, 0x01, WIRE_NOT_OURS },
		{ "opcode", 2, 0xa1, WIRE_NOT_OURS },
		{ "rcode is not looked at", 3, 0x83, WIRE_OURS },
		{ "no question", 5, 0, WIRE_NOT_OURS },
		{ "two questions", 5, 2, WIRE_NOT_OURS },
		{ "256 questions", 4, 1, WIRE_NOT_OURS },
		{ "length of a label", 12, 3, WIRE_NOT_OURS },
		{ "a letter", 14, 'c', WIRE_NOT_OURS },
		{ "the case of a letter", 14, 'B', WIRE_CASE },
		{ "the case that was asked, lost", 13, 'a', WIRE_CASE },
		{ "type", 25, 2, WIRE_NOT_OURS },
		{ "class", 27, 3, WIRE_NOT_OURS },
	};
	struct name n = name_of("ab.example");
	struct wire_query q = { &n, RR_A, 7, true, 1 << 1, false };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		message_begin(&msg, 7, MSG_RA);
		message_ask(&msg, "ab.example", RR_A);
		msg.b[13] = 'A';
		msg.b[cases[i].at] = cases[i].value;
		if (wire_match(&q, msg.b, msg.n) != cases[i].want)
			fail_msg("%s", cases[i].what);
	}
	for (size_t len = 0; len < msg.n; len++)
		assert_int_equal(wire_match(&q, msg.b, len), WIRE_NOT_OURS);
}

/* Old servers give a header and no more back when they could not read EDNS. */
static void
test_a_bare_header_is_a_refusal_only(void **state)
{
	struct name n = name_of("ab.example");
	struct wire_query q = { &n, RR_A, 7, true, 1 << 1, false };

	(void)state;
	for (uint16_t rcode = 0; rcode < 16; rcode++) {
		bool refusal = rcode == RCODE_FORMERR || rcode == RCODE_SERVFAIL ||
			       rcode == RCODE_NOTIMP || rcode == RCODE_REFUSED;

		message_begin(&msg, 7, rcode);
		assert_int_equal(wire_match(&q, msg.b, msg.n), refusal ? WIRE_OURS : WIRE_NOT_OURS);
	}
}

/* Begin a response whose question is "example": its name stands at offset 12. */
static void
begin(void)
{
	message_begin(&msg, 7, MSG_RA);
	message_ask(&msg, "example", RR_A);
}

/* clang-format off */
#define P "\300\14" /* "example" */
static const struct {
	const char *what;
	uint16_t type;
	const char *in;
	size_t in_n;
	const char *want; /* NULL = malformed */
	size_t want_n;
} rdatas[] = {
#define GOOD(what, type, in, want) { what, type, in, sizeof(in) - 1, want, sizeof(want) - 1 }
#define BAD(what, type, in) { what, type, in, sizeof(in) - 1, NULL, 0 }
	GOOD("A", RR_A, "\300\0\2\1", "\300\0\2\1"),
	BAD("A, short", RR_A, "\300\0\2"),
	BAD("A, long", RR_A, "\300\0\2\1\1"),
	GOOD("AAAA", RR_AAAA, "0123456789abcdef", "0123456789abcdef"),
	BAD("AAAA, short", RR_AAAA, "0123456789abcde"),
	GOOD("NS", RR_NS, "\2NS" P, "\2ns\7example\0"),
	BAD("NS, more behind", RR_NS, "\2ns" P "x"),
	BAD("NS, empty", RR_NS, ""),
	BAD("NS, label over the end", RR_NS, "\4ns" P),
	BAD("NS, pointer forward", RR_NS, "\300\77"),
	BAD("NS, pointer to itself", RR_NS, "\300\54"),
	BAD("NS, half a pointer", RR_NS, "\300"),
	BAD("NS, reserved kind of label", RR_NS, "\200a"),
	GOOD("PTR", RR_PTR, P, "\7example\0"),
	GOOD("CNAME", RR_CNAME, "\1A\0", "\1a\0"),
	GOOD("DNAME", RR_DNAME, P, "\7example\0"),
	GOOD("MX", RR_MX, "\0\12" P, "\0\12\7example\0"),
	BAD("MX, preference only", RR_MX, "\0\12"),
	BAD("MX, half a preference", RR_MX, "\0"),
	GOOD("SOA", RR_SOA, P "\1h" P "aaaabbbbccccddddeeee",
	    "\7example\0\1h\7example\0aaaabbbbccccddddeeee"),
	BAD("SOA, short", RR_SOA, P P "aaaabbbbccccddddeee"),
	BAD("SOA, long", RR_SOA, P P "aaaabbbbccccddddeeeef"),
	GOOD("SRV", RR_SRV, "\0\1\0\2\0\3" P, "\0\1\0\2\0\3\7example\0"),
	GOOD("NAPTR", 35, "\0\1\0\2\1s\0\2ab" P, "\0\1\0\2\1s\0\2ab\7example\0"),
	BAD("NAPTR, string over the end", 35, "\0\1\0\2\1s\0\77ab" P),
	GOOD("RP", 17, P P, "\7example\0\7example\0"),
	GOOD("TXT", RR_TXT, "\1A\0", "\1A\0"),
	BAD("TXT, empty", RR_TXT, ""),
	BAD("TXT, over the end", RR_TXT, "\2A"),
	GOOD("a type of later days keeps its bytes", 65280, "\2NS" P, "\2NS" P),
#undef GOOD
#undef BAD
};
/* clang-format on */

static void
test_rdata(void **state)
{
	struct name owner = name_of("example");
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(rdatas); i++) {
		struct wire_walk w;
		struct wire_rr rr;
		struct str got = { "", 0 };
		uint32_t minimum;
		bool ok;

		begin();
		message_raw(&msg, IN_ANSWER, &owner, rdatas[i].type,
		    (struct str){ rdatas[i].in, rdatas[i].in_n });
		assert_true(wire_walk_init(&w, msg.b, msg.n, NULL));
		assert_int_equal(wire_next(&w, &rr), WIRE_RR);
		assert_int_equal(rr.type, rdatas[i].type);
		ok = wire_rdata(&w, &rr, &a, &got);
		if (ok != (rdatas[i].want != NULL) ||
		    (ok && !str_eq(got, (struct str){ rdatas[i].want, rdatas[i].want_n })))
			fail_msg("%s: %s, %zu bytes", rdatas[i].what, ok ? "good" : "bad", got.n);
		if (rdatas[i].type == RR_SOA)
			assert_int_equal(wire_soa_minimum(&w, &rr, &minimum), ok);
		assert_int_equal(wire_next(&w, &rr), WIRE_END);
	}
	arena_free(&a);
}

/* Whatever name is expected, what is read is what stands there. */
static void
test_the_expected_name(void **state)
{
	static const char *const expected[] = { "Example", "exampl", "exampld", "example.org",
		"." };
	struct name asked = name_of("example"), n;
	struct wire_walk w;

	(void)state;
	begin();
	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		n = name_of(expected[i]);
		for (size_t len = 0; len <= msg.n; len++)
			assert_int_equal(wire_walk_init(&w, msg.b, len, &n),
			    wire_walk_init(&w, msg.b, len, NULL));
		assert_true(wire_walk_init(&w, msg.b, msg.n, &n));
		assert_true(name_eq(&w.asked, &asked));
		assert_int_equal(w.pos, msg.n);
	}
}

static void
test_sections_in_order(void **state)
{
	struct wire_walk w;
	struct name owner;
	struct wire_rr rr;

	(void)state;
	begin();
	message_add(&msg, &(struct message_rr){ IN_ANSWER, "a.example", RR_A, "192.0.2.1", 5 });
	message_add(&msg, &(struct message_rr){ IN_AUTHORITY, "EXAMPLE", RR_SOA, "60", 0 });
	message_opt(&msg, 22, 1);
	msg.n += 3; /* bytes behind the last record are nobody's */
	assert_true(wire_walk_init(&w, msg.b, msg.n, NULL));
	assert_int_equal(wire_next(&w, &rr), WIRE_RR);
	assert_int_equal(rr.section, WIRE_ANSWER);
	assert_int_equal(rr.ttl_s, 5);
	assert_int_equal(wire_next(&w, &rr), WIRE_RR);
	assert_int_equal(rr.section, WIRE_AUTHORITY);
	assert_true(wire_owner(&w, &rr, &owner));
	assert_int_equal(owner.w[1], 'e');
	assert_true(wire_owner_is(&w, &rr, &owner));
	assert_int_equal(wire_next(&w, &rr), WIRE_RR);
	assert_int_equal(rr.section, WIRE_ADDITIONAL);
	assert_int_equal(rr.type, WIRE_TYPE_OPT);
	assert_int_equal(wire_next(&w, &rr), WIRE_END);
	assert_int_equal(wire_next(&w, &rr), WIRE_END);
}

/* Counts are claims: a walk ends where the bytes end. */
static void
test_counts_that_lie(void **state)
{
	struct wire_walk w;
	struct wire_rr rr;

	(void)state;
	begin();
	memset(msg.b + 6, 0xff, 6);
	assert_true(wire_walk_init(&w, msg.b, msg.n, NULL));
	assert_int_equal(wire_next(&w, &rr), WIRE_BROKEN);
	msg.b[5] = 2;
	assert_false(wire_walk_init(&w, msg.b, msg.n, NULL));
	assert_false(wire_walk_init(&w, msg.b, 0, NULL));
}

/* From a heap block of just that size, so that a checker sees any step outside. */
static void
test_cuts_stay_in_bounds(void **state)
{
	(void)state;
	begin();
	message_add(&msg, &(struct message_rr){ IN_ANSWER, "a.example", RR_MX, "1 b.example", 0 });
	message_opt(&msg, 22, 0);
	for (size_t len = 0; len < msg.n; len++) {
		uint8_t *part = malloc(len > 0 ? len : 1);
		struct wire_walk w;
		struct wire_rr rr;
		enum wire_step step = WIRE_BROKEN;

		assert_non_null(part);
		memcpy(part, msg.b, len);
		if (wire_walk_init(&w, part, len, NULL))
			while ((step = wire_next(&w, &rr)) == WIRE_RR)
				assert_true(rr.at + rr.n <= len);
		assert_int_equal(step, WIRE_BROKEN);
		free(part);
	}
}

static void
test_opt(void **state)
{
	static const struct {
		const char *what, *data;
		size_t n;
		bool want;
		uint64_t errors;
	} cases[] = {
		{ "empty", "", 0, true, 0 },
		{ "bogus", "\0\17\0\2\0\6", 6, true, 1u << 6 },
		{ "with text", "\0\17\0\5\0\7abc", 9, true, 1u << 7 },
		{ "two", "\0\17\0\2\0\6\0\17\0\2\0\26", 12, true, 1u << 6 | 1u << 22 },
		{ "behind another option", "\0\12\0\1x\0\17\0\2\0\6", 11, true, 1u << 6 },
		{ "a code of later days", "\0\17\0\2\0\100", 6, true, 0 },
		{ "without code", "\0\17\0\1\0", 5, true, 0 },
		{ "half an option", "\0\17\0", 3, false, 0 },
		{ "over the end", "\0\17\0\3\0\6", 6, false, 0 },
	};
	const struct name root = { .n = 1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct wire_walk w;
		struct wire_rr rr;
		struct wire_opt opt;
		bool ok;

		begin();
		message_raw(&msg, IN_ADDITIONAL, &root, WIRE_TYPE_OPT,
		    (struct str){ cases[i].data, cases[i].n });
		assert_true(wire_walk_init(&w, msg.b, msg.n, NULL));
		assert_int_equal(wire_next(&w, &rr), WIRE_RR);
		ok = wire_opt_read(&w, &rr, &opt);
		if (ok != cases[i].want || (ok && opt.errors != cases[i].errors))
			fail_msg("%s", cases[i].what);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_query),
		cmocka_unit_test(test_a_direct_query_wants_no_recursion),
		cmocka_unit_test(test_the_longest_query_fits),
		cmocka_unit_test(test_names_that_cannot_be_asked),
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_a_bare_header_is_a_refusal_only),
		cmocka_unit_test(test_rdata),
		cmocka_unit_test(test_the_expected_name),
		cmocka_unit_test(test_sections_in_order),
		cmocka_unit_test(test_counts_that_lie),
		cmocka_unit_test(test_cuts_stay_in_bounds),
		cmocka_unit_test(test_opt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
