/* SPDX-License-Identifier: ISC */
/*
 * reply.c - one SMTP reply out of the wrapping that logs and reports put
 * around it.
 *
 * Four steps: line breaks of all spellings become '\n'; what introduces the
 * reply is read for host and phase and cut off; the first code is the reply's;
 * the codes of the other lines are taken out of the text.
 */
#include "audit/bounce/reply.h"
#include "audit/bounce/replywrap.h"
#include "checks/core/buf.h"

/* RFC 3463 3: what stands alone in a sentence is a code only so far. */
#define MAX_KNOWN_SUBJECT 7

/* The length of an enhanced code at AT, with '#', brackets and blanks around it; 0 = none. */
static size_t
dressed(struct str s, size_t at, struct enhanced *out)
{
	size_t from = at, n;
	bool in = false;

	while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\n'))
		at++;
	if (at < s.n && (s.p[at] == '(' || s.p[at] == '[')) {
		in = true;
		at++;
	}
	if (at < s.n && s.p[at] == '#')
		at++;
	n = enhanced_parse(str_sub(s, at, s.n - at), out);
	if (n == 0)
		return 0;
	at += n;
	if (in && at < s.n && (s.p[at] == ')' || s.p[at] == ']'))
		at++;
	if (at < s.n && s.p[at] == ':')
		at++;
	return at - from;
}

/*
 * RAW with every spelling of a line break as '\n': CR LF, the two characters
 * \n, and the '?' that Postfix writes for a control byte before a code.
 */
static struct str
plain_breaks(struct arena *a, struct str raw)
{
	char *p = arena_alloc(a, raw.n + 1);
	size_t n = 0;
	uint16_t code;

	for (size_t i = 0; i < raw.n; i++) {
		char c = raw.p[i], next = i + 1 < raw.n ? raw.p[i + 1] : '\0';

		if (c == '\\' && (next == 'n' || next == 'r')) {
			c = '\n';
			i++;
		} else if (c == '\\' && (next == '"' || next == '\\' || next == '\'')) {
			c = raw.p[++i];
			if (c == '\\' && i + 1 < raw.n && raw.p[i + 1] == 'n') {
				c = '\n';
				i++;
			}
		} else if (c == '?' && (next == '?' || reply_code_at(raw, i + 1, &code))) {
			c = '\n';
		} else if (c == '\r' || c == '\n') {
			c = '\n';
		} else if ((unsigned char)c < 0x20 || c == 0x7f) {
			c = ' ';
		}
		p[n++] = c;
	}
	return (struct str){ p, n };
}

/* Append C; blanks in a row are one, and none stands first. */
static void
add_folded(char *p, size_t *n, char c)
{
	if (c == '\n')
		c = ' ';
	if (c != ' ' || (*n > 0 && p[*n - 1] != ' '))
		p[(*n)++] = c;
}

/*
 * The length of a code of an inner line at AT of S: "550-5.7.1 ", "550 5.7.1 "
 * of any value; R's enhanced code alone; and "550-" alone when it repeats R's
 * code and R is of SEVERAL lines.
 */
static size_t
inner_code(struct str s, size_t at, const struct reply *r, bool several)
{
	struct enhanced e;
	uint16_t again;
	size_t n;

	if (at == 0 || (s.p[at - 1] != ' ' && s.p[at - 1] != '\n'))
		return 0;
	n = r->enhanced.class == 0 ? 0 : enhanced_parse(str_sub(s, at, s.n - at), &e);
	if (n > 0 && e.class == r->enhanced.class && e.subject == r->enhanced.subject &&
	    e.detail == r->enhanced.detail)
		return n;
	if (!reply_code_at(s, at, &again))
		return 0;
	if (at + 3 < s.n && (s.p[at + 3] == '-' || s.p[at + 3] == ' ')) {
		n = enhanced_parse(str_sub(s, at + 4, s.n - at - 4), &e);
		if (n > 0)
			return 4 + n;
	}
	if (again == r->code && (several || s.p[at - 1] == '\n'))
		return at + 3 < s.n ? 4 : 3;
	return 0;
}

