/* SPDX-License-Identifier: ISC */
/*
 * dkim_record.c - judge the text of one DKIM key record.
 */
#include "checks/dkim_record.h"
#include "checks/core/base64.h"
#include "checks/core/taglist.h"
#include "checks/dkim_marks.h"
#include "checks/opendkim_differs.h"

#define MAX_GOOD_KEY_DATA 600 /* an RSA key of 4096 bits and its wrapping: 550 */
#define DMARC_WORD 10         /* "quarantine": p= of a DMARC record is no longer */
#define MAX_VERSION_TOLD 24   /* of a v= that holds the whole record: enough to know it by */

/* What the tags of one record have said so far. */
struct reading {
	struct arena *a;
	struct dkimkey *k;
	size_t n_tags;
	struct str names[MAX_TAGS]; /* of well-formed tags, to tell doubles */
	size_t n_names;
	bool seen_key; /* v=DKIM..., p= or k= was there */
	bool seen_version;
	bool runs_on;      /* v= or k= has the other tags in it */
	bool bad_p;        /* p= is there, with a byte that no tag may hold */
	bool dmarc;        /* v= is of a DMARC record */
	bool syntax;       /* a part is no tag */
	size_t p_ends;     /* octets of p= before the dots of a text that a program cut */
	struct str t;      /* the t= tag, when it says y */
	struct str strict; /* the flag s of t= */
};

static void
fault(struct arena *a, struct dkimkey *k, enum rule_id id, struct str part)
{
	struct dkimkey_fault *f;

	if (k->n == MAX_KEY_FAULTS) {
		/* What ends the key may not go untold behind what only looks odd. */
		if (rule_of(id)->level != LEVEL_ERROR || dkimkey_is_broken(k))
			return;
		k->n--;
	}
	f = arena_grow(a, &k->faults, k->n, &k->cap, sizeof(*k->faults));
	f->id = id;
	f->part = part;
	k->n++;
}

/* Whether TEXT holds "p=" behind a blank: a record whose semicolons were lost. */
static bool
has_key_within(struct str text)
{
	for (size_t i = str_find(text, 0, ' '); i < text.n; i = str_find(text, i + 1, ' '))
		if (str_has_prefix(str_sub(text, i + 1, text.n), STR("p=")))
			return true;
	return false;
}

/* RFC 6376 3.6.1 v: if present, the first tag, and exactly DKIM1. */
static void
read_version(struct reading *r, const struct tag *t)
{
	r->seen_version = true;
	if (str_has_iprefix(t->value, STR("dkim")))
		r->seen_key = true;
	if (r->n_tags > 1 || !str_eq(t->value, STR("DKIM1")))
		fault(r->a, r->k, RULE_DKIM_VERSION, str_sub(t->all, 0, MAX_VERSION_TOLD));
	r->runs_on = r->runs_on || has_key_within(t->value);
	r->dmarc = str_has_iprefix(t->value, STR("DMARC"));
}

/* RFC 6376 3.6.1 k, RFC 8463 4.2.  ABNF words take either case (RFC 5234 2.3). */
static void
read_type(struct reading *r, const struct tag *t)
{
	r->seen_key = true;
	if (str_ieq(t->value, STR("rsa"))) {
		r->k->type = KEY_TYPE_RSA;
	} else if (str_ieq(t->value, STR("ed25519"))) {
		r->k->type = KEY_TYPE_ED25519;
	} else {
		r->k->type = KEY_TYPE_OTHER;
		r->runs_on = r->runs_on || has_key_within(t->value);
		fault(r->a, r->k, RULE_DKIM_KEY_TYPE, str_sub(t->all, 0, MAX_VERSION_TOLD));
	}
}

