/* SPDX-License-Identifier: ISC */
/*
 * dnsbl.c - whether block lists hold the sending addresses and domains.
 */
#include "checks/dnsbl.h"
#include "checks/dnsbl_lists.h"

#define MAX_LIST_QUESTIONS 600 /* of one subject, to all lists: what lists call a fair use */
#define MAX_LIST_TARGETS 40    /* addresses and domains of one subject */
#define MAX_REASON 200         /* bytes of a list's own words that are kept */

/* What is asked of lists: an address or a domain. */
struct target {
	unsigned kind; /* one of LIST_IP4, LIST_IP6, LIST_DOMAIN */
	struct addr ip;
	struct name domain;
	struct str text; /* presentation form */
};

/* How a list did with its test entries; of several, the last of these counts. */
enum proof { PROOF_PENDING, PROOF_WORKS, PROOF_FAILS, PROOF_REFUSES };

/* One list at work, for targets of one kind. */
struct asking {
	struct audit *au;
	const struct dnsbl_list *list;
	struct name zone;
	unsigned kind;
	enum proof proof;
	const struct answer *test; /* the one that decided */
	const struct rr *test_rr;  /* the refusal; NULL = none */
	struct str test_text;      /* empty = no test entry, but a target's answer */
	size_t questions;          /* asked so far, of all lists */
	size_t left_out;           /* not asked, over MAX_LIST_QUESTIONS */
	size_t asked, working;     /* lists so far, once for each kind of target */
	bool pending;
};

static void
add_address(struct audit *au, struct target *t, size_t *n, const struct addr *ip)
{
	struct addr plain = addr_unmap(ip);
	struct buf *b = &au->findings->scratch; /* survives a full arena */

	for (size_t i = 0; i < *n && i < MAX_LIST_TARGETS; i++)
		if (t[i].kind != LIST_DOMAIN && addr_eq(&t[i].ip, &plain))
			return;
	if (*n >= MAX_LIST_TARGETS) {
		++*n; /* counted, to be told as left out */
		return;
	}
	buf_reset(b);
	addr_print(b, &plain);
	t[*n].kind = plain.v6 ? LIST_IP6 : LIST_IP4;
	t[*n].ip = plain;
	t[*n].text = arena_str(au->arena, buf_str(b));
	++*n;
}

static void
add_domain(struct audit *au, struct target *t, size_t *n, const struct name *domain)
{
	if (!name_is_set(domain))
		return; /* four at most, and they come first: there is room */
	for (size_t i = 0; i < *n; i++)
		if (t[i].kind == LIST_DOMAIN && name_eq(&t[i].domain, domain))
			return;
	t[*n].kind = LIST_DOMAIN;
	t[*n].domain = *domain;
	t[*n].text = name_text(au->arena, domain);
	++*n;
}

/*
 * What lists are asked about: the domains that name the sender, and its
 * addresses.  May return more than MAX_LIST_TARGETS: those have no place in T.
 */
static size_t
targets_of(struct audit *au, struct target *t)
{
	const struct subject *s = au->subject;
	size_t n = 0;

	add_domain(au, t, &n, &s->domain);
	add_domain(au, t, &n, &s->from);
	add_domain(au, t, &n, &s->mail_from);
	add_domain(au, t, &n, &s->helo);
	for (size_t i = 0; i < s->n_ips; i++)
		add_address(au, t, &n, &s->ips[i]);
	return n;
}

/* Ask L about the name LABELS below its zone; NULL when there is no such name or no budget. */
static const struct answer *
ask_list(struct asking *w, const struct name *name)
{
	if (w->questions >= MAX_LIST_QUESTIONS) {
		w->left_out++;
		return NULL;
	}
	w->questions++;
	return ask_dns(w->au->q, name, RR_A);
}

/* DOMAIN below the zone of W's list. */
static bool
domain_name(const struct asking *w, const struct name *domain, struct name *out)
{
	return name_prefix(name_text(w->au->arena, domain), &w->zone, out) == NAME_OK;
}

/* The name that a test entry TEXT (an address or a domain) stands at; false = not of W's kind. */
static bool
test_name(const struct asking *w, const char *text, struct name *out)
{
	struct addr ip;

	if (addr_parse(str_of(text), &ip) == ADDR_OK) {
		unsigned kind = ip.v6 ? LIST_IP6 : LIST_IP4;

		return w->kind == kind && addr_reverse(&ip, &w->zone, out);
	}
	return w->kind == LIST_DOMAIN && name_prefix(str_of(text), &w->zone, out) == NAME_OK;
}

/* Whether address record A of W's list says "listed". */
static bool
is_listing(const struct dnsbl_list *l, const struct addr *a)
{
	const struct dnsbl_code *found[MAX_LIST_CODES];
	size_t n = dnsbl_meanings(l, a, found);

	for (size_t i = 0; i < n; i++)
		if (found[i]->effect != CODE_GOOD)
			return true;
	return n == 0 && l->match == MATCH_ANY && (l->kind & LIST_ALLOW) == 0;
}

