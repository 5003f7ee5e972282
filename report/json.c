/* SPDX-License-Identifier: ISC */
/*
 * json.c - a JSON writer.
 */
#include "report/json.h"
#include <assert.h>
#include <stdlib.h>
#include "checks/core/arena.h"
#include "report/report.h"

#define INDENT "  "

void
json_init(struct json *j, struct buf *out, bool pretty)
{
	*j = (struct json){ .out = out, .pretty = pretty };
}

void
json_resume(struct json *j, struct buf *out, unsigned depth, bool first)
{
	*j = (struct json){ .out = out, .depth = depth, .pretty = true, .comma = !first };
}

static void
new_line(struct json *j)
{
	buf_addc(j->out, '\n');
	for (unsigned i = 0; i < j->depth; i++)
		buf_adds(j->out, INDENT);
}

/* What stands before a key, or before a value that has none, where lines are broken. */
static void
begin_line(struct json *j)
{
	if (j->comma)
		buf_addc(j->out, ',');
	if (j->depth > 0)
		new_line(j);
	j->comma = false;
}

/* begin() where a line is broken, or where there is no room yet. */
static char *
begin_slowly(struct json *j, size_t n)
{
	struct buf *b = j->out;
	bool fits;

	if (j->pretty && !j->keyed)
		begin_line(j);
	fits = buf_room(b, n + 1);
	if (fits && j->comma)
		b->p[b->n++] = ',';
	j->comma = true;
	j->keyed = false;
	return fits ? b->p + b->n : NULL;
}

/*
 * Where the next value is to be written, with room for N bytes of it; end() is told where
 * they ended.  NULL, and the buffer is over, when there may not be so much room.
 */
static inline char *
begin(struct json *j, size_t n)
{
	struct buf *b = j->out;
	char *p;

	if (j->pretty || b->over || b->room - b->n < n + 1)
		return begin_slowly(j, n);
	p = b->p + b->n;
	*p = ','; /* and the value goes over it where none is due */
	p += j->comma;
	j->comma = true;
	j->keyed = false;
	return p;
}

static void
end(struct json *j, const char *p)
{
	j->out->n = (size_t)(p - j->out->p);
}

void
json_open(struct json *j, char bracket)
{
	char *p = begin(j, 1);

	assert(bracket == '{' || bracket == '[');
	if (p != NULL) {
		*p = bracket;
		end(j, p + 1);
	}
	j->depth++;
	j->comma = false;
}

void
json_close(struct json *j, char bracket)
{
	assert(bracket == '}' || bracket == ']');
	assert(j->depth > 0 && !j->keyed);
	j->depth--;
	if (j->pretty && j->comma)
		new_line(j);
	buf_addc(j->out, bracket);
	j->comma = true;
}

void
json_key_str(struct json *j, struct str key)
{
	char *p;

	assert(!j->keyed && key.n <= MAX_JSON_KEY);
	p = begin(j, key.n + 4);
	j->comma = false;
	j->keyed = true;
	if (p == NULL)
		return;
	*p++ = '"';
	memcpy(p, key.p, key.n);
	p += key.n;
	*p++ = '"';
	*p++ = ':';
	if (j->pretty)
		*p++ = ' ';
	end(j, p);
}

size_t
utf8_length(struct str s, size_t at)
{
	uint8_t c = (uint8_t)s.p[at];
	uint8_t low = 0x80, high = 0xbf; /* of the second byte */
	size_t n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;

	if (c < 0xc2 || c > 0xf4 || s.n - at < n)
		return 0;
	if (c == 0xe0 || c == 0xc2)
		low = 0xa0;
	else if (c == 0xf0)
		low = 0x90;
	else if (c == 0xed)
		high = 0x9f;
	else if (c == 0xf4)
		high = 0x8f;
	for (size_t i = 1; i < n; i++) {
		uint8_t d = (uint8_t)s.p[at + i];

		if (d < low || d > high)
			return 0;
		low = 0x80;
		high = 0xbf;
	}
	return n;
}

/* BLOCK bytes that are looked at together. */
#define BLOCK 16
typedef signed char block __attribute__((vector_size(BLOCK)));
typedef unsigned char ublock __attribute__((vector_size(BLOCK))); /* the same, to count with */

