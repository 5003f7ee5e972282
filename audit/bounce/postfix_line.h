/* SPDX-License-Identifier: ISC */
/*
 * postfix_line.h - a line of Postfix as far as all its programs write alike: which
 * program it was, the queue id, and the events that begin with these.
 */
#ifndef AUDIT_BOUNCE_POSTFIX_LINE_H
#define AUDIT_BOUNCE_POSTFIX_LINE_H
#include "audit/bounce/event.h"
#include "audit/bounce/reader.h"
#include "audit/bounce/syslog.h"
#include "checks/core/addr.h"

#define MAX_TAG 64 /* bytes of "postfix-out1/submission/smtpd"; longer ones are of others */

/* What the programs of Postfix write that is of use. */
enum postfix_writes {
	WRITES_NOTHING, /* for us */
	WRITES_FATES,   /* deliveries */
	WRITES_QUEUE,   /* from=, removed, expired; deferrals of old versions */
	WRITES_CLEANUP, /* Message-ID; refusals of content */
	WRITES_REFUSALS,
	WRITES_OTHERS /* no program of Postfix */
};

/* A program's name as its lines have it, taken apart once for all of them. */
struct postfix_tag {
	char text[MAX_TAG];
	size_t n, instance_n; /* "postfix-out1" of "postfix-out1/smtp" */
	enum postfix_writes writes;
	bool smtp;   /* smtp(8), which speaks with others */
	bool tells;  /* error(8) or a queue manager, which tell of what smtp was to do */
	bool has_ip; /* the instance's name holds our address, "postfix-192.0.2.1" */
	struct addr ip;
};

#define MAX_POSTFIX_TAGS 64 /* remembered; a host writes under some 20 */

/* The names seen, for one state of the reader; zeroed at first. */
struct postfix_tags {
	struct postfix_tag v[MAX_POSTFIX_TAGS];
};

/* A line, taken apart as far as all of Postfix has in common.  Views into it. */
struct postfix_line {
	struct syslog_line log;
	const struct postfix_tag *tag;
	struct str queue_id; /* "NOQUEUE" too; empty = none */
	struct str rest;     /* behind the queue id */
	const struct sink *out;
};

/* TEXT, at most MAX_TAG bytes, "postfix/submission/smtpd", into instance and program. */
void postfix_tag_parse(struct str text, struct postfix_tag *t);

/* The same out of the memory in M; NULL when TEXT is too long for Postfix, or empty. */
const struct postfix_tag *postfix_tag_find(struct postfix_tags *m, struct str text);

/*
 * The queue id at the beginning of *S, "E7FB517812EF: " in hexadecimal or
 * "3mPVKl0Mhjz7sXv: " in base 52, cut from it; not the words that stand there too
 * ("warning: "): then it is empty.
 */
struct str postfix_take_queue_id(struct str *s);

/* Make *E an event of KIND with what L says of every event. */
void postfix_event(const struct postfix_line *l, enum event_kind kind, struct bounce_event *e);

/* "mx.example.com[192.0.2.1]:25" into host and address; "none" is neither. */
void postfix_peer(struct str text, struct str *host, struct str *ip);

#endif
