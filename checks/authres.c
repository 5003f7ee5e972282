/* SPDX-License-Identifier: ISC */
/*
 * authres.c - an Authentication-Results field, one result a line.
 */
#include "checks/authres.h"

#define FOLD "\r\n\t"
#define MAX_LINE 998  /* RFC 5322 2.1.1 */
#define MAX_VALUE 300 /* a domain has 253; what is longer is cut, for lines are at most 998 */

void
authres_begin(struct authres *r, struct buf *b, const char *id)
{
	*r = (struct authres){ .b = b };
	buf_adds(b, "Authentication-Results: ");
	buf_adds(b, id);
}

/* TEXT with what CLOSES a comment or a quoted string, and '\', escaped; other bytes as '?'. */
static void
add_escaped(struct buf *b, struct str text, const char *closes)
{
	for (size_t i = 0; i < text.n && i < MAX_VALUE; i++) {
		if (!ascii_isprint(text.p[i])) {
			buf_addc(b, '?');
			continue;
		}
		if (text.p[i] == '\\' || strchr(closes, text.p[i]) != NULL)
			buf_addc(b, '\\');
		buf_addc(b, text.p[i]);
	}
}

void
authres_result(struct authres *r, const char *method, const char *result, struct str comment)
{
	buf_adds(r->b, ";" FOLD);
	buf_adds(r->b, method);
	buf_addc(r->b, '=');
	buf_adds(r->b, result);
	if (comment.n > 0) {
		buf_adds(r->b, " (");
		add_escaped(r->b, comment, "()");
		buf_addc(r->b, ')');
	}
	r->n++;
}

/* Whether S can stand as it is: a token (RFC 2045 5.1), or one with an '@' in it. */
static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_isprint(s.p[i]) || s.p[i] == ' ' ||
		    strchr("()<>,;:\\\"/[]?=", s.p[i]) != NULL)
			return false;
	return s.n > 0 && s.n <= MAX_VALUE;
}

/* Begin a line when N octets more would make this one too long. */
static void
make_room(struct authres *r, size_t n)
{
	size_t at = r->b->n;

	while (at > 0 && r->b->p[at - 1] != '\n')
		at--;
	if (r->b->n - at + n > MAX_LINE)
		buf_adds(r->b, FOLD);
}

void
authres_property(struct authres *r, const char *name, struct str value)
{
	if (value.n == 0)
		return;
	/* each octet may be escaped, the whole is quoted, a ';' may follow */
	make_room(r, strlen(name) + 2 * (value.n < MAX_VALUE ? value.n : MAX_VALUE) + 5);
	buf_addc(r->b, ' ');
	buf_adds(r->b, name);
	buf_addc(r->b, '=');
	if (is_plain(value)) {
		buf_add(r->b, value);
		return;
	}
	buf_addc(r->b, '"');
	add_escaped(r->b, value, "\"");
	buf_addc(r->b, '"');
}

void
authres_end(struct authres *r)
{
	if (r->n == 0)
		buf_adds(r->b, "; none");
}
