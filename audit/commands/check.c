/* SPDX-License-Identifier: ISC */
/*
 * check.c - `mailvet check`: audit sending domains.
 */
#include <stdio.h>
#include <unistd.h>
#include "audit/aggregate/subject.h"
#include "audit/commands/commands.h"
#include "audit/commands/shared.h"
#include "audit/config/apply.h"
#include "audit/engine.h"
#include "audit/error.h"
#include "audit/guard.h"
#include "audit/judge.h"
#include "audit/listfile.h"
#include "audit/names.h"
#include "audit/output.h"
#include "audit/progress.h"
#include "audit/resume.h"
#include "audit/rewrites.h"
#include "audit/setup.h"
#include "audit/sources/recording.h"
#include "audit/stop.h"
#include "audit/trace.h"
#include "report/rules_text.h"

#define MAX_GRACE_MS 2000u /* for an answer that only the run as a whole needs */

struct check_run {
	const struct check_options *o;
	const struct config *config; /* NULL = none */
	struct evidence seen;        /* of --aggregate */
	size_t refused;              /* reports that could not be read */
	struct judge judge;
	struct outputs outputs;
	struct recorder *recorder;
	struct progress progress;
	struct names names;
	struct resume resume;
	struct rewrites rewrites;
	uint64_t begun_ms;    /* by the loop's clock */
	struct arena lists;   /* of --dnsbl-zones */
	struct arena scratch; /* of the domain that is told */
	const struct dnsbl_list *list;
	size_t n_lists;
	bool from_stdin, told_ips;
	bool at_end; /* there are no more names */
	int signal;  /* that ended the run early; 0 = none */
	bool told;   /* reports were written to their end; then */
	int own;     /* the status of their only format, or -1 */
	int rc;      /* the first failure of ours */
};

static void
print_usage(void)
{
	printf("usage: mailvet check [options] DOMAIN... | -\n\n");
	options_print();
	printf("\nExit status: 0 nothing found at or above --fail-on, 1 findings, "
	       "2 usage or unreadable input,\n3 something needed could not be determined.\n");
}

/* Whether a signal asked us to end; what is in flight is finished. */
static bool
is_stopped(struct check_run *cr)
{
	if (cr->signal != 0 || (cr->signal = stop_asked()) == 0)
		return cr->signal != 0;
	progress_clear(&cr->progress);
	audit_warn("interrupted: what is in flight is finished, another signal ends at once");
	return true;
}

static void
tell_stop(void *ctx)
{
	(void)is_stopped(ctx);
}

/* Standard input is at its end: it must have been readable, and have held a name. */
static void
check_stdin(struct check_run *cr)
{
	if (cr->rc == AUDIT_OK)
		cr->rc = cr->names.rc;
	if (cr->rc == AUDIT_OK && cr->names.given + cr->names.bad == 0) {
		audit_warn("standard input: names no domain");
		cr->rc = AUDIT_EUSAGE;
	}
}

/* The next name that was not done earlier, into *OUT. */
static enum feed_reply
next_name(struct check_run *cr, struct name *out)
{
	enum feed_reply reply;

	do {
		size_t bad = cr->names.bad;

		if (is_stopped(cr))
			return FEED_END;
		reply = names_next(&cr->names, out);
		cr->progress.skipped += cr->names.bad - bad;
		if (reply == FEED_END && cr->from_stdin)
			check_stdin(cr);
		if (reply != FEED_ONE || cr->o->resume == NULL || !resume_take(&cr->resume, out))
			return reply;
		cr->progress.skipped++;
	} while (reply == FEED_ONE);
	return reply;
}

/* One domain is no fleet: what costs the lists something is asked for it. */
static bool
asks_lists(const struct check_run *cr)
{
	const struct check_options *o = cr->o;

	return o->n_ips > 0 && o->n_names <= 1 && !cr->from_stdin && !o->offline &&
	       o->replay == NULL && o->profile == NULL;
}

/* A timer looks after the addresses that its configuration names. */
static bool
asks_lists_of_senders(const struct check_run *cr, const struct subject *s)
{
	return cr->config != NULL && cr->o->profile != NULL &&
	       strcmp(cr->o->profile, "scheduled") == 0 && s->n_senders > 0 && !s->parked;
}

