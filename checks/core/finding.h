/* SPDX-License-Identifier: ISC */
/*
 * finding.h - what a check says.
 *
 * A finding is data: the rule, the record it is about, typed arguments, the
 * answers that led to it and the changes that would cure it.  Its sentence,
 * level and clause stand in the catalogue (checks/rules.h).
 */
#ifndef CHECKS_CORE_FINDING_H
#define CHECKS_CORE_FINDING_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "checks/core/addr.h"
#include "checks/core/answer.h"
#include "checks/core/arena.h"
#include "checks/core/name.h"
#include "checks/rules.h"

#define MAX_FINDINGS 2000 /* of one subject; more ends in audit-limit */
#define MAX_ARGS 16       /* spf-lookup-limit has that many */
#define MAX_EVIDENCE 16
#define MAX_CHANGES 16

/*
 * Of one text that came from outside, in a sentence, which is for reading: the whole
 * record stands in the finding's place.
 */
#define MAX_PART_SHOWN 120

enum arg_kind { ARG_NUMBER, ARG_NAME, ARG_TEXT, ARG_WORDS };

/* One argument of the sentence; whether it is key or figure is in the rule. */
struct arg {
	const char *name; /* static */
	enum arg_kind kind;
	int64_t number;
	struct str text; /* of ARG_TEXT, ARG_WORDS (raw bytes) and ARG_NAME (presentation form) */
};

/* The record a finding is about. */
struct place {
	struct name name; /* owner; n = 0 = no record (a list, a run) */
	uint16_t type;    /* 0 = none */
	struct str text; /* joined text of a TXT, presentation rdata of others; empty when absent */
	size_t offset, length; /* the part of text meant, in bytes; length 0 = all of it */
	const struct rr *rr;   /* the record, for file, line and column; NULL = absent */
};

enum change_action { CHANGE_ADD, CHANGE_REMOVE, CHANGE_REPLACE };

/* One edit.  OLD and NEW are rdata in presentation form, as a zone file takes it. */
struct change {
	enum change_action action;
	struct name name;
	uint16_t type;
	uint32_t ttl_s; /* 0 = keep, or the zone's default */
	struct str old, new;
};

struct remedy {
	enum rule_who who;      /* WHO_UNSET = as the rule says */
	struct str url;         /* empty = as the rule says */
	struct change *changes; /* room for MAX_CHANGES, or NULL while there are none */
	size_t n_changes;
	bool over; /* there were more than MAX_CHANGES: none is proposed */
};

struct finding {
	enum rule_id id;
	struct str subject; /* domain, address, selector, list: presentation form */
	struct place place;
	struct arg args[MAX_ARGS];
	size_t n_args;
	const struct answer *evidence[MAX_EVIDENCE];
	size_t n_evidence;
	struct remedy remedy;
	struct finding *next;
};

struct findings {
	struct arena *arena;
	struct finding *first, **last;
	size_t n;
	struct buf scratch; /* heap: survives a longjmp, freed by findings_free() */
	bool over;          /* one was refused by MAX_FINDINGS */
};

/* Make FS empty; what is added is owned by A. */
void findings_init(struct findings *fs, struct arena *a);

/* Forget what was added (the arena was reset); keep the scratch memory. */
void findings_reset(struct findings *fs);

/* Give the scratch memory back. */
void findings_free(struct findings *fs);

/* Add a finding of rule ID about SUBJECT (a name) / TEXT (anything else). Never NULL. */
struct finding *finding_add(struct findings *fs, enum rule_id id, const struct name *subject);
struct finding *finding_add_text(struct findings *fs, enum rule_id id, struct str subject);

/*
 * F is about record RR of answer A, and of a TXT about PART, a view into its text
 * (empty = all of it).  Adds A to the evidence.
 */
void finding_at(struct findings *fs, struct finding *f, const struct answer *a, const struct rr *rr,
    struct str part);

/* F is about a record that is not there: OWNER TYPE. */
void finding_absent(struct finding *f, const struct name *owner, uint16_t type);

/* Arguments; NAME is a literal that the rule's sentence uses. Text is copied. */
void finding_number(struct finding *f, const char *name, int64_t n);
void finding_name(struct findings *fs, struct finding *f, const char *name, const struct name *v);
void finding_text(struct findings *fs, struct finding *f, const char *name, struct str v);

/*
 * The same for words that a check put together: a sentence shows them whole.  Whoever
 * does so bounds what of the other side is among them (finding_part()).
 */
void finding_words(struct findings *fs, struct finding *f, const char *name, struct str v);

/* So much of S, out of a record, as a sentence shows; where it is cut, an ellipsis, owned by A. */
struct str finding_part(struct arena *a, struct str s);

/* A led to F. A pending answer is a bug; NULL and doubles are passed over. */
void finding_evidence(struct finding *f, const struct answer *a);

/*
 * F would be cured by this edit, with those before it; OLD or NEW may be empty
 * as ACTION says.  Never NULL.  Half a cure may do harm: with more than
 * MAX_CHANGES none is proposed.
 */
struct change *finding_change(struct findings *fs, struct finding *f, enum change_action action,
    const struct name *owner, uint16_t type);

/*
 * TXT rdata for TEXT in presentation form, owned by the arena of FS; for
 * change.old and change.new.
 */
struct str finding_txt(struct findings *fs, struct str text);

/* IP as text for an argument, a v4-mapped one as IPv4; owned by the arena of FS. */
struct str finding_address(struct findings *fs, const struct addr *ip);

#endif
