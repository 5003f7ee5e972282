/* SPDX-License-Identifier: ISC */
/*
 * vector.c - reading vectors, and what they want; it judges nothing itself.
 */
#include "tests/vector.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include "checks/core/taglist.h"

#define MAX_FILE ((size_t)1 << 20)
#define MAX_LINE 4096

/* S as a C string that lives as long as V. */
static char *
keep(struct vector *v, struct str s)
{
	char *p = arena_alloc(&v->a, s.n + 1);

	memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}

/* The file that WORD "./NAME" names, beside the vector. */
static char *
beside(struct vector *v, struct str word)
{
	struct str path = str_of(v->path);
	size_t n = path.n;
	char text[MAX_LINE];
	int len;

	while (n > 0 && path.p[n - 1] != '/')
		n--;
	len = snprintf(text, sizeof(text), "%.*s%.*s", (int)n, path.p, (int)word.n - 2, word.p + 2);
	assert_in_range(len, 1, sizeof(text) - 1);
	return keep(v, str_of(text));
}

static void
split_words(struct vector *v, struct str line)
{
	struct str word;
	size_t pos = 0;

	while (list_next(line, ' ', &pos, &word)) {
		if (word.n == 0)
			continue;
		assert_true(v->argc < MAX_WORDS);
		v->argv[v->argc++] =
		    str_has_prefix(word, STR("./")) ? beside(v, word) : keep(v, word);
	}
}

static void
begin_zone(struct vector *v, struct str name, const char *start)
{
	char path[MAX_LINE];

	v->n_zones *= !str_has_prefix(str_sub(name, name.n - 5, 5), STR(".yaml"));
	assert_true(v->n_zones < MAX_ZONES);
	(void)snprintf(path, sizeof(path), "%s/%.*s", v->path, (int)name.n, name.p);
	v->zone_path[v->n_zones] = name.n > 0 ? keep(v, str_of(path)) : v->path;
	v->zone_name[v->n_zones] = name;
	v->n_after += v->compared ? 0 : 1;
	v->zone[v->n_zones++] = (struct str){ start, 0 };
}

/* TYPE NAME */
static void
take_fail(struct vector *v, struct str words)
{
	size_t blank = str_find(words, 0, ' ');
	struct question *q = &v->fail[v->n_fails++];

	assert_true(v->n_fails <= MAX_FAILS);
	q->kind = ASK_DNS;
	q->type = type_parse(str_sub(words, 0, blank));
	assert_int_not_equal(q->type, 0);
	assert_int_equal(name_parse(str_sub(words, blank + 1, words.n), &q->name), NAME_OK);
}

/* N times the byte at the end of TEXT, which is "*N C"; how much of TEXT that takes. */
static size_t
repeat_byte(struct buf *b, struct str text)
{
	size_t blank = str_find(text, 0, ' ');
	uint32_t n = 0;

	assert_true(blank + 1 < text.n && parse_u32(str_sub(text, 1, blank - 1), 100000, &n));
	while (n-- > 0)
		buf_addc(b, text.p[blank + 1]);
	return blank + 2;
}

/* A line of the message. */
static void
take_message(struct vector *v, struct str text)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\\' && i + 3 < text.n && text.p[i + 1] == 'x') {
			const char *high = strchr(hex, text.p[i + 2]);
			const char *low = strchr(hex, text.p[i + 3]);

			assert_non_null(high);
			assert_non_null(low);
			buf_addc(&v->message, (char)((high - hex) * 16 + (low - hex)));
			i += 3;
		} else if (text.p[i] == '\\' && i + 1 < text.n && text.p[i + 1] == '*') {
			i += repeat_byte(&v->message, str_sub(text, i + 1, text.n));
		} else {
			buf_addc(&v->message, text.p[i]);
		}
	}
	buf_adds(&v->message, "\r\n");
}

/* "TEXT" behind " ", or "*N TEXT". */
static void
take_message_lines(struct vector *v, struct str line)
{
	size_t blank = str_find(line, 0, ' ');
	uint32_t n = 1;

	if (line.n > 0 && line.p[0] == '*')
		assert_true(parse_u32(str_sub(line, 1, blank - 1), 10000, &n));
	while (n-- > 0)
		take_message(v, str_sub(line, blank + 1, line.n));
	assert_false(v->message.over);
}

