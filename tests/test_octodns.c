/* SPDX-License-Identifier: ISC */
/*
 * test_octodns.c - octoDNS YAML as zones: its habits, where values stand, what is told.
 */
#include "audit/sources/octodns.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audit/error.h"
#include "audit/sources/zonefile.h"
#include "audit/sources/zonesource.h"

/* What cannot be loaded is told, and shows in the answers. */
static void
load(struct source *s, const char *path, struct str text)
{
	if (zonefile_load_text(s, path, text) != 0)
		print_message("%s: nothing loaded\n", path);
}

/* What S says of NAME TYPE: the records, each with its place, or the status. */
static void
describe(struct buf *b, struct source *s, struct str name, struct str type)
{
	struct ticket t = { .q = { .kind = ASK_DNS, .type = type_parse(type) } };
	struct answer *a;

	assert_int_equal(name_parse(name, &t.q.name), NAME_OK);
	if (s->ops->ask(s, &t, &a) != SOURCE_ANSWERED) {
		buf_adds(b, "not mine");
		return;
	}
	if (a->n_chain > 0) {
		buf_adds(b, "to ");
		name_print(b, &a->chain[0]);
	} else if (a->n_rr == 0) {
		buf_adds(
		    b, a->status == ANSWER_FAILED ? cause_name(a->cause) : status_name(a->status));
	}
	for (size_t i = 0; i < a->n_rr; i++) {
		char place[64];

		(void)snprintf(place, sizeof(place), "%s%u:%u-%u:%u ", i > 0 ? " | " : "",
		    a->rr[i].line, a->rr[i].column, a->rr[i].end_line, a->rr[i].end_column);
		buf_adds(b, place);
		rr_print(b, &a->rr[i]);
	}
	answer_unref(a);
}

/* The faults of the zone, CODE LINE:COLUMN 'TEXT', without "zone-". */
static void
describe_faults(struct buf *b, struct source *s, struct str name)
{
	struct ticket t = { .q = { .kind = ASK_ZONE } };
	struct answer *a;

	assert_int_equal(name_parse(name, &t.q.name), NAME_OK);
	assert_int_equal(s->ops->ask(s, &t, &a), SOURCE_ANSWERED);
	for (size_t i = 0; i < a->n_faults; i++) {
		const struct zone_fault *f = &a->faults[i];
		char line[400];

		(void)snprintf(line, sizeof(line), "%s%.*s %u:%u '%.*s'", i > 0 ? ", " : "",
		    (int)f->code.n - 5, f->code.p + 5, f->line, f->column, (int)f->text.n,
		    f->text.p);
		buf_adds(b, line);
	}
	answer_unref(a);
}

#define TXT(v) "a:\n  type: TXT\n  value: " v "\n"

