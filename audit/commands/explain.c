/* SPDX-License-Identifier: ISC */
/*
 * explain.c - `mailvet explain`: refusals out of logs and reports, told apart and
 * counted; one pasted reply, explained.
 */
#include "audit/commands/explain.h"
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include "audit/bounce/advice.h"
#include "audit/bounce/summary.h"
#include "audit/bounce/summary_words.h"
#include "audit/commands/commands.h"
#include "audit/commands/explain_events.h"
#include "audit/config/configkeys.h"
#include "audit/error.h"
#include "audit/explain/plan_cases.h"
#include "audit/listfile.h"
#include "config.h"

static const struct config *
config_of(const struct explain_run *x)
{
	return x->o->c.config != NULL ? &x->config : NULL;
}

/* TEXT, one reply of a server.  False when it is nothing like it. */
static bool
explain_one(struct explain_run *x, struct str text)
{
	struct classify_context context = { .out = true };
	struct bounce_reading reading;
	struct classified w;
	struct reply r;

	reply_parse(&x->arena, text, &r);
	context.phase = r.phase;
	classify(x->classifier, &r, &context, &w);
	if (r.code == 0 && r.enhanced.class == 0 && w.mechanism == MECH_NONE && r.text.n > 0) {
		context.local.class = 5; /* words alone: taken for a refusal */
		classify(x->classifier, &r, &context, &w);
	}
	if (r.code == 0 && r.enhanced.class == 0 &&
	    (w.mechanism == MECH_NONE || w.mechanism == MECH_OTHER))
		return false;
	advice_read(&x->arena, &r, &w, &reading);
	explain_reading(&x->outputs, x->o, &reading);
	return true;
}

/* Lines of a pasted reply become one, as an MTA would have written it. */
static int
explain_pasted(struct explain_run *x, struct str text)
{
	struct buf one;
	bool good;

	buf_init(&one, MAX_INPUT_HEAD);
	for (size_t i = 0; i < text.n; i++)
		buf_addc(&one, text.p[i] == '\n' || text.p[i] == '\r' ? ' ' : text.p[i]);
	good = explain_one(x, str_trim(buf_str(&one)));
	buf_free(&one);
	if (good)
		return AUDIT_OK;
	audit_warn("%s: is neither a log or report of a known kind nor the reply of a server",
	    x->o->reply != NULL ? "--reply" : "standard input");
	return AUDIT_EREAD;
}

static void
report_input(struct explain_run *x, const struct input_counts *c, struct bounce_report *r)
{
	r->input.files = c->files;
	r->input.unreadable = c->unreadable;
	r->input.bytes = c->bytes;
	r->input.lines = c->records;
	r->input.parsed = c->with_events;
	r->input.irrelevant = c->irrelevant;
	r->input.not_understood = c->not_understood;
	r->input.events = c->events;
	r->input.year_guessed = c->year_guessed;
	r->input.zone_guessed = c->zone_guessed;
	r->input.from_documentation = c->from_documentation;
	r->input.dropped = x->join.dropped;
	r->input.merged = doubles_merged(x->doubles);
}

/* 1 beats 3. */
static int
status_of(const struct explain_run *x, const struct bounce_report *r, bool lacking)
{
	for (size_t i = 0; i < r->n_groups && x->o->c.fail_on != LEVEL_PASS; i++)
		if (r->groups[i].level >= x->o->c.fail_on && r->groups[i].level != LEVEL_PASS)
			return 1;
	return lacking ? 3 : 0;
}

/* The place of the plan: what would cure the cases of C, rehearsed, into R. */
static int
explain_plan(struct correlation *c, struct bounce_report *r)
{
	struct plan *p = arena_alloc(c->a, sizeof(*p));

	r->plan = p;
	return plan_cases(c, r, p);
}

/* The causes of R's groups; 2 after a failure, which was told. */
static int
audit_all(struct explain_run *x, struct arena *a, struct bounce_report *r)
{
	struct cases_options co = { .config = config_of(x),
		.o = &x->o->c,
		.domain = buf_str(&x->domain),
		.lists = x->list,
		.n_lists = x->n_lists };
	struct correlation c = { .co = &co, .classifier = x->classifier, .seen = &x->seen, .a = a };
	int rc = correlate(&c, r);

	if (rc == AUDIT_OK)
		rc = explain_plan(&c, r);
	if (correlate_close(&c) != AUDIT_OK || rc != AUDIT_OK)
		return 2;
	explain_whole(&x->outputs, x->o, r);
	return status_of(x, r, c.lacking);
}

static int
report_all(struct explain_run *x, const struct input_counts *counts, time_t now)
{
	struct bounce_report r = { .version = MAILVET_VERSION,
		.now = now,
		.generated = x->o->c.now_given ? now : time(NULL) };
	struct arena a;
	int status;

	arena_init(&a, 0);
	summary_make(&x->count, &a, x->o->min_count, &r);
	report_input(x, counts, &r);
	if (x->o->no_audit) {
		explain_whole(&x->outputs, x->o, &r);
		status = status_of(x, &r, false);
	} else {
		status = audit_all(x, &a, &r);
	}
	arena_free(&a);
	return status;
}

