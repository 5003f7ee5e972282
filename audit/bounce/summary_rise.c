/* SPDX-License-Identifier: ISC */
/*
 * summary_rise.c - what rose, grew, or is slowed down: the alerts.
 *
 * A day is compared with the days before it, by counts as well as by rates:
 * three of five are no rise.
 */
#include "audit/bounce/summary_rise.h"
#include <stdlib.h>
#include "audit/bounce/count_keys.h"
#include "audit/bounce/summary_words.h"

#define MAX_ALERTS 1000
#define BULK_A_DAY 5000    /* to one provider: bulk rules bind from there on */
#define MIN_SURGE 50       /* unknown users, to be more than a few dead addresses */
#define MIN_THROTTLED 20   /* mails, to be no single recipient's trouble */
#define MIN_RISE_SENT 50   /* mails of a day, to have a rate */
#define MIN_RISE_FAILED 10 /* of them */

#define BEFORE_DAYS 7   /* the window before a day */
#define RISE_FACTOR 2   /* twice the rate before, */
#define RISE_POINTS 200 /* two points of a percent more, in hundredths */
#define SIGMA_SQUARED 9 /* three standard deviations */
#define FIRST_DAYS 42   /* six weeks, while an address is new to a provider */
#define GROWTH_PERCENT 30
#define MIN_GROWTH 100 /* mails of a day */
#define SURGE_FACTOR 5
#define SURGE_PERCENT 2
#define MAX_SURGES 64

enum kind_of_failure { FAILED_HARD, FAILED_POLICY, FAILED_SOFT };

static const char *const failure_words[] = { "hard bounces", "refusals for policy",
	"soft failures" };

/* One more alert of KIND with room for its words; NULL when there are too many. */
static struct bounce_alert *
alert_add(struct alerts *al, const char *kind)
{
	struct bounce_alert *x;

	if (al->n == MAX_ALERTS)
		return NULL;
	arena_grow(al->a, &al->v, al->n, &al->room, sizeof(*al->v));
	x = &al->v[al->n++];
	x->kind = kind;
	return x;
}

/* The stream S as an alert names it. */
static void
alert_stream(struct alerts *al, struct bounce_alert *x, const struct count *c, const struct flow *s)
{
	x->sender_domain = word_of(&c->words, s->key.domain);
	x->provider = word_of(&c->words, s->key.provider);
	if (s->key.has_ip)
		x->sender_ip = addr_text(al->a, &s->key.ip);
}

static uint32_t
failed(const struct bucket *b, enum kind_of_failure k)
{
	return k == FAILED_HARD ? b->hard : k == FAILED_POLICY ? b->policy : b->soft;
}

/* Append N of SENT in percent, one digit behind the point. */
static void
percent_add(struct buf *b, uint64_t n, uint64_t sent)
{
	uint64_t tenths = sent == 0 ? 0 : (n * 2000 / sent + 1) / 2;

	buf_addu(b, tenths / 10);
	buf_addc(b, '.');
	buf_addu(b, tenths % 10);
	buf_adds(b, " %");
}

static struct str
text_of(struct arena *a, struct buf *b)
{
	struct str out = arena_str(a, buf_str(b));

	buf_free(b);
	return out;
}

/*
 * Whether X of N is more than Y of M by more than chance: the difference of two
 * proportions against its variance under one common rate.
 */
static bool
is_significant(double x, double n, double y, double m)
{
	double p = (x + y) / (n + m), d = x / n - y / m;

	return d > 0 && d * d > SIGMA_SQUARED * p * (1 - p) * (1 / n + 1 / m);
}

/* Whether X of the N mails of a day are a rise against Y of M before. */
static bool
is_rise(uint64_t x, uint64_t n, uint64_t y, uint64_t m)
{
	if (n < MIN_RISE_SENT || x < MIN_RISE_FAILED || m < MIN_RISE_SENT)
		return false;
	if (x * m < RISE_FACTOR * y * n || (x * m - y * n) * 10000 < RISE_POINTS * n * m)
		return false;
	return is_significant((double)x, (double)n, (double)y, (double)m);
}

