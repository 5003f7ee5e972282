/* SPDX-License-Identifier: ISC */
/*
 * summary.c - what was counted, as a report has it.
 */
#include "audit/bounce/summary.h"
#include <stdlib.h>
#include "audit/bounce/count_keys.h"
#include "audit/bounce/summary_rise.h"
#include "audit/bounce/summary_words.h"

#define ERROR_SHARE 5   /* percent of the stream's mail at the provider, */
#define ERROR_MAILS 20  /* and so many */
#define RATE_UNIT 10000 /* limits are in hundredths of a percent */

/* All mails of S. */
static uint64_t
stream_sent(const struct flow *s)
{
	return s->delivered + s->deferred + s->hard + s->soft + s->policy;
}

/* Whether the mechanism is about an address and not about us. */
static bool
is_not_ours(enum mechanism m)
{
	return m == MECH_RECIPIENT || m == MECH_RECIPIENT_DOMAIN || m == MECH_MAILBOX_FULL ||
	       m == MECH_COMPLAINT_REPORT;
}

/* Without an audit nothing is confirmed: a warning, an error when it is much of the mail. */
static enum rule_level
level_of(const struct group *g, uint64_t sent)
{
	if (g->key.inbound || is_not_ours(g->key.mechanism))
		return LEVEL_PASS;
	if (g->count >= ERROR_MAILS && g->count * 100 >= sent * ERROR_SHARE)
		return LEVEL_ERROR;
	return LEVEL_WARNING;
}

static void
group_codes(struct arena *a, const struct group *g, struct bounce_group *out)
{
	out->reply_code = g->key.code;
	out->enhanced_code = enhanced_text(a, g->key.enhanced);
	out->mechanism = str_of(mechanism_name(g->key.mechanism));
	out->permanent = g->key.permanent;
	out->signature = str_of(g->signature);
	out->confidence = confidence_word(g->confidence);
	out->sample = g->sample;
	out->list_zone = g->list_zone;
	out->list_key = g->list_key;
	out->provider_id = g->provider_id;
}

static void
group_who(const struct count *c, struct arena *a, const struct group *g, struct bounce_group *out)
{
	out->sender_domain = word_of(&c->words, g->key.domain);
	out->provider = word_of(&c->words, g->key.provider);
	out->receiver = word_of(&c->words, g->key.receiver);
	if (g->key.has_ip)
		out->sender_ip = addr_text(a, &g->key.ip);
	out->ip_from = known_word(g->ip_from);
	out->from_domain = g->from_domain;
	out->mail_from_domain = g->mail_from_domain;
	out->helo = g->helo;
	out->named_domain = g->named_domain;
	out->identity = identity_word(g->identity);
	out->dkim_domain = g->dkim_domain;
	out->dkim_selector = g->dkim_selector;
	out->inbound = g->key.inbound;
}

static void
group_out(const struct count *c, struct arena *a, const struct group *g, struct bounce_group *out)
{
	const struct flow *s = g->stream == NO_STREAM ? NULL : &c->streams[g->stream];

	group_who(c, a, g, out);
	group_codes(a, g, out);
	out->count = g->count;
	out->own_log = g->own_log;
	out->own_ip = g->own_ip;
	out->stream = s != NULL ? (size_t)g->stream + 1 : 0;
	out->verdict_confidence = out->cause = out->page = out->lacks = "";
	out->accepted = s != NULL ? s->delivered : 0;
	if (s != NULL && g->delivered_last >= g->delivered_first)
		out->accepted_between = g->delivered_last - g->delivered_first;
	if (s != NULL && s->delivered > g->delivered_last && s->last_delivered >= g->last)
		out->accepted_since = s->delivered - g->delivered_last;
	out->sent = s != NULL ? stream_sent(s) : 0;
	out->delayed = g->recovered;
	out->expired = g->expired;
	out->first = g->first;
	out->last = g->last;
	out->retries_of = "";
	if (!g->key.permanent && g->count > g->expired && g->retry_of != NULL) {
		out->retries_end = g->retry_until;
		out->retries_of = g->retry_of;
	}
	out->level = level_of(g, out->sent);
}

