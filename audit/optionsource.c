/* SPDX-License-Identifier: ISC */
/*
 * optionsource.c - options that say who answers questions, and how long to wait.
 */
#include "audit/optiontable.h"
#include "audit/error.h"
#include "checks/core/civil.h"

#define MAX_TIMEOUT_S 3600
#define MAX_QPS 1000000
#define MAX_IN_FLIGHT 100000

static int
set_zone(struct check_options *o, const char *v)
{
	return option_add(&o->zones, "zone", v);
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
	return option_add(&o->resolvers, "resolver", v);
}

static int
set_qps(struct check_options *o, const char *v)
{
	return option_number(&o->qps, "qps", v, MAX_QPS);
}

static int
set_timeout(struct check_options *o, const char *v)
{
	unsigned s = 0;
	int rc = option_number(&s, "timeout", v, MAX_TIMEOUT_S);

	if (rc == AUDIT_OK)
		o->timeout_ms = s * 1000;
	return rc;
}

static int
set_now(struct check_options *o, const char *v)
{
	if (!time_parse(str_of(v), &o->now))
		return option_bad("now", v, "a time like 2026-11-21T10:00:00Z is wanted");
	o->now_given = true;
	return AUDIT_OK;
}

static int
set_in_flight(struct check_options *o, const char *v)
{
	return option_number(&o->in_flight, "in-flight", v, MAX_IN_FLIGHT);
}

static int
set_resume(struct check_options *o, const char *v)
{
	o->resume = v;
	return AUDIT_OK;
}

/* clang-format off */
static const struct option rows[] = {
	{ "zone", "FILE|DIR", set_zone,
	    "answer from the zones of files or of git:REV:PATH; may be given again" },
	{ "offline", NULL, set_offline, "ask no server: what the files lack is unknown" },
	{ "record", "FILE", set_record, "write all questions and answers to FILE" },
	{ "replay", "FILE", set_replay, "answer from a recording" },
	{ "resolver", "ADDR[@PORT]", set_resolver, "ask this server; may be given again" },
	{ "qps", "N", set_qps, "at most N queries a second to each server" },
	{ "timeout", "SECONDS", set_timeout, "for all questions of a domain together (20)" },
	{ "now", "TIME", set_now, "take TIME (RFC 3339) for the present" },
	{ "resume", "FILE", set_resume, "pass over the domains that FILE (jsonl) holds" },
	{ "in-flight", "N", set_in_flight, "domains at a time (200)" },
};
/* clang-format on */

const struct option_table source_options = { rows, ARRAY_LEN(rows) };
