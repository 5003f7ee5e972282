/* SPDX-License-Identifier: ISC */
/*
 * plan_cases.c - groups with verdicts to causes of a plan; see plan_cases.h.
 */
#include "audit/explain/plan_cases.h"
#include "audit/error.h"
#include "checks/providers.h"

#define MAX_PLAN_INCLUDES 1000 /* of services that a configuration names */

struct making {
	struct correlation *c;
	const struct bounce_report *r;
	struct arena *a;
	struct ours ours;
	struct subject *subjects;
	struct plan_cause *causes;
	size_t n_causes;
};

/* The addresses and networks of the configuration, of --ip, and of the logs' own writers. */
static void
take_addresses(struct making *m)
{
	const struct config *c = m->c->co->config;
	const struct check_options *o = m->c->co->o;
	const struct owners *w = &m->c->cases.owners;
	size_t room = o->n_ips + w->n_ips + 1, n_nets = 0;
	struct prefix *nets;
	struct addr *ips;

	for (size_t i = 0; c != NULL && i < c->n_senders; i++) {
		room += c->senders[i].s.n_ips;
		n_nets += c->senders[i].s.n_prefixes;
	}
	ips = arena_array(m->a, room, sizeof(*ips));
	nets = arena_array(m->a, n_nets + 1, sizeof(*nets));
	m->ours.ips = ips;
	m->ours.nets = nets;
	for (size_t i = 0; i < o->n_ips; i++)
		ips[m->ours.n_ips++] = addr_unmap(&o->ips[i]);
	for (size_t i = 0; c != NULL && i < c->n_senders; i++) {
		const struct sender *s = &c->senders[i].s;

		for (size_t k = 0; k < s->n_ips; k++)
			ips[m->ours.n_ips++] = addr_unmap(&s->ips[k]);
		for (size_t k = 0; k < s->n_prefixes; k++)
			nets[m->ours.n_nets++] = s->prefixes[k];
	}
	for (size_t i = 0; i < w->n_ips; i++)
		ips[m->ours.n_ips++] = w->ips[i];
}

/* The includes of the services that the configuration says mail leaves through. */
static void
take_includes(struct making *m)
{
	const struct config *c = m->c->co->config;
	struct str *v = arena_array(m->a, MAX_PLAN_INCLUDES, sizeof(*v));

	m->ours.includes = v;
	for (size_t i = 0; c != NULL && i < c->n_senders; i++)
		for (size_t k = 0; k < c->senders[i].s.n_via; k++) {
			const struct provider *p = provider_find(c->senders[i].s.via[k]);

			if (p == NULL || !p->verified || p->made || p->includes[0] == NULL ||
			    m->ours.n_includes == MAX_PLAN_INCLUDES)
				continue;
			v[m->ours.n_includes++] = str_of(p->includes[0]);
		}
}

/* The subjects of all cases, as far as they are ours; the refusal itself is judged already. */
static void
take_subjects(struct making *m)
{
	const struct cases *cs = &m->c->cases;

	m->subjects = arena_array(m->a, cs->n + 1, sizeof(*m->subjects));
	for (size_t i = 0; i < cs->n; i++) {
		case_subject(&cs->v[i], m->c->co, m->a, &m->subjects[i]);
		m->subjects[i].zone_files = false;
		m->subjects[i].refusal = NULL;
		plan_subject(m->a, &m->ours, &m->subjects[i]);
	}
}

static void
add_rule(struct plan_cause *out, enum rule_id id)
{
	for (size_t i = 0; i < out->n_rules; i++)
		if (out->rules[i] == id)
			return;
	if (out->n_rules < MAX_PLAN_RULES)
		out->rules[out->n_rules++] = id;
}

/* What the case X tells of the group G. */
static void
take_case(struct making *m, const struct bounce_group *g, const struct explain_case *x,
    struct plan_cause *out)
{
	const struct refusal *r = &x->refusal;
	enum rule_id id;

	for (size_t i = 0; i < g->n_findings; i++)
		if (rule_find(g->findings[i].told.id, &id))
			add_rule(out, id);
	for (size_t i = 0; i < x->now.fact.n_causes; i++)
		add_rule(out, x->now.fact.causes[i]);
	out->has_ip = r->has_ip;
	out->ip = r->ip;
	out->owned = r->has_ip && is_ours(&m->ours, &r->ip);
	if (name_is_set(&r->helo))
		out->helo = name_text(m->a, &r->helo);
	if (r->n_keys > 0) {
		out->selector = r->keys[0].name;
		out->key_domain = name_text(
		    m->a, name_is_set(&r->keys[0].domain) ? &r->keys[0].domain : &x->domain);
	}
	if (name_is_set(&x->domain))
		out->domain = name_text(m->a, &x->domain);
}

/* Who can act where DNS is not the matter: us as far as the receiver judges what we send. */
static enum rule_who
who_of(const struct bounce_group *g)
{
	static const char *const theirs[] = { "system", "connection", "recipient-domain",
		"expired" };

	for (size_t i = 0; i < ARRAY_LEN(theirs); i++)
		if (str_eq(g->mechanism, str_of(theirs[i])))
			return WHO_RECIPIENT;
	return WHO_YOU;
}

/* Group I as a cause of the plan; none where nothing is to be done. */
static void
take_group(struct making *m, size_t i)
{
	const struct bounce_group *g = &m->r->groups[i];
	const struct case_of *of = &m->c->cases.of[i];
	struct plan_cause *out = &m->causes[m->n_causes];
	bool not_dns = g->verdict == VERDICT_NOT_DNS;

	if (g->verdict != VERDICT_CONFIRMED && !not_dns)
		return;
	*out = (struct plan_cause){ .group = i,
		.mails = g->count,
		.subject = NO_SUBJECT,
		.domain = g->sender_domain,
		.not_dns = not_dns,
		.advice = g->advice,
		.url = g->page != NULL ? str_of(g->page) : STR(""),
		.who = not_dns ? who_of(g) : WHO_YOU };
	if (g->retries_of != NULL && g->retries_of[0] != '\0')
		out->reader = g->retries_of;
	if (of->standing == CASE_ASKED) {
		out->subject = of->index;
		take_case(m, g, &m->c->cases.v[of->index], out);
	}
	m->n_causes++;
}

int
plan_cases(struct correlation *c, const struct bounce_report *r, struct plan *out)
{
	struct making m = { .c = c, .r = r, .a = c->a };
	struct rehearsal_options ro = { .a = c->a,
		.rest = c->world,
		.loop = c->loop,
		.now = c->run.now,
		.recorder = c->recorder,
		.config = c->co->config,
		.o = c->co->o };
	struct rehearsal rehearsal;
	int rc;

	take_addresses(&m);
	take_includes(&m);
	take_subjects(&m);
	m.causes = arena_array(c->a, r->n_groups + 1, sizeof(*m.causes));
	for (size_t i = 0; i < r->n_groups; i++)
		take_group(&m, i);
	*out = (struct plan){ .n = 0 };
	if (m.n_causes == 0)
		return AUDIT_OK;
	rc = rehearsal_begin(&rehearsal, &ro, m.subjects, c->cases.n);
	if (rc == AUDIT_OK)
		rc = plan_make(
		    c->a, &rehearsal, &(struct plan_causes){ m.causes, m.n_causes, &m.ours }, out);
	rehearsal_free(&rehearsal);
	return rc;
}
