/* SPDX-License-Identifier: ISC */
/*
 * received.c - the from clause of a Received field.
 *
 *	Postfix, Sendmail, Gmail  from HELO (NAME [ADDRESS])
 *	Exim                      from NAME ([ADDRESS] helo=HELO), from [ADDRESS] (helo=HELO)
 *	Exchange                  from HELO (ADDRESS)
 *	qmail                     from NAME (HELO HELO) (ADDRESS)
 *
 * An address in the comment is what the receiver saw; one before it is what the
 * host said, but for Exim, which puts what it saw there and HELO behind "helo=".
 */
#include "checks/received.h"
#include "checks/header.h"
#include "checks/maildate.h"

static bool
is_end(char c)
{
	return ascii_isblank(c) || c == '(' || c == ')';
}

/* The next word of S from *POS on; parentheses are words.  Empty at the end. */
static struct str
next_word(struct str s, size_t *pos)
{
	size_t from = *pos, to;

	while (from < s.n && ascii_isblank(s.p[from]))
		from++;
	to = from;
	if (to < s.n && (s.p[to] == '(' || s.p[to] == ')'))
		to++;
	else
		while (to < s.n && !is_end(s.p[to]))
			to++;
	*pos = to;
	return str_sub(s, from, to - from);
}

/* "[192.0.2.1]", "[IPv6:2001:db8::1]", with a port behind it perhaps. */
static bool
read_literal(struct str w, struct addr *out)
{
	size_t close = str_find(w, 0, ']');

	if (w.n < 2 || w.p[0] != '[' || close == w.n)
		return false;
	w = str_sub(w, 1, close - 1);
	if (str_has_iprefix(w, STR("IPv6:")))
		w = str_sub(w, 5, w.n);
	return addr_parse(w, out) == ADDR_OK;
}

/*
 * W, a word of the comment, as the address seen.  A literal, "user@[192.0.2.1]" as
 * Sendmail has it too, goes before an address alone, which may be a host's name.
 */
static void
take_seen(struct str w, bool *sure, struct received *out)
{
	struct addr seen;

	if (*sure)
		return;
	if (read_literal(str_sub(w, str_find(w, 0, '['), w.n), &seen))
		*sure = true;
	else if (out->has_ip || addr_parse(w, &seen) != ADDR_OK)
		return;
	out->ip = seen;
	out->has_ip = true;
}

/* The clause "from", up to "by". */
static void
read_from(struct str s, size_t pos, struct received *out)
{
	struct str said = next_word(s, &pos), w;
	struct addr seen;
	unsigned depth = 0;
	bool sure = false;

	out->helo = said;
	while ((w = next_word(s, &pos)).n > 0) {
		if (w.p[0] == '(') {
			depth++;
		} else if (w.p[0] == ')') {
			depth -= depth > 0;
		} else if (depth == 0) {
			if (str_ieq(w, STR("by")))
				break;
		} else if (str_has_iprefix(w, STR("helo="))) {
			out->helo = str_sub(w, 5, w.n);
		} else if (str_eq(w, STR("HELO"))) {
			out->helo = next_word(s, &pos);
		} else if (depth == 1) {
			take_seen(w, &sure, out);
		}
	}
	if (!out->has_ip && read_literal(said, &seen)) {
		out->ip = seen;
		out->has_ip = true;
	}
	if (out->helo.n > 0 && out->helo.p[0] == '[')
		out->helo = STR(""); /* a literal names no domain that SPF could ask */
}

void
received_parse(struct arena *a, struct str value, struct received *out)
{
	struct str s, w;
	size_t pos = 0, semicolon;
	unsigned depth = 0;
	bool first = true; /* what stands there says which clause it is */

	*out = (struct received){ .helo = STR("") };
	if (value.n > MAX_RECEIVED_FIELD)
		return;
	s = header_unfold(a, value);
	for (semicolon = s.n; semicolon > 0 && s.p[semicolon - 1] != ';';)
		semicolon--;
	if (semicolon > 0)
		out->has_date = maildate_parse(str_sub(s, semicolon, s.n), &out->date);
	while ((w = next_word(s, &pos)).n > 0) {
		if (w.p[0] == '(')
			depth++;
		else if (w.p[0] == ')')
			depth -= depth > 0;
		else if (depth == 0 && first && str_ieq(w, STR("from"))) {
			out->has_from = true;
			read_from(s, pos, out);
		} else if (depth == 0 && str_ieq(w, STR("with")))
			out->utf8 = str_has_iprefix(next_word(s, &pos), STR("UTF8"));
		first = false;
	}
}