/* P, which ends within a group of four, decoded up to that group; empty when it cannot be. */
static struct str
whole_groups(struct arena *a, struct str p)
{
	struct str out = { NULL, 0 };
	size_t n = 0, end = 0, bad;

	for (size_t i = 0; i < p.n; i++)
		if (str_trim(str_sub(p, i, 1)).n > 0 && ++n % 4 == 0)
			end = i + 1;
	return base64_decode(a, str_sub(p, 0, end), &out, &bad) ? out : (struct str){ NULL, 0 };
}

/*
 * How many octets the key that begins with DER has by its own account, the length of
 * its outer SEQUENCE (X.690 8.1.3); 0 = it does not say so.
 */
static size_t
octets_announced(struct str der)
{
	const unsigned char *p = (const unsigned char *)der.p;
	size_t n = 0;

	if (der.n < 2 || p[0] != 0x30)
		return 0;
	if (p[1] < 0x80)
		n = 2 + (size_t)p[1];
	else if (p[1] == 0x81 && der.n > 2)
		n = 3 + (size_t)p[2];
	else if (p[1] == 0x82 && der.n > 3)
		n = 4 + ((size_t)p[2] << 8 | p[3]);
	return n <= MAX_KEY_DATA ? n : 0;
}

/* Tell that K ends too early when DER, the HAVE octets there are, says so. */
static bool
is_truncated(struct arena *a, struct dkimkey *k, struct str der, size_t have)
{
	size_t want = octets_announced(der);

	if (k->type != KEY_TYPE_RSA || have >= want)
		return false;
	k->have = have;
	k->want = want;
	fault(a, k, RULE_DKIM_KEY_TRUNCATED, k->p);
	return true;
}

/* p= ends within a group of four: characters are missing, or one is too many. */
static void
judge_incomplete(struct reading *r)
{
	struct dkimkey *k = r->k;
	size_t n = 0, end = k->p.n > 4 ? k->p.n - 4 : 0;

	for (size_t i = 0; i < r->p_ends; i++)
		n += str_trim(str_sub(k->p, i, 1)).n;
	if (is_truncated(r->a, k, k->groups, n * 3 / 4))
		return;
	/* What is missing at the end is shown by the last bytes there are. */
	fault(r->a, k, RULE_DKIM_NOT_BASE64,
	    r->p_ends < k->p.n ? str_sub(k->p, r->p_ends, 1) : str_sub(k->p, end, 4));
}

/* Whether S begins with the dots that programs put where they cut a text they show. */
static bool
is_ellipsis(struct str s)
{
	return str_has_prefix(s, STR("...")) || str_has_prefix(s, STR("\xe2\x80\xa6"));
}

/* RFC 6376 3.6.1 p: empty is a key withdrawn. */
static void
read_data(struct reading *r, const struct tag *t)
{
	size_t bad = 0;

	r->seen_key = true;
	r->k->has_p = true;
	r->k->p = t->value;
	if (t->value.n == 0) {
		r->k->revoked = true;
		return;
	}
	if (!base64_decode(r->a, t->value, &r->k->data, &bad)) {
		r->k->data = (struct str){ NULL, 0 };
		r->k->is_incomplete =
		    bad >= t->value.n || is_ellipsis(str_sub(t->value, bad, t->value.n));
		r->p_ends = bad;
		if (r->k->is_incomplete)
			r->k->groups = whole_groups(r->a, str_sub(t->value, 0, bad));
		else
			fault(r->a, r->k, RULE_DKIM_NOT_BASE64, str_sub(t->value, bad, 1));
	} else if (r->k->data.n == 0 || r->k->data.n > MAX_KEY_DATA) {
		r->k->data = (struct str){ NULL, 0 };
		fault(r->a, r->k, RULE_DKIM_KEY_UNREADABLE, t->value);
	}
}

