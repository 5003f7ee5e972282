/* SPDX-License-Identifier: ISC */
/*
 * count_keys.c - streams, groups and buckets by what they are of.
 */
#include "audit/bounce/count_keys.h"
#include <stdlib.h>
#include "checks/core/hash.h"

static uint64_t
add_ip(uint64_t h, const struct addr *ip, bool has)
{
	uint8_t head[2] = { has, ip->v6 };

	h = hash_add(h, (struct str){ (const char *)head, sizeof(head) });
	return has ? hash_add(h, (struct str){ (const char *)ip->b, sizeof(ip->b) }) : h;
}

static uint64_t
add_words(uint64_t h, const uint32_t *v, size_t n)
{
	return hash_add(h, (struct str){ (const char *)v, n * sizeof(*v) });
}

static bool
same_ip(const struct addr *a, bool has_a, const struct addr *b, bool has_b)
{
	return has_a == has_b && (!has_a || addr_eq(a, b));
}

static bool
same_stream(const struct flow_key *a, const struct flow_key *b)
{
	return a->domain == b->domain && a->provider == b->provider &&
	       same_ip(&a->ip, a->has_ip, &b->ip, b->has_ip);
}

uint32_t
count_stream(struct count *c, const struct flow_key *k)
{
	static const struct flow_key others = { .domain = WORD_OTHERS, .provider = WORD_NONE };
	uint32_t words[] = { k->domain, k->provider }, i;
	uint32_t tag = (uint32_t)hash_end(
	    add_ip(add_words(HASH_START, words, ARRAY_LEN(words)), &k->ip, k->has_ip));
	struct slots_walk w = slots_walk(tag);

	while (slots_next(&c->stream_slots, &w, &i))
		if (same_stream(&c->streams[i].key, k))
			return i;
	if (c->n_streams >= MAX_STREAMS && !same_stream(k, &others)) {
		c->overflowed++;
		return count_stream(c, &others);
	}
	if (c->n_streams == c->room_streams) {
		c->room_streams = c->room_streams == 0 ? 64 : 2 * c->room_streams;
		c->streams = xrealloc(c->streams, c->room_streams * sizeof(*c->streams));
	}
	c->streams[c->n_streams] = (struct flow){ .key = *k };
	slots_add(&c->stream_slots, tag, c->n_streams);
	return c->n_streams++;
}

static uint64_t
group_hash(const struct group_key *k)
{
	uint32_t words[] = { k->domain, k->provider, k->receiver,
		(uint32_t)k->mechanism << 16 | k->code,
		(uint32_t)k->enhanced.class << 16 | k->enhanced.subject, k->enhanced.detail,
		(uint32_t)k->inbound << 1 | k->permanent, k->named, k->list, k->selector };

	return hash_end(add_ip(add_words(HASH_START, words, ARRAY_LEN(words)), &k->ip, k->has_ip));
}

static bool
same_group(const struct group_key *a, const struct group_key *b)
{
	return a->domain == b->domain && a->provider == b->provider && a->receiver == b->receiver &&
	       a->mechanism == b->mechanism && a->code == b->code &&
	       a->enhanced.class == b->enhanced.class &&
	       a->enhanced.subject == b->enhanced.subject &&
	       a->enhanced.detail == b->enhanced.detail && a->inbound == b->inbound &&
	       a->permanent == b->permanent && a->named == b->named && a->list == b->list &&
	       a->selector == b->selector && same_ip(&a->ip, a->has_ip, &b->ip, b->has_ip);
}

/* K with less in it, of which there cannot be many: over the bound. */
static struct group_key
coarse(const struct group_key *k)
{
	return (struct group_key){ .domain = WORD_OTHERS,
		.mechanism = k->mechanism,
		.inbound = k->inbound,
		.permanent = k->permanent };
}

