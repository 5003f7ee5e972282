/* SPDX-License-Identifier: ISC */
/*
 * streams_judge.c - the check `streams`: senders whose mail would fail DMARC, or is not
 * signed as receivers ask bulk senders to sign.
 *
 * Where another check tells the cause, and nothing was said of who signs, that is
 * enough.  No finding here proposes a weaker record.
 */
#include "checks/streams.h"

/* What the helpers here share. */
struct telling {
	struct audit *au;
	const struct stream *st;
	struct buf *b; /* scratch, for one text at a time */
};

static struct str
done(struct telling *t)
{
	return arena_str(t->au->arena, buf_str(t->b));
}

/* "news", or what stands for the one sender of the command line. */
static struct str
label_of(const struct stream *st)
{
	return st->name.n > 0 ? st->name : STR("the given sender");
}

static void
add_spf(struct telling *t)
{
	const struct stream *st = t->st;

	if (!st->spf_known) {
		buf_adds(t->b, st->via != NULL ? "its MAIL FROM is the service's own"
					       : "of SPF nothing is known");
		return;
	}
	buf_adds(t->b, "SPF gives ");
	buf_adds(t->b, spf_result_name(st->spf));
	if (st->n_addresses > 0) {
		buf_adds(t->b, " to ");
		addr_print(t->b, &st->worst);
	}
	buf_adds(t->b, " as ");
	name_print(t->b, &st->path);
	if (st->spf == RESULT_PASS && !st->spf_aligned)
		buf_adds(t->b, st->spf_alignment.relaxed ? ", and aspf=s wants the very From domain"
							 : ", which is not aligned");
}

/* The key that says most: an aligned one, else one that passes. */
static const struct stream_key *
telling_key(const struct stream *st)
{
	const struct stream_key *best = NULL;

	for (size_t i = 0; i < st->n_keys; i++) {
		if (st->keys[i].aligned)
			return &st->keys[i];
		if (best == NULL || strcmp(st->keys[i].result, "pass") == 0)
			best = &st->keys[i];
	}
	return best;
}

static void
add_dkim(struct telling *t)
{
	const struct stream_key *k = telling_key(t->st);

	if (k == NULL) {
		buf_adds(t->b, t->st->keys_known ? "it is not signed" : "no signature is known");
		return;
	}
	buf_adds(t->b, "the key ");
	buf_add_escaped(t->b, k->key.selector);
	buf_adds(t->b, " of ");
	name_print(t->b, &k->key.domain);
	if (strcmp(k->result, "pass") != 0)
		buf_adds(t->b, " is of no use");
	else
		buf_adds(t->b, k->alignment.relaxed ? " is not of the very From domain, as adkim=s "
						      "wants"
						    : " is not aligned");
}

static struct str
why_text(struct telling *t)
{
	buf_reset(t->b);
	add_spf(t);
	buf_adds(t->b, "; ");
	add_dkim(t);
	return done(t);
}

/* The change that is nearest, as a noun. */
static struct str
turn_text(struct telling *t)
{
	const struct stream *st = t->st;
	const struct stream_key *k = telling_key(st);

	buf_reset(t->b);
	switch (st->turn) {
	case TURN_KEY:
		buf_adds(t->b, "a key that verifies at ");
		buf_add_escaped(t->b, k != NULL ? k->key.selector : STR("the selector"));
		buf_adds(t->b, "._domainkey.");
		break;
	case TURN_ADDRESS:
		buf_adds(t->b, "its addresses in the SPF record of ");
		break;
	case TURN_INCLUDE:
		buf_adds(t->b, "the include of the service in the SPF record of ");
		break;
	case TURN_RECORD:
		buf_adds(t->b, "a cure of the SPF record of ");
		break;
	case TURN_RETURN_PATH:
		buf_adds(t->b, "a MAIL FROM of ");
		break;
	default:
		buf_adds(t->b, "a signature with d=");
		break;
	}
	name_print(t->b, &st->turn_domain);
	return done(t);
}

static struct finding *
tell(struct telling *t, enum rule_id id)
{
	const struct stream *st = t->st;
	const struct dmarc_step *step = st->policy->applied;
	struct findings *fs = t->au->findings;
	struct finding *f = finding_add(fs, id, &st->author);

	if (step != NULL && step->rr != NULL)
		finding_at(fs, f, step->answer, step->rr, str_sub(step->rr->text, 0, 0));
	else
		finding_absent(f, &st->policy->steps[0].owner, RR_TXT);
	finding_text(fs, f, "stream", label_of(st));
	for (size_t i = 0; i < st->n_addresses && i < 4; i++)
		finding_evidence(f, st->addresses[i].verdict->last);
	for (size_t i = 0; i < st->n_keys && i < 4; i++)
		finding_evidence(f, st->keys[i].key.answer);
	return f;
}