static enum feed_reply
next_subject(void *ctx, struct subject *out, struct arena *a)
{
	struct check_run *cr = ctx;
	enum feed_reply reply;

	*out = (struct subject){ .n_ips = 0 };
	if (cr->rc != AUDIT_OK)
		return FEED_END;
	if (cr->o->n_names == 0) {
		if (cr->told_ips)
			return FEED_END;
		cr->told_ips = true; /* addresses without a domain */
	} else if ((reply = next_name(cr, &out->domain)) != FEED_ONE) {
		cr->at_end = cr->at_end || (reply == FEED_END && cr->signal == 0);
		return reply;
	}
	options_subject(cr->o, out);
	out->ask_lists = out->ask_lists || asks_lists(cr);
	out->lists = cr->list;
	out->n_lists = cr->n_lists;
	if (cr->config != NULL)
		config_subject(cr->config, out, a);
	out->ask_lists = out->ask_lists || asks_lists_of_senders(cr, out);
	if (cr->o->aggregates.n > 0)
		evidence_subject(&cr->seen, out, a);
	return FEED_ONE;
}

static void
on_done(void *ctx, const struct engine_result *r)
{
	struct check_run *cr = ctx;
	struct domain_result d;

	arena_reset(&cr->scratch);
	judge_domain(&cr->judge, r, &cr->scratch, &d);
	if (cr->o->trace)
		trace_print(r, &d);
	if (cr->recorder != NULL)
		recorder_add(cr->recorder, r->q);
	progress_clear(&cr->progress);
	if (outputs_domain(&cr->outputs, &d) != AUDIT_OK)
		cr->rc = AUDIT_EWRITE;
	progress_done(&cr->progress, d.verdict);
}

/* Whether a check is left that has something to look at; what a configuration gives is not weighed.
 */
static bool
is_any_wanted(const struct check_options *o)
{
	struct subject s = { .n_ips = 0 };

	options_subject(o, &s);
	s.ask_lists = true; /* whether they are asked is settled for each subject */
	if (o->n_names > 0)
		(void)name_parse(STR("example.com"), &s.domain);
	for (size_t i = 0; i < n_checks; i++)
		if (options_want(o, &checks[i]) &&
		    (o->config != NULL || (checks[i].applies != NULL ? checks[i].applies(&s)
								     : name_is_set(&s.domain))))
			return true;
	return false;
}

static int
check_usage(const struct check_options *o, const struct config *config)
{
	bool dash = setup_reads_names(o);
	const char *why;

	if (o->n_names == 0 && o->n_ips == 0) {
		audit_warn("check: a domain, '-', --ip or --config is wanted");
		return AUDIT_EUSAGE;
	}
	if (!is_any_wanted(o)) {
		audit_warn("--only, --skip: no check is left that has anything to look at");
		return AUDIT_EUSAGE;
	}
	if ((why = shared_refuse_sources(o)) != NULL) {
		audit_warn("%s", why);
		return AUDIT_EUSAGE;
	}
	if (o->private_key != NULL && o->n_selectors != 1) {
		audit_warn("--private-key: give the one --selector, or --dkim, that signs with it");
		return AUDIT_EUSAGE;
	}
	if (o->profile != NULL && strcmp(o->profile, "preflight") == 0 && o->n_ips == 0 &&
	    o->n_via == 0 && (config == NULL || config->n_senders == 0)) {
		audit_warn("--profile preflight: judges mail of a sender: give its address with "
			   "--ip, or the service it leaves through with --via (--via list names "
			   "them), or senders with --config");
		return AUDIT_EUSAGE;
	}
	for (size_t i = 0; i < o->n_names && !dash; i++)
		if (strcmp(o->names[i], "-") == 0) {
			audit_warn("'-' stands alone: names come from standard input then");
			return AUDIT_EUSAGE;
		}
	return guard_outputs(o);
}

/* As long as a domain may take, but not much longer than the domains took. */
static void
wait_for_rest(struct check_run *cr, struct loop *loop)
{
	uint64_t end = cr->begun_ms + cr->o->timeout_ms, grace;

	if (loop == NULL)
		return;
	grace = loop_now(loop) + MAX_GRACE_MS;
	rewrites_wait(&cr->rewrites, loop, grace < end ? grace : end);
}

