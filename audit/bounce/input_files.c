/* SPDX-License-Identifier: ISC */
/*
 * input_files.c - which files the user's paths mean.
 */
#include "audit/bounce/input_files.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "checks/core/arena.h"

static char *
join(const char *dir, const char *name)
{
	size_t a = strlen(dir), b = name == NULL ? 0 : strlen(name);
	char *p = xmalloc(a + b + 2);

	memcpy(p, dir, a);
	p[a] = name == NULL ? '\0' : '/';
	if (name != NULL)
		memcpy(p + a + 1, name, b + 1);
	return p;
}

void
input_files_tell(
    struct input_files *f, const struct input_file *file, enum input_trouble t, const char *why)
{
	struct input_notice notice = {
		.trouble = t,
		.path = file->path,
		.named = file->named,
		.why = why,
	};

	if (t == INPUT_UNREADABLE) {
		f->counts->unreadable++;
		f->failed |= file->named;
	}
	if (f->hooks->told != NULL)
		f->hooks->told(f->hooks->ctx, &notice);
}

/* Takes PATH over. */
static void
add_file(struct input_files *f, char *path, bool named)
{
	struct input_file file = { .path = path, .named = named, .order = f->n };

	if (f->n == MAX_INPUT_FILES) {
		if (!f->full)
			input_files_tell(f, &file, INPUT_TOO_MANY, "too many files");
		f->full = true;
		free(path);
		return;
	}
	if (f->n == f->room) {
		f->room = f->room == 0 ? 16 : 2 * f->room;
		f->list = xrealloc(f->list, f->room * sizeof(*f->list));
	}
	f->list[f->n++] = file;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in the directory at PATH, sorted, into *OUT; their number. */
static size_t
read_names(DIR *dir, char ***out)
{
	const struct dirent *entry;
	char **names = NULL;
	size_t n = 0, room = 0;

	while (n < MAX_INPUT_FILES && (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (n == room) {
			room = room == 0 ? 64 : 2 * room;
			names = xrealloc(names, room * sizeof(*names));
		}
		names[n++] = join(entry->d_name, NULL);
	}
	if (n > 0)
		qsort(names, n, sizeof(*names), by_name);
	*out = names;
	return n;
}

static void add_directory(struct input_files *f, const char *path, bool named, unsigned depth);

/* One entry of a directory: hidden files are indexes and leftovers, hidden directories folders. */
static void
add_entry(struct input_files *f, char *path, const char *name, unsigned depth)
{
	struct input_file file = { .path = path };
	struct stat st;

	if (lstat(path, &st) != 0)
		input_files_tell(f, &file, INPUT_UNREADABLE, strerror(errno));
	else if (S_ISDIR(st.st_mode))
		add_directory(f, path, false, depth + 1);
	else if (!S_ISREG(st.st_mode))
		input_files_tell(f, &file, INPUT_IRREGULAR, "");
	else if (name[0] != '.') {
		add_file(f, path, false);
		return;
	}
	free(path);
}

/* A Maildir's tmp holds messages that are not whole yet. */
static bool
is_maildir_tmp(char *const *names, size_t n, const char *name)
{
	if (strcmp(name, "tmp") != 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], "cur") == 0)
			return true;
	return false;
}

static void
add_directory(struct input_files *f, const char *path, bool named, unsigned depth)
{
	struct input_file file = { .path = join(path, NULL), .named = named };
	char **names = NULL;
	size_t n = 0;
	DIR *dir = NULL;

	if (depth > MAX_INPUT_DEPTH)
		input_files_tell(f, &file, INPUT_TOO_MANY, "too many directories in one another");
	else if ((dir = opendir(path)) == NULL)
		input_files_tell(f, &file, INPUT_UNREADABLE, strerror(errno));
	else
		n = read_names(dir, &names);
	if (dir != NULL)
		(void)closedir(dir);
	for (size_t i = 0; i < n && !f->full; i++)
		if (!is_maildir_tmp(names, n, names[i]))
			add_entry(f, join(path, names[i]), names[i], depth);
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
	free(file.path);
}

void
input_files_add(struct input_files *f, const char *path)
{
	struct stat st;

	if (strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		add_directory(f, path, true, 1);
	else
		add_file(f, join(path, NULL), true);
}

static int
by_first(const void *a, const void *b)
{
	const struct input_file *x = a, *y = b;

	if (x->has_first != y->has_first)
		return x->has_first ? -1 : 1;
	if (x->has_first && x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

void
input_files_sort(struct input_files *f)
{
	if (f->n > 1)
		qsort(f->list, f->n, sizeof(*f->list), by_first);
}

void
input_files_free(struct input_files *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->list[i].path);
	free(f->list);
}
