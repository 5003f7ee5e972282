/* SPDX-License-Identifier: ISC */
/*
 * streams_keys.c - who signs the mail of a sender, and whether those keys are good.
 *
 * What a sender names itself counts; else the selectors in use that are of no sender in
 * particular, else those that its service asks for.  Nothing is guessed.
 */
#include "checks/streams.h"

bool
stream_key_is_short(const struct selector_key *k)
{
	return k->state == KEY_FOUND && k->facts != NULL && k->key.type != KEY_TYPE_ED25519 &&
	       k->facts->bits > 0 && k->facts->bits < RSA_BITS_LEAST;
}

/* What a good signature by K would get (RFC 6376 6.1.2; RFC 8301 3.2: none by a short key). */
static const char *
key_result(const struct selector_key *k)
{
	if (k->state == KEY_FAILED)
		return "temperror";
	if (k->state != KEY_FOUND || k->key.revoked || stream_key_is_short(k))
		return "permerror";
	return dkimkey_is_broken(&k->key) ? "permerror" : "pass";
}

/* The key of SELECTOR at DOMAIN as one more of OUT.  False = pending. */
static bool
add_key(struct audit *au, struct stream *out, struct str selector, const struct name *domain,
    bool only_if_there)
{
	struct stream_key k = { .result = "" };

	selector_key_find(au, selector, domain, &k.key);
	k.alignment = alignment_of(au, &out->author, domain);
	if (k.key.state == KEY_PENDING || k.alignment.pending)
		return false;
	if (only_if_there && (k.key.state == KEY_ABSENT || k.key.state == KEY_BAD_NAME))
		return true;
	k.result = key_result(&k.key);
	arena_grow(au->arena, &out->keys, out->n_keys, &out->cap_keys, sizeof(*out->keys));
	out->keys[out->n_keys++] = k;
	return true;
}

/* Whether a sender of S says that its mail is signed with SELECTOR of DOMAIN. */
static bool
is_of_a_sender(const struct subject *s, const struct selector *sel)
{
	for (size_t i = 0; i < s->n_senders; i++)
		for (size_t k = 0; k < s->senders[i].n_dkim; k++) {
			const struct signer *d = &s->senders[i].dkim[k];
			const struct name *domain = d->domain.n > 0 ? &d->domain : &s->domain;
			const struct name *own = sel->domain.n > 0 ? &sel->domain : &s->domain;

			for (size_t n = 0; n < d->n_selectors && name_eq(domain, own); n++)
				if (str_ieq(d->selectors[n], sel->name))
					return true;
		}
	return false;
}

/* Whether some sender of S says who signs: then one that says nothing is not signed. */
static bool
are_signers_said(const struct subject *s)
{
	for (size_t i = 0; i < s->n_senders; i++)
		if (s->senders[i].n_dkim > 0)
			return true;
	return false;
}

/* The keys that X names.  False = pending. */
static bool
add_own_keys(struct audit *au, const struct sender *x, struct stream *out)
{
	bool ready = true;

	for (size_t i = 0; i < x->n_dkim; i++)
		for (size_t k = 0; k < x->dkim[i].n_selectors; k++)
			ready = add_key(au, out, x->dkim[i].selectors[k],
				    x->dkim[i].domain.n > 0 ? &x->dkim[i].domain : &out->author,
				    false) &&
				ready;
	return ready;
}

/* Where X names none: the selectors in use of nobody's in particular.  False = pending. */
static bool
add_common_keys(struct audit *au, struct stream *out)
{
	const struct subject *s = au->subject;
	bool ready = true;

	for (size_t i = 0; i < s->n_selectors; i++) {
		const struct selector *sel = &s->selectors[i];

		if (sel->provenance == FROM_GUESS || is_of_a_sender(s, sel))
			continue;
		out->keys_known = true;
		ready = add_key(au, out, sel->name, sel->domain.n > 0 ? &sel->domain : &s->domain,
			    false) &&
			ready;
	}
	return ready;
}

/* The keys that the service asks for, where they stand; one may be dormant.  False = pending. */
static bool
add_service_keys(struct audit *au, struct stream *out)
{
	bool ready = true;

	for (size_t i = 0; i < MAX_PROVIDER_SELECTORS && out->via != NULL; i++) {
		const char *text = out->via->selectors[i];

		if (!via_is_fixed(text))
			continue;
		ready = add_key(au, out, str_of(text), &out->author, true) && ready;
	}
	return ready;
}

bool
stream_look_at_keys(struct audit *au, const struct sender *x, struct stream *out)
{
	bool ready;

	out->keys_known = x->n_dkim > 0;
	if (x->n_dkim > 0)
		return add_own_keys(au, x, out);
	ready = add_common_keys(au, out);
	if (out->n_keys == 0)
		ready = add_service_keys(au, out) && ready;
	out->keys_known = out->keys_known || out->n_keys > 0 ||
			  (out->via != NULL && via_signs_by_fixed_keys(out->via)) ||
			  (x->name.n > 0 && x->n_via == 0 && are_signers_said(au->subject));
	return ready;
}
