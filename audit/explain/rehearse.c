/* SPDX-License-Identifier: ISC */
/*
 * rehearse.c - the same subjects in two worlds; see rehearse.h.
 */
#include "audit/explain/rehearse.h"
#include <stdlib.h>
#include "audit/config/apply.h"
#include "audit/error.h"
#include "audit/explain/edits.h"
#include "checks/core/hash.h"
#include "checks/streams.h"
#include "report/words.h"

#define MAX_WHAT ((size_t)16 << 10) /* of the words of a remedy */

/* One run of the engine over some of the subjects. */
struct run {
	struct rehearsal *r;
	const size_t *which; /* indices of subjects */
	size_t n, next;
	struct rehearsed *out; /* parallel to WHICH */
};

static enum feed_reply
next_subject(void *ctx, struct subject *out, struct arena *a)
{
	struct run *run = ctx;

	(void)a;
	if (run->next == run->n)
		return FEED_END;
	*out = run->r->subjects[run->which[run->next++]];
	return FEED_ONE;
}

/* Faults of the file stand in the file, in front of which a change is put. */
static bool
is_wanted(const void *ctx, const struct check *c)
{
	(void)ctx;
	return strcmp(c->name, "zone") != 0 && strcmp(c->name, "message") != 0;
}

static uint64_t
name_hash(const struct name *name)
{
	return hash_end(hash_add(HASH_START, (struct str){ (const char *)name->w, name->n }));
}

static int
by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* The names that Q led to: those asked, and those of the aliases on the way. */
static void
take_asked(struct arena *a, const struct inquiry *q, struct rehearsed *out)
{
	size_t room = q->n;

	for (size_t i = 0; i < q->n; i++)
		if (q->entries[i].answer != NULL)
			room += q->entries[i].answer->n_chain;
	out->asked = arena_array(a, room + 1, sizeof(*out->asked));
	for (size_t i = 0; i < q->n; i++) {
		const struct answer *x = q->entries[i].answer;

		if (q->entries[i].q.name.n > 0)
			out->asked[out->n_asked++] = name_hash(&q->entries[i].q.name);
		for (size_t k = 0; x != NULL && k < x->n_chain; k++)
			out->asked[out->n_asked++] = name_hash(&x->chain[k]);
	}
	qsort(out->asked, out->n_asked, sizeof(*out->asked), by_value);
}

static void
take_changes(struct arena *a, const struct remedy *m, struct rehearsed_finding *out)
{
	struct change *c;

	if (m->n_changes == 0 || m->over)
		return;
	c = arena_array(a, m->n_changes, sizeof(*c));
	for (size_t i = 0; i < m->n_changes; i++) {
		c[i] = m->changes[i];
		c[i].old = arena_str(a, c[i].old);
		c[i].new = arena_str(a, c[i].new);
	}
	out->changes = c;
	out->n_changes = m->n_changes;
}

static void
take_figure(const struct finding *f, struct rehearsed_finding *out)
{
	const char *figure = rule_of(f->id)->figure;

	for (size_t i = 0; i < f->n_args; i++)
		if (figure != NULL && f->args[i].kind == ARG_NUMBER &&
		    strcmp(f->args[i].name, figure) == 0) {
			out->has_figure = true;
			out->figure = f->args[i].number;
		}
}

static void
take_finding(struct arena *a, const struct judged *g, struct rehearsed_finding *out)
{
	const struct finding *f = g->f;
	struct buf b;

	*out = (struct rehearsed_finding){ .id = f->id, .level = g->level, .who = finding_who(f) };
	memcpy(out->fingerprint, g->fingerprint, sizeof(out->fingerprint));
	out->about = arena_str(a, f->subject);
	out->url = arena_str(a, f->remedy.url.n > 0 ? f->remedy.url : STR(""));
	buf_init(&b, MAX_WHAT);
	sentence_add(&b, finding_remedy(f), f);
	out->what = arena_str(a, buf_str(&b));
	buf_free(&b);
	take_figure(f, out);
	take_changes(a, &f->remedy, out);
}

