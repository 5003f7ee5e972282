/* SPDX-License-Identifier: ISC */
/*
 * markdown_text.c - escaping for Markdown.
 */
#include "report/markdown.h"

#define ZERO_WIDTH_SPACE "\xe2\x80\x8b" /* U+200B: what is split by it is no mention, no link */

static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static char
at(struct str s, size_t i)
{
	return i < s.n ? s.p[i] : '\0';
}

/*
 * Whether a break is wanted behind byte I of S.  @name, #1, !1, ~label, &1, $1 and %1
 * are references at GitHub or GitLab, escaped or not, for they look at what is shown;
 * "://", "www." and GH-1 are links.
 */
static bool
is_broken_behind(struct str s, size_t i)
{
	char c = s.p[i], next = at(s, i + 1);

	if (c == '@')
		return true;
	if (is_one_of(c, "#!~&$%^"))
		return ascii_isalnum(next) || next == '"';
	if (c == ':')
		return next == '/';
	if (ascii_lower(c) == 'w')
		return next == '.' && i >= 2 && ascii_lower(s.p[i - 1]) == 'w' &&
		       ascii_lower(s.p[i - 2]) == 'w';
	return c == '-' && ascii_isdigit(next) && i >= 2 && ascii_lower(s.p[i - 1]) == 'h' &&
	       ascii_lower(s.p[i - 2]) == 'g';
}

void
markdown_words_add(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (is_one_of(s.p[i], "\\`*_[]<>|~#!&$^{}"))
			buf_addc(b, '\\');
		buf_addc(b, s.p[i]);
		if (is_broken_behind(s, i))
			buf_adds(b, ZERO_WIDTH_SPACE);
	}
}

/* The longest run of backquotes in S. */
static size_t
longest_run(struct str s)
{
	size_t most = 0, n = 0;

	for (size_t i = 0; i < s.n; i++) {
		n = s.p[i] == '`' ? n + 1 : 0;
		most = n > most ? n : most;
	}
	return most;
}

static void
ticks_add(struct buf *b, size_t n)
{
	while (n-- > 0)
		buf_addc(b, '`');
}

void
markdown_code_add(struct buf *b, struct str s)
{
	struct str shown = str_sub(s, 0, MAX_SPAN_SHOWN);
	size_t ticks = longest_run(shown) + 1;
	bool pad = shown.n > 0 && (shown.p[0] == '`' || shown.p[shown.n - 1] == '`');

	/* not in the middle of a character */
	while (shown.n < s.n && shown.n > 0 && ((uint8_t)s.p[shown.n] & 0xc0) == 0x80)
		shown.n--;
	ticks_add(b, ticks);
	if (pad)
		buf_addc(b, ' ');
	for (size_t i = 0; i < shown.n; i++) {
		/* a bar ends a cell even here, and so does an escaped one behind a backslash */
		if (shown.p[i] == '|')
			buf_adds(b, "\\124");
		else
			buf_addc(b, shown.p[i]);
	}
	if (shown.n < s.n)
		buf_adds(b, "...");
	if (pad)
		buf_addc(b, ' ');
	ticks_add(b, ticks);
}

void
markdown_block_add(struct buf *b, const char *info, struct str s)
{
	size_t ticks = longest_run(s) + 1;

	if (ticks < 3)
		ticks = 3;
	ticks_add(b, ticks);
	buf_adds(b, info);
	buf_addc(b, '\n');
	buf_add(b, s);
	if (s.n > 0 && s.p[s.n - 1] != '\n')
		buf_addc(b, '\n');
	ticks_add(b, ticks);
	buf_addc(b, '\n');
}
