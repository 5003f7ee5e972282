/* SPDX-License-Identifier: ISC */
/*
 * test_zonefile.c - zone files as a source: what is answered (RFC 1034 4.3.2,
 * RFC 4592, RFC 6672), what is left to others, faults, and files.
 */
#include "audit/sources/zonefile.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audit/error.h"

#define HEAD                                                                                       \
	"$ORIGIN example.com.\n$TTL 300\n@ SOA ns hostmaster 1 2 3 4 60\n@ NS ns\nns A "           \
	"192.0.2.53\n"

static struct answer *
ask_kind(struct source *s, enum question_kind kind, const char *name, uint16_t type)
{
	struct ticket t = { .q = { .kind = kind, .type = type } };
	struct answer *a = NULL;

	assert_int_equal(name_parse(str_of(name), &t.q.name), NAME_OK);
	return s->ops->ask(s, &t, &a) == SOURCE_ANSWERED ? a : NULL;
}

/* The answer in words: "found 192.0.2.1|...", "to NAME", its status, "not mine". */
static void
describe(struct buf *b, const struct answer *a)
{
	if (a == NULL) {
		buf_adds(b, "not mine");
		return;
	}
	assert_true(a->authoritative || a->status == ANSWER_FAILED);
	if (a->n_chain > 0) {
		buf_adds(b, "to ");
		name_print(b, &a->chain[0]);
		assert_int_equal(a->n_rr, 0);
		return;
	}
	buf_adds(b, status_name(a->status));
	for (size_t i = 0; i < a->n_rr; i++) {
		buf_addc(b, i == 0 ? ' ' : '|');
		rr_print(b, &a->rr[i]);
	}
	if (a->q.kind != ASK_NAMES)
		return;
	for (size_t i = 0; i < a->n_names; i++) {
		buf_addc(b, ' ');
		name_print(b, &a->names[i]);
	}
}

static void
expect(struct source *s, const char *name, const char *type, const char *want)
{
	struct answer *a;
	struct buf b;

	buf_init(&b, 1 << 20);
	if (strcmp(type, "names") == 0)
		a = ask_kind(s, ASK_NAMES, name, 0);
	else
		a = ask_kind(s, ASK_DNS, name, type_parse(str_of(type)));
	describe(&b, a);
	if (!str_eq(buf_str(&b), str_of(want)))
		fail_msg("%s %s: got '%.*s', want '%s'", name, type, (int)b.n, b.p, want);
	answer_unref(a);
	buf_free(&b);
}

/* clang-format off */
static const char whole[] = HEAD
    "@ MX 10 mx\n@ TXT \"v=spf1 -all\"\nmx A 192.0.2.1\n A 192.0.2.2\n"
    "alias CNAME mx\nout CNAME mail.example.net.\n"
    "a.b.ent A 192.0.2.3\n"
    "*.wild A 192.0.2.4\n*.wild TXT w\nhost.sub.wild A 192.0.2.5\n*.cw CNAME mx\n"
    "*.star.both A 192.0.2.6\nfoo.star.both TXT x\n"
    "child NS ns.child\nchild DS 1 8 2 AABB\nns.child A 192.0.2.7\n_dmarc.child TXT \"v=DMARC1; p=none\"\n"
    "flat CNAME mx\nflat TXT t\n"
    "d DNAME example.org.\nd TXT here\nbelow.d A 192.0.2.8\n"
    "lo\\.ng A 192.0.2.9\nUPPER A 192.0.2.10\n*.*.odd A 192.0.2.11\n";

