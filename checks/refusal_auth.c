/* SPDX-License-Identifier: ISC */
/*
 * refusal_auth.c - refusals for want of authentication: SPF for the very address, the
 * keys of the very selectors, DMARC of the From domain.
 */
#include "checks/alignment.h"
#include "checks/dkim_judge.h"
#include "checks/dmarc_policy.h"
#include "checks/refusal_steps.h"
#include "checks/spf_eval.h"

/* clang-format off */
static const enum rule_id spf_fails[] = { RULE_SPF_NOT_PASS, RULE_SPF_NONE_SENDER, RULE_SPF_NONE,
	RULE_SPF_RETURN_PATH_NONE, RULE_SPF_NO_MAIL_RECORD, RULE_DOMAIN_NONEXISTENT };
static const enum rule_id spf_lookups[] = { RULE_SPF_LOOKUP_LIMIT };
static const enum rule_id spf_voids[] = { RULE_SPF_VOID_LIMIT, RULE_SPF_VOID_LIMIT_SENDER, RULE_SPF_VOID_LIMIT_FAMILY };
static const enum rule_id spf_several[] = { RULE_SPF_MULTIPLE };
static const enum rule_id spf_target[] = { RULE_SPF_INCLUDE_NONE, RULE_SPF_REDIRECT_NONE,
	RULE_SPF_LOOP, RULE_SPF_TARGET_UNREGISTERED };
static const enum rule_id spf_mx[] = { RULE_SPF_MX_LIMIT };
static const enum rule_id spf_syntax[] = { RULE_SPF_SYNTAX, RULE_SPF_BAD_ADDRESS, RULE_SPF_UNKNOWN_MECHANISM,
	RULE_SPF_JOINED_TERMS, RULE_SPF_BAD_DOMAIN, RULE_SPF_BAD_MACRO, RULE_SPF_DUPLICATE_MODIFIER,
	RULE_SPF_QUALIFIED_MODIFIER, RULE_SPF_NONASCII, RULE_SPF_INCLUDE_PERMERROR,
	RULE_SPF_INCLUDE_SEVERAL };
static const enum rule_id spf_none[] = { RULE_SPF_NONE_SENDER, RULE_SPF_NONE, RULE_SPF_RETURN_PATH_NONE,
	RULE_SPF_NEAR_MISS, RULE_SPF_TYPE99_ONLY, RULE_DOMAIN_NONEXISTENT };

static const enum rule_id key_other[] = { RULE_DKIM_SIGNER_DIFFERS };
static const enum rule_id key_none[] = { RULE_DKIM_NO_KEY, RULE_DKIM_SIGNER_UNPUBLISHED,
	RULE_DKIM_NAME_DOUBLED, RULE_DKIM_CNAME_UNREGISTERED,
	RULE_DKIM_CNAME_DANGLING, RULE_DKIM_MISPLACED };
static const enum rule_id key_revoked[] = { RULE_DKIM_REVOKED };
static const enum rule_id key_bad[] = { RULE_DKIM_NOT_A_KEY, RULE_DKIM_TARGET_AS_TEXT_USED, RULE_DKIM_TARGET_AS_TEXT,
	RULE_DKIM_MULTIPLE, RULE_DKIM_KEY_CUT, RULE_DKIM_NOT_BASE64, RULE_DKIM_KEY_UNREADABLE, RULE_DKIM_KEY_TRUNCATED, RULE_DKIM_QUOTED, RULE_DKIM_LINE_END,
	RULE_DKIM_KEY_TYPE, RULE_DKIM_KEY_TOO_SHORT, RULE_DKIM_NO_KEY_DATA, RULE_DKIM_VERSION,
	RULE_DKIM_SYNTAX, RULE_DKIM_KEY_MISMATCH, RULE_DKIM_ED25519_SIZE, RULE_DKIM_HASH,
	RULE_DKIM_SERVICE, RULE_DKIM_PRIVATE_KEY };
static const enum rule_id unaligned[] = { RULE_STREAM_UNALIGNED, RULE_STREAM_UNALIGNED_NONE,
	RULE_STREAM_PARENT_SIGNS, RULE_STREAM_UNSIGNED };
static const enum rule_id record_none[] = { RULE_DMARC_NONE, RULE_DMARC_NAME_DOUBLED, RULE_DMARC_MISPLACED,
	RULE_DMARC_NEAR_MISS, RULE_DMARC_BAD_VERSION, RULE_DMARC_MULTIPLE, RULE_DMARC_DANGLING, RULE_DMARC_VOID,
	RULE_DMARC_BAD_POLICY_VOID, RULE_DMARC_NO_POLICY, RULE_DMARC_BAD_POLICY,
	RULE_DMARC_LEADING_BLANK, RULE_DMARC_ONLY_SUFFIX };
