/* SPDX-License-Identifier: ISC */
/*
 * check.c - `mailvet check`: audit sending domains.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "audit/commands/commands.h"
#include "audit/engine.h"
#include "audit/error.h"
#include "audit/idn.h"
#include "audit/judge.h"
#include "audit/listfile.h"
#include "audit/output.h"
#include "audit/profile.h"
#include "audit/progress.h"
#include "audit/setup.h"
#include "audit/sources/recording.h"
#include "audit/trace.h"
#include "checks/core/civil.h"
#include "config.h"

#define MAX_LINE 4096 /* of a name on standard input */

struct check_run {
	const struct check_options *o;
	struct judge judge;
	struct outputs outputs;
	struct recorder *recorder;
	struct progress progress;
	struct arena lists; /* of --dnsbl-zones */
	const struct dnsbl_list *list;
	size_t n_lists;
	size_t next; /* argument to take */
	bool from_stdin, told_ips, any_name;
	int rc;        /* the first failure of ours */
	bool bad_name; /* some name was no name: exit 2 */
};

static void
print_usage(void)
{
	printf("usage: mailvet check [options] DOMAIN... | -\n\n");
	options_print();
	printf("\nExit status: 0 nothing found at or above --fail-on, 1 findings, "
	       "2 usage or unreadable input,\n3 something needed could not be determined.\n");
}

/* The next line of standard input without its end; false at the end. */
static bool
read_line(char *line, size_t room, struct str *out)
{
	size_t n = 0;
	int c;

	while ((c = getchar()) != EOF && c != '\n')
		if (n < room)
			line[n++] = (char)c;
	if (c == EOF && n == 0)
		return false;
	*out = str_trim((struct str){ line, n });
	return true;
}

/* Standard input is at its end: it must have been readable, and have held a name. */
static void
check_stdin(struct check_run *cr)
{
	if (ferror(stdin) != 0) {
		audit_warn("standard input: %s", audit_strerror(AUDIT_EREAD));
		cr->rc = AUDIT_EREAD;
	} else if (!cr->any_name) {
		audit_warn("standard input: names no domain");
		cr->rc = AUDIT_EUSAGE;
	}
}

/* The next name that is one, into *OUT; false when there are no more. */
static bool
next_name(struct check_run *cr, struct name *out)
{
	char line[MAX_LINE];
	struct str text;
	const char *why;

	for (;;) {
		if (cr->from_stdin) {
			if (!read_line(line, sizeof(line), &text)) {
				check_stdin(cr);
				return false;
			}
			if (text.n == 0 || text.p[0] == '#')
				continue;
			cr->any_name = true;
		} else if (cr->next < cr->o->n_names) {
			text = str_of(cr->o->names[cr->next++]);
		} else {
			return false;
		}
		if ((why = idn_parse(text, out)) == NULL)
			return true;
		audit_warn("%.*s: %s", (int)(text.n > 300 ? 300 : text.n), text.p, why);
		cr->bad_name = true;
	}
}

/* One domain is no fleet: what costs the lists something is asked for it. */
static bool
asks_lists(const struct check_run *cr)
{
	const struct check_options *o = cr->o;

	return o->n_ips > 0 && o->n_names <= 1 && !cr->from_stdin && !o->offline &&
	       o->replay == NULL && o->profile == NULL;
}

static bool
next_subject(void *ctx, struct subject *out, struct arena *a)
{
	struct check_run *cr = ctx;

	(void)a;
	*out = (struct subject){ .n_ips = 0 };
	if (cr->rc != AUDIT_OK)
		return false;
	if (cr->o->n_names == 0 && !cr->from_stdin) {
		if (cr->told_ips)
			return false;
		cr->told_ips = true; /* addresses without a domain */
	} else if (!next_name(cr, &out->domain)) {
		return false;
	}
	options_subject(cr->o, out);
	out->ask_lists = out->ask_lists || asks_lists(cr);
	out->lists = cr->list;
	out->n_lists = cr->n_lists;
	progress_started(&cr->progress);
	return true;
}

static void
on_done(void *ctx, const struct engine_result *r)
{
	struct check_run *cr = ctx;
	struct domain_result d;
	struct arena a;

	arena_init(&a, 0);
	judge_domain(&cr->judge, r, &a, &d);
	if (cr->o->trace)
		trace_print(r, &d);
	if (cr->recorder != NULL)
		recorder_add(cr->recorder, r->q);
	progress_clear(&cr->progress);
	if (outputs_domain(&cr->outputs, &d) != AUDIT_OK)
		cr->rc = AUDIT_EWRITE;
	progress_done(&cr->progress, d.verdict);
	arena_free(&a);
}

