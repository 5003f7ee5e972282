/* SPDX-License-Identifier: ISC */
/*
 * test_addr.c - addresses, prefixes and their names.
 */
#include "checks/core/addr.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct addr
addr_of(const char *text)
{
	struct addr a = { .v6 = false };

	if (addr_parse(str_of(text), &a) != ADDR_OK)
		fail_msg("not an address: %s", text);
	return a;
}

static struct prefix
prefix_of(const char *text, uint8_t bits)
{
	return (struct prefix){ addr_of(text), bits };
}

/* Whether B holds WANT; empties B. */
static bool
holds(struct buf *b, const char *want)
{
	bool same = str_eq(buf_str(b), str_of(want));

	buf_free(b);
	return same;
}

static void
test_ipv4(void **state)
{
	static const struct {
		struct str in;
		enum addr_error want;
	} rows[] = {
		/* clang-format off */
		{ STR("0.0.0.0"), ADDR_OK },
		{ STR("192.0.2.1"), ADDR_OK },
		{ STR("255.255.255.255"), ADDR_OK },
		{ STR("256.0.0.1"), ADDR_RANGE },
		{ STR("1.2.3.256"), ADDR_RANGE },
		{ STR("1.2.3.4294967296"), ADDR_RANGE },
		{ STR("1.2.3.99999999999999999999999"), ADDR_RANGE },
		{ STR("01.2.3.4"), ADDR_LEADING_ZERO },
		{ STR("1.2.3.00"), ADDR_LEADING_ZERO },
		{ STR("1.2.3.010"), ADDR_LEADING_ZERO },
		{ STR("256.01.1.1"), ADDR_RANGE },
		{ STR("256.1.1"), ADDR_SYNTAX },
		{ STR(""), ADDR_SYNTAX },
		{ STR("1"), ADDR_SYNTAX },
		{ STR("1.2.3"), ADDR_SYNTAX },
		{ STR("1.2.3."), ADDR_SYNTAX },
		{ STR("1.2.3.4."), ADDR_SYNTAX },
		{ STR("1.2.3.4.5"), ADDR_SYNTAX },
		{ STR(".1.2.3.4"), ADDR_SYNTAX },
		{ STR("1..2.3"), ADDR_SYNTAX },
		{ STR("1.2.3.4 "), ADDR_SYNTAX },
		{ STR(" 1.2.3.4"), ADDR_SYNTAX },
		{ STR("1.2.3.4/32"), ADDR_SYNTAX },
		{ STR("+1.2.3.4"), ADDR_SYNTAX },
		{ STR("1.2.3.-4"), ADDR_SYNTAX },
		{ STR("0x1.2.3.4"), ADDR_SYNTAX },
		{ STR("1.2.3.4\0"), ADDR_SYNTAX },
		{ STR("1.2.3.a"), ADDR_SYNTAX },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct addr a = { .v6 = true };
		struct buf b;

		buf_init(&b, 64);
		if (addr_parse4(rows[i].in, &a) != rows[i].want ||
		    a.v6 != (rows[i].want != ADDR_OK))
			fail_msg("row %zu", i);
		if (rows[i].want != ADDR_OK)
			continue;
		addr_print(&b, &a);
		assert_true(holds(&b, rows[i].in.p));
	}
}

