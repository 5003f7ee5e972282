/* SPDX-License-Identifier: ISC */
/*
 * mailbox.c - address lists, in two walks: comments become blanks, then the rest
 * is cut at commas and semicolons that are in no quotes and no angle brackets.
 */
#include "checks/mailbox.h"

/* The end of the quoted string that begins at I of S; S.n when it does not end. */
static size_t
quoted_end(struct str s, size_t i)
{
	for (i++; i < s.n && s.p[i] != '"'; i++)
		if (s.p[i] == '\\')
			i++;
	return i < s.n ? i + 1 : s.n;
}

/*
 * The end of the encoded word that begins at I of S; I when none does.  Some
 * senders leave commas and colons in it, which RFC 2047 5 forbids in a phrase.
 * None ends before *NONE, which a vain search moves on: what begins later within
 * the same text has fewer marks before it, so each byte is looked at twice at most.
 */
static size_t
encoded_end(struct str s, size_t i, size_t *none)
{
	unsigned marks = 0;
	size_t k;

	if (i < *none || s.n - i < 2 || s.p[i] != '=' || s.p[i + 1] != '?')
		return i;
	for (k = i + 2; k < s.n && s.p[k] != ' ' && s.p[k] != '\t'; k++)
		if (s.p[k] == '?' && ++marks >= 3 && k + 1 < s.n && s.p[k + 1] == '=')
			return k + 2;
	*none = k;
	return i;
}

/* Copy TEXT with a blank for each comment; false when one does not end, or lies too deep. */
static bool
without_comments(struct arena *a, struct str text, struct str *out)
{
	char *p = arena_alloc(a, text.n + 1);
	unsigned depth = 0;
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (depth == 0 && text.p[i] == '"') {
			size_t end = quoted_end(text, i);

			memcpy(p + n, text.p + i, end - i);
			n += end - i;
			i = end - 1;
		} else if (text.p[i] == '(') {
			if (++depth > MAX_COMMENT_DEPTH)
				break;
		} else if (text.p[i] == ')' && depth > 0) {
			depth--;
			p[n++] = ' ';
		} else if (text.p[i] == '\\' && depth > 0) {
			i++;
		} else if (depth == 0) {
			p[n++] = text.p[i];
		}
	}
	*out = (struct str){ p, n };
	return depth == 0;
}

/* atext, a dot, or a byte of UTF-8 (RFC 5322 3.2.3, RFC 6532 3.2). */
static bool
is_dot_atom(struct str s)
{
	if (s.n == 0 || s.p[0] == '.' || s.p[s.n - 1] == '.')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.' && s.p[i + 1] == '.')
			return false;
		if (s.p[i] == '\0' || (!ascii_isalnum(s.p[i]) && (unsigned char)s.p[i] < 0x80 &&
					  strchr("!#$%&'*+-/=?^_`{|}~.", s.p[i]) == NULL))
			return false;
	}
	return true;
}

static bool
is_local(struct str s)
{
	if (s.n > 1 && s.p[0] == '"')
		return quoted_end(s, 0) == s.n && s.p[s.n - 1] == '"';
	return is_dot_atom(s);
}

/* Behind the last '@' that stands in no quotes; 0 = there is none. */
static size_t
behind_at(struct str s)
{
	size_t at = 0;

	for (size_t i = 0; i < s.n;) {
		if (s.p[i] == '"') {
			i = quoted_end(s, i);
			continue;
		}
		if (s.p[i++] == '@')
			at = i;
	}
	return at;
}

/* "[192.0.2.1]", "[IPv6:2001:db8::1]"; other tags are in no use. */
static bool
is_literal(struct str s)
{
	if (s.n < 3 || s.p[0] != '[' || s.p[s.n - 1] != ']')
		return false;
	for (size_t i = 1; i < s.n - 1; i++)
		if (!ascii_isalnum(s.p[i]) && s.p[i] != '.' && s.p[i] != ':')
			return false;
	return true;
}

