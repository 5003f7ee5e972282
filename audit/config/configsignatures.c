/* SPDX-License-Identifier: ISC */
/*
 * configsignatures.c - the user's own rows of what refusals mean.
 *
 * An expression is compiled here once to tell what is wrong with it at its place;
 * the classifier compiles its own.
 */
#include <regex.h>
#include "audit/bounce/provider.h"
#include "audit/config/configkeys.h"
#include "audit/config/nearest.h"

#define MAX_SIGNATURE_ID 40
#define MAX_SIGNATURE_TEXT 512 /* bytes: no reply says more that is the same each time */
#define MAX_REPEATS 255        /* {n}: beyond it regcomp() takes memory without end */
#define MAX_REPEATED 10000     /* the same of repeats in one another */
#define MAX_REASON 200

void *
signature_open(void *into, struct arena *a)
{
	struct config *c = into;

	arena_grow(a, &c->signatures, c->n_signatures, &c->cap_signatures, sizeof(*c->signatures));
	return &c->signatures[c->n_signatures++];
}

static const char *
signature_id(struct value *v, void *into)
{
	struct config *c = v->config;

	if (v->text.n > MAX_SIGNATURE_ID)
		return "at most 40 letters, digits and '-' are wanted";
	for (size_t i = 0; i < v->text.n; i++)
		if (!ascii_isalnum(v->text.p[i]) && v->text.p[i] != '-')
			return "at most 40 letters, digits and '-' are wanted";
	for (size_t i = 0; i + 1 < c->n_signatures; i++)
		if (str_eq(c->signatures[i].id, v->text))
			return "another signature is called so";
	((struct user_signature *)into)->id = v->text;
	return NULL;
}

static const char *
signature_provider(struct value *v, void *into)
{
	struct nearest near;
	const char *out = "no provider is called so", *name;

	nearest_init(&near, v->text);
	for (size_t i = 0; (name = provider_name(i)) != NULL; i++) {
		if (str_eq(str_of(name), v->text)) {
			((struct user_signature *)into)->provider = v->text;
			return NULL;
		}
		nearest_try(&near, str_of(name));
	}
	return v->fs->n == MAX_FAULTS ? out : nearest_meant(&near, v->a, out, out);
}

/*
 * Whether the repeats of TEXT, such as "{300}" and "((a{20}){20}){20}", may unfold to
 * more than MAX_REPEATED states: they are taken for one in another.
 */
static bool
repeats_too_often(struct str text)
{
	uint64_t all = 1;

	for (size_t i = 0; i < text.n; i++) {
		uint32_t n = 0, most = 1;

		if (text.p[i] != '{')
			continue;
		for (i++; i < text.n && text.p[i] != '}'; i++) {
			n = ascii_isdigit(text.p[i]) ? n * 10 + (uint32_t)(text.p[i] - '0') : 0;
			most = n > most ? n : most;
			if (most > MAX_REPEATS)
				return true;
		}
		all *= most;
		if (all > MAX_REPEATED)
			return true;
	}
	return false;
}

static const char *
signature_text(struct value *v, void *into)
{
	char ere[MAX_SIGNATURE_TEXT + 1], why[MAX_REASON];
	regex_t compiled;
	int rc;

	((struct user_signature *)into)->text = v->text;
	if (str_trim(v->text).n == 0 || v->text.n > MAX_SIGNATURE_TEXT)
		return "an expression of 1 to 512 bytes is wanted";
	if (repeats_too_often(v->text))
		return "repetitions of more than 255, or of 10000 in one another, are not taken";
	memcpy(ere, v->text.p, v->text.n);
	ere[v->text.n] = '\0';
	rc = regcomp(&compiled, ere, REG_EXTENDED | REG_ICASE | REG_NOSUB);
	if (rc != 0) {
		(void)regerror(rc, &compiled, why, sizeof(why));
		return arena_str(v->a, str_of(why)).p;
	}
	regfree(&compiled);
	return NULL;
}

static const char *
signature_code(struct value *v, void *into)
{
	uint32_t n = 0;
	bool good = parse_u32(v->text, 599, &n) && n >= 400;

	((struct user_signature *)into)->code = good ? (uint16_t)n : 1; /* one was given */
	return good ? NULL : "a reply code from 400 to 599 is wanted";
}

static const char *
signature_enhanced(struct value *v, void *into)
{
	struct enhanced e;

	if (enhanced_parse(v->text, &e) != v->text.n || v->text.n == 0 || e.class == 2)
		return "an enhanced status code like 5.7.1 is wanted";
	((struct user_signature *)into)->enhanced = e;
	return NULL;
}

static const char *
signature_mechanism(struct value *v, void *into)
{
	const char *out = "no mechanism is called so (mailvet.yaml(5) lists them)";
	struct nearest near;

	if (mechanism_find(v->text, &((struct user_signature *)into)->mechanism))
		return NULL;
	nearest_init(&near, v->text);
	for (unsigned i = MECH_NONE + 1; i < MECH_COUNT; i++)
		nearest_try(&near, str_of(mechanism_name((enum mechanism)i)));
	return v->fs->n == MAX_FAULTS
		   ? out
		   : nearest_meant(&near, v->a, "no mechanism is called so", out);
}

/* A row that fits everything would hide all others. */
static void
signature_close(struct value *v, void *into)
{
	const struct user_signature *s = into;
	const struct config *c = v->config;

	if (s->text.n == 0 && s->code == 0 && s->enhanced.class == 0)
		fault_add(v->fs, v->at, "a signature needs text, code or enhanced");
	if (c->n_signatures == MAX_CONFIG_SIGNATURES + 1)
		fault_add(v->fs, v->at, "more than %d signatures", MAX_CONFIG_SIGNATURES);
}

/* clang-format off */
static const struct schema_key signature_keys[] = {
	{ .name = "id", .needed = true, .want = "a name of your own", .about = "stands in reports", .set = signature_id },
	{ .name = "provider", .want = "the name of a provider", .about = "only its refusals; as reports show it",
	  .set = signature_provider },
	{ .name = "text", .want = "an extended regular expression",
	  .about = "found in the reply without its codes; letters of either case", .set = signature_text },
	{ .name = "code", .want = "a reply code", .about = "400 to 599", .set = signature_code },
	{ .name = "enhanced", .want = "an enhanced status code", .about = "as in 5.7.1", .set = signature_enhanced },
	{ .name = "mechanism", .needed = true, .want = "the name of a mechanism", .about = "what it means",
	  .set = signature_mechanism },
};
const struct schema signature_schema = {
	.what = "a signature", .keys = signature_keys, .n = ARRAY_LEN(signature_keys), .close = signature_close
};
/* clang-format on */
