/* SPDX-License-Identifier: ISC */
/*
 * test_name.c - domain names: text, wire, order.
 */
#include "checks/core/name.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define L9 "aaaaaaaaa"
#define L63 L9 L9 L9 L9 L9 L9 L9
#define OCTETS_254 L63 "." L63 "." L63 "." /* three labels of 64 octets each, and room for 61 */
#define L61 L9 L9 L9 L9 L9 L9 "aaaaaaa"

/* The name that TEXT writes. */
static struct name
name_of(const char *text)
{
	struct name n;

	if (name_parse(str_of(text), &n) != NAME_OK)
		fail_msg("not a name: %s", text);
	return n;
}

/* Whether NAME prints as WANT. */
static bool
prints_as(const struct name *name, const char *want)
{
	struct buf b;
	bool same;

	buf_init(&b, MAX_NAME_TEXT);
	name_print(&b, name);
	same = !b.over && str_eq(buf_str(&b), str_of(want));
	buf_free(&b);
	return same;
}

static void
test_text_to_name_and_back(void **state)
{
	static const struct {
		struct str in;
		enum name_error error;
		const char *want;
	} rows[] = {
		/* clang-format off */
		{ STR("example.com"), NAME_OK, "example.com" },
		{ STR("example.com."), NAME_OK, "example.com" },
		{ STR("EXAMPLE.Com"), NAME_OK, "example.com" },
		{ STR("."), NAME_OK, "." },
		{ STR("a"), NAME_OK, "a" },
		{ STR("*._x-1.example"), NAME_OK, "*._x-1.example" },
		{ STR("a\\.b.c"), NAME_OK, "a\\.b.c" },
		{ STR("a\\."), NAME_OK, "a\\." },
		{ STR("\\065\\066"), NAME_OK, "ab" },
		{ STR("\\x"), NAME_OK, "x" },
		{ STR("a b\t\\000"), NAME_OK, "a\\032b\\009\\000" },
		{ STR("\0.\xff"), NAME_OK, "\\000.\\255" },
		{ STR("\\\\\\\"\\;\\(\\)\\@\\$"), NAME_OK, "\\\\\\\"\\;\\(\\)\\@\\$" },
		{ STR("\";()@$"), NAME_OK, "\\\"\\;\\(\\)\\@\\$" },
		{ STR(""), NAME_EMPTY, "" },
		{ STR(".."), NAME_EMPTY_LABEL, "" },
		{ STR(".a"), NAME_EMPTY_LABEL, "" },
		{ STR("a..b"), NAME_EMPTY_LABEL, "" },
		{ STR("a.."), NAME_EMPTY_LABEL, "" },
		{ STR("\\"), NAME_ESCAPE, "" },
		{ STR("a\\"), NAME_ESCAPE, "" },
		{ STR("\\1"), NAME_ESCAPE, "" },
		{ STR("\\12"), NAME_ESCAPE, "" },
		{ STR("\\12x"), NAME_ESCAPE, "" },
		{ STR("\\1.2"), NAME_ESCAPE, "" },
		{ STR("\\256"), NAME_ESCAPE, "" },
		{ STR("\\999"), NAME_ESCAPE, "" },
		{ STR(L63), NAME_OK, L63 },
		{ STR(L63 "a"), NAME_LABEL_LONG, "" },
		{ STR(OCTETS_254 L61), NAME_OK, OCTETS_254 L61 },
		{ STR(OCTETS_254 L61 "."), NAME_OK, OCTETS_254 L61 },
		{ STR(OCTETS_254 L61 "a"), NAME_LONG, "" },
		{ STR(OCTETS_254 L61 "a."), NAME_LONG, "" },
		{ STR(OCTETS_254 L61 ".a"), NAME_LONG, "" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct name n;
		enum name_error e = name_parse(rows[i].in, &n);

		if (e != rows[i].error || (e != NAME_OK) != (n.n == 0) ||
		    !prints_as(&n, rows[i].want))
			fail_msg("row %zu: error %d", i, (int)e);
	}
}

/* Every byte in a label and every label length comes back from text. */
static void
test_round_trip_of_every_byte(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (unsigned c = 0; c < 256; c++) {
		const uint8_t wire[] = { 2, (uint8_t)c, 'x', 1, (uint8_t)c, 0 };
		struct name n, back;
		size_t pos = 0;

		assert_true(name_from_wire(wire, sizeof(wire), &pos, &n));
		assert_int_equal(pos, sizeof(wire));
		assert_int_equal(name_parse(name_text(&a, &n), &back), NAME_OK);
		assert_true(name_eq(&n, &back));
	}
	arena_free(&a);
}

static void
test_longest_text_fits(void **state)
{
	uint8_t wire[MAX_NAME_WIRE] = { 0 };
	struct name n, back;
	struct arena a;
	size_t pos = 0;

	(void)state;
	memset(wire, 0xff, sizeof(wire));
	wire[0] = wire[64] = wire[128] = 63;
	wire[192] = 61;
	wire[254] = 0;
	arena_init(&a, 0);
	assert_true(name_from_wire(wire, sizeof(wire), &pos, &n));
	assert_int_equal(name_text(&a, &n).n, 4 * 250 + 3);
	assert_int_equal(name_parse(name_text(&a, &n), &back), NAME_OK);
	assert_true(name_eq(&n, &back));
	arena_free(&a);
}

static void
test_relative_names(void **state)
{
	static const struct {
		const char *in, *origin;
		enum name_error error;
		const char *want;
	} rows[] = {
		{ "www", "example.com", NAME_OK, "www.example.com" },
		{ "www.", "example.com", NAME_OK, "www" },
		{ "a.b", ".", NAME_OK, "a.b" },
		{ "a\\.", "example", NAME_OK, "a\\..example" },
		{ ".", "example.com", NAME_OK, "." },
		{ "", "example.com", NAME_EMPTY, "" },
		{ L63, OCTETS_254 "a", NAME_LONG, "" },
		{ L63, L63 "." L63 "." L61, NAME_OK, L63 "." L63 "." L63 "." L61 },
		{ L63, L63 "." L63 "." L61 "a", NAME_LONG, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct name origin = name_of(rows[i].origin), n;
		enum name_error e = name_parse_at(str_of(rows[i].in), &origin, &n);

		if (e != rows[i].error || !prints_as(&n, rows[i].want))
			fail_msg("row %zu: error %d", i, (int)e);
		e = name_parse_at(str_of(rows[i].in), &origin, &origin); /* in place */
		if (e != rows[i].error || !prints_as(&origin, rows[i].want))
			fail_msg("row %zu in place: error %d", i, (int)e);
	}
}

static void
test_prefix(void **state)
{
	static const struct {
		const char *labels, *base;
		enum name_error error;
		const char *want;
	} rows[] = {
		{ "_dmarc", "example.com", NAME_OK, "_dmarc.example.com" },
		{ "S1.x._domainkey", "example.com", NAME_OK, "s1.x._domainkey.example.com" },
		{ "a", ".", NAME_OK, "a" },
		{ "", "example.com", NAME_EMPTY, "" },
		{ ".", "example.com", NAME_EMPTY_LABEL, "" },
		{ "a.", "example.com", NAME_EMPTY_LABEL, "" },
		{ "a..b", "example.com", NAME_EMPTY_LABEL, "" },
		{ L63 "a", "example.com", NAME_LABEL_LONG, "" },
		{ L63, OCTETS_254 "a", NAME_LONG, "" },
	};
	const struct name none = { 0 };
	struct name n;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct name base = name_of(rows[i].base);
		enum name_error e = name_prefix(str_of(rows[i].labels), &base, &n);

		if (e != rows[i].error || !prints_as(&n, rows[i].want))
			fail_msg("row %zu: error %d", i, (int)e);
	}
	assert_int_equal(name_prefix(STR("a"), &none, &n), NAME_EMPTY);
	assert_int_equal(n.n, 0);
}

/* What is put in front as bytes is what is put there as text, and so is what does not fit. */
static void
test_above_and_join(void **state)
{
	static const struct {
		const char *labels, *base;
	} rows[] = {
		{ "_dmarc", "example.com" },
		{ "a", "." },
		{ L63, OCTETS_254 "a" },
		{ L61, OCTETS_254 },
		{ L61 "a", OCTETS_254 },
		{ L63, L63 "." L63 "." L61 },
		{ L63, L63 "." L63 "." L61 "a" },
	};
	struct name n, want;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct name base = name_of(rows[i].base), front = name_of(rows[i].labels);
		bool fits = name_prefix(str_of(rows[i].labels), &base, &want) == NAME_OK;

		if (name_above(str_of(rows[i].labels), &base, &n) != fits || !name_eq(&n, &want))
			fail_msg("row %zu", i);
		if (name_join(&front, &base, &n) != fits || !name_eq(&n, &want))
			fail_msg("row %zu, joined", i);
	}
}