static const struct {
	const char *name, *type, *want;
} answers[] = {
	{ "example.com", "MX", "found 10 mx.example.com." },
	{ "EXAMPLE.com", "TXT", "found \"v=spf1 -all\"" },
	{ "example.com", "A", "no data" },
	{ "example.com", "DS", "not mine" },
	{ "mx.example.com", "A", "found 192.0.2.1|192.0.2.2" },
	{ "mx.example.com", "AAAA", "no data" },
	{ "none.example.com", "A", "no such name" },
	{ "a.none.example.com", "A", "no such name" },
	{ "com", "A", "not mine" },
	{ ".", "NS", "not mine" },
	{ "example.net", "A", "not mine" },
	{ "notexample.com", "A", "not mine" },
	{ "alias.example.com", "A", "to mx.example.com" },
	{ "alias.example.com", "CNAME", "found mx.example.com." },
	{ "out.example.com", "MX", "to mail.example.net" },
	/* an empty non-terminal exists, and is a closest encloser */
	{ "ent.example.com", "A", "no data" },
	{ "b.ent.example.com", "TXT", "no data" },
	{ "c.ent.example.com", "A", "no such name" },
	/* RFC 4592 2.2.1 */
	{ "x.wild.example.com", "A", "found 192.0.2.4" },
	{ "x.y.wild.example.com", "A", "found 192.0.2.4" },
	{ "x.wild.example.com", "MX", "no data" },
	{ "wild.example.com", "A", "no data" },
	{ "*.wild.example.com", "TXT", "found \"w\"" },
	{ "sub.wild.example.com", "A", "no data" },
	{ "other.sub.wild.example.com", "A", "no such name" },
	{ "host.sub.wild.example.com", "TXT", "no data" },
	{ "x.cw.example.com", "A", "to mx.example.com" },
	{ "foo.star.both.example.com", "A", "no data" },
	{ "x.foo.star.both.example.com", "A", "no such name" },
	{ "x.*.odd.example.com", "A", "found 192.0.2.11" },
	/* zone cuts: only DS is ours */
	{ "child.example.com", "DS", "found \\# 6 00010802aabb" },
	{ "child.example.com", "NS", "not mine" },
	{ "child.example.com", "TXT", "not mine" },
	{ "_dmarc.child.example.com", "TXT", "not mine" },
	{ "ns.child.example.com", "A", "not mine" },
	{ "x.child.example.com", "DS", "not mine" },
	/* a name with a CNAME and data, as providers flatten it */
	{ "flat.example.com", "TXT", "found \"t\"" },
	{ "flat.example.com", "A", "to mx.example.com" },
	{ "d.example.com", "TXT", "found \"here\"" },
	{ "d.example.com", "A", "no data" },
	{ "a.b.d.example.com", "A", "to a.b.example.org" },
	{ "below.d.example.com", "A", "to below.example.org" },
	{ "lo\\.ng.example.com", "A", "found 192.0.2.9" },
	{ "lo.ng.example.com", "A", "no such name" },
	{ "upper.example.com", "A", "found 192.0.2.10" },
	{ "ent.example.com", "names", "found a.b.ent.example.com" },
	{ "child.example.com", "names", "not mine" },
	{ "wild.example.com", "names", "found *.wild.example.com host.sub.wild.example.com" },
	{ "gone.example.com", "names", "no such name" },
	{ "mx.example.com", "names", "found mx.example.com" },
	{ "example.net", "names", "not mine" },
};
/* clang-format on */

static void
test_answers(void **state)
{
	struct source *s = zonefile_new();

	(void)state;
	assert_int_equal(zonefile_load_text(s, "db", STR(whole)), 0);
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		struct name name;
		bool not_mine = strcmp(answers[i].want, "not mine") == 0;

		expect(s, answers[i].name, answers[i].type, answers[i].want);
		/* owning a name and answering for it are one; DS apart, which stands above */
		assert_int_equal(name_parse(str_of(answers[i].name), &name), NAME_OK);
		if (strcmp(answers[i].type, "DS") != 0 && s->ops->owns(s, &name) == not_mine)
			fail_msg("%s: owned, or not, against its answer", answers[i].name);
	}
	s->ops->free(s);
}

static void
test_negative_ttl_is_the_lesser_of_soa_ttl_and_minimum(void **state)
{
	struct source *s = zonefile_new();
	struct answer *a;

	(void)state;
	assert_int_equal(zonefile_load_text(s, "db", STR(HEAD)), 0);
	a = ask_kind(s, ASK_DNS, "none.example.com", RR_A);
	assert_int_equal(a->ttl_s, 60);
	assert_true(str_eq(a->from.source, STR("zone")));
	assert_true(str_eq(a->from.where, STR("db")));
	answer_unref(a);
	s->ops->free(s);
}

