/* SPDX-License-Identifier: ISC */
/*
 * test_rr.c - rdata: what is taken, and that what is printed reads back as it was.
 */
#include "checks/core/rr.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "audit/sources/rdata.h"

#define W(s)                                                                                       \
	{                                                                                          \
		s, sizeof(s) - 1                                                                   \
	}

static const struct {
	const char *name;
	uint16_t type;
	struct str data;
	const char *want; /* printed; NULL = not well-formed */
} cases[] = {
	{ "A", RR_A, W("\300\0\2\1"), "192.0.2.1" },
	{ "A short", RR_A, W("\300\0\2"), NULL },
	{ "A long", RR_A, W("\300\0\2\1\0"), NULL },
	{ "A empty", RR_A, W(""), NULL },
	{ "AAAA", RR_AAAA, W("\040\001\015\270\0\0\0\0\0\0\0\0\0\0\0\1"), "2001:db8::1" },
	{ "AAAA of 4", RR_AAAA, W("\300\0\2\1"), NULL },
	{ "CNAME", RR_CNAME, W("\1a\2bc\0"), "a.bc." },
	{ "CNAME root", RR_CNAME, W("\0"), "." },
	{ "CNAME cut", RR_CNAME, W("\1a\2bc"), NULL },
	{ "CNAME cut in a label", RR_CNAME, W("\1a\2b"), NULL },
	{ "CNAME and more", RR_CNAME, W("\1a\0x"), NULL },
	{ "CNAME with a pointer", RR_CNAME, W("\1a\300\0"), NULL },
	{ "CNAME with a dot and a control", RR_CNAME, W("\4a.\1b\0"), "a\\.\\001b." },
	{ "MX", RR_MX, W("\0\012\4mail\0"), "10 mail." },
	{ "MX null", RR_MX, W("\0\0\0"), "0 ." },
	{ "MX high", RR_MX, W("\377\377\1a\0"), "65535 a." },
	{ "MX without name", RR_MX, W("\0\012"), NULL },
	{ "MX of one octet", RR_MX, W("\0"), NULL },
	{ "MX empty", RR_MX, W(""), NULL },
	{ "TXT", RR_TXT, W("\3abc"), "\"abc\"" },
	{ "TXT of two", RR_TXT, W("\1a\1b"), "\"a\" \"b\"" },
	{ "TXT empty string", RR_TXT, W("\0"), "\"\"" },
	{ "TXT of odd bytes", RR_TXT, W("\6\"\\\0\377\t~"), "\"\\\"\\\\\\000\\255\\009~\"" },
	{ "TXT no string", RR_TXT, W(""), NULL },
	{ "TXT short", RR_TXT, W("\3ab"), NULL },
	{ "TXT second short", RR_TXT, W("\1a\2b"), NULL },
	{ "SPF", RR_SPF, W("\3abc"), "\"abc\"" },
	{ "SRV", RR_SRV, W("\0\1\0\2\0\31\1a\0"), "1 2 25 a." },
	{ "SRV without target", RR_SRV, W("\0\1\0\2\0\31"), NULL },
	{ "SOA", RR_SOA, W("\1a\0\1b\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\177\377\377\377"),
	    "a. b. 1 2 3 4 2147483647" },
	{ "SOA short", RR_SOA, W("\1a\0\1b\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0"), NULL },
	{ "SOA one name", RR_SOA, W("\1a\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5"), NULL },
	{ "unknown", 65280, W("\1\2\377"), "\\# 3 0102ff" },
	{ "unknown, empty", 65280, W(""), "\\# 0" },
};

/* TEXT as rdata of TYPE, or fail. */
static struct str
read_back(struct arena *a, uint16_t type, struct str text)
{
	static const struct name no_origin = { .n = 0 };
	struct zonelex lx;
	struct zone_entry e;
	struct rdata rd;
	struct buf b;

	buf_init(&b, MAX_RDATA);
	zonelex_init(&lx, text);
	assert_true(zonelex_next(&lx, &e));
	struct rdata_in in = { .type = type, .token = e.token, .n = e.n, .origin = &no_origin };
	if (!rdata_parse(a, &b, &in, &rd))
		fail_msg("%.*s: %s", (int)text.n, text.p, rd.reason);
	zonelex_free(&lx);
	buf_free(&b);
	return rd.data;
}

