/* SPDX-License-Identifier: ISC */
/*
 * names.c - lines out of pieces.
 *
 * poll() says whether read() would wait, for regular files and /dev/null too,
 * which epoll does not take; what poll() calls empty, epoll can watch.
 */
#include "audit/names.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audit/error.h"
#include "audit/idn.h"

#define MAX_TOLD 100             /* lines that are no names: somebody gave us another file */
#define MAX_SHOWN 80             /* bytes of such a line */
#define MARK STR("\xef\xbb\xbf") /* of UTF-8, as some editors put it first */

void
names_init_args(struct names *s, char **args, size_t n)
{
	*s = (struct names){ .args = args, .n_args = n, .fd = -1 };
}

void
names_init_lines(struct names *s, int fd, struct loop *loop)
{
	*s = (struct names){ .fd = fd, .loop = loop, .piece = xmalloc(NAMES_PIECE) };
}

static void
unwatch(struct names *s)
{
	if (s->watched)
		loop_remove(s->loop, &s->watch);
	s->watched = false;
}

void
names_free(struct names *s)
{
	unwatch(s);
	free(s->piece);
	s->piece = NULL;
}

/* One look is enough: without room for a name nobody reads, and nothing is watched. */
static void
on_readable(struct loop_fd *f, uint32_t events)
{
	struct names *s = (struct names *)((char *)f - offsetof(struct names, watch));

	(void)events;
	unwatch(s);
}

static enum feed_reply
wait_for_more(struct names *s)
{
	s->watch = (struct loop_fd){ .fd = s->fd, .ready = on_readable };
	s->watched = loop_add(s->loop, &s->watch, EPOLLIN) == AUDIT_OK;
	return FEED_LATER; /* what cannot be watched is looked at in each turn */
}

static void
fail(struct names *s)
{
	if (s->before_telling != NULL)
		s->before_telling(s->ctx);
	audit_warn("standard input: %s", strerror(errno));
	s->rc = AUDIT_EREAD;
	s->at_end = true;
}

/* Read once.  FEED_ONE: something came, or the end; FEED_LATER: not yet. */
static enum feed_reply
read_more(struct names *s)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	ssize_t n;

	if (s->watched)
		return FEED_LATER;
	if (poll(&p, 1, 0) == 0)
		return wait_for_more(s);
	memmove(s->piece, s->piece + s->from, s->n - s->from);
	s->n -= s->from;
	s->from = 0;
	n = read(s->fd, s->piece + s->n, NAMES_PIECE - s->n);
	if (n > 0)
		s->n += (size_t)n;
	else if (n == 0)
		s->at_end = true;
	else if (errno == EAGAIN || errno == EWOULDBLOCK)
		return wait_for_more(s);
	else if (errno != EINTR)
		fail(s);
	return FEED_ONE;
}

static void
tell_bad(struct names *s, struct str text, const char *why)
{
	struct buf b;

	if (s->bad++ >= MAX_TOLD)
		return;
	if (s->before_telling != NULL)
		s->before_telling(s->ctx);
	buf_init(&b, 4 * MAX_SHOWN + 8);
	buf_add_escaped(&b, str_sub(text, 0, MAX_SHOWN));
	if (text.n > MAX_SHOWN)
		buf_adds(&b, "...");
	buf_addc(&b, '\0');
	if (s->fd < 0)
		audit_warn("%s: %s", b.p, why);
	else
		audit_warn("line %zu: %s: %s", s->line, b.p, why);
	if (s->bad == MAX_TOLD)
		audit_warn("line %zu: more such lines are counted, not told", s->line);
	buf_free(&b);
}

/*
 * The next line in the piece, without its end, into *OUT.  False when it has no
 * end yet.  Of a line that is too long the beginning is told as bad, once.
 */
static bool
take_line(struct names *s, struct str *out)
{
	struct str rest = { s->piece + s->from, s->n - s->from };
	size_t end = str_find(rest, 0, '\n');
	bool was_long = s->in_long;

	if (end == rest.n && !s->at_end && rest.n <= MAX_NAME_LINE && !was_long)
		return false;
	if (end == rest.n && rest.n == 0)
		return false;
	*out = str_sub(rest, 0, end);
	s->in_long = end == rest.n && !s->at_end;
	s->from += end + (end < rest.n);
	if (was_long) {
		*out = STR("");
		return true;
	}
	s->line++;
	if (s->line == 1 && str_has_prefix(*out, MARK))
		*out = str_sub(*out, MARK.n, out->n);
	if (out->n > MAX_NAME_LINE) {
		tell_bad(s, *out, "a line that is too long for a name");
		*out = STR("");
	}
	return true;
}

static enum feed_reply
next_text(struct names *s, struct str *out)
{
	enum feed_reply reply;

	if (s->fd < 0) {
		if (s->next == s->n_args)
			return FEED_END;
		*out = str_of(s->args[s->next++]);
		return FEED_ONE;
	}
	while (!take_line(s, out)) {
		if (s->at_end)
			return FEED_END;
		if ((reply = read_more(s)) != FEED_ONE)
			return reply;
	}
	*out = str_trim(*out);
	return FEED_ONE;
}

enum feed_reply
names_next(struct names *s, struct name *out)
{
	enum feed_reply reply;
	const char *why;
	struct str text;

	while ((reply = next_text(s, &text)) == FEED_ONE) {
		if (s->fd >= 0 && (text.n == 0 || text.p[0] == '#'))
			continue;
		if ((why = idn_parse(text, out)) == NULL) {
			s->given++;
			return FEED_ONE;
		}
		tell_bad(s, text, why);
	}
	return reply;
}

size_t
names_count(int fd)
{
	char piece[8192];
	struct stat st;
	off_t at = lseek(fd, 0, SEEK_CUR);
	bool blank = true, comment = false;
	size_t names = 0;
	ssize_t n;

	if (at < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return 0;
	while ((n = pread(fd, piece, sizeof(piece), at)) > 0) {
		at += n;
		for (ssize_t i = 0; i < n; i++)
			if (piece[i] == '\n') {
				names += !blank && !comment;
				blank = true;
				comment = false;
			} else if (blank && piece[i] != ' ' && piece[i] != '\t' &&
				   piece[i] != '\r') {
				blank = false;
				comment = piece[i] == '#';
			}
	}
	return names + (!blank && !comment);
}
