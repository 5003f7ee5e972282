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
#include "audit/bounce/count_group.h"
#include "audit/bounce/doubles.h"
#include "audit/bounce/ruling.h"
#include "audit/bounce/summary.h"
#include "audit/bounce/summary_words.h"
#include "audit/commands/commands.h"
#include "audit/config/configkeys.h"
#include "audit/aggregate/subject.h"
#include "audit/error.h"
#include "audit/explain/plan_cases.h"
#include "audit/listfile.h"
#include "config.h"

#define MAX_TOLD 20 /* notices about files; more of them are counted */
#define MAX_SHOWN 5 /* lines not understood, with --verbose */
#define SHOWN_BYTES 300
#define PROGRESS_EVENTS 4096 /* between two looks at the clock */

struct explain_run {
	const struct explain_options *o;
	struct explain_outputs outputs;
	struct config config;
	struct classifier *classifier;
	struct rulings *rulings;
	struct doubles *doubles;
	struct join join;
	struct count count;
	struct arena arena;          /* of one event */
	struct buf pasted;           /* how standard input begins, when it is no log */
	size_t told, shown, refused; /* refused: aggregate reports */
	uint64_t events;
	time_t shown_at; /* progress */
	bool progress, progress_shown, lines_wanted;
	const char **logs; /* of the files named; the others are aggregate reports */
	size_t n_logs;
	struct evidence seen;
	struct arena lists; /* of --dnsbl-zones; what else lives as long as the run */
	const struct dnsbl_list *list;
	size_t n_lists;
	struct buf domain; /* --domain, lower case */
};

static const struct config *
config_of(const struct explain_run *x)
{
	return x->o->c.config != NULL ? &x->config : NULL;
}

static void
progress_clear(struct explain_run *x)
{
	if (x->progress_shown)
		fprintf(stderr, "\r\033[K");
	x->progress_shown = false;
}

static void
progress_step(struct explain_run *x)
{
	time_t now;

	if (++x->events % PROGRESS_EVENTS != 0 || !x->progress || (now = time(NULL)) == x->shown_at)
		return;
	x->shown_at = now;
	x->progress_shown = true;
	fprintf(stderr, "\r\033[K%llu events read", (unsigned long long)x->events);
	(void)fflush(stderr);
}

static const char *
status_word(enum event_kind k)
{
	switch (k) {
	case EVENT_DELIVERED:
		return "delivered";
	case EVENT_DEFERRED:
		return "deferred";
	case EVENT_EXPIRED:
		return "expired";
	case EVENT_COMPLAINT:
		return "complaint";
	case EVENT_REFUSED_BY_US:
		return "refused";
	default:
		return "bounced";
	}
}

/* What E says, whatever its reply. */
static struct bounce_line
line_of(struct explain_run *x, const struct bounce_event *e, const struct group *g)
{
	return (struct bounce_line){
		.time = e->has_time ? e->time : 0,
		.direction = e->kind == EVENT_REFUSED_BY_US ? "in" : "out",
		.status = status_word(e->kind),
		.queue_id = e->queue_id,
		.message_id = e->message_id,
		.sender = e->sender,
		.recipient = e->recipient,
		.relay_host = e->relay_host,
		.relay_ip = e->relay_ip,
		.local_code = enhanced_text(&x->arena, e->local),
		.mechanism = str_of(mechanism_name(g->key.mechanism)),
		.permanent = g->key.permanent,
		.provider = word_of(&x->count.words, g->key.provider),
		.sender_ip = g->key.has_ip ? addr_text(&x->arena, &g->key.ip) : str_of(""),
		.ip_from = known_word(g->ip_from),
		.confidence = "",
		.identity = "",
		.dkim_domain = e->dkim_domain,
		.dkim_selector = e->dkim_selector,
		.file = e->file,
		.line = e->line,
	};
}

static void
tell_line(struct explain_run *x, const struct fate *f, const struct group *g)
{
	struct bounce_line l;

	if (!x->lines_wanted || f->reply == NULL)
		return;
	l = line_of(x, f->e, g);
	l.reply_code = f->reply->code;
	l.enhanced_code = enhanced_text(&x->arena, f->reply->enhanced);
	l.text = f->reply->text;
	l.confidence = confidence_word(f->what->confidence);
	l.signature = str_of(f->what->signature);
	l.named_domain = f->what->lifted.domain;
	l.list_zone = f->what->lifted.list_zone;
	l.identity = identity_word(f->what->lifted.identity);
	l.retries_end = count_retries_end(f->mail, f->e);
	l.retries_of = f->e->reader;
	explain_line(&x->outputs, &l);
}

