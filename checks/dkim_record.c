/* SPDX-License-Identifier: ISC */
/*
 * dkim_record.c - judge the text of one DKIM key record.
 */
#include "checks/dkim_record.h"
#include "checks/core/base64.h"
#include "checks/core/taglist.h"
#include "checks/opendkim_differs.h"

#define MAX_PEM_HEADING 64    /* "-----BEGIN ENCRYPTED PRIVATE KEY-----" has 37 */
#define MAX_GOOD_KEY_DATA 600 /* an RSA key of 4096 bits and its wrapping: 550 */

/* What the tags of one record have said so far. */
struct reading {
	struct arena *a;
	struct dkimkey *k;
	size_t n_tags;
	struct str names[MAX_TAGS]; /* of well-formed tags, to tell doubles */
	size_t n_names;
	bool seen_key; /* v=DKIM..., p= or k= was there */
	bool seen_version;
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

/* RFC 6376 3.6.1 v: if present, the first tag, and exactly DKIM1. */
static void
read_version(struct reading *r, const struct tag *t)
{
	r->seen_version = true;
	if (str_has_iprefix(t->value, STR("dkim")))
		r->seen_key = true;
	if (r->n_tags > 1 || !str_eq(t->value, STR("DKIM1")))
		fault(r->a, r->k, RULE_DKIM_VERSION, t->all);
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
		fault(r->a, r->k, RULE_DKIM_KEY_TYPE, t->all);
	}
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
		/* What is missing at the end is shown by the last bytes there are. */
		size_t end = t->value.n > 4 ? t->value.n - 4 : 0;

		r->k->data = (struct str){ NULL, 0 };
		fault(r->a, r->k, RULE_DKIM_NOT_BASE64,
		    bad < t->value.n ? str_sub(t->value, bad, 1) : str_sub(t->value, end, 4));
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

static void
read_tag(struct reading *r, const struct tag *t)
{
	r->n_tags++;
	if (t->fault != TAG_OK) {
		fault(r->a, r->k, RULE_DKIM_SYNTAX, t->all);
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
	out->is_key = r.seen_key;
	if (!out->is_key) {
		out->n = 0;
		return;
	}
	if (!out->has_p)
		fault(a, out, RULE_DKIM_NO_KEY_DATA, (struct str){ NULL, 0 });
	if (out->testing)
		fault(a, out, RULE_DKIM_TESTING, r.t);
	if (r.strict.n > 0)
		fault(a, out, RULE_DKIM_STRICT, r.strict);
	if (!r.seen_version)
		fault(a, out, RULE_DKIM_NO_VERSION, (struct str){ NULL, 0 });
	/* A longer key is told as such; here something else fills the record. */
	if (text.n > MAX_OPENDKIM_RECORD && out->data.n <= MAX_GOOD_KEY_DATA &&
	    !opendkim_reads_cut(text, out->p))
		fault(a, out, RULE_DKIM_RECORD_LONG, (struct str){ NULL, 0 });
	if (out->revoked)
		out->n = 0; /* nothing else in the record matters any more */
}

/* Length of the mark at the start of S that zone files and web forms leave behind; 0 = none. */
static size_t
stray_mark(struct str s)
{
	if (s.n >= 1 && (s.p[0] == '"' || s.p[0] == '\\'))
		return 1;
	if (str_has_prefix(s, STR("\xe2\x80\x9c")) || str_has_prefix(s, STR("\xe2\x80\x9d")))
		return 3; /* typographic quotes */
	return 0;
}

/* Whether \DDD stands at I of TEXT (RFC 1035 5.1), for *OCTET. */
static bool
is_octet(struct str text, size_t i, uint32_t *octet)
{
	return text.p[i] == '\\' && text.n - i > 3 &&
	       parse_u32(str_sub(text, i + 1, 3), 255, octet);
}

/*
 * TEXT without quotes and backslashes, and without the blanks between a
 * closing quote and the next opening one, \DDD as the octet that it stands for;
 * empty when there was none.
 */
static struct str
clean_text(struct arena *a, struct str text)
{
	char *to = arena_alloc(a, text.n + 1);
	size_t n = 0, marks = 0, after_mark = 0;
	uint32_t octet;

	for (size_t i = 0; i < text.n;) {
		size_t m = stray_mark(str_sub(text, i, text.n));

		if (is_octet(text, i, &octet)) {
			to[n++] = (char)(uint8_t)octet;
			marks++;
			i += 4;
		} else if (m > 0) {
			if (marks > 0 &&
			    str_trim((struct str){ to + after_mark, n - after_mark }).n == 0)
				n = after_mark;
			marks++;
			i += m;
			after_mark = n;
		} else {
			to[n++] = text.p[i++];
		}
	}
	return marks > 0 ? str_trim((struct str){ to, n }) : (struct str){ NULL, 0 };
}

/* The first quote or backslash of TEXT, as a part of it. */
static struct str
first_mark(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		size_t m = stray_mark(str_sub(text, i, text.n));

		if (m > 0)
			return str_sub(text, i, m);
	}
	return (struct str){ NULL, 0 };
}

/* The heading of a private key in PEM, as a part of TEXT; empty when there is none. */
static struct str
pem_private(struct str text)
{
	static const char begin[] = "-----BEGIN ", end[] = "PRIVATE KEY-----";
	size_t at, n = sizeof(begin) - 1, from = 0;

	while ((at = str_find(text, from, '-')) < text.n) {
		struct str rest = str_sub(text, at, MAX_PEM_HEADING);

		from = at + 1;
		if (!str_has_prefix(rest, str_of(begin)))
			continue;
		for (size_t i = n; i < rest.n; i++)
			if (str_has_prefix(str_sub(rest, i, rest.n), str_of(end)))
				return str_sub(rest, 0, i + sizeof(end) - 1);
	}
	return (struct str){ NULL, 0 };
}

/*
 * Quotes are legal inside a value (n= may hold them), so they are a fault only
 * where the record is broken as it stands and sound without them.
 */
static void
try_cleaned(struct arena *a, struct dkimkey *k)
{
	struct str cleaned = clean_text(a, k->text);
	struct dkimkey better;

	if (cleaned.n == 0 || pem_private(cleaned).n > 0)
		return;
	read_text(a, cleaned, &better);
	if (!better.is_key || dkimkey_is_broken(&better))
		return;
	k->is_key = true;
	k->n = 0;
	k->cleaned = cleaned;
	k->data = better.data;
	k->type = better.type;
	k->has_p = better.has_p;
	k->revoked = false; /* what receivers see is a broken record, not a withdrawn key */
	fault(a, k, RULE_DKIM_QUOTED, first_mark(k->text));
}

void
dkimkey_parse(struct arena *a, struct str text, struct dkimkey *out)
{
	struct str heading = pem_private(text);

	read_text(a, text, out);
	if (heading.n > 0) {
		out->is_key = true;
		out->revoked = false;
		out->data = (struct str){ NULL, 0 };
		out->n = 0;
		fault(a, out, RULE_DKIM_PRIVATE_KEY, heading);
		return;
	}
	if (!out->is_key || dkimkey_is_broken(out))
		try_cleaned(a, out);
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

	if (k->type == KEY_TYPE_OTHER)
		return; /* the unknown k= is told, and nobody reads the key */
	if (f == NULL || f->form == KEY_UNREADABLE) {
		fault(a, k, ed25519 ? RULE_DKIM_ED25519_SIZE : RULE_DKIM_KEY_UNREADABLE, k->p);
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
