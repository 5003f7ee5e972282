/* SPDX-License-Identifier: ISC */
/*
 * dkim_fix.c - the record that somebody meant who published a broken one: a key
 * cut into several records, a key without tags, without its wrapping or with one too
 * many, with v= in small letters, without semicolons, in another alphabet, with
 * marks, blanks or a stray byte in it.
 *
 * Nothing is guessed: what comes out holds all the bytes of the key that stand
 * in the zone, and was read as a sound key.
 */
#include "checks/core/base64.h"
#include "checks/core/buf.h"
#include "checks/core/taglist.h"
#include "checks/dkim_judge.h"
#include "checks/dkim_marks.h"

#define MAX_RECORD (MAX_KEY_DATA * 2)
#define MAX_PARTS 3      /* more may stand in any order: which is meant is not certain */
#define ED25519_BYTES 32 /* RFC 8032 5.1.5 */
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

/* Whether a tag of a key record begins at I of TEXT: a letter that names one, and '='. */
static bool
is_tag_at(struct str text, size_t i)
{
	return text.n - i > 2 && text.p[i + 1] == '=' && text.p[i] != '\0' &&
	       strchr("vkphstn", text.p[i]) != NULL;
}

/*
 * The texts at K without the marks around them.  False when one is a whole record by itself:
 * what stands beside it is then another text, unless v= is all that it lacks and the others
 * are tags of a key too.
 */
static bool
take_parts(struct audit *au, const struct selector_key *k, struct str *part, bool *pending)
{
	bool whole = false, tags = true;
	size_t n = 0;

	for (size_t i = 0; i < k->answer->n_rr; i++) {
		struct str text = k->answer->rr[i].text, bare;

		if (k->answer->rr[i].type != RR_TXT || n == MAX_PARTS)
			continue;
		if (is_sound(au, text, pending)) {
			whole = true;
			tags = tags && !str_has_prefix(text, STR("v="));
		}
		bare = dkim_unmarked(au->arena, text, 10);
		part[n] = bare.n > 0 ? bare : text;
		tags = tags && is_tag_at(part[n], 0);
		n++;
	}
	return !whole || tags;
}

