/* SPDX-License-Identifier: ISC */
/*
 * dkim.c - judge the DKIM keys of a sending domain.
 */
#include "checks/dkim.h"
#include "checks/dkim_keys.h"
#include "checks/mx.h"
#include "checks/registered.h"
#include "checks/senders.h"

#define MAX_DKIM_TOLD 5 /* faults of one rule in one record: each holds all of its text */

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
		return RULE_COUNT; /* matters to whoever signs with it, if anybody does */
	case RULE_DKIM_PRIVATE_KEY:
		return id; /* its finder can sign, in use or not */
	default:
		return rule_of(id)->level == LEVEL_ERROR ? RULE_DKIM_GUESSED_BROKEN : id;
	}
}

/* A finding of rule ID about K; PART is a part of its record, or empty. */
static struct finding *
add(struct audit *au, const struct selector_key *k, enum rule_id id, struct str part)
{
	struct finding *f = finding_add(au->findings, id, &k->domain);

	finding_text(au->findings, f, "selector", k->selector);
	finding_name(au->findings, f, "domain", &k->domain);
	if (k->rr != NULL)
		finding_at(au->findings, f, k->answer, k->rr, part);
	else if (k->name.n > 0)
		finding_absent(f, &k->name, RR_TXT);
	if (k->delegated)
		f->remedy.who = WHO_PROVIDER;
	finding_evidence(f, k->answer);
	return f;
}

/* The finding that takes the place of an error at a key that was only found. */
static void
add_broken(struct audit *au, const struct selector_key *k, enum rule_id id, struct str part)
{
	struct finding *f = add(au, k, RULE_DKIM_GUESSED_BROKEN, part);

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
	return add(au, k, as, part);
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
	case RULE_DKIM_TAG_UNKNOWN:
		finding_text(au->findings, f, "tag", str_sub(part, 0, str_find(part, 0, '=')));
		break;
	default:
		break;
	}
}

