/* SPDX-License-Identifier: ISC */
/*
 * signature.c - one DKIM-Signature field, tag by tag (RFC 6376 sections 3.5 and
 * 6.1.1).
 */
#include "checks/signature.h"
#include "checks/core/base64.h"
#include "checks/core/taglist.h"

#define MAX_TIME_DIGITS 12   /* RFC 6376 3.5, t= and x= */
#define MAX_LENGTH_DIGITS 76 /* RFC 6376 3.5, l= */

enum tag_id {
	TAG_A,
	TAG_B,
	TAG_BH,
	TAG_C,
	TAG_D,
	TAG_H,
	TAG_I,
	TAG_L,
	TAG_Q,
	TAG_S,
	TAG_T,
	TAG_V,
	TAG_X,
	TAG_IDS
};

/* clang-format off */
static const struct {
	struct str name;
	bool required;
} tag_names[TAG_IDS] = {
	[TAG_A] = { { "a", 1 }, true },
	[TAG_B] = { { "b", 1 }, true },
	[TAG_BH] = { { "bh", 2 }, true },
	[TAG_C] = { { "c", 1 }, false },
	[TAG_D] = { { "d", 1 }, true },
	[TAG_H] = { { "h", 1 }, true },
	[TAG_I] = { { "i", 1 }, false },
	[TAG_L] = { { "l", 1 }, false },
	[TAG_Q] = { { "q", 1 }, false },
	[TAG_S] = { { "s", 1 }, true },
	[TAG_T] = { { "t", 1 }, false },
	[TAG_V] = { { "v", 1 }, true },
	[TAG_X] = { { "x", 1 }, false },
};
static const struct {
	struct str name;
	enum signature_algorithm algorithm;
} algorithms[] = {
	{ { "rsa-sha256", 10 }, SIGN_RSA_SHA256 },
	{ { "ed25519-sha256", 14 }, SIGN_ED25519_SHA256 },
	{ { "rsa-sha1", 8 }, SIGN_RSA_SHA1 },
};
/* clang-format on */

/* A field under way. */
struct reading {
	struct arena *a;
	struct signature *s;
	struct tag tags[TAG_IDS]; /* all.n = 0 = absent */
};

static void
fault(struct reading *r, enum rule_id id, struct str part)
{
	struct signature *s = r->s;

	if (s->n_faults < MAX_SIGNATURE_FAULTS)
		s->faults[s->n_faults++] = (struct signature_fault){ .id = id, .part = part };
}

/* A fault for which receivers ignore the signature. */
static void
voids(struct reading *r, enum rule_id id, struct str part)
{
	fault(r, id, part);
	r->s->unusable = true;
}

static enum tag_id
tag_id_of(struct str name)
{
	size_t i = 0;

	while (i < TAG_IDS && !str_eq(name, tag_names[i].name))
		i++;
	return (enum tag_id)i;
}

static void
read_tags(struct reading *r)
{
	struct str text = r->s->text;
	size_t pos = 0;
	struct tag t;

	while (tag_next(text, &pos, &t)) {
		enum tag_id id = tag_id_of(t.name);

		if (t.fault != TAG_OK) {
			voids(r, RULE_MESSAGE_SIGNATURE_SYNTAX,
			    t.fault == TAG_EMPTY ? STR(";;") : t.all);
		} else if (id == TAG_IDS) {
			continue; /* RFC 6376 3.2: unrecognized tags are ignored */
		} else if (r->tags[id].all.n > 0) {
			voids(r, RULE_MESSAGE_SIGNATURE_DUPLICATE, t.all);
		} else {
			r->tags[id] = t;
		}
	}
	if (pos < text.n)
		voids(r, RULE_MESSAGE_SIGNATURE_SYNTAX, str_sub(text, pos, text.n));
	for (size_t i = 0; i < TAG_IDS; i++)
		if (tag_names[i].required && r->tags[i].all.n == 0)
			voids(r, RULE_MESSAGE_SIGNATURE_INCOMPLETE, tag_names[i].name);
}

static bool
has(const struct reading *r, enum tag_id id)
{
	return r->tags[id].all.n > 0;
}

/* S without the folding white space that may stand anywhere in it. */
static struct str
without_blanks(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] > ' ' || str_trim(str_sub(s, i, 1)).n > 0)
			p[n++] = s.p[i];
	return (struct str){ p, n };
}

