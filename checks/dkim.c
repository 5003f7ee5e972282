/* SPDX-License-Identifier: ISC */
/*
 * dkim.c - judge the DKIM keys of a sending domain.
 */
#include "checks/dkim.h"
#include "checks/alignment.h"
#include "checks/dkim_judge.h"
#include "checks/opendkim_differs.h"

#define MAX_UDP_ANSWER                                                                             \
	1232                 /* octets that go through without fragments: what resolvers announce  \
			      */
#define MAX_PLAIN_ANSWER 512 /* RFC 1035 4.2.1: without EDNS */
#define MAX_DKIM_TOLD 5      /* faults of one rule in one record: each holds all of its text */

/* The rule for the fault ID at a key that nobody is known to use; RULE_COUNT = none. */
static enum rule_id
rule_when_found(enum rule_id id)
{
	switch (id) {
	case RULE_DKIM_KEY_SHORT:
		return RULE_DKIM_KEY_SHORT_GUESSED;
	case RULE_DKIM_KEY_LONG:
	case RULE_DKIM_RECORD_LONG:
	case RULE_DKIM_EXPONENT_THREE:
	case RULE_DKIM_PKCS1:
	case RULE_DKIM_TESTING:
	case RULE_DKIM_STRICT:
	case RULE_DKIM_NO_VERSION:
		return RULE_COUNT; /* matters to whoever signs with it, if anybody does */
	case RULE_DKIM_PRIVATE_KEY:
		return id; /* its finder can sign, in use or not */
	default:
		return rule_of(id)->level == LEVEL_ERROR ? RULE_DKIM_GUESSED_BROKEN : id;
	}
}

/* The finding that takes the place of an error at a key that was only found. */
static void
add_broken(struct audit *au, const struct selector_key *k, enum rule_id id, struct str part)
{
	struct finding *f = dkim_add(au, k, RULE_DKIM_GUESSED_BROKEN, part);

	finding_text(au->findings, f, "fault", str_of(rule_of(id)->title));
	finding_text(au->findings, f, "rule", str_of(rule_of(id)->slug));
}

/* Add rule ID about K, or what stands for it when K was only found. */
static struct finding *
add_by_use(struct audit *au, const struct selector_key *k, enum rule_id id, struct str part)
{
	enum rule_id as = selectors_in_use(k) ? id : rule_when_found(id);

	if (as == RULE_COUNT)
		return NULL;
	if (as == RULE_DKIM_GUESSED_BROKEN) {
		add_broken(au, k, id, part);
		return NULL;
	}
	return dkim_add(au, k, as, part);
}

static struct str
weakness_of(const struct key_facts *f)
{
	if (f->roca)
		return STR("it was made by a faulty chip (ROCA, CVE-2017-15361)");
	if (f->fermat_close)
		return STR("its two primes lie next to each other");
	return STR("its modulus has a small factor");
}

static struct str
type_of(enum key_type t)
{
	switch (t) {
	case KEY_TYPE_RSA:
		return STR("an RSA key");
	case KEY_TYPE_ED25519:
		return STR("an Ed25519 key");
	default:
		return STR("a key of another type");
	}
}

/* The arguments that the sentence of F's rule has beyond selector and domain. */
static void
add_figures(struct audit *au, struct finding *f, const struct selector_key *k, struct str part)
{
	static const struct key_facts none; /* rules about the record have no key to look into */
	const struct key_facts *facts = k->facts != NULL ? k->facts : &none;

	switch (f->id) {
	case RULE_DKIM_KEY_SHORT_DELEGATED:
		finding_name(au->findings, f, "target", &k->target);
		finding_text(au->findings, f, "whose", dkim_whose(au->arena, &k->target));
		finding_number(f, "bits", facts->bits);
		break;
	case RULE_DKIM_KEY_TOO_SHORT:
	case RULE_DKIM_KEY_SHORT:
	case RULE_DKIM_KEY_SHORT_GUESSED:
	case RULE_DKIM_KEY_LONG:
		finding_number(f, "bits", facts->bits);
		break;
	case RULE_DKIM_RECORD_LONG:
		finding_number(f, "octets", (int64_t)k->key.text.n);
		break;
	case RULE_DKIM_KEY_WEAK:
		finding_text(au->findings, f, "weakness", weakness_of(facts));
		break;
	case RULE_DKIM_KEY_MISMATCH:
		finding_text(au->findings, f, "says", type_of(k->key.type));
		finding_text(au->findings, f, "is", type_of(facts->type));
		break;
	case RULE_DKIM_KEY_TRUNCATED:
		finding_number(f, "have", (int64_t)k->key.have);
		finding_number(f, "want", (int64_t)k->key.want);
		break;
	case RULE_DKIM_TAG_UNKNOWN:
		finding_text(au->findings, f, "tag", str_sub(part, 0, str_find(part, 0, '=')));
		break;
	default:
		break;
	}
}

