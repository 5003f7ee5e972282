/* SPDX-License-Identifier: ISC */
/*
 * merged.c - several runs written as one.  Bytes are written as they grow.
 */
#include "audit/fleet/merged.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "audit/error.h"
#include "audit/fleet/told.h"
#include "audit/output.h"
#include "checks/rules.h"
#include "config.h"
#include "report/fleet.h"
#include "report/json_report.h"
#include "report/words.h"

#define DEPTH_DOMAINS 2 /* inside { "domains": [ */
#define MAX_ANSWERS 4096

void
merged_run_init(struct merged_run *r)
{
	*r = (struct merged_run){ .findings = json_array() };
	tally_init(&r->seen);
	buf_init(&r->answers, MAX_ANSWERS);
}

void
merged_run_free(struct merged_run *r)
{
	json_decref(r->findings);
	tally_free(&r->seen);
	buf_free(&r->answers);
}

void
merged_run_add(struct merged_run *r, const struct reread_run *run)
{
	if (r->n++ == 0) {
		r->from = r->to = run->now;
		r->offline = run->offline;
		buf_add(&r->answers, run->answers);
	}
	r->generated = run->generated > r->generated ? run->generated : r->generated;
	r->from = run->now < r->from ? run->now : r->from;
	r->to = run->now > r->to ? run->now : r->to;
	r->offline = r->offline && run->offline;
	r->interrupted = r->interrupted || run->interrupted;
	if (!str_eq(buf_str(&r->answers), run->answers))
		r->several_answers = true;
	for (size_t i = 0; i < json_array_size(run->findings); i++) {
		json_t *one = json_array_get(run->findings, i);
		size_t n = r->seen.n;

		if (n < MAX_MERGED_FINDINGS &&
		    tally_number(&r->seen, reread_text(one, "fingerprint")) == n)
			(void)json_array_append(r->findings, one);
	}
}

void
merged_run_result(const struct merged_run *r, struct run_result *out, struct fleet *fleet)
{
	*out = (struct run_result){ .version = MAILVET_VERSION,
		.generated = r->n > 0 ? r->generated : time(NULL),
		.now = r->n > 0 ? r->to : time(NULL),
		.interrupted = r->interrupted };
	for (size_t i = 0; i < json_array_size(r->findings); i++) {
		json_t *one = json_array_get(r->findings, i);

		out->count[told_level(reread_text(one, "level"))]++;
	}
	fleet->from = r->from;
	fleet->to = r->to;
}

bool
merged_needs(const struct told_domain *d)
{
	enum rule_id id;

	for (size_t i = 0; i < d->n_findings; i++)
		if (d->findings[i].level == LEVEL_UNKNOWN && rule_find(d->findings[i].id, &id) &&
		    rule_of(id)->needed)
			return true;
	return d->verdict == LEVEL_UNKNOWN;
}

static bool
is_format(const struct merged_output *o, const char *name)
{
	return strcmp(o->report.format->name, name) == 0;
}

static int
lose(struct merged_output *o)
{
	return output_lose(o->file, o->bytes.over, &o->lost);
}

static int
flush(struct merged_output *o)
{
	size_t n = o->bytes.n;
	bool bad = o->lost || o->bytes.over;

	if (!bad && n > 0)
		bad = fwrite(o->bytes.p, 1, n, o->to) != n;
	if (n > 1)
		o->gap = o->bytes.p[n - 1] == '\n' && o->bytes.p[n - 2] == '\n';
	if (bad)
		(void)lose(o);
	buf_reset(&o->bytes);
	return bad ? AUDIT_EWRITE : AUDIT_OK;
}

static bool
is_same(const char *a, const char *b)
{
	struct stat sa, sb;

	return stat(a, &sa) == 0 && S_ISREG(sa.st_mode) && stat(b, &sb) == 0 &&
	       sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

/* Why FILE cannot be written, or NULL: to open an input would empty it. */
static const char *
clash_of(const struct merged_outputs *all, const struct merged_options *o, const char *file)
{
	for (size_t i = 0; i < o->n_files; i++)
		if (is_same(file, o->files[i]))
			return "is read, and cannot be written as well";
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].file != NULL && is_same(file, all->v[i].file))
			return "another report goes to that file";
	return NULL;
}

/* Open the next of ALL. */
static int
open_one(
    struct merged_outputs *all, const struct output_option *want, const struct merged_options *o)
{
	struct merged_output *out = &all->v[all->n];
	struct report_style style;
	const char *clash = want->file != NULL ? clash_of(all, o, want->file) : NULL;

	if (clash != NULL) {
		audit_warn("%s: %s", want->file, clash);
		return AUDIT_EWRITE;
	}
	*out = (struct merged_output){ .file = want->file, .gap = true };
	out->to = want->file != NULL ? fopen(want->file, "w") : stdout;
	if (out->to == NULL) {
		audit_warn("%s: %s", want->file, strerror(errno));
		return AUDIT_EWRITE;
	}
	buf_init(&out->bytes, MAX_REPORT_BYTES);
	style = output_style(&o->style, o->color, out->to);
	report_init(&out->report, want->format, &style, &out->bytes);
	return AUDIT_OK;
}

