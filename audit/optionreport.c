/* SPDX-License-Identifier: ISC */
/*
 * optionreport.c - options that say what is judged, how strictly, and where
 * the report goes.
 */
#include "audit/optiontable.h"
#include "audit/error.h"
#include "audit/profile.h"
#include "checks/check.h"

#define MAX_WHY ((size_t)1 << 10) /* all formats named */

static int
set_when(enum option_when *out, const char *option, const char *v)
{
	static const char *const words[] = { "auto", "always", "never" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(v, words[i]) == 0) {
			*out = (enum option_when)i;
			return AUDIT_OK;
		}
	return option_bad(option, v, "auto, always or never is wanted");
}

static int
set_profile(struct check_options *o, const char *v)
{
	o->profile = profile_find(str_of(v));
	return o->profile != NULL
		   ? AUDIT_OK
		   : option_bad("profile", v, "preflight, scheduled, ci or parked is wanted");
}

static int
set_dnsbl(struct check_options *o, const char *v)
{
	(void)v;
	o->dnsbl = true;
	return AUDIT_OK;
}

static int
set_dnsbl_zones(struct check_options *o, const char *v)
{
	o->dnsbl = true;
	o->dnsbl_zones = v;
	return AUDIT_OK;
}

static int
set_checks(struct option_list *l, const char *option, const char *v)
{
	struct str s = str_of(v), one;
	size_t pos = 0, end;

	while (pos <= s.n) {
		end = str_find(s, pos, ',');
		one = str_trim(str_sub(s, pos, end - pos));
		if (check_find(one) == NULL)
			return option_bad(
			    option, v, "names a check there is not (see mailvet rules)");
		pos = end + 1;
	}
	return option_add(l, option, v);
}

static int
set_only(struct check_options *o, const char *v)
{
	return set_checks(&o->only, "only", v);
}

static int
set_skip(struct check_options *o, const char *v)
{
	return set_checks(&o->skip, "skip", v);
}

static int
set_level(struct check_options *o, const char *v)
{
	struct str s = str_of(v);
	size_t eq = str_find(s, 0, '=');
	const char *why;

	if (eq == s.n)
		return option_bad("level", v, "ID=error, ID=warning or ID=note is wanted");
	why = level_override(o->level, str_sub(s, 0, eq), str_sub(s, eq + 1, s.n));
	return why == NULL ? AUDIT_OK : option_bad("level", v, why);
}

static int
set_config(struct check_options *o, const char *v)
{
	o->config = v;
	return AUDIT_OK;
}

static int
set_notes(struct check_options *o, const char *v)
{
	(void)v;
	o->style.notes = true;
	return AUDIT_OK;
}

/* V names no format: say which there are. */
static int
bad_format(const char *v)
{
	struct buf b;
	int rc;

	buf_init(&b, MAX_WHY);
	buf_adds(&b, "no such format: wanted is ");
	for (size_t i = 0; i < n_report_formats; i++) {
		buf_adds(&b, i == 0 ? "" : i + 1 == n_report_formats ? " or " : ", ");
		buf_adds(&b, report_formats[i].name);
	}
	buf_addc(&b, '\0');
	rc = option_bad("report", v, b.p);
	buf_free(&b);
	return rc;
}

const char *
report_clash(const char *file, const char *other)
{
	if (file == NULL && other == NULL)
		return "only one report can go to standard output";
	if (file != NULL && other != NULL && strcmp(file, other) == 0)
		return "another report goes to that file";
	return NULL;
}

static int
set_report(struct check_options *o, const char *v)
{
	struct str s = str_of(v);
	size_t eq = str_find(s, 0, '=');
	struct output_option *out = &o->outputs[o->n_outputs];
	const char *clash;

	if (o->n_outputs == MAX_OPTION_REPEAT)
		return option_bad("report", v, "given too often");
	if ((out->format = report_format_find(str_sub(s, 0, eq))) == NULL)
		return bad_format(v);
	out->file = eq < s.n ? v + eq + 1 : NULL;
	if (out->file != NULL && out->file[0] == '\0')
		return option_bad("report", v, "names no file");
	for (size_t i = 0; i < o->n_outputs; i++)
		if ((clash = report_clash(out->file, o->outputs[i].file)) != NULL)
			return option_bad("report", v, clash);
	o->n_outputs++;
	return AUDIT_OK;
}

static int
set_fail_on(struct check_options *o, const char *v)
{
	if (strcmp(v, "never") == 0) {
		o->fail_on = LEVEL_PASS;
		return AUDIT_OK;
	}
	if (!level_parse(str_of(v), &o->fail_on) || o->fail_on == LEVEL_PASS ||
	    o->fail_on == LEVEL_UNKNOWN)
		return option_bad("fail-on", v, "error, warning, note or never is wanted");
	return AUDIT_OK;
}

static int
set_color(struct check_options *o, const char *v)
{
	return set_when(&o->color, "color", v);
}

static int
set_progress(struct check_options *o, const char *v)
{
	return set_when(&o->progress, "progress", v);
}

static int
set_ascii(struct check_options *o, const char *v)
{
	(void)v;
	o->style.ascii = true;
	return AUDIT_OK;
}

static int
set_verbose(struct check_options *o, const char *v)
{
	(void)v;
	o->style.verbose = true;
	return AUDIT_OK;
}

static int
set_redact(struct check_options *o, const char *v)
{
	(void)v;
	o->style.redact = true;
	return AUDIT_OK;
}

static int
set_trace(struct check_options *o, const char *v)
{
	(void)v;
	o->trace = true;
	return AUDIT_OK;
}

static int
set_explain(struct check_options *o, const char *v)
{
	(void)v;
	o->explain = true;
	return AUDIT_OK;
}

/* clang-format off */
static const struct option rows[] = {
	{ "profile", "NAME", set_profile, "preflight, scheduled, ci or parked" },
	{ "dnsbl", NULL, set_dnsbl, "ask block lists" },
	{ "dnsbl-zones", "FILE", set_dnsbl_zones, "ask the lists in FILE instead" },
	{ "only", "CHECK,...", set_only, "run only these checks" },
	{ "skip", "CHECK,...", set_skip, "run all but these checks" },
	{ "config", "FILE", set_config, "domains, senders, levels and waivers; see mailvet.yaml(5)" },
	{ "level", "ID=LEVEL", set_level, "make a rule error, warning or note" },
	{ "notes", NULL, set_notes, "list notes one by one" },
	{ "report", "FORMAT[=FILE]", set_report, "text (default), json, jsonl; for CI github, sarif, junit, markdown, gitlab,\n                             rdjson, checkstyle, azure, tap, gcc; for monitoring nagios,\n                             prometheus; may be given again" },
	{ "fail-on", "LEVEL", set_fail_on, "exit 1 at error (default), warning, note or never" },
	{ "color", "WHEN", set_color, "auto, always or never" },
	{ "progress", "WHEN", set_progress, "auto, always or never" },
	{ "ascii", NULL, set_ascii, "nothing but ASCII in the text report" },
	{ "redact", NULL, set_redact, "hide local parts of addresses" },
	{ "verbose", NULL, set_verbose, "tell why each finding matters and what was asked" },
	{ "explain", NULL, set_explain, "print each term that was looked at, and what became of it" },
	{ "trace", NULL, set_trace, "print each question of each domain to standard error" },
};
/* clang-format on */

const struct option_table report_options = { rows, ARRAY_LEN(rows) };
