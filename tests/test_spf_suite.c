/* SPDX-License-Identifier: ISC */
/*
 * test_spf_suite.c - the public suites of RFC 7208, RFC 4408 and pyspf against
 * spf_eval().  They are no part of this source: without them, or without a
 * python3 that reads YAML, the test is skipped and says so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "checks/spf_eval.h"
#include "checks/spf_macro.h"
#include "tests/differ.h"

#define MAX_LINES 600 /* of one scenario; the largest has some 100 */
#define MAX_WORDS 64
#define SUITES "/suites/spf-rfc7208/"

/* clang-format off */
/* Cases that are answered otherwise than the suite wants, each with the clause that says so. */
static const struct {
	const char *file, *id, *result, *clause;
} others[] = {
	{ "rfc7208-tests.yml", "v-macro-ip6", "fail", "RFC 7208 7.4: the examples write nibbles in lower case" },
	{ "rfc4408-tests.yml", "v-macro-ip6", "fail", "RFC 7208 7.4: as above" },
	{ "test.yml", "default-modifier", "neutral", "RFC 7208 6: unknown modifiers are ignored" },
	{ "test.yml", "default-modifier-harsh", "neutral", "RFC 7208 6: as above" },
};
/* clang-format on */

struct line {
	size_t n;
	struct str word[MAX_WORDS];
};

struct scenario {
	struct arena a;
	struct line line[MAX_LINES];
	size_t n;
};

struct suite {
	const char *file;
	struct differ differ;
	size_t n, bad;
	bool used[ARRAY_LEN(others)];
};

static unsigned
hex(char c)
{
	return ascii_isdigit(c) ? (unsigned)(c - '0') : (unsigned)(ascii_lower(c) - 'a') + 10;
}

/* A word of tests/spf_suite.py as bytes. */
static struct str
unescape(struct arena *a, struct str s)
{
	struct str out = arena_str(a, s);
	char *p = arena_alloc(a, s.n + 1);
	if (str_eq(s, STR("-")))
		return STR("");
	out.n = 0;
	for (size_t i = 0; i < s.n; i++) {
		p[out.n++] = s.p[i];
		if (s.p[i] != '\\')
			continue;
		p[out.n - 1] = (char)(hex(s.p[i + 2]) * 16 + hex(s.p[i + 3]));
		i += 3;
	}
	out.p = p;
	return out;
}

static void
split(struct arena *a, char *text, struct line *out)
{
	struct str s = str_trim(str_of(text));
	out->n = 0;
	for (size_t i = 0; i < s.n;) {
		size_t end = str_find(s, i, ' ');
		assert_true(out->n < MAX_WORDS);
		out->word[out->n++] = unescape(a, str_sub(s, i, end - i));
		i = end + 1;
	}
}

static bool
is_word(const struct line *l, size_t i, struct str s)
{
	return i < l->n && str_ieq(l->word[i], s);
}

static void
add_rdata(struct answer_draft *d, uint16_t type, const struct line *l)
{
	char p[4096];
	size_t n = 0;
	struct addr addr;
	struct name name = { .n = 0 };
	for (size_t i = 3; (type == RR_TXT || type == RR_SPF) && i < l->n; i++) {
		struct str w = l->word[i];
		for (size_t at = 0; at == 0 || at < w.n; at += 255) {
			struct str part = str_sub(w, at, 255);
			assert_true(n + part.n + 1 < sizeof(p));
			p[n++] = (char)part.n;
			if (part.n > 0)
				memcpy(p + n, part.p, part.n);
			n += part.n;
		}
	}
	if (type == RR_A || type == RR_AAAA) {
		assert_int_equal(addr_parse(l->word[3], &addr), ADDR_OK);
		n = addr.v6 ? 16 : 4;
		memcpy(p, addr.b, n);
	} else if (n == 0) {
		uint32_t preference = 0;
		struct str text = l->word[l->n - 1];
		if (type == RR_MX) {
			assert_true(parse_u32(l->word[3], 65535, &preference));
			p[n++] = (char)(preference >> 8);
			p[n++] = (char)(preference & 255);
		}
		if (str_eq(text, STR("")))
			text = STR(".");
		if (name_parse(text, &name) != NAME_OK)
			return;
		memcpy(p + n, name.w, name.n);
		n += name.n;
	}
	(void)draft_add_rr(d, type, 300, arena_str(d->scratch, (struct str){ p, n }));
}

