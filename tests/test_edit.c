/* SPDX-License-Identifier: ISC */
/*
 * test_edit.c - what an edit changes in the answers of a zone file, and what it
 * leaves alone.
 */
#include "audit/sources/edit.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "audit/sources/zonefile.h"
#include "audit/world.h"

#define ZONE                                                                                       \
	"$ORIGIN example.com.\n$TTL 300\n@ SOA ns hostmaster 1 2 3 4 5\n@ NS ns\nns A "            \
	"192.0.2.53\n"                                                                             \
	"@ TXT \"v=spf1 \" \"-all\"\n@ TXT \"other\"\nwww A 192.0.2.1\nalias CNAME www\n"          \
	"out CNAME away.example.net.\n"

/* "+OWNER TYPE DATA" adds, "-" removes, "=OWNER TYPE OLD|NEW" replaces; edits parted by LF. */
static const struct {
	const char *name, *edits, *ask;
	uint16_t type;
	const char *want;
} cases[] = {
	{ "nothing", "", "example.com", RR_TXT, "found \"other\" \"v=spf1 \" \"-all\"" },
	{ "add", "+example.com TXT new", "example.com", RR_TXT,
	    "found \"new\" \"other\" \"v=spf1 \" \"-all\"" },
	{ "add what is there", "+www.example.com A 192.0.2.1", "www.example.com", RR_A,
	    "found 192.0.2.1" },
	{ "remove", "-example.com TXT other", "example.com", RR_TXT, "found \"v=spf1 \" \"-all\"" },
	{ "a TXT is known by its text", "-example.com TXT v=spf1 -all", "example.com", RR_TXT,
	    "found \"other\"" },
	{ "a longer text is another", "-example.com TXT v=spf1 -all ", "example.com", RR_TXT,
	    "found \"other\" \"v=spf1 \" \"-all\"" },
	{ "a shorter text is another", "-example.com TXT v=spf1", "example.com", RR_TXT,
	    "found \"other\" \"v=spf1 \" \"-all\"" },
	{ "replace", "=example.com TXT other|that", "example.com", RR_TXT,
	    "found \"that\" \"v=spf1 \" \"-all\"" },
	{ "replace and remove again",
	    "=www.example.com A 192.0.2.1|192.0.2.2\n"
	    "-www.example.com A 192.0.2.2",
	    "www.example.com", RR_A, "no data" },
	{ "remove the last", "-www.example.com A 192.0.2.1", "www.example.com", RR_A, "no data" },
	{ "another type is left alone", "-www.example.com A 192.0.2.1", "www.example.com", RR_TXT,
	    "no data" },
	{ "another name is left alone", "+www.example.com A 192.0.2.9", "ns.example.com", RR_A,
	    "found 192.0.2.53" },
	{ "a new name", "+new.example.com A 192.0.2.7", "new.example.com", RR_A,
	    "found 192.0.2.7" },
	{ "a new name has no other type", "+new.example.com A 192.0.2.7", "new.example.com", RR_TXT,
	    "no data" },
	{ "names above a new one exist", "+a.b.c.example.com A 192.0.2.7", "c.example.com", RR_A,
	    "no data" },
	{ "names beside a new one do not", "+a.b.c.example.com A 192.0.2.7", "x.c.example.com",
	    RR_A, "no such name" },
	{ "removing makes no name", "-new.example.com A 192.0.2.7", "new.example.com", RR_A,
	    "no such name" },
	{ "CNAME added", "+new.example.com CNAME www.example.com", "new.example.com", RR_A,
	    "found via www.example.com 192.0.2.1" },
	{ "CNAME added, asked itself", "+new.example.com CNAME www.example.com", "new.example.com",
	    RR_CNAME, "found www.example.com." },
	{ "CNAME to a new name",
	    "+new.example.com CNAME n2.example.com\n+n2.example.com A "
	    "192.0.2.8",
	    "new.example.com", RR_A, "found via n2.example.com 192.0.2.8" },
	{ "CNAME removed", "-alias.example.com CNAME www.example.com", "alias.example.com", RR_A,
	    "no data" },
	{ "CNAME replaced", "=alias.example.com CNAME www.example.com|ns.example.com",
	    "alias.example.com", RR_A, "found via ns.example.com 192.0.2.53" },
	{ "CNAME gives way to a record",
	    "-alias.example.com CNAME www.example.com\n"
	    "+alias.example.com A 192.0.2.6",
	    "alias.example.com", RR_A, "found 192.0.2.6" },
	{ "the end of an alias is edited", "=www.example.com A 192.0.2.1|192.0.2.3",
	    "alias.example.com", RR_A, "found via www.example.com 192.0.2.3" },
	{ "failed stays failed", "+away.example.net A 192.0.2.3", "away.example.net", RR_A,
	    "failed" },
	{ "failed behind an alias", "+away.example.net A 192.0.2.3", "out.example.com", RR_A,
	    "failed via away.example.net" },
};

