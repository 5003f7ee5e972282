/* SPDX-License-Identifier: ISC */
/*
 * gate_names.c - names that come to stand where a wildcard answered, and records that
 * come to lie behind a delegation.
 *
 * A wildcard answers for names that do not exist; a name exists as soon as it, or any
 * name below it, has a record of any type (RFC 4592 2.2.1, 2.2.2).  Only host names
 * are looked at: nobody writes to a name with an underscore.  A CNAME is not: it
 * hands the name over to somebody else on purpose.
 */
#include "checks/gate_judge.h"

#include "checks/core/buf.h"

#define MAX_GATE_NAMES 2000 /* new names that are looked at */

/* What a wildcard can give to a name. */
struct kind {
	const char *word;
	uint16_t type;
	const char *prefix; /* of the name asked */
	struct str version; /* that the text begins with */
};

static const struct kind kinds[] = {
	{ "MX", RR_MX, "", { "", 0 } },
	{ "SPF", RR_TXT, "", { "v=spf1", 6 } },
	{ "DMARC", RR_TXT, "_dmarc", { "v=DMARC1", 8 } },
};

/* The wildcard of the domain and what it gives. */
struct wildcard {
	struct gate *g;
	bool gives[ARRAY_LEN(kinds)];
	const struct answer *names; /* that existed before */
	struct name *seen;          /* names looked at */
	size_t n_seen, cap_seen, told;
};

/* Whether A holds what K is. */
static bool
has_kind(const struct answer *a, const struct kind *k)
{
	for (size_t i = 0; a->status == ANSWER_FOUND && i < a->n_rr; i++)
		if (k->type == RR_MX ? is_gate_exchanger(&a->rr[i])
				     : str_has_iprefix(a->rr[i].text, k->version))
			return true;
	return false;
}

/* Whether NAME, or a name below it, was there before. */
static bool
existed(const struct wildcard *w, const struct name *name)
{
	for (size_t i = 0; i < w->names->n_names; i++)
		if (name_is_below(&w->names->names[i], name))
			return true;
	return false;
}

/* What NAME, which K is asked at, gets after the change and got before. */
static bool
is_ended(struct wildcard *w, const struct name *name, const struct kind *k,
    const struct answer **was, const struct answer **is)
{
	struct name asked = *name;

	if (k->prefix[0] != '\0' && name_prefix(str_of(k->prefix), name, &asked) != NAME_OK)
		return false;
	*was = ask_dns(w->g->was.au.q, &asked, k->type);
	*is = ask_dns(w->g->is.au.q, &asked, k->type);
	if (is_pending(*was) || is_pending(*is) || !has_kind(*was, k) || has_kind(*is, k))
		return false;
	return (*is)->n_chain == 0 && (*is)->status != ANSWER_FAILED;
}

/* The same records at the name itself, where none of the type are. */
static void
repeat(struct wildcard *w, struct finding *f, const struct name *name, const struct kind *k,
    const struct answer *was)
{
	struct answer one = *was;

	for (size_t i = 0; i < was->n_rr; i++) {
		one.rr = &was->rr[i];
		one.n_rr = 1;
		if (k->type == RR_TXT && !str_has_iprefix(was->rr[i].text, k->version))
			continue;
		gate_put_back(w->g, f, name, &one);
	}
}

/* NAME is new; what did the wildcard give it? */
static void
judge_name(struct wildcard *w, const struct name *name)
{
	struct findings *fs = w->g->au->findings;
	const struct answer *was[ARRAY_LEN(kinds)], *is[ARRAY_LEN(kinds)], *first = NULL;
	bool ended[ARRAY_LEN(kinds)];
	struct str what;
	struct finding *f;

	buf_reset(w->g->b);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		ended[i] = w->gives[i] && is_ended(w, name, &kinds[i], &was[i], &is[i]);
		if (!ended[i])
			continue;
		buf_adds(w->g->b, first != NULL ? " and " : "");
		buf_adds(w->g->b, kinds[i].word);
		first = first != NULL ? first : is[i];
	}
	if (first == NULL || w->told++ >= MAX_GATE_TOLD)
		return;
	what = arena_str(w->g->au->arena, buf_str(w->g->b));
	f = gate_tell(w->g, RULE_GATE_WILDCARD_ENDED);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (!ended[i])
			continue;
		if (is[i] == first)
			gate_place_gone(w->g, f, name, &was[i]->rr[0]);
		finding_evidence(f, is[i]);
		repeat(w, f, kinds[i].prefix[0] != '\0' ? &is[i]->q.name : name, &kinds[i], was[i]);
	}
	finding_name(fs, f, "name", name);
	finding_words(fs, f, "what", what);
}

