/* SPDX-License-Identifier: ISC */
/*
 * shared.c - what the commands that ask questions have in common.
 */
#include "audit/commands/shared.h"

const char *
shared_refuse_sources(const struct check_options *o)
{
	if (o->offline && o->zones.n == 0 && o->replay == NULL)
		return "--offline: without --zone or --replay nothing can be answered";
	if (o->replay != NULL && o->resolvers.n > 0)
		return "--replay: asks no server; leave --resolver out";
	return NULL;
}