static struct name
name_of(struct str text)
{
	struct name n;

	assert_int_equal(name_parse(text, &n), NAME_OK);
	return n;
}

/* DATA of TYPE in wire form, in memory of A. */
static struct str
wire(struct arena *a, uint16_t type, struct str data)
{
	struct addr ip;
	struct name n;
	struct buf b;
	struct str out;

	buf_init(&b, 512);
	if (type == RR_A) {
		assert_int_equal(addr_parse(data, &ip), ADDR_OK);
		buf_add(&b, (struct str){ (const char *)ip.b, 4 });
	} else if (type == RR_CNAME) {
		n = name_of(data);
		buf_add(&b, (struct str){ (const char *)n.w, n.n });
	} else {
		buf_addc(&b, (char)data.n);
		buf_add(&b, data);
	}
	out = arena_str(a, buf_str(&b));
	buf_free(&b);
	return out;
}

static struct edit
edit_of(struct arena *a, struct str line)
{
	size_t one = str_find(line, 1, ' '), two = str_find(line, one + 1, ' ');
	struct str data = str_sub(line, two + 1, line.n);
	size_t bar = str_find(data, 0, '|');
	struct edit e = { .owner = name_of(str_sub(line, 1, one - 1)),
		.type = type_parse(str_sub(line, one + 1, two - one - 1)) };

	e.action = line.p[0] == '+'   ? CHANGE_ADD
		   : line.p[0] == '-' ? CHANGE_REMOVE
				      : CHANGE_REPLACE;
	if (e.action == CHANGE_REPLACE) {
		e.old_data = wire(a, e.type, str_sub(data, 0, bar));
		e.new_data = wire(a, e.type, str_sub(data, bar + 1, data.n));
	} else if (e.action == CHANGE_ADD) {
		e.new_data = wire(a, e.type, data);
	} else {
		e.old_data = wire(a, e.type, data);
	}
	return e;
}

static size_t
read_edits(struct arena *a, const char *text, struct edit *out, size_t room)
{
	struct str s = str_of(text);
	size_t n = 0;

	for (size_t pos = 0, end; pos < s.n; pos = end + 1) {
		end = str_find(s, pos, '\n');
		assert_true(n < room);
		out[n++] = edit_of(a, str_sub(s, pos, end - pos));
	}
	return n;
}

static void
describe(const struct answer *a, struct buf *b)
{
	buf_reset(b);
	buf_adds(b, status_name(a->status));
	for (size_t i = 0; i < a->n_chain; i++) {
		buf_adds(b, " via ");
		name_print(b, &a->chain[i]);
	}
	for (size_t i = 0; i < a->n_rr; i++) {
		buf_addc(b, ' ');
		rr_print(b, &a->rr[i]);
	}
	buf_addc(b, '\0');
}

static void
test_edits(void **state)
{
	struct buf got;

	(void)state;
	buf_init(&got, 1 << 16);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world *w = world_new(NULL);
		struct source *zone = zonefile_new();
		struct name n = name_of(str_of(cases[i].ask));
		struct question q = question_dns(&n, cases[i].type);
		const struct answer *a;
		struct edit edits[8];
		struct arena arena;

		arena_init(&arena, 0);
		assert_int_equal(zonefile_load_text(zone, "example.com.zone", STR(ZONE)), 0);
		world_add(w, edit_new(edits, read_edits(&arena, cases[i].edits, edits, 8)));
		world_add(w, zone);
		a = world_ask(w, &q, NULL);
		describe(a, &got);
		if (strcmp(got.p, cases[i].want) != 0)
			fail_msg("%s: got '%s', want '%s'", cases[i].name, got.p, cases[i].want);
		answer_unref(a);
		world_free(w);
		arena_free(&arena);
	}
	buf_free(&got);
}

/* An edit without TTL keeps that of the RRset. */
static void
test_time_to_live(void **state)
{
	static const struct {
		uint32_t given, want;
	} rows[] = { { 0, 300 }, { 60, 60 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world *w = world_new(NULL);
		struct source *zone = zonefile_new();
		struct name n = name_of(STR("www.example.com"));
		struct question q = question_dns(&n, RR_A);
		struct edit e = { .action = CHANGE_REPLACE,
			.owner = n,
			.type = RR_A,
			.ttl_s = rows[i].given,
			.old_data = { "\300\0\2\1", 4 },
			.new_data = { "\300\0\2\2", 4 } };
		const struct answer *a;

		assert_int_equal(zonefile_load_text(zone, "example.com.zone", STR(ZONE)), 0);
		world_add(w, edit_new(&e, 1));
		world_add(w, zone);
		a = world_ask(w, &q, NULL);
		assert_int_equal(a->n_rr, 1);
		assert_int_equal(a->rr[0].ttl_s, rows[i].want);
		assert_true(str_eq(a->from.source, STR("edit")));
		answer_unref(a);
		world_free(w);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edits),
		cmocka_unit_test(test_time_to_live),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
