/* SPDX-License-Identifier: ISC */
/*
 * test_zoneread.c - zone file text to records: rdata of each type, owners,
 * TTLs, directives, and where each byte of a TXT stands.
 */
#include "audit/sources/zoneread.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include <stdio.h>

/* clang-format off */
/* One record behind "$ORIGIN example.com.": OWNER TTL TYPE WIRE in hex, or the reason it is refused. */
static const struct {
	const char *line, *want;
} rows[] = {
	{ "@ 5 IN A 192.0.2.1", "example.com 5 A c0000201" },
	{ "@ IN 5 A 192.0.2.1", "example.com 5 A c0000201" },
	{ "@ A 192.0.2.1", "example.com 3600 A c0000201" },
	{ "@ 1h30m A 192.0.2.1", "example.com 5400 A c0000201" },
	{ "@ 1W2D A 192.0.2.1", "example.com 777600 A c0000201" },
	{ "@ 2147483647 A 192.0.2.1", "example.com 2147483647 A c0000201" },
	{ "@ 2147483648 A 192.0.2.1", "is not a TTL" },
	{ "@ 5x A 192.0.2.1", "is not a TTL" },
	{ "@ CLASS1 TYPE1 \\# 4 c0000201", "example.com 3600 A c0000201" },
	{ "@ A \\# 3 c00002", "example.com 3600 A c00002" },
	{ "@ A \\# 4 c00002", "the length told is not that of the rdata" },
	{ "@ A \\# 4 c000020", "an odd number of hexadecimal digits" },
	{ "@ A \\# x c0000201", "is not the length of the rdata" },
	{ "@ MX \\# 3 000a00", "names in RFC 3597 form are not read" },
	{ "@ TXT \\# 3 026162", "example.com 3600 TXT 026162" },
	{ "@ TXT \\# 3 036162", "is not made of character-strings" },
	{ "@ TYPE65534 \\# 2 ab CD", "example.com 3600 TYPE65534 abcd" },
	{ "@ TYPE65534 \\# 0", "example.com 3600 TYPE65534 " },
	{ "@ TYPE65536 \\# 1 00", "is not a record type" },
	{ "@ TYPE0 \\# 1 00", "is not a record type" },
	{ "@ ALIAS x.example.net.", "is a type of few name servers; where one of these serves the zone, it is right" },
	{ "@ ANY x", "is not a record type" },
	{ "@ AXFR x", "is not a record type" },
	{ "@ OPT x", "is not a record type" },
	{ "@ \"A\" 192.0.2.1", "is not a record type" },
	{ "@ A 192.0.2.01", "is not an IPv4 address" },
	{ "@ AAAA 2001:db8::1", "example.com 3600 AAAA 20010db8000000000000000000000001" },
	{ "@ AAAA 192.0.2.1", "is not an IPv6 address" },
	{ "@ MX 10 mx", "example.com 3600 MX 000a026d78076578616d706c6503636f6d00" },
	{ "@ MX 65536 mx", "is not a number from 0 to 65535" },
	{ "@ MX 0 .", "example.com 3600 MX 000000" },
	{ "@ MX 10 a..b", "is not a domain name" },
	{ "@ MX 10", "a field is missing" },
	{ "@ MX 10 mx x", "is more than the type has room for" },
	{ "@ NS @", "example.com 3600 NS 076578616d706c6503636f6d00" },
	{ "@ CNAME X.Example.ORG.", "example.com 3600 CNAME 0178076578616d706c65036f726700" },
	{ "@ PTR a\\.b.", "example.com 3600 PTR 03612e6200" },
	{ "@ SRV 1 2 443 t.", "example.com 3600 SRV 0001000201bb017400" },
	{ "@ SOA a. b. 1 2h 3 4 5", "example.com 5 SOA 01610001620000000001" "00001c20000000030000000400000005" },
	{ "@ SOA a. b. 4294967296 2 3 4 5", "is not a number of 32 bits" },
	{ "@ CAA 0 issue \"ca.example.net\"", "example.com 3600 CAA 000569737375656361" "2e6578616d706c652e6e6574" },
	{ "@ CAA 256 issue x", "is not a number from 0 to 255" },
	{ "@ CAA 0 is-sue x", "is not a property tag" },
	{ "_25._tcp TLSA 3 1 1 AB cd", "_25._tcp.example.com 3600 TLSA 030101abcd" },
	{ "@ TLSA 3 1 1 abc", "an odd number of hexadecimal digits" },
	{ "@ TLSA 3 1 1 xy", "is not hexadecimal" },
	{ "@ TXT abc \"d e\"", "example.com 3600 TXT 036162630364" "2065" },
	{ "@ SPF x", "example.com 3600 SPF 0178" },
	{ "@ TXT \"\"", "example.com 3600 TXT 00" },
	{ "@ TXT", "the text is missing" },
	{ "@ TXT \"a\\\"\\;\\009\"", "example.com 3600 TXT 0461223b09" },
	{ "@ TXT \"a\\256\"", "has a bad escape" },
	{ "@ HTTPS 1 . alpn=\"h2\"", "example.com 3600 TYPE65 0001000001000302" "6832" },
	{ "@ SSHFP 1 1 aabb", "example.com 3600 TYPE44 0101aabb" },
	{ "@ NAPTR 1 2 s s s x", "example.com 3600 TYPE35 000100020173017301730178076578616d706c6503636f6d00" },
	{ "@ LOC nonsense", "is not rdata of this type" },
	{ "@ NAPTR 1 2 s s s \xff", "is not rdata of this type" },
	{ "@ IN", "the record type is missing" },
	{ "@ CH TXT x", "is not the class IN" },
};
/* clang-format on */

