/* SPDX-License-Identifier: ISC */
/*
 * ruling.c - what the refusal in an event means, remembered.
 *
 * One place for each value of the hash and the whole key beside it, as in
 * decision.c: another refusal takes the place and never the answer.
 */
#include "audit/bounce/ruling.h"
#include <stdlib.h>
#include "audit/bounce/address.h"
#include "audit/bounce/provider.h"
#include "audit/bounce/span.h"
#include "checks/core/hash.h"

#define MEMORY_PLACES 4096
#define MAX_KEPT_REPLY 1024 /* bytes; longer ones are worked out each time */
#define MAX_KEY (MAX_KEPT_REPLY + 512)
/* A run of letters and digits like this tells one message from another; no literal has one. */
#define MIN_ID_RUN 11
#define MIN_ID_DIGITS 4

struct place {
	char *key; /* NULL = empty; behind it the texts of the answer */
	size_t n;
	struct ruling answer;
};

struct rulings {
	struct classifier *classifier;
	struct place places[MEMORY_PLACES];
};

struct key {
	char bytes[MAX_KEY];
	size_t n;
	struct str left_out; /* address of the server */
};

struct rulings *
rulings_new(struct classifier *c)
{
	struct rulings *j = xcalloc(1, sizeof(*j));

	j->classifier = c;
	return j;
}

void
rulings_free(struct rulings *j)
{
	for (size_t i = 0; j != NULL && i < MEMORY_PLACES; i++)
		free(j->places[i].key);
	free(j);
}

static struct str
relay_of(const struct bounce_event *e)
{
	return e->kind == EVENT_REFUSED_BY_US ? str_of("") : e->relay_host;
}

void
ruling_of(struct rulings *j, struct arena *a, const struct bounce_event *e, struct ruling *out)
{
	struct classify_context context = {
		.relay_host = relay_of(e),
		.recipient_domain = address_domain(e->recipient),
		.phase = e->phase,
		.local = e->local,
		.out = e->kind != EVENT_REFUSED_BY_US,
	};
	struct classified *w = &out->what;
	const struct reply *r = &out->reply;

	out->brief = false;
	reply_parse(a, e->reply, &out->reply);
	classify(j->classifier, r, &context, w);
	if (e->kind == EVENT_COMPLAINT)
		w->mechanism = MECH_COMPLAINT_REPORT;
	else if (w->mechanism == MECH_NONE)
		w->mechanism = e->kind == EVENT_EXPIRED ? MECH_EXPIRED : MECH_OTHER;
	if (w->mechanism == MECH_OTHER && r->code == 0 && r->enhanced.class == 0)
		w->permanent = e->kind != EVENT_DEFERRED;
}

static void
add(struct key *k, const void *p, size_t n)
{
	if (n > 0)
		memcpy(k->bytes + k->n, p, n);
	k->n += n;
}

static void
add_word(struct key *k, struct str s)
{
	uint8_t n = (uint8_t)s.n;

	add(k, &n, 1);
	add(k, s.p, n);
}

/* "host HOST[192.0.2.1] said: " goes, *IP stands there: who said it is told by HOST already. */
static struct str
without_teller(struct str reply, struct str host, struct str *ip)
{
	struct str s = reply;
	size_t close;

	*ip = (struct str){ 0 };

	if (host.n == 0 || !span_take(&s, STR("host ")) || !span_take(&s, host) || s.n == 0 ||
	    s.p[0] != '[')
		return reply;
	close = str_find(s, 0, ']');
	*ip = str_sub(s, 1, close - 1);
	s = str_sub(s, close, s.n);
	return span_take(&s, STR("] said: ")) ? s : reply;
}

/* The length of the run of letters and digits at AT of S; *ID: it tells one message apart. */
static size_t
run_at(struct str s, size_t at, bool *id)
{
	size_t digits = 0, i = at;

	for (; i < s.n && ascii_isalnum(s.p[i]); i++)
		digits += ascii_isdigit(s.p[i]);
	*id = i - at >= MIN_ID_RUN && digits >= MIN_ID_DIGITS;
	return i - at;
}

