/* SPDX-License-Identifier: ISC */
/*
 * test_spf_map.c - the map of a record says of every address what check_host()
 * says: rows by hand, and records that are drawn, at each border of an interval
 * and at random.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include "checks/spf_map.h"
#include "checks/spf_networks.h"
#include "tests/tinyzone.h"

#define D "example.com "
#define RECORDS 3000
#define RANDOM 6 /* addresses beside the borders */

/* An open world with the map of example.com in it. */
struct world {
	struct tiny t;
	struct spf_tree *tree;
	struct spf_mapper *m;
	struct spf_map map;
	bool known;
};

static const struct subject nobody = { .n_ips = 0 };

static void
world_open(struct world *w, const char *zone)
{
	struct name name = tiny_name("example.com");
	*w = (struct world){ .known = false };
	tiny_init(&w->t, zone, &nobody);
	w->tree = spf_tree(&w->t.au, &name);
	w->m = spf_mapper(&w->t.arena, w->tree);
	w->known = w->m != NULL && spf_map(w->m, w->tree->nodes[0], NULL, &w->map);
}

static struct addr
address(const char *text)
{
	struct addr a;
	if (addr_parse(str_of(text), &a) != ADDR_OK)
		fail_msg("%s", text);
	return a;
}

/* In these worlds an opaque term matches if its first name begins with "yes" or is a macro. */
static bool
matches(struct str key)
{
	size_t at = str_find(key, 0, ':');
	at = at < key.n ? at : str_find(key, 0, '=');
	struct str name = str_sub(key, at + 1, key.n);
	return str_has_prefix(name, STR("yes")) || str_has_prefix(name, STR("%{l}"));
}

static enum spf_result
settle(const struct world *w, const struct spf_value *v)
{
	while (v->yes != NULL)
		v = matches(spf_map_opaque(w->m, v->opaque)) ? v->yes : v->no;
	if (!v->tail)
		return v->result;
	return matches(spf_map_opaque(w->m, v->opaque)) ? RESULT_PASS : RESULT_FAIL;
}

/* clang-format off */
/* WANT: the result at each address of AT; "-" when there is no map. */
static const struct {
	const char *name, *zone, *at, *want;
} rows[] = {
	{ "nothing", D "TXT v=spf1", "8.8.8.8 ::1", "neutral neutral" },
	{ "no record", D "A 8.8.8.8", "8.8.8.8", "none" },
	{ "two records", D "TXT v=spf1\n" D "TXT v=spf1 -all", "8.8.8.8", "permerror" },
	{ "syntax", D "TXT v=spf1 ip4:8.8.8.8 moo", "8.8.8.8", "permerror" },
	{ "borders", D "TXT v=spf1 ip4:8.8.8.0/24 -all", "8.8.7.255 8.8.8.0 8.8.8.255 8.8.9.0", "fail pass pass fail" },
	{ "first and last", D "TXT v=spf1 ip4:0.0.0.0/8 ip4:255.0.0.0/8 -all", "0.0.0.0 255.255.255.255 1.0.0.0",
	    "pass pass fail" },
	{ "everything", D "TXT v=spf1 ip4:0.0.0.0/0 -all", "0.0.0.0 255.255.255.255 ::1", "pass pass fail" },
	{ "first match", D "TXT v=spf1 ?ip4:8.8.8.8 ip4:8.8.8.0/24 -all", "8.8.8.8 8.8.8.9", "neutral pass" },
	{ "mapped", D "TXT v=spf1 ip4:8.8.8.8 -all", "::ffff:8.8.8.8", "pass" },
	{ "behind all", D "TXT v=spf1 ~all ip4:8.8.8.8", "8.8.8.8", "softfail" },
	{ "an include that fails matches not", D "TXT v=spf1 include:x.example.com ~all\nx.example.com TXT v=spf1 ip4:8.8.8.8 -all",
	    "8.8.8.8 8.8.8.9", "pass softfail" },
	{ "an include turned", D "TXT v=spf1 -include:x.example.com ~all\nx.example.com TXT v=spf1 ?ip4:8.8.8.8 ip4:8.8.8.0/24 -all",
	    "8.8.8.8 8.8.8.9", "softfail fail" },
	{ "an include of nothing", D "TXT v=spf1 ip4:8.8.8.8 include:x.example.com -all", "8.8.8.8 8.8.8.9", "pass permerror" },
	{ "redirect", D "TXT v=spf1 ip4:8.8.8.8 redirect=x.example.com\nx.example.com TXT v=spf1 ip4:8.8.8.9 ~all",
	    "8.8.8.8 8.8.8.9 8.8.8.7", "pass pass softfail" },
	{ "redirect to nothing", D "TXT v=spf1 ip4:8.8.8.8 redirect=x.example.com", "8.8.8.8 8.8.8.9", "pass permerror" },
	{ "redirect beside all", D "TXT v=spf1 -all redirect=x.example.com", "8.8.8.8", "fail" },
	{ "a loop", D "TXT v=spf1 ip4:8.8.8.8 include:example.com -all", "8.8.8.8 8.8.8.9", "pass permerror" },
	{ "a and mx", D "TXT v=spf1 a/24 mx -all\n" D "A 8.8.8.8\n" D "MX 10 m.example.com\nm.example.com A 9.9.9.9\n"
	    "m.example.com AAAA 2a00::1", "8.8.8.1 9.9.9.9 9.9.9.8 2a00::1", "pass pass fail pass" },
	{ "a without addresses", D "TXT v=spf1 a:x.example.com -all", "8.8.8.8", "fail" },
	{ "opaque, in order", D "TXT v=spf1 ip4:8.8.8.8 -exists:yes.example.com ip4:9.9.9.9 -all\nyes.example.com A 127.0.0.1",
	    "8.8.8.8 9.9.9.9", "pass fail" },
	{ "an a that fails", D "TXT v=spf1 a -all\n" D "FAIL A", "8.8.8.8", "-" },
	{ "an include that fails", D "TXT v=spf1 include:x.example.com -all\nx.example.com FAIL TXT", "8.8.8.8", "-" },
	{ "behind a deciding one, a failure", D "TXT v=spf1 ip4:0.0.0.0/0 a -all\n" D "FAIL A", "8.8.8.8", "-" },
};
/* clang-format on */

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str at = str_of(rows[i].at);
		struct world w;
		struct buf got;
		world_open(&w, rows[i].zone);
		buf_init(&got, 1000);
		for (size_t p = 0, end; w.known && p < at.n; p = end + 1) {
			struct addr a;
			end = str_find(at, p, ' ');
			assert_int_equal(addr_parse(str_sub(at, p, end - p), &a), ADDR_OK);
			buf_adds(&got, p > 0 ? " " : "");
			buf_adds(&got, spf_result_name(settle(&w, spf_map_at(&w.map, &a))));
		}
		if (!w.known)
			buf_adds(&got, "-");
		if (!str_eq(buf_str(&got), str_of(rows[i].want)))
			fail_msg("%s: %.*s", rows[i].name, (int)got.n, got.p);
		buf_free(&got);
		tiny_free(&w.t);
	}
}