static void
test_what_is_printed_reads_back(void **state)
{
	struct arena a;
	struct buf b;

	(void)state;
	arena_init(&a, 0);
	buf_init(&b, 1 << 20);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		/* memory of just that size, for a sanitizer to guard */
		char *exact = malloc(cases[i].data.n == 0 ? 1 : cases[i].data.n);
		struct rr rr = { .type = cases[i].type, .data = { exact, cases[i].data.n } };

		assert_non_null(exact);
		memcpy(exact, cases[i].data.p, cases[i].data.n);
		if (rr_data_ok(rr.type, rr.data) != (cases[i].want != NULL))
			fail_msg("%s: well-formed %d", cases[i].name, cases[i].want == NULL);
		if (cases[i].want != NULL) {
			buf_reset(&b);
			rr_print(&b, &rr);
			if (!str_eq(buf_str(&b), str_of(cases[i].want)))
				fail_msg("%s: '%.*s'", cases[i].name, (int)b.n, b.p);
			if (!str_eq(read_back(&a, rr.type, buf_str(&b)), rr.data))
				fail_msg("%s: another record reads back", cases[i].name);
		}
		free(exact);
	}
	buf_free(&b);
	arena_free(&a);
}

/* Every prefix and every flipped byte of each row: taken or not, but read inside its bounds. */
static void
test_damaged_rdata(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (size_t at = 0; at < cases[i].data.n; at++)
			for (int flip = 0; flip < 256; flip += 5) {
				size_t n = flip == 0 ? at : cases[i].data.n;
				char *exact = malloc(n == 0 ? 1 : n);
				struct rr rr = { .type = cases[i].type, .data = { exact, n } };
				struct addr addr;
				struct name name;

				assert_non_null(exact);
				memcpy(exact, cases[i].data.p, n);
				if (flip != 0)
					exact[at] = (char)(exact[at] ^ flip);
				if (rr_data_ok(rr.type, rr.data)) {
					buf_reset(&b);
					rr_print(&b, &rr);
					assert_true(b.n > 0 && !b.over);
					(void)rr_addr(&rr, &addr);
					(void)rr_target(&rr, &name);
				}
				free(exact);
			}
	buf_free(&b);
}

static void
test_text_is_cut_at_255(void **state)
{
	static const size_t lengths[] = { 0, 1, 254, 255, 256, 510, 511, 5000 };
	struct arena a;
	struct buf b;
	char text[5000];

	(void)state;
	memset(text, 'x', sizeof(text));
	arena_init(&a, 0);
	buf_init(&b, 1 << 16);
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		size_t pos = 0, sum = 0, strings = 0;
		struct str data, s;

		buf_reset(&b);
		txt_print(&b, (struct str){ text, lengths[i] });
		data = read_back(&a, RR_TXT, buf_str(&b));
		while (txt_next(data, &pos, &s)) {
			assert_true(s.n <= 255);
			sum += s.n;
			strings++;
		}
		assert_int_equal(sum, lengths[i]);
		assert_int_equal(strings, lengths[i] == 0 ? 1 : (lengths[i] + 254) / 255);
	}
	buf_free(&b);
	arena_free(&a);
}

static void
test_types(void **state)
{
	static const struct {
		const char *text;
		uint16_t type;
	} rows[] = { { "TXT", RR_TXT }, { "txt", RR_TXT }, { "TYPE16", 16 }, { "type65535", 65535 },
		{ "TYPE0", 0 }, { "TYPE65536", 0 }, { "TYPE", 0 }, { "TYPE-1", 0 }, { "TX", 0 },
		{ "TXTX", 0 }, { "", 0 } };
	struct buf b;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (type_parse(str_of(rows[i].text)) != rows[i].type)
			fail_msg("%s", rows[i].text);
	buf_init(&b, 100);
	for (unsigned t = 1; t <= UINT16_MAX; t++) {
		buf_reset(&b);
		type_print(&b, (uint16_t)t);
		assert_int_equal(type_parse(buf_str(&b)), t);
	}
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_printed_reads_back),
		cmocka_unit_test(test_damaged_rdata),
		cmocka_unit_test(test_text_is_cut_at_255),
		cmocka_unit_test(test_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