/* "192.0.2.25 as example.com" */
static struct str
sender_words(struct arena *a, const struct stream *st)
{
	struct str out;
	struct buf b;

	buf_init(&b, 2 * MAX_NAME_TEXT);
	if (st->n_addresses > 0)
		addr_print(&b, &st->worst);
	else
		buf_add_escaped(&b, st->name.n > 0 ? st->name : STR("mail"));
	buf_adds(&b, " as ");
	name_print(&b, st->path.n > 0 ? &st->path : &st->author);
	out = arena_str(a, buf_str(&b));
	buf_free(&b);
	return out;
}

static uint32_t
lookups_of(const struct stream *st)
{
	for (size_t i = 0; i < st->n_addresses; i++)
		if (addr_eq(&st->addresses[i].ip, &st->worst))
			return st->addresses[i].verdict->lookups;
	return 0;
}

static void
take_streams(struct arena *a, const struct engine_result *e, struct rehearsed *out)
{
	const struct streams *s = e->facts->streams;

	if (s == NULL || s->pending)
		return;
	out->streams = arena_array(a, s->n + 1, sizeof(*out->streams));
	for (size_t i = 0; i < s->n; i++) {
		const struct stream *st = &s->list[i];
		bool own = st->path.n > 0 && name_eq(&st->path, &e->subject->domain);

		out->streams[out->n_streams++] = (struct rehearsed_stream){
			.sender = sender_words(a, st),
			.spf = st->spf_known ? spf_result_name(st->spf) : "",
			.dkim = st->dkim,
			.dmarc = st->dmarc,
			.asks = st->asks,
			.has_lookups = st->n_addresses > 0 || (own && out->kept.has_spf),
			.lookups = own && out->kept.has_spf ? out->kept.lookups : lookups_of(st),
		};
	}
}

/* An answer of REST that is at hand: all were asked for a moment ago. */
static const struct answer *
at_hand(void *ctx, const struct question *q)
{
	struct waiter nobody = { .ready = NULL };
	struct world *rest = ctx;
	const struct answer *a = world_ask(rest, q, &nobody);

	if (a == NULL)
		world_cancel(rest, &nobody);
	return a;
}

/*
 * What the questions of Q are answered where no change is in front: a recording holds what
 * DNS says, and nothing that was only tried.
 */
static void
record(struct rehearsal *r, const struct question *const *q, size_t n)
{
	struct inquiry own;
	struct arena a;

	if (r->o.recorder == NULL)
		return;
	arena_init(&a, 0);
	inquiry_init(&own, at_hand, r->o.rest, &a);
	inquiry_begin(&own);
	for (size_t i = 0; i < n; i++)
		(void)ask(&own, q[i]);
	recorder_add(r->o.recorder, &own);
	inquiry_free(&own);
	arena_free(&a);
}

void
rehearsal_record(struct rehearsal *r, const struct question *q)
{
	record(r, &q, 1);
}

static void
record_all(struct rehearsal *r, const struct inquiry *q)
{
	struct arena a;
	const struct question **v;

	arena_init(&a, 0);
	v = arena_array(&a, q->n + 1, sizeof(*v));
	for (size_t i = 0; i < q->n; i++)
		v[i] = &q->entries[i].q;
	record(r, v, q->n < MAX_QUESTIONS ? q->n : MAX_QUESTIONS);
	arena_free(&a);
}

static void
on_done(void *ctx, const struct engine_result *e)
{
	struct run *run = ctx;
	struct rehearsal *r = run->r;
	struct rehearsed *out = &run->out[e->index];
	struct domain_result d;
	struct judge j;
	struct arena a;

	arena_init(&a, 0);
	judge_init(&j);
	config_judge(r->o.config, r->o.o, r->o.now, &j);
	judge_domain(&j, e, &a, &d);
	out->done = true;
	out->findings = arena_array(r->o.a, d.n_findings + 1, sizeof(*out->findings));
	for (size_t i = 0; i < d.n_findings; i++)
		if (d.findings[i].level != LEVEL_PASS)
			take_finding(r->o.a, &d.findings[i], &out->findings[out->n_findings++]);
	kept_take(r->o.a, e->facts, &out->kept);
	take_streams(r->o.a, e, out);
	take_asked(r->o.a, e->q, out);
	record_all(r, e->q);
	judge_free(&j);
	arena_free(&a);
}