static struct zone_text *
read_text(struct zone_load *l, struct arena *a, struct str text)
{
	struct name none = { .n = 0 };

	zone_load_init(l, a, STR(""));
	return zoneread_text(l, STR("db"), &none, text);
}

static void
print_record(struct buf *b, const struct zone_record *r)
{
	struct name owner = name_of_wire(r->owner);
	char text[32];

	name_print(b, &owner);
	(void)snprintf(text, sizeof(text), " %u ", (unsigned)r->rr.ttl_s);
	buf_adds(b, text);
	type_print(b, r->rr.type);
	buf_addc(b, ' ');
	for (size_t i = 0; i < r->rr.data.n; i++) {
		(void)snprintf(text, sizeof(text), "%02x", (unsigned)(uint8_t)r->rr.data.p[i]);
		buf_adds(b, text);
	}
}

static void
test_records(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a;
		struct zone_load l;
		struct zone_text *t;
		struct buf text, got;

		arena_init(&a, 0);
		buf_init(&text, 4096);
		buf_init(&got, 4096);
		buf_adds(&text, "$ORIGIN example.com.\n");
		buf_adds(&text, rows[i].line);
		t = read_text(&l, &a, buf_str(&text));
		if (t->first != NULL)
			print_record(&got, t->first);
		else if (t->faults.first != NULL && t->faults.first->f.reason != NULL)
			buf_adds(&got, t->faults.first->f.reason);
		if (!str_eq(buf_str(&got), str_of(rows[i].want)))
			fail_msg("%s: got '%.*s', want '%s'", rows[i].line, (int)got.n, got.p,
			    rows[i].want);
		zone_load_free(&l);
		buf_free(&text);
		buf_free(&got);
		arena_free(&a);
	}
}

