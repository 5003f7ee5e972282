/* SPDX-License-Identifier: ISC */
/*
 * test_plan.c - plans made of the zones and causes of vectors/plan/, in every form,
 * against the golden files there; what is proposed is put in and audited again.
 *
 * With PLAN_UPDATE set in the environment the golden files are written instead; look
 * at the difference before you commit it.
 */
#include "audit/explain/plan.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <glob.h>
#include <yaml.h>
#include "audit/explain/edits.h"
#include "audit/sources/key.h"
#include "audit/sources/suffix.h"
#include "audit/sources/zonefile.h"
#include "report/json.h"
#include "tests/receiver.h"

#define NOW ((time_t)1795262400)
#define MAX_FILE ((size_t)1 << 20)
#define MAX_SUBJECTS 8
#define MAX_CAUSES 16
#define MAX_ZONES 8
#define MAX_IPS 8

/*
 * A vector is zone files with lines of ours in front:
 *
 *	;; ours IP...
 *	;; subject DOMAIN [ip=IP] [helo=NAME] [selector=S]
 *	;; cause MAILS SUBJECT RULE[,RULE]... [ip=IP] [reader=WORD]
 *	;; advice MAILS DOMAIN WHO URL TEXT...
 *	;; zone NAME
 */
struct vec {
	struct arena a;
	const char *path;
	struct str zone[MAX_ZONES];
	const char *zone_path[MAX_ZONES];
	size_t n_zones;
	struct subject subjects[MAX_SUBJECTS];
	size_t n_subjects;
	struct plan_cause causes[MAX_CAUSES];
	size_t n_causes;
	struct addr ips[MAX_IPS];
	struct ours ours;
	struct check_options o;
	struct rehearsal r;
	struct world *rest;
	struct plan plan;
};

static struct str
word(struct str *rest)
{
	size_t end = str_find(*rest, 0, ' ');
	struct str w = str_sub(*rest, 0, end);

	*rest = str_sub(*rest, end + 1, rest->n);
	return w;
}

static struct name
name_of(struct str text)
{
	struct name n;

	if (name_parse(text, &n) != NAME_OK)
		fail_msg("%.*s: no name", (int)text.n, text.p);
	return n;
}

static struct addr
addr_of(struct str text)
{
	struct addr a;

	if (addr_parse(text, &a) != ADDR_OK)
		fail_msg("%.*s: no address", (int)text.n, text.p);
	return a;
}

/* The value of WORD when it begins with KEY. */
static bool
value(struct str word, const char *key, struct str *out)
{
	if (!str_has_prefix(word, str_of(key)))
		return false;
	*out = str_sub(word, str_of(key).n, word.n);
	return true;
}

static void
read_subject(struct vec *v, struct str rest)
{
	struct subject *s = &v->subjects[v->n_subjects++];
	struct addr *ips = arena_array(&v->a, MAX_IPS, sizeof(*ips));
	struct selector *sel = arena_array(&v->a, MAX_IPS, sizeof(*sel));
	struct str w, t;

	*s = (struct subject){ .domain = name_of(word(&rest)), .ips = ips, .selectors = sel };
	while ((w = word(&rest)).n > 0)
		if (value(w, "ip=", &t))
			ips[s->n_ips++] = addr_of(t);
		else if (value(w, "helo=", &t))
			s->helo = name_of(t);
		else if (value(w, "selector=", &t))
			sel[s->n_selectors++] =
			    (struct selector){ .name = t, .provenance = FROM_LOG };
		else
			fail_msg("%s: %.*s", v->path, (int)w.n, w.p);
}

static uint64_t
number(struct str s)
{
	uint32_t n = 0;

	assert_true(parse_u32(s, UINT32_MAX, &n));
	return n;
}

static void
read_rules(struct vec *v, struct str list, struct plan_cause *c)
{
	for (size_t at = 0, end; at < list.n; at = end + 1) {
		end = str_find(list, at, ',');
		if (!rule_find(str_sub(list, at, end - at), &c->rules[c->n_rules++]))
			fail_msg("%s: no rule in %.*s", v->path, (int)list.n, list.p);
	}
}

