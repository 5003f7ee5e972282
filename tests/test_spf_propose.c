/* SPDX-License-Identifier: ISC */
/*
 * test_spf_propose.c - every record that is proposed for lookups, voids and
 * terms without effect, shown equal to the old one by check_host() itself: at
 * each border of a network and at random.
 *
 * Records as people publish them, and the includes they lead to, stand in
 * $MAILVET_SHARED (../shared), which is no part of this source: without it the
 * test is skipped and says so.  What does not stand there is not known.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include "checks/spf.h"
#include "checks/spf_propose.h"
#include "checks/spf_sender.h"

#define MAX_INCLUDES 1000
#define MAX_FILE (1 << 20)
#define DRAWN 1000 /* records put together from known terms */
#define RANDOM 40  /* addresses beside the borders, a record and family */
#define MAX_BORDERS 3000

struct include {
	struct name name;
	struct str rdata;
};

/* The answers that there are. */
struct world {
	struct include list[MAX_INCLUDES];
	size_t n;
	struct arena a;    /* of the files */
	struct arena held; /* of the answers to one record */
	struct str record; /* at example.com, as rdata */
};

/* One audit of one record. */
struct run {
	struct arena arena;
	struct inquiry q;
	struct findings findings;
	struct facts facts;
	struct audit au;
	struct world *w;
};

struct count {
	size_t records, sound, unknown, provable, over, cured, compared, limited,
	    by_rule[RULE_COUNT];
};

static struct world world;
static char file[MAX_FILE];
static const struct subject *
subject(void)
{
	static struct subject s;
	if (s.domain.n == 0)
		assert_int_equal(name_parse(STR("example.com"), &s.domain), NAME_OK);
	return &s;
}

/* TEXT as TXT rdata. */
static struct str
rdata_of(struct arena *a, struct str text)
{
	char *p = arena_alloc(a, text.n + text.n / 255 + 2);
	size_t n = 0;
	for (size_t at = 0; at < text.n; at += 255) {
		struct str part = str_sub(text, at, 255);
		p[n++] = (char)part.n;
		memcpy(p + n, part.p, part.n);
		n += part.n;
	}
	return (struct str){ p, n };
}

/* What stands between quotes in S from *POS on, joined; \DDD and \X as in a zone file. */
static struct str
unquote(struct arena *a, struct str s, size_t pos)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;
	bool inside = false;
	for (; pos < s.n; pos++) {
		char c = s.p[pos];
		if (c == '"') {
			inside = !inside;
			continue;
		}
		if (!inside)
			continue;
		if (c == '\\' && pos + 3 < s.n && ascii_isdigit(s.p[pos + 1])) {
			c = (char)((s.p[pos + 1] - '0') * 100 + (s.p[pos + 2] - '0') * 10 +
				   (s.p[pos + 3] - '0'));
			pos += 3;
		} else if (c == '\\' && pos + 1 < s.n) {
			c = s.p[++pos];
		}
		p[n++] = c;
	}
	return (struct str){ p, n };
}

static bool
next_line(struct str text, size_t *pos, struct str *line)
{
	if (*pos >= text.n)
		return false;
	size_t end = str_find(text, *pos, '\n');
	*line = str_sub(text, *pos, end - *pos);
	*pos = end + 1;
	return true;
}

static struct str
read_file(const char *shared, const char *name)
{
	char path[4096];
	(void)snprintf(path, sizeof(path), "%s/corpus/%s", shared, name);
	FILE *f = fopen(path, "rb");
	if (f == NULL)
		return STR("");
	size_t n = fread(file, 1, sizeof(file), f);
	assert_true(n < sizeof(file));
	(void)fclose(f);
	return arena_str(&world.a, (struct str){ file, n });
}

/* Lines "NAME TTL IN TXT STRINGS". */
static void
read_includes(struct str text)
{
	struct str line;
	size_t pos = 0;
	while (next_line(text, &pos, &line)) {
		size_t blank = str_find(line, 0, ' '), quote = str_find(line, 0, '"');
		struct name name;
		if (quote == line.n || line.p[0] == ';' ||
		    name_parse(str_sub(line, 0, blank), &name) != NAME_OK)
			continue;
		assert_true(world.n < MAX_INCLUDES);
		world.list[world.n].name = name;
		world.list[world.n++].rdata = rdata_of(&world.a, unquote(&world.a, line, quote));
	}
}