uint32_t
count_group(struct count *c, const struct group_key *k, bool *fresh)
{
	struct group_key less = coarse(k);
	uint32_t tag = (uint32_t)group_hash(k), i;
	struct slots_walk w = slots_walk(tag);

	*fresh = false;
	while (slots_next(&c->group_slots, &w, &i))
		if (same_group(&c->groups[i].key, k))
			return i;
	if (c->n_groups >= MAX_GROUPS && !same_group(k, &less)) {
		c->overflowed++;
		return count_group(c, &less, fresh);
	}
	if (c->n_groups == c->room_groups) {
		c->room_groups = c->room_groups == 0 ? 64 : 2 * c->room_groups;
		c->groups = xrealloc(c->groups, c->room_groups * sizeof(*c->groups));
	}
	c->groups[c->n_groups] = (struct group){ .key = *k, .signature = "", .stream = NO_STREAM };
	slots_add(&c->group_slots, tag, c->n_groups);
	*fresh = true;
	return c->n_groups++;
}

struct bucket *
count_bucket_find(struct count *c, uint32_t head, int32_t when)
{
	for (; head != 0; head = c->buckets[head - 1].next)
		if (c->buckets[head - 1].when == when)
			return &c->buckets[head - 1];
		else if (c->buckets[head - 1].when < when)
			return NULL; /* latest first */
	return NULL;
}

static uint32_t
new_bucket(struct count *c, int32_t when, uint32_t next)
{
	if (c->n_buckets == c->room_buckets) {
		c->room_buckets = c->room_buckets == 0 ? 256 : 2 * c->room_buckets;
		c->buckets = xrealloc(c->buckets, c->room_buckets * sizeof(*c->buckets));
	}
	c->buckets[c->n_buckets] = (struct bucket){ .when = when, .next = next };
	return ++c->n_buckets;
}

struct bucket *
count_bucket(struct count *c, uint32_t *head, int32_t when)
{
	uint32_t before = 0, at = *head, fresh;

	while (at != 0 && c->buckets[at - 1].when > when) {
		before = at;
		at = c->buckets[at - 1].next;
	}
	if (at != 0 && c->buckets[at - 1].when == when)
		return &c->buckets[at - 1];
	if (c->n_buckets >= MAX_BUCKETS) {
		c->overflowed++;
		return NULL;
	}
	fresh = new_bucket(c, when, at);
	if (before == 0)
		*head = fresh;
	else
		c->buckets[before - 1].next = fresh;
	return &c->buckets[fresh - 1];
}

uint32_t *
count_hours(struct count *c, uint32_t word)
{
	if (word == WORD_NONE || word == WORD_OTHERS)
		return NULL;
	if (word >= c->n_hours) {
		size_t n = c->n_hours == 0 ? 64 : c->n_hours;

		while (n <= word)
			n *= 2;
		c->hours = xrealloc(c->hours, n * sizeof(*c->hours));
		memset(c->hours + c->n_hours, 0, (n - c->n_hours) * sizeof(*c->hours));
		c->n_hours = n;
	}
	return &c->hours[word];
}

int32_t
count_unit(time_t t, long unit_s)
{
	return (int32_t)((t - (t % unit_s < 0 ? unit_s - 1 : 0)) / unit_s);
}

/* Whether S sends under DOMAIN. */
static bool
sends_as(const struct config_sender *s, const struct name *domain)
{
	if (name_is_set(&s->s.mail_from) && name_eq(&s->s.mail_from, domain))
		return true;
	for (size_t i = 0; i < s->n_from; i++)
		if (name_eq(&s->from[i].name, domain))
			return true;
	return s->n_from == 0 && !s->s.mail_from_given;
}

/* One address of one sender is told for sure; two are a guess, and none is made. */
static bool
only_ip(const struct config *config, const struct name *domain, struct addr *out)
{
	size_t n = 0;

	for (size_t i = 0; i < config->n_senders; i++) {
		const struct config_sender *s = &config->senders[i];

		if (!sends_as(s, domain))
			continue;
		n += s->s.n_ips + 2 * s->s.n_prefixes;
		if (s->s.n_ips > 0)
			*out = s->s.ips[0];
	}
	return n == 1;
}

bool
count_config_ip(struct count *c, uint32_t word, struct addr *out)
{
	struct name domain;

	if (c->o.config == NULL || word == WORD_NONE)
		return false;
	if (c->ip_domain != word + 1) {
		c->ip_domain = word + 1;
		c->has_config_ip = name_parse(word_of(&c->words, word), &domain) == NAME_OK &&
				   only_ip(c->o.config, &domain, &c->config_ip);
	}
	*out = c->config_ip;
	return c->has_config_ip;
}