static void
read_cause(struct vec *v, struct str rest)
{
	struct plan_cause *c = &v->causes[v->n_causes];
	struct str w, t;

	*c = (struct plan_cause){ .group = v->n_causes++, .who = WHO_YOU };
	c->mails = number(word(&rest));
	c->subject = (size_t)number(word(&rest));
	c->domain = name_text(&v->a, &v->subjects[c->subject].domain);
	c->key_domain = c->domain;
	if (v->subjects[c->subject].helo.n > 0)
		c->helo = name_text(&v->a, &v->subjects[c->subject].helo);
	if (v->subjects[c->subject].n_selectors > 0)
		c->selector = v->subjects[c->subject].selectors[0].name;
	read_rules(v, word(&rest), c);
	while ((w = word(&rest)).n > 0)
		if (value(w, "ip=", &t)) {
			c->has_ip = true;
			c->ip = addr_of(t);
		} else if (value(w, "reader=", &t)) {
			c->reader = arena_str(&v->a, t).p;
		} else {
			fail_msg("%s: %.*s", v->path, (int)w.n, w.p);
		}
	c->owned = c->has_ip && is_ours(&v->ours, &c->ip);
}

static void
read_advice(struct vec *v, struct str rest)
{
	struct plan_cause *c = &v->causes[v->n_causes];
	struct str who;

	*c = (struct plan_cause){ .group = v->n_causes++, .subject = NO_SUBJECT, .not_dns = true };
	c->mails = number(word(&rest));
	c->domain = word(&rest);
	who = word(&rest);
	for (int w = WHO_YOU; w <= WHO_NOBODY; w++)
		if (str_eq(who, str_of(who_name((enum rule_who)w))))
			c->who = (enum rule_who)w;
	c->url = word(&rest);
	if (str_eq(c->url, STR("-")))
		c->url = STR("");
	c->advice = rest;
}

static void
read_line(struct vec *v, struct str line, size_t at)
{
	struct str rest = str_sub(line, 3, line.n), what = word(&rest);

	if (str_eq(what, STR("zone"))) {
		v->zone_path[v->n_zones] = arena_str(&v->a, word(&rest)).p;
		v->zone[v->n_zones++].n = at + line.n + 1; /* for now: where it begins */
	} else if (str_eq(what, STR("ours"))) {
		for (struct str w; (w = word(&rest)).n > 0;)
			v->ips[v->ours.n_ips++] = addr_of(w);
	} else if (str_eq(what, STR("subject"))) {
		read_subject(v, rest);
	} else if (str_eq(what, STR("cause"))) {
		read_cause(v, rest);
	} else if (str_eq(what, STR("advice"))) {
		read_advice(v, rest);
	} else if (what.n > 0) {
		fail_msg("%s: %.*s", v->path, (int)line.n, line.p);
	}
}

static struct str
read_file(struct arena *a, const char *path)
{
	FILE *f = fopen(path, "rb");
	char *p = arena_alloc(a, MAX_FILE + 1);
	struct str s = { p, 0 };

	if (f == NULL)
		return STR("");
	s.n = fread(p, 1, MAX_FILE, f);
	(void)fclose(f);
	return s;
}

static void
vec_parse(struct vec *v, const char *path, struct str text)
{
	*v = (struct vec){ .path = path };
	arena_init(&v->a, 0);
	v->ours.ips = v->ips;
	for (size_t at = 0, end; at < text.n; at = end + 1) {
		end = str_find(text, at, '\n');
		if (str_has_prefix(str_sub(text, at, end - at), STR(";; ")))
			read_line(v, str_sub(text, at, end - at), at);
	}
	for (size_t i = 0; i < v->n_zones; i++) {
		size_t from = v->zone[i].n, to = i + 1 < v->n_zones ? v->zone[i + 1].n : text.n;

		v->zone[i] = str_sub(text, from, to - from);
	}
}

static void
vec_run(struct vec *v)
{
	struct source *zone = zonefile_new();
	struct rehearsal_options ro = { .a = &v->a, .now = NOW, .o = &v->o };
	struct plan_causes causes;

	v->o.in_flight = 4;
	memset(v->o.level, -1, sizeof(v->o.level));
	for (size_t i = 0; i < v->n_zones; i++)
		assert_int_equal(zonefile_load_text(zone, v->zone_path[i], v->zone[i]), 0);
	v->rest = world_new(NULL);
	world_set_now(v->rest, NOW);
	world_add(v->rest, zone);
	world_add(v->rest, suffix_new());
	world_add(v->rest, key_new());
	world_add(v->rest, receiver_shared());
	ro.rest = v->rest;
	for (size_t i = 0; i < v->n_subjects; i++)
		plan_subject(&v->a, &v->ours, &v->subjects[i]);
	assert_int_equal(rehearsal_begin(&v->r, &ro, v->subjects, v->n_subjects), 0);
	causes = (struct plan_causes){ v->causes, v->n_causes, &v->ours };
	assert_int_equal(plan_make(&v->a, &v->r, &causes, &v->plan), 0);
}

