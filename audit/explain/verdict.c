/* SPDX-License-Identifier: ISC */
/*
 * verdict.c - evidence weighed; see verdict.h.
 */
#include "audit/explain/verdict.h"

#define ERROR_SHARE 5    /* percent of the stream's mail at the provider, */
#define ERROR_MAILS 20   /* and so many, from which on a group is an error */
#define FEW_OF_MANY 20   /* so many taken for each refused: no record does that */
#define MANY_ELSEWHERE 5 /* providers that take what one refuses */
#define MAX_SEEN_DAYS 31 /* days that reports are asked about */
#define DAY_S 86400

/* The words for a confidence, from 1 on; 0 = none. */
static const char *
words_of(int confidence)
{
	static const char *const words[] = { "low", "low", "medium", "high" };

	return words[confidence < 0 ? 0 : confidence > 3 ? 3 : confidence];
}

/* How sure it is that the reply means what it was taken for. */
static int
reading_of(const struct bounce_group *g)
{
	return strcmp(g->confidence, "high") == 0     ? 3
	       : strcmp(g->confidence, "medium") == 0 ? 2
						      : 1;
}

static void
maybe(struct weighed *out, const char *words)
{
	if (out->n_maybe < MAX_MAYBE)
		out->maybe[out->n_maybe++] = words;
}

/*
 * Whether the receiver took far more of the stream than it refused while it refused: mail
 * that was accepted only before, or only after, tells of a change instead.
 */
static bool
is_few_of_many(const struct bounce_group *g)
{
	uint64_t around = g->accepted_between + g->accepted_since;
	uint64_t before = g->accepted > around ? g->accepted - around : 0;
	uint64_t many = FEW_OF_MANY * g->count;

	return g->accepted_between >= many || (before >= many && g->accepted_since >= many);
}

static bool
is_by_keys(enum refusal_demand d)
{
	return d == DEMAND_DKIM || d == DEMAND_EITHER || d == DEMAND_ALL || d == DEMAND_DMARC ||
	       d == DEMAND_ALIGNMENT;
}

static bool
is_by_path(enum refusal_demand d)
{
	return d == DEMAND_SPF || d == DEMAND_EITHER || d == DEMAND_ALL || d == DEMAND_DMARC ||
	       d == DEMAND_ALIGNMENT;
}

/* What could explain a refusal that the records do not. */
static void
list_maybes(const struct weighing *w, struct weighed *out)
{
	const struct refusal *r = &w->x->refusal;

	if (is_few_of_many(w->g))
		maybe(out,
		    "a single message, a forwarded one, or one of several sending hosts: far "
		    "more of the same stream was accepted");
	if (r->demand == DEMAND_LIST)
		maybe(out, "the entry has expired or was taken out since");
	else if (w->then == 0)
		maybe(out, "it was so then, and has been put right since");
	if (r->demand == DEMAND_LIST)
		maybe(out,
		    "the receiver's resolver is refused by the list, and takes that for an entry");
	else
		maybe(out,
		    "the change has not reached the receiver: an old answer is kept for its TTL");
	if (is_by_keys(r->demand) && r->keys_seen && r->keys[0].provenance != FROM_GIVEN)
		maybe(out, "the signer uses another key than the one that is published: "
			   "--private-key compares them");
	if (is_by_keys(r->demand))
		maybe(out, r->keys_seen
			       ? "the message was changed on its way: the signature no longer fits"
			       : "this mail was not signed, or by another key");
	if (str_eq(w->g->signature, STR("dmarc-opendmarc")) && w->g->from_domain.n == 0)
		maybe(out, "From is of a domain below: OpenDMARC names the one whose policy it is");
	if (is_by_path(r->demand))
		maybe(out, "forwarding: the receiver saw the address of a forwarder");
	if (is_by_path(r->demand) && !r->has_ip)
		maybe(out, "SPF was not looked at: the address it left from is not known (--ip "
			   "gives it)");
	else if (is_by_path(r->demand) && strcmp(w->of->ip_from, "log") != 0 &&
		 strcmp(w->of->ip_from, "text") != 0)
		maybe(out, "it left from another address than the one that was looked at");
	if (!w->g->permanent || r->demand == DEMAND_PTR || r->demand == DEMAND_HELO ||
	    r->demand == DEMAND_DOMAIN)
		maybe(out, "a lookup of the receiver failed for a while");
}

static void
set(struct weighed *out, enum bounce_verdict v, int confidence, const char *because)
{
	out->verdict = v;
	out->confidence = words_of(confidence);
	out->because = because;
}

static void
weigh_explained(const struct weighing *w, struct weighed *out)
{
	const struct bounce_group *g = w->g;
	bool partly = w->x->now.fact.finds == REFUSAL_PARTLY;
	int sure = reading_of(g);

	if (w->has_then && w->x->then.done && w->x->then.fact.finds == REFUSAL_NOT) {
		set(out, VERDICT_CONTRADICTED, 2,
		    "what is wrong today was in order then, so it was not this");
		list_maybes(w, out);
		return;
	}
	if (w->seen.rows > 0 && w->seen.dkim + w->seen.spf == 0)
		sure++;
	if (partly && sure > 2)
		sure = 2;
	if (w->x->refusal.author_assumed && sure > 2 && w->x->refusal.demand != DEMAND_SPF &&
	    is_by_keys(w->x->refusal.demand) && !w->x->refusal.keys_seen &&
	    w->x->refusal.demand != DEMAND_EITHER)
		sure = 2;
	if (w->x->doubted) {
		sure = 1;
		maybe(out,
		    "a forwarder sent it, or somebody else in your name: the address is known from "
		    "the words of others alone");
	}
	if (is_few_of_many(g)) {
		sure = 1;
		list_maybes(w, out);
	} else if (g->accepted_since > g->count) {
		sure = sure > 2 ? 2 : sure;
		maybe(out,
		    "mail of the same stream was accepted since: another host, or another rule");
	}
	set(out, VERDICT_CONFIRMED, sure,
	    partly ? "what can be looked up is at fault, and the receiver says the rest"
		   : "the records of today explain it");
}

