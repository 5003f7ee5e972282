/* SPDX-License-Identifier: ISC */
/*
 * count.c - fates counted.
 */
#include "audit/bounce/count.h"
#include <stdlib.h>
#include "audit/bounce/address.h"
#include "audit/bounce/count_group.h"
#include "audit/bounce/count_keys.h"
#include "audit/bounce/provider.h"
#include "audit/bounce/span.h"
#include "checks/core/hash.h"

/* What a failure counts as. */
enum failure { FAILURE_HARD, FAILURE_POLICY, FAILURE_SOFT };

void
count_init(struct count *c, const struct count_options *o)
{
	*c = (struct count){ .o = *o };
	arena_init(&c->text, 0);
	word_list_init(&c->words);
	recipients_init(&c->recipients);
}

void
count_free(struct count *c)
{
	arena_free(&c->text);
	word_list_free(&c->words);
	relays_free(&c->relays);
	recipients_free(&c->recipients);
	free(c->streams);
	free(c->groups);
	free(c->buckets);
	free(c->hours);
	slots_free(&c->stream_slots);
	slots_free(&c->group_slots);
}

bool
count_wants(struct count *c, const struct bounce_event *e)
{
	bool refused = e->kind == EVENT_REFUSED_BY_US;

	if (refused)
		c->refused_by_us += e->count;
	else if (e->direction != DIRECTION_OUT)
		c->internal++;
	if (refused ? !c->o.inbound : e->direction != DIRECTION_OUT)
		return false;
	if (e->has_time && ((c->o.since != 0 && e->time < c->o.since) ||
			       (c->o.until != 0 && e->time >= c->o.until))) {
		c->left_out++;
		return false;
	}
	return true;
}

/* Who sent it, as far as it is told: MAIL FROM's domain, "<>", else the From header's. */
static uint32_t
sender_word(struct count *c, const struct bounce_event *e)
{
	if (str_eq(e->sender, STR("<>")))
		return word_id(&c->words, e->sender);
	return word_id(&c->words, address_domain(e->sender.n > 0 ? e->sender : e->from));
}

static bool
is_at_or_below(struct str name, struct str apex)
{
	if (name.n < apex.n || !str_eq(str_sub(name, name.n - apex.n, apex.n), apex))
		return false;
	return name.n == apex.n || name.p[name.n - apex.n - 1] == '.';
}

/*
 * Whether F is mail of the domain asked for.  Where the log does not tell who sent it,
 * as a part of one does not, a reply that names the domain does.
 */
static bool
is_asked_for(const struct count *c, const struct fate *f, uint32_t domain)
{
	if (c->o.domain.n == 0 || is_at_or_below(word_of(&c->words, domain), c->o.domain))
		return true;
	return domain == WORD_NONE && f->what != NULL &&
	       is_at_or_below(f->what->lifted.domain, c->o.domain);
}

/* The stream of F, and which receiver it was; false when it was not asked for. */
static bool
find_stream(struct count *c, const struct fate *f, struct flow_key *k, uint32_t *relay)
{
	const struct bounce_event *e = f->e;
	const char *whose = f->what != NULL ? f->what->provider : "";

	*k = (struct flow_key){ .domain = sender_word(c, e) };
	if (e->kind == EVENT_REFUSED_BY_US) { /* that host was the client */
		*relay = WORD_NONE;
		k->provider = word_id(&c->words, str_of(provider_of_host(e->relay_host)));
	} else {
		*relay = relays_take(&c->relays, &c->words, e, &k->provider);
	}
	if (k->provider == WORD_NONE && whose[0] != '\0')
		k->provider = word_id(&c->words, str_of(whose));
	k->has_ip = e->ip_from == KNOWN_LOG || count_config_ip(c, k->domain, &k->ip);
	if (e->ip_from == KNOWN_LOG)
		k->ip = e->sender_ip;
	if (is_asked_for(c, f, k->domain) &&
	    (c->o.provider.n == 0 || str_eq(word_of(&c->words, k->provider), c->o.provider)))
		return true;
	c->left_out++;
	return false;
}

