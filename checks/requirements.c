/* SPDX-License-Identifier: ISC */
/*
 * requirements.c - whether a demand is met, by the facts and findings of a subject.
 */
#include "checks/requirements.h"

/* Which findings tell what stands between a domain and a demand. */
/* clang-format off */
static const struct {
	enum requirement_kind kind;
	enum rule_id rule;
} tells[] = {
	{ REQUIRE_DOMAINS, RULE_DOMAIN_NONEXISTENT }, { REQUIRE_DOMAINS, RULE_MX_NOWHERE },
	{ REQUIRE_DOMAINS, RULE_MX_NULL_SENDER }, { REQUIRE_DOMAINS, RULE_DOMAIN_UNKNOWN },
	{ REQUIRE_DOMAINS, RULE_MX_LOOKUP_FAILED },
	{ REQUIRE_PTR, RULE_PTR_NONE }, { REQUIRE_PTR, RULE_PTR_UNCONFIRMED },
	{ REQUIRE_PTR, RULE_PTR_LOOKUP_FAILED },
	{ REQUIRE_NOT_LISTED, RULE_DNSBL_LISTED_HIGH }, { REQUIRE_NOT_LISTED, RULE_DNSBL_LISTED_POLICY },
	{ REQUIRE_NOT_LISTED, RULE_DNSBL_DOMAIN_LISTED_HIGH },
	{ REQUIRE_SPF, RULE_DOMAIN_NONEXISTENT }, { REQUIRE_SPF, RULE_SPF_MULTIPLE },
	{ REQUIRE_SPF, RULE_SPF_NEAR_MISS }, { REQUIRE_SPF, RULE_SPF_TYPE99_ONLY },
	{ REQUIRE_SPF, RULE_SPF_NONE }, { REQUIRE_SPF, RULE_SPF_NONE_SENDER },
	{ REQUIRE_SPF, RULE_SPF_NONE_UNSURE }, { REQUIRE_SPF, RULE_SPF_LOOKUP_FAILED },
	{ REQUIRE_SPF, RULE_SPF_NONASCII }, { REQUIRE_SPF, RULE_SPF_JOINED_TERMS },
	{ REQUIRE_SPF, RULE_SPF_SYNTAX }, { REQUIRE_SPF, RULE_SPF_UNKNOWN_MECHANISM },
	{ REQUIRE_SPF, RULE_SPF_DUPLICATE_MODIFIER }, { REQUIRE_SPF, RULE_SPF_QUALIFIED_MODIFIER },
	{ REQUIRE_SPF, RULE_SPF_BAD_ADDRESS }, { REQUIRE_SPF, RULE_SPF_BAD_DOMAIN },
	{ REQUIRE_SPF, RULE_SPF_BAD_MACRO }, { REQUIRE_SPF, RULE_SPF_INCLUDE_NONE },
	{ REQUIRE_SPF, RULE_SPF_INCLUDE_SEVERAL }, { REQUIRE_SPF, RULE_SPF_INCLUDE_PERMERROR },
	{ REQUIRE_SPF, RULE_SPF_REDIRECT_NONE }, { REQUIRE_SPF, RULE_SPF_LOOP },
	{ REQUIRE_SPF, RULE_SPF_LOOKUP_LIMIT }, { REQUIRE_SPF, RULE_SPF_VOID_LIMIT },
	{ REQUIRE_SPF, RULE_SPF_VOID_LIMIT_SENDER }, { REQUIRE_SPF, RULE_SPF_RETURN_PATH_NONE },
	{ REQUIRE_SPF, RULE_SPF_NOT_PASS }, { REQUIRE_SPF, RULE_SPF_SENDER_UNKNOWN },
	{ REQUIRE_SPF, RULE_VIA_INCLUDE_MISSING }, { REQUIRE_SPF, RULE_VIA_RETURN_MISSING },
	{ REQUIRE_DKIM, RULE_DKIM_NO_KEY }, { REQUIRE_DKIM, RULE_DKIM_NAME_DOUBLED },
	{ REQUIRE_DKIM, RULE_DKIM_SELECTOR_NAME }, { REQUIRE_DKIM, RULE_DKIM_LOOKUP_FAILED },
	{ REQUIRE_DKIM, RULE_DKIM_NONE_EXISTS }, { REQUIRE_DKIM, RULE_DKIM_MULTIPLE },
	{ REQUIRE_DKIM, RULE_DKIM_NOT_A_KEY }, { REQUIRE_DKIM, RULE_DKIM_TARGET_AS_TEXT_USED },
	{ REQUIRE_DKIM, RULE_DKIM_SYNTAX }, { REQUIRE_DKIM, RULE_DKIM_DUPLICATE_TAG },
	{ REQUIRE_DKIM, RULE_DKIM_VERSION }, { REQUIRE_DKIM, RULE_DKIM_NO_KEY_DATA },
	{ REQUIRE_DKIM, RULE_DKIM_REVOKED }, { REQUIRE_DKIM, RULE_DKIM_NOT_BASE64 },
	{ REQUIRE_DKIM, RULE_DKIM_KEY_TRUNCATED }, { REQUIRE_DKIM, RULE_DKIM_KEY_CUT },
	{ REQUIRE_DKIM, RULE_DKIM_KEY_UNREADABLE }, { REQUIRE_DKIM, RULE_DKIM_QUOTED },
	{ REQUIRE_DKIM, RULE_DKIM_KEY_TYPE }, { REQUIRE_DKIM, RULE_DKIM_KEY_MISMATCH },
	{ REQUIRE_DKIM, RULE_DKIM_EXPONENT }, { REQUIRE_DKIM, RULE_DKIM_KEY_WEAK },
	{ REQUIRE_DKIM, RULE_DKIM_ED25519_SIZE }, { REQUIRE_DKIM, RULE_DKIM_HASH },
	{ REQUIRE_DKIM, RULE_DKIM_SERVICE }, { REQUIRE_DKIM, RULE_DKIM_CNAME_DANGLING },
	{ REQUIRE_DKIM, RULE_DKIM_CNAME_UNREGISTERED }, { REQUIRE_DKIM, RULE_DKIM_KEY_TOO_SHORT },
	{ REQUIRE_DKIM, RULE_VIA_KEY_MISSING }, { REQUIRE_DKIM, RULE_VIA_KEY_UNKNOWN },
	{ REQUIRE_DKIM, RULE_STREAM_UNSIGNED },
	{ REQUIRE_KEY_BITS, RULE_DKIM_KEY_TOO_SHORT },
	{ REQUIRE_DMARC, RULE_DMARC_MULTIPLE }, { REQUIRE_DMARC, RULE_DMARC_BAD_VERSION },
	{ REQUIRE_DMARC, RULE_DMARC_MISPLACED }, { REQUIRE_DMARC, RULE_DMARC_NAME_DOUBLED },
	{ REQUIRE_DMARC, RULE_DMARC_DANGLING }, { REQUIRE_DMARC, RULE_DMARC_NONE },
	{ REQUIRE_DMARC, RULE_DMARC_LOOKUP_FAILED }, { REQUIRE_DMARC, RULE_DMARC_ONLY_SUFFIX },
	{ REQUIRE_DMARC, RULE_DOMAIN_NONEXISTENT },
	{ REQUIRE_POLICY, RULE_STREAM_UNALIGNED }, { REQUIRE_POLICY, RULE_STREAM_ORG_DIFFERS },
	{ REQUIRE_POLICY, RULE_STREAM_UNKNOWN },
	/* where nobody said who signs, SPF alone is told */
	{ REQUIRE_POLICY, RULE_SPF_NOT_PASS }, { REQUIRE_POLICY, RULE_SPF_NONE },
	{ REQUIRE_POLICY, RULE_SPF_NONE_SENDER }, { REQUIRE_POLICY, RULE_SPF_RETURN_PATH_NONE },
	{ REQUIRE_ALIGNED, RULE_STREAM_UNKNOWN },
	{ REQUIRE_ALIGNED, RULE_STREAM_UNALIGNED }, { REQUIRE_ALIGNED, RULE_STREAM_UNALIGNED_NONE },
	{ REQUIRE_ALIGNED, RULE_STREAM_ORG_DIFFERS }, { REQUIRE_ALIGNED, RULE_DMARC_ORG_UNKNOWN },
};
/* clang-format on */