/* clang-format off */
/* Pairs of records in one world: whether they are equal, and whether the second heals the first. */
static const struct {
	const char *old, *new;
	bool equal, heals;
} pairs[] = {
	{ "v=spf1 a mx -all", "v=spf1 mx a -all", true, true },
	{ "v=spf1 a -all", "v=spf1 ip4:8.8.8.8 -all", true, true },
	{ "v=spf1 a -all", "v=spf1 ip4:8.8.8.9 -all", false, false },
	{ "v=spf1 a -all", "v=spf1 ~a -all", false, false },
	{ "v=spf1 a -all", "v=spf1 a ~all", false, false },
	{ "v=spf1 a ?all", "v=spf1 a", true, true },
	{ "v=spf1 mx -all", "v=spf1 ip4:9.9.9.9 -all", false, false }, /* IPv6 differs */
	{ "v=spf1 mx -all", "v=spf1 ip4:9.9.9.9 ip6:2a00::1 -all", true, true },
	{ "v=spf1 exists:%{i}.x.example.com -all", "v=spf1 -all", false, false },
	{ "v=spf1 exists:%{i}.x.example.com a -all", "v=spf1 a exists:%{i}.x.example.com -all", false, false },
	{ "v=spf1 a exists:%{i}.x.example.com a -all", "v=spf1 a exists:%{i}.x.example.com -all", true, true },
	{ "v=spf1 exists:%{i}.x.example.com a exists:%{i}.x.example.com -all", "v=spf1 exists:%{i}.x.example.com a -all",
	    true, true },
	{ "v=spf1 exists:%{l}.x.example.com -all", "v=spf1 exists:%{L}.x.example.com -all", false, false },
	{ "v=spf1 ptr -all", "v=spf1 ptr:example.com -all", false, false },
	{ "v=spf1 include:i.example.com include:%{l}.x.example.com -all",
	    "v=spf1 ip4:7.7.7.0/24 include:%{l}.x.example.com -all", true, true },
	{ "v=spf1 redirect=%{l}.x.example.com", "v=spf1 redirect=%{l}.x.example.com", true, true },
	{ "v=spf1 redirect=%{l}.x.example.com", "v=spf1 include:%{l}.x.example.com", false, false },
	{ "v=spf1 a include:gone.example.com -all", "v=spf1 a -all", false, true },
	{ "v=spf1 a include:gone.example.com -all", "v=spf1 -all", false, false },
	{ "v=spf1 ip4:7.7.7.7 ip4:7.7.7.7 -all", "v=spf1 ip4:7.7.7.7 -all", true, true },
	{ "v=spf1 ip4:7.7.7.7 ip4:7.7.7.7 ip4:7.7.7.6/31 -all", "v=spf1 ip4:7.7.7.6/31 -all", true, true },
	{ "v=spf1 ip4:7.7.7.0/25 ip4:7.7.7.128/25 -all", "v=spf1 include:i.example.com -all", true, true },
};
/* clang-format on */

