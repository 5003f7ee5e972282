/* SPDX-License-Identifier: ISC */
/*
 * doc_yaml.c - libyaml's events to a tree.
 */
#include "audit/sources/doc.h"
#include <stdlib.h>
#include <yaml.h>

#define BOM "\xef\xbb\xbf"

struct anchor {
	struct str name;
	struct doc_node *node;
};

struct builder {
	struct arena *a;
	struct doc *d;
	struct doc_node *open[MAX_DOC_DEPTH]; /* lists and mappings we are inside of */
	size_t depth, n_nodes, cap_words;
	struct anchor *anchor;
	size_t n_anchors, cap_anchors;
	bool in_document;
	size_t base;       /* offset of the text in the file: behind a byte order mark */
	size_t index, pos; /* libyaml counts characters: this one is at that byte */
};

/* The byte that character INDEX begins at; asked in rising order, or nearly so. */
static size_t
byte_of(struct builder *b, size_t index)
{
	struct str s = b->d->bytes;

	while (b->index < index && b->pos < s.n) {
		b->index++;
		for (b->pos++; b->pos < s.n && ((unsigned char)s.p[b->pos] & 0xc0) == 0x80;)
			b->pos++;
	}
	while (b->index > index && b->pos > b->base) {
		b->index--;
		for (b->pos--; b->pos > b->base && ((unsigned char)s.p[b->pos] & 0xc0) == 0x80;)
			b->pos--;
	}
	return b->pos;
}

static void
refuse(struct builder *b, size_t at, const char *why)
{
	if (b->d->reason != NULL)
		return;
	b->d->reason = why;
	b->d->bad = at;
}

static void
put_anchor(struct builder *b, struct doc_node *n, const void *name)
{
	if (name == NULL)
		return;
	if (b->n_anchors == MAX_DOC_ANCHORS) {
		refuse(b, n->from, "is one anchor more than is read");
		return;
	}
	(void)arena_grow(b->a, &b->anchor, b->n_anchors, &b->cap_anchors, sizeof(*b->anchor));
	b->anchor[b->n_anchors++] = (struct anchor){ arena_str(b->a, str_of(name)), n };
}

/* N where the tree goes on. */
static void
hang(struct builder *b, struct doc_node *n)
{
	struct doc_node *up = b->depth > 0 ? b->open[b->depth - 1] : NULL;

	if (up == NULL) {
		b->d->root = n;
		return;
	}
	if (up->kind == DOC_MAP && up->n % 2 == 0 && n->kind != DOC_WORD) {
		refuse(b, n->from, "is no key: one word is wanted");
		return;
	}
	*up->last = n;
	up->last = &n->next;
	up->n++;
}

static struct doc_node *
new_node(struct builder *b, enum doc_kind kind, const yaml_event_t *e)
{
	struct doc_node *n = arena_alloc(b->a, sizeof(*n));

	n->kind = kind;
	n->from = byte_of(b, e->start_mark.index);
	n->to = byte_of(b, e->end_mark.index);
	n->last = &n->first;
	n->size = 1;
	if (++b->n_nodes > MAX_DOC_NODES)
		refuse(b, n->from, "is one word more than is read");
	return n;
}

static void
open_node(struct builder *b, struct doc_node *n)
{
	hang(b, n);
	if (b->depth == MAX_DOC_DEPTH)
		refuse(b, n->from, "is nested more deeply than is read");
	else
		b->open[b->depth++] = n;
}

/* What the node that closes holds counts in what holds it. */
static void
close_node(struct builder *b, size_t to)
{
	struct doc_node *n;

	if (b->depth == 0)
		return;
	n = b->open[--b->depth];
	n->to = to;
	for (const struct doc_node *c = n->first; c != NULL; c = c->next)
		n->size += c->size;
	if (n->size > MAX_DOC_NODES)
		refuse(b, n->from, "holds more words, its aliases written out, than are read");
}

