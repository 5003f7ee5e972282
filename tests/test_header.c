/* SPDX-License-Identifier: ISC */
/*
 * test_header.c - messages read apart, sound ones and any other bytes.
 */
#include "checks/header.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "checks/core/buf.h"

#define BIG ((size_t)10 << 20)

/* H as one line: "name=value|...|+flags#body", values unfolded. */
static void
describe(struct arena *a, const struct header *h, struct buf *b)
{
	buf_reset(b);
	for (size_t i = 0; i < h->n; i++) {
		buf_add(b, h->fields[i].name);
		buf_addc(b, '=');
		buf_add(b, header_unfold(a, h->fields[i].value));
		buf_addc(b, '|');
	}
	buf_adds(b, h->no_end ? "+noend" : "");
	buf_adds(b, h->bare_lf ? "+lf" : "");
	buf_adds(b, h->nul ? "+nul" : "");
	buf_adds(b, h->bad_line ? "+bad" : "");
	buf_adds(b, h->long_line ? "+long" : "");
	buf_adds(b, h->cut ? "+cut" : "");
	buf_addc(b, '#');
	buf_add(b, h->body);
}

/* clang-format off */
static const struct {
	struct str in, want;
} rows[] = {
	{ STR(""), STR("+noend#") },
	{ STR("\r\n"), STR("#") },
	{ STR("A: b\r\n\r\nbody\r\n"), STR("A=b|#body\r\n") },
	{ STR("A: b\r\n\r\n"), STR("A=b|#") },
	{ STR("A: b\r\n"), STR("A=b|+noend#") },
	{ STR("A: b"), STR("A=b|+noend#") },
	{ STR("A:b\r\nC:\r\n\r\n"), STR("A=b|C=|#") },
	{ STR("A: b\r\n c\r\n\td\r\nE: f\r\n\r\n"), STR("A=b c\td|E=f|#") },
	{ STR("A:\r\n b\r\n\r\n"), STR("A=b|#") },
	{ STR("A: b\r\n \r\n\r\nx"), STR("A=b|#x") },			/* a line of blanks continues */
	{ STR("A : b\r\n\r\n"), STR("A=b|#") },				/* RFC 5322 4.5.8 */
	{ STR("A: b: c\r\n\r\n"), STR("A=b: c|#") },
	{ STR("A: b\n\nbody\n"), STR("A=b|+lf#body\n") },
	{ STR("A: b\r\n\r\nx\ny\r\n"), STR("A=b|+lf#x\ny\r\n") },	/* in the body too */
	{ STR("A: b\0c\r\n\r\n"), STR("A=b\0c|+nul#") },
	{ STR("A: b\r\n\r\n\0"), STR("A=b|+nul#\0") },
	{ STR("A: b\r\nno field\r\nC: d\r\n\r\n"), STR("A=b|C=d|+bad#") },
	{ STR("A: b\r\nno field\r\n c\r\nD: e\r\n\r\n"), STR("A=b|D=e|+bad#") },
	{ STR(" A: b\r\nC: d\r\n\r\n"), STR("C=d|+bad#") },
	{ STR(": b\r\nC: d\r\n\r\n"), STR("C=d|+bad#") },
	{ STR("A b: c\r\n\r\n"), STR("+bad#") },
	{ STR("\xc3\xa9: c\r\n\r\n"), STR("+bad#") },
	{ STR("A: \xc3\xa9\r\n\r\n"), STR("A=\xc3\xa9|#") },
	{ STR("A: b\rc\r\n\r\n"), STR("A=b\rc|#") },			/* a CR alone ends nothing */
	{ STR("A: b\r\n\r"), STR("A=b|#") },				/* cut within the empty line */
};
/* clang-format on */

static void
test_rows(void **state)
{
	struct header h;
	struct arena a;
	struct buf b;

	(void)state;
	arena_init(&a, 0);
	buf_init(&b, 1 << 16);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		header_parse(&a, rows[i].in, &h);
		describe(&a, &h, &b);
		if (!str_eq(buf_str(&b), rows[i].want))
			fail_msg("row %zu: got '%.*s', want '%.*s'", i, (int)b.n, b.p,
			    (int)rows[i].want.n, rows[i].want.p);
	}
	buf_free(&b);
	arena_free(&a);
}

