/* SPDX-License-Identifier: ISC */
/*
 * unpack.c - members of a zip, the one of a gzip, by libarchive; see unpack.h.
 */
#include "audit/aggregate/unpack.h"
#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include "checks/core/arena.h"
#include "checks/core/buf.h"

#define DAMAGED "the packed file is damaged"
#define TRAILER 8
#define CHUNK ((size_t)64 << 10)

struct unpacking {
	struct archive *in;
	struct buf bytes; /* of the member */
	size_t packed, total, members;
	size_t taken;    /* members handed on */
	bool is_patched; /* the end of what is read was missing: no member counts as whole */
	char chunk[CHUNK];
};

enum packed
packed_kind(struct str bytes)
{
	if (str_has_prefix(bytes, STR("\x1f\x8b")))
		return PACKED_GZIP;
	return str_has_prefix(bytes, STR("PK\x03\x04")) ? PACKED_ZIP : PACKED_NOT;
}

/* The archive of BYTES opened for reading; NULL when it is none. */
static struct archive *
open_archive(struct str bytes)
{
	struct archive *in = archive_read_new();
	int rc = ARCHIVE_FATAL;

	if (in == NULL)
		return NULL;
	if (packed_kind(bytes) == PACKED_GZIP)
		/* this filter and no other: one that finds more of them unpacks without bound */
		rc = archive_read_append_filter(in, ARCHIVE_FILTER_GZIP) == ARCHIVE_OK
			 ? archive_read_support_format_raw(in)
			 : ARCHIVE_FATAL;
	else if (packed_kind(bytes) == PACKED_ZIP)
		rc = archive_read_support_format_zip(in);
	if (rc == ARCHIVE_OK)
		rc = archive_read_open_memory(in, bytes.p, bytes.n);
	if (rc == ARCHIVE_OK)
		return in;
	archive_read_free(in);
	return NULL;
}

/* The member U stands at, into U->bytes.  NULL, or why no more is to be read at all. */
static const char *
read_member(struct unpacking *u, bool *whole)
{
	la_ssize_t n;

	buf_reset(&u->bytes);
	while ((n = archive_read_data(u->in, u->chunk, sizeof(u->chunk))) > 0) {
		buf_add(&u->bytes, (struct str){ u->chunk, (size_t)n });
		u->total += (size_t)n;
		if (u->bytes.over || u->total > MAX_UNPACK_TOTAL)
			return "unpacked it is larger than reports are";
		if (u->total > MAX_UNPACK_FREE && u->total / MAX_UNPACK_RATIO > u->packed)
			return "it unpacks to far more than reports do";
	}
	*whole = n == 0;
	return NULL;
}

static const char *
unpack_all(struct unpacking *u, void (*member)(void *ctx, struct str bytes, bool whole), void *ctx)
{
	struct archive_entry *entry;
	const char *why;
	bool whole;
	int rc;

	while ((rc = archive_read_next_header(u->in, &entry)) == ARCHIVE_OK || rc == ARCHIVE_WARN) {
		if (++u->members > MAX_UNPACK_MEMBERS)
			return "it has more members than are read";
		if (archive_entry_filetype(entry) == AE_IFDIR)
			continue;
		if ((why = read_member(u, &whole)) != NULL)
			return why;
		u->taken++;
		member(ctx, buf_str(&u->bytes), whole && !u->is_patched);
		if (!whole)
			return NULL; /* told by what came of the member; behind it nothing is
					certain */
	}
	return rc == ARCHIVE_EOF ? NULL : DAMAGED;
}

/* All members of BYTES. */
static const char *
unpack_once(struct unpacking *u, struct str bytes,
    void (*member)(void *ctx, struct str bytes, bool whole), void *ctx)
{
	const char *why = DAMAGED;

	u->in = open_archive(bytes);
	if (u->in == NULL)
		return why;
	u->packed = bytes.n;
	u->total = u->members = 0;
	why = unpack_all(u, member, ctx);
	archive_read_free(u->in);
	return why;
}

const char *
unpack(struct str bytes, void (*member)(void *ctx, struct str bytes, bool whole), void *ctx)
{
	struct unpacking *u = xcalloc(1, sizeof(*u));
	const char *why;

	buf_init(&u->bytes, MAX_UNPACK_BYTES);
	why = unpack_once(u, bytes, member, ctx);
	if (why != NULL && strcmp(why, DAMAGED) == 0 && u->taken == 0 &&
	    packed_kind(bytes) == PACKED_GZIP) {
		/* some senders cut the 8 bytes behind the data (RFC 1952 2.3.1) */
		char *copy = xcalloc(1, bytes.n + TRAILER);

		memcpy(copy, bytes.p, bytes.n);
		u->is_patched = true;
		why = unpack_once(u, (struct str){ copy, bytes.n + TRAILER }, member, ctx);
		free(copy);
	}
	buf_free(&u->bytes);
	free(u);
	return why;
}
