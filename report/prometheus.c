/* SPDX-License-Identifier: ISC */
/*
 * prometheus.c - the format prometheus: gauges for node_exporter's textfile collector.
 *
 * The samples of a metric stand together, so they are held until the end.  Labels are
 * domains, selectors in use and our own words: no text of a record.  A domain that was
 * given twice is told once, for a series must not stand twice.
 */
#include "report/ci.h"
#include "report/located.h"

#define MAX_DOMAINS 10000 /* each is some ten series; a monitor holds no more of one host */

enum metric { FINDINGS, VERDICT, LOOKUPS, VOIDS, POLICY, KEY_BITS, N_METRICS };

static const struct {
	const char *name, *help;
} metrics[N_METRICS] = {
	[FINDINGS] = { "mailvet_findings", "Findings of a domain by level." },
	[VERDICT] = { "mailvet_verdict",
	    "The worst that counts: 0 pass, 1 note, 2 warning, 3 unknown, 4 error." },
	[LOOKUPS] = { "mailvet_spf_lookups", "DNS lookups of the SPF record in the worst case." },
	[VOIDS] = { "mailvet_spf_void_lookups", "Those of them that have no answer." },
	[POLICY] = { "mailvet_dmarc_policy_info", "The DMARC policy that applies; always 1." },
	[KEY_BITS] = { "mailvet_dkim_key_bits", "Bits of the DKIM key at a selector in use." },
};

/* What stands in r->held before the bytes of a line. */
struct entry {
	enum metric metric;
	size_t n;
};

/* VALUE is printable. */
static void
label_add(struct buf *b, const char *name, struct str value, bool first)
{
	buf_addc(b, first ? '{' : ',');
	buf_adds(b, name);
	buf_adds(b, "=\"");
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '"' || value.p[i] == '\\')
			buf_addc(b, '\\');
		buf_addc(b, value.p[i]);
	}
	buf_addc(b, '"');
}

/* The end of a sample's line: its VALUE. */
static void
hold(struct report *r, enum metric metric, struct buf *line, uint64_t value)
{
	struct entry e = { .metric = metric };
	char bytes[sizeof(e)];

	buf_adds(line, "} ");
	buf_addu(line, value);
	buf_addc(line, '\n');
	e.n = line->n;
	memcpy(bytes, &e, sizeof(e));
	buf_add(&r->held, (struct str){ bytes, sizeof(bytes) });
	buf_add(&r->held, buf_str(line));
	buf_reset(line);
}

static void
begin(struct buf *line, enum metric metric, const struct domain_result *d)
{
	struct buf label;

	buf_init(&label, MAX_TOLD);
	buf_add_escaped(&label, d->label);
	buf_adds(line, metrics[metric].name);
	label_add(line, "domain", buf_str(&label), true);
	buf_free(&label);
}

static void
hold_counts(struct report *r, const struct domain_result *d, struct buf *line)
{
	for (size_t l = LEVEL_NOTE; l < N_LEVELS; l++) {
		begin(line, FINDINGS, d);
		label_add(line, "level", str_of(level_name((enum rule_level)l)), false);
		hold(r, FINDINGS, line, d->count[l]);
	}
	begin(line, VERDICT, d);
	hold(r, VERDICT, line, d->verdict);
}

/* Whether the key before the I-th of F is of the same domain and selector. */
static bool
is_doubled(const struct dkim_facts *f, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (name_eq(&f->keys[k].domain, &f->keys[i].domain) &&
		    str_ieq(f->keys[k].selector, f->keys[i].selector))
			return true;
	return false;
}

