/* SPDX-License-Identifier: ISC */
/*
 * rules.c - `mailvet rules`: the catalogue of findings.
 */
#include <stdio.h>
#include "audit/commands/commands.h"
#include "audit/error.h"
#include "audit/profile.h"
#include "report/rules_text.h"

enum form { FORM_TEXT, FORM_JSON, FORM_MDOC, FORM_PROFILE, FORM_HELP };

/* What was asked for. */
struct wish {
	enum form form;
	const char *profile;
	enum rule_id ids[RULE_COUNT];
	size_t n;
};

static void
print_usage(void)
{
	printf("usage: mailvet rules [--report text|json] [ID...]\n"
	       "       mailvet rules --profile NAME\n"
	       "       mailvet rules --mdoc\n\n"
	       "  --report FORMAT   text (default) or json\n"
	       "  --profile NAME    what preflight, scheduled, ci or parked changes\n"
	       "  --mdoc            the manual page mailvet-rules(7)\n"
	       "  --help            this list\n");
}

static int
set_format(struct wish *w, const char *v)
{
	if (v != NULL && strcmp(v, "text") == 0)
		w->form = FORM_TEXT;
	else if (v != NULL && strcmp(v, "json") == 0)
		w->form = FORM_JSON;
	else {
		audit_warn("--report: text or json is wanted");
		return AUDIT_EUSAGE;
	}
	return AUDIT_OK;
}

static int
set_profile(struct wish *w, const char *v)
{
	if (v == NULL || (w->profile = profile_find(str_of(v))) == NULL) {
		audit_warn("--profile: preflight, scheduled, ci or parked is wanted");
		return AUDIT_EUSAGE;
	}
	w->form = FORM_PROFILE;
	return AUDIT_OK;
}

/* The option ARGV[*I]; moves *I to its value when that is a word of its own. */
static int
parse_option(struct wish *w, int argc, char **argv, int *i)
{
	const char *word = argv[*i];

	if (strncmp(word, "--report=", 9) == 0)
		return set_format(w, word + 9);
	if (strcmp(word, "--report") == 0)
		return set_format(w, *i + 1 < argc ? argv[++*i] : NULL);
	if (strncmp(word, "--profile=", 10) == 0)
		return set_profile(w, word + 10);
	if (strcmp(word, "--profile") == 0)
		return set_profile(w, *i + 1 < argc ? argv[++*i] : NULL);
	if (strcmp(word, "--mdoc") == 0)
		w->form = FORM_MDOC;
	else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		w->form = FORM_HELP;
	else {
		audit_warn("%s: no such option (mailvet rules --help lists them)", word);
		return AUDIT_EUSAGE;
	}
	return AUDIT_OK;
}

/* Options and the rules named (each counted once, all of an alias) into *W. */
static int
parse(int argc, char **argv, struct wish *w)
{
	bool chosen[RULE_COUNT] = { false };
	bool any = false;
	int rc;

	for (int i = 0; i < argc; i++) {
		enum rule_id id;

		if (argv[i][0] == '-') {
			if ((rc = parse_option(w, argc, argv, &i)) != AUDIT_OK)
				return rc;
		} else if (rule_find(str_of(argv[i]), &id)) {
			any = true;
			do
				chosen[id] = true;
			while (rule_next(str_of(argv[i]), &id));
		} else {
			audit_warn("%s: no such rule (mailvet rules lists them)", argv[i]);
			return AUDIT_EUSAGE;
		}
	}
	for (size_t i = 0; i < RULE_COUNT; i++)
		if (chosen[i] || (!any && w->form == FORM_JSON))
			w->ids[w->n++] = (enum rule_id)i;
	return AUDIT_OK;
}

static void
render(struct buf *b, const struct wish *w)
{
	struct report_style style = { .ascii = true };

	if (w->form == FORM_MDOC)
		rules_mdoc(b);
	else if (w->form == FORM_JSON)
		rules_json(b, w->ids, w->n);
	else if (w->form == FORM_PROFILE)
		profile_print(b, w->profile);
	else if (w->n == 0)
		rules_list(b, &style);
	for (size_t i = 0; w->form == FORM_TEXT && i < w->n; i++) {
		if (i > 0)
			buf_addc(b, '\n');
		rules_one(b, w->ids[i], &style);
	}
}

int
command_rules(int argc, char **argv)
{
	struct wish w = { .form = FORM_TEXT };
	struct buf b;
	int rc = AUDIT_OK;

	if (parse(argc, argv, &w) != AUDIT_OK)
		return 2;
	if (w.form == FORM_HELP) {
		print_usage();
		return 0;
	}
	buf_init(&b, MAX_REPORT_BYTES);
	render(&b, &w);
	if (fwrite(b.p, 1, b.n, stdout) != b.n || fflush(stdout) != 0)
		rc = audit_write_failed("standard output");
	buf_free(&b);
	return rc == AUDIT_OK ? 0 : 2;
}
