/* SPDX-License-Identifier: ISC */
/*
 * spf_macro.c - macro-strings and domain-specs (RFC 7208 7.1 to 7.3).
 */
#include "checks/spf_macro.h"

#include <string.h>

#define MAX_TARGET 253 /* RFC 7208 7.3 */

/* One macro-expand at the start of a text. */
struct macro {
	char letter; /* lower case; '%', '_' and '-' for the escapes */
	uint32_t digits;
	bool has_digits, reverse, encode;
	struct str delimiters;
	size_t length; /* of all of it */
};

static bool
is_in(const char *set, char c)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* Reads the macro at the start of S; false when it is none that the grammar knows. */
static bool
macro_parse(struct str s, bool explain, struct macro *m)
{
	*m = (struct macro){ .length = 2 };
	if (s.n < 2)
		return false;
	m->letter = s.p[1];
	if (is_in("%_-", s.p[1]))
		return true;
	if (s.p[1] != '{' || s.n < 4)
		return false;
	m->letter = ascii_lower(s.p[2]);
	m->encode = m->letter != s.p[2];
	if (!is_in(explain ? "slodiphcrtv" : "slodiphv", m->letter))
		return false;
	size_t i = 3;
	while (i < s.n && ascii_isdigit(s.p[i]))
		i++;
	m->has_digits = i > 3;
	/* RFC 7208 7.3: the number of parts must be nonzero; beyond 128 it is all of them. */
	if (m->has_digits && !parse_u32(str_sub(s, 3, i - 3), UINT32_MAX, &m->digits))
		m->digits = UINT32_MAX;
	if (m->has_digits && m->digits == 0)
		return false;
	m->reverse = i < s.n && ascii_lower(s.p[i]) == 'r';
	if (m->reverse)
		i++;
	size_t start = i;
	while (i < s.n && is_in(".-+,/_=", s.p[i]))
		i++;
	m->delimiters = str_sub(s, start, i - start);
	m->length = i + 1;
	return i < s.n && s.p[i] == '}';
}

/* How much of a faulty macro to mark: up to its brace or the next one. */
static size_t
macro_extent(struct str s)
{
	if (s.n < 2 || s.p[1] != '{')
		return s.n < 2 ? s.n : 2;
	size_t i = 2;
	while (i < s.n && s.p[i] != '}' && s.p[i] != '%')
		i++;
	return i < s.n && s.p[i] == '}' ? i + 1 : i;
}

struct spec
spf_macro_string(struct str text, bool explain)
{
	struct spec out = { .fault = SPEC_OK };
	for (size_t i = 0; i < text.n;) {
		struct macro m;
		struct str rest = str_sub(text, i, text.n);
		char c = text.p[i];
		if (c == '%' && macro_parse(rest, explain, &m)) {
			if (!out.has_macro)
				out.offset = i, out.length = m.length;
			out.has_macro = true;
			out.has_p = out.has_p || m.letter == 'p';
			i += m.length;
		} else if (c == '%' || !ascii_isprint(c) || (c == ' ' && !explain)) {
			out.fault = SPEC_MACRO;
			out.offset = i;
			out.length = c == '%' ? macro_extent(rest) : 1;
			return out;
		} else {
			i++;
		}
	}
	return out;
}

/* toplabel of RFC 7208 7.1: letters, digits, inner hyphens, and not digits alone. */
static bool
is_toplabel(struct str s)
{
	bool other = false;
	if (s.n == 0 || s.p[0] == '-' || s.p[s.n - 1] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_isalnum(s.p[i]) && s.p[i] != '-')
			return false;
		other = other || !ascii_isdigit(s.p[i]);
	}
	return other;
}

/* Whether the macro-string TEXT, known to be good, ends in a macro-expand. */
static bool
ends_in_macro(struct str text)
{
	bool last = false;
	for (size_t i = 0; i < text.n;) {
		struct macro m;
		last = text.p[i] == '%' && macro_parse(str_sub(text, i, text.n), false, &m);
		i += last ? m.length : 1;
	}
	return last;
}

/* Letters, digits, '-', '_' and dots: the bytes that names in use are made of. */
static bool
is_plain_name(struct str s)
{
	/* a bit for each byte of ASCII, for the domain-spec of every include is asked */
	static const uint64_t plain[] = { 0x03ff600000000000, 0x07fffffe87fffffe, 0, 0 };
	uint64_t all = 1;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		all &= plain[c >> 6] >> (c & 63);
	}
	return all != 0;
}