/* What could not be seen would be passed over by --resume: say that it is there. */
static void
tell_unknown(const struct check_run *cr, const struct run_result *run)
{
	size_t n = run->domain_verdict[LEVEL_UNKNOWN];
	enum answer_cause why;
	struct str who;

	if (!cr->from_stdin || n == 0 || cr->o->offline || cr->o->replay != NULL)
		return;
	if (n == run->domains && rewrites_unanswered(&cr->rewrites, &who, &why)) {
		if (who.n > 0)
			audit_warn("%.*s: answers nothing: %s", (int)who.n, who.p, cause_name(why));
		else
			audit_warn("no name server answers");
	}
	audit_warn("domains that could not be judged: %zu of %zu; FLEETS in mailvet(1) says how "
		   "to audit them again",
	    n, run->domains);
}

/* The run is over, or has FAILED: what is to be said of it as a whole. */
static int
end_run(struct check_run *cr, struct loop *loop, struct run_result *run, bool failed)
{
	int rc = AUDIT_OK;

	wait_for_rest(cr, loop);
	rewrites_tell(&cr->rewrites, &cr->judge, cr->recorder);
	progress_clear(&cr->progress);
	if (cr->at_end)
		cr->signal = 0; /* it came too late to leave anything out */
	run->interrupted = cr->signal != 0 || failed || cr->names.rc != AUDIT_OK;
	judge_run(&cr->judge, run);
	if (outputs_end(&cr->outputs, run) != AUDIT_OK)
		rc = AUDIT_EWRITE;
	tell_unknown(cr, run);
	cr->told = true;
	cr->own = outputs_status(cr->o, run, -1);
	if (rc == AUDIT_OK && cr->recorder != NULL)
		rc = recorder_write(cr->recorder, cr->o->record, run->now);
	return rc;
}

static void
clear_progress(void *ctx)
{
	struct check_run *cr = ctx;

	progress_clear(&cr->progress);
}

static void
begin_names(struct check_run *cr, struct loop *loop)
{
	const struct check_options *o = cr->o;
	size_t total = o->n_names;

	if (cr->from_stdin)
		names_init_lines(&cr->names, STDIN_FILENO, loop);
	else
		names_init_args(&cr->names, o->names, o->n_names);
	cr->names.before_telling = clear_progress;
	cr->names.ctx = cr;
	if (cr->from_stdin)
		total = o->progress == WHEN_NEVER ? 0 : names_count(STDIN_FILENO);
	progress_init(&cr->progress, o->progress, total);
}

/* Open what is to be written; behind what --resume read, that is counted too. */
static int
open_outputs(struct check_run *cr, const struct run_result *run)
{
	const struct resume *r = cr->o->resume != NULL ? &cr->resume : NULL;
	int rc = outputs_open(&cr->outputs, cr->o, run, r);

	if (rc == AUDIT_OK && cr->outputs.goes_on)
		judge_add_earlier(&cr->judge, &r->counts);
	return rc;
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
	int rc, end;

	if ((rc = open_outputs(cr, run)) != AUDIT_OK)
		return rc;
	begin_names(cr, loop);
	cr->begun_ms = loop != NULL ? loop_now(loop) : 0;
	if ((rc = stop_begin(loop, tell_stop, cr)) == AUDIT_OK) {
		if (!o->offline || o->replay != NULL)
			rewrites_ask(&cr->rewrites, w, run->now);
		rc = engine_run(w, loop, &eo, &feed);
	}
	end = end_run(cr, loop, run, rc != AUDIT_OK);
	stop_end(loop);
	rewrites_free(&cr->rewrites);
	names_free(&cr->names);
	if (rc == AUDIT_OK)
		rc = end;
	return rc != AUDIT_OK ? rc : cr->rc;
}

/* How to go on after SIGNAL. */
static void
tell_resume(const struct check_run *cr)
{
	const struct check_options *o = cr->o;

	for (size_t i = 0; i < o->n_outputs; i++) {
		const char *file = o->outputs[i].file;

		if (strcmp(o->outputs[i].format->name, "jsonl") != 0)
			continue;
		if (file != NULL)
			audit_warn("interrupted, domains done: %zu; the same command with "
				   "--resume %s goes on, and writes behind them",
			    cr->progress.done, file);
		else
			audit_warn("interrupted, domains done: %zu; keep the output as FILE, then "
				   "--resume FILE --report jsonl=FILE goes on behind them",
			    cr->progress.done);
		return;
	}
	audit_warn("interrupted, domains done: %zu; with --report jsonl=FILE a run can be taken "
		   "up again (--resume FILE)",
	    cr->progress.done);
}

