/* SPDX-License-Identifier: ISC */
/*
 * spf.c - the check: finds the record, says when there is none or several,
 * and hands the one there is to the parts that judge it.
 */
#include "checks/spf.h"
#include "checks/spf_judge.h"

#include "checks/mx.h"
#include "checks/senders.h"
#include "checks/spf_first.h"
#include "checks/spf_near.h"
#include "checks/spf_receiver.h"
#include "checks/spf_sender.h"
#include "checks/spf_target.h"

#define SIZE_EDNS 4096 /* beyond, no answer by UDP is possible at all */
#define MAX_NEAR 5     /* near misses told of one name */
#define SHORT_TTL_S 60 /* below, every delivery asks anew */
#define LONG_TTL_S (7 * 86400)
#define TTL_AUTOMATIC 1 /* in the exports of Cloudflare and others: the provider chooses */

/* The SPF record in the answer A99 to a question for type 99; NULL = none. */
static const struct rr *
type99(const struct answer *a99)
{
	for (size_t i = 0; !is_pending(a99) && i < a99->n_rr; i++)
		if (a99->rr[i].type == RR_SPF && is_spf_record(a99->rr[i].text))
			return &a99->rr[i];
	return NULL;
}

/* Whether the record TEXT at NAME would be sound, and leads not to itself. */
static bool
is_good_at(struct audit *au, const struct name *name, struct str text)
{
	struct spf_record r;
	if (!is_spf_sound(au->arena, text))
		return false;
	spf_record_parse(au->arena, text, &r);
	for (size_t i = 0; i < r.n_terms; i++) {
		enum spf_kind kind = r.terms[i].kind;
		bool macro;
		if (kind != TERM_INCLUDE && kind != TERM_REDIRECT)
			continue;
		const struct name *to = spf_target(au->arena, &r.terms[i], name, name, &macro);
		if (to != NULL && name_eq(to, name))
			return false;
	}
	return true;
}

/* Tells texts at NAME that were meant as SPF; VALID: there is a record beside them. */
static size_t
judge_near(struct audit *au, const struct name *name, const struct answer *txt, bool valid)
{
	size_t n = 0, of[NEAR_KINDS] = { 0 };
	for (size_t i = 0; i < txt->n_rr; i++)
		of[txt->rr[i].type == RR_TXT ? spf_near(txt->rr[i].text) : NEAR_NOT]++;
	if (of[NEAR_NOT] == txt->n_rr)
		return 0;
	for (size_t i = 0; i < txt->n_rr && n < MAX_NEAR; i++) {
		const struct rr *rr = &txt->rr[i];
		enum spf_near near = rr->type == RR_TXT ? spf_near(rr->text) : NEAR_NOT;
		if (near == NEAR_NOT)
			continue;
		enum rule_id id = near == NEAR_SENDER_ID ? RULE_SPF_SENDER_ID
				  : valid                ? RULE_SPF_NEAR_MISS_BESIDE
							 : RULE_SPF_NEAR_MISS;
		struct finding *f = finding_add(au->findings, id, name);
		finding_at(au->findings, f, txt, rr, STR(""));
		if (near == NEAR_SENDER_ID)
			continue;
		n++;
		/* Two cures would make two records, which is an error (RFC 7208 4.5). */
		struct str fixed =
		    valid || of[NEAR_MISS] > 1 ? STR("") : spf_near_fix(au->arena, rr);
		if (fixed.n > 0 && is_good_at(au, name, fixed))
			spf_tell_replace(au->findings, f, txt, rr, fixed);
	}
	return n;
}

/* Whether the answer MX names a host that takes mail; a null MX names none (RFC 7505). */
static bool
has_mx(const struct answer *mx)
{
	struct name host;
	for (size_t i = 0; i < mx->n_rr; i++)
		if (rr_target(&mx->rr[i], &host) && name_is_set(&host))
			return true;
	return false;
}

/* How bad it is that a name has no record depends on what the name does. */
static enum rule_id
rule_of_none(const struct audit *au, bool sender, const struct answer *mx)
{
	if (sender)
		return RULE_SPF_NONE_SENDER;
	if (has_mx(mx))
		return RULE_SPF_NONE;
	if (au->subject->parked)
		return RULE_SPF_PARKED_NONE;
	return mx->status == ANSWER_FAILED ? RULE_SPF_NONE_UNSURE : RULE_SPF_NO_MAIL_RECORD;
}

