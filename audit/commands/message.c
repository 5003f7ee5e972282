/* SPDX-License-Identifier: ISC */
/*
 * message.c - `mailvet message`: judge sample messages.
 */
#include <stdio.h>
#include <stdlib.h>
#include "audit/commands/commands.h"
#include "audit/commands/shared.h"
#include "audit/config/apply.h"
#include "audit/engine.h"
#include "audit/error.h"
#include "audit/guard.h"
#include "audit/mail/mailfile.h"
#include "audit/mail/sample.h"
#include "audit/output.h"
#include "audit/progress.h"
#include "audit/setup.h"
#include "audit/sources/opendkim.h"
#include "audit/sources/recording.h"
#include "audit/stop.h"
#include "audit/trace.h"
#include "checks/header.h"

#define MAX_IN_FLIGHT_BYTES ((size_t)64 << 20) /* of messages; one may be larger */

struct message_run {
	const struct check_options *o;
	struct judge judge;
	struct outputs outputs;
	struct recorder *recorder;
	struct progress progress;
	struct mailfile files;
	struct source *verifier; /* the world's */
	struct loop *loop;
	struct check *checks;
	struct arena told; /* of the message that is told; kept for the next */
	size_t in_flight;  /* bytes */
	bool at_end;       /* there are no more messages */
	int signal;        /* that ended the run early; 0 = none */
	int rc;
};

/* clang-format off */
static const char *const names[] = { "zone", "offline", "record", "replay", "resolver", "qps", "timeout",
	"now", "ip", "helo", "mail-from", "trust-received", "authserv-id", "bulk", "volume", "level", "notes", "report",
	"fail-on", "color", "progress", "ascii", "redact", "verbose", "trace", "help" };
/* clang-format on */
static const struct option_choice choice = {
	.command = "message", .names = names, .n = ARRAY_LEN(names)
};

static void
print_usage(void)
{
	printf("usage: mailvet message [options] FILE... | -\n\n"
	       "FILE is a message, an mbox file, a Maildir or a directory of messages.\n\n");
	options_print_for(&choice);
	printf("\nExit status: 0 nothing found at or above --fail-on, 1 findings, 2 usage, or an "
	       "input that\ncannot be read or holds no message, 3 something needed could not be "
	       "determined.\n");
}

static void
clear_progress(void *ctx)
{
	struct message_run *mr = ctx;

	progress_clear(&mr->progress);
}

/* Whether a signal asked us to end; what is in flight is finished. */
static bool
is_stopped(struct message_run *mr)
{
	if (mr->signal != 0 || (mr->signal = stop_asked()) == 0)
		return mr->signal != 0;
	progress_clear(&mr->progress);
	audit_warn("interrupted: what is in flight is finished, another signal ends at once");
	return true;
}

static void
tell_stop(void *ctx)
{
	(void)is_stopped(ctx);
}

static enum feed_reply
next_subject(void *ctx, struct subject *out, struct arena *a)
{
	struct message_run *mr = ctx;
	struct mail mail;

	if (mr->rc != AUDIT_OK || is_stopped(mr))
		return FEED_END;
	if (mr->loop != NULL && mr->in_flight > MAX_IN_FLIGHT_BYTES)
		return FEED_LATER; /* the loop turns when one of them is done */
	while (mailfile_next(&mr->files, &mail)) {
		*out = (struct subject){ .n_ips = 0 };
		options_subject(mr->o, out);
		if (sample_subject(a, mr->verifier, &mail, out)) {
			mr->in_flight += out->message->text.n;
			return FEED_ONE;
		}
		mailfile_refuse(
		    &mr->files, &mail, "holds no message: no header field stands there");
	}
	mr->at_end = true;
	return FEED_END;
}

static void
on_done(void *ctx, const struct engine_result *r)
{
	struct message_run *mr = ctx;
	struct domain_result d;

	judge_domain(&mr->judge, r, &mr->told, &d);
	if (mr->o->trace)
		trace_print(r, &d);
	if (mr->recorder != NULL)
		recorder_add(mr->recorder, r->q);
	progress_clear(&mr->progress);
	if (outputs_domain(&mr->outputs, &d) != AUDIT_OK)
		mr->rc = AUDIT_EWRITE;
	progress_done(&mr->progress, d.verdict);
	mr->in_flight -= r->subject->message->text.n;
	arena_reset(&mr->told);
}

static bool
has_keys(const struct subject *s)
{
	return s->n_selectors > 0 && name_is_set(&s->domain);
}

