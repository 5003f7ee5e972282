/* SPDX-License-Identifier: ISC */
/*
 * dmarc_record.h - one DMARC policy record: what it says, and what is wrong
 * with how it is written (RFC 9989 sections 4.7 and 4.8).
 *
 * Pure: no lookups.  Whether the record applies to a domain, and whether its
 * policy is a good one there, is judged elsewhere (dmarc_policy.h, dmarc.h).
 * The text is the joined character-strings; it may hold any byte.
 */
#ifndef CHECKS_DMARC_RECORD_H
#define CHECKS_DMARC_RECORD_H
#include <stdbool.h>
#include <stddef.h>
#include "checks/core/arena.h"
#include "checks/core/str.h"
#include "checks/core/taglist.h"
#include "checks/rules.h"

#define MAX_DMARC_URIS 50 /* entries of rua or ruf that are read; records in use have under 6 */

/* What p, sp or np asks for; ordered by strength from DMARC_NONE on. */
enum dmarc_word { DMARC_ABSENT, DMARC_BAD, DMARC_NONE, DMARC_QUARANTINE, DMARC_REJECT };

enum dmarc_tag {
	DMARC_TAG_V,
	DMARC_TAG_P,
	DMARC_TAG_SP,
	DMARC_TAG_NP,
	DMARC_TAG_ADKIM,
	DMARC_TAG_ASPF,
	DMARC_TAG_FO,
	DMARC_TAG_PSD,
	DMARC_TAG_RUA,
	DMARC_TAG_RUF,
	DMARC_TAG_T,
	DMARC_TAG_PCT, /* historic from here on (RFC 9989 appendix A.6) */
	DMARC_TAG_RF,
	DMARC_TAG_RI,
	DMARC_TAGS /* none of them */
};

struct dmarc_record {
	struct str text;
	struct tag tags[DMARC_TAGS]; /* the first of each; all.n = 0 = absent */
	enum dmarc_word p, sp, np;
	bool adkim_strict, aspf_strict;
	bool testing;  /* t=y */
	char psd;      /* 'y', 'n' or 'u' */
	bool fallback; /* p missing or p, sp, np invalid: the whole is p=none (4.10.1) */
	bool is_void;  /* the same without a valid rua: no DMARC at all (4.10.1) */
};

/* One thing wrong with a record. */
struct dmarc_fault {
	enum rule_id rule;
	struct str what;  /* the part of the text; n = 0 = all of it */
	struct str tag;   /* argument {tag}; n = 0 = the rule has none */
	struct str meant; /* argument {meant}; n = 0 = the rule has none */
	struct str part;  /* argument {part}, a key: what tells it from others of its rule */
	struct str cut;   /* p != NULL: writing INSTEAD in its place would cure the fault */
	const char *instead;
};

struct dmarc_faults {
	struct dmarc_fault *list;
	size_t n, cap;
};

/*
 * Whether TEXT is a DMARC record for those who look for one: its first tag is
 * v, and that is exactly DMARC1 (4.7, 4.10 step 2).
 */
bool dmarc_is_record(struct str text);

/*
 * Whether TEXT, which is no DMARC record, was meant to be one.  An unrelated
 * TXT, a wildcard's SPF record for one, is not.
 */
bool dmarc_is_near_miss(struct str text);

/* Read TEXT, for which dmarc_is_record() holds.  Views lead into TEXT. */
void dmarc_parse(struct str text, struct dmarc_record *out);

/* Append to FS what is wrong with R, in the order of the text.  Memory of A. */
void dmarc_lint(struct arena *a, const struct dmarc_record *r, struct dmarc_faults *fs);

/*
 * The text of R with the cure of F, owned by A; false when F has none, or when
 * it would change what happens to mail: a policy that was lost by a slip and
 * comes back overnight can cost mail, so that is left to people.  Nor is a text
 * proposed that has a fault R has not, as a tag twice.
 */
bool dmarc_fix(
    struct arena *a, const struct dmarc_record *r, const struct dmarc_fault *f, struct str *out);

/*
 * Whether TEXT, for which dmarc_is_record() holds, can be published as it is:
 * nothing above a note is wrong with how it is written.
 */
bool dmarc_is_sound(struct arena *a, struct str text);

/* Which tag is called NAME, case counting (RFC 6376 3.2); DMARC_TAGS = none. */
enum dmarc_tag dmarc_tag_find(struct str name);

/* "p", "adkim" ...; static. */
const char *dmarc_tag_name(enum dmarc_tag t);

/* "none", "quarantine", "reject"; "" for the others.  Static. */
const char *dmarc_word_name(enum dmarc_word w);

/* What W becomes under t=y: one step weaker (4.7). */
enum dmarc_word dmarc_word_testing(enum dmarc_word w);

#endif
