/* SPDX-License-Identifier: ISC */
/*
 * zonetree.c - files in memory, found by path as those of a disk are.
 */
#include "audit/sources/zonebytes.h"

#define MAX_TREE_LINKS 8

/* S without its first part of a path, which goes to *PART. */
static struct str
next_part(struct str s, struct str *part)
{
	size_t end = str_find(s, 0, '/');

	*part = str_sub(s, 0, end);
	return str_sub(s, end < s.n ? end + 1 : end, s.n);
}

/* BASE and REL put together into B, "." and ".." undone; false when that leaves the tree. */
static bool
normal(struct buf *b, struct str base, struct str rel)
{
	struct str rest[2] = { base, rel }, part;

	for (size_t i = 0; i < 2; i++)
		while (rest[i].n > 0) {
			rest[i] = next_part(rest[i], &part);
			if (part.n == 0 || str_eq(part, STR(".")))
				continue;
			if (!str_eq(part, STR(".."))) {
				if (b->n > 0)
					buf_addc(b, '/');
				buf_add(b, part);
				continue;
			}
			if (b->n == 0)
				return false;
			while (b->n > 0 && b->p[--b->n] != '/')
				;
		}
	return !b->over;
}

/* Index of the first file of T that is not before PATH. */
static size_t
first_at(const struct zone_tree *t, struct str path)
{
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (str_cmp(t->file[mid].path, path) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static const struct zone_tree_file *
find(const struct zone_tree *t, struct str base, struct str rel)
{
	const struct zone_tree_file *f = NULL;
	struct buf b;
	size_t i;

	buf_init(&b, 4096); /* PATH_MAX */
	if (normal(&b, base, rel)) {
		i = first_at(t, buf_str(&b));
		if (i < t->n && str_eq(t->file[i].path, buf_str(&b)))
			f = &t->file[i];
	}
	buf_free(&b);
	return f;
}

static struct str
folder_of(struct str path)
{
	while (path.n > 0 && path.p[path.n - 1] != '/')
		path.n--;
	return path;
}

/* The file that F, a link or not, leads to; NULL when that is none of T. */
static const struct zone_tree_file *
follow(const struct zone_tree *t, const struct zone_tree_file *f)
{
	for (unsigned i = 0; f != NULL && f->link; i++) {
		if (i == MAX_TREE_LINKS || f->bytes.n == 0 || f->bytes.p[0] == '/')
			return NULL;
		f = find(t, folder_of(f->path), f->bytes);
	}
	return f;
}

const char *
zonetree_read(const struct zone_tree *t, struct str path, struct str *out, struct zone_seen *id)
{
	const struct zone_tree_file *f;

	if (str_has_prefix(path, t->name))
		path = str_sub(path, t->name.n, path.n);
	if (path.n > 0 && path.p[0] == '/')
		return "outside the directory given";
	if ((f = find(t, STR(""), path)) == NULL)
		return "no such file";
	if ((f = follow(t, f)) == NULL)
		return "a link that leads to no file there";
	*out = f->bytes;
	*id = (struct zone_seen){ .ino = (ino_t)(f - t->file) + 1 };
	return NULL;
}

/* Whether REL, a path below the folder, is a file of it or of a folder "example.com." in it. */
static bool
is_of_folder(struct str rel)
{
	size_t slash = str_find(rel, 0, '/');

	if (slash == rel.n)
		return true;
	return slash > 1 && rel.p[slash - 1] == '.' && str_find(rel, slash + 1, '/') == rel.n;
}

bool
zonetree_next(
    const struct zone_tree *t, struct str path, size_t *pos, const struct zone_tree_file **out)
{
	for (; *pos < t->n; ++*pos) {
		struct str s = t->file[*pos].path;

		if (path.n > 0) {
			if (!str_has_prefix(s, path) || s.n <= path.n || s.p[path.n] != '/')
				continue;
			s = str_sub(s, path.n + 1, s.n);
		}
		if (!is_of_folder(s))
			continue;
		*out = &t->file[(*pos)++];
		return true;
	}
	return false;
}
