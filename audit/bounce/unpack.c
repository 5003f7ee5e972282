/* SPDX-License-Identifier: ISC */
/*
 * unpack.c - the bytes of a log, compressed or not; libarchive's adapter.
 */
#include "audit/bounce/unpack.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audit/bounce/reader.h"
#include "checks/core/arena.h"

#define RAW_BYTES (64 << 10) /* handed to libarchive at once */
#define MAX_MAGIC 6
#define WAIT_MS 3000 /* for somebody who writes to a named pipe */

struct unpack {
	int fd;
	bool regular, begun;
	time_t mtime;
	uint64_t size;            /* of a regular file when it was opened; 0 = not known */
	uint64_t in, out;         /* bytes read, and handed out */
	char head[MAX_MAGIC];     /* the first bytes, read to tell the format */
	size_t head_n, head_used; /* of which so many were passed on */
	char last;                /* byte handed out */
	bool over;
	enum unpack_end end;
	int error; /* errno of UNPACK_FAILED */
	struct archive *archive;
	char *raw;
};

/* clang-format off */
static const struct {
	struct str magic;
} formats[] = {
	{ STR("\x1f\x8b") },		/* gzip, RFC 1952 2.3.1 */
	{ STR("\xfd" "7zXZ\0") },	/* xz */
	{ STR("\x28\xb5\x2f\xfd") },	/* Zstandard, RFC 8878 3.1.1 */
	{ STR("BZh") },
};
/* clang-format on */

static size_t
finish(struct unpack *u, enum unpack_end end)
{
	u->over = true;
	u->end = end;
	return 0;
}

/* read(2) that goes on after a signal. */
static ssize_t
read_fd(struct unpack *u, char *buf, size_t n)
{
	ssize_t got;

	do
		got = read(u->fd, buf, n);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		u->error = errno;
	else
		u->in += (uint64_t)got;
	return got;
}

/* Bytes as they are in the file, the head first; 0 at the end, -1 with u->error set. */
static ssize_t
read_raw(struct unpack *u, char *buf, size_t n)
{
	size_t left = u->head_n - u->head_used;

	if (left == 0)
		return read_fd(u, buf, n);
	if (n > left)
		n = left;
	memcpy(buf, u->head + u->head_used, n);
	u->head_used += n;
	return (ssize_t)n;
}

static la_ssize_t
on_read(struct archive *a, void *ctx, const void **block)
{
	struct unpack *u = ctx;
	ssize_t got = read_raw(u, u->raw, RAW_BYTES);

	if (got < 0)
		archive_set_error(a, u->error, "%s", strerror(u->error));
	*block = u->raw;
	return got;
}

/* The filters that formats[] names and no other: some would start a program. */
static bool
start_archive(struct unpack *u)
{
	struct archive_entry *entry;

	if ((u->archive = archive_read_new()) == NULL)
		return false;
	u->raw = xmalloc(RAW_BYTES);
	if (archive_read_support_filter_gzip(u->archive) != ARCHIVE_OK ||
	    archive_read_support_filter_xz(u->archive) != ARCHIVE_OK ||
	    archive_read_support_filter_zstd(u->archive) != ARCHIVE_OK ||
	    archive_read_support_filter_bzip2(u->archive) != ARCHIVE_OK ||
	    archive_read_support_format_raw(u->archive) != ARCHIVE_OK ||
	    archive_read_support_format_empty(u->archive) != ARCHIVE_OK ||
	    archive_read_open(u->archive, u, NULL, on_read, NULL) != ARCHIVE_OK)
		return false;
	return archive_read_next_header(u->archive, &entry) == ARCHIVE_OK;
}

static bool
is_packed(const struct unpack *u)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (u->head_n >= formats[i].magic.n &&
		    memcmp(u->head, formats[i].magic.p, formats[i].magic.n) == 0)
			return true;
	return false;
}

/* Look at the first bytes. */
static void
begin(struct unpack *u)
{
	ssize_t got = 1;

	u->begun = true;
	while (u->head_n < sizeof(u->head) && got > 0) { /* some may be there: await_writer() */
		got = read_fd(u, u->head + u->head_n, sizeof(u->head) - u->head_n);
		u->head_n += got > 0 ? (size_t)got : 0;
	}
	if (got < 0)
		(void)finish(u, UNPACK_FAILED);
	else if (is_packed(u) && !start_archive(u))
		(void)finish(u, u->archive != NULL && archive_errno(u->archive) == 0
				    ? UNPACK_WHOLE
				    : UNPACK_DAMAGED);
}

static size_t
read_packed(struct unpack *u, char *buf, size_t n)
{
	la_ssize_t got = archive_read_data(u->archive, buf, n);

	if (got < 0)
		return finish(u, UNPACK_DAMAGED);
	if (got == 0)
		return finish(u, UNPACK_WHOLE);
	u->out += (uint64_t)got;
	if (u->out > MAX_UNPACKED_BYTES ||
	    (u->out > UNPACK_RATIO_FROM && u->out / MAX_UNPACK_RATIO > u->in))
		(void)finish(u, UNPACK_BOMB);
	return (size_t)got;
}

