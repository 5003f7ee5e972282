/* SPDX-License-Identifier: ISC */
/*
 * json_report.c - the format json: one object for the whole run.
 *
 * Domains are written as they come, so that a fleet needs no memory; what is
 * only known at the end (run, summary) stands behind them.
 */
#include "report/json_report.h"
#include "report/words.h"

#define DEPTH_DOMAINS 2 /* inside { "domains": [ */

static void
counts_json(struct json *j, const size_t *count)
{
	for (size_t l = N_LEVELS; l-- > 0;)
		json_member_uint(j, level_name((enum rule_level)l), count[l]);
}

static void
findings_json(struct json *j, const char *key, const struct judged *g, size_t n)
{
	json_key(j, key);
	json_open(j, '[');
	for (size_t i = 0; i < n; i++)
		finding_json(j, &g[i]);
	json_close(j, ']');
}

static void
assumptions_json(struct json *j, const struct facts *f)
{
	if (f->n_assumptions == 0)
		return;
	json_key(j, "assumptions");
	json_open(j, '[');
	for (size_t i = 0; i < f->n_assumptions; i++)
		json_escaped(j, f->assumptions[i]);
	json_close(j, ']');
}

static void
texts_json(struct json *j, const char *key, const struct str *v, size_t n)
{
	if (n == 0)
		return;
	json_key(j, key);
	json_open(j, '[');
	for (size_t i = 0; i < n; i++)
		json_escaped(j, v[i]);
	json_close(j, ']');
}

/* What a gate says of the domain beside its findings. */
static void
gate_json(struct json *j, const struct domain_result *d)
{
	if (!d->compared)
		return;
	findings_json(j, "fixed", d->fixed, d->n_fixed);
	texts_json(j, "data", d->used, d->n_used);
	texts_json(j, "not_provided", d->lacking, d->n_lacking);
}

void
domain_json(struct json *j, const struct domain_result *d)
{
	json_open(j, '{');
	if (d->subject != NULL && d->subject->message != NULL && d->subject->domain.n == 0) {
		/* neither a domain nor addresses: its file says which it is */
	} else if (d->subject != NULL && d->subject->domain.n == 0) {
		addresses_json(j, d->subject->ips, d->subject->n_ips);
	} else {
		json_key(j, "domain");
		json_str(j, d->label);
	}
	if (d->subject != NULL && d->subject->message != NULL)
		message_json(j, d);
	json_member(j, "verdict", level_name(d->verdict));
	findings_json(j, "findings", d->findings, d->n_findings);
	if (d->n_suppressed > 0)
		findings_json(j, "suppressed", d->suppressed, d->n_suppressed);
	gate_json(j, d);
	if (d->facts != NULL) {
		json_key(j, "facts");
		json_open(j, '{');
		facts_json(j, d->facts);
		json_close(j, '}');
		readiness_json(j, d);
		if (d->facts->streams != NULL)
			streams_json(j, d->facts->streams);
		assumptions_json(j, d->facts);
	}
	json_close(j, '}');
}

void
head_json(struct json *j, const struct run_result *run)
{
	json_member(j, "schema", REPORT_SCHEMA);
	json_member(j, "version", run->version);
	json_key(j, "generated");
	json_time(j, run->generated);
	json_key(j, "now");
	json_time(j, run->now);
}

void
run_json(struct json *j, const struct run_result *run)
{
	json_member_escaped(j, "answers", run->answers);
	json_member_flag(j, "offline", run->offline);
	json_member_flag(j, "interrupted", run->interrupted);
	findings_json(j, "findings", run->findings, run->n_findings);
}

void
summary_json(struct json *j, const struct run_result *run)
{
	json_key(j, "summary");
	json_open(j, '{');
	counts_json(j, run->count);
	json_member_uint(j, "domains", run->domains);
	json_key(j, "verdicts");
	json_open(j, '{');
	counts_json(j, run->domain_verdict);
	json_close(j, '}');
	if (run->compared) {
		json_key(j, "change");
		json_open(j, '{');
		for (int c = CHANGE_IS_NEW; c < N_CHANGE_STATES; c++)
			json_member_uint(
			    j, change_state_name((enum change_state)c), run->change[c]);
		json_member_uint(j, "fixed", run->n_fixed);
		json_member_uint(j, "unchanged", run->n_unchanged);
		json_close(j, '}');
	}
	json_close(j, '}');
}

void
json_report_begin(struct report *r, const struct run_result *run)
{
	struct json j;

	json_init(&j, r->out, true);
	json_open(&j, '{');
	head_json(&j, run);
	json_key(&j, "domains");
	json_open(&j, '[');
}

void
json_report_domain(struct report *r, const struct domain_result *d)
{
	struct json j;
	size_t from = r->out->n;

	json_resume(&j, r->out, DEPTH_DOMAINS, r->n == 0);
	domain_json(&j, d);
	if (r->style.redact)
		redact(r->out, from);
}

void
json_report_end(struct report *r, const struct run_result *run)
{
	struct json j;

	json_resume(&j, r->out, DEPTH_DOMAINS, r->n == 0);
	json_close(&j, ']');
	json_key(&j, "run");
	json_open(&j, '{');
	run_json(&j, run);
	json_close(&j, '}');
	summary_json(&j, run);
	json_close(&j, '}');
	buf_addc(r->out, '\n');
}
