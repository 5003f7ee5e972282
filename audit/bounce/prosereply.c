/* SPDX-License-Identifier: ISC */
/*
 * prosereply.c - what the text of a report says about one recipient.
 */
#include "audit/bounce/prose.h"
#include "checks/core/buf.h"

#define MAX_SAID 2000      /* bytes kept: the longest replies seen have 600 */
#define MAX_PARAGRAPH 4000 /* bytes of one: with MAX_MENTIONS it keeps the search linear */
#define MAX_BESIDE 600     /* bytes of prose taken for want of a reply */
#define MAX_MENTIONS 20    /* of one address that are looked behind */

/* Whether three digits at I are a code of 4xx or 5xx that stands alone. */
static bool
code_at(struct str s, size_t i)
{
	if (i + 3 > s.n || (s.p[i] != '4' && s.p[i] != '5') || !ascii_isdigit(s.p[i + 1]) ||
	    !ascii_isdigit(s.p[i + 2]))
		return false;
	if (s.p[i + 1] > '7' ||
	    (i > 0 && (ascii_isalnum(s.p[i - 1]) || strchr(".-:@[/=_,", s.p[i - 1]) != NULL)))
		return false;
	return i + 3 == s.n || s.p[i + 3] == ' ' || s.p[i + 3] == '-' || s.p[i + 3] == ':' ||
	       s.p[i + 3] == '\n' || s.p[i + 3] == '\r';
}

/* Whether S has a reply code, not only an enhanced one. */
static bool
has_reply_code(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (code_at(s, i))
			return true;
	return false;
}

bool
prose_has_code(struct str s)
{
	struct enhanced e;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '4' && s.p[i] != '5')
			continue;
		if (code_at(s, i))
			return true;
		if ((i == 0 || !(ascii_isalnum(s.p[i - 1]) || s.p[i - 1] == '.')) &&
		    enhanced_parse(str_sub(s, i, s.n), &e) > 0)
			return true;
	}
	return false;
}

/* S on one line, blanks single, owned by A; without marks at its start that are no words. */
static struct str
tidy(struct arena *a, struct str s)
{
	char *p;
	size_t n = 0;

	while (s.n > 0 && s.p[0] != '\0' && strchr(" \t\r\n:;,>\"')*", s.p[0]) != NULL)
		s = str_sub(s, 1, s.n);
	s = str_sub(str_trim(s), 0, MAX_SAID);
	p = arena_alloc(a, s.n + 1);
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i] == '\r' || s.p[i] == '\n' || s.p[i] == '\t' ? ' ' : s.p[i];

		if (c != ' ' || (n > 0 && p[n - 1] != ' '))
			p[n++] = c;
	}
	return (struct str){ p, n };
}

/* Where the paragraph around FROM ends: at an empty line, or where another recipient begins. */
static size_t
paragraph_end(struct str text, size_t from, struct str address)
{
	struct str line, one;
	size_t pos = from, end = from;

	text = str_sub(text, 0, from + MAX_PARAGRAPH);
	for (bool first = true; line_next(text, &pos, &line); first = false, end = pos) {
		size_t at = 0;

		if (first)
			continue;
		if (str_trim(line).n == 0)
			return end;
		if (address_next(line, &at, &one) && !str_ieq(one, address)) {
			at = (size_t)(one.p - line.p);
			if (prose_shows(line, at, at + one.n) == SHOWN_ALONE)
				return end;
		}
	}
	return text.n;
}

/* How TEXT shows the address ONE, a view into it. */
static enum shown
shown_at(struct str text, struct str one)
{
	size_t at = (size_t)(one.p - text.p), from = at, end = str_find(text, at, '\n');

	while (from > 0 && text.p[from - 1] != '\n')
		from--;
	return prose_shows(str_sub(text, from, end - from), at - from, at - from + one.n);
}

enum wanted { WANTED_CODE, WANTED_ENHANCED, WANTED_WORDS };

/*
 * What stands behind ADDRESS up to the end of its paragraph, where that has
 * what is WANTED; for words alone it must be shown as a recipient.
 */
