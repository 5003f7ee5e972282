/* SPDX-License-Identifier: ISC */
/*
 * test_zonelex.c - zone file text into entries: quotes, escapes, parentheses,
 * comments, and how it goes on after a fault.
 */
#include "audit/sources/zonelex.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include "checks/core/buf.h"

/*
 * WANT: an entry a line, its tokens as LINE:COLUMN[text] or LINE:COLUMN"text", blank first as '_'.
 */
/* clang-format off */
static const struct row {
	const char *name, *input, *want;
} rows[] = {
	{ "empty", "", "" },
	{ "only blanks and comments", " \t\r\n; x\n\n", "" },
	{ "words", "a IN A 192.0.2.1\n", "1:1[a] 1:3[IN] 1:6[A] 1:8[192.0.2.1]\n" },
	{ "no newline at the end", "a b", "1:1[a] 1:3[b]\n" },
	{ "carriage return", "a b\r\nc\r\n", "1:1[a] 1:3[b]\n2:1[c]\n" },
	{ "byte order mark", "\xef\xbb\xbf" "a b\n", "1:1[a] 1:3[b]\n" },
	{ "blank first", " NS x\n", "_ 1:2[NS] 1:5[x]\n" },
	{ "comment", "a b;c d\n", "1:1[a] 1:3[b];\n" },
	{ "comment behind a blank", "a b ;c d\n", "1:1[a] 1:3[b]\n" },
	{ "quoted", "a \"b c;(\" d\n", "1:1[a] 1:3\"b c;(\" 1:11[d]\n" },
	{ "quoted, side by side", "\"a\"\"b\"\n", "1:1\"a\" 1:4\"b\"\n" },
	{ "empty quoted", "a \"\"\n", "1:1[a] 1:3\"\"\n" },
	{ "escaped quote", "\"a\\\"b\" c\n", "1:1\"a\\\"b\" 1:8[c]\n" },
	{ "escaped semicolon", "a\\;b c\n", "1:1[a\\;b] 1:6[c]\n" },
	{ "escape at the end of a line", "a\\\nb\n", "1:1[a\\]\n2:1[b]\n" },
	{ "value of a service parameter", "a alpn=\"h2,h3\" b\n", "1:1[a] 1:3[alpn=\"h2,h3\"] 1:16[b]\n" },
	{ "parentheses", "a (b\n  c) d\ne\n", "1:1[a] 1:4[b] 2:3[c] 2:6[d]\n3:1[e]\n" },
	{ "nested parentheses", "a ((b\n)\nc)\nd\n", "1:1[a] 1:5[b] 3:1[c]\n4:1[d]\n" },
	{ "comment in parentheses", "a ( b ; )\n c )\n", "1:1[a] 1:5[b] 2:2[c]\n" },
	{ "quote not closed", "a \"b c\nd\n", "1:1[a] 1:3\"b c\" !quote 1:3\n2:1[d]\n" },
	{ "quote not closed, carriage return", "a \"b\r\nd\n", "1:1[a] 1:3\"b\" !quote 1:3\n2:1[d]\n" },
	{ "closed, not opened", "a ) b\nc\n", "1:1[a] 1:5[b] !close 1:3\n2:1[c]\n" },
	{ "only a closing one", ")\n", "!close 1:1\n" },
	{ "opened, not closed", "a TXT ( \"x\"\n \"y\"\nb IN A c\nd A e\n",
	  "1:1[a] 1:3[TXT] 1:9\"x\" 2:2\"y\" !open 1:7\n3:1[b] 3:3[IN] 3:6[A] 3:8[c]\n4:1[d] 4:3[A] 4:5[e]\n" },
	{ "opened, not closed, a directive next", "a TXT ( \"x\"\n$TTL 5\n",
	  "1:1[a] 1:3[TXT] 1:9\"x\" !open 1:7\n2:1[$TTL] 2:6[5]\n" },
	{ "opened, not closed, at the end", "a TXT ( \"x\"\n", "1:1[a] 1:3[TXT] 1:9\"x\" !open 1:7\n" },
	{ "opened in a line whose quote is open too", "a TXT ( \"x )\nb IN A c\n",
	  "1:1[a] 1:3[TXT] 1:9\"x )\" !quote 1:9\n2:1[b] 2:3[IN] 2:6[A] 2:8[c]\n" },
};

static const struct {
	const char *raw, *want; /* NULL = a bad escape */
} escapes[] = {
	{ "abc", "abc" }, { "a\\;b", "a;b" }, { "\\\\", "\\" }, { "\\065\\\"", "A\"" }, { "\\255", "\xff" },
	{ "\\256", NULL }, { "\\25", NULL }, { "\\2x5", NULL }, { "a\\", NULL }, { "", "" },
};
/* clang-format on */

static const char *const fault_names[] = { "", "quote", "open", "close", "many" };