static void
vec_free(struct vec *v)
{
	rehearsal_free(&v->r);
	world_free(v->rest);
	arena_free(&v->a);
}

static void
json_of(struct buf *b, const struct plan *p)
{
	struct json j;

	json_init(&j, b, true);
	json_open(&j, '{');
	plan_json(&j, p);
	json_close(&j, '}');
	buf_addc(b, '\n');
}

static void
text_of(struct buf *b, const struct plan *p)
{
	struct report_style style = { .ascii = true };

	plan_text(b, &style, p);
}

static const struct {
	const char *ending;
	void (*make)(struct buf *b, const struct plan *p);
} forms[] = { { "txt", text_of }, { "json", json_of }, { "md", plan_markdown },
	{ "want-zone", plan_zone }, { "nsupdate", plan_nsupdate }, { "yaml", plan_octodns } };

/* The zone lines, read by the reader of zone files, are the records that are new. */
static void
zone_reads_again(struct vec *v, struct str text)
{
	struct source *s = zonefile_new();
	struct world *w = world_new(NULL);
	struct arena a;
	struct buf b;

	arena_init(&a, 0);
	buf_init(&b, MAX_FILE);
	/* lines without SOA are not a zone: put them into one */
	for (size_t i = 0; i < v->plan.n_rrsets; i++) {
		const struct plan_rrset *r = &v->plan.rrsets[i];

		if (i > 0 && name_eq(&r->zone, &v->plan.rrsets[i - 1].zone))
			continue;
		buf_reset(&b);
		buf_adds(&b, "$TTL 60\n$ORIGIN ");
		name_print(&b, &r->zone);
		buf_adds(&b, ".\n@ SOA a b 1 2 3 4 5\n@ NS a\n");
		buf_add(&b, text);
		assert_int_equal(
		    zonefile_load_text(s, arena_str(&a, name_text(&a, &r->zone)).p, buf_str(&b)),
		    0);
	}
	world_add(w, s);
	for (size_t i = 0; i < v->plan.n; i++) {
		const struct plan_fix *f = &v->plan.fixes[i];

		for (size_t k = 0; k < f->n_changes && f->who <= WHO_YOU; k++) {
			const struct change *c = &f->changes[k];
			struct question q = question_dns(&c->name, c->type);
			const struct answer *x = world_ask(w, &q, NULL);
			struct str want, got = STR("");
			bool found = false;

			if (c->action == CHANGE_REMOVE) {
				answer_unref(x);
				continue;
			}
			assert_true(rdata_of_text(&a, c->type, c->new, &want));
			for (size_t m = 0; m < x->n_rr; m++) {
				got = x->rr[m].data;
				found = found || str_eq(got, want);
			}
			if (!found)
				fail_msg("%s: the zone lines do not hold %.*s", v->path,
				    (int)c->new.n, c->new.p);
			answer_unref(x);
		}
	}
	world_free(w);
	arena_free(&a);
	buf_free(&b);
}

/* The scalars of the YAML, read by libyaml, are the texts that are to stand there. */
static void
yaml_reads_again(struct vec *v, struct str text)
{
	yaml_parser_t parser;
	yaml_event_t e;
	struct buf all;
	bool end = false;

	buf_init(&all, MAX_FILE);
	assert_int_equal(yaml_parser_initialize(&parser), 1);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text.p, text.n);
	while (!end) {
		if (yaml_parser_parse(&parser, &e) != 1)
			fail_msg(
			    "%s: no YAML: %s\n%.*s", v->path, parser.problem, (int)text.n, text.p);
		if (e.type == YAML_SCALAR_EVENT) {
			for (size_t i = 0; i < e.data.scalar.length; i++)
				if (e.data.scalar.value[i] != '\\')
					buf_addc(&all, (char)e.data.scalar.value[i]);
			buf_addc(&all, '\n');
		}
		end = e.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&e);
	}
	yaml_parser_delete(&parser);
	for (size_t i = 0; i < v->plan.n_rrsets; i++)
		for (size_t k = 0; k < v->plan.rrsets[i].n_after; k++) {
			const struct plan_rrset *r = &v->plan.rrsets[i];
			struct str data, part;
			struct buf want;
			bool found = false;

			if (r->type != RR_TXT)
				continue;
			buf_init(&want, MAX_FILE);
			assert_true(rdata_of_text(&v->a, r->type, r->after[k], &data));
			for (size_t pos = 0; txt_next(data, &pos, &part);)
				buf_add(&want, part);
			for (size_t at = 0, to; at < all.n; at = to + 1) {
				to = str_find(buf_str(&all), at, '\n');
				found = found ||
					str_eq(str_sub(buf_str(&all), at, to - at), buf_str(&want));
			}
			if (!found)
				fail_msg("%s: the YAML does not hold %.*s", v->path, (int)want.n,
				    want.p);
			buf_free(&want);
		}
	buf_free(&all);
}

