/* SPDX-License-Identifier: ISC */
/*
 * report.c - `mailvet report`: outputs of checks, merged into one.
 *
 * The files are read twice: to see which result of a domain stands, then to
 * write it.  So no domain is held, whatever the size of the fleet.  What is counted
 * is counted by the first reading, and where not all results stand by the second.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "audit/commands/commands.h"
#include "audit/error.h"
#include "audit/fleet/gather.h"
#include "audit/fleet/merge.h"
#include "audit/fleet/merged.h"
#include "audit/fleet/reread.h"
#include "audit/fleet/told.h"

#define MAX_TOLD_TWICE 20 /* domains with several results that are told one by one */

struct input {
	const char *name;
	FILE *spool; /* a copy of what cannot be read twice */
	struct reread_sum sum;
	bool bad; /* it could not be read, or holds nothing */
};

/* What the domains that stand have together. */
struct counts {
	size_t domains, count[N_LEVELS], verdict[N_LEVELS];
	bool needed_unknown;
	struct gather gather;
};

struct report_run {
	const struct merged_options *o;
	struct input *in;
	size_t at; /* the input being read */
	struct merge merge;
	size_t next; /* number of the result that comes next, in the second reading */
	struct merged_run run;
	struct counts counts;
	bool counted; /* in the first reading, for all results stand */
	struct merged_outputs outputs;
	struct run_result totals;
	struct fleet fleet;
	bool changed;
	int rc;
};

static void
counts_init(struct counts *c)
{
	*c = (struct counts){ .domains = 0 };
	gather_init(&c->gather);
}

static void
count_domain(struct counts *c, const struct told_domain *d, json_t *o)
{
	for (size_t l = 0; l < N_LEVELS; l++)
		c->count[l] += d->count[l];
	c->domains++;
	c->verdict[d->verdict]++;
	c->needed_unknown = c->needed_unknown || merged_needs(d);
	gather_domain(&c->gather, d, o);
}

static void
first_domain(void *ctx, json_t *o, size_t line)
{
	struct report_run *rr = ctx;
	struct told_domain d;
	struct arena a;

	arena_init(&a, 0);
	told_domain(&a, o, &d);
	merge_add(&rr->merge, &(struct merge_result){ .label = d.label,
				  .file = (uint32_t)rr->at,
				  .line = (uint32_t)line,
				  .verdict = d.verdict });
	count_domain(&rr->counts, &d, o);
	arena_free(&a);
}

static void
first_run(void *ctx, const struct reread_run *run)
{
	struct report_run *rr = ctx;

	merge_run(&rr->merge, run->now);
	merged_run_add(&rr->run, run);
	if (run->interrupted)
		audit_warn("%s: was interrupted: there may be domains that nobody looked at",
		    rr->in[rr->at].name);
}

/* FROM, a pipe, as a file that can be read twice; closes FROM. */
static FILE *
spool(FILE *from)
{
	char chunk[65536];
	FILE *to = tmpfile();
	size_t n;
	bool good = to != NULL;

	while (good && (n = fread(chunk, 1, sizeof(chunk), from)) > 0)
		good = fwrite(chunk, 1, n, to) == n;
	good = good && ferror(from) == 0 && fflush(to) == 0;
	if (from != stdin)
		(void)fclose(from);
	if (good)
		return to;
	if (to != NULL)
		(void)fclose(to);
	return NULL;
}

/* Open IN for reading from its beginning, and see to it that it can be read again. */
static FILE *
open_input(struct input *in, time_t *written)
{
	struct stat st = { .st_mode = 0 };
	FILE *f = in->spool;

	if (f != NULL) {
		rewind(f);
		return f;
	}
	f = strcmp(in->name, "-") == 0 ? stdin : fopen(in->name, "r");
	if (f != NULL && fstat(fileno(f), &st) == 0 && (f == stdin || !S_ISREG(st.st_mode))) {
		if (S_ISDIR(st.st_mode)) {
			(void)fclose(f);
			f = NULL;
			errno = EISDIR;
		} else if ((f = in->spool = spool(f)) != NULL) {
			rewind(f);
			(void)fstat(fileno(f), &st);
		}
	}
	if (f == NULL)
		audit_warn("%s: %s", in->name, strerror(errno));
	*written = st.st_mtime;
	return f;
}

static void
close_input(struct input *in, FILE *f)
{
	if (f != NULL && f != in->spool)
		(void)fclose(f);
}

/* Say so when the last run of IN has no end, which sums up what is there. */
static void
tell_open(struct report_run *rr, const struct input *in, bool open)
{
	if (!open && !in->sum.torn)
		return;
	rr->run.interrupted = true;
	if (!in->sum.torn)
		audit_warn("%s: has no last line: that run did not end, and there may be domains "
			   "that nobody looked at",
		    in->name);
}