static enum doc_style
style_of(yaml_scalar_style_t style)
{
	switch (style) {
	case YAML_SINGLE_QUOTED_SCALAR_STYLE:
		return DOC_SINGLE;
	case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
		return DOC_DOUBLE;
	case YAML_LITERAL_SCALAR_STYLE:
		return DOC_LITERAL;
	case YAML_FOLDED_SCALAR_STYLE:
		return DOC_FOLDED;
	default:
		return DOC_PLAIN;
	}
}

/* Offset behind the tag and anchor at FROM, which are no part of the word. */
static size_t
skip_properties(struct str s, size_t from, size_t to)
{
	while (from < to && (s.p[from] == '!' || s.p[from] == '&')) {
		while (from < to && !ascii_isblank(s.p[from]) && s.p[from] != '\n')
			from++;
		while (from < to && (ascii_isblank(s.p[from]) || s.p[from] == '\n'))
			from++;
	}
	return from;
}

static void
take_word(struct builder *b, const yaml_event_t *e)
{
	struct doc_node *n = new_node(b, DOC_WORD, e);
	const char *tag = (const char *)e->data.scalar.tag;

	n->text = arena_str(
	    b->a, (struct str){ (const char *)e->data.scalar.value, e->data.scalar.length });
	n->style = style_of(e->data.scalar.style);
	if (tag != NULL)
		n->tag = arena_str(b->a, str_of(tag));
	if (tag != NULL || e->data.scalar.anchor != NULL)
		n->from = skip_properties(b->d->bytes, n->from, n->to);
	hang(b, n);
	put_anchor(b, n, e->data.scalar.anchor);
	(void)arena_grow(b->a, &b->d->words, b->d->n_words, &b->cap_words, sizeof(*b->d->words));
	b->d->words[b->d->n_words++] = n;
}

static bool
is_open(const struct builder *b, const struct doc_node *n)
{
	for (size_t i = 0; i < b->depth; i++)
		if (b->open[i] == n)
			return true;
	return false;
}

/* The node that the alias names, its children shared; the last anchor of the name counts. */
static void
take_alias(struct builder *b, const yaml_event_t *e)
{
	struct doc_node *n = new_node(b, DOC_WORD, e), *to = NULL, *next;
	struct str name = str_of((const char *)e->data.alias.anchor);

	for (size_t i = b->n_anchors; i > 0 && to == NULL; i--)
		if (str_eq(b->anchor[i - 1].name, name))
			to = b->anchor[i - 1].node;
	if (to == NULL || is_open(b, to)) {
		refuse(b, n->from, to == NULL ? "is an alias of nothing" : "holds itself");
		return;
	}
	b->d->has_alias = true;
	next = n->next;
	*n = *to;
	n->next = next;
	n->alias = true;
	hang(b, n);
}

static void
take(struct builder *b, const yaml_event_t *e)
{
	struct doc_node *n;

	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (b->in_document)
			refuse(b, byte_of(b, e->start_mark.index),
			    "begins a second document; one is read");
		b->in_document = true;
		break;
	case YAML_ALIAS_EVENT:
		take_alias(b, e);
		break;
	case YAML_SCALAR_EVENT:
		take_word(b, e);
		break;
	case YAML_SEQUENCE_START_EVENT:
		n = new_node(b, DOC_LIST, e);
		n->flow = e->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
		if (e->data.sequence_start.tag != NULL)
			n->tag = arena_str(b->a, str_of((const char *)e->data.sequence_start.tag));
		put_anchor(b, n, e->data.sequence_start.anchor);
		open_node(b, n);
		break;
	case YAML_MAPPING_START_EVENT:
		n = new_node(b, DOC_MAP, e);
		n->flow = e->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
		put_anchor(b, n, e->data.mapping_start.anchor);
		open_node(b, n);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		close_node(b, byte_of(b, e->end_mark.index));
		break;
	default:
		break;
	}
}

