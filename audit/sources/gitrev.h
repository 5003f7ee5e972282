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
#include "audit/source.h"
#include "checks/core/buf.h"

#define MAX_GIT_LIST ((size_t)32 << 20) /* bytes of names: some 300,000 files */
#define MAX_GIT_SECONDS 60              /* without a byte from git */

/* Whether SPEC is git:REV or git:REV:PATH. */
bool gitrev_is(const char *spec);

/*
 * Add the zones of SPEC to S, a source of zonefile_new().  PATH is counted from the top of
 * the repository that the working directory is in, and files are told by that.  As
 * zonefile_load(); AUDIT_EREAD too when git, the revision or the path is not there.
 */
int gitrev_load(struct source *s, const char *spec) __attribute__((warn_unused_result));

/*
 * The bytes of the plain file NAME in the folder SPEC, appended to OUT.  False when it is
 * not there: no revision, no such file, a link, or more bytes than OUT takes.
 */
bool gitrev_file(const char *spec, const char *name, struct buf *out);

/*
 * gitrun.c: what `git ARGUMENTS...` (NULL at the end, at most 12) prints when it is given
 * INPUT, appended to OUT.  False when it cannot be run, ends with another status than 0,
 * is silent for too long, or prints more than OUT takes.
 */
bool gitrun(const char *const *arguments, struct str input, struct buf *out);

#endif