/*
 * That SPF fails was told, and whether DKIM would help nobody said.  For a sender of the
 * configuration what a policy makes of that is worth a word of its own.
 */
static bool
is_told_by_spf(const struct stream *st)
{
	bool asks = st->asks == DMARC_QUARANTINE || st->asks == DMARC_REJECT;

	return (st->name.n == 0 || !asks) && !st->keys_known && st->spf_known && st->spf_aligned &&
	       st->spf != RESULT_PASS;
}

/* DMARC043. */
static void
tell_fail(struct telling *t)
{
	const struct stream *st = t->st;
	struct findings *fs = t->au->findings;
	struct str why = why_text(t), turn = turn_text(t);
	bool asks = st->asks == DMARC_QUARANTINE || st->asks == DMARC_REJECT;
	struct finding *f = tell(t, asks ? RULE_STREAM_UNALIGNED : RULE_STREAM_UNALIGNED_NONE);

	finding_text(fs, f, "policy", str_of(dmarc_word_name(st->asks)));
	finding_text(fs, f, "why", why);
	finding_text(fs, f, "turn", turn);
}

/* DMARC020 where it turns what becomes of the mail. */
static void
tell_difference(struct telling *t)
{
	const struct stream *st = t->st;
	struct findings *fs = t->au->findings;
	struct finding *f = tell(t, RULE_STREAM_ORG_DIFFERS);

	finding_text(fs, f, "walk", str_of(st->dmarc));
	finding_text(fs, f, "list", str_of(st->dmarc_list));
	finding_name(fs, f, "org", &st->policy->org);
	finding_name(fs, f, "psl", &st->policy->org_psl);
}

/* The key of a domain above the author's that passes; NULL = none, or one of its own passes. */
static const struct stream_key *
key_of_parent(const struct stream *st)
{
	const struct stream_key *found = NULL;

	for (size_t i = 0; i < st->n_keys; i++) {
		const struct stream_key *k = &st->keys[i];

		if (strcmp(k->result, "pass") != 0)
			continue;
		if (k->aligned)
			return NULL;
		if (k->alignment.relaxed && name_is_below(&st->author, &k->key.domain))
			found = k;
	}
	return found;
}

/* DKIM040: today the mail passes by SPF alone, or nobody can say. */
static void
tell_parent(struct telling *t)
{
	const struct stream *st = t->st;
	const struct stream_key *k = key_of_parent(st);
	struct findings *fs = t->au->findings;
	struct finding *f;

	if (k == NULL || st->policy->state != DMARC_APPLIES)
		return;
	f = tell(t, RULE_STREAM_PARENT_SIGNS);
	finding_name(fs, f, "author", &st->author);
	finding_name(fs, f, "domain", &k->key.domain);
	finding_text(fs, f, "selector", k->key.selector);
}

/* Whether nothing at all stands below _domainkey of the author; its own check tells that. */
static bool
has_no_keys(struct audit *au, const struct name *author, bool *pending)
{
	const struct answer *a;
	struct name root;

	if (!name_above(STR("_domainkey"), author, &root))
		return true;
	a = ask_dns(au->q, &root, RR_TXT);
	*pending = *pending || is_pending(a);
	return a->status == ANSWER_NXDOMAIN;
}

/* BULK001: what is asked of bulk senders is SPF and DKIM, both. */
static void
tell_unsigned(struct telling *t)
{
	const struct stream *st = t->st;
	bool bulk = t->au->subject->bulk, pending = false;

	if (st->via != NULL && via_has_fixed_keys(st->via))
		return; /* that those are not there is told of the service */
	if (strcmp(st->dkim, "none") == 0) {
		(void)tell(t, RULE_STREAM_UNSIGNED);
		return;
	}
	if (!bulk || st->keys_known)
		return;
	if (!has_no_keys(t->au, &st->author, &pending) && !pending)
		(void)tell(t, RULE_BULK_SIGNER_UNKNOWN);
}

static void
judge_one(struct telling *t)
{
	const struct stream *st = t->st;

	if (st->unsure) {
		(void)tell(t, RULE_STREAM_UNKNOWN);
		return;
	}
	if (stream_differs(st)) {
		tell_difference(t);
	} else if (strcmp(st->dmarc, "fail") == 0) {
		if (!is_told_by_spf(st))
			tell_fail(t);
		return;
	} else {
		tell_parent(t);
	}
	tell_unsigned(t);
}

void
fill_streams(struct audit *au)
{
	const struct streams *all = streams_of(au);

	if (!all->pending)
		au->facts->streams = all;
}

void
check_streams(struct audit *au)
{
	const struct streams *all = streams_of(au);
	struct telling t = { .au = au, .b = &au->findings->scratch };

	if (all->pending)
		return;
	for (size_t i = 0; i < all->n; i++) {
		t.st = &all->list[i];
		judge_one(&t);
	}
	au->facts->streams = all;
}
