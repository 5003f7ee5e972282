/* SPDX-License-Identifier: ISC */
/*
 * summary.h - what was counted, as a report has it: groups, rates with levels,
 * what rose, whom to suppress and whom to hold.
 */
#ifndef AUDIT_BOUNCE_SUMMARY_H
#define AUDIT_BOUNCE_SUMMARY_H
#include "audit/bounce/count.h"
#include "report/model.h"

#define BULK_A_DAY 5000    /* to one provider: bulk rules bind from there on */
#define MIN_SURGE 50       /* unknown users, to be more than a few dead addresses */
#define MIN_THROTTLED 20   /* mails, to be no single recipient's trouble */
#define MIN_RISE_SENT 50   /* mails of a day, to have a rate */
#define MIN_RISE_FAILED 10 /* of them */
#define MAX_ALERTS 1000

/* Alerts while they are made. */
struct alerts {
	struct arena *a;
	struct bounce_alert *v;
	size_t n, room;
};

/* A window of hours in which a provider called users unknown in masses; TO is outside. */
struct surge {
	uint32_t provider;
	time_t from, to;
	uint64_t unknown;
};

/* The words for CONFIDENCE, KNOWN and IDENTITY in reports; "" for none. */
const char *confidence_word(enum confidence confidence);
const char *known_word(enum known_from known);
const char *identity_word(enum identity identity);

/* What C counted into *OUT, whose lists are owned by A; groups of less than MIN_COUNT are left out.
 */
void summary_make(struct count *c, struct arena *a, uint64_t min_count, struct bounce_report *out);

/* summary_rise.c: what rose, grew or is slowed down, into AL. */
void summary_alerts(struct count *c, struct alerts *al);

/* summary_rise.c: the surges of all providers into *OUT, owned by A, and into AL; their number. */
size_t summary_surges(struct count *c, struct alerts *al, struct surge **out);

/* One more alert of KIND with room for its words; NULL when there are too many. */
struct bounce_alert *alert_add(struct alerts *al, const char *kind);

/* The stream S as an alert names it. */
void alert_stream(
    struct alerts *al, struct bounce_alert *x, const struct count *c, const struct flow *s);

/* All mails of S. */
uint64_t stream_sent(const struct flow *s);

/* A as text, owned by ARENA. */
struct str addr_text(struct arena *arena, const struct addr *ip);

/* "5.7.26", owned by A; empty when E is none. */
struct str enhanced_text(struct arena *a, struct enhanced e);

#endif
