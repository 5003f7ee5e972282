/* SPDX-License-Identifier: ISC */
/*
 * rehearse.h - a change tried out before it is published: the subjects are audited
 * as DNS is, and again with the change in front of the same answers.
 *
 * What lies outside of the change is asked once and both worlds get it
 * (audit/sources/pinned.h), so that every difference is the change's.  A subject that
 * never asked about a changed name is not audited again: the same answers give the
 * same findings.  Nothing is published, and nothing is judged but what is told here.
 */
#ifndef AUDIT_EXPLAIN_REHEARSE_H
#define AUDIT_EXPLAIN_REHEARSE_H
#include "audit/config/config.h"
#include "audit/engine.h"
#include "audit/explain/kept.h"
#include "audit/judge.h"
#include "audit/options.h"
#include "audit/sources/pinned.h"
#include "audit/sources/recording.h"
#include "checks/dmarc_record.h"

struct rehearsal_options {
	struct arena *a;    /* owns all that is told, and outlives the rehearsal */
	struct world *rest; /* who answers; has LOOP */
	struct loop *loop;  /* NULL = nothing makes us wait */
	time_t now;
	struct recorder *recorder;     /* what is asked of REST goes there too; NULL = nowhere */
	const struct config *config;   /* levels and waivers; NULL = none */
	const struct check_options *o; /* the same, and limits of time; not NULL */
};

/* A finding of one world, passes apart. */
struct rehearsed_finding {
	enum rule_id id;
	enum rule_level level;
	char fingerprint[17];
	bool has_figure;
	int64_t figure;         /* a higher one is worse */
	struct str about, what; /* its subject; the words of its remedy */
	struct str url;
	enum rule_who who;
	const struct change *changes;
	size_t n_changes;
};

/* What becomes of the mail of one sender. */
struct rehearsed_stream {
	struct str sender;              /* "192.0.2.25 as example.com" */
	const char *spf, *dkim, *dmarc; /* static words of RFC 8601; "" = not known */
	enum dmarc_word asks;           /* what the policy asks for when DMARC fails */
	bool has_lookups;
	uint32_t lookups; /* of SPF: of the whole record, or up to the end for this sender */
};

/* What an audit of one subject said. */
struct rehearsed {
	bool done; /* false: a bound was passed */
	struct rehearsed_finding *findings;
	size_t n_findings;
	struct rehearsed_stream *streams; /* in the order of the subject's senders */
	size_t n_streams;
	struct kept kept;
	uint64_t *asked; /* hashes of the names that were looked up, sorted */
	size_t n_asked;
};

struct rehearsal {
	struct rehearsal_options o;
	struct pinned *pinned;
	const struct subject *subjects;
	size_t n;
	struct rehearsed *before; /* of each subject */
};

/* What one change did. */
struct trial {
	const struct rehearsed **after; /* of each subject; that of before where nothing changed */
	size_t n_touched;               /* subjects that were audited again */
	const struct rehearsed_finding **cured, **brought; /* a higher figure is brought */
	size_t n_cured, n_brought;
	const struct rehearsed_stream *worse, *was; /* a stream that loses; NULL = none */
	const char *lost; /* what a domain loses besides, a static clause; NULL = nothing */
	bool unread;      /* a change is no record: nothing was tried */
};

/*
 * Audit the N SUBJECTS, which must live as long as R, as DNS is.  0 or a negative
 * AUDIT_E*; R is to be freed either way.
 */
int rehearsal_begin(struct rehearsal *r, const struct rehearsal_options *o,
    const struct subject *subjects, size_t n) __attribute__((warn_unused_result));

/* Some of the subjects, by their indices. */
struct some {
	const size_t *v;
	size_t n;
};

/*
 * Try the N CHANGES, made in their order, on all subjects that they may touch, or on
 * these of ONLY (NULL = all), into *OUT.  0 or AUDIT_E*.
 */
int rehearsal_try(struct rehearsal *r, const struct change *changes, size_t n,
    const struct some *only, struct trial *out) __attribute__((warn_unused_result));

/* A world like that of the rehearsal, with the N CHANGES in front; the caller's to free. */
struct world *rehearsal_world(
    struct rehearsal *r, struct arena *a, const struct change *changes, size_t n);

/* Keep what REST says to Q, if a recording is made. */
void rehearsal_record(struct rehearsal *r, const struct question *q);

/* Give back what R holds. */
void rehearsal_free(struct rehearsal *r);

/* The finding FINGERPRINT of X; NULL = it is not there. */
const struct rehearsed_finding *rehearsed_find(const struct rehearsed *x, const char *fingerprint);

#endif
