/* SPDX-License-Identifier: ISC */
/*
 * fuzz_spf_map.c - the map of a record against check_host(): each line of the
 * input is a record, the first that of the sender, and include:a.b to
 * include:p.b lead to the others.  Where a map gives a plain result and no
 * limit is met, the evaluator gives the same.
 */
#include <assert.h>
#include "checks/spf_map.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct world {
	struct str text;
	struct arena a;
};

/* Line N of the text as TXT rdata of one string; empty when there is none. */
static struct str
line_at(struct world *w, unsigned n)
{
	size_t from = 0;
	for (; n > 0 && from < w->text.n; n--)
		from = str_find(w->text, from, '\n') + 1;
	struct str line = str_sub(w->text, from, str_find(w->text, from, '\n') - from);
	line = str_sub(line, 0, 255);
	if (from >= w->text.n)
		return STR("");
	char *p = arena_alloc(&w->a, line.n + 1);
	p[0] = (char)line.n;
	if (line.n > 0)
		memcpy(p + 1, line.p, line.n);
	return (struct str){ p, line.n + 1 };
}

/* a.b to p.b: a record each, an address, and for some an exchanger. */
static const struct answer *
on_ask(void *ctx, const struct question *q)
{
	static const char mx[] = { 0, 1, 1, 'c', 1, 'b', 0 };
	static const char hosts[32] = { 8, 8, 4, 4, 0, 0, 8, 9, 9, 1, 2, 8 };
	struct world *w = ctx;
	struct answer_draft d;
	unsigned letter =
	    q->name.n == 5 && q->name.w[3] == 'b' ? (unsigned)(q->name.w[1] - 'a') : 99;
	struct str text = letter < 16 ? line_at(w, letter) : STR("");
	draft_init(&d, &w->a, q, ANSWER_FOUND);
	if (q->type == RR_TXT && text.n > 0)
		(void)draft_add_rr(&d, RR_TXT, 1, text);
	else if (letter < 16 && (q->type == RR_A || q->type == RR_AAAA))
		(void)draft_add_rr(
		    &d, q->type, 1, (struct str){ hosts + letter, q->type == RR_A ? 4 : 16 });
	else if (q->type == RR_MX && letter % 2 == 0)
		(void)draft_add_rr(&d, RR_MX, 1, (struct str){ mx, sizeof(mx) });
	if (d.n_rr == 0)
		d.a.status = ANSWER_NODATA;
	return answer_finish(&d);
}

/* What check_host() says of IP is what V says. */
static void
compare(struct audit *au, const struct spf_value *v, struct addr ip)
{
	struct spf_sender s = { .ip = ip, .domain = { "a.b", 3 } };
	struct spf_verdict got;
	spf_eval(au, &s, &got);
	if (v->yes == NULL && !v->tail && got.why != WHY_LOOKUPS && got.why != WHY_VOIDS)
		assert(got.result == v->result);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct subject subject = { .n_ips = 0 };
	struct world w = { .text = { (const char *)data, len } };
	struct facts facts = { .spf = NULL };
	struct findings fs;
	struct inquiry q;
	struct name root;
	struct arena run;
	struct spf_map map;
	arena_init(&run, 0);
	arena_init(&w.a, 0);
	inquiry_init(&q, on_ask, &w, &run);
	findings_init(&fs, &run);
	struct audit au = { &subject, &q, &run, &fs, &facts, NULL };
	inquiry_begin(&q);
	assert(name_parse(STR("a.b"), &root) == NAME_OK);
	struct spf_tree *t = spf_tree(&au, &root);
	struct spf_mapper *m = spf_mapper(&run, t);
	bool known = m != NULL && spf_map(m, t->nodes[0], NULL, &map);
	for (int v6 = 0; known && v6 < 2; v6++)
		for (size_t i = 0; i < map.n[v6] && i < 100; i++) {
			struct addr ip = map.spans[v6][i].from;
			compare(&au, spf_map_at(&map, &ip), ip);
		}
	findings_free(&fs);
	inquiry_free(&q);
	arena_free(&w.a);
	arena_free(&run);
	return 0;
}
