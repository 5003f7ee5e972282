/* SPDX-License-Identifier: ISC */
/*
 * streams.c - what becomes of the mail of each sender; see streams.h.
 */
#include "checks/streams.h"
#include "checks/senders.h"

/* How bad each result is, for the worst of several. */
static int
badness(enum spf_result r)
{
	switch (r) {
	case RESULT_PASS:
		return 0;
	case RESULT_TEMPERROR:
		return 1;
	case RESULT_NEUTRAL:
		return 2;
	case RESULT_NONE:
		return 3;
	case RESULT_SOFTFAIL:
		return 4;
	case RESULT_FAIL:
		return 5;
	default:
		return 6;
	}
}

/* The addresses of X, each as it sends mail that PATH is asked about.  False = pending. */
static bool
look_at_addresses(struct audit *au, const struct sender *x, struct stream *out)
{
	out->addresses = arena_array(au->arena, x->n_ips + 1, sizeof(*out->addresses));
	for (size_t i = 0; i < x->n_ips && out->path.n > 0; i++) {
		struct spf_sender *s = arena_alloc(au->arena, sizeof(*s));
		struct spf_verdict *v = arena_alloc(au->arena, sizeof(*v));

		*s = (struct spf_sender){ .ip = x->ips[i], .local = x->mail_from_local };
		if (name_is_set(&x->helo))
			s->helo = name_text(au->arena, &x->helo);
		if (!x->mail_from_null)
			s->domain = name_text(au->arena, &out->path);
		spf_eval(au, s, v);
		if (v->pending) {
			out->spf_known = false;
			return false;
		}
		out->addresses[out->n_addresses++] = (struct stream_address){ x->ips[i], v };
		if (out->spf_known && badness(v->result) <= badness(out->spf))
			continue;
		out->spf_known = true;
		out->spf = v->result;
		out->worst = x->ips[i];
		out->spf_failed = v->result == RESULT_TEMPERROR ? v->last : NULL;
	}
	return true;
}

/* SPF of the stream: by its addresses, or as its service asks for it.  False = pending. */
static bool
look_at_spf(struct audit *au, const struct sender *x, struct stream *out)
{
	if (x->n_ips == 0 && out->via != NULL) {
		struct via_spf v;

		via_predict(au, x, out->via, &out->author, &v);
		out->path = v.path;
		out->spf_known = v.known;
		out->spf = v.result;
		out->spf_failed = v.failed;
		if (v.pending)
			return false;
	} else {
		out->path = x->mail_from_null            ? x->helo
			    : name_is_set(&x->mail_from) ? x->mail_from
			    : name_is_set(&au->subject->domain) && x->name.n == 0
				? au->subject->domain
				: out->author;
		if (!look_at_addresses(au, x, out))
			return false;
	}
	if (out->path.n > 0)
		out->spf_alignment = alignment_of(au, &out->author, &out->path);
	return !out->spf_alignment.pending;
}

/* The best of the keys counts: one good signature is enough (RFC 9989 5.3). */
static const char *
best_key(const struct stream *st)
{
	static const char *const order[] = { "pass", "temperror", "permerror" };

	for (size_t r = 0; r < ARRAY_LEN(order); r++)
		for (size_t i = 0; i < st->n_keys; i++)
			if (strcmp(st->keys[i].result, order[r]) == 0)
				return order[r];
	return st->keys_known ? "none" : "";
}

/* The mode of the record that applies, put to the alignment of each identifier. */
static void
apply_modes(struct stream *st)
{
	const struct dmarc_step *applied = st->policy->applied;
	bool dkim = applied != NULL && applied->record->adkim_strict;
	bool spf = applied != NULL && applied->record->aspf_strict;
	const struct alignment *a = &st->spf_alignment;

	st->spf_aligned = spf ? a->strict : a->relaxed;
	st->spf_aligned_list = spf ? a->strict : a->relaxed_list;
	for (size_t i = 0; i < st->n_keys; i++) {
		a = &st->keys[i].alignment;
		st->keys[i].aligned = dkim ? a->strict : a->relaxed;
		st->keys[i].aligned_list = dkim ? a->strict : a->relaxed_list;
	}
}

