/* SPDX-License-Identifier: ISC */
/*
 * test_classify_shared.c - the share of labelled replies told right, in data
 * that are no part of the source: MAILVET_SHARED, ../shared.
 *
 * Each set is printed in halves of odd and even rows: what rows were written
 * from and what they were not should be told equally well.  Out of messages
 * the Diagnostic-Code is taken, or the words in front of the returned message.
 */
#include "audit/bounce/classify.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "checks/core/arena.h"

#define MAX_SHARED (1 << 20) /* of one file there */

struct share {
	unsigned right[2], all[2], false_auth;
};

static struct arena arena;
static struct classifier *classifier;

/* The contents of NAME in the shared data, owned by A; empty when it is missing. */
static struct str
shared(struct arena *a, const char *name)
{
	const char *dir = getenv("MAILVET_SHARED");
	char path[1024];
	struct str s = { NULL, 0 };
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir != NULL ? dir : "../shared", name);
	if ((f = fopen(path, "rb")) == NULL)
		return s;
	char *p = arena_alloc(a, MAX_SHARED);
	s = (struct str){ p, fread(p, 1, MAX_SHARED, f) };
	(void)fclose(f);
	return s;
}

static bool
next_line(struct str text, size_t *at, struct str *line)
{
	size_t end = str_find(text, *at, '\n');

	if (*at >= text.n)
		return false;
	*line = str_sub(text, *at, end - *at);
	*at = end + 1;
	if (line->n > 0 && line->p[line->n - 1] == '\r')
		line->n--;
	return true;
}

static struct str
field(struct str line, unsigned n)
{
	size_t at = 0;

	while (n-- > 0)
		at = str_find(line, at, '\t') + 1;
	return str_sub(line, at, at >= line.n ? 0 : str_find(line, at, '\t') - at);
}

/* The value of the Nth Diagnostic-Code with its folded lines; empty = none. */
static struct str
diagnostic(struct str mail, unsigned n)
{
	struct str line, out = { NULL, 0 };
	size_t at = 0;
	bool in = false;

	while (next_line(mail, &at, &line)) {
		if (in && line.n > 0 && ascii_isblank(line.p[0])) {
			out.n = (size_t)(line.p + line.n - out.p);
		} else if (str_has_iprefix(line, STR("Diagnostic-Code:"))) {
			if (out.p != NULL && n == 1)
				return out;
			n -= out.p != NULL;
			out = str_sub(line, 16, line.n);
			in = true;
		} else {
			in = false;
		}
	}
	return out;
}

/* What stands between the header and the returned message. */
static struct str
prose(struct str mail)
{
	struct str line, out = { NULL, 0 };
	size_t at = 0;
	bool body = false;

	while (next_line(mail, &at, &line)) {
		if (!body && line.n == 0) {
			body = true;
			out = str_sub(mail, at, 0);
			continue;
		}
		if (body && out.n > 0 &&
		    (str_has_iprefix(line, STR("Received: ")) ||
			str_has_iprefix(line, STR("Return-Path:")) ||
			str_has_iprefix(line, STR("--- Below")) ||
			str_has_iprefix(line, STR("------ This is a copy")) ||
			str_has_iprefix(line, STR("----- Original")) ||
			str_has_iprefix(line, STR("Message headers follow"))))
			break;
		if (body)
			out.n = (size_t)(line.p + line.n - out.p);
	}
	return str_sub(out, 0, 4000);
}

static enum mechanism
mechanism_of(struct str raw)
{
	struct classify_context x = { .out = true };
	struct classified k;
	struct reply r;

	reply_parse(&arena, raw, &r);
	classify(classifier, &r, &x, &k);
	return k.mechanism;
}

static struct str
reply_in(struct str file, unsigned n)
{
	char name[256];
	struct str mail, d;

	(void)snprintf(name, sizeof(name), "bounces/sisimai/eml/%.*s", (int)file.n, file.p);
	mail = shared(&arena, name);
	d = diagnostic(mail, n);
	return str_trim(d).n > 10 ? d : prose(mail);
}