/* Records that are one only when they are put together: a key cut up, or one tag a record. */
static struct str
from_parts(struct audit *au, const struct selector_key *k, bool *pending)
{
	static const uint8_t orders[][MAX_PARTS] = { { 0, 1, 2 }, { 1, 0, 2 }, { 0, 2, 1 },
		{ 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
	struct str part[MAX_PARTS] = { { NULL, 0 } }, none = { NULL, 0 };

	if (k->n_txt > MAX_PARTS || !take_parts(au, k, part, pending))
		return none;
	for (size_t o = 0; o < (k->n_txt == 2 ? 2 : ARRAY_LEN(orders)); o++) {
		struct str out = none;

		for (size_t i = 0; i < k->n_txt; i++) {
			struct str next = part[orders[o][i]];
			bool open = out.n > 0 && out.p[out.n - 1] != ';' && is_tag_at(next, 0);

			out = joined(au, out, open ? STR("; ") : STR(""));
			out = joined(au, out, next);
		}
		if (is_sound(au, out, pending))
			return out;
	}
	return none;
}

static bool
has_fault(const struct selector_key *k, enum rule_id id)
{
	for (size_t i = 0; i < k->key.n; i++)
		if (k->key.faults[i].id == id)
			return true;
	return false;
}

/* The text of K with P in the place of its p=. */
static struct str
with_p(struct audit *au, const struct selector_key *k, struct str p)
{
	struct str text = k->key.text, old = k->key.p, out = { NULL, 0 };
	size_t at;
	struct buf b;

	if (old.n == 0)
		return out;
	at = (size_t)(old.p - text.p);
	buf_init(&b, MAX_RECORD);
	buf_add(&b, str_sub(text, 0, at));
	buf_add(&b, p);
	buf_add(&b, str_sub(text, at + old.n, text.n));
	if (!b.over)
		out = arena_str(au->arena, buf_str(&b));
	buf_free(&b);
	return out;
}

/* v=dkim1 at the beginning. */
static struct str
from_version(struct audit *au, const struct selector_key *k)
{
	struct str none = { NULL, 0 }, text = k->rr->text;

	if (!has_fault(k, RULE_DKIM_VERSION) || !str_has_iprefix(text, STR("v=DKIM1")) ||
	    str_has_prefix(text, STR("v=DKIM1")))
		return none;
	return joined(au, STR("v=DKIM1"), str_sub(text, strlen("v=DKIM1"), text.n));
}

/* v= late, or with another value, in a record whose key says what it is. */
static struct str
from_late_version(struct audit *au, const struct selector_key *k)
{
	struct str out = { NULL, 0 };
	bool bounded = false; /* another tag is in v=, and may bound the key */
	size_t pos = 0;
	struct tag t;
	struct buf b;

	if (!has_fault(k, RULE_DKIM_VERSION))
		return out;
	buf_init(&b, MAX_RECORD);
	buf_adds(&b, "v=DKIM1");
	while (tag_next(k->key.text, &pos, &t)) {
		if (str_eq(t.name, STR("v"))) {
			bounded = bounded || str_find(t.value, 0, '=') < t.value.n;
			continue;
		}
		buf_adds(&b, "; ");
		buf_add(&b, t.all);
	}
	if (!bounded && !b.over && pos == k->key.text.n)
		out = arena_str(au->arena, buf_str(&b));
	buf_free(&b);
	return out;
}

/* A name, or the beginning of a line of a zone file, before the record; no tag of it. */
static struct str
from_behind(struct audit *au, const struct selector_key *k)
{
	struct str text = k->rr->text;
	size_t at = 1;

	(void)au;
	if (!has_fault(k, RULE_DKIM_SYNTAX))
		return (struct str){ NULL, 0 };
	while (at < text.n && !str_has_prefix(str_sub(text, at, text.n), STR("v=DKIM1")))
		at++;
	if (dkim_holds_tag(str_sub(text, 0, at)))
		return (struct str){ NULL, 0 };
	return str_trim(str_sub(text, at, text.n));
}

/* Tags divided by blanks, commas or colons, where semicolons belong. */
static struct str
from_divided(struct audit *au, const struct selector_key *k)
{
	struct str text = str_trim(k->rr->text), out = { NULL, 0 };
	bool divides = false;
	struct buf b;

	if (!has_fault(k, RULE_DKIM_VERSION) && !has_fault(k, RULE_DKIM_KEY_TYPE))
		return out;
	buf_init(&b, MAX_RECORD);
	for (size_t i = 0; i < text.n; i++) {
		if (divides && is_tag_at(text, i)) {
			while (b.n > 0 && strchr(" \t,:;", b.p[b.n - 1]) != NULL)
				b.n--;
			buf_adds(&b, "; ");
		}
		buf_addc(&b, text.p[i]);
		divides = strchr(" \t,:;", text.p[i]) != NULL && text.p[i] != '\0';
	}
	if (!b.over)
		out = arena_str(au->arena, buf_str(&b));
	buf_free(&b);
	return out;
}

/* Nothing between two semicolons, or before the first. */
static struct str
from_emptied(struct audit *au, const struct selector_key *k)
{
	struct str out = { NULL, 0 };
	size_t pos = 0;
	struct tag t;
	struct buf b;

	if (!has_fault(k, RULE_DKIM_SYNTAX))
		return out;
	buf_init(&b, MAX_RECORD);
	while (tag_next(k->key.text, &pos, &t)) {
		if (t.fault == TAG_EMPTY)
			continue;
		buf_adds(&b, b.n > 0 ? "; " : "");
		buf_add(&b, t.all);
	}
	if (!b.over && pos == k->key.text.n)
		out = arena_str(au->arena, buf_str(&b));
	buf_free(&b);
	return out;
}

/* A key without "p=" before it, the last part of the record. */
static struct str
from_untagged(struct audit *au, const struct selector_key *k)
{
	struct str text = k->rr->text, none = { NULL, 0 };
	size_t at = text.n;

	if (!has_fault(k, RULE_DKIM_NO_KEY_DATA) || !has_fault(k, RULE_DKIM_SYNTAX))
		return none;
	while (at > 0 && text.p[at - 1] != ';')
		at--;
	return joined(
	    au, joined(au, str_sub(text, 0, at), STR(" p=")), str_trim(str_sub(text, at, text.n)));
}

/* p= with '-' and '_', of the alphabet for URLs (RFC 4648 5). */
static struct str
from_url_alphabet(struct audit *au, const struct selector_key *k)
{
	struct str p = k->key.p;
	char *to = arena_alloc(au->arena, p.n + 1);

	if (!has_fault(k, RULE_DKIM_NOT_BASE64))
		return (struct str){ NULL, 0 };
	for (size_t i = 0; i < p.n; i++)
		to[i] = p.p[i] == '-' ? '+' : p.p[i] == '_' ? '/' : p.p[i];
	return with_p(au, k, (struct str){ to, p.n });
}

/* p= whose padding was lost. */
static struct str
from_unpadded(struct audit *au, const struct selector_key *k)
{
	struct str none = { NULL, 0 }, p = k->key.p, data;
	size_t bad;

	if (!has_fault(k, RULE_DKIM_NOT_BASE64) || p.n == 0)
		return none;
	for (int i = 0; i < 2; i++) {
		p = joined(au, p, STR("="));
		if (base64_decode(au->arena, p, &data, &bad))
			return with_p(au, k, p);
	}
	return none;
}

/*
 * p= with blanks where '+' was, which a form took for one.  It takes all of them so: where
 * one stands a blank is a fold, and what is missing is another character.
 */
static struct str
from_blanks(struct audit *au, const struct selector_key *k)
{
	struct str p = k->key.p;
	char *to = arena_alloc(au->arena, p.n + 1);

	if (!has_fault(k, RULE_DKIM_KEY_TRUNCATED) && !has_fault(k, RULE_DKIM_NOT_BASE64) &&
	    !has_fault(k, RULE_DKIM_KEY_UNREADABLE))
		return (struct str){ NULL, 0 };
	if (str_find(p, 0, '+') < p.n)
		return (struct str){ NULL, 0 };
	for (size_t i = 0; i < p.n; i++)
		to[i] = p.p[i] == ' ' ? '+' : p.p[i];
	return with_p(au, k, (struct str){ to, p.n });
}

/* An Ed25519 key in its wrapping, whose last 32 octets are the key (RFC 8410 4). */
static struct str
from_wrapped(struct audit *au, const struct selector_key *k)
{
	struct str none = { NULL, 0 }, der = k->key.data, out;
	struct buf b;

	if (!has_fault(k, RULE_DKIM_ED25519_SIZE) || k->facts == NULL ||
	    k->facts->form != KEY_SPKI || der.n <= ED25519_BYTES)
		return none;
	buf_init(&b, MAX_RECORD);
	base64_add(&b, str_sub(der, der.n - ED25519_BYTES, ED25519_BYTES));
	out = with_p(au, k, buf_str(&b));
	buf_free(&b);
	return out;
}

/* A record with line ends in it: within p= they go, elsewhere a blank does as well. */
static struct str
from_lines(struct audit *au, const struct selector_key *k)
{
	struct str text = k->key.text, p = k->key.p;
	char *to = arena_alloc(au->arena, text.n + 1);
	size_t n = 0;

	if (!has_fault(k, RULE_DKIM_LINE_END))
		return (struct str){ NULL, 0 };
	for (size_t i = 0; i < text.n; i++) {
		bool in_p = text.p + i >= p.p && text.p + i < p.p + p.n;

		if (text.p[i] != '\r' && text.p[i] != '\n')
			to[n++] = text.p[i];
		else if (!in_p)
			to[n++] = ' ';
	}
	return str_trim((struct str){ to, n });
}

/* What is left when the marks are gone. */
static struct str
from_marked(struct audit *au, const struct selector_key *k)
{
	(void)au;
	return k->key.cleaned;
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
	struct str none = { NULL, 0 }, out;
	struct buf der, p;

	if (!has_fault(k, RULE_DKIM_PKCS1))
		return none;
	buf_init(&der, MAX_KEY_DATA + 64);
	buf_addc(&der, 0x30);
	der_length(&der, algorithm + der_head(bits) + bits);
	buf_add(&der, (struct str){ rsa, algorithm });
	buf_addc(&der, 0x03);
	der_length(&der, bits);
	buf_addc(&der, 0);
	buf_add(&der, k->key.data);
	buf_init(&p, MAX_RECORD);
	base64_add(&p, buf_str(&der));
	out = der.over || p.over ? none : with_p(au, k, buf_str(&p));
	buf_free(&der);
	buf_free(&p);
	return out;
}

/* A key with bytes in it, or behind it, that base64 does not have. */
static struct str
from_stray(struct audit *au, const struct selector_key *k)
{
	struct str p = k->key.p;
	char *to = arena_alloc(au->arena, p.n + 1);
	size_t n = 0;

	if (!has_fault(k, RULE_DKIM_NOT_BASE64))
		return (struct str){ NULL, 0 };
	for (size_t i = 0; i < p.n; i++) {
		char c = p.p[i];

		if (ascii_isalnum(c) || c == '+' || c == '/' || c == '=')
			to[n++] = c;
	}
	return with_p(au, k, (struct str){ to, n });
}

/* clang-format off */
/* The first whose text is a sound key is taken; each is silent where its fault is not there. */
static struct str (*const makers[])(struct audit *au, const struct selector_key *k) = {
	from_marked, from_lines, from_version, from_divided, from_late_version, from_emptied,
	from_behind, from_untagged, from_bare, from_wrapped, from_url_alphabet, from_unpadded,
	from_blanks, from_stray,
};
/* clang-format on */

/* The base64 of a key alone, with the tags that it wants. */
static struct str
from_key_alone(struct audit *au, const struct selector_key *k)
{
	struct str text = dkim_unmarked(au->arena, k->rr->text, 10);

	return joined(au, KEY_BEGIN, text.n > 0 ? text : str_trim(k->rr->text));
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
		text = from_parts(au, k, &pending);
	else if (k->state == KEY_NOT_KEY && k->n_txt == 1)
		text = from_key_alone(au, k);
	for (size_t i = 0; k->state == KEY_FOUND && k->key.n > 0 && i < ARRAY_LEN(makers); i++) {
		text = makers[i](au, k);
		if (text.n > 0 && !str_eq(text, k->rr->text) && is_sound(au, text, &pending))
			break;
		text = none;
		if (pending)
			return false;
	}
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