static struct str
without_codes(struct arena *a, struct str s, const struct reply *r, bool several)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0, skip;

	for (size_t i = 0; i < s.n; i++) {
		skip = inner_code(s, i, r, several);
		if (skip > 0)
			i += skip - 1;
		else
			add_folded(p, &n, s.p[i]);
	}
	return str_trim((struct str){ p, n });
}

/* The first X.Y.Z of CLASS that stands alone in S, as "(#5.1.1)" and "- 5.7.1 " do. */
static void
find_enhanced(struct str s, unsigned class, struct enhanced *out)
{
	struct enhanced e;

	for (size_t i = 0; i + 5 <= s.n; i++) {
		if (i > 0 && strchr(" (#[:\n", s.p[i - 1]) == NULL)
			continue;
		if (enhanced_parse(str_sub(s, i, s.n - i), &e) == 0)
			continue;
		if ((class == 0 || e.class == class) && e.subject <= MAX_KNOWN_SUBJECT) {
			*out = e;
			return;
		}
	}
}

/* The length of a word and the code of CLASS behind it: "550 cuda_nsu 4.7.1 <...>"; 0 = none. */
static size_t
after_word(struct str s, unsigned class, struct enhanced *e)
{
	size_t i = str_find(s, 0, ' '), n;

	n = i < s.n ? enhanced_parse(str_sub(s, i + 1, s.n), e) : 0;
	return n == 0 || e->class != class ? 0 : i + 1 + n;
}

/* Read the codes at the beginning of *REST into OUT and step over them. */
static bool
leading_codes(struct str *rest, struct reply *out, bool *several)
{
	uint16_t code;
	struct enhanced e;
	size_t n;

	while (reply_code_at(*rest, 0, &code)) { /* "554 554 5.7.1" */
		/* "220-host 421 4.2.1": the greeting went on and then refused */
		if (out->code < 400)
			out->code = code;
		*several = *several || (rest->n > 3 && rest->p[3] == '-');
		*rest = str_trim(str_sub(*rest, rest->n > 3 ? 4 : 3, rest->n));
		n = dressed(*rest, 0, &e);
		if (n == 0 && out->code >= 400)
			n = after_word(*rest, out->code / 100u, &e);
		if (n > 0) {
			out->enhanced = e;
			*rest = str_trim(str_sub(*rest, n, rest->n));
			return true;
		}
	}
	if ((n = dressed(*rest, 0, &e)) > 0) {
		out->enhanced = e;
		*rest = str_trim(str_sub(*rest, n, rest->n));
		return true;
	}
	return out->code != 0;
}

/* A greeting that began well: the first 4xx or 5xx with an enhanced code behind it. */
static void
late_refusal(struct str *rest, struct reply *out)
{
	uint16_t code;
	size_t n;

	if (out->code == 0 || out->code >= 400)
		return;
	for (size_t i = 1; i + 3 < rest->n; i++) {
		if (!reply_code_at(*rest, i, &code) || code < 400)
			continue;
		out->code = code;
		*rest = str_trim(str_sub(*rest, i + 4, rest->n));
		n = dressed(*rest, 0, &out->enhanced);
		*rest = str_trim(str_sub(*rest, n, rest->n));
		return;
	}
}

void
reply_parse(struct arena *a, struct str raw, struct reply *out)
{
	struct reply_wrap w = { 0 };
	struct str rest;
	bool several = false;

	rest = str_trim(plain_breaks(a, str_sub(raw, 0, MAX_REPLY_TEXT)));
	reply_unwrap(&rest, &w);
	*out = (struct reply){ .code = w.code,
		.phase = w.phase,
		.host = w.host,
		.ip = w.ip,
		.remote = w.remote,
		.cut = raw.n > MAX_REPLY_TEXT };
	if (leading_codes(&rest, out, &several))
		late_refusal(&rest, out);
	out->remote = out->phase != PHASE_LOCAL && (out->code != 0 || out->remote);
	out->text = without_codes(a, rest, out, several);
	if (out->enhanced.class == 0)
		find_enhanced(out->text, out->code / 100u, &out->enhanced);
}