/* Hosts of example.com, by the letters of their first label: v... have no address. */
static void
add_host(struct world *w, struct answer_draft *d, const struct question *q)
{
	struct str label = name_label(&q->name, 0);
	char *p = arena_alloc(&w->held, 16);
	if (q->type == RR_MX) {
		static const char mx[] = { 0, 10, 2, 'm', 'x', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e',
			3, 'c', 'o', 'm', 0 };
		if (name_eq(&q->name, &subject()->domain))
			(void)draft_add_rr(d, RR_MX, 300, (struct str){ mx, sizeof(mx) });
	} else if (label.p[0] != 'v' && q->type == RR_A) {
		p[0] = p[1] = 8;
		p[2] = 4;
		p[3] = label.p[label.n - 1];
		(void)draft_add_rr(d, RR_A, 300, (struct str){ p, 4 });
	} else if (label.p[0] == 'm' && q->type == RR_AAAA) {
		p[0] = 0x2a;
		p[15] = label.p[label.n - 1];
		(void)draft_add_rr(d, RR_AAAA, 300, (struct str){ p, 16 });
	}
}

static const struct answer *
on_ask(void *ctx, const struct question *q)
{
	struct world *w = ctx;
	struct answer_draft d;
	bool own = q->kind == ASK_DNS && name_is_below(&q->name, &subject()->domain);
	draft_init(&d, &w->held, q, ANSWER_FOUND);
	if (own && q->type == RR_TXT && name_eq(&q->name, &subject()->domain))
		(void)draft_add_rr(&d, RR_TXT, 300, w->record);
	else if (own)
		add_host(w, &d, q);
	for (size_t i = 0; !own && q->kind == ASK_DNS && q->type == RR_TXT && i < w->n; i++)
		if (name_eq(&w->list[i].name, &q->name))
			(void)draft_add_rr(&d, RR_TXT, 300, w->list[i].rdata);
	if (d.n_rr == 0 && !own)
		return answer_failed(q, CAUSE_NOT_PROVIDED);
	if (d.n_rr == 0)
		d.a.status = ANSWER_NODATA;
	return answer_finish(&d);
}

/* Opens an audit of a domain whose record is TEXT. */
static void
run_open(struct run *r, struct world *w, struct str text)
{
	*r = (struct run){ .w = w };
	arena_init(&r->arena, 0);
	w->record = rdata_of(&w->held, text);
	inquiry_init(&r->q, on_ask, w, &r->arena);
	findings_init(&r->findings, &r->arena);
	r->au = (struct audit){ subject(), &r->q, &r->arena, &r->findings, &r->facts, NULL };
	inquiry_begin(&r->q);
}

static void
run_close(struct run *r)
{
	findings_free(&r->findings);
	inquiry_free(&r->q);
	arena_free(&r->arena);
}

struct borders {
	struct addr list[MAX_BORDERS];
	size_t n;
};

static uint32_t
draw(uint64_t *seed, uint32_t n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % n;
}

static void
add_border(struct borders *b, struct addr a, int step)
{
	for (size_t i = a.v6 ? 16 : 4; step != 0 && i-- > 0;) {
		a.b[i] = (uint8_t)(a.b[i] + step);
		if (a.b[i] != (step > 0 ? 0 : 255))
			break;
	}
	if (b->n < MAX_BORDERS)
		b->list[b->n++] = a;
}

/* First and last address of the networks of F, and what lies beside them. */
static void
add_borders(struct borders *b, const struct spf_facts *f)
{
	for (size_t i = 0; f != NULL && i < f->n_addresses; i++) {
		struct addr a = f->addresses[i].addr;
		add_border(b, a, 0);
		add_border(b, a, -1);
		for (unsigned k = f->addresses[i].bits; k < (a.v6 ? 128u : 32u); k++)
			a.b[k / 8] = (uint8_t)(a.b[k / 8] | 0x80u >> k % 8);
		add_border(b, a, 0);
		add_border(b, a, 1);
	}
}

static void
add_random(struct borders *b, uint64_t seed)
{
	for (size_t i = 0; i < (size_t)2 * RANDOM && b->n < MAX_BORDERS; i++) {
		struct addr a = { .v6 = i % 2 == 1 };
		for (size_t k = 0; k < (a.v6 ? 16 : 4); k++)
			a.b[k] = (uint8_t)draw(&seed, 256);
		b->list[b->n++] = a;
	}
}