/* The exit status. */
static int
read_all(struct explain_run *x)
{
	static const char *const input = "-";
	const struct explain_options *o = x->o;
	struct input_options io = { .now = o->c.now_given ? o->c.now : time(NULL) };
	struct input_hooks hooks = explain_hooks(x);
	const char *const *paths = x->n_logs > 0 ? x->logs : &input;
	struct input_counts counts;
	int rc, status;

	x->progress = o->c.progress == WHEN_ALWAYS ||
		      (o->c.progress == WHEN_AUTO && isatty(STDERR_FILENO) != 0);
	rc = input_read(paths, x->n_logs > 0 ? x->n_logs : 1, &io, &hooks, &counts);
	explain_progress_clear(x);
	if (x->told > MAX_EXPLAIN_TOLD)
		audit_warn(
		    "explain: %zu more files with such troubles", x->told - MAX_EXPLAIN_TOLD);
	if (x->pasted.n > 0)
		return explain_pasted(x, buf_str(&x->pasted)) == AUDIT_OK ? 0 : 2;
	status = report_all(x, &counts, io.now);
	if (rc == AUDIT_OK && counts.with_events + counts.irrelevant == 0) {
		audit_warn("explain: not one record could be parsed");
		rc = AUDIT_EEMPTY;
	}
	return rc == AUDIT_OK && x->refused == 0 ? status : 2;
}

static void
count_begin(struct explain_run *x)
{
	const struct explain_options *o = x->o;
	struct count_options co = { .config = config_of(x),
		.limits = x->config.bounces,
		.since = o->since,
		.until = o->until,
		.domain = buf_str(&x->domain),
		.provider = str_of(o->provider),
		.inbound = o->inbound };

	join_init(&x->join);
	count_init(&x->count, &co);
}

/* Whether the file called PATH is an aggregate report, by its name (RFC 7489 7.2.1.1). */
static bool
is_aggregate(struct str path)
{
	static const char *const ends[] = { ".xml", ".xml.gz", ".zip" };

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		struct str end = str_of(ends[i]);

		if (path.n > end.n && str_ieq(str_sub(path, path.n - end.n, end.n), end))
			return true;
	}
	return false;
}

/* The files named: logs, and aggregate reports, which are read here. */
static int
sort_files(struct explain_run *x)
{
	const struct check_options *o = &x->o->c;
	const char **reports =
	    arena_array(&x->lists, o->n_names + MAX_OPTION_REPEAT, sizeof(*reports));
	size_t n = 0;
	int rc = AUDIT_OK;

	x->logs = arena_array(&x->lists, o->n_names + 1, sizeof(*x->logs));
	for (size_t i = 0; i < o->n_names; i++)
		if (is_aggregate(str_of(o->names[i])) && !x->o->no_audit)
			reports[n++] = o->names[i];
		else
			x->logs[x->n_logs++] = o->names[i];
	for (size_t i = 0; i < o->aggregates.n; i++)
		reports[n++] = o->aggregates.v[i];
	if (n > 0)
		rc = evidence_read(&x->seen, reports, n, &x->refused);
	if (rc == AUDIT_OK && o->dnsbl_zones != NULL)
		rc = listfile_read(&x->lists, o->dnsbl_zones, &x->list, &x->n_lists);
	if (rc == AUDIT_OK && o->n_names > 0 && x->n_logs == 0) {
		audit_warn("explain: aggregate reports alone tell of no refusals; a log is wanted");
		rc = AUDIT_EUSAGE;
	}
	return rc;
}

/* With all that is needed at hand: the exit status. */
static int
explain_with(struct explain_run *x)
{
	int status = 2;

	for (const char *p = x->o->domain; p != NULL && *p != '\0'; p++)
		buf_addc(&x->domain, ascii_lower(*p));
	count_begin(x);
	if (sort_files(x) == AUDIT_OK && explain_open(&x->outputs, x->o) == AUDIT_OK) {
		for (size_t i = 0; i < x->outputs.n; i++)
			x->lines_wanted |= x->outputs.v[i].want.format == EXPLAIN_JSONL;
		if (x->o->reply == NULL)
			status = read_all(x);
		else
			status = explain_pasted(x, str_of(x->o->reply)) == AUDIT_OK ? 0 : 2;
		if (explain_close(&x->outputs) != AUDIT_OK)
			status = 2;
	}
	count_free(&x->count);
	join_free(&x->join);
	return status;
}

static int
explain_run(const struct explain_options *o)
{
	struct explain_run x = { .o = o };
	size_t bad;
	int status = 2;

	thresholds_default(&x.config.bounces);
	if (o->c.config != NULL && config_read(&x.config, o->c.config) != AUDIT_OK) {
		config_free(&x.config);
		return 2;
	}
	arena_init(&x.arena, 0);
	arena_init(&x.lists, 0);
	evidence_init(&x.seen);
	buf_init(&x.pasted, MAX_INPUT_HEAD);
	buf_init(&x.domain, 512);
	x.classifier = classifier_new(x.config.signatures, x.config.n_signatures, &bad);
	if (x.classifier != NULL) {
		x.rulings = rulings_new(x.classifier);
		x.doubles = doubles_new();
		status = explain_with(&x);
	}
	rulings_free(x.rulings);
	doubles_free(x.doubles);
	classifier_free(x.classifier);
	buf_free(&x.pasted);
	buf_free(&x.domain);
	evidence_free(&x.seen);
	arena_free(&x.lists);
	arena_free(&x.arena);
	if (o->c.config != NULL)
		config_free(&x.config);
	return status;
}

int
command_explain(int argc, char **argv)
{
	struct explain_options o;

	if (explain_parse(&o, argc, argv) != AUDIT_OK)
		return 2;
	if (o.c.help) {
		explain_usage();
		return 0;
	}
	if (o.reply == NULL && o.c.n_names == 0 && isatty(STDIN_FILENO) != 0) {
		audit_warn("explain: a log, a reply on standard input, or --reply is wanted");
		return 2;
	}
	return explain_run(&o);
}