/* Most mails first; then by what they are of. */
static int
group_order(const void *va, const void *vb)
{
	const struct bounce_group *a = va, *b = vb;
	const struct str ka[] = { a->sender_domain, a->provider, a->receiver, a->sender_ip,
		a->mechanism, a->enhanced_code };
	const struct str kb[] = { b->sender_domain, b->provider, b->receiver, b->sender_ip,
		b->mechanism, b->enhanced_code };
	int d;

	if (a->count != b->count)
		return a->count < b->count ? 1 : -1;
	for (size_t i = 0; i < ARRAY_LEN(ka); i++)
		if ((d = str_cmp(ka[i], kb[i])) != 0)
			return d;
	if (a->reply_code != b->reply_code)
		return a->reply_code < b->reply_code ? -1 : 1;
	return a->inbound != b->inbound ? a->inbound - b->inbound : a->permanent - b->permanent;
}

static void
make_groups(struct count *c, struct arena *a, uint64_t min_count, struct bounce_report *out)
{
	struct bounce_group *v = arena_array(a, c->n_groups + 1, sizeof(*v));

	for (uint32_t i = 0; i < c->n_groups; i++) {
		const struct group *g = &c->groups[i];

		if (g->count == 0)
			continue; /* all of it was delivered later */
		if (g->count < min_count)
			out->few++;
		else
			group_out(c, a, g, &v[out->n_groups++]);
	}
	qsort(v, out->n_groups, sizeof(*v), group_order);
	out->groups = v;
}

static void
peak_of(struct count *c, const struct flow *s, struct bounce_rate *out)
{
	for (uint32_t at = s->days; at != 0; at = c->buckets[at - 1].next)
		if (c->buckets[at - 1].sent >= out->peak_day) {
			out->peak_day = c->buckets[at - 1].sent;
			out->peak_date = (time_t)c->buckets[at - 1].when * DAY_S;
		}
}

static const char *
level_word(const struct bounce_limits *l, const struct bounce_rate *r)
{
	uint64_t hard = r->hard * RATE_UNIT, soft = r->soft * RATE_UNIT;

	if (hard >= r->sent * l->hard_stop)
		return "stop";
	if (hard >= r->sent * l->hard_act)
		return "act";
	return hard >= r->sent * l->hard_warn || soft >= r->sent * l->soft_warn ? "warn" : "ok";
}

static void
rate_out(struct count *c, struct arena *a, const struct flow *s, struct bounce_rate *out)
{
	out->sender_domain = word_of(&c->words, s->key.domain);
	out->provider = word_of(&c->words, s->key.provider);
	if (s->key.has_ip)
		out->sender_ip = addr_text(a, &s->key.ip);
	out->ip_from = known_word(s->ip_from);
	out->from = c->o.since != 0 ? c->o.since : c->first;
	out->to = c->o.until != 0 ? c->o.until : c->last;
	out->sent = stream_sent(s);
	out->delivered = s->delivered;
	out->deferred = s->deferred;
	out->hard = s->hard;
	out->soft = s->soft + s->deferred;
	out->policy = s->policy;
	out->complaints = s->complaints;
	out->delayed = s->delayed;
	out->level = "";
	peak_of(c, s, out);
	if (relay_is_smarthost(&c->relays, s->relay))
		out->smarthost = word_of(&c->words, s->relay);
}

static void
rate_levels(const struct count *c, struct bounce_rate *r)
{
	if (r->smarthost.n > 0 || r->sent < c->o.limits.attempts)
		return;
	r->has_rates = true;
	r->hard_rate = (double)r->hard / (double)r->sent;
	r->soft_rate = (double)r->soft / (double)r->sent;
	r->level = level_word(&c->o.limits, r);
}

static int
rate_order(const void *va, const void *vb)
{
	const struct bounce_rate *a = va, *b = vb;
	int d;

	if (a->sent != b->sent)
		return a->sent < b->sent ? 1 : -1;
	if ((d = str_cmp(a->sender_domain, b->sender_domain)) != 0 ||
	    (d = str_cmp(a->provider, b->provider)) != 0)
		return d;
	return str_cmp(a->sender_ip, b->sender_ip);
}

/* Soft failures that count as hard ones move there: one a recipient. */
static void
move_soft(struct count *c, struct bounce_rate *v)
{
	for (uint32_t i = 0; i < c->recipients.n; i++) {
		const struct recipient *x = recipient_at(&c->recipients, i);

		if (x->hard || x->soft_stream == NO_STREAM ||
		    recipient_soft_is_hard(x, &c->o.limits) == NULL || v[x->soft_stream].soft == 0)
			continue;
		v[x->soft_stream].soft--;
		v[x->soft_stream].hard++;
	}
}