/* NAME and the names above it up to the domain, as far as they are new. */
static void
judge_up(struct wildcard *w, const struct name *name, const struct name *top)
{
	struct name at = *name;

	for (; name_labels(&at) > name_labels(top) && !existed(w, &at); at = name_parent(&at, 1)) {
		bool seen = false;

		for (size_t i = 0; i < w->n_seen && !seen; i++)
			seen = name_eq(&w->seen[i], &at);
		if (seen || w->n_seen >= MAX_GATE_NAMES)
			return;
		arena_grow(w->g->au->arena, &w->seen, w->n_seen, &w->cap_seen, sizeof(*w->seen));
		w->seen[w->n_seen++] = at;
		if (name_is_hostname(&at, false))
			judge_name(w, &at);
	}
}

/* What the wildcard of the domain gave before the change; false = nothing, or pending. */
static bool
find_wildcard(struct wildcard *w, const struct name *domain)
{
	struct name star;
	bool any = false;

	if (!name_above(STR("*"), domain, &star))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		w->gives[i] = has_kind(ask_dns(w->g->was.au.q, &star, kinds[i].type), &kinds[i]);
		any = any || w->gives[i];
	}
	return any;
}

/* GATE009. */
static void
judge_wildcard(struct gate *g)
{
	const struct name *d = &g->au->subject->domain;
	struct wildcard w = { .g = g };
	const struct answer *is;

	if (g->is.parked || !find_wildcard(&w, d))
		return;
	w.names = ask_names(g->was.au.q, d);
	is = ask_names(g->is.au.q, d);
	if (is_pending(w.names) || is_pending(is) || w.names->status != ANSWER_FOUND)
		return;
	for (size_t i = 0; i < is->n_names; i++)
		judge_up(&w, &is->names[i], d);
}

/* F is about the line of FAULT. */
static void
place_fault(struct gate *g, struct finding *f, const struct zone_fault *fault)
{
	struct rr *at = arena_alloc(g->au->arena, sizeof(*at));

	*at = (struct rr){ .type = fault->type,
		.file = fault->file,
		.line = fault->line,
		.column = fault->column,
		.end_line = fault->line,
		.end_column = fault->column };
	f->place = (struct place){ .name = fault->owner, .type = fault->type, .rr = at };
}

/* ZONE009, of what was served before the change. */
static void
judge_hidden(struct gate *g)
{
	const struct name *d = &g->au->subject->domain;
	const struct answer *zone = ask_zone(g->is.au.q, d);
	size_t told = 0;

	if (!g->au->subject->zone_files || is_pending(zone))
		return;
	for (size_t i = 0; i < zone->n_faults && told < MAX_GATE_TOLD; i++) {
		const struct zone_fault *z = &zone->faults[i];
		const struct answer *was;
		struct finding *f;

		if (!str_eq(z->code, STR("zone-hidden-record")) || !name_is_below(&z->owner, d))
			continue;
		was = ask_dns(g->was.au.q, &z->owner, z->type);
		if (is_pending(was) || was->status != ANSWER_FOUND || was->n_rr == 0)
			continue;
		f = gate_tell(g, RULE_GATE_RECORD_HIDDEN);
		place_fault(g, f, z);
		finding_evidence(f, zone);
		finding_text(g->au->findings, f, "text", z->text);
		told++;
	}
}

void
gate_judge_names(struct gate *g)
{
	judge_wildcard(g);
	judge_hidden(g);
}