/* Whether enough faults like that at I were told: more of them have the same cause. */
static bool
is_told_enough(const struct dkimkey *key, size_t i)
{
	size_t n = 0;

	for (size_t k = 0; k < i; k++)
		n += key->faults[k].id == key->faults[i].id;
	return n >= MAX_DKIM_TOLD;
}

/* Whether the sentence of rule ID says what OpenDKIM makes of it. */
static bool
has_opendkim(enum rule_id id)
{
	switch (id) {
	case RULE_DKIM_VERSION:
	case RULE_DKIM_DUPLICATE_TAG:
	case RULE_DKIM_SYNTAX:
	case RULE_DKIM_LINE_END:
	case RULE_DKIM_NOT_BASE64:
	case RULE_DKIM_QUOTED:
	case RULE_DKIM_KEY_MISMATCH:
	case RULE_DKIM_KEY_LONG:
	case RULE_DKIM_PKCS1:
		return true;
	default:
		return false;
	}
}

/*
 * The octets of an answer with K's record and the CNAMEs before it, as short as
 * it can be: names that came before are pointers (RFC 1035 4.1.4).
 */
static size_t
answer_octets(const struct selector_key *k)
{
	const size_t header = 12, fixed = 2 + 10, edns = 11;
	size_t n = header + k->name.n + 4 + edns;

	for (size_t i = 0; i < k->answer->n_chain; i++)
		n += fixed + k->answer->chain[i].n;
	return n + fixed + k->rr->data.n;
}

/* Whether it was told that K is too long for other reasons. */
static bool
is_told_long(const struct selector_key *k)
{
	for (size_t i = 0; i < k->key.n; i++)
		if (k->key.faults[i].id == RULE_DKIM_KEY_LONG ||
		    k->key.faults[i].id == RULE_DKIM_RECORD_LONG)
			return true;
	return false;
}

/* RFC 6376 3.6.2.2: a key that needs more than one UDP packet. */
static void
judge_size(struct audit *au, const struct selector_key *k)
{
	size_t n = answer_octets(k);
	bool split = k->answer->tcp && n > MAX_PLAIN_ANSWER;
	struct finding *f;

	if (!selectors_in_use(k) || is_told_long(k) || (n <= MAX_UDP_ANSWER && !split))
		return;
	f = dkim_add(au, k, RULE_DKIM_ANSWER_LARGE, (struct str){ NULL, 0 });
	finding_number(f, "octets", (int64_t)n);
	finding_number(f, "limit", n > MAX_UDP_ANSWER ? MAX_UDP_ANSWER : MAX_PLAIN_ANSWER);
}

/*
 * The record that cures fault ID of K, of which MEANT is what its text means; empty
 * when there is none.  What the signer has goes before what the zone has.
 */
static struct str
cure_of(struct audit *au, const struct selector_key *k, enum rule_id id, struct str meant)
{
	struct str none = { NULL, 0 };

	switch (dkim_signer_match(au, k)) {
	case SIGNER_DIFFERS:
		return none; /* the record to publish is told with that */
	case SIGNER_UNKNOWN:
		return none; /* nobody could say whether it is the signer's */
	case SIGNER_UNREADABLE:
		if (rule_of(id)->level == LEVEL_ERROR && id != RULE_DKIM_PRIVATE_KEY)
			return dkim_signer_record(au, k);
		break;
	default:
		break;
	}
	switch (id) {
	case RULE_DKIM_QUOTED:
	case RULE_DKIM_LINE_END:
	case RULE_DKIM_VERSION:
	case RULE_DKIM_KEY_TYPE:
	case RULE_DKIM_SYNTAX:
	case RULE_DKIM_NO_KEY_DATA:
	case RULE_DKIM_PKCS1:
	case RULE_DKIM_NOT_BASE64:
	case RULE_DKIM_KEY_TRUNCATED:
	case RULE_DKIM_KEY_UNREADABLE:
	case RULE_DKIM_ED25519_SIZE:
		return meant;
	default:
		return none;
	}
}