/* What the stream S learns of any mail of it. */
static void
touch(struct count *c, struct flow *s, const struct bounce_event *e, uint32_t relay)
{
	if (relay == s->relay)
		s->relay_lead++;
	else if (s->relay_lead > 0)
		s->relay_lead--;
	else
		s->relay = relay;
	s->ip_from = e->ip_from == KNOWN_LOG ? KNOWN_LOG : s->key.has_ip ? KNOWN_CONFIG : KNOWN_NOT;
	if (!e->has_time)
		return;
	if (s->first == 0 || e->time < s->first)
		s->first = e->time;
	if (e->time > s->last)
		s->last = e->time;
	if (c->first == 0 || e->time < c->first)
		c->first = e->time;
	if (e->time > c->last)
		c->last = e->time;
}

/* One more mail that was sent, in the day of its stream and the hour of its provider. */
static void
count_sent(struct count *c, uint32_t stream, const struct bounce_event *e, bool unknown_user)
{
	uint32_t provider = c->streams[stream].key.provider, *hours;
	struct bucket *b;

	if (!e->has_time)
		return;
	if ((b = count_bucket(c, &c->streams[stream].days, count_unit(e->time, DAY_S))) != NULL)
		b->sent++;
	if ((hours = count_hours(c, provider)) == NULL)
		return;
	if ((b = count_bucket(c, hours, count_unit(e->time, HOUR_S))) != NULL) {
		b->sent++;
		b->hard += unknown_user;
	}
}

/*
 * What a refusal counts as.  Exchange says with 5.7.1xx that this sender may not write to
 * that address, which lives (RFC 3463 3.8: security or policy).
 */
static enum failure
failure_of(const struct fate *f)
{
	const struct reply *r = f->reply;
	enum mechanism m = f->what->mechanism;
	bool address = m == MECH_RECIPIENT || m == MECH_RECIPIENT_DOMAIN;

	if (address && r != NULL && r->enhanced.subject == 7 && r->enhanced.detail >= 100)
		return FAILURE_POLICY;
	if (f->what->permanent && address)
		return FAILURE_HARD;
	return mechanism_is_policy(m) ? FAILURE_POLICY : FAILURE_SOFT;
}

/* One more mail that failed so, in the stream and in its DAY. */
static void
count_failed(struct count *c, uint32_t stream, enum failure failure, int32_t day)
{
	struct flow *s = &c->streams[stream];
	struct bucket *b = count_bucket_find(c, s->days, day);

	switch (failure) {
	case FAILURE_HARD:
		s->hard++;
		break;
	case FAILURE_POLICY:
		s->policy++;
		break;
	case FAILURE_SOFT:
		s->soft++;
		break;
	}
	if (b == NULL)
		return;
	b->hard += failure == FAILURE_HARD;
	b->policy += failure == FAILURE_POLICY;
	b->soft += failure == FAILURE_SOFT;
}

/* The deferral P is no longer the last word of its mail. */
static void
take_back(struct count *c, const struct pending *p)
{
	struct flow *s = &c->streams[p->stream];
	struct bucket *b = count_bucket_find(c, s->days, p->day);

	s->deferred--;
	if (b != NULL && b->soft > 0)
		b->soft--;
}

static uint64_t
mail_of(const struct fate *f)
{
	return f->mail != NULL ? f->mail->key : 0;
}

/*
 * The address that was written to: where an alias led it is on no list of ours
 * (RFC 3464 2.3.1).  A local name without domain ("orig_to=<root>") is no address.
 */
static struct str
whom(const struct bounce_event *e)
{
	return span_has(e->original, STR("@")) ? e->original : e->recipient;
}

/* Whether DOMAIN is one of C's configuration, or below one. */
static bool
is_ours(const struct count *c, struct str domain)
{
	struct name n;

	if (name_parse(domain, &n) != NAME_OK)
		return false;
	for (size_t i = 0; i < c->o.config->n_domains; i++)
		if (name_is_below(&n, &c->o.config->domains[i].name))
			return true;
	return false;
}