/* Names and values lie inside TEXT, one behind the other, and the body is its end. */
static void
assert_inside(struct str text)
{
	const char *from = text.p;
	struct header h;
	struct arena a;

	arena_init(&a, 0);
	header_parse(&a, text, &h);
	for (size_t i = 0; i < h.n; i++) {
		assert_ptr_equal(h.fields[i].name.p, text.p + h.fields[i].offset);
		assert_true(h.fields[i].name.p >= from && h.fields[i].name.n > 0);
		from = h.fields[i].value.p + h.fields[i].value.n;
		assert_true(from <= text.p + text.n);
	}
	assert_true(h.body.p >= from);
	assert_ptr_equal(h.body.p + h.body.n, text.p + text.n);
	arena_free(&a);
}

static void
test_any_cut_and_flip_stays_inside(void **state)
{
	const struct str text =
	    STR("Received: from a\r\n\tby b;\r\nFrom : \"x\" <a@example.com>\r\n"
		"odd\r\n goes on\r\nDate: now\n\nbody\r\n.\r\n");
	char copy[256];

	(void)state;
	assert_true(text.n < sizeof(copy));
	for (size_t i = 0; i <= text.n; i++) {
		char *exact = malloc(i + 1);

		assert_non_null(exact);
		memcpy(exact, text.p, i);
		assert_inside((struct str){ exact, i });
		free(exact);
	}
	for (size_t i = 0; i < text.n; i++)
		for (unsigned c = 0; c < 256; c++) {
			memcpy(copy, text.p, text.n);
			copy[i] = (char)c;
			assert_inside((struct str){ copy, text.n });
		}
}

/* N bytes of C, to be freed. */
static char *
filled(size_t n, char c)
{
	char *p = malloc(n);

	assert_non_null(p);
	memset(p, c, n);
	return p;
}

static void
test_large_input_is_read_in_one_go(void **state)
{
	static const char fills[] = { 'a', ':', '\n', '\r', ' ', '\0' };
	struct header h;
	struct arena a;

	(void)state;
	arena_init(&a, (size_t)1 << 20);
	for (size_t i = 0; i < sizeof(fills); i++) {
		char *p = filled(BIG, fills[i]);

		header_parse(&a, (struct str){ p, BIG }, &h);
		assert_int_equal(h.n, 0);
		memcpy(p, "A: ", 3);
		header_parse(&a, (struct str){ p, BIG }, &h);
		assert_int_equal(h.n, 1);
		assert_int_equal(h.long_line, fills[i] != '\n');
		free(p);
	}
	arena_free(&a);
}

static void
test_a_line_may_have_998_octets(void **state)
{
	struct header h;
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t n = 997; n <= 999; n++) {
		char *p = filled(n + 4, 'x');

		memcpy(p, "A:", 2);
		memcpy(p + n, "\r\n\r\n", 4);
		header_parse(&a, (struct str){ p, n + 4 }, &h);
		assert_int_equal(h.long_line, n > 998);
		assert_false(h.no_end);
		free(p);
	}
	arena_free(&a);
}

static void
test_fields_have_a_maximum(void **state)
{
	struct header h;
	struct arena a;
	struct buf b;

	(void)state;
	arena_init(&a, 0);
	buf_init(&b, 1 << 20);
	for (size_t n = 1; n <= MAX_HEADER_FIELDS + 1; n++) {
		buf_adds(&b, "X: y\r\n");
		if (n < MAX_HEADER_FIELDS)
			continue;
		header_parse(&a, buf_str(&b), &h);
		assert_int_equal(h.n, MAX_HEADER_FIELDS);
		assert_int_equal(h.cut, n > MAX_HEADER_FIELDS);
		assert_true(h.no_end);
	}
	buf_adds(&b, " goes on\r\nY: z\r\n\r\nbody");
	header_parse(&a, buf_str(&b), &h);
	assert_int_equal(h.fields[h.n - 1].value.n, 2);
	assert_true(str_eq(h.body, STR("body")));
	buf_free(&b);
	arena_free(&a);
}

static void
test_fields_are_found_by_name_and_place(void **state)
{
	struct header h;
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	header_parse(&a, STR("To: a\r\nfrom: b\r\nFROM: c\r\nFrom-: d\r\n\r\n"), &h);
	assert_int_equal(header_count(&h, STR("From")), 2);
	assert_int_equal(header_count(&h, STR("Fro")), 0);
	assert_ptr_equal(header_find(&h, STR("From"), 0), &h.fields[1]);
	assert_ptr_equal(header_find(&h, STR("from"), 1), &h.fields[2]);
	assert_null(header_find(&h, STR("From"), 2));
	assert_null(header_find(&h, STR("Date"), 0));
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_any_cut_and_flip_stays_inside),
		cmocka_unit_test(test_large_input_is_read_in_one_go),
		cmocka_unit_test(test_a_line_may_have_998_octets),
		cmocka_unit_test(test_fields_have_a_maximum),
		cmocka_unit_test(test_fields_are_found_by_name_and_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
