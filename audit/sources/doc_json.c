/* SPDX-License-Identifier: ISC */
/*
 * doc_json.c - JSON (RFC 8259) to a tree.
 *
 * jansson, which reads JSON elsewhere here, does not say where a value stands.
 */
#include "audit/sources/doc.h"

struct parser {
	struct arena *a;
	struct doc *d;
	struct str s;
	size_t pos, n_nodes, cap_words;
	unsigned depth;
};

static struct doc_node *
fail(struct parser *p, const char *why)
{
	if (p->d->reason == NULL) {
		p->d->reason = why;
		p->d->bad = p->pos < p->s.n ? p->pos : p->s.n;
	}
	return NULL;
}

static void
skip_blanks(struct parser *p)
{
	while (p->pos < p->s.n &&
	       (ascii_isblank(p->s.p[p->pos]) || p->s.p[p->pos] == '\n' || p->s.p[p->pos] == '\r'))
		p->pos++;
}

static bool
at(const struct parser *p, char c)
{
	return p->pos < p->s.n && p->s.p[p->pos] == c;
}

static struct doc_node *
new_node(struct parser *p, enum doc_kind kind)
{
	struct doc_node *n;

	if (++p->n_nodes > MAX_DOC_NODES)
		return fail(p, "is one value more than is read");
	n = arena_alloc(p->a, sizeof(*n));
	n->kind = kind;
	n->flow = true;
	n->from = p->pos;
	n->last = &n->first;
	n->size = 1;
	return n;
}

static struct doc_node *
end_word(struct parser *p, struct doc_node *n)
{
	n->to = p->pos;
	(void)arena_grow(p->a, &p->d->words, p->d->n_words, &p->cap_words, sizeof(*p->d->words));
	p->d->words[p->d->n_words++] = n;
	return n;
}

static bool
hex4(struct str s, size_t at_byte, uint32_t *out)
{
	*out = 0;
	for (size_t i = at_byte; i < at_byte + 4; i++) {
		char c = i < s.n ? ascii_lower(s.p[i]) : 'x';

		if (!ascii_isdigit(c) && (c < 'a' || c > 'f'))
			return false;
		*out = *out << 4 | (uint32_t)(ascii_isdigit(c) ? c - '0' : c - 'a' + 10);
	}
	return true;
}