/* What SC says about Q; CNAMEs are followed. */
static const struct answer *
answer_to(struct scenario *sc, const struct question *q)
{
	struct answer_draft d;
	struct name at = q->name, owner;
	struct buf type;
	bool exists = false, found = false, failed = false;
	buf_init(&type, 16);
	type_print(&type, q->type);
	draft_init(&d, &sc->a, q, ANSWER_FOUND);
	for (size_t i = 0, links = 0; i < sc->n; i++) {
		const struct line *l = &sc->line[i];
		if (l->n < 2 || is_word(l, 0, STR("test")) ||
		    name_parse_raw(spf_target_text(l->word[1]), &owner) != NAME_OK)
			continue;
		exists = exists || name_is_below(&owner, &at);
		if (!name_eq(&owner, &at) || l->n < 3)
			continue;
		if (is_word(l, 0, STR("fail"))) {
			failed = failed || is_word(l, 2, STR("*")) || is_word(l, 2, buf_str(&type));
		} else if (is_word(l, 2, STR("CNAME")) && links++ < MAX_CHAIN) {
			if (name_parse(l->word[3], &at) == NAME_OK)
				draft_add_link(&d, &at);
			exists = false;
			i = (size_t)-1;
		} else if (is_word(l, 2, buf_str(&type))) {
			add_rdata(&d, q->type, l);
			found = true;
		}
	}
	buf_free(&type);
	if (!found && (failed || str_eq(name_label(&q->name, 0), STR("error"))))
		return answer_failed(q, CAUSE_TIMEOUT);
	d.a.status = found ? ANSWER_FOUND : exists ? ANSWER_NODATA : ANSWER_NXDOMAIN;
	return answer_finish(&d);
}

static const struct answer *
on_ask(void *ctx, const struct question *q)
{
	return answer_to(ctx, q);
}

/* Whether WORD is one of the comma-separated LIST; the first is preferred, the others are good. */
static bool
is_listed(struct str list, struct str word)
{
	for (size_t i = 0; i <= list.n;) {
		size_t end = str_find(list, i, ',');
		if (str_eq(str_sub(list, i, end - i), word))
			return true;
		i = end + 1;
	}
	return false;
}

static struct spf_sender
sender_of(const struct line *t)
{
	struct spf_sender s = { .helo = t->word[2], .receiver = t->word[7] };
	struct str from = t->word[4];
	size_t at = from.n;
	assert_int_equal(addr_parse(t->word[3], &s.ip), ADDR_OK);
	while (at > 0 && from.p[at - 1] != '@')
		at--;
	s.domain = str_sub(from, at, from.n);
	s.local = str_sub(from, 0, at > 0 ? at - 1 : 0);
	return s;
}

/* Whether V is what T wants: its result and, if it names one, its explanation. */
static bool
is_as_wanted(const struct line *t, const struct spf_verdict *v)
{
	struct str want = t->word[6];
	if (!is_listed(t->word[5], str_of(spf_result_name(v->result))))
		return false;
	if (v->result != RESULT_FAIL || str_eq(want, STR("DEFAULT")))
		return true; /* DEFAULT is the library's own text: we have none */
	return str_eq(want, v->explanation);
}

/* Whether the table says that this case is answered so. */
static bool
is_known(struct suite *su, const struct line *t, const struct spf_verdict *v)
{
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		if (strcmp(su->file, others[i].file) != 0 ||
		    !str_eq(t->word[1], str_of(others[i].id)))
			continue;
		su->used[i] = true;
		return strcmp(spf_result_name(v->result), others[i].result) == 0;
	}
	return false;
}

