/* SPDX-License-Identifier: ISC */
/*
 * vector_run.c - runs a vector: its zones as worlds, the checks, every report.
 */
#include "tests/vector.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include "audit/config/apply.h"
#include "audit/idn.h"
#include "audit/judge.h"
#include "audit/listfile.h"
#include "audit/source.h"
#include "audit/sources/key.h"
#include "audit/sources/suffix.h"
#include "audit/sources/zonefile.h"
#include "checks/signature.h"
#include "report/changes.h"
#include "tests/receiver.h"
#include "tests/shuffle.h"

#define MAX_OUT ((size_t)1 << 26)
#define NOW 1795262400 /* 2026-11-21T12:00:00Z */

static const char *const formats[VECTOR_FORMATS] = { "text", "json", "jsonl" };

/* The answer to Q, one block of memory: what V says of the signatures. */
static struct answer *
verified_answer(const struct vector *v, const struct question *q)
{
	struct {
		struct answer a; /* first: it is freed as this */
		struct verify_facts facts;
		struct verified v[MAX_VERIFIED];
	} *block = calloc(1, sizeof(*block));

	assert_non_null(block);
	memcpy(block->v, v->verified, sizeof(block->v));
	block->facts = (struct verify_facts){ block->v, v->n_verified };
	block->a = (struct answer){ .refs = 1, .q.kind = q->kind, .status = ANSWER_FOUND };
	block->a.verify = &block->facts;
	block->a.bytes = sizeof(*block);
	return &block->a;
}

/* A source in front of the zones: it fails what the vector says. */
struct failing {
	struct source source; /* first */
	const struct vector *v;
};

static enum source_reply
failing_ask(struct source *s, struct ticket *t, struct answer **out)
{
	const struct vector *v = ((struct failing *)s)->v;

	if (t->q.kind == ASK_VERIFY) {
		*out = v->n_verified > 0 ? verified_answer(v, &t->q)
					 : answer_failed(&t->q, CAUSE_MALFORMED);
		return SOURCE_ANSWERED;
	}
	for (size_t i = 0; i < v->n_fails; i++) {
		if (t->q.kind != v->fail[i].kind || t->q.type != v->fail[i].type ||
		    !name_eq(&t->q.name, &v->fail[i].name))
			continue;
		*out = answer_failed(&t->q, CAUSE_TIMEOUT);
		return SOURCE_ANSWERED;
	}
	return SOURCE_NOT_MINE;
}

static void
failing_free(struct source *s)
{
	free(s);
}

static struct source *
failing_new(const struct vector *v)
{
	static const struct source_ops ops = {
		.name = "failing",
		.ask = failing_ask,
		.free = failing_free,
	};
	struct failing *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->source.ops = &ops;
	f->v = v;
	return &f->source;
}

/* The message of the vector, and the keys that it names. */
static void
take_sample(struct vector_got *g, struct subject *out)
{
	struct signatures *sigs = arena_alloc(&g->a, sizeof(*sigs));
	struct selector *list;

	header_parse(&g->a, buf_str(&g->v->message), &g->message);
	signatures_read(&g->a, &g->message, sigs);
	out->message = &g->message;
	out->signatures = sigs;
	out->message_file = STR("sample.eml");
	out->message_number = 1;
	out->trust_received = g->v->trust_received;
	list = arena_array(&g->a, out->n_selectors + MAX_SIGNATURES, sizeof(*list));
	for (size_t i = 0; i < out->n_selectors; i++)
		list[i] = out->selectors[i];
	out->selectors = list;
	for (size_t i = 0; i < sigs->n; i++) {
		const struct signature *s = &sigs->list[i];

		if (!s->unusable)
			list[out->n_selectors++] =
			    (struct selector){ s->domain, s->s, FROM_MESSAGE };
	}
}

static enum feed_reply
next_subject(void *ctx, struct subject *out, struct arena *a)
{
	struct vector_got *g = ctx;

	if (g->given)
		return FEED_END;
	g->given = true;
	*out = (struct subject){ .lists = g->lists, .n_lists = g->n_lists };
	options_subject(&g->o, out);
	out->zone_files = true;
	out->compared = g->v->compared;
	if (g->o.n_names > 0)
		assert_null(idn_parse(str_of(g->o.names[0]), &out->domain));
	if (g->o.config != NULL)
		config_subject(&g->config, out, a);
	if (g->o.aggregates.n > 0)
		evidence_subject(&g->seen, out, a);
	if (g->v->message.n > 0)
		take_sample(g, out);
	return FEED_ONE;
}