static void
first_input(struct report_run *rr, struct input *in)
{
	struct reread_visit v = { .domain = first_domain, .run = first_run, .ctx = rr };
	bool open;
	time_t written = 0;
	FILE *f = open_input(in, &written);
	size_t from = rr->merge.n;

	in->bad = f == NULL || reread_stream(f, in->name, &v, &in->sum) != AUDIT_OK;
	close_input(in, f);
	if (in->bad)
		merge_drop(&rr->merge, from);
	open = rr->merge.open < rr->merge.n;
	merge_run(&rr->merge, written); /* of a run that was killed */
	if (!in->bad && in->sum.domains + in->sum.runs == 0) {
		audit_warn("%s: holds no result of mailvet check", in->name);
		in->bad = true;
	} else if (!in->bad) {
		tell_open(rr, in, open);
	}
	rr->fleet.left_out += in->bad && in->sum.bad == 0 ? 1 : in->sum.bad;
	rr->fleet.torn += in->sum.torn ? 1 : 0;
	rr->fleet.runs += in->sum.runs;
}

static int
first_reading(struct report_run *rr)
{
	size_t good = 0;

	for (rr->at = 0; rr->at < rr->o->n_files; rr->at++) {
		first_input(rr, &rr->in[rr->at]);
		good += !rr->in[rr->at].bad;
	}
	rr->fleet.files = good;
	merge_decide(&rr->merge);
	if (rr->merge.full)
		audit_warn("report: more than %zu results: the others are left out", MAX_MERGE);
	return good > 0 ? AUDIT_OK : AUDIT_EEMPTY;
}

static void
tell_place(char *out, size_t room, const struct report_run *rr, const struct merge_result *r)
{
	const char *name = rr->in[r->file].name;

	if (r->line > 0)
		(void)snprintf(out, room, "%s:%u", name, (unsigned)r->line);
	else
		(void)snprintf(out, room, "%s", name);
}

static void
tell_replaced(struct report_run *rr)
{
	const struct merge *m = &rr->merge;
	char old[4096], new[4096];

	for (size_t i = 0; i < m->n; i++) {
		const struct merge_result *r = &m->v[i];

		if (r->stands == i || rr->fleet.replaced++ >= MAX_TOLD_TWICE)
			continue;
		tell_place(old, sizeof(old), rr, r);
		tell_place(new, sizeof(new), rr, &m->v[r->stands]);
		audit_warn("%s: %.*s: left out, the result in %s stands", old, (int)r->label.n,
		    r->label.p, new);
	}
	if (rr->fleet.replaced > MAX_TOLD_TWICE)
		audit_warn("report: %zu more results left out for later ones",
		    rr->fleet.replaced - MAX_TOLD_TWICE);
}

/*
 * What the first reading counted is right when all results stand: they are fewer when
 * one was replaced, was one too many, or is of a file that could not be read to its end.
 */
static void
check_counts(struct report_run *rr, size_t domains)
{
	rr->counted = rr->counts.domains == domains;
	if (rr->counted)
		return;
	gather_free(&rr->counts.gather);
	counts_init(&rr->counts);
}

/*
 * In the second reading only lines are parsed that hold a result, one that stands, and
 * that is told or not counted yet.
 */
static bool
is_wanted(void *ctx, size_t line)
{
	struct report_run *rr = ctx;
	const struct merge_result *r;

	if (rr->next == rr->merge.n)
		return false;
	r = &rr->merge.v[rr->next];
	if (r->file != rr->at || r->line != (uint32_t)line)
		return false;
	if (r->stands == rr->next && (!rr->counted || merged_tells(&rr->outputs, r->verdict)))
		return true;
	rr->next++;
	return false;
}

static void
second_domain(void *ctx, json_t *o, size_t line)
{
	struct report_run *rr = ctx;
	struct told_domain d;
	struct arena a;
	size_t i;

	(void)line;
	if (rr->rc != AUDIT_OK || rr->next == rr->merge.n)
		return;
	i = rr->next++;
	if (rr->merge.v[i].stands != i)
		return;
	arena_init(&a, 0);
	told_domain(&a, o, &d);
	if (!str_eq(d.label, rr->merge.v[i].label))
		rr->changed = true;
	if (!rr->counted)
		count_domain(&rr->counts, &d, o);
	if (merged_domain(&rr->outputs, &d, o) != AUDIT_OK)
		rr->rc = AUDIT_EWRITE;
	arena_free(&a);
}

static void
second_run(void *ctx, const struct reread_run *run)
{
	(void)ctx;
	(void)run;
}

/* Whether IN, whose results have numbers from FROM on, was the same when it was read again. */
static bool
is_as_before(
    const struct report_run *rr, const struct input *in, size_t from, const struct reread_sum *sum)
{
	size_t kept = rr->merge.n - from; /* MAX_MERGE may have left out some */
	size_t n = in->sum.domains < kept ? in->sum.domains : kept;

	return !rr->changed && rr->next == from + n && sum->lines == in->sum.lines;
}

