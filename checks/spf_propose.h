/* SPDX-License-Identifier: ISC */
/*
 * spf_propose.h - a record that does the same with fewer lookups.
 *
 * First it leaves out what has no effect; then, where that is not enough and
 * the limit is passed, it names hosts of the domain itself by their addresses.
 * It is proposed only when its map (spf_map.h) is that of the record there is,
 * save where that gives permerror, when it is sound and fits an answer.
 *
 * Never done here, only told, for whose mail it is cannot be seen: to give up
 * an include that works, or to move a service to another name.  Never done at
 * all: to copy the addresses of an include, to add an address, to widen a
 * network or to weaken the end.
 */
#ifndef CHECKS_SPF_PROPOSE_H
#define CHECKS_SPF_PROPOSE_H
#include "checks/spf_judge.h"

#define SPF_SIZE_AIM 450     /* octets of an answer up to which terms are added (RFC 7208 3.4) */
#define MAX_SPF_PINNED 6     /* addresses in place of one name; more of them are a farm */
#define MAX_SPF_PLAN_WORDS 8 /* terms named in a sentence */

/* What the record is to come down to, and how. */
struct spf_goal {
	uint32_t lookups, voids; /* at most; voids of each family */
	bool pin;                /* addresses may stand in place of hosts of the domain */
	bool covered;            /* all terms that are covered are to go */
};

struct spf_proposal {
	struct str text; /* the record; empty = none is proposed */
	uint32_t lookups;
	struct str without; /* "mx, a:www.example.com": terms left out */
	struct str pinned;  /* terms that became addresses */
	bool heals;         /* some senders get a result in place of permerror */
};

/* A record that does what that of J does and meets GOAL, owned by the arena of J. */
struct spf_proposal spf_propose(struct spf_judge *j, const struct spf_goal *goal);

/*
 * Put into F, of a rule whose remedy ends in {plan}{without}{pinned}, what is
 * proposed to meet GOAL, and the change itself; nothing where nothing is.
 */
void spf_tell_plan(struct spf_judge *j, struct finding *f, const struct spf_goal *goal);

/* "mx, a:www.example.com and 2 more": the terms of J's record that OF marks; owned by its arena. */
struct str spf_list_terms(struct spf_judge *j, const bool *of);

/* PARTS, N texts that are safe to show whole, as one argument NAME of F. */
void spf_tell_parts(
    struct spf_judge *j, struct finding *f, const char *name, const struct str *parts, size_t n);

/* "1,048,576", owned by the arena of J. */
struct str spf_number_text(struct spf_judge *j, uint64_t n);

/*
 * Put {spare}{saves}{move} into F: the includes that are not needed where a service
 * sends under a name of its own, and the one that can go to a name of its own.
 */
void spf_tell_services(struct spf_judge *j, struct finding *f);

#endif