static void
take_verified(struct vector *v, struct str words)
{
	struct str word;
	size_t pos = 0;

	while (list_next(words, ' ', &pos, &word)) {
		struct verified *one = &v->verified[v->n_verified++];

		assert_true(v->n_verified <= MAX_VERIFIED);
		one->judged = !str_eq(word, STR("none"));
		one->refused = str_eq(word, STR("refused"));
		one->error = one->refused ? STR("in the words of the library") : STR("");
		one->pass = str_eq(word, STR("pass"));
		one->header_ok = one->pass || str_eq(word, STR("body"));
		one->by = str_eq(word, STR("field")) ? VERIFIED_BY_KEY
			  : str_eq(word, STR("key")) ? VERIFIED_BY_OTHER
						     : VERIFIED_BY_UNKNOWN;
		one->body_ok = one->pass || str_eq(word, STR("header")) || one->by != 0;
		if (one->judged && !one->header_ok && !one->body_ok && !one->refused)
			assert_true(str_eq(word, STR("both")));
	}
}

static void
take_line(struct vector *v, struct str line)
{
	struct str tail = str_sub(line, 8, line.n);

	if (str_has_prefix(line, STR(";;|"))) {
		take_message_lines(v, str_sub(line, 3, line.n));
		return;
	}
	if (str_has_prefix(line, STR(";; verified "))) {
		take_verified(v, str_trim(str_sub(line, 12, line.n)));
		return;
	}
	v->trust_received = v->trust_received || str_eq(line, STR(";; trust-received"));
	if (str_has_prefix(line, STR(";; check "))) {
		split_words(v, str_sub(line, 9, line.n));
	} else if (str_has_prefix(line, STR(";; want "))) {
		assert_true(v->n_want < MAX_WANTS);
		v->want[v->n_want++] = str_trim(tail);
	} else if (str_has_prefix(line, STR(";; told "))) {
		assert_true(v->n_told < MAX_TOLD);
		v->told[v->n_told++] = str_trim(tail);
	} else if (str_has_prefix(line, STR(";; fail "))) {
		take_fail(v, str_trim(tail));
	} else if (str_has_prefix(line, STR(";; zone "))) {
		begin_zone(v, str_trim(tail), line.p + line.n);
	} else if (str_eq(line, STR(";; base"))) {
		v->compared = true;
		begin_zone(v, STR("base"), line.p);
		v->zone_name[v->n_zones - 1] = STR("");
	}
}

void
vector_parse(struct vector *v, const char *path, struct str text)
{
	struct str all;
	size_t pos = 0;

	*v = (struct vector){ .path = path };
	arena_init(&v->a, 0);
	buf_init(&v->message, MAX_MESSAGE);
	all = arena_str(&v->a, text);
	begin_zone(v, STR(""), all.p);
	while (pos < all.n) {
		size_t end = str_find(all, pos, '\n');

		take_line(v, str_sub(all, pos, end - pos));
		pos = end < all.n ? end + 1 : end;
		v->zone[v->n_zones - 1].n = (size_t)(all.p + pos - v->zone[v->n_zones - 1].p);
	}
	if (v->argc == 0)
		fail_msg("%s: has no ';; check' line", path);
}

void
vector_read(struct vector *v, const char *path)
{
	char *text = malloc(MAX_FILE);
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(text);
	assert_non_null(f);
	n = fread(text, 1, MAX_FILE, f);
	assert_true(n < MAX_FILE);
	fclose(f);
	vector_parse(v, path, (struct str){ text, n });
	free(text);
}

void
vector_free(struct vector *v)
{
	buf_free(&v->message);
	arena_free(&v->a);
}

static bool
is_among(const struct str *list, size_t n, struct str s)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i], s))
			return true;
	return false;
}

/* Whether all N of LIST are among the M of OTHER; names those that are not, as WHAT. */
static bool
are_among(const struct vector *v, const char *what, const struct str *list, size_t n,
    const struct str *other, size_t m)
{
	bool good = true;

	for (size_t i = 0; i < n; i++)
		if (!is_among(other, m, list[i])) {
			print_error("%s: %s: %.*s\n", v->path, what, (int)list[i].n, list[i].p);
			good = false;
		}
	return good;
}

bool
vector_is_as_wanted(const struct vector *v, const struct vector_got *g)
{
	bool missing = !are_among(v, "missing", v->want, v->n_want, g->found, g->n_found);
	bool found = !are_among(v, "unexpected", g->found, g->n_found, v->want, v->n_want);
	bool untold = !are_among(v, "not told", v->told, v->n_told, g->told, g->n_told);
	bool told = !are_among(v, ";; told", g->told, g->n_told, v->told, v->n_told);

	return !missing && !found && !untold && !told;
}

bool
vector_is_plain(struct str out)
{
	for (size_t i = 0; i < out.n; i++) {
		unsigned char c = (unsigned char)out.p[i];

		if (c == 0x7f || (c < 0x20 && c != '\n'))
			return false;
	}
	return true;
}