static void
test_pairs(void **state)
{
	char zone[1000];
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		struct spf_node old, new;
		struct spf_map a, b;
		struct world w;
		/* The tree has the items of both: those of the records are found in it. */
		int n = snprintf(zone, sizeof(zone),
		    D "TXT v=spf1 %s %s -all\n" D "A 8.8.8.8\n" D
		      "MX 10 m.example.com\nm.example.com A 9.9.9.9\n"
		      "m.example.com AAAA 2a00::1\ni.example.com TXT v=spf1 ip4:7.7.7.0/24 -all",
		    "a mx ~a ptr ptr:example.com exists:%{i}.x.example.com "
		    "exists:%{l}.x.example.com",
		    "exists:%{L}.x.example.com include:i.example.com include:%{l}.x.example.com "
		    "include:gone.example.com");
		assert_true(n > 0 && (size_t)n < sizeof(zone));
		if (str_find(str_of(pairs[i].old), 0, '=') + 20 < strlen(pairs[i].old) &&
		    strstr(pairs[i].old, "redirect") != NULL)
			(void)snprintf(zone, sizeof(zone),
			    D
			    "TXT v=spf1 include:%%{l}.x.example.com redirect=%%{l}.x.example.com");
		world_open(&w, zone);
		assert_non_null(w.m);
		assert_true(spf_map_node(w.m, str_of(pairs[i].old), &old));
		assert_true(spf_map_node(w.m, str_of(pairs[i].new), &new));
		assert_true(spf_map(w.m, &old, NULL, &a) && spf_map(w.m, &new, NULL, &b));
		if (spf_map_eq(&a, &b) != pairs[i].equal || spf_map_heals(&a, &b) != pairs[i].heals)
			fail_msg("%s, %s: %d %d", pairs[i].old, pairs[i].new, spf_map_eq(&a, &b),
			    spf_map_heals(&a, &b));
		tiny_free(&w.t);
	}
}

static uint32_t
draw(uint64_t *seed, uint32_t n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % n;
}

/* clang-format off */
static const char *const words[] = { "a", "mx", "a/24", "mx//64", "a:h.example.com", "a:none.example.com", "mx:example.com/30",
	"ip4:8.8.8.8", "ip4:8.8.8.0/24", "ip4:8.8.0.0/16", "ip4:9.9.9.0/25", "ip4:9.9.9.128/25", "ip4:0.0.0.0/1",
	"ip4:255.255.255.255", "ip4:8.8.8.9/24", "ip6:2a00::/16", "ip6:2a00::1", "ip6:2a00::/127", "ip6:ffff::/16",
	"ip6:::/0", "include:i.example.com", "include:j.example.com", "include:k.example.com", "include:gone.example.com",
	"include:two.example.com", "include:bad.example.com", "exists:yes.example.com", "exists:no.example.com", "ptr",
	"include:%{l}.example.com", "exists:yes.%{d}", "a:%{d}", "include:%{d}", "include:localhost" };
static const char *const ends[] = { "-all", "~all", "?all", "", "redirect=j.example.com", "redirect=gone.example.com",
	"redirect=%{l}.example.com", "redirect=no%{l}.example.com", "all" };
static const char *const signs[] = { "", "", "", "", "-", "~", "?", "+" };
/* clang-format on */

static void
add_record(struct buf *b, const char *owner, uint32_t n, uint64_t *seed)
{
	buf_adds(b, owner);
	buf_adds(b, " TXT v=spf1");
	for (; n > 0; n--) {
		buf_addc(b, ' ');
		buf_adds(b, signs[draw(seed, ARRAY_LEN(signs))]);
		buf_adds(b, words[draw(seed, ARRAY_LEN(words))]);
	}
	buf_addc(b, ' ');
	buf_adds(b, ends[draw(seed, ARRAY_LEN(ends))]);
	buf_addc(b, '\n');
}

/* Whether map and evaluator agree on A; what the limits cut short counts for nothing. */
static bool
agree(struct world *w, struct addr a, size_t *compared)
{
	struct spf_sender s = { .ip = a, .domain = STR("example.com"), .local = STR("yes") };
	struct spf_verdict v;
	if (a.v6 && !addr_unmap(&a).v6)
		return true;
	spf_eval(&w->t.au, &s, &v);
	assert_false(v.pending);
	if (v.why == WHY_LOOKUPS || v.why == WHY_VOIDS)
		return true;
	++*compared;
	return settle(w, spf_map_at(&w->map, &a)) == v.result;
}