/* clang-format on */

/* The rules that tell why V is no pass, into X. */
static void
spf_causes(struct reasoning *x, const struct spf_verdict *v)
{
	static const struct {
		const enum rule_id *list;
		size_t n;
	} by_why[WHY_COUNT] = {
		[WHY_SYNTAX] = { spf_syntax, ARRAY_LEN(spf_syntax) },
		[WHY_SEVERAL] = { spf_several, ARRAY_LEN(spf_several) },
		[WHY_TARGET_NONE] = { spf_target, ARRAY_LEN(spf_target) },
		[WHY_LOOKUPS] = { spf_lookups, ARRAY_LEN(spf_lookups) },
		[WHY_VOIDS] = { spf_voids, ARRAY_LEN(spf_voids) },
		[WHY_MX_NAMES] = { spf_mx, ARRAY_LEN(spf_mx) },
	};

	if (by_why[v->why].list != NULL)
		step_causes(x, by_why[v->why].list, by_why[v->why].n);
	if (v->result == RESULT_NONE)
		step_causes(x, spf_none, ARRAY_LEN(spf_none));
	step_causes(x, spf_fails, ARRAY_LEN(spf_fails));
}

/* "; it takes 12 lookups, 10 are allowed": why V is so, behind its result. */
static void
spf_reason(struct buf *b, const struct spf_verdict *v)
{
	if (v->why != WHY_NONE) {
		buf_adds(b, ": ");
		buf_adds(b, spf_why_text(v->why));
		if (v->target.n > 0) {
			buf_adds(b, " (");
			buf_add_escaped(b, v->target);
			buf_addc(b, ')');
		}
	} else if (v->result == RESULT_NONE) {
		buf_adds(b, ": there is no SPF record");
	} else if (v->term.n > 0) {
		buf_adds(b, ", decided by \"");
		buf_add_escaped(b, str_sub(v->term, 0, MAX_PART_SHOWN));
		buf_addc(b, '"');
	} else {
		buf_adds(b, ": no term names the address");
	}
	if (v->lookups > 0) {
		buf_adds(b, "; ");
		buf_addu(b, v->lookups);
		buf_adds(b, v->lookups == 1 ? " lookup" : " lookups");
	}
}

/* The SPF record among the answers of V. */
static struct str
spf_text(const struct spf_verdict *v)
{
	for (size_t i = 0; v->txt != NULL && i < v->txt->n_rr; i++)
		if (v->txt->rr[i].type == RR_TXT &&
		    str_has_iprefix(v->txt->rr[i].text, STR("v=spf1")))
			return v->txt->rr[i].text;
	return STR("");
}

static void
tell_spf(struct reasoning *x, const struct name *path, struct str ip, const struct spf_verdict *v)
{
	struct refusal_step *s;
	struct buf *b = step_begin(x);

	buf_adds(b, "SPF of ");
	name_print(b, path);
	buf_adds(b, " for ");
	buf_add(b, ip);
	buf_adds(b, " is ");
	buf_adds(b, spf_result_name(v->result));
	spf_reason(b, v);
	s = step_end(x, path, RR_TXT);
	step_shows(x, s, spf_text(v));
}

/* Whose SPF record counts: that of MAIL FROM; under a null reverse-path the HELO name's. */
static const struct name *
spf_name(const struct refusal *r)
{
	if (name_is_set(&r->path))
		return &r->path;
	return r->path_null && name_is_set(&r->helo) ? &r->helo : NULL;
}

static enum proof
judge_spf(struct reasoning *x)
{
	const struct refusal *r = x->r;
	const struct name *path = spf_name(r);
	struct spf_sender s = { .ip = r->ip };
	struct spf_verdict v;
	struct str ip;

	if (path == NULL || !r->has_ip) {
		x->f->lacks =
		    path == NULL
			? "the envelope sender is not known"
			: "the address that the mail left from is not known (--ip gives it)";
		return PROOF_UNTOLD;
	}
	s.domain = name_text(x->au->arena, path);
	if (name_is_set(&r->helo))
		s.helo = name_text(x->au->arena, &r->helo);
	if (r->path_null && !name_is_set(&r->path))
		s.domain = (struct str){ NULL, 0 };
	spf_eval(x->au, &s, &v);
	if (v.pending) {
		x->pending = true;
		return PROOF_FAILED;
	}
	ip = finding_address(x->au->findings, &r->ip);
	if (v.txt != NULL && v.txt->status != ANSWER_PENDING)
		x->f->ttl_s = v.txt->ttl_s;
	tell_spf(x, path, ip, &v);
	if (v.result == RESULT_PASS)
		return PROOF_PASSES;
	if (v.result == RESULT_TEMPERROR) {
		if (x->f->failed == NULL)
			x->f->failed = v.last != NULL ? v.last : v.txt;
		return PROOF_FAILED;
	}
	spf_causes(x, &v);
	return PROOF_FAILS;
}

