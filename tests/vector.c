/* SPDX-License-Identifier: ISC */
/*
 * vector.c - reading and running vectors; it judges nothing itself.
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
#include "checks/core/taglist.h"
#include "checks/signature.h"
#include "tests/receiver.h"
#include "tests/shuffle.h"

#define MAX_FILE ((size_t)1 << 20)
#define MAX_OUT ((size_t)1 << 26)
#define MAX_LINE 4096
#define NOW 1795262400 /* 2026-11-21T12:00:00Z */

static const char *const formats[VECTOR_FORMATS] = { "text", "json", "jsonl" };

/* S as a C string that lives as long as V. */
static char *
keep(struct vector *v, struct str s)
{
	char *p = arena_alloc(&v->a, s.n + 1);

	memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}

/* The file that WORD "./NAME" names, beside the vector. */
static char *
beside(struct vector *v, struct str word)
{
	struct str path = str_of(v->path);
	size_t n = path.n;
	char text[MAX_LINE];
	int len;

	while (n > 0 && path.p[n - 1] != '/')
		n--;
	len = snprintf(text, sizeof(text), "%.*s%.*s", (int)n, path.p, (int)word.n - 2, word.p + 2);
	assert_in_range(len, 1, sizeof(text) - 1);
	return keep(v, str_of(text));
}

static void
split_words(struct vector *v, struct str line)
{
	struct str word;
	size_t pos = 0;

	while (list_next(line, ' ', &pos, &word)) {
		if (word.n == 0)
			continue;
		assert_true(v->argc < MAX_WORDS);
		v->argv[v->argc++] =
		    str_has_prefix(word, STR("./")) ? beside(v, word) : keep(v, word);
	}
}

static void
begin_zone(struct vector *v, struct str name, const char *start)
{
	char path[MAX_LINE];

	assert_true(v->n_zones < MAX_ZONES);
	(void)snprintf(path, sizeof(path), "%s:%.*s", v->path, (int)name.n, name.p);
	v->zone_path[v->n_zones] = name.n > 0 ? keep(v, str_of(path)) : v->path;
	v->zone[v->n_zones++] = (struct str){ start, 0 };
}

/* TYPE NAME */
static void
take_fail(struct vector *v, struct str words)
{
	size_t blank = str_find(words, 0, ' ');
	struct question *q = &v->fail[v->n_fails++];

	assert_true(v->n_fails <= MAX_FAILS);
	q->kind = ASK_DNS;
	q->type = type_parse(str_sub(words, 0, blank));
	assert_int_not_equal(q->type, 0);
	assert_int_equal(name_parse(str_sub(words, blank + 1, words.n), &q->name), NAME_OK);
}

/* N times the byte at the end of TEXT, which is "*N C"; how much of TEXT that takes. */
static size_t
repeat_byte(struct buf *b, struct str text)
{
	size_t blank = str_find(text, 0, ' ');
	uint32_t n = 0;

	assert_true(blank + 1 < text.n && parse_u32(str_sub(text, 1, blank - 1), 100000, &n));
	while (n-- > 0)
		buf_addc(b, text.p[blank + 1]);
	return blank + 2;
}

/* A line of the message. */
static void
take_message(struct vector *v, struct str text)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\\' && i + 3 < text.n && text.p[i + 1] == 'x') {
			const char *high = strchr(hex, text.p[i + 2]);
			const char *low = strchr(hex, text.p[i + 3]);

			assert_non_null(high);
			assert_non_null(low);
			buf_addc(&v->message, (char)((high - hex) * 16 + (low - hex)));
			i += 3;
		} else if (text.p[i] == '\\' && i + 1 < text.n && text.p[i + 1] == '*') {
			i += repeat_byte(&v->message, str_sub(text, i + 1, text.n));
		} else {
			buf_addc(&v->message, text.p[i]);
		}
	}
	buf_adds(&v->message, "\r\n");
}

