/* SPDX-License-Identifier: ISC */
/*
 * uri.c - reads report addresses; see uri.h.
 */
#include "checks/uri.h"

#include <string.h>

/* RFC 3986 2.2 and 2.3, but '!' and ',' which DMARC reserves (RFC 9989 4.8). */
static bool
is_uri_byte(char c)
{
	switch (c) {
	case '-':
	case '.':
	case '_':
	case '~':
	case ':':
	case '/':
	case '?':
	case '#':
	case '[':
	case ']':
	case '@':
	case '$':
	case '&':
	case '\'':
	case '(':
	case ')':
	case '*':
	case '+':
	case ';':
	case '=':
	case '%':
		return true;
	default:
		return ascii_isalnum(c);
	}
}

static bool
is_hex(char c)
{
	char l = ascii_lower(c);

	return ascii_isdigit(c) || (l >= 'a' && l <= 'f');
}

/* RFC 7489 6.4: "!" 1*DIGIT [ "k" / "m" / "g" / "t" ] at the end. */
static bool
is_size(struct str s)
{
	size_t n = s.n;

	if (n > 0 && strchr("kmgt", ascii_lower(s.p[n - 1])) != NULL && s.p[n - 1] != '\0')
		n--;
	if (n == 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!ascii_isdigit(s.p[i]))
			return false;
	return true;
}

/* Offset of the last byte C in S; S.n when there is none. */
static size_t
last_of(struct str s, char c)
{
	for (size_t i = s.n; i-- > 0;)
		if (s.p[i] == c)
			return i;
	return s.n;
}

static void
cut_size(struct report_uri *u)
{
	size_t bang = last_of(u->all, '!');

	if (bang == u->all.n)
		return;
	struct str tail = str_sub(u->all, bang + 1, u->all.n);
	if (!is_size(tail))
		return;
	u->size = tail;
	u->all = str_trim(str_sub(u->all, 0, bang));
}

static void
set_fault(struct report_uri *u, enum uri_fault fault, struct str bad)
{
	u->fault = fault;
	u->bad = bad;
}

/* The length of the scheme of TEXT (RFC 3986 3.1); 0 = it has none. */
static size_t
scheme_length(struct str text)
{
	size_t i = 0;

	if (text.n == 0 || !ascii_isalpha(text.p[0]))
		return 0;
	while (i < text.n && (ascii_isalnum(text.p[i]) || text.p[i] == '+' || text.p[i] == '-' ||
				 text.p[i] == '.'))
		i++;
	return i < text.n && text.p[i] == ':' ? i : 0;
}

/* Whether every byte of the entry may stand in a URI; tells the first that may not. */
static bool
has_good_bytes(struct report_uri *u)
{
	struct str s = u->all;

	for (size_t i = 0; i < s.n; i++) {
		if (ascii_isalnum(s.p[i]))
			continue;
		if (ascii_isblank(s.p[i]) || s.p[i] == '\r' || s.p[i] == '\n') {
			set_fault(u, URI_BLANK, str_sub(s, i, 1));
			return false;
		}
		if (!is_uri_byte(s.p[i])) {
			set_fault(u, URI_BAD_BYTE, str_sub(s, i, 1));
			return false;
		}
		if (s.p[i] == '%' && (i + 2 >= s.n || !is_hex(s.p[i + 1]) || !is_hex(s.p[i + 2]))) {
			set_fault(u, URI_BAD_PERCENT, str_sub(s, i, 3));
			return false;
		}
	}
	return true;
}

/* RFC 6068 2: to [ hfields ]; one addr-spec, for a comma ends the entry. */
static void
read_mailto(struct report_uri *u)
{
	struct str to = str_sub(u->all, u->scheme.n + 1, u->all.n);
	struct str domain;
	size_t at;

	to = str_sub(to, 0, str_find(to, 0, '?'));
	at = last_of(to, '@');
	domain = str_sub(to, at + 1, to.n);
	if (at == 0 || at == to.n || domain.n == 0)
		set_fault(u, URI_NO_ADDRESS, u->all);
	else if (name_parse_raw(domain, &u->host) != NAME_OK || !name_is_set(&u->host) ||
		 !name_is_hostname(&u->host, true)) {
		u->host.n = 0;
		set_fault(u, URI_BAD_DOMAIN, domain);
	}
}

void
uri_parse(struct str text, struct report_uri *out)
{
	memset(out, 0, sizeof(*out));
	out->all = str_trim(text);
	out->fault = URI_OK;
	if (out->all.n == 0) {
		set_fault(out, URI_EMPTY, out->all);
		return;
	}
	cut_size(out);
	size_t n = scheme_length(out->all);
	if (n == 0) {
		set_fault(out, URI_NO_SCHEME, out->all);
		return;
	}
	out->scheme = str_sub(out->all, 0, n);
	out->is_mailto = str_ieq(out->scheme, STR("mailto"));
	if (has_good_bytes(out) && out->is_mailto)
		read_mailto(out);
}

bool
uri_next(struct str list, size_t *pos, struct report_uri *out)
{
	size_t start = *pos;

	if (start > list.n)
		return false;
	size_t comma = str_find(list, start, ',');
	uri_parse(str_sub(list, start, comma - start), out);
	/* Behind the last entry lies one step past the end, so that "a," has two. */
	*pos = comma + 1;
	return true;
}

bool
uri_list_has_valid(struct str list)
{
	struct report_uri u;
	size_t pos = 0;

	while (uri_next(list, &pos, &u))
		if (u.fault == URI_OK)
			return true;
	return false;
}
