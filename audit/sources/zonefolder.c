/* SPDX-License-Identifier: ISC */
/*
 * zonefolder.c - which files of a folder may be zones: of the disk, or of a tree in
 * memory.
 */
#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "audit/error.h"
#include "audit/sources/zonefile.h"
#include "audit/sources/zoneinput.h"
#include "audit/sources/zonesource.h"

static int
cmp_paths(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void
put(struct arena *a, struct zone_folder *f, struct str path)
{
	(void)arena_grow(a, &f->path, f->n, &f->cap, sizeof(*f->path));
	f->path[f->n++] = path;
}

/* DIR and NAME as one path, owned by A; empty when it is too long. */
static struct str
join(struct arena *a, struct str dir, struct str name)
{
	struct buf b;
	struct str s;

	buf_init(&b, PATH_MAX);
	buf_add(&b, dir);
	if (dir.n > 0 && dir.p[dir.n - 1] != '/')
		buf_addc(&b, '/');
	buf_add(&b, name);
	s = b.over ? STR("") : arena_str(a, buf_str(&b));
	buf_free(&b);
	return s;
}

/* Whether a folder called NAME holds one zone in many files: octoDNS's example.com. */
static bool
is_split(struct str name)
{
	return name.n > 2 && name.p[name.n - 1] == '.' && name.p[name.n - 2] != '.';
}

static int
list_disk(struct arena *a, struct str dir, bool below, struct zone_folder *out)
{
	struct dirent *e;
	struct str unread = STR(""); /* the first by name of those in it that are not read */
	size_t n_unread = 0;
	DIR *d = opendir(dir.p);

	if (d == NULL) {
		audit_warn("%.*s: cannot be opened", (int)dir.n, dir.p);
		return AUDIT_EREAD;
	}
	while ((e = readdir(d)) != NULL && out->n < MAX_ZONE_FILES) {
		struct str name = str_of(e->d_name), path;
		struct stat st;

		if (zoneinput_is_passed_over(name))
			continue;
		path = join(a, dir, name);
		if (path.n == 0 || stat(path.p, &st) != 0)
			continue;
		if (!S_ISDIR(st.st_mode))
			put(a, out, path);
		else if (!below && is_split(name))
			(void)list_disk(a, path, true, out);
		else if (n_unread++ == 0 || str_cmp(path, unread) < 0)
			unread = path;
	}
	if (n_unread > 0) /* what is changed there would be judged by nobody, unseen */
		audit_warn("%.*s: is a folder in one that was given, and not read%s", (int)unread.n,
		    unread.p, n_unread > 1 ? "; there are more" : "");
	if (e != NULL)
		audit_warn("%.*s: more than %d files; the others are not read", (int)dir.n, dir.p,
		    MAX_ZONE_FILES);
	(void)closedir(d);
	return AUDIT_OK;
}

static struct str
last_part(struct str path)
{
	for (size_t i = path.n; i > 0; i--)
		if (path.p[i - 1] == '/')
			return str_sub(path, i, path.n);
	return path;
}

static int
list_tree(struct zone_load *l, struct str dir, struct zone_folder *out)
{
	const struct zone_tree_file *f;
	size_t pos = 0;

	while (dir.n > 0 && dir.p[dir.n - 1] == '/')
		dir.n--;
	while (zonetree_next(l->tree, dir, &pos, &f) && out->n < MAX_ZONE_FILES)
		if (!zoneinput_is_passed_over(last_part(f->path)))
			put(l->a, out, join(l->a, l->tree->name, f->path));
	if (out->n == MAX_ZONE_FILES)
		audit_warn("%.*s: more than %d files; the others are not read", (int)dir.n, dir.p,
		    MAX_ZONE_FILES);
	return AUDIT_OK;
}

int
zonefolder_list(struct zone_load *l, struct str dir, struct zone_folder *out)
{
	int rc = AUDIT_OK;

	*out = (struct zone_folder){ .n = 0 };
	rc = l->tree != NULL ? list_tree(l, dir, out) : list_disk(l->a, dir, false, out);
	if (out->n > 1)
		qsort(out->path, out->n, sizeof(*out->path), cmp_paths);
	return rc;
}
