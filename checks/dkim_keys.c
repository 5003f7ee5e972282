/* SPDX-License-Identifier: ISC */
/*
 * dkim_keys.c - which DKIM keys a subject has.
 *
 * Two rounds of questions: the selectors in use and _domainkey itself; then,
 * where _domainkey exists, a selector that nobody uses (what answers there is
 * a wildcard) together with the common ones.
 */
#include "checks/dkim_keys.h"
#include <assert.h>
#include "checks/selectors.h"

#define FIRST_KEYS 2 /* that there is room for at first */

bool
selectors_in_use(const struct selector_key *k)
{
	return k->provenance != FROM_GUESS;
}

/* What the TXT records of K's answer are: sets state, rr, n_txt and key. */
static void
read_records(struct arena *a, struct selector_key *k)
{
	const struct answer *an = k->answer;
	struct dkimkey key;

	k->state = KEY_NOT_KEY;
	for (size_t i = 0; i < an->n_rr; i++) {
		if (an->rr[i].type != RR_TXT)
			continue;
		k->n_txt++;
		if (k->rr == NULL)
			k->rr = &an->rr[i];
		if (k->state == KEY_FOUND)
			continue;
		dkimkey_parse(a, an->rr[i].text, &key);
		if (key.is_key) {
			k->state = KEY_FOUND;
			k->rr = &an->rr[i];
			k->key = key;
		}
	}
	if (k->n_txt == 0)
		k->state = an->n_chain > 0 ? KEY_DANGLING : KEY_ABSENT;
	else if (k->state == KEY_FOUND && k->n_txt > 1)
		k->state = KEY_SEVERAL; /* RFC 6376 3.6.2.2 */
}

/* Ask about the key bytes and judge them. */
static void
read_key(struct audit *au, struct selector_key *k)
{
	const struct answer *an;

	if (k->key.data.n == 0 || k->key.type == KEY_TYPE_OTHER)
		return;
	an = ask_key(au->q, k->key.data, (uint16_t)k->key.type);
	if (is_pending(an)) {
		k->state = KEY_PENDING;
		return;
	}
	if (an->status == ANSWER_FOUND)
		k->facts = an->key;
	dkimkey_judge(au->arena, &k->key, k->facts);
}

/*
 * Whether TARGET belongs to somebody else than DOMAIN: it lies outside of
 * DOMAIN's registrable domain.  Sets *PENDING when that cannot be said yet.
 */
static bool
is_foreign(struct audit *au, const struct name *target, const struct name *domain, bool *pending)
{
	const struct answer *an;

	if (name_is_below(target, domain))
		return false;
	an = ask_suffix(au->q, domain);
	if (is_pending(an)) {
		*pending = true;
		return false;
	}
	if (an->status != ANSWER_FOUND || an->suffix->registrable.n == 0)
		return true;
	return !name_is_below(target, &an->suffix->registrable);
}

/* Whether NAME is one that keys stand at: of no host, whatever its top is. */
static bool
is_key_name(const struct name *name)
{
	for (size_t i = 1; i < name_labels(name); i++)
		if (str_ieq(name_label(name, i), STR("_domainkey")))
			return true;
	return false;
}

/*
 * K's one text is no key.  When it is nothing but a host name, at least two
 * labels below a public suffix, or the name of a key, it is a CNAME's target.
 * Sets *PENDING when that cannot be said yet.
 */
static void
read_target(struct audit *au, struct selector_key *k, bool *pending)
{
	struct str text = str_trim(k->rr->text);
	const struct answer *an;
	struct name host;

	if (k->n_txt != 1 || k->target.n > 0 || str_find(text, 0, '\\') < text.n ||
	    name_parse(text, &host) != NAME_OK || !name_is_hostname(&host, true) ||
	    name_labels(&host) < 3 || name_eq(&host, &k->name))
		return;
	if (is_key_name(&host)) {
		k->meant = host;
		return;
	}
	an = ask_suffix(au->q, &host);
	if (is_pending(an)) {
		*pending = true;
		return;
	}
	if (an->status == ANSWER_FOUND && an->suffix->is_listed &&
	    name_labels(&host) >= name_labels(&an->suffix->suffix) + 2)
		k->meant = host;
}

/* Fill in K from its answer. */
static void
read_answer(struct audit *au, struct selector_key *k)
{
	const struct answer *an = k->answer;
	bool pending = false;

	k->state = KEY_PENDING;
	if (is_pending(an))
		return;
	if (an->n_chain > 0) {
		k->target = an->chain[an->n_chain - 1];
		k->delegated = is_foreign(au, &k->target, &k->domain, &pending);
	}
	if (an->status == ANSWER_FAILED)
		k->state = KEY_FAILED;
	else
		read_records(au->arena, k);
	if (k->state == KEY_FOUND)
		read_key(au, k);
	if (k->state == KEY_NOT_KEY)
		read_target(au, k, &pending);
	if (pending)
		k->state = KEY_PENDING;
}

