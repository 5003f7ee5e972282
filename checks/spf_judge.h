/* SPDX-License-Identifier: ISC */
/*
 * spf_judge.h - what the files of the check "spf" share: the record that is judged with
 * what is at hand to judge it, who judges which side of it, and how that is told.
 *
 * spf.c finds the record and hands it on.
 */
#ifndef CHECKS_SPF_JUDGE_H
#define CHECKS_SPF_JUDGE_H
#include <stdbool.h>
#include "checks/check.h"
#include "checks/spf_cover.h"
#include "checks/spf_fix.h"
#include "checks/spf_reach.h"
#include "checks/spf_sources.h"
#include "checks/spf_tree.h"

#define SPF_SIZE_UDP 512 /* RFC 7208 3.4: what fits every answer */
#define MAX_SPF_TOLD 20  /* findings of one rule about one record; more says no more */

struct spf_senders;

/* A host that takes the domain's mail and is the domain's own: perhaps it sends, too. */
struct spf_own_host {
	struct name name;
	const struct answer *a, *aaaa;
};

struct spf_own_hosts {
	struct spf_own_host *list;
	size_t n;
};

/* The one record of one name, and what is at hand to judge it. */
struct spf_judge {
	struct audit *au;
	const struct name *domain; /* whose mail it is: the name asked */
	bool sender;               /* the name is known as MAIL FROM or HELO */
	const struct answer *txt;
	const struct rr *rr;
	const struct spf_record *record;
	const struct spf_tree *tree;
	bool *glued;   /* by term: two terms without a blank between them */
	bool *doubled; /* by term: it stands in the record before */
	bool contrary; /* one of those has another qualifier than the first */
	struct spf_fix fix;
	const struct spf_listing *listed;
	struct spf_cover *cover;           /* what its terms do for whom */
	const struct spf_senders *senders; /* what becomes of the subject's addresses */
	const struct spf_own_hosts *hosts; /* NULL = those of this name are not looked at */
	const struct answer *txt99;        /* type 99 at the same name */
	const struct answer *exp;          /* TXT of the target of exp=; NULL = there is none */
	const struct name **gone;          /* names asked whose domain nobody holds: told as such */
	size_t n_gone;
	struct str fixed; /* the record with all certain cures; empty when there are none */
	struct str
	    plan; /* the same with fewer lookups (spf_propose.h); empty as long as none was told */
	uint32_t plan_lookups; /* of that */
	struct str
	    missing; /* "ip4:192.0.2.7": addresses of the subject to be put in; empty = none */
};

/*
 * A finding of rule ID about PART of the record of J (a view into it; empty =
 * all of it), with PART as its argument "term".
 */
struct finding *spf_tell(struct spf_judge *j, enum rule_id id, struct str part);

/* F is cured when RR, at the owner of A, says TEXT; nothing when TEXT is empty. */
void spf_tell_replace(struct findings *fs, struct finding *f, const struct answer *a,
    const struct rr *rr, struct str text);

/* F is cured by the corrected record, if there is one. */
void spf_tell_fix(struct spf_judge *j, struct finding *f);

/*
 * The record TEXT with j->missing in front of the all or redirect= that ends it, owned
 * by the arena of J; TEXT itself when nothing is missing or it would not fit.
 */
struct str spf_extend(const struct spf_judge *j, struct str text);

/*
 * One name, one record: of the findings behind *FROM those that propose a record in
 * place of that of J propose the same afterwards, with all that is certain.
 */
void spf_settle_record(struct spf_judge *j, struct finding *const *from);

/* There are N records, two or more, in the answer TXT for NAME. */
void spf_judge_several(
    struct audit *au, const struct name *name, const struct answer *txt, size_t n);

/* Octets of all TXT records that travel in one answer with that of J (RFC 7208 3.4). */
size_t spf_txt_octets(const struct spf_judge *j);

/* Collect the certain cures of faults / of terms without effect into j->fix. */
void spf_cure_syntax(struct spf_judge *j);
void spf_cure_doubles(struct spf_judge *j);

/* Faults of the grammar (RFC 7208 4.6, 12). */
void spf_judge_syntax(struct spf_judge *j);

/* Terms that are good grammar and bad sense. */
void spf_judge_terms(struct spf_judge *j);

/* Lookups, voids, and what is wrong in the records of others that voids ours. */
void spf_judge_tree(struct spf_judge *j);

/* Names in domains that nobody holds (RFC 7208 11.5), into j->gone; before the tree. */
void spf_judge_takeover(struct spf_judge *j);

/* Whether NAME was told so. */
bool is_spf_told_gone(const struct spf_judge *j, const struct name *name);

/*
 * Say in F up to which of our terms senders pass before LIMIT is met ("whom"), from
 * which on not ("from"; the term alone is "over"), and whether it hits those given
 * ("given").  Each is a part of the sentence, for long ones are cut by reports.
 */
void spf_tell_whom(struct spf_judge *j, struct finding *f, enum spf_limit limit);

/* Ask for the target of the exp= of J, into j->exp. */
void spf_ask_exp(struct spf_judge *j);

/* The MX hosts of DOMAIN that are its own, asked for; owned by the arena of AU. */
struct spf_own_hosts *spf_own_hosts(struct audit *au, const struct name *domain);

/* Hosts of the domain's own that send: their records, and their IPv6 addresses. */
void spf_judge_own_hosts(struct spf_judge *j);

/* The other addresses of the hosts that were given as senders; ptr and their names. */
void spf_judge_others(struct spf_judge *j);

/* Names below the domain, where a source lists them. */
void spf_judge_below(struct spf_judge *j);

/*
 * Fill facts->spf of AU from T, in which nothing is pending, and from what it lists;
 * W: the addresses that send.
 */
void spf_fill_facts(struct audit *au, const struct spf_tree *t, const struct spf_listing *listed,
    const struct spf_senders *w);

/* Mark in F the terms of the record itself that have no effect, by COVER. */
void spf_mark_effects(struct spf_facts *f, const struct spf_cover *cover);

#endif
