/* SPDX-License-Identifier: ISC */
/*
 * senders.c - `mailvet senders`: who sends as you, by DMARC aggregate reports, and what
 * SPF and DKIM say of each today.
 */
#include <stdio.h>
#include <stdlib.h>
#include "audit/aggregate/input.h"
#include "audit/aggregate/today.h"
#include "audit/commands/commands.h"
#include "audit/error.h"
#include "audit/guard.h"
#include "audit/output.h"
#include "audit/setup.h"
#include "report/disarm.h"
#include "report/seen.h"

#define MAX_BAD_TOLD 20 /* reports with bad rows that are told one by one */

struct senders {
	struct check_options o;
	struct config config;
	struct evidence e;
	struct aggregate_sum sum;
	struct seen_result result;
	struct run_result run;
	size_t bad_told;
	bool unreadable; /* a file that was named, or stands in a directory that was */
};

/* clang-format off */
static const char *const names[] = { "zone", "offline", "record", "replay", "resolver", "qps", "timeout",
	"now", "in-flight", "config", "report", "fail-on", "help" };
/* clang-format on */
static const struct option_choice choice = {
	.command = "senders", .names = names, .n = ARRAY_LEN(names), .plain = true
};

static void
print_usage(void)
{
	printf("usage: mailvet senders [options] REPORT... | DIR... | -\n\n");
	options_print_for(&choice);
	printf(
	    "\nReports are DMARC aggregate reports: XML, .gz, .zip, or the mail that carries\n"
	    "them.  Exit status: 0 nothing at or above --fail-on, 1 something, 2 usage, or a\n"
	    "file that cannot be read or holds no report, 3 something could not be looked up.\n");
}

static int
check_usage(const struct check_options *o)
{
	const char *why = NULL;

	if (o->n_names == 0)
		why = "name reports, or directories of them; - is standard input";
	else if (o->replay != NULL && o->resolvers.n > 0)
		why = "--replay: asks no server; leave --resolver out";
	if (why != NULL) {
		audit_warn("senders: %s", why);
		return AUDIT_EUSAGE;
	}
	for (size_t i = 0; i < o->n_names; i++) {
		struct check_options one = *o;

		/* nothing is written over what is read */
		one.zones = (struct option_list){ .v = { o->names[i] }, .n = 1 };
		if (guard_outputs(&one) != AUDIT_OK)
			return AUDIT_EUSAGE;
	}
	return guard_outputs(o);
}

static void
on_report(void *ctx, const char *name, const struct aggregate_report *r)
{
	struct senders *s = ctx;

	if (!evidence_add(&s->e, r) || r->n_bad == 0 || s->bad_told++ >= MAX_BAD_TOLD)
		return;
	audit_warn("%s: %zu of %zu rows left out%s: %s", name, r->n_bad, r->n_rows + r->n_bad,
	    r->n_bad > 1 ? ", the first" : "", r->bad_why);
}

/* Whether some row of some report was read. */
static bool
read_reports(struct senders *s)
{
	struct aggregate_visit v = { .report = on_report, .ctx = s };

	for (size_t i = 0; i < s->o.n_names; i++)
		if (aggregate_read(s->o.names[i], &v, &s->sum) != AUDIT_OK)
			s->unreadable = true;
	if (s->sum.reports == 0)
		audit_warn("senders: no report could be read");
	else if (s->e.rows == 0)
		audit_warn("senders: not one row of a report could be read");
	return s->e.rows > 0;
}

/* Today's records, where anybody can be asked for them. */
static int
look_up(struct senders *s)
{
	const struct check_options *o = &s->o;
	struct recorder *recorder = o->record != NULL ? recorder_new() : NULL;
	struct loop *loop = NULL;
	struct world *w = NULL;
	int rc = setup_world(o, &loop, &w);

	s->result.looked_up = !o->offline || o->zones.n > 0 || o->replay != NULL;
	if (rc == AUDIT_OK) {
		setup_run(o, w, &s->run);
		if (s->result.looked_up)
			rc = today_look_up(&s->e, o, w, loop, recorder);
	}
	if (rc == AUDIT_OK && recorder != NULL)
		rc = recorder_write(recorder, o->record, s->run.now);
	recorder_free(recorder);
	world_free(w);
	loop_free(loop);
	return rc;
}

