/* SPDX-License-Identifier: ISC */
/*
 * summary_words.h - what was counted in the words of a report, one at a time.
 */
#ifndef AUDIT_BOUNCE_SUMMARY_WORDS_H
#define AUDIT_BOUNCE_SUMMARY_WORDS_H
#include "audit/bounce/classify.h"
#include "audit/bounce/event.h"
#include "checks/core/addr.h"

/* The words for CONFIDENCE, KNOWN and IDENTITY in reports; "" for none. */
const char *confidence_word(enum confidence confidence);
const char *known_word(enum known_from known);
const char *identity_word(enum identity identity);

/* A as text, owned by ARENA. */
struct str addr_text(struct arena *arena, const struct addr *ip);

/* "5.7.26", owned by A; empty when E is none. */
struct str enhanced_text(struct arena *a, struct enhanced e);

#endif
