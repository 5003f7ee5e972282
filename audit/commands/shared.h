/* SPDX-License-Identifier: ISC */
/*
 * shared.h - what the commands that ask questions have in common.
 */
#ifndef AUDIT_COMMANDS_SHARED_H
#define AUDIT_COMMANDS_SHARED_H
#include "audit/options.h"

/* Why the options of O that say who answers do not go together; NULL = they do. */
const char *shared_refuse_sources(const struct check_options *o);

/*
 * PATH from the working directory on when it lies below it, else PATH as it is: reports
 * of files are read by people, and by what looks for them in a checkout.  A view into PATH.
 */
const char *shared_from_here(const char *path);

#endif