/* RFC 8301 3.1: sha256 is what signers use, sha1 must not be. */
static void
read_hashes(struct reading *r, const struct tag *t)
{
	bool sha1 = false, sha256 = false;
	struct str item;
	size_t pos = 0;

	while (list_next(t->value, ':', &pos, &item)) {
		sha1 = sha1 || str_ieq(item, STR("sha1"));
		sha256 = sha256 || str_ieq(item, STR("sha256"));
	}
	if (!sha256)
		fault(r->a, r->k, RULE_DKIM_HASH, t->all);
	else if (sha1)
		fault(r->a, r->k, RULE_DKIM_HASH_SHA1, t->all);
}

/* RFC 6376 3.6.1 s: a key for another service is not for mail. */
static void
read_services(struct reading *r, const struct tag *t)
{
	struct str item;
	size_t pos = 0;

	while (list_next(t->value, ':', &pos, &item))
		if (str_eq(item, STR("*")) || str_ieq(item, STR("email")))
			return;
	fault(r->a, r->k, RULE_DKIM_SERVICE, t->all);
}

/* RFC 6376 3.6.1 t: flags that are not known are passed over. */
static void
read_flags(struct reading *r, const struct tag *t)
{
	struct str item;
	size_t pos = 0;

	while (list_next(t->value, ':', &pos, &item)) {
		if (str_ieq(item, STR("y")))
			r->k->testing = true;
		else if (str_ieq(item, STR("s")))
			r->strict = item;
		else if (item.n > 0)
			fault(r->a, r->k, RULE_DKIM_TAG_UNKNOWN, item);
	}
	if (r->k->testing)
		r->t = t->all;
}

/* clang-format off */
static const struct {
	struct str name;
	void (*read)(struct reading *r, const struct tag *t); /* NULL = nothing to judge */
} readers[] = {
	{ { "v", 1 }, read_version },
	{ { "k", 1 }, read_type },
	{ { "p", 1 }, read_data },
	{ { "h", 1 }, read_hashes },
	{ { "s", 1 }, read_services },
	{ { "t", 1 }, read_flags },
	{ { "n", 1 }, NULL },
};
/* clang-format on */

static bool
is_double(struct reading *r, struct str name)
{
	for (size_t i = 0; i < r->n_names; i++)
		if (str_eq(r->names[i], name))
			return true;
	if (r->n_names < MAX_TAGS)
		r->names[r->n_names++] = name;
	return false;
}

/* Whether VALUE is a key up to the one character of dots (U+2026). */
static bool
ends_in_ellipsis(struct str value)
{
	size_t at = str_find(value, 0, (char)0xe2);

	return at < value.n && is_ellipsis(str_sub(value, at, value.n));
}

/* The part of TEXT with the empty tag T: the semicolons around it. */
static struct str
empty_part(struct str text, const struct tag *t)
{
	size_t at = (size_t)(t->all.p - text.p), end = str_find(text, at, ';');

	while (at > 0 && text.p[at - 1] != ';')
		at--;
	at -= at > 0;
	return str_sub(text, at, end - at + 1);
}

static void
read_tag(struct reading *r, const struct tag *t)
{
	r->n_tags += t->fault != TAG_EMPTY;
	if (t->fault != TAG_OK) {
		r->syntax = true;
		if (t->fault == TAG_BAD_VALUE && str_eq(t->name, STR("p"))) {
			r->bad_p = r->seen_key = true;
			if (!r->k->has_p && ends_in_ellipsis(t->value)) {
				read_data(r, t);
				return;
			}
		}
		fault(r->a, r->k, RULE_DKIM_SYNTAX,
		    t->fault == TAG_EMPTY ? empty_part(r->k->text, t) : t->all);
		return;
	}
	if (is_double(r, t->name)) {
		fault(r->a, r->k, RULE_DKIM_DUPLICATE_TAG, t->all);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
		if (!str_eq(readers[i].name, t->name))
			continue;
		if (readers[i].read != NULL)
			readers[i].read(r, t);
		return;
	}
	fault(r->a, r->k, RULE_DKIM_TAG_UNKNOWN, t->all);
}

