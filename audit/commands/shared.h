/* SPDX-License-Identifier: ISC */
/*
 * shared.h - what the commands that ask questions have in common.
 */
#ifndef AUDIT_COMMANDS_SHARED_H
#define AUDIT_COMMANDS_SHARED_H
#include "audit/options.h"

/* Why the options of O that say who answers do not go together; NULL = they do. */
const char *shared_refuse_sources(const struct check_options *o);

#endif
