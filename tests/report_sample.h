/* SPDX-License-Identifier: ISC */
/*
 * report_sample.h - a small catalogue and results built by hand, for the tests
 * of report/.
 *
 * It defines the functions of checks/rules.h, so that the wording of the real
 * catalogue can change without a golden file; include it once in a program.
 */
#ifndef TESTS_REPORT_SAMPLE_H
#define TESTS_REPORT_SAMPLE_H
#include "checks/core/facts.h"
#include "checks/core/finding.h"
#include "checks/core/subject.h"
#include "report/report.h"

enum {
	SAMPLE_LIMIT,
	SAMPLE_NO_KEY,
	SAMPLE_UNSEEN,
	SAMPLE_WIDE,
	SAMPLE_SOFTFAIL,
	SAMPLE_NO_NP,
	SAMPLE_LIST,
	SAMPLE_PASS_SPF,
	SAMPLE_PASS_MX,
	SAMPLE_TEXT,
	SAMPLE_NO_ANSWER,
	SAMPLE_COUNT
};

/* clang-format off */
static const struct rule sample_rules[] = {
	[SAMPLE_LIMIT] = { .slug = "spf-lookup-limit", .alias = "SPF018", .check = "spf", .level = LEVEL_ERROR,
	  .affects = AFFECTS_DELIVERY, .title = "too many lookups",
	  .sentence = "{lookups} of 10 lookups; {what} alone costs {cost}",
	  .remedy = "Remove the services you no longer send with; {term} is the dearest.", .who = WHO_YOU,
	  .explanation = "A receiver that counts to ten stops with permerror, and SPF fails.",
	  .reference = "RFC 7208 section 4.6.4", .url = "https://www.rfc-editor.org/rfc/rfc7208#section-4.6.4",
	  .keys = "", .figure = "lookups" },
	[SAMPLE_NO_KEY] = { .slug = "dkim-key-missing", .alias = "DKIM029", .check = "dkim", .level = LEVEL_ERROR,
	  .affects = AFFECTS_DELIVERY, .title = "no key at a selector in use",
	  .sentence = "no key at {owner}, where selector {selector} points", .remedy = "Publish the key your signer uses.",
	  .who = WHO_PROVIDER, .reference = "RFC 6376 section 3.6.2", .keys = "selector" },
	[SAMPLE_UNSEEN] = { .slug = "spf-include-unseen", .check = "spf", .level = LEVEL_UNKNOWN,
	  .affects = AFFECTS_DELIVERY, .needed = true, .title = "an include could not be looked up",
	  .sentence = "{term} could not be looked up", .remedy = "", .who = WHO_YOU, .keys = "term" },
	[SAMPLE_NO_ANSWER] = { .slug = "spf-lookup-failed", .check = "spf", .level = LEVEL_UNKNOWN,
	  .affects = AFFECTS_DELIVERY, .title = "a record could not be looked up", .sentence = "{what} could not be judged",
	  .remedy = "Ask again later.", .who = WHO_YOU, .reference = "RFC 7208 section 4.4" },
	[SAMPLE_WIDE] = { .slug = "spf-wide-network", .check = "spf", .level = LEVEL_WARNING,
	  .affects = AFFECTS_DELIVERY, .title = "a wide network", .sentence = "{what} covers {n} addresses",
	  .remedy = "Name only the addresses that send.", .who = WHO_YOU, .reference = "RFC 9989 section 7.1" },
	[SAMPLE_SOFTFAIL] = { .slug = "spf-softfail", .check = "spf", .level = LEVEL_NOTE, .affects = AFFECTS_HYGIENE,
	  .title = "the record ends in ~all", .sentence = "{what} lets others pass as doubtful" },
	[SAMPLE_NO_NP] = { .slug = "dmarc-no-np", .check = "dmarc", .level = LEVEL_NOTE, .affects = AFFECTS_HYGIENE,
	  .title = "no policy for names that do not exist", .sentence = "{subject} has no np tag" },
	[SAMPLE_LIST] = { .slug = "dnsbl-unusable", .check = "dnsbl", .level = LEVEL_WARNING, .run = true,
	  .affects = AFFECTS_HYGIENE, .title = "a list that does not answer", .sentence = "{subject} answers nothing that can be used",
	  .who = WHO_NOBODY, .remedy = "It was left out of this run." },
	[SAMPLE_PASS_SPF] = { .slug = "spf-pass", .check = "spf", .level = LEVEL_PASS, .title = "SPF is in order",
	  .sentence = "SPF of {subject} is in order" },
	[SAMPLE_PASS_MX] = { .slug = "mx-pass", .check = "mta_sts", .level = LEVEL_PASS, .title = "MTA-STS is in order",
	  .sentence = "MTA-STS of {subject} is in order" },
	[SAMPLE_TEXT] = { .slug = "spf-unknown-term", .check = "spf", .level = LEVEL_ERROR, .affects = AFFECTS_DELIVERY,
	  .title = "a term nobody knows", .sentence = "{what} is no term; %{i} would be a macro", .remedy = "Remove {text}.",
	  .who = WHO_RECIPIENT },
};
/* clang-format on */

/* As checks/rules.h says, for the rows above. */
const struct rule *
rule_of(enum rule_id id)
{
	return &sample_rules[id];
}

/* By slug only. */
bool
rule_find(struct str text, enum rule_id *out)
{
	for (size_t i = 0; i < SAMPLE_COUNT; i++)
		if (str_eq(text, str_of(sample_rules[i].slug))) {
			*out = (enum rule_id)i;
			return true;
		}
	return false;
}

/* The words of checks/rules.h. */
const char *
level_name(enum rule_level l)
{
	static const char *const names[] = { "pass", "note", "warning", "unknown", "error" };

	return names[l];
}

