/* SPDX-License-Identifier: ISC */
/*
 * test_rewrite.c - a corrected record as its file writes it.  Each text is put in its
 * place and the file read again: then the new record is there, and all others are as
 * they were.
 */
#include "audit/sources/rewrite.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include <stdio.h>
#include "audit/sources/rdata.h"
#include "audit/sources/zonefile.h"
#include "audit/sources/zonesource.h"

#define MAX_FILE 8192

/* clang-format off */
static const struct {
	const char *label, *path, *text, *owner, *type, *new, *want;
} rows[] = {
	{ "zone file, in quotes", "example.com.zone", "$ORIGIN example.com.\n@ 300 TXT \"v=spf1 mx all\" ; c\nb A 192.0.2.1\n",
	  "example.com", "TXT", "\"v=spf1 mx -all\"", "\"v=spf1 mx -all\"" },
	{ "zone file, without quotes", "example.com.zone", "$ORIGIN example.com.\n@ TXT v=spf1\nb A 192.0.2.1\n",
	  "example.com", "TXT", "\"v=spf1 -all\"", "\"v=spf1 -all\"" },
	{ "zone file, chunks and a comment between", "example.com.zone",
	  "$ORIGIN example.com.\n@ TXT ( \"v=spf1 \" ; one (\n \"all\" ) ; two\nb A 192.0.2.1\n",
	  "example.com", "TXT", "\"v=spf1 -all\"", "\"v=spf1 -all\"" },
	{ "zone file, a parenthesis that opens behind the first string", "example.com.zone",
	  "$ORIGIN example.com.\n@ TXT \"v=spf1 \" (\n \"all\"\n )\nb A 192.0.2.1\n",
	  "example.com", "TXT", "\"v=spf1 -all\"", "( \"v=spf1 -all\"" },
	{ "zone file, one that closes before the last", "example.com.zone",
	  "$ORIGIN example.com.\n@ TXT ( \"v=spf1 \"\n ) \"all\"\nb A 192.0.2.1\n",
	  "example.com", "TXT", "\"v=spf1 -all\"", "\"v=spf1 -all\" )" },
	{ "zone file, MX", "example.com.zone", "$ORIGIN example.com.\n@ MX 10 mx.example.net\nb A 192.0.2.1\n",
	  "example.com", "MX", "10 mx.example.net.", "10 mx.example.net." },
	{ "zone file, a quote and a backslash", "example.com.zone", "$ORIGIN example.com.\na TXT x\n",
	  "a.example.com", "TXT", "\"a\\\"b\\\\c;d\"", "\"a\\\"b\\\\c;d\"" },
	{ "octoDNS, plain, semicolons with a backslash", "example.com.yaml",
	  "_dmarc:\n  type: TXT\n  value: v=DMARC1\\; p=nil # c\nb:\n  type: A\n  value: 192.0.2.1\n",
	  "_dmarc.example.com", "TXT", "\"v=DMARC1; p=none\"", "v=DMARC1\\; p=none" },
	{ "octoDNS, plain, semicolons without", "example.com.yaml",
	  "_dmarc:\n  type: TXT\n  value: v=DMARC1; p=nil\n", "_dmarc.example.com", "TXT", "\"v=DMARC1; p=none\"",
	  "v=DMARC1; p=none" },
	{ "octoDNS, none had one, but the file does", "example.com.yaml",
	  "a:\n  type: TXT\n  value: x\nb:\n  type: TXT\n  value: y\\; z\n", "a.example.com", "TXT", "\"a;b\"", "a\\;b" },
	{ "octoDNS, single quotes", "example.com.yaml", "a:\n  type: TXT\n  value: 'x'\n", "a.example.com", "TXT",
	  "\"it's\"", "'it''s'" },
	{ "octoDNS, double quotes", "example.com.yaml", "a:\n  type: TXT\n  value: \"v=DMARC1\\\\; p=nil\"\n", "a.example.com", "TXT",
	  "\"v=DMARC1; p=none\"", "\"v=DMARC1\\\\; p=none\"" },
	{ "octoDNS, quotes of DNS", "example.com.yaml", "a:\n  type: TXT\n  value: '\"v=spf1 \" \"all\"'\n", "a.example.com", "TXT",
	  "\"v=spf1 -all\"", "'\"v=spf1 -all\"'" },
	{ "octoDNS, folded", "example.com.yaml", "a:\n  type: TXT\n  value: >-\n    v=spf1\n    all\nb:\n  type: A\n  value: 192.0.2.1\n",
	  "a.example.com", "TXT", "\"v=spf1 -all\"", ">-\n    v=spf1 -all" },
	{ "octoDNS, in a list of several", "example.com.yaml", "a:\n  type: TXT\n  values:\n  - one\n  - two # c\n  - three\n",
	  "a.example.com", "TXT", "\"one\"", "one" },
	{ "octoDNS, in brackets", "example.com.yaml", "a:\n  type: TXT\n  values: [one, two]\n",
	  "a.example.com", "TXT", "\"a, b\"", "'a, b'" },
	{ "octoDNS, what YAML would take for a key", "example.com.yaml", "a:\n  type: TXT\n  value: one\n",
	  "a.example.com", "TXT", "\"a: b #c\"", "'a: b #c'" },
	{ "octoDNS, MX", "example.com.yaml", "'':\n- type: MX\n  value:\n    exchange: mx.example.nett.\n    preference: 10 # c\n",
	  "example.com", "MX", "20 mx.example.net.", "mx.example.net.\n    preference: 20" },
	{ "octoDNS, MX in brackets, the other way round", "example.com.yaml", "'':\n- {type: MX, values: [{preference: 10, exchange: a.}]}\n",
	  "example.com", "MX", "0 .", "0, exchange: '.'" },
	{ "octoDNS, CNAME", "example.com.yaml", "s._domainkey:\n  type: CNAME\n  value: s.example.nett.\n",
	  "s._domainkey.example.com", "CNAME", "s.example.net.", "s.example.net." },
	{ "octoDNS, an alias: nothing", "example.com.yaml", "a: &x\n  type: TXT\n  value: one\nb: *x\n",
	  "a.example.com", "TXT", "\"two\"", NULL },
	{ "zone file, $GENERATE: nothing", "example.com.zone", "$ORIGIN example.com.\n$GENERATE 1-2 a$ TXT x\n",
	  "a1.example.com", "TXT", "\"two\"", NULL },
};
/* clang-format on */

