/* SPDX-License-Identifier: ISC */
/*
 * message_signatures.c - the signatures of a message: their keys, whether they
 * are right, and what the sender has to change.
 *
 * The library says whether a signature is right; what it does not judge, or
 * judges by its own clock and taste (SHA-1, short keys, expiry), is judged here.
 * A key that is at fault is told by the check "dkim".
 */
#include <stdio.h>

#include "checks/core/civil.h"
#include "checks/message_parts.h"
#include "checks/opendkim_differs.h"

#define CLOCK_SLOP_S 300 /* clocks of hosts differ by that much */

/* Take the signatures and ask for the keys of those that can be used. */
static void
take_all(struct message_scene *m)
{
	const struct signatures *s = m->au->subject->signatures;

	m->n_sigs = s->n;
	m->n_more = s->n_more;
	m->sigs = arena_array(m->au->arena, s->n, sizeof(*m->sigs));
	for (size_t i = 0; i < s->n; i++) {
		struct message_signature *one = &m->sigs[i];

		one->s = s->list[i];
		one->rule = RULE_COUNT;
		if (one->s.unusable)
			continue;
		selector_key_find(m->au, one->s.s, &one->s.domain, &one->key);
		m->pending = m->pending || one->key.state == KEY_PENDING;
	}
}

/* Ask about all signatures at once; no key is pending. */
static void
verify_all(struct message_scene *m)
{
	struct verify_key *keys = arena_array(m->au->arena, m->n_sigs + 1, sizeof(*keys));
	size_t n = 0;

	for (size_t i = 0; i < m->n_sigs; i++)
		if (m->sigs[i].key.answer != NULL)
			keys[n++] = (struct verify_key){ i, m->sigs[i].key.answer };
	if (n == 0 || m->unsound)
		return;
	m->verify = ask_verify(m->au->q, m->h->text, keys, n);
	if (is_pending(m->verify)) {
		m->pending = true;
		return;
	}
	if (m->verify->status != ANSWER_FOUND || m->verify->verify == NULL)
		return;
	for (size_t i = 0; i < m->n_sigs && i < m->verify->verify->n; i++)
		m->sigs[i].v = &m->verify->verify->v[i];
}

static void
conclude(struct message_signature *s, const char *result, struct str why, enum rule_id rule)
{
	s->result = result;
	s->why = why;
	s->rule = rule;
}

/* Whether t= of the key says that i= must be d= (RFC 6376 3.6.1). */
static bool
forbids_subdomains(const struct dkimkey *key)
{
	struct str flag;
	size_t pos = 0;
	struct tag t;

	if (!tag_find(key->text, STR("t"), &t))
		return false;
	while (list_next(t.value, ':', &pos, &flag))
		if (str_ieq(flag, STR("s"))) /* a word of ABNF (RFC 5234 2.3) */
			return true;
	return false;
}

/* What the key alone decides; false = nothing. */
static bool
conclude_by_key(struct message_signature *s)
{
	static const struct {
		const char *result;
		struct str why;
	} states[] = {
		[KEY_PENDING] = { "temperror", { "the key was not asked for", 25 } },
		[KEY_BAD_NAME] = { "permerror", { "the key has no name", 19 } },
		[KEY_FAILED] = { "temperror", { "the key could not be looked up", 30 } },
		[KEY_ABSENT] = { "permerror", { "no key", 6 } },
		[KEY_DANGLING] = { "permerror", { "no key behind the CNAME", 23 } },
		[KEY_NOT_KEY] = { "permerror", { "the record is no key", 20 } },
		[KEY_SEVERAL] = { "permerror", { "several keys at the selector", 28 } },
	};
	const struct selector_key *k = &s->key;
	bool ed25519 = s->s.algorithm == SIGN_ED25519_SHA256;

	if (k->state != KEY_FOUND) {
		conclude(s, states[k->state].result, states[k->state].why, RULE_COUNT);
		return true;
	}
	if (k->key.revoked)
		conclude(s, "permerror", STR("the key is revoked"), RULE_COUNT);
	else if (ed25519 != (k->key.type == KEY_TYPE_ED25519) && k->key.type != KEY_TYPE_OTHER)
		conclude(
		    s, "permerror", STR("the key is of another kind"), RULE_MESSAGE_KEY_MISMATCH);
	else if (!ed25519 && k->facts != NULL && k->facts->bits > 0 &&
		 k->facts->bits < RSA_BITS_LEAST)
		conclude(s, "policy", STR("the key is shorter than 1024 bits"), RULE_COUNT);
	else if (dkimkey_is_broken(&k->key))
		conclude(s, "permerror", STR("the key is at fault"), RULE_COUNT);
	else if (s->s.algorithm == SIGN_RSA_SHA1)
		conclude(s, "policy", STR("rsa-sha1"), RULE_MESSAGE_SHA1);
	else if (!name_eq(&s->s.identity, &s->s.domain) && forbids_subdomains(&k->key))
		conclude(s, "permerror", STR("i= is below d=, and the key says t=s"),
		    RULE_MESSAGE_IDENTITY_SUBDOMAIN);
	else
		return false;
	return true;
}

