/* SPDX-License-Identifier: ISC */
/*
 * test_remedy.c - every remedy that a vector of vectors/check is given, applied
 * to its zone by the source that rehearses edits, and audited again: the
 * finding is gone, nothing else is wrong that was not, and neither is a policy
 * weaker nor a sender or key lost.  What may differ, and why, stands in the
 * table here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include "audit/sources/rdata.h"
#include "checks/dmarc_record.h"
#include "checks/spf_record.h"
#include "tests/drawn.h"
#include "tests/vector.h"

#define MAX_SEEN 512
#define RECORDS 6000 /* some seconds */

/* clang-format off */
static const struct {
	const char *of;		/* how the slug begins */
	const char *may;	/* stay, or appear */
	const char *why;
} exceptions[] = {
	{ "zone-doubled-origin", "zone-doubled-origin", "told by the file itself, in front of which the edit stands" },
	{ "zone-doubled-origin-other", "zone-doubled-origin-other", "the same" },
	{ "zone-missing-dot", "zone-missing-dot", "the same" },
	{ "zone-missing-dot-other", "zone-missing-dot-other", "the same" },
	{ "dmarc-misplaced", "dmarc-no-reports", "the record asked for none where it stood; now it counts" },
	{ "dmarc-name-doubled", "zone-doubled-origin", "told by the file itself, in front of which the edit stands" },
	{ "dmarc-misplaced", "dmarc-testing", "the record says so where it stood; now it counts" },
	{ "dmarc-misplaced", "dmarc-subdomain-weaker", "the same" },
	{ "dmarc-none", "stream-unaligned-none", "alignment is judged where a record asks for it" },
	{ "dmarc-", "dmarc-policy-none-blind", "p=none is judged where nothing hides it" },
	{ "dmarc-", "dmarc-reject-unsigned", "p=reject is held against the keys once it counts" },
	{ "spf-", "dmarc-reject-unsigned", "a void record lets nobody pass; once it does, a signature is wanted too" },
	{ "dmarc-", "dmarc-not-sending", "the same, and of a domain that sends nothing every policy" },
	{ "dmarc-", "dmarc-report-no-mail", "an address is looked up once it is one" },
	{ "dmarc-", "dmarc-no-policy", "the record was void; with a rua that works it says p=none" },
	{ "dmarc-", "dmarc-bad-policy", "the same" },
	{ "dmarc-", "dmarc-bad-subpolicy", "the same" },
	{ "dmarc-no-semicolon", "dmarc-no-semicolon", "of several in one value the first is told" },
	{ "dmarc-report-semicolon", "dmarc-report-semicolon", "the same" },
	{ "spf-", "spf-no-all", "what a void record says about everybody else is not judged" },
	{ "spf-", "spf-void-limit-family", "what a void record names is not counted" },
	{ "spf-", "spf-neutral-all", "what a text says that is no record, or of type 99, is not judged" },
	{ "spf-", "spf-ptr", "the same" },
	{ "spf-", "spf-private-address", "the same" },
	{ "spf-", "spf-exp-problem", "the same" },
	{ "spf-", "spf-parked-softfail", "the same" },
	{ "dkim-ed25519-size", "dkim-ed25519-only", "a key that nobody can read is none that only some can" },
	{ "dkim-not-base64", "dkim-ed25519-only", "the same" },
	{ "spf-lookup-limit", "spf-lookup-full", "eleven or more become ten, where that is all that can be proven" },
	{ "spf-", "spf-libspf2-refuses", "libspf2's result is a warning only where the record passes" },
	{ "spf-not-pass", "gate-include-removed", "an include that was needed is gone all the same" },
	{ "gate-spf-removed", "dmarc-reject-unsigned", "what is put back is what was there: SPF alone" },
	{ "spf-near-miss", "spf-not-pass", "a text that is no record says nothing of the sender; the record does" },
	{ "spf-type99-only", "spf-not-pass", "the same" },
	{ "spf-not-pass", "message-unsigned", "named by the DMARC failure that is cured as well" },
	{ "spf-not-pass", "message-unaligned", "the same" },
	{ "dkim-pkcs1", "message-header-changed", "what the library says of the sample is judged where it can read the key" },
};
/* clang-format on */