static void
tell_key(struct reasoning *x, const struct selector_key *k, const char *state)
{
	struct refusal_step *s;
	struct buf *b = step_begin(x);

	buf_adds(b, "the key ");
	if (name_is_set(&k->name))
		name_print(b, &k->name);
	else
		buf_add_escaped(b, str_sub(k->selector, 0, MAX_PART_SHOWN));
	buf_adds(b, " is ");
	buf_adds(b, state);
	s = step_end(x, name_is_set(&k->name) ? &k->name : NULL, RR_TXT);
	if (k->rr != NULL)
		step_shows(x, s, k->rr->text);
}

/* The key K, which is valid, beside the private key that was given, if one was. */
static enum proof
judge_signer(struct reasoning *x, const struct selector_key *k)
{
	struct buf *b;

	switch (dkim_signer_match(x->au, k)) {
	case SIGNER_PENDING:
		x->pending = true;
		return PROOF_FAILED;
	case SIGNER_DIFFERS:
		b = step_begin(x);
		buf_adds(b, "it is not the public half of the private key that was given");
		(void)step_end(x, NULL, RR_TXT);
		step_causes(x, key_other, ARRAY_LEN(key_other));
		return PROOF_FAILS;
	default:
		return PROOF_PASSES;
	}
}

/* One key; *ALIGNED = it counts for the author, by STRICT. */
static enum proof
judge_key(struct reasoning *x, const struct selector *sel)
{
	const struct name *domain = name_is_set(&sel->domain) ? &sel->domain : &x->r->author;
	struct selector_key k;
	const char *word;

	if (!name_is_set(domain))
		domain = &x->r->path;
	selector_key_find(x->au, sel->name, domain, &k);
	if (k.state == KEY_PENDING) {
		x->pending = true;
		return PROOF_FAILED;
	}
	k.provenance = sel->provenance; /* a private key goes with the one that was given */
	word = selector_key_word(&k);
	if (k.answer != NULL && k.state != KEY_FAILED)
		x->f->ttl_s = k.answer->ttl_s;
	tell_key(x, &k, strcmp(word, "unknown") == 0 ? "not to be had: the lookup failed" : word);
	if (strcmp(word, "valid") == 0)
		return judge_signer(x, &k);
	if (k.state == KEY_FAILED || strcmp(word, "unknown") == 0) {
		if (x->f->failed == NULL)
			x->f->failed = k.answer;
		return PROOF_FAILED;
	}
	if (strcmp(word, "revoked") == 0)
		step_causes(x, key_revoked, ARRAY_LEN(key_revoked));
	else if (strcmp(word, "absent") == 0)
		step_causes(x, key_none, ARRAY_LEN(key_none));
	else
		step_causes(x, key_bad, ARRAY_LEN(key_bad));
	return PROOF_FAILS;
}

/* How DOMAIN counts for the author; PROOF_FAILS = it does not. */
static enum proof
judge_alignment(struct reasoning *x, const struct name *domain, bool strict)
{
	struct alignment a = alignment_of(x->au, &x->r->author, domain);

	if (a.pending) {
		x->pending = true;
		return PROOF_FAILED;
	}
	if (strict ? a.strict : a.relaxed)
		return PROOF_PASSES;
	if (!strict && a.failed != NULL) {
		if (x->f->failed == NULL)
			x->f->failed = a.failed;
		return PROOF_FAILED;
	}
	return PROOF_FAILS;
}

/* The better of A and B: a pass beats all; what is not known beats a failure. */
static enum proof
better(enum proof a, enum proof b)
{
	static const int order[] = {
		[PROOF_PASSES] = 0, [PROOF_FAILED] = 1, [PROOF_UNTOLD] = 2, [PROOF_FAILS] = 3
	};

	return order[a] <= order[b] ? a : b;
}

