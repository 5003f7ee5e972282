/* SPDX-License-Identifier: ISC */
/*
 * options.c - the command line of a command, word by word.
 */
#include "audit/options.h"
#include <stdio.h>
#include "audit/error.h"
#include "audit/optiontable.h"
#include "audit/profile.h"

#define DEFAULT_TIMEOUT_MS 20000
#define DEFAULT_IN_FLIGHT 200

static int
set_help(struct check_options *o, const char *v)
{
	(void)v;
	o->help = true;
	return AUDIT_OK;
}

/* clang-format off */
static const struct option other_rows[] = {
	{ "help", NULL, set_help, "this list" },
};
/* clang-format on */

static const struct option_table other_options = { other_rows, ARRAY_LEN(other_rows) };
static const struct option_table *const tables[] = { &source_options, &sender_options,
	&report_options, &gate_options, &other_options };

static const char *const not_of_check[] = { "explain", "trust-received", "base", "head",
	"changed-only", "require-known", "trust-head", "baseline", "write-baseline" };
static const struct option_choice of_check = {
	.command = "check", .names = not_of_check, .n = ARRAY_LEN(not_of_check), .others = true
};

static bool
is_taken(const struct option_choice *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->names[i], name) == 0)
			return !c->others;
	return c->others;
}

static const struct option *
find_option(const struct option_choice *c, struct str name)
{
	for (size_t i = 0; c->own != NULL && i < c->own->n; i++)
		if (str_eq(name, str_of(c->own->rows[i].name)))
			return &c->own->rows[i];
	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		for (size_t i = 0; i < tables[t]->n; i++)
			if (str_eq(name, str_of(tables[t]->rows[i].name)) &&
			    is_taken(c, tables[t]->rows[i].name))
				return &tables[t]->rows[i];
	return NULL;
}

/* The option ARGV[*I]; moves *I to its value when that is a word of its own. */
static int
parse_one(struct check_options *o, const struct option_choice *c, int argc, char **argv, int *i)
{
	bool dashes = argv[*i][1] == '-';
	const char *word = argv[*i] + (dashes ? 2 : 1);
	struct str w = str_of(word);
	size_t eq = str_find(w, 0, '=');
	const struct option *op =
	    find_option(c, strcmp(word, "h") == 0 ? STR("help") : str_sub(w, 0, eq));

	if (!dashes && strcmp(word, "h") != 0) {
		audit_warn("%s: options are written with two dashes", argv[*i]);
		return AUDIT_EUSAGE;
	}
	if (op == NULL) {
		audit_warn(
		    "%s: no such option (mailvet %s --help lists them)", argv[*i], c->command);
		return AUDIT_EUSAGE;
	}
	if (op->arg == NULL) {
		if (eq < w.n)
			return option_bad(op->name, word + eq + 1, "takes no value");
		return op->set(o, NULL);
	}
	if (eq < w.n)
		return op->set(o, word + eq + 1);
	if (*i + 1 >= argc) {
		audit_warn("--%s: wants a value: %s", op->name, op->arg);
		return AUDIT_EUSAGE;
	}
	return op->set(o, argv[++*i]);
}

static void
set_defaults(struct check_options *o)
{
	*o = (struct check_options){ .fail_on = LEVEL_ERROR,
		.timeout_ms = DEFAULT_TIMEOUT_MS,
		.in_flight = DEFAULT_IN_FLIGHT };
	memset(o->level, -1, sizeof(o->level));
}

/* What evaluate and senders tell has no rows for CI. */
static int
check_reports(const struct check_options *o, const struct option_choice *c)
{
	for (size_t i = 0; i < o->n_outputs && c->plain; i++)
		if (o->outputs[i].format->ci)
			return option_bad("report", o->outputs[i].format->name,
			    "no format of this command: text, json or jsonl is wanted");
	return AUDIT_OK;
}

int
options_parse_for(struct check_options *o, const struct option_choice *c, int argc, char **argv)
{
	bool only_names = false;
	int rc;

	set_defaults(o);
	o->names = argv;
	for (int i = 0; i < argc; i++) {
		if (only_names || argv[i][0] != '-' || argv[i][1] == '\0')
			o->names[o->n_names++] = argv[i];
		else if (strcmp(argv[i], "--") == 0)
			only_names = true;
		else if ((rc = parse_one(o, c, argc, argv, &i)) != AUDIT_OK)
			return rc;
	}
	return check_reports(o, c);
}

int
options_parse(struct check_options *o, int argc, char **argv)
{
	return options_parse_for(o, &of_check, argc, argv);
}

void
options_subject(const struct check_options *o, struct subject *s)
{
	bool preflight = o->profile != NULL && strcmp(o->profile, "preflight") == 0;

	s->ips = o->ips;
	s->n_ips = o->n_ips;
	s->helo = o->helo;
	s->mail_from_given = o->mail_from_given;
	s->mail_from_null = o->mail_from_null;
	s->mail_from_local = o->mail_from_local;
	s->mail_from = o->mail_from;
	s->from = o->from;
	s->authserv_id = o->authserv_id;
	s->selectors = o->selectors;
	s->n_selectors = o->n_selectors;
	s->signer = o->private_key != NULL ? &o->signer : NULL;
	s->via = o->via;
	s->n_via = o->n_via;
	s->bulk = o->bulk;
	s->trust_received = o->trust_received;
	s->guess = o->profile == NULL || preflight;
	s->parked = o->profile != NULL && strcmp(o->profile, "parked") == 0;
	s->preflight = preflight;
	s->ask_lists = o->dnsbl || preflight;
	s->zone_files = o->zones.n > 0;
}

static bool
is_listed(const struct option_list *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++) {
		struct str s = str_of(l->v[i]);
		size_t pos = 0, end;

		while (pos <= s.n) {
			end = str_find(s, pos, ',');
			if (str_ieq(str_trim(str_sub(s, pos, end - pos)), str_of(name)))
				return true;
			pos = end + 1;
		}
	}
	return false;
}

bool
options_want(const void *ctx, const struct check *c)
{
	const struct check_options *o = ctx;

	if (o->only.n > 0 && !is_listed(&o->only, c->name))
		return false;
	return !is_listed(&o->skip, c->name) && profile_wants(o->profile, c->name);
}

static void
print_one(const struct option *op)
{
	char left[64];

	(void)snprintf(left, sizeof(left), "--%s%s%s", op->name, op->arg != NULL ? " " : "",
	    op->arg != NULL ? op->arg : "");
	printf("  %-26s %s\n", left, op->help);
}

/* Whether C has an option of its own called NAME. */
static bool
is_own(const struct option_choice *c, const char *name)
{
	for (size_t i = 0; c->own != NULL && i < c->own->n; i++)
		if (strcmp(c->own->rows[i].name, name) == 0)
			return true;
	return false;
}

void
options_print_for(const struct option_choice *c)
{
	for (size_t i = 0; c->own != NULL && i < c->own->n; i++)
		print_one(&c->own->rows[i]);
	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		for (size_t i = 0; i < tables[t]->n; i++)
			if (is_taken(c, tables[t]->rows[i].name) &&
			    !is_own(c, tables[t]->rows[i].name))
				print_one(&tables[t]->rows[i]);
}

void
options_print(void)
{
	options_print_for(&of_check);
}
