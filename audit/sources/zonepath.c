/* SPDX-License-Identifier: ISC */
/*
 * zonepath.c - the bytes of a file, read only where that is allowed: regular
 * files that resolve inside the directory the user gave, within a budget.
 */
#define _XOPEN_SOURCE 700 /* realpath() */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audit/sources/zonebytes.h"

#define READ_BYTES 65536

/* Whether the real path REAL is inside the real directory ROOT. */
static bool
is_inside(const char *real, struct str root)
{
	struct str s = str_of(real);

	if (!str_has_prefix(s, root) || root.n == 0)
		return false;
	return root.p[root.n - 1] == '/' || (s.n > root.n && s.p[root.n] == '/');
}

static const char *
why(int error)
{
	return error == ENOENT || error == ENOTDIR ? "no such file"
	       : error == EACCES || error == EPERM ? "permission denied"
	       : error == ELOOP                    ? "a loop of links"
	       : error == EISDIR                   ? "a directory"
						   : "it cannot be read";
}

/* All of FD, of which the budget of L is left, into B. */
static const char *
read_all(const struct zone_load *l, int fd, struct buf *b)
{
	char chunk[READ_BYTES];

	for (;;) {
		ssize_t got = read(fd, chunk, sizeof(chunk));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return why(errno);
		if (got == 0)
			return NULL;
		if (b->n + (size_t)got > MAX_ZONE_BYTES - l->bytes)
			return "more bytes than are read in all";
		buf_add(b, (struct str){ chunk, (size_t)got });
	}
}

struct str
zonepath_real(struct arena *a, const char *path)
{
	char real[PATH_MAX];

	return realpath(path, real) == NULL ? STR("") : arena_str(a, str_of(real));
}

const char *
zonepath_read(
    struct zone_load *l, struct str path, bool inside, struct str *out, struct zone_seen *id)
{
	char real[PATH_MAX];
	struct stat st;
	const char *reason = NULL;
	struct buf b;
	int fd = -1;

	if (l->tree != NULL)
		return zonetree_read(l->tree, path, out, id);
	buf_init(&b, MAX_ZONE_BYTES);

	/* PATH comes out of an arena or argv: a NUL stands behind it */
	if (memchr(path.p, '\0', path.n) != NULL || path.n >= sizeof(real))
		return "not a path";
	/* what the user names may be a pipe, which has no real path */
	if (inside && realpath(path.p, real) == NULL)
		return why(errno);
	if (inside && !is_inside(real, l->root))
		return "outside the directory given";
	/* the real path has no link left, so that none can be put there meanwhile */
	fd = open(inside ? real : path.p,
	    O_RDONLY | O_CLOEXEC | O_NOCTTY | (inside ? O_NOFOLLOW | O_NONBLOCK : 0));
	if (fd < 0 || fstat(fd, &st) != 0)
		reason = why(errno);
	else if (S_ISDIR(st.st_mode))
		reason = why(EISDIR);
	else if (inside && !S_ISREG(st.st_mode))
		reason = "not a regular file";
	else if (st.st_size > 0 && (uintmax_t)st.st_size > MAX_ZONE_BYTES - l->bytes)
		reason = "more bytes than are read in all";
	else
		reason = read_all(l, fd, &b);
	if (fd >= 0)
		(void)close(fd);
	if (reason == NULL) {
		l->bytes += b.n;
		*out = arena_str(l->a, buf_str(&b));
		*id = (struct zone_seen){ .dev = st.st_dev, .ino = st.st_ino };
	}
	buf_free(&b);
	return reason;
}
