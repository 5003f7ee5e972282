/* SPDX-License-Identifier: ISC */
/*
 * evaluate.c - `mailvet evaluate`: what a receiver concludes about one sender.
 */
#include <stdio.h>
#include "audit/commands/commands.h"
#include "audit/commands/shared.h"
#include "audit/engine.h"
#include "audit/error.h"
#include "audit/output.h"
#include "audit/setup.h"
#include "audit/sources/recording.h"
#include "checks/spf_receiver.h"
#include "checks/streams.h"
#include "report/disarm.h"
#include "report/sender.h"

struct evaluation {
	const struct check_options *o;
	struct recorder *recorder;
	struct run_result run;
	bool taken; /* the one subject */
	int rc, status;
};

/* clang-format off */
static const char *const names[] = { "zone", "offline", "record", "replay", "resolver", "qps", "timeout",
	"now", "ip", "helo", "mail-from", "from", "dkim", "report", "explain", "color", "help" };
/* clang-format on */
static const struct option_choice choice = {
	.command = "evaluate", .names = names, .n = ARRAY_LEN(names), .plain = true
};

static bool
is_always(const struct subject *s)
{
	(void)s;
	return true;
}

static bool
has_from(const struct subject *s)
{
	return name_is_set(&s->from);
}

static const struct check evaluate_checks[] = {
	{ .name = "spf", .run = check_sender, .applies = is_always },
	{ .name = "streams", .run = fill_streams, .applies = has_from },
};

static void
print_usage(void)
{
	printf("usage: mailvet evaluate [options] --ip IP --mail-from ADDR [--helo NAME]\n"
	       "           [--from DOMAIN [--dkim d=DOMAIN,s=SELECTOR]...]\n\n");
	options_print_for(&choice);
	printf("\nExit status: 0 pass (of DMARC with --from, else of SPF), 1 any other result, 2 "
	       "usage "
	       "or\nunreadable input, 3 temperror: something needed could not be looked up.\n");
}

static int
check_usage(const struct check_options *o)
{
	const char *why = NULL;

	if (o->n_names > 0)
		why = "takes no domain: MAIL FROM says it";
	else if (o->n_ips != 1)
		why = "one --ip is wanted";
	else if (!o->mail_from_given)
		why = "--mail-from is wanted; given empty it is the null reverse-path";
	else if (o->mail_from_null && o->helo.n == 0)
		why = "under a null reverse-path it is HELO that is evaluated: give --helo";
	else if (o->n_selectors > 0 && o->from.n == 0)
		why = "--dkim: a signature counts for the From domain: give --from";
	else
		why = shared_refuse_sources(o);
	if (why == NULL)
		return AUDIT_OK;
	audit_warn("evaluate: %s", why);
	return AUDIT_EUSAGE;
}

static enum feed_reply
next_subject(void *ctx, struct subject *out, struct arena *a)
{
	struct evaluation *ev = ctx;

	(void)a;
	if (ev->taken)
		return FEED_END;
	ev->taken = true;
	*out = (struct subject){ .n_ips = 0 };
	options_subject(ev->o, out);
	out->domain = ev->o->mail_from_null ? ev->o->helo : ev->o->mail_from;
	return FEED_ONE;
}

static int
write_report(const struct evaluation *ev, const struct sender_result *r, const char *format,
    const char *file)
{
	struct buf b;
	int rc;

	buf_init(&b, MAX_REPORT_BYTES);
	if (strcmp(format, "text") == 0 && file == NULL) {
		sender_text(&b, r);
	} else if (strcmp(format, "text") == 0) {
		struct sender_result plain = *r;

		plain.style.color = ev->o->color == WHEN_ALWAYS;
		sender_text(&b, &plain);
	} else
		sender_json(&b, r, &ev->run, strcmp(format, "json") == 0);
	if (strcmp(format, "text") == 0)
		disarm(&b);
	rc = output_write(&b, file);
	buf_free(&b);
	return rc;
}

/* By DMARC where --from was given. */
static int
status_of_dmarc(const struct stream *st)
{
	if (st == NULL || strcmp(st->dmarc, "temperror") == 0)
		return 3;
	return strcmp(st->dmarc, "pass") == 0 ? 0 : 1;
}

static int
status_of(const struct spf_verdict *v)
{
	if (v == NULL || v->result == RESULT_TEMPERROR)
		return 3;
	return v->result == RESULT_PASS ? 0 : 1;
}

static void
on_done(void *ctx, const struct engine_result *e)
{
	struct evaluation *ev = ctx;
	const struct check_options *o = ev->o;
	struct sender_result r = { .spf = e->facts->sender,
		.libspf2 = e->facts->libspf2,
		.difference = e->facts->difference,
		.ip = o->ips[0],
		.explain = o->explain,
		.wants_dmarc = o->from.n > 0,
		.style = output_style(&o->style, o->color, stdout) };

	if (r.spf != NULL && r.spf->pending)
		r.spf = NULL;
	if (e->facts->streams != NULL && e->facts->streams->n == 1)
		r.stream = &e->facts->streams->list[0];
	ev->status = r.wants_dmarc ? status_of_dmarc(r.stream) : status_of(r.spf);
	if (ev->recorder != NULL)
		recorder_add(ev->recorder, e->q);
	if (o->n_outputs == 0)
		ev->rc = write_report(ev, &r, "text", NULL);
	for (size_t i = 0; i < o->n_outputs && ev->rc == AUDIT_OK; i++)
		ev->rc = write_report(ev, &r, o->outputs[i].format->name, o->outputs[i].file);
}

static int
evaluate(struct evaluation *ev)
{
	const struct check_options *o = ev->o;
	struct engine_options eo = { .in_flight = 1,
		.timeout_ms = o->timeout_ms,
		.checks = evaluate_checks,
		.n_checks = ARRAY_LEN(evaluate_checks) };
	struct engine_feed feed = { .next = next_subject, .done = on_done, .ctx = ev };
	struct loop *loop = NULL;
	struct world *w = NULL;
	int rc = setup_world(o, &loop, &w);

	if (rc == AUDIT_OK) {
		setup_run(o, w, &ev->run);
		rc = engine_run(w, loop, &eo, &feed);
	}
	if (rc == AUDIT_OK)
		rc = ev->rc;
	if (rc == AUDIT_OK && ev->recorder != NULL)
		rc = recorder_write(ev->recorder, o->record, ev->run.now);
	world_free(w);
	loop_free(loop);
	return rc;
}

int
command_evaluate(int argc, char **argv)
{
	struct check_options o;
	struct evaluation ev = { .o = &o, .status = 3 };

	if (options_parse_for(&o, &choice, argc, argv) != AUDIT_OK)
		return 2;
	if (o.help) {
		print_usage();
		return 0;
	}
	if (check_usage(&o) != AUDIT_OK)
		return 2;
	if (o.record != NULL)
		ev.recorder = recorder_new();
	if (evaluate(&ev) != AUDIT_OK)
		ev.status = 2;
	recorder_free(ev.recorder);
	return ev.status;
}
