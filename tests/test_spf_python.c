/* SPDX-License-Identifier: ISC */
/*
 * test_spf_python.c - published SPF records against the evaluator of Debian's
 * python3-spf: every difference has its reason.  Skipped without the records or the
 * module.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "checks/spf_eval.h"
#include "tests/published.h"

#define MAX_LINE 70000
#define MAX_SHOWN 40

/* The other evaluator. */
struct python {
	pid_t pid;
	FILE *in, *out;
};

/* One sender as one record. */
struct trial {
	const struct spf_record *record;
	struct spf_verdict v;
	struct str theirs;
	struct addr ip;
};

/* "%{" without an end, and the number 0, are errors (RFC 7208 7.1). */
static bool
has_bad_macro(const struct trial *t)
{
	for (size_t i = 0; i < t->record->n_faults; i++)
		if (t->record->faults[i].kind == FAULT_MACRO)
			return t->v.result == RESULT_PERMERROR;
	return false;
}

/* Names are the same in capitals (RFC 7208 4.6.1, RFC 5234 2.3). */
static bool
has_capital_modifier(const struct trial *t)
{
	const struct spf_record *r = t->record;

	for (size_t i = 0; i < r->n_terms; i++)
		for (size_t k = 0; k < r->terms[i].name.n; k++)
			if ((r->terms[i].kind == TERM_REDIRECT || r->terms[i].kind == TERM_EXP) &&
			    ascii_lower(r->terms[i].name.p[k]) != r->terms[i].name.p[k])
				return true;
	return false;
}

/* Only redirect= and exp= may not stand twice (RFC 7208 6). */
static bool
has_modifier_twice(const struct trial *t)
{
	const struct spf_record *r = t->record;

	for (size_t i = 0; i < r->n_terms; i++)
		for (size_t k = 0; k < i; k++)
			if (r->terms[i].kind == TERM_MODIFIER &&
			    r->terms[k].kind == TERM_MODIFIER &&
			    str_ieq(r->terms[i].name, r->terms[k].name))
				return str_eq(t->theirs, STR("permerror"));
	return false;
}

/* clang-format off */
/* Why the two may differ; the first that holds counts. */
static const struct {
	const char *why;
	bool (*holds)(const struct trial *t);
} reasons[] = {
	{ "python3-spf takes some bad macros as they stand", has_bad_macro },
	{ "python3-spf takes redirect= in capitals for an unknown modifier", has_capital_modifier },
	{ "python3-spf takes an unknown modifier that stands twice for an error", has_modifier_twice },
};
/* clang-format on */

static bool
python_open(struct python *p)
{
	const char *src = getenv("srcdir");
	char script[4096];
	int ends[2];

	if (system("/usr/bin/python3 -c 'import spf' >/dev/null 2>&1") != 0)
		return false;
	(void)snprintf(script, sizeof(script), "%s/tests/spf_python.py", src != NULL ? src : ".");
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	p->pid = fork();
	assert_true(p->pid >= 0);
	if (p->pid == 0) {
		(void)dup2(ends[1], STDIN_FILENO);
		(void)dup2(ends[1], STDOUT_FILENO);
		(void)close(ends[0]);
		(void)close(ends[1]);
		(void)execl("/usr/bin/python3", "python3", "-W", "ignore", script, (char *)NULL);
		_exit(127);
	}
	(void)close(ends[1]);
	p->in = fdopen(ends[0], "r");
	p->out = fdopen(dup(ends[0]), "w");
	assert_true(p->in != NULL && p->out != NULL);
	return true;
}

static void
python_close(struct python *p)
{
	fclose(p->out);
	fclose(p->in);
	while (waitpid(p->pid, NULL, 0) < 0)
		;
}

static unsigned
hex(char c)
{
	return ascii_isdigit(c) ? (unsigned)(c - '0') : (unsigned)(ascii_lower(c) - 'a') + 10;
}

/* The name that the digits S stand for; n = 0 = none. */
static struct name
name_of(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);
	struct name out = { .n = 0 };
	size_t n = 0;

	if (str_eq(s, STR("-")))
		return out;
	for (size_t i = 0; i + 1 < s.n; i += 2)
		p[n++] = (char)(hex(s.p[i]) * 16 + hex(s.p[i + 1]));
	if (n > 0 && p[n - 1] == '.')
		n--;
	(void)name_parse_raw((struct str){ p, n }, &out);
	return out;
}

static void
tell_record(struct python *p, const struct rr *rr)
{
	struct name to;
	struct addr ip;
	struct buf b;

	buf_init(&b, 4096);
	if (rr_addr(rr, &ip)) {
		addr_print(&b, &ip);
	} else if (rr_target(rr, &to)) {
		if (rr->type == RR_MX) {
			buf_addu(&b, rr_preference(rr));
			buf_addc(&b, ' ');
		}
		name_print(&b, &to);
	}
	fprintf(p->out, "%.*s", (int)b.n, b.n > 0 ? b.p : "");
	for (size_t i = 0; rr->type == RR_TXT && i < rr->text.n; i++)
		fprintf(p->out, "%02x", (unsigned)(uint8_t)rr->text.p[i]);
	fputc('\n', p->out);
	buf_free(&b);
}