/* A finding, copied. */
struct seen {
	enum rule_id id;
	enum rule_level level;
	char fingerprint[17];
	struct edit edits[MAX_CHANGES];
	size_t n_edits;
};

/* What one run says. */
struct state {
	struct arena a;
	struct seen list[MAX_SEEN];
	size_t n;
	const char *path;
	int dmarc[3]; /* strength of p, sp, np; -1 = no record */
	int all;      /* of SPF: 3 for -all down to 0 for +all or none; 4 with redirect= */
	struct prefix *spf;
	size_t n_spf;
	struct dkim_fact *keys;
	size_t n_keys;
	bool takes_mail;
	bool read_old; /* the first run: what is taken away has to be there */
};

static struct str
wire_of(struct state *st, uint16_t type, struct str text)
{
	static const struct name no_origin = { .n = 0 };
	struct zonelex lx;
	struct zone_entry e;
	struct rdata rd = { .reason = "no entry" };
	struct buf b;

	if (text.n == 0)
		return text;
	buf_init(&b, MAX_RDATA);
	zonelex_init(&lx, text);
	if (zonelex_next(&lx, &e)) {
		struct rdata_in in = {
			.type = type, .token = e.token, .n = e.n, .origin = &no_origin
		};

		if (!rdata_parse(&st->a, &b, &in, &rd))
			fail_msg("%s: not rdata: %.*s", st->path, (int)text.n, text.p);
	}
	zonelex_free(&lx);
	buf_free(&b);
	return arena_str(&st->a, rd.data);
}

/* The joined text of TXT rdata, other rdata as it is. */
static struct str
text_of(struct state *st, uint16_t type, struct str data)
{
	struct str s;
	size_t pos = 0, n = 0;
	char *p = arena_alloc(&st->a, data.n + 1);

	if (type != RR_TXT && type != RR_SPF)
		return data;
	while (txt_next(data, &pos, &s)) {
		if (s.n > 0)
			memcpy(p + n, s.p, s.n);
		n += s.n;
	}
	return (struct str){ p, n };
}

/* Whether the record that E takes away was among the answers. */
static bool
is_there(struct state *st, const struct inquiry *q, const struct edit *e)
{
	struct str want = text_of(st, e->type, e->old_data);

	for (size_t i = 0; i < q->n; i++) {
		const struct answer *a = q->entries[i].answer;

		if (a == NULL || a->q.kind != ASK_DNS)
			continue;
		for (size_t k = 0; e->type == RR_CNAME && k < a->n_chain; k++)
			if (name_eq(k == 0 ? &a->q.name : &a->chain[k - 1], &e->owner))
				return true;
		if (a->q.type != e->type || !name_eq(answer_owner(a), &e->owner))
			continue;
		for (size_t k = 0; k < a->n_rr; k++)
			if (str_eq(text_of(st, e->type, a->rr[k].data), want))
				return true;
	}
	return false;
}

static void
take_edits(struct state *st, const struct inquiry *q, const struct finding *f, struct seen *s)
{
	for (size_t i = 0; i < f->remedy.n_changes; i++) {
		const struct change *c = &f->remedy.changes[i];
		struct edit *e = &s->edits[s->n_edits++];

		*e = (struct edit){
			.action = c->action, .owner = c->name, .type = c->type, .ttl_s = c->ttl_s
		};
		e->old_data = wire_of(st, c->type, c->old);
		e->new_data = wire_of(st, c->type, c->new);
		if (strcmp(rule_of(f->id)->check, "zone") != 0 && e->action != CHANGE_ADD &&
		    !is_there(st, q, e))
			fail_msg("%s: %s: takes away what is not there: %.*s", st->path,
			    rule_of(f->id)->slug, (int)c->old.n, c->old.p);
	}
}

static void
take_dmarc(struct state *st, const struct dmarc_facts *d)
{
	struct dmarc_record r;

	st->dmarc[0] = st->dmarc[1] = st->dmarc[2] = -1;
	if (d == NULL || d->record.n == 0)
		return;
	dmarc_parse(arena_str(&st->a, d->record), &r);
	if (r.is_void)
		return;
	for (int w = DMARC_NONE; w <= DMARC_REJECT; w++)
		if (strcmp(d->policy, dmarc_word_name((enum dmarc_word)w)) == 0)
			st->dmarc[0] = w;
	st->dmarc[1] = r.fallback ? DMARC_NONE : r.sp != DMARC_ABSENT ? (int)r.sp : (int)r.p;
	st->dmarc[2] = r.fallback ? DMARC_NONE : r.np != DMARC_ABSENT ? (int)r.np : st->dmarc[1];
}

