/* SPDX-License-Identifier: ISC */
/*
 * relays.c - the hosts that mail was handed to.
 */
#include "audit/bounce/relays.h"
#include <stdlib.h>
#include "audit/bounce/address.h"
#include "audit/bounce/provider.h"
#include "audit/bounce/span.h"
#include "checks/core/hash.h"

/* Their own mailboxes are at their own servers and nowhere else. */
static const char *const large[] = { "google", "microsoft", "yahoo", "apple", "gmx" };

#define MOST 80              /* percent of all mail */
#define MAX_MARKED_REPLY 512 /* bytes looked through for marks */

void
relays_free(struct relays *r)
{
	free(r->v);
}

static uint8_t
large_bit(const char *provider)
{
	for (size_t i = 0; i < ARRAY_LEN(large); i++)
		if (strcmp(provider, large[i]) == 0)
			return (uint8_t)(1u << i);
	return 0;
}

/* Its name without the first label, "example.net" of "mx1.example.net". */
static struct str
domain_of(struct str host)
{
	size_t dot = str_find(host, 0, '.');
	struct str rest = str_sub(host, dot + 1, host.n);

	return dot < host.n && str_find(rest, 0, '.') < rest.n ? rest : host;
}

/* Whose server wrote REPLY, by words that it alone writes: "- gsmtp" before a domain of its own. */
static const char *
marked(struct str reply)
{
	char lower[MAX_MARKED_REPLY];
	struct str s = str_sub(reply, 0, sizeof(lower));

	for (size_t i = 0; i < s.n; i++)
		lower[i] = ascii_lower(s.p[i]);
	s.p = lower;
	for (size_t i = 0; i < n_provider_marks && s.n > 0; i++)
		if (span_has(s, provider_marks[i].text))
			return provider_marks[i].provider;
	return "";
}

/* The relay under WORD, HOST by name; REPLY is what it said when it is met first. */
static struct relay *
relay_of(struct relays *r, struct word_list *w, uint32_t word, struct str host, struct str reply)
{
	struct relay *x;

	if (word >= r->room) {
		size_t room = r->room == 0 ? 256 : r->room;

		while (room <= word)
			room *= 2;
		r->v = xrealloc(r->v, room * sizeof(*r->v));
		memset(r->v + r->room, 0, (room - r->room) * sizeof(*r->v));
		r->room = room;
	}
	x = &r->v[word];
	if (!x->known) {
		uint32_t domain = word_id(w, domain_of(host));

		*x = (struct relay){ .known = true, .domain = domain };
		if (word != WORD_OTHERS)
			x->provider = word_id(w, str_of(provider_of_host(host)));
		if (x->provider == WORD_NONE && word != WORD_OTHERS)
			x->provider = word_id(w, str_of(marked(reply)));
	}
	return x;
}

uint32_t
relays_take(struct relays *r, struct word_list *w, const struct bounce_event *e, uint32_t *provider)
{
	struct str domain = address_domain(e->recipient);
	uint64_t hash = hash_end(hash_add(HASH_START, domain)) | 1;
	size_t slot = (size_t)(hash >> 8) % DOMAIN_CACHE;
	uint32_t word = word_id(w, e->relay_host);
	struct relay *x;

	if (r->cache[slot].hash != hash) {
		const char *whose = provider_of_domain(domain);

		r->cache[slot].hash = hash;
		r->cache[slot].provider = word_id(w, str_of(whose));
		r->cache[slot].large = large_bit(whose);
	}
	*provider = r->cache[slot].provider;
	if (word == WORD_NONE)
		return word;
	x = relay_of(r, w, word, e->relay_host, e->reply);
	if (x->provider != *provider)
		x->foreign |= r->cache[slot].large;
	*provider = x->provider;
	x->domains |= UINT64_C(1) << (hash >> 58);
	x->n++;
	r->n++;
	return word;
}

const struct relay *
relay_at(const struct relays *r, uint32_t word)
{
	return &r->v[word];
}

static unsigned
bits(uint64_t v)
{
	unsigned n = 0;

	for (; v != 0; v &= v - 1)
		n++;
	return n;
}

bool
relay_is_smarthost(const struct relays *r, uint32_t word)
{
	const struct relay *x;

	if (word == WORD_NONE || word == WORD_OTHERS || word >= r->room || !r->v[word].known)
		return false;
	x = &r->v[word];
	if (bits(x->foreign) >= 2)
		return true;
	return x->provider == WORD_NONE && bits(x->domains) >= RELAY_MIN_DOMAINS &&
	       x->n * 100 >= r->n * MOST;
}