/* A mail that its queue gave up on: the reply that says why came before. */
struct expiry {
	struct explain_run *x;
	const struct bounce_event *e;
};

static void
tell_expired(void *ctx, const struct group *g, struct str recipient)
{
	struct expiry *p = ctx;
	struct bounce_line l;

	doubles_note(p->x->doubles, p->e, recipient);
	if (!p->x->lines_wanted)
		return;
	l = line_of(p->x, p->e, g);
	l.recipient = recipient;
	l.reply_code = g->key.code;
	l.enhanced_code = enhanced_text(&p->x->arena, g->key.enhanced);
	l.signature = str_of(g->signature);
	explain_line(&p->x->outputs, &l);
}

/* The event that is being counted, whose ruling may have been brief. */
struct pending_fate {
	struct explain_run *x;
	const struct bounce_event *e;
	struct ruling ruling;
};

static void
complete(void *ctx)
{
	struct pending_fate *p = ctx;

	if (p->ruling.brief)
		ruling_of(p->x->rulings, &p->x->arena, p->e, &p->ruling);
}

static void
on_fate(struct explain_run *x, const struct bounce_event *e, struct open_mail *mail)
{
	struct pending_fate p = { .x = x, .e = e };
	struct fate f = { .e = e, .mail = mail, .complete = complete, .ctx = &p };
	const struct group *g;

	if (e->kind == EVENT_EXPIRED && e->recipient.n == 0) {
		struct expiry expiry = { x, e };

		count_expired(&x->count, mail, e, tell_expired, &expiry);
		return;
	}
	if (e->kind != EVENT_DELIVERED) {
		(x->lines_wanted ? ruling_of : ruling_briefly)(x->rulings, &x->arena, e, &p.ruling);
		f.reply = &p.ruling.reply;
		f.what = &p.ruling.what;
	}
	g = count_fate(&x->count, &f);
	if (g != NULL)
		tell_line(x, &f, g);
}

static void
on_event(void *ctx, struct bounce_event *e)
{
	struct explain_run *x = ctx;
	struct bounce_event joined;
	struct open_mail *mail;

	progress_step(x);
	if (!join_event(&x->join, e, &joined, &mail) || !count_wants(&x->count, &joined) ||
	    doubles_has(x->doubles, &joined))
		return;
	on_fate(x, &joined, mail);
	if (x->arena.used > 0)
		arena_reset(&x->arena);
}

static void
on_begins(void *ctx, bool mixed)
{
	struct explain_run *x = ctx;

	doubles_mixed(x->doubles, mixed);
}

static void
on_not_understood(void *ctx, struct str file, uint64_t line, struct str record)
{
	struct explain_run *x = ctx;

	if (!x->o->c.style.verbose || x->shown++ >= MAX_SHOWN)
		return;
	progress_clear(x);
	record = str_sub(record, 0, SHOWN_BYTES);
	audit_warn("%.*s:%llu: not understood: %.*s", (int)file.n, file.p, (unsigned long long)line,
	    (int)record.n, record.p);
}

static void
on_told(void *ctx, const struct input_notice *n)
{
	struct explain_run *x = ctx;

	if (n->trouble == INPUT_UNKNOWN && strcmp(n->path, "-") == 0 && x->o->c.n_names <= 1) {
		buf_add(&x->pasted, n->head);
		return; /* perhaps one reply: see explain_pasted() */
	}
	if (x->told++ >= MAX_TOLD)
		return;
	progress_clear(x);
	audit_warn("%s: %s%s%s", strcmp(n->path, "-") == 0 ? "standard input" : n->path,
	    input_trouble_words(n->trouble), n->why[0] != '\0' ? ": " : "", n->why);
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
	struct input_hooks hooks = { .ctx = x,
		.event = on_event,
		.not_understood = on_not_understood,
		.told = on_told,
		.begins = on_begins };
	const char *const *paths = x->n_logs > 0 ? x->logs : &input;
	struct input_counts counts;
	int rc, status;

	x->progress = o->c.progress == WHEN_ALWAYS ||
		      (o->c.progress == WHEN_AUTO && isatty(STDERR_FILENO) != 0);
	rc = input_read(paths, x->n_logs > 0 ? x->n_logs : 1, &io, &hooks, &counts);
	progress_clear(x);
	if (x->told > MAX_TOLD)
		audit_warn("explain: %zu more files with such troubles", x->told - MAX_TOLD);
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
