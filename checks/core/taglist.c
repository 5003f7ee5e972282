/* SPDX-License-Identifier: ISC */
/*
 * taglist.c - tag=value lists (RFC 6376 3.2).
 */
#include "checks/core/taglist.h"

/*
 * Whether the blanks of S are folding white space: blanks, and a line end only
 * as CR LF with a blank behind it (RFC 6376 2.8).
 */
static bool
folds_well(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\n' && (i == 0 || s.p[i - 1] != '\r'))
			return false;
		if (s.p[i] == '\r' &&
		    (s.n - i < 3 || s.p[i + 1] != '\n' || !ascii_isblank(s.p[i + 2])))
			return false;
	}
	return true;
}

/* tag-name = ALPHA *ALNUMPUNC, with white space around it. */
static bool
is_name(struct str raw, struct str name)
{
	if (name.n == 0 || !ascii_isalpha(name.p[0]) || (raw.n > name.n && !folds_well(raw)))
		return false;
	for (size_t i = 1; i < name.n; i++)
		if (!ascii_isalnum(name.p[i]) && name.p[i] != '_')
			return false;
	return true;
}

/* How many bytes at the front of S, by eights, are printable: a key has hundreds. */
static size_t
printable(struct str s)
{
	const uint64_t each = UINT64_C(0x0101010101010101), high = each * 0x80;
	size_t i = 0;

	for (; s.n - i >= 8; i += 8) {
		uint64_t c;

		memcpy(&c, s.p + i, 8);
		/* no byte above 0x7e, none below 0x20 */
		if (((c | ((c & ~high) + each)) & high) != 0 ||
		    (((c | high) - each * ' ') & high) != high)
			break;
	}
	return i;
}

/* tag-value with white space around it; ';' is never part of RAW. */
static bool
is_value(struct str raw)
{
	bool plain = true;

	for (size_t i = printable(raw); i < raw.n; i++) {
		if (ascii_isprint(raw.p[i]))
			continue;
		if (str_trim(str_sub(raw, i, 1)).n != 0)
			return false;
		plain = false;
	}
	return plain || folds_well(raw);
}

/* Take apart SPEC, what stands between two semicolons. */
static struct tag
read_tag(struct str spec)
{
	struct str all = str_trim(spec);
	size_t raw_equals = str_find(spec, 0, '=');
	size_t equals = raw_equals < spec.n ? raw_equals - (size_t)(all.p - spec.p) : all.n;
	struct tag t = { .all = all,
		.name = str_trim(str_sub(all, 0, equals)),
		.value = str_trim(str_sub(all, equals + 1, all.n)) };

	if (t.all.n == 0)
		t.fault = TAG_EMPTY;
	else if (equals == all.n)
		t.fault = TAG_NO_EQUALS;
	else if (!is_name(str_sub(spec, 0, raw_equals), t.name))
		t.fault = TAG_BAD_NAME;
	else if (!is_value(str_sub(spec, raw_equals + 1, spec.n)))
		t.fault = TAG_BAD_VALUE;
	return t;
}

/* Whether MAX_TAGS semicolons stand before POS. */
static bool
is_walked_out(struct str text, size_t pos)
{
	size_t at = 0, n = 0;

	if (pos < MAX_TAGS)
		return false;
	for (; n < MAX_TAGS && (at = str_find(text, at, ';')) < pos; n++)
		at++;
	return n == MAX_TAGS;
}

bool
tag_next(struct str text, size_t *pos, struct tag *out)
{
	size_t end = str_find(text, *pos, ';');

	if (end == text.n && str_trim(str_sub(text, *pos, text.n)).n == 0) {
		*pos = text.n;
		return false;
	}
	if (is_walked_out(text, *pos))
		return false;
	*out = read_tag(str_sub(text, *pos, end - *pos));
	*pos = end == text.n ? end : end + 1;
	return true;
}

bool
tag_find(struct str text, struct str name, struct tag *out)
{
	struct tag t;

	for (size_t pos = 0; tag_next(text, &pos, &t);) {
		if (t.fault != TAG_OK || !str_eq(t.name, name))
			continue;
		*out = t;
		return true;
	}
	return false;
}

bool
list_next(struct str list, char sep, size_t *pos, struct str *out)
{
	size_t end;

	if (*pos > list.n || list.n == 0)
		return false;
	end = str_find(list, *pos, sep);
	*out = str_trim(str_sub(list, *pos, end - *pos));
	*pos = end + 1; /* behind the end of LIST after its last element */
	return true;
}