/* Whether a byte stands in a JSON text as it is: 0x20 to 0x7e but '"' and '\\'. */
static bool
is_plain(char c)
{
	return ascii_isprint(c) && c != '"' && c != '\\';
}

/* Whether each byte of V does. */
static bool
is_plain_block(block v)
{
	/* 0x20 to 0x7e are moved to the least numbers with a sign, below all others */
	block moved = (block)((ublock)v + 0x60), special;
	uint64_t half[2];

	special = (moved > (signed char)(0x7e + 0x60 - 0x100)) | (v == '"') | (v == '\\');

	memcpy(half, &special, sizeof(half));
	return (half[0] | half[1]) == 0;
}

/* Copy 8 to 15 bytes to TO if all are plain; else nothing. */
static bool
copy_short(char *to, struct str s)
{
	uint64_t half[2];
	block v;

	memcpy(&half[0], s.p, sizeof(half[0]));
	memcpy(&half[1], s.p + s.n - sizeof(half[1]), sizeof(half[1])); /* some of them again */
	memcpy(&v, half, sizeof(v));
	if (!is_plain_block(v))
		return false;
	memcpy(to, &half[0], sizeof(half[0]));
	memcpy(to + s.n - sizeof(half[1]), &half[1], sizeof(half[1]));
	return true;
}

/* Copy of S what is plain before the first byte that is not to TO, which may be S.p; its length. */
static size_t
copy_plain(char *to, struct str s)
{
	size_t n = 0;
	block v;

	if (s.n >= sizeof(uint64_t) && s.n < BLOCK && copy_short(to, s))
		return s.n;
	for (; s.n - n >= BLOCK; n += BLOCK) {
		memcpy(&v, s.p + n, BLOCK);
		if (!is_plain_block(v))
			break;
		memcpy(to + n, &v, BLOCK);
	}
	if (n > 0 && n < s.n && s.n - n < BLOCK) {
		memcpy(&v, s.p + s.n - BLOCK, BLOCK); /* the last, some of them again */
		if (is_plain_block(v)) {
			memcpy(to + s.n - BLOCK, &v, BLOCK);
			return s.n;
		}
	}
	for (; n < s.n && is_plain(s.p[n]); n++)
		to[n] = s.p[n];
	return n;
}

static void
add_control(struct buf *b, uint8_t c)
{
	static const char hex[] = "0123456789abcdef";

	buf_adds(b, "\\u00");
	buf_addc(b, hex[c >> 4]);
	buf_addc(b, hex[c & 15]);
}

static void
add_ascii(struct buf *b, char c)
{
	if (c == '"' || c == '\\') {
		buf_addc(b, '\\');
		buf_addc(b, c);
	} else if (c == '\n') {
		buf_adds(b, "\\n");
	} else if (!ascii_isprint(c)) {
		add_control(b, (uint8_t)c);
	} else {
		buf_addc(b, c);
	}
}

/* Append what stands for the bytes at AT of S, of which the first is not plain; their number. */
static size_t
add_as_it_is(struct buf *b, struct str s, size_t at)
{
	size_t n = 1;

	if ((uint8_t)s.p[at] < 0x80)
		add_ascii(b, s.p[at]);
	else if ((n = utf8_length(s, at)) > 0)
		buf_add(b, str_sub(s, at, n));
	else
		buf_adds(b, "\\ufffd");
	return n > 0 ? n : 1;
}

/* The same for text that is to be shown escaped: one byte. */
static size_t
add_escape(struct buf *b, struct str s, size_t at)
{
	uint8_t c = (uint8_t)s.p[at];

	if (c == '\\') {
		buf_adds(b, "\\\\\\\\");
	} else if (ascii_isprint((char)c)) {
		add_ascii(b, (char)c);
	} else {
		buf_adds(b, "\\\\");
		buf_addc(b, (char)('0' + c / 100));
		buf_addc(b, (char)('0' + c / 10 % 10));
		buf_addc(b, (char)('0' + c % 10));
	}
	return 1;
}

/* Append S from AT on, where a byte is not plain. */
static void
add_rest(struct buf *b, struct str s, size_t at,
    size_t (*add_special)(struct buf *b, struct str s, size_t at))
{
	while (at < s.n) {
		size_t n;

		at += add_special(b, s, at);
		if (!buf_room(b, s.n - at))
			return;
		n = copy_plain(b->p + b->n, str_sub(s, at, s.n - at));
		b->n += n;
		at += n;
	}
}

