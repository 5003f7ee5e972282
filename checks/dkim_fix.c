/* SPDX-License-Identifier: ISC */
/*
 * dkim_fix.c - the record that somebody meant who published a broken one: a key
 * cut into two records, a key without tags, without its wrapping, with v= in
 * small letters, or with a stray byte in it.
 *
 * Nothing is guessed: what comes out holds all the bytes of the key that stand
 * in the zone, and was read as a sound key.
 */
#include "checks/core/base64.h"
#include "checks/core/buf.h"
#include "checks/dkim_judge.h"

#define MAX_RECORD (MAX_KEY_DATA * 2)
#define KEY_BEGIN STR("v=DKIM1; k=rsa; p=")

/* Whether TEXT is a key record that receivers take; *PENDING when that cannot be said yet. */
static bool
is_sound(struct audit *au, struct str text, bool *pending)
{
	const struct answer *a;
	struct dkimkey key;

	dkimkey_parse(au->arena, text, &key);
	if (!key.is_key || key.data.n == 0 || dkimkey_is_broken(&key) || key.cleaned.n > 0)
		return false;
	a = ask_key(au->q, key.data, (uint16_t)key.type);
	if (is_pending(a)) {
		*pending = true;
		return false;
	}
	if (a->status != ANSWER_FOUND)
		return false;
	dkimkey_judge(au->arena, &key, a->key);
	return !dkimkey_is_broken(&key);
}

/* A and B in one, owned by the arena of AU. */
static struct str
joined(struct audit *au, struct str a, struct str b)
{
	struct str out = { NULL, 0 };
	struct buf both;

	buf_init(&both, MAX_RECORD);
	buf_add(&both, a);
	buf_add(&both, b);
	if (!both.over)
		out = arena_str(au->arena, buf_str(&both));
	buf_free(&both);
	return out;
}

/* Two records of which one begins a key that the other ends. */
static struct str
from_halves(struct audit *au, const struct selector_key *k, bool *pending)
{
	struct str none = { NULL, 0 }, rest = none, out;
	struct dkimkey other;

	if (k->n_txt != 2 || is_sound(au, k->rr->text, pending))
		return none;
	for (size_t i = 0; i < k->answer->n_rr; i++)
		if (k->answer->rr[i].type == RR_TXT && &k->answer->rr[i] != k->rr)
			rest = k->answer->rr[i].text;
	dkimkey_parse(au->arena, rest, &other);
	if (other.is_key)
		return none;
	out = joined(au, k->rr->text, rest);
	return is_sound(au, out, pending) ? out : none;
}

/* v=dkim1 at the beginning. */
static struct str
from_version(struct audit *au, const struct selector_key *k)
{
	struct str none = { NULL, 0 }, text = k->rr->text;

	if (!str_has_iprefix(text, STR("v=DKIM1")) || str_has_prefix(text, STR("v=DKIM1")))
		return none;
	return joined(au, STR("v=DKIM1"), str_sub(text, strlen("v=DKIM1"), text.n));
}

/* N as a length in DER (X.690 8.1.3); it has at most 16 bits. */
static void
der_length(struct buf *b, size_t n)
{
	if (n >= 256) {
		buf_addc(b, (char)0x82);
		buf_addc(b, (char)(n >> 8));
	} else if (n >= 128) {
		buf_addc(b, (char)0x81);
	}
	buf_addc(b, (char)(n & 0xff));
}

/* How many octets der_length() makes of N, and of the tag before it. */
static size_t
der_head(size_t n)
{
	return n >= 256 ? 4 : n >= 128 ? 3 : 2;
}

