/* SPDX-License-Identifier: ISC */
/*
 * zonebytes.h - the files of one load of zones: their bytes, of the disk or of a tree in
 * memory, and what they share.
 *
 * It knows paths and budgets, and nothing of what stands in a file.  What a file may
 * include is read only inside the directory the user gave, links included, to a bounded
 * depth and a bounded number of bytes in all.
 */
#ifndef AUDIT_SOURCES_ZONEBYTES_H
#define AUDIT_SOURCES_ZONEBYTES_H
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "audit/sources/zonedb.h"
#include "checks/core/buf.h"

#define MAX_INCLUDE_DEPTH 8
#define MAX_INCLUDES 1000 /* of one load: small files that include each other multiply */
/* All files of one load: the largest zones in use are 20 MiB. */
#define MAX_ZONE_BYTES ((size_t)64 << 20)
/* Of one load: 64 MiB of the shortest lines hold twice as many. */
#define MAX_ZONE_RECORDS 3000000
#define MAX_ZONE_MARKS 256 /* zones in one file, and origins of $INCLUDEs that failed */

/* A file that was read, to know it again. */
struct zone_seen {
	struct zone_seen *next;
	dev_t dev;
	ino_t ino;
};

/* A file of a tree in memory; LINK: its bytes are the path of another. */
struct zone_tree_file {
	struct str path, bytes;
	bool link;
};

/* Files in memory in place of those of the disk, sorted by path. */
struct zone_tree {
	const struct zone_tree_file *file;
	size_t n;
	struct str name; /* what stands before their paths where a file is told */
};

struct octodns_config;

/* What the files of one load share. */
struct zone_load {
	struct arena *a;
	const struct zone_tree *tree;  /* NULL = the disk */
	struct zone_file *files;       /* those read */
	struct octodns_config *config; /* of octoDNS, when it was what was named */
	bool before;     /* of a Terraform plan, what is there before it, not what it makes */
	struct str root; /* real path of the directory that is not left; empty = read no files */
	size_t bytes, records, generated, includes; /* so far */
	struct zone_seen *included;
	struct buf rdata;         /* room for one */
	struct zone_fault beyond; /* where a fault is written that is one too many to keep */
};

/* Make L empty; what is read lives in A.  ROOT is kept. */
void zone_load_init(struct zone_load *l, struct arena *a, struct str root);
void zone_load_free(struct zone_load *l);

/* A file to be read. */
struct zone_bytes {
	struct str path, text;
	bool in_folder; /* found there, not named: what is no input of ours is no fault */
	struct zone_seen id;
};

/*
 * zonepath.c: the bytes of the file PATH into *OUT.  INSIDE: it must be a
 * regular file that resolves inside the root of L.  NULL when it was read,
 * else static words why not.  *ID tells which file it was.
 */
const char *zonepath_read(
    struct zone_load *l, struct str path, bool inside, struct str *out, struct zone_seen *id);

/* zonepath.c: the real path of PATH, owned by A; empty when there is none. */
struct str zonepath_real(struct arena *a, const char *path);

/*
 * zonetree.c: as zonepath_read() of a tree, where PATH, its name before it or not, is.  Links are
 * followed inside it.
 */
const char *zonetree_read(
    const struct zone_tree *t, struct str path, struct str *out, struct zone_seen *id);

/*
 * zonetree.c: the files of the folder PATH of T (empty = its top), and of folders there
 * whose name ends in a dot, in their order: the first at or behind *POS into *OUT, *POS
 * behind it.  False when there are no more.
 */
bool zonetree_next(
    const struct zone_tree *t, struct str path, size_t *pos, const struct zone_tree_file **out);

/*
 * The file that NAME, written in the file FROM, includes: beside it, inside the root of
 * L.  NULL when it was read, else static words why not.
 */
const char *zonebytes_include(
    struct zone_load *l, struct str from, struct str name, struct zone_bytes *out);

/* Remember the bytes TEXT of the file PATH, for whoever writes a record anew there. */
void zonebytes_keep(struct zone_load *l, struct str path, struct str text, enum zone_input input);

#endif