/* One reading of TEXT as it stands. */
static void
read_text(struct arena *a, struct str text, struct dkimkey *out)
{
	struct reading r = { .a = a, .k = out };
	struct tag t;
	size_t pos = 0;

	*out = (struct dkimkey){ .text = text, .type = KEY_TYPE_RSA };
	while (tag_next(text, &pos, &t))
		read_tag(&r, &t);
	/* "v=DMARC1; p=none", of a wildcard or put at the wrong name */
	out->is_key = r.seen_key && !(r.dmarc && out->p.n <= DMARC_WORD);
	if (!out->is_key) {
		out->n = 0;
		return;
	}
	if (out->is_incomplete)
		judge_incomplete(&r);
	if (!out->has_p && !r.runs_on && !r.bad_p)
		fault(a, out, RULE_DKIM_NO_KEY_DATA, (struct str){ NULL, 0 });
	if (out->testing)
		fault(a, out, RULE_DKIM_TESTING, r.t);
	if (r.strict.n > 0)
		fault(a, out, RULE_DKIM_STRICT, r.strict);
	if (!r.seen_version && !r.syntax) /* else it may be what is no tag */
		fault(a, out, RULE_DKIM_NO_VERSION, (struct str){ NULL, 0 });
	/* A longer key is told as such; here something else fills the record. */
	if (text.n > MAX_OPENDKIM_RECORD && out->data.n <= MAX_GOOD_KEY_DATA &&
	    !opendkim_reads_cut(text, out->p))
		fault(a, out, RULE_DKIM_RECORD_LONG, (struct str){ NULL, 0 });
	if (out->revoked)
		out->n = 0; /* nothing else in the record matters any more */
}

/* PART, which leads into FROM, as the same part of TO. */
static struct str
rebased(struct str part, struct str from, struct str to)
{
	return part.p == NULL ? part : str_sub(to, (size_t)(part.p - from.p), part.n);
}

static bool
has_syntax(const struct dkimkey *k)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->faults[i].id == RULE_DKIM_SYNTAX)
			return true;
	return false;
}

/*
 * A line end that does not fold (RFC 6376 2.8) makes a tag void by the letter, but
 * decoders pass over it: where all of the record are tags with blanks in the place of
 * line ends, it is read so.
 */
static void
try_unbroken(struct arena *a, struct dkimkey *k)
{
	char *p = arena_alloc(a, k->text.n + 1);
	struct str text = k->text, spaced = { p, text.n };
	size_t first = text.n;
	struct dkimkey better;

	for (size_t i = 0; i < text.n; i++) {
		bool end = text.p[i] == '\r' || text.p[i] == '\n';

		p[i] = end ? ' ' : text.p[i];
		if (end && first == text.n)
			first = i;
	}
	if (first == text.n)
		return;
	read_text(a, spaced, &better);
	if (!better.is_key || has_syntax(&better))
		return;
	*k = better;
	k->text = text;
	k->p = rebased(k->p, spaced, text);
	for (size_t i = 0; i < k->n; i++)
		k->faults[i].part = rebased(k->faults[i].part, spaced, text);
	if (!k->revoked)
		fault(a, k, RULE_DKIM_LINE_END, str_sub(text, first, 1));
}

/*
 * Quotes are legal inside a value (n= may hold them), so they are a fault only
 * where the record is broken as it stands and sound as CLEANED.  Whether that was so.
 */
static bool
try_cleaned(struct arena *a, struct dkimkey *k, struct str cleaned)
{
	struct dkimkey better;

	if (cleaned.n == 0 || dkim_pem_private(cleaned).n > 0)
		return false;
	read_text(a, cleaned, &better);
	if (!better.is_key || dkimkey_is_broken(&better))
		return false;
	k->is_key = true;
	k->n = 0;
	k->have = k->want = 0; /* that it is cut off went with the other faults */
	k->cleaned = cleaned;
	k->data = better.data;
	k->type = better.type;
	k->has_p = better.has_p;
	k->revoked = false; /* what receivers see is a broken record, not a withdrawn key */
	fault(a, k, RULE_DKIM_QUOTED, dkim_first_mark(k->text));
	return true;
}

