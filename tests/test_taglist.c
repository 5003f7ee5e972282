/* SPDX-License-Identifier: ISC */
/*
 * test_taglist.c - tag=value lists (RFC 6376 3.2) and lists in values.
 */
#include "checks/core/taglist.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "checks/core/buf.h"

/* TEXT as one line: "name=value" a tag, "!N:all" for one with fault N, joined by '|'. */
static void
describe(struct str text, struct buf *b)
{
	struct tag t;

	buf_reset(b);
	for (size_t pos = 0; tag_next(text, &pos, &t);) {
		if (b->n > 0)
			buf_addc(b, '|');
		if (t.fault != TAG_OK) {
			buf_addc(b, '!');
			buf_addu(b, t.fault);
			buf_addc(b, ':');
			buf_add(b, t.all);
			continue;
		}
		buf_add(b, t.name);
		buf_addc(b, '=');
		buf_add(b, t.value);
	}
}

/* 1 no equals, 2 bad name, 3 bad value, 4 empty */
/* clang-format off */
static const struct {
	struct str in, want;
} rows[] = {
	{ STR(""), STR("") },
	{ STR("  \t"), STR("") },
	{ STR("v=1"), STR("v=1") },
	{ STR("v=1;"), STR("v=1") },
	{ STR("v=1; "), STR("v=1") },
	{ STR("v=1;p=2"), STR("v=1|p=2") },
	{ STR(" v\t = 1 ; p=2 ; "), STR("v=1|p=2") },
	{ STR("v="), STR("v=") },
	{ STR("v= ;p="), STR("v=|p=") },
	{ STR("p=a=b=="), STR("p=a=b==") },
	{ STR("p=a b\tc"), STR("p=a b\tc") },
	{ STR("Aa1_B=x"), STR("Aa1_B=x") },
	{ STR("v=1;v=2"), STR("v=1|v=2") },			/* judged by the caller */
	{ STR("v=1\r\n ;\r\n\tp=2\r\n 3\r\n\t"), STR("v=1|p=2\r\n 3") },
	{ STR("v=1;;p=2"), STR("v=1|!4:|p=2") },
	{ STR(";"), STR("!4:") },
	{ STR("; v=1"), STR("!4:|v=1") },
	{ STR("v=1; ;"), STR("v=1|!4:") },
	{ STR("v=1;;"), STR("v=1|!4:") },
	{ STR("v"), STR("!1:v") },
	{ STR("v=1; p "), STR("v=1|!1:p") },
	{ STR("v=1; a b;c=d"), STR("v=1|!1:a b|c=d") },
	{ STR("=1"), STR("!2:=1") },
	{ STR(" = "), STR("!2:=") },
	{ STR("1a=1"), STR("!2:1a=1") },
	{ STR("_a=1"), STR("!2:_a=1") },
	{ STR("a-b=1"), STR("!2:a-b=1") },
	{ STR("a b=1"), STR("!2:a b=1") },
	{ STR("\xc3\xa9=1"), STR("!2:\xc3\xa9=1") },
	{ STR("a\0=1"), STR("!2:a\0=1") },
	{ STR("p=\xe2\x80\x9c" "x"), STR("!3:p=\xe2\x80\x9c" "x") },
	{ STR("p=a\0b;q=1"), STR("!3:p=a\0b|q=1") },
	{ STR("p=\x7f"), STR("!3:p=\x7f") },
	{ STR("p=a\vb"), STR("!3:p=a\vb") },
	{ STR("p=a\nb"), STR("!3:p=a\nb") },			/* a line end that folds nothing */
	{ STR("p=a\n b"), STR("!3:p=a\n b") },
	{ STR("p=a\r b"), STR("!3:p=a\r b") },
	{ STR("p=a\r\nb"), STR("!3:p=a\r\nb") },
	{ STR("p=a\r\n"), STR("!3:p=a") },
	{ STR("v=1;\np=2"), STR("v=1|!2:p=2") },
	{ STR("v\n=1"), STR("!2:v\n=1") },
};
/* clang-format on */

static void
test_rows(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		describe(rows[i].in, &b);
		if (!str_eq(buf_str(&b), rows[i].want))
			fail_msg("row %zu: '%.*s'", i, (int)b.n, b.p);
	}
	buf_free(&b);
}

/* Whether PART lies inside WHOLE; an empty one may stand at the end. */
static bool
is_inside(struct str part, struct str whole)
{
	return part.p >= whole.p && part.n <= whole.n &&
	       (size_t)(part.p - whole.p) <= whole.n - part.n;
}

