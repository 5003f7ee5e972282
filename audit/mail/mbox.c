/* SPDX-License-Identifier: ISC */
/*
 * mbox.c - where messages begin in an mbox file, and line ends.
 */
#include "audit/mail/mbox.h"

#define FROM STR("From ")

bool
mbox_is_one(struct str s)
{
	return str_has_prefix(s, FROM);
}

size_t
mbox_skip_from(struct str s)
{
	size_t end = str_find(s, 0, '\n');

	if (!mbox_is_one(s))
		return 0;
	return end < s.n ? end + 1 : s.n;
}

/* "10:00", or more behind that. */
static bool
is_time(struct str word)
{
	for (size_t i = 1; i + 2 < word.n; i++)
		if (word.p[i] == ':' && ascii_isdigit(word.p[i - 1]) &&
		    ascii_isdigit(word.p[i + 1]) && ascii_isdigit(word.p[i + 2]))
			return true;
	return false;
}

static bool
is_year(struct str word)
{
	uint32_t n;

	return word.n == 4 && parse_u32(word, 9999, &n) && n >= 1970;
}

static bool
is_weekday(struct str word)
{
	static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };

	if (word.n == 4 && word.p[3] == ',')
		word.n = 3;
	for (size_t i = 0; i < ARRAY_LEN(days); i++)
		if (str_ieq(word, str_of(days[i])))
			return true;
	return false;
}

/*
 * Whether LINE holds weekday, time and year behind "From ", as asctime() writes
 * them (RFC 4155, appendix A): a sentence in a body may well have one of these.
 */
static bool
has_date(struct str line)
{
	bool day = false, time = false, year = false;
	struct str word;

	for (size_t i = FROM.n, end; i < line.n; i = end + 1) {
		for (end = i; end < line.n && line.p[end] != ' ' && line.p[end] != '\t' &&
			      line.p[end] != '\r';)
			end++;
		word = str_sub(line, i, end - i);
		time = time || (day && is_time(word));
		year = year || (day && is_year(word));
		day = day || is_weekday(word);
	}
	return time && year;
}

/* Whether the line that begins at AT stands behind an empty one. */
static bool
is_behind_empty(struct str s, size_t at)
{
	if (at == 0 || s.p[at - 1] != '\n')
		return false;
	if (at == 1 || s.p[at - 2] == '\n')
		return true;
	return s.p[at - 2] == '\r' && (at == 2 || s.p[at - 3] == '\n');
}

size_t
mbox_find(struct str s, size_t at, bool all, size_t *sure)
{
	size_t lf = at > 0 ? str_find(s, at - 1, '\n') : str_find(s, 0, '\n');

	for (; lf < s.n; lf = str_find(s, lf + 1, '\n')) {
		struct str rest = str_sub(s, lf + 1, s.n);
		size_t end;

		*sure = lf + 1;
		if (rest.n == 0 || !is_behind_empty(s, lf + 1))
			continue;
		end = str_find(rest, 0, '\n');
		if (!all && end == rest.n && rest.n < MAX_FROM_LINE)
			return s.n; /* that line is not whole */
		if (end < MAX_FROM_LINE && mbox_is_one(rest) && has_date(str_sub(rest, 0, end)))
			return lf + 1;
	}
	*sure = s.n;
	return s.n;
}

struct str
mbox_trim(struct str text)
{
	bool crlf = text.n >= 4 && memcmp(text.p + text.n - 4, "\r\n\r\n", 4) == 0;

	if (crlf)
		return str_sub(text, 0, text.n - 2);
	if (text.n >= 2 && memcmp(text.p + text.n - 2, "\n\n", 2) == 0)
		return str_sub(text, 0, text.n - 1);
	return text;
}

/* How many '>' stand before "From " at the start of S; 0 = it begins otherwise. */
static size_t
marks(struct str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] == '>')
		n++;
	return mbox_is_one(str_sub(s, n, s.n)) ? n : 0;
}

bool
mbox_is_escaped(struct str text)
{
	for (size_t at = str_find(text, 0, '>'); at < text.n; at = str_find(text, at + 1, '>'))
		if ((at == 0 || text.p[at - 1] == '\n') && marks(str_sub(text, at, text.n)) > 0)
			return true;
	return false;
}

struct str
mbox_unescape(struct arena *a, struct str text, bool once)
{
	char *p = arena_alloc(a, text.n + 1);
	size_t n = 0, at = 0;

	while (at < text.n) {
		size_t end = str_find(text, at, '\n'), m = 0;

		end = end < text.n ? end + 1 : end;
		if (text.p[at] == '>')
			m = marks(str_sub(text, at, end - at));
		if (m == 1 || (m > 1 && !once))
			at++;
		memcpy(p + n, text.p + at, end - at);
		n += end - at;
		at = end;
	}
	return (struct str){ p, n };
}

static bool
is_bare(struct str s, size_t lf)
{
	return lf == 0 || s.p[lf - 1] != '\r';
}

bool
lines_have_crlf(struct str s)
{
	if (str_find(s, 0, '\r') == s.n)
		return false; /* as nearly every saved message has it */
	for (size_t at = str_find(s, 0, '\n'); at < s.n; at = str_find(s, at + 1, '\n'))
		if (!is_bare(s, at))
			return true;
	return false;
}

bool
lines_have_bare_lf(struct str s)
{
	for (size_t at = str_find(s, 0, '\n'); at < s.n; at = str_find(s, at + 1, '\n'))
		if (is_bare(s, at))
			return true;
	return false;
}

struct str
lines_to_crlf(struct arena *a, struct str s)
{
	size_t bare = 0, from = 0, n = 0;
	char *p;

	for (size_t at = str_find(s, 0, '\n'); at < s.n; at = str_find(s, at + 1, '\n'))
		bare += is_bare(s, at);
	p = arena_alloc(a, s.n + bare + 1);
	for (size_t at = str_find(s, 0, '\n'); at < s.n; at = str_find(s, at + 1, '\n')) {
		if (!is_bare(s, at))
			continue;
		memcpy(p + n, s.p + from, at - from);
		n += at - from;
		p[n++] = '\r';
		from = at;
	}
	if (s.n > from)
		memcpy(p + n, s.p + from, s.n - from);
	return (struct str){ p, n + s.n - from };
}
