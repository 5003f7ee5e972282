/* SPDX-License-Identifier: ISC */
/*
 * merged_options.c - the options of `mailvet report`.
 */
#include <stdio.h>
#include "audit/error.h"
#include "audit/fleet/merged.h"
#include "audit/fleet/told.h"

struct option {
	const char *name, *arg; /* arg NULL = a switch */
	int (*set)(struct merged_options *o, const char *v);
	const char *help;
};

static int
bad(const char *option, const char *v, const char *why)
{
	audit_warn("--%s %s: %s", option, v, why);
	return AUDIT_EUSAGE;
}

static int
set_report(struct merged_options *o, const char *v)
{
	struct str s = str_of(v);
	size_t eq = str_find(s, 0, '=');
	struct output_option *out = &o->outputs[o->n_outputs];

	if (o->n_outputs == MAX_MERGED_OUTPUTS)
		return bad("report", v, "given too often");
	out->format = report_format_find(str_sub(s, 0, eq));
	if (out->format == NULL || out->format->ci)
		return bad("report", v, "no such format: text, json or jsonl is wanted");
	out->file = eq < s.n ? v + eq + 1 : NULL;
	for (size_t i = 0; i < o->n_outputs; i++)
		if (out->file == NULL && o->outputs[i].file == NULL)
			return bad("report", v, "only one report can go to standard output");
	o->n_outputs++;
	return AUDIT_OK;
}

static int
set_fail_on(struct merged_options *o, const char *v)
{
	static const char *const words[] = { "error", "warning", "note" };

	if (strcmp(v, "never") == 0) {
		o->fail_on = LEVEL_PASS;
		return AUDIT_OK;
	}
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(v, words[i]) == 0) {
			o->fail_on = told_level(str_of(v));
			return AUDIT_OK;
		}
	return bad("fail-on", v, "error, warning, note or never is wanted");
}

static int
set_color(struct merged_options *o, const char *v)
{
	static const char *const words[] = { "auto", "always", "never" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(v, words[i]) == 0) {
			o->color = (enum option_when)i;
			return AUDIT_OK;
		}
	return bad("color", v, "auto, always or never is wanted");
}

static int
set_notes(struct merged_options *o, const char *v)
{
	(void)v;
	o->style.notes = true;
	return AUDIT_OK;
}

static int
set_verbose(struct merged_options *o, const char *v)
{
	(void)v;
	o->style.verbose = true;
	return AUDIT_OK;
}

static int
set_ascii(struct merged_options *o, const char *v)
{
	(void)v;
	o->style.ascii = true;
	return AUDIT_OK;
}

static int
set_redact(struct merged_options *o, const char *v)
{
	(void)v;
	o->style.redact = true;
	return AUDIT_OK;
}

static int
set_help(struct merged_options *o, const char *v)
{
	(void)v;
	o->help = true;
	return AUDIT_OK;
}

/* clang-format off */
static const struct option options[] = {
	{ "report", "FORMAT[=FILE]", set_report, "text (default), json or jsonl; may be given again" },
	{ "fail-on", "LEVEL", set_fail_on, "exit 1 at error (default), warning, note or never" },
	{ "notes", NULL, set_notes, "list notes too" },
	{ "verbose", NULL, set_verbose, "tell every domain in full, however many there are" },
	{ "color", "WHEN", set_color, "auto, always or never" },
	{ "ascii", NULL, set_ascii, "nothing but ASCII in the text report" },
	{ "redact", NULL, set_redact, "hide local parts of addresses" },
	{ "help", NULL, set_help, "this list" },
};
/* clang-format on */

/* The option ARGV[*I]; moves *I to its value when that is a word of its own. */
static int
parse_one(struct merged_options *o, int argc, char **argv, int *i)
{
	const char *word = argv[*i] + 2;
	struct str w = str_of(word);
	size_t eq = str_find(w, 0, '=');
	const struct option *op = NULL;

	for (size_t k = 0; k < ARRAY_LEN(options); k++)
		if (str_eq(str_sub(w, 0, eq), str_of(options[k].name)))
			op = &options[k];
	if (op == NULL) {
		audit_warn("%s: no such option (mailvet report --help lists them)", argv[*i]);
		return AUDIT_EUSAGE;
	}
	if (op->arg == NULL)
		return eq < w.n ? bad(op->name, word + eq + 1, "takes no value") : op->set(o, NULL);
	if (eq < w.n)
		return op->set(o, word + eq + 1);
	if (*i + 1 >= argc) {
		audit_warn("--%s: %s is wanted", op->name, op->arg);
		return AUDIT_EUSAGE;
	}
	return op->set(o, argv[++*i]);
}

int
merged_parse(struct merged_options *o, int argc, char **argv)
{
	bool only_files = false;
	int rc;

	*o = (struct merged_options){ .fail_on = LEVEL_ERROR, .files = argv };
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
	if (o->n_files > 0 || o->help)
		return AUDIT_OK;
	audit_warn("report: a file is wanted that mailvet check wrote with --report json or jsonl");
	return AUDIT_EUSAGE;
}

void
merged_usage(void)
{
	printf("usage: mailvet report [options] OUTPUT...\n\n"
	       "OUTPUT is what mailvet check wrote with --report json or jsonl; - is "
	       "standard input.\n\n");
	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		char left[64];

		(void)snprintf(left, sizeof(left), "--%s%s%s", options[i].name,
		    options[i].arg != NULL ? " " : "",
		    options[i].arg != NULL ? options[i].arg : "");
		printf("  %-26s %s\n", left, options[i].help);
	}
	printf("\nExit status: 0 nothing found at or above --fail-on, 1 findings, "
	       "2 usage or unreadable input,\n3 something needed could not be determined.\n");
}