/* What is told, in its order. */
static void
fill_result(struct senders *s)
{
	const struct evidence *e = &s->e;
	struct seen_result *r = &s->result;
	const struct seen_source **list =
	    arena_array(&s->e.arena, e->n + 1, sizeof(const struct seen_source *));

	for (size_t i = 0; i < e->n; i++)
		list[i] = &e->sources[i]->seen;
	if (e->n > 0)
		qsort(list, e->n, sizeof(const struct seen_source *), seen_order);
	r->sources = list;
	r->n = e->n;
	r->files = s->sum.files;
	r->reports = s->sum.reports - e->twice;
	r->refused = s->sum.refused;
	r->others = s->sum.others;
	r->twice = e->twice;
	r->rows = e->rows;
	r->bad = e->bad;
	r->over = e->over;
	r->messages = e->messages;
	r->first = e->first;
	r->last = e->last;
}

/* The report in FORMAT to FILE; NULL = standard output. */
static int
write_report(const struct senders *s, const char *format, const char *file)
{
	struct buf b;
	int rc;

	buf_init(&b, MAX_REPORT_BYTES);
	if (strcmp(format, "text") == 0)
		seen_text(&b, &s->result);
	else if (strcmp(format, "jsonl") == 0)
		seen_jsonl(&b, &s->result, &s->run);
	else
		seen_json(&b, &s->result, &s->run, true);
	if (strcmp(format, "text") == 0)
		disarm(&b);
	rc = output_write(&b, file);
	buf_free(&b);
	return rc;
}

static int
write_reports(const struct senders *s)
{
	int rc = AUDIT_OK;

	if (s->o.n_outputs == 0)
		return write_report(s, "text", NULL);
	for (size_t i = 0; i < s->o.n_outputs && rc == AUDIT_OK; i++)
		rc = write_report(s, s->o.outputs[i].format->name, s->o.outputs[i].file);
	return rc;
}

/* 2 beats 1 beats 3. */
static int
status_of(const struct senders *s)
{
	bool unknown = false, found = false;

	for (size_t i = 0; i < s->result.n; i++) {
		enum rule_level l = seen_level(s->result.sources[i]->standing);

		if (l == LEVEL_UNKNOWN)
			unknown = true;
		else if (s->o.fail_on != LEVEL_PASS && l >= s->o.fail_on)
			found = true;
	}
	if (s->unreadable || s->sum.refused > 0)
		return 2;
	return found ? 1 : unknown ? 3 : 0;
}

static int
run(struct senders *s, const struct config *c)
{
	s->result.configured = c != NULL;
	if (!read_reports(s))
		return 2;
	evidence_sort(&s->e);
	if (look_up(s) != AUDIT_OK)
		return 2;
	today_judge(&s->e, c);
	fill_result(s);
	return write_reports(s) != AUDIT_OK ? 2 : status_of(s);
}

int
command_senders(int argc, char **argv)
{
	struct senders *s = xcalloc(1, sizeof(*s));
	int status = 2;

	evidence_init(&s->e);
	if (options_parse_for(&s->o, &choice, argc, argv) != AUDIT_OK) {
		free(s);
		return 2;
	}
	if (s->o.help) {
		print_usage();
		status = 0;
	} else if (check_usage(&s->o) == AUDIT_OK) {
		if (s->o.config == NULL)
			status = run(s, NULL);
		else if (config_read(&s->config, s->o.config) == AUDIT_OK)
			status = run(s, &s->config);
	}
	if (s->o.config != NULL)
		config_free(&s->config);
	evidence_free(&s->e);
	free(s);
	return status;
}