static void
run_case(struct suite *su, struct scenario *sc, const struct line *t)
{
	struct spf_sender s = sender_of(t);
	struct spf_verdict v;
	struct subject subject = { .n_ips = 0 };
	struct facts facts = { .spf = NULL };
	struct findings fs;
	struct inquiry q;
	struct arena run;
	arena_init(&run, (size_t)32 << 20);
	inquiry_init(&q, on_ask, sc, &run);
	findings_init(&fs, &run);
	struct audit au = { &subject, &q, &run, &fs, &facts, NULL };
	inquiry_begin(&q);
	spf_eval(&au, &s, &v);
	su->n++;
	if (v.pending || (!is_as_wanted(t, &v) && !is_known(su, t, &v))) {
		print_message("%s: %.*s: got %s (%s at '%.*s'), explanation '%.*s', want %.*s\n",
		    su->file, (int)t->word[1].n, t->word[1].p, spf_result_name(v.result),
		    spf_why_text(v.why), (int)v.term.n, v.term.p, (int)v.explanation.n,
		    v.explanation.p, (int)t->word[5].n, t->word[5].p);
		su->bad++;
	}
	findings_free(&fs);
	inquiry_free(&q);
	arena_free(&run);
	(void)differ_one(&su->differ, on_ask, sc, &s, arena_str(&sc->a, t->word[1]).p);
}

static void
run_scenario(struct suite *su, struct scenario *sc)
{
	for (size_t i = 0; i < sc->n; i++)
		if (is_word(&sc->line[i], 0, STR("test")))
			run_case(su, sc, &sc->line[i]);
	sc->n = 0;
	arena_reset(&sc->a);
}

/* The folder of data that are no part of the source. */
static const char *
shared(void)
{
	const char *dir = getenv("MAILVET_SHARED");

	return dir != NULL ? dir : "../shared";
}

/* Run all cases of FILE; returns whether it could be read. */
static bool
run_suite(const char *dir, const char *file, size_t want)
{
	static struct scenario sc;
	static char text[65536];
	char command[4096];
	struct suite su = { .file = file, .differ = { .title = file } };
	(void)snprintf(command, sizeof(command),
	    "/usr/bin/python3 '%s/tests/spf_suite.py' '%s" SUITES "%s' 2>/dev/null", dir, shared(),
	    file);
	FILE *in = popen(command, "r");
	assert_non_null(in);
	arena_init(&sc.a, 0);
	sc.n = 0;
	while (fgets(text, sizeof(text), in) != NULL) {
		if (strcmp(text, "zone\n") == 0) {
			run_scenario(&su, &sc);
			continue;
		}
		assert_true(sc.n < MAX_LINES);
		split(&sc.a, text, &sc.line[sc.n++]);
	}
	run_scenario(&su, &sc);
	arena_free(&sc.a);
	if (pclose(in) != 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (strcmp(others[i].file, file) == 0 && !su.used[i])
			fail_msg("%s: %s is no case of it any more", file, others[i].id);
	differ_end(&su.differ);
	if (su.bad > 0 || su.n != want)
		fail_msg("%s: %zu of %zu cases (of %zu) otherwise", file, su.bad, su.n, want);
	return true;
}

static void
test_suites(void **state)
{
	static const struct {
		const char *file;
		size_t cases;
	} suites[] = {
		{ "rfc7208-tests.yml", 203 },
		{ "rfc4408-tests.yml", 191 },
		{ "test.yml", 16 },
	};
	const char *dir = getenv("srcdir");
	char path[4096];
	(void)state;
	if (dir == NULL)
		dir = ".";
	for (size_t i = 0; i < ARRAY_LEN(suites); i++) {
		(void)snprintf(path, sizeof(path), "%s" SUITES "%s", shared(), suites[i].file);
		if (access(path, R_OK) != 0) {
			print_message("skipped: no %s\n", path);
			skip();
		}
		if (!run_suite(dir, suites[i].file, suites[i].cases)) {
			print_message("skipped: /usr/bin/python3 has no yaml (python3-yaml)\n");
			skip();
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_suites),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