/* "the signature as other.example does not count for example.com (adkim=s)" */
static void
tell_unaligned(struct reasoning *x, const char *what, const struct name *domain, bool strict)
{
	struct buf *b = step_begin(x);

	buf_adds(b, what);
	name_print(b, domain);
	buf_adds(b, " does not count for the From domain ");
	name_print(b, &x->r->author);
	buf_adds(b, strict ? ": strict alignment wants the very same domain"
			   : ": it is another organization's domain");
	(void)step_end(x, NULL, 0);
}

/* The keys; with ALIGN only those whose domain counts for the author, by the mode STRICT. */
static enum proof
judge_dkim(struct reasoning *x, bool align, bool strict)
{
	enum proof best = PROOF_FAILS;

	for (size_t i = 0; i < x->r->n_keys; i++) {
		const struct selector *k = &x->r->keys[i];
		const struct name *d = name_is_set(&k->domain) ? &k->domain : &x->r->author;
		enum proof one = align ? judge_alignment(x, d, strict) : PROOF_PASSES;

		if (one == PROOF_FAILS)
			tell_unaligned(x, "a signature as ", d, strict);
		else
			one = one == PROOF_PASSES ? judge_key(x, k) : one;
		best = better(best, one);
	}
	if (x->r->n_keys > 0)
		return best;
	if (x->f->lacks[0] == '\0')
		x->f->lacks = "which selector signs this mail is not known (--selector gives it)";
	return PROOF_UNTOLD;
}

/* One mechanism alone has to pass. */
static void
conclude_one(struct reasoning *x, enum proof p)
{
	step_finds(x, p == PROOF_PASSES  ? REFUSAL_NOT
		      : p == PROOF_FAILS ? REFUSAL_EXPLAINED
					 : REFUSAL_LACKS);
}

/* One of two has to: A receiver's own word stands for the one that nobody told of. */
static void
conclude_either(struct reasoning *x, enum proof a, enum proof b)
{
	if (a == PROOF_PASSES || b == PROOF_PASSES)
		step_finds(x, REFUSAL_NOT);
	else if (a == PROOF_FAILED || b == PROOF_FAILED)
		step_finds(x, REFUSAL_LACKS);
	else if (a == PROOF_FAILS && b == PROOF_FAILS)
		step_finds(x, REFUSAL_EXPLAINED);
	else if (a == PROOF_FAILS || b == PROOF_FAILS)
		step_finds(x, REFUSAL_PARTLY);
	else
		step_finds(x, REFUSAL_LACKS);
}

void
refusal_spf(struct reasoning *x)
{
	conclude_one(x, judge_spf(x));
}

void
refusal_dkim(struct reasoning *x)
{
	conclude_one(x, judge_dkim(x, false, false));
}

void
refusal_either(struct reasoning *x)
{
	enum proof spf = judge_spf(x), dkim = judge_dkim(x, false, false);

	conclude_either(x, spf, dkim);
}

/* "example.com has DMARC p=reject (sp= of example.org)" */
static void
tell_policy(struct reasoning *x, const struct dmarc_policy *p)
{
	struct refusal_step *s;
	struct buf *b = step_begin(x);
	struct name owner;
	bool has = p->applied != NULL;

	buf_adds(b, has ? "the DMARC record for " : "there is no DMARC record for ");
	name_print(b, &x->r->author);
	if (has) {
		buf_adds(b, p->state == DMARC_IS_VOID ? " is void" : " asks for ");
		if (p->state != DMARC_IS_VOID)
			buf_adds(b, dmarc_word_name(p->word));
		if (p->applied->record->testing)
			buf_adds(b, ", with t=y");
	}
	if (has && p->applied->owner.n > 0)
		owner = p->applied->owner;
	else if (!name_above(STR("_dmarc"), &x->r->author, &owner))
		owner = x->r->author;
	s = step_end(x, &owner, RR_TXT);
	if (has)
		step_shows(x, s, p->applied->record->text);
}

/* SPF and DKIM as they count for the author under P. */
static void
judge_aligned(struct reasoning *x, const struct dmarc_policy *p)
{
	bool aspf = p->applied != NULL && p->applied->record->aspf_strict;
	bool adkim = p->applied != NULL && p->applied->record->adkim_strict;
	const struct name *path = spf_name(x->r);
	enum proof dkim = judge_dkim(x, true, adkim), spf;

	step_causes(x, unaligned, ARRAY_LEN(unaligned)); /* a key at fault tells more */
	if (path == NULL) {
		spf = PROOF_UNTOLD;
		x->f->lacks = "the envelope sender is not known";
	} else if ((spf = judge_alignment(x, path, aspf)) == PROOF_PASSES) {
		spf = judge_spf(x);
	} else if (spf == PROOF_FAILS) {
		tell_unaligned(x, "SPF of ", path, aspf);
	}
	conclude_either(x, spf, dkim);
}

