/* SPDX-License-Identifier: ISC */
/*
 * dkim_marks.c - what does not belong into the text of a key record.
 */
#include "checks/dkim_marks.h"

#define MAX_PEM_HEADING 64 /* "-----BEGIN ENCRYPTED PRIVATE KEY-----" has 37 */

/* Length of the mark at the start of S that zone files and web forms leave behind; 0 = none. */
static size_t
stray_mark(struct str s)
{
	if (s.n >= 1 && (s.p[0] == '"' || s.p[0] == '\\'))
		return 1;
	if (str_has_prefix(s, STR("\xe2\x80\x9c")) || str_has_prefix(s, STR("\xe2\x80\x9d")))
		return 3; /* typographic quotes */
	if (str_has_prefix(s, STR("\xc2\xa0")))
		return 2; /* U+00A0, the blank of web pages that does not break */
	return str_has_prefix(s, STR("\xe2\x80\x8b")) ? 3 : 0; /* U+200B, one without width */
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

struct str
dkim_unmarked(struct arena *a, struct str text, unsigned base)
{
	char *to = arena_alloc(a, text.n + 1);
	size_t n = 0, marks = 0, after_mark = 0;
	uint32_t octet;

	for (size_t i = 0; i < text.n;) {
		size_t m = stray_mark(str_sub(text, i, text.n));

		if (is_octet(text, i, base, &octet)) {
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
		} else {
			to[n++] = text.p[i++];
		}
	}
	return marks > 0 ? str_trim((struct str){ to, n }) : (struct str){ NULL, 0 };
}

struct str
dkim_first_mark(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		size_t m = stray_mark(str_sub(text, i, text.n));

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
