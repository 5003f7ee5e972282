/* SPDX-License-Identifier: ISC */
/*
 * recipients.c - addresses that mail could not be delivered to.
 */
#include "audit/bounce/recipients.h"
#include <stdlib.h>
#include "checks/core/hash.h"

#define DAY_S 86400
#define HOUR_S 3600

_Static_assert(sizeof(struct recipient) <= 104, "200 bytes, with an address and two slots");

void
recipients_init(struct recipients *r)
{
	*r = (struct recipients){ .max = MAX_RECIPIENTS };
	arena_init(&r->text, 0);
}

void
recipients_free(struct recipients *r)
{
	for (size_t i = 0; i * RECIPIENTS_CHUNK < r->n; i++)
		free(r->chunks[i]);
	free(r->chunks);
	arena_free(&r->text);
	slots_free(&r->slots);
}

static uint32_t
tag_of(struct str address)
{
	char lower[MAX_RECIPIENT_BYTES];

	for (size_t i = 0; i < address.n; i++)
		lower[i] = ascii_lower(address.p[i]);
	return (uint32_t)hash_end(hash_add(HASH_START, (struct str){ lower, address.n }));
}

struct recipient *
recipient_at(const struct recipients *r, uint32_t id)
{
	return &r->chunks[id / RECIPIENTS_CHUNK][id % RECIPIENTS_CHUNK];
}

static uint32_t
find(const struct recipients *r, struct str address, uint32_t tag)
{
	struct slots_walk w = slots_walk(tag);
	uint32_t id;

	while (slots_next(&r->slots, &w, &id)) {
		const struct recipient *x = recipient_at(r, id);

		if (str_ieq((struct str){ x->address, x->n }, address))
			return id;
	}
	return NO_RECIPIENT;
}

uint32_t
recipients_find(const struct recipients *r, struct str address)
{
	if (r->n == 0 || address.n == 0 || address.n > MAX_RECIPIENT_BYTES)
		return NO_RECIPIENT;
	return find(r, address, tag_of(address));
}

/* Room for one more. */
static struct recipient *
place(struct recipients *r)
{
	size_t chunk = r->n / RECIPIENTS_CHUNK;

	if (r->n % RECIPIENTS_CHUNK == 0) {
		if (chunk == r->room) {
			r->room = r->room == 0 ? 16 : 2 * r->room;
			r->chunks = xrealloc(r->chunks, r->room * sizeof(struct recipient *));
		}
		r->chunks[chunk] = xcalloc(RECIPIENTS_CHUNK, sizeof(struct recipient));
	}
	return recipient_at(r, r->n);
}

uint32_t
recipients_add(struct recipients *r, struct str address)
{
	struct recipient *x;
	uint32_t tag, id;

	if (address.n == 0)
		return NO_RECIPIENT;
	if (address.n > MAX_RECIPIENT_BYTES) {
		r->dropped++;
		return NO_RECIPIENT;
	}
	tag = tag_of(address);
	if ((id = find(r, address, tag)) != NO_RECIPIENT)
		return id;
	if (r->n >= r->max) {
		r->dropped++;
		return NO_RECIPIENT;
	}
	x = place(r);
	x->address = arena_str(&r->text, address).p;
	x->n = (uint16_t)address.n;
	x->soft_stream = x->hard_stream = UINT32_MAX;
	slots_add(&r->slots, tag, r->n);
	return r->n++;
}

void
recipient_delivered(struct recipient *x, time_t when)
{
	x->run_from = x->run_to = 0;
	x->run_attempts = x->run_mails = 0;
	x->run_mail = 0;
	x->soft_stream = UINT32_MAX;
	if (x->hard && (when == 0 || when >= x->hard_at))
		x->hard = 0; /* unknown then, known now */
}

void
recipient_soft(struct recipient *x, time_t when, uint64_t mail)
{
	x->run_attempts++;
	if (x->run_mails == 0 || mail == 0 || mail != x->run_mail)
		x->run_mails++;
	x->run_mail = mail;
	if (when == 0)
		return;
	if (x->run_from == 0 || when < x->run_from)
		x->run_from = when;
	if (when > x->run_to)
		x->run_to = when;
}

const char *
recipient_soft_is_hard(const struct recipient *x, const struct bounce_limits *limits)
{
	time_t span = x->run_to - x->run_from;

	if (x->run_mails == 0)
		return NULL;
	if (x->run_attempts > 1 && span >= (time_t)limits->soft_days * DAY_S)
		return "every attempt failed for days";
	if (x->run_attempts >= limits->soft_attempts && span >= (time_t)limits->soft_hours * HOUR_S)
		return "several attempts failed over days";
	if (x->run_mails >= limits->soft_in_a_row)
		return "several mails in a row failed";
	return NULL;
}