/* The longest apex answers, whatever the order; the parent has the DS. */
static void
test_several_zones(void **state)
{
	static const struct str parent =
	    STR(HEAD "child NS ns\nchild DS 1 8 2 AA\nx.child TXT parent\n");
	static const struct str child =
	    STR("$ORIGIN child.example.com.\n@ 60 SOA ns h 1 2 3 4 5\n@ NS ns\nx TXT child\n");

	(void)state;
	for (int order = 0; order < 2; order++) {
		struct source *s = zonefile_new();

		assert_int_equal(zonefile_load_text(s, "one", order == 0 ? parent : child), 0);
		assert_int_equal(zonefile_load_text(s, "two", order == 0 ? child : parent), 0);
		expect(s, "x.child.example.com", "TXT", "found \"child\"");
		expect(s, "child.example.com", "NS", "found ns.child.example.com.");
		expect(s, "child.example.com", "DS", "found \\# 5 00010802aa");
		expect(s, "y.child.example.com", "TXT", "no such name");
		s->ops->free(s);
	}
}

/* The same zone twice: the first file is used; a part without SOA is added. */
static void
test_same_zone_twice(void **state)
{
	struct source *s = zonefile_new();

	(void)state;
	assert_int_equal(zonefile_load_text(s, "one", STR(HEAD "a A 192.0.2.1\n")), 0);
	assert_int_equal(zonefile_load_text(s, "two", STR(HEAD "a A 192.0.2.2\n")), 0);
	assert_int_equal(
	    zonefile_load_text(s, "part", STR("$ORIGIN example.com.\nb A 192.0.2.3\n")), 0);
	expect(s, "a.example.com", "A", "found 192.0.2.1");
	expect(s, "b.example.com", "A", "found 192.0.2.3");
	s->ops->free(s);
}

static void
test_limits_of_answers(void **state)
{
	struct source *s = zonefile_new();
	struct buf b;
	char line[64];

	(void)state;
	buf_init(&b, 1 << 24);
	buf_adds(&b, HEAD);
	for (unsigned i = 0; i < 5000; i++) {
		(void)snprintf(line, sizeof(line), "n%u TXT x\nmany TXT t%u\n", i, i);
		buf_adds(&b, line);
	}
	assert_int_equal(zonefile_load_text(s, "db", buf_str(&b)), 0);
	expect(s, "example.com", "names", "failed");
	expect(s, "many.example.com", "TXT", "failed");
	expect(s, "n4999.example.com", "TXT", "found \"x\"");
	buf_free(&b);
	s->ops->free(s);
}

/* FAULTS of the zone of example.com as "code LINE:COLUMN owner 'text'; ..." */
static void
list_faults(struct buf *b, const struct answer *a)
{
	for (size_t i = 0; i < a->n_faults; i++) {
		const struct zone_fault *f = &a->faults[i];

		if (i > 0)
			buf_adds(b, "; ");
		buf_add(b, str_sub(f->code, 5, f->code.n));
		buf_addc(b, ' ');
		buf_addu(b, f->line);
		buf_addc(b, ':');
		buf_addu(b, f->column);
		buf_addc(b, ' ');
		if (f->owner.n > 0)
			name_print(b, &f->owner);
		buf_adds(b, " '");
		buf_add(b, f->text);
		buf_addc(b, '\'');
	}
}

#define LONG100                                                                                    \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
	"xxxxxxxxxxxx"

