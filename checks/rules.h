/* SPDX-License-Identifier: ISC */
/*
 * rules.h - the catalogue: every finding there can be.
 *
 * One row a rule, in checks/rules/AREA.def, beside the check that emits it.
 * `mailvet rules`, the manual and the reports are made from this table; checks
 * only name the id.  A slug is never renamed, only retired.
 */
#ifndef CHECKS_RULES_H
#define CHECKS_RULES_H
#include <stdbool.h>
#include "checks/core/str.h"

enum rule_level { LEVEL_PASS, LEVEL_NOTE, LEVEL_WARNING, LEVEL_UNKNOWN, LEVEL_ERROR };

/* What suffers. */
enum rule_affects {
	AFFECTS_DELIVERY,
	AFFECTS_INBOUND,
	AFFECTS_REPORTS,
	AFFECTS_DISPLAY,
	AFFECTS_HYGIENE
};

/* Who can act. */
enum rule_who { WHO_UNSET, WHO_YOU, WHO_PROVIDER, WHO_RECIPIENT, WHO_NOBODY };

#define RULE(id, ...) RULE_##id,
enum rule_id {
#include "checks/rules/all.def"
	RULE_COUNT
};
#undef RULE

/*
 * Sentences use {name} for the argument of that name, {subject}, {owner} and
 * {type} for the finding's own, and {what} for the marked part of the record.
 */
struct rule {
	const char *slug;  /* "spf-lookup-limit" */
	const char *alias; /* codes in the rule tables, a blank between them: "SPF018"; "" = none */
	const char *check; /* the check that emits it: "spf" */
	enum rule_level level;
	enum rule_affects affects;
	bool needed;          /* an unknown of this slug sets exit status 3 */
	bool again;           /* an unknown whose remedy is to look again, or at servers */
	bool run;             /* about the run, told once, not about a domain */
	const char *title;    /* a few words without arguments */
	const char *sentence; /* one sentence of fact with figures, a template */
	const char *remedy;   /* what to do, a template; "" = nothing */
	enum rule_who who;
	const char *explanation; /* why it matters, plain words, whole sentences */
	const char *reference;   /* "RFC 7208 section 4.6.4" */
	const char *url;
	const char *keys;   /* names of the arguments that enter the fingerprint: "term selector" */
	const char *figure; /* the argument whose growth is "worse"; "" = none */
};

/* The row of ID. */
const struct rule *rule_of(enum rule_id id);

/* Whether TEXT is the slug of RULE or one of its codes, case not counting. */
bool rule_is_called(const struct rule *rule, struct str text);

/* Find a rule by slug or alias, case not counting.  False when there is none. */
bool rule_find(struct str text, enum rule_id *out);

/*
 * The next rule behind *ID that TEXT names: an alias may stand for several.
 * False when there is none; *ID stays.
 */
bool rule_next(struct str text, enum rule_id *id);

/* "error", "warning", "note", "pass", "unknown". */
const char *level_name(enum rule_level l);

/* "delivery", "inbound", "reports", "display", "hygiene". */
const char *affects_name(enum rule_affects a);

/* "you", "provider", "recipient", "nobody". */
const char *who_name(enum rule_who w);

#endif