/* clang-format off */
static const struct {
	const char *label, *text, *name, *type, *want;
} rows[] = {
	{ "apex, one record", "'':\n  type: TXT\n  value: v=spf1 -all\n", "example.com", "TXT",
	  "3:10-3:21 \"v=spf1 -all\"" },
	{ "apex in double quotes, a list", "\"\":\n  - type: MX\n    value:\n      exchange: mx.example.com\n      preference: 10\n",
	  "example.com", "MX", "4:17-5:21 10 mx.example.com." },
	{ "an exchange without final dot is absolute", "'':\n- type: MX\n  values:\n  - {preference: 5, exchange: mx.example.net}\n",
	  "example.com", "MX", "4:18-4:45 5 mx.example.net." },
	{ "one of a single label is refused", "'':\n- type: MX\n  values:\n  - {preference: 5, exchange: mx}\n",
	  "example.com", "MX", "malformed answer" },
	{ "unless lenient", "'':\n- type: MX\n  octodns: {lenient: true}\n  values:\n  - {preference: 5, exchange: mx}\n",
	  "example.com", "MX", "5:18-5:33 5 mx." },
	{ "as it was called once", "'':\n- type: MX\n  values:\n  - priority: 5\n    value: mx.example.net.\n",
	  "example.com", "MX", "4:15-5:27 5 mx.example.net." },
	{ "values", "a:\n  type: A\n  values: [192.0.2.1, 192.0.2.2]\n", "a.example.com", "A",
	  "3:12-3:21 192.0.2.1 | 3:23-3:32 192.0.2.2" },
	{ "a number is a text", TXT("12345"), "a.example.com", "TXT", "3:10-3:15 \"12345\"" },
	{ "a truth is a text", TXT("true"), "a.example.com", "TXT", "3:10-3:14 \"true\"" },
	{ "escaped semicolons", TXT("v=DMARC1\\; p=none"), "a.example.com", "TXT", "3:10-3:27 \"v=DMARC1; p=none\"" },
	{ "both kinds in one", TXT("v=DMARC1\\;p=reject;sp=reject"), "a.example.com", "TXT",
	  "3:10-3:38 \"v=DMARC1;p=reject;sp=reject\"" },
	{ "double quotes of YAML", TXT("\"v=DMARC1\\\\; p=none\""), "a.example.com", "TXT", "3:10-3:30 \"v=DMARC1; p=none\"" },
	{ "quotes of DNS around all", TXT("'\"v=spf1 -all\"'"), "a.example.com", "TXT", "3:10-3:25 \"v=spf1 -all\"" },
	{ "chunks", TXT("'\"v=spf1 \" \"-all\"'"), "a.example.com", "TXT", "3:10-3:28 \"v=spf1 -all\"" },
	{ "chunks without quotes at the ends", TXT("'v=spf1 \" \"-all'"), "a.example.com", "TXT", "3:10-3:26 \"v=spf1 -all\"" },
	{ "folded", "a:\n  type: TXT\n  value: >-\n    v=spf1\n    -all\n", "a.example.com", "TXT", "3:10-5:9 \"v=spf1 -all\"" },
	{ "plain over two lines", "a:\n  type: TXT\n  value: v=spf1\n    -all\n", "a.example.com", "TXT", "3:10-4:9 \"v=spf1 -all\"" },
	{ "alias of the provider", "'':\n- type: ALIAS\n  value: web.example.net.\n", "example.com", "A", "not mine" },
	{ "and the rest of that name", "'':\n- type: ALIAS\n  value: web.example.net.\n", "example.com", "TXT", "no data" },
	{ "a provider's own type", "a:\n- type: Route53Provider/ALIAS\n  value: {name: x, type: A}\n", "a.example.com", "AAAA", "not mine" },
	{ "proxied", "a:\n- type: CNAME\n  value: b.example.net.\n  octodns: {cloudflare: {proxied: true}}\n- type: TXT\n  value: t\n",
	  "a.example.com", "TXT", "6:10-6:11 \"t\"" },
	{ "not proxied", "a:\n- type: CNAME\n  value: b.example.net\n", "a.example.com", "TXT", "to b.example.net" },
	{ "wildcard", "'*':\n  type: A\n  value: 192.0.2.1\n", "x.example.com", "A", "3:10-3:19 192.0.2.1" },
	{ "anchor and alias", "a: &x\n  type: A\n  value: 192.0.2.1\nb: *x\n", "b.example.com", "A", "3:10-3:19 192.0.2.1" },
	{ "merged", "a: &x\n  type: A\n  value: 192.0.2.1\nb:\n  <<: *x\n  value: 192.0.2.2\n", "b.example.com", "A", "6:10-6:19 192.0.2.2" },
	{ "of a name that stands twice the last counts", "a:\n  type: A\n  value: 192.0.2.1\nb:\n  type: A\n  value: 192.0.2.3\na:\n  type: A\n  value: 192.0.2.2\n", "a.example.com", "A",
	  "9:10-9:19 192.0.2.2" },
	{ "and of one that stands once", "a:\n  type: A\n  value: 192.0.2.1\nb:\n  type: A\n  value: 192.0.2.3\na:\n  type: A\n  value: 192.0.2.2\n", "b.example.com", "A",
	  "6:10-6:19 192.0.2.3" },
	{ "CAA without flags", "a:\n  type: CAA\n  value: {tag: issue, value: ca.example.net}\n", "a.example.com", "CAA",
	  "3:16-3:44 \\# 21 0005697373756563612e6578616d706c652e6e6574" },
	{ "lost by a slip", "a:\n  type: TXT\n  valie: v=spf1 -all\n", "a.example.com", "TXT", "malformed answer" },
	{ "a fault of the syntax is not absence", "a:\n  type: A\n  value: 192.0.2.1\n b: c\n", "other.example.com", "TXT", "not in the zone files given" },
	{ "UTF-8 in a name", "b\xc3\xbc:\n  type: A\n  value: 192.0.2.1\n", "xn--b-eha.example.com", "A", "3:10-3:19 192.0.2.1" },
	{ "carriage returns", "a:\r\n  type: TXT\r\n  value: >-\r\n    v=spf1\r\n    -all\r\n", "a.example.com", "TXT", "3:10-5:9 \"v=spf1 -all\"" },
	{ "byte order mark", "\xef\xbb\xbf" "a:\n  type: A\n  value: 192.0.2.1\n", "a.example.com", "A", "3:10-3:19 192.0.2.1" },
	{ "a whole MX in one word", "'':\n- type: MX\n  value: 10 mx.example.com.\n", "example.com", "MX", "3:10-3:28 10 mx.example.com." },
};