/* Put the name of SELECTOR at DOMAIN into *OUT; false when there can be none. */
static bool
key_name(struct str selector, const struct name *domain, struct name *out)
{
	struct name root;

	out->n = 0;
	return name_above(STR("_domainkey"), domain, &root) &&
	       name_prefix(selector, &root, out) == NAME_OK;
}

/* Look at one selector, whose name is K->name; n = 0 = there is none. */
static void
look(struct audit *au, struct selector_key *k)
{
	k->state = KEY_BAD_NAME;
	if (k->name.n == 0)
		return;
	k->answer = ask_dns(au->q, &k->name, RR_TXT);
	read_answer(au, k);
}

void
selector_key_find(
    struct audit *au, struct str selector, const struct name *domain, struct selector_key *out)
{
	*out = (struct selector_key){
		.selector = selector, .domain = *domain, .provenance = FROM_MESSAGE
	};
	(void)key_name(selector, domain, &out->name);
	look(au, out);
}

static const struct selector_key *
find_key(const struct selector_keys *ks, const struct name *name)
{
	for (size_t i = 0; i < ks->n; i++)
		if (ks->keys[i].name.n > 0 && name_eq(&ks->keys[i].name, name))
			return &ks->keys[i];
	return NULL;
}

/* Room for a key behind those of KS; it is theirs when it is counted. */
static struct selector_key *
next_key(struct arena *a, struct selector_keys *ks)
{
	if (ks->cap == 0) { /* a key is large, and most domains have few */
		ks->keys = arena_array(a, FIRST_KEYS, sizeof(*ks->keys));
		ks->cap = FIRST_KEYS;
	}
	return arena_grow(a, &ks->keys, ks->n, &ks->cap, sizeof(*ks->keys));
}

static void
look_in_use(struct audit *au, struct selector_keys *ks)
{
	const struct subject *s = au->subject;

	for (size_t i = 0; i < s->n_selectors && ks->n < MAX_SELECTORS; i++) {
		const struct name *d = &s->selectors[i].domain;
		struct selector_key *k = next_key(au->arena, ks);

		k->selector = s->selectors[i].name;
		name_copy(&k->domain, d->n > 0 ? d : &s->domain);
		k->provenance = s->selectors[i].provenance;
		if (k->domain.n == 0 || k->provenance == FROM_GUESS)
			continue;
		if (key_name(k->selector, &k->domain, &k->name) && find_key(ks, &k->name) != NULL)
			continue; /* named twice */
		look(au, k);
		ks->pending = ks->pending || k->state == KEY_PENDING;
		ks->n++;
	}
	ks->n_in_use = ks->n;
}

/* Whether the answers of K and of the wildcard W are the same records or the same CNAME. */
static bool
is_from_wildcard(const struct selector_key *k, const struct selector_key *w)
{
	const struct answer *a = k->answer, *b = w->answer;

	if (a == NULL || b == NULL || b->status != a->status || k->target.n != w->target.n)
		return false;
	if (k->target.n > 0 && !name_eq(&k->target, &w->target))
		return false;
	if (a->n_rr != b->n_rr)
		return false;
	for (size_t i = 0; i < a->n_rr; i++)
		if (!str_eq(a->rr[i].text, b->rr[i].text))
			return false;
	return a->n_rr > 0 || k->target.n > 0;
}

/*
 * Look at SELECTOR, whose name is NAME and which nobody named; keep it when something stands there:
 * LISTED says that it does, a CNAME says so too, whatever became of the key.
 * Text that is neither key nor a CNAME's target is nothing: it was a guess.
 */
static void
look_for(struct audit *au, struct selector_keys *ks, struct str selector, const struct name *name,
    bool listed)
{
	struct selector_key *k;
	const struct answer *an;

	if (find_key(ks, name) != NULL)
		return;
	an = ask_dns(au->q, name, RR_TXT);
	if (is_pending(an) || ks->wildcard.state == KEY_PENDING) {
		ks->pending = true;
		return;
	}
	if (answer_is_absent(an) && an->n_chain == 0) { /* nearly always */
		ks->n_probed++;
		return;
	}
	k = next_key(au->arena, ks);
	k->selector = selector;
	name_copy(&k->domain, &au->subject->domain);
	name_copy(&k->name, name);
	k->provenance = FROM_GUESS;
	k->answer = an;
	read_answer(au, k);
	if (k->state == KEY_PENDING) {
		ks->pending = true;
		return;
	}
	if (k->state == KEY_FAILED) {
		ks->n_unknown++;
		if (ks->failed == NULL)
			ks->failed = k->answer;
		if (!listed && k->target.n == 0)
			return;
	} else {
		ks->n_probed++;
	}
	if (k->state == KEY_ABSENT || (k->state == KEY_NOT_KEY && k->meant.n == 0) ||
	    is_from_wildcard(k, &ks->wildcard))
		return;
	ks->n_keys += k->state == KEY_FOUND || k->state == KEY_SEVERAL;
	ks->n++;
}