/* Whether the library could not read the key of S: it takes no RSAPublicKey, and others do. */
static bool
is_key_foreign(const struct message_signature *s)
{
	return s->key.facts != NULL && s->key.facts->form == KEY_PKCS1;
}

/* What the library refuses to compare; of times beyond its bounds we know why. */
static void
conclude_refused(const struct message_scene *m, struct message_signature *s)
{
	if (s->s.has_t && s->s.t > (uint64_t)m->now + CLOCK_SLOP_S)
		conclude(s, "policy", STR("signed in the future"), RULE_MESSAGE_SIGNED_LATER);
	else if (s->s.has_x && s->s.x < (uint64_t)m->arrived)
		conclude(s, "policy", STR("expired"), RULE_MESSAGE_EXPIRED);
	else
		conclude(s, "neutral", s->v->error, RULE_MESSAGE_REFUSED);
}

/* What the library found, and then the times. */
static void
conclude_by_verdict(const struct message_scene *m, struct message_signature *s)
{
	const struct verified *v = s->v;

	if (m->unsound) {
		s->unknown = true;
		conclude(
		    s, "neutral", STR("the header has what programs read differently"), RULE_COUNT);
	} else if (v == NULL || !v->judged) {
		s->unknown = true;
		conclude(s, "neutral", STR("not verified"),
		    v == NULL ? RULE_COUNT : RULE_MESSAGE_UNVERIFIED);
	} else if (v->refused) {
		conclude_refused(m, s);
	} else if (!v->pass && v->header_ok) {
		conclude(s, "fail", STR("the body was changed"), RULE_MESSAGE_BODY_CHANGED);
	} else if (!v->pass && v->body_ok && is_key_foreign(s)) {
		s->unknown = true;
		conclude(s, "neutral", STR("libopendkim does not read such a key"),
		    RULE_MESSAGE_UNVERIFIED);
	} else if (!v->pass && v->by == VERIFIED_BY_OTHER) {
		conclude(s, "fail", STR("made with another key"), RULE_MESSAGE_KEY_OTHER);
	} else if (!v->pass && v->body_ok) {
		conclude(s, "fail",
		    v->by == VERIFIED_BY_KEY
			? STR("a signed field was changed")
			: STR("a signed field was changed, or the key is another"),
		    RULE_MESSAGE_HEADER_CHANGED);
	} else if (!v->pass) {
		conclude(s, "fail", STR("header and body were changed"), RULE_MESSAGE_CHANGED);
	} else if (s->s.has_x && s->s.x < (uint64_t)m->arrived) {
		conclude(s, "policy", STR("expired"), RULE_MESSAGE_EXPIRED);
	} else if (s->s.has_t && s->s.t > (uint64_t)m->now + CLOCK_SLOP_S) {
		conclude(s, "policy", STR("signed in the future"), RULE_MESSAGE_SIGNED_LATER);
	} else {
		bool since = s->s.has_x && s->s.x < (uint64_t)m->now;

		conclude(s, "pass", STR(""), since ? RULE_MESSAGE_EXPIRED_SINCE : RULE_COUNT);
	}
}

/* The title of the first fault for which S is ignored, a static text. */
static struct str
first_fault(const struct signature *s)
{
	for (size_t i = 0; i < s->n_faults; i++)
		if (rule_of(s->faults[i].id)->level == LEVEL_ERROR)
			return str_of(rule_of(s->faults[i].id)->title);
	return STR("malformed");
}

static void
align(struct message_scene *m, struct message_signature *s)
{
	bool strict = m->policy != NULL && m->policy->applied != NULL &&
		      m->policy->applied->record->adkim_strict;

	if (m->author.n == 0 || s->s.domain.n == 0)
		return;
	s->alignment = alignment_of(m->au, &m->author, &s->s.domain);
	m->pending = m->pending || s->alignment.pending;
	s->aligned = strict ? s->alignment.strict : s->alignment.relaxed;
	/* without a record the walk finds no organization; what is left is the older way */
	if (m->policy != NULL && m->policy->applied == NULL && m->policy->failed == NULL)
		s->aligned = s->aligned || s->alignment.relaxed_list;
	s->aligned_list = strict ? s->alignment.strict : s->alignment.relaxed_list;
}

