/* SPDX-License-Identifier: ISC */
/*
 * serving_text.c - which name server serves what, as text for people.
 *
 * Rdata is written by rr_print() and names by name_print(), which escape whatever is no
 * printable ASCII.
 */
#include "report/serving.h"
#include "report/text.h"

#define MAX_TOLD 20 /* records of one answer; json has them all */

static void
add_server(struct buf *b, const struct serving_server *s)
{
	if (s->host.n > 0)
		name_print(b, &s->host);
	if (s->port == 0)
		return;
	if (s->host.n > 0)
		buf_addc(b, ' ');
	addr_print(b, &s->addr);
	buf_addc(b, '@');
	buf_addu(b, s->port);
}

static void
add_records(struct buf *b, const char *who, const struct answer *a)
{
	struct rr cname;
	const struct rr *rr;
	size_t n = serving_records(a, &cname, &rr);

	for (size_t i = 0; i < n && i < MAX_TOLD; i++) {
		buf_adds(b, "        ");
		buf_adds(b, who);
		type_print(b, rr[i].type);
		buf_addc(b, ' ');
		rr_print(b, &rr[i]);
		buf_addc(b, '\n');
	}
	if (n > 0 && n <= MAX_TOLD)
		return;
	buf_adds(b, "        ");
	buf_adds(b, who);
	if (n > MAX_TOLD) {
		count_add(b, n - MAX_TOLD, "more record");
		buf_addc(b, '\n');
		return;
	}
	buf_adds(b, a->status == ANSWER_NXDOMAIN ? "no such name\n" : "no such record\n");
}

static void
add_cell(struct buf *b, const struct serving_rrset *r, const struct serving_cell *c)
{
	buf_adds(b, "    ");
	buf_adds(b, serving_name(c->state));
	buf_adds(b, "  ");
	name_print(b, &r->name);
	buf_addc(b, ' ');
	type_print(b, r->type);
	if (c->state == SERVING_UNKNOWN) {
		buf_adds(b, ": ");
		buf_adds(b, c->cause == CAUSE_NONE
				? "the zone given does not tell what stands there"
				: cause_name(c->cause));
	}
	buf_addc(b, '\n');
	if (c->state != SERVING_DIFFERS || c->served == NULL)
		return;
	add_records(b, "zone    ", r->zone);
	add_records(b, "served  ", c->served);
}

/* Whether S said nothing at all; then why is told once. */
static bool
is_silent(const struct serving_domain *d, const struct serving_server *s)
{
	for (size_t i = 0; i < d->n_rrsets; i++)
		if (s->cells[i].state != SERVING_UNKNOWN || s->cells[i].cause == CAUSE_NONE)
			return false;
	return d->n_rrsets > 0 && !s->has_serial;
}

/* The causes of what S did not answer, each once. */
static void
add_causes(struct buf *b, const struct serving_domain *d, const struct serving_server *s)
{
	const char *between = "";

	for (unsigned cause = CAUSE_NONE + 1; cause < CAUSE_COUNT; cause++) {
		size_t i = 0;

		while (i < d->n_rrsets && s->cells[i].cause != (enum answer_cause)cause)
			i++;
		if (i == d->n_rrsets)
			continue;
		buf_adds(b, between);
		buf_adds(b, cause_name((enum answer_cause)cause));
		between = ", ";
	}
}

static void
add_summary(struct buf *b, const struct serving_domain *d, const struct serving_server *s)
{
	if (s->has_serial) {
		buf_adds(b, ", serial ");
		buf_addu(b, s->serial);
	}
	buf_adds(b, ": ");
	if (s->state == SERVING_AGREES) {
		buf_adds(b, "all ");
		count_add(b, d->n_rrsets, "RRset");
	} else if (is_silent(d, s)) {
		buf_adds(b, "no answer (");
		add_causes(b, d, s);
		buf_addc(b, ')');
	} else {
		buf_addu(b, s->n_state[s->state]);
		buf_adds(b, " of ");
		count_add(b, d->n_rrsets, "RRset");
	}
	buf_addc(b, '\n');
}

static void
add_one(struct buf *b, const struct serving_domain *d, const struct serving_server *s, bool verbose)
{
	buf_adds(b, "  ");
	buf_adds(b, s->skipped != NULL ? "not asked" : serving_name(s->state));
	buf_adds(b, "  ");
	add_server(b, s);
	if (s->skipped != NULL) {
		buf_adds(b, ": ");
		buf_adds(b, s->skipped);
		buf_addc(b, '\n');
		return;
	}
	add_summary(b, d, s);
	for (size_t i = 0; i < d->n_rrsets && !is_silent(d, s); i++)
		if (verbose || s->cells[i].state != SERVING_AGREES)
			add_cell(b, &d->rrsets[i], &s->cells[i]);
	if (s->state == SERVING_DIFFERS) {
		buf_adds(b, "    ");
		serving_advice_add(b, d, s);
		buf_addc(b, '\n');
	}
}

static void
add_domain(struct buf *b, const struct serving_domain *d, bool verbose)
{
	name_print(b, &d->domain);
	buf_adds(b, ": ");
	count_add(b, d->n_rrsets, "RRset");
	buf_adds(b, " of the zone ");
	name_print(b, &d->apex);
	if (d->has_serial) {
		buf_adds(b, ", serial ");
		buf_addu(b, d->serial);
	}
	buf_addc(b, '\n');
	if (d->over)
		buf_adds(b, "  There are more; they are not asked for.\n");
	if (d->trouble != NULL) {
		buf_adds(b, "  ");
		buf_adds(b, d->trouble);
		if (d->cause != CAUSE_NONE) {
			buf_adds(b, " (");
			buf_adds(b, cause_name(d->cause));
			buf_addc(b, ')');
		}
		buf_addc(b, '\n');
	}
	for (size_t i = 0; i < d->n_servers; i++)
		add_one(b, d, &d->servers[i], verbose);
	buf_addc(b, '\n');
}

void
serving_text(struct buf *b, const struct serving_result *r, bool verbose)
{
	const size_t *n = r->n_state;

	for (size_t i = 0; i < r->n; i++)
		add_domain(b, &r->domains[i], verbose);
	count_add(b, n[SERVING_AGREES], "server");
	buf_adds(b, n[SERVING_AGREES] == 1 ? " agrees" : " agree");
	buf_adds(b, " with the zone, ");
	buf_addu(b, n[SERVING_DIFFERS]);
	buf_adds(b, n[SERVING_DIFFERS] == 1 ? " differs, " : " differ, ");
	buf_addu(b, n[SERVING_UNKNOWN]);
	buf_adds(b, " unknown; asked ");
	count_add(b, r->rounds, "time");
	buf_adds(b, " in ");
	count_add(b, r->waited_s, "second");
	buf_adds(b, ".\n");
}