static void
take_spf(struct state *st, const struct spf_facts *f)
{
	struct spf_record r;

	st->all = 0;
	if (f == NULL || f->record.n == 0)
		return;
	st->n_spf = f->n_addresses;
	st->spf = arena_array(&st->a, f->n_addresses + 1, sizeof(*st->spf));
	if (f->n_addresses > 0)
		memcpy(st->spf, f->addresses, f->n_addresses * sizeof(*st->spf));
	spf_record_parse(&st->a, arena_str(&st->a, f->record), &r);
	if (r.all != SPF_NO_TERM)
		st->all = (int)str_find(STR("+?~-"), 0, r.terms[r.all].qualifier);
	else if (r.redirect != SPF_NO_TERM)
		st->all = 4;
}

static void
take_keys(struct state *st, const struct dkim_facts *f)
{
	if (f == NULL)
		return;
	st->keys = arena_array(&st->a, f->n + 1, sizeof(*st->keys));
	for (size_t i = 0; i < f->n; i++) {
		if (strcmp(f->keys[i].state, "valid") != 0)
			continue;
		st->keys[st->n_keys] = f->keys[i];
		st->keys[st->n_keys++].selector = arena_str(&st->a, f->keys[i].selector);
	}
}

static void
look(void *ctx, const struct engine_result *r, const struct domain_result *d)
{
	struct state *st = ctx;

	for (size_t i = 0; i < d->n_findings; i++) {
		struct seen *s = &st->list[st->n++];

		assert_true(st->n < MAX_SEEN);
		*s = (struct seen){ .id = d->findings[i].f->id, .level = d->findings[i].level };
		memcpy(s->fingerprint, d->findings[i].fingerprint, sizeof(s->fingerprint));
		if (st->read_old)
			take_edits(st, r->q, d->findings[i].f, s);
	}
	take_dmarc(st, d->facts->dmarc);
	take_spf(st, d->facts->spf);
	take_keys(st, d->facts->dkim);
	st->takes_mail = d->facts->mx != NULL && d->facts->mx->n > 0;
}

static void
run(struct vector *v, struct state *st, const struct seen *cure)
{
	struct vector_got g;

	*st = (struct state){ .path = v->path, .read_old = cure == NULL };
	arena_init(&st->a, 0);
	v->all_checks = true;
	v->edits = cure != NULL ? cure->edits : NULL;
	v->n_edits = cure != NULL ? cure->n_edits : 0;
	v->look = look;
	v->look_ctx = st;
	vector_run(v, 0, &g);
	vector_got_free(&g);
}

static bool
has(const struct state *st, const char *fingerprint)
{
	for (size_t i = 0; i < st->n; i++)
		if (strcmp(st->list[i].fingerprint, fingerprint) == 0)
			return true;
	return false;
}

static bool used[ARRAY_LEN(exceptions)];

static bool
is_exception(enum rule_id id, enum rule_id may)
{
	for (size_t i = 0; i < ARRAY_LEN(exceptions); i++)
		if (str_has_prefix(str_of(rule_of(id)->slug), str_of(exceptions[i].of)) &&
		    strcmp(rule_of(may)->slug, exceptions[i].may) == 0) {
			used[i] = true;
			return true;
		}
	return false;
}

/* Whether an address that SPF of BEFORE lists is not listed in AFTER. */
static bool
lists_more(const struct state *before, const struct state *after)
{
	for (size_t i = 0; i < before->n_spf; i++) {
		bool found = false;

		for (size_t k = 0; k < after->n_spf && !found; k++)
			found = after->spf[k].bits <= before->spf[i].bits &&
				prefix_has(&after->spf[k], &before->spf[i].addr);
		if (!found)
			return true;
	}
	return false;
}