/*
 * Why E's word on its recipient is not believed.  Who wrote the message that a report
 * returns is in it; the report's own recipient is us whoever forged it.
 */
static enum doubt
doubt_of(const struct count *c, const struct bounce_event *e)
{
	struct str from = address_domain(e->from);

	if (e->doubt != DOUBT_NONE || e->reader == NULL || strcmp(e->reader, "dsn") != 0 ||
	    c->o.config == NULL || c->o.config->n_domains == 0 ||
	    (from.n == 0 && e->dkim_domain.n == 0))
		return e->doubt;
	return is_ours(c, from) || is_ours(c, e->dkim_domain) ? DOUBT_NONE : DOUBT_NOT_OURS;
}

/* What FAILURE means for the address that was written to; ID is the final one. */
static void
blame(struct count *c, const struct fate *f, enum failure failure, uint32_t stream, uint32_t id)
{
	const struct bounce_event *e = f->e;
	enum doubt doubt = failure == FAILURE_HARD ? doubt_of(c, e) : DOUBT_NONE;
	struct recipient *x;

	if (e->original.n > 0)
		id = recipients_add(&c->recipients, whom(e));
	if (id == NO_RECIPIENT)
		return;
	x = recipient_at(&c->recipients, id);
	x->count++;
	if (e->has_time && e->time > x->last)
		x->last = e->time;
	if (failure == FAILURE_HARD && e->kind != EVENT_DEFERRED && doubt != DOUBT_NONE) {
		x->doubt = (uint8_t)doubt;
	} else if (failure == FAILURE_HARD && e->kind != EVENT_DEFERRED) {
		if (!x->hard)
			x->hard_at = e->has_time ? e->time : 0;
		x->hard = 1;
		x->hard_stream = stream;
	} else if (failure == FAILURE_SOFT && !e->repeats) {
		recipient_soft(x, e->has_time ? e->time : 0, mail_of(f));
		x->soft_stream = stream;
	}
}

static const struct group *
count_deferred(struct count *c, const struct fate *f, uint32_t stream, uint32_t relay)
{
	uint32_t id = recipients_add(&c->recipients, f->e->recipient);
	struct pending *p = id == NO_RECIPIENT ? NULL : join_pending(f->mail, id);
	uint32_t group = count_group_of(c, f, stream, relay);
	struct group *g = &c->groups[group];
	int32_t day = f->e->has_time ? count_unit(f->e->time, DAY_S) : 0;
	struct pending fresh = { .recipient = id, .group = group, .stream = stream, .day = day };

	blame(c, f, failure_of(f), stream, id);
	group_time(g, f->e);
	group_retry(g, f->mail, f->e);
	if (p != NULL && (p->group == group || f->e->repeats))
		return NULL; /* another attempt, the same answer */
	g->count++;
	g->mails++;
	if (p != NULL) {
		c->groups[p->group].count--;
		p->group = group;
		return g;
	}
	count_sent(c, stream, f->e, false);
	count_failed(c, stream, FAILURE_SOFT, day);
	c->streams[stream].soft--; /* in its day only, until it is the last word */
	c->streams[stream].deferred++;
	if (f->mail != NULL && id != NO_RECIPIENT)
		(void)join_pend(f->mail, &fresh); /* beyond its bound it stays deferred */
	return g;
}

static const struct group *
count_bounced(struct count *c, const struct fate *f, uint32_t stream, uint32_t relay)
{
	uint32_t id = recipients_add(&c->recipients, f->e->recipient);
	struct pending *p = id == NO_RECIPIENT ? NULL : join_pending(f->mail, id);
	enum failure failure = failure_of(f);
	uint32_t group = count_group_of(c, f, stream, relay);
	int32_t day = f->e->has_time ? count_unit(f->e->time, DAY_S) : 0;
	bool unknown = failure == FAILURE_HARD && f->what->mechanism == MECH_RECIPIENT;

	if (p != NULL) {
		take_back(c, p);
		c->groups[p->group].count--;
		stream = p->stream;
		day = p->day;
		join_settle(f->mail, p);
	} else {
		count_sent(c, stream, f->e, unknown);
	}
	count_failed(c, stream, failure, day);
	blame(c, f, failure, stream, id);
	group_time(&c->groups[group], f->e);
	c->groups[group].count++;
	c->groups[group].mails++;
	c->groups[group].expired += f->e->kind == EVENT_EXPIRED;
	return &c->groups[group];
}