static void
tell_rise(struct count *c, struct alerts *al, const struct flow *s, enum kind_of_failure k,
    const uint64_t v[5])
{
	struct bounce_alert *x = alert_add(al, "rise");
	struct buf b;

	if (x == NULL)
		return;
	buf_init(&b, 512);
	buf_adds(&b, failure_words[k]);
	buf_adds(&b, " rose from ");
	percent_add(&b, v[2], v[3]);
	buf_adds(&b, " to ");
	percent_add(&b, v[0], v[1]);
	buf_adds(&b, " of mail in a day");
	alert_stream(al, x, c, s);
	x->text = text_of(al->a, &b);
	x->count = v[0];
	x->from = (time_t)v[4] * DAY_S;
	x->to = x->from + DAY_S;
}

/* The days of S that rose against those before, the latest of each kind of failure. */
static void
find_rises(struct count *c, struct alerts *al, const struct flow *s)
{
	for (enum kind_of_failure k = FAILED_HARD; k <= FAILED_SOFT; k++)
		for (uint32_t at = s->days; at != 0; at = c->buckets[at - 1].next) {
			const struct bucket *d = &c->buckets[at - 1], *p;
			uint64_t y = 0, m = 0;

			for (uint32_t i = d->next; i != 0; i = p->next) {
				p = &c->buckets[i - 1];
				if (d->when - p->when > BEFORE_DAYS)
					break;
				y += failed(p, k);
				m += p->sent;
			}
			if (d->when < 0 || !is_rise(failed(d, k), d->sent, y, m))
				continue;
			tell_rise(c, al, s, k,
			    (uint64_t[]){ failed(d, k), d->sent, y, m, (uint64_t)d->when });
			break;
		}
}

static void
tell_growth(struct count *c, struct alerts *al, const struct flow *s, const struct bucket *d,
    const struct bucket *before)
{
	struct bounce_alert *x = alert_add(al, "growth");
	struct buf b;

	if (x == NULL)
		return;
	buf_init(&b, 512);
	buf_addu(&b, d->sent);
	buf_adds(&b, " mails after ");
	buf_addu(&b, before->sent);
	buf_adds(&b, " the day before: more than 30 % growth a day in the first six weeks");
	alert_stream(al, x, c, s);
	x->text = text_of(al->a, &b);
	x->count = d->sent;
	x->from = (time_t)d->when * DAY_S;
	x->to = x->from + DAY_S;
}

/*
 * S grows too fast for a stream that is new.  It is new when the logs begin well before it;
 * of others nobody knows the age.  The largest step is told.
 */
static void
find_growth(struct count *c, struct alerts *al, const struct flow *s)
{
	const struct bucket *worst = NULL, *worst_before = NULL;
	int32_t first = count_unit(s->first, DAY_S);

	if (s->first == 0 || first <= count_unit(c->first, DAY_S))
		return;
	for (uint32_t at = s->days; at != 0; at = c->buckets[at - 1].next) {
		const struct bucket *d = &c->buckets[at - 1], *p;

		if (d->next == 0 || d->when - first >= FIRST_DAYS || d->sent < MIN_GROWTH)
			continue;
		p = &c->buckets[d->next - 1];
		if ((uint64_t)d->sent * 100 <= (uint64_t)p->sent * (100 + GROWTH_PERCENT))
			continue;
		if (worst == NULL ||
		    (uint64_t)d->sent * worst_before->sent > (uint64_t)worst->sent * p->sent) {
			worst = d;
			worst_before = p;
		}
	}
	if (worst != NULL)
		tell_growth(c, al, s, worst, worst_before);
}

static void
find_volume(struct count *c, struct alerts *al, const struct flow *s)
{
	uint32_t most = 0, days = 0;
	struct bounce_alert *x;
	time_t when = 0;
	struct buf b;

	for (uint32_t at = s->days; at != 0; at = c->buckets[at - 1].next) {
		days += c->buckets[at - 1].sent >= BULK_A_DAY;
		if (c->buckets[at - 1].sent > most) {
			most = c->buckets[at - 1].sent;
			when = (time_t)c->buckets[at - 1].when * DAY_S;
		}
	}
	if (s->key.provider == WORD_NONE || most < BULK_A_DAY ||
	    (x = alert_add(al, "volume")) == NULL)
		return;
	buf_init(&b, 512);
	buf_addu(&b, most);
	buf_adds(&b, " mails in a day, 5000 or more on ");
	buf_addu(&b, days);
	buf_adds(&b, days == 1 ? " day" : " days");
	buf_adds(&b, ": the provider's rules for bulk senders bind");
	alert_stream(al, x, c, s);
	x->text = text_of(al->a, &b);
	x->count = most;
	x->from = when;
	x->to = when + DAY_S;
}