/*
 * F is cured by TEXT where the answer TXT has no record: not when TEXT has
 * faults of its own, nor when the name is an alias, beside which nothing stands.
 */
static void
propose_text(struct audit *au, struct finding *f, const struct answer *txt, struct str text)
{
	if (txt->n_chain > 0 || !is_good_at(au, &txt->q.name, text))
		return;
	struct change *c = finding_change(au->findings, f, CHANGE_ADD, answer_owner(txt), RR_TXT);
	c->new = finding_txt(au->findings, text);
}

/* There is no SPF record at NAME. */
static void
judge_none(struct audit *au, const struct name *name, bool sender, const struct answer *txt)
{
	const struct answer *a99 = ask_dns(au->q, name, RR_SPF);
	const struct rr *rr99 = type99(a99);
	const struct answer *mx = ask_dns(au->q, name, RR_MX);
	if (judge_near(au, name, txt, false) > 0 || is_pending(a99) || is_pending(mx))
		return;
	if (rr99 != NULL) {
		struct finding *f = finding_add(au->findings, RULE_SPF_TYPE99_ONLY, name);
		finding_at(au->findings, f, a99, rr99, STR(""));
		propose_text(au, f, txt, rr99->text);
		finding_evidence(f, txt);
		return;
	}
	if (tell_nonexistent(au, name))
		return;
	enum rule_id id = rule_of_none(au, sender, mx);
	struct finding *f = finding_add(au->findings, id, name);
	finding_absent(f, answer_owner(txt), RR_TXT);
	finding_evidence(f, txt);
	finding_evidence(f, mx);
	if (id == RULE_SPF_PARKED_NONE)
		propose_text(au, f, txt, STR("v=spf1 -all"));
	struct str first =
	    sender && name_eq(name, &au->subject->domain) ? spf_first_record(au) : STR("");
	if (first.n > 0)
		propose_text(au, f, txt, first);
}

static void
judge_size(struct spf_judge *j)
{
	size_t n = spf_txt_octets(j);
	if (n <= SPF_SIZE_UDP)
		return;
	enum rule_id id = n > SIZE_EDNS ? RULE_SPF_SIZE_EXTREME : RULE_SPF_SIZE;
	finding_number(spf_tell(j, id, STR("")), "octets", (int64_t)n);
}

/* RFC 7208 10.1.1; what a resolver kept says nothing about what the zone holds. */
static void
judge_ttl(struct spf_judge *j)
{
	uint32_t ttl_s = j->rr->ttl_s;
	if (!j->txt->authoritative || ttl_s == TTL_AUTOMATIC ||
	    (ttl_s >= SHORT_TTL_S && ttl_s <= LONG_TTL_S))
		return;
	finding_number(spf_tell(j, RULE_SPF_TTL, STR("")), "ttl", ttl_s);
}

static void
judge_record(struct spf_judge *j)
{
	size_t n = j->record->n_terms + 1;
	j->glued = arena_array(j->au->arena, n, sizeof(*j->glued));
	j->doubled = arena_array(j->au->arena, n, sizeof(*j->doubled));
	spf_fix_init(&j->fix, j->au->arena, j->record);
	spf_cure_syntax(j);
	spf_cure_doubles(j);
	j->fixed = spf_fix_text(&j->fix);
	j->cover = spf_cover(j->au->arena, j->tree, j->listed, j->doubled, j->contrary);
	j->missing = spf_missing(j);
	spf_judge_syntax(j);
	spf_judge_terms(j);
	spf_judge_takeover(j);
	spf_judge_tree(j);
	judge_near(j->au, j->domain, j->txt, true);
	judge_size(j);
	judge_ttl(j);
	const struct rr *rr99 = type99(j->txt99);
	if (rr99 != NULL) {
		struct finding *f = finding_add(j->au->findings, RULE_SPF_TYPE99, j->domain);
		finding_at(j->au->findings, f, j->txt99, rr99, STR(""));
	}
}

/* There is no knowing what is published at NAME, by the answer TXT. */
static void
judge_failed(struct audit *au, const struct name *name, const struct answer *txt)
{
	struct finding *f = finding_add(au->findings, RULE_SPF_LOOKUP_FAILED, name);
	finding_absent(f, name, RR_TXT);
	finding_text(au->findings, f, "term", STR(""));
	finding_name(au->findings, f, "target", name);
	finding_evidence(f, txt);
}