static int
check_usage(const struct check_options *o)
{
	bool dash = o->n_names == 1 && strcmp(o->names[0], "-") == 0;

	if (o->n_names == 0 && o->n_ips == 0) {
		audit_warn("check: a domain, '-' or --ip is wanted");
		return AUDIT_EUSAGE;
	}
	if (o->offline && o->zones.n == 0 && o->replay == NULL) {
		audit_warn("--offline: without --zone or --replay nothing can be answered");
		return AUDIT_EUSAGE;
	}
	if (o->replay != NULL && o->resolvers.n > 0) {
		audit_warn("--replay: asks no server; leave --resolver out");
		return AUDIT_EUSAGE;
	}
	if (o->profile != NULL && strcmp(o->profile, "preflight") == 0 && o->n_ips == 0) {
		audit_warn("--profile preflight: judges a sending address: give --ip");
		return AUDIT_EUSAGE;
	}
	for (size_t i = 0; i < o->n_names && !dash; i++)
		if (strcmp(o->names[i], "-") == 0) {
			audit_warn("'-' stands alone: names come from standard input then");
			return AUDIT_EUSAGE;
		}
	return AUDIT_OK;
}

static void
describe_run(const struct check_options *o, struct world *w, struct run_result *run)
{
	struct question q = { .kind = ASK_NOW };
	const struct answer *a = world_ask(w, &q, NULL);

	*run = (struct run_result){ .version = MAILVET_VERSION,
		.now = a->now,
		.generated = a->now,
		.offline = o->offline };
	answer_unref(a);
	if (!o->now_given)
		run->generated = time(NULL);
	run->answers = setup_describe(o);
}

static int
run_checks(struct check_run *cr, struct loop *loop, struct world *w, struct run_result *run)
{
	const struct check_options *o = cr->o;
	struct engine_options eo = { .in_flight = o->in_flight,
		.timeout_ms = o->timeout_ms,
		.in_order = !outputs_any_order(o),
		.wanted = options_want,
		.wanted_ctx = o };
	struct engine_feed feed = { .next = next_subject, .done = on_done, .ctx = cr };
	int rc;

	if ((rc = outputs_open(&cr->outputs, o, run)) != AUDIT_OK)
		return rc;
	progress_init(&cr->progress, o->progress, cr->from_stdin ? 0 : o->n_names);
	rc = engine_run(w, loop, &eo, &feed);
	progress_clear(&cr->progress);
	judge_run(&cr->judge, run);
	if (outputs_end(&cr->outputs, run) != AUDIT_OK && rc == AUDIT_OK)
		rc = AUDIT_EWRITE;
	if (rc == AUDIT_OK && cr->recorder != NULL)
		rc = recorder_write(cr->recorder, o->record, run->now);
	return rc != AUDIT_OK ? rc : cr->rc;
}

static int
check_with(struct check_run *cr)
{
	struct loop *loop = NULL;
	struct world *w = NULL;
	struct run_result run;
	int rc = AUDIT_OK;

	if (cr->o->dnsbl_zones != NULL)
		rc = listfile_read(&cr->lists, cr->o->dnsbl_zones, &cr->list, &cr->n_lists);
	if (rc == AUDIT_OK)
		rc = setup_world(cr->o, &loop, &w);
	if (rc == AUDIT_OK) {
		describe_run(cr->o, w, &run);
		rc = run_checks(cr, loop, w, &run);
	}
	world_free(w);
	loop_free(loop);
	return rc;
}

int
command_check(int argc, char **argv)
{
	struct check_options o;
	struct check_run cr = { .o = &o };
	int status = 2;

	if (options_parse(&o, argc, argv) != AUDIT_OK)
		return 2;
	if (o.help) {
		print_usage();
		return 0;
	}
	if (check_usage(&o) != AUDIT_OK)
		return 2;
	cr.from_stdin = o.n_names == 1 && strcmp(o.names[0], "-") == 0;
	judge_init(&cr.judge);
	profile_levels(o.profile, cr.judge.level);
	for (size_t i = 0; i < RULE_COUNT; i++)
		if (o.level[i] >= 0)
			cr.judge.level[i] = o.level[i];
	arena_init(&cr.lists, 0);
	if (o.record != NULL)
		cr.recorder = recorder_new();
	if (check_with(&cr) == AUDIT_OK && !cr.bad_name)
		status = judge_status(&cr.judge, o.fail_on);
	recorder_free(cr.recorder);
	arena_free(&cr.lists);
	judge_free(&cr.judge);
	return status;
}