/* The whole record in another form; only where the record is the domain's own. */
static void
propose(struct audit *au, struct finding *f, const struct selector_key *k, struct str text)
{
	struct change *c;

	if (k->delegated || text.n == 0)
		return;
	c = finding_change(au->findings, f, CHANGE_REPLACE, answer_owner(k->answer), RR_TXT);
	c->old = finding_txt(au->findings, k->rr->text);
	c->new = finding_txt(au->findings, text);
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

/* What the record at K says; revoked, broken, weak. */
static void
judge_record(struct audit *au, const struct selector_key *k)
{
	struct str none = { NULL, 0 };

	if (k->key.revoked) {
		add(au, k, selectors_in_use(k) ? RULE_DKIM_REVOKED : RULE_DKIM_REVOKED_GUESSED,
		    none);
		return;
	}
	for (size_t i = 0; i < k->key.n; i++) {
		const struct dkimkey_fault *kf = &k->key.faults[i];
		enum rule_id id = kf->id;
		struct finding *f;

		if (is_told_enough(&k->key, i))
			continue;
		if (id == RULE_DKIM_KEY_SHORT && k->delegated)
			id = RULE_DKIM_KEY_SHORT_DELEGATED;
		f = add_by_use(au, k, id, kf->part);
		if (f == NULL && rule_of(id)->level == LEVEL_ERROR)
			return; /* of a key only found, the first fault is enough */
		if (f == NULL)
			continue;
		add_figures(au, f, k, kf->part);
		if (id == RULE_DKIM_QUOTED && k->facts != NULL && k->facts->form != KEY_UNREADABLE)
			propose(au, f, k, k->key.cleaned);
	}
}

/* Whether another selector of K's domain has a key that works. */
static bool
twin_works(const struct selector_keys *ks, const struct selector_key *k)
{
	for (size_t i = 0; i < ks->n; i++) {
		const struct selector_key *o = &ks->keys[i];

		if (o != k && o->state == KEY_FOUND && name_eq(&o->domain, &k->domain) &&
		    str_has_iprefix(o->selector, STR("selector")) && !o->key.revoked &&
		    !dkimkey_is_broken(&o->key))
			return true;
	}
	return false;
}

/* Microsoft 365: selector1 and selector2 lead below these names. */
static bool
is_microsoft(const struct name *target)
{
	struct name zone;

	return (name_parse(STR("onmicrosoft.com"), &zone) == NAME_OK &&
		   name_is_below(target, &zone)) ||
	       (name_parse(STR("dkim.mail.microsoft"), &zone) == NAME_OK &&
		   name_is_below(target, &zone));
}

/* RFC 6376 6.1.2: a CNAME with no key behind it is no key. */
static bool
judge_dangling(struct audit *au, const struct selector_keys *ks, const struct selector_key *k)
{
	enum rule_id id = RULE_DKIM_CNAME_DANGLING_GUESSED;
	const struct answer *evidence = NULL;
	struct name gone;
	struct finding *f;

	if (!registered_missing(au, &k->target, &gone, &evidence))
		return false;
	if (gone.n > 0)
		id = RULE_DKIM_CNAME_UNREGISTERED;
	else if (is_microsoft(&k->target) && twin_works(ks, k))
		id = RULE_DKIM_CNAME_DORMANT;
	else if (selectors_in_use(k))
		id = RULE_DKIM_CNAME_DANGLING;
	f = add(au, k, id, (struct str){ NULL, 0 });
	finding_name(au->findings, f, "target", &k->target);
	if (gone.n > 0)
		finding_name(au->findings, f, "registrable", &gone);
	finding_evidence(f, evidence);
	f->remedy.who = id == RULE_DKIM_CNAME_DANGLING ? WHO_PROVIDER : WHO_UNSET;
	return true;
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

	if (name_prefix(name_text(au->arena, &k->name), &k->domain, &twice) == NAME_OK) {
		a = ask_dns(au->q, &twice, RR_TXT);
		if (is_pending(a))
			return false;
		if (a->status == ANSWER_FOUND && a->n_chain == 0)
			rr = key_in(au, a);
	}
	f = add(au, k, rr != NULL ? RULE_DKIM_NAME_DOUBLED : RULE_DKIM_NO_KEY, no_part);
	if (rr == NULL)
		return true;
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
	struct finding *f = add(au, k,
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

/* Judge K; false while an answer that it needs is pending. */
static bool
judge_key(struct audit *au, const struct selector_keys *ks, const struct selector_key *k)
{
	struct str none = { NULL, 0 };

	switch (k->state) {
	case KEY_PENDING:
		return false;
	case KEY_BAD_NAME:
		add(au, k, RULE_DKIM_SELECTOR_NAME, none);
		return true;
	case KEY_FAILED: /* of a guess the facts tell, and judge_probing() */
		if (selectors_in_use(k))
			add(au, k, RULE_DKIM_LOOKUP_FAILED, none);
		return true;
	case KEY_ABSENT:
		return judge_absent(au, k);
	case KEY_DANGLING:
		return judge_dangling(au, ks, k);
	case KEY_NOT_KEY:
		if (k->meant.n > 0)
			judge_target(au, ks, k);
		else
			add_by_use(au, k, RULE_DKIM_NOT_A_KEY, none);
		return true;
	case KEY_SEVERAL: {
		struct finding *f = add_by_use(au, k, RULE_DKIM_MULTIPLE, none);

		if (f != NULL)
			finding_number(f, "records", (int64_t)k->n_txt);
		return true;
	}
	case KEY_FOUND:
		judge_record(au, k);
		return true;
	}
	return true;
}

/* RFC 6376 8: the same modulus at two selectors of one domain that are its own. */
static void
judge_same(struct audit *au, const struct selector_keys *ks)
{
	for (size_t j = 1; j < ks->n; j++) {
		const struct selector_key *b = &ks->keys[j];

		if (b->facts == NULL || b->facts->modulus.n == 0 || b->target.n > 0)
			continue;
		for (size_t i = 0; i < j; i++) {
			const struct selector_key *a = &ks->keys[i];
			struct finding *f;

			if (a->facts == NULL || a->target.n > 0 ||
			    !name_eq(&a->domain, &b->domain) ||
			    !str_eq(a->facts->modulus, b->facts->modulus))
				continue;
			f = add(au, b, RULE_DKIM_SAME_KEY, (struct str){ NULL, 0 });
			finding_text(au->findings, f, "other", a->selector);
			finding_evidence(f, a->answer);
			break;
		}
	}
}

/* A finding about _domainkey of the subject's domain. */
static struct finding *
add_root(struct audit *au, const struct selector_keys *ks, enum rule_id id)
{
	struct finding *f = finding_add(au->findings, id, &au->subject->domain);

	finding_absent(f, &ks->root, RR_TXT);
	finding_name(au->findings, f, "domain", &au->subject->domain);
	finding_evidence(f, ks->root_answer);
	if (id == RULE_DKIM_PROBE_FAILED)
		finding_evidence(f, ks->failed);
	return f;
}

/* Whether keys are to be expected: the domain takes mail by MX, or is known to send. */
static bool
is_expected_to_sign(struct audit *au)
{
	enum mail_reach reach = mail_reach(au, &au->subject->domain);

	if (au->subject->role == ROLE_RETURN_PATH)
		return false; /* no author writes as it */
	return is_sending(au->subject) || reach == MAIL_TAKEN || reach == MAIL_UNKNOWN;
}

/* What looking for keys said as a whole. */
static void
judge_probing(struct audit *au, const struct selector_keys *ks)
{
	const struct selector_key *w = &ks->wildcard;
	struct finding *f;

	if (w->state == KEY_FOUND && !w->key.revoked) {
		f = finding_add(au->findings, RULE_DKIM_WILDCARD, &au->subject->domain);
		finding_at(au->findings, f, w->answer, w->rr, (struct str){ NULL, 0 });
		finding_name(au->findings, f, "domain", &au->subject->domain);
		finding_name(au->findings, f, "probe", &w->name);
		return;
	}
	if (ks->n_in_use > 0 || au->subject->parked || !is_expected_to_sign(au) ||
	    tell_nonexistent(au, &au->subject->domain))
		return;
	if (ks->probe == PROBE_NOTHING)
		add_root(au, ks, RULE_DKIM_NONE_EXISTS);
	else if (ks->n_keys > 0 || w->state == KEY_FOUND)
		return;
	else if (ks->probe == PROBE_FAILED || ks->n_unknown > 0)
		add_root(au, ks, RULE_DKIM_PROBE_FAILED);
	else if (ks->probe == PROBE_DONE)
		finding_number(
		    add_root(au, ks, RULE_DKIM_NONE_FOUND), "probed", (int64_t)ks->n_probed);
}

static const char *
state_word(const struct selector_key *k)
{
	switch (k->state) {
	case KEY_PENDING:
	case KEY_FAILED:
		return "unknown";
	case KEY_ABSENT:
	case KEY_DANGLING:
		return "absent";
	case KEY_BAD_NAME:
	case KEY_NOT_KEY:
	case KEY_SEVERAL:
		return "invalid";
	case KEY_FOUND:
		break;
	}
	if (k->key.revoked)
		return "revoked";
	return dkimkey_is_broken(&k->key) ? "invalid" : "valid";
}

static const char *
provenance_word(enum provenance p)
{
	static const char *const words[] = { [FROM_GIVEN] = "given",
		[FROM_CONFIG] = "config",
		[FROM_LOG] = "log",
		[FROM_MESSAGE] = "message",
		[FROM_REPORT] = "report",
		[FROM_GUESS] = "guessed" };

	return words[p];
}

static struct dkim_facts *
facts_of(struct arena *a, const struct selector_keys *ks)
{
	struct dkim_facts *out = arena_alloc(a, sizeof(*out));

	out->keys = arena_array(a, ks->n, sizeof(*out->keys));
	out->n = ks->n;
	for (size_t i = 0; i < ks->n; i++) {
		const struct selector_key *k = &ks->keys[i];
		struct dkim_fact *f = &out->keys[i];

		*f = (struct dkim_fact){ .domain = k->domain,
			.selector = k->selector,
			.provenance = provenance_word(k->provenance),
			.state = state_word(k),
			.key_type = "",
			.target = k->target };
		if (k->rr != NULL)
			f->record = k->rr->text;
		if (k->facts == NULL)
			continue;
		f->bits = k->facts->bits;
		f->modulus = k->facts->modulus;
		if (k->facts->type == KEY_TYPE_RSA)
			f->key_type = "rsa";
		else if (k->facts->type == KEY_TYPE_ED25519)
			f->key_type = "ed25519";
	}
	return out;
}

void
check_dkim(struct audit *au)
{
	const struct selector_keys *ks = selectors_keys(au);
	bool done = dkim_judge_misplaced(au) && !ks->pending;

	for (size_t i = 0; i < ks->n; i++)
		done = judge_key(au, ks, &ks->keys[i]) && done;
	if (!done)
		return;
	judge_same(au, ks);
	judge_probing(au, ks);
	au->facts->dkim = facts_of(au->arena, ks);
}
