/* SPDX-License-Identifier: ISC */
/*
 * dkim_signer.c - whether the key that is published is the one that the signer
 * has.
 *
 * Of the signer's key only the public half is known here.  It belongs to the
 * selector that was given beside it.
 */
#include "checks/core/base64.h"
#include "checks/core/buf.h"
#include "checks/dkim_judge.h"

#define ED25519_BYTES 32 /* RFC 8032 5.1.5 */
#define MAX_RECORD (MAX_KEY_DATA * 2)

static const struct signer_key *
signer_of(struct audit *au, const struct selector_key *k)
{
	return k->provenance == FROM_GIVEN ? au->subject->signer : NULL;
}

/* Whether the last 32 bytes of A and B are the same: a wrapped key ends with the bare one. */
static bool
same_ed25519(struct str a, struct str b)
{
	return a.n >= ED25519_BYTES && b.n >= ED25519_BYTES &&
	       str_eq(str_sub(a, a.n - ED25519_BYTES, ED25519_BYTES),
		   str_sub(b, b.n - ED25519_BYTES, ED25519_BYTES));
}

enum signer_match
dkim_signer_match(struct audit *au, const struct selector_key *k)
{
	const struct signer_key *s = signer_of(au, k);
	enum key_type type;
	const struct answer *a;

	if (s == NULL)
		return SIGNER_NOT_GIVEN;
	type = s->ed25519 ? KEY_TYPE_ED25519 : KEY_TYPE_RSA;
	if (k->state != KEY_FOUND || k->facts == NULL || k->facts->form == KEY_UNREADABLE ||
	    k->facts->is_private)
		return SIGNER_UNREADABLE;
	if (k->facts->type != type)
		return SIGNER_DIFFERS;
	if (s->ed25519)
		return same_ed25519(k->key.data, s->data) ? SIGNER_SAME : SIGNER_DIFFERS;
	a = ask_key(au->q, s->data, (uint16_t)type);
	if (is_pending(a))
		return SIGNER_PENDING;
	if (a->status != ANSWER_FOUND || a->key->form == KEY_UNREADABLE)
		return SIGNER_UNKNOWN;
	return str_eq(a->key->modulus, k->facts->modulus) && a->key->exponent == k->facts->exponent
		   ? SIGNER_SAME
		   : SIGNER_DIFFERS;
}

struct str
dkim_signer_record(struct audit *au, const struct selector_key *k)
{
	const struct signer_key *s = signer_of(au, k);
	struct str out = { NULL, 0 };
	struct buf b;

	if (s == NULL)
		return out;
	buf_init(&b, MAX_RECORD);
	buf_adds(&b, s->ed25519 ? "v=DKIM1; k=ed25519; p=" : "v=DKIM1; k=rsa; p=");
	base64_add(&b, s->data);
	if (!b.over)
		out = arena_str(au->arena, buf_str(&b));
	buf_free(&b);
	return out;
}

bool
dkim_judge_signer(struct audit *au, const struct selector_key *k)
{
	struct str none = { NULL, 0 };

	switch (dkim_signer_match(au, k)) {
	case SIGNER_PENDING:
		return false;
	case SIGNER_SAME:
		dkim_add(au, k, RULE_DKIM_SIGNER_SAME, none);
		return true;
	case SIGNER_DIFFERS:
		dkim_propose(au, dkim_add(au, k, RULE_DKIM_SIGNER_DIFFERS, k->key.p), k,
		    dkim_signer_record(au, k));
		return true;
	case SIGNER_UNKNOWN:
		dkim_add(au, k, RULE_DKIM_SIGNER_UNKNOWN, none);
		return true;
	default:
		return true; /* that the record cannot be read has been told */
	}
}

void
dkim_tell_unpublished(struct audit *au, const struct selector_key *k)
{
	struct finding *f = dkim_add(au, k, RULE_DKIM_SIGNER_UNPUBLISHED, (struct str){ NULL, 0 });
	struct change *c = finding_change(au->findings, f, CHANGE_ADD, &k->name, RR_TXT);

	c->new = finding_txt(au->findings, dkim_signer_record(au, k));
}