/* The message itself, and the keys it used. */
static bool
is_wanted(const void *ctx, const struct check *c)
{
	(void)ctx;
	return strcmp(c->name, "message") == 0 || strcmp(c->name, "dkim") == 0;
}

/* The checks, in the order of their table; that of keys only where there are any. */
static struct check *
checks_of_message(void)
{
	struct check *list = xcalloc(n_checks, sizeof(*list));

	for (size_t i = 0; i < n_checks; i++) {
		list[i] = checks[i];
		if (strcmp(list[i].name, "dkim") == 0)
			list[i].applies = has_keys;
	}
	return list;
}

static int
check_usage(const struct check_options *o)
{
	const char *why = shared_refuse_sources(o);

	if (o->n_names == 0)
		why = "a file is wanted, or '-' for standard input";
	else if (o->n_ips > 1)
		why = "--ip: one address handed the message over";
	else if (o->n_ips > 0 && o->trust_received)
		why = "--trust-received: its Received field or --ip says who handed it over, not "
		      "both";
	if (why == NULL)
		return guard_files(o);
	audit_warn("message: %s", why);
	return AUDIT_EUSAGE;
}

static int
end_run(struct message_run *mr, struct run_result *run, bool failed)
{
	int rc = AUDIT_OK;

	progress_clear(&mr->progress);
	if (mr->at_end)
		mr->signal = 0; /* it came too late to leave anything out */
	run->interrupted = mr->signal != 0 || failed;
	judge_run(&mr->judge, run);
	if (outputs_end(&mr->outputs, run) != AUDIT_OK)
		rc = AUDIT_EWRITE;
	if (rc == AUDIT_OK && mr->recorder != NULL)
		rc = recorder_write(mr->recorder, mr->o->record, run->now);
	return rc;
}

static int
run_messages(struct message_run *mr, struct world *w)
{
	const struct check_options *o = mr->o;
	struct engine_options eo = { .in_flight = o->in_flight,
		.timeout_ms = o->timeout_ms,
		.in_order = !outputs_any_order(o),
		.wanted = is_wanted,
		.checks = mr->checks,
		.n_checks = n_checks };
	struct engine_feed feed = { .next = next_subject, .done = on_done, .ctx = mr };
	struct run_result run;
	int rc, end;

	setup_run(o, w, &run);
	run.messages = true;
	config_judge(NULL, o, run.now, &mr->judge);
	if ((rc = outputs_open(&mr->outputs, o, &run, NULL)) != AUDIT_OK)
		return rc;
	mailfile_init(&mr->files, o->names, o->n_names);
	mr->files.before_telling = clear_progress;
	mr->files.ctx = mr;
	progress_init(&mr->progress, o->progress, 0);
	if ((rc = stop_begin(mr->loop, tell_stop, mr)) == AUDIT_OK)
		rc = engine_run(w, mr->loop, &eo, &feed);
	end = end_run(mr, &run, rc != AUDIT_OK);
	stop_end(mr->loop);
	mailfile_free(&mr->files);
	if (rc == AUDIT_OK)
		rc = end;
	return rc != AUDIT_OK ? rc : mr->rc;
}

static int
message_with(struct message_run *mr)
{
	struct world *w = NULL;
	int rc = setup_world(mr->o, &mr->loop, &w);

	if (rc == AUDIT_OK && (mr->verifier = opendkim_new()) == NULL) {
		audit_warn("libopendkim: cannot be started");
		rc = AUDIT_ELIB;
	}
	if (rc == AUDIT_OK) {
		world_add(w, mr->verifier);
		rc = run_messages(mr, w);
	}
	world_free(w);
	loop_free(mr->loop);
	return rc;
}

int
command_message(int argc, char **argv)
{
	struct check_options o;
	struct message_run mr = { .o = &o };
	int status = 2;

	if (options_parse_for(&o, &choice, argc, argv) != AUDIT_OK)
		return 2;
	if (o.help) {
		print_usage();
		return 0;
	}
	if (check_usage(&o) != AUDIT_OK)
		return 2;
	mr.checks = checks_of_message();
	judge_init(&mr.judge);
	arena_init(&mr.told, 0);
	if (o.record != NULL)
		mr.recorder = recorder_new();
	if (message_with(&mr) == AUDIT_OK && mr.files.bad == 0)
		status = judge_status(&mr.judge, o.fail_on);
	recorder_free(mr.recorder);
	judge_free(&mr.judge);
	arena_free(&mr.told);
	free(mr.checks);
	if (mr.signal != 0)
		stop_die(mr.signal);
	return status;
}
