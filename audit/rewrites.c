/* SPDX-License-Identifier: ISC */
/*
 * rewrites.c - an inquiry of one question, beside those of the domains.
 */
#include "audit/rewrites.h"
#include "audit/error.h"
#include "checks/core/hash.h"
#include "checks/core/rr.h"

#define BEFORE "mailvet-"
#define DIGITS 16

static void
on_answer(struct waiter *w, const struct question *q, const struct answer *a)
{
	struct rewrites *p = (struct rewrites *)w;

	p->waits = false;
	(void)inquiry_deliver(&p->q, q, answer_ref(a));
}

static const struct answer *
on_ask(void *ctx, const struct question *q)
{
	struct rewrites *p = ctx;
	const struct answer *a = world_ask(p->world, q, &p->waiter);

	p->waits = a == NULL;
	return a;
}

/* mailvet-0123456789abcdef.invalid */
static struct name
name_for(time_t now)
{
	static const char hex[] = "0123456789abcdef";
	uint64_t h =
	    hash_end(hash_add(HASH_START, (struct str){ (const char *)&now, sizeof(now) }));
	struct name n = { .n = 0 };
	struct buf b;

	buf_init(&b, MAX_NAME_TEXT);
	buf_adds(&b, BEFORE);
	for (unsigned i = 0; i < DIGITS; i++)
		buf_addc(&b, hex[h >> (4 * i) & 15]);
	buf_adds(&b, ".invalid");
	(void)name_parse(buf_str(&b), &n);
	buf_free(&b);
	return n;
}

void
rewrites_ask(struct rewrites *p, struct world *w, time_t now)
{
	struct name n = name_for(now);

	*p = (struct rewrites){ .world = w, .asked = true };
	p->waiter.ready = on_answer;
	p->question = question_dns(&n, RR_A);
	arena_init(&p->arena, 0); /* one answer */
	inquiry_init(&p->q, on_ask, p, &p->arena);
	inquiry_begin(&p->q);
	(void)ask(&p->q, &p->question);
}

void
rewrites_wait(struct rewrites *p, struct loop *loop, uint64_t until_ms)
{
	uint64_t now;

	while (p->waits && loop != NULL && (now = loop_now(loop)) < until_ms)
		if (loop_once(loop, (int)(until_ms - now)) != AUDIT_OK)
			break;
}

/* The server that said so, "192.0.2.53@53", also out of a recording. */
static struct str
server_of(const struct answer *a)
{
	struct str where = a->from.where, before = STR("resolver ");

	if (str_has_prefix(where, before))
		where = str_sub(where, before.n, where.n);
	return where.n > 0 ? where : STR("the resolver");
}

bool
rewrites_unanswered(const struct rewrites *p, struct str *who, enum answer_cause *why)
{
	const struct answer *a;

	*who = (struct str){ 0 };
	*why = CAUSE_TIMEOUT;
	if (!p->asked || p->q.n == 0)
		return false;
	if ((a = p->q.entries[0].answer) == NULL)
		return p->waits;
	*who = server_of(a);
	*why = a->cause;
	return a->status == ANSWER_FAILED &&
	       (a->cause == CAUSE_TIMEOUT || a->cause == CAUSE_NETWORK);
}

void
rewrites_tell(const struct rewrites *p, struct judge *j, struct recorder *r)
{
	const struct answer *a;
	struct findings fs;
	struct arena arena;
	struct finding *f;
	struct buf b;

	if (!p->asked || p->q.n == 0 || (a = p->q.entries[0].answer) == NULL)
		return;
	if (r != NULL)
		recorder_add(r, &p->q);
	if (a->status != ANSWER_FOUND || a->n_rr == 0 || str_eq(a->from.source, STR("zone")))
		return;
	arena_init(&arena, 0);
	findings_init(&fs, &arena);
	buf_init(&b, MAX_NAME_TEXT);
	rr_print(&b, &a->rr[0]);
	f = finding_add_text(&fs, RULE_RESOLVER_REWRITES, server_of(a));
	finding_text(&fs, f, "address", buf_str(&b));
	finding_evidence(f, a);
	judge_add_run(j, f);
	buf_free(&b);
	findings_free(&fs);
	arena_free(&arena);
}

void
rewrites_free(struct rewrites *p)
{
	if (!p->asked)
		return;
	if (p->waits)
		world_cancel(p->world, &p->waiter);
	inquiry_free(&p->q);
	arena_free(&p->arena);
	p->asked = false;
}