static const struct {
	const char *label, *text, *want;
} fault_rows[] = {
	{ "nothing wrong", TXT("x") "# octodns: y\n", "" },
	{ "no type", "a:\n  value: x\nb:\n  type: A\n  value: 192.0.2.1\n", "unparsed-line 2:3 ''" },
	{ "unknown type", "a:\n  type: TXTT\n  value: x\n", "unparsed-line 2:9 'TXTT'" },
	{ "lost", "a:\n  type: TXT\n  valie: x\n", "unknown-mail-key 3:3 'valie'" },
	{ "lost, of no mail", "a:\n  type: A\n  valie: x\n", "unknown-key 3:3 'valie'" },
	{ "passed over", TXT("x") "  tll: 3\n", "unknown-key 4:3 'tll'" },
	{ "in a value", "'':\n- type: MX\n  value: {exchnge: mx, preference: 1}\n", "unknown-mail-key 3:11 'exchnge'" },
	{ "no value at all", "a:\n  type: TXT\n  value:\n", "unparsed-mail-line 2:3 ''" },
	{ "a bad address", "a:\n  type: A\n  value: 192.0.2.256\n", "unparsed-line 3:10 '192.0.2.256'" },
	{ "@ is no name", "'@':\n  type: TXT\n  value: x\n", "unparsed-line 1:1 '@'" },
	{ "syntax", TXT("x") " b: c\n", "unparsed-file 4:2 'b: c'" },
	{ "a tab", "a:\n\ttype: A\n", "unparsed-file 2:1 'type: A'" },
	{ "a name written whole", "_dmarc.example.com:\n  type: TXT\n  value: v=DMARC1\\; p=none\n", "doubled-origin 3:10 '_dmarc.example.com'" },
	{ "CNAME and other data", "a:\n- type: CNAME\n  value: b.example.net.\n- type: TXT\n  value: v=spf1 -all\n",
	  "cname-refused 3:10 'TXT'" },
	{ "the same, lenient", "a:\n- type: CNAME\n  value: b.example.net.\n  octodns: {lenient: true}\n- type: TXT\n  value: v=spf1 -all\n",
	  "cname-and-other-data 3:10 'TXT'" },
	{ "ALIAS and other data", "'':\n- type: ALIAS\n  value: b.example.net.\n- type: TXT\n  value: v=spf1 -all\n", "" },
	{ "an include that is not there", "a: !include b.yaml\n", "include 1:13 'b.yaml'" },
};