static enum spf_result
result_at(struct run *r, const struct addr *a, enum spf_why *why)
{
	struct spf_sender s = { .ip = *a, .domain = STR("example.com") };
	struct spf_verdict v;
	spf_eval(&r->au, &s, &v);
	assert_false(v.pending);
	*why = v.why;
	return v.result;
}

/*
 * Whether OLD and NEW give the same at all of B.  Where a limit stops the old
 * one its map says what it would give.
 */
static bool
are_same(struct run *old, struct run *new, const struct borders *b, struct count *c)
{
	struct spf_tree *t = spf_tree(&old->au, &subject()->domain);
	struct spf_mapper *m = spf_mapper(&old->arena, t);
	struct spf_map map;
	assert_true(m != NULL && spf_map(m, t->nodes[0], NULL, &map));
	for (size_t i = 0; i < b->n; i++) {
		enum spf_why why, why_new;
		enum spf_result was = result_at(old, &b->list[i], &why);
		enum spf_result is = result_at(new, &b->list[i], &why_new);
		const struct spf_value *v = spf_map_at(&map, &b->list[i]);
		c->compared++;
		/* Whoever passes today, in front of whatever limit, passes afterwards. */
		if (was == RESULT_PASS && is != RESULT_PASS)
			return false;
		if (why == WHY_LOOKUPS || why == WHY_VOIDS) {
			c->limited++;
			if (v->yes != NULL || v->tail)
				continue;
			was = v->result;
		}
		/* Fewer lookups, not none: another limit than that of the finding may stay. */
		if (was != is && was != RESULT_PERMERROR && why_new != WHY_VOIDS &&
		    why_new != WHY_LOOKUPS)
			return false;
	}
	return true;
}

/* The proposal TEXT, made for finding F of OLD whose record is RECORD, is good. */
static void
try_proposal(
    struct run *old, struct str record, const struct finding *f, struct str text, struct count *c)
{
	static struct borders b;
	struct run new;
	run_open(&new, old->w, text);
	assert_true(is_spf_sound(&new.arena, text));
	check_spf(&new.au);
	const struct spf_facts *was = old->facts.spf, *is = new.facts.spf;
	b.n = 0;
	add_borders(&b, was);
	add_borders(&b, is);
	add_random(&b, record.n);
	bool limit = f->id == RULE_SPF_LOOKUP_LIMIT || f->id == RULE_SPF_LOOKUP_FULL ||
		     f->id == RULE_SPF_LOOKUP_NEAR;
	if (is->lookups > was->lookups || (limit && is->lookups >= was->lookups) ||
	    (f->id == RULE_SPF_LOOKUP_LIMIT && is->lookups > SPF_LOOKUP_LIMIT))
		fail_msg("%.*s: %u lookups: %.*s", (int)record.n, record.p, is->lookups,
		    (int)text.n, text.p);
	if (text.n > record.n && text.n + subject()->domain.n > SPF_SIZE_UDP)
		fail_msg("%.*s: too long: %.*s", (int)record.n, record.p, (int)text.n, text.p);
	if (!are_same(old, &new, &b, c))
		fail_msg("%.*s: other results: %.*s", (int)record.n, record.p, (int)text.n, text.p);
	run_close(&new);
}

static bool
is_ours(enum rule_id id)
{
	return id == RULE_SPF_LOOKUP_LIMIT || id == RULE_SPF_LOOKUP_FULL ||
	       id == RULE_SPF_LOOKUP_NEAR || id == RULE_SPF_VOID_LIMIT ||
	       id == RULE_SPF_VOID_LIMIT_FAMILY || id == RULE_SPF_VOID_LIMIT_SENDER ||
	       id == RULE_SPF_COVERED_TERM;
}

static void
count_record(struct run *r, struct count *c)
{
	struct spf_tree *t = spf_tree(&r->au, &subject()->domain);
	const struct spf_node *root = t->nodes[0];
	if (root->record == NULL || root->record->n_fatal > 0)
		return;
	c->sound++;
	c->over += root->lookups > SPF_LOOKUP_LIMIT;
	if (spf_mapper(&r->arena, t) == NULL)
		c->unknown++;
	else
		c->provable++;
}

