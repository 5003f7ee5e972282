/* SPDX-License-Identifier: ISC */
/*
 * gitrev.h - the files of a git revision in place of those of the disk
 * (--zone git:REV[:PATH]).
 *
 * Git is run without a shell, and only what reads objects: rev-parse, ls-tree, cat-file.
 * No hook, pager, filter, textconv, replacement or network has a part in it, and of the
 * environment it gets no GIT_ variable.  Nothing is checked out.
 */
#ifndef AUDIT_SOURCES_GITREV_H
#define AUDIT_SOURCES_GITREV_H
#include <stdbool.h>
#include "audit/sources/zonebytes.h"
#include "checks/core/buf.h"

#define MAX_GIT_LIST ((size_t)32 << 20) /* bytes of names: some 300,000 files */

/* Whether SPEC is git:REV or git:REV:PATH. */
bool gitrev_is(const char *spec);

/*
 * The files of SPEC into *TREE and what it calls PATH into *PATH, owned by A.  PATH is
 * counted from the top of the repository that the working directory is in, and files are
 * told by that.  0; AUDIT_EREAD when git, the revision or the path is not there,
 * AUDIT_EEMPTY when no file there may be a zone: both were told.
 */
int gitrev_load(struct arena *a, const char *spec, struct zone_tree *tree, struct str *path)
    __attribute__((warn_unused_result));

/*
 * The bytes of the plain file NAME in the folder SPEC, appended to OUT.  False when it is
 * not there: no revision, no such file, a link, or more bytes than OUT takes.
 */
bool gitrev_file(const char *spec, const char *name, struct buf *out);

#endif
