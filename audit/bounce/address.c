/* SPDX-License-Identifier: ISC */
/*
 * address.c - addresses inside fields and prose, and lists of them.
 *
 * Finds what looks like one; whether anything is delivered there is nobody's
 * promise.
 */
#include "audit/bounce/address.h"
#include "audit/bounce/span.h"

/* A byte of a local part as systems write it (RFC 5322 atext, dots, slashes of X.400). */
static bool
is_local(char c)
{
	switch (c) {
	case '"':
	case '(':
	case ')':
	case ',':
	case ':':
	case ';':
	case '<':
	case '>':
	case '@':
	case '[':
	case ']':
	case '\\':
		return false;
	default:
		return c > ' ' && c < 0x7f;
	}
}

static bool
is_domain(char c)
{
	return ascii_isalnum(c) || c == '.' || c == '-' || c == '_' || (unsigned char)c >= 0x80;
}

/* Where the local part that ends before AT begins; FROM at the least. */
static size_t
local_start(struct str text, size_t from, size_t at)
{
	size_t i = at;

	if (i > from && text.p[i - 1] == '"') { /* "a b"@domain */
		for (i--; i > from && text.p[i - 1] != '"' && text.p[i - 1] != '\n';)
			i--;
		return i > from && text.p[i - 1] == '"' ? i - 1 : at;
	}
	while (i > from && is_local(text.p[i - 1]))
		i--;
	/* Between brackets every byte belongs to it (RFC 6531): <m\xc3\xbcller@...>. */
	if (i > from && (unsigned char)text.p[i - 1] >= 0x80) {
		size_t j = i;

		while (
		    j > from && (is_local(text.p[j - 1]) || (unsigned char)text.p[j - 1] >= 0x80))
			j--;
		if (j > from && text.p[j - 1] == '<')
			i = j;
	}
	/* 'kijitora@...' in quotes; =3D, // and the like are no beginning of one. */
	while (i < at && strchr("'`/=?", text.p[i]) != NULL)
		i++;
	return i;
}

static size_t
domain_end(struct str text, size_t at)
{
	size_t i = at + 1;

	if (i < text.n && text.p[i] == '[') {
		size_t close = str_find(text, i, ']');

		return close < text.n && close - i < 50 ? close + 1 : at;
	}
	while (i < text.n && is_domain(text.p[i]))
		i++;
	while (i > at + 1 && strchr(".-_", text.p[i - 1]) != NULL)
		i--;
	return i;
}

bool
address_next(struct str text, size_t *pos, struct str *out)
{
	size_t from = *pos;

	for (size_t at = str_find(text, from, '@'); at < text.n; at = str_find(text, at + 1, '@')) {
		size_t start = local_start(text, from, at), end = domain_end(text, at);

		if (start == at || end <= at + 1 || end - start > MAX_ADDRESS_BYTES)
			continue;
		*out = str_sub(text, start, end - start);
		*pos = end;
		return true;
	}
	*pos = text.n;
	return false;
}

struct str
address_in(struct str value)
{
	struct str inner, out = { 0 };
	size_t open = str_find(value, 0, '<'), pos = 0;

	if (open < value.n) {
		size_t close = str_find(value, open, '>');

		inner = str_sub(value, open, close - open + 1);
		if (address_next(inner, &pos, &out))
			return out;
		pos = 0;
	}
	return address_next(value, &pos, &out) ? out : (struct str){ 0 };
}

struct str
address_domain(struct str address)
{
	return str_sub(address, span_rfind(address, STR("@")) + 1, address.n);
}

bool
address_list_has(const struct address_list *l, struct str address)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_ieq(l->items[i], address))
			return true;
	return false;
}

void
address_list_add(struct arena *a, struct address_list *l, struct str address)
{
	if (address.n == 0 || address_list_has(l, address))
		return;
	if (l->n >= MAX_REPORT_RECIPIENTS) {
		l->cut = true;
		return;
	}
	*(struct str *)arena_grow(a, &l->items, l->n, &l->cap, sizeof(*l->items)) = address;
	l->n++;
}

void
address_list_scan(struct arena *a, struct address_list *l, struct str value)
{
	struct str one;

	for (size_t pos = 0; !l->cut && address_next(value, &pos, &one);)
		address_list_add(a, l, one);
}