static void
judge_revoked(struct audit *au, const struct selector_key *k)
{
	struct str none = { NULL, 0 };
	struct finding *f = dkim_add(
	    au, k, selectors_in_use(k) ? RULE_DKIM_REVOKED : RULE_DKIM_REVOKED_GUESSED, none);

	dkim_propose(au, f, k, dkim_signer_record(au, k));
}

/* What the record at K says, which means MEANT if that is not empty; broken, weak. */
static void
judge_record(struct audit *au, const struct selector_key *k, struct str meant)
{
	bool proposed = false;

	for (size_t i = 0; i < k->key.n; i++) {
		const struct dkimkey_fault *kf = &k->key.faults[i];
		enum rule_id id = kf->id;
		struct finding *f;

		if (is_told_enough(&k->key, i))
			continue;
		if (id == RULE_DKIM_NO_VERSION && k->delegated)
			continue; /* the record is another's, and works */
		if (id == RULE_DKIM_KEY_SHORT && k->delegated)
			id = RULE_DKIM_KEY_SHORT_DELEGATED;
		f = add_by_use(au, k, id, kf->part);
		if (f == NULL && rule_of(id)->level == LEVEL_ERROR)
			return; /* of a key only found, the first fault is enough */
		if (f == NULL)
			continue;
		add_figures(au, f, k, kf->part);
		if (has_opendkim(f->id))
			finding_text(
			    au->findings, f, "opendkim", opendkim_differs(&k->key, kf, k->facts));
		if (!proposed)
			dkim_propose(au, f, k, cure_of(au, k, id, meant));
		proposed = proposed || f->remedy.n_changes > 0;
	}
}

/* The first key record of answer A; NULL when there is none. */
static const struct rr *
key_in(struct audit *au, const struct answer *a)
{
	struct dkimkey key;

	for (size_t i = 0; i < a->n_rr; i++) {
		if (a->rr[i].type != RR_TXT)
			continue;
		dkimkey_parse(au->arena, a->rr[i].text, &key);
		if (key.is_key)
			return &a->rr[i];
	}
	return NULL;
}

/*
 * Nothing stands at a selector in use.  A missing final dot puts the record at
 * s._domainkey.D.D, so that name is asked once.  False while that is pending.
 */
static bool
judge_absent(struct audit *au, const struct selector_key *k)
{
	struct str no_part = { NULL, 0 };
	const struct answer *a = NULL;
	const struct rr *rr = NULL;
	struct name twice;
	struct finding *f;
	struct change *c;

	if (name_join(&k->name, &k->domain, &twice)) {
		a = ask_dns(au->q, &twice, RR_TXT);
		if (is_pending(a))
			return false;
		if (a->status == ANSWER_FOUND && a->n_chain == 0)
			rr = key_in(au, a);
	}
	if (rr == NULL) {
		if (dkim_signer_match(au, k) != SIGNER_NOT_GIVEN)
			dkim_tell_unpublished(au, k);
		else
			dkim_add(au, k, RULE_DKIM_NO_KEY, no_part);
		return true;
	}
	f = dkim_add(au, k, RULE_DKIM_NAME_DOUBLED, no_part);
	finding_at(au->findings, f, a, rr, no_part);
	finding_name(au->findings, f, "doubled", &twice);
	c = finding_change(au->findings, f, CHANGE_REMOVE, &twice, RR_TXT);
	c->old = finding_txt(au->findings, rr->text);
	c = finding_change(au->findings, f, CHANGE_ADD, &k->name, RR_TXT);
	c->new = finding_txt(au->findings, rr->text);
	c->ttl_s = rr->ttl_s;
	return true;
}

/* The text at K is the name of a host: the service wanted a CNAME to it. */
static void
judge_target(struct audit *au, const struct selector_keys *ks, const struct selector_key *k)
{
	struct finding *f = dkim_add(au, k,
	    selectors_in_use(k) ? RULE_DKIM_TARGET_AS_TEXT_USED : RULE_DKIM_TARGET_AS_TEXT,
	    (struct str){ NULL, 0 });
	struct buf *b = &au->findings->scratch;
	struct change *c;

	finding_name(au->findings, f, "target", &k->meant);
	/* a wildcard's text gives way by itself (RFC 4592 2.2.1) */
	if (ks->wildcard.rr == NULL || !str_eq(ks->wildcard.rr->text, k->rr->text)) {
		c = finding_change(au->findings, f, CHANGE_REMOVE, &k->name, RR_TXT);
		c->old = finding_txt(au->findings, k->rr->text);
	}
	buf_reset(b);
	name_print(b, &k->meant);
	buf_addc(b, '.');
	c = finding_change(au->findings, f, CHANGE_ADD, &k->name, RR_CNAME);
	c->new = arena_str(au->arena, buf_str(b));
	c->ttl_s = k->rr->ttl_s;
}