static void
hold_keys(struct report *r, const struct domain_result *d, struct buf *line)
{
	const struct dkim_facts *f = d->facts->dkim;
	struct buf text;

	buf_init(&text, MAX_TOLD);
	for (size_t i = 0; f != NULL && i < f->n; i++) {
		if (f->keys[i].bits == 0 || is_doubled(f, i))
			continue;
		begin(line, KEY_BITS, d);
		name_print(&text, &f->keys[i].domain);
		label_add(line, "signer", buf_str(&text), false);
		buf_reset(&text);
		buf_add_escaped(&text, f->keys[i].selector);
		label_add(line, "selector", buf_str(&text), false);
		buf_reset(&text);
		label_add(line, "type", str_of(f->keys[i].key_type), false);
		hold(r, KEY_BITS, line, f->keys[i].bits);
	}
	buf_free(&text);
}

static void
hold_facts(struct report *r, const struct domain_result *d, struct buf *line)
{
	const struct facts *f = d->facts;

	if (f == NULL)
		return;
	if (f->spf != NULL) {
		begin(line, LOOKUPS, d);
		hold(r, LOOKUPS, line, f->spf->lookups);
		begin(line, VOIDS, d);
		hold(r, VOIDS, line, f->spf->void_lookups);
	}
	if (f->dmarc != NULL && str_of(f->dmarc->policy).n > 0) {
		begin(line, POLICY, d);
		label_add(line, "policy", str_of(f->dmarc->policy), false);
		hold(r, POLICY, line, 1);
	}
	hold_keys(r, d, line);
}

/* Whether LINE, of METRIC, is held: then D was given twice. */
static bool
is_held(struct str held, enum metric metric, struct str line)
{
	struct entry e;

	for (size_t i = 0; i < held.n; i += sizeof(e) + e.n) {
		memcpy(&e, held.p + i, sizeof(e));
		if (e.metric == metric && str_has_prefix(str_sub(held, i + sizeof(e), e.n), line))
			return true;
	}
	return false;
}

void
prometheus_report_domain(struct report *r, const struct domain_result *d)
{
	struct buf line;
	bool told;

	buf_init(&line, MAX_TOLD);
	begin(&line, VERDICT, d);
	told = r->n >= MAX_DOMAINS || is_held(buf_str(&r->held), VERDICT, buf_str(&line));
	buf_reset(&line);
	if (!told) {
		hold_counts(r, d, &line);
		hold_facts(r, d, &line);
	}
	buf_free(&line);
}

static void
gauge_add(struct buf *b, const char *name, const char *help)
{
	buf_adds(b, "# HELP ");
	buf_adds(b, name);
	buf_addc(b, ' ');
	buf_adds(b, help);
	buf_adds(b, "\n# TYPE ");
	buf_adds(b, name);
	buf_adds(b, " gauge\n");
}

static void
write_metric(struct report *r, enum metric metric)
{
	struct str held = buf_str(&r->held);
	struct entry e;
	bool any = false;

	for (size_t i = 0; i < held.n; i += sizeof(e) + e.n) {
		memcpy(&e, held.p + i, sizeof(e));
		if (e.metric != metric)
			continue;
		if (!any)
			gauge_add(r->out, metrics[metric].name, metrics[metric].help);
		any = true;
		buf_add(r->out, str_sub(held, i + sizeof(e), e.n));
	}
}

static void
number(struct buf *b, const char *name, const char *help, uint64_t n)
{
	gauge_add(b, name, help);
	buf_adds(b, name);
	buf_addc(b, ' ');
	buf_addu(b, n);
	buf_addc(b, '\n');
}

void
prometheus_report_end(struct report *r, const struct run_result *run)
{
	for (size_t m = 0; m < N_METRICS; m++)
		write_metric(r, (enum metric)m);
	number(r->out, "mailvet_domains", "Domains audited in this run.", run->domains);
	number(r->out, "mailvet_domains_left_out", "Of these, without series of their own.",
	    run->domains > MAX_DOMAINS ? run->domains - MAX_DOMAINS : 0);
	number(r->out, "mailvet_run_findings", "Findings about the run itself.", run->n_findings);
	number(
	    r->out, "mailvet_run_complete", "1 unless the run was interrupted.", !run->interrupted);
	number(r->out, "mailvet_last_run_timestamp_seconds", "When the run began.",
	    run->generated > 0 ? (uint64_t)run->generated : 0);
}