/* clang-format off */
/* A text, and its records as "owner ttl" or faults as "!line". */
static const struct {
	const char *name, *text, *want;
} texts[] = {
	{ "owner of the line before", "a.x. A 192.0.2.1\n  A 192.0.2.2\nb.x. A 192.0.2.3\n\tA 192.0.2.4\n", "a.x 3600, a.x 3600, b.x 3600, b.x 3600" },
	{ "no owner yet", "  A 192.0.2.1\nb.x. A 192.0.2.1\n", "!1, b.x 3600" },
	{ "relative without origin", "a A 192.0.2.1\nb.x. A 192.0.2.1\n", "!1, b.x 3600" },
	{ "an owner that is refused is nobody's", "a.x. A 192.0.2.1\nb..x. A 192.0.2.1\n A 192.0.2.2\n", "!2, !3, a.x 3600" },
	{ "$ORIGIN", "$ORIGIN x.\na A 192.0.2.1\n$ORIGIN y\na A 192.0.2.1\n@ A 192.0.2.1\n$ORIGIN z.\na A 192.0.2.1\n", "a.x 3600, a.y.x 3600, y.x 3600, a.z 3600" },
	{ "$ORIGIN without a dot and without one before", "$ORIGIN x.y\na A 192.0.2.1\n", "a.x.y 3600" },
	{ "same text, other origin", "$ORIGIN x.\n@ A 192.0.2.1\n$ORIGIN y.\n@ A 192.0.2.1\n", "x 3600, y 3600" },
	{ "$TTL", "a.x. 7 A 192.0.2.1\na.x. A 192.0.2.2\n$TTL 1h\na.x. A 192.0.2.3\na.x. 8 A 192.0.2.4\na.x. A 192.0.2.5\n", "a.x 7, a.x 7, a.x 3600, a.x 8, a.x 3600" },
	{ "TTL of the SOA minimum", "a.x. SOA a. b. 1 2 3 4 99\na.x. A 192.0.2.2\n", "a.x 99, a.x 99" },
	{ "SOA over lines", "a.x. SOA a. b. ( 1 ; serial\n 2 3\n 4 99 ) ; end\na.x. A 192.0.2.2\n", "a.x 99, a.x 99" },
	{ "$GENERATE", "$ORIGIN x.\n$GENERATE 1-3 h$ A 192.0.2.$\n", "h1.x 3600, h2.x 3600, h3.x 3600" },
	{ "$GENERATE with a step, an offset and hex", "$ORIGIN x.\n$GENERATE 8-10/2 h${2,3,x}-\\$ 60 IN TXT \"v $\"\n", "h00a-\\$.x 60, h00c-\\$.x 60" },
	{ "$GENERATE nibbles", "$ORIGIN x.\n$GENERATE 16-17 ${0,3,n} PTR a$.\n", "0.1.x 3600, 1.1.x 3600" },
	{ "$GENERATE, no range", "$GENERATE 3-1 h$ A 192.0.2.$\na.x. A 192.0.2.2\n", "!1, a.x 3600" },
	{ "$GENERATE, refused once", "$ORIGIN x.\n$GENERATE 250-260 h$ A 192.0.2.$\n", "!2, h250.x 3600, h251.x 3600, h252.x 3600, h253.x 3600, h254.x 3600, h255.x 3600" },
	{ "$GENERATE makes no $GENERATE", "$ORIGIN x.\n$GENERATE 1-2 $GENERATE 1-2 a$ A 192.0.2.1\na A 192.0.2.2\n", "!2, a.x 3600" },
	{ "goes on after a fault", "a.x. A 1\nb.x. MX\nc.x. TXT \"a\nd.x. A 192.0.2.1\n", "!1, !2, !3, c.x 3600, d.x 3600" },
};
/* clang-format on */

static void
describe(struct buf *b, const struct zone_text *t)
{
	char text[32];

	for (const struct zone_fault_item *i = t->faults.first; i != NULL; i = i->next) {
		(void)snprintf(
		    text, sizeof(text), "%s!%u", b->n > 0 ? ", " : "", (unsigned)i->f.line);
		buf_adds(b, text);
	}
	for (const struct zone_record *r = t->first; r != NULL; r = r->next) {
		struct name owner = name_of_wire(r->owner);

		buf_adds(b, b->n > 0 ? ", " : "");
		name_print(b, &owner);
		(void)snprintf(text, sizeof(text), " %u", (unsigned)r->rr.ttl_s);
		buf_adds(b, text);
	}
}

static void
test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct arena a;
		struct zone_load l;
		struct buf got;

		arena_init(&a, 0);
		buf_init(&got, 4096);
		describe(&got, read_text(&l, &a, str_of(texts[i].text)));
		if (!str_eq(buf_str(&got), str_of(texts[i].want)))
			fail_msg("%s: got '%.*s', want '%s'", texts[i].name, (int)got.n, got.p,
			    texts[i].want);
		zone_load_free(&l);
		buf_free(&got);
		arena_free(&a);
	}
}

