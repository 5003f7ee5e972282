/* SPDX-License-Identifier: ISC */
/*
 * words.c - a verdict in words; see words.h.
 */
#include "audit/explain/words.h"
#include "audit/bounce/advice.h"
#include "audit/bounce/summary_words.h"
#include "report/explain.h"

#define MAX_WORDS ((size_t)8 << 10) /* of one step */

struct telling {
	const struct weighing *w;
	const struct weighed *v;
	struct arena *a;
	struct bounce_step *steps;
	size_t n;
	struct buf b;
};

/* What B holds becomes a step of KIND; B is empty again. */
static struct bounce_step *
step(struct telling *t, const char *kind)
{
	struct bounce_step *s = &t->steps[t->n];

	if (t->n < MAX_GROUP_STEPS)
		t->n++; /* the last place is for what is beyond the bound: not told */

	*s = (struct bounce_step){ .kind = kind, .text = arena_str(t->a, buf_str(&t->b)) };
	buf_reset(&t->b);
	return s;
}

/* Whether NAME can be pasted into a shell as it is. */
static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_isalnum(s.p[i]) && s.p[i] != '.' && s.p[i] != '-' && s.p[i] != '_')
			return false;
	return s.n > 0 && s.p[0] != '-';
}

/* "dig +short TXT example.com"; empty for what cannot be asked so. */
static struct str
dig(struct telling *t, const struct question *q)
{
	struct str name, out;

	if (q->kind != ASK_DNS || q->name.n == 0 || q->type == 0)
		return STR("");
	name = name_text(t->a, &q->name);
	if (!is_plain(name))
		return STR("");
	buf_adds(&t->b, "dig +short ");
	type_print(&t->b, q->type);
	buf_addc(&t->b, ' ');
	buf_add(&t->b, name);
	out = arena_str(t->a, buf_str(&t->b));
	buf_reset(&t->b);
	return out;
}

static void
stated(struct telling *t, const char *what, struct str result)
{
	if (result.n == 0)
		return;
	buf_adds(&t->b, t->b.n > 0 ? ", " : "it says: ");
	buf_adds(&t->b, what);
	buf_addc(&t->b, ' ');
	buf_add_escaped(&t->b, result);
}

/* Whether the From domain decides about R. */
static bool
is_about_author(const struct refusal *r)
{
	return name_is_set(&r->author) &&
	       (r->demand == DEMAND_ALL || r->demand == DEMAND_DMARC ||
		   r->demand == DEMAND_ALIGNMENT || r->demand == DEMAND_RECORD);
}

/* What the receiver said, and what that means there. */
static void
tell_said(struct telling *t, enum mechanism m)
{
	const struct bounce_group *g = t->w->g;

	if (t->w->x != NULL) {
		stated(t, "SPF", t->w->x->refusal.spf);
		stated(t, "DKIM", t->w->x->refusal.dkim);
		stated(t, "DMARC", t->w->x->refusal.dmarc);
	}
	if (t->b.n == 0)
		buf_adds(&t->b, advice_meaning(m));
	if (t->b.n > 0)
		(void)step(t, "said");
	if (t->w->x == NULL)
		return;
	buf_adds(&t->b, g->provider.n > 0 ? "at " : "there, ");
	if (g->provider.n > 0) {
		buf_add_escaped(&t->b, g->provider);
		buf_adds(&t->b, ", ");
	}
	buf_adds(&t->b, refusal_demand_text(t->w->x->refusal.demand));
	if (is_about_author(&t->w->x->refusal) && t->w->x->refusal.author_assumed) {
		buf_adds(&t->b, " (From is taken to be ");
		name_print(&t->b, &t->w->x->refusal.author);
		buf_addc(&t->b, ')');
	}
	(void)step(t, "means");
}

static void
tell_seen(struct telling *t, const struct case_seen *c, const char *kind)
{
	for (size_t i = 0; i < c->fact.n_steps; i++) {
		const struct refusal_step *s = &c->fact.steps[i];
		struct str command = dig(t, &s->q);
		struct bounce_step *out;

		if (strcmp(kind, "then") == 0) {
			time_add(&t->b, t->w->then);
			buf_adds(&t->b, ": ");
		}
		buf_add(&t->b, s->words);
		out = step(t, kind);
		out->dig = strcmp(kind, "then") == 0 ? STR("") : command;
		out->answer = s->shows;
	}
}

static void
tell_reports(struct telling *t)
{
	const struct seen_then *s = &t->w->seen;

	if (s->rows == 0)
		return;
	buf_adds(&t->b, "aggregate reports of those days: ");
	buf_addu(&t->b, s->mails);
	buf_adds(&t->b, s->mails == 1 ? " mail" : " mails");
	buf_adds(&t->b, " from that address; aligned passes: SPF ");
	buf_addu(&t->b, s->spf);
	buf_adds(&t->b, ", DKIM ");
	buf_addu(&t->b, s->dkim);
	buf_adds(&t->b, "; refused or put aside: ");
	buf_addu(&t->b, s->refused);
	(void)step(t, "seen");
}

/* How much of the stream was taken, there and elsewhere. */
static void
tell_accepted(struct telling *t)
{
	const struct bounce_group *g = t->w->g;

	if (g->inbound || g->sent == 0)
		return;
	buf_addu(&t->b, g->count);
	buf_adds(&t->b, " of ");
	buf_addu(&t->b, g->sent);
	buf_adds(&t->b, g->sent == 1 ? " mail of this stream was refused so there"
				     : " mails of this stream were refused so there");
	if (g->accepted > 0) {
		buf_adds(&t->b, ", ");
		buf_addu(&t->b, g->accepted);
		buf_adds(&t->b, " accepted");
	}
	if (g->accepted_since > 0) {
		buf_adds(&t->b, ", ");
		buf_addu(&t->b, g->accepted_since);
		buf_adds(&t->b, " of them after the last refusal");
	}
	if (g->accepted_elsewhere > 0) {
		buf_adds(&t->b, "; other receivers that accept it: ");
		buf_addu(&t->b, g->accepted_elsewhere);
	}
	(void)step(t, "seen");
}