bool
requirement_is_told_by(enum requirement_kind kind, enum rule_id rule)
{
	if (kind == REQUIRE_SPF_OR_DKIM)
		return requirement_is_told_by(REQUIRE_SPF, rule) ||
		       requirement_is_told_by(REQUIRE_DKIM, rule);
	if (kind == REQUIRE_NOT_SPAMHAUS)
		kind = REQUIRE_NOT_LISTED;
	for (size_t i = 0; i < ARRAY_LEN(tells); i++)
		if (tells[i].kind == kind && tells[i].rule == rule)
			return true;
	return false;
}

/* Whether a finding for KIND of level unknown (UNKNOWN) or of any other was made. */
static bool
is_told(const struct requirement_view *v, enum requirement_kind kind, bool unknown)
{
	for (size_t i = 0; i < RULE_COUNT; i++)
		if (v->told[i] && requirement_is_told_by(kind, (enum rule_id)i) &&
		    (rule_of((enum rule_id)i)->level == LEVEL_UNKNOWN) == unknown)
			return true;
	return false;
}

/* The worse of two; what fails for one stream fails for the domain. */
static enum requirement_state
worse(enum requirement_state a, enum requirement_state b)
{
	static const int rank[] = {
		[STATE_MET] = 0, [STATE_UNSEEN] = 1, [STATE_UNKNOWN] = 2, [STATE_NOT_MET] = 3
	};

	return rank[a] >= rank[b] ? a : b;
}

