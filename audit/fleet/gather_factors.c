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

void
gather_modulus(struct gather *g, struct gather_key *row, const char *hex)
{
	BIGNUM *n = NULL;
	int bits;

	if (hex == NULL || BN_hex2bn(&n, hex) == 0)
		return;
	bits = BN_num_bits(n);
	if (bits < MIN_FACTORS_BITS || bits > MAX_WEAK_BITS || !BN_is_odd(n)) {
		BN_free(n);
	} else if (g->modulus_bits + (size_t)bits > MAX_FACTORS_BITS) {
		g->many_moduli = true;
		BN_free(n);
	} else {
		g->modulus_bits += (size_t)bits;
		g->n_moduli++;
		row->modulus = n;
	}
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
	BIGNUM **v = xcalloc(g->n_moduli + 1, sizeof(*v));
	size_t *number = xcalloc(g->n_moduli + 1, sizeof(*number));
	size_t *group = xcalloc(g->n_moduli + 1, sizeof(*group)), n = 0;

	for (size_t i = 0; i < g->moduli.n; i++) {
		if (g->key[i].modulus == NULL)
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