void
message_read_signatures(struct message_scene *m)
{
	/* What a verifier does not see of the header may be what was forged. */
	m->unsound = m->h->nul_field || m->h->bad_line;
	take_all(m);
	for (size_t i = 0; i < m->n_sigs; i++)
		align(m, &m->sigs[i]);
	if (m->pending)
		return;
	verify_all(m);
	for (size_t i = 0; !m->pending && i < m->n_sigs; i++) {
		struct message_signature *s = &m->sigs[i];
		bool pass;

		if (s->s.unusable)
			conclude(s, "neutral", first_fault(&s->s), RULE_COUNT);
		else if (!conclude_by_key(s))
			conclude_by_verdict(m, s);
		pass = strcmp(s->result, "pass") == 0;
		m->some_pass = m->some_pass || pass;
		m->aligned_pass = m->aligned_pass || (pass && s->aligned);
	}
}

/* A finding of rule ID about S, with what names the signature. */
static struct finding *
add(struct message_scene *m, const struct message_signature *s, enum rule_id id)
{
	struct finding *f = message_add(m, id);

	finding_text(m->au->findings, f, "domain",
	    s->s.domain_text.n > 0 ? message_cut(s->s.domain_text) : STR("nobody"));
	finding_text(
	    m->au->findings, f, "selector", s->s.s.n > 0 ? message_cut(s->s.s) : STR("none"));
	finding_evidence(f, s->key.answer);
	return f;
}

/* Which of the fields that people see stand in the message and are not covered by S. */
static struct str
uncovered(struct message_scene *m, const struct message_signature *s)
{
	static const char *const seen[] = { "Date", "Subject", "To" };
	struct buf *b = &m->au->findings->scratch;

	buf_reset(b);
	for (size_t i = 0; i < ARRAY_LEN(seen); i++) {
		struct str name = str_of(seen[i]);

		if (header_find(m->h, name, 0) == NULL || signature_covers(&s->s, name) > 0)
			continue;
		buf_adds(b, b->n > 0 ? ", " : "");
		buf_add(b, name);
	}
	return arena_str(m->au->arena, buf_str(b));
}

/* How a signature that counts, or would count if it were right, is made. */
static void
judge_making(struct message_scene *m, const struct message_signature *s)
{
	struct str fields;

	if (!s->s.header_relaxed)
		(void)add(m, s, RULE_MESSAGE_SIMPLE_HEADER);
	if (m->from != NULL && signature_covers(&s->s, STR("From")) < 2)
		(void)add(m, s, RULE_MESSAGE_FROM_NOT_OVERSIGNED);
	fields = uncovered(m, s);
	if (fields.n > 0)
		finding_text(
		    m->au->findings, add(m, s, RULE_MESSAGE_FIELDS_UNSIGNED), "fields", fields);
}

/* What is wrong with how the field is written; an error only where no other signature counts. */
static void
judge_text(struct message_scene *m, const struct message_signature *s)
{
	bool told = false;

	for (size_t i = 0; i < s->s.n_faults; i++) {
		const struct signature_fault *fault = &s->s.faults[i];
		bool error = rule_of(fault->id)->level == LEVEL_ERROR;

		if (error && (m->aligned_pass || told))
			continue;
		if (!error && !s->aligned && m->author.n > 0)
			continue; /* how others sign is theirs */
		finding_text(m->au->findings, add(m, s, fault->id), "part",
		    fault->part.n > 0 ? message_cut(fault->part) : STR("its length"));
		told = told || error;
	}
}

/* Seconds since 1970 as text; what no calendar holds is its last day. */
static struct str
time_text(struct message_scene *m, uint64_t t)
{
	struct civil c = civil_of_time(t > INT64_MAX ? INT64_MAX : (time_t)t);
	char text[80];

	(void)snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day,
	    c.hour, c.minute, c.second);
	return arena_str(m->au->arena, str_of(text));
}

/* The arguments of HEADER_CHANGED: an RSA signature says whether its key is the published one. */
static void
add_side(struct message_scene *m, struct finding *f, const struct message_signature *s)
{
	bool sure = s->v != NULL && s->v->by == VERIFIED_BY_KEY;
	struct buf *b = &m->au->findings->scratch;

	finding_text(
	    m->au->findings, f, "side", sure ? STR("the header") : STR("the header or the key"));
	buf_reset(b);
	if (sure) {
		buf_adds(b, "the key is the signer's");
	} else {
		buf_adds(b, "see first that the key at ");
		name_print(b, &s->s.key_name);
		buf_adds(b, " belongs to the private key of the signer");
	}
	finding_words(m->au->findings, f, "key", arena_str(m->au->arena, buf_str(b)));
}

/* Whether a mailing list may have changed the message: its field was not there to be signed. */
static bool
may_be_list(const struct message_scene *m, const struct message_signature *s)
{
	const struct str id = STR("List-Id");

	return header_find(m->h, id, 0) != NULL && signature_covers(&s->s, id) == 0;
}