/* Past the size it had: to the end of the line, if the rest of it is there by now. */
static size_t
read_behind(struct unpack *u, char *buf, size_t n)
{
	struct stat st;
	ssize_t got;
	char *end;

	if (u->last != '\n' && u->out < u->size + MAX_LINE_BYTES) {
		got = read_fd(u, buf, n < 4096 ? n : 4096);
		if (got > 0) {
			end = memchr(buf, '\n', (size_t)got);
			if (end != NULL)
				got = end + 1 - buf;
			u->last = buf[got - 1];
			u->out += (uint64_t)got;
			return (size_t)got;
		}
	}
	if (fstat(u->fd, &st) == 0 && st.st_size >= 0 && (uint64_t)st.st_size > u->out)
		return finish(u, UNPACK_GREW);
	return finish(u, UNPACK_WHOLE);
}

static size_t
read_plain(struct unpack *u, char *buf, size_t n)
{
	ssize_t got;

	if (u->size > 0) {
		if (u->out >= u->size)
			return read_behind(u, buf, n);
		if (n > u->size - u->out)
			n = (size_t)(u->size - u->out);
	}
	got = read_raw(u, buf, n);
	if (got < 0)
		return finish(u, UNPACK_FAILED);
	if (got == 0)
		return finish(u, u->out < u->size ? UNPACK_SHRANK : UNPACK_WHOLE);
	u->out += (uint64_t)got;
	u->last = buf[got - 1];
	return (size_t)got;
}

/* A pipe that the shell made for us has its writer: it ends when that does. */
static bool
is_inherited(const char *path)
{
	return strcmp(path, "-") == 0 || strncmp(path, "/dev/fd/", 8) == 0 ||
	       strncmp(path, "/proc/", 6) == 0 || strcmp(path, "/dev/stdin") == 0;
}

/*
 * Wait for the first writer of the named pipe FD, which was opened without waiting, and
 * no longer than WAIT_MS; false with errno set when there is none.
 */
static bool
await_writer(struct unpack *u)
{
	const struct timespec pause = { .tv_nsec = 20 * 1000000L };
	int flags = fcntl(u->fd, F_GETFL);

	for (unsigned ms = 0;; ms += 20) {
		ssize_t got = read(u->fd, u->head, sizeof(u->head));

		if (got > 0) {
			u->head_n = (size_t)got;
			u->in += (uint64_t)got;
		}
		if (got > 0 || (got < 0 && errno == EAGAIN))
			return flags >= 0 && fcntl(u->fd, F_SETFL, flags & ~O_NONBLOCK) == 0;
		if (got < 0 && errno != EINTR)
			return false;
		if (ms >= WAIT_MS) {
			errno = ETIMEDOUT;
			return false;
		}
		(void)nanosleep(&pause, NULL);
	}
}

static bool
is_device(const struct stat *st)
{
	return S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode);
}

struct unpack *
unpack_open(const char *path)
{
	bool inherited = is_inherited(path);
	int fd = strcmp(path, "-") == 0
		     ? dup(STDIN_FILENO)
		     : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (inherited ? 0 : O_NONBLOCK));
	struct unpack *u;
	struct stat st = { 0 };

	if (fd < 0)
		return NULL;
	/* a device such as /dev/zero has no end, and no log lies on one */
	if (fstat(fd, &st) != 0 || S_ISDIR(st.st_mode) ||
	    (!inherited && strcmp(path, "-") != 0 && is_device(&st))) {
		int error = S_ISDIR(st.st_mode) ? EISDIR : is_device(&st) ? ENOTSUP : errno;

		(void)close(fd);
		errno = error;
		return NULL;
	}
	u = xcalloc(1, sizeof(*u));
	u->fd = fd;
	u->regular = S_ISREG(st.st_mode);
	/* Standard input may be a file that is read from its middle: its size says nothing. */
	u->size = u->regular && strcmp(path, "-") != 0 ? (uint64_t)st.st_size : 0;
	u->mtime = st.st_mtime;
	if (S_ISFIFO(st.st_mode) && !inherited && !await_writer(u)) {
		int error = errno;

		unpack_close(u);
		errno = error;
		return NULL;
	}
	return u;
}

size_t
unpack_read(struct unpack *u, char *buf, size_t n)
{
	if (!u->begun)
		begin(u);
	if (u->over || n == 0)
		return 0;
	return u->archive != NULL ? read_packed(u, buf, n) : read_plain(u, buf, n);
}

enum unpack_end
unpack_ended(const struct unpack *u, const char **why)
{
	*why = "";
	if (u->end == UNPACK_DAMAGED && u->archive != NULL &&
	    archive_error_string(u->archive) != NULL)
		*why = archive_error_string(u->archive);
	else if (u->end == UNPACK_FAILED)
		*why = strerror(u->error);
	return u->end;
}

bool
unpack_mtime(const struct unpack *u, time_t *out)
{
	if (!u->regular)
		return false;
	*out = u->mtime;
	return true;
}

void
unpack_close(struct unpack *u)
{
	if (u == NULL)
		return;
	if (u->archive != NULL)
		(void)archive_read_free(u->archive);
	free(u->raw);
	(void)close(u->fd);
	free(u);
}
