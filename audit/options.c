/* SPDX-License-Identifier: ISC */
/*
 * options.c - a table of options and a setter for each.
 */
#include "audit/options.h"
#include <stdio.h>
#include "audit/error.h"
#include "audit/idn.h"
#include "audit/profile.h"
#include "checks/check.h"
#include "checks/core/civil.h"

#define DEFAULT_TIMEOUT_MS 20000
#define DEFAULT_IN_FLIGHT 200
#define MAX_TIMEOUT_S 3600
#define MAX_QPS 1000000
#define MAX_IN_FLIGHT 100000
#define BULK_VOLUME 5000 /* messages a day: where Gmail, Yahoo and Microsoft begin */

struct option {
	const char *name, *arg; /* arg NULL = a switch */
	int (*set)(struct check_options *o, const char *v);
	const char *help;
};

static int
bad(const char *option, const char *v, const char *why)
{
	audit_warn("--%s %s: %s", option, v, why);
	return AUDIT_EUSAGE;
}

static int
add_to(struct option_list *l, const char *option, const char *v)
{
	if (l->n == MAX_OPTION_REPEAT)
		return bad(option, v, "given too often");
	l->v[l->n++] = v;
	return AUDIT_OK;
}

static int
set_name(struct name *out, const char *option, const char *v)
{
	const char *why = idn_parse(str_of(v), out);

	return why == NULL ? AUDIT_OK : bad(option, v, why);
}