static void
decide(
    struct asking *w, enum proof p, const char *text, const struct answer *a, const struct rr *rr)
{
	if (w->proof > p || (w->proof == p && w->test != NULL))
		return; /* the worst counts, and of equals the first */
	w->proof = p;
	w->test = a;
	w->test_rr = rr;
	w->test_text = str_of(text);
}

/* Ask for the test entry TEXT, which must be LISTED or not, and note what it shows. */
static void
try_entry(struct asking *w, const char *text, bool listed, bool *pending)
{
	const struct answer *a;
	const struct rr *seen = NULL;
	struct name name;
	struct addr ip;

	if (!test_name(w, text, &name) || (a = ask_list(w, &name)) == NULL)
		return;
	if (is_pending(a)) {
		*pending = true;
		return;
	}
	for (size_t i = 0; i < a->n_rr; i++) {
		if (!rr_addr(&a->rr[i], &ip))
			continue;
		if (dnsbl_is_refusal(w->list, &ip)) {
			decide(w, PROOF_REFUSES, text, a, &a->rr[i]);
			return;
		}
		if (listed || is_listing(w->list, &ip))
			seen = &a->rr[i];
	}
	if (a->status == ANSWER_FAILED || (seen != NULL) != listed)
		decide(w, PROOF_FAILS, text, a, NULL);
	else if (listed)
		decide(w, PROOF_WORKS, text, a, NULL);
}

/* RFC 5782 5: what every list has, and what none has. */
static void
prove(struct asking *w)
{
	const char *yes = w->kind == LIST_IP4   ? "127.0.0.2"
			  : w->kind == LIST_IP6 ? "::ffff:7f00:2"
						: "test";
	const char *no = w->kind == LIST_IP4   ? "127.0.0.1"
			 : w->kind == LIST_IP6 ? "::ffff:7f00:1"
					       : "invalid";
	bool pending = false, own = false;
	struct name name;

	w->proof = PROOF_PENDING;
	w->test = NULL;
	for (size_t i = 0; i < MAX_LIST_TESTS && w->list->tests[i] != NULL; i++) {
		if (!test_name(w, w->list->tests[i], &name))
			continue;
		own = true;
		try_entry(w, w->list->tests[i], true, &pending);
	}
	if (!own)
		try_entry(w, yes, true, &pending);
	try_entry(w, no, false, &pending);
	if (pending) {
		w->proof = PROOF_PENDING;
		w->pending = true;
	}
}

/* The run's finding about a list whose tests went wrong. */
static void
tell_list(struct asking *w)
{
	struct findings *fs = w->au->findings;
	bool refuses = w->proof == PROOF_REFUSES;
	enum rule_id id = refuses ? RULE_DNSBL_LIST_BLOCKED : RULE_DNSBL_LIST_UNUSABLE;
	struct finding *f;
	struct addr ip;

	f = finding_add_text(fs, id, str_of(w->list->zone));
	/* One place whoever was asked about, so that the run tells it once. */
	finding_absent(f, &w->zone, RR_A);
	finding_evidence(f, w->test);
	finding_text(fs, f, "list", str_of(w->list->zone));
	if (!refuses)
		finding_text(fs, f, "test", w->test_text);
	else if (rr_addr(w->test_rr, &ip))
		finding_text(fs, f, "why", str_of(dnsbl_refusal(w->list, &ip)));
}

/* What the records of one answer say together. */
struct verdict {
	const struct rr *first;   /* the first listing */
	const struct rr *refusal; /* an answer that refuses the asker */
	const struct rr *strange; /* in 127/8, and in no table */
	const struct rr *good;
	bool bad, policy, minor; /* listings of these effects */
	struct buf meaning, code;
	char room[2][MAX_NAME_TEXT];
	struct str meanings, codes; /* what the two held, in ROOM */
};

/* B's text into ROOM, B freed: a bound may be passed from here on. */
static struct str
settle(struct buf *b, char *room)
{
	struct str s = { room, b->n };

	if (b->n > 0)
		memcpy(room, b->p, b->n);
	buf_free(b);
	return s;
}

static void
note_meaning(struct verdict *v, const struct rr *rr, const char *meaning, enum code_effect effect)
{
	if (effect == CODE_GOOD) {
		v->good = v->good != NULL ? v->good : rr;
	} else {
		v->first = v->first != NULL ? v->first : rr;
		v->bad = v->bad || effect == CODE_BAD;
		v->policy = v->policy || effect == CODE_POLICY;
		v->minor = v->minor || effect == CODE_MINOR;
	}
	if (v->meaning.n > 0)
		buf_adds(&v->meaning, "; ");
	buf_adds(&v->meaning, meaning);
}

