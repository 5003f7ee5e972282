/* SPDX-License-Identifier: ISC */
/*
 * rdjson.c - the format rdjson: what reviewdog makes comments and suggestions of.
 *
 * Its columns are bytes, the end exclusive, as ours are.  What base has too, or a
 * waiver bears, is left out: comments are for what a change brought.
 */
#include "report/ci.h"
#include "report/json.h"
#include "report/located.h"

#define DEPTH_DIAGNOSTICS 2 /* inside { "diagnostics": [ */

static const char *
severity(enum weight w)
{
	return w == WEIGHT_ERROR ? "ERROR" : w == WEIGHT_WARNING ? "WARNING" : "INFO";
}

static void
position_json(struct json *j, const char *key, uint32_t line, uint32_t column)
{
	json_key(j, key);
	json_open(j, '{');
	json_member_uint(j, "line", line);
	if (column > 0)
		json_member_uint(j, "column", column);
	json_close(j, '}');
}

static void
range_json(struct json *j, const struct located *at)
{
	json_key(j, "range");
	json_open(j, '{');
	position_json(j, "start", at->line, at->column);
	if (at->end_line > 0)
		position_json(j, "end", at->end_line, at->end_column);
	json_close(j, '}');
}

static void
suggestions_json(struct json *j, const struct judged *g, const struct located *at,
    const struct report_style *style)
{
	const struct suggestion *s;

	if (suggestion_at(g, at, style, 0) == NULL)
		return;
	json_key(j, "suggestions");
	json_open(j, '[');
	for (size_t i = 0; (s = suggestion_at(g, at, style, i)) != NULL; i++) {
		struct located range = { .line = s->line,
			.column = s->column,
			.end_line = s->end_line,
			.end_column = s->end_column };

		json_open(j, '{');
		range_json(j, &range);
		json_key(j, "text");
		json_str(j, s->text);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
location_json(struct json *j, const struct located *at)
{
	json_key(j, "location");
	json_open(j, '{');
	json_key(j, "path");
	json_str(j, at->file);
	if (at->is_file)
		range_json(j, at);
	json_close(j, '}');
}

static void
code_json(struct json *j, const struct rule *rule)
{
	json_key(j, "code");
	json_open(j, '{');
	json_member(j, "value", rule->slug);
	json_member(j, "url", rule->url);
	json_close(j, '}');
}

static void
one(struct json *j, const struct report *r, const struct domain_result *d, const struct judged *g)
{
	enum weight w = weight_of(g);
	struct located at;
	struct buf b;

	if (w <= WEIGHT_KEPT)
		return;
	locate(d, g, &at);
	buf_init(&b, MAX_TOLD);
	if (g->level == LEVEL_UNKNOWN)
		buf_adds(&b, "not determined: ");
	all_told_add(&b, g, &r->style);
	json_open(j, '{');
	json_key(j, "message");
	json_str(j, buf_str(&b));
	location_json(j, &at);
	json_member(j, "severity", severity(w));
	code_json(j, rule_of(g->f->id));
	suggestions_json(j, g, &at, &r->style);
	json_close(j, '}');
	buf_free(&b);
}

static void
go_on(struct json *j, const struct report *r)
{
	json_resume(j, r->out, DEPTH_DIAGNOSTICS, r->held.n == 0);
}

void
rdjson_report_begin(struct report *r, const struct run_result *run)
{
	struct json j;

	(void)run;
	json_init(&j, r->out, true);
	json_open(&j, '{');
	json_key(&j, "source");
	json_open(&j, '{');
	json_member(&j, "name", "mailvet");
	json_close(&j, '}');
	json_key(&j, "diagnostics");
	json_open(&j, '[');
}

void
rdjson_report_domain(struct report *r, const struct domain_result *d)
{
	struct json j;

	go_on(&j, r);
	for (size_t i = 0; i < d->n_findings; i++)
		one(&j, r, d, &d->findings[i]);
	if (j.comma && r->held.n == 0)
		buf_addc(&r->held, ','); /* the array holds something */
}

void
rdjson_report_end(struct report *r, const struct run_result *run)
{
	struct json j;

	go_on(&j, r);
	for (size_t i = 0; i < run->n_findings; i++)
		one(&j, r, NULL, &run->findings[i]);
	json_close(&j, ']');
	json_close(&j, '}');
	buf_addc(r->out, '\n');
}
