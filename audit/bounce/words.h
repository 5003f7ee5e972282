/* SPDX-License-Identifier: ISC */
/*
 * words.h - domains, hosts and other words of logs, each kept once under a
 * number.
 *
 * Logs repeat a few of them in every line.  How many there are is the other
 * side's choice, so there is a bound, and a number that stands for all beyond
 * it.
 */
#ifndef AUDIT_BOUNCE_WORDS_H
#define AUDIT_BOUNCE_WORDS_H
#include "audit/bounce/slots.h"
#include "checks/core/arena.h"

#define MAX_KEPT_WORDS ((uint32_t)1 << 18)
#define MAX_KEPT_WORD 255 /* bytes: a domain name has no more; what is longer is cut */
#define WORD_NONE 0       /* "" */
#define WORD_OTHERS 1     /* all beyond the bound: "(others)" */

struct word_list {
	struct arena arena;
	struct str *v;
	size_t n, room;
	struct slots slots;
};

/* Make W hold "" and "(others)". */
void word_list_init(struct word_list *w);

/* Give back what W holds. */
void word_list_free(struct word_list *w);

/* The number of WORD in lower case, kept from now on. */
uint32_t word_id(struct word_list *w, struct str word);

/* The word under ID, as long as W lives. */
struct str word_of(const struct word_list *w, uint32_t id);

#endif
