/* SPDX-License-Identifier: ISC */
/*
 * checkstyle.c - the format checkstyle: XML that Jenkins and reviewdog read.
 *
 * Findings that stand in one file and follow each other share an element; what base
 * has too, or a waiver bears, is left out.
 */
#include "report/ci.h"
#include "report/located.h"
#include "report/xml.h"

static const char *
severity(enum weight w)
{
	return w == WEIGHT_ERROR ? "error" : w == WEIGHT_WARNING ? "warning" : "info";
}

static void
error_xml(struct report *r, const struct judged *g, const struct located *at)
{
	struct buf b;

	buf_init(&b, MAX_TOLD);
	buf_adds(r->out, "    <error");
	xml_attribute_uint(r->out, "line", at->line);
	if (at->column > 0)
		xml_attribute_uint(r->out, "column", at->column);
	xml_attribute(r->out, "severity", str_of(severity(weight_of(g))));
	if (g->level == LEVEL_UNKNOWN)
		buf_adds(&b, "not determined: ");
	all_told_add(&b, g, &r->style);
	xml_attribute(r->out, "message", buf_str(&b));
	buf_reset(&b);
	buf_adds(&b, "mailvet.");
	buf_adds(&b, rule_of(g->f->id)->slug);
	xml_attribute(r->out, "source", buf_str(&b));
	buf_adds(r->out, "/>\n");
	buf_free(&b);
}

static void
list_xml(struct report *r, const struct domain_result *d, const struct judged *g, size_t n)
{
	struct located at, last = { .line = 0 };

	for (size_t i = 0; i < n; i++) {
		if (weight_of(&g[i]) <= WEIGHT_KEPT)
			continue;
		locate(d, &g[i], &at);
		if (last.line == 0 || !str_eq(last.file, at.file)) {
			buf_adds(r->out, last.line > 0 ? "  </file>\n  <file" : "  <file");
			xml_attribute(r->out, "name", at.file);
			buf_adds(r->out, ">\n");
		}
		error_xml(r, &g[i], &at);
		last = at;
	}
	if (last.line > 0)
		buf_adds(r->out, "  </file>\n");
}

void
checkstyle_report_begin(struct report *r, const struct run_result *run)
{
	(void)run;
	xml_begin(r->out);
	buf_adds(r->out, "<checkstyle version=\"4.3\">\n");
}

void
checkstyle_report_domain(struct report *r, const struct domain_result *d)
{
	list_xml(r, d, d->findings, d->n_findings);
}

void
checkstyle_report_end(struct report *r, const struct run_result *run)
{
	list_xml(r, NULL, run->findings, run->n_findings);
	buf_adds(r->out, "</checkstyle>\n");
}
