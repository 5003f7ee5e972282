/* SPDX-License-Identifier: ISC */
/*
 * mailfile.c - the messages of files, one by one.
 */
#include "audit/mail/mailfile.h"
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audit/error.h"
#include "audit/mail/mbox.h"
#include "checks/core/arena.h"
#include "checks/header.h"

#define CHUNK ((size_t)256 << 10)

void
mailfile_init(struct mailfile *m, char **inputs, size_t n)
{
	*m = (struct mailfile){ .inputs = inputs, .n_inputs = n, .fd = -1 };
	buf_init(&m->bytes, MAX_MESSAGE_BYTES + 2 * CHUNK);
}

static void
close_dir(struct mailfile *m)
{
	for (size_t i = 0; i < m->n_names; i++)
		free(m->names[i]);
	free(m->names);
	m->names = NULL;
	m->n_names = m->at_name = m->cap_names = 0;
}

static void
close_file(struct mailfile *m)
{
	if (m->fd > STDIN_FILENO)
		(void)close(m->fd);
	m->fd = -1;
	free(m->path);
	m->path = NULL;
	buf_reset(&m->bytes);
}

void
mailfile_free(struct mailfile *m)
{
	close_file(m);
	close_dir(m);
	buf_free(&m->bytes);
}

static void
tell(struct mailfile *m, const char *path, const char *why)
{
	if (m->before_telling != NULL)
		m->before_telling(m->ctx);
	audit_warn("%s: %s", strcmp(path, "-") == 0 ? "standard input" : path, why);
	m->bad++;
}

void
mailfile_refuse(struct mailfile *m, const struct mail *mail, const char *why)
{
	char text[100];

	if (!mail->mbox) {
		tell(m, mail->file, why);
		return;
	}
	(void)snprintf(text, sizeof(text), "message %zu: %s", mail->number, why);
	tell(m, mail->file, text);
}

static char *
join(const char *dir, const char *name)
{
	size_t n = strlen(dir) + strlen(name) + 2;
	char *p = xmalloc(n);

	(void)snprintf(
	    p, n, "%s%s%s", dir, dir[0] == '\0' || dir[strlen(dir) - 1] == '/' ? "" : "/", name);
	return p;
}

static int
cmp_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/*
 * The regular files of the directory PATH to the list; false when it cannot be read.
 * A link may lead out of the directory that was named: it is passed over.
 */
static bool
list_dir(struct mailfile *m, const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;
	struct stat st;

	if (d == NULL)
		return false;
	while ((e = readdir(d)) != NULL && m->n_names < MAX_MAIL_FILES) {
		char *p;

		if (e->d_name[0] == '.')
			continue;
		p = join(path, e->d_name);
		if (lstat(p, &st) != 0 || !S_ISREG(st.st_mode)) {
			free(p);
			continue;
		}
		if (m->n_names == m->cap_names) {
			m->cap_names = m->cap_names == 0 ? 64 : m->cap_names * 2;
			m->names = xrealloc(m->names, m->cap_names * sizeof(*m->names));
		}
		m->names[m->n_names++] = p;
	}
	if (e != NULL)
		tell(m, path, "holds more files than are read");
	(void)closedir(d);
	return true;
}

/* The files of PATH: of new/ and cur/ when it is a Maildir. */
static void
open_dir(struct mailfile *m, const char *path)
{
	char *cur = join(path, "cur"), *new = join(path, "new");
	struct stat st;
	bool ok;

	if (stat(cur, &st) == 0 && S_ISDIR(st.st_mode)) {
		ok = list_dir(m, cur);
		if (stat(new, &st) == 0 && S_ISDIR(st.st_mode))
			ok = list_dir(m, new) && ok;
	} else {
		ok = list_dir(m, path);
	}
	if (!ok)
		tell(m, path, strerror(errno));
	else if (m->n_names == 0)
		tell(m, path, "holds no message");
	if (m->n_names > 1)
		qsort(m->names, m->n_names, sizeof(*m->names), cmp_paths);
	free(cur);
	free(new);
}

/* PATH, which LISTED a directory: no link or pipe that was put there since then is followed. */
static int
open_path(const char *path, bool listed)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | (listed ? O_NOFOLLOW | O_NONBLOCK : 0));
	struct stat st;

	if (fd < 0 || !listed || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)))
		return fd;
	(void)close(fd);
	errno = EINVAL;
	return -1;
}

/* Open the file PATH (taken over), which stands in a directory if LISTED. */
static void
open_file(struct mailfile *m, char *path, bool listed)
{
	m->path = path;
	m->fd = strcmp(path, "-") == 0 && !listed ? STDIN_FILENO : open_path(path, listed);
	m->start = m->looked = m->number = 0;
	m->end = m->is_mbox = m->begun = m->over = m->failed = false;
	buf_reset(&m->bytes);
	if (m->fd >= 0)
		return;
	tell(m, path, errno == ELOOP || errno == EINVAL ? "not a regular file" : strerror(errno));
	close_file(m);
}