static void
tell_so(struct telling *t)
{
	const struct weighed *v = t->v;

	buf_adds(&t->b, bounce_verdict_name(v->verdict));
	buf_adds(&t->b, ": ");
	buf_adds(&t->b, v->because);
	if (v->verdict == VERDICT_CONTRADICTED && t->w->x->now.fact.ttl_s > 0) {
		buf_adds(&t->b, " (the TTL there is ");
		buf_addu(&t->b, t->w->x->now.fact.ttl_s);
		buf_adds(&t->b, " s)");
	}
	if (t->w->of->not_ours.n > 0) {
		buf_adds(&t->b, " (");
		buf_add_escaped(&t->b, t->w->of->not_ours);
		buf_addc(&t->b, ')');
	}
	if (v->verdict == VERDICT_UNKNOWN && t->w->x != NULL && t->w->x->now.failed.n > 0) {
		buf_adds(&t->b, ": ");
		buf_add(&t->b, t->w->x->now.failed);
	}
	(void)step(t, "so");
}

/* Where no record is to be changed: what to do. */
static struct str
advice_of(const struct weighing *w, const struct weighed *v, enum mechanism m)
{
	const bool doubted = w->x != NULL && w->x->doubted;

	if (v->verdict == VERDICT_NOT_DNS)
		return str_of(
		    m == MECH_IP_REPUTATION || m == MECH_DOMAIN_REPUTATION
			? "no record is to be changed; look at the receiver's portal, ask "
			  "it to look again, send less and to those who want it"
			: advice_who(m));
	if (v->verdict == VERDICT_CONFIRMED && doubted && w->x->refusal.demand != DEMAND_LIST)
		return STR("the address stands only in what others wrote, a reply or a bounce "
			   "message: put it into no record unless it is a server of yours");
	if (v->verdict == VERDICT_UNKNOWN && w->of->standing == CASE_UNREAD)
		return STR(
		    "its own words are all there is; a signature in mailvet.yaml can name it");
	if (w->of->standing == CASE_UNOWNED)
		return STR("name your domains in mailvet.yaml (--config), or give the whole "
			   "log, which shows the senders too");
	if (v->verdict == VERDICT_NOT_OURS && w->of->not_ours.n > 0)
		return STR(
		    "if it is yours all the same, name it under domains in mailvet.yaml; else its "
		    "records are its owner's, and who forwards mail can rewrite the envelope "
		    "sender (SRS)");
	return STR("");
}

/* What to do where DNS confirms it and no finding of the audit has a remedy. */
static void
fill_without_finding(const struct weighing *w, struct bounce_group *g)
{
	const struct dnsbl_list *l = w->x->refusal.list;

	if (w->x->now.fact.n_causes > 0)
		g->cause = rule_of(w->x->now.fact.causes[0])->slug;
	if (g->advice.n > 0 || l == NULL)
		return;
	g->advice = str_of(l->delist != NULL
			       ? l->delist
			       : "ask the operator of the list to take the entry out, once what "
				 "led to it is over");
	g->page = l->url != NULL ? l->url : "";
}

static const char *
page_of(struct arena *a, struct str provider)
{
	char *p = arena_array(a, provider.n + 1, 1);

	if (provider.n > 0)
		memcpy(p, provider.p, provider.n);
	return advice_page(p);
}

void
words_fill(
    const struct weighing *w, const struct weighed *v, struct arena *a, struct bounce_group *g)
{
	struct telling t = { .w = w, .v = v, .a = a };
	const char **maybe = arena_array(a, MAX_MAYBE, sizeof(*maybe));
	enum mechanism m;

	if (!mechanism_find(g->mechanism, &m))
		m = MECH_NONE;
	t.steps = arena_array(a, MAX_GROUP_STEPS + 1, sizeof(*t.steps));
	buf_init(&t.b, MAX_WORDS);
	tell_said(&t, m);
	if (w->x != NULL && w->has_then)
		tell_seen(&t, &w->x->then, "then");
	if (w->x != NULL)
		tell_seen(&t, &w->x->now, "now");
	tell_reports(&t);
	tell_accepted(&t);
	tell_so(&t);
	buf_free(&t.b);
	memcpy(maybe, v->maybe, v->n_maybe * sizeof(*maybe));
	g->verdict = v->verdict;
	g->verdict_confidence = v->confidence;
	g->lacks = v->lacks;
	g->steps = t.steps;
	g->n_steps = t.n;
	g->maybe = maybe;
	g->n_maybe = v->n_maybe;
	g->advice = advice_of(w, v, m);
	g->ip_from = w->of->ip_from;
	if (w->x != NULL && w->x->refusal.has_ip)
		g->sender_ip = addr_text(a, &w->x->refusal.ip);
	g->page = v->verdict == VERDICT_NOT_DNS || v->verdict == VERDICT_CONTRADICTED
		      ? page_of(a, g->provider)
		      : "";
	if (v->verdict != VERDICT_CONFIRMED || w->x == NULL)
		return;
	g->findings = w->x->now.findings;
	g->n_findings = w->x->now.n_findings;
	if (g->n_findings > 0)
		g->cause = g->findings[0].told.id.p; /* a slug, which ends in NUL */
	else
		fill_without_finding(w, g);
}
