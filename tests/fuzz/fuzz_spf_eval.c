/* SPDX-License-Identifier: ISC */
/*
 * fuzz_spf_eval.c - the evaluator in a world made of the input: each line is a
 * record, and which name holds which is drawn from the name.  It ends, its
 * counts stay within the limits, and answers that come late change nothing.
 */
#include <assert.h>
#include "checks/core/hash.h"
#include "checks/spf_eval.h"
#include "checks/spf_tree.h"

#define MAX_ASKED 400 /* 11 records, 10 terms of 11 questions each, those asked ahead */

struct world {
	struct str text;
	struct arena a;
	bool late;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The line of W that the number AT falls into, as a TXT rdata of one string. */
static struct str
line_at(struct world *w, uint64_t at)
{
	size_t from = w->text.n > 0 ? (size_t)(at % w->text.n) : 0;
	while (from > 0 && w->text.p[from - 1] != '\n')
		from--;
	size_t n = str_find(w->text, from, '\n') - from;
	n = n > 255 ? 255 : n;
	char *p = arena_alloc(&w->a, n + 1);
	p[0] = (char)n;
	if (n > 0)
		memcpy(p + 1, w->text.p + from, n);
	return (struct str){ p, n + 1 };
}

/* One record of TYPE; N says which. */
static void
add_record(struct world *w, struct answer_draft *d, uint16_t type, uint64_t n)
{
	static const char wire[] = { 0, 1, 1, 'a', 1, 'b', 0 };
	char *p = arena_alloc(&w->a, 16);
	if (type == RR_MX || type == RR_PTR) {
		memcpy(p, wire, sizeof(wire));
		p[3] = (char)('a' + n % 20);
		size_t skip = type == RR_PTR ? 2 : 0;
		(void)draft_add_rr(d, type, 1, (struct str){ p + skip, sizeof(wire) - skip });
	} else if (type == RR_A || type == RR_AAAA) {
		p[0] = (char)(n % 3);
		(void)draft_add_rr(d, type, 1, (struct str){ p, type == RR_A ? 4 : 16 });
	} else if (type == RR_TXT && n % 8 < 2) {
		(void)draft_add_rr(d, type, 1, line_at(w, n / 8));
	}
}

static const struct answer *
answer_to(struct world *w, const struct question *q)
{
	struct str text = w->text;
	uint64_t h = question_hash(q);
	struct answer_draft d;
	/* The last bytes choose among worlds; the first line is the sender's record. */
	h = hash_end(hash_add(h, str_sub(text, text.n > 4 ? text.n - 4 : 0, 4)));
	if (q->type == RR_TXT && q->name.n == 5 && q->name.w[1] == 'a' && q->name.w[3] == 'b') {
		draft_init(&d, &w->a, q, ANSWER_FOUND);
		(void)draft_add_rr(&d, RR_TXT, 1, line_at(w, 0));
		return answer_finish(&d);
	}
	if (h % 17 == 0)
		return answer_failed(q, CAUSE_TIMEOUT);
	draft_init(&d, &w->a, q, h % 7 == 0 ? ANSWER_NXDOMAIN : ANSWER_FOUND);
	for (uint64_t i = 0; h % 7 != 0 && i <= h / 7 % 13; i++)
		add_record(w, &d, q->type, h / 91 + i);
	if (d.n_rr == 0)
		d.a.status = h % 2 == 0 ? ANSWER_NODATA : ANSWER_NXDOMAIN;
	return answer_finish(&d);
}

static const struct answer *
on_ask(void *ctx, const struct question *q)
{
	struct world *w = ctx;
	return w->late ? NULL : answer_to(w, q);
}

static void
deliver(struct world *w, struct inquiry *q)
{
	for (size_t i = 0; i < q->n; i++)
		if (q->entries[i].answer == NULL)
			(void)inquiry_deliver(q, &q->entries[i].q, answer_to(w, &q->entries[i].q));
}

/* Evaluates in W, and says by a number what came out. */
static uint64_t
evaluate(struct world *w)
{
	static const struct spf_sender sender = { .domain = { "a.b", 3 }, .walk = true };
	static const struct subject subject = { .n_ips = 0 };
	struct facts facts = { .spf = NULL };
	struct spf_verdict v;
	struct findings fs;
	struct inquiry q;
	struct arena run;
	arena_init(&run, 0);
	inquiry_init(&q, on_ask, w, &run);
	findings_init(&fs, &run);
	struct audit au = { &subject, &q, &run, &fs, &facts, NULL };
	for (unsigned runs = 0; runs == 0 || v.pending; runs++) {
		assert(runs < MAX_ASKED);
		deliver(w, &q);
		arena_reset(&run);
		inquiry_begin(&q);
		spf_eval(&au, &sender, &v);
	}
	assert(v.lookups <= SPF_LOOKUP_LIMIT && v.n_path <= SPF_LOOKUP_LIMIT + 1);
	assert(v.voids <= SPF_VOID_LIMIT + 1 && q.n <= MAX_ASKED);
	assert((v.why != WHY_NONE) == (v.result >= RESULT_TEMPERROR));
	uint64_t sum = v.result + 10 * v.lookups + 1000 * v.voids + 10000 * (uint64_t)v.why;
	sum = hash_add(hash_add(sum, v.term), v.explanation);
	findings_free(&fs);
	inquiry_free(&q);
	arena_free(&run);
	return hash_end(sum);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct world w = { .text = { (const char *)data, len } };
	arena_init(&w.a, 0);
	uint64_t at_once = evaluate(&w);
	w.late = true;
	assert(evaluate(&w) == at_once);
	arena_free(&w.a);
	return 0;
}
