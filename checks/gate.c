/* SPDX-License-Identifier: ISC */
/*
 * gate.c - the check `gate`: the two states, and what its files share.
 */
#include "checks/gate.h"

#include "checks/changes.h"
#include "checks/mx.h"

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

/* What is known of the state that S->au asks about; false = something is pending. */
static bool
look(struct gate_side *s)
{
	const struct name *d = &s->au.subject->domain;
	const struct spf_node *root;

	s->mx = ask_dns(s->au.q, d, RR_MX);
	s->txt = ask_dns(s->au.q, d, RR_TXT);
	s->tree = spf_tree(&s->au, d);
	s->policy = dmarc_policy(&s->au, d);
	if (is_pending(s->mx) || is_pending(s->txt) || s->tree->pending ||
	    s->policy->state == DMARC_PENDING)
		return false;
	spf_list(&s->au, s->tree, &s->listed);
	root = s->tree->nodes[0];
	s->parked = s->mx->status != ANSWER_FAILED && !gate_takes_mail(s->mx) &&
		    root->record != NULL && root->record->n_fatal == 0 &&
		    mx_spf_senders(s->txt) == NULL && root->record->all != SPF_NO_TERM;
	s->parked = s->parked || s->au.subject->parked;
	return true;
}

/* Whether S has any of the records that make a domain one of mail, its keys apart. */
static bool
has_mail_records(const struct gate_side *s)
{
	const struct dmarc_policy *p = s->policy;

	return gate_takes_mail(s->mx) || s->mx->status == ANSWER_FAILED ||
	       s->tree->nodes[0]->state != NODE_NONE ||
	       (p->n_steps > 0 && p->steps[0].answer != NULL &&
		   (p->steps[0].rr != NULL || p->steps[0].answer->status == ANSWER_FAILED));
}

/* clang-format off */
static const struct {
	enum rule_id gate, state;
	const char *same; /* arguments that have to be the same; a blank between */
} explained[] = {
	{ RULE_GATE_SENDER_LOST, RULE_SPF_NOT_PASS, "ip mail_from" },
	{ RULE_GATE_INCLUDE_NEEDED, RULE_SPF_NOT_PASS, "ip in ips" },
	{ RULE_GATE_INCLUDE_NEEDED, RULE_VIA_INCLUDE_MISSING, "" },
	{ RULE_GATE_SELECTOR_USED_REMOVED, RULE_DKIM_NO_KEY, "selector domain" },
	{ RULE_GATE_SELECTOR_USED_REMOVED, RULE_DKIM_REVOKED, "selector domain" },
	{ RULE_GATE_POLICY_DROPPED, RULE_DMARC_NONE, "" },
	{ RULE_GATE_POLICY_DROPPED, RULE_DMARC_POLICY_NONE_REPORTS, "" },
	{ RULE_GATE_POLICY_DROPPED, RULE_DMARC_NO_POLICY, "" },
	{ RULE_GATE_POLICY_DROPPED, RULE_DMARC_WEAKER, "" },
	{ RULE_GATE_POLICY_WEAKENED, RULE_DMARC_POLICY_NONE_REPORTS, "" },
	{ RULE_GATE_POLICY_WEAKENED, RULE_DMARC_TESTING, "" },
	{ RULE_GATE_POLICY_WEAKENED, RULE_DMARC_WEAKER, "" },
	{ RULE_GATE_POLICY_UNALIGNED, RULE_STREAM_UNALIGNED, "stream" },
	{ RULE_GATE_ALL_WEAKENED, RULE_SPF_NEUTRAL_ALL, "" },
	{ RULE_GATE_ALL_WEAKENED, RULE_SPF_NO_ALL, "" },
	{ RULE_GATE_ALL_WEAKENED, RULE_SPF_PASS_ALL, "" },
	{ RULE_GATE_SPF_REMOVED, RULE_SPF_NONE, "" },
	{ RULE_GATE_MX_REMOVED, RULE_MX_IMPLICIT, "" },
	{ RULE_GATE_MX_REMOVED, RULE_MX_IMPLICIT_SENDER, "" },
	{ RULE_GATE_RECORD_HIDDEN, RULE_ZONE_HIDDEN_RECORD, "" },
	{ RULE_GATE_WILDCARD_ENDED, RULE_SPF_WILDCARD_HIDDEN, "" },
};
/* clang-format on */

static struct str
argument(const struct finding *f, struct str name)
{
	for (size_t i = 0; i < f->n_args; i++)
		if (str_eq(str_of(f->args[i].name), name))
			return f->args[i].text;
	return (struct str){ NULL, 0 };
}

/* Whether WORD is one of those of LIST, a blank between. */
static bool
is_word_of(struct str list, struct str word)
{
	for (size_t pos = 0; pos < list.n;) {
		size_t end = str_find(list, pos, ' ');

		if (str_eq(str_sub(list, pos, end - pos), word))
			return true;
		pos = end + 1;
	}
	return false;
}

static bool
has_same(const struct finding *f, const struct finding *g, struct str names)
{
	if (str_eq(names, STR("ip in ips")))
		return is_word_of(argument(f, STR("ips")), argument(g, STR("ip")));
	for (size_t pos = 0; pos < names.n;) {
		size_t end = str_find(names, pos, ' ');
		struct str name = str_sub(names, pos, end - pos);

		if (!str_ieq(argument(f, name), argument(g, name)))
			return false;
		pos = end + 1;
	}
	return names.n > 0 ||
	       (name_eq(&f->place.name, &g->place.name) && f->place.type == g->place.type);
}

bool
gate_explains(const struct finding *f, const struct finding *g)
{
	for (size_t i = 0; i < ARRAY_LEN(explained); i++)
		if (explained[i].gate == f->id && explained[i].state == g->id &&
		    has_same(f, g, str_of(explained[i].same)))
			return true;
	return false;
}

void
check_gate(struct audit *au)
{
	struct gate g = { .au = au, .b = &au->findings->scratch };
	bool was, is;

	if (au->base == NULL)
		return;
	g.was.au = audit_before(au);
	g.is.au = *au;
	was = look(&g.was);
	is = look(&g.is);
	if (!was || !is)
		return;
	/* where all of it is gone, and not only one, the domain is given up */
	g.is.parked = g.is.parked || (has_mail_records(&g.was) && !has_mail_records(&g.is));
	gate_judge_spf(&g);
	gate_judge_keys(&g);
	gate_judge_dmarc(&g);
	gate_judge_mx(&g);
	gate_judge_names(&g);
	au->facts->changes = changes_of(&g);
}
