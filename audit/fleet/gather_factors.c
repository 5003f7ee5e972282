/* SPDX-License-Identifier: ISC */
/*
 * gather_factors.c - keys of a fleet that share a prime.
 *
 * Whose the keys are does not count: what is shared is no secret, and neither
 * key is one any more.
 */
#include "audit/fleet/gather_factors.h"
#include <stdlib.h>
#include "audit/fleet/factors.h"
#include "audit/sources/key_weak.h"

#define MIN_FACTORS_BITS 512 /* of a modulus: smaller ones are broken one by one */

/* What the digit C of base 16 stands for; -1 for another character. */
static int
digit_of(char c)
{
	if (ascii_isdigit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * The bytes that HEX stands for, without leading zeros, into BYTES; how many.  0 when
 * it holds anything but digits, or has more than MAX_WEAK_BITS.
 */
static size_t
read_hex(struct str hex, uint8_t bytes[MAX_WEAK_BITS / 8])
{
	size_t n;

	while (hex.n > 0 && hex.p[0] == '0')
		hex = str_sub(hex, 1, hex.n);
	n = (hex.n + 1) / 2;
	if (n > MAX_WEAK_BITS / 8)
		return 0;
	memset(bytes, 0, MAX_WEAK_BITS / 8);
	for (size_t i = 0; i < hex.n; i++) {
		size_t behind = hex.n - 1 - i;
		int digit = digit_of(hex.p[i]);

		if (digit < 0)
			return 0;
		bytes[n - 1 - behind / 2] |= (uint8_t)(digit << behind % 2 * 4);
	}
	return n;
}

void
gather_modulus(struct gather *g, struct gather_key *row, struct str hex)
{
	uint8_t bytes[MAX_WEAK_BITS / 8];
	size_t n = read_hex(hex, bytes), least = MIN_FACTORS_BITS / 8;

	if (n < least || (n == least && bytes[0] < 0x80) || bytes[n - 1] % 2 == 0)
		return;
	if (8 * n > MAX_FACTORS_BITS - g->modulus_bits) {
		g->many_moduli = true;
		return;
	}
	g->modulus_bits += 8 * n;
	g->n_moduli++;
	row->modulus = arena_str(&g->arena, (struct str){ (const char *)bytes, n });
}

/* The keys whose group is GROUP[FROM], one after the other, into *OUT. */
static void
take_group(
    struct gather *g, const size_t *number, const size_t *group, size_t from, struct fleet_key *out)
{
	struct fleet_selector *at = arena_array(&g->arena, MAX_FLEET_KEYS, sizeof(*at));

	*out = (struct fleet_key){ .type = STR("rsa"), .at = at };
	out->bits = g->key[number[from]].bits;
	for (size_t i = from; i < g->n_moduli; i++) {
		const struct gather_key *k = &g->key[number[i]];

		if (group[i] != group[from])
			continue;
		out->n_names += k->n;
		for (const struct gather_selector *s = k->first; s != NULL; s = s->next)
			if (out->n_at < MAX_FLEET_KEYS)
				at[out->n_at++] = s->at;
	}
	qsort(at, out->n_at, sizeof(*at), gather_selector_cmp);
}

/* Each group of GROUP, with NUMBER, the rows of the moduli. */
static void
take_groups(struct gather *g, const size_t *number, const size_t *group, struct fleet *out)
{
	struct fleet_key *all = arena_array(&g->arena, g->n_moduli + 1, sizeof(*all));
	bool *seen = arena_array(&g->arena, g->n_moduli + 1, sizeof(*seen));
	size_t n = 0;

	for (size_t i = 0; i < g->n_moduli; i++) {
		if (group[i] == 0 || seen[group[i]])
			continue;
		seen[group[i]] = true;
		take_group(g, number, group, i, &all[n++]);
	}
	qsort(all, n, sizeof(*all), gather_key_cmp);
	out->factors = all;
	out->n_shared_factors = n;
	out->n_factors = n < MAX_FLEET_KEYS ? n : MAX_FLEET_KEYS;
}

void
gather_factors(struct gather *g, struct fleet *out)
{
	struct str *v = xcalloc(g->n_moduli + 1, sizeof(*v));
	size_t *number = xcalloc(g->n_moduli + 1, sizeof(*number));
	size_t *group = xcalloc(g->n_moduli + 1, sizeof(*group)), n = 0;

	for (size_t i = 0; i < g->moduli.n; i++) {
		if (g->key[i].modulus.n == 0)
			continue;
		v[n] = g->key[i].modulus;
		number[n++] = i;
	}
	out->n_moduli = n;
	if (!factors_shared(v, n, group))
		g->many_moduli = true;
	take_groups(g, number, group, out);
	free(v);
	free(number);
	free(group);
}