static int
second_input(struct report_run *rr, struct input *in)
{
	struct reread_visit v = { .domain = second_domain,
		.run = second_run,
		.wanted = is_wanted,
		.ctx = rr,
		.quiet = true,
		.stop = &rr->rc };
	struct reread_sum sum;
	time_t written;
	FILE *f = open_input(in, &written);
	size_t from = rr->next;
	int rc;

	if (f == NULL)
		return AUDIT_EREAD;
	rc = reread_stream(f, in->name, &v, &sum);
	close_input(in, f);
	if (rc == AUDIT_OK)
		rc = rr->rc;
	if (rc == AUDIT_OK && !is_as_before(rr, in, from, &sum)) {
		audit_warn("%s: was changed while it was read", in->name);
		rc = AUDIT_EREAD;
	}
	return rc;
}

static int
second_reading(struct report_run *rr)
{
	int rc = AUDIT_OK;

	for (rr->at = 0; rr->at < rr->o->n_files && rc == AUDIT_OK; rr->at++)
		if (!rr->in[rr->at].bad)
			rc = second_input(rr, &rr->in[rr->at]);
	return rc;
}

static void
add_counts(struct run_result *out, const struct counts *c)
{
	for (size_t l = 0; l < N_LEVELS; l++) {
		out->count[l] += c->count[l];
		out->domain_verdict[l] += c->verdict[l];
	}
	out->domains += c->domains;
}

static void
count_verdicts(const struct report_run *rr, size_t *domains, size_t *ill)
{
	*domains = *ill = 0;
	for (size_t i = 0; i < rr->merge.n; i++) {
		if (rr->merge.v[i].stands != i)
			continue;
		++*domains;
		*ill += rr->merge.v[i].verdict > LEVEL_NOTE;
	}
}

static int
report_with(struct report_run *rr)
{
	size_t domains, ill;
	int rc;

	if ((rc = first_reading(rr)) != AUDIT_OK)
		return rc;
	tell_replaced(rr);
	count_verdicts(rr, &domains, &ill);
	merged_run_result(&rr->run, &rr->totals, &rr->fleet);
	if ((rc = merged_open(&rr->outputs, rr->o, &rr->totals)) != AUDIT_OK)
		return rc;
	merged_expect(&rr->outputs, domains, ill);
	check_counts(rr, domains);
	if ((rc = second_reading(rr)) != AUDIT_OK)
		return rc;
	add_counts(&rr->totals, &rr->counts);
	gather_finish(&rr->counts.gather, &rr->fleet);
	if (rr->counts.gather.full)
		audit_warn("report: too many names: what the fleet has in common is not all told");
	if (rr->counts.gather.many_moduli)
		audit_warn(
		    "report: too many RSA keys: not all were compared for primes they share");
	return merged_end(&rr->outputs, &rr->totals, &rr->fleet, &rr->run);
}

static int
status_of(const struct report_run *rr, enum rule_level fail_on)
{
	static const enum rule_level counted[] = { LEVEL_NOTE, LEVEL_WARNING, LEVEL_ERROR };

	if (rr->fleet.left_out > 0)
		return 2;
	for (size_t i = 0; i < ARRAY_LEN(counted) && fail_on != LEVEL_PASS; i++)
		if (counted[i] >= fail_on && rr->totals.count[counted[i]] > 0)
			return 1;
	if (fail_on != LEVEL_PASS && rr->fleet.n_shared_factors > 0)
		return 1; /* as bad as an error: these keys can be broken */
	return rr->counts.needed_unknown || rr->run.interrupted ? 3 : 0;
}

int
command_report(int argc, char **argv)
{
	struct merged_options o;
	struct report_run rr = { .o = &o };
	int status = 2;

	if (merged_parse(&o, argc, argv) != AUDIT_OK)
		return 2;
	if (o.help) {
		merged_usage();
		return 0;
	}
	rr.in = xcalloc(o.n_files, sizeof(*rr.in));
	for (size_t i = 0; i < o.n_files; i++)
		rr.in[i].name = o.files[i];
	merge_init(&rr.merge);
	counts_init(&rr.counts);
	merged_run_init(&rr.run);
	if (report_with(&rr) == AUDIT_OK)
		status = status_of(&rr, o.fail_on);
	merged_close(&rr.outputs);
	for (size_t i = 0; i < o.n_files; i++)
		if (rr.in[i].spool != NULL)
			(void)fclose(rr.in[i].spool);
	merged_run_free(&rr.run);
	gather_free(&rr.counts.gather);
	merge_free(&rr.merge);
	free(rr.in);
	return status;
}