static void
read_record(struct verdict *v, const struct dnsbl_list *l, const struct rr *rr)
{
	const struct dnsbl_code *found[MAX_LIST_CODES];
	struct addr ip;
	size_t n;

	if (!rr_addr(rr, &ip))
		return;
	if (dnsbl_is_refusal(l, &ip)) {
		v->refusal = rr;
		return;
	}
	n = dnsbl_meanings(l, &ip, found);
	for (size_t i = 0; i < n; i++)
		note_meaning(v, rr, found[i]->meaning, found[i]->effect);
	if (n == 0 && l->match == MATCH_ANY)
		note_meaning(v, rr, "listed", l->kind & LIST_ALLOW ? CODE_GOOD : CODE_BAD);
	else if (n == 0)
		v->strange = rr;
	if (v->code.n > 0)
		buf_adds(&v->code, ", ");
	addr_print(&v->code, &ip);
}

/* The rule for the listing V at L of a target of KIND. */
static enum rule_id
rule_of_listing(const struct verdict *v, const struct dnsbl_list *l, unsigned kind)
{
	bool domain = kind == LIST_DOMAIN;

	if (v->policy && !v->bad && l->weight == WEIGHT_HIGH)
		return RULE_DNSBL_LISTED_POLICY;
	if (l->weight <= WEIGHT_LOW || (!v->bad && !v->policy))
		return domain ? RULE_DNSBL_DOMAIN_LISTED_LOW : RULE_DNSBL_LISTED_LOW;
	if (l->weight == WEIGHT_MEDIUM)
		return domain ? RULE_DNSBL_DOMAIN_LISTED_MEDIUM : RULE_DNSBL_LISTED_MEDIUM;
	return domain ? RULE_DNSBL_DOMAIN_LISTED_HIGH : RULE_DNSBL_LISTED_HIGH;
}

/* RFC 5782 2.1: the TXT record at the same name may tell the reason.  NULL while pending. */
static const struct answer *
reason_of(struct asking *w, const struct name *name, struct str *out)
{
	const struct answer *a = ask_dns(w->au->q, name, RR_TXT);

	*out = STR("no reason");
	if (is_pending(a)) {
		w->pending = true;
		return NULL;
	}
	for (size_t i = 0; i < a->n_rr; i++) {
		if (a->rr[i].type != RR_TXT || a->rr[i].text.n == 0)
			continue;
		*out = str_sub(a->rr[i].text, 0, MAX_REASON);
		break;
	}
	return a;
}

static struct finding *
add_target(struct asking *w, const struct target *t, enum rule_id id, const struct answer *a,
    const struct rr *rr)
{
	struct findings *fs = w->au->findings;
	struct finding *f = finding_add_text(fs, id, t->text);

	finding_text(fs, f, "list", str_of(w->list->zone));
	if (rr != NULL)
		finding_at(fs, f, a, rr, (struct str){ NULL, 0 });
	else
		finding_absent(f, &a->q.name, RR_A);
	finding_evidence(f, a);
	return f;
}

static void
tell_listing(struct asking *w, const struct target *t, const struct answer *a, struct verdict *v)
{
	struct findings *fs = w->au->findings;
	const struct answer *txt;
	struct finding *f;
	struct str reason;

	if ((txt = reason_of(w, &a->q.name, &reason)) == NULL)
		return;
	f = add_target(w, t, rule_of_listing(v, w->list, t->kind), a, v->first);
	finding_text(fs, f, "meaning", v->meanings);
	finding_text(fs, f, "code", v->codes);
	finding_text(fs, f, "reason", reason);
	finding_text(
	    fs, f, "how", str_of(w->list->delist != NULL ? w->list->delist : "ask its operator"));
	if (w->list->url != NULL)
		f->remedy.url = str_of(w->list->url);
	finding_evidence(f, w->test);
	finding_evidence(f, txt);
}

/* What the answer A about T says, of a list that works. */
static void
judge_answer(struct asking *w, const struct target *t, const struct answer *a)
{
	struct verdict v = { .first = NULL };
	struct finding *f;

	if (a->status == ANSWER_FAILED) {
		add_target(w, t, RULE_DNSBL_LOOKUP_FAILED, a, NULL);
		return;
	}
	buf_init(&v.meaning, MAX_NAME_TEXT);
	buf_init(&v.code, MAX_NAME_TEXT);
	for (size_t i = 0; i < a->n_rr; i++)
		read_record(&v, w->list, &a->rr[i]);
	v.meanings = settle(&v.meaning, v.room[0]);
	v.codes = settle(&v.code, v.room[1]);
	if (v.refusal != NULL) { /* refused half-way: nothing of it counts */
		w->proof = PROOF_REFUSES;
		w->test = a;
		w->test_rr = v.refusal;
		w->test_text = (struct str){ NULL, 0 };
		tell_list(w);
	} else if (v.first != NULL) {
		tell_listing(w, t, a, &v);
	} else if (v.good != NULL && (w->list->kind & LIST_ALLOW) != 0) {
		f = add_target(w, t, RULE_DNSBL_ALLOWED, a, v.good);
		finding_text(w->au->findings, f, "meaning", v.meanings);
	} else if (v.strange != NULL) {
		f = add_target(w, t, RULE_DNSBL_CODE_UNKNOWN, a, v.strange);
		finding_text(w->au->findings, f, "code", v.codes);
	}
}

