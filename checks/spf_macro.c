/* SPDX-License-Identifier: ISC */
/*
 * spf_macro.c - macro-strings and domain-specs (RFC 7208 7.1 to 7.3).
 */
#include "checks/spf_macro.h"

#include <string.h>

#define MAX_EXPANDED 4096 /* a name is 255 octets; longer text is cut to it by RFC 7208 7.3 */
#define MAX_PARTS 128     /* a name has at most 127 labels */

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
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_isalnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '_' && s.p[i] != '.')
			return false;
	return true;
}

struct spec
spf_domain_spec(struct str text)
{
	struct spec out = spf_macro_string(text, false);
	if (out.fault != SPEC_OK || (text.n > 0 && ends_in_macro(text)))
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
	struct name name;
	/* What no host name holds is good by the grammar, and a slip of the pen. */
	if (!out.has_macro && (name_parse_raw(s, &name) != NAME_OK || !is_plain_name(s))) {
		out.fault = SPEC_NAME;
		out.offset = 0;
		out.length = text.n;
	}
	return out;
}

/* Appends VALUE split at DELIMITERS, reversed and cut as M says (RFC 7208 7.3). */
static void
add_transformed(struct buf *b, struct str value, const struct macro *m)
{
	struct str parts[MAX_PARTS];
	size_t n = 0, start = 0;
	for (size_t i = 0; i <= value.n && n < MAX_PARTS; i++) {
		bool cut = i == value.n;
		for (size_t k = 0; !cut && k < m->delimiters.n; k++)
			cut = value.p[i] == m->delimiters.p[k];
		if (!cut && !(m->delimiters.n == 0 && value.p[i] == '.'))
			continue;
		parts[n++] = str_sub(value, start, i - start);
		start = i + 1;
	}
	size_t keep = m->has_digits && m->digits < n ? m->digits : n;
	for (size_t i = n - keep; i < n; i++) {
		buf_add(b, parts[m->reverse ? n - 1 - i : i]);
		if (i + 1 < n)
			buf_addc(b, '.');
	}
}

bool
spf_macro_expand(
    struct buf *b, struct str text, const struct name *current, const struct name *sender)
{
	struct buf value;
	bool ok = true;
	buf_init(&value, MAX_EXPANDED);
	for (size_t i = 0; ok && i < text.n;) {
		struct macro m;
		if (text.p[i] != '%') {
			buf_addc(b, text.p[i++]);
			continue;
		}
		ok = macro_parse(str_sub(text, i, text.n), false, &m);
		i += m.length;
		if (!ok)
			break;
		if (is_in("%_-", m.letter)) {
			buf_adds(b, m.letter == '%' ? "%" : m.letter == '_' ? " " : "%20");
			continue;
		}
		ok = (m.letter == 'd' || m.letter == 'o') && !m.encode;
		buf_reset(&value);
		if (ok)
			name_print(&value, m.letter == 'd' ? current : sender);
		add_transformed(b, buf_str(&value), &m);
	}
	buf_free(&value);
	return ok && !b->over;
}
