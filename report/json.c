/* SPDX-License-Identifier: ISC */
/*
 * json.c - a JSON writer.
 */
#include "report/json.h"
#include <assert.h>
#include "report/report.h"

#define INDENT "  "

void
json_init(struct json *j, struct buf *out, bool pretty)
{
	*j = (struct json){ .out = out, .pretty = pretty, .first = true };
}

void
json_resume(struct json *j, struct buf *out, unsigned depth, bool first)
{
	*j = (struct json){ .out = out, .depth = depth, .pretty = true, .first = first };
}

static void
new_line(struct json *j)
{
	if (!j->pretty)
		return;
	buf_addc(j->out, '\n');
	for (unsigned i = 0; i < j->depth; i++)
		buf_adds(j->out, INDENT);
}

/* What stands before a key, or before a value that has none. */
static void
begin_item(struct json *j)
{
	if (!j->first)
		buf_addc(j->out, ',');
	if (j->depth > 0)
		new_line(j);
	j->first = false;
}

static void
begin_value(struct json *j)
{
	if (!j->keyed)
		begin_item(j);
	j->keyed = false;
}

void
json_open(struct json *j, char bracket)
{
	assert(bracket == '{' || bracket == '[');
	begin_value(j);
	buf_addc(j->out, bracket);
	j->depth++;
	j->first = true;
}

void
json_close(struct json *j, char bracket)
{
	assert(bracket == '}' || bracket == ']');
	assert(j->depth > 0 && !j->keyed);
	j->depth--;
	if (!j->first)
		new_line(j);
	buf_addc(j->out, bracket);
	j->first = false;
}

void
json_key_str(struct json *j, struct str key)
{
	struct buf *b = j->out;
	char *p;

	assert(!j->keyed && key.n <= MAX_JSON_KEY);
	if (j->pretty)
		begin_item(j);
	if (!buf_room(b, key.n + 5))
		return;
	p = b->p + b->n;
	if (!j->pretty && !j->first)
		*p++ = ',';
	*p++ = '"';
	memcpy(p, key.p, key.n);
	p += key.n;
	*p++ = '"';
	*p++ = ':';
	if (j->pretty)
		*p++ = ' ';
	b->n = (size_t)(p - b->p);
	j->first = false;
	j->keyed = true;
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

#define EACH(c) (UINT64_C(0x0101010101010101) * (c))

/*
 * Whether one of the eight bytes of W does not stand in a JSON text as it is:
 * below 0x20, above 0x7e, '"' or '\\'.  A byte that is there sets bit 7 of its
 * place, and a borrow from it at most those above, so that no answer is wrong.
 */
static bool
is_any_special(uint64_t w)
{
	uint64_t quote = w ^ EACH('"'), slash = w ^ EACH('\\');
	uint64_t hit = (w - EACH(0x20)) | (quote - EACH(1)) | (slash - EACH(1));

	return ((hit | w | (w + EACH(1))) & EACH(0x80)) != 0;
}

/* How many bytes of S from AT on stand in a JSON text as they are. */
static size_t
plain_run(struct str s, size_t at)
{
	size_t n = at;

	for (uint64_t w; s.n - n >= sizeof(w); n += sizeof(w)) {
		memcpy(&w, s.p + n, sizeof(w));
		if (is_any_special(w))
			break;
	}
	if (s.n - n < sizeof(uint64_t) && n - at >= sizeof(uint64_t)) {
		uint64_t w; /* the last eight, some of them again */

		memcpy(&w, s.p + s.n - sizeof(w), sizeof(w));
		if (!is_any_special(w))
			return s.n - at;
	}
	while (n < s.n && s.p[n] >= 0x20 && s.p[n] <= 0x7e && s.p[n] != '"' && s.p[n] != '\\')
		n++;
	return n - at;
}

/* S and a quote on each side, if there is nothing to escape in it: nearly always. */
static bool
add_plain(struct buf *b, struct str s)
{
	if (s.n > b->room || b->room - b->n < s.n + 2 || plain_run(s, 0) < s.n || b->over)
		return false;
	b->p[b->n] = '"';
	if (s.n > 0)
		memcpy(b->p + b->n + 1, s.p, s.n);
	b->p[b->n + 1 + s.n] = '"';
	b->n += s.n + 2;
	return true;
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

void
json_str(struct json *j, struct str s)
{
	size_t at = 0;

	begin_value(j);
	if (add_plain(j->out, s))
		return;
	buf_addc(j->out, '"');
	while (at < s.n) {
		size_t n = plain_run(s, at);

		if (n > 0)
			buf_add(j->out, str_sub(s, at, n));
		else if ((uint8_t)s.p[at] < 0x80)
			add_ascii(j->out, s.p[at]);
		else if ((n = utf8_length(s, at)) > 0)
			buf_add(j->out, str_sub(s, at, n));
		else
			buf_adds(j->out, "\\ufffd");
		at += n > 0 ? n : 1;
	}
	buf_addc(j->out, '"');
}

void
json_escaped(struct json *j, struct str s)
{
	struct buf *b = j->out;

	begin_value(j);
	if (add_plain(b, s))
		return;
	buf_addc(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		size_t n = plain_run(s, i);
		uint8_t c;

		buf_add(b, str_sub(s, i, n));
		if ((i += n) == s.n)
			break;
		c = (uint8_t)s.p[i];
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
	}
	buf_addc(b, '"');
}

void
json_made(struct json *j, struct str text)
{
	begin_value(j);
	buf_add(j->out, text);
}

void
json_bool(struct json *j, bool v)
{
	begin_value(j);
	buf_adds(j->out, v ? "true" : "false");
}

void
json_uint(struct json *j, uint64_t v)
{
	begin_value(j);
	buf_addu(j->out, v);
}

void
json_int(struct json *j, int64_t v)
{
	begin_value(j);
	if (v < 0)
		buf_addc(j->out, '-');
	buf_addu(j->out, v < 0 ? (uint64_t)0 - (uint64_t)v : (uint64_t)v);
}

void
json_time(struct json *j, time_t t)
{
	begin_value(j);
	buf_addc(j->out, '"');
	time_add(j->out, t);
	buf_addc(j->out, '"');
}
