/* SPDX-License-Identifier: ISC */
/*
 * test_spf_networks.c - the least list of the same addresses, and their number.
 */
#include "checks/spf_networks.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static const struct {
	const char *name, *in, *want;
	uint64_t ip4, ip6;
} rows[] = {
	{ "nothing", "", "", 0, 0 },
	{ "one", "192.0.2.1/32", "192.0.2.1/32", 1, 0 },
	{ "host bits go", "192.0.2.9/24", "192.0.2.0/24", 256, 0 },
	{ "twice", "192.0.2.1/32 192.0.2.1/32", "192.0.2.1/32", 1, 0 },
	{ "covered", "192.0.2.1/32 192.0.2.0/24 192.0.2.128/25", "192.0.2.0/24", 256, 0 },
	{ "halves join", "192.0.2.128/25 192.0.2.0/25", "192.0.2.0/24", 256, 0 },
	{ "joined halves join", "192.0.2.0/25 192.0.2.192/26 192.0.2.128/26", "192.0.2.0/24", 256,
	    0 },
	{ "neighbours that are no halves", "192.0.2.128/25 192.0.3.0/25",
	    "192.0.2.128/25 192.0.3.0/25", 256, 0 },
	{ "all of IPv4", "0.0.0.0/1 128.0.0.0/1", "0.0.0.0/0", 4294967296, 0 },
	{ "IPv6 hosts of one /64", "2001:db8::1/128 2001:db8::3/128",
	    "2001:db8::1/128 2001:db8::3/128", 0, 1 },
	{ "IPv6 hosts of two", "2001:db8::1/128 2001:db8:0:1::1/128",
	    "2001:db8::1/128 2001:db8:0:1::1/128", 0, 2 },
	{ "IPv6 host beside a /64", "2001:db8::/64 2001:db8:0:1::1/128",
	    "2001:db8::/64 2001:db8:0:1::1/128", 0, 2 },
	{ "IPv6 /32", "2001:db8::/32", "2001:db8::/32", 0, 4294967296 },
	{ "IPv6 /12", "2000::/12", "2000::/12", 0, (uint64_t)1 << 52 },
	{ "IPv6 beyond counting", "2000::/12 2010::/12 3000::/4", "2000::/11 3000::/4", 0,
	    SPF_COUNT_MAX },
	{ "all of IPv6", "::/0", "::/0", 0, SPF_COUNT_MAX },
	{ "both, IPv4 first", "2001:db8::/64 192.0.2.1/32 ::/128",
	    "192.0.2.1/32 ::/128 2001:db8::/64", 1, 2 },
};

/* Adds "ADDR/BITS" words of TEXT to G. */
static void
add_all(struct spf_networks *g, struct str text)
{
	for (size_t i = 0; i < text.n;) {
		size_t end = str_find(text, i, ' '), slash = str_find(text, i, '/');
		struct addr a;
		uint32_t bits;
		assert_int_equal(addr_parse(str_sub(text, i, slash - i), &a), ADDR_OK);
		assert_true(parse_u32(str_sub(text, slash + 1, end - slash - 1), 128, &bits));
		spf_networks_add(g, &a, (uint8_t)bits);
		i = end + 1;
	}
}

static void
print_all(struct buf *b, const struct spf_networks *g)
{
	buf_reset(b);
	for (size_t i = 0; i < g->n; i++) {
		buf_adds(b, i > 0 ? " " : "");
		prefix_print(b, &g->list[i]);
	}
}

static void
test_least_list_and_count(void **state)
{
	struct arena a;
	struct buf b;
	(void)state;
	arena_init(&a, 0);
	buf_init(&b, 1000);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct spf_networks g = { .arena = &a };
		add_all(&g, str_of(rows[i].in));
		spf_networks_minimize(&g);
		print_all(&b, &g);
		if (!str_eq(buf_str(&b), str_of(rows[i].want)))
			fail_msg("%s: got '%.*s'", rows[i].name, (int)b.n, b.p);
		if (spf_networks_ip4(&g) != rows[i].ip4 || spf_networks_ip6(&g) != rows[i].ip6)
			fail_msg("%s: got %llu and %llu", rows[i].name,
			    (unsigned long long)spf_networks_ip4(&g),
			    (unsigned long long)spf_networks_ip6(&g));
	}
	buf_free(&b);
	arena_free(&a);
}