bool
stream_has_aligned_pass(const struct stream *st)
{
	if (st->spf_known && st->spf == RESULT_PASS && st->spf_aligned)
		return true;
	for (size_t i = 0; i < st->n_keys; i++)
		if (st->keys[i].aligned && strcmp(st->keys[i].result, "pass") == 0)
			return true;
	return false;
}

static bool
has_aligned_pass_by_list(const struct stream *st)
{
	if (st->spf_known && st->spf == RESULT_PASS && st->spf_aligned_list)
		return true;
	for (size_t i = 0; i < st->n_keys; i++)
		if (st->keys[i].aligned_list && strcmp(st->keys[i].result, "pass") == 0)
			return true;
	return false;
}

/* Whether an identifier with RESULT, of the alignment A, could be what passes. */
static bool
could_count(const char *result, bool aligned, const struct answer *failed)
{
	if (strcmp(result, "pass") == 0)
		return failed != NULL;
	return strcmp(result, "temperror") == 0 && (aligned || failed != NULL);
}

/* Whether a lookup that failed hides a pass: by the walk, or by the list (LIST). */
static bool
hides_pass(const struct stream *st, bool list)
{
	const struct alignment *a = &st->spf_alignment;

	if (st->spf_known &&
	    could_count(spf_result_name(st->spf), list ? a->relaxed_list : a->relaxed,
		list ? a->failed_list : a->failed))
		return true;
	for (size_t i = 0; i < st->n_keys; i++) {
		a = &st->keys[i].alignment;
		if (could_count(st->keys[i].result, list ? a->relaxed_list : a->relaxed,
			list ? a->failed_list : a->failed))
			return true;
	}
	return false;
}

static bool
could_pass(const struct stream *st)
{
	return hides_pass(st, false);
}

/* Whether neither an address nor a signer was said. */
static bool
is_nothing_known(const struct stream *st)
{
	return !st->spf_known && !st->keys_known;
}

static const char *
outcome(const struct stream *st)
{
	switch (st->policy->state) {
	case DMARC_UNKNOWN:
		return "temperror";
	case DMARC_APPLIES:
		break;
	default:
		return dmarc_suffix_is_open(st->policy) ? "temperror" : "none";
	}
	if (stream_has_aligned_pass(st))
		return "pass";
	if (could_pass(st))
		return "temperror";
	return is_nothing_known(st) ? "" : "fail";
}

/* The record by RFC 7489 6.6.3: the author's own, else that of the registrable domain. */
static bool
has_list_record(const struct dmarc_policy *p)
{
	for (size_t i = 0; i < p->n_steps; i++)
		if (p->steps[i].rr != NULL && (i == 0 || name_eq(&p->steps[i].domain, &p->org_psl)))
			return true;
	return false;
}

static const char *
outcome_by_list(const struct stream *st)
{
	if (st->policy->org_psl.n == 0 || strcmp(st->dmarc, "temperror") == 0 ||
	    is_nothing_known(st))
		return st->dmarc;
	if (!has_list_record(st->policy))
		return "none";
	if (st->policy->state != DMARC_APPLIES)
		return st->dmarc;
	if (has_aligned_pass_by_list(st))
		return "pass";
	return hides_pass(st, true) ? "temperror" : "fail";
}

static enum dmarc_word
asked_for(const struct dmarc_policy *p)
{
	if (p->state != DMARC_APPLIES)
		return DMARC_ABSENT;
	return p->applied->record->testing ? dmarc_word_testing(p->word) : p->word;
}

/*
 * The first code that the stream would draw, Gmail's where providers differ: neither
 * SPF nor DKIM, then what binds bulk senders only.
 */
static const char *
code_of(const struct stream *st, bool bulk)
{
	bool spf = st->spf_known && st->spf == RESULT_PASS;
	bool dkim = strcmp(st->dkim, "pass") == 0;
	bool no_spf = st->spf_known && !spf && st->spf != RESULT_TEMPERROR;
	bool no_dkim = st->keys_known && !dkim && strcmp(st->dkim, "temperror") != 0;

	if (no_spf && no_dkim)
		return "5.7.26";
	if (strcmp(st->dmarc, "fail") == 0 && st->asks == DMARC_REJECT)
		return "5.7.26";
	if (!bulk)
		return "";
	if (no_spf)
		return "5.7.27";
	if (no_dkim)
		return "5.7.30";
	if (strcmp(st->dmarc, "none") == 0)
		return "5.7.40";
	return strcmp(st->dmarc, "fail") == 0 ? "5.7.32" : "";
}