static void
try_record(struct str record, struct count *c)
{
	struct run r;
	arena_init(&world.held, 0);
	run_open(&r, &world, record);
	check_spf(&r.au);
	c->records++;
	count_record(&r, c);
	for (const struct finding *f = r.findings.first; f != NULL; f = f->next) {
		if (!is_ours(f->id) || f->remedy.n_changes == 0)
			continue;
		assert_int_equal(f->remedy.n_changes, 1);
		c->by_rule[f->id]++;
		try_proposal(&r, record, f, unquote(&r.arena, f->remedy.changes[0].new, 0), c);
	}
	run_close(&r);
	arena_free(&world.held);
}

static void
print_count(const char *what, const struct count *c)
{
	print_message(
	    "%s: %zu records, %zu without error, of which %zu provable, %zu with an unknown "
	    "name, %zu over the limit\n",
	    what, c->records, c->sound, c->provable, c->unknown, c->over);
	for (size_t i = 0; i < RULE_COUNT; i++)
		if (c->by_rule[i] > 0)
			print_message(
			    "  %s: %zu proposals\n", rule_of((enum rule_id)i)->slug, c->by_rule[i]);
	print_message(
	    "  %zu addresses compared, of which %zu beyond a limit\n", c->compared, c->limited);
}

static void
test_published_records(void **state)
{
	static struct count c;
	struct str text, line, *corpus = *state;
	size_t pos = 0;
	if (corpus == NULL)
		skip();
	text = *corpus;
	while (next_line(text, &pos, &line))
		try_record(line, &c);
	print_count("published", &c);
	assert_true(c.provable > 100);
}

/* clang-format off */
static const char *const own[] = { "a", "mx", "a:a1.example.com", "a:a2.example.com", "a:m3.example.com", "mx:example.com",
	"a:v1.example.com", "a:v2.example.com", "a:v3.example.com", "ip4:8.8.4.49", "ip4:8.8.4.0/24", "ip6:2a00::33",
	"?a:a1.example.com", "-a:a2.example.com", "~mx", "exists:a1.example.com", "-exists:v9.example.com", "a/24", "ip4:64.233.160.0/20" };
/* clang-format on */

/* Records of terms whose answers are all here: many are over a limit. */
static void
test_drawn_records(void **state)
{
	static struct count c;
	char text[4000];
	if (*state == NULL)
		skip();
	for (uint64_t i = 0; i < DRAWN; i++) {
		uint64_t seed = i * 7919;
		size_t n = (size_t)snprintf(text, sizeof(text), "v=spf1");
		for (uint32_t k = 3 + draw(&seed, 9); k > 0; k--) {
			struct str word = str_of(own[draw(&seed, ARRAY_LEN(own))]);
			struct buf b;
			buf_init(&b, 600);
			if (draw(&seed, 2) == 0)
				buf_add(&b, word);
			else {
				buf_adds(&b, "include:");
				name_print(&b, &world.list[draw(&seed, (uint32_t)world.n)].name);
			}
			n += (size_t)snprintf(text + n, sizeof(text) - n, " %.*s", (int)b.n, b.p);
			buf_free(&b);
		}
		n += (size_t)snprintf(
		    text + n, sizeof(text) - n, draw(&seed, 2) ? " -all" : " ~all");
		try_record((struct str){ text, n }, &c);
	}
	print_count("drawn", &c);
	assert_true(c.by_rule[RULE_SPF_LOOKUP_LIMIT] > 0 && c.by_rule[RULE_SPF_COVERED_TERM] > 0);
}

int
main(void)
{
	const char *shared = getenv("MAILVET_SHARED"), *src = getenv("srcdir");
	static char path[4096];
	struct str corpus, *given = &corpus;
	(void)snprintf(path, sizeof(path), "%s/../shared", src != NULL ? src : ".");
	arena_init(&world.a, 0);
	read_includes(read_file(shared != NULL ? shared : path, "esp_includes.zone"));
	corpus = read_file(shared != NULL ? shared : path, "spf.txt");
	if (corpus.n == 0 || world.n == 0) {
		print_message("skipped: no %s/corpus\n", shared != NULL ? shared : path);
		given = NULL;
	}
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_published_records, given),
		cmocka_unit_test_prestate(test_drawn_records, given),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&world.a);
	return failed;
}