static void
note_found(struct vector_got *g, const struct judged *list, size_t n)
{
	struct buf b;

	buf_init(&b, 4096);
	for (size_t i = 0; i < n; i++) {
		g->fired[list[i].f->id] = true;
		if (list[i].level == LEVEL_PASS)
			continue;
		assert_true(g->n_found < MAX_FOUND);
		buf_reset(&b);
		buf_adds(&b, level_name(list[i].level));
		buf_addc(&b, ' ');
		buf_adds(&b, rule_of(list[i].f->id)->slug);
		buf_addc(&b, ' ');
		buf_add_escaped(&b, list[i].f->subject);
		g->found[g->n_found++] = arena_str(&g->a, buf_str(&b));
	}
	buf_free(&b);
}

/* Equal lines in a row, which is where the judge's order has them, as one: "LINE xN". */
static void
join_equal(struct vector_got *g)
{
	size_t to = 0;
	struct buf b;

	buf_init(&b, 4096);
	for (size_t i = 0, n; i < g->n_found; i += n) {
		for (n = 1; i + n < g->n_found && str_eq(g->found[i], g->found[i + n]);)
			n++;
		buf_reset(&b);
		buf_add(&b, g->found[i]);
		if (n > 1) {
			buf_adds(&b, " x");
			buf_addu(&b, n);
		}
		g->found[to++] = arena_str(&g->a, buf_str(&b));
	}
	g->n_found = to;
	buf_free(&b);
}

static void
note_told(struct vector_got *g, const struct mail_changes *all)
{
	struct buf b, line;

	buf_init(&b, 1 << 16);
	buf_init(&line, 1 << 16);
	for (size_t i = 0; all != NULL && i < all->n; i++) {
		assert_true(g->n_told < MAX_TOLD);
		buf_reset(&b);
		buf_reset(&line);
		change_line(&line, &all->list[i]);
		buf_add_escaped(&b, buf_str(&line));
		g->told[g->n_told++] = arena_str(&g->a, buf_str(&b));
	}
	buf_free(&line);
	buf_free(&b);
}

static void
note_asked(struct vector_got *g, const struct inquiry *q)
{
	const struct inquiry_entry **list;
	size_t n = inquiry_asked(q, &g->a, &list);

	g->n_asked = n;
	for (size_t i = 0; i < n; i++) {
		buf_adds(&g->asked, list[i]->q.base ? "before " : "");
		buf_addu(&g->asked, list[i]->q.kind);
		buf_addc(&g->asked, ' ');
		if (list[i]->q.name.n > 0)
			name_print(&g->asked, &list[i]->q.name);
		buf_addc(&g->asked, ' ');
		buf_addu(&g->asked, list[i]->q.type);
		buf_addc(&g->asked, ' ');
		buf_addu(&g->asked, question_hash(&list[i]->q)); /* of the data as well */
		buf_addc(&g->asked, '\n');
	}
}

/* D through every format, with all that there is to tell. */
static void
render(struct vector_got *g, const struct domain_result *d, struct run_result *run)
{
	struct report_style style = { .ascii = true, .notes = true, .verbose = true };

	*run = (struct run_result){ .version = "0", .generated = NOW, .now = NOW, .offline = true };
	run->answers = STR("zone files only");
	for (size_t i = 0; i < VECTOR_FORMATS; i++) {
		struct report rep;

		report_init(&rep, report_format_find(str_of(formats[i])), &style, &g->out[i]);
		if (rep.format->begin != NULL)
			rep.format->begin(&rep, run);
		rep.format->domain(&rep, d);
		rep.n++;
		report_free(&rep);
	}
}

/* The end of each report; apart, since it knows of the run. */
static void
render_end(struct vector_got *g, const struct run_result *run)
{
	struct report_style style = { .ascii = true, .notes = true, .verbose = true };

	for (size_t i = 0; i < VECTOR_FORMATS; i++) {
		struct report rep;

		report_init(&rep, report_format_find(str_of(formats[i])), &style, &g->out[i]);
		if (rep.format->end != NULL)
			rep.format->end(&rep, run);
		report_free(&rep);
	}
}