static bool
is_auth(enum mechanism m)
{
	return m == MECH_SPF || m == MECH_DKIM || m == MECH_DMARC;
}

static void
count(struct share *s, size_t row, bool right)
{
	s->all[row % 2]++;
	s->right[row % 2] += right;
}

/* Print S and hold it against FLOOR percent of all. */
static void
judge(const char *name, const struct share *s, unsigned floor)
{
	unsigned right = s->right[0] + s->right[1], all = s->all[0] + s->all[1];

	assert_true(all > 0);
	print_message("%s: %u of %u (%u %%), odd rows %u of %u, even rows %u of %u\n", name, right,
	    all, all == 0 ? 0 : right * 100 / all, s->right[1], s->all[1], s->right[0], s->all[0]);
	assert_true(right * 100 >= floor * all);
	assert_int_equal(s->false_auth, 0);
}

/* "other" there is what is not about the sender's authentication or standing. */
static void
test_labelled_mechanisms(void **state)
{
	struct arena a;
	struct share s = { 0 };
	struct str text, line, last = { NULL, 0 };
	size_t at = 0, row = 0;
	unsigned n = 0;

	(void)state;
	arena_init(&a, 0);
	text = shared(&a, "bounces/sisimai/mechanisms.tsv");
	if (text.n == 0 || !next_line(text, &at, &line)) {
		arena_free(&a);
		skip();
	}
	while (next_line(text, &at, &line)) {
		struct str file = field(line, 0), label = field(line, 1);
		enum mechanism m;

		n = str_eq(file, last) ? n + 1 : 1;
		last = file;
		row++;
		if (str_eq(label, STR("complaint-report")))
			continue;
		m = mechanism_of(reply_in(file, n));
		count(&s, row,
		    str_eq(label, str_of(mechanism_name(m))) ||
			(str_eq(label, STR("other")) && !mechanism_is_policy(m)));
		s.false_auth += is_auth(m) && !str_eq(label, str_of(mechanism_name(m)));
		arena_reset(&arena);
	}
	judge("mechanisms", &s, 95);
	arena_free(&a);
}

/* Reasons of another classifier, and what of ours may stand for them. */
static const struct {
	const char *reason, *ours;
} reasons[] = {
	/* clang-format off */
	{ "userunknown", "recipient" }, { "filtered", "recipient" }, { "suspend", "recipient" }, { "hasmoved", "recipient" },
	{ "mailboxfull", "mailbox-full" }, { "hostunknown", "recipient-domain" }, { "expired", "expired connection" },
	{ "networkerror", "connection system recipient-domain" }, { "spamdetected", "content" }, { "virusdetected", "content" },
	{ "systemerror", "system connection" }, { "mailererror", "system" }, { "toomanyconn", "rate" }, { "norelaying", "relay" },
	{ "exceedlimit", "size" }, { "mesgtoobig", "size" }, { "notcompliantrfc", "rfc5322" }, { "contenterror", "content rfc5322" },
	{ "requireptr", "ptr" }, { "badreputation", "ip-reputation domain-reputation" },
	{ "blocked", "dnsbl ip-reputation domain-reputation helo ptr policy-unspecified connection system" },
	{ "authfailure", "spf dkim dmarc auth-any" }, { "securityerror", "smtp-auth tls policy-unspecified" },
	{ "policyviolation", "policy-unspecified content rfc5322 dmarc helo" },
	{ "rejected", "sender-domain policy-unspecified domain-reputation spf content recipient ip-reputation dmarc dnsbl" },
	/* clang-format on */
};

static bool
word_in(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = strstr(list, word); p != NULL; p = strstr(p + 1, word))
		if ((p == list || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
			return true;
	return false;
}

static void
count_reason(struct share *s, size_t row, struct str line)
{
	struct str reason = field(line, 4);
	uint32_t n = 1;

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		enum mechanism m;

		if (!str_eq(reason, str_of(reasons[i].reason)))
			continue;
		(void)parse_u32(field(line, 1), 1000, &n);
		m = mechanism_of(reply_in(field(line, 0), n));
		count(s, row, word_in(reasons[i].ours, mechanism_name(m)));
		s->false_auth += is_auth(m) && !word_in(reasons[i].ours, mechanism_name(m));
	}
}

