/* SPDX-License-Identifier: ISC */
/*
 * yamltree.c - libyaml's events to a tree.
 */
#include "audit/config/yamltree.h"
#include <stdlib.h>
#include <yaml.h>

#define BOM "\xef\xbb\xbf" /* is no character of the text */

struct builder {
	struct faults *fs;
	struct arena *a;
	struct tree_node *root;
	struct tree_node *open[MAX_YAML_DEPTH]; /* lists and mappings we are inside of */
	size_t depth, n_nodes;
	bool in_document, wrong;
};

/* The code point at S from *I on, *I behind it; false when it is not UTF-8 (RFC 3629 4). */
static bool
next_point(struct str s, size_t *i, uint32_t *out)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	unsigned char c = (unsigned char)s.p[*i];
	size_t more = c < 0x80 ? 0 : c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
	uint32_t p = more == 0 ? c : c & (0x3fu >> more);

	if ((c >= 0x80 && c < 0xc2) || c > 0xf4 || s.n - *i <= more)
		return false;
	for (size_t k = 1; k <= more; k++) {
		unsigned char d = (unsigned char)s.p[*i + k];

		if ((d & 0xc0) != 0x80)
			return false;
		p = p << 6 | (d & 0x3f);
	}
	*i += more + 1;
	*out = p;
	return p >= least[more] && p <= 0x10ffff && (p < 0xd800 || p > 0xdfff);
}

/* Control characters, and what YAML takes for a line end where no editor does. */
static bool
is_refused(uint32_t p)
{
	return (p < 0x20 && p != '\t' && p != '\n' && p != '\r') || (p >= 0x7f && p < 0xa0) ||
	       p == 0x2028 || p == 0x2029 || p == 0xfeff || p == 0xfffe || p == 0xffff;
}

static bool
is_text(struct str s, struct faults *fs)
{
	size_t i = str_has_prefix(s, STR(BOM)) ? 3 : 0;
	uint32_t p;

	for (size_t at = 0; i < s.n; at++) {
		if (!next_point(s, &i, &p)) {
			fault_add(fs, at, "not UTF-8: a text file in UTF-8 is wanted");
			return false;
		}
		if (is_refused(p)) {
			fault_add(fs, at, "the control character U+%04X", (unsigned)p);
			return false;
		}
	}
	return true;
}

static void
refuse(struct builder *b, size_t at, const char *why)
{
	if (!b->wrong)
		fault_add(b->fs, at, "%s", why);
	b->wrong = true;
}

/* A new node where the tree goes on. */
static struct tree_node *
add(struct builder *b, enum tree_kind kind, const yaml_event_t *e)
{
	struct tree_node *up = b->depth > 0 ? b->open[b->depth - 1] : NULL, *n;

	if (++b->n_nodes > MAX_YAML_NODES) {
		refuse(b, e->start_mark.index, "more words than a configuration may have");
		return NULL;
	}
	n = arena_alloc(b->a, sizeof(*n));
	n->kind = kind;
	n->at = e->start_mark.index;
	n->last = &n->first;
	if (up == NULL) {
		b->root = n;
		return n;
	}
	if (up->kind == TREE_MAP && up->n % 2 == 0 && kind != TREE_WORD) {
		refuse(b, n->at, "a key is wanted, which is one word");
		return NULL;
	}
	*up->last = n;
	up->last = &n->next;
	up->n++;
	return n;
}

static void
open_node(struct builder *b, enum tree_kind kind, const yaml_event_t *e)
{
	struct tree_node *n = add(b, kind, e);

	if (n == NULL)
		return;
	if (b->depth == MAX_YAML_DEPTH)
		refuse(b, n->at, "nested more deeply than any key of a configuration");
	else
		b->open[b->depth++] = n;
}

static void
add_word(struct builder *b, const yaml_event_t *e)
{
	struct tree_node *n = add(b, TREE_WORD, e);

	if (n == NULL)
		return;
	n->text = arena_str(
	    b->a, (struct str){ (const char *)e->data.scalar.value, e->data.scalar.length });
	n->quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	if (memchr(n->text.p, '\0', n->text.n) != NULL)
		refuse(b, n->at, "a NUL byte");
}

/* Anchors and tags; libyaml has them for words, lists and mappings alike. */
static void
check_marks(struct builder *b, const yaml_event_t *e, const void *anchor, const void *tag)
{
	if (anchor != NULL)
		refuse(b, e->start_mark.index,
		    "an anchor (&): anchors and aliases are not taken; write it out");
	else if (tag != NULL)
		refuse(b, e->start_mark.index, "a tag (!): tags are not taken");
}

