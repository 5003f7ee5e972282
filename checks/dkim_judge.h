/* SPDX-License-Identifier: ISC */
/*
 * dkim_judge.h - what the files of the check "dkim" share.
 *
 * dkim.c judges one key after the other; dkim_cname.c selectors that lead
 * nowhere; dkim_signer.c a key against the one that the signer has;
 * dkim_fix.c the record that a broken one means; dkim_domain.c the keys as a whole; dkim_facts.c
 * fills in the facts.
 */
#ifndef CHECKS_DKIM_JUDGE_H
#define CHECKS_DKIM_JUDGE_H
#include "checks/dkim_keys.h"

/* A finding of rule ID about K; PART is a part of its record, or empty.  Never NULL. */
struct finding *dkim_add(
    struct audit *au, const struct selector_key *k, enum rule_id id, struct str part);

/* The whole record of K as TEXT instead; only where the record is the domain's own. */
void dkim_propose(
    struct audit *au, struct finding *f, const struct selector_key *k, struct str text);

/*
 * What the text at K means, into *OUT: a record that was read as a sound key and
 * holds all of the key that stands there; empty = nothing is certain.  Owned by AU's arena.
 * False while an answer is pending.
 */
bool dkim_meant(struct audit *au, const struct selector_key *k, struct str *out);

/* TEXT in the place of all the texts at K, as dkim_propose() does of its record. */
void dkim_propose_only(
    struct audit *au, struct finding *f, const struct selector_key *k, struct str text);

/*
 * RFC 6376 6.1.2: K is a CNAME with no key behind it, which is no key.  False
 * while an answer is pending.
 */
bool dkim_judge_dangling(
    struct audit *au, const struct selector_keys *ks, const struct selector_key *k);

/*
 * How K compares with the key that the signer has: UNREADABLE = what is published is no
 * key that can be read, which is told elsewhere; UNKNOWN = it can, but the two could not
 * be compared.
 */
enum signer_match {
	SIGNER_NOT_GIVEN,
	SIGNER_SAME,
	SIGNER_DIFFERS,
	SIGNER_UNREADABLE,
	SIGNER_UNKNOWN,
	SIGNER_PENDING
};
enum signer_match dkim_signer_match(struct audit *au, const struct selector_key *k);

/* Tell whether K is the key the signer has, when that was given.  False = pending. */
bool dkim_judge_signer(struct audit *au, const struct selector_key *k);

/* Tell that nothing is published at K, with the record that belongs there. */
void dkim_tell_unpublished(struct audit *au, const struct selector_key *k);

/* The record that the signer's key wants, owned by AU's arena; empty when none was given for K. */
struct str dkim_signer_record(struct audit *au, const struct selector_key *k);

/* " (SendGrid)" for TARGET, when its owner is known; else empty.  Owned by A. */
struct str dkim_whose(struct arena *a, const struct name *target);

/* What is to be said of the keys KS as a whole; nothing of them is pending. */
void dkim_judge_domain(struct audit *au, const struct selector_keys *ks);

/* The facts about KS, nothing of which is pending. */
struct dkim_facts *dkim_facts_of(struct audit *au, const struct selector_keys *ks);

#endif