static struct str
behind(struct str text, struct str address, enum wanted wanted)
{
	struct str one;
	size_t n = 0;

	for (size_t pos = 0; n < MAX_MENTIONS && address_next(text, &pos, &one);) {
		struct str said;

		if (!str_ieq(one, address))
			continue;
		n++;
		said = str_sub(text, pos, paragraph_end(text, pos, address) - pos);
		if (wanted == WANTED_CODE ? has_reply_code(said)
		    : wanted == WANTED_ENHANCED
			? prose_has_code(said)
			: str_trim(said).n > 12 && shown_at(text, one) > SHOWN_SUMMARY)
			return said;
	}
	return (struct str){ 0 };
}

/* The lines "<<< 5xx ..." from *POS on that make one refusal, without the marks; empty = no more.
 */
static struct str
transcript_next(struct arena *a, struct str text, size_t *pos)
{
	struct str line;
	struct buf b;
	struct str out;

	buf_init(&b, MAX_SAID);
	while (line_next(text, pos, &line)) {
		struct str t = str_trim(line);

		if (!str_has_prefix(t, STR("<<< "))) {
			if (b.n > 0)
				break;
			continue;
		}
		t = str_trim(str_sub(t, 4, t.n));
		if (!code_at(t, 0)) {
			if (b.n > 0)
				break;
			continue;
		}
		if (b.n > 0)
			buf_addc(&b, ' ');
		buf_add(&b, t);
		if (t.n == 3 || t.p[3] != '-')
			break;
	}
	out = arena_str(a, buf_str(&b));
	buf_free(&b);
	return out;
}

/* The refusal in a transcript that names ADDRESS, else the first; *N is how many there are. */
static struct str
transcript(struct arena *a, struct str text, struct str address, size_t *n)
{
	struct str first = { 0 }, named = { 0 }, r;

	*n = 0;
	for (size_t pos = 0; (r = transcript_next(a, text, &pos)).n > 0; ++*n) {
		if (named.n == 0 && address.n > 0 && str_ifind(r, 0, address) < r.n)
			named = r;
		if (first.n == 0)
			first = r;
	}
	return named.n > 0 ? named : first;
}

struct str
prose_whole_reply(struct arena *a, const struct prose *p, struct str first)
{
	struct str text = str_sub(p->text, 0, MAX_PROSE), r, head = first;

	if (str_has_iprefix(head, STR("smtp;")))
		head = str_trim(str_sub(head, 5, head.n));
	if (head.n < 8 || !code_at(head, 0) || head.p[3] != '-')
		return first;
	for (size_t pos = 0; (r = transcript_next(a, text, &pos)).n > 0;)
		if (str_has_prefix(r, head))
			return r;
	return first;
}

/* From the first line that has a code, right at its START or anywhere, to the paragraph's end. */
static struct str
coded_line(struct str text, bool start)
{
	struct str line;
	size_t from = 0;

	for (size_t pos = 0; line_next(text, &pos, &line); from = pos) {
		struct str t = str_trim(line);
		struct enhanced e;

		if (start ? code_at(t, 0) || enhanced_parse(t, &e) > 0 : prose_has_code(t))
			return str_sub(
			    text, from, paragraph_end(text, from, (struct str){ 0 }) - from);
	}
	return (struct str){ 0 };
}

/* What stands below the paragraph of ADDRESS; what is above when there is nothing. */
static struct str
beside(struct str text, struct str address)
{
	size_t at = address.n == 0 ? 0 : str_ifind(text, 0, address);
	struct str below;
	size_t end;

	if (at >= text.n || address.n == 0)
		return text;
	end = paragraph_end(text, at, address);
	below = str_trim(str_sub(text, end, text.n));
	if (below.n > 0)
		return str_sub(below, 0, MAX_BESIDE);
	return str_sub(text, 0, at);
}

struct str
prose_reply(struct arena *a, const struct prose *p, struct str address)
{
	struct str text = str_sub(p->text, 0, MAX_PROSE), r = { 0 }, said;
	size_t refusals;

	said = transcript(a, text, address, &refusals);
	if (refusals == 1)
		return tidy(a, said);
	if (address.n > 0)
		r = behind(text, address, WANTED_CODE);
	if (r.n == 0)
		r = said;
	if (r.n == 0 && address.n > 0)
		r = behind(text, address, WANTED_ENHANCED);
	if (r.n == 0)
		r = coded_line(text, true);
	if (r.n == 0)
		r = coded_line(text, false);
	if (r.n == 0 && address.n > 0)
		r = behind(text, address, WANTED_WORDS);
	if (r.n == 0)
		r = beside(text, address);
	return tidy(a, r);
}
