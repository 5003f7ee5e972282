/* SPDX-License-Identifier: ISC */
/*
 * gitrun.h - runs git, without a shell, and reads what it prints.
 */
#ifndef AUDIT_SOURCES_GITRUN_H
#define AUDIT_SOURCES_GITRUN_H
#include <stdbool.h>
#include "checks/core/buf.h"

#define MAX_GIT_SECONDS 60 /* without a byte from git */

/*
 * What `git ARGUMENTS...` (NULL at the end, at most 12) prints when it is given
 * INPUT, appended to OUT.  False when it cannot be run, ends with another status than 0,
 * is silent for too long, or prints more than OUT takes.
 */
bool gitrun(const char *const *arguments, struct str input, struct buf *out);

#endif