/* An RSAPublicKey wrapped as SubjectPublicKeyInfo (RFC 8017 A.1.1, RFC 5280 4.1). */
static struct str
from_bare(struct audit *au, const struct selector_key *k)
{
	static const char rsa[] = "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
	size_t bits = k->key.data.n + 1, algorithm = sizeof(rsa) - 1;
	struct buf der, text;
	struct str out, p = k->key.p;

	if (p.n == 0)
		return (struct str){ NULL, 0 };
	buf_init(&der, MAX_KEY_DATA + 64);
	buf_addc(&der, 0x30);
	der_length(&der, algorithm + der_head(bits) + bits);
	buf_add(&der, (struct str){ rsa, algorithm });
	buf_addc(&der, 0x03);
	der_length(&der, bits);
	buf_addc(&der, 0);
	buf_add(&der, k->key.data);
	buf_init(&text, MAX_RECORD);
	buf_add(&text, str_sub(k->key.text, 0, (size_t)(p.p - k->key.text.p)));
	base64_add(&text, buf_str(&der));
	buf_add(&text, str_sub(k->key.text, (size_t)(p.p - k->key.text.p) + p.n, k->key.text.n));
	out = arena_str(au->arena, der.over || text.over ? STR("") : buf_str(&text));
	buf_free(&der);
	buf_free(&text);
	return out;
}

/* A key with bytes in it, or behind it, that base64 does not have. */
static struct str
from_stray(struct audit *au, const struct selector_key *k)
{
	struct str text = k->key.text, p = k->key.p;
	char *to = arena_alloc(au->arena, text.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		bool in_p = text.p + i >= p.p && text.p + i < p.p + p.n;

		if (!in_p || ascii_isalnum(c) || c == '+' || c == '/' || c == '=')
			to[n++] = c;
	}
	return (struct str){ to, n };
}

static bool
has_fault(const struct selector_key *k, enum rule_id id)
{
	for (size_t i = 0; i < k->key.n; i++)
		if (k->key.faults[i].id == id)
			return true;
	return false;
}

bool
dkim_meant(struct audit *au, const struct selector_key *k, struct str *out)
{
	struct str none = { NULL, 0 }, text = none;
	bool pending = false;

	*out = none;
	if (k->rr == NULL || k->rr->text.n > MAX_KEY_DATA)
		return true;
	if (k->state == KEY_SEVERAL)
		text = from_halves(au, k, &pending);
	else if (k->state == KEY_NOT_KEY && k->n_txt == 1)
		text = joined(au, KEY_BEGIN, str_trim(k->rr->text));
	else if (k->state == KEY_FOUND && has_fault(k, RULE_DKIM_VERSION))
		text = from_version(au, k);
	else if (k->state == KEY_FOUND && has_fault(k, RULE_DKIM_PKCS1))
		text = from_bare(au, k);
	else if (k->state == KEY_FOUND && has_fault(k, RULE_DKIM_NOT_BASE64))
		text = from_stray(au, k);
	if (!pending && text.n > 0 && is_sound(au, text, &pending))
		*out = text;
	return !pending;
}

/* The record of K that holds TEXT, NULL when none does. */
static const struct rr *
rr_with(const struct selector_key *k, struct str text)
{
	for (size_t i = 0; i < k->answer->n_rr; i++)
		if (k->answer->rr[i].type == RR_TXT && str_eq(k->answer->rr[i].text, text))
			return &k->answer->rr[i];
	return NULL;
}

void
dkim_propose_only(
    struct audit *au, struct finding *f, const struct selector_key *k, struct str text)
{
	const struct rr *stays;

	if (k->delegated || text.n == 0)
		return;
	if ((stays = rr_with(k, text)) == NULL) {
		stays = k->rr;
		dkim_propose(au, f, k, text);
	}
	for (size_t i = 0; i < k->answer->n_rr; i++) {
		const struct rr *rr = &k->answer->rr[i];
		struct change *c;

		if (rr->type != RR_TXT || rr == stays)
			continue;
		c = finding_change(au->findings, f, CHANGE_REMOVE, answer_owner(k->answer), RR_TXT);
		c->old = finding_txt(au->findings, rr->text);
	}
}