static void
on_done(void *ctx, const struct engine_result *r)
{
	struct vector_got *g = ctx;
	struct domain_result d;
	struct run_result run;
	struct judge j;
	struct arena a;

	arena_init(&a, 0);
	judge_init(&j);
	config_judge(g->o.config != NULL ? &g->config : NULL, &g->o, NOW, &j);
	judge_domain(&j, r, &a, &d);
	note_found(g, d.findings, d.n_findings);
	note_found(g, j.run, j.n_run);
	join_equal(g);
	note_told(g, r->facts->changes);
	note_asked(g, r->q);
	g->runs = r->runs;
	if (g->v->look != NULL)
		g->v->look(g->v->look_ctx, r, &d);
	render(g, &d, &run);
	judge_run(&j, &run);
	render_end(g, &run);
	judge_free(&j);
	arena_free(&a);
}

/* Whether zone I of V is one of the state before the change / of that after it. */
static bool
is_of_side(const struct vector *v, size_t i, bool before)
{
	if (!before || i >= v->n_after)
		return before == (i >= v->n_after);
	for (size_t k = v->n_after; k < v->n_zones; k++)
		if (str_eq(v->zone_name[i], v->zone_name[k]))
			return false;
	return true;
}

/* One state of the zones of V; what is computed, not looked up, is left to the caller. */
static struct world *
side_new(const struct vector *v, struct loop *loop, uint64_t seed, bool before)
{
	struct world *w = world_new(loop);
	struct source *zone = zonefile_new();

	for (size_t i = 0; i < v->n_zones; i++)
		if (is_of_side(v, i, before) &&
		    zonefile_load_text(zone, v->zone_path[i], v->zone[i]) != 0)
			fail_msg("%s: cannot be loaded", v->zone_path[i]);
	world_set_now(w, NOW);
	if (v->n_edits > 0 && !before)
		world_add(w, edit_new(v->edits, v->n_edits));
	world_add(w, failing_new(v));
	world_add(w, seed != 0 ? shuffle_new(loop, zone, seed) : zone);
	return w;
}

static void
read_reports(struct vector_got *g)
{
	size_t refused;

	assert_int_equal(
	    evidence_read(&g->seen, g->o.aggregates.v, g->o.aggregates.n, &refused), 0);
	g->seen.now = NOW;
	assert_int_equal(refused, 0);
}

void
vector_run(struct vector *v, uint64_t seed, struct vector_got *g)
{
	char *argv[MAX_WORDS];
	struct engine_options eo = { .in_flight = 1, .wanted = options_want, .wanted_ctx = &g->o };
	struct engine_feed feed = { .next = next_subject, .done = on_done, .ctx = g };
	struct loop *loop = seed != 0 ? loop_new() : NULL;
	struct world *w = side_new(v, loop, seed, false);
	struct world *base = v->compared ? side_new(v, loop, seed, true) : NULL;

	*g = (struct vector_got){ .v = v };
	arena_init(&g->a, 0);
	for (size_t i = 0; i < VECTOR_FORMATS; i++)
		buf_init(&g->out[i], MAX_OUT);
	buf_init(&g->asked, MAX_OUT);
	memcpy(argv, v->argv, sizeof(argv)); /* options_parse() moves words */
	assert_int_equal(options_parse(&g->o, v->argc, argv), 0);
	if (v->all_checks)
		g->o.only.n = g->o.skip.n = 0;
	if (g->o.config != NULL)
		assert_int_equal(config_read(&g->config, g->o.config), 0);
	evidence_init(&g->seen);
	if (g->o.aggregates.n > 0)
		read_reports(g);
	if (g->o.dnsbl_zones != NULL)
		assert_int_equal(listfile_read(&g->a, g->o.dnsbl_zones, &g->lists, &g->n_lists), 0);
	world_set_base(w, base);
	world_add(w, suffix_new());
	world_add(w, key_new());
	world_add(w, receiver_shared());
	assert_int_equal(engine_run(w, loop, &eo, &feed), 0);
	world_free(w);
	world_free(base);
	loop_free(loop);
}

void
vector_got_free(struct vector_got *g)
{
	for (size_t i = 0; i < VECTOR_FORMATS; i++)
		buf_free(&g->out[i]);
	buf_free(&g->asked);
	config_free(&g->config);
	evidence_free(&g->seen);
	arena_free(&g->a);
}
