/* SPDX-License-Identifier: ISC */
/*
 * azure.c - the format azure: a logging command of Azure Pipelines a finding.
 *
 * Only errors and warnings exist there; notes are left out, and what base has too
 * or a waiver bears.
 */
#include "report/ci.h"
#include "report/located.h"

/*
 * Append S, printable but for line ends.  In a property ';' and ']' end it; '%' is
 * what escapes begin with, and has one of its own.
 */
static void
escaped_add(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%')
			buf_adds(b, "%AZP25");
		else if (s.p[i] == '\r')
			buf_adds(b, "%0D");
		else if (s.p[i] == '\n')
			buf_adds(b, "%0A");
		else if (s.p[i] == ';')
			buf_adds(b, "%3B");
		else if (s.p[i] == ']')
			buf_adds(b, "%5D");
		else
			buf_addc(b, s.p[i]);
	}
}

static void
number(struct buf *b, const char *key, uint32_t n)
{
	if (n == 0)
		return;
	buf_adds(b, key);
	buf_addu(b, n);
}

static void
one(struct report *r, const struct domain_result *d, const struct judged *g)
{
	enum weight w = weight_of(g);
	struct located at;
	struct buf tmp;

	if (w < WEIGHT_WARNING)
		return;
	locate(d, g, &at);
	buf_init(&tmp, MAX_TOLD);
	buf_adds(r->out, "##vso[task.logissue type=");
	buf_adds(r->out, w == WEIGHT_ERROR ? "error" : "warning");
	if (at.is_file) {
		path_add(&tmp, at.file);
		buf_adds(r->out, ";sourcepath=");
		escaped_add(r->out, buf_str(&tmp));
		number(r->out, ";linenumber=", at.line);
		number(r->out, ";columnnumber=", at.column);
	}
	buf_adds(r->out, ";code=");
	buf_adds(r->out, rule_of(g->f->id)->slug);
	buf_addc(r->out, ']');
	buf_reset(&tmp);
	subject_add(&tmp, d, &at);
	if (g->level == LEVEL_UNKNOWN)
		buf_adds(&tmp, "not determined: ");
	all_told_add(&tmp, g, &r->style);
	escaped_add(r->out, buf_str(&tmp));
	buf_addc(r->out, '\n');
	buf_free(&tmp);
}

void
azure_report_domain(struct report *r, const struct domain_result *d)
{
	for (size_t i = 0; i < d->n_findings; i++)
		one(r, d, &d->findings[i]);
}

void
azure_report_end(struct report *r, const struct run_result *run)
{
	for (size_t i = 0; i < run->n_findings; i++)
		one(r, NULL, &run->findings[i]);
}
