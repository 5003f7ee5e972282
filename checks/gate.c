/* SPDX-License-Identifier: ISC */
/*
 * gate.c - the check `gate`: the two states, and what is told once of both.
 */
#include "checks/gate.h"
#include "checks/gate_judge.h"

#include "checks/changes.h"
#include "checks/mx.h"

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