static void
test_ipv6_is_printed_as_rfc5952_says(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		/* clang-format off */
		{ "::", "::" },
		{ "::1", "::1" },
		{ "1::", "1::" },
		{ "0:0:0:0:0:0:0:0", "::" },
		{ "2001:0DB8::0001", "2001:db8::1" },			/* 4.1, 4.3 */
		{ "2001:db8:0:0:0:0:2:1", "2001:db8::2:1" },		/* 4.2.1 */
		{ "2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },	/* 4.2.2 */
		{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },	/* 4.2.3 */
		{ "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" },
		{ "0:0:1:1:1:1:0:0", "::1:1:1:1:0:0" },
		{ "1:1:1:1:1:1:0:0", "1:1:1:1:1:1::" },
		{ "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0" },
		{ "::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8" },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
		{ "::ffff:c000:201", "::ffff:192.0.2.1" },		/* 5 */
		{ "::FFFF:192.0.2.1", "::ffff:192.0.2.1" },
		{ "::192.0.2.1", "::c000:201" },
		{ "64:ff9b::192.0.2.33", "64:ff9b::c000:221" },
		{ "1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201" },
		{ "1:2:3:4:5::192.0.2.1", "1:2:3:4:5:0:c000:201" },
		{ "2001:db8::a:B:c", "2001:db8::a:b:c" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct addr a = addr_of(rows[i].in), back = addr_of(rows[i].want);
		struct buf b;

		buf_init(&b, 64);
		addr_print(&b, &a);
		if (!holds(&b, rows[i].want) || !addr_eq(&a, &back) || !a.v6)
			fail_msg("%s", rows[i].in);
	}
}

static void
test_what_is_no_ipv6(void **state)
{
	static const struct {
		struct str in;
		enum addr_error want;
	} rows[] = {
		/* clang-format off */
		{ STR(""), ADDR_SYNTAX },
		{ STR(":"), ADDR_SYNTAX },
		{ STR(":::"), ADDR_SYNTAX },
		{ STR("::::"), ADDR_SYNTAX },
		{ STR("1"), ADDR_SYNTAX },
		{ STR("1.2.3.4"), ADDR_SYNTAX },
		{ STR("1:2:3:4:5:6:7"), ADDR_SYNTAX },
		{ STR("1:2:3:4:5:6:7:"), ADDR_SYNTAX },
		{ STR(":1:2:3:4:5:6:7"), ADDR_SYNTAX },
		{ STR("1:2:3:4:5:6:7:8:"), ADDR_SYNTAX },
		{ STR("1:2:3:4:5:6:7:8:9"), ADDR_SYNTAX },
		{ STR("1:2:3:4:5:6:7:8::"), ADDR_SYNTAX },	/* RFC 4291 2.2: one group or more */
		{ STR("::1:2:3:4:5:6:7:8"), ADDR_SYNTAX },
		{ STR("1:2:3:4::5:6:7:8"), ADDR_SYNTAX },
		{ STR("1::2::3"), ADDR_SYNTAX },
		{ STR(":1::2"), ADDR_SYNTAX },
		{ STR("1::2:"), ADDR_SYNTAX },
		{ STR("::12345"), ADDR_SYNTAX },
		{ STR("::g"), ADDR_SYNTAX },
		{ STR("::1%eth0"), ADDR_SYNTAX },
		{ STR("::1/128"), ADDR_SYNTAX },
		{ STR("[::1]"), ADDR_SYNTAX },
		{ STR(" ::1"), ADDR_SYNTAX },
		{ STR("::1\0"), ADDR_SYNTAX },
		{ STR("::1.2.3"), ADDR_SYNTAX },
		{ STR("::1.2.3.4:5"), ADDR_SYNTAX },
		{ STR("1.2.3.4::"), ADDR_SYNTAX },
		{ STR("1.2.3.4::1"), ADDR_SYNTAX },
		{ STR("1:2:3:4:5:6:7:1.2.3.4"), ADDR_SYNTAX },
		{ STR("1:2:3:4:5:6::1.2.3.4"), ADDR_SYNTAX },
		{ STR("1:2:3:4:5:1.2.3.4"), ADDR_SYNTAX },
		{ STR("::1.2.3.256"), ADDR_RANGE },
		{ STR("::1.2.3.04"), ADDR_LEADING_ZERO },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct addr a = { .v6 = false, .b = { 7 } };

		if (addr_parse6(rows[i].in, &a) != rows[i].want || a.b[0] != 7)
			fail_msg("row %zu", i);
	}
}

/* Each byte of an address replaced by each of the 256: what is taken prints and parses again. */
static void
test_flipped_bytes(void **state)
{
	static const char *const texts[] = { "192.0.2.1", "2001:db8::192.0.2.1", "1:0:0:2:3::" };

	(void)state;
	for (size_t t = 0; t < ARRAY_LEN(texts); t++)
		for (size_t i = 0; i < strlen(texts[t]) * 256; i++) {
			struct addr a, back;
			char text[32];
			struct buf b;

			memcpy(text, texts[t], strlen(texts[t]));
			text[i / 256] = (char)(unsigned char)(i % 256);
			if (addr_parse((struct str){ text, strlen(texts[t]) }, &a) != ADDR_OK)
				continue;
			buf_init(&b, 64);
			addr_print(&b, &a);
			assert_int_equal(addr_parse(buf_str(&b), &back), ADDR_OK);
			assert_true(addr_eq(&a, &back));
			buf_free(&b);
		}
}

static void
test_order_and_unmap(void **state)
{
	static const char *const rows[] = { "0.0.0.0", "9.255.255.255", "10.0.0.0", "255.0.0.0",
		"::", "::1", "::ffff:10.0.0.0", "ff00::" };
	struct addr a = addr_of("::ffff:10.0.0.0"), b = addr_of("10.0.0.0"),
		    c = addr_of("::10.0.0.0");
	struct addr u = addr_unmap(&a);

	(void)state;
	assert_true(addr_eq(&u, &b));
	u = addr_unmap(&b);
	assert_true(addr_eq(&u, &b));
	u = addr_unmap(&c);
	assert_true(addr_eq(&u, &c));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		for (size_t j = 0; j < ARRAY_LEN(rows); j++) {
			int d;

			a = addr_of(rows[i]);
			b = addr_of(rows[j]);
			d = addr_cmp(&a, &b);
			assert_int_equal((d > 0) - (d < 0), (i > j) - (i < j));
			assert_int_equal(addr_eq(&a, &b), i == j);
		}
}

/* The first and last address of each block, and those on its other side. */
/* clang-format off */
static const struct {
	const char *from, *to;
	enum addr_space want;
} spaces[] = {
	{ "0.0.0.0", "0.0.0.0", ADDR_UNSPECIFIED },
	{ "0.0.0.1", "0.255.255.255", ADDR_RESERVED },
	{ "1.0.0.0", "9.255.255.255", ADDR_PUBLIC },
	{ "10.0.0.0", "10.255.255.255", ADDR_PRIVATE },
	{ "11.0.0.0", "100.63.255.255", ADDR_PUBLIC },
	{ "100.64.0.0", "100.127.255.255", ADDR_SHARED },
	{ "100.128.0.0", "126.255.255.255", ADDR_PUBLIC },
	{ "127.0.0.0", "127.255.255.255", ADDR_LOOPBACK },
	{ "128.0.0.0", "169.253.255.255", ADDR_PUBLIC },
	{ "169.254.0.0", "169.254.255.255", ADDR_LINK_LOCAL },
	{ "169.255.0.0", "172.15.255.255", ADDR_PUBLIC },
	{ "172.16.0.0", "172.31.255.255", ADDR_PRIVATE },
	{ "172.32.0.0", "191.255.255.255", ADDR_PUBLIC },
	{ "192.0.0.0", "192.0.0.255", ADDR_RESERVED },
	{ "192.0.1.0", "192.0.1.255", ADDR_PUBLIC },
	{ "192.0.2.0", "192.0.2.255", ADDR_DOCUMENTATION },
	{ "192.0.3.0", "192.88.98.255", ADDR_PUBLIC },
	{ "192.88.99.0", "192.88.99.255", ADDR_RESERVED },
	{ "192.88.100.0", "192.167.255.255", ADDR_PUBLIC },
	{ "192.168.0.0", "192.168.255.255", ADDR_PRIVATE },
	{ "192.169.0.0", "198.17.255.255", ADDR_PUBLIC },
	{ "198.18.0.0", "198.19.255.255", ADDR_RESERVED },
	{ "198.20.0.0", "198.51.99.255", ADDR_PUBLIC },
	{ "198.51.100.0", "198.51.100.255", ADDR_DOCUMENTATION },
	{ "198.51.101.0", "203.0.112.255", ADDR_PUBLIC },
	{ "203.0.113.0", "203.0.113.255", ADDR_DOCUMENTATION },
	{ "203.0.114.0", "223.255.255.255", ADDR_PUBLIC },
	{ "224.0.0.0", "239.255.255.255", ADDR_MULTICAST },
	{ "240.0.0.0", "255.255.255.255", ADDR_RESERVED },
	{ "::", "::", ADDR_UNSPECIFIED },
	{ "::1", "::1", ADDR_LOOPBACK },
	{ "::2", "64:ff9a:ffff::", ADDR_RESERVED },
	{ "64:ff9b::", "64:ff9b::ffff:ffff", ADDR_PUBLIC },
	{ "64:ff9b::1:0:0", "64:ff9b:0:ffff::", ADDR_RESERVED },
	{ "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", ADDR_PRIVATE },
	{ "100::", "1fff:ffff::", ADDR_RESERVED },
	{ "2000::", "2000:ffff:ffff::", ADDR_PUBLIC },
	{ "2001::", "2001:1ff:ffff::", ADDR_RESERVED },
	{ "2001:200::", "2001:db7:ffff::", ADDR_PUBLIC },
	{ "2001:db8::", "2001:db8:ffff::", ADDR_DOCUMENTATION },
	{ "2001:db9::", "3ffe:ffff::", ADDR_PUBLIC },
	{ "3fff::", "3fff:fff:ffff::", ADDR_DOCUMENTATION },
	{ "3fff:1000::", "3fff:ffff::", ADDR_PUBLIC },
	{ "4000::", "fbff:ffff::", ADDR_RESERVED },
	{ "fc00::", "fdff:ffff::", ADDR_PRIVATE },
	{ "fe00::", "fe7f:ffff::", ADDR_RESERVED },
	{ "fe80::", "febf:ffff::", ADDR_LINK_LOCAL },
	{ "fec0::", "feff:ffff::", ADDR_PRIVATE },
	{ "ff00::", "ffff:ffff::", ADDR_MULTICAST },
};
/* clang-format on */

static void
test_space(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(spaces); i++) {
		struct addr from = addr_of(spaces[i].from), to = addr_of(spaces[i].to);

		if (addr_space(&from) != spaces[i].want || addr_space(&to) != spaces[i].want)
			fail_msg("%s to %s", spaces[i].from, spaces[i].to);
		assert_non_null(addr_space_name(spaces[i].want));
	}
	assert_string_equal(addr_space_name(ADDR_PUBLIC), "public");
	assert_string_equal(addr_space_name(ADDR_RESERVED), "reserved");
}