static void
test_above_and_join_of_nothing(void **state)
{
	const struct name none = { 0 }, base = name_of("example.com"), front = name_of("a.b");
	const struct name want = name_of("a.b.example.com");
	struct name n;

	(void)state;
	assert_true(name_join(&front, &base, &n) && name_eq(&n, &want));
	assert_false(name_join(&front, &none, &n) || n.n != 0);
	assert_false(name_join(&none, &base, &n) || n.n != 0);
	assert_false(name_above(STR("a"), &none, &n) || n.n != 0);
	assert_false(name_above(STR(""), &base, &n) || n.n != 0);
	assert_false(name_above(STR(L63 "a"), &base, &n) || n.n != 0);
}

static void
test_raw_text_has_no_escapes(void **state)
{
	struct name n;

	(void)state;
	assert_int_equal(name_parse_raw(STR("A\\.b"), &n), NAME_OK);
	assert_true(prints_as(&n, "a\\\\.b"));
	assert_int_equal(name_parse_raw(STR("\\065."), &n), NAME_OK);
	assert_true(prints_as(&n, "\\\\065"));
	assert_int_equal(name_parse_raw(STR("%{i}"), &n), NAME_OK);
	assert_true(prints_as(&n, "%{i}"));
	assert_int_equal(name_parse_raw(STR("a..b"), &n), NAME_EMPTY_LABEL);
	assert_int_equal(name_parse_raw(STR(""), &n), NAME_EMPTY);
}