/* Add REPLY but for ids and the address WHOM. */
static void
add_reply(struct key *k, struct str reply, struct str whom)
{
	for (size_t i = 0, n; i < reply.n; i += n) {
		bool id = false;

		n = run_at(reply, i, &id);
		if (whom.n > 0 && reply.p[i] == whom.p[0] && reply.n - i >= whom.n &&
		    memcmp(reply.p + i, whom.p, whom.n) == 0) {
			n = whom.n;
			add(k, "\1", 1);
		} else if (id) {
			add(k, "\2", 1);
		} else {
			n = n == 0 ? 1 : n;
			add(k, reply.p + i, n);
		}
	}
}

/* All that the answer to E comes from, as far as counting goes; false when it is too long. */
static bool
key_of(const struct bounce_event *e, struct key *k)
{
	struct str relay = relay_of(e), domain = address_domain(e->recipient);
	const char *provider = provider_of_host(relay);
	const uint16_t numbers[] = { (uint16_t)e->kind, (uint16_t)e->phase, e->local.class,
		e->local.subject, e->local.detail, relay.n > 0 };

	k->n = 0;
	if (e->reply.n > MAX_KEPT_REPLY || domain.n > UINT8_MAX)
		return false;
	add(k, numbers, sizeof(numbers));
	add_word(k, str_of(provider));
	/* Whose server it is may hang on the recipient's domain, then, wherever it stands. */
	add_word(k, provider[0] == '\0' ? domain : str_of(""));
	add_reply(k, without_teller(e->reply, relay, &k->left_out), e->recipient);
	return true;
}

/* Whether S, of the reply in E, may be another where the key is the same. */
static bool
is_left_out(struct str s, const struct bounce_event *e)
{
	bool id = false;

	for (size_t i = 0, n; i < s.n && !id; i += n > 0 ? n : 1)
		n = run_at(s, i, &id);
	return id || (s.n > 0 && str_ieq(s, address_domain(e->recipient))) ||
	       (s.n > 0 && span_find(e->recipient, s) < e->recipient.n);
}

/* Whether the answer W to E has in it what K leaves out. */
static bool
hangs_on_rest(const struct classified *w, const struct key *k, const struct bounce_event *e)
{
	struct addr a;

	if (is_left_out(w->lifted.domain, e) || is_left_out(w->lifted.list_zone, e))
		return true;
	return w->lifted.has_ip && addr_parse(k->left_out, &a) == ADDR_OK &&
	       addr_eq(&a, &w->lifted.ip);
}

static void
keep(struct place *p, const struct key *k, const struct ruling *answer)
{
	const struct reply *r = &answer->reply;
	const struct classified *w = &answer->what;
	struct str domain = w->lifted.domain, list = w->lifted.list_zone;

	free(p->key);
	p->key = xmalloc(k->n + domain.n + list.n + 1);
	memcpy(p->key, k->bytes, k->n);
	if (domain.n > 0)
		memcpy(p->key + k->n, domain.p, domain.n);
	if (list.n > 0)
		memcpy(p->key + k->n + domain.n, list.p, list.n);
	p->n = k->n;
	p->answer = (struct ruling){ .brief = true };
	p->answer.reply.code = r->code;
	p->answer.reply.enhanced = r->enhanced;
	p->answer.reply.phase = r->phase;
	p->answer.reply.remote = r->remote;
	p->answer.what = *w;
	p->answer.what.lifted = (struct lifted){ .has_ip = w->lifted.has_ip,
		.ip = w->lifted.ip,
		.domain = { p->key + k->n, domain.n },
		.list_zone = { p->key + k->n + domain.n, list.n } };
}

void
ruling_briefly(struct rulings *j, struct arena *a, const struct bounce_event *e, struct ruling *out)
{
	struct place *p;
	struct key k;

	if (!key_of(e, &k)) {
		ruling_of(j, a, e, out);
		return;
	}
	p = &j->places[hash_end(hash_add(HASH_START, (struct str){ k.bytes, k.n })) %
		       MEMORY_PLACES];
	if (p->n == k.n && memcmp(p->key, k.bytes, k.n) == 0) {
		*out = p->answer;
		return;
	}
	ruling_of(j, a, e, out);
	if (!hangs_on_rest(&out->what, &k, e))
		keep(p, &k, out);
}