/* Walk TEXT; every view must lead into it, and it must come to an end. */
static void
walk(struct str text)
{
	struct tag t;
	size_t pos = 0, last = 0, n = 0;

	for (; tag_next(text, &pos, &t); last = pos, n++) {
		assert_true(is_inside(t.all, text) && is_inside(t.name, t.all));
		assert_true(is_inside(t.value, t.all));
		assert_true(pos > last && pos <= text.n);
	}
	assert_true(n <= MAX_TAGS);
	assert_int_equal(pos, text.n);
}

static void
test_cut_and_flipped_stays_inside(void **state)
{
	static const char whole[] = "v=DKIM1; k = rsa ;; p=AB\r\n CD==; n=\xc3\xa9; x";
	char *text;

	(void)state;
	for (size_t n = 1; n < sizeof(whole); n++) {
		text = malloc(n); /* exact bounds for the sanitizer */
		assert_non_null(text);
		memcpy(text, whole, n);
		walk((struct str){ text, n });
		for (unsigned c = 0; c < 256; c++) {
			text[n / 2] = (char)(unsigned char)c;
			walk((struct str){ text, n });
		}
		free(text);
	}
}

static void
test_a_walk_ends_at_the_maximum(void **state)
{
	struct buf b;
	struct tag t;
	size_t pos, n;

	(void)state;
	buf_init(&b, 4096);
	for (size_t tags = 1; tags <= MAX_TAGS + 2; tags++) {
		buf_adds(&b, "a=b;");
		for (pos = n = 0; tag_next(buf_str(&b), &pos, &t);)
			n++;
		assert_int_equal(n, tags < MAX_TAGS ? tags : MAX_TAGS);
		assert_int_equal(pos == b.n, tags <= MAX_TAGS);
		assert_false(tag_next(buf_str(&b), &pos, &t)); /* and stays there */
	}
	buf_reset(&b);
	for (size_t i = 0; i < 4000; i++)
		buf_addc(&b, ';');
	for (pos = n = 0; tag_next(buf_str(&b), &pos, &t);)
		n++;
	assert_int_equal(n, MAX_TAGS);
	buf_free(&b);
}

static void
test_find(void **state)
{
	static const struct {
		const char *text, *name, *want; /* NULL: not there */
	} finds[] = {
		{ "v=1; p=x", "p", "x" },
		{ "v=1; p=x; p=y", "p", "x" },
		{ "v=1; P=x", "p", NULL }, /* RFC 6376 3.2: tags are case-sensitive */
		{ "v=1; pct=x", "p", NULL },
		{ "v=1; p", "p", NULL },
		{ "v=1; p=\x01; p=y", "p", "y" },
		{ "p=", "p", "" },
		{ "", "p", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(finds); i++) {
		struct tag t;
		bool found = tag_find(str_of(finds[i].text), str_of(finds[i].name), &t);

		if (found != (finds[i].want != NULL) ||
		    (found && !str_eq(t.value, str_of(finds[i].want))))
			fail_msg("%s in '%s'", finds[i].name, finds[i].text);
	}
}

static void
test_list(void **state)
{
	static const struct {
		const char *in, *want; /* elements in brackets */
	} lists[] = {
		{ "", "" },
		{ "a", "[a]" },
		{ "a:b", "[a][b]" },
		{ " a : b\r\n ", "[a][b]" },
		{ "a:", "[a][]" },
		{ ":a", "[][a]" },
		{ ":", "[][]" },
		{ "a::b", "[a][][b]" },
		{ " ", "[]" },
		{ "a b,c", "[a b,c]" },
	};
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct str e;

		buf_reset(&b);
		for (size_t pos = 0; list_next(str_of(lists[i].in), ':', &pos, &e);) {
			buf_addc(&b, '[');
			buf_add(&b, e);
			buf_addc(&b, ']');
		}
		if (!str_eq(buf_str(&b), str_of(lists[i].want)))
			fail_msg("'%s': '%.*s'", lists[i].in, (int)b.n, b.p);
	}
	buf_free(&b);
}

/* A byte that may not stand in a value is found wherever in a long one it stands. */
static void
test_each_byte_at_each_place(void **state)
{
	char text[] = "p=abcdefghijklmnopqrstuvwxyz";

	(void)state;
	for (size_t at = 2; at < sizeof(text) - 1; at++) {
		char kept = text[at];

		for (unsigned c = 0; c < 256; c++) {
			bool good = (c >= ' ' && c <= '~') || c == '\t';
			size_t pos = 0;
			struct tag t;

			if (c == ';')
				continue;
			text[at] = (char)c;
			assert_true(tag_next((struct str){ text, sizeof(text) - 1 }, &pos, &t));
			if ((t.fault == TAG_OK) != good)
				fail_msg("byte %u at %zu: fault %d", c, at, (int)t.fault);
		}
		text[at] = kept;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_cut_and_flipped_stays_inside),
		cmocka_unit_test(test_a_walk_ends_at_the_maximum),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_each_byte_at_each_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
