/* SPDX-License-Identifier: ISC */
/*
 * checkup.c - runs checks until each has met no pending answer.
 */
#include "audit/checkup.h"
#include <assert.h>
#include <setjmp.h>

#define ARENA_RESERVE ((size_t)64 << 10) /* to say audit-limit when the arena is full */

void
checkup_init(struct checkup *c, const struct subject *subject, struct inquiry *q,
    const struct check *list, size_t n)
{
	assert(n <= MAX_CHECKS);
	*c = (struct checkup){ .subject = subject,
		.q = q,
		.checks = list,
		.n_checks = (unsigned)n,
		.news = UINT64_MAX };
	if (subject->compared)
		inquiry_before(&c->before, q);
	arena_init(&c->arena, MAX_ARENA);
	findings_init(&c->findings, &c->arena);
}

void
checkup_free(struct checkup *c)
{
	findings_free(&c->findings);
	arena_free(&c->arena);
}

/*
 * Run check I over C's subject; false = it passed a bound and did not end.  What
 * it found is added to the list, what it derived lies in the arena.
 */
static bool
run_check(struct checkup *c, unsigned i)
{
	const struct check *check = &c->checks[i];
	struct audit au = {
		.subject = c->subject,
		.q = c->q,
		.base = c->subject->compared ? &c->before : NULL,
		.arena = &c->arena,
		.findings = &c->findings,
		.facts = &c->facts,
	};
	jmp_buf limit;

	inquiry_check(c->q, i, check->name);
	findings_reset(&c->findings);
	c->arena.limit = &limit;
	if (setjmp(limit) == 0) {
		check->run(&au);
		c->arena.limit = NULL;
		return true;
	}
	c->limit = c->q->over ? "questions" : "memory";
	c->arena.limit = NULL;
	return false;
}

/* Keep what check I of C found in its last run. */
static void
keep_found(struct checkup *c, unsigned i)
{
	struct found *f = &c->found[i];

	f->first = c->findings.first;
	f->n = c->findings.n;
	f->last = f->n > 0 ? c->findings.last : &f->first;
	c->found_over = c->found_over || c->findings.over;
}

/*
 * Check I once more.  If it met a pending answer, all that it did is undone;
 * but in the LAST run what it has is kept.  False = a bound was passed.
 */
static bool
run_one(struct checkup *c, unsigned i, bool last)
{
	struct arena_mark mark = arena_mark(&c->arena);
	struct facts before = c->facts;
	uint64_t bit = UINT64_C(1) << i;
	bool ended;

	c->news &= ~bit; /* what comes while it runs is news again */
	ended = run_check(c, i);
	if (!ended && !c->whole)
		return false;
	if (c->q->met_pending && !last) {
		c->facts = before;
		c->found[i].n = 0;
		arena_rewind(&c->arena, &mark);
		return true;
	}
	c->left &= ~bit;
	if (ended && !c->q->met_pending)
		c->ran |= bit;
	keep_found(c, i);
	return true;
}

/* Run the checks WHICH of C; false = a bound was passed that was not before. */
static bool
run_some(struct checkup *c, uint64_t which, bool last)
{
	bool met_pending = false;

	for (unsigned i = 0; i < c->n_checks; i++) {
		if ((which >> i & 1) == 0)
			continue;
		if (!run_one(c, i, last))
			return false;
		met_pending = met_pending || c->q->met_pending;
	}
	if (last && met_pending)
		c->limit = "rounds of dependent questions";
	return true;
}

void
checkup_turn(struct checkup *c, uint64_t waiting, bool last)
{
	uint64_t able = c->left & c->news, now = able & ~waiting;

	if (!c->whole && run_some(c, last ? c->left : now != 0 ? now : able, last))
		return;
	c->whole = true;
	inquiry_begin(c->q);
	arena_reset(&c->arena);
	c->facts = (struct facts){ .spf = NULL };
	c->limit = NULL;
	c->found_over = false;
	c->ran = 0;
	c->left = c->wanted;
	(void)run_some(c, c->wanted, last);
}

/* What all checks of C found, in their order, as one list. */
static void
join_found(struct checkup *c)
{
	struct findings *fs = &c->findings;

	findings_reset(fs);
	fs->over = c->found_over;
	for (unsigned i = 0; i < c->n_checks; i++) {
		struct found *f = &c->found[i];

		if (f->n == 0)
			continue;
		*fs->last = f->first;
		fs->last = f->last;
		fs->n += f->n;
	}
	if (fs->n <= MAX_FINDINGS)
		return;
	fs->over = true;
	fs->last = &fs->first;
	for (fs->n = 0; fs->n < MAX_FINDINGS; fs->n++)
		fs->last = &(*fs->last)->next;
	*fs->last = NULL;
}

/* A bound was passed: say so beside what was found up to there. */
static void
add_limit(struct checkup *c)
{
	struct finding *f;

	c->arena.max += ARENA_RESERVE;
	if (c->limit == NULL && c->findings.over)
		c->limit = "findings";
	if (c->limit == NULL)
		return;
	if (c->findings.n >= MAX_FINDINGS)
		c->findings.n = MAX_FINDINGS - 1;
	f = name_is_set(&c->subject->domain)
		? finding_add(&c->findings, RULE_AUDIT_LIMIT, &c->subject->domain)
		: finding_add_text(&c->findings, RULE_AUDIT_LIMIT, STR("the address"));
	finding_text(&c->findings, f, "limit", str_of(c->limit));
}

static void
add_assumption(struct checkup *c, const char *before, const struct name *n)
{
	struct buf b;
	struct str *list;

	list = arena_array(&c->arena, c->facts.n_assumptions + 1, sizeof(*list));
	for (size_t i = 0; i < c->facts.n_assumptions; i++)
		list[i] = c->facts.assumptions[i];
	buf_init(&b, MAX_NAME_TEXT + 100);
	buf_adds(&b, before);
	name_print(&b, n);
	list[c->facts.n_assumptions++] = arena_str(&c->arena, buf_str(&b));
	c->facts.assumptions = list;
	buf_free(&b);
}

/* What was taken for granted, so that the reader can object. */
static void
add_assumptions(struct checkup *c)
{
	const struct subject *s = c->subject;

	/* a message says itself who sent it */
	if (!name_is_set(&s->domain) || s->message != NULL)
		return;
	if (s->n_senders > 0 || s->role != ROLE_MAIL)
		return; /* the configuration says who sends, and as whom */
	if (!s->mail_from_given)
		add_assumption(c, "MAIL FROM taken as ", &s->domain);
	if (!name_is_set(&s->from))
		add_assumption(c, "From taken as ", &s->domain);
}

void
checkup_end(struct checkup *c)
{
	join_found(c);
	add_limit(c);
	add_assumptions(c);
}