static const struct {
	const char *text;
	bool is_of_host, is_seen;
} seen[] = {
	{ "0.0.0.0", false, false },
	{ "0.255.255.255", false, false },
	{ "1.0.0.0", true, true },
	{ "10.0.0.1", true, false },
	{ "100.64.0.1", true, false },
	{ "127.0.0.1", true, false },
	{ "192.0.2.1", true, true },
	{ "192.88.99.1", true, true },
	{ "223.255.255.255", true, true },
	{ "224.0.0.0", false, false },
	{ "239.255.255.255", false, false },
	{ "240.0.0.0", false, false },
	{ "255.255.255.255", false, false },
	{ "::", false, false },
	{ "::1", true, false },
	{ "fd00::1", true, false },
	{ "fe80::1", true, false },
	{ "2001:db8::1", true, true },
	{ "ff02::1", false, false },
};

static void
test_seen(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(seen); i++) {
		struct addr a = addr_of(seen[i].text);

		if (addr_is_of_host(&a) != seen[i].is_of_host ||
		    addr_is_seen_from_outside(&a) != seen[i].is_seen)
			fail_msg("%s", seen[i].text);
	}
}

static void
test_prefixes(void **state)
{
	static const struct {
		const char *p;
		uint8_t bits;
		const char *in, *out; /* NULL: nothing is outside */
		bool host_bits;
	} rows[] = {
		/* clang-format off */
		{ "192.0.2.0", 24, "192.0.2.255", "192.0.3.0", false },
		{ "192.0.2.77", 24, "192.0.2.255", "192.0.1.77", true },
		{ "192.0.2.0", 25, "192.0.2.127", "192.0.2.128", false },
		{ "192.0.2.128", 25, "192.0.2.255", "192.0.2.127", false },
		{ "192.0.2.1", 31, "192.0.2.0", "192.0.2.2", true },
		{ "192.0.2.1", 32, "192.0.2.1", "192.0.2.0", false },
		{ "0.0.0.0", 0, "255.255.255.255", "::", false },
		{ "0.0.0.1", 0, "255.255.255.255", "::1", true },
		{ "192.0.2.0", 33, NULL, "192.0.2.0", false },	/* no prefix at all */
		{ "2001:db8::", 32, "2001:db8:ffff::", "2001:db9::", false },
		{ "2001:db8:8000::", 33, "2001:db8:ffff::", "2001:db8:7fff::", false },
		{ "2001:db8::", 128, "2001:db8::", "2001:db8::1", false },
		{ "2001:db8::1", 127, "2001:db8::", "2001:db8::2", true },
		{ "::", 0, "ffff::", "0.0.0.0", false },
		{ "::", 96, "::1.2.3.4", "1.2.3.4", false },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct prefix p = prefix_of(rows[i].p, rows[i].bits);
		struct addr in = addr_of(rows[i].in == NULL ? "::" : rows[i].in);
		struct addr out = addr_of(rows[i].out);

		if (prefix_has(&p, &in) != (rows[i].in != NULL) || prefix_has(&p, &out) ||
		    prefix_has_host_bits(&p) != rows[i].host_bits)
			fail_msg("%s/%u", rows[i].p, (unsigned)rows[i].bits);
	}
}