/* The policy for the author, told; NULL when it is not known. */
static const struct dmarc_policy *
policy_of(struct reasoning *x)
{
	const struct dmarc_policy *p;

	if (!name_is_set(&x->r->author)) {
		x->f->lacks = "the From domain is not known";
		return NULL;
	}
	p = dmarc_policy(x->au, &x->r->author);
	if (p->state == DMARC_PENDING) {
		x->pending = true;
		return NULL;
	}
	if (p->state == DMARC_UNKNOWN) {
		x->f->failed = p->failed;
		return NULL;
	}
	if (p->applied != NULL && p->applied->answer != NULL)
		x->f->ttl_s = p->applied->answer->ttl_s;
	else if (p->n_steps > 0 && p->steps[0].answer != NULL)
		x->f->ttl_s = p->steps[0].answer->ttl_s;
	tell_policy(x, p);
	return p;
}

/* Whether no record of the author's own organization applies. */
static bool
is_without_record(const struct dmarc_policy *p)
{
	return p->state != DMARC_APPLIES || p->by_suffix || p->applied->record->fallback;
}

void
refusal_dmarc(struct reasoning *x)
{
	const struct dmarc_policy *p = policy_of(x);
	enum dmarc_word word;

	if (p == NULL)
		return;
	if (x->r->demand == DEMAND_RECORD) {
		step_causes(x, record_none, ARRAY_LEN(record_none));
		step_finds(x, is_without_record(p) ? REFUSAL_EXPLAINED : REFUSAL_NOT);
		return;
	}
	word = p->state != DMARC_APPLIES ? DMARC_ABSENT : p->word;
	if (p->applied != NULL && p->applied->record->testing)
		word = dmarc_word_testing(word);
	if (x->r->demand == DEMAND_DMARC && word != DMARC_QUARANTINE && word != DMARC_REJECT) {
		step_finds(x, REFUSAL_NOT);
		return;
	}
	judge_aligned(x, p);
}

/* Whether the reply states that what it says S of did not pass. */
static bool
is_stated_bad(struct str s)
{
	return s.n > 0 && !str_ieq(s, STR("pass")) && !str_ieq(s, STR("passed"));
}

/*
 * Each of the three has to pass.  Where the reply states which did not, that one has to
 * be seen to fail; where it does not, any.
 */
void
refusal_all(struct reasoning *x)
{
	const struct refusal *r = x->r;
	bool stated = is_stated_bad(r->spf) || is_stated_bad(r->dkim) || is_stated_bad(r->dmarc);
	const struct dmarc_policy *p = policy_of(x);
	enum proof spf, dkim, worst = PROOF_PASSES;

	if (p != NULL && (!stated || is_stated_bad(r->dmarc)) && is_without_record(p)) {
		step_causes(x, record_none, ARRAY_LEN(record_none));
		worst = PROOF_FAILS;
	}
	spf = judge_spf(x);
	dkim = judge_dkim(x, false, false);
	if (((!stated || is_stated_bad(r->spf)) && spf == PROOF_FAILS) ||
	    ((!stated || is_stated_bad(r->dkim)) && dkim == PROOF_FAILS))
		worst = PROOF_FAILS;
	if (worst == PROOF_PASSES && p != NULL && (!stated || is_stated_bad(r->dmarc))) {
		x->f->n_causes = 0;
		judge_aligned(x, p);
		worst = x->f->finds == REFUSAL_EXPLAINED ? PROOF_FAILS
			: x->f->finds == REFUSAL_NOT     ? PROOF_PASSES
							 : PROOF_UNTOLD;
	}
	if (worst == PROOF_PASSES && (spf == PROOF_FAILED || dkim == PROOF_FAILED || p == NULL))
		worst = PROOF_FAILED;
	else if (worst == PROOF_PASSES &&
		 ((spf == PROOF_UNTOLD && (!stated || is_stated_bad(r->spf))) ||
		     (dkim == PROOF_UNTOLD && (!stated || is_stated_bad(r->dkim)))))
		worst = PROOF_UNTOLD;
	conclude_one(x, worst);
}
