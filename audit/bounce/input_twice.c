/* SPDX-License-Identifier: ISC */
/*
 * input_twice.c - files that are there twice: under two names, as a link, as a copy.
 *
 * A copy has the same bytes; what is a part of another file, or packed, is not
 * looked for.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audit/bounce/input_files.h"
#include "checks/core/arena.h"
#include "checks/core/hash.h"

#define COMPARE_BYTES 65536

struct twin {
	struct input_file *file;
	struct stat st;
	uint64_t hash; /* of all bytes, when another has as many */
};

static int
by_inode(const void *va, const void *vb)
{
	const struct twin *a = va, *b = vb;

	if (a->st.st_dev != b->st.st_dev)
		return a->st.st_dev < b->st.st_dev ? -1 : 1;
	if (a->st.st_ino != b->st.st_ino)
		return a->st.st_ino < b->st.st_ino ? -1 : 1;
	return (a->file->order > b->file->order) - (a->file->order < b->file->order);
}

static int
by_bytes(const void *va, const void *vb)
{
	const struct twin *a = va, *b = vb;

	if (a->st.st_size != b->st.st_size)
		return a->st.st_size < b->st.st_size ? -1 : 1;
	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return (a->file->order > b->file->order) - (a->file->order < b->file->order);
}

/* The regular files among those of F that are not marked yet, into V; how many. */
static size_t
gather(struct input_files *f, struct twin *v)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++) {
		struct twin *t = &v[n];

		*t = (struct twin){ .file = &f->list[i] };
		n += !t->file->twice && strcmp(t->file->path, "-") != 0 &&
		     stat(t->file->path, &t->st) == 0 && S_ISREG(t->st.st_mode);
	}
	return n;
}

/* The hash of the file at PATH; what cannot be read has that of its first part. */
static uint64_t
hash_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *block = xmalloc(COMPARE_BYTES);
	uint64_t h = HASH_START;
	ssize_t got;

	while (fd >= 0 && (got = read(fd, block, COMPARE_BYTES)) > 0)
		h = hash_add(h, (struct str){ block, (size_t)got });
	if (fd >= 0)
		(void)close(fd);
	free(block);
	return hash_end(h);
}

/* Whether the files at A and B have the same bytes. */
static bool
same_bytes(const char *a, const char *b)
{
	FILE *x = fopen(a, "re"), *y = fopen(b, "re");
	char *p = xmalloc((size_t)2 * COMPARE_BYTES), *q = p + COMPARE_BYTES;
	bool same = x != NULL && y != NULL;
	size_t n;

	while (same && (n = fread(p, 1, COMPARE_BYTES, x)) > 0)
		same = fread(q, 1, COMPARE_BYTES, y) == n && memcmp(p, q, n) == 0;
	same = same && ferror(x) == 0 && fgetc(y) == EOF;
	if (x != NULL)
		(void)fclose(x);
	if (y != NULL)
		(void)fclose(y);
	free(p);
	return same;
}

static void
mark(struct input_files *f, struct twin *t)
{
	t->file->twice = true;
	input_files_tell(f, t->file, INPUT_TWICE, "");
}

void
input_files_mark_twice(struct input_files *f)
{
	struct twin *v = xcalloc(f->n + 1, sizeof(*v));
	size_t n = gather(f, v);

	qsort(v, n, sizeof(*v), by_inode);
	for (size_t i = 1; i < n; i++)
		if (v[i].st.st_dev == v[i - 1].st.st_dev && v[i].st.st_ino == v[i - 1].st.st_ino)
			mark(f, &v[i]);
	n = gather(f, v);
	qsort(v, n, sizeof(*v), by_bytes);
	for (size_t i = 0; i < n; i++)
		if (v[i].st.st_size > 0 &&
		    ((i > 0 && v[i - 1].st.st_size == v[i].st.st_size) ||
			(i + 1 < n && v[i + 1].st.st_size == v[i].st.st_size)))
			v[i].hash = hash_file(v[i].file->path);
	qsort(v, n, sizeof(*v), by_bytes);
	for (size_t i = 1; i < n; i++)
		if (v[i].st.st_size > 0 && v[i].st.st_size == v[i - 1].st.st_size &&
		    v[i].hash == v[i - 1].hash && same_bytes(v[i - 1].file->path, v[i].file->path))
			mark(f, &v[i]);
	free(v);
}