/* Code point U as UTF-8 at TO; how many bytes. */
static size_t
put_utf8(char *to, uint32_t u)
{
	if (u < 0x80) {
		to[0] = (char)u;
		return 1;
	}
	if (u < 0x800) {
		to[0] = (char)(0xc0 | u >> 6);
		to[1] = (char)(0x80 | (u & 0x3f));
		return 2;
	}
	if (u < 0x10000) {
		to[0] = (char)(0xe0 | u >> 12);
		to[1] = (char)(0x80 | (u >> 6 & 0x3f));
		to[2] = (char)(0x80 | (u & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | u >> 18);
	to[1] = (char)(0x80 | (u >> 12 & 0x3f));
	to[2] = (char)(0x80 | (u >> 6 & 0x3f));
	to[3] = (char)(0x80 | (u & 0x3f));
	return 4;
}

/* The escape at pos, a \, into TO; its length, 0 = none that JSON has.  pos moves behind it. */
static size_t
escape(struct parser *p, char *to)
{
	static const char from[] = "\"\\/bfnrt", what[] = "\"\\/\b\f\n\r\t";
	char c = p->pos + 1 < p->s.n ? p->s.p[p->pos + 1] : '\0';
	const char *found = c == '\0' ? NULL : strchr(from, c);
	uint32_t u, low;

	if (found != NULL) {
		*to = what[found - from];
		p->pos += 2;
		return 1;
	}
	if (c != 'u' || !hex4(p->s, p->pos + 2, &u))
		return 0;
	p->pos += 6;
	if (u >= 0xd800 && u < 0xdc00 && at(p, '\\') && p->pos + 1 < p->s.n &&
	    p->s.p[p->pos + 1] == 'u' && hex4(p->s, p->pos + 2, &low) && low >= 0xdc00 &&
	    low < 0xe000) {
		p->pos += 6;
		u = 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00);
	}
	return put_utf8(to, u);
}

static struct doc_node *
string(struct parser *p)
{
	struct doc_node *n = new_node(p, DOC_WORD);
	size_t end, len = 0;
	char *to;

	if (n == NULL)
		return NULL;
	for (end = p->pos + 1; end < p->s.n && p->s.p[end] != '"' && p->s.p[end] != '\n'; end++)
		if (p->s.p[end] == '\\')
			end++;
	if (end >= p->s.n || p->s.p[end] != '"')
		return fail(p, "begins a text that is not closed on its line");
	to = arena_alloc(p->a, end - p->pos);
	for (p->pos++; p->pos < end;) {
		size_t got = 1;

		if (p->s.p[p->pos] == '\\')
			got = escape(p, to + len);
		else
			to[len] = p->s.p[p->pos++];
		if (got == 0)
			return fail(p, "is no escape of JSON");
		len += got;
	}
	p->pos = end + 1;
	n->text = (struct str){ to, len };
	n->style = DOC_DOUBLE;
	return end_word(p, n);
}

static bool
is_of_word(char c)
{
	return ascii_isalnum(c) || c == '-' || c == '+' || c == '.';
}

/* A number, true, false or null. */
static struct doc_node *
word(struct parser *p)
{
	struct doc_node *n = new_node(p, DOC_WORD);
	char c = p->pos < p->s.n ? p->s.p[p->pos] : '\0';
	size_t end = p->pos;

	if (n == NULL)
		return NULL;
	while (end < p->s.n && is_of_word(p->s.p[end]))
		end++;
	n->text = str_sub(p->s, p->pos, end - p->pos);
	if (c != '-' && !ascii_isdigit(c) && !str_eq(n->text, STR("true")) &&
	    !str_eq(n->text, STR("false")) && !str_eq(n->text, STR("null")))
		return fail(p, "is no value of JSON");
	p->pos = end;
	return end_word(p, n);
}

static struct doc_node *value(struct parser *p);

static void
hang(struct doc_node *up, struct doc_node *n)
{
	*up->last = n;
	up->last = &n->next;
	up->n++;
	up->size += n->size;
}

/* One item of a list or one member of a mapping; false at a fault. */
static bool
member(struct parser *p, struct doc_node *up)
{
	struct doc_node *n;

	skip_blanks(p);
	if (up->kind == DOC_MAP) {
		if (!at(p, '"'))
			return fail(p, "stands where a key in quotes is wanted") != NULL;
		if ((n = string(p)) == NULL)
			return false;
		hang(up, n);
		skip_blanks(p);
		if (!at(p, ':'))
			return fail(p, "stands where a ':' is wanted") != NULL;
		p->pos++;
	}
	if ((n = value(p)) != NULL)
		hang(up, n);
	return n != NULL && p->d->reason == NULL;
}

/* A list or mapping.  At a fault what was read so far. */
static struct doc_node *
members(struct parser *p, enum doc_kind kind)
{
	struct doc_node *n = new_node(p, kind);
	char close = kind == DOC_MAP ? '}' : ']';

	if (n == NULL)
		return NULL;
	if (++p->depth > MAX_DOC_DEPTH)
		return fail(p, "is nested more deeply than is read");
	p->pos++;
	skip_blanks(p);
	while (!at(p, close)) {
		if (!member(p, n))
			break;
		skip_blanks(p);
		if (at(p, ','))
			p->pos++;
		else if (!at(p, close))
			(void)fail(p, "stands where a ',' is wanted");
		if (p->d->reason != NULL)
			break;
	}
	p->depth--;
	n->partial = p->d->reason != NULL;
	if (!n->partial)
		p->pos++;
	n->to = p->pos;
	return n;
}

/* MAX_DOC_DEPTH bounds the recursion. */
static struct doc_node *
value(struct parser *p)
{
	skip_blanks(p);
	if (at(p, '{'))
		return members(p, DOC_MAP);
	if (at(p, '['))
		return members(p, DOC_LIST);
	return at(p, '"') ? string(p) : word(p);
}

void
doc_json(struct arena *a, struct str text, struct doc *out)
{
	struct parser p = { .a = a, .d = out, .s = text };

	*out = (struct doc){ .bytes = text };
	doc_count_lines(a, out);
	if (str_has_prefix(text, STR("\xef\xbb\xbf")))
		p.pos = 3;
	out->root = value(&p);
	skip_blanks(&p);
	if (out->reason == NULL && p.pos < text.n)
		(void)fail(&p, "stands behind the end of the value");
}