struct spec
spf_domain_spec(struct str text, struct name *name)
{
	bool plain = is_plain_name(text);
	struct spec out = { .fault = SPEC_OK };
	name->n = 0;
	if (!plain)
		out = spf_macro_string(text, false);
	if (out.fault != SPEC_OK || (!plain && ends_in_macro(text)))
		return out;
	struct str s = text;
	if (s.n > 0 && s.p[s.n - 1] == '.')
		s.n--;
	size_t dot = s.n;
	while (dot > 0 && s.p[dot - 1] != '.')
		dot--;
	if (dot == 0 || !is_toplabel(str_sub(s, dot, s.n))) {
		out.fault = SPEC_DOMAIN;
		out.offset = dot;
		out.length = text.n - dot;
		return out;
	}
	/* What no host name holds is good by the grammar, and a slip of the pen. */
	if (!out.has_macro && (name_parse_raw(s, name) != NAME_OK || !plain)) {
		out.fault = SPEC_NAME;
		out.offset = 0;
		out.length = text.n;
	}
	return out;
}

struct str
spf_target_text(struct str text)
{
	if (text.n > 0 && text.p[text.n - 1] == '.')
		text.n--;
	while (text.n > MAX_TARGET)
		text = str_sub(text, str_find(text, 0, '.') + 1, text.n);
	return text;
}

/* Bytes that URL escaping leaves alone (RFC 7208 7.3, RFC 3986 2.3). */
static bool
is_unreserved(char c)
{
	return ascii_isalnum(c) || is_in("-._~", c);
}

static void
add_encoded(struct buf *b, struct str s)
{
	static const char digits[] = "0123456789ABCDEF";
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (is_unreserved(s.p[i])) {
			buf_addc(b, s.p[i]);
			continue;
		}
		buf_addc(b, '%');
		buf_addc(b, digits[c >> 4]);
		buf_addc(b, digits[c & 15]);
	}
}

static void
add_value(struct buf *b, struct str s, const struct macro *m)
{
	if (m->encode)
		add_encoded(b, s);
	else
		buf_add(b, s);
}

static bool
is_delimiter(const struct macro *m, char c)
{
	return m->delimiters.n == 0 ? c == '.' : str_find(m->delimiters, 0, c) < m->delimiters.n;
}

/* Where the part of VALUE that begins at START ends. */
static size_t
part_end(struct str value, size_t start, const struct macro *m)
{
	while (start < value.n && !is_delimiter(m, value.p[start]))
		start++;
	return start;
}

/* Appends the parts of VALUE behind the first SKIP, in order. */
static void
add_forth(struct buf *b, struct str value, size_t skip, const struct macro *m)
{
	size_t start = 0;
	while (skip-- > 0)
		start = part_end(value, start, m) + 1;
	for (bool first = true; start <= value.n; first = false) {
		size_t end = part_end(value, start, m);
		if (!first)
			buf_addc(b, '.');
		add_value(b, str_sub(value, start, end - start), m);
		start = end + 1;
	}
}

/* Appends the first KEEP parts of VALUE, at least 1, in reverse order. */
static void
add_back(struct buf *b, struct str value, size_t keep, const struct macro *m)
{
	size_t end = 0;
	for (size_t i = 0; i < keep; i++)
		end = part_end(value, end, m) + (i + 1 < keep);
	for (;;) {
		size_t start = end;
		while (start > 0 && !is_delimiter(m, value.p[start - 1]))
			start--;
		add_value(b, str_sub(value, start, end - start), m);
		if (start == 0)
			return;
		buf_addc(b, '.');
		end = start - 1;
	}
}

/* Appends VALUE split at the delimiters, reversed, then cut to its right-most parts (7.3). */
static void
add_transformed(struct buf *b, struct str value, const struct macro *m)
{
	size_t n = 1;
	for (size_t i = 0; i < value.n; i++)
		n += is_delimiter(m, value.p[i]);
	size_t keep = m->has_digits && m->digits < n ? m->digits : n;
	if (m->reverse)
		add_back(b, value, keep, m);
	else
		add_forth(b, value, n - keep, m);
}

bool
spf_macro_fill(struct buf *b, struct str text, bool explain, const struct spf_letters *letters)
{
	for (size_t i = 0; i < text.n && !b->over;) {
		struct macro m;
		size_t plain = str_find(text, i, '%');
		buf_add(b, str_sub(text, i, plain - i));
		i = plain;
		if (i == text.n)
			break;
		if (!macro_parse(str_sub(text, i, text.n), explain, &m))
			return false;
		i += m.length;
		if (is_in("%_-", m.letter)) {
			buf_adds(b, m.letter == '%' ? "%" : m.letter == '_' ? " " : "%20");
			continue;
		}
		struct str value = letters->of[m.letter - 'a'];
		if (value.p == NULL)
			return false;
		add_transformed(b, value, &m);
	}
	return !b->over;
}

bool
spf_macro_expand(
    struct buf *b, struct str text, const struct name *current, const struct name *sender)
{
	struct spf_letters letters = { { { NULL, 0 } } };
	struct buf d, o;
	buf_init(&d, MAX_NAME_TEXT);
	buf_init(&o, MAX_NAME_TEXT);
	name_print(&d, current);
	name_print(&o, sender);
	letters.of['d' - 'a'] = buf_str(&d);
	letters.of['o' - 'a'] = buf_str(&o);
	bool ok = spf_macro_fill(b, text, false, &letters);
	buf_free(&d);
	buf_free(&o);
	return ok;
}
