/* SPDX-License-Identifier: ISC */
/*
 * receiver_wire.h - what goes between mailvet and the process that asks an SPF
 * library of receivers (checks/core/receiver.h): its two messages.
 *
 * A message is four octets, its length in network order, and that many octets.
 * Both ends take the other for hostile: what the process says may be the words of
 * whoever took it over.
 */
#ifndef AUDIT_SOURCES_RECEIVER_WIRE_H
#define AUDIT_SOURCES_RECEIVER_WIRE_H
#include "checks/core/receiver.h"

#define MAX_RECEIVER_CASE 1000 /* answers in one question: MAX_QUESTIONS of a run */
#define MAX_RECEIVER_REPLY 268 /* octets: the head and the longest name */
#define RECEIVER_REPLY_HEAD 13

/* One answer out of a question; views lead into its data. */
struct receiver_answer {
	uint16_t type;
	enum receiver_status status;
	struct name name;
	size_t n_rr;
	struct str rr; /* what receiver_next() walks */
};

/* A question, read. */
struct receiver_case {
	struct addr ip;
	struct str helo, local, domain;
	struct receiver_answer *answers;
	size_t n;
};

/*
 * Read the LEN octets DATA into *OUT, its array owned by A.  False unless each
 * length in it is right, each name well formed, each record of its type, and
 * nothing is left over.
 */
bool receiver_case_parse(struct arena *a, const char *data, size_t len, struct receiver_case *out);

/*
 * The next record of an answer, whose rr *REST is, into *OUT; *OVER when it was
 * too long to travel.  False behind the last.
 */
bool receiver_next(struct str *rest, struct str *out, bool *over);

enum receiver_word {
	REPLY_VERDICT = 1,
	REPLY_MISSING,   /* an answer is lacking */
	REPLY_TOO_LARGE, /* a record longer than the library may see was needed */
	REPLY_LIMIT,     /* more questions than a receiver would ask */
	REPLY_REFUSED    /* the question could not be read, or not be put to the library */
};

struct receiver_reply {
	enum receiver_word word;
	struct receiver_facts facts;
};

/* R as octets into TO, which has room for MAX_RECEIVER_REPLY; returns their number. */
size_t receiver_reply_put(const struct receiver_reply *r, char *to);

/*
 * Read the LEN octets P into *OUT.  False unless all of it is well formed and in
 * range, down to the type of the missing answer.
 */
bool receiver_reply_parse(const char *p, size_t len, struct receiver_reply *out);

#endif