/* The rdata WORDS of TYPE as wire form. */
static struct str
wire(struct arena *a, uint16_t type, const char *words)
{
	static const struct name root = { .n = 1 };
	struct zonelex lx;
	struct zone_entry e;
	struct rdata rd;
	struct buf b;

	buf_init(&b, MAX_RDATA);
	zonelex_init(&lx, str_of(words));
	assert_true(zonelex_next(&lx, &e));
	assert_true(rdata_parse(a, &b,
	    &(struct rdata_in){ .type = type, .token = e.token, .n = e.n, .origin = &root }, &rd));
	zonelex_free(&lx);
	buf_free(&b);
	return rd.data;
}

static struct answer *
ask(struct source *s, const char *owner, uint16_t type)
{
	struct ticket t = { .q = { .kind = ASK_DNS, .type = type } };
	struct answer *a;

	assert_int_equal(name_parse(str_of(owner), &t.q.name), NAME_OK);
	assert_int_equal(s->ops->ask(s, &t, &a), SOURCE_ANSWERED);
	return a;
}

/* All records of S, one a line, but those of OWNER TYPE when it is given. */
static void
dump(struct buf *b, struct source *s, const struct name *owner, uint16_t type)
{
	struct zone *z = zonedb_zone(&((struct zone_source *)s)->db, owner);
	struct zone_node **node = zone_sorted(z);

	for (size_t i = 0; i < z->n_sorted; i++)
		for (const struct zone_record *r = node[i]->first; r != NULL; r = r->next) {
			struct name name = name_of_wire(node[i]->named.name);

			if (r->rr.type == type && name_eq(&name, owner))
				continue;
			name_print(b, &name);
			buf_addc(b, ' ');
			type_print(b, r->rr.type);
			buf_addc(b, ' ');
			rr_print(b, &r->rr);
			buf_addc(b, '\n');
		}
}

static size_t
offset_of(const char *text, uint32_t line, uint32_t column)
{
	const char *p = text;

	for (; line > 1; line--)
		p = strchr(p, '\n') + 1;
	return (size_t)(p - text) + column - 1;
}

/* TEXT with the suggestion in its place. */
static void
apply(struct buf *b, const char *text, const struct suggestion *sg)
{
	size_t from = offset_of(text, sg->line, sg->column),
	       to = offset_of(text, sg->end_line, sg->end_column);

	buf_add(b, str_sub(str_of(text), 0, from));
	buf_add(b, sg->text);
	buf_add(b, str_sub(str_of(text), to, strlen(text)));
}

/* The file after SG has the record NEW in place of OLD, and all else. */
static void
check_again(size_t i, struct source *before, const struct suggestion *sg, const struct rr *old,
    const struct rr *new)
{
	struct source *after = zonefile_new();
	struct buf file, was, is;
	struct name owner;
	struct answer *a;
	bool found = false, left = false;

	buf_init(&file, MAX_FILE);
	buf_init(&was, MAX_FILE);
	buf_init(&is, MAX_FILE);
	apply(&file, rows[i].text, sg);
	assert_int_equal(zonefile_load_text(after, rows[i].path, buf_str(&file)), 0);
	assert_int_equal(name_parse(str_of(rows[i].owner), &owner), NAME_OK);
	dump(&was, before, &owner, new->type);
	dump(&is, after, &owner, new->type);
	if (!str_eq(buf_str(&was), buf_str(&is)))
		fail_msg("%s: '%.*s' changes other records", rows[i].label, (int)file.n, file.p);
	a = ask(after, rows[i].owner, new->type);
	for (size_t k = 0; k < a->n_rr; k++) {
		found = found || str_eq(a->rr[k].data, new->data);
		left = left || str_eq(a->rr[k].data, old->data);
	}
	if (!found || (left && !str_eq(old->data, new->data)))
		fail_msg(
		    "%s: '%.*s' is not read as the new record", rows[i].label, (int)file.n, file.p);
	answer_unref(a);
	buf_free(&file);
	buf_free(&was);
	buf_free(&is);
	after->ops->free(after);
}