static const struct {
	const char *path, *want;
} names[] = {
	{ "example.com.yaml", "example.com" },
	{ "zones/example.com.yml", "example.com" },
	{ "k8s.example._0_base.yaml", "k8s.example" },
	{ "z/example.com./www.yaml", "example.com" },
	{ "z/example.com./$example.com.yaml", "example.com" },
	{ "z/$example.com.yaml", "example.com" },
	{ "production.yaml", "" },
	{ "../production.yaml", "" },
	{ "", "" },
};
/* clang-format on */

static void
test_habits_of_octodns(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct source *s = zonefile_new();
		struct buf b;

		buf_init(&b, 65536);
		load(s, "example.com.yaml", str_of(rows[i].text));
		describe(&b, s, str_of(rows[i].name), str_of(rows[i].type));
		if (!str_eq(buf_str(&b), str_of(rows[i].want)))
			fail_msg("%s: got '%.*s', want '%s'", rows[i].label, (int)b.n, b.p,
			    rows[i].want);
		buf_free(&b);
		s->ops->free(s);
	}
}

static void
test_faults_stand_at_their_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(fault_rows); i++) {
		struct source *s = zonefile_new();
		struct buf b;

		buf_init(&b, 65536);
		load(s, "example.com.yaml", str_of(fault_rows[i].text));
		describe_faults(&b, s, STR("example.com"));
		if (!str_eq(buf_str(&b), str_of(fault_rows[i].want)))
			fail_msg("%s: got '%.*s', want '%s'", fault_rows[i].label, (int)b.n, b.p,
			    fault_rows[i].want);
		buf_free(&b);
		s->ops->free(s);
	}
}

static void
test_the_file_name_says_the_zone(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct name name = octodns_zone_of(str_of(names[i].path));
		struct buf b;

		buf_init(&b, MAX_NAME_TEXT);
		if (name.n > 0)
			name_print(&b, &name);
		if (!str_eq(buf_str(&b), str_of(names[i].want)))
			fail_msg("%s: got '%.*s'", names[i].path, (int)b.n, b.p);
		buf_free(&b);
	}
}

/* Ways to write one text, and whether each byte of it is found where it stands. */
static void
test_every_byte_has_its_place(void **state)
{
	static const char *const ways[] = { "v=spf1 a:b -all", "'v=spf1 a:b -all'",
		"\"v=spf1 a:b -all\"", "\"v=spf1 \\\n    a:b -all\"", "\"v=spf1\n    a:b -all\"",
		">-\n    v=spf1\n    a:b -all", "|-\n    v=spf1 a:b -all",
		">-\n    v=spf1 a:b\n    -all\n", "v=spf1\n    a:b\n    -all",
		"'\"v=spf1 \" \"a:b -all\"'", "\"\\\"v=spf1 a\\\" \\\":b -all\\\"\"",
		">2-\n    v=spf1 a:b -all", "!!str v=spf1 a:b -all", "v\\=spf1 a\\:b -all" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		struct source *s = zonefile_new();
		struct ticket t;
		struct answer *a;
		char text[200];
		size_t line_at[20] = { 0 }, lines = 1;

		(void)snprintf(text, sizeof(text), "a:\n  type: TXT\n  value: %s\nb:\n", ways[i]);
		for (size_t k = 0; text[k] != '\0'; k++)
			if (text[k] == '\n')
				line_at[lines++] = k + 1;
		load(s, "example.com.yaml", str_of(text));
		t.q = question_dns(&t.q.name, RR_TXT);
		assert_int_equal(name_parse(STR("a.example.com"), &t.q.name), NAME_OK);
		assert_int_equal(s->ops->ask(s, &t, &a), SOURCE_ANSWERED);
		if (a->n_rr != 1 || !str_eq(str_trim(a->rr[0].text), STR("v=spf1 a:b -all")))
			fail_msg("'%s' is read as '%.*s'", ways[i], (int)a->rr[0].text.n,
			    a->rr[0].text.p);
		for (size_t k = 0; k < 15; k++) {
			const struct rr_pos *p = a->rr[0].pos;
			size_t run = 0, at;

			while (run + 1 < a->rr[0].n_pos && p[run + 1].offset <= k)
				run++;
			at = line_at[p[run].line - 1] + p[run].column - 1 + k - p[run].offset;
			/* a blank may be a line end, and a byte may have a backslash before it */
			if (text[at] == '\\')
				at++;
			if (a->rr[0].text.p[k] != ' ' && text[at] != a->rr[0].text.p[k])
				fail_msg("'%s': byte %zu is told at %u:%u", ways[i], k, p[run].line,
				    p[run].column);
		}
		answer_unref(a);
		s->ops->free(s);
	}
}

