/* SPDX-License-Identifier: ISC */
/*
 * dnsbl_lists.c - what the answers of a list mean.
 */
#include "checks/dnsbl_lists.h"

bool
dnsbl_is_askable(const struct dnsbl_list *l)
{
	return l->state == LIST_ACTIVE || l->state == LIST_REGISTERED;
}

bool
dnsbl_is_default(const struct dnsbl_list *l)
{
	return l->state == LIST_ACTIVE && l->verified && l->weight >= WEIGHT_MEDIUM &&
	       (l->kind & LIST_ALLOW) == 0 && l->part_of == NULL;
}

/* x.y.z of 127.x.y.z. */
static uint32_t
value_of(const struct addr *a)
{
	return (uint32_t)a->b[1] << 16 | (uint32_t)a->b[2] << 8 | a->b[3];
}

static bool
in_row(const struct dnsbl_code *c, uint32_t value)
{
	return value >= c->first && value <= c->last;
}

static bool
means(const struct dnsbl_list *l, const struct dnsbl_code *c, const struct addr *a)
{
	switch (l->match) {
	case MATCH_ANY:
	case MATCH_EXACT:
		return in_row(c, value_of(a));
	case MATCH_BITMASK:
		return (a->b[3] & c->first) != 0;
	case MATCH_OCTET3:
		return in_row(c, a->b[2]);
	case MATCH_OCTET4:
		return in_row(c, a->b[3]);
	}
	return false;
}

size_t
dnsbl_meanings(
    const struct dnsbl_list *l, const struct addr *address, const struct dnsbl_code **found)
{
	size_t n = 0;

	for (size_t i = 0; i < MAX_LIST_CODES && l->codes[i].meaning != NULL; i++)
		if (means(l, &l->codes[i], address))
			found[n++] = &l->codes[i];
	return n;
}

static const struct dnsbl_code *
error_row(const struct dnsbl_list *l, const struct addr *address)
{
	for (size_t i = 0; i < MAX_LIST_ERRORS && l->errors[i].meaning != NULL; i++)
		if (in_row(&l->errors[i], value_of(address)))
			return &l->errors[i];
	return NULL;
}

bool
dnsbl_is_refusal(const struct dnsbl_list *l, const struct addr *address)
{
	if (address->v6 || address->b[0] != 127)
		return true; /* RFC 5782 2.1: a listing is in 127/8 */
	if (address->b[1] == 255 && address->b[2] == 255)
		return true;
	return error_row(l, address) != NULL;
}

const char *
dnsbl_refusal(const struct dnsbl_list *l, const struct addr *address)
{
	const struct dnsbl_code *row;

	if (address->v6 || address->b[0] != 127)
		return "an answer outside of 127.0.0.0/8, which no list gives";
	row = error_row(l, address);
	return row != NULL ? row->meaning : "the list refuses this resolver";
}
