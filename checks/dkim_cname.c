/* SPDX-License-Identifier: ISC */
/*
 * dkim_cname.c - a selector that leads by CNAME to a name without key.
 *
 * Who owns that name decides: a domain that nobody has registered lets anybody
 * sign, and of the two names of Microsoft 365 one may be empty for a while.
 */
#include "checks/dkim_hosts.h"
#include "checks/dkim_judge.h"
#include "checks/registered.h"

struct str
dkim_whose(struct arena *a, const struct name *target)
{
	const char *provider = dkim_provider(target);
	struct str out;
	struct buf b;

	if (provider == NULL)
		return (struct str){ "", 0 };
	buf_init(&b, MAX_NAME_TEXT);
	buf_adds(&b, " (");
	buf_adds(&b, provider);
	buf_addc(&b, ')');
	out = arena_str(a, buf_str(&b));
	buf_free(&b);
	return out;
}

/* " by way of NAME, NAME": the CNAMEs between K and its target; empty when there is none. */
static struct str
way_of(struct audit *au, const struct selector_key *k)
{
	struct buf b;
	struct str out;

	if (k->answer->n_chain < 2)
		return (struct str){ "", 0 };
	buf_init(&b, k->answer->n_chain * (MAX_NAME_TEXT + 2) + sizeof(" by way of"));
	for (size_t i = 0; i + 1 < k->answer->n_chain; i++) {
		buf_adds(&b, i == 0 ? " by way of " : ", ");
		name_print(&b, &k->answer->chain[i]);
	}
	out = arena_str(au->arena, buf_str(&b));
	buf_free(&b);
	return out;
}

/*
 * Whether K may wait for its turn: nobody saw mail that is signed with it, though
 * it may be set up on both sides.
 */
static bool
may_wait(const struct selector_key *k)
{
	return k->provenance == FROM_GUESS || k->provenance == FROM_GIVEN ||
	       k->provenance == FROM_CONFIG;
}

/* Whether K is a key that receivers can use. */
static bool
works(const struct selector_key *k)
{
	return k->state == KEY_FOUND && !k->key.revoked && !dkimkey_is_broken(&k->key);
}

/* The other of selector1 and selector2; empty for any other name. */
static struct str
twin_of(struct str selector)
{
	if (str_ieq(selector, STR("selector1")))
		return STR("selector2");
	if (str_ieq(selector, STR("selector2")))
		return STR("selector1");
	return (struct str){ NULL, 0 };
}

/* Whether answer A holds one text, and that is a key record with a key. */
static bool
holds_key(struct audit *au, const struct answer *a)
{
	struct dkimkey key;

	if (a->status != ANSWER_FOUND || a->n_rr != 1)
		return false;
	dkimkey_parse(au->arena, a->rr[0].text, &key);
	return key.data.n > 0 && !dkimkey_is_broken(&key);
}

/*
 * Whether the other selector of K, one of the pair of Microsoft 365, has a key
 * that works; it is asked when nobody named it.  False while that is pending,
 * which *PENDING says.
 */
static bool
twin_works(
    struct audit *au, const struct selector_keys *ks, const struct selector_key *k, bool *pending)
{
	struct str twin = twin_of(k->selector);
	const struct answer *a;
	struct name root, name;

	if (twin.n == 0 || !name_above(STR("_domainkey"), &k->domain, &root) ||
	    !name_above(twin, &root, &name))
		return false;
	for (size_t i = 0; i < ks->n; i++)
		if (name_eq(&ks->keys[i].name, &name))
			return works(&ks->keys[i]);
	a = ask_dns(au->q, &name, RR_TXT);
	*pending = is_pending(a);
	return !*pending && holds_key(au, a);
}

bool
dkim_judge_dangling(struct audit *au, const struct selector_keys *ks, const struct selector_key *k)
{
	enum rule_id id = RULE_DKIM_CNAME_DANGLING_GUESSED;
	const struct answer *evidence = NULL;
	bool dormant, pending = false;
	struct name gone;
	struct finding *f;

	if (!registered_missing(au, &k->target, &gone, &evidence))
		return false;
	dormant = gone.n == 0 && may_wait(k) && dkim_is_microsoft(&k->target) &&
		  twin_works(au, ks, k, &pending);
	if (pending)
		return false;
	if (gone.n > 0)
		id = RULE_DKIM_CNAME_UNREGISTERED;
	else if (dormant)
		id = RULE_DKIM_CNAME_DORMANT;
	else if (selectors_in_use(k))
		id = RULE_DKIM_CNAME_DANGLING;
	f = dkim_add(au, k, id, (struct str){ NULL, 0 });
	finding_name(au->findings, f, "target", &k->target);
	finding_text(au->findings, f, "way", way_of(au, k));
	if (gone.n > 0)
		finding_name(au->findings, f, "registrable", &gone);
	else
		finding_text(au->findings, f, "whose", dkim_whose(au->arena, &k->target));
	finding_evidence(f, evidence);
	f->remedy.who = id == RULE_DKIM_CNAME_DANGLING && k->delegated ? WHO_PROVIDER : WHO_UNSET;
	return true;
}