/* There are several records at NAME, in the answer TXT. */
static void
judge_several(struct audit *au, const struct name *name, const struct answer *txt,
    const struct spf_senders *senders)
{
	size_t n;
	spf_select(txt, &n);
	spf_judge_several(au, name, txt, n);
	judge_near(au, name, txt, true);
	spf_judge_senders(au, name, senders, NULL);
}

/* There is one record; FACTS as below. */
static void
judge_one(struct spf_judge *j, bool facts)
{
	struct findings *fs = j->au->findings;
	struct finding **from = fs->last;
	judge_record(j);
	if (facts)
		spf_mark_effects(j->au->facts->spf, j->cover);
	spf_judge_senders(j->au, j->domain, j->senders, j);
	spf_judge_others(j);
	if (j->hosts != NULL) {
		spf_judge_own_hosts(j);
		spf_judge_below(j);
	}
	spf_judge_receiver(j->au, j->domain, j->senders, j);
	spf_settle_record(j, from);
}

/*
 * Asks what J will need that hangs on the record alone.  False when judging can wait:
 * only of addresses that send there is more to ask.
 */
static bool
is_ready(struct spf_judge *j, bool facts)
{
	if (j->record != NULL) {
		spf_ask_exp(j);
		if (facts && !j->au->subject->parked)
			j->hosts = spf_own_hosts(j->au, j->domain);
	}
	return j->senders->n > 0 || !j->au->q->met_pending;
}

/* Judges the SPF of NAME; FACTS: what is found goes into the facts of the subject. */
static void
judge_name(struct audit *au, const struct name *name, bool sender, bool facts)
{
	struct spf_tree *t = spf_tree(au, name);
	const struct spf_node *root = t->nodes[0];
	struct spf_senders senders = { .n = 0 };
	struct spf_listing listed = { .n_sources = 0 };
	struct spf_judge j = { .au = au,
		.domain = name,
		.sender = sender,
		.txt = root->answer,
		.rr = root->rr,
		.record = root->record,
		.tree = t,
		.listed = &listed,
		.senders = &senders,
		.txt99 = ask_dns(au->q, name, RR_SPF) };
	if (sender)
		senders = spf_senders(au, name);
	if (root->state == NODE_NONE)
		judge_none(au, name, sender, root->answer);
	if (t->pending || senders.pending || !is_ready(&j, facts))
		return;
	if (root->record != NULL)
		spf_list(au, t, &listed);
	if (facts && root->state != NODE_FAILED)
		spf_fill_facts(au, t, &listed, &senders);
	if (root->state == NODE_FAILED)
		judge_failed(au, name, root->answer);
	else if (root->state == NODE_SEVERAL)
		judge_several(au, name, root->answer, &senders);
	else if (root->record != NULL) /* NODE_RECORD */
		judge_one(&j, facts);
}

/* Whether mail leaves under MAIL FROM of the subject's own domain, as X says. */
static bool
is_own_path(const struct subject *s, const struct sender *x)
{
	bool known = (x->mail_from_given && !x->mail_from_null) || x->n_ips > 0 || x->name.n > 0;
	bool other = name_is_set(&x->mail_from) && !name_eq(&x->mail_from, &s->domain);
	return known && !other;
}

/* Whether one of the first N of X is checked by NAME. */
static bool
is_judged(const struct subject *s, const struct sender *x, size_t n, const struct name *name)
{
	for (size_t i = 0; i < n; i++)
		if (name_eq(sender_spf_name(s, &x[i]), name))
			return true;
	return name_eq(&s->domain, name);
}

void
check_spf(struct audit *au)
{
	const struct subject *s = au->subject;
	const struct sender *x;
	size_t n = senders_of(au->arena, s, &x);
	bool own = s->role == ROLE_RETURN_PATH;

	for (size_t i = 0; i < n; i++)
		own = own || is_own_path(s, &x[i]);
	judge_name(au, &s->domain, own, true);
	for (size_t i = 0; i < n; i++) {
		/* RFC 7208 2.4: without a MAIL FROM it is the HELO name that is checked. */
		const struct name *name = sender_spf_name(s, &x[i]);
		if (name->n > 0 && !is_judged(s, x, i, name))
			judge_name(au, name, true, false);
	}
}