static enum requirement_state
spf_state(const struct stream *st)
{
	if (!st->spf_known)
		return STATE_UNSEEN;
	if (st->spf == RESULT_TEMPERROR)
		return STATE_UNKNOWN;
	return st->spf == RESULT_PASS ? STATE_MET : STATE_NOT_MET;
}

static enum requirement_state
dkim_state(const struct stream *st, const struct requirement_view *v)
{
	if (strcmp(st->dkim, "pass") == 0)
		return STATE_MET;
	if (strcmp(st->dkim, "temperror") == 0)
		return STATE_UNKNOWN;
	if (st->dkim[0] != '\0' || v->told[RULE_DKIM_NONE_EXISTS] || v->told[RULE_VIA_KEY_MISSING])
		return STATE_NOT_MET;
	return v->told[RULE_VIA_KEY_UNKNOWN] ? STATE_UNKNOWN : STATE_UNSEEN;
}

static enum requirement_state
either_state(const struct stream *st, const struct requirement_view *v)
{
	enum requirement_state spf = spf_state(st), dkim = dkim_state(st, v);

	if (spf == STATE_MET || dkim == STATE_MET)
		return STATE_MET;
	if (spf == STATE_UNKNOWN || dkim == STATE_UNKNOWN)
		return STATE_UNKNOWN;
	/* what nobody said does not carry mail whose SPF fails; a service's own MAIL FROM may */
	return spf;
}

static enum requirement_state
dmarc_state(const struct stream *st)
{
	if (st->policy->state == DMARC_UNKNOWN)
		return STATE_UNKNOWN;
	return st->policy->state == DMARC_APPLIES && !st->policy->by_suffix ? STATE_MET
									    : STATE_NOT_MET;
}

static enum requirement_state
policy_state(const struct stream *st)
{
	bool asks = st->asks == DMARC_QUARANTINE || st->asks == DMARC_REJECT;

	if (st->unsure)
		return STATE_UNKNOWN;
	if (st->dmarc[0] == '\0')
		return asks ? STATE_UNSEEN : STATE_MET;
	return asks && strcmp(st->dmarc, "fail") == 0 ? STATE_NOT_MET : STATE_MET;
}

static enum requirement_state
aligned_state(const struct stream *st)
{
	if (stream_has_aligned_pass(st))
		return STATE_MET;
	if (strcmp(st->dmarc, "temperror") == 0 || st->spf_failed != NULL)
		return STATE_UNKNOWN;
	/* without a record that is what stands between, and nothing here is told */
	if (strcmp(st->dmarc, "none") == 0 || (!st->spf_known && !st->keys_known))
		return STATE_UNSEEN;
	return STATE_NOT_MET;
}

static enum requirement_state
bits_state(const struct stream *st)
{
	if (st->n_keys == 0)
		return STATE_UNSEEN;
	for (size_t i = 0; i < st->n_keys; i++)
		if (stream_key_is_short(&st->keys[i].key))
			return STATE_NOT_MET;
	return strcmp(st->dkim, "temperror") == 0 ? STATE_UNKNOWN : STATE_MET;
}

static enum requirement_state
stream_state(const struct stream *st, enum requirement_kind kind, const struct requirement_view *v)
{
	switch (kind) {
	case REQUIRE_SPF:
		return spf_state(st);
	case REQUIRE_DKIM:
		return dkim_state(st, v);
	case REQUIRE_SPF_OR_DKIM:
		return either_state(st, v);
	case REQUIRE_KEY_BITS:
		return bits_state(st);
	case REQUIRE_DMARC:
		return dmarc_state(st);
	case REQUIRE_POLICY:
		return policy_state(st);
	case REQUIRE_ALIGNED:
		return aligned_state(st);
	default:
		return STATE_UNSEEN;
	}
}

