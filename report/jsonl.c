/* SPDX-License-Identifier: ISC */
/*
 * jsonl.c - the format jsonl: a domain a line as each is done, the run last.
 *
 * A reader that finds no last line {"run": ...} knows that it was cut off.
 */
#include "report/json_report.h"
#include "report/words.h"

void
jsonl_report_domain(struct report *r, const struct domain_result *d)
{
	struct json j;
	size_t from = r->out->n;

	json_init(&j, r->out, false);
	domain_json(&j, d);
	buf_addc(r->out, '\n');
	if (r->style.redact)
		redact(r->out, from);
}

void
jsonl_report_end(struct report *r, const struct run_result *run)
{
	struct json j;

	json_init(&j, r->out, false);
	json_open(&j, '{');
	json_key(&j, "run");
	json_open(&j, '{');
	head_json(&j, run);
	run_json(&j, run);
	summary_json(&j, run);
	json_close(&j, '}');
	json_close(&j, '}');
	buf_addc(r->out, '\n');
}
