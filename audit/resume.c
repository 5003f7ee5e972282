/* SPDX-License-Identifier: ISC */
/*
 * resume.c - an earlier output read in pieces, and the set of its names.
 */
#include "audit/resume.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "audit/error.h"
#include "checks/core/hash.h"

#define PIECE ((size_t)64 << 10)
#define FIRST_SLOTS 1024

/* Where N is, or would be. */
static struct str *
slot_of(const struct resume *r, struct str wire)
{
	size_t i = hash_end(hash_add(HASH_START, wire)) & (r->n_slots - 1);

	while (r->slots[i].p != NULL && !str_eq(r->slots[i], wire))
		i = (i + 1) & (r->n_slots - 1);
	return &r->slots[i];
}

static void
grow(struct resume *r)
{
	struct str *old = r->slots;
	size_t n_old = r->n_slots;

	if (2 * r->n < n_old)
		return;
	r->n_slots = n_old == 0 ? FIRST_SLOTS : 2 * n_old;
	r->slots = xcalloc(r->n_slots, sizeof(*r->slots));
	for (size_t i = 0; i < n_old; i++)
		if (old[i].p != NULL)
			*slot_of(r, old[i]) = old[i];
	free(old);
}

bool
resume_take(struct resume *r, const struct name *n)
{
	struct str wire = { (const char *)n->w, n->n };
	struct str *slot;

	grow(r);
	slot = slot_of(r, wire);
	if (slot->p != NULL)
		return true;
	*slot = arena_str(&r->arena, wire);
	r->n++;
	return false;
}

static void
add_counts(struct resume_counts *to, const struct resume_counts *c)
{
	to->domains += c->domains;
	for (size_t i = 0; i < N_LEVELS; i++) {
		to->verdicts[i] += c->verdicts[i];
		to->findings[i] += c->findings[i];
	}
	to->needed_unknown = to->needed_unknown || c->needed_unknown;
}

/* A line ended at byte END of the file. */
static void
end_line(struct resume *r, struct resume_line *l, uint64_t end)
{
	enum resume_kind kind = resume_line_end(l);
	struct name n;

	if (kind == RESUME_DOMAIN && l->has_domain &&
	    name_parse((struct str){ l->domain, l->n_domain }, &n) != NAME_OK)
		kind = RESUME_BAD;
	if (kind == RESUME_DOMAIN) {
		if (l->has_domain)
			(void)resume_take(r, &n);
		add_counts(&r->counts, &l->counts);
	} else if (kind != RESUME_RUN) {
		r->bad++;
	}
	if (kind == RESUME_RUN)
		r->runs++;
	else
		r->keep = end;
	resume_line_begin(l);
}

/* Take the bytes of PIECE, which begins at byte AT of the file. */
static void
add_piece(struct resume *r, struct resume_line *l, struct str piece, uint64_t at)
{
	size_t pos = 0;

	while (pos < piece.n) {
		size_t end = str_find(piece, pos, '\n');

		resume_line_add(l, str_sub(piece, pos, end - pos));
		r->tail_n = end - pos + (pos == 0 ? r->tail_n : 0);
		if (end < piece.n) {
			end_line(r, l, at + end + 1);
			r->tail_n = 0;
		}
		pos = end + 1;
	}
}

/*
 * A name mistyped must not cost somebody a file: one that holds lines, and not
 * one of ours, is refused.  The beginning of a first line may be all there is.
 */
static int
check_format(const struct resume *r, const struct resume_line *l)
{
	bool ours = r->counts.domains > 0 || r->runs > 0;

	if (!ours && (r->bad > 0 || l->bad || (r->tail_n > 0 && l->depth == 0))) {
		audit_warn("%s: is no output of --report jsonl", r->file);
		return AUDIT_EFORMAT;
	}
	if (r->bad > 0)
		audit_warn(
		    "%s: lines that are no result and count for nothing: %zu", r->file, r->bad);
	return AUDIT_OK;
}

static int
read_fd(struct resume *r, int fd)
{
	struct resume_line *l = xmalloc(sizeof(*l));
	char *piece = xmalloc(PIECE);
	uint64_t at = 0;
	int rc = AUDIT_OK;
	ssize_t n;

	resume_line_begin(l);
	while ((n = read(fd, piece, PIECE)) > 0 || (n < 0 && errno == EINTR)) {
		if (n < 0)
			continue;
		add_piece(r, l, (struct str){ piece, (size_t)n }, at);
		at += (uint64_t)n;
	}
	if (n < 0) {
		audit_warn("%s: %s", r->file, strerror(errno));
		rc = AUDIT_EREAD;
	} else {
		rc = check_format(r, l);
	}
	free(piece);
	free(l);
	return rc;
}

int
resume_read(struct resume *r, const char *file)
{
	struct stat st;
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	int rc;

	*r = (struct resume){ .file = file };
	arena_init(&r->arena, 0);
	if (fd < 0 && errno == ENOENT)
		return AUDIT_OK;
	if (fd < 0 || fstat(fd, &st) != 0) {
		audit_warn("%s: %s", file, strerror(errno));
		if (fd >= 0)
			(void)close(fd);
		return AUDIT_EREAD;
	}
	r->there = true;
	r->device = st.st_dev;
	r->inode = st.st_ino;
	rc = read_fd(r, fd);
	(void)close(fd);
	return rc;
}

void
resume_free(struct resume *r)
{
	free(r->slots);
	r->slots = NULL;
	r->n = r->n_slots = 0;
	arena_free(&r->arena);
}

bool
resume_is_file(const struct resume *r, const struct stat *st)
{
	return r->there && S_ISREG(st->st_mode) && st->st_dev == r->device &&
	       st->st_ino == r->inode;
}
