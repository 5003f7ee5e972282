/* SPDX-License-Identifier: ISC */
/*
 * explain_options.c - the options of `mailvet explain`.
 */
#include <stdio.h>
#include <string.h>
#include "audit/bounce/provider.h"
#include "audit/commands/explain.h"
#include "audit/error.h"
#include "audit/optiontable.h"
#include "checks/core/civil.h"

/* The options that O belongs to: the shared ones stand first in them. */
static struct explain_options *
own(struct check_options *o)
{
	return (struct explain_options *)o;
}

static int
set_report(struct check_options *c, const char *v)
{
	static const char *const words[] = { "text", "json", "jsonl", "csv", "markdown",
		"plan-zone", "plan-nsupdate", "plan-octodns" };
	struct explain_options *o = own(c);
	struct str s = str_of(v);
	size_t eq = str_find(s, 0, '='), k = 0;
	struct explain_output *out = &o->outputs[o->n_outputs];
	const char *clash;

	if (o->n_outputs == MAX_EXPLAIN_OUTPUTS)
		return option_bad("report", v, "given too often");
	while (k < ARRAY_LEN(words) && !str_eq(str_sub(s, 0, eq), str_of(words[k])))
		k++;
	if (k == ARRAY_LEN(words))
		return option_bad("report", v,
		    "no such format: text, json, jsonl, csv, markdown, plan-zone, plan-nsupdate or "
		    "plan-octodns is wanted");
	out->format = (enum explain_format)k;
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
set_time(time_t *out, const char *option, const char *v)
{
	return time_parse(str_of(v), out)
		   ? AUDIT_OK
		   : option_bad(
			 option, v, "a time like 2026-11-21T10:00:00Z or 2026-11-21 is wanted");
}

static int
set_since(struct check_options *o, const char *v)
{
	return set_time(&own(o)->since, "since", v);
}

static int
set_until(struct check_options *o, const char *v)
{
	return set_time(&own(o)->until, "until", v);
}

static int
set_min_count(struct check_options *o, const char *v)
{
	uint32_t n;

	if (!parse_u32(str_of(v), UINT32_MAX, &n))
		return option_bad("min-count", v, "a number is wanted");
	own(o)->min_count = n;
	return AUDIT_OK;
}

static int
set_reply(struct check_options *o, const char *v)
{
	own(o)->reply = v;
	return AUDIT_OK;
}

static int
set_domain(struct check_options *o, const char *v)
{
	own(o)->domain = v;
	return v[0] != '\0' ? AUDIT_OK : option_bad("domain", v, "a domain is wanted");
}

static int
set_provider(struct check_options *o, const char *v)
{
	const char *name;

	own(o)->provider = v;
	/* A name that no report has would leave everything out, and exit with 0. */
	for (size_t i = 0; (name = provider_name(i)) != NULL; i++)
		if (strcmp(name, v) == 0)
			return AUDIT_OK;
	return option_bad("provider", v,
	    "a name that reports have is wanted: google, microsoft, yahoo, apple ...");
}

#define SWITCH(name, field)                                                                        \
	static int name(struct check_options *o, const char *v)                                    \
	{                                                                                          \
		(void)v;                                                                           \
		own(o)->field = true;                                                              \
		return AUDIT_OK;                                                                   \
	}

/* clang-format off */
SWITCH(set_no_audit, no_audit)
SWITCH(set_inbound, inbound)

static const struct option rows[] = {
	{ "no-audit", NULL, set_no_audit, "count and classify, and ask no DNS" },
	{ "reply", "TEXT", set_reply, "explain this one reply of a server" },
	{ "since", "TIME", set_since, "leave out what was before (RFC 3339, or a day)" },
	{ "until", "TIME", set_until, "leave out what was then or later" },
	{ "domain", "DOMAIN", set_domain, "only mail from DOMAIN and what is below it" },
	{ "provider", "NAME", set_provider, "only mail to google, microsoft, yahoo ..." },
	{ "min-count", "N", set_min_count, "leave out groups of fewer mails" },
	{ "inbound", NULL, set_inbound, "also what our own server refused" },
	{ "report", "FORMAT[=FILE]", set_report, "text (default), json, jsonl, csv, markdown; plan-zone, plan-nsupdate, plan-octodns: the records proposed; may be given again" },
};
static const struct option_table own_rows = { rows, ARRAY_LEN(rows) };

static const char *const names[] = { "zone", "offline", "record", "replay", "resolver", "qps", "timeout",
	"now", "in-flight", "aggregate", "ip", "helo", "mail-from", "from", "selector", "dkim",
	"private-key", "dnsbl-zones", "config", "fail-on", "color", "progress", "ascii", "redact", "verbose", "help" };
static const struct option_choice choice = {
	.command = "explain", .names = names, .n = ARRAY_LEN(names), .own = &own_rows
};
/* clang-format on */

/* A recording beside other sources is DNS as it was then (explain_then()): it goes with servers. */
static const char *
refuse_sources(const struct check_options *c)
{
	if (c->offline && c->zones.n == 0 && c->replay == NULL)
		return "--offline: without --zone or --replay nothing can be answered";
	if (c->offline && c->resolvers.n > 0)
		return "--offline: asks no server; leave --resolver out";
	return NULL;
}

/* Why the options of O do not go together; NULL = they do. */
static const char *
refuse(const struct explain_options *o)
{
	if (o->reply != NULL && o->c.n_names > 0)
		return "--reply: is one text; leave the files out";
	if (o->since != 0 && o->until != 0 && o->since >= o->until)
		return "--since: is not before --until";
	if (o->c.private_key != NULL && o->c.n_selectors != 1)
		return "--private-key: give the one --selector, or --dkim, that signs with it";
	for (size_t i = 0; i < o->n_outputs && o->reply != NULL; i++)
		if (o->outputs[i].format == EXPLAIN_CSV)
			return "--reply: has no suppression list";
	for (size_t i = 0; i < o->n_outputs && (o->reply != NULL || o->no_audit); i++)
		if (o->outputs[i].format >= EXPLAIN_PLAN_ZONE)
			return "--report plan-...: there is a plan only of logs that are audited";
	return o->no_audit || o->reply != NULL ? NULL : refuse_sources(&o->c);
}

int
explain_parse(struct explain_options *o, int argc, char **argv)
{
	const char *why;
	int rc;

	*o = (struct explain_options){ .n_outputs = 0 };
	if ((rc = options_parse_for(&o->c, &choice, argc, argv)) != AUDIT_OK)
		return rc;
	if ((why = refuse(o)) == NULL || o->c.help)
		return AUDIT_OK;
	audit_warn("explain: %s", why);
	return AUDIT_EUSAGE;
}

void
explain_usage(void)
{
	printf(
	    "usage: mailvet explain [options] LOG...\n"
	    "       mailvet explain [options] --reply TEXT\n\n"
	    "LOG is a log of a mail server, a bounce message, a file of events of a mail service, "
	    "a DMARC\naggregate report, or a directory of these, compressed or not; - is standard "
	    "input, where one\npasted reply may stand too.\n\n");
	options_print_for(&choice);
	printf("\nExit status: 0 nothing at or above --fail-on, 1 refusals that are, 2 usage, or "
	       "an input that\ncannot be read or holds not one record that can be parsed, 3 "
	       "something could not be determined.\n");
}