static void
make_rates(struct count *c, struct arena *a, struct bounce_report *out)
{
	struct bounce_rate *v = arena_array(a, c->n_streams + 1, sizeof(*v));

	for (uint32_t i = 0; i < c->n_streams; i++)
		rate_out(c, a, &c->streams[i], &v[i]);
	move_soft(c, v);
	for (uint32_t i = 0; i < c->n_streams; i++) {
		if (v[i].sent + v[i].complaints == 0)
			continue; /* only mail that we refused */
		rate_levels(c, &v[i]);
		v[out->n_rates++] = v[i];
	}
	qsort(v, out->n_rates, sizeof(*v), rate_order);
	out->rates = v;
}

/* The surge that X failed in; NULL = none. */
static const struct surge *
surge_of(const struct count *c, const struct recipient *x, const struct surge *v, size_t n)
{
	for (size_t i = 0; i < n && x->hard_stream != NO_STREAM; i++)
		if (c->streams[x->hard_stream].key.provider == v[i].provider &&
		    x->hard_at >= v[i].from && x->hard_at < v[i].to)
			return &v[i];
	return NULL;
}

/* Why X is not to be written to; NULL = it may be. */
static const char *
reason_of(const struct count *c, const struct recipient *x)
{
	if (x->complained)
		return "complaint";
	if (x->hard)
		return "hard: the address or its domain does not exist";
	if (x->doubt == DOUBT_NOT_NAMED)
		return "a report names it, but the message that came back was not sent to it";
	if (x->doubt == DOUBT_NOT_OURS)
		return "a report names it, but the message that came back is not yours";
	return recipient_soft_is_hard(x, &c->o.limits);
}

/* Addresses by bytes; the pointers are of struct recipient. */
static int
address_order(const void *va, const void *vb)
{
	const struct recipient *a = *(const struct recipient *const *)va;
	const struct recipient *b = *(const struct recipient *const *)vb;

	return str_cmp((struct str){ a->address, a->n }, (struct str){ b->address, b->n });
}

/* The list of a struct bounce_addresses: no copies, an address needs eight bytes. */
struct address_list {
	const struct count *c;
	const struct recipient **v;
	bool held;
};

static void
address_at(const void *ctx, size_t i, struct bounce_address *out)
{
	const struct address_list *l = ctx;
	const struct recipient *x = l->v[i];

	out->recipient = (struct str){ x->address, x->n };
	out->why = l->held && x->hard
		       ? "unknown user, while this provider called many users unknown"
		       : reason_of(l->c, x);
	out->count = x->count;
	out->last = x->last;
}

/* Those that are HELD, or are to be suppressed; N of them. */
static struct bounce_addresses
list_addresses(struct count *c, struct arena *a, bool held, size_t n)
{
	struct address_list *l = arena_alloc(a, sizeof(*l));
	size_t k = 0;

	*l = (struct address_list){ .c = c, .held = held };
	l->v = arena_array(a, n + 1, sizeof(*l->v));
	for (uint32_t i = 0; i < c->recipients.n; i++) {
		const struct recipient *x = recipient_at(&c->recipients, i);

		if (reason_of(c, x) != NULL && (x->held != 0) == held)
			l->v[k++] = x;
	}
	qsort(l->v, k, sizeof(*l->v), address_order);
	return (struct bounce_addresses){ .n = k, .ctx = l, .at = address_at };
}

static void
make_addresses(struct count *c, struct alerts *al, struct bounce_report *out)
{
	struct surge *surges;
	size_t n_surges = summary_surges(c, al, &surges), n = 0, n_held = 0;

	for (uint32_t i = 0; i < c->recipients.n; i++) {
		struct recipient *x = recipient_at(&c->recipients, i);

		x->held = !x->complained && (x->hard ? surge_of(c, x, surges, n_surges) != NULL
						     : x->doubt != DOUBT_NONE);
		n_held += x->held;
		n += !x->held && reason_of(c, x) != NULL;
	}
	out->suppress = list_addresses(c, al->a, false, n);
	out->held = list_addresses(c, al->a, true, n_held);
}

void
summary_make(struct count *c, struct arena *a, uint64_t min_count, struct bounce_report *out)
{
	struct alerts al = { .a = a };

	make_groups(c, a, min_count, out);
	make_rates(c, a, out);
	make_addresses(c, &al, out);
	summary_alerts(c, &al);
	out->alerts = al.v;
	out->n_alerts = al.n;
	out->from = c->first;
	out->to = c->last;
	out->input.internal = c->internal;
	out->input.refused_by_us = c->refused_by_us;
	out->input.left_out = c->left_out;
	out->input.overflowed = c->overflowed + c->recipients.dropped;
}