static enum requirement_state
ptr_state(const struct requirement_view *v)
{
	const struct ptr_facts *p = v->facts->ptr;
	enum requirement_state state = STATE_MET;

	if (p == NULL || p->n == 0)
		return STATE_UNSEEN;
	for (size_t i = 0; i < p->n; i++)
		state = worse(state, p->ptr[i].confirmed ? STATE_MET
				     : p->ptr[i].unknown ? STATE_UNKNOWN
							 : STATE_NOT_MET);
	return state;
}

/* By what was told alone; a list that did not answer hides nothing that is needed. */
static enum requirement_state
told_state(enum requirement_kind kind, const struct requirement_view *v, bool looked)
{
	if (is_told(v, kind, false))
		return STATE_NOT_MET;
	if (is_told(v, kind, true))
		return STATE_UNKNOWN;
	return looked ? STATE_MET : STATE_UNSEEN;
}

static enum requirement_state
state_of(enum requirement_kind kind, const struct requirement_view *v)
{
	const struct streams *all = v->facts->streams;
	enum requirement_state state = STATE_MET;

	if (kind == REQUIRE_UNSEEN)
		return STATE_UNSEEN;
	if (kind == REQUIRE_PTR)
		return ptr_state(v);
	if (kind == REQUIRE_NOT_LISTED)
		return told_state(kind, v, v->lists);
	if (kind == REQUIRE_NOT_SPAMHAUS)
		return v->spamhaus ? STATE_NOT_MET : v->lists ? STATE_MET : STATE_UNSEEN;
	if (kind == REQUIRE_DOMAINS)
		return told_state(kind, v, v->mx);
	if (all == NULL || all->n == 0)
		return STATE_UNSEEN;
	for (size_t i = 0; i < all->n; i++)
		state = worse(state, stream_state(&all->list[i], kind, v));
	return state;
}

/* A few words why, by kind and state. */
/* clang-format off */
static const char *const reasons[REQUIREMENT_KINDS][4] = {
	[REQUIRE_DOMAINS] = { "they exist and take mail", "a domain is missing or takes no mail",
	    "a lookup failed", "MX was not looked at" },
	[REQUIRE_PTR] = { "forward and reverse name agree", "an address has no name that leads back to it",
	    "a lookup failed", "no address of its own is known" },
	[REQUIRE_NOT_LISTED] = { "no list that was asked has it", "it is listed", "a lookup failed",
	    "block lists were not asked" },
	[REQUIRE_NOT_SPAMHAUS] = { "no list of it that was asked has it", "it is listed", "a lookup failed",
	    "block lists were not asked" },
	[REQUIRE_SPF] = { "it passes for all that is known", "it does not pass for a sender", "a lookup failed",
	    "MAIL FROM or address is not known" },
	[REQUIRE_DKIM] = { "the key of each sender is good", "a sender has no key that verifies",
	    "a lookup failed", "no selector in use is known (--selector)" },
	[REQUIRE_SPF_OR_DKIM] = { "one of them passes for each sender", "neither passes for a sender",
	    "a lookup failed", "neither address nor selector is known" },
	[REQUIRE_KEY_BITS] = { "they have", "a key is shorter", "a lookup failed", "no key in use is known" },
	[REQUIRE_DMARC] = { "a record applies", "none applies, or it is void", "a lookup failed",
	    "no sender is known" },
	[REQUIRE_POLICY] = { "it does not", "a sender fails DMARC, and the policy asks for more than none",
	    "a lookup failed", "neither address nor selector is known" },
	[REQUIRE_ALIGNED] = { "each sender has an aligned pass", "a sender has no aligned pass",
	    "a lookup failed", "not known before there is a DMARC record and a signature" },
	[REQUIRE_UNSEEN] = { "", "", "", "no lookup shows it" },
};
/* clang-format on */

enum requirement_state
requirement_judge(
    const struct requirement *r, const struct requirement_view *v, const char **reason)
{
	enum requirement_state state = state_of(r->kind, v);

	*reason = reasons[r->kind][state];
	return state;
}

bool
requirement_binds(const struct requirement *r, const struct requirement_view *v)
{
	const struct subject *s = v->subject;

	if (r->who == BINDS_ALL)
		return true;
	if (r->who == BINDS_BULK)
		return s->bulk;
	for (size_t i = 0; i < s->n_senders; i++)
		if (s->senders[i].marketing)
			return s->bulk;
	return false;
}

const char *
requirement_state_name(enum requirement_state s)
{
	static const char *const names[] = { "met", "not-met", "unknown", "unseen" };

	return names[s];
}

const char *
requirement_who_name(enum requirement_who w)
{
	static const char *const names[] = { "all", "bulk", "marketing" };

	return names[w];
}
