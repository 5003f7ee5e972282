/* SPDX-License-Identifier: ISC */
/*
 * schema.c - a tree is read by tables.
 */
#include "audit/config/schema.h"
#include "audit/config/nearest.h"
#include "audit/config/yamltree.h"

#define MAX_PRINT_DEPTH 6

struct walk {
	struct faults *fs;
	void *config;
};

static const char *
kind_name(const struct tree_node *n)
{
	if (tree_is_empty(n))
		return "no value";
	return n->kind == TREE_LIST ? "a list" : n->kind == TREE_MAP ? "a mapping" : "a word";
}

static void
expected(struct walk *w, const struct tree_node *n, const struct schema_key *k, const char *what)
{
	fault_add(w->fs, n->at, "%s: %s is wanted, here is %s", k->name, what, kind_name(n));
}

static void
read_word(struct walk *w, const struct schema_key *k, const struct tree_node *n, void *into)
{
	struct value v = { .fs = w->fs, .a = w->fs->a, .text = n->text, .at = n->at };
	const char *why;

	v.config = w->config;
	if (n->kind != TREE_WORD || tree_is_empty(n))
		expected(w, n, k, k->want);
	else if ((why = k->set(&v, into)) != NULL && k->secret)
		fault_add(w->fs, n->at, "%s: %s", k->name, why);
	else if (why != NULL)
		fault_add(
		    w->fs, n->at, "%s: " FAULT_QUOTE ": %s", k->name, FAULT_QUOTED(n->text), why);
}

static void
read_table(struct walk *w, const struct schema_key *k, const struct tree_node *n, void *into)
{
	const struct tree_node *key, *val;

	if (n->kind != TREE_MAP) {
		expected(w, n, k, "a mapping");
		return;
	}
	for (key = n->first; key != NULL; key = val->next) {
		struct value v = { .fs = w->fs, .a = w->fs->a, .at = key->at };
		const char *why;

		val = key->next;
		v.text = val->text;
		v.key = key->text;
		v.key_at = key->at;
		v.at = val->at;
		v.config = w->config;
		if (val->kind != TREE_WORD || tree_is_empty(val))
			expected(w, val, k, k->want);
		else if ((why = k->set(&v, into)) != NULL)
			fault_add(w->fs, v.at, "%s: " FAULT_QUOTE ": %s", k->name,
			    FAULT_QUOTED(key->text), why);
	}
}

static void read_map(
    struct walk *w, const struct schema *s, const struct tree_node *map, void *into);

static const struct schema_key *
find_key(const struct schema *s, struct str name)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_eq(name, str_of(s->keys[i].name)))
			return &s->keys[i];
	return NULL;
}

/* A mapping, or the word that stands for one with a single key. */
static void
read_item(struct walk *w, const struct schema_key *k, const struct tree_node *n, void *into)
{
	const struct schema *s = k->below;
	bool alone = s->alone != NULL && n->kind == TREE_WORD && !tree_is_empty(n);
	void *item;

	if (n->kind != TREE_MAP && !alone) {
		expected(w, n, k, k->want);
		return;
	}
	item = k->open != NULL ? k->open(into, w->fs->a) : into;
	if (n->kind == TREE_MAP) {
		read_map(w, s, n, item);
		return;
	}
	struct value v = { .fs = w->fs, .a = w->fs->a, .at = n->at, .config = w->config };
	read_word(w, find_key(s, str_of(s->alone)), n, item);
	if (s->close != NULL)
		s->close(&v, item);
}

static void
read_key(struct walk *w, const struct schema_key *k, const struct tree_node *n, void *into)
{
	bool list = n->kind == TREE_LIST && (k->shape == KEY_WORDS || k->shape == KEY_MAPS);

	if (k->shape == KEY_TABLE) {
		read_table(w, k, n, into);
		return;
	}
	if (list && n->first == NULL)
		fault_add(
		    w->fs, n->at, "%s: an empty list says nothing; leave the key out", k->name);
	for (const struct tree_node *i = list ? n->first : n; i != NULL; i = list ? i->next : NULL)
		if (k->shape == KEY_WORD || k->shape == KEY_WORDS)
			read_word(w, k, i, into);
		else
			read_item(w, k, i, into);
}

static void
unknown_key(struct walk *w, const struct schema *s, const struct tree_node *key)
{
	struct nearest near;

	nearest_init(&near, key->text);
	for (size_t i = 0; i < s->n && w->fs->n < MAX_FAULTS; i++)
		nearest_try(&near, str_of(s->keys[i].name));
	if (near.best.n > 0)
		fault_add(w->fs, key->at, "%s has no key " FAULT_QUOTE "; is %.*s meant?", s->what,
		    FAULT_QUOTED(key->text), (int)near.best.n, near.best.p);
	else
		fault_add(w->fs, key->at,
		    "%s has no key " FAULT_QUOTE " (mailvet config --keys lists them)", s->what,
		    FAULT_QUOTED(key->text));
}

static bool
has_key(const struct tree_node *map, const char *name)
{
	for (const struct tree_node *k = map->first; k != NULL; k = k->next->next)
		if (str_eq(k->text, str_of(name)))
			return true;
	return false;
}

/* Tables are nested MAX_PRINT_DEPTH deep at most, and so is this. */
static void
read_map(struct walk *w, const struct schema *s, const struct tree_node *map, void *into)
{
	struct value v = { .fs = w->fs, .a = w->fs->a, .at = map->at, .config = w->config };

	for (const struct tree_node *key = map->first; key != NULL; key = key->next->next) {
		const struct schema_key *k = find_key(s, key->text);

		if (k == NULL)
			unknown_key(w, s, key);
		else
			read_key(w, k, key->next, into);
	}
	for (size_t i = 0; i < s->n; i++)
		if (s->keys[i].needed && !has_key(map, s->keys[i].name))
			fault_add(w->fs, map->at, "%s needs %s: %s", s->what, s->keys[i].name,
			    s->keys[i].want);
	if (s->close != NULL)
		s->close(&v, into);
}

void
schema_read(const struct schema *s, const struct tree_node *root, void *config, struct faults *fs)
{
	struct walk w = { .fs = fs, .config = config };

	if (root->kind != TREE_MAP)
		fault_add(fs, root->at, "%s is a mapping, as in \"domains:\"; here is %s", s->what,
		    kind_name(root));
	else
		read_map(&w, s, root, config);
}

static void
print_key(struct buf *b, const struct schema_key *k, size_t depth)
{
	static const char *const shapes[] = { [KEY_WORDS] = ", or a list of them",
		[KEY_MAPS] = ", or a list of them",
		[KEY_TABLE] = "" };
	size_t from = b->n;

	for (size_t i = 0; i < depth; i++)
		buf_adds(b, "  ");
	buf_adds(b, k->name);
	buf_addc(b, ':');
	do
		buf_addc(b, ' ');
	while (b->n - from < 22);
	buf_adds(b, k->want);
	if (shapes[k->shape] != NULL)
		buf_adds(b, shapes[k->shape]);
	if (k->needed)
		buf_adds(b, " (needed)");
	buf_adds(b, "; ");
	buf_adds(b, k->about);
	buf_addc(b, '\n');
}

static void
print_at(struct buf *b, const struct schema *s, size_t depth)
{
	for (size_t i = 0; i < s->n && depth < MAX_PRINT_DEPTH; i++) {
		print_key(b, &s->keys[i], depth);
		if (s->keys[i].below != NULL)
			print_at(b, s->keys[i].below, depth + 1);
	}
}

void
schema_print(struct buf *b, const struct schema *s)
{
	print_at(b, s, 0);
}
