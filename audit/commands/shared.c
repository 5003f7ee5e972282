/* SPDX-License-Identifier: ISC */
/*
 * shared.c - what the commands that ask questions have in common.
 */
#include "audit/commands/shared.h"
#include <limits.h>
#include <string.h>
#include <unistd.h>
#include "audit/sources/gitrev.h"

const char *
shared_refuse_sources(const struct check_options *o)
{
	if (o->offline && o->zones.n == 0 && o->replay == NULL)
		return "--offline: without --zone or --replay nothing can be answered";
	if (o->replay != NULL && o->resolvers.n > 0)
		return "--replay: asks no server; leave --resolver out";
	return NULL;
}

const char *
shared_from_here(const char *path)
{
	char here[PATH_MAX];
	size_t n;

	if (path == NULL || path[0] != '/' || getcwd(here, sizeof(here)) == NULL)
		return path;
	n = strlen(here);
	if (n < 2 || strncmp(path, here, n) != 0 || path[n] != '/')
		return path; /* "/" is above all: nothing gets shorter */
	while (path[n] == '/')
		n++;
	/* what has a meaning of its own as an argument stays what it is, a path */
	if (path[n] == '\0' || gitrev_is(path + n) || strcmp(path + n, "live") == 0)
		return path;
	return path + n;
}