/* The labels of NAME in front of ROOT, in presentation form; empty when that is no selector. */
static struct str
selector_of(struct arena *a, const struct name *name, const struct name *root)
{
	size_t labels = name_labels(name), below = name_labels(root);
	struct str first, text, tail;

	if (labels <= below || !name_is_below(name, root))
		return (struct str){ NULL, 0 };
	first = name_label(name, 0);
	if (first.p[0] == '_' || str_eq(first, STR("*"))) /* _adsp, _report; a wildcard */
		return (struct str){ NULL, 0 };
	text = name_text(a, name);
	tail = name_text(a, root);
	assert(text.n > tail.n + 1);
	return str_sub(text, 0, text.n - tail.n - 1);
}

const char *
selector_key_word(const struct selector_key *k)
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

/* What a source that can list names tells of: a zone file; nobody else can. */
static void
look_at_listed(struct audit *au, struct selector_keys *ks, const struct answer *names)
{
	size_t n = 0;

	if (is_pending(names)) {
		ks->pending = true;
		return;
	}
	if (names->status != ANSWER_FOUND)
		return;
	for (size_t i = 0; i < names->n_names && n < MAX_LISTED_SELECTORS; i++) {
		struct str s = selector_of(au->arena, &names->names[i], &ks->root);

		if (s.n == 0)
			continue;
		n++;
		look_for(au, ks, s, &names->names[i], true);
	}
	ks->all_listed = n < MAX_LISTED_SELECTORS && ks->n_unknown == 0;
}

/* RFC 5617 4.1: where a domain said how it signs, before DMARC. */
static void
ask_adsp(struct audit *au, struct selector_keys *ks)
{
	struct name name;

	if (!name_above(STR("_adsp"), &ks->root, &name))
		return;
	ks->adsp = ask_dns(au->q, &name, RR_TXT);
	ks->pending = ks->pending || is_pending(ks->adsp);
}

/* The second round, where _domainkey exists. */
static void
probe(struct audit *au, struct selector_keys *ks)
{
	struct selector_key *w = &ks->wildcard;
	size_t wanted = 0;
	struct name name;

	w->selector = STR(SELECTOR_NOBODY);
	name_copy(&w->domain, &au->subject->domain);
	w->provenance = FROM_GUESS;
	(void)name_above(w->selector, &ks->root, &w->name);
	look(au, w);
	ks->pending = ks->pending || w->state == KEY_PENDING;
	if (w->state == KEY_FAILED || w->state == KEY_BAD_NAME) {
		ks->probe = PROBE_FAILED; /* a wildcard's answers could not be told from keys */
		ks->failed = w->answer;
	} else {
		for (size_t i = 0; i < n_selector_probes; i++, wanted++) {
			struct str s = str_of(selector_probes[i].name);

			if (name_above(s, &ks->root, &name))
				look_for(au, ks, s, &name, false);
		}
		ks->probe = ks->n_probed == 0 && wanted > ks->n_in_use ? PROBE_FAILED : PROBE_DONE;
	}
	ask_adsp(au, ks);
	/* Beyond the count: what is listed is not a probe. */
	wanted = ks->n_probed;
	look_at_listed(au, ks, ask_names(au->q, &ks->root));
	ks->n_probed = wanted;
}

/* Whether a selector in use answers: then _domainkey exists, whatever its server says. */
static bool
some_key_is_there(const struct selector_keys *ks)
{
	for (size_t i = 0; i < ks->n_in_use; i++)
		if (ks->keys[i].state >= KEY_DANGLING &&
		    name_is_below(&ks->keys[i].name, &ks->root))
			return true;
	return false;
}

struct selector_keys *
selectors_keys(struct audit *au)
{
	struct selector_keys *ks = arena_alloc(au->arena, sizeof(*ks));
	bool guess = au->subject->guess && au->subject->domain.n > 0;

	ks->wildcard.state = KEY_ABSENT;
	ks->probe = PROBE_OFF;
	look_in_use(au, ks);
	if (!guess || !name_above(STR("_domainkey"), &au->subject->domain, &ks->root))
		return ks;
	ks->root_answer = ask_dns(au->q, &ks->root, RR_TXT);
	if (is_pending(ks->root_answer)) {
		ks->probe = PROBE_PENDING;
		ks->pending = true;
	} else if (ks->root_answer->status == ANSWER_FAILED) {
		ks->probe = PROBE_FAILED;
	} else if (ks->root_answer->status == ANSWER_NXDOMAIN && !some_key_is_there(ks)) {
		ks->probe = PROBE_NOTHING; /* RFC 8020: nothing exists below */
	} else {
		probe(au, ks);
	}
	return ks;
}