/* The records are good today. */
static void
weigh_good(const struct weighing *w, struct weighed *out)
{
	const struct bounce_group *g = w->g;
	bool then = w->has_then && w->x->then.done;

	if (then && (w->x->then.fact.finds == REFUSAL_EXPLAINED ||
			w->x->then.fact.finds == REFUSAL_PARTLY)) {
		set(out, VERDICT_FIXED, reading_of(g),
		    "the recording of that time explains it, and today it is in order");
		return;
	}
	if (w->seen.rows > 0 && w->seen.dkim + w->seen.spf == 0 &&
	    is_by_path(w->x->refusal.demand)) {
		set(out, VERDICT_FIXED, 2,
		    "aggregate reports of those days saw it fail, and today it is in order");
		return;
	}
	if (g->accepted_since > 0 && !is_few_of_many(g)) {
		set(out, VERDICT_FIXED, 2,
		    "mail of the same stream was accepted since, and today it is in order");
		return;
	}
	if (g->accepted == 0 && g->accepted_elsewhere >= MANY_ELSEWHERE) {
		set(out, VERDICT_NOT_DNS, 1,
		    "the records are in order, and many others take the same mail");
		list_maybes(w, out);
		return;
	}
	set(out, VERDICT_CONTRADICTED, 2,
	    then ? "the records are in order, and were so then" : "the records are in order today");
	list_maybes(w, out);
}

static void
weigh_case(const struct weighing *w, struct weighed *out)
{
	const struct case_seen *now = &w->x->now;

	if (!now->done) {
		set(out, VERDICT_UNKNOWN, 0, "the audit of the domain was cut off");
		out->confidence = "";
		out->lacks = "the audit passed a bound of its own";
		return;
	}
	switch (now->fact.finds) {
	case REFUSAL_EXPLAINED:
	case REFUSAL_PARTLY:
		weigh_explained(w, out);
		break;
	case REFUSAL_NOT:
		weigh_good(w, out);
		break;
	default:
		set(out, VERDICT_UNKNOWN, 0, "");
		out->confidence = "";
		out->lacks = now->failed.n > 0            ? "a lookup failed"
			     : now->fact.lacks[0] != '\0' ? now->fact.lacks
							  : "something it hangs on is not known";
		out->because = out->lacks;
	}
}

void
verdict_weigh(const struct weighing *w, struct weighed *out)
{
	*out = (struct weighed){ .confidence = "", .lacks = "", .because = w->of->why };
	switch (w->of->standing) {
	case CASE_ASKED:
		weigh_case(w, out);
		return;
	case CASE_NOT_OURS:
	case CASE_THEIR_LIST:
	case CASE_INBOUND:
		out->verdict = VERDICT_NOT_OURS;
		out->confidence = words_of(reading_of(w->g));
		return;
	case CASE_NOT_DNS:
		out->verdict = VERDICT_NOT_DNS;
		out->confidence = words_of(reading_of(w->g));
		return;
	case CASE_UNOWNED:
		out->verdict = VERDICT_UNKNOWN;
		out->lacks = out->because;
		return;
	case CASE_LEFT_OUT:
		out->verdict = VERDICT_UNKNOWN;
		out->lacks = "there are more cases than are audited in one run";
		out->because = out->lacks;
		return;
	default:
		out->verdict = VERDICT_UNKNOWN;
		return;
	}
}

enum rule_level
verdict_level(const struct bounce_group *g)
{
	if (g->inbound || g->verdict == VERDICT_FIXED || g->verdict == VERDICT_NOT_OURS)
		return LEVEL_PASS;
	if (g->verdict == VERDICT_CONFIRMED)
		return LEVEL_ERROR;
	if (g->count >= ERROR_MAILS && g->count * 100 >= g->sent * ERROR_SHARE)
		return LEVEL_ERROR;
	return LEVEL_WARNING;
}

struct seen_then
verdict_seen(const struct evidence *e, const struct explain_case *x, const struct bounce_group *g)
{
	struct seen_then out = { .mails = 0 };
	time_t day = g->first - g->first % DAY_S, until = g->last;

	if (e->n == 0 || g->first == 0 || !x->refusal.has_ip || !name_is_set(&x->refusal.author))
		return out;
	for (size_t i = 0; i < MAX_SEEN_DAYS && day <= until; i++, day += DAY_S) {
		const struct evidence_row *row = NULL;

		while ((row = evidence_row_at(e, &x->refusal.author, &x->refusal.ip, day, row)) !=
		       NULL) {
			if (i > 0 && row->begin < day)
				continue; /* a report of several days counts once */
			out.rows++;
			out.mails += row->count;
			out.dkim += row->dkim ? row->count : 0;
			out.spf += row->spf ? row->count : 0;
			if (strcmp(row->disposition, "reject") == 0 ||
			    strcmp(row->disposition, "quarantine") == 0)
				out.refused += row->count;
		}
	}
	return out;
}