/* TEXT as an address without brackets into *M. */
static bool
read_address(struct str text, struct mailbox *m)
{
	struct str s = str_trim(text);
	bool route = s.n > 0 && s.p[0] == '@';
	size_t at;

	if (route) { /* a source route, which receivers strip (RFC 5322 4.4) */
		size_t colon = str_find(s, 0, ':');

		s = str_trim(str_sub(s, colon + 1, s.n));
	}
	*m = (struct mailbox){ .address = s, .route = route };
	if ((at = behind_at(s)) == 0)
		return false;
	m->local = str_trim(str_sub(s, 0, at - 1));
	m->domain = str_trim(str_sub(s, at, s.n));
	for (size_t i = 0; i < m->domain.n; i++)
		m->u_label = m->u_label || (unsigned char)m->domain.p[i] >= 0x80;
	if (!is_local(m->local) || m->domain.n == 0)
		return false;
	if (m->domain.p[0] == '[')
		return is_literal(m->domain);
	if (!is_dot_atom(m->domain) || name_parse_raw(m->domain, &m->name) != NAME_OK)
		return false;
	return m->u_label || name_is_hostname(&m->name, true);
}

/* One element of the list, display name and all. */
static bool
read_element(struct str text, struct mailbox *m)
{
	size_t open = text.n, none = 0;

	for (size_t i = 0; i < text.n;) {
		size_t end = encoded_end(text, i, &none);

		if (text.p[i] == '<') {
			open = i;
			break;
		}
		i = text.p[i] == '"' ? quoted_end(text, i) : end > i ? end : i + 1;
	}
	if (open == text.n)
		return read_address(text, m);
	text = str_trim(str_sub(text, open + 1, text.n));
	if (text.n == 0 || text.p[text.n - 1] != '>')
		return false;
	return read_address(str_sub(text, 0, text.n - 1), m);
}

/* Where the element of S that begins at I ends: a separator, or S.n.  NONE: see encoded_end(). */
static size_t
element_end(struct str s, size_t i, size_t *none)
{
	bool angle = false, literal = false;

	while (i < s.n) {
		size_t end = encoded_end(s, i, none);

		if (s.p[i] == '"') {
			i = quoted_end(s, i);
			continue;
		}
		if (end > i) {
			i = end;
			continue;
		}
		if (s.p[i] == '<' || s.p[i] == '>')
			angle = s.p[i] == '<';
		else if (s.p[i] == '[' || s.p[i] == ']')
			literal = s.p[i] == '[';
		else if (!angle && !literal && (s.p[i] == ',' || s.p[i] == ';' || s.p[i] == ':'))
			return i;
		i++;
	}
	return s.n;
}

void
mailboxes_parse(struct arena *a, struct str text, struct mailboxes *out)
{
	struct str s;
	size_t cap = 0, none = 0, end;

	*out = (struct mailboxes){ .n = 0 };
	if (text.n > MAX_MAILBOX_FIELD || !without_comments(a, text, &s)) {
		out->bad = true;
		return;
	}
	for (size_t i = 0; i < s.n; i = end + 1) {
		struct mailbox m;
		struct str one;

		end = element_end(s, i, &none);
		one = str_trim(str_sub(s, i, end - i));
		if (end < s.n && s.p[end] == ':' && !out->group) {
			out->group = true; /* ONE is the name of a group */
			continue;
		}
		if (one.n == 0)
			continue; /* RFC 5322 4.4: empty elements */
		if (!read_element(one, &m) || (end < s.n && s.p[end] == ':')) {
			out->bad = true;
			continue;
		}
		if (out->n == MAX_MAILBOXES) {
			out->over = true;
			continue;
		}
		*(struct mailbox *)arena_grow(a, &out->list, out->n, &cap, sizeof(m)) = m;
		out->n++;
	}
}

size_t
mailboxes_domains(const struct mailboxes *list)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) { /* MAX_MAILBOXES bounds both */
		size_t k = 0;

		while (k < i && !str_ieq(list->list[k].domain, list->list[i].domain))
			k++;
		n += k == i;
	}
	return n;
}

const struct mailbox *
mailboxes_author(const struct mailboxes *list)
{
	if (list->bad || list->over || mailboxes_domains(list) != 1)
		return NULL;
	return &list->list[0];
}