static char dir[] = "/tmp/mailvet-octodns-XXXXXX";

static void
put(const char *name, const char *text)
{
	char path[200];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	(void)fputs(text, f);
	(void)fclose(f);
}

/* clang-format off */
static const struct {
	const char *name, *type, *want;
} folder_rows[] = {
	{ "example.com", "TXT", "3:10-3:21 \"v=spf1 -all\"" },
	{ "www.example.com", "A", "3:10-3:19 192.0.2.7" },       /* the second file of the zone */
	{ "example.net", "TXT", "3:10-3:13 \"net\"" },           /* split into files */
	{ "www.example.net", "A", "3:10-3:19 192.0.2.8" },
	{ "in.example.com", "A", "2:8-2:17 192.0.2.9" },         /* included record */
	{ "va.example.com", "A", "1:3-1:13 192.0.2.10 | 2:3-2:13 192.0.2.11" }, /* included values */
	{ "out.example.com", "A", "not in the zone files given" },              /* include that leaves the folder */
	{ "example.org", "TXT", "not mine" },                    /* named by no configuration */
};
/* clang-format on */

static void
make_folder(void)
{
	char path[200];

	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/zones", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	(void)snprintf(path, sizeof(path), "%s/zones/example.net.", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	put("production.yaml",
	    "providers:\n  c:\n    class: octodns.provider.yaml.YamlProvider\n"
	    "    directory: ./zones\nzones:\n  example.com.: {}\n  example.net.: {}\n");
	put("zones/example.com._0_base.yaml", "'':\n  type: TXT\n  value: v=spf1 -all\n"
					      "in: !include record.inc\nva:\n  type: A\n"
					      "  values: !include values.inc\n"
					      "out:\n  type: A\n  value: !include ../../x.inc\n");
	put("zones/example.com._1_www.yaml", "www:\n  type: A\n  value: 192.0.2.7\n");
	put("zones/example.net./$example.net.yaml", "'':\n  type: TXT\n  value: net\n");
	put("zones/example.net./www.yaml", "www:\n  type: A\n  value: 192.0.2.8\n");
	put("zones/record.inc", "type: A\nvalue: 192.0.2.9\n");
	put("zones/values.inc", "- 192.0.2.10\n- 192.0.2.11\n");
	put("zones/package.json", "{\"name\": \"x\"}\n");
	put("zones/notes.yaml", "to: do\n");
	put("zones/example.org.yaml", "'':\n  type: TXT\n  value: org\n");
}

static void
test_a_configuration_names_folders_and_zones(void **state)
{
	char path[200];
	struct source *s = zonefile_new();

	(void)state;
	make_folder();
	(void)snprintf(path, sizeof(path), "%s/production.yaml", dir);
	assert_int_equal(zonefile_load(s, path), AUDIT_OK);
	for (size_t i = 0; i < ARRAY_LEN(folder_rows); i++) {
		struct buf b;

		buf_init(&b, 65536);
		describe(&b, s, str_of(folder_rows[i].name), str_of(folder_rows[i].type));
		if (!str_eq(buf_str(&b), str_of(folder_rows[i].want)))
			fail_msg("%s: got '%.*s', want '%s'", folder_rows[i].name, (int)b.n, b.p,
			    folder_rows[i].want);
		buf_free(&b);
	}
	s->ops->free(s);
	(void)snprintf(path, sizeof(path), "rm -rf %s", dir);
	assert_int_equal(system(path), 0);
}