/*
 * Each line is one that nsupdate(1) takes: the grammar of its manual, as far as it is
 * used here; rdata are rdata.
 */
static void
nsupdate_is_grammar(struct vec *v, struct str text)
{
	bool sent = true;

	for (size_t at = 0, end; at < text.n; at = end + 1) {
		struct str line, rest, w, data;
		uint16_t type;

		end = str_find(text, at, '\n');
		rest = line = str_sub(text, at, end - at);
		if (line.n == 0 || line.p[0] == ';')
			continue;
		w = word(&rest);
		if (str_eq(w, STR("send"))) {
			sent = true;
			continue;
		}
		if (str_eq(w, STR("zone"))) {
			assert_true(sent);
			(void)name_of(rest);
			sent = false;
			continue;
		}
		sent = false;
		data = word(&rest);
		(void)name_of(word(&rest));
		if (str_eq(w, STR("prereq")) && str_eq(data, STR("nxdomain"))) {
			assert_int_equal(rest.n, 0);
			continue;
		}
		if (str_eq(w, STR("update")) && str_eq(data, STR("add")))
			(void)number(word(&rest));
		else if (!(str_eq(w, STR("update")) && str_eq(data, STR("delete"))) &&
			 !(str_eq(w, STR("prereq")) &&
			     (str_eq(data, STR("yxrrset")) || str_eq(data, STR("nxrrset")))))
			fail_msg("%s: %.*s", v->path, (int)line.n, line.p);
		type = type_parse(word(&rest));
		assert_int_not_equal(type, 0);
		if (rest.n > 0 && !rdata_of_text(&v->a, type, rest, &data))
			fail_msg("%s: no rdata: %.*s", v->path, (int)line.n, line.p);
	}
	assert_true(sent);
}

static void
compare(const struct vec *v, const char *ending, struct str got)
{
	struct str base = str_of(v->path), want;
	struct arena a;
	char path[4096];
	FILE *f;

	arena_init(&a, 0);
	(void)snprintf(path, sizeof(path), "%.*s.%s", (int)(base.n - 3), base.p, ending);
	if (getenv("PLAN_UPDATE") != NULL) {
		assert_non_null(f = fopen(path, "wb"));
		assert_int_equal(fwrite(got.p, 1, got.n, f), got.n);
		assert_int_equal(fclose(f), 0);
	}
	want = read_file(&a, path);
	if (!str_eq(want, got))
		fail_msg("%s: got\n%.*s\nwant\n%.*s", path, (int)got.n, got.p, (int)want.n, want.p);
	arena_free(&a);
}

/* No byte that a terminal could take for an order. */
static void
is_plain(const struct vec *v, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_isprint(s.p[i]) && s.p[i] != '\n')
			fail_msg("%s: byte %u", v->path, (unsigned char)s.p[i]);
}

static void
try_file(const char *path)
{
	struct arena a;
	struct vec v;

	arena_init(&a, 0);
	vec_parse(&v, path, read_file(&a, path));
	vec_run(&v);
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		struct buf b;

		buf_init(&b, MAX_FILE);
		forms[i].make(&b, &v.plan);
		is_plain(&v, buf_str(&b));
		compare(&v, forms[i].ending, buf_str(&b));
		if (forms[i].make == plan_zone)
			zone_reads_again(&v, buf_str(&b));
		else if (forms[i].make == plan_octodns)
			yaml_reads_again(&v, buf_str(&b));
		else if (forms[i].make == plan_nsupdate)
			nsupdate_is_grammar(&v, buf_str(&b));
		buf_free(&b);
	}
	vec_free(&v);
	arena_free(&a);
}

static void
test_plans_are_as_wanted(void **state)
{
	const char *src = getenv("srcdir");
	char pattern[4096];
	glob_t gl;

	(void)state;
	(void)snprintf(pattern, sizeof(pattern), "%s/vectors/plan/*.in", src != NULL ? src : ".");
	assert_int_equal(glob(pattern, 0, NULL, &gl), 0);
	for (size_t i = 0; i < gl.gl_pathc; i++)
		try_file(gl.gl_pathv[i]);
	globfree(&gl);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plans_are_as_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