/* The arguments of the rules about what was changed, which S tells. */
static void
add_change(struct message_scene *m, struct finding *f, const struct message_signature *s)
{
	if (f->id == RULE_MESSAGE_HEADER_CHANGED)
		add_side(m, f, s);
	finding_text(m->au->findings, f, "list",
	    may_be_list(m, s) ? STR("; its List-Id, which is not signed, points to a mailing list")
			      : STR(""));
}

/* Whether what S says was told of one above it: a body is changed once for all signatures. */
static bool
is_told(const struct message_scene *m, const struct message_signature *s)
{
	if (s->rule != RULE_MESSAGE_BODY_CHANGED && s->rule != RULE_MESSAGE_CHANGED)
		return false;
	for (const struct message_signature *o = m->sigs; o < s; o++)
		if (o->rule == s->rule && name_eq(&o->s.domain, &s->s.domain))
			return true;
	return false;
}

/*
 * What is told of S, by another organization than the author's and with a key that
 * decides; RULE_COUNT = nothing.  DMARC does not hang on it.
 */
static enum rule_id
rule_of_others(const struct message_scene *m, const struct message_signature *s)
{
	bool known = strcmp(s->result, "temperror") != 0;

	if (m->aligned_pass)
		return known ? RULE_MESSAGE_FAILED_BESIDE : RULE_COUNT;
	if (m->some_pass)
		return RULE_COUNT; /* that none counts is told */
	return known ? RULE_MESSAGE_OTHERS_KEY : RULE_MESSAGE_OTHERS_KEY_UNKNOWN;
}

static void
judge_result(struct message_scene *m, const struct message_signature *s)
{
	bool pass = strcmp(s->result, "pass") == 0;
	bool by_key = s->rule == RULE_COUNT && !s->s.unusable;
	struct findings *fs = m->au->findings;
	enum rule_id id = s->rule;
	struct finding *f;

	if (by_key && !pass && !s->unknown && alignment_is_none(&s->alignment) && m->author.n > 0)
		id = rule_of_others(m, s);
	else if (id == RULE_MESSAGE_SHA1 && m->some_pass)
		id = RULE_MESSAGE_SHA1_BESIDE;
	else if (!pass && !by_key && m->aligned_pass)
		id = RULE_MESSAGE_FAILED_BESIDE;
	if (id == RULE_COUNT || (s->unknown && m->aligned_pass) || is_told(m, s))
		return;
	f = add(m, s, id);
	if (id == RULE_MESSAGE_FAILED_BESIDE || id == RULE_MESSAGE_REFUSED ||
	    id == RULE_MESSAGE_OTHERS_KEY)
		finding_text(fs, f, "why", s->why);
	else if (id == RULE_MESSAGE_HEADER_CHANGED || id == RULE_MESSAGE_BODY_CHANGED ||
		 id == RULE_MESSAGE_CHANGED)
		add_change(m, f, s);
	else if (id == RULE_MESSAGE_KEY_OTHER)
		finding_text(fs, f, "body",
		    s->v->body_ok ? STR("the body is the one that was signed")
				  : STR("and the body is not the one that was signed"));
	else if (id == RULE_MESSAGE_SHA1 && s->v != NULL && s->v->pass)
		finding_text(fs, f, "opendkim", opendkim_differs_signature(id));
	else if (id == RULE_MESSAGE_KEY_MISMATCH)
		finding_text(fs, f, "algorithm", message_cut(s->s.a));
	else if (id == RULE_MESSAGE_EXPIRED || id == RULE_MESSAGE_EXPIRED_SINCE)
		finding_text(fs, f, "time", time_text(m, s->s.x));
	else if (id == RULE_MESSAGE_SIGNED_LATER)
		finding_text(fs, f, "time", time_text(m, s->s.t));
}

void
message_judge_signatures(struct message_scene *m)
{
	bool unverified = false;

	for (size_t i = 0; i < m->n_sigs; i++) {
		const struct message_signature *s = &m->sigs[i];

		judge_text(m, s);
		judge_result(m, s);
		if (!s->s.unusable && (s->aligned || m->author.n == 0))
			judge_making(m, s);
		unverified = unverified || (s->unknown && s->v == NULL);
	}
	if (unverified)
		(void)message_add(
		    m, m->unsound ? RULE_MESSAGE_HEADER_UNSOUND : RULE_MESSAGE_VERIFY_FAILED);
	if (m->n_more > 0) {
		struct finding *f =
		    message_add(m, m->aligned_pass ? RULE_MESSAGE_SIGNATURES_MANY
						   : RULE_MESSAGE_SIGNATURES_UNREAD);

		finding_number(f, "count", (int64_t)(m->n_sigs + m->n_more));
		finding_number(f, "limit", MAX_SIGNATURES);
	}
}