/* The change that is nearest to an aligned pass. */
static void
find_turn(struct stream *st)
{
	st->turn_domain = st->author;
	if (stream_has_aligned_pass(st) || st->policy->state == DMARC_UNKNOWN || could_pass(st) ||
	    is_nothing_known(st))
		return;
	for (size_t i = 0; i < st->n_keys; i++)
		if (st->keys[i].aligned) {
			st->turn = TURN_KEY;
			st->turn_domain = st->keys[i].key.domain;
			return;
		}
	if (st->spf_known && st->spf_aligned) {
		st->turn = st->spf == RESULT_PERMERROR ? TURN_RECORD
			   : st->n_addresses > 0       ? TURN_ADDRESS
						       : TURN_INCLUDE;
		st->turn_domain = st->path;
		return;
	}
	st->turn = st->n_keys > 0 || !st->spf_known || st->spf != RESULT_PASS ? TURN_SIGN_AS
									      : TURN_RETURN_PATH;
}

void
stream_of(struct audit *au, const struct sender *x, const struct name *author, struct stream *out)
{
	bool spf, keys;

	*out = (struct stream){ .of = x,
		.name = x->name,
		.author = *author,
		.dkim = "",
		.dmarc = "",
		.dmarc_list = "",
		.code = "" };
	out->via = via_row(x);
	out->policy = dmarc_policy(au, author);
	spf = look_at_spf(au, x, out);
	keys = stream_look_at_keys(au, x, out);
	if (!spf || !keys || out->policy->state == DMARC_PENDING) {
		out->policy = NULL;
		return;
	}
	apply_modes(out);
	out->dkim = best_key(out);
	out->dmarc = outcome(out);
	out->dmarc_list = outcome_by_list(out);
	out->unsure = !stream_has_aligned_pass(out) &&
		      (out->policy->state == DMARC_UNKNOWN || could_pass(out));
	out->asks = asked_for(out->policy);
	out->code = code_of(out, x->bulk || au->subject->bulk);
	find_turn(out);
}

const struct streams *
streams_of(struct audit *au)
{
	const struct subject *s = au->subject;
	struct streams *out = arena_alloc(au->arena, sizeof(*out));
	const struct sender *x;
	size_t n = senders_of(au->arena, s, &x);

	out->list = arena_array(au->arena, n + 1, sizeof(*out->list));
	for (size_t i = 0; i < n && !s->parked; i++) {
		const struct name *author = x[i].from.n > 0 ? &x[i].from : &s->domain;
		struct stream *st = &out->list[out->n];

		/* the other From domains of a configuration are audited on their own */
		if (x[i].path_only ||
		    (x[i].name.n > 0 && !name_eq(author, &s->domain) && !name_eq(author, &s->from)))
			continue;
		if (s->role == ROLE_RETURN_PATH && name_eq(author, &s->domain))
			continue; /* no author writes as it */
		stream_of(au, &x[i], author, st);
		out->pending = out->pending || st->policy == NULL;
		out->n++;
	}
	return out;
}

bool
stream_differs(const struct stream *st)
{
	if (strcmp(st->dmarc, "temperror") == 0 || strcmp(st->dmarc_list, "temperror") == 0)
		return false; /* nobody knows whether they do */
	return strcmp(st->dmarc, st->dmarc_list) != 0 &&
	       (strcmp(st->dmarc, "fail") == 0 || strcmp(st->dmarc_list, "fail") == 0);
}

bool
streams_differ(struct audit *au, bool *pending)
{
	const struct streams *all = streams_of(au);

	*pending = *pending || all->pending;
	for (size_t i = 0; i < all->n && !all->pending; i++)
		if (stream_differs(&all->list[i]))
			return true;
	return false;
}

const char *
stream_turn_name(enum stream_turn t)
{
	static const char *const names[TURN_COUNT] = { "", "publish-key", "add-address",
		"add-include", "mend-record", "sign-as-author", "own-return-path" };

	return names[t];
}