static void
tell_smarthost(struct count *c, struct alerts *al, uint32_t word)
{
	struct bounce_alert *x = alert_add(al, "smarthost");

	if (x == NULL)
		return;
	x->host = word_of(&c->words, word);
	x->count = relay_at(&c->relays, word)->n;
	x->text = STR("takes mail for all domains: it is a relay and no recipient's server, so "
		      "what it accepts is not delivered yet, and no bounce rate is given");
}

static bool
is_slowed(const struct group *g)
{
	return !g->key.inbound && !g->key.permanent && g->key.enhanced.class == 4 &&
	       g->key.enhanced.subject == 7;
}

static bool
same_sender(const struct group *a, const struct group *b)
{
	return a->key.provider == b->key.provider && a->key.receiver == b->key.receiver &&
	       a->key.has_ip == b->key.has_ip &&
	       (!a->key.has_ip || addr_eq(&a->key.ip, &b->key.ip));
}

/* Groups of one sender at one receiver, together. */
struct slowed {
	uint64_t mails;
	time_t from, to;
};

static void
add_slowed(struct slowed *all, const struct group *g)
{
	all->mails += g->mails;
	if (g->first != 0 && (all->from == 0 || g->first < all->from))
		all->from = g->first;
	if (g->last > all->to)
		all->to = g->last;
}

static void
tell_throttled(struct count *c, struct alerts *al, const struct group *g, const struct slowed *all)
{
	struct bounce_alert *x = alert_add(al, "throttled");

	if (x == NULL)
		return;
	x->from = all->from;
	x->to = all->to;
	x->provider = word_of(&c->words, g->key.provider);
	x->host = word_of(&c->words, g->key.receiver);
	if (g->key.has_ip)
		x->sender_ip = addr_text(al->a, &g->key.ip);
	x->count = all->mails;
	x->text = STR("4.7.x replies to many recipients: the receiver holds back mail of this "
		      "sender, whoever it is for");
}

/* Deferrals with 4.7.x over all groups of one address at one provider, as one alert. */
static void
find_throttled(struct count *c, struct alerts *al)
{
	uint8_t *done = xcalloc((size_t)c->n_groups + 1, 1);

	for (uint32_t i = 0; i < c->n_groups; i++) {
		const struct group *g = &c->groups[i];
		struct slowed all = { 0 };

		if (done[i] || !is_slowed(g))
			continue;
		for (uint32_t k = i; k < c->n_groups; k++)
			if (!done[k] && is_slowed(&c->groups[k]) && same_sender(g, &c->groups[k])) {
				done[k] = 1;
				add_slowed(&all, &c->groups[k]);
			}
		if (all.mails >= MIN_THROTTLED)
			tell_throttled(c, al, g, &all);
	}
	free(done);
}

/* Sums over the HOURS hours from bucket AT backward; the list is latest first. */
static void
window_sum(const struct count *c, uint32_t at, int32_t hours, uint64_t *sent, uint64_t *hard)
{
	int32_t last = c->buckets[at - 1].when;

	*sent = *hard = 0;
	for (; at != 0 && last - c->buckets[at - 1].when < hours; at = c->buckets[at - 1].next) {
		*sent += c->buckets[at - 1].sent;
		*hard += c->buckets[at - 1].hard;
	}
}

struct surge_search {
	struct count *c;
	uint32_t provider;
	uint64_t sent, hard; /* of all hours */
	struct surge *v;
	size_t n;
};

/* Whether N of SENT in a window are a surge, against all that lies outside of it. */
static bool
is_surge(const struct surge_search *q, uint64_t n, uint64_t sent)
{
	uint64_t rest = q->sent - sent, rest_n = q->hard - n;

	if (n < MIN_SURGE || n * 100 <= sent * SURGE_PERCENT || rest < q->c->o.limits.attempts)
		return false; /* without other mail there is no rate of its own */
	return n * rest > SURGE_FACTOR * rest_n * sent;
}

