/* SPDX-License-Identifier: ISC */
/*
 * dkim_facts.c - what is so about the keys of a domain, besides what is wrong.
 */
#include "checks/dkim_hosts.h"
#include "checks/dkim_judge.h"

static const char *
provenance_word(enum provenance p)
{
	static const char *const words[] = { [FROM_GIVEN] = "given",
		[FROM_CONFIG] = "config",
		[FROM_LOG] = "log",
		[FROM_MESSAGE] = "message",
		[FROM_REPORT] = "report",
		[FROM_GUESS] = "guessed" };

	return words[p];
}

/* NULL = the signer's key was not given for this one. */
static const char *
signer_word(enum signer_match m)
{
	switch (m) {
	case SIGNER_SAME:
		return "same";
	case SIGNER_DIFFERS:
		return "differs";
	case SIGNER_UNREADABLE:
	case SIGNER_UNKNOWN:
		return "unknown";
	default:
		return NULL;
	}
}

struct dkim_facts *
dkim_facts_of(struct audit *au, const struct selector_keys *ks)
{
	struct arena *a = au->arena;
	struct dkim_facts *out = arena_alloc(a, sizeof(*out));

	out->keys = arena_array(a, ks->n, sizeof(*out->keys));
	out->n = ks->n;
	for (size_t i = 0; i < ks->n; i++) {
		const struct selector_key *k = &ks->keys[i];
		struct dkim_fact *f = &out->keys[i];

		*f = (struct dkim_fact){ .domain = k->domain,
			.selector = k->selector,
			.provenance = provenance_word(k->provenance),
			.state = selector_key_word(k),
			.key_type = "",
			.provider = dkim_provider(&k->target),
			.signer = signer_word(dkim_signer_match(au, k)),
			.target = k->target };
		if (k->target.n > 0) {
			f->chain = k->answer->chain;
			f->n_chain = k->answer->n_chain;
		}
		if (k->rr != NULL)
			f->record = k->rr->text;
		if (k->facts == NULL)
			continue;
		f->bits = k->facts->bits;
		f->modulus = k->facts->modulus;
		if (k->facts->type == KEY_TYPE_RSA)
			f->key_type = "rsa";
		else if (k->facts->type == KEY_TYPE_ED25519)
			f->key_type = "ed25519";
	}
	return out;
}
