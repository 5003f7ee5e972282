/* SPDX-License-Identifier: ISC */
/*
 * zoneignore.c - `mailvet-ignore ID REASON` in comments.
 */
#include "audit/sources/zoneignore.h"

#define MAX_ENTRIES_SEEN 20000000 /* by all comments of a file: a second */

static const struct str marker = { "mailvet-ignore", sizeof("mailvet-ignore") - 1 };

/*
 * The suppression that COMMENT, the text behind its ; or #, holds on LINE; NULL when it
 * holds none.  It is meant for that line; the caller says otherwise.
 */
static struct zone_ignore *
ignore_parse(struct arena *a, struct str file, struct str comment, uint32_t line)
{
	struct str s = str_trim(comment);
	struct zone_ignore *out;
	size_t end = 0;

	if (!str_has_prefix(s, marker) || s.n == marker.n || !ascii_isblank(s.p[marker.n]))
		return NULL;
	s = str_trim(str_sub(s, marker.n, s.n));
	while (end < s.n && !ascii_isblank(s.p[end]))
		end++;
	if (end == 0)
		return NULL;
	out = arena_alloc(a, sizeof(*out));
	out->file = file;
	out->line = out->end_line = out->comment_line = line;
	out->id = str_sub(s, 0, end);
	out->reason = str_trim(str_sub(s, end, s.n));
	return out;
}

void
zoneignore_comment(void *arg, struct str comment, uint32_t line, bool alone)
{
	const struct zone_comments *c = arg;
	struct zone_text *t = c->t;
	struct zone_ignore *ig = ignore_parse(c->a, c->file, comment, line);

	if (ig == NULL || t->n_ignores >= MAX_ZONE_IGNORES ||
	    (t->ignores != NULL && t->ignores->comment_line == line &&
		str_eq(t->ignores->file, c->file)))
		return; /* the lexer may come by twice */
	if (alone)
		ig->line = ig->end_line = 0;
	ig->next = t->ignores;
	t->ignores = ig;
	t->n_ignores++;
}

void
zoneignore_entry(struct zone_text *t, uint32_t line, uint32_t last)
{
	for (struct zone_ignore *ig = t->ignores; ig != NULL && ig->line == 0; ig = ig->next) {
		bool before = ig->comment_line < line;

		/* one that stands alone inside parentheses means the record it is in */
		ig->line = before || ig->comment_line <= last ? line : ig->comment_line;
		ig->end_line = before || ig->comment_line <= last ? last : ig->comment_line;
	}
}

/* Whether offset AT of D is inside a word. */
static bool
is_in_word(const struct doc *d, size_t at)
{
	size_t low = 0, high = d->n_words;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (d->words[mid]->to <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return low < d->n_words && d->words[low]->from <= at;
}

/*
 * The last line of the mapping entry or list item of N that begins on LINE; 0 = none does,
 * or too many were looked at for the comments before.
 */
static uint32_t
end_of_entry(const struct doc *d, const struct doc_node *n, uint32_t line, size_t *left)
{
	uint32_t at, end, column;

	if (n == NULL || n->kind == DOC_WORD || n->alias)
		return 0;
	for (const struct doc_node *c = n->first; c != NULL && *left > 0; c = c->next, --*left) {
		const struct doc_node *last = c;

		if (n->kind == DOC_MAP && c->next != NULL)
			last = c->next;
		doc_where(d, c->from, &at, &column);
		doc_where(d, last->alias ? c->to : doc_end(d, last), &end, &column);
		if (at == line)
			return end;
		if (at < line && end >= line)
			return end_of_entry(d, last, line, left); /* MAX_DOC_DEPTH bounds it */
		c = last;
	}
	return 0;
}

/* The comment at AT, a #, of the document of R. */
static void
take(struct docread *r, size_t at, size_t *left)
{
	const struct doc *d = r->doc;
	size_t end = str_find(d->bytes, at, '\n');
	uint32_t line, column, last;
	struct zone_ignore *ig;

	doc_where(d, at, &line, &column);
	ig = ignore_parse(r->l->a, r->file, str_sub(d->bytes, at + 1, end - at - 1), line);
	if (ig == NULL)
		return;
	if (str_trim(str_sub(d->bytes, d->line_at[line - 1], column - 1)).n == 0) {
		/* it has the line to itself: what follows is meant */
		while (line < d->n_lines &&
		       str_has_prefix(
			   str_trim(str_sub(d->bytes, d->line_at[line],
			       str_find(d->bytes, d->line_at[line], '\n') - d->line_at[line])),
			   STR("#")))
			line++;
		ig->line = ig->end_line = line + 1;
	}
	last = end_of_entry(d, d->root, ig->line, left);
	if (last > ig->end_line)
		ig->end_line = last;
	ig->next = r->t->ignores;
	r->t->ignores = ig;
}

void
zoneignore_doc(struct docread *r)
{
	struct str s = r->doc->bytes;
	size_t n = 0, left = MAX_ENTRIES_SEEN;

	for (size_t at = str_find(s, 0, '#'); at < s.n && n < MAX_ZONE_IGNORES;
	     at = str_find(s, at + 1, '#')) {
		size_t word = at + 1;

		while (word < s.n && ascii_isblank(s.p[word]))
			word++;
		if ((at > 0 && !ascii_isblank(s.p[at - 1]) && s.p[at - 1] != '\n') ||
		    !str_has_prefix(str_sub(s, word, marker.n), marker))
			continue;
		n++;
		if (!is_in_word(r->doc, at))
			take(r, at, &left);
	}
}