/* clang-format off */
static const struct {
	const char *name, *text, *want; /* TEXT begins on line 6, behind HEAD */
} faults[] = {
	{ "none", "", "" },
	{ "unknown type", "www ALIAS x.example.net.\n", "unparsed-line 6:5 www.example.com 'ALIAS'" },
	{ "bad address", "www A 192.0.2.256\n", "unparsed-line 6:7 www.example.com '192.0.2.256'" },
	{ "bad IPv6 address", "www AAAA 2001:db8::g\n", "unparsed-line 6:10 www.example.com '2001:db8::g'" },
	{ "bad TTL", "www 1x A 192.0.2.1\n", "unparsed-line 6:5 www.example.com '1x'" },
	{ "bad class", "www CH A 192.0.2.1\n", "unparsed-line 6:5 www.example.com 'CH'" },
	{ "no type", "www 300 IN\n", "unparsed-line 6:9 www.example.com 'IN'" },
	{ "no rdata", "www MX\n", "unparsed-mail-line 6:5 www.example.com 'MX'" },
	{ "rdata too short", "www MX 10\n", "unparsed-mail-line 6:8 www.example.com '10'" },
	{ "rdata too long", "www MX 10 mx x\n", "unparsed-mail-line 6:14 www.example.com 'x'" },
	{ "CNAME of a key", "s._domainkey CNAME\n", "unparsed-mail-line 6:14 s._domainkey.example.com 'CNAME'" },
	{ "CNAME of a web site", "www CNAME\n", "unparsed-line 6:5 www.example.com 'CNAME'" },
	{ "bad directive", "$FOO x\n", "unparsed-line 6:1  '$FOO'" },
	{ "bad $TTL", "$TTL x\n", "unparsed-line 6:6  'x'" },
	{ "bad owner", "a..b A 192.0.2.1\n A 192.0.2.2\n",
	  "unparsed-line 6:1  'a..b'; unparsed-line 7:2  'A'" },
	{ "quote", "www TXT \"abc\nx A 192.0.2.1\n", "unbalanced 6:9 www.example.com 'www TXT \"abc'" },
	{ "parenthesis", "www TXT ( a\nx A 192.0.2.1\n", "unbalanced 6:9 www.example.com 'www TXT ( a'" },
	{ "long string", "www TXT \"" LONG100 LONG100 LONG100 "\"\n",
	  "txt-too-long 6:9 www.example.com '" LONG100 LONG100 "'" },
	{ "comment in text", "_dmarc TXT v=DMARC1; p=none\n", "txt-comment 6:12 _dmarc.example.com 'v=DMARC1'" },
	{ "comment behind quotes", "_dmarc TXT \"v=DMARC1\"; p=none\n", "" },
	{ "CNAME and others", "www CNAME x.example.net.\nwww TXT a\nwww MX 10 ns\nwww TXT b\n",
	  "cname-and-other-data 6:11 www.example.com 'TXT, MX'" },
	{ "two CNAMEs", "www CNAME x.example.net.\nwww CNAME y.example.net.\n",
	  "cname-and-other-data 6:11 www.example.com 'another CNAME'" },
	{ "the same CNAME twice", "www CNAME x.example.net.\nwww CNAME X.example.net.\n", "" },
	{ "out of zone", "example.net. A 192.0.2.1\n", "out-of-zone 6:1 example.net ''" },
	{ "glue is not out of zone", "child NS ns.child\nns.child A 192.0.2.1\n", "" },
	{ "doubled origin", "_dmarc.example.com TXT \"v=DMARC1; p=none\"\n",
	  "doubled-origin 6:24 _dmarc.example.com.example.com '_dmarc.example.com'" },
	{ "doubled origin, no mail", "www.example.com A 192.0.2.1\n", "doubled-origin-other 6:19 www.example.com.example.com 'www.example.com'" },
	{ "missing dot", "@ MX 10 aspmx.l.example.net\n",
	  "missing-dot 6:6 example.com 'aspmx.l.example.net'" },
	{ "missing dot under an origin", "$ORIGIN sub.example.com.\n@ MX 10 aspmx.l.example.net\n",
	  "missing-dot 7:6 sub.example.com 'aspmx.l.example.net'" },
	{ "missing dot, own name", "@ MX 10 mx.example.com\nmx A 192.0.2.1\n",
	  "missing-dot 6:6 example.com 'mx.example.com'" },
	{ "missing dot, no mail", "www CNAME a.b.example.net\n",
	  "missing-dot-other 6:11 www.example.com 'a.b.example.net'" },
	{ "missing dot, a key", "s._domainkey CNAME s.dkim.example.net\n",
	  "missing-dot 6:20 s._domainkey.example.com 's.dkim.example.net'" },
	{ "relative and there", "@ MX 10 a.b.net\na.b.net A 192.0.2.1\n", "" },
	{ "relative, no host of others", "@ MX 10 a.b.lan\n@ MX 20 b.net\n", "" },
	{ "below a delegation", "eu NS ns.example.net.\n@ MX 10 a.b.net.eu\n", "" },
	{ "covered by a wildcard", "@ MX 10 a.b.net\n* A 192.0.2.1\n", "" },
	{ "hidden", "child NS ns.example.net.\n_dmarc.child TXT \"v=DMARC1; p=none\"\nchild TXT verify\n",
	  "hidden-record 7:18 _dmarc.child.example.com 'child.example.com'" },
	{ "hidden by a DNAME", "d DNAME example.net.\nx.d MX 10 ns\n", "hidden-record 7:8 x.d.example.com 'd.example.com'" },
	{ "include", "$INCLUDE nothing\n", "include 6:10 example.com 'nothing'" },
	{ "template", "{% include \"x\" %}\n", "unparsed-line 6:4 {%.example.com 'include'" },
};
/* clang-format on */

