/* SPDX-License-Identifier: ISC */
/*
 * kept.c - facts before and after a change; see kept.h.
 */
#include "audit/explain/kept.h"
#include "checks/dmarc_record.h"
#include "checks/spf_record.h"

static void
take_dmarc(struct arena *a, const struct dmarc_facts *d, struct kept *out)
{
	struct dmarc_record r;

	out->dmarc[0] = out->dmarc[1] = out->dmarc[2] = -1;
	if (d == NULL || d->record.n == 0)
		return;
	dmarc_parse(arena_str(a, d->record), &r);
	if (r.is_void)
		return;
	for (int w = DMARC_NONE; w <= DMARC_REJECT; w++)
		if (strcmp(d->policy, dmarc_word_name((enum dmarc_word)w)) == 0)
			out->dmarc[0] = w;
	out->dmarc[1] = r.fallback ? DMARC_NONE : r.sp != DMARC_ABSENT ? (int)r.sp : (int)r.p;
	out->dmarc[2] = r.fallback ? DMARC_NONE : r.np != DMARC_ABSENT ? (int)r.np : out->dmarc[1];
	out->strict[0] = r.adkim_strict;
	out->strict[1] = r.aspf_strict;
}

static void
take_spf(struct arena *a, const struct spf_facts *f, struct kept *out)
{
	struct spf_record r;

	if (f == NULL || f->record.n == 0)
		return;
	out->has_spf = true;
	out->lookups = f->lookups;
	out->n_spf = f->n_addresses;
	out->spf = arena_array(a, f->n_addresses + 1, sizeof(*out->spf));
	if (f->n_addresses > 0)
		memcpy(out->spf, f->addresses, f->n_addresses * sizeof(*out->spf));
	spf_record_parse(a, arena_str(a, f->record), &r);
	if (r.all != SPF_NO_TERM)
		out->all = (int)str_find(STR("+?~-"), 0, r.terms[r.all].qualifier);
	else if (r.redirect != SPF_NO_TERM)
		out->all = 4;
}

static void
take_keys(struct arena *a, const struct dkim_facts *f, struct kept *out)
{
	struct buf b;

	if (f == NULL)
		return;
	buf_init(&b, 2 * MAX_NAME_TEXT);
	out->keys = arena_array(a, f->n + 1, sizeof(*out->keys));
	for (size_t i = 0; i < f->n; i++) {
		if (strcmp(f->keys[i].state, "valid") != 0)
			continue;
		buf_reset(&b);
		buf_add(&b, f->keys[i].selector);
		buf_addc(&b, ' ');
		if (f->keys[i].domain.n > 0)
			name_print(&b, &f->keys[i].domain);
		out->keys[out->n_keys++] = arena_str(a, buf_str(&b));
	}
	buf_free(&b);
}

void
kept_take(struct arena *a, const struct facts *f, struct kept *out)
{
	*out = (struct kept){ .n_spf = 0 };
	take_dmarc(a, f->dmarc, out);
	take_spf(a, f->spf, out);
	take_keys(a, f->dkim, out);
	out->takes_mail = f->mx != NULL && f->mx->n > 0;
}

/* Whether an address that SPF of BEFORE lists is not listed in AFTER. */
static bool
lists_less(const struct kept *before, const struct kept *after)
{
	for (size_t i = 0; i < before->n_spf; i++) {
		bool found = false;

		for (size_t k = 0; k < after->n_spf && !found; k++)
			found = after->spf[k].bits <= before->spf[i].bits &&
				prefix_has(&after->spf[k], &before->spf[i].addr);
		if (!found)
			return true;
	}
	return false;
}

static bool
loses_a_key(const struct kept *before, const struct kept *after)
{
	for (size_t i = 0; i < before->n_keys; i++) {
		bool found = false;

		for (size_t k = 0; k < after->n_keys && !found; k++)
			found = str_eq(after->keys[k], before->keys[i]);
		if (!found)
			return true;
	}
	return false;
}

const char *
kept_lost(const struct kept *before, const struct kept *after)
{
	static const char *const weaker[] = { "p= becomes weaker", "sp= becomes weaker",
		"np= becomes weaker" };

	for (size_t i = 0; i < ARRAY_LEN(weaker); i++)
		if (after->dmarc[i] < before->dmarc[i])
			return weaker[i];
	if ((before->strict[0] && !after->strict[0]) || (before->strict[1] && !after->strict[1]))
		return "alignment becomes weaker";
	if (after->all < before->all)
		return "the end of the SPF record becomes weaker";
	if (lists_less(before, after))
		return "the SPF record lists an address no more";
	if (loses_a_key(before, after))
		return "a key is lost";
	return before->takes_mail && !after->takes_mail ? "the domain takes mail no more" : NULL;
}