int
merged_open(
    struct merged_outputs *out, const struct merged_options *o, const struct run_result *run)
{
	struct output_option text = { report_format_find(STR("text")), NULL };
	const struct output_option *want = o->n_outputs > 0 ? o->outputs : &text;
	size_t n = o->n_outputs > 0 ? o->n_outputs : 1;
	int rc = AUDIT_OK;

	for (size_t i = 0; i < n && rc == AUDIT_OK; i++) {
		if ((rc = open_one(out, &want[i], o)) != AUDIT_OK)
			break;
		out->n++;
		if (is_format(&out->v[i], "json"))
			json_report_begin(&out->v[i].report, run);
		rc = flush(&out->v[i]);
	}
	return rc;
}

void
merged_expect(struct merged_outputs *out, size_t domains, size_t ill)
{
	out->domains = domains;
	out->ill = ill;
}

static void
json_domain(struct merged_output *o, json_t *object)
{
	size_t from = o->bytes.n;
	struct json j;

	if (is_format(o, "json"))
		json_resume(&j, &o->bytes, DEPTH_DOMAINS, o->report.n == 0);
	else
		json_init(&j, &o->bytes, false);
	reread_write(&j, object);
	if (!is_format(o, "json"))
		buf_addc(&o->bytes, '\n');
	if (o->report.style.redact)
		redact(&o->bytes, from);
}

/* Few domains are told one by one; of many, those that need somebody. */
static bool
text_tells(const struct merged_outputs *out, const struct merged_output *o, enum rule_level verdict)
{
	return out->domains <= MAX_MERGED_DETAIL || o->report.style.verbose || verdict > LEVEL_NOTE;
}

bool
merged_tells(const struct merged_outputs *out, enum rule_level verdict)
{
	for (size_t i = 0; i < out->n; i++)
		if (!is_format(&out->v[i], "text") || text_tells(out, &out->v[i], verdict))
			return true;
	return false;
}

static void
text_domain(const struct merged_outputs *out, struct merged_output *o, const struct told_domain *d)
{
	bool whole = out->ill <= MAX_MERGED_DETAIL || o->report.style.verbose;

	if (text_tells(out, o, d->verdict))
		told_domain_text(&o->bytes, &o->report.style, d, whole);
}

int
merged_domain(struct merged_outputs *out, const struct told_domain *d, json_t *o)
{
	int rc = AUDIT_OK;

	for (size_t i = 0; i < out->n; i++) {
		struct merged_output *one = &out->v[i];

		if (is_format(one, "text"))
			text_domain(out, one, d);
		else
			json_domain(one, o);
		one->report.n++;
		if (flush(one) != AUDIT_OK)
			rc = AUDIT_EWRITE;
	}
	return rc;
}

/* The members answers, offline, findings of the object that is open. */
static void
run_members(struct json *j, const struct merged_run *r)
{
	if (!r->several_answers && r->answers.n > 0) {
		json_key(j, "answers");
		json_str(j, buf_str(&r->answers));
	}
	json_member_flag(j, "offline", r->offline);
	json_member_flag(j, "interrupted", r->interrupted);
	json_key(j, "findings");
	reread_write(j, r->findings);
}

static void
json_end(struct merged_output *o, const struct run_result *run, const struct fleet *fleet,
    const struct merged_run *r)
{
	size_t from = o->bytes.n;
	struct json j;

	if (is_format(o, "json")) {
		json_resume(&j, &o->bytes, DEPTH_DOMAINS, o->report.n == 0);
		json_close(&j, ']');
		json_key(&j, "run");
		json_open(&j, '{');
		run_members(&j, r);
		json_close(&j, '}');
		summary_json(&j, run);
		fleet_json(&j, fleet);
	} else {
		json_init(&j, &o->bytes, false);
		json_open(&j, '{');
		json_key(&j, "run");
		json_open(&j, '{');
		head_json(&j, run);
		run_members(&j, r);
		summary_json(&j, run);
		fleet_json(&j, fleet);
		json_close(&j, '}');
	}
	json_close(&j, '}');
	buf_addc(&o->bytes, '\n');
	if (o->report.style.redact)
		redact(&o->bytes, from);
}

int
merged_end(struct merged_outputs *out, const struct run_result *run, struct fleet *fleet,
    const struct merged_run *r)
{
	struct arena a;
	int rc = AUDIT_OK;

	arena_init(&a, 0);
	fleet->n_run = told_findings(&a, r->findings, &fleet->run);
	for (size_t i = 0; i < out->n; i++) {
		struct merged_output *one = &out->v[i];

		if (is_format(one, "text") && !one->gap) {
			buf_addc(&one->bytes, '\n');
			rc = flush(one);
		}
		if (is_format(one, "text"))
			fleet_text(&one->bytes, &one->report.style, run, fleet);
		else
			json_end(one, run, fleet, r);
		if (flush(one) != AUDIT_OK)
			rc = AUDIT_EWRITE;
		if ((one->file == NULL ? fflush(one->to) : fclose(one->to)) != 0)
			rc = lose(one);
		one->to = NULL;
	}
	fleet->run = NULL;
	fleet->n_run = 0;
	arena_free(&a);
	return rc;
}

void
merged_close(struct merged_outputs *out)
{
	for (size_t i = 0; i < out->n; i++) {
		struct merged_output *one = &out->v[i];

		if (one->to != NULL && one->file != NULL)
			(void)fclose(one->to);
		report_free(&one->report);
		buf_free(&one->bytes);
	}
}