static void
take(struct builder *b, const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (b->in_document)
			refuse(b, e->start_mark.index,
			    "a second document (---): one configuration is one document");
		b->in_document = true;
		break;
	case YAML_ALIAS_EVENT:
		refuse(b, e->start_mark.index,
		    "an alias (*): anchors and aliases are not taken; write it out");
		break;
	case YAML_SCALAR_EVENT:
		check_marks(b, e, e->data.scalar.anchor, e->data.scalar.tag);
		add_word(b, e);
		break;
	case YAML_SEQUENCE_START_EVENT:
		check_marks(b, e, e->data.sequence_start.anchor, e->data.sequence_start.tag);
		open_node(b, TREE_LIST, e);
		break;
	case YAML_MAPPING_START_EVENT:
		check_marks(b, e, e->data.mapping_start.anchor, e->data.mapping_start.tag);
		open_node(b, TREE_MAP, e);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		if (b->depth > 0)
			b->depth--;
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
		    "an item of a list is wanted: \"- \" in the column of those above" },
		{ "did not find expected key", "a key is wanted, in the column of those above" },
		{ "could not find expected ':'", "a ':' is wanted behind a key" },
		{ "mapping values are not allowed in this context",
		    "a ':' where no key can stand: indent the line as those beside it, or quote "
		    "the text" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strcmp(problem, rows[i].yaml) == 0)
			return rows[i].words;
	return problem;
}

/* What libyaml says, and for what is met most often, words that help. */
static void
tell_problem(struct builder *b, const yaml_parser_t *p)
{
	size_t at = p->problem_mark.index;
	struct str s = b->fs->file;
	size_t i = str_has_prefix(s, STR(BOM)) ? 3 : 0;

	for (size_t left = at; left > 0 && i < s.n; left--)
		for (i++; i < s.n && ((unsigned char)s.p[i] & 0xc0) == 0x80; i++)
			;
	if (i < s.n && s.p[i] == '\t')
		refuse(b, at, "a tab: YAML is indented by blanks");
	else if (p->error == YAML_MEMORY_ERROR)
		abort();
	else
		refuse(b, at, p->problem != NULL ? in_words(p->problem) : "not YAML");
}

/*
 * Refuse a line that begins with %: libyaml compares each %TAG directive with all
 * before it.
 */
static void
refuse_directives(struct builder *b, struct str text)
{
	size_t at = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (((unsigned char)text.p[i] & 0xc0) == 0x80)
			continue; /* places count characters */
		if (text.p[i] == '%' && (i == 0 || text.p[i - 1] == '\n'))
			refuse(b, at, "a line that begins with %: directives are not taken");
		at++;
	}
}

static void
parse(struct builder *b, struct str text)
{
	yaml_parser_t parser;
	bool end = false;

	if (!yaml_parser_initialize(&parser))
		abort(); /* no memory */
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	if (str_has_prefix(text, STR(BOM)))
		text = str_sub(text, 3, text.n);
	refuse_directives(b, text);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text.p, text.n);
	while (!end && !b->wrong) {
		yaml_event_t e;

		if (!yaml_parser_parse(&parser, &e)) {
			tell_problem(b, &parser);
			break;
		}
		take(b, &e);
		end = e.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&e);
	}
	yaml_parser_delete(&parser);
}

static int
key_cmp(const void *va, const void *vb)
{
	const struct tree_node *const *a = va, *const *b = vb;
	int c = str_cmp((*a)->text, (*b)->text);

	return c != 0 ? c : (*a)->at < (*b)->at ? -1 : (*a)->at > (*b)->at;
}

/* The keys of the mapping MAP that stand in it before. */
static void
find_doubles(const struct tree_node *map, struct faults *fs)
{
	const struct tree_node **keys = arena_array(fs->a, map->n + 1, sizeof(*keys));
	size_t n = 0;

	for (const struct tree_node *k = map->first; k != NULL; k = k->next->next)
		keys[n++] = k;
	qsort(keys, n, sizeof(*keys), key_cmp);
	for (size_t i = 1; i < n; i++)
		if (str_eq(keys[i]->text, keys[i - 1]->text))
			fault_add(fs, keys[i]->at, "the key " FAULT_QUOTE " stands here twice",
			    FAULT_QUOTED(keys[i]->text));
}

/* All mappings; MAX_YAML_DEPTH bounds the recursion. */
static void
check_keys(struct tree_node *n, struct faults *fs)
{
	if (n->kind == TREE_MAP) {
		n->n /= 2;
		find_doubles(n, fs);
	}
	for (struct tree_node *c = n->first; c != NULL; c = c->next)
		check_keys(c, fs);
}

bool
tree_is_empty(const struct tree_node *n)
{
	return n->kind == TREE_WORD && !n->quoted &&
	       (n->text.n == 0 || str_eq(n->text, STR("~")) || str_eq(n->text, STR("null")));
}

const struct tree_node *
yamltree_read(struct str text, struct faults *fs)
{
	struct builder b = { .fs = fs, .a = fs->a };

	if (text.n > MAX_YAML_BYTES) {
		fault_add(fs, 0, "larger than %zu bytes", MAX_YAML_BYTES);
		return NULL;
	}
	if (!is_text(text, fs))
		return NULL;
	parse(&b, text);
	if (!b.wrong && b.root == NULL)
		refuse(&b, 0, "nothing stands in this file");
	if (b.wrong)
		return NULL;
	check_keys(b.root, fs);
	return b.root;
}
