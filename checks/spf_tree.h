/* SPDX-License-Identifier: ISC */
/*
 * spf_tree.h - the whole tree of include: and redirect= below one name, with
 * what each term costs (RFC 7208 4.6.4).
 *
 * A fact function: any check may call it.  It asks, level by level, counts
 * and adds up; it judges nothing and knows no sender.  The worst case is
 * counted: every live term of every record, also behind a certain match.
 */
#ifndef CHECKS_SPF_TREE_H
#define CHECKS_SPF_TREE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "checks/check.h"
#include "checks/spf_record.h"

#define SPF_LOOKUP_LIMIT 10         /* RFC 7208 4.6.4 */
#define SPF_VOID_LIMIT 2            /* RFC 7208 4.6.4 */
#define SPF_MX_LIMIT 10             /* RFC 7208 4.6.4 */
#define MAX_SPF_LOOKUPS_COUNTED 200 /* then "more than 200": no amplifier for a hostile zone */
#define MAX_SPF_DEPTH 64            /* a tree so deep passed the limit of 10 long ago */
#define MAX_SPF_TREE_TERMS 30000    /* kept of all records: some megabytes; senders have hundreds */
#define MAX_SPF_HOST_TERMS 20       /* a, mx whose addresses are asked for: twice the limit of 10 */

enum spf_state {
	NODE_PENDING, /* not here yet: nothing may be concluded */
	NODE_RECORD,  /* one SPF record */
	NODE_NONE,    /* the name, or an SPF record at it, does not exist */
	NODE_SEVERAL, /* more than one SPF record (RFC 7208 4.5) */
	NODE_FAILED,  /* nobody could say */
	NODE_LOOP,    /* the name of a record it stands in */
	NODE_CUT      /* not looked at, because of a bound of this file */
};

/* Why evaluation of a record can only end in permerror. */
enum spf_error {
	SPF_FINE,
	SPF_ERROR_NONE,    /* an include or redirect target has no record (RFC 7208 5.2, 6.1) */
	SPF_ERROR_SEVERAL, /* several records */
	SPF_ERROR_SYNTAX,
	SPF_ERROR_LOOP
};

struct spf_node;
struct spf_networks;

/* What all find who include an answer, kept with it. */
struct spf_shared {
	const struct rr *rr; /* the SPF record; NULL when there is not exactly one */
	size_t n;            /* how many there are */
	const struct spf_record *record;
	const struct spf_networks *listed; /* by its ip4, ip6 and all; minimized */
};

/* One live lookup term of a record. */
struct spf_item {
	const struct spf_term *term;
	bool macro;                  /* its target depends on who sends */
	bool unknown;                /* a lookup of its own failed, or was not made */
	bool mx_over;                /* more than SPF_MX_LIMIT exchangers */
	uint8_t void4, void6;        /* void lookups for a client of each family */
	uint8_t unsure4, unsure6;    /* lookups that failed and might be void */
	struct spf_node *below;      /* of a live include or redirect without macros */
	const struct name *name;     /* target of a and mx; NULL when not known */
	const struct answer *first;  /* of mx: the exchangers */
	const struct answer **hosts; /* A and AAAA in turn */
	size_t n_hosts;
};

/* One record of the tree. */
struct spf_node {
	struct name name; /* n = 0 = the text of the term is no domain name */
	enum spf_state state;
	const struct answer *answer; /* TXT; NULL when it was not asked */
	const struct rr *rr;         /* the record; NULL unless there is one */
	const struct spf_record *record;
	const struct spf_shared *shared; /* NULL for the root, and where the answer is empty */
	struct spf_node *parent;         /* NULL for the root */
	struct spf_item *via;            /* the term of the parent */
	bool no_pass; /* who matches here does not pass at the root (RFC 7208 5.2) */
	unsigned depth;
	size_t index;           /* in spf_tree.nodes */
	struct spf_item *items; /* the lookup terms, in order */
	size_t n_items;
	/* Sums over the record and all below it. */
	uint32_t lookups, void4, void6, unsure4, unsure6;
	bool at_least; /* lookups is a lower bound */
	bool pass_all; /* every client passes */
	enum spf_error error;
	const struct spf_node *culprit; /* where that error stands */
};

struct spf_tree {
	struct spf_node **nodes; /* breadth first; the root is the first */
	size_t n_nodes;
	bool pending; /* something asked is pending: nothing else here may be read */
	bool over;    /* more than MAX_SPF_LOOKUPS_COUNTED lookups */
	bool loop;
	uint32_t counted; /* live lookup terms met */
	size_t n_hosts;   /* a and mx terms asked for */
};

/*
 * The tree below DOMAIN, owned by the arena of AU.  Answers that it met
 * pending set `pending`; it went on asking what did not depend on them.
 */
struct spf_tree *spf_tree(struct audit *au, const struct name *domain);

/* The one SPF record among the answer A; NULL when there is not exactly one. *N is their number. */
const struct rr *spf_select(const struct answer *a, size_t *n);

/* The record RR of A, read; kept with A. */
const struct spf_record *spf_record_of(const struct answer *a, const struct rr *rr);

/* Ask what the term IT of the record at HOLDER names; for spf_tree() only. */
void spf_ask_hosts(
    struct audit *au, struct spf_tree *t, const struct spf_node *holder, struct spf_item *it);

#endif