static void
print_entry(struct buf *b, const struct zone_entry *e)
{
	char text[64];

	if (e->blank)
		buf_adds(b, "_ ");
	for (size_t i = 0; i < e->n; i++) {
		const struct ztoken *t = &e->token[i];

		(void)snprintf(text, sizeof(text), "%u:%u%c", (unsigned)t->line,
		    (unsigned)t->column, t->quoted ? '"' : '[');
		buf_adds(b, text);
		buf_add(b, t->raw);
		buf_addc(b, t->quoted ? '"' : ']');
		if (t->before_comment)
			buf_addc(b, ';');
		if (i + 1 < e->n || e->fault != ZONELEX_OK)
			buf_addc(b, ' ');
	}
	if (e->fault != ZONELEX_OK) {
		(void)snprintf(text, sizeof(text), "!%s %u:%u", fault_names[e->fault],
		    (unsigned)e->fault_line, (unsigned)e->fault_column);
		buf_adds(b, text);
	}
	buf_addc(b, '\n');
}

static void
lex_all(struct buf *b, struct str text)
{
	struct zonelex lx;
	struct zone_entry e;

	zonelex_init(&lx, text);
	while (zonelex_next(&lx, &e))
		print_entry(b, &e);
	zonelex_free(&lx);
}

static void
test_entries(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf b;

		buf_init(&b, 1 << 16);
		lex_all(&b, str_of(rows[i].input));
		if (!str_eq(buf_str(&b), str_of(rows[i].want)))
			fail_msg(
			    "%s: got\n%.*s, want\n%s", rows[i].name, (int)b.n, b.p, rows[i].want);
		buf_free(&b);
	}
}

static void
test_escapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(escapes); i++) {
		struct str raw = str_of(escapes[i].raw);
		char got[16];
		size_t pos = 0, n = 0;
		uint8_t c;

		while (zonelex_byte(raw, &pos, &c))
			got[n++] = (char)c;
		if ((pos == raw.n) != (escapes[i].want != NULL))
			fail_msg("%s: ended at %zu", escapes[i].raw, pos);
		if (escapes[i].want != NULL &&
		    !str_eq((struct str){ got, n }, str_of(escapes[i].want)))
			fail_msg("%s: got %.*s", escapes[i].raw, (int)n, got);
	}
}

/* Every token lies in the text, on its line and column; lines only grow. */
static void
check_places(struct str text)
{
	struct zonelex lx;
	struct zone_entry e;
	uint32_t line = 0;

	zonelex_init(&lx, text);
	while (zonelex_next(&lx, &e)) {
		assert_true(e.line > line || line == 0);
		line = e.line;
		for (size_t i = 0; i < e.n; i++) {
			const struct ztoken *t = &e.token[i];
			const char *start = t->raw.p - (t->quoted ? 1 : 0);

			assert_true(t->raw.p >= text.p);
			assert_true(t->raw.p + t->raw.n <= text.p + text.n);
			assert_true(t->line >= e.line);
			assert_true(t->end_column > t->column);
			assert_true((size_t)(start - text.p) + 1 >= t->column);
			if (t->column <= (size_t)(start - text.p) && t->line > 1)
				assert_int_equal(start[-(ptrdiff_t)t->column], '\n');
		}
	}
	assert_int_equal(lx.pos, text.n);
	zonelex_free(&lx);
}

/* Cut at every byte and every byte changed: in bounds, and it ends. */
static void
test_any_bytes(void **state)
{
	static const char bytes[] = { '\0', '\n', '"', '\\', '(', ')', ';', ' ', '\r', '\xff' };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t n = strlen(rows[i].input);
		char *copy = malloc(n + 1);

		for (size_t k = 0; k <= n; k++) {
			char *exact = malloc(k == 0 ? 1 : k);

			memcpy(exact, rows[i].input, k);
			check_places((struct str){ exact, k });
			free(exact);
		}
		for (size_t k = 0; k < n; k++)
			for (size_t c = 0; c < sizeof(bytes); c++) {
				memcpy(copy, rows[i].input, n);
				copy[k] = bytes[c];
				check_places((struct str){ copy, n });
			}
		free(copy);
	}
}

static void
test_tokens_are_bounded(void **state)
{
	size_t n = 2 * (MAX_ZONE_TOKENS + 1);
	char *text = malloc(n);
	struct zonelex lx;
	struct zone_entry e;

	(void)state;
	for (size_t i = 0; i < n; i++)
		text[i] = i % 2 == 0 ? 'a' : ' ';
	zonelex_init(&lx, (struct str){ text, 2 * MAX_ZONE_TOKENS });
	assert_true(zonelex_next(&lx, &e));
	assert_int_equal(e.n, MAX_ZONE_TOKENS);
	assert_int_equal(e.fault, ZONELEX_OK);
	zonelex_free(&lx);
	zonelex_init(&lx, (struct str){ text, n });
	assert_true(zonelex_next(&lx, &e));
	assert_int_equal(e.n, MAX_ZONE_TOKENS);
	assert_int_equal(e.fault, ZONELEX_MANY);
	zonelex_free(&lx);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_any_bytes),
		cmocka_unit_test(test_tokens_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