static void
test_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		struct source *s = zonefile_new();
		struct answer *a;
		struct buf text, got;

		buf_init(&text, 1 << 16);
		buf_init(&got, 1 << 16);
		buf_adds(&text, HEAD);
		buf_adds(&text, faults[i].text);
		assert_int_equal(zonefile_load_text(s, "db", buf_str(&text)), 0);
		a = ask_kind(s, ASK_ZONE, "example.com", 0);
		assert_non_null(a);
		assert_int_equal(a->status, ANSWER_FOUND);
		assert_int_equal(a->n_names, 1);
		list_faults(&got, a);
		if (!str_eq(buf_str(&got), str_of(faults[i].want)))
			fail_msg("%s: got \"%.*s\", want \"%s\"", faults[i].name, (int)got.n, got.p,
			    faults[i].want);
		answer_unref(a);
		buf_free(&text);
		buf_free(&got);
		s->ops->free(s);
	}
}

/* clang-format off */
static const struct {
	const char *name, *path, *text, *apex, *want; /* faults of the zone APEX */
} apexes[] = {
	{ "SOA", "x", "example.com. SOA ns.example.com. h. 1 2 3 4 5\nexample.com. NS ns.example.com.\n",
	  "example.com", "" },
	{ "$ORIGIN", "x", "$ORIGIN example.com.\n@ NS ns.example.net.\n", "example.com", "no-soa 0:0 example.com ''" },
	{ "file name", "dir/db.example.com", "@ NS ns.example.net.\nwww A 192.0.2.1\n", "example.com",
	  "no-soa 0:0 example.com ''" },
	{ "file name with an ending", "example.com.zone", "@ NS ns.example.net.\n", "example.com",
	  "no-soa 0:0 example.com ''" },
	{ "what records have in common", "x", "a.example.com. A 192.0.2.1\nb.example.com. A 192.0.2.1\n",
	  "example.com", "no-ns 0:0 example.com ''; no-soa 0:0 example.com ''" },
	{ "the file name speaks of another zone", "db.example.net", "$ORIGIN example.com.\n@ NS ns\n", "example.com",
	  "no-soa 0:0 example.com ''" },
	{ "SOA at the root", "example.com", "$ORIGIN .\n@ 60 SOA example.com. h. 1 2 3 4 5\nexample.com. NS x.\nwww.example.com. A 192.0.2.1\n",
	  "example.com", "" },
	{ "SOA at the root, no telling name", "x", "$ORIGIN .\n@ 60 SOA example.com. h. 1 2 3 4 5\nexample.com. NS x.\nwww.example.com. A 192.0.2.1\n",
	  "example.com", "" },
	{ "SOA that cannot be read", "x", "example.com. SOA ns.example.com. h. 20171130001 2 3 4 5\nexample.com. NS x.\n",
	  "example.com", "unparsed-line 1:37 example.com '20171130001'" },
	{ "SOA under a doubled origin", "example.com.zone", "example.com SOA ns h 1 2 3 4 5\n@ NS x.\n", "example.com",
	  "doubled-origin-other 1:17 example.com.example.com 'example.com'" },
	{ "the root itself", "x", ". SOA a. h. 1 2 3 4 5\n. NS a.\ncom. NS b.\n", ".", "" },
};
/* clang-format on */

