/* SPDX-License-Identifier: ISC */
/*
 * dkim_marks.c - what does not belong into the text of a key record.
 */
#include "checks/dkim_marks.h"

#define MAX_PEM_HEADING 64 /* "-----BEGIN ENCRYPTED PRIVATE KEY-----" has 37 */

/* clang-format off */
/* What zone files, web forms, web pages and word processors leave behind. */
static const struct str strays[] = {
	{ "\"", 1 }, { "\\", 1 }, { "'", 1 }, { "`", 1 },
	{ "&quot;", 6 }, { "&#34;", 5 }, { "&#39;", 5 }, { "&nbsp;", 6 },
	{ "\xc2\xa0", 2 },     /* U+00A0, a blank that does not break */
	{ "\xc2\xab", 2 },     /* U+00AB and U+00BB, quotes of French */
	{ "\xc2\xbb", 2 },
	{ "\xc2\xad", 2 },     /* U+00AD, a hyphen that may be */
	{ "\xe2\x80\xa8", 3 }, /* U+2028, U+2029: ends of line and paragraph */
	{ "\xe2\x80\xa9", 3 },
	{ "\xe2\x80\xaf", 3 }, /* U+202F, U+205F: narrow blanks */
	{ "\xe2\x81\x9f", 3 },
	{ "\xe2\x81\xa0", 3 }, /* U+2060, which joins words */
	{ "\xe3\x80\x80", 3 }, /* U+3000, a wide blank */
	{ "\xef\xbb\xbf", 3 }, /* U+FEFF, which begins files of Windows */
};
/* clang-format on */

/* The length of the line "-----BEGIN PUBLIC KEY-----", or its like, that S begins with; 0 = none.
 */
static size_t
pem_line(struct str s)
{
	const struct str end = STR(" KEY-----");

	s = str_sub(s, 0, MAX_PEM_HEADING);
	if (!str_has_prefix(s, STR("-----BEGIN ")) && !str_has_prefix(s, STR("-----END ")))
		return 0;
	for (size_t i = 0; i < s.n; i++)
		if (str_has_prefix(str_sub(s, i, s.n), end))
			return i + end.n;
	return 0;
}

size_t
dkim_mark(struct str s)
{
	uint8_t c = s.n > 2 ? (uint8_t)s.p[2] : 0;

	for (size_t i = 0; i < ARRAY_LEN(strays); i++)
		if (str_has_prefix(s, strays[i]))
			return strays[i].n;
	/* U+2000 to U+200F, blanks and what has no width; U+2018 to U+201F, quotes */
	if (str_has_prefix(s, STR("\xe2\x80")) &&
	    ((c >= 0x80 && c <= 0x8f) || (c >= 0x98 && c <= 0x9f)))
		return 3;
	return s.n > 0 && s.p[0] == '-' ? pem_line(s) : 0;
}

/* Whether \DDD to the base BASE stands at I of TEXT, for *OCTET. */
static bool
is_octet(struct str text, size_t i, unsigned base, uint32_t *octet)
{
	*octet = 0;
	if (text.p[i] != '\\' || text.n - i <= 3)
		return false;
	for (size_t k = i + 1; k <= i + 3; k++) {
		if (!ascii_isdigit(text.p[k]) || (unsigned)(text.p[k] - '0') >= base)
			return false;
		*octet = *octet * base + (uint32_t)(text.p[k] - '0');
	}
	return *octet <= 255;
}

/* Whether a line end or a tab stands at I of TEXT as programs write it: \n, \r, \t. */
static bool
is_letter_escape(struct str text, size_t i)
{
	return text.p[i] == '\\' && text.n - i > 1 && strchr("nrt", text.p[i + 1]) != NULL;
}

struct str
dkim_unmarked(struct arena *a, struct str text, unsigned base)
{
	char *to = arena_alloc(a, text.n + 1);
	size_t n = 0, marks = 0, after_mark = 0;
	uint32_t octet;

	for (size_t i = 0; i < text.n;) {
		size_t m = dkim_mark(str_sub(text, i, text.n));

		if (base == 0 && is_letter_escape(text, i)) {
			marks++;
			i += 2;
			after_mark = n;
		} else if (is_octet(text, i, base, &octet)) {
			to[n++] = (char)(uint8_t)octet;
			marks++;
			i += 4;
		} else if (m > 0) {
			if (marks > 0 &&
			    str_trim((struct str){ to + after_mark, n - after_mark }).n == 0)
				n = after_mark;
			marks++;
			i += m;
			after_mark = n;
		} else if (text.p[i] == '\r' || text.p[i] == '\n') {
			i++; /* not a mark by itself: a line end may be folding */
		} else {
			to[n++] = text.p[i++];
		}
	}
	return marks > 0 ? str_trim((struct str){ to, n }) : (struct str){ NULL, 0 };
}

bool
dkim_holds_tag(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		size_t equals = i + 1;

		if (str_find(STR("vkphstn"), 0, text.p[i]) == strlen("vkphstn") ||
		    (i > 0 && ascii_isalnum(text.p[i - 1])))
			continue;
		while (equals < text.n && ascii_isblank(text.p[equals]))
			equals++;
		if (equals < text.n && text.p[equals] == '=')
			return true;
	}
	return false;
}

struct str
dkim_in_quotes(struct arena *a, struct str text)
{
	struct str none = { NULL, 0 };
	char *to = arena_alloc(a, text.n + 1);
	size_t n = 0, begin, end;

	for (size_t from = 0;; from = end + 1) {
		begin = str_find(text, from, '"');
		if (dkim_holds_tag(str_sub(text, from, begin - from)))
			return none;
		if (begin == text.n)
			return (struct str){ to, n };
		end = str_find(text, begin + 1, '"');
		if (end == text.n)
			return none;
		memcpy(to + n, text.p + begin + 1, end - begin - 1);
		n += end - begin - 1;
	}
}

struct str
dkim_first_mark(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		size_t m = dkim_mark(str_sub(text, i, text.n));

		if (m > 0)
			return str_sub(text, i, m);
	}
	return (struct str){ NULL, 0 };
}

struct str
dkim_pem_private(struct str text)
{
	static const char begin[] = "-----BEGIN ", end[] = "PRIVATE KEY-----";
	size_t at, n = sizeof(begin) - 1, from = 0;

	while ((at = str_find(text, from, '-')) < text.n) {
		struct str rest = str_sub(text, at, MAX_PEM_HEADING);

		from = at + 1;
		if (!str_has_prefix(rest, str_of(begin)))
			continue;
		for (size_t i = n; i < rest.n; i++)
			if (str_has_prefix(str_sub(rest, i, rest.n), str_of(end)))
				return str_sub(rest, 0, i + sizeof(end) - 1);
	}
	return (struct str){ NULL, 0 };
}
