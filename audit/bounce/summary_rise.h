/* SPDX-License-Identifier: ISC */
/*
 * summary_rise.h - what rose, grew, or is slowed down: the alerts of a report.
 */
#ifndef AUDIT_BOUNCE_SUMMARY_RISE_H
#define AUDIT_BOUNCE_SUMMARY_RISE_H
#include "audit/bounce/count.h"
#include "report/model.h"

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

/* What rose, grew or is slowed down, into AL. */
void summary_alerts(struct count *c, struct alerts *al);

/* The surges of all providers into *OUT, owned by A, and into AL; their number. */
size_t summary_surges(struct count *c, struct alerts *al, struct surge **out);

#endif
