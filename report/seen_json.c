/* SPDX-License-Identifier: ISC */
/*
 * seen_json.c - sources of aggregate reports as JSON.
 */
#include "report/json_report.h"
#include "report/seen.h"
#include "checks/providers.h"

static void
time_json(struct json *j, const char *key, time_t t)
{
	if (t == 0)
		return;
	json_key(j, key);
	json_time(j, t);
}

static void
words_json(struct json *j, const char *key, const struct seen_word *w)
{
	if (w == NULL)
		return;
	json_key(j, key);
	json_open(j, '[');
	for (; w != NULL; w = w->next) {
		json_open(j, '{');
		json_member_escaped(j, "name", w->text);
		json_member_uint(j, "messages", w->messages);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
selectors_json(struct json *j, const struct seen_selector *k)
{
	if (k == NULL)
		return;
	json_key(j, "selectors");
	json_open(j, '[');
	for (; k != NULL; k = k->next) {
		json_open(j, '{');
		json_member_name(j, "domain", &k->domain);
		json_member_escaped(j, "selector", k->name);
		json_member(j, "provenance", "report");
		json_member_uint(j, "messages", k->all);
		json_member_uint(j, "pass", k->pass);
		json_member(j, "today", k->today);
		json_member_flag(j, "aligned", k->aligned);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
today_json(struct json *j, const struct seen_today *t)
{
	if (!t->looked_up)
		return;
	json_key(j, "today");
	json_open(j, '{');
	json_member(j, "spf", t->spf);
	json_member_escaped(j, "spf_domain", t->spf_domain);
	json_member_escaped(j, "term", t->term);
	if (t->service != NULL)
		json_member(j, "service", t->service->name);
	json_member_flag(j, "spf_aligned", t->spf_aligned);
	json_key(j, "dmarc");
	json_str(j, t->passes ? STR("pass") : t->unknown ? STR("temperror") : STR("fail"));
	json_member_name(j, "reverse_name", &t->ptr);
	json_close(j, '}');
}

static void
source_json(struct json *j, const struct seen_source *s)
{
	struct buf ip;

	json_open(j, '{');
	json_member_name(j, "from_domain", &s->from);
	buf_init(&ip, 64);
	addr_print(&ip, &s->ip);
	json_member_escaped(j, "ip", buf_str(&ip));
	buf_free(&ip);
	json_member(j, "standing", seen_standing_name(s->standing));
	json_member(j, "level", level_name(seen_level(s->standing)));
	json_member_escaped(j, "sender", s->sender);
	json_member_uint(j, "messages", s->messages);
	json_member_uint(j, "aligned", s->aligned);
	json_member_uint(j, "spf_aligned", s->spf);
	json_member_uint(j, "dkim_aligned", s->dkim);
	json_member_uint(j, "quarantined", s->quarantined);
	json_member_uint(j, "rejected", s->rejected);
	json_member_uint(j, "forwarded", s->forwarded);
	time_json(j, "first", s->first);
	time_json(j, "last", s->last);
	words_json(j, "mail_from", s->paths);
	words_json(j, "reporters", s->orgs);
	selectors_json(j, s->selectors);
	today_json(j, &s->today);
	json_close(j, '}');
}

static void
input_json(struct json *j, const struct seen_result *r)
{
	json_key(j, "input");
	json_open(j, '{');
	json_member_uint(j, "files", r->files);
	json_member_uint(j, "reports", r->reports);
	json_member_uint(j, "refused", r->refused);
	json_member_uint(j, "repeated", r->twice);
	json_member_uint(j, "without_report", r->others);
	json_member_uint(j, "rows", r->rows);
	json_member_uint(j, "rows_refused", r->bad);
	json_member_uint(j, "rows_over", r->over);
	json_member_uint(j, "messages", r->messages);
	time_json(j, "first", r->first);
	time_json(j, "last", r->last);
	json_close(j, '}');
}

void
seen_json(struct buf *b, const struct seen_result *r, const struct run_result *run, bool pretty)
{
	struct json j;

	json_init(&j, b, pretty);
	json_open(&j, '{');
	head_json(&j, run);
	input_json(&j, r);
	json_key(&j, "sources");
	json_open(&j, '[');
	for (size_t i = 0; i < r->n; i++)
		source_json(&j, r->sources[i]);
	json_close(&j, ']');
	json_close(&j, '}');
	buf_addc(b, '\n');
}

void
seen_jsonl(struct buf *b, const struct seen_result *r, const struct run_result *run)
{
	struct json j;

	for (size_t i = 0; i < r->n; i++) {
		json_init(&j, b, false);
		source_json(&j, r->sources[i]);
		buf_addc(b, '\n');
	}
	json_init(&j, b, false);
	json_open(&j, '{');
	json_key(&j, "run");
	json_open(&j, '{');
	head_json(&j, run);
	input_json(&j, r);
	json_close(&j, '}');
	json_close(&j, '}');
	buf_addc(b, '\n');
}
