/* SPDX-License-Identifier: ISC */
/*
 * gitlab.c - the format gitlab: a code quality report.
 *
 * GitLab compares two such reports by fingerprint and shows what is new, so nothing in
 * it may move with a line, and each finding has its own: of two that are alike all
 * but the first would vanish.  What a waiver bears is left out.
 */
#include "report/ci.h"
#include "report/json.h"
#include "report/located.h"

/* FNV-1a over S from H on: the same on every machine, for it is kept by others. */
static uint64_t
mix(uint64_t h, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (uint8_t)s.p[i]) * UINT64_C(0x100000001b3);
	return h;
}

/* 32 hex digits: what was found, and at which domain, as the N-th of its kind. */
static void
fingerprint_add(struct buf *b, const struct judged *g, struct str label, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	uint64_t h = mix(UINT64_C(0xcbf29ce484222325), label);
	struct buf count;

	buf_init(&count, 32);
	buf_addc(&count, '\n');
	buf_addu(&count, n);
	h = mix(h, buf_str(&count));
	buf_free(&count);
	buf_adds(b, g->fingerprint);
	for (unsigned shift = 64; shift > 0; shift -= 4)
		buf_addc(b, hex[h >> (shift - 4) & 15]);
}

static const char *
severity(const struct judged *g)
{
	if (g->level == LEVEL_ERROR)
		return "critical";
	if (g->level == LEVEL_UNKNOWN)
		return rule_of(g->f->id)->needed ? "major" : "info";
	return g->level == LEVEL_WARNING ? "minor" : "info";
}

static void
location_json(struct json *j, const struct located *at)
{
	json_key(j, "location");
	json_open(j, '{');
	json_key(j, "path");
	json_str(j, at->file);
	json_key(j, "lines");
	json_open(j, '{');
	json_member_uint(j, "begin", at->line);
	if (at->end_line > at->line)
		json_member_uint(j, "end", at->end_line);
	json_close(j, '}');
	json_close(j, '}');
}

static void
one(struct json *j, const struct report *r, const struct domain_result *d, const struct judged *g,
    size_t same)
{
	struct located at;
	struct buf b;

	if (g->level == LEVEL_PASS)
		return;
	locate(d, g, &at);
	buf_init(&b, MAX_TOLD);
	if (g->level == LEVEL_UNKNOWN)
		buf_adds(&b, "not determined: ");
	told_add(&b, g, &r->style);
	if (!b.over)
		buf_adds(&b, ". ");
	advice_add(&b, g, &r->style);
	json_open(j, '{');
	json_key(j, "description");
	json_str(j, str_trim(buf_str(&b)));
	json_member(j, "check_name", rule_of(g->f->id)->slug);
	buf_reset(&b);
	fingerprint_add(&b, g, d != NULL ? d->label : STR(""), same);
	json_key(j, "fingerprint");
	json_str(j, buf_str(&b));
	json_member(j, "severity", severity(g));
	location_json(j, &at);
	json_close(j, '}');
	buf_free(&b);
}

/* The array goes on behind what was written; whether it holds something is in r->held. */
static void
go_on(struct json *j, const struct report *r)
{
	json_resume(j, r->out, 1, r->held.n == 0);
}

static void
leave(struct report *r, const struct json *j)
{
	if (j->comma && r->held.n == 0)
		buf_addc(&r->held, ',');
}

void
gitlab_report_begin(struct report *r, const struct run_result *run)
{
	struct json j;

	(void)run;
	json_init(&j, r->out, true);
	json_open(&j, '[');
}

void
gitlab_report_domain(struct report *r, const struct domain_result *d)
{
	struct json j;

	go_on(&j, r);
	for (size_t i = 0; i < d->n_findings; i++)
		one(&j, r, d, &d->findings[i], same_before(d, i));
	leave(r, &j);
}

void
gitlab_report_end(struct report *r, const struct run_result *run)
{
	struct json j;

	go_on(&j, r);
	for (size_t i = 0; i < run->n_findings; i++)
		one(&j, r, NULL, &run->findings[i], 0);
	json_close(&j, ']');
	buf_addc(r->out, '\n');
}
