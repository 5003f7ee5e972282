/* SPDX-License-Identifier: ISC */
/*
 * doc_place.c - which byte of the file gives which byte of a word.
 *
 * The word is known already; this walks along the way it is written and looks
 * whether both agree.  Where they do not, it says so instead of guessing.
 */
#include "audit/sources/doc.h"

/* The word and how it is written, each walked from its beginning. */
struct walk {
	struct str s; /* the file up to the end of the word */
	size_t pos;
	struct str text;
	size_t n; /* bytes of TEXT that have a place */
	uint32_t *at;
};

static bool
is_break(char c)
{
	return c == '\n' || c == '\r';
}

static bool
is_white(char c)
{
	return ascii_isblank(c) || is_break(c);
}

/* The next byte of the text stands at AT, and is C. */
static bool
take(struct walk *w, char c, size_t at)
{
	if (w->n >= w->text.n || w->text.p[w->n] != c)
		return false;
	w->at[w->n++] = (uint32_t)at;
	return true;
}

/*
 * White space with a line end in it (YAML 1.1 6.5): nothing at the end of the text,
 * else a blank or line ends, whatever the word has there.
 */
static void
take_fold(struct walk *w, size_t from)
{
	if (w->n < w->text.n && w->text.p[w->n] == ' ') {
		(void)take(w, ' ', from);
		return;
	}
	while (w->n < w->text.n && w->text.p[w->n] == '\n')
		(void)take(w, '\n', from);
}

/* White space at pos, in a word that is not a block. */
static bool
take_white(struct walk *w)
{
	size_t end = w->pos;
	bool folds = false;

	for (; end < w->s.n && is_white(w->s.p[end]); end++)
		folds = folds || is_break(w->s.p[end]);
	if (folds)
		take_fold(w, w->pos);
	for (; !folds && w->pos < end; w->pos++)
		if (!take(w, w->s.p[w->pos], w->pos))
			return false;
	w->pos = end;
	return true;
}

/* How many hex digits follow the letter C of an escape. */
static size_t
hex_digits(char c)
{
	return c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
}

/* How many bytes of UTF-8 begin with C. */
static size_t
utf8_length(char c)
{
	unsigned char u = (unsigned char)c;

	return u < 0x80 ? 1 : u >= 0xf0 ? 4 : u >= 0xe0 ? 3 : 2;
}

/* The escape at pos, a \: one character of the text, however it is written. */
static bool
take_escape(struct walk *w)
{
	size_t from = w->pos, len;
	char c = from + 1 < w->s.n ? w->s.p[from + 1] : '\0';

	if (is_break(c)) { /* YAML: the line goes on, its indentation is not text */
		for (w->pos++; w->pos < w->s.n && is_white(w->s.p[w->pos]);)
			w->pos++;
		return true;
	}
	if (w->n >= w->text.n)
		return false;
	len = utf8_length(w->text.p[w->n]);
	w->pos += 2 + hex_digits(c);
	if (c == 'u' && len == 4)
		w->pos += 6; /* JSON: two halves */
	for (size_t i = 0; i < len; i++)
		if (w->n >= w->text.n || !take(w, w->text.p[w->n], from))
			return false;
	return true;
}

/* A word that is plain or in quotes QUOTE; '\0' = none. */
static bool
walk_flow(struct walk *w, char quote)
{
	if (quote != '\0' && w->s.n > w->pos + 1) {
		w->pos++;
		w->s.n--;
	}
	while (w->pos < w->s.n) {
		char c = w->s.p[w->pos];

		if (is_white(c)) {
			if (!take_white(w))
				return false;
		} else if (c == '\\' && quote == '"') {
			if (!take_escape(w))
				return false;
		} else {
			if (!take(w, c, w->pos))
				return false;
			w->pos += c == '\'' && quote == '\'' ? 2 : 1;
		}
	}
	return w->n == w->text.n;
}

/* Blanks before the first text of the block at pos, behind its first line. */
static size_t
indent_of(const struct walk *w)
{
	size_t at = w->pos, start = at;

	for (; at < w->s.n && is_white(w->s.p[at]); at++)
		if (w->s.p[at] == '\n')
			start = at + 1;
	return at - start;
}

/* Blanks of the indentation at pos, at most INDENT. */
static void
skip_indent(struct walk *w, size_t indent)
{
	for (; indent > 0 && w->pos < w->s.n && w->s.p[w->pos] == ' '; indent--)
		w->pos++;
}

/* The line ends at pos, with lines that are empty; what the text has for them. */
static void
take_breaks(struct walk *w, size_t indent)
{
	size_t from = w->pos;

	while (w->pos < w->s.n && is_break(w->s.p[w->pos])) {
		size_t next;

		while (w->pos < w->s.n && w->s.p[w->pos] == '\r')
			w->pos++;
		if (w->pos < w->s.n)
			w->pos++;
		next = w->pos;
		skip_indent(w, indent);
		if (w->pos < w->s.n && is_break(w->s.p[w->pos]))
			continue;
		w->pos = next;
		break;
	}
	take_fold(w, from);
}

/* A block of text: | or >. */
static bool
walk_block(struct walk *w)
{
	size_t indent, from = w->pos;
	bool told = false;

	w->pos = str_find(w->s, w->pos, '\n');
	for (; from < w->pos && w->s.p[from] != '#'; from++)
		told = told || ascii_isdigit(w->s.p[from]);
	if (w->pos < w->s.n)
		w->pos++;
	indent = indent_of(w);
	/* the indentation was told: blanks behind it are text */
	for (size_t i = 0; told && indent > 0 && i < w->text.n && w->text.p[i] == ' '; i++)
		indent--;
	while (w->pos < w->s.n && is_break(w->s.p[w->pos])) /* empty lines at the top */
		take_breaks(w, indent);
	while (w->pos < w->s.n && w->n < w->text.n) {
		skip_indent(w, indent);
		while (w->pos < w->s.n && !is_break(w->s.p[w->pos])) {
			if (!take(w, w->s.p[w->pos], w->pos))
				return false;
			w->pos++;
		}
		take_breaks(w, indent);
	}
	return w->n == w->text.n;
}

bool
doc_place(const struct doc *d, const struct doc_node *n, uint32_t *at)
{
	struct walk w = {
		.s = str_sub(d->bytes, 0, n->to), .pos = n->from, .text = n->text, .at = at
	};
	bool ok = false;

	switch (n->style) {
	case DOC_PLAIN:
		ok = walk_flow(&w, '\0');
		break;
	case DOC_SINGLE:
		ok = walk_flow(&w, '\'');
		break;
	case DOC_DOUBLE:
		ok = walk_flow(&w, '"');
		break;
	case DOC_LITERAL:
	case DOC_FOLDED:
		ok = walk_block(&w);
		break;
	}
	if (!ok)
		for (size_t i = 0; i < n->text.n; i++)
			at[i] = (uint32_t)n->from;
	return ok;
}

size_t
doc_end(const struct doc *d, const struct doc_node *n)
{
	size_t to = n->to < d->bytes.n ? n->to : d->bytes.n;

	while (to > n->from + 1 && is_white(d->bytes.p[to - 1]))
		to--;
	return to;
}
