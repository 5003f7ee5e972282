/* SPDX-License-Identifier: ISC */
/*
 * sarif.c - the format sarif: a SARIF 2.1.0 log of one run.
 *
 * Results are written as they come; the rules they refer to stand behind them, for
 * only then is it known which.  Passes are left out, and what a change cured: a
 * reader that does not know baselineState would take it for a fault.
 */
#include "report/sarif.h"
#include "report/ci.h"

#define DEPTH_RESULTS 4 /* inside { "runs": [ { "results": [ */
#define SCHEMA                                                                                     \
	"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"                      \
	"sarif-schema-2.1.0.json"

void
sarif_report_begin(struct report *r, const struct run_result *run)
{
	struct json j;

	(void)run;
	json_init(&j, r->out, true);
	json_open(&j, '{');
	json_member(&j, "$schema", SCHEMA);
	json_member(&j, "version", "2.1.0");
	json_key(&j, "runs");
	json_open(&j, '[');
	json_open(&j, '{');
	json_key(&j, "results");
	json_open(&j, '[');
}

static void
list_json(struct report *r, const struct domain_result *d, bool suppressed)
{
	const struct judged *list = suppressed ? d->suppressed : d->findings;
	size_t n = suppressed ? d->n_suppressed : d->n_findings;
	struct sarif_state st;
	struct json j;

	report_load(r, &st, sizeof(st));
	json_resume(&j, r->out, DEPTH_RESULTS, st.results == 0);
	for (size_t i = 0; i < n; i++) {
		struct sarif_result one = { .d = d, .g = &list[i], .style = &r->style };
		uint16_t *index = &st.index[list[i].f->id];

		if (list[i].level == LEVEL_PASS)
			continue;
		if (st.results == MAX_SARIF_RESULTS) {
			st.left_out++;
			continue;
		}
		st.results++;
		if (*index == 0)
			*index = ++st.n_rules;
		one.rule = *index - 1u;
		one.same = suppressed ? 0 : same_before(d, i);
		sarif_result_json(&j, &one);
	}
	report_save(r, &st, sizeof(st));
}

void
sarif_report_domain(struct report *r, const struct domain_result *d)
{
	list_json(r, d, false);
	list_json(r, d, true);
}

static void
notification_json(struct json *j, const struct judged *g, const struct report_style *style)
{
	struct buf b;

	buf_init(&b, MAX_TOLD);
	all_told_add(&b, g, style);
	json_open(j, '{');
	json_key(j, "descriptor");
	json_open(j, '{');
	json_member(j, "id", rule_of(g->f->id)->slug);
	json_close(j, '}');
	json_member(j, "level", sarif_level(g));
	sarif_text_json(j, "message", buf_str(&b));
	json_close(j, '}');
	buf_free(&b);
}

static void
left_out_json(struct json *j, size_t n)
{
	struct buf b;

	if (n == 0)
		return;
	buf_init(&b, MAX_TOLD);
	buf_addu(&b, n);
	buf_adds(&b, " more results were left out: with more than ");
	buf_addu(&b, MAX_SARIF_RESULTS);
	buf_adds(&b, " GitHub takes none");
	json_open(j, '{');
	json_member(j, "level", "warning");
	sarif_text_json(j, "message", buf_str(&b));
	json_close(j, '}');
	buf_free(&b);
}

/* What is said of the run itself has no line to stand at: notifications (3.20.21). */
static void
invocation_json(
    struct json *j, const struct report *r, const struct run_result *run, size_t left_out)
{
	json_key(j, "invocations");
	json_open(j, '[');
	json_open(j, '{');
	json_key(j, "executionSuccessful");
	json_bool(j, !run->interrupted);
	json_key(j, "toolExecutionNotifications");
	json_open(j, '[');
	for (size_t i = 0; i < run->n_findings; i++)
		notification_json(j, &run->findings[i], &r->style);
	left_out_json(j, left_out);
	json_close(j, ']');
	json_close(j, '}');
	json_close(j, ']');
}

void
sarif_report_end(struct report *r, const struct run_result *run)
{
	struct sarif_state st;
	struct json j;

	report_load(r, &st, sizeof(st));
	json_resume(&j, r->out, DEPTH_RESULTS, st.results == 0);
	json_close(&j, ']');
	sarif_tool_json(&j, &st, run->version);
	invocation_json(&j, r, run, st.left_out);
	/* where a column is told, bytes and characters are the same */
	json_member(&j, "columnKind", "unicodeCodePoints");
	json_key(&j, "properties");
	json_open(&j, '{');
	json_member_escaped(&j, "answers", run->answers);
	json_member_uint(&j, "domains", run->domains);
	json_close(&j, '}');
	json_close(&j, '}');
	json_close(&j, ']');
	json_close(&j, '}');
	buf_addc(r->out, '\n');
}
