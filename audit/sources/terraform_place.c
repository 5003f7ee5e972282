/* SPDX-License-Identifier: ISC */
/*
 * terraform_place.c - where a resource of a plan stands in the .tf files beside it.
 *
 * It looks for the words of the block and for strings in it; it does not read HCL.
 */
#include "audit/sources/terraform.h"
#include <dirent.h>
#include <stdlib.h>
#include "audit/sources/zonebytes.h"

static int
cmp_blocks(const void *va, const void *vb)
{
	const struct terraform_block *a = va, *b = vb;
	int c = str_cmp(a->type, b->type);

	if (c == 0)
		c = str_cmp(a->name, b->name);
	if (c == 0)
		c = str_cmp(a->path, b->path);
	return c != 0 ? c : a->from < b->from ? -1 : a->from > b->from;
}

static size_t
skip_blanks(struct str s, size_t at)
{
	while (at < s.n && ascii_isblank(s.p[at]))
		at++;
	return at;
}

/* The word in quotes at *AT, which moves behind it; empty = there is none. */
static struct str
quoted(struct str s, size_t *at)
{
	size_t from = skip_blanks(s, *at), end;

	if (from >= s.n || s.p[from] != '"')
		return STR("");
	end = str_find(s, ++from, '"');
	*at = end + 1;
	return str_sub(s, from, end - from);
}

/* The blocks of resources in the file PATH of bytes TEXT. */
static void
index_file(struct zone_load *l, const struct zone_bytes *b, struct terraform_files *out)
{
	struct doc *d = arena_alloc(l->a, sizeof(*d));
	struct str s = b->text;

	d->bytes = s;
	doc_count_lines(l->a, d);
	for (size_t i = 0; i < d->n_lines; i++) {
		size_t from = skip_blanks(s, d->line_at[i]), at = from + 8;
		struct terraform_block block = { .path = b->path, .file = d, .from = from };

		if (!str_has_prefix(str_sub(s, from, 8), STR("resource")))
			continue;
		block.type = quoted(s, &at);
		block.name = quoted(s, &at);
		if (block.name.n == 0)
			continue;
		(void)arena_grow(l->a, &out->v, out->n, &out->cap, sizeof(*out->v));
		out->v[out->n++] = block;
	}
}

void
terraform_find_files(struct zone_load *l, struct str path, struct terraform_files *out)
{
	struct str folder = path;
	struct dirent *e;
	size_t n = 0;
	DIR *d;

	*out = (struct terraform_files){ .n = 0 };
	while (folder.n > 0 && folder.p[folder.n - 1] != '/')
		folder.n--;
	if (l->tree != NULL || l->root.n == 0)
		return;
	if ((d = opendir(folder.n == 0 ? "." : arena_str(l->a, folder).p)) == NULL)
		return;
	while ((e = readdir(d)) != NULL && n < MAX_TERRAFORM_FILES) {
		struct zone_bytes b;

		if (!str_has_isuffix(str_of(e->d_name), STR(".tf")) ||
		    zonebytes_include(l, path, str_of(e->d_name), &b) != NULL)
			continue;
		n++;
		zonebytes_keep(l, b.path, b.text, INPUT_TERRAFORM);
		index_file(l, &b, out);
	}
	(void)closedir(d);
	if (out->n > 1)
		qsort(out->v, out->n, sizeof(*out->v), cmp_blocks);
}

/* The first block of RES; NULL when there is none. */
static const struct terraform_block *
find_block(const struct terraform_files *f, const struct terraform_resource *res)
{
	size_t low = 0, high = f->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = str_cmp(f->v[mid].type, res->type);

		if (c == 0)
			c = str_cmp(f->v[mid].name, res->name);
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < f->n && str_eq(f->v[low].type, res->type) && str_eq(f->v[low].name, res->name)
		   ? &f->v[low]
		   : NULL;
}

/* Offset behind the block at FROM: a brace at the beginning of a line ends it. */
static size_t
end_of_block(struct str s, size_t from)
{
	size_t line = from;

	s = str_sub(s, 0, from + MAX_TERRAFORM_BLOCK);
	while (line < s.n) {
		line = str_find(s, line, '\n') + 1;
		if (line < s.n && s.p[line] == '}')
			return line;
	}
	return s.n;
}

/* Offset behind the string of HCL at AT, a quote; *SAME = it says VALUE. */
static size_t
read_string(struct str s, size_t at, struct str value, bool *same)
{
	size_t n = 0;

	*same = true;
	for (at++; at < s.n && s.p[at] != '"' && s.p[at] != '\n'; at++) {
		char c = s.p[at];

		if (c == '\\' && at + 1 < s.n) {
			c = s.p[++at];
			c = (char)(c == 'n' ? '\n' : c == 't' ? '\t' : c);
		} else if ((c == '$' || c == '%') && at + 2 < s.n && s.p[at + 1] == c &&
			   s.p[at + 2] == '{') {
			at++;
		}
		*same = *same && n < value.n && value.p[n] == c;
		n++;
	}
	*same = *same && n == value.n && at < s.n && s.p[at] == '"';
	return at < s.n ? at + 1 : at;
}

struct doc_spot
terraform_place(
    const struct terraform_files *f, const struct terraform_resource *res, struct str value)
{
	struct doc_spot spot = { .file = res->address, .line = 1, .column = 1 };
	const struct terraform_block *b = find_block(f, res);
	size_t at, end, to = 0, from = 0, found = 0;
	struct str s;
	bool same;

	if (b == NULL || str_has_prefix(res->address, STR("module.")))
		return spot;
	s = b->file->bytes;
	spot.file = b->path;
	doc_where(b->file, b->from, &spot.line, &spot.column);
	end = end_of_block(s, b->from);
	for (at = str_find(s, str_find(s, b->from, '\n'), '"'); at < end;
	     at = str_find(s, at, '"')) {
		size_t next = read_string(s, at, value, &same);

		if (same && ++found == 1) {
			from = at;
			to = next;
		}
		at = next;
	}
	if (found == 1) { /* else nobody knows which of them it is */
		doc_where(b->file, from, &spot.line, &spot.column);
		doc_where(b->file, to, &spot.end_line, &spot.end_column);
	}
	return spot;
}