/* "TEXT" behind " ", or "*N TEXT". */
static void
take_message_lines(struct vector *v, struct str line)
{
	size_t blank = str_find(line, 0, ' ');
	uint32_t n = 1;

	if (line.n > 0 && line.p[0] == '*')
		assert_true(parse_u32(str_sub(line, 1, blank - 1), 10000, &n));
	while (n-- > 0)
		take_message(v, str_sub(line, blank + 1, line.n));
	assert_false(v->message.over);
}

static void
take_verified(struct vector *v, struct str words)
{
	struct str word;
	size_t pos = 0;

	while (list_next(words, ' ', &pos, &word)) {
		struct verified *one = &v->verified[v->n_verified++];

		assert_true(v->n_verified <= MAX_VERIFIED);
		one->judged = !str_eq(word, STR("none"));
		one->refused = str_eq(word, STR("refused"));
		one->error = one->refused ? STR("in the words of the library") : STR("");
		one->pass = str_eq(word, STR("pass"));
		one->header_ok = one->pass || str_eq(word, STR("body"));
		one->body_ok = one->pass || str_eq(word, STR("header"));
		if (one->judged && !one->header_ok && !one->body_ok && !one->refused)
			assert_true(str_eq(word, STR("both")));
	}
}

static void
take_line(struct vector *v, struct str line)
{
	struct str tail = str_sub(line, 8, line.n);

	if (str_has_prefix(line, STR(";;|"))) {
		take_message_lines(v, str_sub(line, 3, line.n));
		return;
	}
	if (str_has_prefix(line, STR(";; verified "))) {
		take_verified(v, str_trim(str_sub(line, 12, line.n)));
		return;
	}
	v->trust_received = v->trust_received || str_eq(line, STR(";; trust-received"));
	if (str_has_prefix(line, STR(";; check "))) {
		split_words(v, str_sub(line, 9, line.n));
	} else if (str_has_prefix(line, STR(";; want "))) {
		assert_true(v->n_want < MAX_WANTS);
		v->want[v->n_want++] = str_trim(tail);
	} else if (str_has_prefix(line, STR(";; fail "))) {
		take_fail(v, str_trim(tail));
	} else if (str_has_prefix(line, STR(";; zone "))) {
		begin_zone(v, str_trim(tail), line.p);
	}
}

void
vector_parse(struct vector *v, const char *path, struct str text)
{
	struct str all;
	size_t pos = 0;

	*v = (struct vector){ .path = path };
	arena_init(&v->a, 0);
	buf_init(&v->message, MAX_MESSAGE);
	all = arena_str(&v->a, text);
	begin_zone(v, STR(""), all.p);
	while (pos < all.n) {
		size_t end = str_find(all, pos, '\n');

		take_line(v, str_sub(all, pos, end - pos));
		pos = end < all.n ? end + 1 : end;
		v->zone[v->n_zones - 1].n = (size_t)(all.p + pos - v->zone[v->n_zones - 1].p);
	}
	if (v->argc == 0)
		fail_msg("%s: has no ';; check' line", path);
}

void
vector_read(struct vector *v, const char *path)
{
	char *text = malloc(MAX_FILE);
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(text);
	assert_non_null(f);
	n = fread(text, 1, MAX_FILE, f);
	assert_true(n < MAX_FILE);
	fclose(f);
	vector_parse(v, path, (struct str){ text, n });
	free(text);
}