/* Whether G, asked network by network, holds IP. */
static bool
holds(const struct spf_networks *g, const struct addr *ip)
{
	bool any = false;
	for (size_t i = 0; i < g->n; i++)
		any = any || prefix_has(&g->list[i], ip);
	return any;
}

/* What is looked for in the list G is found there, and nothing beside: its networks' edges. */
static void
look_at_edges(const struct spf_networks *g)
{
	for (size_t i = 0; i < g->n; i++)
		for (size_t byte = 0; byte < 16; byte += g->list[i].addr.v6 ? 5 : 1)
			for (int step = -1; step <= 1; step++) {
				struct addr ip = g->list[i].addr;
				if (!ip.v6 && byte >= 4)
					continue;
				ip.b[byte] = (uint8_t)(ip.b[byte] + step);
				assert_int_equal(spf_networks_has(g, &ip), holds(g, &ip));
			}
}

/* Lists joined are the list of all that was added, and stay as they were themselves. */
static void
test_join(void **state)
{
	struct arena a;
	struct buf b[2];
	(void)state;
	arena_init(&a, 0);
	buf_init(&b[0], 1000);
	buf_init(&b[1], 1000);
	for (size_t i = 0; i < ARRAY_LEN(rows) * ARRAY_LEN(rows); i++) {
		size_t x = i / ARRAY_LEN(rows), y = i % ARRAY_LEN(rows);
		struct spf_networks g = { .arena = &a }, all = g, one = g, two = g;
		struct addr ip = { .v6 = false, .b = { 10, 0, 0, 9 } };
		add_all(&one, str_of(rows[x].in));
		add_all(&two, str_of(rows[y].in));
		spf_networks_minimize(&one);
		spf_networks_minimize(&two);
		if (i % 2 == 0)
			spf_networks_reserve(&g, one.n + two.n);
		assert_true(spf_networks_join(&g, &one));
		assert_true(spf_networks_join(&g, &two));
		spf_networks_add(&g, &ip, 24);
		add_all(&all, str_of(rows[y].in));
		add_all(&all, str_of(rows[x].in));
		spf_networks_add(&all, &ip, 24);
		spf_networks_minimize(&g);
		spf_networks_minimize(&all);
		look_at_edges(&g);
		print_all(&b[0], &g);
		print_all(&b[1], &all);
		if (!str_eq(buf_str(&b[0]), buf_str(&b[1])) || g.met != all.met)
			fail_msg(
			    "%s, %s: got '%.*s'", rows[x].name, rows[y].name, (int)b[0].n, b[0].p);
		print_all(&b[0], &one);
		assert_true(str_eq(buf_str(&b[0]), str_of(rows[x].want)));
		print_all(&b[0], &two);
		assert_true(str_eq(buf_str(&b[0]), str_of(rows[y].want)));
	}
	buf_free(&b[0]);
	buf_free(&b[1]);
	arena_free(&a);
}

/* What is beyond the bound is left out, and that is said. */
static void
test_bound(void **state)
{
	struct arena a;
	struct addr ip = { .v6 = false, .b = { 10 } };
	(void)state;
	arena_init(&a, 0);
	struct spf_networks g = { .arena = &a };
	for (size_t i = 0; i < MAX_SPF_NETWORKS + 1; i++) {
		assert_false(g.at_least);
		ip.b[2] = (uint8_t)(i >> 7);
		ip.b[3] = (uint8_t)(i << 1);
		spf_networks_add(&g, &ip, 32);
	}
	assert_true(g.at_least);
	spf_networks_minimize(&g);
	assert_int_equal(spf_networks_ip4(&g), MAX_SPF_NETWORKS);
	assert_false(spf_networks_has(&g, &ip));
	ip.b[2] = ip.b[3] = 0;
	assert_true(spf_networks_has(&g, &ip));
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_least_list_and_count),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_bound),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
