/* SPDX-License-Identifier: ISC */
/*
 * html.c - HTML of reports as text.
 *
 * No parser of HTML: reports put a sentence, an address and a reply between
 * tags, and those are wanted line by line.
 */
#include "audit/bounce/fields.h"
#include "audit/bounce/mime.h"

#define MAX_TAG_BYTES                                                                              \
	8192 /* looked at for the end of a tag: without it '<' after '<' is quadratic */

static const struct entity {
	struct str name;
	char c;
} entities[] = {
	{ STR("lt;"), '<' },
	{ STR("gt;"), '>' },
	{ STR("amp;"), '&' },
	{ STR("quot;"), '"' },
	{ STR("nbsp;"), ' ' },
	{ STR("apos;"), '\'' },
};

/* Tags that end a line of what one sees. */
static const struct str blocks[] = {
	STR("br"),
	STR("p"),
	STR("div"),
	STR("tr"),
	STR("td"),
	STR("li"),
	STR("hr"),
	STR("table"),
	STR("pre"),
	STR("h1"),
	STR("h2"),
	STR("h3"),
	STR("title"),
};

/* What is between these tags is not for people; 0 when the tag at I is none, else where it ends. */
static size_t
skipped(struct str html, size_t i)
{
	static const struct str names[] = { STR("<style"), STR("<script"), STR("<!--") };
	static const struct str ends[] = { STR("</style"), STR("</script"), STR("-->") };

	for (size_t k = 0; k < ARRAY_LEN(names); k++)
		if (str_has_iprefix(str_sub(html, i, names[k].n), names[k]))
			return str_ifind(html, i + names[k].n, ends[k]);
	return 0;
}

static bool
is_block(struct str tag)
{
	size_t n = 0;

	if (tag.n > 0 && tag.p[0] == '/')
		tag = str_sub(tag, 1, tag.n);
	while (n < tag.n && ascii_isalnum(tag.p[n]))
		n++;
	for (size_t i = 0; i < ARRAY_LEN(blocks); i++)
		if (str_ieq(str_sub(tag, 0, n), blocks[i]))
			return true;
	return false;
}

/* The byte that the entity behind the '&' at I stands for; *I moves to its end. */
static char
entity(struct str html, size_t *i)
{
	struct str rest = str_sub(html, *i + 1, 8);
	size_t end = str_find(rest, 0, ';');
	uint32_t v;

	for (size_t k = 0; k < ARRAY_LEN(entities); k++)
		if (str_has_iprefix(rest, entities[k].name)) {
			*i += entities[k].name.n;
			return entities[k].c;
		}
	if (rest.n > 2 && rest.p[0] == '#' && end < rest.n &&
	    parse_u32(str_sub(rest, 1, end - 1), 0xffff, &v)) {
		*i += end + 1;
		return v == 160 ? ' ' : v > 0 && v < 0x7f ? (char)v : '?';
	}
	return '&';
}

/* Whether a tag and not prose begins at the '<' at I: "<user@example.com>" is prose. */
static bool
is_tag(struct str html, size_t i, size_t end)
{
	struct str tag = str_sub(html, i + 1, end - i - 1);
	size_t blank = 0;

	if (tag.n == 0 || !(ascii_isalpha(tag.p[0]) || strchr("/!?", tag.p[0]) != NULL))
		return false;
	while (blank < tag.n && tag.p[blank] > ' ')
		blank++;
	return str_find(str_sub(tag, 0, blank), 0, '@') == blank;
}

struct str
html_text(struct arena *a, struct str html)
{
	char *p = arena_alloc(a, html.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < html.n; i++) {
		size_t end;

		if (html.p[i] == '&') {
			p[n++] = entity(html, &i);
			continue;
		}
		if (html.p[i] != '<') {
			p[n++] = html.p[i];
			continue;
		}
		end = skipped(html, i);
		if (end == 0) {
			end = i + str_find(str_sub(html, i, MAX_TAG_BYTES), 0, '>');
			if (end >= html.n || html.p[end] != '>' || !is_tag(html, i, end)) {
				p[n++] = '<';
				continue;
			}
			if (is_block(str_sub(html, i + 1, end - i - 1)))
				p[n++] = '\n';
			i = end;
			continue;
		}
		i = str_find(html, end, '>');
	}
	return (struct str){ p, n };
}