void
vector_free(struct vector *v)
{
	buf_free(&v->message);
	arena_free(&v->a);
}

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
	const struct header_field *f;
	struct selector *list;

	header_parse(&g->a, buf_str(&g->v->message), &g->message);
	out->message = &g->message;
	out->message_file = STR("sample.eml");
	out->message_number = 1;
	out->trust_received = g->v->trust_received;
	list = arena_array(&g->a, out->n_selectors + MAX_SIGNATURES, sizeof(*list));
	for (size_t i = 0; i < out->n_selectors; i++)
		list[i] = out->selectors[i];
	out->selectors = list;
	for (size_t i = 0; i < MAX_SIGNATURES; i++) {
		struct signature s;

		if ((f = header_find(&g->message, STR("DKIM-Signature"), i)) == NULL)
			break;
		signature_parse(&g->a, f, &s);
		if (!s.unusable)
			list[out->n_selectors++] = (struct selector){ s.domain, s.s, FROM_MESSAGE };
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
note_asked(struct vector_got *g, const struct inquiry *q)
{
	const struct inquiry_entry **list;
	size_t n = inquiry_asked(q, &g->a, &list);

	g->n_asked = n;
	for (size_t i = 0; i < n; i++) {
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

void
vector_run(struct vector *v, uint64_t seed, struct vector_got *g)
{
	char *argv[MAX_WORDS];
	struct engine_options eo = { .in_flight = 1, .wanted = options_want, .wanted_ctx = &g->o };
	struct engine_feed feed = { .next = next_subject, .done = on_done, .ctx = g };
	struct loop *loop = seed != 0 ? loop_new() : NULL;
	struct world *w = world_new(loop);
	struct source *zone = zonefile_new();

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
		assert_int_equal(evidence_read(&g->seen, g->o.aggregates.v, g->o.aggregates.n), 0);
	if (g->o.dnsbl_zones != NULL)
		assert_int_equal(listfile_read(&g->a, g->o.dnsbl_zones, &g->lists, &g->n_lists), 0);
	for (size_t i = 0; i < v->n_zones; i++)
		if (zonefile_load_text(zone, v->zone_path[i], v->zone[i]) != 0)
			fail_msg("%s: cannot be loaded", v->zone_path[i]);
	world_set_now(w, NOW);
	if (v->n_edits > 0)
		world_add(w, edit_new(v->edits, v->n_edits));
	world_add(w, failing_new(v));
	world_add(w, seed != 0 ? shuffle_new(loop, zone, seed) : zone);
	world_add(w, suffix_new());
	world_add(w, key_new());
	world_add(w, receiver_shared());
	assert_int_equal(engine_run(w, loop, &eo, &feed), 0);
	world_free(w);
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

static bool
is_among(const struct str *list, size_t n, struct str s)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i], s))
			return true;
	return false;
}

bool
vector_is_as_wanted(const struct vector *v, const struct vector_got *g)
{
	bool good = true;

	for (size_t i = 0; i < v->n_want; i++)
		if (!is_among(g->found, g->n_found, v->want[i])) {
			print_error(
			    "%s: missing: %.*s\n", v->path, (int)v->want[i].n, v->want[i].p);
			good = false;
		}
	for (size_t i = 0; i < g->n_found; i++)
		if (!is_among(v->want, v->n_want, g->found[i])) {
			print_error(
			    "%s: unexpected: %.*s\n", v->path, (int)g->found[i].n, g->found[i].p);
			good = false;
		}
	return good;
}

bool
vector_is_plain(struct str out)
{
	for (size_t i = 0; i < out.n; i++) {
		unsigned char c = (unsigned char)out.p[i];

		if (c == 0x7f || (c < 0x20 && c != '\n'))
			return false;
	}
	return true;
}

void
vector_try_orders(struct vector *v, unsigned n)
{
	struct vector_got once, later;

	vector_run(v, 0, &once);
	for (uint64_t seed = 1; seed <= n; seed++) {
		vector_run(v, seed, &later);
		for (size_t i = 0; i < VECTOR_FORMATS; i++)
			if (!str_eq(buf_str(&once.out[i]), buf_str(&later.out[i])))
				fail_msg("%s: other %s in order %d:\n%.*s\n%.*s", v->path,
				    formats[i], (int)seed, (int)once.out[i].n, once.out[i].p,
				    (int)later.out[i].n, later.out[i].p);
		if (!str_eq(buf_str(&once.asked), buf_str(&later.asked)))
			fail_msg("%s: other questions in order %d", v->path, (int)seed);
		vector_got_free(&later);
	}
	vector_got_free(&once);
}