struct world *
rehearsal_world(struct rehearsal *r, struct arena *a, const struct change *changes, size_t n)
{
	struct edit *edits = arena_array(a, n + 1, sizeof(*edits));
	struct world *w;

	if (!edits_of(a, changes, n, edits))
		return NULL;
	w = world_new(r->o.loop);
	world_set_now(w, r->o.now);
	if (n > 0)
		world_add(w, edit_new(edits, n));
	world_add(w, pinned_source(r->pinned));
	return w;
}

/* Audit the N subjects at WHICH in W into OUT. */
static int
audit_in(struct rehearsal *r, struct world *w, const size_t *which, size_t n, struct rehearsed *out)
{
	struct run run = { .r = r, .which = which, .n = n, .out = out };
	struct engine_options eo = { .in_flight = r->o.o->in_flight,
		.in_order = true,
		.timeout_ms = r->o.o->timeout_ms,
		.wanted = is_wanted };
	struct engine_feed feed = { .next = next_subject, .done = on_done, .ctx = &run };

	return engine_run(w, r->o.loop, &eo, &feed);
}

int
rehearsal_begin(struct rehearsal *r, const struct rehearsal_options *o,
    const struct subject *subjects, size_t n)
{
	struct world *w;
	size_t *all;
	int rc;

	*r = (struct rehearsal){ .o = *o, .subjects = subjects, .n = n };
	r->pinned = pinned_new(o->rest);
	r->before = arena_array(r->o.a, n + 1, sizeof(*r->before));
	all = arena_array(r->o.a, n + 1, sizeof(*all));
	for (size_t i = 0; i < n; i++)
		all[i] = i;
	w = rehearsal_world(r, r->o.a, NULL, 0);
	rc = audit_in(r, w, all, n, r->before);
	world_free(w);
	return rc;
}

void
rehearsal_free(struct rehearsal *r)
{
	pinned_free(r->pinned);
	*r = (struct rehearsal){ .n = 0 };
}

const struct rehearsed_finding *
rehearsed_find(const struct rehearsed *x, const char *fingerprint)
{
	for (size_t i = 0; i < x->n_findings; i++)
		if (strcmp(x->findings[i].fingerprint, fingerprint) == 0)
			return &x->findings[i];
	return NULL;
}

/*
 * Whether X led to the owner of C, or to a name above it: a record that is added makes
 * those exist, and one that is taken away may end them.
 */
static bool
is_touched(const struct rehearsed *x, const struct change *c)
{
	for (size_t i = 0; i <= name_labels(&c->name); i++) {
		struct name n = name_parent(&c->name, i);
		uint64_t h = name_hash(&n);

		if (bsearch(&h, x->asked, x->n_asked, sizeof(h), by_value) != NULL)
			return true;
	}
	return false;
}

/* How good a result is; 0 = nobody knows, which is never compared. */
static int
spf_rank(const char *s)
{
	static const char *const words[] = { "fail", "permerror", "softfail", "neutral", "none",
		"pass" };
	static const int ranks[] = { 1, 1, 2, 3, 3, 4 };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(s, words[i]) == 0)
			return ranks[i];
	return 0;
}

static int
dkim_rank(const char *s)
{
	if (strcmp(s, "pass") == 0)
		return 2;
	return strcmp(s, "none") == 0 || strcmp(s, "permerror") == 0;
}

/*
 * A failure counts by what is asked of receivers.  AFTER a change, what nobody knows may be
 * one: under p=none it does no harm.
 */
static int
dmarc_rank(const struct rehearsed_stream *s, bool after)
{
	if (strcmp(s->dmarc, "pass") == 0)
		return 4;
	if (strcmp(s->dmarc, "none") == 0)
		return 3;
	if (strcmp(s->dmarc, "fail") != 0 && !(after && s->asks == DMARC_NONE))
		return 0;
	return s->asks == DMARC_REJECT ? 1 : s->asks == DMARC_QUARANTINE ? 2 : 3;
}

