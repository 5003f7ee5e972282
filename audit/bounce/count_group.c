/* SPDX-License-Identifier: ISC */
/*
 * count_group.c - the group a failure belongs to, and what the first of it tells.
 */
#include "audit/bounce/count_group.h"
#include "audit/bounce/address.h"
#include "audit/bounce/count_keys.h"
#include "audit/bounce/provider.h"
#include "audit/bounce/span.h"

static struct str
keep(struct count *c, struct str s, size_t max)
{
	s = str_sub(s, 0, max);
	return s.n > 0 ? arena_str(&c->text, s) : s;
}

/* "550 5.7.26 text" of R. */
static struct str
sample_of(struct count *c, const struct reply *r)
{
	struct str out;
	struct buf b;

	buf_init(&b, MAX_SAMPLE);
	if (r->code != 0) {
		buf_addu(&b, r->code);
		buf_addc(&b, ' ');
	}
	if (r->enhanced.class != 0) {
		buf_addu(&b, r->enhanced.class);
		buf_addc(&b, '.');
		buf_addu(&b, r->enhanced.subject);
		buf_addc(&b, '.');
		buf_addu(&b, r->enhanced.detail);
		buf_addc(&b, ' ');
	}
	buf_add(&b, r->text);
	out = keep(c, str_trim(buf_str(&b)), MAX_SAMPLE);
	buf_free(&b);
	return out;
}

/* What the first of a group tells of it. */
static void
describe(struct count *c, struct group *g, const struct fate *f)
{
	const struct bounce_event *e = f->e;
	const struct lifted *l = &f->what->lifted;

	if (f->complete != NULL)
		f->complete(f->ctx);
	if (f->reply != NULL)
		g->sample = sample_of(c, f->reply);
	g->signature = f->what->signature;
	g->confidence = f->what->confidence;
	g->identity = l->identity;
	g->named_domain = keep(c, l->domain, MAX_KEPT_WORD);
	g->list_zone = keep(c, l->list_zone, MAX_KEPT_WORD);
	g->list_key = keep(c, l->list_key, MAX_KEPT_WORD);
	g->provider_id = keep(c, l->id, MAX_KEPT_WORD);
	g->from_domain = keep(c, address_domain(e->from), MAX_KEPT_WORD);
	if (!str_eq(e->sender, STR("<>")))
		g->mail_from_domain = keep(c, address_domain(e->sender), MAX_KEPT_WORD);
	g->helo = keep(c, e->helo, MAX_KEPT_WORD);
	g->dkim_domain = keep(c, e->dkim_domain, MAX_KEPT_WORD);
	g->dkim_selector = keep(c, e->dkim_selector, MAX_KEPT_WORD);
}

/*
 * Whether READER reads what our own servers, or a service of ours, wrote.  A bounce
 * message may answer mail that somebody else sent in our name.
 */
static bool
is_own_log(const char *reader)
{
	return reader != NULL && strcmp(reader, "dsn") != 0 && strcmp(reader, "arf") != 0;
}

/*
 * Whether F shows that the address it names is that of the server that wrote the log: the
 * log has it, or a server that a provider surely runs, by its host name, saw it connect.
 * What any other receiver says of the address may be what it wants us to believe.
 */
static bool
is_own_address(const struct fate *f)
{
	const struct bounce_event *e = f->e;

	if (!is_own_log(e->reader) || str_has_prefix(str_of(e->reader), STR("webhook")) ||
	    e->kind == EVENT_REFUSED_BY_US)
		return false;
	return e->ip_from == KNOWN_LOG ||
	       (f->what->lifted.has_ip && provider_owns_host(e->relay_host));
}

/* Whether the reply says best where the mail of S came from: a configuration only supposes. */
static bool
is_named(const struct flow *s, const struct lifted *l)
{
	return l->has_ip && (!s->key.has_ip || s->ip_from != KNOWN_LOG);
}

uint32_t
count_group_of(struct count *c, const struct fate *f, uint32_t stream, uint32_t relay)
{
	const struct flow *s = &c->streams[stream];
	const struct lifted *l = &f->what->lifted;
	struct group_key k = { .domain = s->key.domain,
		.provider = s->key.provider,
		.has_ip = s->key.has_ip || l->has_ip,
		.ip = is_named(s, l) ? l->ip : s->key.ip,
		.inbound = f->e->kind == EVENT_REFUSED_BY_US,
		.permanent = f->what->permanent,
		.mechanism = f->what->mechanism };
	uint32_t i;
	bool fresh;

	if (k.provider == WORD_NONE && relay != WORD_NONE)
		k.receiver = relay_at(&c->relays, relay)->domain;
	if (f->reply != NULL) {
		k.code = f->reply->code;
		k.enhanced = f->reply->enhanced;
	}
	if (mechanism_is_policy(k.mechanism)) {
		k.named = word_id(&c->words, l->domain);
		k.list = word_id(&c->words, l->list_zone);
		k.selector = word_id(&c->words, f->e->dkim_selector);
	}
	i = count_group(c, &k, &fresh);
	if (fresh) {
		describe(c, &c->groups[i], f);
		c->groups[i].delivered_first = s->delivered;
		c->groups[i].ip_from = is_named(s, l) ? KNOWN_TEXT : s->ip_from;
		c->groups[i].stream = stream;
	}
	c->groups[i].delivered_last = c->streams[stream].delivered;
	c->groups[i].own_log = c->groups[i].own_log || is_own_log(f->e->reader);
	c->groups[i].own_ip = c->groups[i].own_ip || is_own_address(f);
	return i;
}

void
group_time(struct group *g, const struct bounce_event *e)
{
	if (!e->has_time)
		return;
	if (g->first == 0 || e->time < g->first)
		g->first = e->time;
	if (e->time > g->last)
		g->last = e->time;
}

/* How long mail of the reader called NAME is tried again where nobody changed it; 0 = not known. */
static time_t
retry_time(const char *name)
{
	if (name == NULL)
		return 0;
	if (strcmp(name, "postfix") == 0 || strcmp(name, "postqueue") == 0)
		return 5 * DAY_S; /* maximal_queue_lifetime */
	if (strcmp(name, "exim") == 0)
		return 4 * DAY_S; /* the retry rule of its default configuration */
	return strcmp(name, "sendmail") == 0 ? 5 * DAY_S : 0; /* Timeout.queuereturn */
}

time_t
count_retries_end(const struct open_mail *m, const struct bounce_event *e)
{
	time_t begun = m != NULL && m->begun != 0 ? m->begun : e->time;
	time_t span = retry_time(e->reader);

	return span == 0 || !e->has_time || e->kind != EVENT_DEFERRED ? 0 : begun + span;
}

void
group_retry(struct group *g, const struct open_mail *m, const struct bounce_event *e)
{
	time_t until = count_retries_end(m, e);

	if (until <= g->retry_until)
		return;
	g->retry_until = until;
	g->retry_of = e->reader;
}