/* Whether nothing that BEFORE has is weaker or lost in AFTER; else says what. */
static const char *
what_is_lost(const struct state *before, const struct state *after)
{
	static const char *const tags[] = { "p is weaker", "sp is weaker", "np is weaker" };

	for (size_t i = 0; i < ARRAY_LEN(tags); i++)
		if (after->dmarc[i] < before->dmarc[i])
			return tags[i];
	if (after->all < before->all)
		return "all is weaker";
	if (lists_more(before, after))
		return "SPF lists an address no more";
	for (size_t i = 0; i < before->n_keys; i++) {
		bool found = false;

		for (size_t k = 0; k < after->n_keys && !found; k++)
			found = str_eq(after->keys[k].selector, before->keys[i].selector);
		if (!found)
			return "a key is lost";
	}
	return before->takes_mail && !after->takes_mail ? "it takes mail no more" : NULL;
}

/*
 * Rules whose remedy leaves out terms, proven to be without effect by the map
 * of the record; test_spf_propose.c proves it another way.
 */
static bool
leaves_out(const char *slug)
{
	static const char *const slugs[] = { "spf-covered-term", "spf-lookup-", "spf-void-limit" };

	for (size_t i = 0; i < ARRAY_LEN(slugs); i++)
		if (str_has_prefix(str_of(slug), str_of(slugs[i])))
			return true;
	return false;
}

/* Whether a term of NEW that is reached means what T means. */
static bool
has_term(const struct spf_record *new, const struct spf_term *t)
{
	for (size_t i = 0; i < new->n_terms; i++) {
		const struct spf_term *n = &new->terms[i];
		bool net = t->kind == TERM_IP4 || t->kind == TERM_IP6;

		if (n->kind == t->kind && !is_spf_dead(new, i) &&
		    (net ? prefix_has(&n->net, &t->net.addr) : str_ieq(n->domain, t->domain)))
			return true;
	}
	return false;
}

/*
 * What the writer of an SPF record plainly meant is reached in the corrected
 * one: every term that is good as it stands, whether or not it was reached.
 */
static bool
keeps_terms(struct state *st, const struct edit *e)
{
	struct str old = text_of(st, e->type, e->old_data);
	struct spf_record before, after;

	if (e->type != RR_TXT || e->action != CHANGE_REPLACE || !is_spf_record(old))
		return true;
	spf_record_parse(&st->a, old, &before);
	spf_record_parse(&st->a, text_of(st, e->type, e->new_data), &after);
	for (size_t i = 0; i < before.n_terms; i++) {
		const struct spf_term *t = &before.terms[i];

		if (t->kind <= TERM_REDIRECT && t->kind != TERM_ALL && !has_term(&after, t))
			return false;
	}
	return true;
}

/*
 * Whether a finding that leaves out what has no effect, which is proven, shares the
 * record of S: one name has one record with all cures.
 */
static bool
shares_a_plan(const struct state *before, const struct seen *s)
{
	for (size_t i = 0; i < before->n; i++) {
		const struct seen *o = &before->list[i];

		if (leaves_out(rule_of(o->id)->slug) && o->n_edits == 1 && s->n_edits == 1 &&
		    name_eq(&o->edits[0].owner, &s->edits[0].owner) &&
		    str_eq(o->edits[0].new_data, s->edits[0].new_data))
			return true;
	}
	return false;
}

/* Whether the record of S also names an address given that does not pass. */
static bool
adds_sender(const struct state *before, const struct seen *s)
{
	for (size_t i = 0; i < before->n; i++) {
		const struct seen *o = &before->list[i];

		if (o->id == RULE_SPF_NOT_PASS && o->n_edits == 1 && s->n_edits == 1 &&
		    str_eq(o->edits[0].new_data, s->edits[0].new_data))
			return true;
	}
	return false;
}

