/* SPDX-License-Identifier: ISC */
/*
 * test_vectors.c - vectors/check: zone files that say what is to be found.
 *
 * A vector is a zone file with comments of ours:
 *
 *	;; check OPTIONS... DOMAIN	as typed behind `mailvet check`
 *	;; want LEVEL SLUG SUBJECT	one for each finding but the passes
 *
 * Each is run with all answers at once, and 20 times with answers that come one
 * at a time in random orders: the same JSON bytes, the same questions recorded
 * (DESIGN.md 1).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include "audit/engine.h"
#include "audit/idn.h"
#include "audit/judge.h"
#include "audit/listfile.h"
#include "audit/options.h"
#include "audit/sources/key.h"
#include "audit/sources/suffix.h"
#include "audit/sources/zonefile.h"
#include "tests/shuffle.h"

#define MAX_WANTS 64
#define MAX_WORDS 32
#define MAX_FILE 65536
#define ORDERS 20
#define NOW 1795262400 /* 2026-11-21T12:00:00Z */

struct vector {
	const char *path;
	char text[MAX_FILE];
	char *argv[MAX_WORDS];
	int argc;
	const char *want[MAX_WANTS];
	size_t n_want;
};

/* What one run of a vector gave. */
struct got {
	struct vector *v;
	struct check_options o;
	bool given;
	struct arena a;
	const struct dnsbl_list *lists;
	size_t n_lists;
	struct str found[MAX_WANTS]; /* "LEVEL SLUG SUBJECT", sorted as reported */
	size_t n_found;
	struct buf json, asked;
};

static void
split_words(struct vector *v, char *line)
{
	v->argc = 0;
	for (char *p = line; *p != '\0';) {
		while (*p == ' ')
			*p++ = '\0';
		if (*p == '\0')
			break;
		assert_true(v->argc < MAX_WORDS);
		v->argv[v->argc++] = p;
		while (*p != ' ' && *p != '\0')
			p++;
	}
}

static void
read_vector(struct vector *v, const char *path)
{
	FILE *f = fopen(path, "r");
	size_t n;

	*v = (struct vector){ .path = path };
	assert_non_null(f);
	n = fread(v->text, 1, sizeof(v->text) - 1, f);
	fclose(f);
	v->text[n] = '\0';
	for (char *line = v->text, *end; *line != '\0'; line = end) {
		end = strchr(line, '\n');
		if (end == NULL)
			end = line + strlen(line);
		else
			*end++ = '\0';
		if (strncmp(line, ";; check ", 9) == 0)
			split_words(v, line + 9);
		else if (strncmp(line, ";; want ", 8) == 0 && v->n_want < MAX_WANTS)
			v->want[v->n_want++] = line + 8;
	}
	if (v->argc == 0)
		fail_msg("%s: has no ';; check' line", path);
}

static bool
next_subject(void *ctx, struct subject *out, struct arena *a)
{
	struct got *g = ctx;

	(void)a;
	if (g->given)
		return false;
	g->given = true;
	*out = (struct subject){ .lists = g->lists, .n_lists = g->n_lists };
	options_subject(&g->o, out);
	out->zone_files = true;
	if (g->o.n_names > 0)
		assert_null(idn_parse(str_of(g->o.names[0]), &out->domain));
	return true;
}

static void
note_found(struct got *g, const struct domain_result *d)
{
	struct buf b;

	buf_init(&b, 4096);
	for (size_t i = 0; i < d->n_findings && g->n_found < MAX_WANTS; i++) {
		const struct judged *j = &d->findings[i];

		if (j->level == LEVEL_PASS)
			continue;
		buf_reset(&b);
		buf_adds(&b, level_name(j->level));
		buf_addc(&b, ' ');
		buf_adds(&b, rule_of(j->f->id)->slug);
		buf_addc(&b, ' ');
		buf_add_escaped(&b, j->f->subject);
		g->found[g->n_found++] = arena_str(&g->a, buf_str(&b));
	}
	buf_free(&b);
}

static void
note_asked(struct got *g, const struct inquiry *q)
{
	const struct inquiry_entry **list;
	size_t n = inquiry_asked(q, &g->a, &list);

	for (size_t i = 0; i < n; i++) {
		buf_addu(&g->asked, list[i]->q.kind);
		buf_addc(&g->asked, ' ');
		if (list[i]->q.name.n > 0)
			name_print(&g->asked, &list[i]->q.name);
		buf_addc(&g->asked, ' ');
		buf_addu(&g->asked, list[i]->q.type);
		buf_addc(&g->asked, '\n');
	}
}