/* The text at K, not a host's name, is no key record; MEANT as in judge_record(). */
static void
judge_not_key(struct audit *au, const struct selector_keys *ks, const struct selector_key *k,
    struct str meant)
{
	struct str none = { NULL, 0 };
	struct finding *f = add_by_use(au, k, RULE_DKIM_NOT_A_KEY, none);
	struct change *c;

	if (dkim_signer_match(au, k) != SIGNER_NOT_GIVEN)
		meant = dkim_signer_record(au, k);
	if (f == NULL || meant.n == 0 || k->delegated)
		return;
	/* a wildcard's text gives way by itself (RFC 4592 2.2.1) */
	if (ks->wildcard.rr == NULL || !str_eq(ks->wildcard.rr->text, k->rr->text)) {
		dkim_propose_only(au, f, k, meant);
		return;
	}
	c = finding_change(au->findings, f, CHANGE_ADD, &k->name, RR_TXT);
	c->new = finding_txt(au->findings, meant);
	c->ttl_s = k->rr->ttl_s;
}

/* Several texts at K: of several keys, or of one, which is MEANT. */
static void
judge_several(struct audit *au, const struct selector_key *k, struct str meant)
{
	struct str none = { NULL, 0 };
	struct finding *f =
	    add_by_use(au, k, meant.n > 0 ? RULE_DKIM_KEY_CUT : RULE_DKIM_MULTIPLE, none);

	if (f == NULL)
		return;
	finding_number(f, "records", (int64_t)k->n_txt);
	if (dkim_signer_match(au, k) != SIGNER_NOT_GIVEN)
		meant = dkim_signer_record(au, k);
	dkim_propose_only(au, f, k, meant);
}

/* Judge K; false while an answer that it needs is pending. */
static bool
judge_key(struct audit *au, const struct selector_keys *ks, const struct selector_key *k)
{
	struct str none = { NULL, 0 }, meant = none;

	if (k->state >= KEY_NOT_KEY && !dkim_meant(au, k, &meant))
		return false;
	switch (k->state) {
	case KEY_PENDING:
		return false;
	case KEY_BAD_NAME:
		dkim_add(au, k, RULE_DKIM_SELECTOR_NAME, none);
		return true;
	case KEY_FAILED: /* of a guess the facts tell, and judge_probing() */
		if (selectors_in_use(k))
			dkim_add(au, k, RULE_DKIM_LOOKUP_FAILED, none);
		return true;
	case KEY_ABSENT:
		return judge_absent(au, k);
	case KEY_DANGLING:
		return dkim_judge_dangling(au, ks, k);
	case KEY_NOT_KEY:
		if (k->meant.n > 0)
			judge_target(au, ks, k);
		else
			judge_not_key(au, ks, k, meant);
		return true;
	case KEY_SEVERAL:
		judge_several(au, k, meant);
		return true;
	case KEY_FOUND:
		if (k->key.revoked)
			judge_revoked(au, k);
		else
			judge_record(au, k, meant);
		judge_size(au, k);
		return dkim_judge_signer(au, k);
	}
	return true;
}

/*
 * Whether K is of a signature of a message by another organization than its author's:
 * that key is its owner's to mend, and what the signature is worth the check "message"
 * tells.  Sets *PENDING when that cannot be said yet.
 */
static bool
is_others(struct audit *au, const struct selector_key *k, bool *pending)
{
	struct alignment a;

	if (k->provenance != FROM_MESSAGE || !name_is_set(&au->subject->domain))
		return false;
	a = alignment_of(au, &au->subject->domain, &k->domain);
	*pending = *pending || a.pending;
	return alignment_is_none(&a);
}

void
check_dkim(struct audit *au)
{
	struct selector_keys *ks = selectors_keys(au);
	bool pending = ks->pending, done = dkim_judge_misplaced(au);

	for (size_t i = 0; i < ks->n; i++) {
		struct selector_key *k = &ks->keys[i];

		k->others = is_others(au, k, &pending);
		if (!k->others)
			done = judge_key(au, ks, k) && done;
	}
	done = done && !pending;
	if (!done)
		return;
	dkim_judge_domain(au, ks);
	au->facts->dkim = dkim_facts_of(au, ks);
}