static void
test_wire(void **state)
{
	static const struct {
		struct str msg;
		size_t pos, end; /* END 0: refused */
		const char *want;
	} rows[] = {
		/* clang-format off */
		{ STR("\0"), 0, 1, "." },
		{ STR("\1A\0"), 0, 3, "a" },
		{ STR("\1a\0\1B\xc0\0"), 3, 7, "b.a" },
		{ STR("\1a\0\xc0\0\xc0\3"), 5, 7, "a" },	/* a pointer to a pointer */
		{ STR(""), 0, 0, "" },
		{ STR("\1a\0"), 3, 0, "" },
		{ STR("\1a"), 0, 0, "" },
		{ STR("\2a\0"), 0, 0, "" },
		{ STR("\1"), 0, 0, "" },
		{ STR("\xc0"), 0, 0, "" },
		{ STR("\xc0\0"), 0, 0, "" },			/* to itself */
		{ STR("\xc0\2\xc0\0"), 0, 0, "" },		/* forward */
		{ STR("\xc0\2\xc0\0"), 2, 0, "" },		/* back, then forward */
		{ STR("\1a\xc0\0"), 0, 0, "" },			/* into its own labels */
		{ STR("\1a\xc0\0\1b\xc0\0"), 4, 0, "" },
		{ STR("\xff\xff"), 0, 0, "" },
		{ STR("\x40" "a\0"), 0, 0, "" },		/* RFC 6891 5: label types gone */
		{ STR("\x80" "a\0"), 0, 0, "" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t *msg = malloc(rows[i].msg.n + 1); /* exact bounds for the sanitizer */
		struct name n;
		size_t pos = rows[i].pos;
		bool ok;

		msg = realloc(msg, rows[i].msg.n == 0 ? 1 : rows[i].msg.n);
		memcpy(msg, rows[i].msg.p, rows[i].msg.n);
		ok = name_from_wire(msg, rows[i].msg.n, &pos, &n);
		if (ok != (rows[i].end != 0) || pos != (ok ? rows[i].end : rows[i].pos) ||
		    !prints_as(&n, rows[i].want))
			fail_msg("row %zu: %d, ends at %zu", i, ok, pos);
		free(msg);
	}
}

/* A root at the front, and behind it pointers, each to the one before. */
static void
test_wire_pointer_limit(void **state)
{
	uint8_t msg[2 * 200] = { 0 };
	struct name n;

	(void)state;
	for (size_t i = 1; i < 200; i++) {
		size_t to = i == 1 ? 0 : 2 * (i - 1);

		msg[2 * i] = (uint8_t)(0xc0 | to >> 8);
		msg[2 * i + 1] = (uint8_t)to;
	}
	for (size_t i = 1; i < 200; i++) {
		size_t pos = 2 * i;
		bool ok = name_from_wire(msg, sizeof(msg), &pos, &n);

		/* one before each label and one before the root are all that a name can use */
		if (ok != (i <= MAX_LABELS + 1) || pos != (ok ? 2 * i + 2 : 2 * i))
			fail_msg("%zu pointers: %d, ends at %zu", i, ok, pos);
	}
}

static void
test_wire_length_limit(void **state)
{
	uint8_t msg[400];
	struct name n;
	size_t pos = 0;

	(void)state;
	/* 127 labels of one octet are 255 octets with the root: the most there can be. */
	for (size_t i = 0; i < 200; i++) {
		msg[2 * i] = 1;
		msg[2 * i + 1] = 'x';
	}
	msg[254] = 0;
	assert_true(name_from_wire(msg, sizeof(msg), &pos, &n));
	assert_int_equal(n.n, MAX_NAME_WIRE);
	assert_int_equal(name_labels(&n), MAX_LABELS);
	assert_int_equal(name_cmp(&n, &n), 0);
	msg[254] = 1;
	msg[256] = 0;
	pos = 0;
	assert_false(name_from_wire(msg, sizeof(msg), &pos, &n));
	assert_int_equal(n.n, 0);
	/* The same by way of a pointer. */
	msg[254] = 0;
	msg[255] = 1;
	msg[256] = 'y';
	msg[257] = 0xc0;
	msg[258] = 0;
	pos = 255;
	assert_false(name_from_wire(msg, 259, &pos, &n));
	msg[258] = 2;
	assert_true(name_from_wire(msg, 259, &pos, &n));
	assert_int_equal(pos, 259);
}

/* RFC 4034 6.1, its example, each before the next. */
static void
test_canonical_order(void **state)
{
	static const char *const rows[] = { ".", "example", "a.example", "yljkjljk.a.example",
		"Z.a.example", "zABC.a.EXAMPLE", "z.example", "\\001.z.example", "*.z.example",
		"\\200.z.example" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		for (size_t j = 0; j < ARRAY_LEN(rows); j++) {
			struct name a = name_of(rows[i]), b = name_of(rows[j]);
			int c = name_cmp(&a, &b);

			if ((c > 0) - (c < 0) != (i > j) - (i < j) || name_eq(&a, &b) != (i == j))
				fail_msg("%s, %s: %d", rows[i], rows[j], c);
		}
}

static void
test_below(void **state)
{
	static const struct {
		const char *name, *zone;
		bool want;
	} rows[] = {
		{ "a.example.com", "example.com", true },
		{ "example.com", "example.com", true },
		{ "EXAMPLE.com", "example.COM", true },
		{ "com", "example.com", false },
		{ "badexample.com", "example.com", false },
		{ "example.com", "a.example.com", false },
		{ "example.com", ".", true },
		{ ".", ".", true },
		{ ".", "com", false },
		/* The octets of the zone are inside a label: \003com\000 read as text. */
		{ "x\\003com\\000", "com", false },
		{ "a.example.org", "example.com", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct name name = name_of(rows[i].name), zone = name_of(rows[i].zone);

		if (name_is_below(&name, &zone) != rows[i].want)
			fail_msg("%s below %s", rows[i].name, rows[i].zone);
	}
}

static void
test_labels_and_parents(void **state)
{
	static const char *const parents[] = { "a.b.c", "b.c", "c", ".", "." };
	struct name n = name_of("a.b.c"), r = name_of("."), p;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(parents); i++) {
		p = name_parent(&n, i);
		assert_true(prints_as(&p, parents[i]));
		assert_int_equal(name_labels(&p), i < 3 ? 3 - i : 0);
	}
	p = name_parent(&n, SIZE_MAX);
	assert_true(name_eq(&p, &r));
	assert_true(str_eq(name_label(&n, 0), STR("a")));
	assert_true(str_eq(name_label(&n, 2), STR("c")));
	assert_int_equal(name_label(&n, 3).n, 0);
	assert_int_equal(name_label(&n, SIZE_MAX).n, 0);
	assert_int_equal(name_label(&r, 0).n, 0);
}

static void
test_no_name(void **state)
{
	const struct name none = { 0 };
	struct name r = name_of("."), n = name_of("a"), p = name_parent(&none, 1);

	(void)state;
	assert_false(name_is_set(&none) || name_is_set(&r));
	assert_true(name_is_set(&n));
	assert_int_equal(p.n, 0);
	assert_true(prints_as(&none, ""));
	assert_int_equal(name_labels(&none), 0);
	assert_true(name_eq(&none, &none));
	assert_false(name_eq(&none, &r));
	assert_true(name_cmp(&none, &r) < 0 && name_cmp(&r, &none) > 0);
	assert_false(name_is_below(&n, &none) || name_is_below(&none, &n));
	assert_false(name_is_below(&none, &r) || name_is_below(&none, &none));
	assert_int_equal(name_label(&none, 0).n, 0);
	assert_false(name_is_hostname(&none, true));
}

static void
test_hostname(void **state)
{
	static const struct {
		const char *in;
		bool plain, underscore;
	} rows[] = {
		{ "mail.example.com", true, true },
		{ "1.2", true, true },
		{ "a--b.xn--c", true, true },
		{ "_dmarc.example.com", false, true },
		{ "a_b", false, true },
		{ "-a.example", false, false },
		{ "a-.example", false, false },
		{ "-", false, false },
		{ "*.example", false, false },
		{ "a b", false, false },
		{ "a\\.b", false, false },
		{ "\\228.example", false, false },
		{ ".", false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct name n = name_of(rows[i].in);

		if (name_is_hostname(&n, false) != rows[i].plain ||
		    name_is_hostname(&n, true) != rows[i].underscore)
			fail_msg("%s", rows[i].in);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_to_name_and_back),
		cmocka_unit_test(test_round_trip_of_every_byte),
		cmocka_unit_test(test_longest_text_fits),
		cmocka_unit_test(test_relative_names),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_above_and_join),
		cmocka_unit_test(test_above_and_join_of_nothing),
		cmocka_unit_test(test_raw_text_has_no_escapes),
		cmocka_unit_test(test_wire),
		cmocka_unit_test(test_wire_pointer_limit),
		cmocka_unit_test(test_wire_length_limit),
		cmocka_unit_test(test_canonical_order),
		cmocka_unit_test(test_below),
		cmocka_unit_test(test_labels_and_parents),
		cmocka_unit_test(test_no_name),
		cmocka_unit_test(test_hostname),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
