/* SPDX-License-Identifier: ISC */
/*
 * optiongate.c - options that say which change is judged, and what of it is accepted.
 */
#include "audit/error.h"
#include "audit/optiontable.h"

/* V into *OUT, once. */
static int
set_once(const char **out, const char *option, const char *v)
{
	if (v[0] == '\0')
		return option_bad(option, v, "names nothing");
	if (*out != NULL)
		return option_bad(option, v, "given twice");
	*out = v;
	return AUDIT_OK;
}

static int
set_base(struct check_options *o, const char *v)
{
	return set_once(&o->gate.base, "base", v);
}

static int
set_head(struct check_options *o, const char *v)
{
	return set_once(&o->gate.head, "head", v);
}

static int
set_baseline(struct check_options *o, const char *v)
{
	return set_once(&o->gate.baseline, "baseline", v);
}

static int
set_write_baseline(struct check_options *o, const char *v)
{
	return set_once(&o->gate.write_baseline, "write-baseline", v);
}

static int
set_changed_only(struct check_options *o, const char *v)
{
	(void)v;
	o->gate.changed_only = true;
	return AUDIT_OK;
}

static int
set_require_known(struct check_options *o, const char *v)
{
	(void)v;
	o->gate.require_known = true;
	return AUDIT_OK;
}

static int
set_trust_head(struct check_options *o, const char *v)
{
	(void)v;
	o->gate.trust_head = true;
	return AUDIT_OK;
}

/* clang-format off */
static const struct option rows[] = {
	{ "base", "ZONES", set_base, "zones before the change: a file, a directory, git:REV[:PATH], or live" },
	{ "head", "ZONES", set_head, "zones after the change" },
	{ "changed-only", NULL, set_changed_only, "only domains whose answers change" },
	{ "require-known", NULL, set_require_known, "what cannot be known for want of data is not passed" },
	{ "trust-head", NULL, set_trust_head, "configuration and suppressions that the change brings count" },
	{ "baseline", "FILE", set_baseline, "findings that are accepted, a line each" },
	{ "write-baseline", "FILE", set_write_baseline, "write what is found to FILE, to be accepted" },
};
/* clang-format on */

const struct option_table gate_options = { rows, ARRAY_LEN(rows) };