static void
count_delivered(struct count *c, const struct fate *f, uint32_t stream)
{
	uint32_t id = recipients_find(&c->recipients, f->e->recipient);
	uint32_t written = f->e->original.n > 0 ? recipients_find(&c->recipients, whom(f->e)) : id;
	struct pending *p = id == NO_RECIPIENT ? NULL : join_pending(f->mail, id);

	if (written != NO_RECIPIENT)
		recipient_delivered(
		    recipient_at(&c->recipients, written), f->e->has_time ? f->e->time : 0);
	if (f->e->has_time && f->e->time > c->streams[stream].last_delivered)
		c->streams[stream].last_delivered = f->e->time;
	if (p == NULL) {
		c->streams[stream].delivered++;
		count_sent(c, stream, f->e, false);
		return;
	}
	take_back(c, p);
	c->groups[p->group].count--;
	c->groups[p->group].recovered++;
	c->streams[p->stream].delivered++;
	c->streams[p->stream].delayed++;
	join_settle(f->mail, p);
}

static const struct group *
count_complaint(struct count *c, const struct fate *f, uint32_t stream, uint32_t relay)
{
	uint32_t id = recipients_add(&c->recipients, whom(f->e));
	uint32_t group = count_group_of(c, f, stream, relay);
	struct recipient *x;

	c->streams[stream].complaints++;
	group_time(&c->groups[group], f->e);
	c->groups[group].count++;
	c->groups[group].mails++;
	if (id != NO_RECIPIENT) {
		x = recipient_at(&c->recipients, id);
		x->count++;
		x->complained = 1;
		if (f->e->has_time && f->e->time > x->last)
			x->last = f->e->time;
	}
	return &c->groups[group];
}

static const struct group *
count_refused(struct count *c, const struct fate *f, uint32_t stream, uint32_t relay)
{
	uint32_t group = count_group_of(c, f, stream, relay);

	group_time(&c->groups[group], f->e);
	c->groups[group].count += f->e->count;
	c->groups[group].mails += f->e->count;
	return &c->groups[group];
}

const struct group *
count_fate(struct count *c, const struct fate *f)
{
	struct flow_key k;
	uint32_t relay, stream;

	if (!find_stream(c, f, &k, &relay))
		return NULL;
	stream = count_stream(c, &k);
	touch(c, &c->streams[stream], f->e, relay);
	switch (f->e->kind) {
	case EVENT_DELIVERED:
		count_delivered(c, f, stream);
		return NULL;
	case EVENT_DEFERRED:
		return count_deferred(c, f, stream, relay);
	case EVENT_COMPLAINT:
		return count_complaint(c, f, stream, relay);
	case EVENT_REFUSED_BY_US:
		return count_refused(c, f, stream, relay);
	default:
		return count_bounced(c, f, stream, relay);
	}
}

void
count_expired(struct count *c, struct open_mail *m, const struct bounce_event *e,
    void (*told)(void *ctx, const struct group *g, struct str recipient), void *ctx)
{
	while (m != NULL && m->n_pending > 0) {
		struct pending *p = &m->pending[m->n_pending - 1];
		struct recipient *x = recipient_at(&c->recipients, p->recipient);
		struct group *g = &c->groups[p->group];
		struct str address = { x->address, x->n };

		take_back(c, p);
		count_failed(c, p->stream,
		    mechanism_is_policy(g->key.mechanism) ? FAILURE_POLICY : FAILURE_SOFT, p->day);
		g->expired++;
		group_time(g, e);
		told(ctx, g, address);
		join_settle(m, p);
	}
}