/* "NAME TYPE", as the other asks. */
static void
answer(struct python *p, struct arena *a, struct published *w, struct str words)
{
	size_t blank = str_find(words, 0, ' ');
	struct name name = name_of(a, str_sub(words, 0, blank));
	struct question q = question_dns(&name, type_parse(str_sub(words, blank + 1, words.n)));
	const struct answer *found;

	if (name.n == 0) {
		fputs("none\n", p->out);
		fflush(p->out);
		return;
	}
	found = published_ask(w, &q);
	if (found->status == ANSWER_FAILED)
		fputs("fail\n", p->out);
	else
		fprintf(p->out, "%zu\n", found->n_rr);
	for (size_t i = 0; i < found->n_rr; i++)
		tell_record(p, &found->rr[i]);
	fflush(p->out);
	answer_unref(found);
}

/* What the other makes of IP, in A. */
static struct str
python_result(struct python *p, struct arena *a, struct published *w, const struct addr *ip)
{
	static char line[MAX_LINE];
	struct buf b;

	buf_init(&b, 100);
	addr_print(&b, ip);
	fprintf(p->out, "case %.*s\n", (int)b.n, b.p);
	fflush(p->out);
	buf_free(&b);
	while (fgets(line, sizeof(line), p->in) != NULL) {
		struct str s = str_trim(str_of(line));

		if (str_has_prefix(s, STR("result ")))
			return arena_str(a, str_sub(s, 7, s.n));
		assert_true(str_has_prefix(s, STR("ask ")));
		answer(p, a, w, str_sub(s, 4, s.n));
	}
	fail_msg("the other evaluator ended");
	return STR("");
}

static void
evaluate(struct published *w, struct trial *t, struct arena *a)
{
	struct spf_sender s = { .ip = t->ip,
		.helo = STR("mail.corpus.example"),
		.local = STR("someone"),
		.domain = STR("corpus.example") };
	struct subject subject = { .n_ips = 0 };
	struct facts facts = { .spf = NULL };
	struct findings fs;
	struct inquiry q;
	struct audit au = { &subject, &q, a, &fs, &facts, NULL };

	inquiry_init(&q, published_ask, w, a);
	findings_init(&fs, a);
	inquiry_begin(&q);
	spf_eval(&au, &s, &t->v);
	findings_free(&fs);
	inquiry_free(&q); /* what the verdict says of terms is gone with it */
}

/* What became of all trials. */
struct sum {
	size_t n, same, bad, by_reason[ARRAY_LEN(reasons)];
};

static void
compare(struct sum *s, const struct trial *t, size_t line)
{
	s->n++;
	if (str_eq(t->theirs, str_of(spf_result_name(t->v.result)))) {
		s->same++;
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].holds(t)) {
			s->by_reason[i]++;
			return;
		}
	if (s->bad++ < MAX_SHOWN)
		print_error("line %zu: %s (%s), python3-spf %.*s: %.*s\n", line,
		    spf_result_name(t->v.result), spf_why_text(t->v.why), (int)t->theirs.n,
		    t->theirs.p, (int)t->record->text.n, t->record->text.p);
}

/* A stranger, and the first listed network of each family. */
static void
try_record(struct sum *s, struct python *p, struct published *w, size_t line)
{
	struct spf_record r;
	struct arena a;
	struct addr ip[3];
	size_t n = 1;
	bool seen[2] = { false, false };

	arena_init(&a, 0);
	spf_record_parse(&a, w->record, &r);
	assert_int_equal(addr_parse(STR("192.0.2.77"), &ip[0]), ADDR_OK);
	for (size_t i = 0; i < r.n_terms; i++) {
		bool v6 = r.terms[i].kind == TERM_IP6;

		if ((r.terms[i].kind != TERM_IP4 && !v6) || seen[v6])
			continue;
		seen[v6] = true;
		ip[n++] = r.terms[i].net.addr;
	}
	for (size_t i = 0; i < n; i++) {
		struct trial t = { .record = &r, .ip = ip[i] };

		evaluate(w, &t, &a);
		t.theirs = python_result(p, &a, w, &ip[i]);
		compare(s, &t, line);
	}
	arena_free(&a);
}

static void
test_every_difference_has_a_reason(void **state)
{
	static char text[MAX_LINE];
	struct published w;
	struct python p;
	struct sum s = { .n = 0 };
	FILE *f;

	(void)state;
	if (!published_open(&w) || (f = published_corpus()) == NULL) {
		print_message("skipped: no corpus of published records\n");
		skip();
		return;
	}
	if (!python_open(&p)) {
		print_message("skipped: /usr/bin/python3 has no spf (python3-spf)\n");
		skip();
	}
	for (size_t line = 1; fgets(text, sizeof(text), f) != NULL; line++) {
		w.record = str_trim(str_of(text));
		if (is_spf_record(w.record))
			try_record(&s, &p, &w, line);
	}
	fclose(f);
	python_close(&p);
	published_close(&w);
	print_message("%zu evaluations, %zu the same\n", s.n, s.same);
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (s.by_reason[i] > 0)
			print_message("  %5zu: %s\n", s.by_reason[i], reasons[i].why);
	if (s.bad > 0)
		fail_msg("%zu differences without a reason", s.bad);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_difference_has_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