/* What an earlier run wrote; there may be none yet where this one writes. */
static int
read_resume(struct check_run *cr)
{
	const struct check_options *o = cr->o;
	int rc;

	if (o->resume == NULL)
		return AUDIT_OK;
	if ((rc = resume_read(&cr->resume, o->resume)) != AUDIT_OK || cr->resume.there)
		return rc;
	for (size_t i = 0; i < o->n_outputs; i++)
		if (o->outputs[i].file != NULL && strcmp(o->outputs[i].file, o->resume) == 0)
			return AUDIT_OK;
	audit_warn("%s: there is no such file, and this run does not write it", o->resume);
	return AUDIT_EREAD;
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
	if (rc == AUDIT_OK && cr->o->aggregates.n > 0)
		rc = evidence_read(
		    &cr->seen, cr->o->aggregates.v, cr->o->aggregates.n, &cr->refused);
	if (rc == AUDIT_OK)
		rc = read_resume(cr);
	if (rc == AUDIT_OK)
		rc = setup_world(cr->o, &loop, &w);
	if (rc == AUDIT_OK) {
		setup_run(cr->o, w, &run);
		cr->seen.now = run.now;
		config_judge(cr->config, cr->o, run.now, &cr->judge);
		rc = run_checks(cr, loop, w, &run);
	}
	world_end(w);
	loop_free(loop);
	return rc;
}

/* The domains that C names, as if they had been typed; owned by C. */
static void
name_all(struct config *c, struct check_options *o)
{
	o->names = arena_array(&c->arena, c->n_domains + 1, sizeof(*o->names));
	for (size_t i = 0; i < c->n_domains; i++) {
		struct str s = name_text(&c->arena, &c->domains[i].name);
		char *p = arena_alloc(&c->arena, s.n + 1);

		memcpy(p, s.p, s.n);
		o->names[o->n_names++] = p;
	}
}

/* The services that --via takes; their number hangs on the table alone. */
static int
print_services(void)
{
	struct buf b;

	buf_init(&b, MAX_REPORT_BYTES);
	services_text(&b);
	(void)fwrite(b.p, 1, b.n, stdout);
	buf_free(&b);
	return fflush(stdout) == 0 ? 0 : 2;
}

/* Run as CR says, whose options are sound. */
static int
check_all(struct check_run *cr)
{
	const struct check_options *o = cr->o;
	int status = 2;

	cr->from_stdin = setup_reads_names(o);
	judge_init(&cr->judge);
	arena_init(&cr->lists, 0);
	arena_init(&cr->scratch, 0);
	evidence_init(&cr->seen);
	if (o->record != NULL)
		cr->recorder = recorder_new();
	if (check_with(cr) == AUDIT_OK && cr->names.bad == 0 && cr->refused == 0)
		status = judge_status(&cr->judge, o->fail_on);
	recorder_free(cr->recorder);
	arena_free(&cr->lists);
	arena_free(&cr->scratch);
	evidence_free(&cr->seen);
	judge_free(&cr->judge);
	resume_free(&cr->resume);
	return status;
}

/* STATUS, or what it is to the only report's format: 2 says something else to a monitor. */
static int
status_for_report(const struct check_run *cr, int status)
{
	const struct run_result nothing = { .domains = 0 };

	if (!cr->told)
		return outputs_status(cr->o, NULL, status);
	if (status == 2)
		return outputs_status(cr->o, &nothing, status);
	return cr->own >= 0 ? cr->own : status;
}

int
command_check(int argc, char **argv)
{
	struct check_options o;
	struct config config = { .n_domains = 0 };
	struct check_run cr = { .o = &o };
	int status = 2;

	if (options_parse(&o, argc, argv) != AUDIT_OK)
		return outputs_status(&o, NULL, 2);
	if (o.help) {
		print_usage();
		return 0;
	}
	if (o.via_list)
		return print_services();
	if (o.config == NULL || config_read(&config, o.config) == AUDIT_OK) {
		cr.config = o.config != NULL ? &config : NULL;
		o.list_keys = config.keys;
		o.n_list_keys = config.n_keys;
		if (o.config != NULL && o.n_names == 0)
			name_all(&config, &o);
		if (check_usage(&o, cr.config) == AUDIT_OK)
			status = check_all(&cr);
	}
	config_free(&config);
	if (cr.signal != 0) {
		tell_resume(&cr);
		stop_die(cr.signal);
	}
	return status_for_report(&cr, status);
}
