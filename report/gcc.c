/* SPDX-License-Identifier: ISC */
/*
 * gcc.c - the format gcc: a finding a line, as compilers write them; editors and
 * reviewdog's errorformat read it.
 *
 * Notes are told with --notes.  What base has too, or a waiver bears, is not told.
 */
#include "report/ci.h"
#include "report/located.h"

static const char *
word(enum weight w)
{
	return w == WEIGHT_ERROR ? "error" : w == WEIGHT_WARNING ? "warning" : "note";
}

static void
one(struct report *r, const struct domain_result *d, const struct judged *g)
{
	enum weight w = weight_of(g);
	struct located at;

	if (w < (r->style.notes ? WEIGHT_NOTE : WEIGHT_WARNING))
		return;
	locate(d, g, &at);
	if (at.file.p[0] == ':')
		buf_adds(r->out, "./"); /* a line that begins with "::" is a command to GitHub */
	path_add(r->out, at.file);
	buf_addc(r->out, ':');
	buf_addu(r->out, at.line);
	if (at.column > 0) {
		buf_addc(r->out, ':');
		buf_addu(r->out, at.column);
	}
	buf_adds(r->out, ": ");
	buf_adds(r->out, word(w));
	buf_adds(r->out, ": ");
	if (g->level == LEVEL_UNKNOWN)
		buf_adds(r->out, "not determined: ");
	told_add(r->out, g, &r->style);
	buf_adds(r->out, " [");
	buf_adds(r->out, rule_of(g->f->id)->slug);
	buf_adds(r->out, "]\n");
}

void
gcc_report_domain(struct report *r, const struct domain_result *d)
{
	for (size_t i = 0; i < d->n_findings; i++)
		one(r, d, &d->findings[i]);
}

void
gcc_report_end(struct report *r, const struct run_result *run)
{
	for (size_t i = 0; i < run->n_findings; i++)
		one(r, NULL, &run->findings[i]);
}
