/* SPDX-License-Identifier: ISC */
/*
 * disarm.c - beginnings of commands made text.
 */
#include "report/disarm.h"

/* Whether the rest of a line, S, is "::word...::"; an address like ::1 is none. */
static bool
is_colons(struct str s)
{
	size_t end = str_find(s, 0, '\n');

	if (!str_has_prefix(s, STR("::")) || s.n < 3 || !ascii_isalpha(s.p[2]))
		return false;
	for (size_t i = 3; i + 1 < end; i++)
		if (s.p[i] == ':' && s.p[i + 1] == ':')
			return true;
	return false;
}

/* Whether S is "##[" or "##word": a heading has a blank behind its signs. */
static bool
is_signs(struct str s)
{
	return str_has_prefix(s, STR("##")) && s.n > 2 && (s.p[2] == '[' || ascii_isalpha(s.p[2]));
}

/* Where the next beginning is in S, from *AT on; *FRESH: only blanks stand before *AT in its line.
 */
static bool
next(struct str s, size_t *at, bool *fresh)
{
	for (; *at < s.n; ++*at) {
		char c = s.p[*at];

		if (c == '#' && is_signs(str_sub(s, *at, s.n)))
			return true;
		if (c == ':' && *fresh && is_colons(str_sub(s, *at, s.n)))
			return true;
		*fresh = c == '\n' || (*fresh && ascii_isblank(c));
	}
	return false;
}

void
disarm(struct buf *b)
{
	struct str s = buf_str(b);
	size_t at = 0, from = 0;
	bool fresh = true;
	struct buf out;

	if (!next(s, &at, &fresh))
		return;
	buf_init(&out, b->max);
	do {
		buf_add(&out, str_sub(s, from, at - from));
		buf_adds(&out, s.p[at] == '#' ? "\\035" : "\\058");
		from = ++at;
		fresh = false;
	} while (next(s, &at, &fresh));
	buf_add(&out, str_sub(s, from, s.n));
	out.over = out.over || b->over;
	buf_free(b);
	*b = out;
}
