/* SPDX-License-Identifier: ISC */
/*
 * rules.c - `mailvet rules`: the catalogue of findings.
 */
#include <stdio.h>
#include "audit/commands/commands.h"
#include "audit/error.h"
#include "report/rules_text.h"

enum form { FORM_TEXT, FORM_JSON, FORM_MDOC, FORM_HELP };

static void
print_usage(void)
{
	printf("usage: mailvet rules [--report text|json] [ID...]\n"
	       "       mailvet rules --mdoc\n\n"
	       "  --report FORMAT   text (default) or json\n"
	       "  --mdoc            the manual page mailvet-rules(7)\n"
	       "  --help            this list\n");
}

static int
set_format(enum form *form, const char *v)
{
	if (v != NULL && strcmp(v, "text") == 0)
		*form = FORM_TEXT;
	else if (v != NULL && strcmp(v, "json") == 0)
		*form = FORM_JSON;
	else {
		audit_warn("--report: text or json is wanted");
		return AUDIT_EUSAGE;
	}
	return AUDIT_OK;
}

/* The option ARGV[*I]; moves *I to its value when that is a word of its own. */
static int
parse_option(enum form *form, int argc, char **argv, int *i)
{
	const char *word = argv[*i];

	if (strncmp(word, "--report=", 9) == 0)
		return set_format(form, word + 9);
	if (strcmp(word, "--report") == 0)
		return set_format(form, *i + 1 < argc ? argv[++*i] : NULL);
	if (strcmp(word, "--mdoc") == 0)
		*form = FORM_MDOC;
	else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		*form = FORM_HELP;
	else {
		audit_warn("%s: no such option (mailvet rules --help lists them)", word);
		return AUDIT_EUSAGE;
	}
	return AUDIT_OK;
}

/* Options into *FORM, the rules named into IDS (each counted once), all when none is. */
static int
parse(int argc, char **argv, enum form *form, enum rule_id *ids, size_t *n)
{
	bool chosen[RULE_COUNT] = { false };
	bool any = false;
	int rc;

	for (int i = 0; i < argc; i++) {
		enum rule_id id;

		if (argv[i][0] == '-') {
			if ((rc = parse_option(form, argc, argv, &i)) != AUDIT_OK)
				return rc;
		} else if (rule_find(str_of(argv[i]), &id)) {
			chosen[id] = any = true;
		} else {
			audit_warn("%s: no such rule (mailvet rules lists them)", argv[i]);
			return AUDIT_EUSAGE;
		}
	}
	*n = 0;
	for (size_t i = 0; i < RULE_COUNT; i++)
		if (chosen[i] || (!any && *form == FORM_JSON))
			ids[(*n)++] = (enum rule_id)i;
	return AUDIT_OK;
}

static void
render(struct buf *b, enum form form, const enum rule_id *ids, size_t n)
{
	struct report_style style = { .ascii = true };

	if (form == FORM_MDOC)
		rules_mdoc(b);
	else if (form == FORM_JSON)
		rules_json(b, ids, n);
	else if (n == 0)
		rules_list(b, &style);
	for (size_t i = 0; form == FORM_TEXT && i < n; i++) {
		if (i > 0)
			buf_addc(b, '\n');
		rules_one(b, ids[i], &style);
	}
}

int
command_rules(int argc, char **argv)
{
	enum rule_id ids[RULE_COUNT];
	enum form form = FORM_TEXT;
	struct buf b;
	size_t n = 0;
	bool ok;

	if (parse(argc, argv, &form, ids, &n) != AUDIT_OK)
		return 2;
	if (form == FORM_HELP) {
		print_usage();
		return 0;
	}
	buf_init(&b, MAX_REPORT_BYTES);
	render(&b, form, ids, n);
	ok = fwrite(b.p, 1, b.n, stdout) == b.n && fflush(stdout) == 0;
	buf_free(&b);
	if (!ok) {
		audit_warn("standard output: %s", audit_strerror(AUDIT_EWRITE));
		return 2;
	}
	return 0;
}
