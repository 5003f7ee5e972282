/* SPDX-License-Identifier: ISC */
/*
 * doc.c - what the readers of YAML and JSON share: lines, and looking up keys.
 */
#include "audit/sources/doc.h"

#define MAX_MERGES 16 /* mappings merged into one, one inside another */

void
doc_count_lines(struct arena *a, struct doc *d)
{
	size_t n = 1;

	for (size_t i = 0; i < d->bytes.n; i++)
		n += d->bytes.p[i] == '\n';
	d->line_at = arena_array(a, n, sizeof(*d->line_at));
	d->n_lines = 1;
	for (size_t i = 0; i < d->bytes.n; i++)
		if (d->bytes.p[i] == '\n')
			d->line_at[d->n_lines++] = (uint32_t)(i + 1);
}

void
doc_where(const struct doc *d, size_t at, uint32_t *line, uint32_t *column)
{
	size_t low = 0, high = d->n_lines;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (d->line_at[mid] <= at)
			low = mid;
		else
			high = mid;
	}
	*line = (uint32_t)(low + 1);
	*column = (uint32_t)(at - d->line_at[low] + 1);
}

/* The value of KEY that MAP itself has. */
static struct doc_node *
own(const struct doc_node *map, struct str key)
{
	struct doc_node *found = NULL;

	for (struct doc_node *k = map->first; k != NULL && k->next != NULL; k = k->next->next)
		if (k->kind == DOC_WORD && str_eq(k->text, key))
			found = k->next;
	return found;
}

/* The same, or what is merged into it (YAML merge keys); the first of a list counts. */
static struct doc_node *
get(const struct doc_node *map, struct str key, unsigned depth)
{
	struct doc_node *found = own(map, key), *merged;

	if (found != NULL || depth >= MAX_MERGES || (merged = own(map, STR("<<"))) == NULL)
		return found;
	if (merged->kind == DOC_MAP)
		return get(merged, key, depth + 1);
	for (const struct doc_node *m = merged->first; m != NULL && found == NULL; m = m->next)
		if (m->kind == DOC_MAP)
			found = get(m, key, MAX_MERGES);
	return found;
}

struct doc_node *
doc_get(const struct doc_node *map, const char *key)
{
	return map == NULL || map->kind != DOC_MAP ? NULL : get(map, str_of(key), 0);
}

struct str
doc_text(const struct doc_node *n)
{
	return n == NULL || n->kind != DOC_WORD ? STR("") : n->text;
}

bool
doc_is_null(const struct doc_node *n)
{
	return n == NULL ||
	       (n->kind == DOC_WORD && n->style == DOC_PLAIN &&
		   (n->text.n == 0 || str_eq(n->text, STR("~")) || str_ieq(n->text, STR("null"))));
}

bool
doc_is_true(const struct doc_node *n)
{
	return n != NULL && n->kind == DOC_WORD && n->style == DOC_PLAIN &&
	       (str_ieq(n->text, STR("true")) || str_ieq(n->text, STR("yes")) ||
		   str_ieq(n->text, STR("on")));
}
