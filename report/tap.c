/* SPDX-License-Identifier: ISC */
/*
 * tap.c - the format tap: the Test Anything Protocol, version 13.
 *
 * A finding is a test point, a check that passed one that is ok.  What base has too, or
 * a waiver bears, is TODO; what could not be determined where no answer is needed, SKIP.
 */
#include "report/ci.h"
#include "report/json.h"
#include "report/located.h"

/* A '#' would begin a directive, a backslash an escape. */
static void
escaped_add(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '#' || s.p[i] == '\\')
			buf_addc(b, '\\');
		buf_addc(b, s.p[i]);
	}
}

/* A JSON string is a YAML scalar too. */
static void
yaml_member(struct buf *out, const char *key, struct str s)
{
	struct json j;

	if (s.n == 0)
		return;
	buf_adds(out, "  ");
	buf_adds(out, key);
	buf_adds(out, ": ");
	json_init(&j, out, false);
	json_str(&j, s);
	buf_addc(out, '\n');
}

static void
block_add(struct report *r, const struct domain_result *d, const struct judged *g)
{
	struct located at;
	struct buf b;

	locate(d, g, &at);
	buf_init(&b, MAX_TOLD);
	buf_adds(r->out, "  ---\n");
	yaml_member(r->out, "severity", str_of(level_name(g->level)));
	advice_add(&b, g, &r->style);
	yaml_member(r->out, "advice", buf_str(&b));
	buf_reset(&b);
	records_add(&b, g, &r->style, "remove: ", "put: ");
	yaml_member(r->out, "records", buf_str(&b));
	yaml_member(r->out, "file", at.file);
	buf_adds(r->out, "  line: ");
	buf_addu(r->out, at.line);
	buf_adds(r->out, "\n  ...\n");
	buf_free(&b);
}

/* How many points there were stands in r->held. */
static size_t
next_number(struct report *r)
{
	size_t n = 0;
	char bytes[sizeof(n)];

	if (r->held.n == sizeof(n))
		memcpy(&n, r->held.p, sizeof(n));
	n++;
	memcpy(bytes, &n, sizeof(n));
	buf_reset(&r->held);
	buf_add(&r->held, (struct str){ bytes, sizeof(bytes) });
	return n;
}

static void
one(struct report *r, const struct domain_result *d, const struct judged *g)
{
	enum weight w = weight_of(g);
	bool skip = g->level == LEVEL_UNKNOWN && w == WEIGHT_NOTE;
	bool bad = is_failing(g, r->style.fail_on) || w == WEIGHT_KEPT ||
		   (g->level == LEVEL_UNKNOWN && !skip);
	struct buf b;

	buf_init(&b, MAX_TOLD);
	buf_adds(r->out, bad ? "not ok " : "ok ");
	buf_addu(r->out, next_number(r));
	buf_adds(r->out, " - ");
	printed_line_add(&b, d != NULL ? d->label : STR("mailvet"), &r->style);
	buf_addc(&b, ' ');
	buf_adds(&b, rule_of(g->f->id)->slug);
	buf_adds(&b, ": ");
	told_add(&b, g, &r->style);
	escaped_add(r->out, buf_str(&b));
	if (w == WEIGHT_KEPT)
		buf_adds(
		    r->out, g->waiver != NULL ? " # TODO accepted" : " # TODO base has it too");
	else if (skip)
		buf_adds(r->out, " # SKIP not determined");
	buf_addc(r->out, '\n');
	if (bad)
		block_add(r, d, g);
	buf_free(&b);
}

void
tap_report_begin(struct report *r, const struct run_result *run)
{
	(void)run;
	buf_adds(r->out, "TAP version 13\n");
}

void
tap_report_domain(struct report *r, const struct domain_result *d)
{
	for (size_t i = 0; i < d->n_findings; i++)
		one(r, d, &d->findings[i]);
	for (size_t i = 0; i < d->n_suppressed; i++)
		one(r, d, &d->suppressed[i]);
}

void
tap_report_end(struct report *r, const struct run_result *run)
{
	size_t n = 0;

	for (size_t i = 0; i < run->n_findings; i++)
		one(r, NULL, &run->findings[i]);
	if (r->held.n == sizeof(n))
		memcpy(&n, r->held.p, sizeof(n));
	buf_adds(r->out, "1..");
	buf_addu(r->out, n);
	buf_addc(r->out, '\n');
}