/* The words of checks/rules.h. */
const char *
affects_name(enum rule_affects a)
{
	static const char *const names[] = { "delivery", "inbound", "reports", "display",
		"hygiene" };

	return names[a];
}

/* The words of checks/rules.h. */
const char *
who_name(enum rule_who w)
{
	static const char *const names[] = { "", "you", "provider", "recipient", "nobody" };

	return names[w];
}

#define MAX_SAMPLE 32

/* One domain under construction; sample_free() gives everything back. */
struct sample {
	struct arena arena;
	struct findings findings;
	struct facts facts;
	struct subject subject;
	struct domain_result result;
	struct judged judged[MAX_SAMPLE];
	const struct answer *answers[MAX_SAMPLE];
	size_t n_answers;
};

#define SAMPLE_NOW ((time_t)1795262400) /* 2026-11-21T12:00:00Z */

/* TEXT, which is a name. */
static struct name
sample_name(const char *text)
{
	struct name n;

	(void)name_parse(str_of(text), &n);
	return n;
}

/* An empty result for DOMAIN, a literal. */
static void
sample_init(struct sample *s, const char *domain)
{
	memset(s, 0, sizeof(*s));
	arena_init(&s->arena, 0);
	findings_init(&s->findings, &s->arena);
	s->subject.domain = sample_name(domain);
	s->result.label = str_of(domain);
}

/* Give back what S holds. */
static void
sample_free(struct sample *s)
{
	for (size_t i = 0; i < s->n_answers; i++)
		answer_unref(s->answers[i]);
	findings_free(&s->findings);
	arena_free(&s->arena);
}

/* A is freed with S and says that it came from SOURCE at WHERE. */
static inline const struct answer *
sample_keep(struct sample *s, struct answer *a, const char *source, const char *where)
{
	a->from.source = str_of(source);
	a->from.where = str_of(where);
	a->when = SAMPLE_NOW;
	s->answers[s->n_answers++] = a;
	return a;
}

/* The answer to NAME TYPE: STATUS, without records. */
static inline const struct answer *
sample_absent(struct sample *s, const char *name, uint16_t type, enum answer_status status)
{
	struct name n = sample_name(name);
	struct question q = question_dns(&n, type);
	struct answer_draft d;

	draft_init(&d, &s->arena, &q, status);
	return sample_keep(s, answer_finish(&d), "resolver", "192.0.2.53");
}

/* The answer to NAME TXT: failed for CAUSE at WHERE. */
static inline const struct answer *
sample_failed(struct sample *s, const char *name, enum answer_cause cause, const char *where)
{
	struct name n = sample_name(name);
	struct question q = question_dns(&n, RR_TXT);

	return sample_keep(s, answer_failed(&q, cause), "resolver", where);
}

/*
 * The TXT at NAME of a file: strings of 255 bytes, each quoted on a line of its
 * own from LINE on, column 12 the first byte.  FILE NULL: it is live.
 */
static inline const struct answer *
sample_txt(struct sample *s, const char *name, struct str text, const char *file, uint32_t line)
{
	struct name n = sample_name(name);
	struct question q = question_dns(&n, RR_TXT);
	struct answer_draft d;
	struct rr_pos *pos = arena_array(&s->arena, text.n / 255 + 1, sizeof(*pos));
	struct buf wire;
	struct rr *rr;
	size_t runs = 0;

	buf_init(&wire, 70000);
	draft_init(&d, &s->arena, &q, ANSWER_FOUND);
	for (size_t at = 0; at < text.n; at += 255, runs++) {
		struct str part = str_sub(text, at, 255);

		buf_addc(&wire, (char)part.n);
		buf_add(&wire, part);
		pos[runs] = (struct rr_pos){ (uint32_t)at, line + (uint32_t)runs, 12 };
	}
	rr = draft_add_rr(&d, RR_TXT, 3600, arena_str(&s->arena, buf_str(&wire)));
	buf_free(&wire);
	rr->text = text;
	if (file != NULL) {
		rr->file = str_of(file);
		rr->line = line;
		rr->column = 11;
		rr->end_line = line + (uint32_t)runs - 1;
		rr->end_column = (uint32_t)(13 + text.n % 255);
		rr->pos = pos;
		rr->n_pos = runs;
	}
	return sample_keep(s, answer_finish(&d), file != NULL ? "zone" : "resolver",
	    file != NULL ? file : "192.0.2.53");
}

/* The part of A's first record that reads WHAT; all of it for NULL. */
static void
sample_at(struct sample *s, struct finding *f, const struct answer *a, const char *what)
{
	struct str text = a->rr[0].text, want = str_of(what), part = { NULL, 0 };

	for (size_t i = 0; want.n > 0 && i + want.n <= text.n && part.n == 0; i++)
		if (str_eq(str_sub(text, i, want.n), want))
			part = str_sub(text, i, want.n);
	finding_at(&s->findings, f, a, &a->rr[0], part);
}

/* The finished result; findings were added worst first. */
static inline const struct domain_result *
sample_result(struct sample *s)
{
	size_t n = 0;

	for (const struct finding *f = s->findings.first; f != NULL; f = f->next, n++) {
		struct judged *g = &s->judged[n];

		g->f = f;
		g->level = rule_of(f->id)->level;
		memcpy(g->fingerprint, "0123456789abcdef", sizeof(g->fingerprint));
		g->fingerprint[15] = (char)('a' + n % 6);
		s->result.count[g->level]++;
		if (g->level > s->result.verdict)
			s->result.verdict = g->level;
	}
	s->result.findings = s->judged;
	s->result.n_findings = n;
	s->result.subject = &s->subject;
	s->result.facts = &s->facts;
	return &s->result;
}

#endif