static void
test_suppressions_are_found(void **state)
{
	static const char text[] = "# mailvet-ignore ZONE001 all of\n_dmarc:\n  type: TXT\n"
				   "  value: v=DMARC1 # mailvet-ignore dmarc-no-policy for now\n"
				   "b:\n  type: TXT\n  value: 'x # mailvet-ignore A b'\n"
				   "c:\n  type: TXT\n  value: |-\n    # mailvet-ignore A b\n";
	struct source *s = zonefile_new();
	struct zone_ignore *ig;

	(void)state;
	assert_int_equal(zonefile_load_text(s, "example.com.yaml", STR(text)), AUDIT_OK);
	ig = ((struct zone_source *)s)->db.ignores;
	assert_non_null(ig);
	assert_true(str_eq(ig->id, STR("ZONE001")) && str_eq(ig->reason, STR("all of")));
	assert_true(ig->comment_line == 1 && ig->line == 2 && ig->end_line == 4);
	ig = ig->next;
	assert_non_null(ig);
	assert_true(str_eq(ig->id, STR("dmarc-no-policy")) && str_eq(ig->reason, STR("for now")));
	assert_true(ig->line == 4 && ig->end_line == 4);
	assert_null(ig->next);
	s->ops->free(s);
}

/* What a hostile file costs, and that nothing is read outside it. */
static void
test_hostile_files_are_bounded(void **state)
{
	static const char bomb[] =
	    "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
	    "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
	    "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n"
	    "g: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f,*f]\nh: [*g,*g,*g,*g,*g,*g,*g,*g,*g,*g]\n";
	struct arena a;
	struct doc d;
	struct buf b;

	(void)state;
	arena_init(&a, 0);
	doc_yaml(&a, STR(bomb), &d);
	assert_non_null(d.reason);
	doc_yaml(&a, STR("a: &a [*a]\n"), &d);
	assert_string_equal(d.reason, "holds itself");
	buf_init(&b, 1 << 20);
	for (size_t i = 0; i < 2 * MAX_DOC_DEPTH; i++)
		buf_addc(&b, '[');
	doc_yaml(&a, buf_str(&b), &d);
	assert_string_equal(d.reason, "is nested more deeply than is read");
	doc_json(&a, buf_str(&b), &d);
	assert_string_equal(d.reason, "is nested more deeply than is read");
	buf_free(&b);
	arena_free(&a);
}

/* Cut at every byte and every byte changed: faults stand inside the file. */
static void
test_a_damaged_file_stays_in_bounds(void **state)
{
	static const char text[] =
	    "'':\n- type: MX\n  values: &v\n  - {preference: 5, exchange: mx.a.}\n"
	    "- type: TXT\n  value: >-\n    \"v=spf1 \"\n    \"-all\"\n\n"
	    "a: !include x\nb:\n  type: MX\n  values: *v\nc:\n  type: TXT\n"
	    "  value: \"\\x41\\u00fc\\\n    b\"\n# mailvet-ignore A b\n";

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(text); i++) {
		char copy[sizeof(text)];
		size_t n = i < sizeof(text) ? i : sizeof(text) - 1;
		struct source *s = zonefile_new();
		struct buf b;

		memcpy(copy, text, sizeof(text));
		if (i >= sizeof(text))
			copy[i - sizeof(text)] ^= (char)0x15;
		load(s, "example.com.yaml", (struct str){ copy, n });
		buf_init(&b, 1 << 20);
		if (zonedb_apex(&((struct zone_source *)s)->db,
			&(struct name){ .n = 13, .w = "\7example\3com" }) != NULL)
			describe_faults(&b, s, STR("example.com"));
		buf_free(&b);
		s->ops->free(s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_habits_of_octodns),
		cmocka_unit_test(test_faults_stand_at_their_line),
		cmocka_unit_test(test_the_file_name_says_the_zone),
		cmocka_unit_test(test_every_byte_has_its_place),
		cmocka_unit_test(test_a_configuration_names_folders_and_zones),
		cmocka_unit_test(test_suppressions_are_found),
		cmocka_unit_test(test_hostile_files_are_bounded),
		cmocka_unit_test(test_a_damaged_file_stays_in_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