/* Every byte of a TXT is found again in the file by its runs (answer.h). */
static void
test_every_byte_of_a_text_has_its_place(void **state)
{
	static const char text[] =
	    "a.x. TXT (\"ab\\\"c\" ; comment\n   de\\;f \"\"\n\"g\\065\\066h\" )\n";
	static const char *const want[] = { "1:12", "1:13", "1:14", "1:16", "2:4", "2:5", "2:6",
		"2:8", "3:2", "3:3", "3:7", "3:11" };
	struct arena a;
	struct zone_load l;
	const struct rr *rr;
	size_t run = 0;

	(void)state;
	arena_init(&a, 0);
	rr = &read_text(&l, &a, STR(text))->first->rr;
	assert_int_equal(rr->line, 1);
	assert_int_equal(rr->column, 11);
	assert_int_equal(rr->end_line, 3);
	assert_int_equal(rr->end_column, 13);
	for (uint32_t i = 0; i < ARRAY_LEN(want); i++) {
		char got[32];

		while (run + 1 < rr->n_pos && rr->pos[run + 1].offset <= i)
			run++;
		(void)snprintf(got, sizeof(got), "%u:%u", (unsigned)rr->pos[run].line,
		    (unsigned)(rr->pos[run].column + i - rr->pos[run].offset));
		if (strcmp(got, want[i]) != 0)
			fail_msg("byte %u: got %s, want %s", (unsigned)i, got, want[i]);
	}
	for (size_t i = 1; i < rr->n_pos; i++)
		assert_true(rr->pos[i].offset > rr->pos[i - 1].offset);
	zone_load_free(&l);
	arena_free(&a);
}

/* A text of N bytes in one string: cut into strings of 255, or refused. */
static void
read_long(size_t n, bool taken)
{
	struct arena a;
	struct zone_load l;
	struct zone_text *t;
	struct buf b;

	arena_init(&a, 0);
	buf_init(&b, 1 << 20);
	buf_adds(&b, "a.x. TXT \"");
	for (size_t i = 0; i < n; i++)
		buf_addc(&b, 'x');
	buf_adds(&b, "\"\n");
	t = read_text(&l, &a, buf_str(&b));
	assert_int_equal(t->n, taken ? 1 : 0);
	assert_int_equal(t->faults.n, !taken || n > 255 ? 1 : 0);
	if (taken) {
		assert_int_equal(t->first->rr.data.n, n + (n == 0 ? 1 : (n + 254) / 255));
		assert_int_equal((uint8_t)t->first->rr.data.p[0], n < 255 ? n : 255);
	}
	zone_load_free(&l);
	buf_free(&b);
	arena_free(&a);
}

static void
test_long_texts(void **state)
{
	static const size_t taken[] = { 0, 1, 254, 255, 256, 510, 511, 65279 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(taken); i++)
		read_long(taken[i], true);
	read_long(65280, false); /* 256 strings: 65,536 octets of rdata */
	read_long(200000, false);
}

static void
test_limits(void **state)
{
	struct arena a;
	struct zone_load l;
	struct zone_text *t;
	struct buf b;

	(void)state;
	arena_init(&a, 0);
	t = read_text(&l, &a, STR("$ORIGIN x.\n$GENERATE 0-99999 h$ A 192.0.2.1\n"));
	assert_int_equal(t->n, MAX_GENERATED);
	assert_int_equal(t->faults.n, 1);
	zone_load_free(&l);
	buf_init(&b, 1 << 20);
	for (size_t i = 0; i < MAX_ZONE_FAULTS + 1; i++)
		buf_adds(&b, "a.x. A 1\n");
	t = read_text(&l, &a, buf_str(&b));
	assert_int_equal(t->faults.n, MAX_ZONE_FAULTS + 1);
	for (struct zone_fault_item *i = t->faults.first; i != NULL; i = i->next)
		t->faults.n--;
	assert_int_equal(t->faults.n, 1);
	zone_load_free(&l);
	buf_free(&b);
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_every_byte_of_a_text_has_its_place),
		cmocka_unit_test(test_long_texts),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