static void
on_done(void *ctx, const struct engine_result *r)
{
	struct got *g = ctx;
	struct domain_result d;
	struct report rep;
	struct report_style style = { .ascii = true };
	struct judge j;
	struct arena a;

	arena_init(&a, 0);
	judge_init(&j);
	judge_domain(&j, r, &a, &d);
	note_found(g, &d);
	report_init(&rep, report_format_find(STR("jsonl")), &style, &g->json);
	rep.format->domain(&rep, &d);
	report_free(&rep);
	note_asked(g, r->q);
	judge_free(&j);
	arena_free(&a);
}

/* SEED 0 = every answer at once. */
static void
run_vector(struct vector *v, uint64_t seed, struct got *g)
{
	char *argv[MAX_WORDS];
	struct engine_options eo = { .in_flight = 1, .wanted = options_want, .wanted_ctx = &g->o };
	struct engine_feed feed = { .next = next_subject, .done = on_done, .ctx = g };
	struct loop *loop = seed != 0 ? loop_new() : NULL;
	struct world *w = world_new(loop);
	struct source *zone = zonefile_new();

	*g = (struct got){ .v = v };
	arena_init(&g->a, 0);
	buf_init(&g->json, 1 << 24);
	buf_init(&g->asked, 1 << 24);
	memcpy(argv, v->argv, sizeof(argv)); /* options_parse() moves words */
	assert_int_equal(options_parse(&g->o, v->argc, argv), 0);
	if (g->o.dnsbl_zones != NULL)
		assert_int_equal(listfile_read(&g->a, g->o.dnsbl_zones, &g->lists, &g->n_lists), 0);
	assert_int_equal(zonefile_load(zone, v->path), 0);
	world_set_now(w, NOW);
	world_add(w, seed != 0 ? shuffle_new(loop, zone, seed) : zone);
	world_add(w, suffix_new());
	world_add(w, key_new());
	assert_int_equal(engine_run(w, loop, &eo, &feed), 0);
	world_free(w);
	loop_free(loop);
}

static void
free_got(struct got *g)
{
	buf_free(&g->json);
	buf_free(&g->asked);
	arena_free(&g->a);
}

static bool
is_among(const struct str *list, size_t n, struct str s)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i], s))
			return true;
	return false;
}

/* The findings are those wanted, no more and no fewer; prints what differs. */
static bool
is_as_wanted(const struct got *g)
{
	const struct vector *v = g->v;
	struct str want[MAX_WANTS];
	bool good = true;

	for (size_t i = 0; i < v->n_want; i++)
		want[i] = str_trim(str_of(v->want[i]));
	for (size_t i = 0; i < v->n_want; i++)
		if (!is_among(g->found, g->n_found, want[i])) {
			print_error("%s: missing: %s\n", v->path, v->want[i]);
			good = false;
		}
	for (size_t i = 0; i < g->n_found; i++)
		if (!is_among(want, v->n_want, g->found[i])) {
			print_error("%s: unexpected: %s\n", v->path, g->found[i].p);
			good = false;
		}
	return good;
}

static void
find_vectors(glob_t *gl)
{
	const char *src = getenv("srcdir");
	char pattern[4096];

	(void)snprintf(
	    pattern, sizeof(pattern), "%s/vectors/check/*.zone", src != NULL ? src : ".");
	if (glob(pattern, 0, NULL, gl) != 0)
		fail_msg("%s: no vectors", pattern);
}

static void
test_findings_are_those_wanted(void **state)
{
	static struct vector v;
	size_t bad = 0;
	glob_t gl;

	(void)state;
	find_vectors(&gl);
	for (size_t i = 0; i < gl.gl_pathc; i++) {
		struct got g;

		read_vector(&v, gl.gl_pathv[i]);
		run_vector(&v, 0, &g);
		bad += is_as_wanted(&g) ? 0 : 1;
		free_got(&g);
	}
	print_message("%zu vectors\n", gl.gl_pathc);
	globfree(&gl);
	assert_int_equal(bad, 0);
}

static void
test_order_of_answers_changes_nothing(void **state)
{
	static struct vector v;
	glob_t gl;

	(void)state;
	find_vectors(&gl);
	for (size_t i = 0; i < gl.gl_pathc; i++) {
		struct got once, later;

		read_vector(&v, gl.gl_pathv[i]);
		run_vector(&v, 0, &once);
		for (uint64_t seed = 1; seed <= ORDERS; seed++) {
			run_vector(&v, seed, &later);
			if (!str_eq(buf_str(&once.json), buf_str(&later.json)))
				fail_msg("%s: other bytes in order %d:\n%.*s\n%.*s", v.path,
				    (int)seed, (int)once.json.n, once.json.p, (int)later.json.n,
				    later.json.p);
			if (!str_eq(buf_str(&once.asked), buf_str(&later.asked)))
				fail_msg("%s: other questions in order %d", v.path, (int)seed);
			free_got(&later);
		}
		free_got(&once);
	}
	globfree(&gl);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_findings_are_those_wanted),
		cmocka_unit_test(test_order_of_answers_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
