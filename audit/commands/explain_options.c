/* SPDX-License-Identifier: ISC */
/*
 * explain_options.c - the options of `mailvet explain`.
 */
#include <stdio.h>
#include "audit/commands/explain.h"
#include "audit/error.h"
#include "audit/profile.h"
#include "checks/core/civil.h"

struct option {
	const char *name, *arg; /* arg NULL = a switch */
	int (*set)(struct explain_options *o, const char *v);
	const char *help;
};

static int
bad(const char *option, const char *v, const char *why)
{
	audit_warn("--%s %s: %s", option, v, why);
	return AUDIT_EUSAGE;
}

static int
set_report(struct explain_options *o, const char *v)
{
	static const char *const words[] = { "text", "json", "jsonl", "csv" };
	struct str s = str_of(v);
	size_t eq = str_find(s, 0, '='), k = 0;
	struct explain_output *out = &o->outputs[o->n_outputs];

	if (o->n_outputs == MAX_EXPLAIN_OUTPUTS)
		return bad("report", v, "given too often");
	while (k < ARRAY_LEN(words) && !str_eq(str_sub(s, 0, eq), str_of(words[k])))
		k++;
	if (k == ARRAY_LEN(words))
		return bad("report", v, "no such format: text, json, jsonl or csv is wanted");
	out->format = (enum explain_format)k;
	out->file = eq < s.n ? v + eq + 1 : NULL;
	if (out->file != NULL && out->file[0] == '\0')
		return bad("report", v, "names no file");
	for (size_t i = 0; i < o->n_outputs; i++) {
		const char *other = o->outputs[i].file;

		if (out->file == NULL && other == NULL)
			return bad("report", v, "only one report can go to standard output");
		if (out->file != NULL && other != NULL && strcmp(out->file, other) == 0)
			return bad("report", v, "another report goes to that file");
	}
	o->n_outputs++;
	return AUDIT_OK;
}

static int
set_time(time_t *out, const char *option, const char *v)
{
	return time_parse(str_of(v), out)
		   ? AUDIT_OK
		   : bad(option, v, "a time like 2026-11-21T10:00:00Z or 2026-11-21 is wanted");
}

static int
set_since(struct explain_options *o, const char *v)
{
	return set_time(&o->since, "since", v);
}

static int
set_until(struct explain_options *o, const char *v)
{
	return set_time(&o->until, "until", v);
}

static int
set_now(struct explain_options *o, const char *v)
{
	return set_time(&o->now, "now", v);
}

static int
set_fail_on(struct explain_options *o, const char *v)
{
	if (strcmp(v, "never") == 0) {
		o->fail_on = LEVEL_PASS;
		return AUDIT_OK;
	}
	if (!level_parse(str_of(v), &o->fail_on) || o->fail_on == LEVEL_PASS ||
	    o->fail_on == LEVEL_UNKNOWN)
		return bad("fail-on", v, "error, warning, note or never is wanted");
	return AUDIT_OK;
}

static int
set_when(enum option_when *out, const char *option, const char *v)
{
	static const char *const words[] = { "auto", "always", "never" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(v, words[i]) == 0) {
			*out = (enum option_when)i;
			return AUDIT_OK;
		}
	return bad(option, v, "auto, always or never is wanted");
}

static int
set_color(struct explain_options *o, const char *v)
{
	return set_when(&o->color, "color", v);
}

static int
set_progress(struct explain_options *o, const char *v)
{
	return set_when(&o->progress, "progress", v);
}

static int
set_min_count(struct explain_options *o, const char *v)
{
	uint32_t n;

	if (!parse_u32(str_of(v), UINT32_MAX, &n))
		return bad("min-count", v, "a number is wanted");
	o->min_count = n;
	return AUDIT_OK;
}

static int
set_reply(struct explain_options *o, const char *v)
{
	o->reply = v;
	return AUDIT_OK;
}

static int
set_config(struct explain_options *o, const char *v)
{
	o->config = v;
	return AUDIT_OK;
}

static int
set_domain(struct explain_options *o, const char *v)
{
	o->domain = v;
	return v[0] != '\0' ? AUDIT_OK : bad("domain", v, "a domain is wanted");
}

static int
set_provider(struct explain_options *o, const char *v)
{
	o->provider = v;
	return v[0] != '\0' ? AUDIT_OK : bad("provider", v, "google, microsoft ... is wanted");
}

#define SWITCH(name, field)                                                                        \
	static int name(struct explain_options *o, const char *v)                                  \
	{                                                                                          \
		(void)v;                                                                           \
		o->field = true;                                                                   \
		return AUDIT_OK;                                                                   \
	}

/* clang-format off */
SWITCH(set_no_audit, no_audit)
SWITCH(set_inbound, inbound)
SWITCH(set_redact, style.redact)
SWITCH(set_verbose, style.verbose)
SWITCH(set_ascii, style.ascii)
SWITCH(set_help, help)

