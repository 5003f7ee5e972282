/* SPDX-License-Identifier: ISC */
/*
 * readiness.c - what stands between a domain and each provider.
 */
#include "audit/readiness.h"

#define MAX_PROVIDERS 8 /* the table has four */

/* Whether the check called NAME ran to its end for R. */
static bool
has_run(const struct engine_result *r, const char *name)
{
	for (size_t i = 0; i < n_checks; i++)
		if (strcmp(checks[i].name, name) == 0)
			return (r->ran >> i & 1) != 0;
	return false;
}

/* Whether G is about a list of Spamhaus, which one provider asks. */
static bool
is_spamhaus(const struct judged *g)
{
	static const struct str zone = { "spamhaus.org", 12 };

	for (size_t i = 0; i < g->f->n_args; i++) {
		struct str text = g->f->args[i].text;

		if (strcmp(g->f->args[i].name, "list") == 0 && text.n >= zone.n &&
		    str_ieq(str_sub(text, text.n - zone.n, zone.n), zone))
			return true;
	}
	return false;
}

static void
see(struct requirement_view *v, const struct judged *g)
{
	v->told[g->f->id] = true;
	if (requirement_is_told_by(REQUIRE_NOT_SPAMHAUS, g->f->id) && is_spamhaus(g))
		v->spamhaus = true;
}

/* What was found, for the demands to look at. */
static void
make_view(
    const struct engine_result *r, const struct domain_result *d, struct requirement_view *out)
{
	*out = (struct requirement_view){ .subject = r->subject, .facts = r->facts };
	for (size_t i = 0; i < d->n_findings; i++)
		see(out, &d->findings[i]);
	for (size_t i = 0; i < d->n_suppressed; i++)
		see(out, &d->suppressed[i]);
	out->lists = has_run(r, "dnsbl");
	out->mx = has_run(r, "mx");
}

/* Whether a finding as grave as G stands between; a note about the same is none. */
static bool
stands_between(const struct readiness_row *row, const struct judged *g)
{
	bool unknown = g->level == LEVEL_UNKNOWN;

	if (!requirement_is_told_by(row->r->kind, g->f->id))
		return false;
	if (row->r->kind == REQUIRE_NOT_SPAMHAUS && !is_spamhaus(g))
		return false;
	return unknown ? row->state == STATE_UNKNOWN : row->state == STATE_NOT_MET;
}

/* Put G into the list of OUT once. */
static void
add_missing(const struct judged **list, struct readiness *out, const struct judged *g)
{
	for (size_t i = 0; i < out->n_missing; i++)
		if (list[i] == g)
			return;
	list[out->n_missing++] = g;
}

/* The findings that the unmet rows of OUT of kind KIND are told by. */
static void
add_kind(const struct domain_result *d, enum requirement_kind kind, const struct judged **list,
    struct readiness *out)
{
	for (size_t i = 0; i < out->n_rows; i++) {
		const struct readiness_row *row = &out->rows[i];

		if (row->r->kind != kind || !row->binds)
			continue;
		for (size_t k = 0; k < d->n_findings; k++)
			if (stands_between(row, &d->findings[k]))
				add_missing(list, out, &d->findings[k]);
		for (size_t k = 0; k < d->n_suppressed; k++)
			if (stands_between(row, &d->suppressed[k]))
				add_missing(list, out, &d->suppressed[k]);
	}
}

static void
conclude(const struct domain_result *d, struct arena *a, struct readiness *out)
{
	const struct judged **list =
	    arena_array(a, d->n_findings + d->n_suppressed + 1, sizeof(const struct judged *));
	bool unknown = false;

	for (size_t i = 0; i < out->n_rows; i++) {
		const struct readiness_row *row = &out->rows[i];

		if (out->as_of == NULL || strcmp(row->r->read, out->as_of) < 0)
			out->as_of = row->r->read;
		if (row->binds && row->state == STATE_NOT_MET)
			out->verdict = NOT_READY;
		unknown = unknown || (row->binds && row->state == STATE_UNKNOWN);
	}
	if (out->verdict == READY && unknown)
		out->verdict = CANNOT_TELL;
	for (int kind = 0; kind < REQUIREMENT_KINDS; kind++)
		add_kind(d, (enum requirement_kind)kind, list, out);
	out->missing = list;
}

/* The rows of the provider whose first row is requirements[FROM]; returns the next one's. */
static size_t
look(const struct requirement_view *v, struct arena *a, size_t from, struct readiness *out)
{
	struct readiness_row *rows = arena_array(a, n_requirements, sizeof(*rows));
	size_t i = from;

	*out = (struct readiness){ .provider = requirements[from].provider, .rows = rows };
	for (; i < n_requirements && strcmp(requirements[i].provider, out->provider) == 0; i++) {
		struct readiness_row *row = &rows[out->n_rows++];

		row->r = &requirements[i];
		row->binds = requirement_binds(row->r, v);
		row->state = requirement_judge(row->r, v, &row->reason);
	}
	return i;
}

void
readiness_judge(const struct engine_result *r, struct arena *a, struct domain_result *out)
{
	struct readiness *list;
	struct requirement_view v;

	if (r->subject->parked || r->facts->streams == NULL || r->facts->streams->n == 0)
		return; /* nobody sends as it */
	list = arena_array(a, MAX_PROVIDERS, sizeof(*list));
	make_view(r, out, &v);
	for (size_t i = 0; i < n_requirements && out->n_readiness < MAX_PROVIDERS;) {
		i = look(&v, a, i, &list[out->n_readiness]);
		conclude(out, a, &list[out->n_readiness]);
		out->n_readiness++;
	}
	out->readiness = list;
}
