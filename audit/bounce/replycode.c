/* SPDX-License-Identifier: ISC */
/*
 * replycode.c - the codes of an SMTP reply.
 */
#include "audit/bounce/replycode.h"

#define MAX_SUBJECT 999 /* RFC 3463 2: one to three digits */

static bool
is_digit_at(struct str s, size_t i)
{
	return i < s.n && ascii_isdigit(s.p[i]);
}

/* Read one to three digits at *AT. */
static bool
number(struct str s, size_t *at, uint16_t *out)
{
	size_t from = *at;
	uint32_t n;

	while (*at - from < 4 && is_digit_at(s, *at))
		++*at;
	if (!parse_u32(str_sub(s, from, *at - from), MAX_SUBJECT, &n))
		return false;
	*out = (uint16_t)n;
	return true;
}

size_t
enhanced_parse(struct str text, struct enhanced *out)
{
	struct enhanced e = { 0 };
	size_t at = 2;

	if (text.n < 5 || text.p[1] != '.' ||
	    (text.p[0] != '2' && text.p[0] != '4' && text.p[0] != '5'))
		return 0;
	e.class = (uint8_t)(text.p[0] - '0');
	if (!number(text, &at, &e.subject) || at >= text.n || text.p[at++] != '.' ||
	    !number(text, &at, &e.detail))
		return 0;
	if (at < text.n && (ascii_isalnum(text.p[at]) || text.p[at] == '_' ||
			       (text.p[at] == '.' && is_digit_at(text, at + 1))))
		return 0; /* an address, a version */
	*out = e;
	return at;
}

bool
reply_code_at(struct str s, size_t at, uint16_t *code)
{
	uint32_t n;

	if (at > 0 && (ascii_isalnum(s.p[at - 1]) || s.p[at - 1] == '.' || s.p[at - 1] == '-'))
		return false;
	if (at >= s.n || s.p[at] < '2' || s.p[at] > '5' || !parse_u32(str_sub(s, at, 3), 599, &n) ||
	    s.n - at < 3)
		return false;
	if (s.n - at > 3 && strchr(" -=#\n;:", s.p[at + 3]) == NULL)
		return false;
	*code = (uint16_t)n;
	return true;
}