static void
test_apex(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(apexes); i++) {
		struct source *s = zonefile_new();
		struct answer *a;
		struct name apex;
		struct buf got;

		buf_init(&got, 1 << 16);
		assert_int_equal(name_parse(str_of(apexes[i].apex), &apex), NAME_OK);
		assert_int_equal(zonefile_load_text(s, apexes[i].path, str_of(apexes[i].text)), 0);
		a = ask_kind(s, ASK_ZONE, apexes[i].apex, 0);
		if (a == NULL || a->n_names != 1 || !name_eq(&a->names[0], &apex))
			fail_msg("%s: another apex", apexes[i].name);
		list_faults(&got, a);
		if (!str_eq(buf_str(&got), str_of(apexes[i].want)))
			fail_msg("%s: got \"%.*s\", want \"%s\"", apexes[i].name, (int)got.n, got.p,
			    apexes[i].want);
		answer_unref(a);
		buf_free(&got);
		s->ops->free(s);
	}
}

/* Records of many domains without SOA: what is there is answered, nothing is absent. */
static void
test_loose_records(void **state)
{
	struct source *s = zonefile_new();

	(void)state;
	assert_int_equal(
	    zonefile_load_text(s, "includes",
		STR("$ORIGIN .\nspf.example.com. TXT \"v=spf1 -all\"\nexample.net. NS x.\n"
		    "a.example.net. CNAME b.example.org.\n")),
	    0);
	expect(s, "spf.example.com", "TXT", "found \"v=spf1 -all\"");
	expect(s, "spf.example.com", "A", "not mine");
	expect(s, "example.com", "TXT", "not mine");
	expect(s, "example.org", "TXT", "not mine");
	expect(s, "a.example.net", "TXT", "to b.example.org");
	s->ops->free(s);
}

static char dir[200];

static void
put_file(const char *name, const char *text)
{
	char path[256];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	assert_int_equal(fclose(f), 0);
}