static void
add_string(
    struct json *j, struct str s, size_t (*add_special)(struct buf *b, struct str s, size_t at))
{
	char *p = begin(j, s.n + 2);
	size_t n;

	if (p == NULL)
		return;
	*p++ = '"';
	n = copy_plain(p, s);
	if (n == s.n) { /* nearly always */
		p[n] = '"';
		end(j, p + n + 1);
		return;
	}
	end(j, p + n);
	add_rest(j->out, s, n, add_special);
	buf_addc(j->out, '"');
}

void
json_str(struct json *j, struct str s)
{
	add_string(j, s, add_as_it_is);
}

void
json_escaped(struct json *j, struct str s)
{
	add_string(j, s, add_escape);
}

void
json_hex(struct json *j, struct str bytes)
{
/* clang-format off */
#define ROW(h) h "0" h "1" h "2" h "3" h "4" h "5" h "6" h "7" h "8" h "9" h "a" h "b" h "c" h "d" h "e" h "f"
	static const char digits[] = ROW("0") ROW("1") ROW("2") ROW("3") ROW("4") ROW("5") ROW("6")
	    ROW("7") ROW("8") ROW("9") ROW("a") ROW("b") ROW("c") ROW("d") ROW("e") ROW("f");
#undef ROW
	/* clang-format on */
	char *p = begin(j, 2 * bytes.n + 2);

	if (p == NULL)
		return;
	*p++ = '"';
	for (size_t i = 0; i < bytes.n; i++, p += 2)
		memcpy(p, digits + 2 * (size_t)(uint8_t)bytes.p[i], 2);
	*p++ = '"';
	end(j, p);
}

struct buf *
json_text_begin(struct json *j)
{
	char *p;

	j->item = j->out->n;
	j->was_comma = j->comma;
	if ((p = begin(j, 1)) != NULL) {
		*p = '"';
		end(j, p + 1);
	}
	j->text = j->out->n;
	return j->out;
}

void
json_text_end(struct json *j)
{
	struct buf *b = j->out;
	size_t all = b->n - j->text, n;

	if (all == 0) {
		b->n = j->item;
		j->comma = j->was_comma;
		return;
	}
	n = copy_plain(b->p + j->text, (struct str){ b->p + j->text, all });
	if (n < all) { /* what is longer in JSON cannot be written over itself */
		char *rest = xrealloc(NULL, all - n);

		memcpy(rest, b->p + j->text + n, all - n);
		b->n = j->text + n;
		add_rest(b, (struct str){ rest, all - n }, 0, add_as_it_is);
		free(rest);
	}
	buf_addc(b, '"');
}

void
json_made(struct json *j, struct str text)
{
	char *p = begin(j, text.n);

	if (p == NULL)
		return;
	memcpy(p, text.p, text.n);
	end(j, p + text.n);
}

void
json_bool(struct json *j, bool v)
{
	json_made(j, v ? STR("true") : STR("false"));
}

/* N in decimal, behind a '-' if NEGATIVE. */
static void
add_number(struct json *j, uint64_t n, bool negative)
{
	char digits[21]; /* UINT64_MAX, or 2^63 and a sign */
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n != 0);
	if (negative)
		digits[--at] = '-';
	json_made(j, (struct str){ digits + at, sizeof(digits) - at });
}

void
json_uint(struct json *j, uint64_t v)
{
	char *p;

	if (v >= 10) {
		add_number(j, v, false);
	} else if ((p = begin(j, 1)) != NULL) { /* mostly */
		*p = (char)('0' + v);
		end(j, p + 1);
	}
}

void
json_int(struct json *j, int64_t v)
{
	add_number(j, v < 0 ? (uint64_t)0 - (uint64_t)v : (uint64_t)v, v < 0);
}

void
json_time(struct json *j, time_t t)
{
	time_add(json_text_begin(j), t);
	json_text_end_plain(j);
}

void
json_member_name(struct json *j, const char *key, const struct name *n)
{
	if (n->n == 0)
		return;
	name_print(json_text_member(j, key), n);
	json_text_end(j);
}