static void
test_prefix_print(void **state)
{
	struct prefix p = prefix_of("2001:db8::1", 64);
	struct buf b;

	(void)state;
	buf_init(&b, 64);
	prefix_print(&b, &p);
	assert_true(holds(&b, "2001:db8::1/64"));
	p = prefix_of("192.0.2.0", 0);
	prefix_print(&b, &p);
	assert_true(holds(&b, "192.0.2.0/0"));
}

static void
test_reversed_names(void **state)
{
	static const struct {
		const char *addr, *zone, *want; /* ZONE NULL: the name of the PTR record */
	} rows[] = {
		/* clang-format off */
		{ "192.0.2.1", NULL, "1.2.0.192.in-addr.arpa" },
		{ "255.10.9.100", "list.example", "100.9.10.255.list.example" },
		{ "127.0.0.2", ".", "2.0.0.127" },
		{ "2001:db8::567:89ab", NULL,
		  "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa" },
		{ "::ffff:7f00:2", "list.example",
		  "2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.list.example" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct addr a = addr_of(rows[i].addr);
		struct name zone, got, want;

		name_parse(str_of(rows[i].want), &want);
		if (rows[i].zone == NULL) {
			got = addr_ptr_name(&a);
		} else {
			name_parse(str_of(rows[i].zone), &zone);
			assert_true(addr_reverse(&a, &zone, &got));
		}
		if (!name_eq(&got, &want))
			fail_msg("%s below %s", rows[i].addr, rows[i].zone);
	}
}

static void
test_reversed_name_has_a_limit(void **state)
{
	struct addr a4 = addr_of("192.168.100.200"), a6 = addr_of("::1");
	struct name zone = { 0 }, out;
	char text[256];

	(void)state;
	assert_false(addr_reverse(&a4, &zone, &out));
	assert_int_equal(out.n, 0);
	/* 16 octets in front of 239 fit, and 64 in front of 191. */
	for (size_t n = 180; n <= 245; n++) {
		memset(text, 'a', sizeof(text));
		for (size_t i = 0; i + 2 < n; i++)
			if (i % 50 == 49 && i + 3 < n)
				text[i] = '.';
		assert_int_equal(name_parse((struct str){ text, n - 2 }, &zone), NAME_OK);
		assert_int_equal(zone.n, n);
		assert_int_equal(addr_reverse(&a4, &zone, &out), n <= 239);
		assert_int_equal(out.n, n <= 239 ? n + 16 : 0);
		assert_int_equal(addr_reverse(&a6, &zone, &out), n <= 191);
	}
}

/* A mapped address stands for its IPv4 address, on either side. */
static void
test_among(void **state)
{
	static const char *const texts[] = { "192.0.2.1", "::ffff:192.0.2.2", "2001:db8::1" };
	static const struct {
		const char *ip;
		bool want;
	} cases[] = { { "192.0.2.1", true }, { "::ffff:192.0.2.1", true }, { "192.0.2.2", true },
		{ "::ffff:192.0.2.2", true }, { "192.0.2.3", false }, { "2001:db8::1", true },
		{ "2001:db8::2", false } };
	struct addr list[ARRAY_LEN(texts)], ip;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		assert_int_equal(addr_parse(str_of(texts[i]), &list[i]), ADDR_OK);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(addr_parse(str_of(cases[i].ip), &ip), ADDR_OK);
		assert_int_equal(addr_is_among(list, ARRAY_LEN(list), &ip), cases[i].want);
		assert_false(addr_is_among(list, 0, &ip));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ipv4),
		cmocka_unit_test(test_ipv6_is_printed_as_rfc5952_says),
		cmocka_unit_test(test_what_is_no_ipv6),
		cmocka_unit_test(test_flipped_bytes),
		cmocka_unit_test(test_order_and_unmap),
		cmocka_unit_test(test_space),
		cmocka_unit_test(test_seen),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_prefix_print),
		cmocka_unit_test(test_reversed_names),
		cmocka_unit_test(test_reversed_name_has_a_limit),
		cmocka_unit_test(test_among),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
