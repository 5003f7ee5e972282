/* SPDX-License-Identifier: ISC */
/*
 * nagios.c - the format nagios: what a monitoring plugin prints.
 *
 * One line with the worst that was found and the figures, then a line a finding, as
 * many as fit: Nagios reads 4 KiB.  No text has a bar, for the figures begin there.
 */
#include "report/ci.h"
#include "report/located.h"

#define MAX_LINES ((size_t)3 << 10) /* of 4 KiB; the first line takes the rest */
#define MAX_FIRST 400

enum { STATUS_OK, STATUS_WARNING, STATUS_CRITICAL, STATUS_UNKNOWN };

/* What r->held begins with; the lines follow. */
struct state {
	enum weight worst;
	size_t first, n_first; /* the worst finding's line in r->held */
	size_t left_out;
	uint32_t lookups; /* of the one domain */
};

int
nagios_status(const struct run_result *run)
{
	if (run->count[LEVEL_ERROR] > 0)
		return STATUS_CRITICAL;
	if (run->count[LEVEL_WARNING] > 0)
		return STATUS_WARNING;
	if (run->undetermined || run->domains == 0 || run->interrupted)
		return STATUS_UNKNOWN;
	return STATUS_OK;
}

/* "error example.com: 14 of 10 lookups"; a bar as DNS escapes it. */
static void
line_add(struct buf *b, const struct domain_result *d, const struct judged *g,
    const struct report_style *style)
{
	struct buf tmp;

	buf_init(&tmp, MAX_TOLD);
	buf_adds(&tmp, weight_of(g) == WEIGHT_ERROR ? "error " : "warning ");
	printed_line_add(&tmp, d != NULL ? d->label : STR("mailvet"), style);
	buf_adds(&tmp, ": ");
	if (g->level == LEVEL_UNKNOWN)
		buf_adds(&tmp, "not determined: ");
	told_add(&tmp, g, style);
	for (size_t i = 0; i < tmp.n && i < MAX_FIRST; i++) {
		if (tmp.p[i] == '|')
			buf_adds(b, "\\124");
		else
			buf_addc(b, tmp.p[i]);
	}
	if (tmp.n > MAX_FIRST)
		buf_adds(b, "...");
	buf_free(&tmp);
}

static void
one(struct report *r, struct state *st, const struct domain_result *d, const struct judged *g)
{
	enum weight w = weight_of(g);
	struct buf b;

	if (w < WEIGHT_WARNING)
		return;
	buf_init(&b, MAX_TOLD);
	line_add(&b, d, g, &r->style);
	buf_addc(&b, '\n');
	if (w <= st->worst && r->held.n + b.n > MAX_LINES) {
		st->left_out++;
	} else {
		if (w > st->worst) {
			st->worst = w;
			st->first = r->held.n;
			st->n_first = b.n - 1;
		}
		buf_add(&r->held, buf_str(&b));
	}
	buf_free(&b);
}

void
nagios_report_domain(struct report *r, const struct domain_result *d)
{
	struct state st;

	report_load(r, &st, sizeof(st));
	report_save(r, &st, sizeof(st));
	if (d->facts != NULL && d->facts->spf != NULL)
		st.lookups = d->facts->spf->lookups;
	for (size_t i = 0; i < d->n_findings; i++)
		one(r, &st, d, &d->findings[i]);
	report_save(r, &st, sizeof(st));
}

static void
figure(struct buf *b, const char *name, size_t n, const char *limits)
{
	buf_addc(b, ' ');
	buf_adds(b, name);
	buf_addc(b, '=');
	buf_addu(b, n);
	buf_adds(b, limits);
}

void
nagios_report_end(struct report *r, const struct run_result *run)
{
	static const char *const words[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };
	struct state st;

	report_load(r, &st, sizeof(st));
	report_save(r, &st, sizeof(st));
	for (size_t i = 0; i < run->n_findings; i++)
		one(r, &st, NULL, &run->findings[i]);
	buf_adds(r->out, "MAILVET ");
	buf_adds(r->out, words[nagios_status(run)]);
	buf_adds(r->out, " - ");
	if (st.n_first > 0)
		buf_add(r->out, str_sub(buf_str(&r->held), st.first, st.n_first));
	else
		buf_adds(r->out, run->domains == 0 ? "nothing was audited" : "nothing found");
	buf_adds(r->out, " |");
	figure(r->out, "errors", run->count[LEVEL_ERROR], ";;0;0");
	figure(r->out, "warnings", run->count[LEVEL_WARNING], ";0;;0");
	figure(r->out, "unknown", run->count[LEVEL_UNKNOWN], ";;;0");
	figure(r->out, "domains", run->domains, ";;;0");
	if (run->domains == 1)
		figure(r->out, "spf_lookups", st.lookups, ";;10;0");
	buf_addc(r->out, '\n');
	buf_add(r->out, str_sub(buf_str(&r->held), sizeof(st), r->held.n));
	if (st.left_out > 0) {
		buf_adds(r->out, "and ");
		buf_addu(r->out, st.left_out);
		buf_adds(r->out, " more\n");
	}
}
