/* SPDX-License-Identifier: ISC */
/*
 * zonegen.c - the templates of $GENERATE (BIND 9 Administrator Reference
 * Manual): the value as it is, with an offset, a width and a base.
 */
#include <stdio.h>
#include "audit/sources/zoneread.h"

#define MAX_WIDTH 255

bool
zonegen_range(struct str text, uint32_t *from, uint32_t *to, uint32_t *step)
{
	size_t dash = str_find(text, 0, '-'), slash = str_find(text, 0, '/');

	*step = 1;
	if (dash == text.n || slash < dash)
		return false;
	if (slash < text.n && !parse_u32(str_sub(text, slash + 1, text.n), INT32_MAX, step))
		return false;
	return parse_u32(str_sub(text, 0, dash), INT32_MAX, from) &&
	       parse_u32(str_sub(text, dash + 1, slash - dash - 1), INT32_MAX, to) &&
	       *from <= *to && *step > 0;
}

/* VALUE as reversed nibbles with dots, WIDTH counting both (base n and N). */
static void
put_nibbles(struct buf *b, uint64_t value, uint32_t width, bool upper)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";

	do {
		buf_addc(b, digits[value & 15]);
		value >>= 4;
		if (width > 0)
			width--;
		if (width > 0 || value != 0) {
			buf_addc(b, '.');
			if (width > 0)
				width--;
		}
	} while (value != 0 || width > 0);
}

static bool
put_value(struct buf *b, int64_t value, uint32_t width, char base)
{
	char text[MAX_WIDTH + 32];
	int w = (int)width;

	if (value < 0)
		return false;
	switch (base) {
	case 'd':
		(void)snprintf(text, sizeof(text), "%0*lld", w, (long long)value);
		break;
	case 'o':
		(void)snprintf(text, sizeof(text), "%0*llo", w, (unsigned long long)value);
		break;
	case 'x':
		(void)snprintf(text, sizeof(text), "%0*llx", w, (unsigned long long)value);
		break;
	case 'X':
		(void)snprintf(text, sizeof(text), "%0*llX", w, (unsigned long long)value);
		break;
	case 'n':
	case 'N':
		put_nibbles(b, (uint64_t)value, width, base == 'N');
		return true;
	default:
		return false;
	}
	buf_adds(b, text);
	return true;
}

/* The inside of ${...}: OFFSET[,WIDTH[,BASE]]. */
static bool
put_modified(struct buf *b, struct str inside, int64_t value)
{
	size_t a = str_find(inside, 0, ','),
	       c = str_find(inside, a + 1 > inside.n ? inside.n : a + 1, ',');
	struct str offset = str_sub(inside, 0, a), width, base;
	bool minus = str_has_prefix(offset, STR("-"));
	uint32_t off, w = 0;

	width = a < inside.n ? str_sub(inside, a + 1, c - a - 1) : STR("0");
	base = c < inside.n ? str_sub(inside, c + 1, inside.n) : STR("d");
	if (minus || str_has_prefix(offset, STR("+")))
		offset = str_sub(offset, 1, offset.n);
	if (!parse_u32(offset, INT32_MAX, &off) || !parse_u32(width, MAX_WIDTH, &w) || base.n != 1)
		return false;
	return put_value(b, minus ? value - (int64_t)off : value + (int64_t)off, w, base.p[0]);
}

bool
zonegen_expand(struct buf *b, struct str template, int64_t value)
{
	for (size_t i = 0; i < template.n; i++) {
		char c = template.p[i];
		size_t end;

		if (c == '\\' && i + 1 < template.n) {
			if (template.p[i + 1] != '$')
				buf_addc(b, c);
			buf_addc(b, template.p[++i]);
		} else if (c != '$') {
			buf_addc(b, c);
		} else if (i + 1 < template.n && template.p[i + 1] == '$') {
			buf_addc(b, '$'); /* the old way to write one */
			i++;
		} else if (i + 1 < template.n && template.p[i + 1] == '{') {
			end = str_find(template, i, '}');
			if (end == template.n ||
			    !put_modified(b, str_sub(template, i + 2, end - i - 2), value))
				return false;
			i = end;
		} else if (!put_value(b, value, 0, 'd')) {
			return false;
		}
	}
	return true;
}
