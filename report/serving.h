/* SPDX-License-Identifier: ISC */
/*
 * serving.h - which name server serves what of a zone, for `mailvet verify`: as text and
 * as JSON.  Nothing is asked or judged here.
 */
#ifndef REPORT_SERVING_H
#define REPORT_SERVING_H
#include "checks/core/addr.h"
#include "checks/serving.h"
#include "report/report.h"

/* A question, and what the zone says to it. */
struct serving_rrset {
	struct name name;
	uint16_t type;
	const struct answer *zone; /* ANSWER_FAILED: the zone given does not tell */
};

/* What one server says to it. */
struct serving_cell {
	enum serving_state state;
	enum answer_cause cause;     /* of SERVING_UNKNOWN; CAUSE_NONE: the zone does not tell */
	const struct answer *served; /* of SERVING_DIFFERS; NULL: too much to keep it all */
};

struct serving_server {
	struct name host; /* the name server; n = 0 = given by address */
	struct addr addr;
	uint16_t port;       /* 0 = no address of it is known */
	const char *skipped; /* why it was not asked, static words; NULL = it was */
	bool matters;        /* of one that was skipped: so something is unknown */
	bool has_serial;
	uint32_t serial;
	struct serving_cell *cells;     /* one for each RRset of the domain */
	size_t n_state[SERVING_STATES]; /* of them */
	enum serving_state state;       /* the worst: differs, then unknown */
};

struct serving_domain {
	struct name domain, apex;
	const char *trouble;     /* why no server is known, static words; NULL = there are some */
	enum answer_cause cause; /* of TROUBLE */
	bool has_serial;         /* of the zone given */
	uint32_t serial;
	bool over; /* there are more RRsets than are asked for */
	struct serving_rrset *rrsets;
	size_t n_rrsets;
	struct serving_server *servers;
	size_t n_servers;
	enum serving_state state;
};

struct serving_result {
	struct serving_domain *domains;
	size_t n;
	size_t n_state[SERVING_STATES]; /* servers */
	unsigned rounds;                /* how often was asked */
	uint64_t waited_s;
	enum serving_state state;
};

/* What to look at where a server serves something else. */
enum serving_advice {
	ADVICE_NONE,
	ADVICE_TRANSFER, /* another server has a later serial */
	ADVICE_LOAD,     /* the zone given has a later serial than any server */
	ADVICE_SERIAL,   /* it has the latest serial, and not what the zone says */
	ADVICE_PUBLISH   /* serials tell nothing */
};

/* The advice for server S of D; *LATEST is the later serial, where there is one. */
enum serving_advice serving_advice(
    const struct serving_domain *d, const struct serving_server *s, uint32_t *latest);

/* The same as a sentence. */
void serving_advice_add(
    struct buf *b, const struct serving_domain *d, const struct serving_server *s);

/* Append R as text for people; VERBOSE: what agrees is listed too. */
void serving_text(struct buf *b, const struct serving_result *r, bool verbose);

/* Append R as one JSON object (definitions/verify of schema.json). */
void serving_json(struct buf *b, const struct serving_result *r, const struct run_result *run);

#endif