/* Applies the remedy of S, found in BEFORE; returns how much is wrong with it. */
static size_t
try_remedy(struct vector *v, const struct state *before, const struct seen *s)
{
	static struct state after;
	const char *slug = rule_of(s->id)->slug, *lost;
	bool plan = shares_a_plan(before, s);
	size_t bad = 0;

	run(v, &after, s);
	if (has(&after, s->fingerprint) && !is_exception(s->id, s->id)) {
		print_error("%s: %s: is still there\n", v->path, slug);
		bad++;
	}
	for (size_t i = 0; i < after.n; i++) {
		const struct seen *n = &after.list[i];

		if ((n->level != LEVEL_WARNING && n->level != LEVEL_ERROR) ||
		    has(before, n->fingerprint) || is_exception(s->id, n->id))
			continue;
		print_error("%s: %s: brings %s\n", v->path, slug, rule_of(n->id)->slug);
		bad++;
	}
	if ((lost = what_is_lost(before, &after)) != NULL) {
		print_error("%s: %s: %s\n", v->path, slug, lost);
		bad++;
	}
	if (leaves_out(slug) && !adds_sender(before, s) && lists_more(&after, before)) {
		print_error("%s: %s: SPF lists an address more\n", v->path, slug);
		bad++;
	}
	for (size_t i = 0; i < s->n_edits && !plan; i++)
		if (!keeps_terms(&after, &s->edits[i])) {
			print_error("%s: %s: a term is lost\n", v->path, slug);
			bad++;
		}
	arena_free(&after.a);
	return bad;
}

/* Whether remedy I of ST puts another record in the place of one than a remedy before it. */
static bool
undoes_another(const struct state *st, size_t i)
{
	const struct seen *s = &st->list[i];

	for (size_t k = 0; k < i; k++) {
		const struct seen *o = &st->list[k];

		if (s->n_edits == 1 && o->n_edits == 1 && s->edits[0].type == RR_TXT &&
		    s->edits[0].action == CHANGE_REPLACE && o->edits[0].action == CHANGE_REPLACE &&
		    name_eq(&s->edits[0].owner, &o->edits[0].owner) &&
		    str_eq(s->edits[0].old_data, o->edits[0].old_data) &&
		    !str_eq(s->edits[0].new_data, o->edits[0].new_data) &&
		    strcmp(rule_of(s->id)->check, "spf") == 0)
			return true;
	}
	return false;
}

/* Runs V and tries all its remedies; adds their number to *TRIED, returns how many are bad. */
static size_t
try_vector(struct vector *v, size_t *tried)
{
	static struct state before;
	size_t bad = 0;

	run(v, &before, NULL);
	for (size_t k = 0; k < before.n; k++) {
		if (before.list[k].n_edits == 0)
			continue;
		++*tried;
		if (undoes_another(&before, k)) {
			print_error(
			    "%s: %s: undoes another\n", v->path, rule_of(before.list[k].id)->slug);
			bad++;
		}
		bad += try_remedy(v, &before, &before.list[k]);
	}
	arena_free(&before.a);
	return bad;
}

static void
test_remedies_cure_and_do_no_harm(void **state)
{
	const char *src = getenv("srcdir");
	char pattern[4096];
	size_t bad = 0, tried = 0;
	glob_t gl;

	(void)state;
	(void)snprintf(
	    pattern, sizeof(pattern), "%s/vectors/check/*.zone", src != NULL ? src : ".");
	assert_int_equal(glob(pattern, 0, NULL, &gl), 0);
	for (size_t i = 0; i < gl.gl_pathc; i++) {
		struct vector v;

		vector_read(&v, gl.gl_pathv[i]);
		bad += try_vector(&v, &tried);
		vector_free(&v);
	}
	print_message("%zu remedies\n", tried);
	globfree(&gl);
	assert_int_equal(bad, 0);
}

/* The same of records put together from what people write, always in the same order. */
static void
test_remedies_of_drawn_records(void **state)
{
	size_t bad = 0, tried = 0;
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 16);
	for (uint64_t i = 0; i < RECORDS; i++) {
		struct vector v;
		char path[32];

		buf_reset(&b);
		drawn_zone(&b, i);
		(void)snprintf(path, sizeof(path), "record %u", (unsigned)i);
		vector_parse(&v, path, buf_str(&b));
		size_t n = try_vector(&v, &tried);
		if (n > 0)
			print_error("%.*s", (int)b.n, b.p);
		bad += n;
		vector_free(&v);
	}
	print_message("%zu remedies\n", tried);
	buf_free(&b);
	assert_int_equal(bad, 0);
}

/* An exception that nothing needs any more would hide what comes next. */
static void
test_every_exception_is_needed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(exceptions); i++)
		if (!used[i])
			fail_msg("%s, %s", exceptions[i].of, exceptions[i].may);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_remedies_cure_and_do_no_harm),
		cmocka_unit_test(test_remedies_of_drawn_records),
		cmocka_unit_test(test_every_exception_is_needed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