static bool
is_less(int after, int before)
{
	return before > 0 && after < before;
}

static void
compare_streams(const struct rehearsed *b, const struct rehearsed *a, struct trial *out)
{
	for (size_t i = 0; i < b->n_streams; i++) {
		const struct rehearsed_stream *x = &b->streams[i], *y = &a->streams[i];

		if (i >= a->n_streams) {
			out->lost = "what becomes of the mail is not known any more";
			return;
		}
		if (!is_less(spf_rank(y->spf), spf_rank(x->spf)) &&
		    !is_less(dkim_rank(y->dkim), dkim_rank(x->dkim)) &&
		    !is_less(dmarc_rank(y, true), dmarc_rank(x, false)))
			continue;
		out->was = x;
		out->worse = y;
		return;
	}
}

/* Whether F, a finding of the one world, is as bad in OTHER. */
static bool
is_in(const struct rehearsed *other, const struct rehearsed_finding *f)
{
	const struct rehearsed_finding *o = rehearsed_find(other, f->fingerprint);

	return o != NULL && o->level >= f->level &&
	       (!f->has_figure || !o->has_figure || o->figure >= f->figure);
}

static void
compare(
    struct rehearsal *r, const struct rehearsed *b, const struct rehearsed *a, struct trial *out)
{
	const struct rehearsed_finding **cured, **brought;

	if (!a->done && b->done) {
		out->lost = "a bound of the audit is passed";
		return;
	}
	cured = arena_array(r->o.a, out->n_cured + b->n_findings + 1, sizeof(*cured));
	brought = arena_array(r->o.a, out->n_brought + a->n_findings + 1, sizeof(*brought));
	if (out->n_cured > 0)
		memcpy(cured, out->cured, out->n_cured * sizeof(*cured));
	if (out->n_brought > 0)
		memcpy(brought, out->brought, out->n_brought * sizeof(*brought));
	out->cured = cured;
	out->brought = brought;
	for (size_t i = 0; i < b->n_findings; i++)
		if (rehearsed_find(a, b->findings[i].fingerprint) == NULL)
			cured[out->n_cured++] = &b->findings[i];
	for (size_t i = 0; i < a->n_findings; i++)
		if (!is_in(b, &a->findings[i]))
			brought[out->n_brought++] = &a->findings[i];
	if (out->worse == NULL)
		compare_streams(b, a, out);
	if (out->lost == NULL)
		out->lost = kept_lost(&b->kept, &a->kept);
}

/* The subjects, of ONLY, that the N CHANGES may touch into WHICH; their number. */
static size_t
touched(const struct rehearsal *r, const struct change *changes, size_t n, const struct some *only,
    size_t *which)
{
	size_t n_which = 0;

	for (size_t i = 0; i < (only != NULL ? only->n : r->n); i++) {
		size_t at = only != NULL ? only->v[i] : i;
		bool any = false;

		for (size_t k = 0; k < n && !any; k++)
			any = is_touched(&r->before[at], &changes[k]);
		if (any)
			which[n_which++] = at;
	}
	return n_which;
}

int
rehearsal_try(struct rehearsal *r, const struct change *changes, size_t n, const struct some *only,
    struct trial *out)
{
	size_t *which = arena_array(r->o.a, r->n + 1, sizeof(*which));
	struct rehearsed *after;
	struct world *w;
	int rc;

	*out = (struct trial){ .n_touched = touched(r, changes, n, only, which) };
	out->after = arena_array(r->o.a, r->n + 1, sizeof(*out->after));
	for (size_t i = 0; i < r->n; i++)
		out->after[i] = &r->before[i];
	if ((w = rehearsal_world(r, r->o.a, changes, n)) == NULL) {
		out->unread = true;
		return AUDIT_OK;
	}
	after = arena_array(r->o.a, out->n_touched + 1, sizeof(*after));
	rc = audit_in(r, w, which, out->n_touched, after);
	world_free(w);
	for (size_t i = 0; i < out->n_touched && rc == AUDIT_OK; i++) {
		out->after[which[i]] = &after[i];
		compare(r, &r->before[which[i]], &after[i], out);
	}
	return rc;
}