/* The address in front of A. */
static struct addr
before(struct addr a)
{
	for (size_t i = a.v6 ? 16 : 4; i-- > 0;)
		if (a.b[i]-- != 0)
			break;
	return a;
}

static bool
agree_everywhere(struct world *w, uint64_t *seed, size_t *compared)
{
	for (int f = 0; f < 2; f++) {
		for (size_t i = 0; i < w->map.n[f]; i++) {
			struct addr a = w->map.spans[f][i].from;
			if (!agree(w, a, compared) || !agree(w, before(a), compared))
				return false;
		}
		for (size_t i = 0; i < RANDOM; i++) {
			struct addr a = address(f == 0 ? "8.8.8.8" : "2a00::1");
			for (size_t k = draw(seed, 4); k < (f == 0 ? 4 : 16); k++)
				a.b[k] = (uint8_t)draw(seed, 256);
			if (!agree(w, a, compared))
				return false;
		}
	}
	return true;
}

/* The networks that a term makes a difference for are those where the maps differ. */
static bool
differs_where_told(struct world *w, uint64_t *seed, size_t *told)
{
	const struct spf_record *r = w->tree->nodes[0]->record;
	struct spf_networks g = { .arena = &w->t.arena };
	bool skip[64] = { false };
	struct spf_map less;
	if (r == NULL || r->n_terms == 0 || r->n_terms > ARRAY_LEN(skip))
		return true;
	skip[draw(seed, (uint32_t)r->n_terms)] = true;
	if (!spf_map(w->m, w->tree->nodes[0], skip, &less))
		return true;
	spf_map_difference(&w->map, &less, &g);
	*told += g.n;
	for (int f = 0; f < 2; f++)
		for (size_t i = 0; i < w->map.n[f] + less.n[f]; i++) {
			bool first = i < w->map.n[f];
			struct addr at =
			    first ? w->map.spans[f][i].from : less.spans[f][i - w->map.n[f]].from;
			struct addr tried[2] = { at, before(at) };
			for (size_t k = 0; k < 2; k++) {
				struct addr a = tried[k];
				if (a.v6 && !addr_unmap(&a).v6)
					continue;
				if (spf_networks_has(&g, &a) !=
				    (spf_map_at(&w->map, &a) != spf_map_at(&less, &a)))
					return false;
			}
		}
	return true;
}

static void
test_drawn_records(void **state)
{
	size_t compared = 0, maps = 0, told = 0;
	struct buf b;
	(void)state;
	buf_init(&b, 1 << 14);
	for (uint64_t i = 0; i < RECORDS; i++) {
		uint64_t seed = i * 7919;
		struct world w;
		buf_reset(&b);
		add_record(&b, "example.com", 1 + draw(&seed, 7), &seed);
		add_record(&b, "i.example.com", draw(&seed, 4), &seed);
		add_record(&b, "j.example.com", draw(&seed, 3), &seed);
		buf_adds(&b, "k.example.com TXT v=spf1 ip4:8.8.0.0/16 ip6:2a00::/16 -all\n"
			     "two.example.com TXT v=spf1\ntwo.example.com TXT v=spf1 -all\n"
			     "bad.example.com TXT v=spf1 moo\nnoyes.example.com TXT v=spf1 "
			     "-all\nyes.example.com TXT v=spf1 all\n"
			     "yes.example.com A 127.0.0.2\nexample.com A 8.8.8.8\n"
			     "yes.i.example.com A 127.0.0.2\nyes.j.example.com A 127.0.0.2\n"
			     "yes.example.com A 127.0.0.3\nyes.k.example.com A 127.0.0.2\n"
			     "example.com MX 10 m.example.com\nm.example.com A 9.9.9.9\n"
			     "m.example.com AAAA 2a00::1\nh.example.com A 8.8.8.9\n"
			     "h.example.com A 9.9.9.200\nh.example.com AAAA 2a00::2\n");
		buf_addc(&b, '\0');
		world_open(&w, b.p);
		maps += w.known;
		if (w.known && !agree_everywhere(&w, &seed, &compared))
			fail_msg("%s", b.p);
		if (w.known && !differs_where_told(&w, &seed, &told))
			fail_msg("difference: %s", b.p);
		tiny_free(&w.t);
	}
	print_message("%zu maps, %zu addresses, %zu networks that differ\n", maps, compared, told);
	assert_true(told > RECORDS / 10);
	assert_true(maps > RECORDS * 9 / 10);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_drawn_records),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