static int
set_number(unsigned *out, const char *option, const char *v, uint32_t max)
{
	uint32_t n;

	if (!parse_u32(str_of(v), max, &n) || n == 0)
		return bad(option, v, "a number from 1 on is wanted, and not so large a one");
	*out = n;
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
set_zone(struct check_options *o, const char *v)
{
	return add_to(&o->zones, "zone", v);
}

static int
set_offline(struct check_options *o, const char *v)
{
	(void)v;
	o->offline = true;
	return AUDIT_OK;
}

static int
set_record(struct check_options *o, const char *v)
{
	o->record = v;
	return AUDIT_OK;
}

static int
set_replay(struct check_options *o, const char *v)
{
	o->replay = v;
	return AUDIT_OK;
}

static int
set_resolver(struct check_options *o, const char *v)
{
	return add_to(&o->resolvers, "resolver", v);
}

static int
set_qps(struct check_options *o, const char *v)
{
	return set_number(&o->qps, "qps", v, MAX_QPS);
}

static int
set_timeout(struct check_options *o, const char *v)
{
	unsigned s = 0;
	int rc = set_number(&s, "timeout", v, MAX_TIMEOUT_S);

	if (rc == AUDIT_OK)
		o->timeout_ms = s * 1000;
	return rc;
}

static int
set_now(struct check_options *o, const char *v)
{
	if (!time_parse(str_of(v), &o->now))
		return bad("now", v, "a time like 2026-11-21T10:00:00Z is wanted");
	o->now_given = true;
	return AUDIT_OK;
}

static int
set_ip(struct check_options *o, const char *v)
{
	struct addr a;

	if (addr_parse(str_of(v), &a) != ADDR_OK)
		return bad("ip", v, "not an IPv4 or IPv6 address");
	if (o->n_ips == MAX_OPTION_REPEAT)
		return bad("ip", v, "given too often");
	o->ips[o->n_ips++] = addr_unmap(&a);
	return AUDIT_OK;
}

static int
set_helo(struct check_options *o, const char *v)
{
	return set_name(&o->helo, "helo", v);
}

static int
set_mail_from(struct check_options *o, const char *v)
{
	struct str s = str_of(v), domain = s;
	size_t at = s.n;

	o->mail_from_given = true;
	if (s.n == 0 || strcmp(v, "<>") == 0) {
		o->mail_from_null = true;
		return AUDIT_OK;
	}
	while (at > 0 && s.p[at - 1] != '@')
		at--;
	if (at > 0) {
		o->mail_from_local = str_sub(s, 0, at - 1);
		domain = str_sub(s, at, s.n);
	}
	if (at > 1 || at == 0) {
		const char *why = idn_parse(domain, &o->mail_from);

		return why == NULL ? AUDIT_OK : bad("mail-from", v, why);
	}
	return bad("mail-from", v, "nothing before the @");
}

static int
set_from(struct check_options *o, const char *v)
{
	return set_name(&o->from, "from", v);
}

static int
add_selector(struct check_options *o, const char *option, struct str s, const struct name *domain)
{
	struct name probe;

	if (name_parse_raw(s, &probe) != NAME_OK)
		return bad(option, s.p, "not a selector");
	if (o->n_selectors == MAX_OPTION_REPEAT)
		return bad(option, s.p, "given too often");
	o->selectors[o->n_selectors++] =
	    (struct selector){ .domain = *domain, .name = s, .provenance = FROM_GIVEN };
	return AUDIT_OK;
}

static int
set_selector(struct check_options *o, const char *v)
{
	static const struct name own = { .n = 0 };

	return add_selector(o, "selector", str_of(v), &own);
}

/* d=DOMAIN,s=SELECTOR */
static int
set_dkim(struct check_options *o, const char *v)
{
	struct str s = str_of(v), d;
	size_t comma = str_find(s, 0, ',');
	struct name domain;
	const char *why;

	if (!str_has_prefix(s, STR("d=")) || !str_has_prefix(str_sub(s, comma, s.n), STR(",s=")))
		return bad("dkim", v, "d=DOMAIN,s=SELECTOR is wanted");
	d = str_sub(s, 2, comma - 2);
	if ((why = idn_parse(d, &domain)) != NULL)
		return bad("dkim", v, why);
	return add_selector(o, "dkim", str_sub(s, comma + 3, s.n), &domain);
}

static int
set_bulk(struct check_options *o, const char *v)
{
	(void)v;
	o->bulk = true;
	return AUDIT_OK;
}

static int
set_volume(struct check_options *o, const char *v)
{
	unsigned n = 0;
	int rc = set_number(&n, "volume", v, UINT32_MAX);

	o->bulk = o->bulk || n >= BULK_VOLUME;
	return rc;
}

static int
set_profile(struct check_options *o, const char *v)
{
	static const char *const words[] = { "preflight", "scheduled", "ci", "parked" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(v, words[i]) == 0) {
			o->profile = words[i];
			return AUDIT_OK;
		}
	return bad("profile", v, "preflight, scheduled, ci or parked is wanted");
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

/* A comma-separated list of checks, each of which must exist. */
static int
set_checks(struct option_list *l, const char *option, const char *v)
{
	struct str s = str_of(v), one;
	size_t pos = 0, end;

	while (pos <= s.n) {
		end = str_find(s, pos, ',');
		one = str_trim(str_sub(s, pos, end - pos));
		if (check_find(one) == NULL)
			return bad(option, v, "names a check there is not (see mailvet rules)");
		pos = end + 1;
	}
	return add_to(l, option, v);
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

static bool
level_parse(struct str s, enum rule_level *out)
{
	for (int l = LEVEL_PASS; l <= LEVEL_ERROR; l++)
		if (str_eq(s, str_of(level_name((enum rule_level)l)))) {
			*out = (enum rule_level)l;
			return true;
		}
	return false;
}

static int
set_level(struct check_options *o, const char *v)
{
	struct str s = str_of(v);
	size_t eq = str_find(s, 0, '=');
	enum rule_level level;
	enum rule_id id;

	if (eq == s.n || !level_parse(str_sub(s, eq + 1, s.n), &level) || level == LEVEL_PASS ||
	    level == LEVEL_UNKNOWN)
		return bad("level", v, "ID=error, ID=warning or ID=note is wanted");
	if (!rule_find(str_sub(s, 0, eq), &id))
		return bad("level", v, "names a rule there is not (see mailvet rules)");
	if (rule_of(id)->level == LEVEL_UNKNOWN)
		return bad("level", v, "what could not be checked stays unknown");
	o->level[id] = (int8_t)level;
	return AUDIT_OK;
}

static int
set_notes(struct check_options *o, const char *v)
{
	(void)v;
	o->style.notes = true;
	return AUDIT_OK;
}

static int
set_report(struct check_options *o, const char *v)
{
	struct str s = str_of(v);
	size_t eq = str_find(s, 0, '=');
	struct output_option *out = &o->outputs[o->n_outputs];

	if (o->n_outputs == MAX_OPTION_REPEAT)
		return bad("report", v, "given too often");
	if ((out->format = report_format_find(str_sub(s, 0, eq))) == NULL)
		return bad("report", v, "no such format: text, json or jsonl is wanted");
	out->file = eq < s.n ? v + eq + 1 : NULL;
	for (size_t i = 0; i < o->n_outputs; i++)
		if (out->file == NULL && o->outputs[i].file == NULL)
			return bad("report", v, "only one report can go to standard output");
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
		return bad("fail-on", v, "error, warning, note or never is wanted");
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
set_in_flight(struct check_options *o, const char *v)
{
	return set_number(&o->in_flight, "in-flight", v, MAX_IN_FLIGHT);
}

static int
set_help(struct check_options *o, const char *v)
{
	(void)v;
	o->help = true;
	return AUDIT_OK;
}

/* clang-format off */
static const struct option options[] = {
	{ "zone", "FILE|DIR", set_zone, "answer from zone files; may be given again" },
	{ "offline", NULL, set_offline, "ask no server: what the files lack is unknown" },
	{ "record", "FILE", set_record, "write all questions and answers to FILE" },
	{ "replay", "FILE", set_replay, "answer from a recording" },
	{ "resolver", "ADDR[@PORT]", set_resolver, "ask this server; may be given again" },
	{ "qps", "N", set_qps, "at most N queries a second to each server" },
	{ "timeout", "SECONDS", set_timeout, "for all questions of a domain together (20)" },
	{ "now", "TIME", set_now, "take TIME (RFC 3339) for the present" },
	{ "ip", "IP", set_ip, "an address that sends mail; may be given again" },
	{ "helo", "NAME", set_helo, "the name those addresses say in HELO or EHLO" },
	{ "mail-from", "ADDR", set_mail_from, "envelope sender, an address or a domain" },
	{ "from", "DOMAIN", set_from, "domain of the From header" },
	{ "selector", "NAME", set_selector, "a DKIM selector in use; may be given again" },
	{ "dkim", "d=DOMAIN,s=NAME", set_dkim, "a selector in use of another signing domain" },
	{ "bulk", NULL, set_bulk, "rules for bulk senders bind" },
	{ "volume", "N", set_volume, "messages a day; 5000 and more is bulk" },
	{ "profile", "NAME", set_profile, "preflight, scheduled, ci or parked" },
	{ "dnsbl", NULL, set_dnsbl, "ask block lists" },
	{ "dnsbl-zones", "FILE", set_dnsbl_zones, "ask the lists in FILE instead" },
	{ "only", "CHECK,...", set_only, "run only these checks" },
	{ "skip", "CHECK,...", set_skip, "run all but these checks" },
	{ "level", "ID=LEVEL", set_level, "make a rule error, warning or note" },
	{ "notes", NULL, set_notes, "list notes one by one" },
	{ "report", "FORMAT[=FILE]", set_report, "text (default), json or jsonl; may be given again" },
	{ "fail-on", "LEVEL", set_fail_on, "exit 1 at error (default), warning, note or never" },
	{ "color", "WHEN", set_color, "auto, always or never" },
	{ "progress", "WHEN", set_progress, "auto, always or never" },
	{ "ascii", NULL, set_ascii, "nothing but ASCII in the text report" },
	{ "redact", NULL, set_redact, "hide local parts of addresses" },
	{ "verbose", NULL, set_verbose, "also list what passed and what was asked" },
	{ "trace", NULL, set_trace, "print each question of each domain to standard error" },
	{ "in-flight", "N", set_in_flight, "domains at a time (200)" },
	{ "help", NULL, set_help, "this list" },
};
/* clang-format on */

static const struct option *
find_option(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (str_eq(name, str_of(options[i].name)))
			return &options[i];
	return NULL;
}

/* The option ARGV[*I]; moves *I to its value when that is a word of its own. */
static int
parse_one(struct check_options *o, int argc, char **argv, int *i)
{
	const char *word = argv[*i] + 2;
	struct str w = str_of(word);
	size_t eq = str_find(w, 0, '=');
	const struct option *op = find_option(str_sub(w, 0, eq));

	if (op == NULL) {
		audit_warn("%s: no such option (mailvet check --help lists them)", argv[*i]);
		return AUDIT_EUSAGE;
	}
	if (op->arg == NULL) {
		if (eq < w.n)
			return bad(op->name, word + eq + 1, "takes no value");
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

int
options_parse(struct check_options *o, int argc, char **argv)
{
	bool only_names = false;
	int rc;

	set_defaults(o);
	o->names = argv;
	for (int i = 0; i < argc; i++) {
		if (only_names || strncmp(argv[i], "--", 2) != 0) {
			if (!only_names && argv[i][0] == '-' && argv[i][1] != '\0') {
				if (strcmp(argv[i], "-h") == 0) {
					o->help = true;
					continue;
				}
				audit_warn("%s: options are written with two dashes", argv[i]);
				return AUDIT_EUSAGE;
			}
			o->names[o->n_names++] = argv[i];
		} else if (argv[i][2] == '\0') {
			only_names = true;
		} else if ((rc = parse_one(o, argc, argv, &i)) != AUDIT_OK) {
			return rc;
		}
	}
	return AUDIT_OK;
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
	s->selectors = o->selectors;
	s->n_selectors = o->n_selectors;
	s->bulk = o->bulk;
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

void
options_print(void)
{
	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		char left[64];

		(void)snprintf(left, sizeof(left), "--%s%s%s", options[i].name,
		    options[i].arg != NULL ? " " : "",
		    options[i].arg != NULL ? options[i].arg : "");
		printf("  %-26s %s\n", left, options[i].help);
	}
}