static struct str
read_base64(struct reading *r, enum tag_id id)
{
	struct str text, decoded;
	size_t bad;

	if (!has(r, id))
		return STR("");
	text = without_blanks(r->a, r->tags[id].value);
	if (!base64_decode(r->a, text, &decoded, &bad) || decoded.n == 0)
		voids(r, RULE_MESSAGE_SIGNATURE_BASE64, r->tags[id].all);
	return text;
}

static void
read_algorithm(struct reading *r)
{
	struct signature *s = r->s;

	s->a = r->tags[TAG_A].value;
	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++)
		if (str_ieq(s->a, algorithms[i].name))
			s->algorithm = algorithms[i].algorithm;
	if (has(r, TAG_A) && s->algorithm == SIGN_UNKNOWN)
		voids(r, RULE_MESSAGE_SIGNATURE_ALGORITHM, r->tags[TAG_A].all);
}

/* "simple" or "relaxed" into *RELAXED. */
static bool
read_form(struct str word, bool *relaxed)
{
	*relaxed = str_ieq(word, STR("relaxed"));
	return *relaxed || str_ieq(word, STR("simple"));
}

/* c=: of the header, then of the body, which is simple by default. */
static void
read_forms(struct reading *r)
{
	struct str c = r->s->c = r->tags[TAG_C].value;
	size_t slash = str_find(c, 0, '/');

	if (!has(r, TAG_C))
		return;
	if (!read_form(str_trim(str_sub(c, 0, slash)), &r->s->header_relaxed) ||
	    (slash < c.n && !read_form(str_trim(str_sub(c, slash + 1, c.n)), &r->s->body_relaxed)))
		voids(r, RULE_MESSAGE_SIGNATURE_SYNTAX, r->tags[TAG_C].all);
}

/* TEXT as a domain that mail can be signed for; n = 0 = it is none. */
static struct name
read_domain(struct str text)
{
	struct name n;

	if (name_parse_raw(text, &n) != NAME_OK || !name_is_hostname(&n, true))
		n.n = 0;
	return n;
}

/* d= and s=, and the name that both make. */
static void
read_key_name(struct reading *r)
{
	struct signature *s = r->s;
	struct name root, labels;

	s->domain_text = r->tags[TAG_D].value;
	s->s = r->tags[TAG_S].value;
	s->domain = read_domain(s->domain_text);
	s->identity = s->domain;
	if (has(r, TAG_D) && s->domain.n == 0)
		voids(r, RULE_MESSAGE_SIGNATURE_DOMAIN, r->tags[TAG_D].all);
	labels = read_domain(s->s); /* the same bytes: letters, digits, '-', dots */
	if (has(r, TAG_S) && labels.n == 0)
		voids(r, RULE_MESSAGE_SIGNATURE_DOMAIN, r->tags[TAG_S].all);
	else if (labels.n > 0 && s->domain.n > 0 &&
		 (!name_above(STR("_domainkey"), &s->domain, &root) ||
		     name_prefix(s->s, &root, &s->key_name) != NAME_OK))
		voids(r, RULE_MESSAGE_SIGNATURE_DOMAIN, r->tags[TAG_S].all);
}

/* i=: its domain must be d= or lie below it. */
static void
read_identity(struct reading *r)
{
	struct signature *s = r->s;
	size_t at;

	s->i = r->tags[TAG_I].value;
	if (!has(r, TAG_I))
		return;
	for (at = s->i.n; at > 0 && s->i.p[at - 1] != '@';)
		at--;
	s->identity.n = 0;
	if (at > 0)
		s->identity = read_domain(str_sub(s->i, at, s->i.n));
	if (s->domain.n > 0 && (s->identity.n == 0 || !name_is_below(&s->identity, &s->domain)))
		voids(r, RULE_MESSAGE_IDENTITY, r->tags[TAG_I].all);
}