static void
test_the_text_in_its_place_is_the_new_record(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint16_t type = type_parse(str_of(rows[i].type));
		struct source *s = zonefile_new();
		struct suggestion sg;
		struct name owner;
		struct answer *a;
		struct arena arena;
		struct rewrite w = { .owner = &owner };
		struct rr new;
		bool ok;

		arena_init(&arena, 0);
		assert_int_equal(zonefile_load_text(s, rows[i].path, str_of(rows[i].text)), 0);
		assert_int_equal(name_parse(str_of(rows[i].owner), &owner), NAME_OK);
		a = ask(s, rows[i].owner, type);
		assert_int_not_equal(a->n_rr, 0);
		w.old = &a->rr[0];
		w.data = wire(&arena, type, rows[i].new);
		ok = rewrite_record(s, &arena, &w, &sg);
		if (ok != (rows[i].want != NULL) || (ok && !str_eq(sg.text, str_of(rows[i].want))))
			fail_msg("%s: got '%.*s', want '%s'", rows[i].label,
			    ok ? (int)sg.text.n : 0, ok ? sg.text.p : "", rows[i].want);
		new = *w.old;
		new.data = w.data;
		if (ok)
			check_again(i, s, &sg, w.old, &new);
		answer_unref(a);
		arena_free(&arena);
		s->ops->free(s);
	}
}

/* Long texts are cut where the file cuts, and every byte comes back. */
static void
test_any_text_comes_back(void **state)
{
	static const char *const files[][2] = {
		{ "example.com.zone", "$ORIGIN example.com.\na TXT x\n" },
		{ "example.com.yaml", "a:\n  type: TXT\n  value: x\n" },
		{ "example.com.yaml", "a:\n  type: TXT\n  value: 'x'\n" },
		{ "example.com.yaml", "a:\n  type: TXT\n  value: \"x\"\n" },
		{ "example.com.yaml", "a:\n  type: TXT\n  value: '\"x\"'\n" },
		{ "example.com.yaml", "a: {type: TXT, values: [x]}\n" },
		{ "example.com.yaml", "a:\n  type: TXT\n  value: |-\n      x\n" },
		{ "example.com.yaml", "a:\n  type: TXT\n  values:\n  - >-\n    x\n    y\\;\n" },
	};
	static const char some[] = "a\\;\"' #:,[]{}%${";
	char data[2 + 600];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		for (unsigned n = 0; n < 600; n++) {
			struct source *s = zonefile_new(), *again = zonefile_new();
			struct answer *a, *b;
			struct name owner;
			struct rewrite w = { .owner = &owner };
			struct suggestion sg;
			struct arena arena;
			struct buf file;
			size_t at = 0;

			arena_init(&arena, 0);
			buf_init(&file, MAX_FILE);
			for (unsigned k = 0; k < n || k == 0; k += 255) {
				unsigned part = n - k < 255 ? n - k : 255;

				data[at++] = (char)part;
				for (unsigned c = 0; c < part; c++)
					data[at++] = n < 300 ? (char)((c * 7 + n) % 256)
							     : some[(c + n) % 16];
			}
			assert_int_equal(
			    zonefile_load_text(s, files[i][0], str_of(files[i][1])), 0);
			assert_int_equal(name_parse(STR("a.example.com"), &owner), NAME_OK);
			a = ask(s, "a.example.com", RR_TXT);
			w.old = &a->rr[0];
			w.data = (struct str){ data, at };
			assert_true(rewrite_record(s, &arena, &w, &sg));
			apply(&file, files[i][1], &sg);
			if (zonefile_load_text(again, files[i][0], buf_str(&file)) != 0)
				fail_msg(
				    "%zu, %u: '%.*s' cannot be read", i, n, (int)file.n, file.p);
			b = ask(again, "a.example.com", RR_TXT);
			if (b->n_rr != 1 || !str_eq(b->rr[0].data, w.data))
				fail_msg(
				    "%zu, %u: '%.*s' is another text", i, n, (int)file.n, file.p);
			answer_unref(a);
			answer_unref(b);
			arena_free(&arena);
			buf_free(&file);
			s->ops->free(s);
			again->ops->free(again);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_text_in_its_place_is_the_new_record),
		cmocka_unit_test(test_any_text_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