/* The next file; false behind the last. */
static bool
open_next(struct mailfile *m)
{
	while (m->fd < 0) {
		struct stat st;

		if (m->at_name < m->n_names) {
			char *path = m->names[m->at_name];

			m->names[m->at_name++] = NULL;
			open_file(m, path, true);
			continue;
		}
		close_dir(m);
		if (m->at_input == m->n_inputs)
			return false;
		if (stat(m->inputs[m->at_input], &st) == 0 && S_ISDIR(st.st_mode))
			open_dir(m, m->inputs[m->at_input]);
		else
			open_file(m, join("", m->inputs[m->at_input]), false);
		m->at_input++;
	}
	return true;
}

static struct str
rest_of(const struct mailfile *m)
{
	return str_sub(buf_str(&m->bytes), m->start, m->bytes.n);
}

/* More bytes behind those that are there; what was given is dropped first. */
static void
read_more(struct mailfile *m)
{
	ssize_t got;

	if (m->start > 0) {
		memmove(m->bytes.p, m->bytes.p + m->start, m->bytes.n - m->start);
		m->bytes.n -= m->start;
		m->looked -= m->looked < m->start ? m->looked : m->start;
		m->start = 0;
	}
	if (!buf_room(&m->bytes, CHUNK))
		abort(); /* pass_over() was not asked */
	do
		got = read(m->fd, m->bytes.p + m->bytes.n, CHUNK);
	while (got < 0 && errno == EINTR);
	if (got < 0) {
		tell(m, m->path, strerror(errno));
		m->failed = true; /* what is there is not the whole of it */
	}
	if (got <= 0)
		m->end = true;
	else
		m->bytes.n += (size_t)got;
}

/* The message under way is too large: keep what the next one may be found by. */
static void
pass_over(struct mailfile *m)
{
	size_t keep = MAX_FROM_LINE + 4, n = m->bytes.n;

	m->over = true;
	m->end = m->end || !m->is_mbox; /* there is no next one */
	if (n - m->start <= keep)
		return;
	memmove(m->bytes.p, m->bytes.p + n - keep, keep);
	m->bytes.n = keep;
	m->start = 0;
	m->looked = 3; /* what is left begins anywhere, not at the start of a line */
}

/* The end of the message under way, once it is known; the buffer is filled for it. */
static size_t
find_end(struct mailfile *m)
{
	for (;;) {
		struct str s = rest_of(m);
		size_t sure = m->looked - m->start, end = s.n;

		if (m->is_mbox)
			end = mbox_find(s, sure > 0 ? sure : 1, m->end, &sure);
		m->looked = m->start + sure;
		if (end < s.n || m->end)
			return end;
		if (s.n > MAX_MESSAGE_BYTES || m->over)
			pass_over(m);
		if (!m->end)
			read_more(m);
	}
}

/*
 * How many octets stand at the front of S that an editor or a paste left there: U+FEFF, and
 * empty lines.  No message begins with either.
 */
static size_t
leftovers(struct str s)
{
	size_t n;

	assert(s.p != NULL || s.n == 0);
	n = str_has_prefix(s, STR("\xef\xbb\xbf")) ? 3 : 0;
	while (n < s.n && (s.p[n] == '\n' || (s.p[n] == '\r' && n + 1 < s.n && s.p[n + 1] == '\n')))
		n++;
	return n;
}

/* Read until a line is there whole, or more than a line that begins a message has. */
static void
fill_line(struct mailfile *m)
{
	while (!m->end && str_find(rest_of(m), 0, '\n') >= rest_of(m).n &&
	       rest_of(m).n < MAX_FROM_LINE)
		read_more(m);
}

/* Look whether the file is an mbox, and pass over the line that its message begins behind. */
static void
begin(struct mailfile *m)
{
	size_t n;

	fill_line(m);
	while (!m->begun && (n = leftovers(rest_of(m))) > 0) {
		m->start += n;
		fill_line(m); /* a pipe may have given no more than these */
	}
	if (!m->begun)
		m->is_mbox =
		    mbox_is_one(rest_of(m)) && str_find(rest_of(m), 0, '\n') < MAX_FROM_LINE;
	m->begun = true;
	if (m->is_mbox)
		m->start += mbox_skip_from(rest_of(m));
	m->looked = m->start;
}

/* The next message of the open file; false when it has no more. */
static bool
take(struct mailfile *m, struct mail *out)
{
	size_t end;

	if (m->begun && (!m->is_mbox || m->start == m->bytes.n))
		return false;
	begin(m);
	end = find_end(m);
	*out = (struct mail){ .text = str_sub(rest_of(m), 0, end),
		.file = m->path,
		.number = ++m->number,
		.mbox = m->is_mbox };
	if (m->is_mbox)
		out->text = mbox_trim(out->text);
	m->over = m->over || out->text.n > MAX_MESSAGE_BYTES;
	m->start += end;
	return true;
}

bool
mailfile_next(struct mailfile *m, struct mail *out)
{
	while (open_next(m)) {
		if (!take(m, out)) {
			close_file(m);
			continue;
		}
		if (!m->over && !m->failed)
			return true;
		if (m->over && !m->failed)
			mailfile_refuse(m, out, "larger than any receiver takes; not read");
		m->over = false;
	}
	return false;
}
