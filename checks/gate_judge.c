/* SPDX-License-Identifier: ISC */
/*
 * gate_judge.c - what the files of the check "gate" share: how they tell what is gone,
 * and put it back.
 */
#include "checks/gate_judge.h"

struct finding *
gate_tell(struct gate *g, enum rule_id id)
{
	return finding_add(g->au->findings, id, &g->au->subject->domain);
}

bool
is_gate_exchanger(const struct rr *rr)
{
	struct name host;

	return rr->type == RR_MX && rr_target(rr, &host) && name_labels(&host) > 0;
}

bool
gate_takes_mail(const struct answer *a)
{
	for (size_t i = 0; i < a->n_rr; i++)
		if (is_gate_exchanger(&a->rr[i]))
			return true;
	return false;
}

/* A record of OWNER that stands in a file after the change, the text first; NULL = none. */
static const struct rr *
neighbour(struct gate *g, const struct name *owner)
{
	static const uint16_t types[] = { RR_TXT, RR_MX, RR_CNAME, RR_NS, RR_A, RR_AAAA };
	const struct answer *names = ask_names(g->is.au.q, owner);

	if (is_pending(names) || names->n_names == 0 || !name_eq(&names->names[0], owner))
		return NULL; /* what it gets a wildcard gives */
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		const struct answer *a = ask_dns(g->is.au.q, owner, types[i]);

		if (is_pending(a))
			return NULL;
		for (size_t k = 0; k < a->n_rr && a->n_chain == 0; k++)
			if (a->rr[k].file.n > 0)
				return &a->rr[k];
	}
	return NULL;
}

/* Where the zone of the domain begins: its file, line 1.  False when it is in none. */
static bool
zone_start(struct gate *g, struct rr *out)
{
	const struct answer *zone = ask_zone(g->is.au.q, &g->au->subject->domain), *soa;

	if (is_pending(zone) || zone->status != ANSWER_FOUND || zone->n_names == 0)
		return false;
	soa = ask_dns(g->is.au.q, &zone->names[0], RR_SOA);
	out->file = soa->n_rr > 0 ? soa->rr[0].file : zone->from.where;
	out->line = out->column = out->end_line = out->end_column = 1;
	return out->file.n > 0;
}

void
gate_place_gone(struct gate *g, struct finding *f, const struct name *owner, const struct rr *rr)
{
	const struct rr *near = neighbour(g, owner);
	struct rr *at = arena_alloc(g->au->arena, sizeof(*at));
	struct buf *b = &g->au->findings->scratch;

	f->place = (struct place){ .name = *owner, .type = rr->type };
	buf_reset(b);
	if (rr->type != RR_TXT)
		rr_print(b, rr);
	else
		buf_add(b, rr->text);
	f->place.text = arena_str(g->au->arena, buf_str(b));
	*at = (struct rr){ .type = rr->type };
	if (near != NULL) { /* not its offsets: they are those of another text */
		at->file = near->file;
		at->line = near->line;
		at->column = near->column;
		at->end_line = near->end_line;
		at->end_column = near->end_column;
	} else if (!zone_start(g, at)) {
		return;
	}
	f->place.rr = at;
}

void
gate_put_back(struct gate *g, struct finding *f, const struct name *owner, const struct answer *a)
{
	struct buf *b = &g->au->findings->scratch;

	for (size_t i = 0; i < a->n_rr; i++) {
		struct change *c =
		    finding_change(g->au->findings, f, CHANGE_ADD, owner, a->rr[i].type);

		buf_reset(b);
		rr_print(b, &a->rr[i]);
		c->new = arena_str(g->au->arena, buf_str(b));
		c->ttl_s = a->rr[i].ttl_s;
	}
}