void
dkimkey_parse(struct arena *a, struct str text, struct dkimkey *out)
{
	struct str heading = dkim_pem_private(text);

	read_text(a, text, out);
	if (heading.n > 0) {
		out->is_key = true;
		out->revoked = false;
		out->data = (struct str){ NULL, 0 };
		out->n = 0;
		fault(a, out, RULE_DKIM_PRIVATE_KEY, heading);
		return;
	}
	if (!out->is_key || has_syntax(out))
		try_unbroken(a, out);
	if (out->is_key && !dkimkey_is_broken(out))
		return;
	/* \DDD is decimal in zone files (RFC 1035 5.1), octal in data of tinydns. */
	if (!try_cleaned(a, out, dkim_unmarked(a, text, 0)) &&
	    !try_cleaned(a, out, dkim_unmarked(a, text, 10)) &&
	    !try_cleaned(a, out, dkim_unmarked(a, text, 8)))
		(void)try_cleaned(a, out, dkim_in_quotes(a, text));
}

bool
dkimkey_is_broken(const struct dkimkey *k)
{
	for (size_t i = 0; i < k->n; i++)
		if (rule_of(k->faults[i].id)->level == LEVEL_ERROR)
			return true;
	return false;
}

static void
judge_rsa(struct arena *a, struct dkimkey *k, const struct key_facts *f)
{
	if (f->form == KEY_PKCS1)
		fault(a, k, RULE_DKIM_PKCS1, k->p);
	if (f->bits < RSA_BITS_LEAST)
		fault(a, k, RULE_DKIM_KEY_TOO_SHORT, k->p);
	else if (f->bits < RSA_BITS_GOOD)
		fault(a, k, RULE_DKIM_KEY_SHORT, k->p);
	else if (f->bits > RSA_BITS_MOST)
		fault(a, k, RULE_DKIM_KEY_LONG, k->p);
	/* RFC 8301 5 asks for sound keys; an exponent past 32 bits some libraries refuse. */
	if (f->exponent == 3)
		fault(a, k, RULE_DKIM_EXPONENT_THREE, k->p);
	else if (f->exponent < 3 || f->exponent % 2 == 0 || f->exponent > UINT32_MAX)
		fault(a, k, RULE_DKIM_EXPONENT, k->p);
	if (f->modulus_even || f->small_factor || f->fermat_close || f->roca)
		fault(a, k, RULE_DKIM_KEY_WEAK, k->p);
}

void
dkimkey_judge(struct arena *a, struct dkimkey *k, const struct key_facts *f)
{
	bool ed25519 = k->type == KEY_TYPE_ED25519;

	if (k->cleaned.n > 0) { /* not what receivers see; but anybody can clean a private key */
		if (f == NULL || !f->is_private)
			return;
		k->n = 0;
		k->cleaned = (struct str){ NULL, 0 };
	}
	if (k->type == KEY_TYPE_OTHER)
		return; /* the unknown k= is told, and nobody reads the key */
	if (f == NULL || f->form == KEY_UNREADABLE) {
		if (!is_truncated(a, k, k->data, k->data.n))
			fault(a, k, ed25519 ? RULE_DKIM_ED25519_SIZE : RULE_DKIM_KEY_UNREADABLE,
			    k->p);
		return;
	}
	if (f->is_private) {
		fault(a, k, RULE_DKIM_PRIVATE_KEY, k->p);
		return;
	}
	if (f->type != k->type)
		fault(a, k, RULE_DKIM_KEY_MISMATCH, k->p);
	else if (!ed25519)
		judge_rsa(a, k, f);
	else if (f->form != KEY_RAW) /* RFC 8463 4.2: the 32 bytes alone */
		fault(a, k, RULE_DKIM_ED25519_SIZE, k->p);
}