static void
read_covered(struct reading *r)
{
	struct signature *s = r->s;
	struct str name;
	size_t pos = 0;

	s->h = r->tags[TAG_H].value;
	if (!has(r, TAG_H))
		return;
	while (list_next(s->h, ':', &pos, &name))
		if (name.n == 0) {
			voids(r, RULE_MESSAGE_SIGNATURE_SYNTAX, r->tags[TAG_H].all);
			break;
		}
	if (signature_covers(s, STR("From")) == 0)
		voids(r, RULE_MESSAGE_FROM_UNSIGNED, r->tags[TAG_H].all);
}

/* A decimal of at most DIGITS digits into *OUT, at most UINT64_MAX; whether it is there. */
static bool
read_number(struct reading *r, enum tag_id id, size_t digits, uint64_t *out)
{
	struct str v = r->tags[id].value;
	uint64_t n = 0;

	if (!has(r, id))
		return false;
	for (size_t i = 0; i < v.n; i++) {
		uint64_t digit = (uint64_t)(v.p[i] - '0');

		if (!ascii_isdigit(v.p[i])) {
			digits = 0;
			break;
		}
		n = n > (UINT64_MAX - digit) / 10 ? UINT64_MAX : n * 10 + digit;
	}
	if (v.n == 0 || v.n > digits) {
		voids(r, RULE_MESSAGE_SIGNATURE_SYNTAX, r->tags[id].all);
		return false;
	}
	*out = n;
	return true;
}

static void
read_query(struct reading *r)
{
	struct str method;
	size_t pos = 0;

	r->s->q = r->tags[TAG_Q].value;
	if (!has(r, TAG_Q))
		return;
	while (list_next(r->s->q, ':', &pos, &method))
		if (str_ieq(method, STR("dns/txt")))
			return;
	voids(r, RULE_MESSAGE_SIGNATURE_QUERY, r->tags[TAG_Q].all);
}

static void
read_numbers(struct reading *r)
{
	struct signature *s = r->s;

	s->has_l = read_number(r, TAG_L, MAX_LENGTH_DIGITS, &s->l);
	s->has_t = read_number(r, TAG_T, MAX_TIME_DIGITS, &s->t);
	s->has_x = read_number(r, TAG_X, MAX_TIME_DIGITS, &s->x);
	if (s->has_l)
		fault(r, RULE_MESSAGE_BODY_LENGTH, r->tags[TAG_L].all);
	if (s->has_t && s->has_x && s->x <= s->t)
		voids(r, RULE_MESSAGE_EXPIRES_EARLY, r->tags[TAG_X].all);
}

void
signature_parse(struct arena *a, const struct header_field *field, struct signature *out)
{
	struct reading r = { .a = a, .s = out };

	*out = (struct signature){ .field = field, .c = STR("") };
	out->faults = arena_array(a, MAX_SIGNATURE_FAULTS, sizeof(*out->faults));
	if (field->value.n > MAX_SIGNATURE_BYTES) {
		voids(&r, RULE_MESSAGE_SIGNATURE_SYNTAX, STR(""));
		return;
	}
	out->text = header_unfold(a, field->value);
	read_tags(&r);
	out->v = r.tags[TAG_V].value;
	if (has(&r, TAG_V) && !str_eq(out->v, STR("1")))
		voids(&r, RULE_MESSAGE_SIGNATURE_VERSION, r.tags[TAG_V].all);
	read_algorithm(&r);
	out->b = read_base64(&r, TAG_B);
	out->bh = read_base64(&r, TAG_BH);
	read_forms(&r);
	read_key_name(&r);
	read_identity(&r);
	read_covered(&r);
	read_query(&r);
	read_numbers(&r);
}

void
signatures_read(struct arena *a, const struct header *h, struct signatures *out)
{
	size_t n = header_count(h, STR("DKIM-Signature")), kept = 0;
	struct signature *list;

	*out = (struct signatures){ .n = n < MAX_SIGNATURES ? n : MAX_SIGNATURES };
	out->n_more = n - out->n;
	out->list = list = arena_array(a, out->n, sizeof(*list));
	for (size_t i = 0; i < h->n && kept < out->n; i++)
		if (str_ieq(h->fields[i].name, STR("DKIM-Signature")))
			signature_parse(a, &h->fields[i], &list[kept++]);
}

size_t
signature_covers(const struct signature *s, struct str name)
{
	size_t pos = 0, n = 0;
	struct str one;

	while (list_next(s->h, ':', &pos, &one))
		n += str_ieq(one, name);
	return n;
}