static void
search_windows(struct surge_search *q, uint32_t head, int32_t hours)
{
	const struct count *c = q->c;

	for (uint32_t at = head; at != 0 && q->n < MAX_SURGES; at = c->buckets[at - 1].next) {
		time_t to = ((time_t)c->buckets[at - 1].when + 1) * HOUR_S;
		time_t from = to - (time_t)hours * HOUR_S;
		uint64_t sent, n;
		struct surge *last = q->n > 0 ? &q->v[q->n - 1] : NULL;

		window_sum(c, at, hours, &sent, &n);
		if (!is_surge(q, n, sent))
			continue;
		if (last != NULL && last->provider == q->provider && to >= last->from &&
		    to <= last->to) {
			last->from = from < last->from ? from : last->from;
			last->unknown = n > last->unknown ? n : last->unknown;
			continue;
		}
		q->v[q->n++] =
		    (struct surge){ .provider = q->provider, .from = from, .to = to, .unknown = n };
	}
}

static void
tell_surge(struct count *c, struct alerts *al, const struct surge *s)
{
	struct bounce_alert *x = alert_add(al, "surge");

	if (x == NULL)
		return;
	x->provider = word_of(&c->words, s->provider);
	x->from = s->from;
	x->to = s->to;
	x->count = s->unknown;
	x->text = STR("called far more users unknown than it does otherwise: these addresses are "
		      "held, not suppressed; try them again later");
}

size_t
summary_surges(struct count *c, struct alerts *al, struct surge **out)
{
	static const int32_t windows[] = { 1, 6, 24 };
	struct surge_search q = { .c = c };

	q.v = *out = arena_array(al->a, MAX_SURGES, sizeof(*q.v));
	for (uint32_t p = 0; p < c->n_hours; p++) {
		size_t before = q.n;

		q.provider = p;
		q.sent = q.hard = 0;
		for (uint32_t at = c->hours[p]; at != 0; at = c->buckets[at - 1].next) {
			q.sent += c->buckets[at - 1].sent;
			q.hard += c->buckets[at - 1].hard;
		}
		for (size_t w = 0; w < ARRAY_LEN(windows) && q.n == before; w++)
			search_windows(&q, c->hours[p], windows[w]);
		for (size_t i = before; i < q.n; i++)
			tell_surge(c, al, &q.v[i]);
	}
	return q.n;
}

static int
by_pair(const void *va, const void *vb)
{
	const struct flow *a = *(const struct flow *const *)va;
	const struct flow *b = *(const struct flow *const *)vb;

	if (a->key.domain != b->key.domain)
		return a->key.domain < b->key.domain ? -1 : 1;
	if (a->key.provider != b->key.provider)
		return a->key.provider < b->key.provider ? -1 : 1;
	return (a > b) - (a < b);
}

/* The days of S put to those of ALL, which begins with the earlier of both. */
static void
add_days(struct count *c, struct flow *all, const struct flow *s)
{
	for (uint32_t at = s->days; at != 0; at = c->buckets[at - 1].next) {
		uint32_t sent = c->buckets[at - 1].sent; /* a new bucket may move them */
		struct bucket *b = count_bucket(c, &all->days, c->buckets[at - 1].when);

		if (b != NULL)
			b->sent += sent;
	}
	if (s->first != 0 && (all->first == 0 || s->first < all->first))
		all->first = s->first;
}

/*
 * Receivers count what a domain sends, from however many addresses: volume and growth
 * are told of all streams of a domain to a provider together.
 */
static void
find_volumes(struct count *c, struct alerts *al)
{
	const struct flow **v = xcalloc((size_t)c->n_streams + 1, sizeof(*v));

	for (uint32_t i = 0; i < c->n_streams; i++)
		v[i] = &c->streams[i];
	qsort(v, c->n_streams, sizeof(*v), by_pair);
	for (uint32_t i = 0, k; i < c->n_streams; i = k) {
		struct flow all = *v[i];

		for (k = i + 1; k < c->n_streams && v[k]->key.domain == all.key.domain &&
				v[k]->key.provider == all.key.provider;
		     k++)
			;
		if (k > i + 1) {
			all.days = 0;
			all.key.has_ip = false;
			for (uint32_t n = i; n < k; n++)
				add_days(c, &all, v[n]);
		}
		find_growth(c, al, &all);
		find_volume(c, al, &all);
	}
	free(v);
}

void
summary_alerts(struct count *c, struct alerts *al)
{
	for (uint32_t i = 0; i < c->n_streams; i++)
		find_rises(c, al, &c->streams[i]);
	find_volumes(c, al);
	find_throttled(c, al);
	for (uint32_t i = 0; i < c->relays.room; i++)
		if (relay_is_smarthost(&c->relays, i))
			tell_smarthost(c, al, i);
}