/* The name at which W's list holds T; false = none, or not known yet. */
static bool
target_name(struct asking *w, const struct target *t, struct name *out)
{
	const struct answer *suffix;

	if (t->kind != LIST_DOMAIN)
		return addr_reverse(&t->ip, &w->zone, out);
	if (!w->list->registrable)
		return domain_name(w, &t->domain, out);
	suffix = ask_suffix(w->au->q, &t->domain);
	if (is_pending(suffix)) {
		w->pending = true;
		return false;
	}
	if (suffix->status != ANSWER_FOUND || suffix->suffix->registrable.n == 0)
		return domain_name(w, &t->domain, out);
	return domain_name(w, &suffix->suffix->registrable, out);
}

/* Ask W's list about all targets of its kind, and judge the answers when it works. */
static void
ask_targets(struct asking *w, const struct target *t, size_t n)
{
	const struct answer *answers[MAX_LIST_TARGETS] = { NULL };
	struct name name;

	for (size_t i = 0; i < n; i++) {
		if (t[i].kind != w->kind || !target_name(w, &t[i], &name))
			continue;
		answers[i] = ask_list(w, &name);
		if (answers[i] != NULL && is_pending(answers[i]))
			w->pending = true;
		for (size_t j = 0; j < i; j++)
			if (answers[j] == answers[i])
				answers[i] = NULL; /* two names with one registrable domain */
	}
	if (w->proof == PROOF_REFUSES || w->proof == PROOF_FAILS)
		tell_list(w);
	for (size_t i = 0; i < n && w->proof == PROOF_WORKS; i++)
		if (answers[i] != NULL && !is_pending(answers[i]))
			judge_answer(w, &t[i], answers[i]);
}

static bool
has_kind(const struct target *t, size_t n, unsigned kind)
{
	for (size_t i = 0; i < n; i++)
		if (t[i].kind == kind)
			return true;
	return false;
}

static void
ask_one_list(struct asking *w, const struct target *t, size_t n)
{
	static const unsigned kinds[] = { LIST_DOMAIN, LIST_IP4, LIST_IP6 };

	if (name_parse(str_of(w->list->zone), &w->zone) != NAME_OK)
		return;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		w->kind = kinds[i];
		if ((w->list->kind & w->kind) == 0 || !has_kind(t, n, w->kind))
			continue;
		prove(w);
		ask_targets(w, t, n);
		w->asked++;
		w->working += w->proof == PROOF_WORKS ? 1 : 0;
	}
}

/* What the lists together could not say about WHO, the first of the targets. */
static void
tell_gaps(const struct asking *w, struct str who)
{
	struct findings *fs = w->au->findings;
	struct finding *f;

	if (w->left_out > 0) {
		f = finding_add_text(fs, RULE_DNSBL_BUDGET, who);
		finding_number(f, "asked", (int64_t)w->questions);
		finding_number(f, "left", (int64_t)w->left_out);
	}
	/* The run tells of each list; nobody may read "nothing listed" out of that. */
	if (w->asked > 0 && w->working == 0)
		finding_add_text(fs, RULE_DNSBL_NONE_WORKS, who);
}

void
check_dnsbl(struct audit *au)
{
	const struct subject *s = au->subject;
	bool chosen = s->lists != NULL;
	const struct dnsbl_list *lists = chosen ? s->lists : dnsbl_lists;
	size_t n_lists = chosen ? s->n_lists : n_dnsbl_lists;
	struct asking w = { .au = au };
	struct target *t;
	size_t n;

	if (!s->ask_lists)
		return;
	t = arena_array(au->arena, MAX_LIST_TARGETS, sizeof(*t));
	n = targets_of(au, t);
	if (n > MAX_LIST_TARGETS) {
		w.left_out = n - MAX_LIST_TARGETS; /* at least one question each */
		n = MAX_LIST_TARGETS;
	}
	for (size_t i = 0; i < n_lists; i++) {
		w.list = &lists[i];
		if (chosen ? dnsbl_is_askable(w.list) : dnsbl_is_default(w.list))
			ask_one_list(&w, t, n);
	}
	if (!w.pending)
		tell_gaps(&w, n > 0 ? t[0].text : (struct str){ NULL, 0 });
}