static void
test_reasons(void **state)
{
	struct arena a;
	struct share s = { 0 };
	struct str text, line;
	size_t at = 0, row = 0;

	(void)state;
	arena_init(&a, 0);
	text = shared(&a, "bounces/sisimai/index.tsv");
	if (text.n == 0 || !next_line(text, &at, &line)) {
		arena_free(&a);
		skip();
	}
	while (next_line(text, &at, &line)) {
		count_reason(&s, ++row, line);
		arena_reset(&arena);
	}
	judge("reasons", &s, 87);
	arena_free(&a);
}

/* No labels there: how many replies a row tells, and no weak word about authentication. */
static void
test_replies_of_providers(void **state)
{
	struct arena a;
	struct share s = { 0 };
	struct str text, line;
	size_t at = 0, row = 0;

	(void)state;
	arena_init(&a, 0);
	text = shared(&a, "bounces/smtpfieldmanual/responses.tsv");
	if (text.n == 0 || !next_line(text, &at, &line)) {
		arena_free(&a);
		skip();
	}
	while (next_line(text, &at, &line)) {
		struct classify_context x = { .out = true };
		struct classified k;
		struct reply r;

		reply_parse(&arena, field(line, 4), &r);
		classify(classifier, &r, &x, &k);
		count(&s, ++row, k.confidence >= CONFIDENCE_MEDIUM);
		s.false_auth += is_auth(k.mechanism) && k.confidence < CONFIDENCE_MEDIUM;
		arena_reset(&arena);
	}
	judge("replies told by a text", &s, 94);
	arena_free(&a);
}

/* The facts rows started from: patterns that are words stand for replies. */
static void
test_facts(void **state)
{
	struct arena a;
	struct share s = { 0 };
	struct str text, line;
	size_t at = 0, row = 0;

	(void)state;
	arena_init(&a, 0);
	text = shared(&a, "facts/rejections.tsv");
	if (text.n == 0 || !next_line(text, &at, &line)) {
		arena_free(&a);
		skip();
	}
	while (next_line(text, &at, &line)) {
		struct str code = field(line, 1), enhanced = field(line, 2),
			   pattern = field(line, 3), want = field(line, 4);
		char raw[2048];
		enum mechanism m;
		bool plain = pattern.n > 8;

		for (size_t i = 0; i < pattern.n; i++)
			plain = plain && strchr("()[]|*+?\\.^", pattern.p[i]) == NULL;
		if (!plain || str_sub(want, 0, 1).p[0] == '(')
			continue;
		if (code.n < 3 || !ascii_isdigit(code.p[1]))
			code = STR("550");
		enhanced = str_sub(enhanced, 0, str_find(enhanced, 0, '/'));
		enhanced = str_sub(enhanced, 0, str_find(enhanced, 0, '-'));
		(void)snprintf(raw, sizeof(raw), "%.3s %.*s %.*s", code.p, (int)enhanced.n,
		    enhanced.p, (int)pattern.n, pattern.p);
		m = mechanism_of(str_of(raw));
		count(&s, ++row,
		    str_eq(want, str_of(mechanism_name(m))) ||
			(str_eq(want, STR("recipient-restriction")) && m == MECH_RECIPIENT));
		if (!str_eq(want, str_of(mechanism_name(m))))
			print_message(
			    "  %s: %s, not %.*s\n", raw, mechanism_name(m), (int)want.n, want.p);
		arena_reset(&arena);
	}
	judge("facts", &s, 94);
	arena_free(&a);
}

static int
set_up(void **state)
{
	size_t bad;

	(void)state;
	arena_init(&arena, 0);
	classifier = classifier_new(NULL, 0, &bad);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	classifier_free(classifier);
	arena_free(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_labelled_mechanisms),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_replies_of_providers),
		cmocka_unit_test(test_facts),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