static const char *
path_of(const char *name)
{
	static char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void
put_link(const char *name, const char *to)
{
	assert_int_equal(symlink(to, path_of(name)), 0);
}

static void
make_folder(void)
{
	const char *tmp = getenv("TMPDIR"); /* tests/run.sh removes it */

	(void)snprintf(dir, sizeof(dir), "%s/zone.XXXXXX", tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(dir));
	assert_int_equal(mkdir(path_of("zones"), 0700), 0);
	assert_int_equal(mkdir(path_of("zones/parts"), 0700), 0);
	put_file("secret", "secret A 192.0.2.66\n");
	put_file("zones/parts/mail", "mail A 192.0.2.1\n$ORIGIN other.example.\n@ A 192.0.2.1\n");
	put_file("zones/sibling", "sib A 192.0.2.2\n$INCLUDE sibling\n");
	put_file("zones/example.com.zone", HEAD
	    "$INCLUDE parts/mail\n$INCLUDE sibling\n$INCLUDE parts/mail sub\n$INCLUDE ../secret\n"
	    "$INCLUDE /etc/passwd\n$INCLUDE out\n$INCLUDE parts\n$ORIGIN gone\n$INCLUDE missing\n");
	put_file("zones/db.parked",
	    "$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns.example.com.\n@ TXT \"v=spf1 -all\"\n");
	put_file("zones/example.com.zone~", HEAD "old A 192.0.2.9\n");
	put_file("zones/.hidden", "hidden.example. A 192.0.2.9\n");
	put_file("zones/README.md", "example.org. A 192.0.2.9\n");
	put_file("zones/notes", "nothing to be read\n");
	put_link("zones/example.net", "db.parked");
	put_link("zones/example.org", "db.parked");
	put_link("zones/out", "../secret");
	put_link("zones/loop", "loop");
}

static void
test_folder(void **state)
{
	struct source *s = zonefile_new();
	struct answer *a;
	size_t n = 0;

	(void)state;
	assert_int_equal(zonefile_load(s, path_of("zones")), 0);
	expect(s, "mail.example.com", "A", "found 192.0.2.1");
	expect(s, "sib.example.com", "A", "found 192.0.2.2");
	expect(s, "mail.sub.example.com", "A", "found 192.0.2.1");
	expect(s, "secret.example.com", "A", "failed");
	expect(s, "old.example.com", "A", "failed");
	expect(s, "example.net", "TXT", "found \"v=spf1 -all\"");
	expect(s, "example.org", "TXT", "found \"v=spf1 -all\"");
	expect(s, "x.example.org", "TXT", "no such name");
	expect(s, "hidden.example", "A", "not mine");
	a = ask_kind(s, ASK_ZONE, "example.com", 0);
	for (size_t i = 0; i < a->n_faults; i++)
		n += str_eq(a->faults[i].code, STR("zone-include"));
	/* the sibling that includes itself, to the depth allowed; and the five that may not be read
	 */
	assert_int_equal(n, 6);
	answer_unref(a);
	s->ops->free(s);
}

/* What could not be included may hold what is asked below its origin, and nothing else. */
static void
test_missing_include_is_not_absence(void **state)
{
	struct source *s = zonefile_new();

	(void)state;
	assert_int_equal(
	    zonefile_load_text(
		s, "db", STR(HEAD "a.sub A 192.0.2.1\n$ORIGIN sub.example.com.\n$INCLUDE gone\n")),
	    0);
	expect(s, "x.sub.example.com", "A", "failed");
	expect(s, "a.sub.example.com", "TXT", "failed");
	expect(s, "a.sub.example.com", "A", "found 192.0.2.1");
	expect(s, "x.example.com", "A", "no such name");
	s->ops->free(s);
}

static void
test_what_cannot_be_loaded(void **state)
{
	struct source *s = zonefile_new();

	(void)state;
	assert_int_equal(zonefile_load(s, path_of("none")), AUDIT_EREAD);
	assert_int_equal(zonefile_load(s, path_of("zones/parts/none")), AUDIT_EREAD);
	assert_int_equal(zonefile_load(s, path_of("zones/notes")), AUDIT_EEMPTY);
	put_file("empty", "");
	assert_int_equal(zonefile_load(s, path_of("empty")), AUDIT_EEMPTY);
	assert_int_equal(mkdir(path_of("bare"), 0700), 0);
	assert_int_equal(zonefile_load(s, path_of("bare")), AUDIT_EEMPTY);
	s->ops->free(s);
}

/* Cut at every byte and every byte changed: no crash, and what is told lies in the file. */
static void
test_any_bytes(void **state)
{
	static const char bytes[] = { '\0', '\n', '"', '\\', '(', ';', '$', '.', '9', '\xff' };
	size_t n = sizeof(whole) - 1;
	char *copy = malloc(n);

	(void)state;
	for (size_t k = 0; k < 2 * n; k++) {
		struct source *s = zonefile_new();
		size_t len = k < n ? k : n;

		memcpy(copy, whole, n);
		if (k >= n)
			copy[k - n] = bytes[k % sizeof(bytes)];
		if (zonefile_load_text(s, "db", (struct str){ copy, len }) == 0) {
			struct answer *a = ask_kind(s, ASK_ZONE, "example.com", 0);

			for (size_t i = 0; a != NULL && i < a->n_faults; i++)
				assert_true(a->faults[i].line <= 40);
			answer_unref(a);
		}
		s->ops->free(s);
	}
	free(copy);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_negative_ttl_is_the_lesser_of_soa_ttl_and_minimum),
		cmocka_unit_test(test_several_zones),
		cmocka_unit_test(test_same_zone_twice),
		cmocka_unit_test(test_limits_of_answers),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_apex),
		cmocka_unit_test(test_loose_records),
		cmocka_unit_test(test_folder),
		cmocka_unit_test(test_missing_include_is_not_absence),
		cmocka_unit_test(test_what_cannot_be_loaded),
		cmocka_unit_test(test_any_bytes),
	};

	make_folder();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