static const struct option options[] = {
	{ "no-audit", NULL, set_no_audit, "count and classify, and ask no DNS (all there is yet)" },
	{ "reply", "TEXT", set_reply, "explain this one reply of a server" },
	{ "since", "TIME", set_since, "leave out what was before (RFC 3339, or a day)" },
	{ "until", "TIME", set_until, "leave out what was then or later" },
	{ "domain", "DOMAIN", set_domain, "only mail from DOMAIN and what is below it" },
	{ "provider", "NAME", set_provider, "only mail to google, microsoft, yahoo ..." },
	{ "min-count", "N", set_min_count, "leave out groups of fewer mails" },
	{ "inbound", NULL, set_inbound, "also what our own server refused" },
	{ "config", "FILE", set_config, "thresholds, senders and their addresses; see mailvet.yaml(5)" },
	{ "now", "TIME", set_now, "take TIME (RFC 3339) for the present" },
	{ "report", "FORMAT[=FILE]", set_report, "text (default), json, jsonl or csv; may be given again" },
	{ "fail-on", "LEVEL", set_fail_on, "exit 1 at error (default), warning, note or never" },
	{ "color", "WHEN", set_color, "auto, always or never" },
	{ "progress", "WHEN", set_progress, "auto, always or never" },
	{ "ascii", NULL, set_ascii, "nothing but ASCII in the text report" },
	{ "redact", NULL, set_redact, "hide local parts of addresses" },
	{ "verbose", NULL, set_verbose, "all groups and streams; the first lines not understood" },
	{ "help", NULL, set_help, "this list" },
};
/* clang-format on */

/* The option ARGV[*I]; moves *I to its value when that is a word of its own. */
static int
parse_one(struct explain_options *o, int argc, char **argv, int *i)
{
	const char *word = argv[*i] + 2;
	struct str w = str_of(word);
	size_t eq = str_find(w, 0, '=');
	const struct option *op = NULL;

	for (size_t k = 0; k < ARRAY_LEN(options); k++)
		if (str_eq(str_sub(w, 0, eq), str_of(options[k].name)))
			op = &options[k];
	if (op == NULL) {
		audit_warn("%s: no such option (mailvet explain --help lists them)", argv[*i]);
		return AUDIT_EUSAGE;
	}
	if (op->arg == NULL)
		return eq < w.n ? bad(op->name, word + eq + 1, "takes no value") : op->set(o, NULL);
	if (eq < w.n)
		return op->set(o, word + eq + 1);
	if (*i + 1 >= argc) {
		audit_warn("--%s: wants a value: %s", op->name, op->arg);
		return AUDIT_EUSAGE;
	}
	return op->set(o, argv[++*i]);
}

/* Why the options of O do not go together; NULL = they do. */
static const char *
refuse(const struct explain_options *o)
{
	if (o->reply != NULL && o->n_files > 0)
		return "--reply: is one text; leave the files out";
	if (o->since != 0 && o->until != 0 && o->since >= o->until)
		return "--since: is not before --until";
	for (size_t i = 0; i < o->n_outputs && o->reply != NULL; i++)
		if (o->outputs[i].format == EXPLAIN_CSV)
			return "--reply: has no suppression list";
	return NULL;
}

int
explain_parse(struct explain_options *o, int argc, char **argv)
{
	bool only_files = false;
	const char *why;
	int rc;

	*o = (struct explain_options){ .fail_on = LEVEL_ERROR, .files = argv };
	for (int i = 0; i < argc; i++) {
		if (only_files || argv[i][0] != '-' || argv[i][1] == '\0') {
			o->files[o->n_files++] = argv[i];
		} else if (strcmp(argv[i], "-h") == 0) {
			o->help = true;
		} else if (argv[i][1] != '-') {
			audit_warn("%s: options are written with two dashes", argv[i]);
			return AUDIT_EUSAGE;
		} else if (argv[i][2] == '\0') {
			only_files = true;
		} else if ((rc = parse_one(o, argc, argv, &i)) != AUDIT_OK) {
			return rc;
		}
	}
	if ((why = refuse(o)) == NULL || o->help)
		return AUDIT_OK;
	audit_warn("explain: %s", why);
	return AUDIT_EUSAGE;
}

void
explain_usage(void)
{
	printf(
	    "usage: mailvet explain [options] --no-audit LOG...\n"
	    "       mailvet explain [options] --reply TEXT\n\n"
	    "LOG is a log of a mail server, a bounce message, a file of events of a mail service, "
	    "or a\ndirectory of these, compressed or not; - is standard input, where one pasted "
	    "reply may\nstand too.\n\n");
	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		char left[64];

		(void)snprintf(left, sizeof(left), "--%s%s%s", options[i].name,
		    options[i].arg != NULL ? " " : "",
		    options[i].arg != NULL ? options[i].arg : "");
		printf("  %-26s %s\n", left, options[i].help);
	}
	printf("\nExit status: 0 nothing at or above --fail-on, 1 refusals that are, 2 usage, or "
	       "an input that\ncannot be read or holds not one record that can be parsed.\n");
}
