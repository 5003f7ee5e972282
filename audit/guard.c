/* SPDX-License-Identifier: ISC */
/*
 * guard.c - files are compared by device and inode, whatever their paths look
 * like; a directory by the real path.
 */
#define _XOPEN_SOURCE 700 /* realpath() */
#include "audit/guard.h"
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "audit/error.h"

static bool
is_same(const char *a, const char *b)
{
	struct stat sa, sb;

	return stat(a, &sa) == 0 && stat(b, &sb) == 0 && S_ISREG(sa.st_mode) &&
	       sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

/* Whether the file OUT, which exists, stands below the directory DIR. */
static bool
is_below(const char *out, const char *dir)
{
	char real_out[PATH_MAX], real_dir[PATH_MAX];
	struct stat st;
	size_t n;

	if (stat(dir, &st) != 0 || !S_ISDIR(st.st_mode) || stat(out, &st) != 0 ||
	    !S_ISREG(st.st_mode) || realpath(out, real_out) == NULL ||
	    realpath(dir, real_dir) == NULL)
		return false;
	n = strlen(real_dir);
	return strncmp(real_out, real_dir, n) == 0 && (n == 1 || real_out[n] == '/');
}

/* Whether OUT is read by O as something else than what --resume goes on with. */
static bool
is_read(const struct check_options *o, const char *out)
{
	for (size_t i = 0; i < o->aggregates.n; i++)
		if (is_same(out, o->aggregates.v[i]) || is_below(out, o->aggregates.v[i]))
			return true;
	for (size_t i = 0; i < o->zones.n; i++)
		if (is_same(out, o->zones.v[i]) || is_below(out, o->zones.v[i]))
			return true;
	/* a directory of zones may hold reports of an earlier run: they are no zone files */
	if ((o->gate.base != NULL && is_same(out, o->gate.base)) ||
	    (o->gate.head != NULL && is_same(out, o->gate.head)) ||
	    (o->gate.baseline != NULL && is_same(out, o->gate.baseline)))
		return true;
	return (o->config != NULL && is_same(out, o->config)) ||
	       (o->replay != NULL && is_same(out, o->replay)) ||
	       (o->dnsbl_zones != NULL && is_same(out, o->dnsbl_zones));
}

static int
refuse(const char *out)
{
	audit_warn("%s: is read or written already, and cannot be written as well", out);
	return AUDIT_EUSAGE;
}

int
guard_outputs(const struct check_options *o)
{
	if (o->record != NULL &&
	    (is_read(o, o->record) || (o->resume != NULL && is_same(o->record, o->resume))))
		return refuse(o->record);
	for (size_t i = 0; i < o->n_outputs; i++) {
		const char *file = o->outputs[i].file;
		bool jsonl = strcmp(o->outputs[i].format->name, "jsonl") == 0;

		if (file == NULL)
			continue;
		if (is_read(o, file) || (o->resume != NULL && !jsonl && is_same(file, o->resume)) ||
		    (o->record != NULL &&
			(strcmp(file, o->record) == 0 || is_same(file, o->record))))
			return refuse(file);
	}
	return AUDIT_OK;
}

/* Whether FILE is one of the files and directories that O names. */
static bool
is_named(const struct check_options *o, const char *file)
{
	for (size_t i = 0; i < o->n_names; i++)
		if (is_same(file, o->names[i]) || is_below(file, o->names[i]))
			return true;
	return false;
}

int
guard_files(const struct check_options *o)
{
	if (o->record != NULL && is_named(o, o->record))
		return refuse(o->record);
	for (size_t i = 0; i < o->n_outputs; i++)
		if (o->outputs[i].file != NULL && is_named(o, o->outputs[i].file))
			return refuse(o->outputs[i].file);
	return guard_outputs(o);
}