/* In words of people, what libyaml says of the slips that are met most often. */
static const char *
in_words(const char *problem)
{
	static const struct {
		const char *yaml, *words;
	} rows[] = {
		{ "did not find expected '-' indicator",
		    "stands where an item of a list is wanted: \"- \" in the column of those "
		    "above" },
		{ "did not find expected key",
		    "stands where a key is wanted, in the column of those above" },
		{ "could not find expected ':'", "lacks the ':' behind a key" },
		{ "mapping values are not allowed in this context",
		    "has a ':' where no key can stand: indent the line as those beside it, or "
		    "quote the text" },
		{ "found unexpected end of stream", "begins a quoted text that never ends" },
		{ "found character that cannot start any token",
		    "begins with a character that YAML keeps for itself: quote the text" },
		{ "found unknown escape character",
		    "has a backslash in double quotes that YAML does not know: leave the "
		    "backslash out, double it, or use single quotes" },
		{ "did not find expected ',' or ']'",
		    "stands where a ',' or the end of the [list] is wanted" },
		{ "did not find expected ',' or '}'",
		    "stands where a ',' or the end of the {mapping} is wanted" },
		{ "found undefined tag handle", "has a tag that nobody defines" },
		{ "control characters are not allowed", "is a control character" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strcmp(problem, rows[i].yaml) == 0)
			return rows[i].words;
	return "is not YAML";
}

static void
tell_problem(struct builder *b, const yaml_parser_t *p)
{
	size_t at = p->error == YAML_READER_ERROR ? b->base + p->problem_offset
						  : byte_of(b, p->problem_mark.index);

	if (p->error == YAML_MEMORY_ERROR)
		abort();
	if (at > b->d->bytes.n)
		at = b->d->bytes.n;
	if (at < b->d->bytes.n && b->d->bytes.p[at] == '\t')
		refuse(b, at, "is a tab: YAML is indented by blanks");
	else if (p->error == YAML_READER_ERROR && p->problem != NULL &&
		 strstr(p->problem, "UTF-8") != NULL)
		refuse(b, at, "is not UTF-8");
	else
		refuse(b, at, p->problem != NULL ? in_words(p->problem) : "is not YAML");
}

/* libyaml compares each %TAG directive with all before it: none is taken. */
static void
refuse_directives(struct builder *b, struct str text)
{
	for (size_t i = 0; i < text.n; i = str_find(text, i, '\n') + 1)
		if (str_has_prefix(str_sub(text, i, 4), STR("%TAG")))
			refuse(b, b->base + i, "is a directive that is not read");
}

/* What stands last in N may have gone on behind the fault. */
static void
mark_last(struct doc_node *n)
{
	while (n != NULL && !n->alias) { /* MAX_DOC_DEPTH bounds it */
		struct doc_node *last = n->first;

		n->partial = true;
		while (last != NULL && last->next != NULL)
			last = last->next;
		n = last;
	}
}

/* What was open when the file went wrong is there in part. */
static void
close_all(struct builder *b)
{
	if (b->d->reason != NULL)
		mark_last(b->d->root);
	while (b->depth > 0) {
		b->open[b->depth - 1]->partial = true;
		close_node(b, b->d->bytes.n);
	}
}

void
doc_yaml(struct arena *a, struct str text, struct doc *out)
{
	struct builder b = { .a = a, .d = out };
	yaml_parser_t parser;
	bool end = false;

	*out = (struct doc){ .bytes = text };
	doc_count_lines(a, out);
	if (str_has_prefix(text, STR(BOM)))
		b.base = b.pos = 3;
	text = str_sub(text, b.base, text.n);
	refuse_directives(&b, text);
	if (!yaml_parser_initialize(&parser))
		abort(); /* no memory */
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
	    &parser, (const unsigned char *)(text.n > 0 ? text.p : ""), text.n);
	while (!end && out->reason == NULL) {
		yaml_event_t e;

		if (!yaml_parser_parse(&parser, &e)) {
			tell_problem(&b, &parser);
			break;
		}
		take(&b, &e);
		end = e.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&e);
	}
	yaml_parser_delete(&parser);
	close_all(&b);
}
